//! Is everything that SQLMesh offers used by a recorded project?
//!
//! What it offers is recorded by `tests/oracle/features.py`. What is used is found in the projects of `testdata/`: in
//! SQLMesh's own answers about headers, and by lexing SQL, templates, Python and YAML. A feature that nothing uses must
//! stand in `testdata/unused-features.json` with the reason; one that is used must not. The same of edits: each feature must be
//! touched by a recorded one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use impact::dialect::Dialect;
use impact::lex::{TokenKind, lex_code};
use serde_json::Value;

use crate::example::{Files, files};
use crate::render::read;

/// Names by group.
type Groups = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_feature_is_used_by_a_recorded_project() {
    let offered = offered();
    let mut used = Groups::new();
    for (project, files) in projects() {
        used_in_texts(&files, &mut used);
        if project.starts_with("render/") {
            used_in_headers(&project, &mut used);
        }
    }
    let mut unused: BTreeMap<String, BTreeMap<String, String>> = read("../../testdata/unused-features.json");
    let mut missing = Vec::new();
    let mut needless = Vec::new();
    let mut count = 0;
    for (group, names) in &offered {
        let mut reasons = unused.remove(group).unwrap_or_default();
        count += names.len();
        for name in names {
            let is_used = used.get(group).is_some_and(|used| used.contains(name));
            match (is_used, reasons.remove(name).or_else(|| reasons.get("*").cloned())) {
                (false, None) => missing.push(format!("{group}: {name}")),
                (true, Some(reason)) if !reasons.contains_key("*") => {
                    needless.push(format!("{group}: {name} ({reason})"))
                }
                _ => {}
            }
        }
        reasons.remove("*");
        needless.extend(reasons.into_keys().map(|name| format!("{group}: {name} is nothing that SQLMesh offers")));
    }
    println!("{count} features, {} of them unused with a reason", count - used_count(&offered, &used));
    assert!(missing.is_empty(), "{} features that no recorded project uses:\n{}", missing.len(), missing.join("\n"));
    assert!(needless.is_empty() && unused.is_empty(), "these need no reason: {needless:#?} {unused:#?}");
}

/// Features that no recorded edit touches, each with the reason.
const UNEDITED: [(&str, &str, &str); 7] = [
    ("context", "engine_adapter", "only there while a model runs"),
    ("context", "is_restatement", "only there while a model runs"),
    ("evaluator", "columns_to_types", "of code: `depot-code` has its edits"),
    ("evaluator", "parse_one", "of code: `depot-code` has its edits"),
    ("evaluator", "this_model_fqn", "of code: `depot-code` has its edits"),
    ("gateway", "connection", "every edit of a gateway's connection is one of its keys"),
    ("gateway", "state_schema", "with the state elsewhere there is nothing to compare with"),
];

/// Does some recorded edit touch each feature? What templates call is left to the comparison of what they render.
#[test]
fn every_feature_is_touched_by_a_recorded_edit() {
    let touched = words_of_edits();
    let unused: BTreeMap<String, BTreeMap<String, String>> = read("../../testdata/unused-features.json");
    let is_unused = |group: &str, name: &str| {
        unused.get(group).is_some_and(|reasons| reasons.contains_key(name) || reasons.contains_key("*"))
    };
    let is_listed = |group: &str, name: &str| UNEDITED.iter().any(|known| (known.0, known.1) == (group, name));
    let mut missing = Vec::new();
    let mut needless = Vec::new();
    let mut count = 0;
    for (group, names) in offered().iter().filter(|(group, _)| !group.starts_with("jinja ")) {
        for name in names.iter().filter(|name| !is_unused(group, name)) {
            // Of `KIND property` the property.
            let word = name.rsplit(' ').next().unwrap_or(name).to_lowercase();
            let word = word.split('.').next().unwrap_or_default();
            match (touched.contains(word), is_listed(group, name)) {
                (false, false) => missing.push(format!("{group}: {name}")),
                (true, true) => needless.push(format!("{group}: {name}")),
                (true, false) => count += 1,
                (false, true) => {}
            }
        }
    }
    println!("recorded edits touch {count} features");
    assert!(missing.is_empty(), "{} features that no recorded edit touches:\n{}", missing.len(), missing.join("\n"));
    assert!(needless.is_empty(), "some edit touches them, so they need no reason: {needless:#?}");
}

/// All words that the recorded edits find or write, in lower case, and those of the paths.
fn words_of_edits() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/edits");
    let sets = std::fs::read_dir(folder).expect("edit sets").flatten();
    let mut words = BTreeSet::new();
    for set in sets {
        let text = std::fs::read_to_string(set.path()).expect("an edit set");
        let set: Value = serde_json::from_str(&text).expect("JSON");
        let edits = set["edits"].as_array().expect("edits").iter();
        let operations = edits.flat_map(|edit| edit["operations"].as_array().expect("operations"));
        for text in operations.flat_map(|operation| operation.as_object().expect("an operation").values()) {
            let text = text.as_str().unwrap_or_default().to_lowercase();
            let found = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            words.extend(found.map(str::to_owned));
        }
    }
    words
}

