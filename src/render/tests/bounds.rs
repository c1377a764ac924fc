//! Hostile input: rendering ends, within its limits, whatever it is given.

use super::expand::{Expander, MAX_STEPS};
use super::*;

/// The code that ends rendering, with nothing but one hole as the result.
fn check_stopped(given: &Given<'_>, source: &str, code: &str) {
    let rendered = rendered(given, source);
    assert_eq!(rendered.sql, "");
    assert_eq!(rendered.holes.len(), 1);
    assert!(rendered.diagnostics.iter().any(|found| found.code == code), "{:?}", rendered.diagnostics);
}

#[test]
fn a_macro_that_calls_itself_ends() {
    let definitions = "@DEF(f, x -> @f(@x));@DEF(g, x -> @h(@x));@DEF(h, x -> @g(@x) + @g(@x));";
    let given = Given { definitions, ..GIVEN };
    check_stopped(&given, "SELECT @f(1)", codes::TOO_LARGE);
    check_stopped(&given, "SELECT @g(1)", codes::TOO_LARGE);
}

#[test]
fn text_that_doubles_ends() {
    let mut definitions = "@DEF(x0, a + a);".to_owned();
    for n in 1..40 {
        definitions += &format!("@DEF(x{n}, @x{} + @x{});", n - 1, n - 1);
    }
    let given = Given { definitions: &definitions, ..GIVEN };
    check_stopped(&given, "SELECT @x39", codes::TOO_LARGE);
}

#[test]
fn a_million_items_end() {
    let items = vec!["a"; 1_000_000].join(",");
    check_stopped(&GIVEN, &format!("SELECT @EACH([{items}], x -> x)"), codes::TOO_LARGE);
    let nested = "SELECT @EACH([1,2,3,4,5,6,7,8,9], a -> f(".repeat(9) + "1" + &"))".repeat(9);
    let rendered = rendered(&GIVEN, &nested);
    assert!(!rendered.diagnostics.is_empty());
}

#[test]
fn nested_calls_are_counted_not_only_their_text() {
    let nested = "SELECT @EACH([1,2,3,4,5,6,7,8,9], a -> f(".repeat(7) + "1" + &"))".repeat(7);
    let rendered = rendered(&GIVEN, &nested);
    assert!(rendered.diagnostics.iter().any(|found| found.code == codes::TOO_LARGE));
    let items = vec!["a"; 20_000].join(",");
    assert_eq!(super::rendered(&GIVEN, &format!("SELECT @EACH([{items}], x -> @IF(TRUE, @x))")).diagnostics.len(), 0);
}

#[test]
fn large_arguments_used_often_end() {
    let large = "a + ".repeat(200_000) + "a";
    let often = "x, ".repeat(1_000) + "x";
    check_stopped(&GIVEN, &format!("SELECT @EACH([{large}], x -> f({often}))"), codes::TOO_LARGE);
    let values = "'v', ".repeat(10_000) + "'v'";
    check_stopped(&GIVEN, &format!("SELECT @PIVOT({large}, [{values}])"), codes::TOO_LARGE);
}

#[test]
fn many_diagnostics_are_cut_off() {
    let source = "SELECT ".to_owned() + &"@nowhere, ".repeat(20_000) + "1";
    assert_eq!(rendered(&GIVEN, &source).diagnostics.len(), 100);
    assert_eq!(rendered(&GIVEN, "SELECT @EACH([a, b, c], x -> @nowhere)").diagnostics.len(), 1);
}

#[test]
fn deep_nesting_ends() {
    let calls = |n: usize| format!("SELECT {}1{}", "@EVAL(".repeat(n), ")".repeat(n));
    check(&GIVEN, &calls(20), "SELECT 1");
    check_stopped(&GIVEN, &calls(100_000), codes::TOO_LARGE);
    let parentheses = format!("SELECT @IF({}1{} = 1, a, b)", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(rendered(&GIVEN, &parentheses).holes.len(), 1);
}

#[test]
fn any_text_is_rendered_without_a_panic() {
    let pieces = [
        "@", "@@", "@{", "}", "(", ")", "[", "]", ",", "'", "\"", "@'", "x", "@x", "é", "-", ">", "->", "@EACH(",
        "@IF(", "@DEF(", "@SQL('", "@WHERE(", "--", "/*", "\\", "\u{0}", " ", "\n", ";", "1", ":=", "AS", "SELECT",
        "FROM", ".", "@EVAL(", "$$",
    ];
    let mut seed = 7usize;
    for round in 0..3_000 {
        let mut source = String::new();
        for _ in 0..(round % 23) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            source += pieces[(seed >> 33) % pieces.len()];
        }
        for dialect in ["", "bigquery", "tsql", "snowflake"] {
            let rendered = rendered(&Given { dialect, ..GIVEN }, &source);
            let range = rendered.map.source(0..rendered.sql.len());
            assert!(rendered.sql.is_empty() || range.end <= source.len(), "{source:?}");
        }
    }
}

