//! What SQLMesh will do: how `sqlmesh plan` would list each model, and in which category.
//!
//! In: both states. Out: a [`Prediction`] per model. This is a model of SQLMesh 0.236.4, its mistakes included, and
//! never mixed with our own verdict: `sqlmesh.core.context_diff`, `snapshot.categorizer`, `plan.builder` and
//! `model.definition` are the sources. Nothing here reads `compare/`.

mod additions;
mod hashes;

use std::collections::{BTreeMap, BTreeSet};

use crate::impact::{Category, Change};
use crate::names::ModelName;
use crate::project::config::CategorizerMode;
use crate::project::{Body, Model};
use crate::state::{AnalysedModel, State};

use hashes::{Difference, difference};

/// SQLMesh's answer about one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prediction {
    pub change: Change,
    /// `None` where SQLMesh would ask, and for removed models.
    pub category: Option<Category>,
}

/// Predicts the plan that takes an environment from one state to the other. Models that the plan wouldn't list are
/// left out.
pub fn predict(before: &State, after: &State) -> BTreeMap<ModelName, Prediction> {
    let mut plan = Plan { before, after, differences: BTreeMap::new(), predictions: BTreeMap::new() };
    plan.compare();
    plan.categorize();
    for name in before.models.keys().filter(|name| !after.models.contains_key(*name)) {
        plan.predictions.insert(name.clone(), Prediction { change: Change::Removed, category: None });
    }
    plan.predictions
}

struct Plan<'s> {
    before: &'s State,
    after: &'s State,
    /// How each model that both states have differs in itself.
    differences: BTreeMap<ModelName, Difference>,
    predictions: BTreeMap<ModelName, Prediction>,
}

