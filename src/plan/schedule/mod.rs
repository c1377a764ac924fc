//! When models are built, and how many of their intervals a plan would compute.
//!
//! In: a state and an instant taken for now. Out: for each model the count of missing intervals, as the plan of
//! SQLMesh 0.236.4 finds it (`missing_intervals` and `start_date` of `snapshot.definition`, the defaults of
//! `Context.plan_builder`). What depends on a value that can't be read (a date in words) isn't known.
//! Must never look at the clock.

mod calendar;
mod cron;
mod missing;
mod moment;
mod start;
mod unit;
mod zone;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::intervals;
use crate::names::ModelName;
use crate::project::header::{Variables, substitute, truth};
use crate::project::{Body, Model, Project, Property};
use crate::state::State;

use cron::Cron;
use missing::{Missing, Window, missing};
use moment::Moment;
use start::Starts;
use unit::Unit;
use zone::Zone;

pub(super) use calendar::{DAY, Date};

/// Reads the instant that is to be taken for now: `2024-01-31`, `2024-01-31 10:00`, with or without an offset.
pub fn instant(text: &str) -> Option<i64> {
    moment::absolute(text.trim()).map(|moment| moment.at)
}

/// An instant as `2024-01-31T10:00:00Z`, to the second.
pub fn instant_text(at: i64) -> Option<String> {
    let date = calendar::Date::of(at)?;
    let seconds = at.rem_euclid(calendar::DAY) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Some(format!("{:04}-{:02}-{:02}T{hours:02}:{minutes:02}:{seconds:02}Z", date.year, date.month, date.day))
}

/// From one point in time to another, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    start: i64,
    end: i64,
}

/// What of a model decides its intervals. The outer `Option` is `None` where a value can't be read.
struct Node {
    start: Option<Option<Moment>>,
    end: Option<Option<Moment>>,
    cron: Option<Arc<Cron>>,
    unit: Option<Unit>,
    lookback: i64,
    partials: bool,
    /// Neither external nor embedded, or with audits to run.
    is_evaluated: bool,
    is_seed: bool,
}

/// A state's models in time.
pub(super) struct Schedule {
    nodes: BTreeMap<ModelName, Node>,
    starts: Starts,
    now: i64,
    /// What an environment holds in which this state was planned first, by model.
    filled: BTreeMap<ModelName, Range>,
}

/// The answer about one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// If nothing was computed yet.
    pub(super) all: Option<u64>,
    /// If the environment's data is kept.
    pub(super) kept: Option<u64>,
    /// Is any of the latter an interval in which there is data?
    pub(super) kept_is_real: bool,
}

impl Schedule {
    /// `now`: in milliseconds since 1970.
    pub(super) fn new(state: &State, now: i64) -> Self {
        let nodes = state.models.iter().map(|(name, model)| (name.clone(), node(&state.project, &model.model, now)));
        let nodes: BTreeMap<ModelName, Node> = nodes.collect();
        let starts = Starts::of(state, &nodes);
        let filled = nodes.iter().filter_map(|(name, node)| {
            let window = Window { start: starts.of_model(name, now)?, end: now, now };
            let found = missing(node, window, None).filter(|found| found.is_real())?;
            Some((name.clone(), found.range?))
        });
        let filled = filled.collect();
        Schedule { nodes, starts, now, filled }
    }

