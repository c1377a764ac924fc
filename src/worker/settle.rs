//! Which of SQLMesh's answers are used.
//!
//! In: the answers for one state or two. Out: those that can stand in place of the models' own queries, and a
//! diagnostic for each model where none can. A model of which one state could be expanded and the other has holes is
//! left as it is in both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Location};
use crate::names::ModelName;
use crate::project::Project;
use crate::render::HOLE_PREFIX;
use crate::sql;
use crate::state::Expandable;

use super::protocol::{Answered, Skipped};
use super::{Failure, HELP, Queries, codes};

/// What SQLMesh gives for the columns of tables that it doesn't know either.
const NO_COLUMNS: &str = "__schema_unavailable_at_load__";

/// The answers that are queries of their models' dialects, and why the others are not used.
pub(super) fn usable(project: &Project, answers: Result<Answered, Failure>) -> (Queries, Vec<Diagnostic>) {
    let Answered { answers, skipped } = match answers {
        Ok(answered) => answered,
        Err(failure) => return (Queries::new(), vec![failure.diagnostic(project)]),
    };
    let (mut queries, mut diagnostics) = (Queries::new(), left_out(skipped));
    for (name, answer) in answers {
        let Some(model) = project.models.get(&name) else { continue };
        match answer.and_then(|sql| checked(sql, model.dialect)) {
            Ok(sql) => {
                queries.insert(name, sql);
            }
            Err(reason) => {
                let message = format!("SQLMesh could not expand the query of {name}: {reason}");
                let found = Diagnostic::warning(codes::NOT_RENDERED, model.location.clone(), message);
                diagnostics.push(found.with_help(HELP));
            }
        }
    }
    (queries, diagnostics)
}

/// The files that SQLMesh went on without.
pub(super) fn left_out(skipped: Vec<Skipped>) -> Vec<Diagnostic> {
    let diagnostic = |file: Skipped| {
        let place = Location { line: file.line, ..Location::file(file.path) };
        let message = format!("SQLMesh could not load this file and went on without it: {}", file.reason);
        Diagnostic::warning(codes::FILE_SKIPPED, place, message).with_help(HELP)
    };
    skipped.into_iter().map(diagnostic).collect()
}

fn checked(sql: Arc<str>, dialect: crate::dialect::Dialect) -> Result<Arc<str>, String> {
    let lower = sql.to_lowercase();
    if lower.contains(NO_COLUMNS) {
        return Err("it needs columns of a table that aren't known".to_owned());
    }
    if lower.contains(HOLE_PREFIX) {
        return Err("the result names a function that is reserved".to_owned());
    }
    match sql::query(&sql, dialect) {
        Ok(_) => Ok(sql),
        Err(failure) => Err(format!("the result can't be read: {}", failure.message)),
    }
}

/// The queries of one state, and which models have holes there.
type Expanded<'q> = (&'q mut Queries, &'q BTreeMap<ModelName, Expandable>);

/// Removes the queries of models that would be compared with holes. Gives the models, and as of when they are known.
pub(super) fn remove_lonely(
    (old, old_holes): Expanded<'_>,
    (new, new_holes): Expanded<'_>,
) -> Vec<(ModelName, &'static str)> {
    let faces_holes = |name: &ModelName, holes: &BTreeMap<ModelName, Expandable>, expanded: &Queries| {
        holes.contains_key(name) && !expanded.contains_key(name)
    };
    let alone = |own: &Queries, holes, other: &Queries| -> Vec<ModelName> {
        own.keys().filter(|name| faces_holes(name, holes, other)).cloned().collect()
    };
    let lonely: Vec<(ModelName, &str)> = alone(old, new_holes, new)
        .into_iter()
        .map(|name| (name, "before"))
        .chain(alone(new, old_holes, old).into_iter().map(|name| (name, "after")))
        .collect();
    for (name, _) in &lonely {
        old.remove(name);
        new.remove(name);
    }
    lonely
}

