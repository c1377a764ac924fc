//! What SQLMesh builds again, and how many intervals of it, against its recorded plans (`tests/oracle/rebuild.py`).

use std::collections::{BTreeMap, BTreeSet};

use impact::impact::{Analysis, Change, Finding, RebuildAction};
use impact::pipeline::{Side, analyze_for};
use impact::plan::{PlanOptions, instant};
use impact::project::load::LoadOptions;
use impact::source::MemoryTree;
use rayon::prelude::*;
use serde::Deserialize;

use crate::agreement::{category, read, word};
use crate::edits::{EditSet, apply};
use crate::example::{Files, files, folder};

/// The recorded answers about one project.
#[derive(Deserialize)]
struct Recorded {
    now: String,
    edits: BTreeMap<String, BTreeMap<String, Answer>>,
}

/// What SQLMesh said about one plan.
#[derive(Deserialize)]
struct Answer {
    /// How it is listed, its category, whether its version is new, how many intervals are missing.
    #[serde(default)]
    models: BTreeMap<String, (String, Option<String>, bool, u64)>,
    error: Option<String>,
    /// What SQLMesh says where it refuses the plan; the rest then holds for a plan that allows it.
    refused: Option<String>,
}

/// Plans that impact is known to predict otherwise, as `edit plan`, each with the reason.
#[derive(Deserialize)]
struct Differences {
    rebuilds: BTreeMap<String, String>,
    /// Models, as `project model`, whose intervals can't be counted.
    uncounted: BTreeMap<String, String>,
}

/// `direct BREAKING new_table 365`
type Rows = BTreeMap<String, String>;

#[test]
fn rebuilds_of_schedules_are_sqlmesh_s() {
    compare_all("schedules", "testdata/schedules");
}

#[test]
fn rebuilds_of_models_of_every_kind_are_sqlmesh_s() {
    compare_all("kinds", "testdata/schedules");
}

#[test]
fn rebuilds_of_kinds_of_one_s_own_are_sqlmesh_s() {
    compare_all("custom", "testdata/schedules");
}

#[test]
fn rebuilds_of_sushi_are_sqlmesh_s() {
    compare_all("sushi", "sushi");
}

#[test]
fn rebuilds_of_wursthall_are_sqlmesh_s() {
    compare_all("wursthall", "wursthall");
}

#[test]
fn rebuilds_after_edits_of_settings_and_code_are_sqlmesh_s() {
    compare_all("depot", "testdata/depot");
}

#[test]
fn rebuilds_of_a_generated_project_are_sqlmesh_s() {
    compare_all("bench", "bench-60");
}

fn compare_all(name: &str, project: &str) {
    let Some(folder) = folder(project) else { return };
    let unmodified = files(&folder);
    let recorded: Recorded = read(&format!("recorded/rebuild-{name}.json"));
    let differences: Differences = read("differences.json");
    let now = instant(&recorded.now);
    assert!(now.is_some(), "{} is an instant", recorded.now);
    let edits = EditSet::read(name).edits;
    let differences = &differences;
    let compared: Vec<Comparison> = edits
        .par_iter()
        .flat_map_iter(|edit| {
            let mut before = unmodified.clone();
            apply(&edit.given, &mut before);
            let mut after = before.clone();
            apply(&edit.operations, &mut after);
            let plans = recorded.edits.get(&edit.id).into_iter().flatten();
            let plans = plans.filter(|(_, answer)| answer.error.is_none() && !answer.models.is_empty());
            plans.map(move |(plan, answer)| {
                let options = PlanOptions { forward_only: plan == "forward_only", bot: plan == "bot", now };
                let analysis = analysed(&before, &after, &options);
                compare(name, format!("{} {plan}", edit.id), answer, &analysis, differences)
            })
        })
        .collect();
    let models: usize = compared.iter().map(|one| one.models).sum();
    let is_listed = |one: &&Comparison| differences.rebuilds.contains_key(&one.id);
    let healed: Vec<&str> =
        compared.iter().filter(is_listed).filter(|one| one.wrong.is_empty()).map(|one| one.id.as_str()).collect();
    let wrong: Vec<&str> =
        compared.iter().filter(|one| !is_listed(one)).flat_map(|one| &one.wrong).map(String::as_str).collect();
    let compared = compared.len();
    println!("{models} models of {compared} plans of {name} are rebuilt as SQLMesh rebuilds them");
    assert!(wrong.is_empty(), "{} of {compared} plans differ from SQLMesh:\n{}", wrong.len(), wrong.join("\n"));
    assert!(healed.is_empty(), "these agree now, so tests/oracle/differences.json must not list them: {healed:?}");
}

/// One plan against what is recorded of it.
struct Comparison {
    id: String,
    models: usize,
    wrong: Vec<String>,
}

