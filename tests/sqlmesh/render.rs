//! Rendered queries and statements against what SQLMesh renders, as canonical trees.
//!
//! A hole matches whatever stands in its place, so that everything around it is compared.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use impact::dialect::Dialect;
use impact::lex::{TokenKind, lex_code};
use impact::names::ModelName;
use impact::pipeline::{Side, state, state_running};
use impact::project::Body;
use impact::project::load::LoadOptions;
use impact::render::Rendered;
use impact::source::MemoryTree;
use impact::sql;
use impact::sql::tree::{Op, Tree};
use impact::state::{AnalysedModel, State};
use impact::worker::Interpreter;
use serde::Deserialize;

use crate::example::{Files, files, folder};
use crate::headers::{self, Properties};

/// What SQLMesh says about one project.
#[derive(Deserialize)]
struct Recorded {
    models: BTreeMap<String, RecordedModel>,
}

#[derive(Deserialize)]
struct RecordedModel {
    /// What the model is made by, if it isn't SQL.
    #[serde(rename = "type")]
    source: Option<String>,
    header: serde_json::Map<String, serde_json::Value>,
    query: Option<String>,
    error: Option<String>,
    #[serde(default)]
    pre: Vec<Vec<String>>,
    #[serde(default)]
    post: Vec<Vec<String>>,
    #[serde(default, rename = "virtual")]
    on_virtual_update: Vec<Vec<String>>,
}

/// How much of a project is rendered as SQLMesh renders it.
#[derive(Default)]
struct Shares {
    exactly: usize,
    with_holes: usize,
    not_at_all: usize,
    statements: usize,
    properties: Properties,
}

/// Models of which impact is known to render something else, each with the reason.
type Differences = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn sushi_is_rendered_as_sqlmesh_renders_it() {
    example("sushi", &[""]);
}

#[test]
fn two_repositories_are_rendered_as_sqlmesh_renders_them() {
    example("multi", &["repo_1", "repo_2"]);
}

#[test]
fn wursthall_is_rendered_as_sqlmesh_renders_it() {
    example("wursthall", &[""]);
}

