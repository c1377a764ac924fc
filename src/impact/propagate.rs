//! Follows changes downstream, parents before readers.
//!
//! | a parent's …    | … is used as                             | so in the reader |
//! |-----------------|------------------------------------------|------------------|
//! | column's value  | output expression                        | that output's value changes |
//! | column's value  | filter, join, group, having, qualify, DISTINCT, order under LIMIT | the rows change |
//! | column's value  | partition or order of a window           | outputs over that window change |
//! | rows            | anything that decides the reader's rows  | the rows change |
//! | rows            | input of an aggregate, window, subquery  | that output's value changes |
//!
//! An added column reaches nobody by itself: a reader that sees it through `*` differs by itself and is found there.

use std::collections::BTreeMap;

use crate::compare::{LocalChange, ModelDiff};
use crate::names::ModelName;
use crate::resolve::Schema;
use crate::state::AnalysedModel;

use super::checks::Failed;
use super::effects::{Effects, Spread, place};
use super::failures::Failure;
use super::star::{self, Stars};
use super::{ColumnEffect, RowEffect, Sides};

/// Follows local changes and failures through the project; `unwritten` says which changed model code may read that nothing names.
pub(super) fn propagate(
    sides: &Sides<'_>,
    mut diffs: BTreeMap<ModelName, ModelDiff>,
    mut failures: BTreeMap<ModelName, Vec<Failure>>,
    failed_checks: Vec<Failed>,
    unwritten: &BTreeMap<ModelName, ModelName>,
) -> Spread {
    let mut spread = Spread::default();
    for name in &sides.after.order {
        let Some(after) = sides.after.models.get(name) else { continue };
        let mut effects = Effects::default();
        if !sides.before.models.contains_key(name) {
            spread.added(sides, after, &mut effects);
        }
        let failing = failures.remove(name).unwrap_or_default();
        let failing: Vec<usize> =
            failing.into_iter().map(|failure| spread.failure(name, failure, &mut effects)).collect();
        let mut stars = Stars::default();
        if let Some(mut diff) = diffs.remove(name) {
            if !failing.is_empty() {
                spread.give_way(name, &mut diff, &failing, &mut effects);
            }
            stars = star::inherited(sides, &spread, after, &mut diff);
            spread.local(name, diff, &stars, &mut effects);
        }
        // What a query that fails would make of changes upstream is no news.
        if failing.is_empty() {
            spread.upstream(after, &stars, &mut effects);
            if let Some(changed) = unwritten.get(name) {
                spread.through_unwritten(after, changed, &mut effects);
            }
            spread.keys(after, &mut effects);
        }
        if sides.before.models.get(name).is_some_and(|before| is_reordered(&before.schema, &after.schema)) {
            spread.reordered.insert(name.clone());
        }
        if effects.is_something() {
            spread.effects.insert(name.clone(), effects);
        }
    }
    for (name, before) in &sides.before.models {
        if !sides.after.models.contains_key(name) {
            spread.removed(before);
        }
    }
    for Failed { model, failure } in failed_checks {
        spread.cause(&model, failure.change, failure.via, false);
    }
    spread
}

/// Do the columns that both have stand in another order?
fn is_reordered(before: &Schema, after: &Schema) -> bool {
    let old = before.columns.iter().filter(|column| after.get(&column.name).is_some());
    let new = after.columns.iter().filter(|column| before.get(&column.name).is_some());
    !old.map(|column| &column.name).eq(new.map(|column| &column.name))
}

impl Spread {
    fn added(&mut self, sides: &Sides<'_>, after: &AnalysedModel, effects: &mut Effects) {
        let name = &after.model.name;
        effects.edited = true;
        let cause = self.cause(name, whole_model("M103", after, "the model was added"), vec![], false);
        // Somebody read a table of this name before anything here defined it.
        let was_read = sides.before.models.values().any(|model| model.parents.contains(name));
        let (rows, columns) =
            if was_read { (Some(RowEffect::Unknown), ColumnEffect::Unknown) } else { (None, ColumnEffect::Added) };
        if let Some(rows) = rows {
            effects.change_rows(rows, cause, vec![name.to_string()]);
        }
        for column in &after.schema.columns {
            effects.change_column(&column.name, columns, cause, vec![place(name, &column.name)]);
        }
    }