fn compare(name: &str, id: String, answer: &Answer, analysis: &Analysis, differences: &Differences) -> Comparison {
    let (mut expected, actual) = (expected(answer, analysis), predicted(analysis));
    for (model, row) in &mut expected {
        if differences.uncounted.contains_key(&format!("{name} {model}")) {
            let (rest, _) = row.rsplit_once(' ').unwrap_or((row, ""));
            *row = format!("{rest} ?");
        }
    }
    let mut wrong: Vec<String> = refusals(&id, answer, analysis).into_iter().collect();
    if expected != actual {
        wrong.push(described(&id, &expected, &actual));
    }
    Comparison { id, models: expected.len(), wrong }
}

/// A plan that SQLMesh refuses has a finding that says so; a finding that is certain is one of a refused plan. SQLMesh
/// stops at the first, so a finding of the other sort says nothing.
fn refusals(id: &str, answer: &Answer, analysis: &Analysis) -> Option<String> {
    let said = answer.refused.as_deref().unwrap_or("");
    let is_refusal = |finding: &&Finding| finding.message.starts_with("SQLMesh refuses the plan");
    let found: Vec<&Finding> = analysis.findings.iter().filter(is_refusal).collect();
    let is_found = |code: &str| found.iter().any(|finding| finding.code == code);
    let certain = found.iter().any(|finding| finding.message.starts_with("SQLMesh refuses the plan:"));
    match said {
        _ if said.contains("requires a destructive change") && !is_found("P110") => {
            Some(format!("{id}: SQLMesh refuses the plan as destructive, impact doesn't know"))
        }
        _ if said.contains("requires an additive change") && !is_found("P111") => {
            Some(format!("{id}: SQLMesh refuses the plan as additive, impact doesn't know"))
        }
        "" if certain => Some(format!("{id}: SQLMesh doesn't refuse the plan: {found:?}")),
        _ => None,
    }
}

fn analysed(before: &Files, after: &Files, options: &PlanOptions) -> Analysis {
    let tree = |name: &str, files: &Files| {
        MemoryTree::new(name, files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    };
    let (before, after) = (tree("before", before), tree("after", after));
    let side = |tree| Side { tree, roots: vec![String::new()] };
    analyze_for(&side(&before), &side(&after), &LoadOptions::default(), options)
}

/// SQLMesh's words. Where it would ask, the version isn't decided; models without a table have none.
fn expected(answer: &Answer, analysis: &Analysis) -> Rows {
    let has_no_table = |name: &str| {
        let model = analysis.models.iter().find(|model| model.name == name);
        model.is_some_and(|model| matches!(model.kind.as_str(), "EXTERNAL" | "EMBEDDED"))
    };
    let mut rows = Rows::new();
    for (name, (change, category, is_new, intervals)) in &answer.models {
        // Standalone audits have no schema; what isn't listed may lack intervals, whatever was edited.
        if change == "none" || !name.contains('.') {
            continue;
        }
        let category_text = category.as_deref().unwrap_or("-");
        let row = match (change.as_str(), category) {
            ("removed", _) => "removed - removed 0".to_owned(),
            (_, None) => format!("{change} - asks"),
            _ => {
                let action = match (is_new, intervals) {
                    _ if has_no_table(name) => "none",
                    (true, _) => "new_table",
                    (false, 0) => "virtual",
                    (false, _) => "backfilled",
                };
                format!("{change} {category_text} {action} {intervals}")
            }
        };
        rows.insert(name.clone(), row);
    }
    rows
}

fn predicted(analysis: &Analysis) -> Rows {
    let listed = analysis.models.iter().filter(|model| model.change != Change::None);
    let row = |model: &impact::impact::ModelImpact| {
        let change = word(model.change);
        let category = model.sqlmesh.map_or("-".to_owned(), category);
        match model.rebuild.sqlmesh {
            None => format!("{change} - asks"),
            Some(action) => {
                let intervals = model.rebuild.intervals.map_or("?".to_owned(), |count| count.to_string());
                format!("{change} {category} {} {intervals}", action_word(action))
            }
        }
    };
    listed.map(|model| (model.name.clone(), row(model))).collect()
}

fn action_word(action: RebuildAction) -> &'static str {
    match action {
        RebuildAction::NewTable => "new_table",
        RebuildAction::Backfilled => "backfilled",
        RebuildAction::Virtual => "virtual",
        RebuildAction::Removed => "removed",
        RebuildAction::None => "none",
    }
}

fn described(id: &str, expected: &Rows, actual: &Rows) -> String {
    let mut lines = vec![format!("{id}:")];
    let names: BTreeSet<&String> = expected.keys().chain(actual.keys()).collect();
    let shown = |rows: &Rows, name: &String| rows.get(name).cloned().unwrap_or_else(|| "not listed".to_owned());
    for name in names.into_iter().filter(|name| expected.get(*name) != actual.get(*name)) {
        lines.push(format!("    {name}: SQLMesh {}, impact {}", shown(expected, name), shown(actual, name)));
    }
    lines.join("\n")
}
