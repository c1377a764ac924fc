//! Other ways of writing the same.

use super::{differ_in, same};

#[test]
fn names_that_nobody_sees() {
    same("duckdb", "WITH x AS (SELECT a FROM t) SELECT a FROM x", "WITH y AS (SELECT a FROM t) SELECT a FROM y");
    same("duckdb", "SELECT x.a FROM t AS x", "SELECT a FROM t");
    same("duckdb", "WITH x AS (SELECT a FROM t) SELECT a FROM x", "SELECT a FROM t");
    same(
        "duckdb",
        "WITH x AS (SELECT a, b FROM t) SELECT a FROM x",
        "WITH x AS (SELECT a FROM t), z AS (SELECT 1) SELECT a FROM x",
    );
}

#[test]
fn spellings() {
    same("duckdb", "SELECT a FROM t WHERE (a > 1) AND b = 2", "select T.A from T where 2 = b and 1 < a");
    same("duckdb", "SELECT a::INT AS a FROM t", "SELECT CAST(a AS INTEGER) AS a FROM t");
    same("duckdb", "SELECT t.a FROM t INNER JOIN u ON t.k = u.k", "SELECT t.a FROM t JOIN u ON u.k = t.k");
    same("duckdb", "SELECT * FROM t", "SELECT a, b, c, k FROM t");
    same("duckdb", "SELECT * EXCLUDE (b) FROM t", "SELECT a, c, k FROM t");
    same("duckdb", "SELECT a FROM t WHERE a NOT IN (1, 2)", "SELECT a FROM t WHERE NOT a IN (1, 2)");
}

#[test]
fn a_condition_twice_negated() {
    same("postgres", "SELECT a FROM t WHERE NOT (NOT (a > 1 AND b > 2))", "SELECT a FROM t WHERE a > 1 AND b > 2");
    same("postgres", "SELECT t.a FROM t JOIN u ON NOT NOT t.k = u.k", "SELECT t.a FROM t JOIN u ON t.k = u.k");
}

#[test]
fn aliases_of_aliases() {
    same("duckdb", "SELECT a + 1 AS x, x * 2 AS y FROM t", "SELECT a + 1 AS x, (a + 1) * 2 AS y FROM t");
    same("snowflake", "SELECT a AS x FROM t WHERE x > 1", "SELECT a AS x FROM t WHERE a > 1");
}

/// Each step doubles what the alias stands for.
#[test]
fn aliases_that_grow_without_end_are_given_up() {
    let mut items = vec!["a AS x0".to_owned()];
    items.extend((1..60).map(|at| format!("x{0} + x{0} AS x{at}", at - 1)));
    let query = format!("SELECT {} FROM t", items.join(", "));
    let start = std::time::Instant::now();
    same("duckdb", &query, &query);
    assert!(start.elapsed().as_secs() < 20, "took {:?}", start.elapsed());
}

#[test]
fn a_null_has_a_type_where_one_is_said() {
    differ_in("x", "duckdb", "SELECT NULL AS x, a FROM t", "SELECT CAST(NULL AS DATE) AS x, a FROM t");
    differ_in("x", "duckdb", "SELECT CAST(NULL AS TEXT) AS x, a FROM t", "SELECT CAST(NULL AS DATE) AS x, a FROM t");
    same("duckdb", "SELECT NULL AS x, a FROM t", "SELECT (NULL) AS x, a FROM t");
}
