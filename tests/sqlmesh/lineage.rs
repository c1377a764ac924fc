//! Models, columns and column lineage against SQLMesh's own, both ways: no edge too few, none too many.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use impact::pipeline::{Side, state};
use impact::project::load::LoadOptions;
use impact::source::MemoryTree;
use impact::state::column_graph::{ModelLineage, ProjectLineage};
use serde::Deserialize;

use crate::example::{Files, files, folder};

/// What SQLMesh says about one project.
#[derive(Deserialize)]
struct Recorded {
    models: BTreeMap<String, RecordedModel>,
}

#[derive(Deserialize)]
struct RecordedModel {
    kind: String,
    #[serde(rename = "type")]
    source_type: String,
    columns: serde_json::Map<String, serde_json::Value>,
    depends_on: BTreeSet<String>,
    lineage: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

/// Places where impact is known to answer otherwise, each with the reason: by project, then by place.
type Differences = BTreeMap<String, BTreeMap<String, String>>;

/// What two sides say about one place.
struct Difference {
    place: String,
    sqlmesh: String,
    impact: String,
}

#[test]
fn sushi_s_lineage_is_sqlmesh_s() {
    example("sushi", &[""]);
}

#[test]
fn the_lineage_across_two_repositories_is_sqlmesh_s() {
    example("multi", &["repo_1", "repo_2"]);
}

#[test]
fn wursthall_s_lineage_is_sqlmesh_s() {
    example("wursthall", &[""]);
}

#[test]
fn lineage_of_every_construct_is_sqlmesh_s() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lineage");
    check("lineage", &[""], &files(&folder));
}

#[test]
fn lineage_in_every_dialect_is_sqlmesh_s() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/constructs");
    check("constructs", &[""], &files(&folder));
}

