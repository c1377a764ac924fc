//! The reports of a few analyses, and what must hold for every one of them.

mod report_fixtures;

use impact::report::{Options, json, markdown, terminal};
use report_fixtures as fixtures;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

fn wide(width: usize) -> Options {
    Options { width, ..Options::default() }
}

/// Removes the styles that the terminal report itself writes.
fn without_styles(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out += before;
        let (style, after) = after.split_once('m').expect("a style ends with m");
        assert!(style.bytes().all(|b| b.is_ascii_digit() || b == b';'), "not a style: {style:?}");
        rest = after;
    }
    out + rest
}

#[test]
fn terminal_at_100_columns() {
    for (name, analysis) in fixtures::all() {
        insta::assert_snapshot!(format!("terminal_{name}"), terminal::render(&analysis, &wide(100)));
    }
}

#[test]
fn terminal_at_60_columns() {
    let analysis = fixtures::failing_and_propagating();
    insta::assert_snapshot!("terminal_narrow", terminal::render(&analysis, &wide(60)));
}

#[test]
fn terminal_with_colours() {
    let options = Options { color: true, ..wide(100) };
    let text = terminal::render(&fixtures::failing_and_propagating(), &options);
    insta::assert_snapshot!("terminal_colours", text.replace('\u{1b}', "␛"));
}

#[test]
fn markdown_comments() {
    for (name, analysis) in fixtures::all() {
        if name != "many_reached" {
            insta::assert_snapshot!(format!("markdown_{name}"), markdown::render(&analysis, &Options::default()));
        }
    }
}