impl Plan<'_> {
    fn compare(&mut self) {
        for (name, after) in &self.after.models {
            if let Some(before) = self.before.models.get(name) {
                let difference = difference((self.before, before), (self.after, after));
                self.differences.insert(name.clone(), difference);
            }
        }
    }

    /// `PlanBuilder._categorize_snapshots`: in the order of the graph, since a category depends on those upstream.
    fn categorize(&mut self) {
        let mut data_upstream: BTreeSet<ModelName> = BTreeSet::new();
        let mut metadata_upstream: BTreeSet<ModelName> = BTreeSet::new();
        let unknown_below = self.unknown_columns_below();
        for name in &self.after.order {
            let Some(after) = self.after.models.get(name) else { continue };
            let parents = || after.parents.iter().filter(|parent| *parent != name);
            let data_above =
                parents().any(|parent| data_upstream.contains(parent)) || self.parents_changed(name, after);
            let metadata_above = parents().any(|parent| metadata_upstream.contains(parent));
            let Some(difference) = self.differences.get(name).copied() else {
                self.predictions
                    .insert(name.clone(), Prediction { change: Change::Added, category: Some(Category::Breaking) });
                data_upstream.insert(name.clone());
                metadata_upstream.insert(name.clone());
                continue;
            };
            if difference.data_hash || data_above {
                data_upstream.insert(name.clone());
            }
            if difference.metadata_hash || metadata_above {
                metadata_upstream.insert(name.clone());
            }
            let prediction = if difference.is_direct {
                Some(Prediction { change: Change::Direct, category: self.direct(name, after, &unknown_below) })
            } else if data_above {
                Some(Prediction { change: Change::Indirect, category: self.indirect(name, after) })
            } else if difference.data_hash || difference.metadata_hash || metadata_above {
                Some(Prediction { change: Change::Metadata, category: Some(Category::Metadata) })
            } else {
                None
            };
            if let Some(prediction) = prediction {
                self.predictions.insert(name.clone(), prediction);
            }
        }
    }

    /// A parent was added or removed, as far as SQLMesh sees parents: only models that exist.
    fn parents_changed(&self, name: &ModelName, after: &AnalysedModel) -> bool {
        let Some(before) = self.before.models.get(name) else { return false };
        let existing = |model: &AnalysedModel, state: &State| -> BTreeSet<ModelName> {
            model
                .parents
                .iter()
                .filter(|parent| *parent != name && state.models.contains_key(*parent))
                .cloned()
                .collect()
        };
        existing(before, self.before) != existing(after, self.after)
    }

    fn direct(&self, name: &ModelName, after: &AnalysedModel, unknown_below: &BTreeSet<ModelName>) -> Option<Category> {
        let before = self.before.models.get(name)?;
        if is_breaking_kind_change(&before.model, &after.model) {
            return Some(Category::Breaking);
        }
        let mode = self.mode(&after.model);
        let default = (mode == CategorizerMode::Full).then_some(Category::Breaking);
        if mode == CategorizerMode::Off || unknown_below.contains(name) {
            return default;
        }
        if additions::only_safe_additions(before, after) { Some(Category::NonBreaking) } else { default }
    }

    fn mode(&self, model: &Model) -> CategorizerMode {
        let modes = &self.after.project.config.auto_categorize;
        match model.body {
            Body::Sql(_) | Body::Unreadable => modes.sql,
            Body::Seed(_) => modes.seed,
            Body::Python(_) => modes.python,
            Body::External => modes.external,
        }
    }

    /// The branch for indirectly modified snapshots of `_categorize_snapshot`.
    fn indirect(&self, name: &ModelName, after: &AnalysedModel) -> Option<Category> {
        let is_materialized_view = after.model.kind.name == "VIEW"
            && after.model.kind.get("materialized").is_some_and(|value| value.value.eq_ignore_ascii_case("true"));
        if is_materialized_view {
            return Some(Category::IndirectBreaking);
        }
        let category = |parent: &ModelName| self.predictions.get(parent).map(|prediction| prediction.category);
        let direct: Vec<Option<Category>> =
            after.parents.iter().filter(|parent| *parent != name).filter_map(category).collect();
        let is_breaking =
            |category: &Option<Category>| matches!(category, Some(Category::Breaking | Category::IndirectBreaking));
        if direct.iter().any(is_breaking) || direct.is_empty() {
            return Some(Category::IndirectBreaking);
        }
        let upstream = self.upstream(name);
        let all_metadata = upstream.iter().filter_map(category).all(|category| category == Some(Category::Metadata));
        Some(if all_metadata { Category::Metadata } else { Category::IndirectNonBreaking })
    }

    fn upstream(&self, name: &ModelName) -> BTreeSet<ModelName> {
        let mut seen = BTreeSet::new();
        let mut pending = vec![name.clone()];
        while let Some(next) = pending.pop() {
            for parent in self.after.models.get(&next).into_iter().flat_map(|model| &model.parents) {
                if parent != name && seen.insert(parent.clone()) {
                    pending.push(parent.clone());
                }
            }
        }
        seen
    }

    /// Models with unknown columns in them or anywhere below: SQLMesh doesn't look at the change then.
    fn unknown_columns_below(&self) -> BTreeSet<ModelName> {
        let mut unknown = BTreeSet::new();
        for name in self.after.order.iter().rev() {
            let Some(model) = self.after.models.get(name) else { continue };
            if model.schema.open {
                unknown.insert(name.clone());
            }
            if unknown.contains(name) {
                unknown.extend(model.parents.iter().cloned());
            }
        }
        unknown
    }
}

/// `sqlmesh.core.plan.common.is_breaking_kind_change`
fn is_breaking_kind_change(before: &Model, after: &Model) -> bool {
    if before.kind.name == after.kind.name {
        return false;
    }
    let is_incremental = |model: &Model| {
        let name = model.kind.name.as_str();
        name.starts_with("INCREMENTAL") || name.starts_with("SCD_TYPE_2")
    };
    if !is_incremental(before) || !is_incremental(after) {
        return true;
    }
    let partition = |model: &Model| model.header.get("partitioned_by").map(|property| property.tokens.clone());
    partition(before) != partition(after)
}
