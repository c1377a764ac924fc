//! Columns that a reader gains, loses or passes on under a new name because a parent did, through `*`.

use std::collections::BTreeMap;

use crate::compare::ModelDiff;
use crate::names::{ColumnName, ModelName};
use crate::resolve::Output;
use crate::state::AnalysedModel;

use super::propagate::Spread;
use super::{ColumnEffect, Sides};

/// The ways on which changes of a reader's columns came, by their numbers in the diff.
#[derive(Default)]
pub(super) struct Stars {
    pub(super) ways: BTreeMap<usize, Vec<String>>,
}

/// Finds them, words them, and joins a lost and a gained column to the renamed one that they are.
pub(super) fn inherited(sides: &Sides<'_>, spread: &Spread, after: &AnalysedModel, diff: &mut ModelDiff) -> Stars {
    let mut stars = Stars::default();
    if !diff.inherited {
        return stars;
    }
    let Some(before) = sides.before.models.get(&after.model.name) else { return stars };
    renames(spread, before, after, diff);
    for (at, change) in diff.changes.iter_mut().enumerate() {
        let Some(column) = change.column.clone() else { continue };
        let (side, verb) = match change.code {
            "C101" => (after, "gives"),
            "C102" => (&**before, "no longer gives"),
            "C103" => (after, "renames"),
            _ => continue,
        };
        let Some((parent, name)) = through_star(side, &column) else { continue };
        let Some(effect) = spread.effects.get(&parent).and_then(|effects| effects.columns.get(&name)) else { continue };
        change.message = match change.code {
            "C103" => format!("{}: {parent} {verb} it, and * passes it on", change.message),
            _ => format!("{}: {parent} {verb} it, and * follows", change.message),
        };
        let mut way = effect.path.clone();
        if way.is_empty() {
            way.push(format!("{parent}.{name}"));
        }
        way.push(format!("{}.{column}", after.model.name));
        stars.ways.insert(at, way);
    }
    stars
}

/// The parent's column that an output passes on through a star.
fn through_star(model: &AnalysedModel, column: &ColumnName) -> Option<(ModelName, ColumnName)> {
    let from_star = |output: &Output| output.name == *column && output.from_star;
    model.resolved()?.root()?.outputs.iter().find(|output| from_star(output))?;
    let sources = &model.lineage()?.column(column).sources;
    match (sources.first(), sources.len()) {
        (Some(source), 1) => Some((source.model.clone(), source.column.clone())),
        _ => None,
    }
}

/// A parent's renamed column that is passed on looks like one lost and one gained.
fn renames(spread: &Spread, before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    let gained: Vec<ColumnName> = with_effect(diff, ColumnEffect::Added);
    for new in gained {
        let old = || -> Option<ColumnName> {
            let (parent, name) = through_star(after, &new)?;
            let from = spread.effects.get(&parent)?.renamed.get(&name)?.clone();
            let lost = with_effect(diff, ColumnEffect::Removed);
            lost.into_iter().find(|old| through_star(before, old) == Some((parent.clone(), from.clone())))
        };
        let Some(old) = old() else { continue };
        let lost: Vec<usize> =
            diff.columns.iter().filter(|column| column.name == old).flat_map(|column| column.because.clone()).collect();
        diff.columns.retain(|column| column.name != old);
        if let Some(column) = diff.columns.iter_mut().find(|column| column.name == new) {
            column.effect = ColumnEffect::Renamed;
            column.from = Some(old.clone());
            for &at in &column.because {
                if let Some(change) = diff.changes.get_mut(at) {
                    change.code = "C103";
                    change.message = format!("{old} is now called {new}");
                }
            }
        }
        let mut at = 0;
        diff.keep_changes(|_| {
            at += 1;
            !lost.contains(&(at - 1))
        });
    }
}

fn with_effect(diff: &ModelDiff, effect: ColumnEffect) -> Vec<ColumnName> {
    diff.columns.iter().filter(|column| column.effect == effect).map(|column| column.name.clone()).collect()
}