/// The same, with what is to be said of the models that stay as they are.
pub(super) fn match_sides(old: Expanded<'_>, new: Expanded<'_>, after: &Project) -> Vec<Diagnostic> {
    let (old_holes, new_holes) = (old.1, new.1);
    let mut lonely = remove_lonely(old, new);
    let is_unsteady =
        |name: &ModelName| [old_holes, new_holes].iter().any(|holes| holes.get(name) == Some(&Expandable::AtLoadTime));
    lonely.retain(|(name, _)| !is_unsteady(name));
    let notes = lonely.iter().filter_map(|(name, side)| on_one_side(after, name, side));
    let all: BTreeSet<&ModelName> = old_holes.keys().chain(new_holes.keys()).collect();
    notes.chain(all.into_iter().filter(|name| is_unsteady(name)).filter_map(|name| unsteady(after, name))).collect()
}

fn on_one_side(after: &Project, name: &ModelName, side: &str) -> Option<Diagnostic> {
    let model = after.models.get(name)?;
    let message = format!("the query of {name} could only be expanded as it was {side} the change");
    let help = "it is left as it is on both sides, so that like is compared with like";
    Some(Diagnostic::note(codes::ONE_SIDE_ONLY, model.location.clone(), message).with_help(help))
}

fn unsteady(after: &Project, name: &ModelName) -> Option<Diagnostic> {
    let model = after.models.get(name)?;
    let message = format!("what the macros of {name} give may be another thing on another day or in another stage");
    let help = "two versions can only be compared where macros follow from arguments, variables and columns alone";
    Some(Diagnostic::note(codes::NOT_STEADY, model.location.clone(), message).with_help(help))
}

/// What could not be expanded in two states, each reason once.
pub(super) fn of_both(before: Vec<Diagnostic>, after: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_new = |old: &Diagnostic| !after.iter().any(|new| new.code == old.code && new.message == old.message);
    let before = before.into_iter().filter(is_new).map(|old| {
        let message = format!("before the change: {}", old.message);
        Diagnostic { message, ..old }
    });
    let before: Vec<Diagnostic> = before.collect();
    after.into_iter().chain(before).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(names: &[&str]) -> Queries {
        names.iter().map(|name| (ModelName::from_parts(["s", name]), "SELECT 1".into())).collect()
    }

    fn holes(names: &[&str]) -> BTreeMap<ModelName, Expandable> {
        names.iter().map(|name| (ModelName::from_parts(["s", name]), Expandable::Always)).collect()
    }

    fn shown(queries: &Queries) -> Vec<String> {
        queries.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn a_model_is_expanded_on_both_sides_or_on_neither() {
        let (mut old, mut new) =
            (queries(&["both", "failed_after", "gone"]), queries(&["both", "failed_before", "new"]));
        let old_holes = holes(&["both", "failed_after", "failed_before", "gone"]);
        let new_holes = holes(&["both", "failed_after", "failed_before", "new"]);
        match_sides((&mut old, &old_holes), (&mut new, &new_holes), &Project::default());
        assert_eq!(
            (shown(&old), shown(&new)),
            (vec!["s.both".into(), "s.gone".into()], vec!["s.both".to_owned(), "s.new".to_owned()])
        );
    }

    #[test]
    fn a_query_written_out_on_one_side_may_be_compared_with_one_that_is_expanded() {
        let (mut old, mut new) = (queries(&[]), queries(&["a"]));
        match_sides((&mut old, &holes(&[])), (&mut new, &holes(&["a"])), &Project::default());
        assert_eq!(shown(&new), ["s.a"]);
    }

    #[test]
    fn an_answer_that_is_no_query_or_pretends_to_be_a_hole_is_refused() {
        let dialect = crate::dialect::Dialect::parse("duckdb").expect("a dialect");
        assert!(checked("SELECT a FROM t".into(), dialect).is_ok());
        for sql in [
            "SELECT FROM WHERE",
            "SELECT __impact_hole_0(a) FROM t",
            "SELECT __IMPACT_hole_0(a) FROM t",
            "SELECT __schema_unavailable_at_load__ FROM t",
        ] {
            assert!(checked(sql.into(), dialect).is_err(), "{sql}");
        }
    }
}
