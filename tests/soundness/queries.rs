//! CTEs, recursion, set operations, subqueries.

use super::{differ_in, differ_in_rows, same};

#[test]
fn every_column_of_a_recursion_may_decide_its_rows() {
    let query = |x: &str, y: &str, recursive: &str| {
        let step = "SELECT x + 1, y, c FROM r WHERE x < 5";
        format!("WITH {recursive} r AS (SELECT {x} AS x, {y} AS y, c FROM t UNION ALL {step}) SELECT c FROM r")
    };
    differ_in_rows("duckdb", &query("a", "b", "RECURSIVE"), &query("b", "a", "RECURSIVE"));
    differ_in_rows("tsql", &query("a", "b", ""), &query("b", "a", ""));
}

#[test]
fn the_columns_of_a_recursion_go_by_place() {
    differ_in_rows(
        "duckdb",
        "WITH RECURSIVE r AS (SELECT 1 AS a, 1 AS b UNION ALL SELECT a + 1, b FROM r WHERE a < 4) SELECT a FROM r",
        "WITH RECURSIVE r AS (SELECT 1 AS b, 1 AS a UNION ALL SELECT a + 1, b FROM r WHERE a < 4) SELECT a FROM r",
    );
    same(
        "duckdb",
        "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r WHERE a < 4) SELECT a FROM r",
        "WITH RECURSIVE q AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM q WHERE n < 4) SELECT n AS a FROM q",
    );
}

#[test]
fn a_recursion_inside_of_another_is_another_one() {
    let query = |inner: &str| {
        let step = format!(
            "WITH RECURSIVE {inner} AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r WHERE x < 3) SELECT x FROM {inner}"
        );
        format!("WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL ({step})) SELECT x FROM r")
    };
    differ_in_rows("postgres", &query("r"), &query("s"));
}

#[test]
fn with_recursive_a_query_may_be_read_before_it_is_defined() {
    let query = |column: &str| {
        format!("WITH RECURSIVE x AS (SELECT * FROM y), y AS (SELECT {column} AS a FROM t) SELECT a FROM x")
    };
    differ_in("a", "postgres", &query("a"), &query("b"));
}

#[test]
fn a_cte_hides_a_table_from_there_on() {
    differ_in_rows("duckdb", "WITH t AS (SELECT * FROM t WHERE a > 1) SELECT a FROM t", "SELECT a FROM t");
    same(
        "duckdb",
        "WITH t AS (SELECT * FROM t WHERE a > 1) SELECT a FROM t",
        "WITH s AS (SELECT * FROM t WHERE a > 1) SELECT a FROM s",
    );
    differ_in_rows(
        "duckdb",
        "WITH x AS (SELECT * FROM u), u AS (SELECT a FROM t) SELECT a FROM x",
        "WITH u AS (SELECT a FROM t), x AS (SELECT * FROM u) SELECT a FROM x",
    );
}

#[test]
fn the_columns_of_a_set_operation_are_in_its_rows() {
    differ_in_rows(
        "postgres",
        "SELECT x FROM (SELECT a AS x, b AS y FROM t UNION SELECT a, d FROM u) s",
        "SELECT x FROM (SELECT a AS x FROM t UNION SELECT a FROM u) s",
    );
    differ_in_rows("postgres", "SELECT a FROM t EXCEPT SELECT a FROM u", "SELECT a FROM t EXCEPT SELECT d FROM u");
    differ_in_rows("postgres", "SELECT a FROM t EXCEPT ALL SELECT a FROM u", "SELECT a FROM t EXCEPT SELECT a FROM u");
    differ_in(
        "a",
        "duckdb",
        "SELECT a, b FROM t UNION ALL BY NAME SELECT d AS b, k AS a FROM u",
        "SELECT a, b FROM t UNION ALL SELECT d AS b, k AS a FROM u",
    );
    same(
        "duckdb",
        "SELECT a, b FROM t UNION ALL BY NAME SELECT d AS b, k AS a FROM u",
        "SELECT a, b FROM t UNION ALL SELECT k, d FROM u",
    );
}

#[test]
fn a_correlated_reference_is_to_its_own_level() {
    let query = |from: &str| {
        format!("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM v WHERE v.k = {from}.k))")
    };
    differ_in_rows("postgres", &query("t"), &query("u"));
}

#[test]
fn a_cte_refers_to_what_is_around_its_definition() {
    differ_in_rows(
        "postgres",
        "SELECT a FROM t WHERE EXISTS (WITH c AS (SELECT t.k AS z) SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM c WHERE z > 1))",
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM (SELECT u.k AS z) c WHERE z > 1))",
    );
}

#[test]
fn names_of_outputs_may_be_part_of_a_value() {
    differ_in(
        "x",
        "bigquery",
        "SELECT ARRAY(SELECT AS STRUCT d AS p FROM u) AS x FROM t",
        "SELECT ARRAY(SELECT AS STRUCT d AS q FROM u) AS x FROM t",
    );
    differ_in("x", "duckdb", "SELECT {'p': a} AS x FROM t", "SELECT {'P': a} AS x FROM t");
}

#[test]
fn duplicates_of_a_connective_are_not_the_operand() {
    differ_in("x", "duckdb", "SELECT (a AND a) AS x FROM t", "SELECT a AS x FROM t");
    differ_in("x", "sqlite", "SELECT (NOT NOT a) AS x FROM t", "SELECT a AS x FROM t");
    same("duckdb", "SELECT a FROM t WHERE b > 1 AND (c > 1 AND b > 1)", "SELECT a FROM t WHERE c > 1 AND b > 1");
}

#[test]
fn what_is_not_understood_equals_only_itself() {
    differ_in(
        "x",
        "trino",
        "WITH c AS (SELECT a FROM t) SELECT x FROM f(TABLE c)",
        "WITH c AS (SELECT b AS a FROM t) SELECT x FROM f(TABLE c)",
    );
}
