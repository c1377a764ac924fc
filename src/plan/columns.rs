//! Which models' columns SQLMesh knows, and which queries it optimizes with them.

use std::collections::BTreeSet;

use crate::names::ModelName;
use crate::resolve::{BlockId, Resolved};
use crate::state::State;

use super::unseen::{self, Unseen};

/// What SQLMesh knows of the models of one state.
#[derive(Clone, Copy)]
pub(super) struct Columns<'s>(&'s State);

impl<'s> Columns<'s> {
    pub(super) fn of(state: &'s State) -> Self {
        Columns(state)
    }

    /// `columns_to_types` is known.
    pub(super) fn are_known(&self, name: &ModelName) -> bool {
        self.0.models.get(name).is_some_and(|model| model.believed.columns.is_some())
    }

    /// `QueryRenderer._optimize_query` does something.
    pub(super) fn is_optimized(&self, name: &ModelName) -> bool {
        self.0.models.get(name).is_some_and(|model| model.believed.is_optimized)
    }

    /// The outputs of a query's blocks that sqlglot doesn't see, following from what it sees of the models.
    pub(super) fn unseen_outputs(&self, resolved: &Resolved) -> Unseen<BlockId> {
        let of_model = |table: &ModelName| {
            let model = self.0.models.get(table)?;
            let seen: BTreeSet<_> =
                model.believed.columns.as_ref()?.columns.iter().map(|(column, _)| column.clone()).collect();
            let all = model.schema.columns.iter().map(|column| column.name.clone());
            let unseen: BTreeSet<_> = all.filter(|name| !seen.contains(name)).collect();
            (!unseen.is_empty()).then(|| (table.clone(), unseen))
        };
        unseen::outputs(resolved, &resolved.tables.iter().filter_map(of_model).collect())
    }
}
