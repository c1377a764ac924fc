//! Whether SQLMesh's answer about a model can be told without running the project's code.
//!
//! In: both versions of a model. Out: does it hang on what code gives how they compare? What is predicted then is the
//! likelier answer, and is marked.

use crate::hash::Print;
use crate::lex::lex_code;
use crate::project::{Body, Property, SqlBody};
use crate::state::{AnalysedModel, State};

/// Does a call of code stand behind a difference of the two versions? `same_inputs`: the parents' columns, macros and
/// variables are the same.
pub(super) fn hangs_on_code(
    before: (&State, &AnalysedModel),
    after: (&State, &AnalysedModel),
    same_inputs: bool,
) -> bool {
    let (old, new) = (before.1, after.1);
    holes(old) != holes(new)
        || computed(old) != computed(new)
        || old.around != new.around && (calls_code(before) || calls_code(after))
        || is_written_by_code(old, new, same_inputs)
}

fn holes(model: &AnalysedModel) -> Option<&[Print]> {
    model.query.as_ref().map(|query| query.rendered.holes.as_slice())
}

/// Properties of the header that code computes.
fn computed(model: &AnalysedModel) -> Vec<&Property> {
    let all = model.model.header.properties.iter().chain(&model.model.kind.properties);
    all.filter(|property| property.behind != 0).collect()
}

/// Do statements around the query call macros of the project?
fn calls_code((state, model): (&State, &AnalysedModel)) -> bool {
    let Body::Sql(body) = &model.model.body else { return false };
    let macros = state.project.macros_of(&model.model.name);
    statements(body).any(|text| {
        let tokens = lex_code(text, model.model.dialect.lexical());
        tokens.windows(2).any(|pair| match pair {
            [at, name] => at.is_symbol('@') && macros.contains_key(&name.text(text).to_lowercase()),
            _ => false,
        })
    })
}

fn statements(body: &SqlBody) -> impl Iterator<Item = &str> {
    let all = body.pre_statements.iter().chain(&body.post_statements);
    all.map(|statement| body.text.get(statement.start..statement.end).unwrap_or(""))
}

/// A query that a Python function makes. It may ask for the parents' columns.
fn is_written_by_code(before: &AnalysedModel, after: &AnalysedModel, same_inputs: bool) -> bool {
    match (&before.model.body, &after.model.body) {
        (Body::Python(old), Body::Python(new)) => {
            let same_code = same_inputs && old.definition == new.definition;
            old.is_sql && new.is_sql && after.query.is_none() && !same_code
        }
        _ => false,
    }
}
