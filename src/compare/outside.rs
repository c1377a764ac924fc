//! What changes a model from outside of its file, its query aside: variables and macros in the statements around the query
//! and in properties that SQLMesh renders when it runs the model, and variables that Python code asks for.
//!
//! In: a model in both states. Out: changes with an unknown effect, added to what is known to change. A value is never shown:
//! it may be a secret.

use std::collections::BTreeSet;

use crate::impact::RowEffect;
use crate::project::{Body, Project, Property};
use crate::state::{AnalysedModel, State};

use super::model::{LocalChange, ModelDiff};

/// A model with the state that it stands in.
type Stated<'s> = (&'s State, &'s AnalysedModel);

/// Adds what changes from outside.
pub fn compare_surroundings(before: Stated<'_>, after: Stated<'_>, diff: &mut Option<ModelDiff>) {
    if let Some(name) = late_property(before, after) {
        let message = format!("a variable or macro in {name} has another value");
        let mut change = change("P103", after, message);
        if let Some(property) = property(after.1, name) {
            change.location = property.location.clone();
        }
        diff.get_or_insert_with(ModelDiff::same).rows_change(RowEffect::Unknown, change);
    }
    let says_so = diff.iter().flat_map(|diff| &diff.changes).any(|change| change.code == "P108");
    if !says_so && before.0.statements_print(before.1) != after.0.statements_print(after.1) {
        let message = "a variable or macro in a statement before or after the query has another value; what the statement \
                       does to the data isn't known";
        let change = change("P108", after, message.to_owned());
        diff.get_or_insert_with(ModelDiff::same).rows_change(RowEffect::Unknown, change);
    }
    if let (Body::Python(_), Body::Python(body)) = (&before.1.model.body, &after.1.model.body)
        && let Some(name) = body.variables.iter().find(|name| variable_differs(before, after, name))
    {
        let message = format!("the variable {name}, which the code asks for, has another value");
        let change = change("U202", after, message);
        diff.get_or_insert_with(ModelDiff::same).everything_unknown(after.1, change);
    }
}

fn change(code: &'static str, after: Stated<'_>, message: String) -> LocalChange {
    LocalChange { code, column: None, location: after.1.model.location.clone(), before: None, after: None, message }
}

/// Properties in which variables are left to the run.
const LATE: [&str; 2] = ["merge_filter", "session_properties"];

fn property<'m>(model: &'m AnalysedModel, name: &str) -> Option<&'m Property> {
    model.model.kind.get(name).or_else(|| model.model.header.get(name))
}

fn late_property(before: Stated<'_>, after: Stated<'_>) -> Option<&'static str> {
    LATE.into_iter().find(|name| {
        let names = property(after.1, name).map(names_after_at).unwrap_or_default();
        names.iter().any(|name| variable_differs(before, after, name) || macro_differs(before, after, name))
    })
}

/// The words of a property that has a macro or variable in it, in lower case: each may be its name.
fn names_after_at(property: &Property) -> BTreeSet<String> {
    let words = property.tokens.iter().map(|token| token.trim_start_matches('@').to_lowercase());
    if property.tokens.iter().any(|token| token.starts_with('@')) { words.collect() } else { BTreeSet::new() }
}

fn variable_differs((before, old): Stated<'_>, (after, new): Stated<'_>, name: &str) -> bool {
    let configured =
        |project: &Project, model: &AnalysedModel| project.variables_of(&model.model.name).get(name).cloned();
    let shown = |state: &State, model: &AnalysedModel| match model.model.blueprint.get(name) {
        Some(value) => (Some(value.clone()), None),
        None => (None, configured(&state.project, model)),
    };
    shown(before, old) != shown(after, new)
}

fn macro_differs(before: Stated<'_>, after: Stated<'_>, name: &str) -> bool {
    let called = |(state, model): Stated<'_>| state.project.macros_of(&model.model.name).get(name).cloned();
    match (called(before), called(after)) {
        (None, None) => false,
        (Some(old), Some(new)) => {
            let asks_anything = new.reads_any_variable && {
                let (a, b) = (&before.0.project, &after.0.project);
                a.variables_of(&before.1.model.name) != b.variables_of(&after.1.model.name)
                    || before.1.model.blueprint != after.1.model.blueprint
            };
            let asked = new.variables.iter().any(|name| variable_differs(before, after, name));
            old.definition != new.definition || asks_anything || asked
        }
        _ => true,
    }
}
