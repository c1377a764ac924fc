//! Projects that SQLMesh refuses to load: told as such, and no other ones.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::agreement::analysed;
use crate::example::Files;

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

/// The first thing that is said to keep SQLMesh from loading the project with these files.
fn told(files: &BTreeMap<String, String>) -> Option<String> {
    let mut after = base();
    after.extend(files.clone());
    let analysis = analysed(&base(), &after);
    let refusal = analysis.findings.into_iter().find(|finding| finding.code == "S111");
    refusal.map(|finding| format!("{}:{} {}", finding.path, finding.line, finding.message))
}

#[test]
fn what_sqlmesh_refuses_to_load_is_told() {
    let cases: BTreeMap<String, Case> = read("refusals.json");
    let recorded: BTreeMap<String, Option<String>> = read("recorded/refusals.json");
    assert!(cases.keys().eq(recorded.keys()), "record them again: tests/oracle/refusals.py");
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        let (sqlmesh, told) = (&recorded[name], told(&case.files));
        if told.is_some() && sqlmesh.is_none() {
            wrong.push(format!("{name}: SQLMesh loads it, but {}", told.unwrap_or_default()));
        } else if (told.is_none() && sqlmesh.is_some()) != case.untold.is_some() {
            wrong.push(format!("{name}: SQLMesh {sqlmesh:?}, told {told:?}, listed {:?}", case.untold));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let refused = recorded.values().flatten().count();
    let untold = cases.values().filter(|case| case.untold.is_some()).count();
    println!("{} projects: SQLMesh refuses {refused}, {} of them are told", cases.len(), refused - untold);
}
