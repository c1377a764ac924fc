//! What reads models without being one: audits, unit tests, metrics.
//!
//! In: both states. Out: a [`Failure`] for each that fitted the project before the change and doesn't after it, at the place that
//! names what is gone. They give no rows, so no effect goes on from here.

mod audits;
mod metrics;
mod unit_tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::Location;
use crate::names::{ColumnName, ModelName};
use crate::project::Body;
use crate::state::{AnalysedModel, State};

use super::code;
use super::failures::{Failure, Search};

/// A failure of a check on a model.
pub(super) struct Failed {
    pub(super) model: ModelName,
    pub(super) failure: Failure,
}

/// All checks that no longer fit, each place once.
pub(super) fn find(search: &Search<'_>) -> Vec<Failed> {
    let gaps = audits::find(search).into_iter().chain(unit_tests::find(search)).chain(metrics::find(search));
    let gaps = gaps.chain(code::remarks(search));
    let mut seen: BTreeSet<(Location, String)> = BTreeSet::new();
    gaps.filter(|gap| seen.insert((gap.failure.change.location.clone(), gap.failure.change.message.clone()))).collect()
}

/// Columns that nobody names in a query are found by their names alone.
fn lacks(state: &State, model: &ModelName, column: &ColumnName) -> bool {
    state.models.get(model).is_some_and(|known| !known.schema.open && known.schema.get(column).is_none())
}

/// Does some table have other columns than before, or come, or go?
fn is_reshaped(search: &Search<'_>) -> bool {
    let (before, after) = (&search.sides.before.models, &search.sides.after.models);
    let names = |model: &AnalysedModel| {
        (model.schema.open, model.schema.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>())
    };
    let alike = |(name, old): (&ModelName, &Arc<AnalysedModel>)| {
        after.get(name).is_some_and(|new| Arc::ptr_eq(&old.schema, &new.schema) || names(old) == names(new))
    };
    before.len() != after.len() || !before.iter().all(alike)
}

/// The project defined this model before, and no longer does.
fn is_removed(search: &Search<'_>, name: &ModelName) -> bool {
    let was = search.sides.before.models.get(name);
    was.is_some_and(|model| !matches!(model.model.body, Body::External))
        && !search.sides.after.models.contains_key(name)
}
