//! Parents as SQLMesh sees them.

use std::collections::BTreeSet;

use crate::names::ModelName;
use crate::project::Body;
use crate::state::{AnalysedModel, State};

/// `depends_on`: of a Python model that returns data, only what its code or header names; of one that returns a query,
/// whatever the query reads, for which its strings stand.
pub(super) fn read(model: &AnalysedModel) -> BTreeSet<ModelName> {
    let mut parents: BTreeSet<ModelName> = match &model.model.body {
        Body::External => BTreeSet::new(),
        Body::Python(body) if !body.is_sql => {
            model.model.depends_on.iter().map(|dependency| dependency.model.clone()).collect()
        }
        _ => model.parents.clone(),
    };
    parents.remove(&model.model.name);
    parents
}

/// `Snapshot.parents`: those that exist, and the parents of embedded models among them.
pub(super) fn of_snapshot(state: &State, model: &AnalysedModel) -> BTreeSet<ModelName> {
    let mut found = BTreeSet::new();
    let mut pending: Vec<ModelName> = read(model).into_iter().collect();
    while let Some(name) = pending.pop() {
        let Some(parent) = state.models.get(&name) else { continue };
        if found.insert(name) && parent.model.kind.name == "EMBEDDED" {
            pending.extend(read(parent));
        }
    }
    found.remove(&model.model.name);
    found
}
