//! What a name stands for: scopes, aliases, case, fields.

use super::{differ_in, differ_in_rows, same};

#[test]
fn a_subquery_in_from_sees_what_its_dialect_lets_it_see() {
    differ_in_rows(
        "duckdb",
        "SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM u, (SELECT t.k AS z) s WHERE z > 1)",
        "SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM u, LATERAL (SELECT u.k AS z) s WHERE z > 1)",
    );
    differ_in_rows(
        "duckdb",
        "SELECT t.k FROM (SELECT a, k FROM u) t, (SELECT t.a AS z) s WHERE z > 1",
        "SELECT t.k FROM (SELECT d AS a, k FROM u) t, (SELECT t.a AS z) s WHERE z > 1",
    );
    same("duckdb", "SELECT a, z FROM t, (SELECT t.b AS z) s", "SELECT a, z FROM t, LATERAL (SELECT t.b AS z) s");
}

#[test]
fn a_whole_row_has_every_column_in_it() {
    for value in ["q", "to_json(q)", "COUNT(q.*)", "OBJECT_CONSTRUCT(*)"] {
        let query = |column: &str| format!("SELECT {value} AS r FROM (SELECT {column} AS x FROM t) q");
        differ_in("r", "snowflake", &query("a"), &query("b"));
        differ_in("r", "postgres", &query("a"), &query("b"));
    }
    differ_in(
        "r",
        "duckdb",
        "SELECT to_json(q) AS r FROM (SELECT a AS x FROM t) q",
        "SELECT to_json(q) AS r FROM (SELECT a AS y FROM t) q",
    );
}

#[test]
fn a_field_of_a_column_may_look_like_a_column_of_a_table() {
    differ_in(
        "y",
        "duckdb",
        "SELECT t.x AS y FROM t, (SELECT {'x': a} AS t FROM u) s",
        "SELECT t.x AS y FROM t, (SELECT {'x': k} AS t FROM u) s",
    );
}

#[test]
fn quotes_keep_case_where_the_dialect_does() {
    differ_in_rows(
        "postgres",
        "WITH foo AS (SELECT a FROM t) SELECT a FROM \"Foo\"",
        "WITH foo AS (SELECT a FROM t) SELECT a FROM foo",
    );
    differ_in(
        "y",
        "mysql",
        "SELECT X AS y FROM (SELECT a AS x FROM t) s",
        "SELECT X AS y FROM (SELECT b AS x FROM t) s",
    );
    differ_in("x", "clickhouse", "SELECT f(a) AS x FROM t", "SELECT F(a) AS x FROM t");
    differ_in("x", "postgres", "SELECT \"F\"(a) AS x FROM t", "SELECT f(a) AS x FROM t");
    same("postgres", "SELECT SUM(a) AS x FROM t", "SELECT sum(A) AS X FROM T");
}

#[test]
fn double_quotes_are_strings_in_some_dialects() {
    differ_in("x", "mysql", "SELECT \"a\" AS x FROM t", "SELECT a AS x FROM t");
    same("mysql", "SELECT \"a\" AS x FROM t", "SELECT 'a' AS x FROM t");
    same("postgres", "SELECT \"a\" AS x FROM t", "SELECT a AS x FROM t");
    differ_in("x", "postgres", "SELECT \"a\" AS x FROM t", "SELECT 'a' AS x FROM t");
}