#[test]
fn every_macro_and_template_is_rendered_as_sqlmesh_renders_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    let mut projects: Vec<_> = std::fs::read_dir(folder).expect("the projects").flatten().collect();
    projects.retain(|project| project.path().is_dir());
    projects.sort_by_key(|project| project.path());
    assert!(!projects.is_empty());
    let failures: Vec<String> = projects
        .iter()
        .filter_map(|project| check(&project.file_name().to_string_lossy(), &[""], &files(&project.path())).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What SQLMesh answers through `--python` is what it was recorded to render.
#[test]
fn sqlmesh_itself_expands_the_macros_of_a_project() {
    let Some(interpreter) = interpreter() else { return };
    let of_tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    for name in ["macros", "jinja"] {
        let failures = expanded(name, &files(&of_tests.join(name)), &interpreter);
        assert!(failures.is_empty(), "{name}: {}", failures.join("\n"));
    }
}

/// How the models that SQLMesh expands differ from what was recorded, and what it could not expand.
fn expanded(project: &str, files: &Files, interpreter: &Interpreter) -> Vec<String> {
    let recorded: Recorded = read(&format!("recorded/render-{project}.json"));
    let tree = MemoryTree::new("work tree", files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let side = Side { tree: &tree, roots: vec![String::new()] };
    let state = state_running(&side, &LoadOptions::default(), Some(interpreter));
    let failed = state.diagnostics.iter().filter(|found| found.code.starts_with("U4"));
    let mut failures: Vec<String> =
        failed.map(|found| format!("{} {}: {}", found.code, found.location.path, found.message)).collect();
    let names: Vec<_> = state.project.expanded.iter().flatten().map(|(name, _)| name).collect();
    for &name in &names {
        let model = &state.models[name];
        let tree = model.query.as_ref().and_then(|query| query.rendered.parsed());
        let expected = recorded.models.get(&name.to_string()).and_then(|model| model.query.as_ref());
        match (tree, expected) {
            (Some(tree), Some(expected)) => {
                failures
                    .extend(query_difference(tree, expected, model.model.dialect).map(|why| format!("{name}: {why}")));
            }
            _ => failures.push(format!("{name}: nothing to compare")),
        }
    }
    assert!(!names.is_empty(), "{project} has queries with holes");
    let is_missing = |name: &&String| !state.models.keys().any(|model| model.to_string() == **name);
    failures.extend(recorded.models.keys().filter(is_missing).map(|name| format!("{name}: there is no such model")));
    println!("{project}: SQLMesh expands {} queries that are holes without it", names.len());
    failures
}

/// The Python that has SQLMesh, or `None` and a loud word.
pub fn interpreter() -> Option<Interpreter> {
    let named = ["IMPACT_PYTHON_SQLMESH", "IMPACT_PYTHON_DUCKDB"].into_iter().find_map(std::env::var_os);
    let has_sqlmesh = |python: &std::ffi::OsString| {
        let output = std::process::Command::new(python).args(["-c", "import sqlmesh"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let Some(python) = named.filter(has_sqlmesh) else {
        eprintln!("\n!!! SKIPPED: IMPACT_PYTHON_SQLMESH names no Python that has SQLMesh.\n");
        return None;
    };
    Some(Interpreter { python: python.into(), timeout: Duration::from_secs(300), cache: None })
}

fn example(name: &str, roots: &[&str]) {
    let Some(folder) = folder(name) else { return };
    if let Err(failure) = check(name, roots, &files(&folder)) {
        panic!("{failure}");
    }
}

fn check(project: &str, roots: &[&str], files: &Files) -> Result<(), String> {
    let recorded: Recorded = read(&format!("recorded/render-{project}.json"));
    let mut known = read::<Differences>("render-differences.json").remove(project).unwrap_or_default();
    let state = analysed(files, roots);
    let models: BTreeMap<String, &AnalysedModel> =
        state.models.iter().map(|(name, model)| (name.to_string(), &**model)).collect();
    let mut shares = Shares::default();
    let mut wrong = Vec::new();
    for (name, expected) in &recorded.models {
        let found = match models.get(name) {
            Some(model) => differences(&state, model, expected, &mut shares),
            None if may_be_unnamed(&state, name) => {
                shares.not_at_all += 1;
                continue;
            }
            None => vec!["there is no such model".to_owned()],
        };
        if !found.is_empty() && known.remove(name).is_none() {
            wrong.push(format!("{name}:\n    {}", found.join("\n    ")));
        }
    }
    println!(
        "{project}: of {} SQL models {} are rendered exactly, {} with a hole, {} not at all; {} statements, {} properties, {} only by code",
        recorded.models.values().filter(|model| model.source.is_none()).count(),
        shares.exactly,
        shares.with_holes,
        shares.not_at_all,
        shares.statements,
        shares.properties.equal,
        shares.properties.unknown
    );
    match (wrong.is_empty(), known.is_empty()) {
        (false, _) => Err(format!("{} of {project}'s models differ:\n{}", wrong.len(), wrong.join("\n"))),
        (true, false) => Err(format!("these agree now, so render-differences.json must not list them: {known:?}")),
        (true, true) => Ok(()),
    }
}

/// Is it one of the models that only code names?
fn may_be_unnamed(state: &State, name: &str) -> bool {
    let name = ModelName::from_parts(name.split('.'));
    state.project.unnamed.iter().any(|unnamed| unnamed.name.may_name(&name, None))
}

fn analysed(files: &Files, roots: &[&str]) -> State {
    let tree = MemoryTree::new("work tree", files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let side = Side { tree: &tree, roots: roots.iter().map(|&root| root.to_owned()).collect() };
    state(&side, &LoadOptions::default())
}

fn differences(state: &State, model: &AnalysedModel, expected: &RecordedModel, shares: &mut Shares) -> Vec<String> {
    let mut found = headers::differences(state, model, &expected.header, &mut shares.properties);
    if expected.source.is_some() {
        return found;
    }
    if matches!(model.model.body, Body::Python(_)) {
        // A Python function that returns the query.
        shares.not_at_all += 1;
        return found;
    }
    let had_differences = found.len();
    let rendered = model.query.as_ref().map(|query| &query.rendered);
    match (rendered.and_then(|query| query.parsed()), &expected.query) {
        (Some(tree), Some(query)) => found.extend(query_difference(tree, query, model.model.dialect)),
        (None, Some(_)) => {
            shares.not_at_all += 1;
            let reasons = rendered.into_iter().flat_map(|query| &query.rendered.diagnostics);
            let reasons: Vec<String> = reasons.map(|found| found.message.clone()).collect();
            found.push(format!("not rendered: {}", reasons.join("; ")));
        }
        (_, None) => found.push(format!("SQLMesh fails: {}", expected.error.as_deref().unwrap_or("no query"))),
    }
    if found.len() == had_differences
        && let Some(query) = rendered.filter(|query| query.parsed().is_some())
    {
        let count = if query.holes.is_empty() { &mut shares.exactly } else { &mut shares.with_holes };
        *count += 1;
    }
    let statements = state.statements(model);
    let places = [
        ("pre", &statements.pre, &expected.pre),
        ("post", &statements.post, &expected.post),
        ("virtual", &statements.on_virtual_update, &expected.on_virtual_update),
    ];
    for (place, actual, expected) in places {
        let property = if place == "virtual" { "on_virtual_update".to_owned() } else { format!("{place}_statements") };
        let configured = state.project.config_of(&model.model.name).model_defaults.get(&property);
        let configured: Vec<&str> = configured
            .and_then(|list| list.as_array())
            .into_iter()
            .flatten()
            .filter_map(|text| text.as_str())
            .collect();
        let (first, expected) = expected.split_at(configured.len().min(expected.len()));
        let differs = |(given, expected): (&&str, &Vec<String>)| {
            !given.contains('@')
                && tokens(given, model.model.dialect).replace("= ", "")
                    != tokens(&expected[0], model.model.dialect).replace("= ", "")
        };
        if configured.len() != first.len() || configured.iter().zip(first).any(differs) {
            found.push(format!("{place}: the configuration has {configured:?}, SQLMesh {first:?}"));
        }
        shares.statements += expected.len() + first.len();
        found.extend(statement_differences(place, actual, expected, model.model.dialect));
    }
    found
}

fn query_difference(tree: &Tree, expected: &str, dialect: Dialect) -> Option<String> {
    match sql::query(expected, dialect) {
        Err(failure) => Some(format!("impact can't parse what SQLMesh renders: {}\n    {expected}", failure.message)),
        Ok(expected_tree) if matches(tree, &expected_tree) => None,
        Ok(expected_tree) => {
            let (impact, sqlmesh) = first_difference(tree, &expected_tree);
            Some(format!("SQLMesh {sqlmesh:?}\n    impact  {impact:?}\n    in {expected}"))
        }
    }
}

/// Equal, where a hole stands for any one expression, or for any number of items beside it.
fn matches(actual: &Tree, expected: &Tree) -> bool {
    if actual == expected || is_hole(actual) {
        return true;
    }
    same_spelling(&actual.op, &expected.op) && all_match(&actual.kids, &expected.kids)
}

/// What sqlglot writes otherwise than it was written, and means the same.
fn same_spelling(actual: &Op, expected: &Op) -> bool {
    match (actual, expected) {
        // `INTERVAL 1 DAY` is written `INTERVAL '1' DAY`.
        (Op::Number(actual), Op::Text(expected)) => actual == expected,
        // Where NULLs stand by default isn't written.
        (Op::OrderItem(actual, Some(_)), Op::OrderItem(expected, None)) => actual == expected,
        _ => actual == expected,
    }
}

fn all_match(actual: &[Tree], expected: &[Tree]) -> bool {
    match (actual, expected) {
        ([], []) => true,
        ([hole, rest @ ..], _) if is_hole(hole) && (0..=expected.len()).any(|n| all_match(rest, &expected[n..])) => {
            true
        }
        ([first, rest @ ..], [other, others @ ..]) => matches(first, other) && all_match(rest, others),
        _ => false,
    }
}

/// A hole, or the table or the query that was made to hold one: `SELECT * FROM` a hole.
fn is_hole(tree: &Tree) -> bool {
    let only = |op: &Op| tree.op == *op && tree.kids.len() == 1 && is_hole(&tree.kids[0]);
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Hole(_), _) => true,
        (Op::TableFunction(_), [inner]) => is_hole(inner),
        (Op::Select, [projection, from]) => {
            projection.op == Op::Projection && projection.kids.iter().all(|kid| kid.op == Op::Star) && is_hole(from)
        }
        _ => only(&Op::From) || only(&Op::JoinTree) || only(&Op::Query),
    }
}

/// The deepest pair of nodes that holds all differences.
fn first_difference<'t>(actual: &'t Tree, expected: &'t Tree) -> (&'t Tree, &'t Tree) {
    if actual.op == expected.op && actual.kids.len() == expected.kids.len() {
        let pairs = || actual.kids.iter().zip(&expected.kids).filter(|(a, b)| !matches(a, b));
        if pairs().count() == 1
            && let Some((actual, expected)) = pairs().next()
        {
            return first_difference(actual, expected);
        }
    }
    (actual, expected)
}

fn statement_differences(
    place: &str,
    actual: &[Rendered],
    expected: &[Vec<String>],
    dialect: Dialect,
) -> Option<String> {
    let text = |statement: &Rendered| statement.holes.is_empty().then(|| tokens(&statement.sql, dialect));
    let actual: Vec<Option<String>> = actual.iter().map(text).collect();
    let expected: Vec<String> = expected.iter().map(|texts| tokens(&texts.join(";"), dialect)).collect();
    let is_same = |(actual, expected): (&Option<String>, &String)| actual.as_ref().is_none_or(|text| text == expected);
    (actual.len() != expected.len() || !actual.iter().zip(&expected).all(is_same))
        .then(|| format!("{place}: SQLMesh {expected:#?}\n    impact {actual:#?}"))
}

/// A statement without its formatting.
fn tokens(text: &str, dialect: Dialect) -> String {
    let tokens = lex_code(text, dialect.lexical());
    let texts = tokens.iter().map(|token| match token.kind {
        TokenKind::Word => token.text(text).to_lowercase(),
        _ => token.text(text).to_owned(),
    });
    texts.collect::<Vec<_>>().join(" ").trim_end_matches([';', ' ']).to_owned()
}

pub fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/oracle/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}