fn used_count(offered: &Groups, used: &Groups) -> usize {
    offered.iter().map(|(group, names)| used.get(group).map_or(0, |used| used.intersection(names).count())).sum()
}

/// The audits that every project has.
#[test]
fn the_built_in_audits_are_known() {
    let known = include_str!("../../src/impact/checks/builtin_audits.txt");
    let known: BTreeSet<String> = known.lines().map(str::to_owned).collect();
    assert_eq!(offered()["built_in_audits"], known);
}

/// What SQLMesh offers. Properties of a kind are written `KIND property`.
fn offered() -> Groups {
    let recorded: Value = read("recorded/features.json");
    let mut groups = Groups::new();
    let mut add = |group: &str, name: &str| {
        groups.entry(group.to_owned()).or_default().insert(name.to_owned());
    };
    for (group, names) in recorded["features"].as_object().expect("groups") {
        match names {
            Value::Array(names) => names.iter().filter_map(Value::as_str).for_each(|name| add(group, name)),
            Value::Object(inner) if group == "kinds" => {
                for (kind, properties) in inner {
                    add("kinds", kind);
                    let properties = properties.as_object().expect("properties");
                    properties.keys().for_each(|name| add("kinds", &format!("{kind} {name}")));
                }
            }
            Value::Object(inner) if group == "jinja" => {
                for (group, names) in inner {
                    let names = names.as_array().expect("names").iter().filter_map(Value::as_str);
                    names.for_each(|name| add(&format!("jinja {group}"), name));
                }
            }
            Value::Object(inner) => inner.keys().for_each(|name| add(group, name)),
            _ => panic!("{group} isn't a group"),
        }
    }
    let dates = groups["dates"].clone();
    groups.insert("jinja dates".to_owned(), dates);
    groups
}

/// The projects of which answers are recorded, with their files.
fn projects() -> Vec<(String, Files)> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let folders = std::fs::read_dir(testdata.join("render")).expect("projects").flatten();
    let rendered = folders.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name());
    let rendered = rendered.map(|name| format!("render/{}", name.to_string_lossy()));
    let names: BTreeSet<String> = rendered.chain(["nodes".to_owned(), "schedules".to_owned()]).collect();
    names.into_iter().map(|name| (name.clone(), files(&testdata.join(&name)))).collect()
}

/// Properties that SQLMesh says aren't as by default, in headers that name them.
fn used_in_headers(project: &str, used: &mut Groups) {
    let name = project.trim_start_matches("render/");
    let recorded: Value = read(&format!("recorded/render-{name}.json"));
    let mut add = |group: &str, name: String| used.entry(group.to_owned()).or_default().insert(name);
    for model in recorded["models"].as_object().expect("models").values() {
        let header = model["header"].as_object().expect("a header");
        let kind = header["kind"].as_object().expect("a kind");
        let kind_name = kind["name"].as_str().expect("a name");
        add("kinds", kind_name.to_owned());
        for (property, value) in kind.iter().filter(|(property, _)| *property != "name") {
            add("kinds", format!("{kind_name} {property}"));
            if property == "csv_settings" {
                value.as_object().into_iter().flatten().for_each(|(setting, _)| {
                    add("csv_settings", setting.clone());
                });
            }
        }
        header.keys().for_each(|property| {
            add("header", property.clone());
        });
        if model["dialect"].as_str().is_some() {
            add("header", "dialect".to_owned());
            add("header", "name".to_owned());
        }
    }
}

fn used_in_texts(files: &Files, used: &mut Groups) {
    for (path, text) in files {
        let folder = path.split('/').next().unwrap_or_default();
        add(used, "folders", [folder]);
        match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "sql" if folder == "macros" => templates(text, used),
            "sql" => {
                let (sql, jinja) = parted(text);
                macros(&sql, used);
                written_headers(&sql, used);
                jinja.iter().for_each(|template| templates(template, used));
            }
            "py" => python(text, used),
            "yaml" if path == "config.yaml" => configuration(text, used),
            _ => {}
        }
    }
}

fn add<'n>(used: &mut Groups, group: &str, names: impl IntoIterator<Item = &'n str>) {
    used.entry(group.to_owned()).or_default().extend(names.into_iter().map(str::to_owned));
}

/// The SQL of a file, and its templates.
fn parted(text: &str) -> (String, Vec<String>) {
    let mut sql = String::new();
    let mut jinja = Vec::new();
    let mut rest = text;
    while let Some(at) =
        ["JINJA_QUERY_BEGIN;", "JINJA_STATEMENT_BEGIN;"].iter().filter_map(|mark| rest.find(mark)).min()
    {
        sql.push_str(&rest[..at]);
        let body = &rest[at..];
        let end = body.find("JINJA_END").unwrap_or(body.len());
        jinja.push(body[..end].to_owned());
        rest = body[end..].strip_prefix("JINJA_END").unwrap_or("");
    }
    sql.push_str(rest);
    (sql, jinja)
}

