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

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{LocalChange, ModelDiff};
use crate::diagnostic::Location;
use crate::lineage::{ColumnRef, EVERY_COLUMN, Flow, Lineage, Role};
use crate::names::{ColumnName, ModelName};
use crate::project::Body;
use crate::sql::tree::Span;
use crate::state::AnalysedModel;

use super::checks::Failed;
use super::failures::Failure;
use super::keys;
use super::star::{self, Stars};
use super::{ColumnEffect, RowEffect, Sides};

/// Everything that happens, model by model.
#[derive(Default)]
pub(super) struct Spread {
    pub(super) effects: BTreeMap<ModelName, Effects>,
    pub(super) causes: Vec<Cause>,
}

/// A finding before it gets its number.
pub(super) struct Cause {
    pub(super) model: ModelName,
    pub(super) change: LocalChange,
    pub(super) via: Vec<String>,
    /// The effect isn't certain.
    pub(super) uncertain: bool,
}

/// What happens to one model.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) rows: Option<Effect<RowEffect>>,
    pub(super) columns: BTreeMap<ColumnName, Effect<ColumnEffect>>,
    /// Old names of renamed columns.
    pub(super) renamed: BTreeMap<ColumnName, ColumnName>,
    pub(super) fails: bool,
    /// The model itself was edited, in whatever way.
    pub(super) edited: bool,
}

/// An effect with the causes that explain it and the shortest path from the change to it.
#[derive(Debug, Clone)]
pub(super) struct Effect<E> {
    pub(super) effect: E,
    /// Indices into `Spread::causes`.
    pub(super) because: Vec<usize>,
    pub(super) path: Vec<String>,
}

impl Effects {
    fn rows_effect(&self) -> RowEffect {
        self.rows.as_ref().map_or(RowEffect::Same, |rows| rows.effect)
    }
}