#[test]
fn ranges_outside_the_text_are_clamped() {
    let environment = Environment {
        path: &Arc::from("m.sql"),
        dialect: Dialect::default(),
        variables: &BTreeMap::new(),
        blueprint: &BTreeMap::new(),
        gateway: None,
        default_catalog: None,
        this_model: None,
        execution_time_only: false,
        user_macros: &BTreeMap::new(),
        jinja_macros: &[],
        tables: &Tables::new(),
    };
    assert_eq!(render("é", statement(1, 99, Language::Sql), &[], &environment).sql, "é");
    assert_eq!(render("é", statement(9, 3, Language::Jinja), &[], &environment).sql, "");
}

#[test]
fn work_grows_with_the_text() {
    let steps = |n: usize| {
        let source = "SELECT @EVAL(1 + 1), a FROM t; ".repeat(n);
        let environment_path = Arc::from("m.sql");
        let (variables, blueprint, user_macros) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let environment = Environment {
            path: &environment_path,
            dialect: Dialect::default(),
            variables: &variables,
            blueprint: &blueprint,
            gateway: None,
            default_catalog: None,
            this_model: None,
            execution_time_only: false,
            user_macros: &user_macros,
            jinja_macros: &[],
            tables: &Tables::new(),
        };
        let mut expander = Expander::new(&source, &environment);
        let lexed = expander.lex(Fragment::copied(&source, 0)).expect("within the limits");
        expander.expand_statement(&lexed).expect("within the limits");
        expander.steps()
    };
    let (small, large) = (steps(100), steps(1_000));
    assert!(large < MAX_STEPS && large <= small * 11, "{small} {large}");
}

#[test]
fn templates_end_too() {
    let given = Given { language: Language::Jinja, ..GIVEN };
    check_stopped(
        &given,
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
        codes::TOO_LARGE,
    );
    check_stopped(
        &given,
        "{% set n = namespace(x='aaaaaaaa') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
        codes::TOO_LARGE,
    );
    let rendered = rendered(&given, "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}");
    assert_eq!((rendered.sql.as_str(), rendered.holes.len()), ("", 1));
}

#[test]
fn what_templates_grow_ends_before_memory_or_stack_do() {
    let given = Given { language: Language::Jinja, ..GIVEN };
    let looped = |start: &str, body: &str| {
        format!("{start}{{% for a in range(3000) %}}{{% for b in range(3000) %}}{body}{{% endfor %}}{{% endfor %}}1")
    };
    for (start, body) in [
        ("{% set ns = namespace(l=[]) %}", "{% set ns.l = [ns.l] %}"),
        ("{% set ns = namespace(l=[]) %}", "{% set ns.l = {'a': ns} %}"),
        ("{% set l = [] %}", "{% do l.append('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') %}"),
        ("{% set l = ['a'] %}", "{% do l.extend(l) %}"),
        ("{% set l = [] %}", "{% do l.append(l) %}"),
        ("{% set d = {} %}", "{% do d.update({b: d}) %}"),
    ] {
        check_stopped(&given, &looped(start, body), codes::JINJA_FAILED);
    }
    check_stopped(&given, "{{ '%99999d' % 1 }}", codes::JINJA_FAILED);
    check_stopped(&given, "{{ '{:99999}'.format('a') }}", codes::JINJA_FAILED);
}

#[test]
fn any_template_is_rendered_without_a_panic() {
    let pieces = [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        " set ",
        " do ",
        "l",
        "=",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ".append(",
        "'%s'",
        "%",
        "'é",
        "1.5",
        "e-",
        " macro ",
        "m(",
        "varargs",
        " endmacro ",
        " for ",
        " in ",
        "ns.",
        ",",
        "|",
        "+",
        "*",
        "\n",
        "é",
        "raw",
        "'{:>5}'.format(",
        "range(",
    ];
    let given = Given { language: Language::Jinja, ..GIVEN };
    let mut seed = 11usize;
    for round in 0..4_000 {
        let mut source = String::new();
        for _ in 0..(round % 29) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            source += pieces[(seed >> 33) % pieces.len()];
        }
        let rendered = rendered(&given, &source);
        let range = rendered.map.source(0..rendered.sql.len());
        assert!(rendered.sql.is_empty() || range.end <= source.len(), "{source:?}");
    }
}