/// `@name`.
fn macros(text: &str, used: &mut Groups) {
    let tokens = lex_code(text, Dialect::default().lexical());
    for pair in tokens.windows(2) {
        if pair[0].is_symbol('@') && pair[1].kind == TokenKind::Word {
            let name = pair[1].text(text).to_lowercase();
            add(used, "macros", [name.as_str()]);
            add(used, "dates", [name.as_str()]);
        }
    }
}

/// The names of properties as they are written, also of those that SQLMesh renames: in `MODEL (`, `AUDIT (`, `METRIC (`.
fn written_headers(text: &str, used: &mut Groups) {
    let tokens = lex_code(text, Dialect::default().lexical());
    for (at, token) in tokens.iter().enumerate() {
        let group = match () {
            () if token.is_word(text, "MODEL") => "header",
            () if token.is_word(text, "AUDIT") => "audit_header",
            () if token.is_word(text, "METRIC") => "metric_header",
            () => continue,
        };
        let mut depth = 0usize;
        for pair in tokens[at + 1..].windows(2) {
            match pair[0].kind {
                TokenKind::Symbol('(') => depth += 1,
                TokenKind::Symbol(')') if depth <= 1 => break,
                TokenKind::Symbol(')') => depth -= 1,
                _ => {}
            }
            let begins = pair[0].is_symbol('(') || pair[0].is_symbol(',');
            let name = pair[1].text(text).to_lowercase();
            let is_renamed = ["grain", "table_properties", "blueprints", "enabled"].contains(&name.as_str());
            if depth == 1 && begins && (group != "header" || is_renamed) {
                add(used, group, [name.as_str()]);
            }
        }
    }
}

/// What stands in `{{ … }}` and `{% … %}`.
fn templates(text: &str, used: &mut Groups) {
    let mut rest = text;
    while let Some(at) = ["{{", "{%"].iter().filter_map(|open| rest.find(open)).min() {
        let is_statement = rest[at..].starts_with("{%");
        let body = &rest[at + 2..];
        let end = body.find(if is_statement { "%}" } else { "}}" }).unwrap_or(body.len());
        template(&body[..end], is_statement, used);
        rest = &body[end..];
    }
}

fn template(body: &str, is_statement: bool, used: &mut Groups) {
    let body = body.trim_matches(['-', '+']);
    let tokens = lex_code(body, Dialect::default().lexical());
    let word = |at: usize| tokens.get(at).filter(|token| token.kind == TokenKind::Word).map(|token| token.text(body));
    if is_statement && let Some(statement) = word(0) {
        add(used, "jinja statements", [statement]);
        if statement == "filter" {
            add(used, "jinja filters", word(1));
        }
    }
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| tokens[before].text(body));
        if token.is_symbol('|') {
            add(used, "jinja filters", word(at + 1));
            // `select("odd")`, `selectattr("a", "eq", 1)`, `map("upper")` name what they apply.
            let group = match word(at + 1) {
                Some("select" | "reject" | "selectattr" | "rejectattr") => "jinja tests",
                Some("map") => "jinja filters",
                _ => continue,
            };
            let strings = tokens[at..].iter().take_while(|token| !token.is_symbol(')'));
            let strings = strings.filter(|token| matches!(token.kind, TokenKind::String | TokenKind::QuotedIdentifier));
            add(used, group, strings.map(|token| token.text(body).trim_matches(['\'', '"'])));
        }
        if token.is_word(body, "is") {
            let name = if word(at + 1) == Some("not") { word(at + 2) } else { word(at + 1) };
            add(used, "jinja tests", name);
        }
        if token.kind == TokenKind::Word && before != Some(".") && before != Some("|") {
            add(used, "jinja globals", [token.text(body)]);
            add(used, "jinja dates", [token.text(body)]);
        }
    }
}

/// `evaluator.name` and `context.name`.
fn python(text: &str, used: &mut Groups) {
    for line in text.lines().map(|line| line.split('#').next().unwrap_or_default()) {
        for group in ["evaluator", "context"] {
            for (at, mark) in line.match_indices(group) {
                let begins = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
                let name = line[at + mark.len()..].strip_prefix('.').filter(|_| begins);
                let name = name.map(|name| name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""));
                add(used, group, name);
            }
        }
    }
}

/// Keys of a configuration, those of gateways and of `model_defaults`.
fn configuration(text: &str, used: &mut Groups) {
    let read: Value = serde_saphyr::from_str(text).expect("YAML");
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().into_iter().flat_map(|map| map.keys().cloned()).collect() };
    let mut add_keys = |group: &str, value: &Value| add(used, group, keys(value).iter().map(String::as_str));
    add_keys("config", &read);
    add_keys("model_defaults", &read["model_defaults"]);
    for gateway in read["gateways"].as_object().into_iter().flat_map(|gateways| gateways.values()) {
        add_keys("gateway", gateway);
        add_keys("model_defaults", &gateway["model_defaults"]);
    }
}
