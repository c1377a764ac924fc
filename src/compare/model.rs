//! Two versions of one model: what its own change does, its parents staying as they are.

use std::sync::Arc;

use crate::diagnostic::Location;
use crate::impact::{ColumnEffect, RowEffect};
use crate::names::ColumnName;
use crate::project::Body;
use crate::sql::tree::Span;
use crate::state::{AnalysedModel, Query, RenderedQuery};

use super::canon::{Facts, Proof};
use super::fingerprint::{KnownNames, Print, Renames};
use super::remarks::{Remark, open_orders, remarks};
use super::{ColumnDiff, Evidence, Side, compare, declared, header, seed, snippet};

/// A change in one model, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalChange {
    /// A change code.
    pub code: &'static str,
    pub column: Option<ColumnName>,
    /// In the new state; in the old one for what was removed.
    pub location: Location,
    /// As written.
    pub before: Option<String>,
    pub after: Option<String>,
    pub message: String,
}

/// What the change of a model does to its own rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelDiff {
    pub rows: RowEffect,
    /// Indices into `changes`.
    pub rows_because: Vec<usize>,
    pub columns: Vec<ColumnDiff>,
    pub changes: Vec<LocalChange>,
    /// The query reads as before: what differs in its result comes from its parents' columns.
    pub inherited: bool,
}

impl ModelDiff {
    /// Nothing changes.
    pub fn same() -> Self {
        ModelDiff { rows: RowEffect::Same, rows_because: vec![], columns: vec![], changes: vec![], inherited: false }
    }

    /// Adds a change that affects neither rows nor columns.
    pub(super) fn note(&mut self, change: LocalChange) {
        self.changes.push(change);
    }

    /// Adds a change that affects the rows.
    pub(super) fn rows_change(&mut self, effect: RowEffect, change: LocalChange) {
        self.rows = self.rows.max(effect);
        self.rows_because.push(self.changes.len());
        self.changes.push(change);
    }

    /// Adds a change to what happens to a column.
    pub(super) fn column_change(&mut self, effect: ColumnEffect, name: &ColumnName, change: LocalChange) {
        let because = self.changes.len();
        self.changes.push(change);
        match self.columns.iter_mut().find(|column| column.name == *name) {
            Some(column) => {
                if column.effect == ColumnEffect::Same {
                    column.effect = effect;
                }
                column.because.push(because);
            }
            None => {
                self.columns.push(ColumnDiff { name: name.clone(), effect, from: None, because: vec![because] });
            }
        }
    }

    /// Leaves out the changes that aren't wanted, and with them what they did to the rows.
    pub fn keep_changes(&mut self, mut wanted: impl FnMut(&LocalChange) -> bool) {
        let mut places = Vec::with_capacity(self.changes.len());
        let mut kept = Vec::new();
        for change in std::mem::take(&mut self.changes) {
            places.push(wanted(&change).then_some(kept.len()));
            if places.last().is_some_and(Option::is_some) {
                kept.push(change);
            }
        }
        self.changes = kept;
        let moved =
            |old: &[usize]| -> Vec<usize> { old.iter().filter_map(|&at| places.get(at).copied().flatten()).collect() };
        self.rows_because = moved(&self.rows_because);
        if self.rows_because.is_empty() {
            self.rows = RowEffect::Same;
        }
        for column in &mut self.columns {
            column.because = moved(&column.because);
        }
    }

    /// Are the rows called the same, and the column if one is named?
    fn promises(&self, column: Option<&ColumnName>) -> bool {
        let changed = self.columns.iter().find(|known| Some(&known.name) == column);
        self.rows == RowEffect::Same && changed.is_none_or(|known| known.effect == ColumnEffect::Same)
    }

    /// Rows and every column may be anything.
    pub(super) fn everything_unknown(&mut self, after: &AnalysedModel, change: LocalChange) {
        self.everything(RowEffect::Unknown, ColumnEffect::Unknown, after, change);
    }

