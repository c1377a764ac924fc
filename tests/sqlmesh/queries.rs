//! Pairs of bare queries against SQLMesh's recorded comparison of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::agreement::{analysed, predicted};
use crate::example::Files;

/// Pairs and answers, as `tests/oracle/queries.py` records them.
#[derive(Deserialize)]
struct Recorded {
    /// Columns with types by table.
    tables: BTreeMap<String, serde_json::Map<String, serde_json::Value>>,
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    dialect: String,
    before: String,
    after: String,
    /// The category of a model whose query changes like this.
    sqlmesh: String,
    /// Why impact answers otherwise, where it does.
    differs: Option<String>,
}

#[test]
fn pairs_of_queries_are_categorized_as_sqlmesh_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/recorded/queries.json");
    let text = std::fs::read_to_string(path).expect("the recorded pairs");
    let recorded: Recorded = serde_json::from_str(&text).expect("recorded pairs");
    let state = |query: &dyn Fn(&Pair) -> &str| project(&recorded, query);
    let analysis = analysed(&state(&|pair| &pair.before), &state(&|pair| &pair.after));
    let plan = predicted(&analysis);
    let mut wrong = Vec::new();
    for (at, pair) in recorded.pairs.iter().enumerate() {
        let found = plan.get(&folded(&format!("m.q{at}"), &pair.dialect)).and_then(|(_, category)| category.clone());
        // The text of a bare query isn't compared.
        let otherwise = if is_model(&pair.before) { "none" } else { "METADATA" };
        let found = found.unwrap_or_else(|| otherwise.to_owned());
        if (found == pair.sqlmesh) == pair.differs.is_some() {
            wrong.push(format!(
                "SQLMesh {}, impact {found} ({})\n    {}\n    {}",
                pair.sqlmesh, pair.dialect, pair.before, pair.after
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} pairs:\n{}", wrong.len(), recorded.pairs.len(), wrong.join("\n"));
}

/// Is it a whole model, not a bare query?
fn is_model(text: &str) -> bool {
    text.starts_with("MODEL")
}

/// A plain name as the dialect has it.
fn folded(name: &str, dialect: &str) -> String {
    if dialect == "snowflake" { name.to_uppercase() } else { name.to_owned() }
}

/// A project with one model a pair.
fn project(recorded: &Recorded, query: &dyn Fn(&Pair) -> &str) -> Files {
    let config = "gateways:\n  local:\n    connection:\n      type: duckdb\nmodel_defaults:\n  dialect: duckdb\n";
    let mut files = Files::from([("config.yaml".to_owned(), config.to_owned())]);
    let mut external = String::new();
    for ((table, columns), dialect) in
        recorded.tables.iter().flat_map(|table| [(table, "duckdb"), (table, "snowflake")])
    {
        let parts: Vec<String> = table.split('.').map(|part| format!("\"{}\"", folded(part, dialect))).collect();
        external.push_str(&format!("- name: '{}'\n  dialect: {dialect}\n  columns:\n", parts.join(".")));
        columns.iter().for_each(|(name, data_type)| {
            let name = folded(name, dialect);
            external.push_str(&format!("    '\"{name}\"': {}\n", data_type.as_str().expect("a type")))
        });
    }
    files.insert("external_models.yaml".to_owned(), external);
    for (at, pair) in recorded.pairs.iter().enumerate() {
        let text = match query(pair) {
            model if is_model(model) => model.replacen("name m.q,", &format!("name m.q{at},"), 1),
            query => format!("MODEL (name m.q{at}, kind FULL, dialect {});\n{query}\n", pair.dialect),
        };
        files.insert(format!("models/q{at}.sql"), text);
    }
    files
}
