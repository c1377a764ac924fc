//! `change` and `sqlmesh` of every model against the recorded plan.

use std::collections::BTreeMap;

use impact::impact::{Analysis, Category, Change};
use impact::pipeline::{Side, analyze_running};
use impact::plan::PlanOptions;
use impact::project::load::LoadOptions;
use impact::source::MemoryTree;
use impact::worker::Interpreter;
use rayon::prelude::*;
use serde::Deserialize;

use crate::edits::{Edit, EditSet, apply};
use crate::example::{Files, files, folder};
use crate::render::interpreter;

/// The recorded answers about one project.
#[derive(Deserialize)]
struct Recorded {
    edits: BTreeMap<String, Answer>,
}

/// What SQLMesh said about one edit.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    added: Vec<String>,
    #[serde(default)]
    removed: Vec<String>,
    #[serde(default)]
    direct: BTreeMap<String, Option<String>>,
    #[serde(default)]
    indirect: BTreeMap<String, Option<String>>,
    #[serde(default)]
    metadata: Vec<String>,
    plan_error: Option<String>,
    error: Option<String>,
}

/// Edits about which impact is known to answer otherwise, each with the reason.
#[derive(Deserialize)]
struct Differences {
    edits: BTreeMap<String, String>,
    /// Those of them that it answers as SQLMesh does once the project's code may run.
    run: Vec<String>,
}

/// How models are listed, with their categories.
pub type Plan = BTreeMap<String, (String, Option<String>)>;

#[test]
fn categories_of_sushi_s_edits_are_sqlmesh_s() {
    compare_all("sushi", "sushi");
}

#[test]
fn categories_of_wursthall_s_edits_are_sqlmesh_s() {
    compare_all("wursthall", "wursthall");
}

#[test]
fn categories_of_multi_s_edits_are_sqlmesh_s() {
    compare_all("multi", "multi/repo_1");
}

#[test]
fn categories_of_edits_of_models_of_every_kind_are_sqlmesh_s() {
    compare_all("kinds", "testdata/schedules");
}

#[test]
fn categories_of_edits_of_kinds_of_one_s_own_are_sqlmesh_s() {
    compare_all("custom", "testdata/schedules");
}

#[test]
fn categories_of_edits_of_macro_calls_are_sqlmesh_s() {
    compare_all("macros", "testdata/render/macros");
}

#[test]
fn categories_of_edits_of_templates_are_sqlmesh_s() {
    compare_all("templates", "testdata/render/jinja");
}

#[test]
fn categories_of_edits_of_all_that_sqlmesh_offers_are_sqlmesh_s() {
    compare_all("offered", "testdata/schedules");
}

#[test]
fn categories_of_joined_projects_edits_are_sqlmesh_s() {
    compare_all("joined", "multi");
}

#[test]
fn categories_of_a_generated_project_s_edits_are_sqlmesh_s() {
    compare_all("bench", "bench-60");
}

#[test]
fn categories_of_schedules_edits_are_sqlmesh_s() {
    compare_all("schedules", "testdata/schedules");
}

#[test]
fn categories_of_audits_and_other_nodes_edits_are_sqlmesh_s() {
    compare_all("nodes", "testdata/nodes");
}

#[test]
fn categories_of_edits_of_all_that_is_loaded_are_sqlmesh_s() {
    compare_all("loader", "testdata/render/headers");
}

#[test]
fn categories_of_edits_of_settings_and_code_are_sqlmesh_s() {
    compare_all("depot", "testdata/depot");
}

#[test]
fn categories_of_edits_that_sqlmesh_s_cache_blurs_are_sqlmesh_s() {
    compare_all("dialects", "testdata/dialects");
}

#[test]
fn categories_of_random_commits_are_sqlmesh_s() {
    for (name, project) in [
        ("sushi", "sushi"),
        ("wursthall", "wursthall"),
        ("multi", "multi/repo_1"),
        ("bench", "bench-60"),
        ("nodes", "testdata/nodes"),
        ("depot", "testdata/depot"),
    ] {
        compare_commits(name, project);
    }
}