    fn everything(&mut self, rows: RowEffect, effect: ColumnEffect, after: &AnalysedModel, change: LocalChange) {
        let because = self.changes.len();
        self.rows_change(rows, change);
        for column in &after.schema.columns {
            match self.columns.iter_mut().find(|known| known.name == column.name) {
                Some(known) if known.effect == ColumnEffect::Same => {
                    known.effect = effect;
                    known.because.push(because);
                }
                Some(_) => {}
                None => {
                    self.columns.push(ColumnDiff {
                        name: column.name.clone(),
                        effect,
                        from: None,
                        because: vec![because],
                    });
                }
            }
        }
    }
}

/// Compares two versions of a model. `None` if nothing about it differs. `renames` are the new names of its parents'
/// columns, `facts` what the project declares of its models.
pub fn compare_models(
    before: &AnalysedModel,
    after: &AnalysedModel,
    renames: &Renames,
    facts: &Facts,
) -> Option<ModelDiff> {
    let mut diff = ModelDiff::same();
    // What a model that reads itself declares is what the edit may break.
    let facts = if after.parents.contains(&after.model.name) { Facts::none() } else { facts };
    match (&before.model.body, &after.model.body) {
        (Body::Sql(_), Body::Sql(_)) => queries(before, after, (renames, facts), &mut diff),
        (Body::Seed(old), Body::Seed(new)) => seed::compare_seeds(before, after, (old, new), &mut diff),
        (Body::Python(_), Body::Python(_)) if before.query.is_some() && after.query.is_some() => {
            queries(before, after, (renames, facts), &mut diff);
        }
        (Body::Python(old), Body::Python(new)) => {
            declared::compare_columns(before, after, &mut diff);
            if old != new {
                let change = LocalChange {
                    code: "U202",
                    column: None,
                    location: after.model.location.clone(),
                    before: None,
                    after: None,
                    message: "the code of this Python model, or code that it calls, changed".to_owned(),
                };
                diff.everything_unknown(after, change);
            }
        }
        (Body::External, Body::External) => declared::compare_columns(before, after, &mut diff),
        (Body::Unreadable, Body::Unreadable) if before.model.content == after.model.content => {}
        (old, new) => other_body(before, after, (old, new), &mut diff),
    }
    dialects(before, after, &mut diff);
    header::compare_headers(before, after, &mut diff);
    let changed = !diff.changes.is_empty() || diff.rows != RowEffect::Same;
    changed.then_some(diff)
}

/// SQLMesh translates a model from its dialect to the engine's: the same text may mean something else in another one.
fn dialects(before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    if before.model.dialect == after.model.dialect || before.query.is_none() {
        return;
    }
    let location = after.model.header.get("dialect").map_or(&after.model.location, |property| &property.location);
    let change = LocalChange {
        code: "U204",
        column: None,
        location: location.clone(),
        before: Some(before.model.dialect.name().to_owned()),
        after: Some(after.model.dialect.name().to_owned()),
        message: "the dialect changes, in which the same text may mean something else".to_owned(),
    };
    diff.everything_unknown(after, change);
}

fn other_body(before: &AnalysedModel, after: &AnalysedModel, (old, new): (&Body, &Body), diff: &mut ModelDiff) {
    declared::compare_columns(before, after, diff);
    let unreadable = matches!(old, Body::Unreadable) || matches!(new, Body::Unreadable);
    let both = matches!((old, new), (Body::Unreadable, Body::Unreadable));
    let (code, message) = if both {
        ("U207", "what this model is made from changed, and could not be read".to_owned())
    } else if unreadable {
        ("U207", "one of the two versions could not be read".to_owned())
    } else {
        ("R199", format!("the model was {} and is now {}", body_name(old), body_name(new)))
    };
    let location = after.model.location.clone();
    let change = LocalChange { code, column: None, location, before: None, after: None, message };
    diff.everything_unknown(after, change);
}

fn body_name(body: &Body) -> &'static str {
    match body {
        Body::Sql(_) => "a SQL model",
        Body::Seed(_) => "a seed",
        Body::Python(_) => "a Python model",
        Body::External => "an external table",
        Body::Unreadable => "unreadable",
    }
}

