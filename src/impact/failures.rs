//! Queries that ran before the change and will not run after it.
//!
//! A problem that both states have isn't one of this change.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::compare::LocalChange;
use crate::names::ModelName;
use crate::project::Body;
use crate::resolve::{Problem, ProblemKind};
use crate::state::{AnalysedModel, Query, State};

use super::Sides;

/// A failing query with the columns that make it fail.
pub(super) struct Failure {
    pub(super) change: LocalChange,
    /// `model.column` upstream, where it is known.
    pub(super) via: Vec<String>,
}

/// The failures of each model.
pub(super) fn find(sides: &Sides<'_>) -> BTreeMap<ModelName, Vec<Failure>> {
    let models: Vec<_> = sides.after.models.iter().collect();
    models
        .par_iter()
        .filter_map(|(name, after)| {
            let before = sides.before.models.get(*name).map(|model| &**model);
            let mut failures = query_failures(sides, before, after);
            failures.extend(removed_models(sides, after));
            failures.extend(declared_columns(before, after));
            (!failures.is_empty()).then(|| ((*name).clone(), failures))
        })
        .collect()
}

fn query_failures(sides: &Sides<'_>, before: Option<&AnalysedModel>, after: &AnalysedModel) -> Vec<Failure> {
    let (Some(query), Some(resolved)) = (&after.query, after.resolved()) else { return vec![] };
    let old: Vec<&ProblemKind> = before
        .and_then(|model| model.resolved())
        .map(|r| r.problems.iter().map(|p| &p.kind).collect())
        .unwrap_or_default();
    let unchanged = before.and_then(|model| model.query.as_ref()).is_some_and(|old| std::sync::Arc::ptr_eq(old, query));
    if unchanged {
        return vec![];
    }
    resolved
        .problems
        .iter()
        .filter(|problem| !old.contains(&&problem.kind))
        .filter_map(|problem| failure(sides, query, problem))
        .collect()
}

fn failure(sides: &Sides<'_>, query: &Query, problem: &Problem) -> Option<Failure> {
    let mut via = Vec::new();
    let (code, column, message) = match &problem.kind {
        ProblemKind::MissingColumn { column, models, .. } => {
            let source = source_of(sides.before, models, column);
            let message = match &source {
                Some(model) => format!("{model} no longer has the column {column}"),
                None => format!("no relation in scope has the column {column}"),
            };
            via.extend(source.map(|model| format!("{model}.{column}")));
            ("S101", column.clone(), message)
        }
        ProblemKind::AmbiguousColumn { column, qualifiers } => {
            let names: Vec<&str> = qualifiers.iter().map(|name| &**name).collect();
            ("S102", column.clone(), format!("{column} is in more than one relation: {}", names.join(", ")))
        }
        ProblemKind::UnknownQualifier { qualifier } => {
            ("S101", qualifier.clone(), format!("no relation in scope is called {qualifier}"))
        }
        ProblemKind::Arity { left, right } => {
            ("S105", "".into(), format!("the branches of a set operation have {left} and {right} columns"))
        }
        ProblemKind::OpenStar { .. } | ProblemKind::NotUnderstood { .. } => return None,
    };
    let change = LocalChange {
        code,
        column: (!column.is_empty()).then_some(column),
        location: query.rendered.location(problem.span),
        before: None,
        after: Some(query.rendered.snippet(problem.span).to_owned()),
        message,
    };
    Some(Failure { change, via })
}

/// The model among these that had the column before.
fn source_of(before: &State, models: &[ModelName], column: &str) -> Option<ModelName> {
    let had = |name: &&ModelName| before.models.get(*name).is_some_and(|model| model.schema.get(column).is_some());
    models.iter().find(had).or(if models.len() == 1 { models.first() } else { None }).cloned()
}

fn removed_models(sides: &Sides<'_>, after: &AnalysedModel) -> Vec<Failure> {
    let is_removed = |name: &&ModelName| {
        let was = sides.before.models.get(*name);
        was.is_some_and(|model| !matches!(model.model.body, Body::External)) && !sides.after.models.contains_key(*name)
    };
    let failure = |name: &ModelName| Failure {
        change: LocalChange {
            code: "S103",
            column: None,
            location: after.mention(name),
            before: None,
            after: None,
            message: format!("{name} was removed and is still read here"),
        },
        via: vec![name.to_string()],
    };
    after.parents.iter().filter(is_removed).map(failure).collect()
}

/// Columns that the header declares and the query no longer gives.
fn declared_columns(before: Option<&AnalysedModel>, after: &AnalysedModel) -> Vec<Failure> {
    let missing = |model: &AnalysedModel| -> Vec<crate::project::DeclaredColumn> {
        let (Some(columns), Some(resolved)) = (&model.model.columns, model.resolved()) else { return vec![] };
        let schema = resolved.schema();
        if schema.open {
            return vec![];
        }
        columns.iter().filter(|column| schema.get(&column.name).is_none()).cloned().collect()
    };
    let old = before.map(missing).unwrap_or_default();
    missing(after)
        .into_iter()
        .filter(|column| old.iter().all(|known| known.name != column.name))
        .map(|column| Failure {
            change: LocalChange {
                code: "S104",
                location: column.location.clone(),
                before: None,
                after: None,
                message: format!("the header declares {}, which the query doesn't give", column.name),
                column: Some(column.name),
            },
            via: vec![],
        })
        .collect()
}
