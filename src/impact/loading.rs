//! What keeps SQLMesh from loading the new state: nothing of it can be planned, let alone run.
//!
//! In: the diagnostics of both states. Out: a failure for each refusal that only the new state has, at the models of its
//! file, or at the file where it holds no model.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::LocalChange;
use crate::diagnostic::Diagnostic;
use crate::names::ModelName;
use crate::project::codes::NOT_SUPPORTED;
use crate::state::State;

use super::Sides;
use super::checks::Failed;
use super::failures::Failure;

/// Refusals of models, and of files that aren't models.
#[derive(Default)]
pub(super) struct Loading {
    pub(super) models: BTreeMap<ModelName, Vec<Failure>>,
    pub(super) files: Vec<Failed>,
}

pub(super) fn find(sides: &Sides<'_>) -> Loading {
    // Of a dbt project only a part is read.
    if sides.after.diagnostics.iter().any(|found| found.code == NOT_SUPPORTED && !found.refused) {
        return Loading::default();
    }
    let known: BTreeSet<_> = refusals(sides.before).map(what).collect();
    let new: BTreeMap<_, &Diagnostic> = refusals(sides.after)
        .filter(|found| !known.contains(&what(found)))
        .map(|found| ((&found.location, what(found)), found))
        .collect();
    let mut models: BTreeMap<&str, Vec<&ModelName>> = BTreeMap::new();
    if !new.is_empty() {
        sides.after.models.iter().for_each(|(name, model)| models.entry(&model.model.path).or_default().push(name));
    }
    let mut loading = Loading::default();
    for found in new.into_values() {
        match models.get(&*found.location.path) {
            Some(models) => models.iter().for_each(|name| {
                loading.models.entry((*name).clone()).or_default().push(failure(found));
            }),
            None => {
                let model = ModelName::from_parts([&found.location.path]);
                loading.files.push(Failed { model, failure: failure(found) });
            }
        }
    }
    loading
}

fn refusals(state: &State) -> impl Iterator<Item = &Diagnostic> {
    state.diagnostics.iter().filter(|found| found.refused)
}

/// A refusal without its line, which any edit above it moves.
fn what(found: &Diagnostic) -> (&str, &str, &str) {
    (&found.location.path, found.code, &found.message)
}

fn failure(found: &Diagnostic) -> Failure {
    let change = LocalChange {
        code: "S111",
        column: None,
        location: found.location.clone(),
        before: None,
        after: None,
        message: format!("the project does not load: {}", found.message),
    };
    Failure { change, via: vec![], source: None }
}
