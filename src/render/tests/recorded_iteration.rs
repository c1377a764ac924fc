//! What SQLMesh makes of `@EACH`, `@FILTER` and `@REDUCE`.
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
    check(&GIVEN, "SELECT @EACH([(a, b), (c, d)], (x, y) -> x AS y)", "SELECT a AS b, c AS d");
    check(&GIVEN, "SELECT @EACH([], x -> x), 1 AS a", "SELECT 1 AS a");
    check(&GIVEN, "SELECT COALESCE(0, @EACH([a, b], x -> x))", "SELECT COALESCE(0, a, b)");
    check(&GIVEN, "SELECT CONCAT(@EACH([a, b], x -> x), 'c')", "SELECT CONCAT(a, b, 'c')");
    check(&GIVEN, "SELECT 1 WHERE a IN (@EACH([a, b], x -> x))", "SELECT 1 WHERE a IN (a, b)");
    check(&GIVEN, "SELECT 1 WHERE a IN (@EACH([a, b], x -> x), c)", "SELECT 1 WHERE a IN (a, b, c)");
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
        &Given { definitions: "@DEF(l, [a, b]);@DEF(m, (c, d));", ..GIVEN },
        "SELECT @EACH(@l, x -> x), @EACH(@m, x -> x)",
        "SELECT a, b, c, d",
    );
    check(&Given { blueprint: r#"{"l": "[a, b]"}"#, ..GIVEN }, "SELECT @EACH(@l, x -> x)", "SELECT a, b");
    check(
        &GIVEN,
        "SELECT @EACH(a + 1, x -> x), @EACH('a', x -> @{x}), @EACH((a), x -> x), @EACH(((a, b)), x -> x)",
        "SELECT a + 1, a, a, a",
    );
    check(&GIVEN, "SELECT @EACH(f(a, b), x -> x)", "SELECT F(a, b)");
    check(&GIVEN, "SELECT @EACH([a, b], (x) -> x + 1)", "SELECT a + 1, b + 1");
    check(&GIVEN, "SELECT @EACH([(a, b), (c, d)], x -> x)", "SELECT a, c");
    check(&GIVEN, "SELECT @EACH([(a, b), (c, d)], (x, y) -> x + y AS @{x}_@{y})", "SELECT a + b AS a_b, c + d AS c_d");
    check(&GIVEN, r#"SELECT @EACH([a, b], x -> "x")"#, "SELECT a, b");
    check(&GIVEN, "SELECT @EACH([a, b], X -> x), @EACH([A, b], x -> X AS x)", "SELECT a, b, A AS A, b AS b");
    check(
        &GIVEN,
        "SELECT @EACH([a, b], x -> CASE WHEN x = 'x' THEN x END AS x), @EACH([a], x -> SUM(x) OVER (PARTITION BY x)), @EACH([a], x -> x(1)), @EACH([a], x -> CAST(x AS x))",
        "SELECT CASE WHEN a = 'x' THEN a END AS a, CASE WHEN b = 'x' THEN b END AS b, SUM(a) OVER (PARTITION BY a), X(1), CAST(a AS x)",
    );
    check(&GIVEN, "SELECT @EACH(@FILTER([1, 2, 3], x -> x > 1), x -> x AS c_@x)", "SELECT 2 AS c_2, 3 AS c_3");
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
        &Given { variables: r#"{"x": 1, "l": [1, 2]}"#, ..GIVEN },
        "SELECT a IN (@EACH(@l, x -> x))",
        "SELECT a IN (1, 2)",
    );
    check(&Given { variables: r#"{"s": 1}"#, ..GIVEN }, "SELECT @ s, @EACH (['a'], x -> x)", "SELECT 1, 'a'");
    check(&GIVEN, "SELECT @EACH(x -> x)", "SELECT");
    check(
        &Given { definitions: "@DEF(d, 5);", ..GIVEN },
        "SELECT @EACH([a], x -> x + @d + @start_ds)",
        "SELECT a + 5 + '1970-01-01'",
    );
    check(&Given { variables: r#"{"n": "q"}"#, ..GIVEN }, "SELECT @EACH([a], x -> x AS @{n}_@{x})", "SELECT a AS q_a");
    check(&Given { variables: r#"{"n": 3}"#, ..GIVEN }, "SELECT @EACH([a], x -> x + @VAR('n'))", "SELECT a + 3");
    check(&Given { variables: r#"{"n": 3}"#, ..GIVEN }, "SELECT @EACH([a], x -> @IF(@n = 3, x, 0))", "SELECT x");
    check(&Given { variables: r#"{"n": 3}"#, ..GIVEN }, "SELECT @EACH([a], x -> @IF(@n = 3, @x, 0))", "SELECT a");
    check(&GIVEN, "SELECT @EACH([a, b], x -> @IF(@x = 'a', @x, 0))", "SELECT 0, 0");
    check(&GIVEN, "SELECT @EACH([a, b], x -> @IF(x = 'a', x, 0))", "SELECT 0, 0");
    check(&GIVEN, "SELECT @EACH(['a', 'b'], x -> @IF(x = 'a', x, 0))", "SELECT 0, 0");
    check(&GIVEN, "SELECT @EACH(['a', 'b'], x -> @IF(@x = 'a', 1, 0) AS c_@x)", "SELECT 1 AS c_a, 0 AS c_b");
    check(
        &Given { definitions: "@DEF(f, y -> y * 2);", ..GIVEN },
        "SELECT @EACH([a, b], x -> @f(@x))",
        "SELECT a * 2, b * 2",
    );
    check(
        &Given { definitions: "@DEF(f, y -> y * 2);", ..GIVEN },
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
        &Given { variables: r#"{"x": "v"}"#, ..GIVEN },
        "SELECT @EACH([@x, b], c -> c AS c_@c)",
        "SELECT 'v' AS c_v, b AS c_b",
    );
    check(
        &Given { variables: r#"{"x": "v"}"#, ..GIVEN },
        "SELECT @EACH([c_@x, b], c -> c AS d_@c)",
        "SELECT c_v AS d_c_v, b AS d_b",
    );
    check(&GIVEN, "SELECT DISTINCT @EACH([a,b], x -> x) FROM t", "SELECT DISTINCT a, b FROM t");
    check(&GIVEN, "SELECT a, @EACH([], x -> x) FROM t", "SELECT a FROM t");
    check(&GIVEN, "SELECT a FROM t GROUP BY CUBE (@EACH([a,b], x -> x))", "SELECT a FROM t GROUP BY CUBE (a, b)");
    check(&GIVEN, "SELECT COUNT(DISTINCT @EACH([a,b], x -> x)) FROM t", "SELECT COUNT(DISTINCT a, b) FROM t");
    check(
        &GIVEN,
        "SELECT CONCAT_WS('a', @EACH([a,b], x -> x)), LEAST(q, @EACH([a,b], x -> x)), ROW(@EACH([a,b], x -> x))",
        "SELECT CONCAT_WS('a', a, b), LEAST(q, a, b), ROW(a, b)",
    );
}
