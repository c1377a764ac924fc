//! Calls that may give another value each time.

use super::{differ_in, same};

#[test]
fn one_call_used_twice_is_not_two_calls() {
    for call in ["random()", "uuid()", "some_function(a)"] {
        let twice = format!("SELECT {call} AS x, {call} AS y FROM t");
        let once = format!("SELECT x, x AS y FROM (SELECT {call} AS x FROM t) s");
        differ_in("y", "duckdb", &twice, &once);
        let alias = format!("SELECT {call} AS x, x AS y FROM t");
        differ_in("y", "duckdb", &twice, &alias);
    }
    same("duckdb", "SELECT abs(a) AS x, abs(a) AS y FROM t", "SELECT abs(a) AS x, x AS y FROM t");
}

#[test]
fn a_cte_read_twice_is_not_two_subqueries() {
    for inner in ["SELECT a, random() AS r FROM t", "SELECT a, b AS r FROM t LIMIT 2", "SELECT a, f(b) AS r FROM t"] {
        let shared = format!("WITH c AS ({inner}) SELECT x.r - y.r AS d FROM c x JOIN c y ON x.a = y.a");
        let copied = format!("SELECT x.r - y.r AS d FROM ({inner}) x JOIN ({inner}) y ON x.a = y.a");
        differ_in("d", "duckdb", &shared, &copied);
    }
    same(
        "duckdb",
        "WITH c AS (SELECT a, b FROM t WHERE b > 1) SELECT x.b - y.b AS d FROM c x JOIN c y ON x.a = y.a",
        "SELECT x.b - y.b AS d FROM (SELECT a, b FROM t WHERE b > 1) x JOIN (SELECT a, b FROM t WHERE b > 1) y ON x.a = y.a",
    );
}

/// Which of the rows with the same keys comes first the engine decides anew for each query, so that a CTE that is read twice
/// agrees with itself, and two subqueries need not.
#[test]
fn what_the_engine_chooses_is_not_chosen_twice_alike() {
    let windows =
        ["ROW_NUMBER() OVER (ORDER BY a)", "LAG(b) OVER (ORDER BY a)", "SUM(b) OVER (ORDER BY a ROWS 1 PRECEDING)"];
    for value in windows {
        let inner = format!("SELECT a, {value} AS r FROM t");
        let shared = format!("WITH c AS ({inner}) SELECT x.r - y.r AS d FROM c x JOIN c y ON x.a = y.a");
        let copied = format!("SELECT x.r - y.r AS d FROM ({inner}) x JOIN ({inner}) y ON x.a = y.a");
        differ_in("d", "postgres", &shared, &copied);
        same("postgres", &shared, &shared.replace("c AS", "z AS").replace("FROM c x JOIN c y", "FROM z x JOIN z y"));
    }
    let two = |value: &str, other: &str| {
        let inner = format!("SELECT a, {value} AS r FROM t GROUP BY a");
        format!("WITH c AS ({inner}), d AS ({inner}) SELECT x.r AS r1, y.r AS r2 FROM c x JOIN {other} y ON x.a = y.a")
    };
    for value in ["ANY_VALUE(b)", "LIST(b)", "FIRST(b)"] {
        differ_in("r2", "duckdb", &two(value, "c"), &two(value, "d"));
    }
    for value in ["MAX(b)", "LIST(b ORDER BY b)"] {
        same("duckdb", &two(value, "c"), &two(value, "d"));
    }
    let ranked = "SELECT a, RANK() OVER (ORDER BY a) AS r FROM t";
    same(
        "postgres",
        &format!("WITH c AS ({ranked}) SELECT x.r - y.r AS d FROM c x JOIN c y ON x.a = y.a"),
        &format!("SELECT x.r - y.r AS d FROM ({ranked}) x JOIN ({ranked}) y ON x.a = y.a"),
    );
}

#[test]
fn operands_of_a_comparison_change_sides_with_their_calls() {
    same("duckdb", "SELECT a FROM t WHERE random() > b", "SELECT a FROM t WHERE b < random()");
    differ_in("a", "duckdb", "SELECT a FROM t WHERE random() > random()", "SELECT a FROM t WHERE FALSE");
}

/// Whether an engine keeps the rows of a CTE, or computes them at each place, is seen where it computes others each time.
#[test]
fn rows_that_are_kept_agree_with_themselves() {
    for dialect in ["postgres", "duckdb", "sqlite", "clickhouse"] {
        for inner in ["SELECT a, random() AS r FROM t", "SELECT a, b AS r FROM t LIMIT 2", "SELECT a, f(b) AS r FROM t"]
        {
            let read = |hint: &str| {
                format!("WITH c AS {hint} ({inner}) SELECT x.r - y.r AS d FROM c AS x JOIN c AS y ON x.a = y.a")
            };
            differ_in("d", dialect, &read("MATERIALIZED"), &read("NOT MATERIALIZED"));
            differ_in("d", dialect, &read("NOT MATERIALIZED"), &read(""));
        }
        let inner = "SELECT a, MAX(b) AS r FROM t GROUP BY a";
        same(
            dialect,
            &format!("WITH c AS MATERIALIZED ({inner}) SELECT r FROM c"),
            &format!("WITH c AS ({inner}) SELECT r FROM c"),
        );
    }
}
