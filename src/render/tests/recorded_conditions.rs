//! What SQLMesh makes of conditions.
//!
//! Each expectation was recorded from SQLMesh 0.236.4: `load_sql_based_model(parse("MODEL (name db.m, kind
//! INCREMENTAL_UNMANAGED); …"), variables=…)`, then what `MacroEvaluator.transform` returns within
//! `render_query(needs_optimization=False)`, written in the model's dialect.

use super::*;

#[test]
fn conditions_are_evaluated() {
    check(
        &Given { blueprint: r#"{"bp": "1 + 2"}"#, ..GIVEN },
        "SELECT @bp, @bp * 2, @EVAL(@bp * 2), @BLUEPRINT_VAR('bp') * 2",
        "SELECT 1 + 2, 1 + 2 * 2, 6, 1 + 2 * 2",
    );
    check(
        &Given { definitions: "@DEF(x, 1 + 2);@DEF(y, @x + 1);", ..GIVEN },
        "SELECT @x, @y, @x * 2, @EVAL(@x * 2)",
        "SELECT 1 + 2, 1 + 2 + 1, 1 + 2 * 2, 6",
    );
    check(&GIVEN, "SELECT 1 WHERE @AND(@IF(FALSE, a), b)", "SELECT 1 WHERE b");
    check(&GIVEN, "SELECT @IF(TRUE, a, b), @IF(1 > 2, a, b), @IF(FALSE, a), c", "SELECT a, b, c");
    check(&GIVEN, "SELECT @IF(FALSE, a)", "SELECT");
    check(&GIVEN, "SELECT COALESCE(@IF(FALSE, a), 1), FOO(@IF(FALSE, a), 1)", "SELECT COALESCE(1), FOO(1)");
    check(
        &GIVEN,
        "SELECT @EVAL('a' IN ('a', 'b')), @EVAL('a' NOT IN ('c')), @EVAL(CASE WHEN 1 = 1 THEN 'x' ELSE 'y' END), @EVAL(NOT TRUE), @EVAL('ab' LIKE 'a%'), @EVAL(1 IS NULL), @EVAL(NULL IS NULL), @EVAL(1 BETWEEN 0 AND 2)",
        "SELECT TRUE, TRUE, x, FALSE, TRUE, FALSE, TRUE, TRUE",
    );
    check(&GIVEN, "SELECT @EVAL(x)", "SELECT x");
    check(&GIVEN, "SELECT @IF(a = 1, b, c)", "SELECT c");
    check(
        &Given { gateway: Some("gw"), ..GIVEN },
        "SELECT @IF(@gateway = 'gw', b, c), @IF(@runtime_stage = 'loading', 1, 2), @runtime_stage",
        "SELECT b, 1, 'loading'",
    );
    check(&GIVEN, "@IF(TRUE, SELECT 1 AS a)", "SELECT 1 AS a");
    check(
        &Given { variables: r#"{"x": "q", "n": 3, "b": true, "l": [1]}"#, ..GIVEN },
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
        &Given { variables: r#"{"n": 3, "s": "zz"}"#, ..GIVEN },
        "SELECT @IF(@EVAL(@n + 1) > 3, 1, 2), @EVAL(@n) , @EVAL(@s)",
        "SELECT 1, 3, zz",
    );
    check(
        &Given { variables: r#"{"n": 3}"#, ..GIVEN },
        "SELECT a FROM t WHERE @AND(TRUE, @IF(@n > 1, a = 1, NULL), b = 2)",
        "SELECT a FROM t WHERE TRUE AND a = 1 AND b = 2",
    );
    check(
        &Given { variables: r#"{"x": "v"}"#, ..GIVEN },
        "SELECT @IF(@x IN ('v', 'w') AND NOT @x = 'q', 1, 2)",
        "SELECT 1",
    );
    check(
        &Given { variables: r#"{"x": 1}"#, ..GIVEN },
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
        &Given { variables: r#"{"b": true, "n": 4}"#, ..GIVEN },
        "SELECT * FROM t @WHERE(@b) a = @n ORDER BY 1",
        "SELECT * FROM t WHERE a = 4 ORDER BY 1",
    );
    check(
        &GIVEN,
        "SELECT * FROM t @JOIN(1 = 2) u ON t.a = u.a JOIN v ON v.a = t.a @WHERE(FALSE) a > 1 OR b GROUP BY x",
        "SELECT * FROM t JOIN v ON v.a = t.a GROUP BY x",
    );
    check(
        &Given { variables: r#"{"x": 1}"#, ..GIVEN },
        "SELECT a FROM t @WHERE(@x > 1) a = 1 AND LEFT(b, 1) = 'c' LEFT @JOIN(@x = 2) u ON 1 = 1",
        "SELECT a FROM t",
    );
    check(
        &Given { variables: r#"{"x": 1}"#, ..GIVEN },
        "SELECT a FROM t CROSS @JOIN(@x = 2) u @LIMIT(@x = 1) 10 UNION ALL SELECT a FROM q @WHERE(@x = 2) a",
        "SELECT a FROM t LIMIT 10 UNION ALL SELECT a FROM q",
    );
    check(
        &GIVEN,
        "WITH a AS (SELECT * FROM t @WHERE(FALSE) a = 1) SELECT * FROM a @ORDER_BY(TRUE) b",
        "WITH a AS (SELECT * FROM t) SELECT * FROM a ORDER BY b",
    );
}