#[test]
fn colours_change_nothing_but_the_colours() {
    for (name, analysis) in fixtures::all() {
        let options = Options { color: true, ..wide(100) };
        let plain = terminal::render(&analysis, &wide(100));
        assert_eq!(without_styles(&terminal::render(&analysis, &options)), plain, "{name}");
        assert!(!plain.contains('\u{1b}'), "{name}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, analysis) in fixtures::all() {
        for width in [60, 80, 100, 200] {
            for all in [false, true] {
                let options = Options { all, ..wide(width) };
                for line in terminal::render(&analysis, &options).lines() {
                    assert!(line.width() <= width, "{name} at {width}: {line}");
                }
            }
        }
    }
}

#[test]
fn the_verdict_is_the_first_line() {
    let first = |analysis| terminal::render(&analysis, &wide(200)).lines().next().unwrap_or_default().to_owned();
    assert_eq!(first(fixtures::nothing_changed()), "Nothing changes: all 97 models keep their rows and columns.");
    assert_eq!(
        first(fixtures::failing_and_propagating()),
        "Breaking: 1 query will fail, 1 model changes, 2 are reached, 1 may be reached, 1 stays the same, 12 untouched"
    );
    assert_eq!(first(fixtures::equivalent_refactor()), "Equivalent: 3 models stay the same, 9 untouched");
}

#[test]
fn long_lists_are_folded_unless_all_is_wanted() {
    let analysis = fixtures::many_reached();
    let folded = terminal::render(&analysis, &wide(100));
    assert!(folded.lines().count() < 100, "{folded}");
    assert!(folded.contains("… 288 more (--all shows them)"));
    let all = terminal::render(&analysis, &Options { all: true, ..wide(200) });
    assert!(!all.contains("--all"));
    assert!(analysis.models.iter().all(|model| all.contains(&model.name)));
}

#[test]
fn models_of_which_the_same_is_to_be_told_are_told_once() {
    let mut analysis = fixtures::unsafe_under_distinct();
    let (mut model, mut finding) = (analysis.models[1].clone(), analysis.findings[0].clone());
    model.name = "silver.items_too".into();
    finding.model.clone_from(&model.name);
    finding.id = 3;
    model.rows.because = vec![3];
    model.columns[1].because = vec![3];
    finding.path = "models/silver/items_too.sql".into();
    analysis.models.push(model);
    analysis.findings.push(finding);
    let text = terminal::render(&analysis, &wide(100));
    assert!(text.contains("the same in 1 more: silver.items_too"), "{text}");
    assert!(!text.contains("items_too.sql"), "{text}");
    assert!(markdown::render(&analysis, &Options::default()).contains("the same in 1 more: `silver.items_too`"));
    assert!(terminal::render(&analysis, &Options { all: true, ..wide(100) }).contains("items_too.sql"));
    analysis.findings.last_mut().expect("the other finding").after = Some("something else".into());
    assert!(!terminal::render(&analysis, &wide(100)).contains("the same in"));
}

#[test]
fn a_control_character_never_reaches_an_output() {
    let analysis = fixtures::hostile();
    let outputs = [
        terminal::render(&analysis, &wide(100)),
        terminal::render(&analysis, &Options { all: true, ..wide(60) }),
        markdown::render(&analysis, &Options::default()),
        json::render(&analysis),
    ];
    for text in outputs {
        let found = text.chars().find(|&c| {
            (c.is_control() && c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}'..='\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        });
        assert_eq!(found, None);
    }
}

#[test]
fn markdown_starts_with_the_marker_and_fits_into_a_comment() {
    for (name, analysis) in fixtures::all() {
        for all in [false, true] {
            let text = markdown::render(&analysis, &Options { all, ..Options::default() });
            assert!(text.starts_with("<!-- impact -->\n"), "{name}");
            assert!(text.len() <= 60_000, "{name}: {}", text.len());
            assert_eq!(text.matches("<details>").count(), text.matches("\n</details>").count(), "{name}");
        }
    }
    let cut = markdown::render(&fixtures::many_reached(), &Options { all: true, ..Options::default() });
    assert!(cut.contains("was cut here"));
}

#[test]
fn markdown_links_only_where_a_base_is_given() {
    let analysis = fixtures::failing_and_propagating();
    assert!(!markdown::render(&analysis, &Options::default()).contains("]("));
    let options = Options { link_base: Some("https://github.com/o/r/blob/abc/".into()), ..Options::default() };
    let text = markdown::render(&analysis, &options);
    assert!(
        text.contains(
            "[`models/silver/orders.sql:13:3`](https://github.com/o/r/blob/abc/models/silver/orders.sql#L13)"
        )
    );
}

#[test]
fn json_is_read_back_as_it_was() {
    for (name, analysis) in fixtures::all() {
        let text = json::render(&analysis);
        assert!(text.ends_with("}\n"), "{name}");
        let value: Value = serde_json::from_str(&text).expect("valid JSON");
        assert_eq!(value, serde_json::to_value(&analysis).expect("plain data"), "{name}");
    }
}

#[test]
fn json_follows_its_schema() {
    let schema = json::schema();
    for (name, analysis) in fixtures::all() {
        let value = serde_json::to_value(&analysis).expect("plain data");
        assert_eq!(violations(&schema, &schema, &value, "$"), Vec::<String>::new(), "{name}");
    }
    let mut wrong = serde_json::to_value(fixtures::failing_and_propagating()).expect("plain data");
    wrong["models"][0]["verdict"] = "fine".into();
    wrong["findings"][0]["line"] = "12".into();
    wrong.as_object_mut().expect("an object").remove("coverage");
    assert_eq!(violations(&schema, &schema, &wrong, "$").len(), 3);
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let value = serde_json::to_value(fixtures::failing_and_propagating()).expect("plain data");
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        names(&value),
        "schema_version base head verdict models findings diagnostics coverage rebuild standalone_audits"
    );
    assert_eq!(names(&value["base"]), "rev commit");
    assert_eq!(
        names(&value["models"][0]),
        "name path kind change sqlmesh verdict disagreement fails rows columns rebuild sqlmesh_certain sqlmesh_because"
    );
    assert_eq!(names(&value["models"][0]["rebuild"]), "sqlmesh intervals needed needed_intervals");
    assert_eq!(names(&value["rebuild"]), "now sqlmesh_models sqlmesh_intervals needed_models needed_intervals");
    assert_eq!(names(&value["models"][0]["rows"]), "effect because");
    assert_eq!(names(&value["models"][0]["columns"][0]), "name effect from because");
    assert_eq!(
        names(&value["findings"][0]),
        "id code severity model column path line col end_line end_col message before after via"
    );
    assert_eq!(names(&value["diagnostics"][0]), "code severity path line col message help");
    assert_eq!(names(&value["coverage"]), "models analysed partial opaque");
    assert_eq!(value["models"][0]["sqlmesh"], "INDIRECT_BREAKING");
    assert_eq!(value["models"][0]["change"], "indirect");
    assert_eq!(value["models"][1]["disagreement"], "sqlmesh_over_broad");
}

/// Where `value` breaks the schema: as much of JSON Schema as the generated one uses.
fn violations(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).expect("a reference inside the schema");
        return violations(root, target, value, at);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[key].as_array() {
            let fits = choices.iter().any(|choice| violations(root, choice, value, at).is_empty());
            return if fits { vec![] } else { vec![format!("{at}: no choice fits")] };
        }
    }
    let mut found = Vec::new();
    if !type_fits(&schema["type"], value)
        || schema.get("const").is_some_and(|wanted| wanted != value)
        || schema["enum"].as_array().is_some_and(|allowed| !allowed.contains(value))
    {
        found.push(format!("{at}: {value} isn't allowed"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, item) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(inner) => found.extend(violations(root, inner, item, &format!("{at}.{name}"))),
            None => found.push(format!("{at}: {name} isn't in the schema")),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        found.extend(violations(root, &schema["items"], item, &format!("{at}[]")));
    }
    found
}

fn type_fits(wanted: &Value, value: &Value) -> bool {
    let fits = |name: &Value| match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        other => panic!("a type this check doesn't know: {other:?}"),
    };
    match wanted {
        Value::Null => true,
        Value::Array(names) => names.iter().any(fits),
        name => fits(name),
    }
}
