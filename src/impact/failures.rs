//! Queries that ran before the change and will not run after it.
//!
//! A problem that both states have isn't one of this change.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::{LocalChange, ModelDiff};
use crate::names::{ColumnName, ModelName};
use crate::project::Body;
use crate::resolve::{Problem, ProblemKind};
use crate::state::{AnalysedModel, Query};

use super::Sides;
use super::code;
use super::keys;
use super::positions;
use super::star;
use super::twins;
use super::type_clash;
use super::ungrouped;

/// A failing query with the columns that make it fail.
pub(super) struct Failure {
    pub(super) change: LocalChange,
    /// `model.column` upstream, where it is known.
    pub(super) via: Vec<String>,
    /// The model that lost what is missing, where it is known.
    pub(super) source: Option<ModelName>,
}

/// The failures of each model.
pub(super) fn find(search: &Search<'_>) -> BTreeMap<ModelName, Vec<Failure>> {
    let sides = search.sides;
    let models: Vec<_> = sides.after.models.iter().collect();
    models
        .par_iter()
        .filter_map(|(name, after)| {
            let before = sides.before.models.get(*name).map(|model| &**model);
            let mut failures = search.query_failures(before, after);
            failures.extend(search.removed_models(after));
            failures.extend(keys::missing_columns(before, after));
            failures.extend(code::failures(search, after));
            (!failures.is_empty()).then(|| ((*name).clone(), failures))
        })
        .collect()
}

/// Both states; `diffs` tells how columns that went away are called now.
pub(super) struct Search<'s> {
    pub(super) sides: &'s Sides<'s>,
    pub(super) diffs: &'s BTreeMap<ModelName, ModelDiff>,
}

impl Search<'_> {
    fn query_failures(&self, before: Option<&AnalysedModel>, after: &AnalysedModel) -> Vec<Failure> {
        let (Some(query), Some(resolved)) = (&after.query, after.resolved()) else { return vec![] };
        let unchanged = before.and_then(|model| model.query.as_ref()).is_some_and(|old| Arc::ptr_eq(old, query));
        if unchanged {
            return vec![];
        }
        let new = resolved.problems_beyond(before.and_then(|model| model.resolved()));
        let is_edited = self.diffs.get(&after.model.name).is_none_or(|diff| !diff.inherited);
        let mut failures: Vec<Failure> = Vec::new();
        for problem in new.filter(|problem| !problem.in_code) {
            // A CTE read twice, or a key that stands for an output, meets the same problem twice.
            let failure = self.failure(query, problem, is_edited);
            failures.extend(failure.filter(|failure| failures.iter().all(|known| known.change != failure.change)));
        }
        failures.extend(type_clash::find(before, after, query));
        failures.extend(twins::find(before, after, query));
        failures.extend(ungrouped::find(before, after, query));
        failures.extend(positions::find(before, after, query));
        failures
    }

    fn failure(&self, query: &Query, problem: &Problem, is_edited: bool) -> Option<Failure> {
        let mut via = Vec::new();
        let mut lost = None;
        let (code, column, message) = match &problem.kind {
            ProblemKind::MissingColumn { column, models, .. } => {
                let source = self.source_of(models, column);
                let message = match &source {
                    Some(model) => self.lost(model, column),
                    None => format!("no relation in scope has the column {column}"),
                };
                via = source.clone().map(|model| self.way_of(model, column)).unwrap_or_default();
                lost = source;
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
            ProblemKind::OpenStar { .. }
            | ProblemKind::UnknownNames
            | ProblemKind::NotUnderstood { .. }
            | ProblemKind::NamedElsewhere { .. }
            | ProblemKind::OpaqueExpression => {
                return None;
            }
        };
        let change = LocalChange {
            code,
            column: (!column.is_empty()).then_some(column),
            location: query.rendered.location(problem.span),
            before: None,
            // A text that was there before is no news, and that of a set operation is as long as the query.
            after: (is_edited && code != "S105").then(|| query.rendered.snippet(problem.span).to_owned()),
            message,
        };
        Some(Failure { change, via, source: lost })
    }

    pub(super) fn lost(&self, model: &ModelName, column: &ColumnName) -> String {
        let had = self.sides.before.models.get(model).is_some_and(|known| known.schema.get(column).is_some());
        match self.new_name(model, column) {
            Some(new) => format!("{model}.{column} is now called {new}"),
            None if had => format!("{model} no longer has the column {column}"),
            None => format!("{model} has no column {column}"),
        }
    }

    /// The name that a column has now, here or behind the stars that it came through.
    fn new_name(&self, model: &ModelName, column: &ColumnName) -> Option<ColumnName> {
        let (mut model, mut column) = (model.clone(), column.clone());
        for _ in 0..MAX_HOPS {
            let mut renamed = self.diffs.get(&model).into_iter().flat_map(|diff| &diff.columns);
            if let Some(found) = renamed.find(|known| known.from.as_ref() == Some(&column)) {
                return Some(found.name.clone());
            }
            (model, column) = self.only_source(&model, &column)?;
        }
        None
    }

    /// Where the column went away first, and through which stars that came here.
    pub(super) fn way_of(&self, model: ModelName, column: &ColumnName) -> Vec<String> {
        let mut way = vec![format!("{model}.{column}")];
        let (mut model, mut column) = (model, column.clone());
        for _ in 0..MAX_HOPS {
            let Some((source, name)) = self.only_source(&model, &column) else { break };
            let is_gone = self.sides.after.models.get(&source).is_some_and(|known| known.schema.get(&name).is_none());
            if !is_gone {
                break;
            }
            way.insert(0, format!("{source}.{name}"));
            (model, column) = (source, name);
        }
        way
    }

    /// The one column of a parent that an output of the old state passes on.
    fn only_source(&self, model: &ModelName, column: &ColumnName) -> Option<(ModelName, ColumnName)> {
        let (parent, name, _) = star::through_star(self.sides.before.models.get(model)?, column)?;
        Some((parent, name))
    }

    /// The model among these that had the column before.
    pub(super) fn source_of(&self, models: &[ModelName], column: &str) -> Option<ModelName> {
        let before = &self.sides.before.models;
        let had = |name: &&ModelName| before.get(*name).is_some_and(|model| model.schema.get(column).is_some());
        models.iter().find(had).or(if models.len() == 1 { models.first() } else { None }).cloned()
    }

    fn removed_models(&self, after: &AnalysedModel) -> Vec<Failure> {
        let is_removed = |name: &&ModelName| {
            let was = self.sides.before.models.get(*name);
            was.is_some_and(|model| !matches!(model.model.body, Body::External))
                && !self.sides.after.models.contains_key(*name)
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
            source: Some(name.clone()),
        };
        after.parents.iter().filter(is_removed).map(failure).collect()
    }
}

/// How many stars a column is followed through.
const MAX_HOPS: usize = 64;
