//! Projects that SQLMesh refuses to load: told as such, and no other ones.

use std::collections::BTreeMap;

use impact::impact::Finding;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::agreement::analysed;
use crate::example::{Files, files, folder};

/// Findings that say that SQLMesh doesn't load the project.
const REFUSED: [&str; 2] = ["S106", "S111"];
/// Said of partition keys, for which SQLMesh doesn't load the project, and of others that fail later.
const FAILING: &str = "S104";

#[derive(Deserialize)]
struct Case {
    /// Beside those of [`base`].
    files: BTreeMap<String, String>,
    /// Why impact doesn't tell that SQLMesh refuses it.
    untold: Option<String>,
}

/// As in `tests/oracle/refusals.py`.
fn base() -> Files {
    let config =
        "gateways: {local: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\nvariables: {n: 3}\n";
    let files = [("config.yaml", config), ("models/ok.sql", "MODEL (name t.ok);\nSELECT 1 AS a\n")];
    files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

fn read<T: DeserializeOwned>(path: &str) -> T {
    let path = format!("{}/tests/oracle/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("JSON of this form")
}

/// The first thing that is said to keep SQLMesh from loading the project with these files, and whether it only may.
fn told(files: &BTreeMap<String, String>) -> Option<(String, bool)> {
    let mut after = base();
    after.extend(files.clone());
    let findings = analysed(&base(), &after).findings;
    let of = |codes: &[&str]| {
        let found = findings.iter().find(|finding| codes.contains(&finding.code.as_str()));
        found.map(|finding| format!("{}:{} {}", finding.path, finding.line, finding.message))
    };
    of(&REFUSED).map(|message| (message, false)).or_else(|| of(&[FAILING]).map(|message| (message, true)))
}

#[test]
fn what_sqlmesh_refuses_to_load_is_told() {
    let cases: BTreeMap<String, Case> = read("refusals.json");
    let recorded: BTreeMap<String, Option<String>> = read("recorded/refusals.json");
    assert!(cases.keys().eq(recorded.keys()), "record them again: tests/oracle/refusals.py");
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        let (sqlmesh, told) = (&recorded[name], told(&case.files));
        if let (Some((message, false)), None) = (&told, sqlmesh) {
            wrong.push(format!("{name}: SQLMesh loads it, but {message}"));
        } else if (told.is_none() && sqlmesh.is_some()) != case.untold.is_some() {
            wrong.push(format!("{name}: SQLMesh {sqlmesh:?}, told {told:?}, listed {:?}", case.untold));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let refused = recorded.values().flatten().count();
    let untold = cases.values().filter(|case| case.untold.is_some()).count();
    println!("{} projects: SQLMesh refuses {refused}, {} of them are told", cases.len(), refused - untold);
}

/// Projects that SQLMesh loads, or it would not have answered about them.
const LOADED: [&str; 13] = [
    "testdata/render/defaults",
    "testdata/render/headers",
    "testdata/render/jinja",
    "testdata/render/macros",
    "testdata/render/settings",
    "testdata/render/templates",
    "testdata/lineage",
    "testdata/constructs",
    "testdata/nodes",
    "testdata/schedules",
    "testdata/types",
    "sushi",
    "wursthall",
];

#[test]
fn what_sqlmesh_loads_is_not_said_to_be_refused() {
    for name in LOADED {
        let Some(folder) = folder(name) else { continue };
        let findings = analysed(&Files::new(), &files(&folder)).findings;
        let is_refusal =
            |finding: &&Finding| finding.code == "S111" || finding.message.starts_with("no audit is called");
        let refusals: Vec<_> = findings.iter().filter(is_refusal).collect();
        assert!(refusals.is_empty(), "{name}: {refusals:?}");
    }
}