/// Functions and operators of every kind, in every dialect that has an engine.
#[test]
fn types_in_every_dialect_are_sqlmesh_s() {
    #[derive(Deserialize)]
    struct Types {
        models: BTreeMap<String, serde_json::Map<String, serde_json::Value>>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/types");
    let actual = lineage(&files(&folder), &[""]);
    let mut known = read::<Differences>("lineage-differences.json").remove("types").unwrap_or_default();
    let mut wrong = Vec::new();
    for (name, columns) in read::<Types>("recorded/types.json").models {
        for (column, recorded) in columns {
            let found = actual.column(&name, &column).map(|found| found.data_type.as_deref());
            if found != Some(known_type(&recorded)) && known.remove(&format!("{name}.{column}")).is_none() {
                wrong.push(format!("{name}.{column}: SQLMesh {recorded}, impact {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences from SQLMesh:\n{}", wrong.len(), wrong.join("\n"));
    assert!(known.is_empty(), "these agree now, so lineage-differences.json must not list them: {known:?}");
}

/// A recorded type, if SQLMesh knows it.
fn known_type(recorded: &serde_json::Value) -> Option<&str> {
    recorded.as_str().filter(|text| !matches!(*text, "UNKNOWN" | "Nullable(UNKNOWN)"))
}

#[test]
fn a_generated_project_s_lineage_is_sqlmesh_s() {
    let place = tempfile::tempdir().expect("a folder");
    let Some(folder) = generated(place.path()) else { return };
    check("generated", &[""], &files(&folder));
}

fn example(name: &str, roots: &[&str]) {
    let Some(folder) = folder(name) else { return };
    check(name, roots, &files(&folder));
}

/// The project of 60 models that `tests/bench/generate.py` writes.
fn generated(place: &Path) -> Option<PathBuf> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/generate.py");
    let folder = place.join("generated");
    let status = Command::new("python3").args([script, "--models", "60", "--out"]).arg(&folder).status();
    if status.is_ok_and(|status| status.success()) {
        std::fs::remove_dir_all(folder.join(".git")).expect("the repository of the project");
        return Some(folder);
    }
    eprintln!("\n!!! SKIPPED: python3 and git could not generate a project; nothing was compared with SQLMesh.\n");
    None
}

fn check(project: &str, roots: &[&str], files: &Files) {
    let recorded: Recorded = read(&format!("recorded/lineage-{project}.json"));
    let mut known = read::<Differences>("lineage-differences.json").remove(project).unwrap_or_default();
    let actual = lineage(files, roots);
    let mut wrong = Vec::new();
    for found in differences(&recorded, &actual) {
        if known.remove(&found.place).is_none() {
            wrong.push(format!("{}:\n    SQLMesh {}\n    impact  {}", found.place, found.sqlmesh, found.impact));
        }
    }
    assert!(wrong.is_empty(), "{} differences from SQLMesh in {project}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        known.is_empty(),
        "these agree now, so tests/oracle/lineage-differences.json must not list them: {known:?}"
    );
}

fn lineage(files: &Files, roots: &[&str]) -> ProjectLineage {
    let tree = MemoryTree::new("work tree", files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let side = Side { tree: &tree, roots: roots.iter().map(|&root| root.to_owned()).collect() };
    ProjectLineage::new(&state(&side, &LoadOptions::default()))
}

fn differences(recorded: &Recorded, actual: &ProjectLineage) -> Vec<Difference> {
    let mut found = Vec::new();
    let names: BTreeSet<&String> = recorded.models.keys().chain(actual.models.keys()).collect();
    for name in names {
        match (recorded.models.get(name), actual.models.get(name)) {
            (Some(recorded), Some(actual)) => found.extend(model_differences(name, recorded, actual)),
            (sqlmesh, impact) => found.push(Difference {
                place: name.clone(),
                sqlmesh: sqlmesh.map_or("has no such model", |_| "has it").to_owned(),
                impact: impact.map_or("has no such model", |_| "has it").to_owned(),
            }),
        }
    }
    found
}

fn model_differences(name: &str, recorded: &RecordedModel, actual: &ModelLineage) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |what: &str, sqlmesh: String, impact: String| {
        if sqlmesh != impact {
            found.push(Difference { place: format!("{name}{what}"), sqlmesh, impact });
        }
    };
    let columns: Vec<&String> = actual.columns.iter().map(|(column, _)| column).collect();
    compare(" kind", recorded.kind.clone(), actual.kind.clone());
    compare(" columns", format!("{:?}", recorded.columns.keys().collect::<Vec<_>>()), format!("{columns:?}"));
    for (column, lineage) in &actual.columns {
        let Some(recorded) = recorded.columns.get(column) else { continue };
        let (sqlmesh, impact) = (known_type(recorded), lineage.data_type.as_deref());
        compare(&format!(".{column} type"), format!("{sqlmesh:?}"), format!("{impact:?}"));
    }
    // A model that reads itself is in SQLMesh's lineage, not in its dependencies.
    let parents: BTreeSet<&String> = actual.depends_on.iter().filter(|parent| *parent != name).collect();
    compare(" depends on", format!("{:?}", recorded.depends_on), format!("{parents:?}"));
    if recorded.source_type == "sql" {
        for (column, lineage) in &actual.columns {
            let sources = lineage.sources.iter().map(|source| (source.model.clone(), source.column.clone())).collect();
            compare(&format!(".{column}"), shown(&edges(recorded, column)), shown(&sources));
        }
    }
    found
}

fn edges(recorded: &RecordedModel, column: &str) -> BTreeSet<(String, String)> {
    let parents = recorded.lineage.get(column).into_iter().flatten();
    parents.flat_map(|(model, columns)| columns.iter().map(|column| (model.clone(), column.clone()))).collect()
}

fn shown(edges: &BTreeSet<(String, String)>) -> String {
    let edges: Vec<String> = edges.iter().map(|(model, column)| format!("{model}.{column}")).collect();
    format!("[{}]", edges.join(", "))
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/oracle/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}