#[test]
fn an_alias_may_hide_a_column_or_not() {
    differ_in("y", "clickhouse", "SELECT b + 1 AS a, a AS y FROM t", "SELECT c + 1 AS a, a AS y FROM t");
    differ_in("y", "clickhouse", "SELECT z + 1 AS y, b AS z FROM t", "SELECT z + 1 AS y, c AS z FROM t");
    // Of a later item, in a join's condition, in a subquery, and of an alias inside an expression.
    differ_in("y", "clickhouse", "SELECT b AS y, t.a + c AS b FROM t", "SELECT b AS y, t.a * c AS b FROM t");
    let joined = |b: &str| format!("SELECT {b} AS b, u.d FROM t JOIN u ON b = u.k");
    differ_in_rows("clickhouse", &joined("t.b + 1"), &joined("t.b + 2"));
    let asked = |b: &str| format!("SELECT {b} AS b, (SELECT max(d) FROM u WHERE u.k = b) AS y FROM t");
    differ_in("y", "clickhouse", &asked("t.b + 1"), &asked("t.b + 2"));
    let inner = |b: &str| format!("SELECT ({b} AS b) * 2 AS x, b AS y FROM t");
    differ_in("y", "clickhouse", &inner("t.a + 1"), &inner("t.a + 2"));
    let window = |b: &str| format!("SELECT row_number() OVER w AS y, {b} AS b FROM t WINDOW w AS (ORDER BY b)");
    differ_in("y", "clickhouse", &window("-t.b"), &window("t.a - t.b"));
    let limited = |b: &str| format!("SELECT {b} AS b, c FROM t LIMIT 1 BY b");
    differ_in_rows("clickhouse", &limited("t.b % 2"), &limited("t.b % 3"));
    let listed = |b: &str| format!("SELECT {b} AS b, y FROM t ARRAY JOIN [b] AS y");
    differ_in("y", "clickhouse", &listed("t.b + 1"), &listed("t.b + 2"));
    same("clickhouse", "SELECT c AS x, t.b AS b FROM t", "SELECT c AS x, b FROM t");
    // Columns first in GROUP BY, aliases first in ORDER BY.
    differ_in(
        "n",
        "duckdb",
        "SELECT a + 1 AS b, count(*) AS n FROM t GROUP BY b, a",
        "SELECT a + 1 AS b, count(*) AS n FROM t GROUP BY a",
    );
    differ_in_rows("duckdb", "SELECT -a AS b FROM t ORDER BY b LIMIT 1", "SELECT -a AS b FROM t ORDER BY t.b LIMIT 1");
    same("duckdb", "SELECT -a AS b FROM t ORDER BY b LIMIT 1", "SELECT -a AS b FROM t ORDER BY -a LIMIT 1");
    // A column of the query around wins over its alias.
    differ_in(
        "m",
        "duckdb",
        "SELECT a + 1 AS b, (SELECT max(d) FROM u WHERE u.k = b) AS m FROM t",
        "SELECT a + 1 AS b, (SELECT max(d) FROM u WHERE u.k = t.a + 1) AS m FROM t",
    );
    same(
        "duckdb",
        "SELECT a + 1 AS z, (SELECT max(d) FROM u WHERE u.k = z) AS m FROM t",
        "SELECT a + 1 AS z, (SELECT max(d) FROM u WHERE u.k = t.a + 1) AS m FROM t",
    );
}

#[test]
fn a_name_that_nobody_wrote_is_no_alias() {
    differ_in_rows(
        "duckdb",
        "SELECT c FROM (SELECT 'a', c, a FROM t ORDER BY a LIMIT 1) s",
        "SELECT c FROM (SELECT 'a', c, a FROM t ORDER BY 'a' LIMIT 1) s",
    );
    // Postgres gives it the name of the function.
    differ_in_rows(
        "postgres",
        "SELECT x FROM (SELECT lower(a), b AS x FROM t ORDER BY lower LIMIT 1) s",
        "SELECT x FROM (SELECT lower(c), b AS x FROM t ORDER BY lower LIMIT 1) s",
    );
}

#[test]
fn an_alias_hides_the_name_of_its_table() {
    let query = |name: &str| format!("SELECT o.a AS x FROM s.t AS o WHERE {name}.a > 0");
    for dialect in ["duckdb", "postgres", "snowflake", "bigquery", "tsql", "spark"] {
        differ_in_rows(dialect, &query("s.t"), &query("o"));
    }
    same("clickhouse", &query("s.t"), &query("o"));
    same("clickhouse", &query("t"), &query("o"));
    same("duckdb", "SELECT s.t.a AS x FROM s.t", "SELECT a AS x FROM s.t");
}

#[test]
fn a_name_that_is_not_found_is_no_claim() {
    let query = |column: &str| format!("SELECT missing AS m, {column} AS x FROM t");
    differ_in("m", "postgres", &query("a"), &query("b"));
    same("postgres", &query("a"), "select MISSING AS m, a as x from t -- the same");
}

#[test]
fn an_unqualified_name_may_belong_to_the_query_around() {
    let query = |kept: &str| {
        format!("SELECT (SELECT max(z) FROM unknown_table WHERE w = x) AS m FROM (SELECT {kept} AS x FROM t) o")
    };
    differ_in("m", "postgres", &query("a"), &query("b"));
}

#[test]
fn of_two_outputs_with_one_name_the_key_may_be_either() {
    differ_in_rows(
        "duckdb",
        "SELECT c FROM (SELECT a AS x, b AS x, c FROM t ORDER BY x LIMIT 1) s",
        "SELECT c FROM (SELECT a AS x, k AS x, c FROM t ORDER BY x LIMIT 1) s",
    );
    differ_in("x", "postgres", "SELECT a AS x, b AS x FROM t", "SELECT b AS x, a AS x FROM t");
}

