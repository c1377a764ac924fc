//! Holes: what stands where only running code would tell.

use super::*;

const WITH_MACRO: Given<'static> = Given { user_macros: &["m"], ..GIVEN };

/// The rendered text, and whether each hole's arguments are known.
fn check_holes(given: &Given<'_>, source: &str, expected: &str, known: &[bool]) {
    let rendered = rendered(given, source);
    assert_eq!(rendered.sql, expected, "{source}");
    let holes: Vec<bool> = rendered.holes.iter().map(|hole| hole.arguments_known).collect();
    assert_eq!(holes, known, "{source}");
}

#[test]
fn a_projects_macro_keeps_its_arguments() {
    check_holes(&WITH_MACRO, "SELECT @m(a, b + 1) AS x", "SELECT __impact_hole_0(a, b + 1) AS x", &[true]);
    check_holes(&WITH_MACRO, "SELECT @m(a, k := b)", "SELECT __impact_hole_0(a, b)", &[true]);
    check_holes(&WITH_MACRO, "SELECT @m(@M(a))", "SELECT __impact_hole_1(__impact_hole_0(a))", &[true, true]);
    check_holes(&WITH_MACRO, "SELECT 1 WHERE @m(a)", "SELECT 1 WHERE __impact_hole_0(a)", &[true]);
    check_holes(
        &WITH_MACRO,
        "SELECT @EACH([a, b], x -> @m(@x) AS y_@x)",
        "SELECT __impact_hole_0(a) AS y_a, __impact_hole_1(b) AS y_b",
        &[true, true],
    );
}

#[test]
fn arguments_that_are_no_expressions_are_left_out() {
    for arguments in ["x -> x", "{'a': 1}", "'name'", "", "SELECT 1", "*", "a AS b"] {
        let source = format!("SELECT @m({arguments})");
        check_holes(&WITH_MACRO, &source, "SELECT __impact_hole_0()", &[false]);
    }
}

#[test]
fn relations_and_queries_can_be_holes() {
    check_holes(&WITH_MACRO, "@m(a)", "SELECT * FROM __impact_hole_0()", &[false]);
    check_holes(&WITH_MACRO, "SELECT * FROM @m(a) AS x", "SELECT * FROM __impact_hole_0() AS x", &[false]);
    check_holes(
        &WITH_MACRO,
        "WITH c AS (@m(a)) SELECT * FROM c",
        "WITH c AS (SELECT * FROM __impact_hole_0()) SELECT * FROM c",
        &[false],
    );
    check_holes(
        &WITH_MACRO,
        "SELECT 1 UNION ALL @m(a)",
        "SELECT 1 UNION ALL SELECT * FROM __impact_hole_0()",
        &[false],
    );
    check_holes(
        &GIVEN,
        "SELECT * FROM (@UNION('all', a, b)) AS x",
        "SELECT * FROM (SELECT * FROM __impact_hole_0()) AS x",
        &[false],
    );
}

#[test]
fn what_no_placeholder_can_stand_for_makes_the_statement_one_hole() {
    for source in [
        "SELECT a AS @m(b)",
        "SELECT a FROM t @m(b)",
        "SELECT a FROM @m(b).t",
        "SELECT a FROM t @WHERE(@m(1)) a = 1",
        "SELECT @EACH([a + 1], x -> x AS c_@x)",
    ] {
        let rendered = rendered(&WITH_MACRO, source);
        assert_eq!(rendered.sql, "", "{source}");
        assert_eq!(rendered.holes.len(), 1, "{source}");
        assert_eq!(&*rendered.holes[0].text, source);
        assert!(!rendered.diagnostics.is_empty(), "{source}");
    }
}

