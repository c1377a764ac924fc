//! What SQLMesh makes of macro calls.
//!
//! Each expectation was recorded from SQLMesh 0.236.4: `load_sql_based_model(parse("MODEL (name db.m, kind
//! INCREMENTAL_UNMANAGED); …"), variables=…)`, then what `MacroEvaluator.transform` returns within
//! `render_query(needs_optimization=False)`, written in the model's dialect.

use super::*;

#[test]
fn built_in_macros_are_expanded() {
    check(
        &Given { blueprint: r#"{"bp": "some_col"}"#, ..GIVEN },
        "SELECT @bp, @{bp}, x_@bp, @'@bp', @BLUEPRINT_VAR('bp'), @VAR('bp', 3), @blueprint_var('q', 'z'), @VAR('q')",
        "SELECT some_col, some_col, x_some_col, 'some_col', some_col, 3, 'z', NULL",
    );
    check(
        &Given { definitions: "@DEF(f, x -> x * 2);@DEF(g, (x, y) -> x + y);", ..GIVEN },
        "SELECT @f(2), @f(a), @f(a + 1), @g(1, 2), @F(3) * 2",
        "SELECT 2 * 2, a * 2, a + 1 * 2, 1 + 2, 3 * 2 * 2",
    );
    check(&GIVEN, "SELECT 1 WHERE @AND(NULL)", "SELECT 1 WHERE TRUE");
    check(&GIVEN, "SELECT 1 WHERE @AND(a)", "SELECT 1 WHERE a");
    check(&GIVEN, "SELECT 1 WHERE @AND(a OR b)", "SELECT 1 WHERE a OR b");
    check(&GIVEN, "SELECT 1 WHERE @AND() AND x", "SELECT 1 WHERE TRUE AND x");
    check(
        &Given { variables: r#"{"y": "p + 1 > 3 OR q"}"#, ..GIVEN },
        "SELECT * FROM t WHERE @SQL(@y)",
        "SELECT * FROM t WHERE p + 1 > 3 OR q",
    );
    check(
        &Given { variables: r#"{"y": "p + 1 > 3 OR q"}"#, ..GIVEN },
        "SELECT * FROM t WHERE @SQL(@y) AND z",
        "SELECT * FROM t WHERE p + 1 > 3 OR q AND z",
    );
    check(&Given { variables: r#"{"x": "a.b"}"#, ..GIVEN }, "SELECT @SQL('@x')", "SELECT a.b");
    check(
        &GIVEN,
        "SELECT @SAFE_ADD(a, b), @SAFE_SUB(a, b), @SAFE_DIV(a, b), @SAFE_ADD(a + 1, b), @SAFE_SUB(a - 1, b - 1, c), @SAFE_DIV(a + 1, b + 1), @SAFE_ADD(a), @SAFE_ADD(a = b, NOT c, a AND b, (d + 1), f(x), CASE WHEN a THEN b END, t.x, -a)",
        "SELECT CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a, 0) + COALESCE(b, 0) END, CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a, 0) - COALESCE(b, 0) END, a / NULLIF(b, 0), CASE WHEN (a + 1) IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a + 1, 0) + COALESCE(b, 0) END, CASE WHEN (a - 1) IS NULL AND (b - 1) IS NULL AND c IS NULL THEN NULL ELSE COALESCE(a - 1, 0) - COALESCE(b - 1, 0) - COALESCE(c, 0) END, (a + 1) / NULLIF(b + 1, 0), CASE WHEN a IS NULL THEN NULL ELSE COALESCE(a, 0) END, CASE WHEN (a = b) IS NULL AND NOT c IS NULL AND (a AND b) IS NULL AND (d + 1) IS NULL AND F(x) IS NULL AND CASE WHEN a THEN b END IS NULL AND t.x IS NULL AND -a IS NULL THEN NULL ELSE COALESCE(a = b, 0) + COALESCE(NOT c, 0) + COALESCE(a AND b, 0) + COALESCE((d + 1), 0) + COALESCE(F(x), 0) + COALESCE(CASE WHEN a THEN b END, 0) + COALESCE(t.x, 0) + COALESCE(-a, 0) END",
    );
    check(
        &Given { dialect: "bigquery", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT TO_HEX(MD5(CONCAT(COALESCE(CAST(a AS STRING), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b AS STRING), '_sqlmesh_surrogate_key_null_'))))",
    );
    check(
        &Given { dialect: "duckdb", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT MD5(COALESCE(CAST(a AS TEXT), '_sqlmesh_surrogate_key_null_') || '|' || COALESCE(CAST(b AS TEXT), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given { dialect: "snowflake", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT MD5(CONCAT(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b AS VARCHAR), '_sqlmesh_surrogate_key_null_')))",
    );
    check(
        &Given { dialect: "trino", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT LOWER(TO_HEX(MD5(TO_UTF8(CONCAT(CAST(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR), CAST('|' AS VARCHAR), CAST(COALESCE(CAST(b AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR))))))",
    );
    check(
        &Given { dialect: "postgres", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b)",
        "SELECT MD5(COALESCE(CAST(a AS TEXT), '_sqlmesh_surrogate_key_null_') || '|' || COALESCE(CAST(b AS TEXT), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given { dialect: "spark", ..GIVEN },
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
    check(&GIVEN, "SELECT @RESOLVE_TEMPLATE('x/@{schema_name}/@{table_name}/@{catalog_name}')", "SELECT 'x/db/m/'");
    check(
        &GIVEN,
        "SELECT @AND(a, b) OR c, NOT @OR(a, b), @AND(a, b) = c",
        "SELECT a AND b OR c, NOT a OR b, a AND b = c",
    );
    check(
        &Given { definitions: "@DEF(x, p OR q);", ..GIVEN },
        "SELECT @AND((SELECT 1), a AND b, @x)",
        "SELECT (SELECT 1) AND (a AND b) AND (p OR q)",
    );
    check(
        &Given { variables: r#"{"x": "q", "l": [1, 2]}"#, gateway: Some("g"), ..GIVEN },
        "SELECT @VAR('X'), @VAR('start_ds'), @VAR('l'), @VAR('d', a + b) * 2, @var('gateway')",
        "SELECT 'q', NULL, ARRAY(1, 2), a + b * 2, 'g'",
    );
    check(&Given { definitions: "@DEF(n, 4);@DEF(f, x -> x + @n);", ..GIVEN }, "SELECT @f(a)", "SELECT a + 4");
    check(&Given { definitions: "@DEF(f, x -> x + @n);@DEF(n, 4);", ..GIVEN }, "SELECT @f(a)", "SELECT a + 4");
    check(
        &Given { definitions: "@DEF(f, (x, y) -> x + y);", ..GIVEN },
        "SELECT @f(a, b, c), @f()",
        "SELECT a + b, x + y",
    );
    check(&Given { definitions: "@DEF(f, (x, y) -> x + y);", ..GIVEN }, "SELECT @f(a)", "SELECT a + y");
    check(&Given { definitions: "@DEF(f, (x, y) -> x + y);", ..GIVEN }, "SELECT @f((a, b))", "SELECT a + b");
    check(&Given { definitions: "@DEF(f, x -> x + @x);", ..GIVEN }, "SELECT @f(x)", "SELECT x + x");
    check(
        &Given { variables: r#"{"c": "v"}"#, ..GIVEN },
        "SELECT @SQL('@c'), @SQL(@'@c'), @SQL('SUM(@c)', 'expression')",
        "SELECT v, v, SUM(v)",
    );
    check(
        &Given { dialect: "athena", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT LOWER(TO_HEX(MD5(TO_UTF8(CONCAT(CAST(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR), CAST('|' AS VARCHAR), CAST(COALESCE(CAST(b + 1 AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR)))))), LOWER(TO_HEX(MD5(TO_UTF8(CAST(COALESCE(CAST(a AS VARCHAR), '_sqlmesh_surrogate_key_null_') AS VARCHAR)))))",
    );
    check(
        &Given { dialect: "tsql", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT HASHBYTES('MD5', COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_') + '|' + COALESCE(CAST(b + 1 AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_')), HASHBYTES('MD5', COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given { dialect: "clickhouse", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT LOWER(HEX(MD5(CONCAT(COALESCE(CAST(a AS Nullable(String)), '_sqlmesh_surrogate_key_null_'), '|', COALESCE(CAST(b + 1 AS Nullable(String)), '_sqlmesh_surrogate_key_null_'))))), LOWER(HEX(MD5(CONCAT(COALESCE(CAST(a AS Nullable(String)), '_sqlmesh_surrogate_key_null_')))))",
    );
    check(
        &Given { dialect: "redshift", ..GIVEN },
        "SELECT @GENERATE_SURROGATE_KEY(a, b + 1), @GENERATE_SURROGATE_KEY(a)",
        "SELECT MD5(COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_') || '|' || COALESCE(CAST(b + 1 AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_')), MD5(COALESCE(CAST(a AS VARCHAR(MAX)), '_sqlmesh_surrogate_key_null_'))",
    );
    check(
        &Given { dialect: "snowflake", ..GIVEN },
        "SELECT @SAFE_ADD(a, b), @SAFE_DIV(a, b), @PIVOT(s, ['a b', 1]), @HAVERSINE_DISTANCE(a + 1, b, c, d)",
        r#"SELECT CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE COALESCE(a, 0) + COALESCE(b, 0) END, a / NULLIF(b, 0), SUM(CASE WHEN s = 'a b' THEN 1 ELSE 0 END) AS "a b", SUM(CASE WHEN s = 1 THEN 1 ELSE 0 END) AS "1", 7922 * ASIN(SQRT((POWER(SIN(RADIANS((c - (a + 1)) / 2)), 2)) + (COS(RADIANS(a + 1)) * COS(RADIANS(c)) * POWER(SIN(RADIANS((d - b) / 2)), 2)))) * 1.0"#,
    );
    check(
        &Given { dialect: "postgres", ..GIVEN },
        "SELECT @SAFE_DIV(a + 1, b)",
        "SELECT CAST((a + 1) AS DOUBLE PRECISION) / NULLIF(b, 0)",
    );
    check(
        &Given { dialect: "snowflake", ..GIVEN },
        "SELECT * FROM (@DEDUPLICATE(t, [a, b + 1], ['c desc', 'd']))",
        "SELECT * FROM (SELECT * FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY a, b + 1 ORDER BY c DESC, d) = 1)",
    );
}
