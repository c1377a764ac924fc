//! How joins nest, and what USING and NATURAL make of columns.

use super::{differ_in, differ_in_rows, same};

#[test]
fn a_join_inside_of_an_outer_join_is_another_one() {
    differ_in_rows(
        "duckdb",
        "SELECT t.a FROM t LEFT JOIN (u JOIN v ON u.k = v.k) ON t.a = u.a",
        "SELECT t.a FROM t LEFT JOIN u ON t.a = u.a JOIN v ON u.k = v.k",
    );
}

#[test]
fn using_belongs_to_its_own_list_of_joins() {
    differ_in_rows(
        "duckdb",
        "SELECT t.b FROM t JOIN u USING (k), (SELECT k FROM v) c JOIN u u2 USING (k)",
        "SELECT t.b FROM t JOIN u USING (k), (SELECT e AS k FROM v) c JOIN u u2 USING (k)",
    );
    differ_in_rows(
        "duckdb",
        "SELECT t.b FROM t JOIN (u JOIN v USING (k)) USING (k)",
        "SELECT t.b FROM (SELECT a AS k, b FROM t) t JOIN (u JOIN v USING (k)) USING (k)",
    );
}

#[test]
fn the_merged_column_of_an_outer_join_is_not_one_side_s() {
    for side in ["t", "u"] {
        let one = format!("SELECT {side}.k AS k FROM t FULL JOIN u USING (k)");
        differ_in("k", "postgres", &one, "SELECT k FROM t FULL JOIN u USING (k)");
    }
    // Of two equal values it is the right one's: -0.0, or one with another type.
    differ_in(
        "k",
        "postgres",
        "SELECT k FROM t RIGHT JOIN u USING (k)",
        "SELECT COALESCE(t.k, u.k) AS k FROM t RIGHT JOIN u USING (k)",
    );
    same(
        "postgres",
        "SELECT k FROM t FULL JOIN u USING (k)",
        "SELECT COALESCE(t.k, u.k) AS k FROM t FULL JOIN u USING (k)",
    );
}

#[test]
fn any_column_may_be_a_key_of_a_natural_join_over_unknown_columns() {
    differ_in_rows(
        "duckdb",
        "SELECT b FROM (SELECT a AS x, b FROM t) s NATURAL JOIN unknown_table",
        "SELECT b FROM (SELECT c AS x, b FROM t) s NATURAL JOIN unknown_table",
    );
}

#[test]
fn a_subquery_that_computes_is_not_transparent_under_an_outer_join() {
    differ_in(
        "one",
        "postgres",
        "SELECT t.a, s.one FROM t LEFT JOIN (SELECT k, 1 AS one FROM u) s ON s.k = t.k",
        "SELECT t.a, 1 AS one FROM t LEFT JOIN u s ON s.k = t.k",
    );
    same(
        "postgres",
        "SELECT t.a, s.x FROM t LEFT JOIN (SELECT k, d AS x FROM u) s ON s.k = t.k",
        "SELECT t.a, u.d AS x FROM t LEFT JOIN u ON u.k = t.k",
    );
}

#[test]
fn words_before_join_are_part_of_it() {
    differ_in_rows(
        "clickhouse",
        "SELECT t.a FROM t ANY LEFT JOIN u USING (k)",
        "SELECT t.a FROM t LEFT JOIN u USING (k)",
    );
    differ_in_rows("clickhouse", "SELECT t.a FROM t ASOF JOIN u USING (k, a)", "SELECT t.a FROM t JOIN u USING (k, a)");
    differ_in_rows(
        "duckdb",
        "SELECT t.a FROM (SELECT * FROM t ORDER BY b) t POSITIONAL JOIN u",
        "SELECT t.a FROM (SELECT * FROM t ORDER BY c) t POSITIONAL JOIN u",
    );
}

#[test]
fn an_array_join_depends_on_the_array() {
    differ_in(
        "x",
        "clickhouse",
        "SELECT x FROM (SELECT a AS arr, b AS x FROM t) s ARRAY JOIN arr",
        "SELECT x FROM (SELECT c AS arr, b AS x FROM t) s ARRAY JOIN arr",
    );
    differ_in(
        "x",
        "bigquery",
        "SELECT x FROM (SELECT a AS arr, b AS x FROM t) s, s.arr AS e",
        "SELECT x FROM (SELECT c AS arr, b AS x FROM t) s, s.arr AS e",
    );
}

/// A relation that has a name twice is joined by both columns, where it is joined at all.
#[test]
fn a_natural_join_sees_both_columns_of_one_name() {
    let joined = |value: &str| {
        let twins = |value: &str, table: &str| format!("(SELECT a AS \"x\", {value} AS \"X\" FROM {table})");
        format!("SELECT 1 AS one FROM {} NATURAL JOIN {}", twins("k", "t"), twins(value, "u"))
    };
    differ_in_rows("duckdb", &joined("k"), &joined("d"));
    same("duckdb", &joined("k"), &joined("(k)"));
}
