//! What SQLMesh builds again: which models get another table, which are backfilled in place, which are only pointed
//! to anew (`Snapshot.categorize_as`, `PlanBuilder._adjust_snapshot_intervals`, `should_force_rebuild`).
//!
//! In: how each model is listed and categorized, and the schedules of both states. Out: a [`Rebuild`] per model of either
//! state. The environment is taken to have been made from the first state at once, and backfilled up to now.

use std::collections::BTreeMap;

use crate::impact::{Category, Change, RebuildAction};
use crate::names::ModelName;
use crate::project::{Body, Model};
use crate::state::State;

use super::entries::virtual_mode;
use super::schedule::Schedule;
use super::{Planner, Prediction};

/// What a plan's clock shows where none was given: later than any date in a project. It only tells whether a start
/// moved back; a relative start is taken to be later than a date. 2100-01-01.
const FAR: i64 = 4_102_444_800_000;

/// What happens to one model's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuild {
    /// `None` where SQLMesh would ask first.
    pub sqlmesh: Option<RebuildAction>,
    /// How many intervals SQLMesh would compute, if an instant was given and everything else is known.
    pub intervals: Option<u64>,
    /// If all of the data has to be computed.
    computed: (RebuildAction, Option<u64>),
    /// If the data that is there can stay.
    kept: (RebuildAction, Option<u64>),
}

impl Rebuild {
    /// The action and the intervals that are needed, if the data that is there can stay or can't.
    pub fn needed(&self, data_changes: bool) -> (RebuildAction, Option<u64>) {
        if data_changes { self.computed } else { self.kept }
    }
}

/// Goes through all models of both states.
pub(super) fn rebuilds(
    plan: &Planner<'_>,
    predictions: &BTreeMap<ModelName, Prediction>,
    now: Option<i64>,
) -> BTreeMap<ModelName, Rebuild> {
    let (before, after) = rayon::join(
        || Schedule::new(plan.before, now.unwrap_or(FAR)),
        || Schedule::new(plan.after, now.unwrap_or(FAR)),
    );
    let shown = |count: Option<u64>| count.filter(|_| now.is_some());
    let mut found = BTreeMap::new();
    for (name, counts) in after.counts(&before) {
        let Some(model) = plan.after.models.get(&name).map(|model| &*model.model) else { continue };
        let listed = predictions.get(&name);
        let is_kept_whole = if now.is_some() { counts.kept.is_none_or(|kept| kept == 0) } else { !counts.kept_is_real };
        let kept = kept(model, listed, is_kept_whole);
        let built = if has_table(model) { RebuildAction::NewTable } else { RebuildAction::None };
        let sqlmesh = listed.map(|listed| step(plan, &name, model, listed));
        let (action, intervals) = match sqlmesh {
            Some(Step::Asks) => (None, None),
            Some(Step::NewVersion) => (Some(built), counts.all),
            Some(Step::Forced) => (Some(in_place(model)), counts.all),
            Some(Step::Kept) | None => (Some(kept), counts.kept),
        };
        let computed = (built, shown(counts.all));
        let kept = needed_at_least(listed, (kept, shown(counts.kept)), computed);
        found.insert(name, Rebuild { sqlmesh: action, intervals: shown(intervals), computed, kept });
    }
    for name in plan.before.models.keys().filter(|name| !plan.after.models.contains_key(*name)) {
        let nothing = (RebuildAction::Removed, shown(Some(0)));
        let sqlmesh = Some(RebuildAction::Removed);
        found.insert(name.clone(), Rebuild { sqlmesh, intervals: nothing.1, computed: nothing, kept: nothing });
    }
    found
}

/// A model that wasn't there has nothing to keep.
fn needed_at_least(
    listed: Option<&Prediction>,
    kept: (RebuildAction, Option<u64>),
    computed: (RebuildAction, Option<u64>),
) -> (RebuildAction, Option<u64>) {
    if listed.is_some_and(|listed| listed.change == Change::Added) { computed } else { kept }
}

fn kept(model: &Model, listed: Option<&Prediction>, is_whole: bool) -> RebuildAction {
    match listed {
        _ if !has_table(model) => RebuildAction::None,
        _ if !is_whole => RebuildAction::Backfilled,
        Some(_) => RebuildAction::Virtual,
        None => RebuildAction::None,
    }
}

fn in_place(model: &Model) -> RebuildAction {
    if has_table(model) { RebuildAction::Backfilled } else { RebuildAction::None }
}

/// External and embedded models have none (`is_symbolic`).
fn has_table(model: &Model) -> bool {
    !matches!(model.body, Body::External) && model.kind.name != "EMBEDDED" && model.kind.name != "EXTERNAL"
}

/// What decides over a listed model's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The user is asked for the category.
    Asks,
    /// The version is another one than the environment's.
    NewVersion,
    /// The version is the same, and its intervals are cleared.
    Forced,
    /// The version is the same, and its intervals are taken over.
    Kept,
}

/// `categorize_as` and `_adjust_snapshot_intervals`.
pub(super) fn step(plan: &Planner<'_>, name: &ModelName, new: &Model, listed: &Prediction) -> Step {
    let Some(old) = plan.before.models.get(name).map(|model| &*model.model) else { return Step::NewVersion };
    let Some(category) = listed.category else { return Step::Asks };
    let keeps = listed.forward_only || matches!(category, Category::IndirectNonBreaking | Category::Metadata);
    let is_same = match version(plan.after, new) {
        Version::Own => keeps,
        fixed => fixed == version(plan.before, old),
    };
    if !is_same {
        return Step::NewVersion;
    }
    let is_stale_view = new.kind.name == "VIEW" && category == Category::IndirectNonBreaking && !listed.forward_only;
    let is_changed_seed = matches!(new.body, Body::Seed(_)) && category != Category::Metadata;
    if is_stale_view || is_changed_seed || plan.is_breaking_kind_change(old, new) { Step::Forced } else { Step::Kept }
}

/// Where a model's version comes from, unless the one that the environment has is kept.
#[derive(Debug, PartialEq, Eq)]
enum Version {
    /// Without virtual environments there is one table.
    Only,
    Pinned(Vec<String>),
    /// The fingerprint.
    Own,
}

fn version(state: &State, model: &Model) -> Version {
    if !virtual_mode(&state.project, model).is_empty() {
        return Version::Only;
    }
    let pinned = model.header.get("physical_version").map(|property| &property.tokens);
    match pinned.filter(|tokens| !tokens.iter().all(|token| token.eq_ignore_ascii_case("null"))) {
        Some(tokens) => {
            Version::Pinned(tokens.iter().map(|token| token.trim_matches(['\'', '"']).to_owned()).collect())
        }
        None => Version::Own,
    }
}

/// `Model.forward_only`: what the kind says, or its default.
pub(super) fn is_forward_only(model: &Model) -> bool {
    let kind = model.kind.name.as_str();
    let default = match kind {
        "INCREMENTAL_BY_PARTITION" => return true,
        "INCREMENTAL_UNMANAGED" => true,
        "INCREMENTAL_BY_TIME_RANGE" | "INCREMENTAL_BY_UNIQUE_KEY" | "CUSTOM" => false,
        _ if kind.starts_with("SCD_TYPE_2") => true,
        _ => return false,
    };
    model.kind.get("forward_only").map_or(default, |property| match property.value.to_lowercase().as_str() {
        "" | "true" => true,
        "false" => false,
        _ => default,
    })
}
