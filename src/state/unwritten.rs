//! Models whose code may read tables that nothing names.
//!
//! In: a query with calls that aren't expanded, and the project's macros; then which models change. Out: does what is called put
//! the names of tables together, so that they stand neither in its texts nor in the call ([`super::possible`] finds those)? And which
//! changed model each such model may read: any that isn't downstream of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::ModelName;
use crate::project::header::names_behind_at;
use crate::project::{Model, Project, PythonMacro};
use crate::render::{Hole, WHOLE_STATEMENT};

use super::{RenderedQuery, State};

/// May the query read tables that nothing names?
pub(super) fn reads_unwritten(project: &Project, model: &Model, query: &RenderedQuery) -> bool {
    let macros = project.macros_of(&model.name);
    query.rendered.holes.iter().any(|hole| {
        let is_whole = &*hole.name == WHOLE_STATEMENT;
        let is_table = hole.is_relation || is_whole;
        let mut called = names_behind_at(if is_whole { &hole.text } else { &hole.name });
        called.any(|name| macros.get(&name).is_some_and(|code| composes(code, hole, is_table)))
            || is_whole && composes_in_template(project, model, &hole.text)
    })
}

/// Does a template that can't be rendered, or a macro for templates, have a table's name made where one is expected?
fn composes_in_template(project: &Project, model: &Model, text: &str) -> bool {
    let is_made = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_expected = |word: &str| ["from", "join"].into_iter().any(|known| word.eq_ignore_ascii_case(known));
        words.windows(2).any(|pair| matches!(pair, [word, table] if is_expected(word) && table.contains("{{")))
    };
    let macros = project.jinja_macros_of(&model.name);
    text.contains("{{") && (is_made(text) || macros.iter().any(|(_, text)| is_made(text)))
}

fn composes(code: &PythonMacro, hole: &Hole, is_table: bool) -> bool {
    let of_code = code.composed.in_queries || is_table && code.composed.as_names;
    of_code || (is_table || code.composed.by_parameters) && hole.given.is_none() && has_unknown_argument(&hole.text)
}

/// Is there a variable or a call in the arguments that isn't just the schema of a table?
fn has_unknown_argument(call: &str) -> bool {
    call.split('@').skip(2).any(|rest| {
        let rest = rest.trim_start_matches('{');
        let named = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
        !named.trim_start_matches('}').starts_with('.')
    })
}

/// Of the models that may read tables which nothing names, those that may read one of the `changed` ones, with the first of these.
///
/// A model that all changed ones depend on can read none of them.
pub fn reached<'n>(state: &State, changed: impl Iterator<Item = &'n ModelName>) -> BTreeMap<ModelName, ModelName> {
    let mut pending: BTreeSet<&ModelName> =
        state.models.values().filter(|model| model.reads_unwritten).map(|model| &model.model.name).collect();
    let mut reached = BTreeMap::new();
    for name in changed {
        if pending.is_empty() {
            break;
        }
        let above = upstream(state, name);
        let (kept, found) = pending.into_iter().partition(|reader| above.contains(*reader));
        pending = kept;
        reached.extend(BTreeSet::into_iter(found).map(|reader| (reader.clone(), name.clone())));
    }
    reached
}

/// The model and everything that it depends on.
fn upstream<'s>(state: &'s State, name: &'s ModelName) -> BTreeSet<&'s ModelName> {
    let mut found = BTreeSet::from([name]);
    let mut pending = vec![name];
    while let Some(model) = pending.pop().and_then(|name| state.models.get(name)) {
        pending.extend(model.parents.iter().filter(|parent| found.insert(parent)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_in_a_variable_is_no_unknown_table() {
        for call in ["@f(s.a)", "@f(@schema.a, 1)", "@f(@{schema}.a)"] {
            assert!(!has_unknown_argument(call), "{call}");
        }
        for call in ["@f(@table)", "@f(@g(1))", "@f(s.@table)", "@f(@schema.a, @b)"] {
            assert!(has_unknown_argument(call), "{call}");
        }
    }
}