/// SQLMesh fails for each of these, or leaves the macro as it is.
#[test]
fn what_sqlmesh_refuses_is_reported() {
    let check = |source: &str, code: &str| {
        let codes: Vec<&str> = rendered(&GIVEN, source).diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(codes, [code], "{source}");
    };
    check("SELECT @nowhere", codes::UNDEFINED_VARIABLE);
    check("SELECT @model_kind_name", codes::UNDEFINED_VARIABLE);
    check("SELECT col_@nowhere", codes::UNDEFINED_VARIABLE);
    check("SELECT @nowhere(a)", codes::UNKNOWN_MACRO);
    check("SELECT @IF(TRUE)", codes::WRONG_ARGUMENTS);
    check("SELECT @EACH([a, b])", codes::WRONG_ARGUMENTS);
    check("SELECT @REDUCE([], (x, y) -> x + y)", codes::WRONG_ARGUMENTS);
    check("SELECT @VAR(x)", codes::WRONG_ARGUMENTS);
    check("SELECT 1 WHERE @EACH([a, b], x -> x = 1)", codes::MISPLACED);
    check("SELECT 1 WHERE c AND @IF(FALSE, a)", codes::MISPLACED);
    check("SELECT @IF(LENGTH('a') = 1, a, b)", codes::NOT_EVALUATED);
    check("SELECT @EVAL(3 // 2)", codes::NOT_EVALUATED);
    check("SELECT @SQL('a, b')", codes::NOT_EVALUATED);
    check("SELECT @m(a", codes::UNBALANCED);
    check("SELECT @'it''s a FROM t", codes::UNBALANCED);
    check("SELECT @SAFE_DIV(a)", codes::WRONG_ARGUMENTS);
    check("SELECT @SAFE_DIV(a, b, c)", codes::WRONG_ARGUMENTS);
    check("SELECT @PIVOT(a, ['b'], nothing := 1)", codes::WRONG_ARGUMENTS);
    check("SELECT @PIVOT(a, ['b'], agg := 'MAX', FALSE)", codes::WRONG_ARGUMENTS);
    check("SELECT @DATE_SPINE('hour', '2024-01-01', '2024-01-02')", codes::WRONG_ARGUMENTS);
    check("SELECT @DATE_SPINE('day', '2024-01-03', '2024-01-02')", codes::WRONG_ARGUMENTS);
    check("SELECT @STAR(a, exclude := b + 1)", codes::WRONG_ARGUMENTS);
    check("SELECT @VAR(@x)", codes::WRONG_ARGUMENTS);
    check("SELECT @EACH([a], x -> @EACH([b], y -> y))", codes::WRONG_ARGUMENTS);
    check("SELECT @EACH([a], x -> @IF(FALSE, x)), b", codes::WRONG_ARGUMENTS);
    check("SELECT b, @IF(FALSE, x) AS y", codes::MISPLACED);
    check("SELECT @IF(TRUE, @EACH([a, b], x -> x), c)", codes::WRONG_ARGUMENTS);
    check("SELECT @IF(FALSE, SELECT a, SELECT b)", codes::WRONG_ARGUMENTS);
    check("SELECT * FROM t @IF(TRUE, LEFT JOIN u ON TRUE)", codes::MISPLACED);
    check("SELECT * FROM (@DEDUPLICATE(t, (a), ['b']))", codes::WRONG_ARGUMENTS);
    check("SELECT @DATE_SPINE('day', '2024-02-30', '2024-03-02')", codes::WRONG_ARGUMENTS);
    check("SELECT * FROM (@UNION('both', a, b))", codes::WRONG_ARGUMENTS);
}

#[test]
fn views_have_no_start() {
    let view = Given { execution_time_only: true, ..GIVEN };
    assert_eq!(rendered(&view, "SELECT @start_ds").holes.len(), 1);
    check(&view, "SELECT @execution_ds", "SELECT '1970-01-01'");
}

#[test]
fn an_undefined_name_is_empty_unless_python_may_define_it() {
    let given = Given { language: Language::Jinja, ..GIVEN };
    check(&given, "SELECT a {{ nowhere }} {% if nowhere %}b{% endif %}", "SELECT a");
    let given = Given { user_macros: &["m"], definitions: "@M(1);", ..given };
    assert_eq!(rendered(&given, "SELECT a {{ nowhere }}").holes.len(), 1);
    let given = Given { definitions: "", ..given };
    assert_eq!(rendered(&given, "SELECT {{ m(1) }}").holes.len(), 1);
}

#[test]
fn templates_that_fail_are_one_hole() {
    let check = |source: &str, code: &str| {
        let given = Given { language: Language::Jinja, ..GIVEN };
        let rendered = rendered(&given, source);
        assert_eq!((rendered.sql.as_str(), rendered.holes.len()), ("", 1), "{source}");
        let codes: Vec<&str> = rendered.diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(codes, [code], "{source}");
    };
    check("SELECT {{ nowhere.a }}", codes::JINJA_FAILED);
    check("SELECT {{ resolve_table('a') }}", codes::JINJA_FAILED);
    check("SELECT {{ nowhere('a') }}", codes::JINJA_FAILED);
    // In a run they hold other things than when the project is loaded.
    check("SELECT {{ 1 if snapshots else 2 }}", codes::JINJA_FAILED);
    check("SELECT '{{ model_instance.name }}'", codes::JINJA_FAILED);
    check("{% for i in range(9) %}{{ render('1') }}{% endfor %}", codes::JINJA_FAILED);
    check("SELECT {{ render('{{ f(1) }}') }}", codes::JINJA_FAILED);
    check("SELECT {% if %}", codes::JINJA_SYNTAX);
    check("SELECT {{ a", codes::JINJA_SYNTAX);
    check("{% include 'models/m.sql' %}", codes::JINJA_FAILED);
}
