//! What a model's parents do to it: through the columns and rows that its query, its kind or its code reads.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{LocalChange, ModelDiff};
use crate::diagnostic::Location;
use crate::lineage::{ColumnRef, EVERY_COLUMN, Flow, Lineage, Role};
use crate::names::{ColumnName, ModelName};
use crate::project::Body;
use crate::sql::tree::Span;
use crate::state::AnalysedModel;
use crate::state::unwritten::reached;

use super::effects::{Effect, Effects, Spread, extended, place};
use super::failures::Failure;
use super::keys;
use super::star::Stars;
use super::{ColumnEffect, RowEffect, Sides};

/// The models whose code may read one that changes though nothing names it, with the one that does.
///
/// A new table is none that code has read before.
pub(super) fn unwritten(
    sides: &Sides<'_>,
    diffs: &BTreeMap<ModelName, ModelDiff>,
    failures: &BTreeMap<ModelName, Vec<Failure>>,
) -> BTreeMap<ModelName, ModelName> {
    let has_effect = |diff: &ModelDiff| {
        diff.rows != RowEffect::Same || diff.columns.iter().any(|column| column.effect != ColumnEffect::Same)
    };
    let changed = diffs.iter().filter(|(_, diff)| has_effect(diff)).map(|(name, _)| name);
    let removed = sides.before.models.keys().filter(|name| !sides.after.models.contains_key(*name));
    reached(sides.after, changed.chain(failures.keys()).chain(removed))
}

