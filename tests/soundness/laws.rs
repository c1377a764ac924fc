//! Bounds of the canonical form, and where it has no say. The laws have their pairs in `src/compare/canon/`.

use impact::compare::Pairing;
use impact::compare::bare::{BareDiff, compare_bare};
use impact::dialect::Dialect;
use impact::impact::Verdict;
use impact::sql::parse::on_deep_stack;

const TABLES: &str = "CREATE TABLE p (id INT, a INT, b INT); CREATE TABLE q (id INT, pid INT, x INT)";

fn compared(ddl: &str, dialect: &str, before: &str, after: &str) -> BareDiff {
    let dialect = Dialect::parse(dialect).expect("a known dialect");
    let diff = on_deep_stack(|| compare_bare(before, after, dialect, ddl, Pairing::ByPosition));
    assert!(!diff.reason.starts_with("the query"), "{}\n{before}\n{after}", diff.reason);
    diff
}

#[track_caller]
fn told(dialect: &str, ddl: &str, before: &str, after: &str, same: bool) {
    let diff = compared(ddl, dialect, before, after);
    assert_eq!(diff.verdict == Verdict::Equivalent, same, "{dialect}: {}\n{before}\n{after}", diff.reason);
}

#[test]
fn clickhouse_has_rules_of_its_own() {
    for (before, after) in [
        (
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x = 0",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE q.x = 0",
        ),
        ("SELECT b NOT IN (1, 2) FROM p", "SELECT b <> 1 AND b <> 2 FROM p"),
    ] {
        assert_ne!(compared(TABLES, "clickhouse", before, after).verdict, Verdict::Equivalent);
    }
}

mod bounds {
    use super::compared;
    use std::time::{Duration, Instant};

    #[track_caller]
    fn quickly(query: &str, other: &str) {
        let start = Instant::now();
        compared("CREATE TABLE t (a INT, b INT)", "duckdb", query, other);
        assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
    }

    #[test]
    fn long_chains_of_ctes() {
        let chain = |last: &str| {
            let steps = (1..500).map(|at| format!("c{at} AS (SELECT a + 1 AS a FROM c{})", at - 1));
            let all: Vec<String> = std::iter::once("c0 AS (SELECT a FROM t)".to_owned()).chain(steps).collect();
            format!("WITH {} SELECT {last} FROM c499", all.join(", "))
        };
        quickly(&chain("a"), &chain("a + 1"));
        let rolled = |count: &str| {
            chain("a").replace("SELECT a FROM c499", &format!("SELECT a, {count} FROM c499 GROUP BY ROLLUP (a)"))
        };
        quickly(&rolled("COUNT(*)"), &rolled("COUNT(*) + 1"));
    }

    #[test]
    fn ctes_that_double() {
        let steps =
            (1..40).map(|at| format!("c{at} AS (SELECT l.a + o.a AS a FROM c{0} l JOIN c{0} o ON l.a = o.a)", at - 1));
        let all: Vec<String> = std::iter::once("c0 AS (SELECT a FROM t)".to_owned()).chain(steps).collect();
        let query = |last: &str| format!("WITH {} SELECT {last} FROM c39", all.join(", "));
        quickly(&query("a"), &query("a + 1"));
    }

    #[test]
    fn unions_of_many_branches() {
        let union = |count: usize| vec!["SELECT a FROM t WHERE b > 1"; count].join(" UNION ALL ");
        quickly(&union(1500), &union(1499));
    }

    #[test]
    fn a_table_joined_with_itself_many_times() {
        let joined = |condition: &str| {
            let joins: Vec<String> =
                (1..40).map(|at| format!("JOIN t AS t{at} ON t{}.a {condition} t{at}.b", at - 1)).collect();
            format!("SELECT t0.a FROM t AS t0 {}", joins.join(" "))
        };
        quickly(&joined("="), &joined("<"));
        let crossed: Vec<String> = (0..45).map(|at| format!("t AS t{at}")).collect();
        quickly(
            &format!("SELECT t0.a FROM {}", crossed.join(", ")),
            &format!("SELECT t1.b FROM {}", crossed.join(", ")),
        );
    }
}

/// Equal is not the same under a collation: a condition that looks into a key tells what grouping takes for one.
#[test]
fn a_condition_that_looks_into_a_key_stays_behind_the_grouping() {
    for dialect in ["mysql", "tsql", "snowflake", "duckdb"] {
        let ddl = "CREATE TABLE w (s VARCHAR(9), n INT)";
        for (condition, same) in
            [("LENGTH(s) = 1", false), ("s LIKE 'a'", false), ("s = 'a'", true), ("s IS NULL", true)]
        {
            let behind = format!("SELECT s, SUM(n) AS t FROM w GROUP BY s HAVING {condition}");
            let before = format!("SELECT s, SUM(n) AS t FROM w WHERE {condition} GROUP BY s");
            told(dialect, ddl, &behind, &before, same);
        }
    }
}

