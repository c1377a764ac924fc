//! The parts of a model that differ in themselves, by name.
//!
//! In: two versions of a model. Out: names of properties in backticks, and words for what has none (the query, the
//! code). Properties are compared as written: one that is named may mean the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{Body, Property, SqlBody, Statement};
use crate::state::{AnalysedModel, State};

use super::super::environment::environment;

/// How many parts are named.
const MAX_PARTS: usize = 12;

/// What differs: properties of the header, those of the kind, the rest.
pub(super) fn differing((old, b): (&State, &AnalysedModel), (new, a): (&State, &AnalysedModel)) -> Vec<String> {
    let (before, after) = (&b.model, &a.model);
    let mut found = properties(&before.header.properties, &after.header.properties);
    if before.kind.name != after.kind.name {
        found.push("`kind`".to_owned());
    }
    found.extend(properties(&before.kind.properties, &after.kind.properties));
    let dialect = "`dialect`".to_owned();
    if before.dialect != after.dialect && !found.contains(&dialect) {
        found.push(dialect);
    }
    found.extend(body(&before.body, &after.body).into_iter().map(str::to_owned));
    if environment(old, b) != environment(new, a) {
        found.push("macros, variables or signals".to_owned());
    }
    let more = found.len().saturating_sub(MAX_PARTS);
    if more > 0 {
        found.truncate(MAX_PARTS);
        found.push(format!("{more} more"));
    }
    found
}

/// Names of properties that aren't written alike.
fn properties(before: &[Property], after: &[Property]) -> Vec<String> {
    let (was, is) = (by_name(before), by_name(after));
    let names: BTreeSet<&str> = was.keys().chain(is.keys()).copied().filter(|name| *name != "kind").collect();
    names.into_iter().filter(|name| was.get(name) != is.get(name)).map(|name| format!("`{name}`")).collect()
}

fn by_name(all: &[Property]) -> BTreeMap<&str, Vec<&[String]>> {
    let mut found: BTreeMap<&str, Vec<&[String]>> = BTreeMap::new();
    for property in all {
        found.entry(&property.name).or_default().push(&property.tokens);
    }
    found
}

fn body(before: &Body, after: &Body) -> Vec<&'static str> {
    match (before, after) {
        (Body::Sql(before), Body::Sql(after)) => statements(before, after),
        (Body::Seed(before), Body::Seed(after)) => {
            let columns =
                |seed: &crate::project::seed::Seed| seed.content.as_ref().map(|content| content.columns.clone());
            if columns(before) == columns(after) { vec![] } else { vec!["the seed's content"] }
        }
        (Body::Python(before), Body::Python(after)) if before.definition != after.definition => vec!["the code"],
        _ if std::mem::discriminant(before) != std::mem::discriminant(after) => vec!["the type of the model"],
        _ => vec![],
    }
}

fn statements(before: &SqlBody, after: &SqlBody) -> Vec<&'static str> {
    let texts = |body: &SqlBody, statements: &[Statement]| -> Vec<String> {
        let text = |statement: &Statement| body.text.get(statement.start..statement.end).unwrap_or("").to_owned();
        statements.iter().map(text).collect()
    };
    let query = |body: &SqlBody| body.query.map(|query| texts(body, &[query]));
    let differ = [
        ("the query", query(before) != query(after)),
        ("statements before the query", texts(before, &before.pre_statements) != texts(after, &after.pre_statements)),
        ("statements after the query", texts(before, &before.post_statements) != texts(after, &after.post_statements)),
        (
            "statements on virtual updates",
            texts(before, &before.on_virtual_update) != texts(after, &after.on_virtual_update),
        ),
    ];
    differ.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}
