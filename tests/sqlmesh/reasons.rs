//! The steps of SQLMesh's reasoning that `--explain-sqlmesh` tells, against the recorded ones (`tests/oracle/reasons.py`).

use std::collections::{BTreeMap, BTreeSet};

use impact::impact::{Analysis, Change, ModelImpact};
use rayon::prelude::*;
use serde::Deserialize;

use crate::agreement::{analysed, read};
use crate::edits::{EditSet, apply};
use crate::example::{files, folder};

/// The recorded steps of one project's edits.
#[derive(Deserialize)]
struct Recorded {
    edits: BTreeMap<String, Answer>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    /// SQLMesh can't load or plan it.
    Refused {
        #[allow(dead_code)]
        error: String,
    },
    Steps(BTreeMap<String, Vec<Step>>),
}

/// A step's name and what it is about.
type Step = Vec<String>;

/// Edits whose steps are known to be told otherwise, each with the reason.
#[derive(Deserialize)]
struct Differences {
    edits: BTreeMap<String, String>,
    reasons: BTreeMap<String, String>,
}

/// Steps that only say where something differs: SQLMesh's trees may differ in more places, and one is told.
const PLACES: [&str; 3] = ["queries_differ", "set_returning_added", "ordinals_shifted"];

/// Steps that SQLMesh's objects don't tell: what becomes of the table is compared elsewhere.
const NOT_RECORDED: [&str; 1] = ["version"];

#[test]
fn reasons_for_sushi_are_sqlmesh_s() {
    compare_all("sushi", "sushi");
}

#[test]
fn reasons_for_wursthall_are_sqlmesh_s() {
    compare_all("wursthall", "wursthall");
}

#[test]
fn reasons_for_multi_are_sqlmesh_s() {
    compare_all("multi", "multi/repo_1");
}

#[test]
fn reasons_for_schedules_are_sqlmesh_s() {
    compare_all("schedules", "testdata/schedules");
}

#[test]
fn reasons_for_audits_and_other_nodes_are_sqlmesh_s() {
    compare_all("nodes", "testdata/nodes");
}

#[test]
fn reasons_for_edits_in_many_dialects_are_sqlmesh_s() {
    compare_all("dialects", "testdata/dialects");
}

#[test]
fn reasons_for_settings_and_code_are_sqlmesh_s() {
    compare_all("depot", "testdata/depot");
}

#[test]
fn reasons_for_models_of_every_kind_are_sqlmesh_s() {
    compare_all("kinds", "testdata/schedules");
}

#[test]
fn reasons_for_kinds_of_one_s_own_are_sqlmesh_s() {
    compare_all("custom", "testdata/schedules");
}

#[test]
fn reasons_for_macro_calls_are_sqlmesh_s() {
    compare_all("macros", "testdata/render/macros");
}

#[test]
fn reasons_for_templates_are_sqlmesh_s() {
    compare_all("templates", "testdata/render/jinja");
}

#[test]
fn reasons_for_all_that_sqlmesh_offers_are_sqlmesh_s() {
    compare_all("offered", "testdata/schedules");
}

#[test]
fn reasons_for_a_generated_project_are_sqlmesh_s() {
    compare_all("bench", "bench-60");
}

#[test]
fn reasons_for_headers_are_sqlmesh_s() {
    compare_all("loader", "testdata/render/headers");
}

fn compare_all(name: &str, project: &str) {
    let Some(folder) = folder(project) else { return };
    let unmodified = files(&folder);
    let recorded: Recorded = read(&format!("recorded/reasons-{name}.json"));
    let differences: Differences = read("differences.json");
    let edits = EditSet::read(name).edits;
    let compared: Vec<(usize, Vec<String>)> = edits
        .par_iter()
        .filter(|edit| !differences.edits.contains_key(&edit.id))
        .map(|edit| {
            let answer = recorded.edits.get(&edit.id).unwrap_or_else(|| panic!("{} was not recorded", edit.id));
            let Answer::Steps(expected) = answer else { return (0, vec![]) };
            let mut before = unmodified.clone();
            apply(&edit.given, &mut before);
            let mut after = before.clone();
            apply(&edit.operations, &mut after);
            (expected.len(), compare(&edit.id, expected, &analysed(&before, &after)))
        })
        .collect();
    let models: usize = compared.iter().map(|(models, _)| models).sum();
    let is_excepted = |line: &&String| differences.reasons.keys().any(|key| line.starts_with(&format!("{key}:")));
    let (excepted, wrong): (Vec<&String>, Vec<&String>) =
        compared.iter().flat_map(|(_, wrong)| wrong).partition(is_excepted);
    println!("{} of {models} models of {name} are reasoned about as by SQLMesh", models - excepted.len() - wrong.len());
    let wrong: Vec<&str> = wrong.into_iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {models} models differ from SQLMesh:\n{}", wrong.len(), wrong.join("\n"));
}

/// What differs, a line a model.
fn compare(edit: &str, expected: &BTreeMap<String, Vec<Step>>, analysis: &Analysis) -> Vec<String> {
    let is_modified = |model: &&ModelImpact| {
        matches!(model.change, Change::Direct | Change::Indirect | Change::Metadata)
            && !model.sqlmesh_because.is_empty()
    };
    let actual: BTreeMap<&str, Vec<Step>> =
        analysis.models.iter().filter(is_modified).map(|model| (model.name.as_str(), steps(model))).collect();
    let names: BTreeSet<&str> = expected.keys().map(String::as_str).chain(actual.keys().copied()).collect();
    let none = Vec::new();
    let wrong = |name: &&str| {
        let (recorded, told) = (expected.get(*name).unwrap_or(&none), actual.get(*name).unwrap_or(&none));
        let is_told = recorded.len() == told.len() && recorded.iter().zip(told).all(|(was, is)| is_same(was, is));
        (!is_told).then(|| format!("{edit} {name}: SQLMesh {}, impact {}", shown(recorded), shown(told)))
    };
    names.iter().filter_map(wrong).collect()
}

fn steps(model: &ModelImpact) -> Vec<Step> {
    let counts = model.sqlmesh_because.iter().filter(|reason| !NOT_RECORDED.contains(&reason.step.as_str()));
    counts.map(|reason| [vec![reason.step.clone()], reason.about.clone()].concat()).collect()
}

/// Is it the same step? One place of those where SQLMesh's trees differ is enough.
fn is_same(recorded: &Step, told: &Step) -> bool {
    let is_place = told.first().is_some_and(|name| PLACES.contains(&name.as_str()));
    match is_place {
        true => recorded.first() == told.first() && told.iter().all(|place| recorded.contains(place)),
        false => recorded == told,
    }
}

fn shown(steps: &[Step]) -> String {
    steps.iter().map(|step| step.join(" ")).collect::<Vec<_>>().join(" | ")
}
