//! What SQLMesh makes of macro calls.
//!
//! Each expectation was recorded from SQLMesh 0.236.4: `load_sql_based_model(parse("MODEL (name db.m, kind
//! INCREMENTAL_UNMANAGED); …"), variables=…)`, then what `MacroEvaluator.transform` returns within
//! `render_query(needs_optimization=False)`, written in the model's dialect.

use super::*;

#[test]
fn lambdas_are_applied_to_items() {
    check(
        &GIVEN,
        "SELECT @EACH([a, b], x -> x), @EACH((a, b), x -> x + 1 AS x), @EACH(a, x -> t.x), @EACH([a, b], x -> @x AS c_@x), @EACH(a, b, x -> x AS y)",
        "SELECT a, b, a + 1 AS a, b + 1 AS b, t.a, a AS c_a, b AS c_b, a AS y, b AS y",
    );
    check(
        &GIVEN,
        "SELECT @EACH(['a', 'b'], x -> x AS x), @EACH(['a', 'b'], x -> @x), @EACH(['a', 'b'], x -> @{x}), @EACH(['a', 'b'], x -> @{x}_z), @EACH(['a'], x -> 'lit @x'), @EACH(['a'], x -> @'lit @x')",
        r#"SELECT 'a' AS "a", 'b' AS "b", 'a', 'b', a, b, a_z, b_z, 'lit @x', 'lit a'"#,
    );
    check(
        &GIVEN,
        "SELECT @EACH([(a, b), (c, d)], (x, y) -> x AS y)",
        "SELECT a AS b, c AS d",
    );
    check(&GIVEN, "SELECT @EACH([], x -> x), 1 AS a", "SELECT 1 AS a");
    check(
        &GIVEN,
        "SELECT COALESCE(0, @EACH([a, b], x -> x))",
        "SELECT COALESCE(0, a, b)",
    );
    check(
        &GIVEN,
        "SELECT CONCAT(@EACH([a, b], x -> x), 'c')",
        "SELECT CONCAT(a, b, 'c')",
    );
    check(
        &GIVEN,
        "SELECT 1 WHERE a IN (@EACH([a, b], x -> x))",
        "SELECT 1 WHERE a IN (a, b)",
    );
    check(
        &GIVEN,
        "SELECT 1 WHERE a IN (@EACH([a, b], x -> x), c)",
        "SELECT 1 WHERE a IN (a, b, c)",
    );
    check(
        &GIVEN,
        "SELECT a, b, COUNT(*) OVER (PARTITION BY @EACH([a, b], x -> x) ORDER BY @EACH([a, b], x -> x)) FROM t GROUP BY @EACH([a, b], x -> x) ORDER BY @EACH([a, b], x -> x)",
        "SELECT a, b, COUNT(*) OVER (PARTITION BY a, b ORDER BY a, b) FROM t GROUP BY a, b ORDER BY a, b",
    );
    check(
        &GIVEN,
        "SELECT 1 WHERE @AND(@EACH([a, b], x -> x = 1), NULL, c OR d)",
        "SELECT 1 WHERE a = 1 AND b = 1 AND (c OR d)",
    );
    check(
        &GIVEN,
        "SELECT 1 WHERE @OR(@EACH([a, b], x -> x = 1), NULL, c OR d, e AND f, (g), NOT h)",
        "SELECT 1 WHERE a = 1 OR b = 1 OR (c OR d) OR (e AND f) OR (g) OR NOT h",
    );
    check(
        &Given {
            definitions: "@DEF(l, [a, b]);@DEF(m, (c, d));",
            ..GIVEN
        },
        "SELECT @EACH(@l, x -> x), @EACH(@m, x -> x)",
        "SELECT a, b, c, d",
    );
    check(
        &Given {
            blueprint: r#"{"l": "[a, b]"}"#,
            ..GIVEN
        },
        "SELECT @EACH(@l, x -> x)",
        "SELECT a, b",
    );
    check(
        &GIVEN,
        "SELECT @EACH(a + 1, x -> x), @EACH('a', x -> @{x}), @EACH((a), x -> x), @EACH(((a, b)), x -> x)",
        "SELECT a + 1, a, a, a",
    );
    check(&GIVEN, "SELECT @EACH(f(a, b), x -> x)", "SELECT F(a, b)");
    check(&GIVEN, "SELECT @EACH([a, b], (x) -> x + 1)", "SELECT a + 1, b + 1");
    check(&GIVEN, "SELECT @EACH([(a, b), (c, d)], x -> x)", "SELECT a, c");
    check(
        &GIVEN,
        "SELECT @EACH([(a, b), (c, d)], (x, y) -> x + y AS @{x}_@{y})",
        "SELECT a + b AS a_b, c + d AS c_d",
    );
    check(&GIVEN, r#"SELECT @EACH([a, b], x -> "x")"#, "SELECT a, b");
    check(
        &GIVEN,
        "SELECT @EACH([a, b], X -> x), @EACH([A, b], x -> X AS x)",
        "SELECT a, b, A AS A, b AS b",
    );
    check(
        &GIVEN,
        "SELECT @EACH([a, b], x -> CASE WHEN x = 'x' THEN x END AS x), @EACH([a], x -> SUM(x) OVER (PARTITION BY x)), @EACH([a], x -> x(1)), @EACH([a], x -> CAST(x AS x))",
        "SELECT CASE WHEN a = 'x' THEN a END AS a, CASE WHEN b = 'x' THEN b END AS b, SUM(a) OVER (PARTITION BY a), X(1), CAST(a AS x)",
    );
    check(
        &GIVEN,
        "SELECT @EACH(@FILTER([1, 2, 3], x -> x > 1), x -> x AS c_@x)",
        "SELECT 2 AS c_2, 3 AS c_3",
    );
    check(
        &GIVEN,
        "SELECT @REDUCE([a, b, c], (x, y) -> x + y), @REDUCE([a, b, c], (x, y) -> x * y + 1), @EVAL(@REDUCE([1, 2, 3], (x, y) -> x * y + 1)), @REDUCE([a], (x, y) -> x + y)",
        "SELECT a + b + c, a * b + 1 * c + 1, 10, a",
    );
    check(
        &GIVEN,
        "SELECT @REDUCE(@FILTER([1, 2, 3], x -> x > 1), (x, y) -> x + y), @FILTER(['a', 'b'], x -> x = 'b'), @FILTER([a, b], x -> x = b)",
        "SELECT 2 + 3, 'b', b",
    );
    check(
        &Given {
            variables: r#"{"x": 1, "l": [1, 2]}"#,
            ..GIVEN
        },
        "SELECT a IN (@EACH(@l, x -> x))",
        "SELECT a IN (1, 2)",
    );
    check(
        &Given {
            variables: r#"{"s": 1}"#,
            ..GIVEN
        },
        "SELECT @ s, @EACH (['a'], x -> x)",
        "SELECT 1, 'a'",
    );
    check(&GIVEN, "SELECT @EACH(x -> x)", "SELECT");
    check(
        &Given {
            definitions: "@DEF(d, 5);",
            ..GIVEN
        },
        "SELECT @EACH([a], x -> x + @d + @start_ds)",
        "SELECT a + 5 + '1970-01-01'",
    );
    check(
        &Given {
            variables: r#"{"n": "q"}"#,
            ..GIVEN
        },
        "SELECT @EACH([a], x -> x AS @{n}_@{x})",
        "SELECT a AS q_a",
    );
    check(
        &Given {
            variables: r#"{"n": 3}"#,
            ..GIVEN
        },
        "SELECT @EACH([a], x -> x + @VAR('n'))",
        "SELECT a + 3",
    );
    check(
        &Given {
            variables: r#"{"n": 3}"#,
            ..GIVEN
        },
        "SELECT @EACH([a], x -> @IF(@n = 3, x, 0))",
        "SELECT x",
    );
    check(
        &Given {
            variables: r#"{"n": 3}"#,
            ..GIVEN
        },
        "SELECT @EACH([a], x -> @IF(@n = 3, @x, 0))",
        "SELECT a",
    );
    check(&GIVEN, "SELECT @EACH([a, b], x -> @IF(@x = 'a', @x, 0))", "SELECT 0, 0");
    check(&GIVEN, "SELECT @EACH([a, b], x -> @IF(x = 'a', x, 0))", "SELECT 0, 0");
    check(
        &GIVEN,
        "SELECT @EACH(['a', 'b'], x -> @IF(x = 'a', x, 0))",
        "SELECT 0, 0",
    );
    check(
        &GIVEN,
        "SELECT @EACH(['a', 'b'], x -> @IF(@x = 'a', 1, 0) AS c_@x)",
        "SELECT 1 AS c_a, 0 AS c_b",
    );
    check(
        &Given {
            definitions: "@DEF(f, y -> y * 2);",
            ..GIVEN
        },
        "SELECT @EACH([a, b], x -> @f(@x))",
        "SELECT a * 2, b * 2",
    );
    check(
        &Given {
            definitions: "@DEF(f, y -> y * 2);",
            ..GIVEN
        },
        "SELECT @EACH([a, b], x -> @f(x))",
        "SELECT x * 2, x * 2",
    );
    check(
        &GIVEN,
        "SELECT @EACH([a, b], x -> @SQL('sum(@x) AS total_@x'))",
        "SELECT SUM(a) AS total_a, SUM(b) AS total_b",
    );
    check(
        &GIVEN,
        "SELECT @EACH([a, b], x -> @SQL('sum(@x)') AS total_@x)",
        "SELECT SUM(a) AS total_a, SUM(b) AS total_b",
    );
    check(
        &Given {
            variables: r#"{"x": "v"}"#,
            ..GIVEN
        },
        "SELECT @EACH([@x, b], c -> c AS c_@c)",
        "SELECT 'v' AS c_v, b AS c_b",
    );
    check(
        &Given {
            variables: r#"{"x": "v"}"#,
            ..GIVEN
        },
        "SELECT @EACH([c_@x, b], c -> c AS d_@c)",
        "SELECT c_v AS d_c_v, b AS d_b",
    );
    check(
        &GIVEN,
        "SELECT DISTINCT @EACH([a,b], x -> x) FROM t",
        "SELECT DISTINCT a, b FROM t",
    );
    check(&GIVEN, "SELECT a, @EACH([], x -> x) FROM t", "SELECT a FROM t");
    check(
        &GIVEN,
        "SELECT a FROM t GROUP BY CUBE (@EACH([a,b], x -> x))",
        "SELECT a FROM t GROUP BY CUBE (a, b)",
    );
    check(
        &GIVEN,
        "SELECT COUNT(DISTINCT @EACH([a,b], x -> x)) FROM t",
        "SELECT COUNT(DISTINCT a, b) FROM t",
    );
    check(
        &GIVEN,
        "SELECT CONCAT_WS('a', @EACH([a,b], x -> x)), LEAST(q, @EACH([a,b], x -> x)), ROW(@EACH([a,b], x -> x))",
        "SELECT CONCAT_WS('a', a, b), LEAST(q, a, b), ROW(a, b)",
    );
}

#[test]
fn conditions_are_evaluated() {
    check(
        &Given {
            blueprint: r#"{"bp": "1 + 2"}"#,
            ..GIVEN
        },
        "SELECT @bp, @bp * 2, @EVAL(@bp * 2), @BLUEPRINT_VAR('bp') * 2",
        "SELECT 1 + 2, 1 + 2 * 2, 6, 1 + 2 * 2",
    );
    check(
        &Given {
            definitions: "@DEF(x, 1 + 2);@DEF(y, @x + 1);",
            ..GIVEN
        },
        "SELECT @x, @y, @x * 2, @EVAL(@x * 2)",
        "SELECT 1 + 2, 1 + 2 + 1, 1 + 2 * 2, 6",
    );
    check(&GIVEN, "SELECT 1 WHERE @AND(@IF(FALSE, a), b)", "SELECT 1 WHERE b");
    check(
        &GIVEN,
        "SELECT @IF(TRUE, a, b), @IF(1 > 2, a, b), @IF(FALSE, a), c",
        "SELECT a, b, c",
    );
    check(&GIVEN, "SELECT @IF(FALSE, a)", "SELECT");
    check(
        &GIVEN,
        "SELECT COALESCE(@IF(FALSE, a), 1), FOO(@IF(FALSE, a), 1)",
        "SELECT COALESCE(1), FOO(1)",
    );
    check(
        &GIVEN,
        "SELECT @EVAL('a' IN ('a', 'b')), @EVAL('a' NOT IN ('c')), @EVAL(CASE WHEN 1 = 1 THEN 'x' ELSE 'y' END), @EVAL(NOT TRUE), @EVAL('ab' LIKE 'a%'), @EVAL(1 IS NULL), @EVAL(NULL IS NULL), @EVAL(1 BETWEEN 0 AND 2)",
        "SELECT TRUE, TRUE, x, FALSE, TRUE, FALSE, TRUE, TRUE",
    );
    check(&GIVEN, "SELECT @EVAL(x)", "SELECT x");
    check(&GIVEN, "SELECT @IF(a = 1, b, c)", "SELECT c");
    check(
        &Given {
            gateway: Some("gw"),
            ..GIVEN
        },
        "SELECT @IF(@gateway = 'gw', b, c), @IF(@runtime_stage = 'loading', 1, 2), @runtime_stage",
        "SELECT b, 1, 'loading'",
    );
    check(&GIVEN, "@IF(TRUE, SELECT 1 AS a)", "SELECT 1 AS a");
    check(
        &Given {
            variables: r#"{"x": "q", "n": 3, "b": true, "l": [1]}"#,
            ..GIVEN
        },
        "SELECT @if(@x = 'q', a, b), @if(@n > 2 AND @b, 1, 2), @if(@VAR('nn') IS NULL, 1, 2), @if(@l = 1, 1, 2)",
        "SELECT a, 1, 1, 1",
    );
    check(
        &GIVEN,
        "SELECT @EVAL('a' = a), @EVAL(NULL = 1), @EVAL(NULL AND TRUE), @EVAL(NOT NULL), @EVAL('1' = 1), @EVAL(1 = TRUE), @EVAL(1.0 = 1), @EVAL(-1), @EVAL(2 * -3), @EVAL('a' < 'b')",
        "SELECT FALSE, TRUE, FALSE, TRUE, TRUE, -1, -6, TRUE",
    );
    check(&GIVEN, "SELECT @EVAL('a')", "SELECT a");
    check(
        &GIVEN,
        "SELECT @IF('a', 1, 2), @IF(0, 1, 2), @IF('', 1, 2), @IF(NULL, 1, 2), @IF(1, 1, 2), @IF(a, 1, 2), @IF(0.0, 1, 2), @IF(NOT 0, 1, 2)",
        "SELECT 1, 2, 2, 2, 1, 1, 2, 1",
    );
    check(
        &Given {
            variables: r#"{"n": 3, "s": "zz"}"#,
            ..GIVEN
        },
        "SELECT @IF(@EVAL(@n + 1) > 3, 1, 2), @EVAL(@n) , @EVAL(@s)",
        "SELECT 1, 3, zz",
    );
    check(
        &Given {
            variables: r#"{"n": 3}"#,
            ..GIVEN
        },
        "SELECT a FROM t WHERE @AND(TRUE, @IF(@n > 1, a = 1, NULL), b = 2)",
        "SELECT a FROM t WHERE TRUE AND a = 1 AND b = 2",
    );
    check(
        &Given {
            variables: r#"{"x": "v"}"#,
            ..GIVEN
        },
        "SELECT @IF(@x IN ('v', 'w') AND NOT @x = 'q', 1, 2)",
        "SELECT 1",
    );
    check(
        &Given {
            variables: r#"{"x": 1}"#,
            ..GIVEN
        },
        "SELECT @IF(@x = 1 OR @x = 2 AND FALSE, 1, 2), @IF(@x + 1 * 2 = 3, 1, 2), @IF(-@x < 0, 1, 2), @IF((@x) = 1, 1, 2)",
        "SELECT 1, 1, 1, 1",
    );
    check(
        &GIVEN,
        "SELECT * FROM t WHERE ds BETWEEN @start_ds AND @end_ds AND @IF(TRUE, x = 1, y = 2) OR z",
        "SELECT * FROM t WHERE ds BETWEEN '1970-01-01' AND '1970-01-01' AND x = 1 OR z",
    );
    check(
        &GIVEN,
        "SELECT a, @IF(TRUE, b AS c, d), @IF(FALSE, b) FROM t GROUP BY a, @IF(FALSE, b) ORDER BY @IF(FALSE, a), b",
        "SELECT a, b AS c FROM t GROUP BY a ORDER BY b",
    );
}

#[test]
fn clauses_depend_on_conditions() {
    check(
        &GIVEN,
        "@WITH(TRUE) x AS (SELECT 1) SELECT * FROM t LEFT OUTER @JOIN(TRUE) u ON t.a = u.a @WHERE(TRUE) a > 1 @GROUP_BY(TRUE) a, b @HAVING(TRUE) b > 2 @ORDER_BY(TRUE) b @LIMIT(TRUE) 10",
        "WITH x AS (SELECT 1) SELECT * FROM t LEFT OUTER JOIN u ON t.a = u.a WHERE a > 1 GROUP BY a, b HAVING b > 2 ORDER BY b LIMIT 10",
    );
    check(
        &GIVEN,
        "@WITH(FALSE) x AS (SELECT 1) SELECT * FROM t LEFT OUTER @JOIN(FALSE) u ON t.a = u.a @WHERE(FALSE) a > 1 @GROUP_BY(FALSE) a, b @HAVING(FALSE) b > 2 @ORDER_BY(FALSE) b @LIMIT(FALSE) 10",
        "SELECT * FROM t",
    );
    check(
        &Given {
            variables: r#"{"b": true, "n": 4}"#,
            ..GIVEN
        },
        "SELECT * FROM t @WHERE(@b) a = @n ORDER BY 1",
        "SELECT * FROM t WHERE a = 4 ORDER BY 1",
    );
    check(
        &GIVEN,
        "SELECT * FROM t @JOIN(1 = 2) u ON t.a = u.a JOIN v ON v.a = t.a @WHERE(FALSE) a > 1 OR b GROUP BY x",
        "SELECT * FROM t JOIN v ON v.a = t.a GROUP BY x",
    );
    check(
        &Given {
            variables: r#"{"x": 1}"#,
            ..GIVEN
        },
        "SELECT a FROM t @WHERE(@x > 1) a = 1 AND LEFT(b, 1) = 'c' LEFT @JOIN(@x = 2) u ON 1 = 1",
        "SELECT a FROM t",
    );
    check(
        &Given {
            variables: r#"{"x": 1}"#,
            ..GIVEN
        },
        "SELECT a FROM t CROSS @JOIN(@x = 2) u @LIMIT(@x = 1) 10 UNION ALL SELECT a FROM q @WHERE(@x = 2) a",
        "SELECT a FROM t LIMIT 10 UNION ALL SELECT a FROM q",
    );
    check(
        &GIVEN,
        "WITH a AS (SELECT * FROM t @WHERE(FALSE) a = 1) SELECT * FROM a @ORDER_BY(TRUE) b",
        "WITH a AS (SELECT * FROM t) SELECT * FROM a ORDER BY b",
    );
}

#[test]
fn built_in_macros_are_expanded() {
    check(
        &Given {
            blueprint: r#"{"bp": "some_col"}"#,
            ..GIVEN
        },
        "SELECT @bp, @{bp}, x_@bp, @'@bp', @BLUEPRINT_VAR('bp'), @VAR('bp', 3), @blueprint_var('q', 'z'), @VAR('q')",
        "SELECT some_col, some_col, x_some_col, 'some_col', some_col, 3, 'z', NULL",
    );
    check(
        &Given {
            definitions: "@DEF(f, x -> x * 2);@DEF(g, (x, y) -> x + y);",
            ..GIVEN
        },
        "SELECT @f(2), @f(a), @f(a + 1), @g(1, 2), @F(3) * 2",
        "SELECT 2 * 2, a * 2, a + 1 * 2, 1 + 2, 3 * 2 * 2",
    );
    check(&GIVEN, "SELECT 1 WHERE @AND(NULL)", "SELECT 1 WHERE TRUE");
    check(&GIVEN, "SELECT 1 WHERE @AND(a)", "SELECT 1 WHERE a");
    check(&GIVEN, "SELECT 1 WHERE @AND(a OR b)", "SELECT 1 WHERE a OR b");
    check(&GIVEN, "SELECT 1 WHERE @AND() AND x", "SELECT 1 WHERE TRUE AND x");
    check(
        &Given {
            variables: r#"{"y": "p + 1 > 3 OR q"}"#,
            ..GIVEN
        },
        "SELECT * FROM t WHERE @SQL(@y)",
        "SELECT * FROM t WHERE p + 1 > 3 OR q",
    );
    check(
        &Given {
            variables: r#"{"y": "p + 1 > 3 OR q"}"#,
            ..GIVEN
        },
        "SELECT * FROM t WHERE @SQL(@y) AND z",
        "SELECT * FROM t WHERE p + 1 > 3 OR q AND z",
    );
    check(
        &Given {
            variables: r#"{"x": "a.b"}"#,
            ..GIVEN
        },
        "SELECT @SQL('@x')",
        "SELECT a.b",
    );
    check(
        &GIVEN,
        "SELECT @SAFE_ADD(a, b), @SAFE_SUB(a, b), @SAFE_DIV(a, b), @SAFE_ADD(a + 1, b), @SAFE_SUB(a - 1, b - 1, c), @SAFE_DIV(a + 1, b + 1), @SAFE_ADD(a), @SAFE_ADD(a = b, NOT c, a AND b, (d + 1), f(x), CASE WHEN a THEN b END, t.x, -a)",
        "SELECT CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a, 0) + COALESCE(b, 0) END, CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a, 0) - COALESCE(b, 0) END, a / NULLIF(b, 0), CASE WHEN (a + 1) IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a + 1, 0) + COALESCE(b, 0) END, CASE WHEN (a - 1) IS NULL AND (b - 1) IS NULL AND c IS NULL THEN NULL ELSE COALESCE(a - 1, 0) - COALESCE(b - 1, 0) - COALESCE(c, 0) END, (a + 1) / NULLIF(b + 1, 0), CASE WHEN a IS NULL THEN NULL ELSE COALESCE(a, 0) END, CASE WHEN (a = b) IS NULL AND NOT c IS NULL AND (a AND b) IS NULL AND (d + 1) IS NULL AND F(x) IS NULL AND CASE WHEN a THEN b END IS NULL AND t.x IS NULL AND -a IS NULL THEN NULL ELSE COALESCE(a = b, 0) + COALESCE(NOT c, 0) + COALESCE(a AND b, 0) + COALESCE((d + 1), 0) + COALESCE(F(x), 0) + COALESCE(CASE WHEN a THEN b END, 0) + COALESCE(t.x, 0) + COALESCE(-a, 0) END",
    );
    check(
        &Given {
            dialect: "bigquery",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT TO_HEX(MD5(CONCAT(COALESCE(CAST(a AS STRING), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b AS STRING), '_sqlmesh_surrogate_key_null_'))))",
    );
    check(
        &Given {
            dialect: "duckdb",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT MD5(COALESCE(CAST(a AS TEXT), '_sqlmesh_surrogate_key_null_') || '|' || COALESCE(CAST(b AS TEXT), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given {
            dialect: "snowflake",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT MD5(CONCAT(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b AS VARCHAR), '_sqlmesh_surrogate_key_null_')))",
    );
    check(
        &Given {
            dialect: "trino",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT LOWER(TO_HEX(MD5(TO_UTF8(CONCAT(CAST(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR), CAST('|' AS VARCHAR), CAST(COALESCE(CAST(b AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR))))))",
    );
    check(
        &Given {
            dialect: "postgres",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT MD5(COALESCE(CAST(a AS TEXT), '_sqlmesh_surrogate_key_null_') || '|' || COALESCE(CAST(b AS TEXT), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given {
            dialect: "spark",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT MD5(CONCAT(COALESCE(CAST(a AS STRING), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b AS STRING), '_sqlmesh_surrogate_key_null_')))",
    );
    check(
        &GIVEN,
        "SELECT @HAVERSINE_DISTANCE(a, b, c, d, 'km')",
        "SELECT 7922 * ASIN(SQRT((POWER(SIN(RADIANS((c - a) / 2)), 2)) + (COS(RADIANS(a)) * COS(RADIANS(c)) * POWER(SIN(RADIANS((d - b) / 2)), 2)))) * 1.60934",
    );
    check(
        &GIVEN,
        "SELECT @PIVOT(status, ['a', 'b'])",
        r#"SELECT SUM(CASE WHEN status = 'a' THEN 1 ELSE 0 END) AS "a", SUM(CASE WHEN status = 'b' THEN 1 ELSE 0 END) AS "b""#,
    );
    check(
        &GIVEN,
        "SELECT @RESOLVE_TEMPLATE('x/@{schema_name}/@{table_name}/@{catalog_name}')",
        "SELECT 'x/db/m/'",
    );
    check(
        &GIVEN,
        "SELECT @AND(a, b) OR c, NOT @OR(a, b), @AND(a, b) = c",
        "SELECT a AND b OR c, NOT a OR b, a AND b = c",
    );
    check(
        &Given {
            definitions: "@DEF(x, p OR q);",
            ..GIVEN
        },
        "SELECT @AND((SELECT 1), a AND b, @x)",
        "SELECT (SELECT 1) AND (a AND b) AND (p OR q)",
    );
    check(
        &Given {
            variables: r#"{"x": "q", "l": [1, 2]}"#,
            gateway: Some("g"),
            ..GIVEN
        },
        "SELECT @VAR('X'), @VAR('start_ds'), @VAR('l'), @VAR('d', a + b) * 2, @var('gateway')",
        "SELECT 'q', NULL, ARRAY(1, 2), a + b * 2, 'g'",
    );
    check(
        &Given {
            definitions: "@DEF(n, 4);@DEF(f, x -> x + @n);",
            ..GIVEN
        },
        "SELECT @f(a)",
        "SELECT a + 4",
    );
    check(
        &Given {
            definitions: "@DEF(f, x -> x + @n);@DEF(n, 4);",
            ..GIVEN
        },
        "SELECT @f(a)",
        "SELECT a + 4",
    );
    check(
        &Given {
            definitions: "@DEF(f, (x, y) -> x + y);",
            ..GIVEN
        },
        "SELECT @f(a, b, c), @f()",
        "SELECT a + b, x + y",
    );
    check(
        &Given {
            definitions: "@DEF(f, (x, y) -> x + y);",
            ..GIVEN
        },
        "SELECT @f(a)",
        "SELECT a + y",
    );
    check(
        &Given {
            definitions: "@DEF(f, (x, y) -> x + y);",
            ..GIVEN
        },
        "SELECT @f((a, b))",
        "SELECT a + b",
    );
    check(
        &Given {
            definitions: "@DEF(f, x -> x + @x);",
            ..GIVEN
        },
        "SELECT @f(x)",
        "SELECT x + x",
    );
    check(
        &Given {
            variables: r#"{"c": "v"}"#,
            ..GIVEN
        },
        "SELECT @SQL('@c'), @SQL(@'@c'), @SQL('SUM(@c)', 'expression')",
        "SELECT v, v, SUM(v)",
    );
    check(
        &Given {
            dialect: "athena",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT LOWER(TO_HEX(MD5(TO_UTF8(CONCAT(CAST(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR), CAST('|' AS VARCHAR), CAST(COALESCE(CAST(b + 1 AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR)))))), LOWER(TO_HEX(MD5(TO_UTF8(CAST(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR)))))",
    );
    check(
        &Given {
            dialect: "tsql",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT HASHBYTES('MD5', COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_') + '|' + COALESCE(CAST(b + 1 AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_')), HASHBYTES('MD5', COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given {
            dialect: "clickhouse",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT LOWER(HEX(MD5(CONCAT(COALESCE(CAST(a AS Nullable(String)), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b + 1 AS Nullable(String)), '_sqlmesh_surrogate_key_null_'))))), LOWER(HEX(MD5(CONCAT(COALESCE(CAST(a AS Nullable(String)), '_sqlmesh_surrogate_key_null_')))))",
    );
    check(
        &Given {
            dialect: "redshift",
            ..GIVEN
        },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT MD5(COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_') || '|' || COALESCE(CAST(b + 1 AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_')), MD5(COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given {
            dialect: "snowflake",
            ..GIVEN
        },
        "SELECT @SAFE_ADD(a, b), @SAFE_DIV(a, b), @PIVOT(s, ['a b', 1]), @HAVERSINE_DISTANCE(a + 1, b, c, d)",
        r#"SELECT CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a, 0) + COALESCE(b, 0) END, a / NULLIF(b, 0), SUM(CASE WHEN s = 'a b' THEN 1 ELSE 0 END) AS "a b", SUM(CASE WHEN s = 1 THEN 1 ELSE 0 END) AS "1", 7922 * ASIN(SQRT((POWER(SIN(RADIANS((c - (a + 1)) / 2)), 2)) + (COS(RADIANS(a + 1)) * COS(RADIANS(c)) * POWER(SIN(RADIANS((d - b) / 2)), 2)))) * 1.0"#,
    );
    check(
        &Given {
            dialect: "postgres",
            ..GIVEN
        },
        "SELECT @SAFE_DIV(a + 1, b)",
        "SELECT CAST((a + 1) AS DOUBLE PRECISION) / NULLIF(b, 0)",
    );
    check(
        &Given {
            dialect: "snowflake",
            ..GIVEN
        },
        "SELECT * FROM (@DEDUPLICATE(t, [a, b + 1], ['c desc', 'd']))",
        "SELECT * FROM (SELECT * FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY a, b + 1 ORDER BY c DESC, d) = 1)",
    );
}
