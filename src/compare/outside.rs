//! What changes a model from outside of its file: statements of the configuration, materializations of the project,
//! variables that Python code asks for.
//!
//! In: a model in both states. Out: changes with an unknown effect, added to what is known to change. A value is never shown:
//! it may be a secret.

use crate::project::Body;
use crate::state::{AnalysedModel, State};

use super::environment::EnvironmentChange;
use super::model::{LocalChange, ModelDiff};

/// A model with the state that it stands in.
type Stated<'s> = (&'s State, &'s AnalysedModel);

/// Two states, and what of them reaches models from outside of their files.
pub struct Outside<'s> {
    before: &'s State,
    after: &'s State,
    environment: EnvironmentChange,
}

impl<'s> Outside<'s> {
    /// Compares what models share.
    pub fn between(before: &'s State, after: &'s State) -> Self {
        Outside { before, after, environment: EnvironmentChange::between(&before.project, &after.project) }
    }

    /// Adds what changes a model from outside.
    pub fn add_to(&self, before: &AnalysedModel, after: &AnalysedModel, diff: &mut Option<ModelDiff>) {
        if let Some(change) = self.environment.of_model(after) {
            diff.get_or_insert_with(ModelDiff::same).everything_unknown(after, change);
        }
        add_code((self.before, before), (self.after, after), diff);
    }
}

/// Adds changes of code and of the variables that it asks for.
fn add_code(before: Stated<'_>, after: Stated<'_>, diff: &mut Option<ModelDiff>) {
    let [old, new] = [before, after].map(|(state, _)| state.project.materializations);
    if after.1.model.kind.name == "CUSTOM" && old != new {
        let kind = after.1.model.header.get("kind");
        let change = LocalChange {
            code: "P101",
            column: None,
            location: kind.map_or_else(|| after.1.model.location.clone(), |kind| kind.location.clone()),
            before: None,
            after: None,
            message: "the code of materializations changed; how it fills the table isn't known".to_owned(),
        };
        diff.get_or_insert_with(ModelDiff::same).everything_unknown(after.1, change);
    }
    if let (Body::Python(_), Body::Python(body)) = (&before.1.model.body, &after.1.model.body)
        // Of queries that SQLMesh rendered it is known what the variables do there.
        && (before.1.query.is_none() || after.1.query.is_none())
        && let Some(name) = body.variables.union(&body.arguments).find(|name| value(before, name) != value(after, name))
    {
        let change = LocalChange {
            code: "U202",
            column: None,
            location: after.1.model.location.clone(),
            before: None,
            after: None,
            message: format!("the variable {name}, which the code asks for, has another value"),
        };
        diff.get_or_insert_with(ModelDiff::same).everything_unknown(after.1, change);
    }
}

fn value((state, model): Stated<'_>, name: &str) -> Option<String> {
    let configured = || state.project.variables_of(&model.model.name).get(name).map(ToString::to_string);
    model.model.blueprint.get(name).cloned().or_else(configured)
}