/// What the comparison of a query is told of its parents: new names of their columns, what is declared of them.
type Parents<'p> = (&'p Renames, &'p Facts);

fn queries(before: &AnalysedModel, after: &AnalysedModel, parents: Parents<'_>, diff: &mut ModelDiff) {
    let (Some(old), Some(new)) = (&before.query, &after.query) else {
        if before.model.content != after.model.content && (before.query.is_some() || after.query.is_some()) {
            diff.everything_unknown(after, unreadable(after));
        }
        return;
    };
    if Arc::ptr_eq(old, new) {
        return;
    }
    match (&old.resolved, &new.resolved) {
        (Some(_), Some(_)) => resolved_queries((before, old), (after, new), parents, diff),
        _ if same_text(&old.rendered, &new.rendered) => {}
        _ => diff.everything_unknown(after, opaque(after, &old.rendered, &new.rendered)),
    }
}

fn unreadable(after: &AnalysedModel) -> LocalChange {
    LocalChange {
        code: "U207",
        column: None,
        location: after.model.location.clone(),
        before: None,
        after: None,
        message: "the query changed, and one of the two versions could not be read".to_owned(),
    }
}

/// One of two queries that differ has no tree: it isn't valid, or it is nothing but a call that can't be expanded.
fn opaque(after: &AnalysedModel, old: &RenderedQuery, new: &RenderedQuery) -> LocalChange {
    let is_call = |query: &RenderedQuery| query.parsed().is_none() && query.tree.is_none();
    let is_invalid = |query: &RenderedQuery| matches!(query.tree, Some(Err(_)));
    if is_invalid(old) || is_invalid(new) || !is_call(old) && !is_call(new) {
        return unreadable(after);
    }
    let same_calls = is_call(old) && is_call(new) && old.hole_names == new.hole_names;
    let (code, message) = if same_calls {
        ("U201", "the query comes from a call whose code changed")
    } else {
        ("U203", "the query comes from a call that changed and can't be expanded")
    };
    LocalChange { code, message: message.to_owned(), ..unreadable(after) }
}

/// Is the rendered text the same, down to what holes stand for?
fn same_text(old: &RenderedQuery, new: &RenderedQuery) -> bool {
    old.rendered.sql == new.rendered.sql && old.holes == new.holes
}

fn resolved_queries(
    (before, old): (&AnalysedModel, &Query),
    (after, new): (&AnalysedModel, &Query),
    (renames, facts): Parents<'_>,
    diff: &mut ModelDiff,
) {
    let (Some(resolved_old), Some(resolved_new)) = (&old.resolved, &new.resolved) else { return };
    let lookup = |prints: &[Print], hole: u32| prints.get(hole as usize).copied().unwrap_or(0);
    let holes = (|hole| lookup(&old.rendered.holes, hole), |hole| lookup(&new.rendered.holes, hole));
    let names = (|hole| lookup(&old.rendered.hole_names, hole), |hole| lookup(&new.rendered.hole_names, hole));
    let known = &KnownNames::of(resolved_old);
    let mut result = compare(
        &Side { resolved: resolved_old, holes: &holes.0, hole_names: &names.0, renames, known },
        &Side { resolved: resolved_new, holes: &holes.1, hole_names: &names.1, renames: &Renames::new(), known },
        facts,
    );
    let is_doubtful = resolved_old.doubt.is_some() || resolved_new.doubt.is_some();
    if is_doubtful && old.rendered.holes != new.rendered.holes {
        // A call within a part that isn't understood is only text there, which says nothing of what it stands for.
        let span = |resolved: &crate::resolve::Resolved| resolved.root().map(|block| block.span);
        let message = "a call in a part that isn't understood stands for something else";
        result.nothing_is_certain("U207", (span(resolved_old), span(resolved_new)), message);
    }
    diff.changes = result.evidence.iter().map(|evidence| placed(evidence, old, (after, new))).collect();
    diff.rows = result.rows;
    diff.rows_because = result.rows_because.clone();
    let is_same = result.is_same();
    diff.columns = result.columns;
    diff.inherited = same_text(&old.rendered, &new.rendered);
    declared::compare_schemas(before, after, diff);
    if !diff.inherited && !is_same {
        remarks(resolved_old, resolved_new).into_iter().for_each(|remark| diff.note(remarked(remark, new)));
    }
    let is_edited = !diff.inherited && old.rendered.parsed() != new.rendered.parsed();
    for remark in if is_edited { open_orders(resolved_new, is_same) } else { vec![] } {
        // Of what changes anyway nothing is promised.
        if diff.promises(remark.column.as_ref()) {
            diff.note(LocalChange { after: None, ..remarked(remark, new) });
        }
    }
    for premise in result.proof.iter().flat_map(|proof| &proof.premises) {
        diff.note(leans_on(premise, facts, after));
    }
    if result.reordered {
        let at = root_span(new).map_or_else(|| after.model.location.clone(), |span| new.rendered.location(span));
        let message = "the columns stand in another order".to_owned();
        diff.note(LocalChange { code: "C106", column: None, location: at, before: None, after: None, message });
    } else if is_same {
        rewritten((old, new), after, result.proof.as_ref(), diff);
    }
}

