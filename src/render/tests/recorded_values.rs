//! What SQLMesh makes of variables and of templates.
//!
//! Each expectation was recorded from SQLMesh 0.236.4: `load_sql_based_model(parse("MODEL (name db.m, kind
//! INCREMENTAL_UNMANAGED); …"), variables=…)`, then what `MacroEvaluator.transform` returns within
//! `render_query(needs_optimization=False)`, written in the model's dialect.

use super::*;

#[test]
fn variables_are_their_values() {
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null}"#,
            gateway: Some("gw"),
            ..GIVEN
        },
        "SELECT @s, @n, @b, @f, @l, @d, @nul, @gateway",
        "SELECT 'it''s', 1, TRUE, 1.5, (1, 'a'), MAP(ARRAY('a'), ARRAY(1)), NULL, 'gw'",
    );
    check(
        &Given {
            dialect: "duckdb",
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null}"#,
            gateway: Some("gw"),
            ..GIVEN
        },
        "SELECT @s, @n, @b, @f, @l, @d, @nul, @gateway",
        "SELECT 'it''s', 1, TRUE, 1.5, (1, 'a'), MAP(['a'], [1]), NULL, 'gw'",
    );
    check(
        &Given {
            dialect: "bigquery",
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null}"#,
            gateway: Some("gw"),
            ..GIVEN
        },
        "SELECT @s, @n, @b, @f, @l, @d, @nul, @gateway",
        r#"SELECT 'it\'s', 1, TRUE, 1.5, (1, 'a'), MAP(['a'], [1]), NULL, 'gw'"#,
    );
    check(
        &Given { catalog: Some("cat"), ..GIVEN },
        "SELECT @default_catalog, @this_model",
        r#"SELECT 'cat', "cat"."db"."m""#,
    );
    check(
        &Given { variables: r#"{"x": 1, "l": [1, 2]}"#, ..GIVEN },
        "SELECT @x IN (1) , a IN @l, a IN (@l)",
        "SELECT 1 IN (1), a IN (1, 2), a IN ((1, 2))",
    );
    check(&Given { definitions: "@DEF(F, 3);", ..GIVEN }, "SELECT @f, @F", "SELECT 3, 3");
    check(&Given { definitions: "@DEF(q, (SELECT 1));", ..GIVEN }, "SELECT * FROM (@q)", "SELECT * FROM ((SELECT 1))");
    check(&Given { definitions: "@DEF(x, 1);@DEF(x, @x + 1);", ..GIVEN }, "SELECT @x", "SELECT 1 + 1");
    check(&Given { definitions: "@DEF(n, 7);", variables: r#"{"n": 3}"#, ..GIVEN }, "SELECT @n", "SELECT 7");
    check(&Given { variables: r#"{"n": 3}"#, blueprint: r#"{"n": "4"}"#, ..GIVEN }, "SELECT @n", "SELECT 4");
    check(
        &Given { variables: r#"{"start_ds": 3}"#, blueprint: r#"{"start_ds": "4"}"#, ..GIVEN },
        "SELECT @start_ds",
        "SELECT '1970-01-01'",
    );
    check(
        &Given { variables: r#"{"x": 1}"#, ..GIVEN },
        "SELECT @x -- @zz\n, /* @zz */ 'a @x' FROM t",
        "SELECT 1, 'a @x' FROM t",
    );
    check(
        &Given { variables: r#"{"n": -1}"#, ..GIVEN },
        "SELECT -@n, 1-@n, a--@n\n",
        "SELECT - -1, 1 - -1, a /* @n */",
    );
}

#[test]
fn names_and_strings_are_interpolated() {
    check(
        &Given { variables: r#"{"s": "abc", "n": 1, "f": 1.5, "l": [1, "a"], "s_y": 3}"#, ..GIVEN },
        "SELECT @{s}, @{n}, @{f}, @{l}, x_@s, x_@{s}_y, @{s}_y, @s_y",
        r#"SELECT abc, "1", "1.5", "ARRAY(1, 'a')", x_abc, x_abc_y, abc_y, 3"#,
    );
    check(&Given { variables: r#"{"s": "a b"}"#, ..GIVEN }, "SELECT 1 AS @{s}, @{s}", r#"SELECT 1 AS "a b", "a b""#);
    check(
        &Given { variables: r#"{"s": "abc"}"#, ..GIVEN },
        r#"SELECT @'a @s b @{s}c @@x @zz', @"q @s", 'a @s', "c_@s", "c_@{s}""#,
        r#"SELECT 'a abc b abcc @x @zz', 'q abc', 'a @s', "c_abc", "c_abc""#,
    );
    check(&Given { variables: r#"{"s": "a'b"}"#, ..GIVEN }, "SELECT @'it''s @s'", "SELECT 'it''s a''b'");
    check(
        &Given { dialect: "bigquery", catalog: Some("cat"), ..GIVEN },
        "SELECT * FROM @this_model",
        "SELECT * FROM `cat`.`db`.`m`",
    );
    check(
        &Given { dialect: "snowflake", catalog: Some("cat"), ..GIVEN },
        "SELECT * FROM @this_model",
        r#"SELECT * FROM "CAT"."DB"."M""#,
    );
    check(
        &Given { catalog: Some("cat"), ..GIVEN },
        "SELECT @{this_model}, @'x @this_model', x_@this_model",
        r#"SELECT """cat"".""db"".""m""", 'x "cat"."db"."m"', "x_""cat"".""db"".""m""""#,
    );
    check(
        &Given { variables: r#"{"b": true, "l": [1, "x"], "d": {"a": 1}}"#, ..GIVEN },
        "SELECT @start_ds, @'@start_ds', x_@start_date, @'@start_date', @'@start_dt', @'@start_epoch', @'@end_ts' , @'@b', @'@l', @'@d'",
        r#"SELECT '1970-01-01', '1970-01-01', "x_DATE_STR_TO_DATE('1970-01-01')", 'DATE_STR_TO_DATE(''1970-01-01'')', 'TIME_STR_TO_TIME(''1970-01-01 00:00:00+00:00'', ''UTC'')', '0.0', '1970-01-01 23:59:59.999999', 'TRUE', 'ARRAY(1, ''x'')', 'MAP(ARRAY(''a''), ARRAY(1))'"#,
    );
    check(
        &Given { variables: r#"{"b": true, "l": [1, "x"], "d": {"a": 1}, "nul": null}"#, ..GIVEN },
        "SELECT @start_ds, @'@start_ds', x_@start_date, @'@start_date', @'@start_dt', @'@start_epoch', @'@end_ts' , @'@b', @'@l', @'@d', @'@start_dtntz', @'@end_dt', @'@end_tstz', @'@nul', @'@runtime_stage', @'@default_catalog'",
        r#"SELECT '1970-01-01', '1970-01-01', "x_DATE_STR_TO_DATE('1970-01-01')", 'DATE_STR_TO_DATE(''1970-01-01'')', 'TIME_STR_TO_TIME(''1970-01-01 00:00:00+00:00'', ''UTC'')', '0.0', '1970-01-01 23:59:59.999999', 'TRUE', 'ARRAY(1, ''x'')', 'MAP(ARRAY(''a''), ARRAY(1))', 'TIME_STR_TO_TIME(''1970-01-01 00:00:00'')', 'TIME_STR_TO_TIME(''1970-01-01 23:59:59.999999+00:00'', ''UTC'')', '1970-01-01 23:59:59.999999+00:00', 'NULL', 'loading', 'NULL'"#,
    );
    check(
        &Given { dialect: "bigquery", variables: r#"{"b": true, "l": [1, "x"], "d": {"a": 1}, "f": 1.5}"#, ..GIVEN },
        "SELECT @start_ds, @'@start_dt', @'@b', @'@l', @'@end_dt', @'@d', @'@f'",
        r#"SELECT '1970-01-01', 'CAST(\'1970-01-01 00:00:00+00:00\' AS TIMESTAMP)', 'TRUE', '[1, \'x\']', 'CAST(\'1970-01-01 23:59:59.999999+00:00\' AS TIMESTAMP)', 'MAP([\'a\'], [1])', '1.5'"#,
    );
    check(&Given { dialect: "snowflake", ..GIVEN }, "SELECT $1 FROM @stage", "SELECT $1 FROM @stage");
    check(
        &Given { dialect: "snowflake", ..GIVEN },
        "SELECT $1 FROM @db.stage/p/a.csv",
        "SELECT $1 FROM @db.stage/p/a.csv",
    );
    check(&Given { definitions: "@DEF(x, a);", ..GIVEN }, "SELECT @x, @'@x'", "SELECT a, 'a'");
    check(&Given { definitions: "@DEF(x, t);", ..GIVEN }, "SELECT @x.b, @{x}.b, c_@x", "SELECT t.b, t.b, c_t");
    check(
        &Given { definitions: "@DEF(x, t.c);", ..GIVEN },
        "SELECT @'@x' , @{x}, c_@x",
        r#"SELECT 't.c', "t.c", "c_t.c""#,
    );
    check(
        &Given { definitions: "@DEF(y, db.tbl);@DEF(w, a = 1 OR b = 2);", ..GIVEN },
        "SELECT * FROM @y AS q WHERE @w",
        "SELECT * FROM db.tbl AS q WHERE a = 1 OR b = 2",
    );
    check(
        &Given { variables: r#"{"c": "v"}"#, ..GIVEN },
        "WITH @c AS (SELECT 1), @{c}_2 AS (SELECT 2) SELECT * FROM @c",
        r#"WITH "v" AS (SELECT 1), v_2 AS (SELECT 2) SELECT * FROM "v""#,
    );
    check(
        &Given { variables: r#"{"c": "v"}"#, ..GIVEN },
        "SELECT @'@@{c}', @'a@b.com', @'100@', @'@ c', @'@{c', @'@c_x'",
        "SELECT '@{c}', 'a@b.com', '100@', '@ c', '@{c', '@c_x'",
    );
    check(
        &Given { variables: r#"{"t": "int"}"#, ..GIVEN },
        "SELECT a FROM db.@{t} JOIN @{t} USING (@t) JOIN @t.@t ON 1=1",
        r#"SELECT a FROM db.int JOIN int USING ('int') JOIN "int"."int" ON 1 = 1"#,
    );
    check(
        &Given { variables: r#"{"t": "i\"nt"}"#, ..GIVEN },
        r#"SELECT "a""@t", "@{t} x" "#,
        r#"SELECT "a""i""nt", "i""nt x""#,
    );
}

#[test]
fn jinja_templates_are_rendered() {
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "SELECT '{{ start_ds }}', '{{ start_date }}', '{{ start_dt }}', '{{ end_dt }}', '{{ end_epoch }}', '{{ start_epoch }}', {{ start_millis }}, '{{ end_tstz }}', '{{ start_dtntz }}', '{{ end_dtntz }}'",
        "SELECT '1970-01-01', '1970-01-01', '1970-01-01 00:00:00+00:00', '1970-01-01 23:59:59.999999+00:00', '86399.999', '0.0', 0, '1970-01-01 23:59:59.999999+00:00', '1970-01-01 00:00:00', '1970-01-01 23:59:59.999999'",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "SELECT {% for c in var('cols') %}{{ c }} AS x_{{ c }}{% if not loop.last %}, {% endif %}{% endfor %} FROM t",
        "SELECT a AS x_a, b AS x_b FROM t",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "SELECT @n, @{n}, {{ var('n') }} + @start_ds, '@n'",
        r#"SELECT 1, "1", 1 + '1970-01-01', '@n'"#,
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "SELECT 1 AS a; ",
        "SELECT 1 AS a",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "{% if var('b') %}SELECT 1 AS a{% else %}SELECT 2 AS a{% endif %}",
        "SELECT 1 AS a",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "{% set d = {'a': 1, 'b': 2} %}SELECT {% for k, v in d.items() %}{{ v }} AS {{ k.upper() }}{{ ', ' if not loop.last }}{% endfor %}, {{ ', '.join(['x', 'y']) }}",
        "SELECT 1 AS A, 2 AS B, x, y",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "SELECT {% for i in range(3) %}{{ i }} AS c{{ i }},{% endfor %} 1 AS z",
        "SELECT 0 AS c0, 1 AS c1, 2 AS c2, 1 AS z",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            jinja_macros: &[(
                "macros/m.sql",
                "{% macro rec(n) %}{% if n > 0 %}{{ n }} + {{ rec(n - 1) }}{% else %}0{% endif %}{% endmacro %}",
            )],
            ..GIVEN
        },
        "SELECT {{ rec(3) }} AS a",
        "SELECT 3 + 2 + 1 + 0 AS a",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            jinja_macros: &[("macros/m.sql", "{% macro a(x, y=2) %}{{ x }} + {{ y }}{% endmacro %}")],
            ..GIVEN
        },
        "SELECT {{ a(x=1) }} AS a",
        "SELECT 1 + 2 AS a",
    );
    check(
        &Given {
            variables: r#"{"s": "it's", "n": 1, "b": true, "f": 1.5, "l": [1, "a"], "d": {"a": 1}, "nul": null, "cols": ["a", "b"]}"#,
            gateway: Some("gw"),
            catalog: Some("cat"),
            language: Language::Jinja,
            ..GIVEN
        },
        "{%- set q = var('n') + 1 -%}\nSELECT\n  {{ q }} AS a {# note @zz #}\n",
        "SELECT 2 AS a",
    );
}
