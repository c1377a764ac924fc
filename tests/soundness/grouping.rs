//! Grouping, aggregates, windows.

use super::{differ_in, differ_in_rows, same};

#[test]
fn an_aggregate_of_outer_columns_aggregates_outside() {
    differ_in_rows("duckdb", "SELECT 1 AS one, (SELECT sum(t.a) FROM u) AS s FROM t", "SELECT 1 AS one FROM t");
}

#[test]
fn places_in_group_by() {
    differ_in(
        "n",
        "duckdb",
        "SELECT a, count(*) AS n FROM t GROUP BY (1)",
        "SELECT c AS a, count(*) AS n FROM t GROUP BY (1)",
    );
    differ_in(
        "n",
        "spark",
        "SELECT a, count(*) AS n FROM t GROUP BY rollup(1)",
        "SELECT c AS a, count(*) AS n FROM t GROUP BY rollup(1)",
    );
    // There a number is a constant.
    differ_in("n", "oracle", "SELECT a, count(*) AS n FROM t GROUP BY 1", "SELECT a, count(*) AS n FROM t GROUP BY a");
    same("duckdb", "SELECT a, count(*) AS n FROM t GROUP BY 1", "SELECT a, count(*) AS n FROM t GROUP BY a");
}

#[test]
fn a_constant_key_is_a_key() {
    differ_in_rows("postgres", "SELECT count(*) AS n FROM t GROUP BY 'x'", "SELECT count(*) AS n FROM t");
    differ_in_rows("postgres", "SELECT count(*) AS n FROM t GROUP BY ()", "SELECT count(*) AS n FROM t GROUP BY 'x'");
}

#[test]
fn group_by_all_groups_by_columns_beside_aggregates() {
    differ_in_rows(
        "snowflake",
        "SELECT a, c + sum(b) AS x FROM t GROUP BY ALL",
        "SELECT a, k + sum(b) AS x FROM t GROUP BY ALL",
    );
    differ_in_rows(
        "duckdb",
        "SELECT a, sum(b) AS x FROM t GROUP BY ALL",
        "SELECT a, c, sum(b) AS x FROM t GROUP BY ALL",
    );
    same("duckdb", "SELECT a, sum(b) AS x FROM t GROUP BY ALL", "SELECT a, sum(b) AS x FROM t GROUP BY a");
}

#[test]
fn group_by_all_doesn_t_group_by_constants() {
    let all = "SELECT upper('x') AS x, count(*) AS n FROM t GROUP BY ALL";
    // DuckDB gives one row for an empty table to the first, and none to the others.
    differ_in_rows("duckdb", all, "SELECT upper('x') AS x, count(*) AS n FROM t GROUP BY upper('x')");
    differ_in_rows("duckdb", all, "SELECT upper('x') AS x, count(*) AS n FROM t GROUP BY 1");
    differ_in_rows("duckdb", "SELECT 1 AS x FROM t GROUP BY ALL", "SELECT 1 AS x FROM t GROUP BY 1");
    differ_in_rows(
        "duckdb",
        "SELECT (SELECT max(d) FROM u) AS x FROM t GROUP BY ALL",
        "SELECT (SELECT max(d) FROM u) AS x FROM t GROUP BY x",
    );
    differ_in_rows(
        "duckdb",
        "SELECT a, unnest([1, 2]) AS x FROM t GROUP BY ALL",
        "SELECT a, unnest([1, 2]) AS x FROM t GROUP BY a, x",
    );
    differ_in_rows("duckdb", "SELECT 'x' AS x, min(b) AS n FROM t GROUP BY ALL", "SELECT 'x' AS x FROM t GROUP BY ALL");
    same("duckdb", all, "SELECT UPPER('x') AS x, COUNT(*) AS n FROM t GROUP BY ALL");
    let mixed = "SELECT a, upper('x') AS x, count(*) AS n FROM t GROUP BY";
    same("duckdb", &format!("{mixed} ALL"), &format!("{mixed} a, upper('x')"));
}

#[test]
fn what_aggregates_in_one_engine_may_not_in_another() {
    differ_in(
        "one",
        "sqlite",
        "SELECT min(a, b) AS x, 1 AS one FROM t",
        "SELECT min(a, b) AS x, 1 AS one FROM t WHERE c > 1",
    );
    differ_in(
        "one",
        "mysql",
        "SELECT first(a) AS x, 1 AS one FROM t",
        "SELECT first(a) AS x, 1 AS one FROM t WHERE c > 1",
    );
    differ_in("one", "duckdb", "SELECT f(a) AS x, 1 AS one FROM t", "SELECT 1 AS one FROM t");
    differ_in_rows("mysql", "SELECT 1 AS one FROM t HAVING a > 1", "SELECT 1 AS one FROM t HAVING b > 1");
}

#[test]
fn a_named_window_is_its_definition() {
    let named = |spec: &str| format!("SELECT sum(a) OVER w AS x, b FROM t WINDOW w AS ({spec})");
    differ_in("x", "postgres", &named("ORDER BY b"), &named("ORDER BY c"));
    same("postgres", &named("ORDER BY b"), "SELECT sum(a) OVER (ORDER BY b) AS x, b FROM t");
    same(
        "postgres",
        "SELECT sum(a) OVER (w ORDER BY b) AS x FROM t WINDOW w AS (PARTITION BY c)",
        "SELECT sum(a) OVER (PARTITION BY c ORDER BY b) AS x FROM t",
    );
}

#[test]
fn windows_see_all_rows_of_their_input() {
    differ_in(
        "x",
        "postgres",
        "SELECT a, count(*) OVER () AS x FROM t",
        "SELECT a, count(*) OVER () AS x FROM t WHERE b > 1",
    );
    differ_in_rows(
        "snowflake",
        "SELECT a FROM t QUALIFY rank() OVER (ORDER BY b) = 1",
        "SELECT a FROM t QUALIFY rank() OVER (ORDER BY c) = 1",
    );
}

#[test]
fn rollup_behind_the_keys_leaves_them_out_one_after_the_other() {
    let query = |keys: &str| format!("SELECT a, b, count(*) AS n FROM t GROUP BY {keys}");
    for dialect in ["mysql", "spark", "clickhouse", "tsql"] {
        differ_in_rows(dialect, &query("a, b WITH ROLLUP"), &query("b, a WITH ROLLUP"));
        differ_in_rows(dialect, &query("a, b WITH ROLLUP"), &query("a, b"));
        differ_in_rows(dialect, &query("a, b, a WITH ROLLUP"), &query("a, b WITH ROLLUP"));
        if dialect != "tsql" {
            same(dialect, &query("a, b WITH ROLLUP"), &query("1, 2 WITH ROLLUP"));
        }
    }
}