/// The text '01' isn't '1', and equals the number 1 all the same.
#[test]
fn a_key_compared_with_another_type_may_be_found_twice() {
    let ddl = "CREATE TABLE k (s VARCHAR(9) PRIMARY KEY, i INT); CREATE TABLE w (s VARCHAR(9), n INT)";
    for dialect in ["duckdb", "mysql", "snowflake", "databricks"] {
        told(dialect, ddl, "SELECT w.n FROM w LEFT JOIN k ON k.s = w.n", "SELECT w.n FROM w", false);
        told(dialect, ddl, "SELECT w.n FROM w LEFT JOIN k ON k.s = w.s", "SELECT w.n FROM w", true);
        told(dialect, ddl, "SELECT w.n FROM w LEFT JOIN k ON k.s = 1", "SELECT w.n FROM w", false);
    }
    // Where no types are known, the answer says that it rests on them.
    let joined = "SELECT w.n FROM w LEFT JOIN (SELECT DISTINCT i FROM k) AS y ON y.i = w.n / 2";
    let diff = compared(ddl, "duckdb", joined, "SELECT w.n FROM w");
    assert_eq!(diff.verdict, Verdict::Equivalent, "{}", diff.reason);
    assert!(diff.reason.contains("of its own type"), "{}", diff.reason);
}

/// Spark finds one type for a value and its whole list.
#[test]
fn a_list_of_numbers_and_a_text() {
    let ddl = "CREATE TABLE w (s STRING, n INT)";
    let (list, chain) = ("SELECT n FROM w WHERE s IN (1, 2)", "SELECT n FROM w WHERE s = 1 OR s = 2");
    told("spark", ddl, list, chain, false);
    told("databricks", ddl, list, chain, false);
    told("postgres", ddl, "SELECT n FROM w WHERE n IN (1, 2)", "SELECT n FROM w WHERE n = 1 OR n = 2", true);
}

/// Where a column may stand beside groups that it isn't part of, it is that of any row.
#[test]
fn columns_beside_groups() {
    let ddl = "CREATE TABLE w (a INT, b INT, c INT); CREATE TABLE v (a INT)";
    let (one, other) =
        ("SELECT w.b FROM w JOIN v ON v.a = w.a GROUP BY w.a", "SELECT w.b FROM v JOIN w ON v.a = w.a GROUP BY w.a");
    told("mysql", ddl, one, other, false);
    told("mysql", ddl, &one.replace("w.b", "w.a"), &other.replace("w.b", "w.a"), true);
}

/// Which row comes first among equals may depend on the order in which tables are written, and is picked anew each time.
#[test]
fn windows_and_lists_that_depend_on_the_order_of_rows() {
    let ddl = "CREATE TABLE w (a INT, b INT); CREATE TABLE v (a INT, c INT)";
    for call in
        ["ROW_NUMBER() OVER (ORDER BY w.b)", "LAG(w.b) OVER (ORDER BY w.a)", "FIRST_VALUE(v.c) OVER (ORDER BY w.b)"]
    {
        let read = |from: &str| format!("SELECT {call} AS x FROM {from}");
        told("duckdb", ddl, &read("w JOIN v ON v.a = w.a"), &read("v JOIN w ON v.a = w.a"), false);
        told("duckdb", ddl, &read("w JOIN v ON v.a = w.a"), &read("w JOIN (SELECT * FROM v) AS v ON w.a = v.a"), true);
    }
    let list = |from: &str| format!("SELECT w.a, ARRAY_AGG(v.c) AS x FROM {from} GROUP BY w.a");
    told("duckdb", ddl, &list("w JOIN v ON v.a = w.a"), &list("v JOIN w ON v.a = w.a"), false);
}

/// A call that isn't listed may be evaluated to another value each time, aggregate, or give rows.
#[test]
fn calls_that_are_not_listed_are_evaluated_as_often_as_before() {
    let ddl = "CREATE TABLE w (a INT, b INT)";
    told("duckdb", ddl, "SELECT own(a) AS x FROM w", "SELECT own(i.a) AS x FROM (SELECT * FROM w) AS i", true);
    told(
        "duckdb",
        ddl,
        "SELECT own(a) AS x, x AS y FROM w",
        "SELECT own(a) AS x, own(a) AS y FROM (SELECT * FROM w) AS i",
        false,
    );
    told("duckdb", ddl, "SELECT b FROM (SELECT own(a) AS x, b FROM w) AS i", "SELECT b FROM w", false);
    told(
        "duckdb",
        ddl,
        "SELECT b FROM w WHERE EXISTS (SELECT own(a) FROM w)",
        "SELECT b FROM w WHERE EXISTS (SELECT 1 FROM w)",
        false,
    );
}

/// A value converted to the type of the other branches isn't what it was.
#[test]
fn branches_of_unions_are_converted_before_they_are_filtered() {
    let ddl = "CREATE TABLE w (a INT, s VARCHAR(9))";
    let above = "SELECT v FROM (SELECT a AS v FROM w UNION ALL SELECT s FROM w) AS i WHERE v < 10";
    let below = "SELECT a AS v FROM w WHERE a < 10 UNION ALL SELECT s FROM w WHERE s < 10";
    told("duckdb", ddl, above, below, false);
    told(
        "duckdb",
        ddl,
        &above.replace("v < 10", "v IS NOT NULL"),
        "SELECT a AS v FROM w WHERE a IS NOT NULL UNION ALL SELECT s FROM w WHERE s IS NOT NULL",
        true,
    );
}