impl Spread {
    /// By the columns that its kind names rows are merged, deleted and told apart: their values decide rows, whatever the
    /// query says.
    pub(super) fn keys(&mut self, after: &AnalysedModel, effects: &mut Effects) {
        let name = &after.model.name;
        for key in keys::deciding(after) {
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
        self.watched(after, effects);
    }

    /// Where any column that changes begins a new version of a row, so does one more, and one less doesn't any longer.
    fn watched(&mut self, after: &AnalysedModel, effects: &mut Effects) {
        let name = &after.model.name;
        let is_other =
            |effect: &Effect<ColumnEffect>| matches!(effect.effect, ColumnEffect::Added | ColumnEffect::Removed);
        let found = effects.columns.iter().find(|(_, effect)| is_other(effect));
        let Some((column, effect)) = found.filter(|_| keys::watches_every_column(after)) else { return };
        let path = extended(&effect.path, name.to_string());
        let message =
            format!("a change in any column begins a new version of a row, and {column} is one more or one less");
        let change = self.reader_change("P106", after, None, message);
        let cause = self.cause(name, change, path.clone(), false);
        effects.change_rows(RowEffect::Changed, cause, path);
    }

    pub(super) fn upstream(&mut self, after: &AnalysedModel, stars: &Stars, effects: &mut Effects) {
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
                let uncertain = effect == ColumnEffect::Unknown || *role == Role::MayGenerate;
                let change = self.reader_change("R202", after, None, message);
                let cause = self.cause(name, change, path.clone(), uncertain);
                effects.change_rows(if uncertain { RowEffect::Unknown } else { RowEffect::Changed }, cause, path);
            }
        }
        if lineage.rows.code {
            self.through_call(after, effects);
        }
        for (column, flow) in &lineage.columns {
            self.through_column(after, (column, flow), stars.retyped.contains(column), effects);
        }
        if after.schema.open {
            self.behind_open_columns(after, effects);
        }
    }

    /// A call of code decides rows: it may read any column of any parent.
    fn through_call(&mut self, after: &AnalysedModel, effects: &mut Effects) {
        let name = &after.model.name;
        for parent in after.parents.iter().filter(|parent| *parent != name) {
            let Some(path) = self.parent_as_code_sees_it(parent) else { continue };
            let path = extended(&path, name.to_string());
            let message = format!("code that isn't run decides rows here, and may read what changes in {parent}");
            let change = self.reader_change("R202", after, None, message);
            let cause = self.cause(name, change, path.clone(), true);
            effects.change_rows(RowEffect::Unknown, cause, path);
        }
    }

    /// Which columns of its parents the query gives isn't known: any change of theirs may be one of its own.
    fn behind_open_columns(&mut self, after: &AnalysedModel, effects: &mut Effects) {
        let name = &after.model.name;
        for parent in after.parents.iter().filter(|parent| *parent != name) {
            let Some(path) = self.parent_columns(parent) else { continue };
            let path = extended(&path, name.to_string());
            let message = format!("columns of {parent} change, and which of them are given here isn't known");
            let change = self.reader_change("C201", after, None, message);
            let cause = self.cause(name, change, path.clone(), true);
            effects.change_open(&after.schema, cause, path);
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
        let influences = flow.influences.iter().map(|(column, role)| (column, *role == Role::MayGenerate));
        let mut best: Option<(ColumnEffect, Vec<String>, String)> = None;
        let mut offer = |effect: ColumnEffect, path: Vec<String>, message: String| {
            let better =
                best.as_ref().is_none_or(|(known, shortest, _)| effect > *known || path.len() < shortest.len());
            let worst = best.as_ref().map_or(effect, |(known, _, _)| effect.max(*known));
            if better {
                best = Some((worst, path, message));
            }
        };
        let sources = flow.sources.iter().map(|column| (column, false)).chain(influences);
        for (source, only_may) in sources.filter(|(source, _)| source.model != *name) {
            if let Some((effect, path)) = self.parent_column(source) {
                let effect = if only_may { ColumnEffect::Unknown } else { effect };
                offer(effect, path, format!("{}.{} flows into {column}", source.model, source.column));
            }
        }
        for parent in flow.models.iter().filter(|parent| *parent != name) {
            if let Some((effect, path)) = self.parent_rows(parent) {
                let effect = if effect == RowEffect::Unknown { ColumnEffect::Unknown } else { ColumnEffect::Value };
                offer(effect, path, format!("{column} is computed over the rows of {parent}"));
            }
        }
        for parent in after.parents.iter().filter(|parent| flow.code && *parent != name) {
            if let Some(path) = self.parent_as_code_sees_it(parent) {
                let message =
                    format!("{column} comes from code that isn't run, which may read what changes in {parent}");
                offer(ColumnEffect::Unknown, path, message);
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
            effects.change_everything(&after.schema, cause, &path);
        }
    }

    /// Code that puts the names of its tables together may read what changes.
    pub(super) fn through_unwritten(&mut self, after: &AnalysedModel, changed: &ModelName, effects: &mut Effects) {
        let name = &after.model.name;
        let path = vec![changed.to_string(), name.to_string()];
        let message = format!("{changed} changes, and the code here may read any table: it puts their names together");
        let change = self.reader_change("R201", after, None, message);
        let cause = self.cause(name, change, path.clone(), true);
        effects.change_everything(&after.schema, cause, &path);
    }

    fn parent_rows(&self, parent: &ModelName) -> Option<(RowEffect, Vec<String>)> {
        let effects = self.effects.get(parent)?;
        let rows = effects.rows.as_ref().filter(|_| effects.rows_effect() != RowEffect::Same)?;
        Some((rows.effect, rows.path.clone()))
    }

    /// How a parent changes in any way that code may see: its rows, its values, which columns there are in which order.
    fn parent_in_any_way(&self, parent: &ModelName) -> Option<Vec<String>> {
        let rows = self.parent_rows(parent).map(|(_, path)| path);
        let order = || self.reordered.contains(parent).then(|| vec![parent.to_string()]);
        rows.or_else(|| self.parent_columns(parent)).or_else(order)
    }

    /// How any column of a parent changes.
    fn parent_columns(&self, parent: &ModelName) -> Option<Vec<String>> {
        let effects = self.effects.get(parent)?;
        let open = effects.open.iter().map(|open| &open.effect);
        let mut changed = effects.columns.values().chain(open).filter(|column| column.effect != ColumnEffect::Same);
        changed.next().map(|column| column.path.clone())
    }

    /// How a parent changes as code may see it that names what it reads: in its rows, which it can count, in their columns'
    /// order, or in a column that isn't new.
    fn parent_as_code_sees_it(&self, parent: &ModelName) -> Option<Vec<String>> {
        let rows = self.parent_rows(parent).map(|(_, path)| path);
        let order = || self.reordered.contains(parent).then(|| vec![parent.to_string()]);
        rows.or_else(|| self.parent_known_columns(parent)).or_else(order)
    }

    /// How a column of a parent changes that isn't new.
    fn parent_known_columns(&self, parent: &ModelName) -> Option<Vec<String>> {
        let effects = self.effects.get(parent)?;
        let open = effects.open.iter().map(|open| &open.effect);
        let is_seen =
            |effect: &&Effect<ColumnEffect>| !matches!(effect.effect, ColumnEffect::Same | ColumnEffect::Added);
        effects.columns.values().chain(open).find(is_seen).map(|column| column.path.clone())
    }

    /// The effect on a parent's column as its readers feel it: a changed value.
    fn parent_column(&self, column: &ColumnRef) -> Option<(ColumnEffect, Vec<String>)> {
        let effects = self.effects.get(&column.model)?;
        if &*column.column == EVERY_COLUMN {
            let open = effects.open.iter().map(|open| &open.effect);
            let gone = effects.columns.values().filter(|column| is_gone(column.effect));
            let gone = gone.map(|column| (ColumnEffect::Unknown, column.path.clone()));
            let felt = effects.columns.values().chain(open).filter_map(|effect| effect.felt()).chain(gone);
            return felt.max_by_key(|(effect, path)| (*effect, std::cmp::Reverse(path.len())));
        }
        match effects.columns.get(&column.column) {
            Some(effect) => effect.felt(),
            None => effects.open.as_ref().filter(|open| open.known.get(&column.column).is_none())?.effect.felt(),
        }
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

/// Who may read any column may have read this one.
fn is_gone(effect: ColumnEffect) -> bool {
    matches!(effect, ColumnEffect::Removed | ColumnEffect::Renamed)
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
        Role::Generate => "a call in the SELECT list gives rows for it",
        Role::MayGenerate => "a call whose kind isn't known may give rows for it",
    }
}
