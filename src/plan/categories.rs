//! Categories of the models that a plan lists, given in the order of the graph, since one depends on those upstream.
//!
//! In: which models are listed, and how the versions of each differ. Out: [`Prediction`]s, left in the planner.

use std::collections::BTreeSet;

use crate::impact::{Category, Change};
use crate::names::ModelName;
use crate::project::config::CategorizerMode;
use crate::project::{Body, Model};
use crate::state::AnalysedModel;
use crate::state::unwritten::reached;

use super::entries::{partitioned_by, virtual_mode};
use super::queries::Match;
use super::rebuild::is_forward_only;
use super::{Above, Planner, Prediction, is_materialized_view};

/// Whose columns SQLMesh doesn't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    Itself,
    Downstream,
}

/// What a model's kind says of the intervals that it takes again.
pub(super) fn lookback(model: &AnalysedModel) -> Option<&str> {
    model.model.kind.get("lookback").map(|property| &*property.value)
}

impl Planner<'_> {
    /// `PlanBuilder._categorize_snapshots`: in the order of the graph, since a category depends on those upstream.
    pub(super) fn categorize(&mut self) {
        self.unknown = self.unknown_below();
        let listed = self.changes.iter().filter(|(_, change)| matches!(change, Change::Direct | Change::Metadata));
        let removed = self.before.models.keys().filter(|name| !self.after.models.contains_key(*name));
        self.unwritten = reached(self.after, listed.map(|(name, _)| name).chain(removed)).into_keys().collect();
        for name in &self.after.order {
            let above = self.parents.get(name).map_or_else(Above::default, |parents| self.above(parents));
            self.above.insert(name.clone(), above);
            if self.is_uncertain(name) {
                self.uncertain.insert(name.clone());
            }
            let (Some(change), Some(after)) = (self.changes.get(name), self.after.models.get(name)) else { continue };
            let mut forward_only = self.is_forward_only_change(name, *change, &after.model);
            let category = match change {
                Change::Direct => self.direct(name, after),
                Change::Indirect => {
                    let category = self.indirect(name, after, forward_only);
                    let is_ordinary_view = is_materialized_view(&after.model) && !forward_only;
                    let follows = above.any && !above.not_forward_only || is_forward_only(&after.model);
                    forward_only |= follows && !is_ordinary_view;
                    Some(category)
                }
                Change::Metadata => Some(Category::Metadata),
                Change::Added | Change::Removed | Change::None => Some(Category::Breaking),
            };
            self.predictions.insert(name.clone(), Prediction { change: *change, category, forward_only });
        }
    }

    /// What follows from parents is as certain as they are.
    fn is_uncertain(&self, name: &ModelName) -> bool {
        let hangs_on_code = self.differences.get(name).is_some_and(|difference| difference.hangs_on_code);
        let follows = !matches!(self.changes.get(name), Some(Change::Direct | Change::Added));
        let possible = self.after.models.get(name).map(|model| &model.possible);
        // Code may read it, or not.
        let is_only_possible = |parent: &ModelName| {
            let is_listed = matches!(self.changes.get(parent), Some(change) if *change != Change::None);
            is_listed && possible.is_some_and(|possible| possible.contains(parent))
        };
        let mut parents = self.parents.get(name).into_iter().flatten();
        let mut follows_code = || parents.any(|parent| self.uncertain.contains(parent) || is_only_possible(parent));
        hangs_on_code || follows && (self.unwritten.contains(name) || follows_code())
    }

    fn above(&self, parents: &BTreeSet<ModelName>) -> Above {
        let mut found = Above::default();
        for parent in parents {
            let above = self.above.get(parent).copied().unwrap_or_default();
            let listed = self.predictions.get(parent);
            found.any |= above.any || listed.is_some();
            found.beyond_metadata |=
                above.beyond_metadata || listed.is_some_and(|parent| parent.category != Some(Category::Metadata));
            found.not_forward_only |= above.not_forward_only || listed.is_some_and(|parent| !parent.forward_only);
        }
        found
    }

    /// `_is_forward_only_change`, and what a plan or a configuration adds to it.
    fn is_forward_only_change(&self, name: &ModelName, change: Change, after: &Model) -> bool {
        let whole_plan = self.is_forward_only();
        let Some(before) = self.before.models.get(name) else { return whole_plan };
        if self.is_breaking_kind_change(&before.model, after) || matches!(after.body, Body::Seed(_)) {
            return false;
        }
        whole_plan || matches!(change, Change::Direct | Change::Indirect) && is_forward_only(after)
    }

    /// Is the whole plan forward-only? The configuration may say so too.
    pub(super) fn is_forward_only(&self) -> bool {
        let config = &self.after.project.config;
        let has_virtual_environments = matches!(config.virtual_mode.as_str(), "" | "full");
        self.options.forward_only || config.forward_only || !has_virtual_environments
    }

    pub(super) fn direct(&self, name: &ModelName, after: &AnalysedModel) -> Option<Category> {
        let before = self.before.models.get(name)?;
        if self.is_breaking_kind_change(&before.model, &after.model) {
            return Some(Category::Breaking);
        }
        let mode = self.mode(&after.model);
        let default = (mode == CategorizerMode::Full).then_some(Category::Breaking);
        if mode == CategorizerMode::Off || self.unknown_columns(name).is_some() {
            return default;
        }
        if self.is_non_breaking(name, before, after) { Some(Category::NonBreaking) } else { default }
    }

    /// Whose unknown columns keep SQLMesh from comparing the model's queries.
    pub(super) fn unknown_columns(&self, name: &ModelName) -> Option<Unknown> {
        if !self.columns.are_known(name) {
            return Some(Unknown::Itself);
        }
        self.unknown.contains(name).then_some(Unknown::Downstream)
    }

    /// `is_breaking_change` of the four types of models.
    fn is_non_breaking(&self, name: &ModelName, before: &AnalysedModel, after: &AnalysedModel) -> bool {
        let query = self.differences.get(name).map_or(Match::Different, |difference| difference.query);
        let same_lookback = lookback(before) == lookback(after);
        match (&before.model.body, &after.model.body) {
            (Body::Sql(_), Body::Sql(_)) => same_lookback && query <= Match::Additions,
            (Body::Python(old), Body::Python(new)) => {
                old.is_sql && new.is_sql && same_lookback && query <= Match::Additions
            }
            (Body::Seed(old), Body::Seed(new)) => match (&old.content, &new.content) {
                (Some(old), Some(new)) => old.columns.iter().all(|column| {
                    new.columns.iter().any(|other| other.name == column.name && other.hash == column.hash)
                }),
                _ => false,
            },
            (Body::External, Body::External) => {
                let columns = |model: &AnalysedModel| -> Vec<_> {
                    let believed = model.believed.columns.iter();
                    believed.flat_map(|belief| belief.columns.iter().cloned()).collect()
                };
                let after = columns(after);
                columns(before).iter().all(|column| after.contains(column))
            }
            _ => false,
        }
    }

    /// `sqlmesh.core.plan.common.is_breaking_kind_change`
    pub(super) fn is_breaking_kind_change(&self, before: &Model, after: &Model) -> bool {
        let (old, new) = (&self.before.project, &self.after.project);
        if virtual_mode(old, before) != virtual_mode(new, after) {
            return true;
        }
        if before.kind.name == after.kind.name {
            return false;
        }
        let is_incremental = |model: &Model| {
            let name = model.kind.name.as_str();
            name.starts_with("INCREMENTAL") || name.starts_with("SCD_TYPE_2")
        };
        !is_incremental(before) || !is_incremental(after) || partitioned_by(old, before) != partitioned_by(new, after)
    }

    pub(super) fn mode(&self, model: &Model) -> CategorizerMode {
        let config = &self.after.project.config;
        let modes = config.bot_auto_categorize.as_ref().filter(|_| self.options.bot).unwrap_or(&config.auto_categorize);
        match &model.body {
            Body::Sql(_) | Body::Unreadable => modes.sql,
            Body::Seed(_) => modes.seed,
            Body::Python(body) if body.is_sql => modes.sql,
            Body::Python(_) => modes.python,
            Body::External => modes.external,
        }
    }

    /// The branch for indirectly modified snapshots of `_categorize_snapshot`.
    pub(super) fn indirect(&self, name: &ModelName, after: &AnalysedModel, forward_only: bool) -> Category {
        if is_materialized_view(&after.model) && !forward_only {
            return Category::IndirectBreaking;
        }
        let nothing = BTreeSet::new();
        self.below(self.parents.get(name).unwrap_or(&nothing))
    }

    /// The category of what is indirectly modified below these.
    pub(super) fn below(&self, parents: &BTreeSet<ModelName>) -> Category {
        let category = |parent: &ModelName| self.predictions.get(parent).map(|prediction| prediction.category);
        let direct: Vec<Option<Category>> = parents.iter().filter_map(category).collect();
        let is_breaking =
            |category: &Option<Category>| matches!(category, Some(Category::Breaking | Category::IndirectBreaking));
        if direct.iter().any(is_breaking) || direct.is_empty() {
            return Category::IndirectBreaking;
        }
        if self.above(parents).beyond_metadata { Category::IndirectNonBreaking } else { Category::Metadata }
    }

    /// Models with a model of unknown columns below them that is listed, and not as directly modified: SQLMesh doesn't
    /// look at a change above such.
    fn unknown_below(&self) -> BTreeSet<ModelName> {
        let mut unknown: BTreeSet<&ModelName> = BTreeSet::new();
        let mut above = BTreeSet::new();
        for name in self.after.order.iter().rev() {
            let is_below = matches!(self.changes.get(name), Some(Change::Indirect | Change::Metadata));
            if is_below && !self.columns.are_known(name) {
                unknown.insert(name);
            }
            if unknown.contains(name) || above.contains(name) {
                above.extend(self.parents.get(name).into_iter().flatten().cloned());
            }
        }
        above
    }
}
