//! Where models start (`start_date` of `snapshot.definition`).
//!
//! A model without a start of its own starts with the earliest of its parents; without such, at the last interval but
//! one of its cron. The latter depends on the instant it is asked for, so each model keeps the crons that it depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::names::ModelName;
use crate::state::State;

use super::super::parents;
use super::Node;
use super::cron::Cron;

/// Different crons that one start may depend on: more than any real model, few enough to be copied downstream.
const MAX_CRONS: usize = 16;

/// Where the models of a state start.
pub(super) struct Starts {
    by_model: BTreeMap<ModelName, Start>,
}

/// The earliest of these.
#[derive(Debug, Clone, Default)]
struct Start {
    /// A start upstream can't be read.
    is_unknown: bool,
    fixed: Option<i64>,
    crons: Vec<Arc<Cron>>,
}

impl Starts {
    pub(super) fn of(state: &State, nodes: &BTreeMap<ModelName, Node>) -> Self {
        let mut starts = Starts { by_model: BTreeMap::new() };
        for name in &state.order {
            let (Some(node), Some(model)) = (nodes.get(name), state.models.get(name)) else { continue };
            let start = match node.start {
                None => Start { is_unknown: true, ..Start::default() },
                Some(Some(own)) => Start { fixed: Some(own.at), ..Start::default() },
                Some(None) => starts.inherited(&parents::of_snapshot(state, model), node),
            };
            starts.by_model.insert(name.clone(), start);
        }
        starts
    }

    fn inherited(&self, above: &BTreeSet<ModelName>, node: &Node) -> Start {
        let mut found = Start::default();
        let mut has_parents = false;
        for parent in above.iter().filter_map(|name| self.by_model.get(name)) {
            has_parents = true;
            found.is_unknown |= parent.is_unknown;
            found.fixed = [found.fixed, parent.fixed].into_iter().flatten().min();
            for cron in &parent.crons {
                if !found.crons.contains(cron) {
                    found.crons.push(cron.clone());
                }
            }
        }
        if !has_parents {
            found.is_unknown = node.cron.is_none();
            found.crons.extend(node.cron.clone());
        }
        found.is_unknown |= found.crons.len() > MAX_CRONS;
        found.crons.truncate(MAX_CRONS);
        found
    }

    /// `None` where it can't be known.
    pub(super) fn of_model(&self, name: &ModelName, relative_to: i64) -> Option<i64> {
        let start = self.by_model.get(name).filter(|start| !start.is_unknown)?;
        let mut earliest = start.fixed;
        for cron in &start.crons {
            let inferred = cron.before(cron.floor(relative_to)?)?;
            earliest = Some(earliest.map_or(inferred, |earliest| earliest.min(inferred)));
        }
        earliest
    }
}
