//! Audits whose query can't run any more.
//!
//! User-defined audits are rendered and resolved like the query of a model. Of SQLMesh's own only the arguments that hold
//! expressions over the model's columns are looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::{AuditCall, LocalChange, audit_calls};
use crate::diagnostic::Location;
use crate::names::ModelName;
use crate::project::codes::AUDIT_UNREADABLE;
use crate::project::{Audit, Body};
use crate::resolve::{Problem, ProblemKind, Resolved};
use crate::state::{AnalysedModel, State};

use super::super::failures::{Failure, Search};
use super::{Failed, is_removed, is_reshaped};

/// Arguments of SQLMesh's audits that hold expressions over the audited model's columns (`audit/builtin.py`).
const OVER_COLUMNS: [&str; 7] =
    ["column", "columns", "condition", "criteria", "partition_clause", "lower_bound_column", "upper_bound_column"];

pub(super) fn find(search: &Search<'_>) -> Vec<Failed> {
    let after = search.sides.after;
    let is_same = |old: &Arc<Audit>, new: &Arc<Audit>| {
        let text = |audit: &Audit| (audit.body.text.clone(), audit.location.clone(), audit.dialect);
        text(old) == text(new)
    };
    let (old, new) = (&search.sides.before.project.audits, &after.project.audits);
    let any =
        is_reshaped(search) || old.len() != new.len() || !old.values().zip(new.values()).all(|(a, b)| is_same(a, b));
    let is_edited = |model: &AnalysedModel| {
        let old = search.sides.before.models.get(&model.model.name);
        old.is_none_or(|old| old.model.content != model.model.content)
    };
    let models: Vec<_> = after.models.values().filter(|model| any || is_edited(model)).collect();
    let of_models = models.par_iter().flat_map_iter(|model| {
        let failures =
            audit_calls(model).into_iter().flat_map(|call| of_call(search, model, &call)).collect::<Vec<_>>();
        failures.into_iter().map(|failure| Failed { model: model.model.name.clone(), failure })
    });
    let mut found: Vec<Failed> = of_models.collect();
    for audit in new.values().filter(|audit| any && audit.standalone) {
        for failure in of_audit(search, audit, None, &[]) {
            found.push(Failed { model: subject(&failure, audit), failure });
        }
    }
    found
}

/// A standalone audit is about the model that lost something.
fn subject(failure: &Failure, audit: &Audit) -> ModelName {
    failure.source.clone().unwrap_or_else(|| ModelName::from_parts([&audit.name]))
}

fn of_call(search: &Search<'_>, model: &AnalysedModel, call: &AuditCall<'_>) -> Vec<Failure> {
    match definition(search.sides.after, &model.model.name, &call.name) {
        Some(audit) => of_audit(search, audit, Some(model), &call.arguments),
        None => of_builtin(search, model, call).into_iter().chain(undefined(search, model, call)).collect(),
    }
}

/// SQLMesh doesn't load a project with a model that names an audit without a definition.
fn undefined(search: &Search<'_>, model: &AnalysedModel, call: &AuditCall<'_>) -> Option<Failure> {
    let name = &model.model.name;
    let old = definition(search.sides.before, name, &call.name);
    let named_before = || {
        let before = search.sides.before.models.get(name);
        before.is_some_and(|before| audit_calls(before).iter().any(|known| known.name == call.name))
    };
    let project = &search.sides.after.project;
    // A definition that can't be read may still be one.
    let is_unread = project
        .diagnostics
        .iter()
        .any(|found| found.code == AUDIT_UNREADABLE || old.is_some_and(|old| found.location.path == old.location.path));
    let is_name = call.name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if !is_name || is_builtin(&call.name) || is_unread || old.is_none() && named_before() {
        return None;
    }
    let message = match old {
        Some(_) => format!("the audit {} was removed and is still named by {name}", call.name),
        None => format!("no audit is called {}", call.name),
    };
    Some(failure(mentioned(model, call, &call.name), None, message, None))
}

fn definition<'s>(state: &'s State, model: &ModelName, name: &str) -> Option<&'s Arc<Audit>> {
    state.project.audit_of(model, name)
}

fn of_audit(
    search: &Search<'_>,
    audit: &Audit,
    model: Option<&AnalysedModel>,
    arguments: &[(String, String)],
) -> Vec<Failure> {
    let Some(query) = search.sides.after.audit_query(audit, model, arguments) else { return vec![] };
    let Some(resolved) = &query.resolved else { return vec![] };
    let place = |problem: &Problem| query.rendered.location(problem.span);
    let removed = resolved.tables.iter().filter(|name| is_removed(search, name));
    let mut failures: Vec<Failure> = removed
        .map(|name| {
            let location = query.mention(name).unwrap_or_else(|| audit.location.clone());
            let message = format!("{name} was removed and is still read by the audit {}", audit.name);
            failure(location, None, message, Some(name.clone()))
        })
        .collect();
    if resolved.problems.iter().any(is_missing) {
        let old = problems_before(search, audit, model, arguments);
        failures.extend(missing(search, resolved, &old, &audit.name, place));
    }
    failures
}

