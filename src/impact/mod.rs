//! From effects and graph to the answer: blast radius, paths, failures.
//!
//! In: both states, what changed in each model by itself, SQLMesh's plan. Out: an [`Analysis`]. A change is followed
//! downstream through exactly the columns and rows that carry it; see `propagate` for the rules.

pub mod analysis;
mod assemble;
mod checks;
mod code;
mod effects;
mod failures;
mod keys;
mod loading;
mod positions;
mod propagate;
mod refused;
mod star;
mod surroundings;
mod twins;
mod type_clash;
mod ungrouped;
mod upstream;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::compare::{ModelDiff, Outside, Renames, canon, compare_models, declared};
use crate::names::ModelName;
use crate::plan::Plan;
use crate::state::State;

pub use analysis::*;
pub use assemble::totals as rebuild_totals;

/// What a reader of reports sees of the two states.
pub struct Sides<'s> {
    pub before: &'s State,
    pub after: &'s State,
}

/// Follows every change through the project.
pub fn analyse(sides: &Sides<'_>, plan: &Plan, base: Revision, head: Revision) -> Analysis {
    let mut diffs = diffs(sides);
    let search = failures::Search { sides, diffs: &diffs };
    let (mut failures, mut failed_checks) = rayon::join(|| failures::find(&search), || checks::find(&search));
    let loading = loading::find(sides);
    failed_checks.extend(loading.files);
    for (model, refusals) in loading.models {
        failures.entry(model).or_default().extend(refusals);
    }
    surroundings::explain(sides, &mut diffs);
    let unwritten = upstream::unwritten(sides, &diffs, &failures);
    let spread = propagate::propagate(sides, diffs, failures, failed_checks, &unwritten);
    assemble::assemble(sides, plan, spread, base, head)
}

/// What each model that both states have changes by itself.
fn diffs(sides: &Sides<'_>) -> BTreeMap<ModelName, ModelDiff> {
    let pairs: Vec<_> = sides
        .after
        .models
        .iter()
        .filter_map(|(name, after)| Some((name, sides.before.models.get(name)?, after)))
        .collect();
    let facts = declared(sides.before, sides.after);
    let none = Renames::new();
    let mut diffs: BTreeMap<ModelName, ModelDiff> = pairs
        .par_iter()
        .filter_map(|(name, before, after)| Some(((*name).clone(), compare_models(before, after, &none, &facts)?)))
        .collect();
    follow_renames(sides, &facts, &mut diffs);
    let outside = Outside::between(sides.before, sides.after);
    for (name, before, after) in pairs {
        let mut diff = diffs.remove(name);
        outside.add_to(before, after, &mut diff);
        diffs.extend(diff.map(|diff| (name.clone(), diff)));
    }
    diffs
}

/// Compares the readers of renamed columns once more, under the new names: whoever follows a rename changes nothing.
fn follow_renames(sides: &Sides<'_>, facts: &canon::Facts, diffs: &mut BTreeMap<ModelName, ModelDiff>) {
    let mut renames = Renames::new();
    let mut renamed: BTreeSet<ModelName> = BTreeSet::new();
    for name in &sides.after.order {
        let (Some(before), Some(after)) = (sides.before.models.get(name), sides.after.models.get(name)) else {
            continue;
        };
        if !renamed.is_disjoint(&after.parents) {
            match compare_models(before, after, &renames, facts) {
                Some(diff) => drop(diffs.insert(name.clone(), diff)),
                None => drop(diffs.remove(name)),
            }
        }
        // Behind a star that isn't known there may have been another column of the new name.
        for column in diffs.get(name).into_iter().filter(|_| !before.schema.open).flat_map(|diff| &diff.columns) {
            if let Some(from) = &column.from {
                renames.insert((name.clone(), from.clone()), column.name.clone());
                renamed.insert(name.clone());
            }
        }
    }
}
