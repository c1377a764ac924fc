//! Which way an effect came: from the ids in `because` to a path of columns.
//!
//! In: a [`Summary`] and one of its entries. Out: one [`Effect`] for the rows and for every column of the model that
//! something happens to. It only reads paths that the analysis found; it never makes one up.

use std::collections::BTreeSet;

use super::summary::{Entry, Summary, rows_affected};
use super::words;
use crate::impact::{ColumnEffect, Finding, ModelImpact};

/// What happens to the rows or to one column, and why.
#[derive(Debug)]
pub struct Effect<'a> {
    /// `None` for the rows.
    pub column: Option<&'a str>,
    /// The effect in a word.
    pub what: &'static str,
    pub reason: Reason<'a>,
}

/// Why.
#[derive(Debug)]
pub enum Reason<'a> {
    /// A path of columns from the change to here, upstream first.
    Path(Vec<String>, &'a Finding),
    /// A finding without a path.
    Finding(&'a Finding),
    /// The analysis gives no reason.
    None,
}

/// What happens to an entry's rows and columns, in that order.
pub fn effects<'a>(summary: &Summary<'a>, entry: &Entry<'a>) -> Vec<Effect<'a>> {
    let Some(model) = entry.model else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    if rows_affected(model) {
        effects.push(Effect {
            column: None,
            what: words::rows(model.rows.effect),
            reason: reason(summary, model, None, &model.rows.because),
        });
    }
    for column in model.columns.iter().filter(|column| column.effect != ColumnEffect::Same) {
        effects.push(Effect {
            column: Some(&column.name),
            what: words::column(column.effect),
            reason: reason(summary, model, Some(&column.name), &column.because),
        });
    }
    effects
}

/// The effects that come from somewhere else: for models whose own findings are printed anyway.
pub fn foreign_effects<'a>(summary: &Summary<'a>, entry: &Entry<'a>) -> Vec<Effect<'a>> {
    let mut effects = effects(summary, entry);
    effects.retain(|effect| match &effect.reason {
        Reason::Path(_, finding) | Reason::Finding(finding) => finding.model != entry.name,
        Reason::None => false,
    });
    effects
}

/// An entry's findings that no effect gives as its reason: they would be lost where only effects are printed.
pub fn uncited<'a>(entry: &Entry<'a>) -> Vec<&'a Finding> {
    let cited: BTreeSet<u32> = entry.model.map(cited).unwrap_or_default();
    entry.findings.iter().filter(|finding| !cited.contains(&finding.id)).copied().collect()
}

fn cited(model: &ModelImpact) -> BTreeSet<u32> {
    let columns = model.columns.iter().flat_map(|column| &column.because);
    columns.chain(&model.rows.because).copied().collect()
}

/// The finding with a path that ends in this model says most; then any with a path; then any.
fn reason<'a>(summary: &Summary<'a>, model: &ModelImpact, column: Option<&str>, because: &[u32]) -> Reason<'a> {
    let findings = || because.iter().filter_map(|id| summary.findings.get(id).copied());
    let best = findings()
        .find(|finding| finding.model == model.name)
        .or_else(|| findings().find(|finding| !finding.via.is_empty()))
        .or_else(|| findings().next());
    match best {
        None => Reason::None,
        Some(finding) if finding.via.is_empty() => Reason::Finding(finding),
        Some(finding) => Reason::Path(path_to(finding, &model.name, column), finding),
    }
}

/// The finding's path, with the place that it explains at its end.
fn path_to(finding: &Finding, model: &str, column: Option<&str>) -> Vec<String> {
    let mut path = finding.via.clone();
    let here = match column {
        Some(column) => format!("{model}.{column}"),
        None => model.to_owned(),
    };
    let ends_here = path.last().is_some_and(|last| match column {
        Some(_) => *last == here,
        None => is_in(last, model),
    });
    if ends_here {
        return path;
    }
    // The finding speaks of another column of the same model: the way to the model is the same.
    if path.last().is_some_and(|last| is_in(last, model)) {
        path.pop();
    }
    path.push(here);
    path
}

/// A place of a path is the model or one of its columns.
fn is_in(place: &str, model: &str) -> bool {
    place.strip_prefix(model).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The change a finding's path starts from, if it is another finding.
pub fn origin<'a>(summary: &Summary<'a>, finding: &Finding) -> Option<&'a Finding> {
    let start = finding.via.first()?;
    summary.origins.get(start).copied().filter(|origin| origin.id != finding.id)
}

/// How many places of a path are printed.
const MAX_PLACES: usize = 6;

/// The path as one text; the middle of a long one is counted instead.
pub fn joined(path: &[String], all: bool, print: impl Fn(&str) -> String) -> String {
    let mut places: Vec<String> = Vec::new();
    if all || path.len() <= MAX_PLACES {
        places.extend(path.iter().map(|place| print(place)));
    } else {
        let (start, end) = (MAX_PLACES / 2, MAX_PLACES - MAX_PLACES / 2 - 1);
        places.extend(path.iter().take(start).map(|place| print(place)));
        places.push(format!("… {} more", path.len() - start - end));
        places.extend(path.iter().skip(path.len() - end).map(|place| print(place)));
    }
    places.join(" → ")
}
