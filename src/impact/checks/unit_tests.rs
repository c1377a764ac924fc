//! Unit tests that SQLMesh can't run any more, or that no longer describe the project.
//!
//! What makes SQLMesh refuse a test (`core/test/definition.py`): a model that the tested one reads and that the test has no
//! rows for; a CTE that the query no longer has; an expected column that the model doesn't give; a column in the rows of
//! an input whose columns and types are all known, and which isn't one of them. A test whose model is gone is skipped.

use std::collections::BTreeSet;

use crate::compare::LocalChange;
use crate::diagnostic::Location;
use crate::names::{ColumnName, ModelName};
use crate::project::{Body, Fixture, NamedColumn, UnitTest};
use crate::resolve::Block;
use crate::state::{AnalysedModel, State};

use super::super::failures::{Failure, Search};
use super::{Failed, is_removed, lacks};

/// What doesn't fit: the thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    /// The tested model isn't there.
    Model,
    /// An input isn't there.
    Input(ModelName),
    /// The tested model reads a table without rows.
    Rows(ModelName),
    Cte(ModelName),
    CteColumn(ModelName, ColumnName),
    Output(ColumnName),
    /// A column of an input isn't there; does SQLMesh know all types of that input?
    InputColumn(ModelName, ColumnName, bool),
}

pub(super) fn find(search: &Search<'_>) -> Vec<Failed> {
    let (before, after) = (search.sides.before, search.sides.after);
    let mut found = Vec::new();
    for test in &after.project.tests {
        let gaps = gaps(test, after);
        if gaps.is_empty() {
            continue;
        }
        let is_same =
            |old: &&std::sync::Arc<UnitTest>| old.name == test.name && old.location.path == test.location.path;
        let old = before.project.tests.iter().find(is_same).map(|old| self::gaps(old, before)).unwrap_or_default();
        let old: BTreeSet<Gap> = old.into_iter().map(|(gap, _)| gap).collect();
        let new = gaps.into_iter().filter(|(gap, _)| !old.contains(gap));
        found.extend(new.filter_map(|(gap, location)| failed(search, test, gap, location)));
    }
    found
}

fn gaps(test: &UnitTest, state: &State) -> Vec<(Gap, Location)> {
    let Some(model) = state.models.get(&test.model) else {
        return vec![(Gap::Model, test.location.clone())];
    };
    let mut gaps = Vec::new();
    for input in &test.inputs {
        gaps.extend(of_input(input, state));
    }
    gaps.extend(unfed(test, model));
    gaps.extend(of_ctes(test, model));
    if let Some(query) = &test.query {
        let missing = query.columns.iter().filter(|column| lacks(state, &test.model, &column.name));
        gaps.extend(missing.map(|column| (Gap::Output(column.name.clone()), column.location.clone())));
    }
    gaps
}

fn of_input(input: &Fixture, state: &State) -> Vec<(Gap, Location)> {
    let Some(model) = state.models.get(&input.table) else {
        return vec![(Gap::Input(input.table.clone()), input.location.clone())];
    };
    let typed = model.schema.columns.iter().all(|column| column.data_type.is_some());
    let is_missing =
        |column: &&NamedColumn| lacks(state, &input.table, &column.name) && !input.declared.contains(&column.name);
    let gap = |column: &NamedColumn| {
        (Gap::InputColumn(input.table.clone(), column.name.clone(), typed), column.location.clone())
    };
    input.columns.iter().filter(is_missing).map(gap).collect()
}

/// The tables that the model certainly reads and that the test doesn't feed. A test without inputs isn't asked for them.
fn unfed(test: &UnitTest, model: &AnalysedModel) -> Vec<(Gap, Location)> {
    let is_certain = model.query.as_ref().is_some_and(|query| {
        query.rendered.holes.is_empty() && query.resolved.as_ref().is_some_and(|resolved| resolved.doubt.is_none())
    });
    if test.inputs.is_empty() || !is_certain {
        return vec![];
    }
    let is_fed = |parent: &ModelName| *parent == test.model || test.inputs.iter().any(|input| input.table == *parent);
    let unfed = model.parents.iter().filter(|parent| !is_fed(parent));
    unfed.map(|parent| (Gap::Rows(parent.clone()), test.location.clone())).collect()
}

