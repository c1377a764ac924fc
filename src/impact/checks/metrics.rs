//! Metrics whose expression names what is gone: a column, a model, another metric.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::compare::LocalChange;
use crate::names::{ColumnName, ModelName};
use crate::project::Metric;
use crate::sql;
use crate::sql::tree::Op;
use crate::state::{Catalog, State};

use super::super::failures::{Failure, Search};
use super::{Failed, is_removed, lacks};

/// What an expression names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Reference {
    Column(ModelName, ColumnName),
    Metric(String),
}

pub(super) fn find(search: &Search<'_>) -> Vec<Failed> {
    let after = search.sides.after;
    let mut found = Vec::new();
    for metric in after.project.metrics.values() {
        let gaps = gaps(metric, after);
        if gaps.is_empty() {
            continue;
        }
        let old = search.sides.before.project.metrics.get(&metric.name);
        let old: BTreeSet<Reference> =
            old.map(|old| self::gaps(old, search.sides.before)).into_iter().flatten().map(|(found, _)| found).collect();
        let new = gaps.into_iter().filter(|(reference, _)| !old.contains(reference));
        found.extend(new.filter_map(|(reference, range)| failed(search, metric, reference, range)));
    }
    found
}

/// What the expression names and the state doesn't have.
fn gaps(metric: &Metric, state: &State) -> Vec<(Reference, Range<usize>)> {
    let is_gone = |(reference, _): &(Reference, Range<usize>)| match reference {
        Reference::Column(model, column) => !state.models.contains_key(model) || lacks(state, model, column),
        Reference::Metric(name) => !state.project.metrics.contains_key(name),
    };
    references(metric, state).into_iter().filter(is_gone).collect()
}

/// Columns are written behind their models' names; a single name is another metric's.
fn references(metric: &Metric, state: &State) -> Vec<(Reference, Range<usize>)> {
    const BEFORE: &str = "SELECT ";
    let Ok(tree) = sql::query(&format!("{BEFORE}{}", metric.expression()), metric.dialect) else { return vec![] };
    let default_catalog = state.project.config.default_catalog.as_deref();
    let catalog = Catalog { dialect: metric.dialect, default_catalog, models: &state.models };
    let mut found = Vec::new();
    tree.walk(&mut |node| {
        if node.op == Op::Column {
            let range = node.span.range();
            let range = range.start.saturating_sub(BEFORE.len())..range.end.saturating_sub(BEFORE.len());
            let names = node.idents();
            match names.as_slice() {
                [] => {}
                [metric] => found.push((Reference::Metric(metric.to_lowercase()), range)),
                [table @ .., column] => found.push((Reference::Column(catalog.name(table), column.clone()), range)),
            }
        }
        true
    });
    found
}

fn failed(search: &Search<'_>, metric: &Metric, reference: Reference, range: Range<usize>) -> Option<Failed> {
    let location = metric.place(range);
    let name = &metric.name;
    let (model, column, message, via) = match reference {
        Reference::Column(model, _) if is_removed(search, &model) => {
            let message = format!("the metric {name} reads {model}, which was removed");
            let via = vec![model.to_string()];
            (model, None, message, via)
        }
        Reference::Column(model, column) => {
            let source = search.source_of(std::slice::from_ref(&model), &column).filter(|model| {
                search.sides.before.models.get(model).is_some_and(|known| known.schema.get(&column).is_some())
            })?;
            let message = format!("the metric {name} can't be computed: {}", search.lost(&source, &column));
            let via = search.way_of(source, &column);
            (model, Some(column), message, via)
        }
        Reference::Metric(other) => {
            search.sides.before.project.metrics.get(&other)?;
            let message = format!("the metric {name} is made of the metric {other}, which was removed");
            (ModelName::from_parts([name]), None, message, vec![])
        }
    };
    let change = LocalChange { code: "S108", column, location, before: None, after: None, message };
    Some(Failed { failure: Failure { change, via, source: Some(model.clone()) }, model })
}