    fn removed(&mut self, before: &AnalysedModel) {
        let name = &before.model.name;
        let cause = self.cause(name, whole_model("M104", before, "the model was removed"), vec![], false);
        let mut effects = Effects { edited: true, ..Effects::default() };
        for column in &before.schema.columns {
            effects.change_column(&column.name, ColumnEffect::Removed, cause, vec![]);
        }
        effects.change_rows(RowEffect::Changed, cause, vec![]);
        self.effects.insert(name.clone(), effects);
    }

    /// An unedited query that fails has no other story: what differs in it differs because of the failure. In an edited
    /// one branches that don't fit together say nothing about rows or values.
    fn give_way(&mut self, name: &ModelName, diff: &mut ModelDiff, failing: &[usize], effects: &mut Effects) {
        let no_arity = failing.iter().all(|&at| self.causes.get(at).is_none_or(|cause| cause.change.code != "S105"));
        let inherited = diff.inherited;
        let is_other_news =
            |code: &str| code.starts_with(['P', 'M']) || matches!(code, "C101" | "C102" | "C103" | "U204");
        let kept = |change: &LocalChange| match inherited {
            true => is_other_news(change.code),
            false => no_arity || change.code != "R106" && !change.code.starts_with('C') || is_other_news(change.code),
        };
        for column in diff.columns.iter_mut() {
            let is_kept = column.because.iter().filter_map(|&at| diff.changes.get(at)).all(kept);
            if column.effect != ColumnEffect::Same && !is_kept {
                column.effect = ColumnEffect::Same;
                column.because.clear();
                for &cause in failing {
                    effects.change_column(&column.name, ColumnEffect::Unknown, cause, vec![place(name, &column.name)]);
                }
            }
        }
        diff.keep_changes(kept);
    }

    fn local(&mut self, name: &ModelName, diff: ModelDiff, stars: &Stars, effects: &mut Effects) {
        effects.edited = true;
        let uncertain = |at: &usize| {
            diff.rows == RowEffect::Unknown && diff.rows_because.contains(at)
                || diff.columns.iter().any(|c| c.effect == ColumnEffect::Unknown && c.because.contains(at))
        };
        let uncertain: Vec<bool> = (0..diff.changes.len()).map(|at| uncertain(&at)).collect();
        let causes: Vec<usize> = diff
            .changes
            .into_iter()
            .zip(uncertain)
            .enumerate()
            .map(|(at, (change, uncertain))| {
                let via = stars.ways.get(&at).cloned().unwrap_or_default();
                self.cause(name, change, via, uncertain)
            })
            .collect();
        for &at in &diff.rows_because {
            effects.change_rows(diff.rows, causes[at], vec![name.to_string()]);
        }
        for column in &diff.columns {
            for &at in &column.because {
                let way = stars.ways.get(&at).cloned().unwrap_or_else(|| vec![place(name, &column.name)]);
                effects.change_column(&column.name, column.effect, causes[at], way);
            }
            if let Some(from) = &column.from {
                effects.renamed.insert(column.name.clone(), from.clone());
            }
        }
    }

    fn failure(&mut self, name: &ModelName, failure: Failure, effects: &mut Effects) -> usize {
        effects.fails = true;
        let cause = self.cause(name, failure.change, failure.via, false);
        // What the table will hold then isn't known: the old rows, or none.
        effects.change_rows(RowEffect::Unknown, cause, vec![name.to_string()]);
        cause
    }
}

fn whole_model(code: &'static str, model: &AnalysedModel, message: &str) -> LocalChange {
    LocalChange {
        code,
        column: None,
        location: model.model.location.clone(),
        before: None,
        after: None,
        message: message.to_owned(),
    }
}