#[test]
fn exceptions_are_predicted_once_the_project_s_code_may_run() {
    let Some(interpreter) = interpreter() else { return };
    let differences: Differences = read("differences.json");
    assert!(differences.run.iter().all(|id| differences.edits.contains_key(id)));
    for (name, project) in [("sushi", "sushi"), ("wursthall", "wursthall")] {
        compare_running(name, project, &interpreter, |id| differences.run.iter().any(|known| known == id));
    }
}

#[test]
fn what_only_code_tells_is_predicted_once_it_may_run() {
    let Some(interpreter) = interpreter() else { return };
    compare_running("depot-code", "testdata/depot", &interpreter, |_| true);
}

/// Compares edits that are chosen by their names; macros are run.
fn compare_running(name: &str, project: &str, interpreter: &Interpreter, is_chosen: impl Fn(&str) -> bool) {
    let Some(folder) = folder(project) else { return };
    let recorded: Recorded = read(&format!("recorded/{name}.json"));
    for edit in EditSet::read(name).edits.iter().filter(|edit| is_chosen(&edit.id)) {
        let mut before = files(&folder);
        apply(&edit.given, &mut before);
        let mut after = before.clone();
        apply(&edit.operations, &mut after);
        let analysis = analysed_running(&before, &after, &[String::new()], Some(interpreter));
        if let Some(failure) = analysis.diagnostics.iter().find(|found| matches!(found.code.as_str(), "U402" | "U407"))
        {
            eprintln!("\n!!! SKIPPED: {}: {}\n", edit.id, failure.message);
            continue;
        }
        let (expected, actual) = (expected(&recorded.edits[&edit.id]), predicted(&analysis));
        assert!(expected == actual, "{}", described(&edit.id, &expected, &actual));
    }
}

/// The recorded answers about commits that consist of several edits.
#[derive(Deserialize)]
struct Commits {
    edits: BTreeMap<String, Commit>,
}

#[derive(Deserialize)]
struct Commit {
    /// The edits, in the order in which they are applied.
    of: Vec<String>,
    #[serde(flatten)]
    answer: Answer,
}

/// Compares commits of several edits of one set with what is recorded.
fn compare_commits(name: &str, project: &str) {
    let Some(folder) = folder(project) else { return };
    let before = files(&folder);
    let recorded: Commits = read(&format!("recorded/commits-{name}.json"));
    let set = EditSet::read(name);
    let edits: BTreeMap<&str, &Edit> = set.edits.iter().map(|edit| (edit.id.as_str(), edit)).collect();
    let wrong: Vec<String> = recorded
        .edits
        .par_iter()
        .filter_map(|(id, commit)| {
            let mut after = before.clone();
            commit.of.iter().for_each(|part| apply(&edits[part.as_str()].operations, &mut after));
            let (expected, actual) = (expected(&commit.answer), predicted(&analysed(&before, &after)));
            let title = format!("{id} ({})", commit.of.join(", "));
            (expected != actual).then(|| described(&title, &expected, &actual))
        })
        .collect();
    let compared = recorded.edits.len();
    println!("{} of {compared} commits of {name} are predicted as SQLMesh plans them", compared - wrong.len());
    assert!(wrong.is_empty(), "{} of {compared} commits differ from SQLMesh:\n{}", wrong.len(), wrong.join("\n"));
}

/// Compares all edits of a set with what is recorded.
fn compare_all(name: &str, project: &str) {
    let Some(folder) = folder(project) else { return };
    let unmodified = files(&folder);
    let recorded: Recorded = read(&format!("recorded/{name}.json"));
    let differences: Differences = read("differences.json");
    let set = EditSet::read(name);
    let mut wrong = Vec::new();
    let (mut healed, mut guessed) = (Vec::new(), Vec::new());
    let (mut compared, mut agreed) = (0, 0);
    for edit in &set.edits {
        let answer = recorded.edits.get(&edit.id).unwrap_or_else(|| panic!("{} was not recorded", edit.id));
        if answer.error.is_some() || answer.plan_error.is_some() && answer.direct.is_empty() {
            continue;
        }
        let mut before = unmodified.clone();
        apply(&edit.given, &mut before);
        let mut after = before.clone();
        apply(&edit.operations, &mut after);
        let analysis = analysed_running(&before, &after, &set.roots, None);
        let (expected, actual) = (expected(answer), predicted(&analysis));
        compared += 1;
        let hangs_on_code = |name: &String| analysis.models.iter().any(|m| m.name == *name && !m.sqlmesh_certain);
        let mut differing =
            expected.keys().chain(actual.keys()).filter(|name| expected.get(*name) != actual.get(*name));
        if differing.any(|name| !hangs_on_code(name)) {
            guessed.push(edit.id.as_str());
        }
        let agrees = expected == actual;
        agreed += usize::from(agrees);
        match (agrees, differences.edits.contains_key(&edit.id)) {
            (true, true) => healed.push(edit.id.as_str()),
            (false, false) => wrong.push(described(&edit.id, &expected, &actual)),
            _ => {}
        }
    }
    println!("{agreed} of {compared} edits of {name} are predicted as SQLMesh plans them, model by model");
    assert!(wrong.is_empty(), "{} of {compared} edits differ from SQLMesh:\n{}", wrong.len(), wrong.join("\n"));
    assert!(guessed.is_empty(), "these are predicted wrongly, and not said to hang on code: {guessed:?}");
    assert!(healed.is_empty(), "these agree now, so tests/oracle/differences.json must not list them: {healed:?}");
}

