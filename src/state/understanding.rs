//! How much of a model is understood, and what keeps it from being understood whole.
//!
//! Comes after resolution; reads models, changes nothing. Every model that isn't understood whole is named by a
//! diagnostic with the reason: by one of these, or by the one of the stage that could not read it.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Location};
use crate::project::{Body, Project};
use crate::render::Hole;
use crate::resolve::{Problem, ProblemKind};
use crate::sql;
use crate::sql::tree::Span;

use super::expandable;
use super::{AnalysedModel, COLUMNS_UNKNOWN, NOT_EXPANDED, NOT_RUN, NOT_UNDERSTOOD, Query};

const FOLLOWED: &str = "the columns that it names are followed; what it does with them isn't known";
const TAKE_APART: &str = "move inner parts into CTEs or models of their own; the columns that it names are followed";

/// How much of a model is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Understanding {
    /// Every column is followed.
    Whole,
    /// Some columns or rows aren't certain: a hole, a star over unknown columns, rare syntax.
    Partial,
    /// It has no query that could be read.
    Nothing,
}

impl AnalysedModel {
    /// How much of it is understood.
    pub fn understanding(&self) -> Understanding {
        match (&self.model.body, &self.query) {
            (Body::Seed(_) | Body::External, _) if self.schema.open => Understanding::Partial,
            (Body::Seed(_) | Body::External, _) => Understanding::Whole,
            (Body::Sql(_) | Body::Python(_), Some(query)) => query.understanding(),
            (Body::Sql(_) | Body::Python(_), None) | (Body::Unreadable, _) => Understanding::Nothing,
        }
    }

    /// What isn't understood, with the reasons that no stage before this one gave.
    pub(super) fn gaps(&self, project: &Project) -> Vec<Diagnostic> {
        match (&self.model.body, &self.query) {
            (Body::Python(body), None) => vec![self.not_run(body.is_sql && project.expanded.is_none())],
            (Body::Python(_), Some(query)) => query.gaps(|_| false),
            (Body::Sql(body), Some(query)) => query
                .gaps(|holes| project.expanded.is_none() && expandable::runs_code(project, &self.model, body, holes)),
            _ => vec![],
        }
    }

    /// `may_be_run`: the code only makes a query, which SQLMesh could tell.
    fn not_run(&self, may_be_run: bool) -> Diagnostic {
        let message = format!("{} is computed by Python code, which isn't run", self.model.name);
        let help = "what it reads and its declared columns are followed; a change of its code or of what it reads may \
                    change any of them";
        let hint = if may_be_run { "; `--python PATH` lets your SQLMesh tell its query" } else { "" };
        Diagnostic::note(NOT_RUN, self.model.location.clone(), message).with_help(format!("{help}{hint}"))
    }
}

impl Query {
    fn understanding(&self) -> Understanding {
        let Some(resolved) = &self.resolved else { return Understanding::Nothing };
        let is_unsure = |kind: &ProblemKind| {
            use ProblemKind::*;
            matches!(kind, OpenStar { .. } | UnknownNames | OpaqueExpression) || kind.is_not_understood()
        };
        let is_partial = resolved.problems.iter().any(|problem| is_unsure(&problem.kind));
        match is_partial || !self.rendered.rendered.holes.is_empty() {
            true => Understanding::Partial,
            false => Understanding::Whole,
        }
    }

    /// `runs_code`: could running the project's code fill these holes?
    fn gaps(&self, runs_code: impl Fn(&[Hole]) -> bool) -> Vec<Diagnostic> {
        let problems = self.resolved.iter().flat_map(|resolved| &resolved.problems);
        problems.filter_map(|problem| self.problem(problem)).chain(self.not_expanded(runs_code)).collect()
    }

    fn problem(&self, problem: &Problem) -> Option<Diagnostic> {
        let place = || self.rendered.location(problem.span);
        match &problem.kind {
            ProblemKind::NotUnderstood { what } => {
                let message = format!("this part of the query is not understood: {what}");
                Some(Diagnostic::warning(NOT_UNDERSTOOD, place(), message))
            }
            ProblemKind::NamedElsewhere { name } => {
                let message = format!("nothing that is known here is called {name}");
                Some(Diagnostic::warning(NOT_UNDERSTOOD, place(), message))
            }
            ProblemKind::OpaqueExpression => {
                let (message, help) = match self.excess(problem.span) {
                    Some(excess) => (format!("this expression is not understood: {excess}"), TAKE_APART),
                    None => ("this expression is not understood".to_owned(), FOLLOWED),
                };
                Some(Diagnostic::warning(NOT_UNDERSTOOD, place(), message).with_help(help))
            }
            ProblemKind::OpenStar { models } => {
                let names: Vec<String> = models.iter().map(ToString::to_string).collect();
                let of = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
                let message = format!("the columns{of} that this star stands for aren't known");
                let help = "declare them: `columns` of the model, or an external model for a table from elsewhere";
                Some(Diagnostic::note(COLUMNS_UNKNOWN, place(), message).with_help(help))
            }
            ProblemKind::UnknownNames => {
                let message = "which columns COLUMNS picks hangs on the case in which the table's columns were created"
                    .to_owned();
                let help =
                    "begin the pattern with (?i), compare lower(c), or name the columns: `COLUMNS([\'a\', \'b\'])`";
                Some(Diagnostic::note(COLUMNS_UNKNOWN, place(), message).with_help(help))
            }
            _ => None,
        }
    }

    /// What there is too much of in a part that isn't understood: it nests too deeply, or is too long a chain.
    fn excess(&self, span: Span) -> Option<String> {
        let text = self.rendered.rendered.sql.get(span.start as usize..span.end as usize)?;
        let failure = sql::expression(text, self.resolved.as_ref()?.dialect).err()?;
        failure.is_excessive.then_some(failure.message)
    }

    /// One for each thing that isn't expanded, where it is called first.
    fn not_expanded(&self, runs_code: impl Fn(&[Hole]) -> bool) -> Vec<Diagnostic> {
        let may_be_run = runs_code(&self.rendered.rendered.holes);
        let mut seen = BTreeSet::new();
        let holes = self.rendered.rendered.holes.iter().filter(|hole| seen.insert(&hole.name));
        let diagnostic = |hole: &Hole| {
            let place = Location::of_range(&self.rendered.path, &self.rendered.source, hole.start, hole.end);
            let message =
                format!("{} isn't expanded: only running the project's code would tell its result", hole.name);
            let help = "what it stands in is unknown once the code, the call or its arguments change";
            let hint = if may_be_run { "; `--python PATH` lets your SQLMesh expand it" } else { "" };
            Diagnostic::note(NOT_EXPANDED, place, message).with_help(format!("{help}{hint}"))
        };
        holes.map(diagnostic).collect()
    }
}
