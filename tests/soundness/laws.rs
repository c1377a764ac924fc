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