pub fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/oracle/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn analysed(before: &Files, after: &Files) -> Analysis {
    analysed_running(before, after, &[String::new()], None)
}

/// `roots`: the folders of the projects that are planned as one.
fn analysed_running(before: &Files, after: &Files, roots: &[String], interpreter: Option<&Interpreter>) -> Analysis {
    let tree = |name: &str, files: &Files| {
        MemoryTree::new(name, files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    };
    let (before, after) = (tree("before", before), tree("after", after));
    let side = |tree| Side { tree, roots: roots.to_vec() };
    let options = LoadOptions::default();
    analyze_running(&side(&before), &side(&after), &options, &PlanOptions::default(), interpreter)
}

/// SQLMesh's plan; standalone audits are nodes of it.
pub fn expected(answer: &Answer) -> Plan {
    let mut plan = Plan::new();
    for name in &answer.added {
        plan.insert(name.clone(), ("added".to_owned(), Some("BREAKING".to_owned())));
    }
    for name in &answer.removed {
        plan.insert(name.clone(), ("removed".to_owned(), None));
    }
    for (name, category) in &answer.direct {
        plan.insert(name.clone(), ("direct".to_owned(), category.clone()));
    }
    for (name, category) in &answer.indirect {
        plan.insert(name.clone(), ("indirect".to_owned(), category.clone()));
    }
    for name in &answer.metadata {
        plan.insert(name.clone(), ("metadata".to_owned(), Some("METADATA".to_owned())));
    }
    plan
}

pub fn predicted(analysis: &Analysis) -> Plan {
    // SQLMesh answered, so it loaded the project.
    let refusals: Vec<_> = analysis.findings.iter().filter(|finding| finding.code == "S111").collect();
    assert!(refusals.is_empty(), "{refusals:?}");
    let models = analysis.models.iter().filter(|model| model.change != Change::None);
    let models = models.map(|model| (&model.name, model.change, model.sqlmesh));
    let audits = analysis.standalone_audits.iter().map(|audit| (&audit.name, audit.change, audit.sqlmesh));
    let listed = |(name, change, sqlmesh): (&String, Change, Option<Category>)| {
        (name.clone(), (word(change).to_owned(), sqlmesh.map(category)))
    };
    models.chain(audits).map(listed).collect()
}

pub fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Direct => "direct",
        Change::Indirect => "indirect",
        Change::Metadata => "metadata",
        Change::None => "none",
    }
}

pub fn category(category: Category) -> String {
    serde_json::to_value(category).expect("a word").as_str().expect("a word").to_owned()
}

pub fn described(id: &str, expected: &Plan, actual: &Plan) -> String {
    let mut lines = vec![format!("{id}:")];
    let show = |answer: Option<&(String, Option<String>)>| match answer {
        None => "not listed".to_owned(),
        Some((change, category)) => format!("{change} {}", category.as_deref().unwrap_or("-")),
    };
    let names: std::collections::BTreeSet<&String> = expected.keys().chain(actual.keys()).collect();
    for name in names {
        let (sqlmesh, impact) = (expected.get(name), actual.get(name));
        if sqlmesh != impact {
            lines.push(format!("    {name}: SQLMesh {}, impact {}", show(sqlmesh), show(impact)));
        }
    }
    lines.join("\n")
}
