//! The parts of a model that differ in themselves, by name.
//!
//! In: two versions of a model. Out: names of properties in backticks, and words for what has none (the query, the
//! code). Properties are compared as written: one that is named may mean the same.

use crate::project::{Body, Property, SqlBody, Statement};
use crate::state::{AnalysedModel, State};

use super::super::environment::environment;

/// What differs, in the order of a file.
pub(super) fn differing((old, b): (&State, &AnalysedModel), (new, a): (&State, &AnalysedModel)) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |what: String| {
        if !found.contains(&what) {
            found.push(what);
        }
    };
    let (before, after) = (&b.model, &a.model);
    properties(&before.header.properties, &after.header.properties).into_iter().for_each(&mut add);
    if before.kind.name != after.kind.name {
        add("`kind`".to_owned());
    }
    properties(&before.kind.properties, &after.kind.properties).into_iter().for_each(&mut add);
    if before.dialect != after.dialect {
        add("`dialect`".to_owned());
    }
    body(&before.body, &after.body).into_iter().for_each(|what| add(what.to_owned()));
    let (was, is) = (environment(old, b), environment(new, a));
    if was != is {
        add("macros, variables or signals".to_owned());
    }
    found
}

/// Names of properties that aren't written alike.
fn properties(before: &[Property], after: &[Property]) -> Vec<String> {
    let values = |all: &[Property], name: &str| -> Vec<Vec<String>> {
        all.iter().filter(|property| property.name == name).map(|property| property.tokens.clone()).collect()
    };
    let names = before.iter().chain(after).map(|property| property.name.as_str()).filter(|name| *name != "kind");
    names.filter(|name| values(before, name) != values(after, name)).map(|name| format!("`{name}`")).collect()
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