fn remarked(remark: Remark, new: &Query) -> LocalChange {
    LocalChange {
        code: remark.code,
        column: remark.column,
        location: new.rendered.location(remark.span),
        before: None,
        after: Some(new.rendered.snippet(remark.span).to_owned()),
        message: remark.message,
    }
}

/// Nothing changed in rows or columns: is the text another one, and is it more than formatting?
fn rewritten((old, new): (&Query, &Query), after: &AnalysedModel, proof: Option<&Proof>, diff: &mut ModelDiff) {
    if old.rendered.source == new.rendered.source {
        return;
    }
    let location = root_span(new).map_or_else(|| after.model.location.clone(), |span| new.rendered.location(span));
    let note = |code: &'static str, message: &str| LocalChange {
        code,
        column: None,
        location,
        before: None,
        after: None,
        message: message.to_owned(),
    };
    if old.rendered.parsed() != new.rendered.parsed() {
        let laws = proof.map(Proof::laws).filter(|laws| !laws.is_empty());
        let by = laws.map(|laws| format!(": {laws}")).unwrap_or_default();
        diff.note(note("E101", &format!("the query was rewritten and gives the same{by}")));
    } else if old.rendered.rendered.sql != new.rendered.rendered.sql {
        diff.note(note("M105", "only formatting, comments or spelling changed in the query"));
    }
}

/// What is called the same is so only as long as this is true.
fn leans_on(premise: &str, facts: &Facts, after: &AnalysedModel) -> LocalChange {
    let location = facts.place(premise).unwrap_or(&after.model.location).clone();
    let message = format!("what is called the same here is so only as long as {premise}");
    LocalChange { code: "E102", column: None, location, before: None, after: None, message }
}

fn root_span(query: &Query) -> Option<Span> {
    let resolved = query.resolved.as_ref()?;
    resolved.root().map(|block| block.span)
}

fn placed(evidence: &Evidence, old: &Query, (after, new): (&AnalysedModel, &Query)) -> LocalChange {
    let widened = |query: &Query, span: Option<Span>| span.map(|span| snippet::widened(&query.rendered, span));
    let evidence =
        &Evidence { before: widened(old, evidence.before), after: widened(new, evidence.after), ..evidence.clone() };
    let snippet = |query: &Query, span: Option<Span>| span.map(|span| query.rendered.snippet(span).to_owned());
    let texts = (snippet(old, evidence.before), snippet(new, evidence.after));
    // Where both read alike the reason stands elsewhere, and two equal lines would only puzzle.
    let texts = if texts.0 == texts.1 { (None, None) } else { texts };
    let location = match (evidence.after, evidence.before) {
        (Some(span), _) => new.rendered.location(span),
        (None, Some(span)) => old.rendered.location(span),
        (None, None) => after.model.location.clone(),
    };
    LocalChange {
        code: evidence.code,
        column: evidence.column.clone(),
        location,
        before: texts.0,
        after: texts.1,
        message: evidence.message.clone(),
    }
}
