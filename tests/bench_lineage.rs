//! Precision and recall of column lineage on the labelled set `lineage.jsonl`.
//!
//! The set isn't part of the repository: `IMPACT_BENCH` names its folder (default `../shared/bench`); without it the
//! test says so and passes. `IMPACT_BENCH_SHOW=1` prints every statement with an edge too many or too few. Labels that say
//! something else than this tool (an aggregate `count(*)` "reads" `*`) are left as they are: the figures have a ceiling below 1.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use impact::dialect::Dialect;
use impact::lineage::{Lineage, lineage};
use impact::names::ModelName;
use impact::resolve::{Column, Schema, Schemas, resolve};
use impact::sql;
use impact::sql::parse::on_deep_stack;
use impact::sql::tree::Name;
use serde_json::Value;

/// Source table, source column, output; what decides rows has no output.
type Edge = (String, String, String);

/// The columns that a row of the set states.
struct Tables<'v>(Option<&'v serde_json::Map<String, Value>>);

impl Schemas for Tables<'_> {
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>) {
        let name = ModelName::from_parts(parts);
        let known = self.0.and_then(|tables| tables.get(&name.to_string()));
        let column = |name: &str| Column { name: name.into(), data_type: None };
        let columns: Vec<Column> = match known {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(column).collect(),
            Some(Value::Object(types)) => types.keys().map(|name| column(name)).collect(),
            _ => return (name, Schema::unknown()),
        };
        (name, Arc::new(Schema::new(columns, false)))
    }
}

#[derive(Default)]
struct Score {
    found: usize,
    too_many: usize,
    too_few: usize,
    unread: usize,
    /// Statements of which every edge is found and none too many.
    exact: usize,
    statements: usize,
    /// Labelled outputs, and those of which the set of sources is the labelled one. `tests/bench/lineage_sqlglot.py`
    /// counts the same of sqlglot.
    outputs: usize,
    exact_outputs: usize,
}

impl Score {
    /// A statement that can't be compared.
    fn not_read(&mut self, case: &Value, why: &str) {
        let sql = &case["sql"];
        self.unread += 1;
        self.statements += 1;
        let named = case["columns"].as_object().map_or(0, serde_json::Map::len);
        self.outputs += named + by_output(&labelled(&case["edges"])).len();
        if std::env::var_os("IMPACT_BENCH_SHOW").is_some() {
            println!("NOT READ, {why}: {sql}");
        }
    }

    fn add(&mut self, expected: &BTreeSet<Edge>, actual: &BTreeSet<Edge>, sql: &str) {
        self.statements += 1;
        self.exact += usize::from(expected == actual);
        let (outputs, found) = (by_output(expected), by_output(actual));
        self.outputs += outputs.len().max(1);
        self.exact_outputs += outputs.iter().filter(|(name, sources)| found.get(*name) == Some(*sources)).count();
        self.exact_outputs += usize::from(outputs.is_empty() && found.is_empty());
        self.found += expected.intersection(actual).count();
        self.too_many += actual.difference(expected).count();
        self.too_few += expected.difference(actual).count();
        if expected != actual && std::env::var_os("IMPACT_BENCH_SHOW").is_some() {
            println!("{sql}\n    too few  {:?}", expected.difference(actual).collect::<Vec<_>>());
            println!("    too many {:?}", actual.difference(expected).collect::<Vec<_>>());
        }
    }

    fn precision(&self) -> f64 {
        self.found as f64 / (self.found + self.too_many).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.found as f64 / (self.found + self.too_few).max(1) as f64
    }

    fn print(&self, what: &str) {
        let (precision, recall) = (self.precision(), self.recall());
        let Score { exact, statements, unread, exact_outputs, outputs, .. } = self;
        println!(
            "{what:<8} precision {precision:.3}, recall {recall:.3}; exact: {exact} of {statements} statements \
             ({unread} not read), {exact_outputs} of {outputs} labelled outputs"
        );
    }
}

#[test]
fn labelled_edges_are_found() {
    let folder = std::env::var_os("IMPACT_BENCH").map_or_else(|| PathBuf::from("../shared/bench"), PathBuf::from);
    let file = folder.join("lineage.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("SKIPPED: {} is not there; IMPACT_BENCH names its folder", file.display());
        return;
    };
    let (columns, rows) = on_deep_stack(|| scores(&text));
    columns.print("columns");
    rows.print("rows");
    assert!(columns.precision() > 0.95 && columns.recall() > 0.95, "fewer columns are traced than before");
    assert!(rows.recall() > 0.95, "fewer influences are found than before");
}

