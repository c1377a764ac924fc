//! Which models' columns SQLMesh knows, and which queries it optimizes with them.

use crate::belief;
use crate::names::ModelName;
use crate::resolve::{BlockId, Resolved};
use crate::state::State;
use crate::state::unseen::{self, Unseen};

/// What SQLMesh knows of the models of one state.
#[derive(Clone, Copy)]
pub(super) struct Columns<'s>(&'s State);

impl<'s> Columns<'s> {
    pub(super) fn of(state: &'s State) -> Self {
        Columns(state)
    }

    pub(super) fn state(&self) -> &'s State {
        self.0
    }

    /// `columns_to_types` is known.
    pub(super) fn are_known(&self, name: &ModelName) -> bool {
        self.0.models.get(name).is_some_and(|model| model.believed.columns.is_some())
    }

    /// `columns_to_types_all_known`
    pub(super) fn have_types(&self, name: &ModelName) -> bool {
        let Some(model) = self.0.models.get(name) else { return false };
        let is_known = |(_, found): &(_, _)| belief::text(found, model.model.dialect).is_some();
        model.believed.columns.as_ref().is_some_and(|belief| belief.columns.iter().all(is_known))
    }

    /// `QueryRenderer._optimize_query` does something.
    pub(super) fn is_optimized(&self, name: &ModelName) -> bool {
        self.0.models.get(name).is_some_and(|model| model.believed.is_optimized)
    }

    /// The outputs of a query's blocks that sqlglot doesn't see.
    pub(super) fn unseen_outputs(&self, resolved: &Resolved) -> Unseen<BlockId> {
        unseen::outputs(resolved, &unseen::of_tables(resolved.tables.iter(), &self.0.models))
    }
}