    /// What a plan finds missing of a model of this state, in an environment that holds `before`.
    pub(super) fn counts(&self, before: &Schedule) -> BTreeMap<ModelName, Counts> {
        let caps: BTreeMap<&ModelName, i64> = before.filled.iter().map(|(name, range)| (name, range.end)).collect();
        let is_seed = |name: &ModelName| self.nodes.get(name).is_some_and(|node| node.is_seed);
        let last = caps.iter().filter(|(name, _)| !is_seed(name)).map(|(_, end)| *end).max();
        let end = last.map_or(self.now, |last| last.min(self.now));
        let earliest = self.earliest(before);
        let mut counts = BTreeMap::new();
        for (name, node) in &self.nodes {
            let end = caps.get(name).copied().unwrap_or(end);
            let start = self.starts.of_model(name, end).zip(earliest).map(|(own, plan)| own.max(plan));
            let is_over = caps.contains_key(name) && earliest.is_none_or(|earliest| earliest >= end);
            let find = |done: Option<Range>| match is_over {
                true => earliest.map(|_| Missing::default()),
                false => missing(node, Window { start: start?, end, now: self.now }, done),
            };
            let held = before.filled.get(name).copied();
            let kept = find(held.and_then(|held| node.aligned(held)));
            let found = Counts {
                all: find(None).map(|missing| missing.count),
                kept: kept.map(|missing| missing.count),
                kept_is_real: kept.is_some_and(Missing::is_real),
            };
            counts.insert(name.clone(), found);
        }
        counts
    }

    /// `earliest_interval_start`
    fn earliest(&self, before: &Schedule) -> Option<i64> {
        let held = before.filled.iter().filter(|(name, _)| self.nodes.contains_key(*name));
        // Starts that can't be read are their own models' trouble.
        let starts = self.nodes.keys().filter_map(|name| self.starts.of_model(name, self.now));
        starts.chain(held.map(|(_, range)| range.start)).min()
    }
}

impl Node {
    /// `Snapshot.merge_intervals`: what is held, on this model's grid.
    fn aligned(&self, held: Range) -> Option<Range> {
        let unit = self.unit?;
        let (start, end) = match self.partials {
            true => (unit.floor(held.start)?, held.end),
            false => (unit.ceil(held.start)?, unit.floor(held.end)?),
        };
        (start < end).then_some(Range { start, end })
    }
}

fn node(project: &Project, model: &Model, now: i64) -> Node {
    let value = |property: Option<&Property>| property.map(|property| text(project, model, property));
    let header = |name: &str| value(model.header.get(name));
    let time = |name: &str| match header(name) {
        None => Some(None),
        Some(text) => match text?.as_str() {
            "" | "NULL" | "null" | "None" | "none" => Some(None),
            text => moment::read(text, now).map(Some),
        },
    };
    let cron_text = match model.header.get("cron") {
        None => Some("@daily".to_owned()),
        // `@daily` is no variable.
        Some(property) if Cron::read(&property.value).is_some() => Some(property.value.trim().to_owned()),
        Some(property) => text(project, model, property),
    };
    let zone = header("cron_tz").map_or(Some(Zone::Utc), |name| Zone::named(&name?));
    let unit = match header("interval_unit") {
        Some(name) => name.and_then(|name| Unit::named(&name.to_lowercase())),
        None => cron_text.as_ref().and_then(|cron| Unit::named(intervals::unit(cron).unwrap_or("day"))),
    };
    let is_symbolic = matches!(model.body, Body::External) || model.kind.name == "EMBEDDED";
    let has_audits = model.header.properties.iter().any(|property| property.name == "audits" && !is_empty(property));
    Node {
        start: time("start"),
        end: time("end"),
        cron: cron_text.zip(zone).and_then(|(text, zone)| Cron::in_zone(&text, zone, now)).map(Arc::new),
        unit,
        lookback: value(model.kind.get("lookback"))
            .flatten()
            .and_then(|text| text.parse::<u32>().ok())
            .map_or(0, i64::from),
        partials: header("allow_partials").flatten().is_some_and(|text| truth(&text) == Some(true)),
        is_evaluated: !is_symbolic || has_audits,
        is_seed: matches!(model.body, Body::Seed(_)),
    }
}

fn is_empty(property: &Property) -> bool {
    property.tokens.iter().all(|token| matches!(token.as_str(), "(" | ")" | "[" | "]" | ","))
}

/// A property's value with variables put in and quotes gone; `None` if only a macro would tell.
fn text(project: &Project, model: &Model, property: &Property) -> Option<String> {
    let variables = Variables::of_model(project, model);
    let text = substitute(&property.value, model.dialect, &variables)?;
    Some(text.trim().trim_matches(['\'', '"']).trim().to_owned())
}
