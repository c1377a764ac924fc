//! Where output came from.

use super::*;

/// The source behind the first place where `output` stands in the rendered text.
fn check_place(given: &Given<'_>, source: &str, output: &str, expected: &str) {
    let rendered = rendered(given, source);
    let at = rendered.sql.find(output).unwrap_or_else(|| panic!("{output} is not in {}", rendered.sql));
    let range = rendered.map.source(at..at + output.len());
    let text = format!("{}{source}", given.definitions);
    assert_eq!(text.get(range), Some(expected), "{output} in {}", rendered.sql);
}

#[test]
fn text_maps_to_itself_and_values_to_their_variables() {
    let given = Given { variables: r#"{"n": 12345}"#, ..GIVEN };
    check_place(&given, "SELECT a, @n AS b, c FROM t", "a", "a");
    check_place(&given, "SELECT a, @n AS b, c FROM t", "12345", "@n");
    check_place(&given, "SELECT a, @n AS b, c FROM t", "c FROM t", "c FROM t");
    check_place(&given, "SELECT col_@n, c", "col_12345", "col_@n");
}

#[test]
fn a_lambdas_body_maps_to_the_body_and_items_to_the_items() {
    let source = "SELECT @EACH([a, b], x -> SUM(x) AS total_@x), z FROM t";
    check_place(&GIVEN, source, "SUM(", "SUM(");
    check_place(&GIVEN, source, "a)", "a, b], x -> SUM(x)");
    check_place(&GIVEN, source, "b", "b");
    check_place(&GIVEN, source, "total_b", "total_@x");
    check_place(&GIVEN, source, "z FROM", "z FROM");
}

#[test]
fn definitions_map_to_where_they_are_defined() {
    let given = Given { definitions: "@DEF(f, x -> x + other);", ..GIVEN };
    check_place(&given, "SELECT @f(amount) AS y", "other", "other");
    check_place(&given, "SELECT @f(amount) AS y", "amount", "amount");
}

#[test]
fn text_outside_of_jinja_tags_maps_to_itself_and_output_to_its_expression() {
    let given = Given {
        language: Language::Jinja,
        variables: r#"{"n": 12345, "é": "ü"}"#,
        jinja_macros: &[("macros/m.sql", "{% macro m(x) %}SUM({{ x }}){% endmacro %}")],
        ..GIVEN
    };
    let source = " SELECT {{ var('é') }}, {% if true %}a{% endif %}, {{ m('b') }}, {{ var('n') }} FROM t";
    check_place(&given, source, "SELECT", "SELECT");
    check_place(&given, source, "a", "a");
    check_place(&given, source, "SUM(b)", "m('b')");
    check_place(&given, source, "12345", "var('n')");
    check_place(&given, source, "FROM t", "FROM t");
}

#[test]
fn the_variables_that_were_read_are_named() {
    let given =
        Given { variables: r#"{"a": 1, "b": 2, "c": 3, "d": 4, "unused": 5}"#, blueprint: r#"{"e": "x"}"#, ..GIVEN };
    let read =
        rendered(&given, "SELECT @A, @'@b', col_@c, @VAR('d'), @e, @gateway, @start_ds, 'not @unused'").variables;
    assert_eq!(read, ["a", "b", "c", "d", "e", "gateway"]);
    let given = Given { language: Language::Jinja, ..given };
    assert_eq!(rendered(&given, "SELECT {{ var('A') }}, {{ gateway() }}").variables, ["a", "gateway"]);
}

#[test]
fn diagnostics_stand_at_the_call() {
    let rendered = rendered(&GIVEN, "SELECT a,\n  é, @nowhere");
    let [diagnostic] = rendered.diagnostics.as_slice() else { panic!("{:?}", rendered.diagnostics) };
    assert_eq!(diagnostic.code, codes::UNDEFINED_VARIABLE);
    let location = &diagnostic.location;
    assert_eq!((&*location.path, location.line, location.col, location.end_col), ("models/m.sql", 2, 6, 14));
}

#[test]
fn what_fails_in_a_body_or_a_loop_is_reported_where_it_stands() {
    let check = |given: &Given<'_>, source: &str, line: u32, col: u32| {
        let rendered = rendered(given, source);
        let [diagnostic] = rendered.diagnostics.as_slice() else { panic!("{source}: {:?}", rendered.diagnostics) };
        assert_eq!((diagnostic.location.line, diagnostic.location.col), (line, col), "{source}");
    };
    check(&GIVEN, "SELECT\n  @EACH([a, b], x -> x +\n    @nowhere(x))", 3, 5);
    check(&GIVEN, "SELECT\n  @EACH([a, b], x -> @IF(FALSE, 1,\n @SAFE_DIV(@x)))", 3, 2);
    check(&GIVEN, "SELECT a,\n  @SAFE_DIV(\n1)", 2, 3);
    check(&GIVEN, "SELECT a,\n @'b", 2, 2);
    check(&Given { definitions: "@DEF(f, x -> @f(@x));\n", ..GIVEN }, "SELECT @f(1)", 1, 14);
    let given = Given { language: Language::Jinja, ..GIVEN };
    check(&given, "SELECT {% for a in [1, 2] %}\n a + {{ a.b.c }} {% endfor %}", 2, 10);
    check(&given, "SELECT {{ '%s' % 'a' }},\n {{ 'a'.nothing() }}", 2, 8);
    check(&given, "SELECT {% for a in [1] %}{% do a.append(1) %}\n{% endfor %}", 1, 33);
    check(&given, "SELECT\n {% include 'models/secret.sql' %}", 2, 5);
    check(&given, "SELECT\n {% for a in [1] %}{% import '/etc/passwd' as x %}{% endfor %}", 2, 23);
    check(&given, "SELECT {% for a in [1, 2] %}\n @EACH([{{ a }}], x ->\n  @nowhere(x)), {% endfor %} 1", 3, 3);
}

#[test]
fn what_grows_without_end_is_reported_at_its_call() {
    let check = |given: &Given<'_>, source: &str, line: u32, col: u32| {
        let rendered = rendered(given, source);
        let found = rendered.diagnostics.iter().find(|found| found.code == codes::TOO_LARGE);
        let place = found.map(|found| (found.location.line, found.location.col));
        assert_eq!(place, Some((line, col)), "{:?}", rendered.diagnostics);
    };
    let items = vec!["a"; 1_000_000].join(",");
    check(&GIVEN, &format!("SELECT\n  @EACH([{items}], x -> x)"), 2, 3);
    let given = Given { language: Language::Jinja, ..GIVEN };
    let endless = "SELECT 1,\n{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}\n{% endfor %}{% endfor %}";
    let rendered = rendered(&given, endless);
    let [found] = rendered.diagnostics.as_slice() else { panic!("{:?}", rendered.diagnostics) };
    assert!(found.location.line >= 2 && found.code == codes::TOO_LARGE, "{found:?}");
}
