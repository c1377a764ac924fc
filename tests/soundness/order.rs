//! Where the order of rows, or LIMIT, decides something.

use super::{differ_in, differ_in_rows, same};

#[test]
fn an_order_inside_matters_to_what_counts_rows_outside() {
    let query = |outer: &str, key: &str| format!("SELECT {outer} FROM (SELECT * FROM t ORDER BY {key}) s");
    for value in ["list(a)", "row_number() OVER ()", "first(a)", "string_agg(a, ',')", "some_function(a)"] {
        differ_in("x", "duckdb", &query(&format!("{value} AS x"), "b"), &query(&format!("{value} AS x"), "c"));
    }
    for value in ["sum(a)", "count(*)", "max(a)", "a + 1"] {
        same("duckdb", &query(&format!("{value} AS x"), "b"), &query(&format!("{value} AS x"), "c"));
    }
}

#[test]
fn an_order_inside_matters_to_a_limit_outside() {
    let query = |key: &str, tail: &str| format!("SELECT a FROM (SELECT * FROM t ORDER BY {key}) s {tail}");
    differ_in_rows("duckdb", &query("b", "LIMIT 2"), &query("c", "LIMIT 2"));
    differ_in_rows("oracle", &query("b", "WHERE ROWNUM < 3"), &query("c", "WHERE ROWNUM < 3"));
    same("duckdb", &query("b", ""), &query("c", ""));
}

#[test]
fn an_array_of_a_subquery_has_its_order() {
    let query = |key: &str| format!("SELECT ARRAY(SELECT d FROM u ORDER BY {key}) AS l FROM t");
    differ_in("l", "postgres", &query("a"), &query("d"));
}

#[test]
fn keys_of_a_set_operation_are_its_outputs() {
    let query = |x: &str, y: &str| {
        let tail = "UNION ALL SELECT a, d, k FROM u ORDER BY x + 1 LIMIT 2";
        format!("SELECT c FROM (SELECT {x} AS x, {y} AS y, c FROM t {tail}) s")
    };
    differ_in_rows("sqlite", &query("a", "b"), &query("b", "a"));
}

#[test]
fn order_by_all_is_by_every_column() {
    differ_in_rows(
        "duckdb",
        "SELECT c FROM (SELECT a, c FROM t ORDER BY ALL LIMIT 2) s",
        "SELECT c FROM (SELECT b, c FROM t ORDER BY ALL LIMIT 2) s",
    );
}

#[test]
fn an_order_can_change_how_many_rows_there_are() {
    differ_in_rows("duckdb", "SELECT 1 AS x FROM t ORDER BY count(*)", "SELECT 1 AS x FROM t");
    differ_in_rows("postgres", "SELECT a FROM t ORDER BY generate_series(1, 2)", "SELECT a FROM t");
    same("postgres", "SELECT a FROM t ORDER BY b", "SELECT a FROM t");
    let union = |key: &str| format!("SELECT a, k FROM t UNION ALL SELECT a, k FROM u ORDER BY {key}");
    differ_in_rows("snowflake", &union("some_function(a)"), &union("some_function(k)"));
    same("snowflake", &union("a"), &union("k"));
    let filled = |tail: &str| format!("SELECT a FROM t ORDER BY a{tail}");
    differ_in_rows("clickhouse", &filled(" WITH FILL"), &filled(""));
    differ_in_rows("clickhouse", &filled(" WITH FILL FROM 1 TO 3"), &filled(" WITH FILL FROM 1 TO 4"));
}

#[test]
fn a_place_behind_the_outputs_is_a_key_of_the_order() {
    let query = |items: &str, place: u8| format!("SELECT DISTINCT ON ({place}) {items} FROM t ORDER BY 1 + 0, b, c");
    differ_in_rows("duckdb", &query("'a' AS n", 3), &query("'a' AS n, 1 AS z", 3));
    same("duckdb", &query("a, k", 1), &query("a, k", 1).replace("(1)", "(a)"));
}

#[test]
fn limits_inside_are_kept() {
    differ_in_rows("postgres", "SELECT a FROM (SELECT * FROM t LIMIT 5) s", "SELECT a FROM t");
    differ_in_rows(
        "postgres",
        "SELECT a FROM (SELECT * FROM t LIMIT 5) s",
        "SELECT a FROM (SELECT * FROM t LIMIT 6) s",
    );
    differ_in_rows("tsql", "SELECT TOP 5 a FROM t ORDER BY b", "SELECT TOP 5 a FROM t ORDER BY c");
    differ_in_rows("postgres", "SELECT a FROM t OFFSET 1", "SELECT a FROM t");
    differ_in_rows(
        "postgres",
        "SELECT t.a FROM t WHERE a IN (SELECT a FROM u LIMIT 1)",
        "SELECT t.a FROM t WHERE a IN (SELECT a FROM u)",
    );
}

#[test]
fn distinct_on_keeps_the_first_row() {
    let query = |order: &str| format!("SELECT DISTINCT ON (k) a FROM t ORDER BY k, {order}");
    differ_in("a", "postgres", &query("b"), &query("c"));
    differ_in(
        "x",
        "duckdb",
        "SELECT DISTINCT a, rank() OVER (ORDER BY b) AS x FROM t",
        "SELECT DISTINCT a, rank() OVER (ORDER BY c) AS x FROM t",
    );
}