fn scores(text: &str) -> (Score, Score) {
    let (mut columns, mut rows) = (Score::default(), Score::default());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("a row of the set");
        let sql = case["sql"].as_str().expect("a statement");
        let Some((query, targets)) = bare_query(sql, case["schemas"].as_object()) else {
            columns.not_read(&case, "no query");
            continue;
        };
        let Some(found) = traced(&case, &query) else {
            columns.not_read(&case, "not parsed");
            continue;
        };
        match case.get("edges") {
            Some(edges) if edges.to_string().contains("\"table\":null") => {
                columns.not_read(&case, "a label without table")
            }
            Some(edges) => columns.add(&labelled(edges), &edges_of(&found, &targets), sql),
            None => recce(&case, &found, sql, &mut columns, &mut rows),
        }
    }
    (columns, rows)
}

/// The sources of each output.
fn by_output(edges: &BTreeSet<Edge>) -> BTreeMap<&str, BTreeSet<(&str, &str)>> {
    let mut outputs: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for (table, column, output) in edges {
        outputs.entry(output).or_default().insert((table, column));
    }
    outputs
}

fn traced(case: &Value, query: &str) -> Option<Lineage> {
    let name = case["dialect"].as_str().unwrap_or("").replace("ansi", "").replace("sparksql", "spark");
    let dialect = Dialect::parse(&name)?;
    let tables = Tables(case["schemas"].as_object().or(case["schema"].as_object()));
    Some(lineage(&resolve(&sql::query(query, dialect).ok()?, dialect, &tables)))
}

/// The query in a statement that stores its result, with the names of the columns that it fills.
fn bare_query(sql: &str, schemas: Option<&serde_json::Map<String, Value>>) -> Option<(String, Vec<String>)> {
    let sql = sql.trim().trim_end_matches(';');
    let lower = sql.to_lowercase();
    let refused = ["update ", "update\n", "merge ", "procedure ", ";"];
    if refused.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let Some(start) = ["insert ", "create "].iter().find_map(|word| lower.find(word)) else {
        return Some((sql.to_owned(), vec![]));
    };
    let body = |word: &str| lower[start..].find(word).map(|at| start + at);
    let mut end = [body("select"), body("with ")].into_iter().flatten().min()?;
    // Brackets around the query belong to it, those of a column list don't.
    while sql[..end].trim_end().ends_with('(') {
        end = sql[..end].trim_end().len() - 1;
    }
    let target = sql[start..end].split("PARTITION").next()?;
    let list = target.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(list, _)| list);
    let names = target.split(['(', ' ', '\n']).filter(|word| !word.is_empty());
    let filled = names.filter_map(|name| schemas?.get(name)?.as_array()).next();
    let first_word = |column: &str| column.split_whitespace().next().map(str::to_lowercase);
    let stated = list.map(|list| list.split(',').filter_map(first_word).collect());
    let declared = || filled.into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
    let targets = stated.unwrap_or_else(declared);
    Some((format!("{} {}", &sql[..start], &sql[end..]), targets))
}

fn labelled(edges: &Value) -> BTreeSet<Edge> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_lowercase();
    let edge = |pair: &Value| (text(&pair[0]["table"]), text(&pair[0]["column"]), output(&text(&pair[1]["column"])));
    edges.as_array().into_iter().flatten().map(edge).collect()
}

/// Outputs without an alias have as many names as there are tools.
fn output(name: &str) -> String {
    let is_plain = name == "*" || name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with("_col_");
    if is_plain { name.to_owned() } else { "(unnamed)".to_owned() }
}

fn edges_of(found: &Lineage, targets: &[String]) -> BTreeSet<Edge> {
    let known = found.columns.iter().enumerate().map(|(at, (name, flow))| {
        let name = targets.get(at).cloned().unwrap_or_else(|| output(&name.to_lowercase()));
        (name, flow)
    });
    let all = known.chain([("*".to_owned(), &found.open)]);
    all.flat_map(|(name, flow)| {
        flow.sources.iter().map(move |source| (source.model.to_string(), source.column.to_string(), name.clone()))
    })
    .collect()
}

/// Rows that also say what decides which rows there are; they list some columns only.
fn recce(case: &Value, found: &Lineage, sql: &str, columns: &mut Score, rows: &mut Score) {
    let references = |value: &Value, output: &str| -> BTreeSet<Edge> {
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let references = value.as_array().into_iter().flatten();
        references.map(|one| (text(&one["node"]), text(&one["column"]), output.to_owned())).collect()
    };
    for (name, expected) in case["columns"].as_object().into_iter().flatten() {
        let expected = references(&expected["depends_on"], name);
        let actual = edges_of(found, &[]).into_iter().filter(|(_, _, output)| output == name).collect();
        columns.add(&expected, &actual, sql);
    }
    if case["model_depends_on"].is_array() {
        let order = found.order.sources.iter();
        let deciding = found.rows.influences.iter().map(|(column, _)| column).chain(order);
        let edge =
            |column: &impact::lineage::ColumnRef| (column.model.to_string(), column.column.to_string(), String::new());
        rows.add(&references(&case["model_depends_on"], ""), &deciding.map(edge).collect(), sql);
    }
}