#[test]
fn the_names_of_an_alias_go_by_place() {
    differ_in("x", "duckdb", "SELECT x FROM t AS s(x, y)", "SELECT x FROM t AS s(y, x)");
    differ_in("a", "duckdb", "SELECT a FROM t AS s(x, a)", "SELECT a FROM t");
    differ_in("x", "duckdb", "SELECT x FROM unknown_table AS s(x, y)", "SELECT x FROM unknown_table AS s(y, x)");
    differ_in(
        "x",
        "postgres",
        "WITH s(x, y) AS (SELECT * FROM unknown_table) SELECT x FROM s",
        "WITH s(y, x) AS (SELECT * FROM unknown_table) SELECT x FROM s",
    );
    differ_in("x", "spark", "SELECT inline(arr) AS (x, y) FROM v", "SELECT inline(arr) AS (y, x) FROM v");
    same("duckdb", "SELECT x FROM t AS s(x, y)", "SELECT a AS x FROM t");
}

/// In Postgres a row with one NULL is neither NULL nor NOT NULL.
#[test]
fn a_whole_row_that_is_not_null_is_not_one_that_is_no_null() {
    differ_in_rows("postgres", "SELECT a FROM t WHERE t IS NOT NULL", "SELECT a FROM t WHERE NOT (t IS NULL)");
    differ_in_rows("postgres", "SELECT a FROM t AS x WHERE x IS NOT NULL", "SELECT a FROM t AS x WHERE NOT x IS NULL");
    same("postgres", "SELECT a FROM t WHERE a IS NOT NULL", "SELECT a FROM t WHERE NOT a IS NULL");
    same("duckdb", "SELECT a FROM t WHERE t IS NOT NULL", "SELECT a FROM t WHERE NOT (t IS NULL)");
}

/// In ClickHouse a name that WITH gives an expression is hidden by what is nearer: parameters of lambdas, and in queries inside
/// their own columns and aliases.
#[test]
fn a_named_expression_is_hidden_by_what_is_nearer() {
    for (named, written) in [
        ("WITH 1 AS a SELECT x FROM (SELECT a AS x FROM t) AS s", "SELECT x FROM (SELECT 1 AS x FROM t) AS s"),
        ("WITH 1 AS a SELECT (SELECT MAX(a) FROM t) AS x", "SELECT (SELECT MAX(1) FROM t) AS x"),
        (
            "WITH 1 AS a SELECT x FROM (SELECT k AS a, a + 1 AS x FROM t) AS s",
            "SELECT x FROM (SELECT k AS a, 1 + 1 AS x FROM t) AS s",
        ),
        ("WITH 1 AS a SELECT arrayMap(a -> a + 1, arr) AS x FROM v", "SELECT arrayMap(a -> 1 + 1, arr) AS x FROM v"),
    ] {
        differ_in("x", "clickhouse", named, written);
    }
    same("clickhouse", "WITH 1 AS a SELECT a AS x, b FROM t WHERE b > a", "SELECT 1 AS x, b FROM t WHERE b > 1");
}

/// An arrow behind a bare name is no function of it where it takes a value out of JSON.
#[test]
fn arrows_read_the_column_before_them() {
    for dialect in ["duckdb", "mysql", "postgres", "sqlite", ""] {
        for taken in [
            "q -> '$.k'",
            "q -> '$.k' = 'x'",
            "q ->> '$.k'",
            "q -> '$.k' ->> '$.l' = 'x'",
            "COUNT(q -> '$.k')",
            "f(q -> k)",
        ] {
            let query = |column: &str| format!("SELECT {taken} AS r FROM (SELECT {column} AS q FROM t) s");
            differ_in("r", dialect, &query("a"), &query("b"));
        }
    }
    // What follows DuckDB's arrow binds closer than it.
    differ_in("r", "duckdb", "SELECT a -> 'k' = 'x' AS r FROM t", "SELECT (a -> 'k') = 'x' AS r FROM t");
    same("mysql", "SELECT a -> '$.k' = 'x' AS r FROM t", "SELECT (a -> '$.k') = 'x' AS r FROM t");
    same("duckdb", "SELECT a -> 'k' ->> 'l' = 'x' AS r FROM t", "SELECT ((a -> 'k') ->> 'l') = 'x' AS r FROM t");
    let of_a_function = |column: &str| {
        format!("SELECT list_transform(q, x -> x + 1) AS r FROM (SELECT a AS q, {column} AS x FROM t) s")
    };
    same("duckdb", &of_a_function("b"), &of_a_function("k"));
}