fn of_ctes(test: &UnitTest, model: &AnalysedModel) -> Vec<(Gap, Location)> {
    let Some(resolved) = model.resolved().filter(|resolved| resolved.doubt.is_none()) else { return vec![] };
    let Some(root) = resolved.root() else { return vec![] };
    let mut gaps = Vec::new();
    for cte in &test.ctes {
        let found = root.ctes.iter().find(|(name, _)| **name == *cte.table.table());
        match found.and_then(|(_, block)| resolved.block(*block)) {
            None => gaps.push((Gap::Cte(cte.table.clone()), cte.location.clone())),
            Some(block) => gaps.extend(of_cte(cte, block)),
        }
    }
    gaps
}

fn of_cte(cte: &Fixture, block: &Block) -> Vec<(Gap, Location)> {
    let given = block.schema();
    let is_missing = |column: &&NamedColumn| !given.open && given.get(&column.name).is_none();
    let missing = cte.columns.iter().filter(is_missing);
    missing.map(|column| (Gap::CteColumn(cte.table.clone(), column.name.clone()), column.location.clone())).collect()
}

fn failed(search: &Search<'_>, test: &UnitTest, gap: Gap, location: Location) -> Option<Failed> {
    let name = &test.name;
    let own = |column: &ColumnName| search.way_of(test.model.clone(), column);
    let (code, column, message, via) = match gap {
        Gap::Model => {
            let removed = is_removed(search, &test.model);
            let message = format!("SQLMesh skips the unit test {name}: its model {} was removed", test.model);
            return removed.then(|| gone(test, "M106", None, (location, message), vec![test.model.to_string()]));
        }
        Gap::Input(input) => {
            let removed = is_removed(search, &input);
            let message = format!("the unit test {name} still gives rows for {input}, which was removed");
            return removed.then(|| gone(test, "M106", None, (location, message), vec![input.to_string()]));
        }
        Gap::Rows(parent) => {
            let message = format!("the unit test {name} gives no rows for {parent}, which {} reads", test.model);
            ("S107", None, message, vec![parent.to_string()])
        }
        Gap::Cte(cte) => {
            let message =
                format!("the unit test {name} expects rows of the CTE {cte}, which {} doesn't have", test.model);
            ("S107", None, message, vec![])
        }
        Gap::CteColumn(cte, column) => {
            let message = format!("the unit test {name} expects the column {column}, which the CTE {cte} doesn't give");
            ("S107", Some(column), message, vec![])
        }
        Gap::Output(column) => {
            let message =
                format!("the unit test {name} expects a column that is gone: {}", search.lost(&test.model, &column));
            let via = own(&column);
            ("S107", Some(column), message, via)
        }
        Gap::InputColumn(input, column, typed) => {
            let lost = search.lost(&input, &column);
            let via = search.way_of(input, &column);
            let (code, verb) = if typed { ("S107", "gives rows") } else { ("M106", "still gives rows") };
            (code, Some(column), format!("the unit test {name} {verb} with a column that is gone: {lost}"), via)
        }
    };
    // Python models may read less than they name, and seeds can't be tested.
    let is_sql = search
        .sides
        .after
        .models
        .get(&test.model)
        .is_some_and(|model| matches!(model.model.body, Body::Sql(_) | Body::Python(_)));
    is_sql.then(|| gone(test, code, column, (location, message), via))
}

fn gone(
    test: &UnitTest,
    code: &'static str,
    column: Option<ColumnName>,
    (location, message): (Location, String),
    via: Vec<String>,
) -> Failed {
    let change = LocalChange { code, column, location, before: None, after: None, message };
    Failed { model: test.model.clone(), failure: Failure { change, via, source: None } }
}
