//! Columns that a reader gains, loses or passes on under a new name because a parent did, through `*` or `@STAR`.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{LocalChange, ModelDiff};
use crate::names::{ColumnName, ModelName};
use crate::state::AnalysedModel;

use super::effects::Spread;
use super::{ColumnEffect, Sides};

/// The ways on which changes of a reader's columns came, by their numbers in the diff.
#[derive(Default)]
pub(super) struct Stars {
    pub(super) ways: BTreeMap<usize, Vec<String>>,
    /// Outputs whose type changes only because a parent's does.
    pub(super) retyped: BTreeSet<ColumnName>,
}

/// Finds them and words them.
pub(super) fn inherited(sides: &Sides<'_>, spread: &Spread, after: &AnalysedModel, diff: &mut ModelDiff) -> Stars {
    let mut stars = Stars::default();
    let Some(before) = sides.before.models.get(&after.model.name) else { return stars };
    if !diff.inherited && !is_same_source(before, after) {
        return stars;
    }
    if diff.inherited {
        stars.retyped = retyped(spread, after, diff);
        diff.keep_changes(|change| !is_retyping(change, &stars.retyped));
    }
    for (at, change) in diff.changes.iter_mut().enumerate() {
        let Some(column) = change.column.clone() else { continue };
        let (side, verb) = match change.code {
            "C101" => (after, "gives"),
            "C102" => (&**before, "no longer gives"),
            "C103" => (after, "renames"),
            _ => continue,
        };
        let Some((parent, name, star)) = through_star(side, &column) else { continue };
        let Some(effect) = spread.effects.get(&parent).and_then(|effects| effects.columns.get(&name)) else { continue };
        change.message = match change.code {
            "C103" => format!("{}: {parent} {verb} it, and {star} passes it on", change.message),
            _ => format!("{}: {parent} {verb} it, and {star} follows", change.message),
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

/// An unedited query gives another type where what it reads has one: the change upstream tells all of it.
fn retyped(spread: &Spread, after: &AnalysedModel, diff: &ModelDiff) -> BTreeSet<ColumnName> {
    let changes = diff.changes.iter().filter(|change| change.code == "C105");
    let comes_from_above = |column: &ColumnName| {
        let sources = after.lineage().map(|lineage| &lineage.column(column).sources);
        sources.into_iter().flatten().any(|source| {
            let effect = spread.effects.get(&source.model).and_then(|effects| effects.columns.get(&source.column));
            effect.is_some_and(|effect| effect.effect == ColumnEffect::Type)
        })
    };
    changes.filter_map(|change| change.column.clone()).filter(comes_from_above).collect()
}

fn is_retyping(change: &LocalChange, retyped: &BTreeSet<ColumnName>) -> bool {
    change.code == "C105" && change.column.as_ref().is_some_and(|column| retyped.contains(column))
}

/// The file says what it said, whatever macros make of it now.
fn is_same_source(before: &AnalysedModel, after: &AnalysedModel) -> bool {
    let queries = before.query.as_ref().zip(after.query.as_ref());
    queries.is_some_and(|(old, new)| old.rendered.source == new.rendered.source)
}

/// The parent's column that an output passes on through a star, and how that is written.
pub(super) fn through_star(
    model: &AnalysedModel,
    column: &ColumnName,
) -> Option<(ModelName, ColumnName, &'static str)> {
    let query = model.query.as_ref()?;
    let output = model.resolved()?.root()?.outputs.iter().find(|output| output.name == *column)?;
    let written = || query.rendered.snippet(output.span).to_lowercase();
    let star = if output.from_star { "*" } else { "@STAR" };
    if !output.from_star && !written().starts_with("@star") {
        return None;
    }
    let sources = &model.lineage()?.column(column).sources;
    match (sources.first(), sources.len()) {
        (Some(source), 1) => Some((source.model.clone(), source.column.clone(), star)),
        _ => None,
    }
}