/// What the audit lacked in the old state already.
fn problems_before(
    search: &Search<'_>,
    audit: &Audit,
    model: Option<&AnalysedModel>,
    arguments: &[(String, String)],
) -> BTreeSet<String> {
    let before = search.sides.before;
    let old_model = model.and_then(|model| before.models.get(&model.model.name)).map(|model| &**model);
    let old_audit = match model {
        Some(model) => definition(before, &model.model.name, &audit.name),
        None => before.project.audits.get(&audit.name),
    };
    let query = old_audit.and_then(|old| before.audit_query(old, old_model, arguments));
    query.and_then(|query| query.resolved.as_ref().map(kinds)).unwrap_or_default()
}

fn of_builtin(search: &Search<'_>, model: &AnalysedModel, call: &AuditCall<'_>) -> Vec<Failure> {
    let is_plain = |(name, value): &&(String, String)| OVER_COLUMNS.contains(&name.as_str()) && !value.contains('@');
    let expressions: Vec<&str> = call.arguments.iter().filter(is_plain).map(|(_, value)| value.as_str()).collect();
    if expressions.is_empty() || !is_builtin(&call.name) {
        return vec![];
    }
    let Some(resolved) = search.sides.after.over_model(model, &expressions) else { return vec![] };
    if !resolved.problems.iter().any(is_missing) {
        return vec![];
    }
    let before = search.sides.before;
    let old = before.models.get(&model.model.name).and_then(|old| before.over_model(old, &expressions));
    let old = old.as_ref().map(kinds).unwrap_or_default();
    let place = |problem: &Problem| match &problem.kind {
        ProblemKind::MissingColumn { column, .. } => mentioned(model, call, column),
        _ => call.property.location.clone(),
    };
    missing(search, &resolved, &old, &call.name, place)
}

fn is_builtin(name: &str) -> bool {
    const NAMES: &str = include_str!("builtin_audits.txt");
    NAMES.lines().any(|known| known == name)
}

fn is_missing(problem: &Problem) -> bool {
    !problem.in_code && matches!(problem.kind, ProblemKind::MissingColumn { .. } | ProblemKind::AmbiguousColumn { .. })
}

fn kinds(resolved: &Resolved) -> BTreeSet<String> {
    resolved.problems.iter().map(|problem| format!("{:?}", problem.kind)).collect()
}

fn missing(
    search: &Search<'_>,
    resolved: &Resolved,
    old: &BTreeSet<String>,
    audit: &str,
    place: impl Fn(&Problem) -> Location,
) -> Vec<Failure> {
    let is_new = |problem: &&Problem| is_missing(problem) && !old.contains(&format!("{:?}", problem.kind));
    let found = resolved.problems.iter().filter(is_new).filter_map(|problem| match &problem.kind {
        ProblemKind::MissingColumn { column, models, .. } => {
            let source = search.source_of(models, column)?;
            let message = format!("the audit {audit} can't run: {}", search.lost(&source, column));
            let mut failure = failure(place(problem), Some(column.clone()), message, Some(source.clone()));
            failure.via = search.way_of(source, column);
            Some(failure)
        }
        ProblemKind::AmbiguousColumn { column, qualifiers } => {
            let names: Vec<&str> = qualifiers.iter().map(|name| &**name).collect();
            let message =
                format!("the audit {audit} can't run: {column} is in more than one relation: {}", names.join(", "));
            Some(failure(place(problem), Some(column.clone()), message, None))
        }
        _ => None,
    });
    found.collect()
}

fn failure(
    location: Location,
    column: Option<crate::names::ColumnName>,
    message: String,
    source: Option<ModelName>,
) -> Failure {
    let via = source.iter().filter(|_| column.is_none()).map(ToString::to_string).collect();
    let change = LocalChange { code: "S106", column, location, before: None, after: None, message };
    Failure { change, via, source }
}

/// Where the header names the column in this call, if its text is at hand.
fn mentioned(model: &AnalysedModel, call: &AuditCall<'_>, column: &str) -> Location {
    let place = &call.property.location;
    let Body::Sql(body) = &model.model.body else { return place.clone() };
    if place.path != model.model.path {
        return place.clone();
    }
    let lines = body.text.lines().enumerate().skip(place.line.saturating_sub(1) as usize);
    let lines = lines.take((place.end_line + 1).saturating_sub(place.line) as usize);
    let mut in_call = false;
    for (number, text) in lines {
        // Lower case may change lengths: the place is then only that of the property.
        let lower = text.to_lowercase();
        let from = if in_call { Some(0) } else { lower.find(&call.name).map(|at| at + call.name.len()) };
        in_call |= from.is_some();
        let word = from.and_then(|from| word_at(&lower, &column.to_lowercase(), from));
        if let Some(start) = word.filter(|_| lower.len() == text.len()) {
            let col = text.get(..start).map_or(0, |before| before.chars().count()) as u32 + 1;
            let line = number as u32 + 1;
            return Location {
                path: place.path.clone(),
                line,
                col,
                end_line: line,
                end_col: col + column.chars().count() as u32,
            };
        }
    }
    place.clone()
}

fn word_at(text: &str, word: &str, from: usize) -> Option<usize> {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let tail = text.get(from..)?;
    tail.match_indices(word).map(|(at, _)| from + at).find(|&at| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !is_part(before) && !is_part(after)
    })
}