/// Follows local changes and failures through the project.
pub(super) fn propagate(
    sides: &Sides<'_>,
    mut diffs: BTreeMap<ModelName, ModelDiff>,
    mut failures: BTreeMap<ModelName, Vec<Failure>>,
    failed_checks: Vec<Failed>,
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
            spread.keys(after, &mut effects);
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

impl Effects {
    fn is_something(&self) -> bool {
        self.rows.is_some() || !self.columns.is_empty() || self.fails || self.edited
    }

    fn change_rows(&mut self, effect: RowEffect, cause: usize, path: Vec<String>) {
        match &mut self.rows {
            None => self.rows = Some(Effect { effect, because: vec![cause], path }),
            Some(rows) => rows.merge(effect, cause, path),
        }
    }

    fn change_column(&mut self, name: &ColumnName, effect: ColumnEffect, cause: usize, path: Vec<String>) {
        match self.columns.get_mut(name) {
            None => {
                self.columns.insert(name.clone(), Effect { effect, because: vec![cause], path });
            }
            Some(known) => known.merge(effect, cause, path),
        }
    }
}

impl Effect<ColumnEffect> {
    fn felt(&self) -> Option<(ColumnEffect, Vec<String>)> {
        Some((felt(self.effect)?, self.path.clone()))
    }
}

impl<E: Ord + Copy> Effect<E> {
    fn merge(&mut self, effect: E, cause: usize, path: Vec<String>) {
        self.effect = self.effect.max(effect);
        if !self.because.contains(&cause) {
            self.because.push(cause);
        }
        if path.len() < self.path.len() {
            self.path = path;
        }
    }
}

impl Spread {
    fn cause(&mut self, model: &ModelName, change: LocalChange, via: Vec<String>, uncertain: bool) -> usize {
        self.causes.push(Cause { model: model.clone(), change, via, uncertain });
        self.causes.len() - 1
    }

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

    /// By the columns that its kind names rows are merged, deleted and told apart: their values decide rows, whatever the
    /// query says.
    fn keys(&mut self, after: &AnalysedModel, effects: &mut Effects) {
        let name = &after.model.name;
        for key in keys::of_kind(after) {
            let Some((effect, path)) = effects.columns.get(&key.column).and_then(|effect| effect.felt()) else {
                continue;
            };
            let path = extended(&path, name.to_string());
            let message = format!("{} decides rows here: it is named in {}", key.column, key.property);
            let uncertain = effect == ColumnEffect::Unknown;
            let change = self.reader_change("R202", after, None, message);
            let cause = self.cause(name, change, path.clone(), uncertain);
            effects.change_rows(if uncertain { RowEffect::Unknown } else { RowEffect::Changed }, cause, path);
        }
    }

    fn upstream(&mut self, after: &AnalysedModel, stars: &Stars, effects: &mut Effects) {
        match (&after.query, &after.model.body) {
            (Some(query), _) if query.resolved.is_some() => {
                self.through_query(after, &query.lineage, stars, effects);
                self.through_code(after, &after.possible, effects);
            }
            (_, Body::Seed(_) | Body::External) => {}
            _ => self.through_code(after, &after.parents, effects),
        }
    }

    fn through_query(&mut self, after: &AnalysedModel, lineage: &Lineage, stars: &Stars, effects: &mut Effects) {
        let name = &after.model.name;
        for parent in lineage.rows.models.iter().filter(|parent| *parent != name) {
            if let Some((effect, path)) = self.parent_rows(parent) {
                let path = extended(&path, name.to_string());
                let message = format!("the rows of {parent} change");
                let change = self.reader_change("R201", after, None, message);
                let cause = self.cause(name, change, path.clone(), effect == RowEffect::Unknown);
                effects.change_rows(effect, cause, path);
            }
        }
        let mut seen: Vec<(ColumnRef, Role)> = Vec::new();
        for (column, role) in &lineage.rows.influences {
            if column.model == *name || seen.iter().any(|(known, _)| known == column) {
                continue;
            }
            if let Some((effect, path)) = self.parent_column(column) {
                seen.push((column.clone(), *role));
                let path = extended(&path, name.to_string());
                let message = format!("{}.{} decides rows here: {}", column.model, column.column, role_name(*role));
                let uncertain = effect == ColumnEffect::Unknown;
                let change = self.reader_change("R202", after, None, message);
                let cause = self.cause(name, change, path.clone(), uncertain);
                effects.change_rows(if uncertain { RowEffect::Unknown } else { RowEffect::Changed }, cause, path);
            }
        }
        for (column, flow) in &lineage.columns {
            self.through_column(after, (column, flow), stars.retyped.contains(column), effects);
        }
    }

    fn through_column(
        &mut self,
        after: &AnalysedModel,
        (column, flow): (&ColumnName, &Flow),
        retyped: bool,
        effects: &mut Effects,
    ) {
        let name = &after.model.name;
        let influences = flow.influences.iter().map(|(column, _)| column);
        let mut best: Option<(ColumnEffect, Vec<String>, String)> = None;
        let mut offer = |effect: ColumnEffect, path: Vec<String>, message: String| {
            let better =
                best.as_ref().is_none_or(|(known, shortest, _)| effect > *known || path.len() < shortest.len());
            let worst = best.as_ref().map_or(effect, |(known, _, _)| effect.max(*known));
            if better {
                best = Some((worst, path, message));
            }
        };
        for source in flow.sources.iter().chain(influences).filter(|source| source.model != *name) {
            if let Some((effect, path)) = self.parent_column(source) {
                offer(effect, path, format!("{}.{} flows into {column}", source.model, source.column));
            }
        }
        for parent in flow.models.iter().filter(|parent| *parent != name) {
            if let Some((effect, path)) = self.parent_rows(parent) {
                let effect = if effect == RowEffect::Unknown { ColumnEffect::Unknown } else { ColumnEffect::Value };
                offer(effect, path, format!("{column} is computed over the rows of {parent}"));
            }
        }
        let Some((effect, path, message)) = best else { return };
        let effect = if retyped { effect.max(ColumnEffect::Type) } else { effect };
        let path = extended(&path, place(name, column));
        let change = self.reader_change("C201", after, Some(column), message);
        let cause = self.cause(name, change, path.clone(), effect == ColumnEffect::Unknown);
        effects.change_column(column, effect, cause, path);
    }

    /// A Python model, a query that couldn't be read, a call that isn't expanded: whatever changes above may change
    /// anything here.
    fn through_code(&mut self, after: &AnalysedModel, parents: &BTreeSet<ModelName>, effects: &mut Effects) {
        let name = &after.model.name;
        for parent in parents.iter().filter(|parent| *parent != name) {
            let Some(path) = self.parent_in_any_way(parent) else { continue };
            let path = extended(&path, name.to_string());
            let message = format!("{parent} changes, and what this model makes of it isn't known");
            let change = self.reader_change("R201", after, None, message);
            let cause = self.cause(name, change, path.clone(), true);
            effects.change_rows(RowEffect::Unknown, cause, path.clone());
            for column in &after.schema.columns {
                effects.change_column(&column.name, ColumnEffect::Unknown, cause, path.clone());
            }
        }
    }

    fn parent_rows(&self, parent: &ModelName) -> Option<(RowEffect, Vec<String>)> {
        let effects = self.effects.get(parent)?;
        let rows = effects.rows.as_ref().filter(|_| effects.rows_effect() != RowEffect::Same)?;
        Some((rows.effect, rows.path.clone()))
    }

    /// How a parent changes in any way that code may see: its rows, its values, which columns there are.
    fn parent_in_any_way(&self, parent: &ModelName) -> Option<Vec<String>> {
        let rows = self.parent_rows(parent).map(|(_, path)| path);
        let changed = |column: &&Effect<ColumnEffect>| column.effect != ColumnEffect::Same;
        let column = || self.effects.get(parent)?.columns.values().find(changed).map(|column| column.path.clone());
        rows.or_else(column)
    }

    /// The effect on a parent's column as its readers feel it: a changed value.
    fn parent_column(&self, column: &ColumnRef) -> Option<(ColumnEffect, Vec<String>)> {
        let effects = self.effects.get(&column.model)?;
        if &*column.column == EVERY_COLUMN {
            let felt = effects.columns.values().filter_map(|effect| Some((felt(effect.effect)?, effect.path.clone())));
            return felt.max_by_key(|(effect, path)| (*effect, std::cmp::Reverse(path.len())));
        }
        effects.columns.get(&column.column)?.felt()
    }

    /// A change that stands in a reader whose own text is as it was: at the output's or the query's place.
    fn reader_change(
        &self,
        code: &'static str,
        after: &AnalysedModel,
        column: Option<&ColumnName>,
        message: String,
    ) -> LocalChange {
        LocalChange {
            code,
            column: column.cloned(),
            location: output_location(after, column),
            before: None,
            after: None,
            message,
        }
    }
}

/// What a reader feels of an effect on a column that it reads. A removed column fails its readers, and an added one
/// has none; both are found elsewhere.
fn felt(effect: ColumnEffect) -> Option<ColumnEffect> {
    match effect {
        ColumnEffect::Same | ColumnEffect::Added | ColumnEffect::Removed | ColumnEffect::Renamed => None,
        ColumnEffect::Value | ColumnEffect::Type => Some(ColumnEffect::Value),
        ColumnEffect::Unknown => Some(ColumnEffect::Unknown),
    }
}

fn place(model: &ModelName, column: &str) -> String {
    format!("{model}.{column}")
}

fn extended(path: &[String], step: String) -> Vec<String> {
    let mut path = path.to_vec();
    path.push(step);
    path
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

fn output_location(model: &AnalysedModel, column: Option<&ColumnName>) -> Location {
    let span = |column: &ColumnName| -> Option<Span> {
        let root = model.resolved()?.root()?;
        root.outputs.iter().find(|output| output.name == *column).map(|output| output.span)
    };
    let query = model.query.as_ref();
    match (query, column.and_then(span)) {
        (Some(query), Some(span)) => query.rendered.location(span),
        _ => model.model.location.clone(),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Filter => "it is filtered on",
        Role::Join => "it is joined on",
        Role::Group => "it is grouped by",
        Role::Having => "HAVING reads it",
        Role::Qualify => "QUALIFY reads it",
        Role::Window => "a window reads it",
        Role::Order => "the order under a LIMIT reads it",
        Role::Distinct => "DISTINCT or a set operation compares it",
    }
}
