//! Code that reads what the tables above it no longer have: that of Python models, and that of macros which are handed a
//! column's name.
//!
//! In: both states. Out: failures where the code writes the query out and every run comes by it; remarks ([`Failed`], U209) where it
//! may read a column that is gone. Code isn't run, so what isn't written out isn't found.

use std::collections::BTreeSet;

use crate::compare::LocalChange;
use crate::diagnostic::Location;
use crate::names::{ColumnName, ModelName};
use crate::project::Body;
use crate::project::python::PythonBody;
use crate::resolve::ProblemKind;
use crate::state::{AnalysedModel, State};

use super::checks::Failed;
use super::failures::{Failure, Search};

/// What the queries in the code of a Python model lack and didn't lack before, if every run comes by them.
pub(super) fn failures(search: &Search<'_>, after: &AnalysedModel) -> Vec<Failure> {
    let Some(body) = reshaped_reader(search, after) else { return vec![] };
    lacking(search, after, body).into_iter().filter(|found| found.is_certain).map(|found| found.failure).collect()
}

/// What code may read and no longer finds.
pub(super) fn remarks(search: &Search<'_>) -> Vec<Failed> {
    let models = search.sides.after.models.values();
    let in_calls = models.clone().flat_map(|model| {
        let found = named_in_calls(search, model).into_iter();
        found.map(|failure| Failed { model: model.model.name.clone(), failure })
    });
    let in_code =
        models.filter_map(|model| Some((model, reshaped_reader(search, model)?))).flat_map(|(model, body)| {
            let lacking = lacking(search, model, body);
            let told: BTreeSet<ColumnName> =
                lacking.iter().filter_map(|found| found.failure.change.column.clone()).collect();
            let may_lack = lacking.into_iter().filter(|found| !found.is_certain).map(|found| found.failure);
            let failures: Vec<Failure> = may_lack.chain(named(search, model, body, &told)).collect();
            failures.into_iter().map(|failure| Failed { model: model.model.name.clone(), failure })
        });
    in_code.chain(in_calls).collect()
}

/// Columns that are gone from a parent and that a query hands to a macro which isn't run.
fn named_in_calls(search: &Search<'_>, after: &AnalysedModel) -> Vec<Failure> {
    let (Some(query), Some(resolved)) = (&after.query, after.resolved()) else { return vec![] };
    let before = search.sides.before.models.get(&after.model.name).and_then(|model| model.resolved());
    let new = resolved.problems_beyond(before).filter(|problem| problem.in_code);
    let mut found: Vec<Failure> = Vec::new();
    for problem in new {
        let ProblemKind::MissingColumn { column, models, .. } = &problem.kind else { continue };
        let Some(source) = search.source_of(models, column) else { continue };
        if search.sides.before.models.get(&source).is_none_or(|known| known.schema.get(column).is_none()) {
            continue;
        }
        let told = search.lost(&source, column);
        let change = LocalChange {
            code: "U209",
            column: Some(column.clone()),
            location: query.rendered.location(problem.span),
            before: None,
            after: None,
            message: format!(
                "the call of a macro names {column}, which may be the column that it no longer finds: {told}"
            ),
        };
        let failure = Failure { change, via: search.way_of(source.clone(), column), source: Some(source) };
        if found.iter().all(|known| known.change != failure.change) {
            found.push(failure);
        }
    }
    found
}

/// The code of a model below one whose columns are others than before.
fn reshaped_reader<'a>(search: &Search<'_>, after: &'a AnalysedModel) -> Option<&'a PythonBody> {
    let Body::Python(body) = &after.model.body else { return None };
    let is_reshaped =
        |parent: &ModelName| match (search.sides.before.models.get(parent), search.sides.after.models.get(parent)) {
            (Some(old), Some(new)) => !old.schema.columns.iter().map(|column| &column.name).eq(new
                .schema
                .columns
                .iter()
                .map(|column| &column.name)),
            _ => false,
        };
    after.parents.iter().any(is_reshaped).then_some(body)
}

struct Lacking {
    failure: Failure,
    is_certain: bool,
}

fn lacking(search: &Search<'_>, after: &AnalysedModel, body: &PythonBody) -> Vec<Lacking> {
    let old = problems_before(search, after);
    let mut found: Vec<Lacking> = Vec::new();
    for query in &body.queries {
        let Some(reading) = search.sides.after.code_query(after, query) else { continue };
        for (kind, location) in reading.problems().filter(|(kind, _)| !old.contains(&format!("{kind:?}"))) {
            let failure = failure(search, kind, location, reading.is_certain);
            let is_new = |failure: &Failure| found.iter().all(|known| known.failure.change != failure.change);
            let lacking = failure.filter(is_new).map(|failure| Lacking { failure, is_certain: reading.is_certain });
            found.extend(lacking);
        }
    }
    found
}

fn problems_before(search: &Search<'_>, after: &AnalysedModel) -> BTreeSet<String> {
    let before: &State = search.sides.before;
    let Some(old) = before.models.get(&after.model.name) else { return BTreeSet::new() };
    let Body::Python(body) = &old.model.body else { return BTreeSet::new() };
    let readings = body.queries.iter().filter_map(|query| before.code_query(old, query));
    readings.flat_map(|reading| reading.problems().map(|(kind, _)| format!("{kind:?}")).collect::<Vec<_>>()).collect()
}

fn failure(search: &Search<'_>, kind: &ProblemKind, location: Location, is_certain: bool) -> Option<Failure> {
    let (code, column, told, source) = match kind {
        ProblemKind::MissingColumn { column, models, .. } => {
            let source = search.source_of(models, column)?;
            search.sides.before.models.get(&source)?.schema.get(column)?;
            ("S101", column, search.lost(&source, column), Some(source))
        }
        ProblemKind::AmbiguousColumn { column, qualifiers } => {
            let names: Vec<&str> = qualifiers.iter().map(|name| &**name).collect();
            ("S102", column, format!("{column} is in more than one relation: {}", names.join(", ")), None)
        }
        _ => return None,
    };
    let via = source.clone().map(|model| search.way_of(model, column)).unwrap_or_default();
    let (code, message) = match is_certain {
        true => (code, told),
        false => ("U209", format!("a query in the code fails if it runs: {told}")),
    };
    let change = LocalChange { code, column: Some(column.clone()), location, before: None, after: None, message };
    Some(Failure { change, via, source })
}

/// Columns that are gone from a parent and whose names stand in the code, outside of the queries that can be read.
fn named(search: &Search<'_>, model: &AnalysedModel, body: &PythonBody, told: &BTreeSet<ColumnName>) -> Vec<Failure> {
    let (before, after) = (&search.sides.before.models, &search.sides.after.models);
    let mut found: Vec<Failure> = Vec::new();
    for parent in &model.parents {
        let (Some(old), Some(new)) = (before.get(parent), after.get(parent)) else { continue };
        if new.schema.open {
            continue;
        }
        let is_gone = |column: &&ColumnName| new.schema.get(column).is_none() && !told.contains(*column);
        for column in old.schema.columns.iter().map(|column| &column.name).filter(is_gone) {
            let Some(location) = body.words.get(&*column.to_lowercase()) else { continue };
            let message = format!(
                "the code names {column} here, which may be the column that it no longer finds: {}",
                search.lost(parent, column)
            );
            let change = LocalChange {
                code: "U209",
                column: Some(column.clone()),
                location: location.clone(),
                before: None,
                after: None,
                message,
            };
            let via = search.way_of(parent.clone(), column);
            found.push(Failure { change, via, source: Some(parent.clone()) });
        }
    }
    found
}
