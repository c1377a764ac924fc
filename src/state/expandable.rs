//! The queries that only running the project's macros would tell.
//!
//! In: a project, and the rendering of a query by itself. Out: whether the user's SQLMesh could expand it, and whether
//! what it would answer holds for every run. SQLMesh expands a query here as when it loads the project, on the first day
//! of the epoch: an answer says something about other days only if nothing in the query looks at the day but the places
//! where the day is written.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::lex::{Token, TokenKind, lex_code};
use crate::names::ModelName;
use crate::project::python::PythonBody;
use crate::project::{Body, Language, Model, Project, PythonMacro, SqlBody, Statement};
use crate::render::{Hole, WHOLE_STATEMENT, is_date_variable};

use super::rendering;

/// Macros of SQLMesh whose results follow from their arguments and from columns of tables.
const STEADY_OPERATORS: [&str; 28] = [
    "and",
    "blueprint_var",
    "date_spine",
    "deduplicate",
    "def",
    "each",
    "eval",
    "filter",
    "generate_surrogate_key",
    "group_by",
    "having",
    "haversine_distance",
    "if",
    "join",
    "limit",
    "or",
    "order_by",
    "pivot",
    "reduce",
    "safe_add",
    "safe_div",
    "safe_sub",
    "sql",
    "star",
    "union",
    "var",
    "where",
    "with",
];

/// Whether a query that has holes can be expanded by running code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expandable {
    /// What SQLMesh answers holds for every run.
    Always,
    /// It may be something else on another day, or in another stage of a plan.
    AtLoadTime,
    /// Its holes are no calls of the project's code.
    Never,
}

/// Every query with holes, and every one that a Python function makes.
pub fn expandable(project: &Project) -> BTreeMap<ModelName, Expandable> {
    let models: Vec<_> = project.models.values().collect();
    let found = models.par_iter().filter_map(|model| {
        let body = match &model.body {
            Body::Sql(body) => body,
            Body::Python(body) if body.is_sql => return Some((model.name.clone(), of_function(body))),
            _ => return None,
        };
        let query = body.query?;
        let holes = rendering::holes(project, model, body);
        (!holes.is_empty()).then(|| (model.name.clone(), Calls::of(project, model, body).judge(query, &holes)))
    });
    found.collect()
}

/// A function that returns the whole query.
fn of_function(body: &PythonBody) -> Expandable {
    if body.reads_run { Expandable::AtLoadTime } else { Expandable::Always }
}

/// Could running the project's code fill these holes of the model's query?
pub(super) fn runs_code(project: &Project, model: &Model, body: &SqlBody, holes: &[Hole]) -> bool {
    let judged = |query| Calls::of(project, model, body).judge(query, holes);
    !holes.is_empty() && body.query.map(judged).is_some_and(|found| found != Expandable::Never)
}

/// What the calls of one query may stand for.
struct Calls<'p> {
    project: &'p Project,
    model: &'p Model,
    body: &'p SqlBody,
    macros: &'p BTreeMap<String, PythonMacro>,
    /// Lower-case names that the model itself defines.
    defined: BTreeSet<String>,
}

impl<'p> Calls<'p> {
    fn of(project: &'p Project, model: &'p Model, body: &'p SqlBody) -> Self {
        let macros = project.macros_of(&model.name);
        let definitions = body.pre_statements.iter().filter_map(|statement| defined(text(body, statement)));
        Calls { project, model, body, macros, defined: definitions.collect() }
    }

    fn judge(&self, query: Statement, holes: &[Hole]) -> Expandable {
        let is_whole = holes.iter().any(|hole| &*hole.name == WHOLE_STATEMENT);
        let query_text = text(self.body, &query);
        let calls: Vec<&str> = if is_whole { vec![query_text] } else { holes.iter().map(|hole| &*hole.text).collect() };
        let runs_code = calls.iter().flat_map(|call| names(call)).any(|name| self.macros.contains_key(&name));
        if !runs_code && query.language == Language::Sql {
            return Expandable::Never;
        }
        let definitions = self.body.pre_statements.iter().map(|statement| text(self.body, statement));
        let uses = |text: &str| names(text).iter().any(|name| self.defined.contains(name));
        let with_definitions = calls.iter().any(|call| uses(call));
        let is_steady = query.language == Language::Sql
            && calls.iter().all(|call| if is_whole { self.is_steady_around(call) } else { self.is_steady(call) })
            && (!with_definitions || definitions.into_iter().all(|text| self.is_steady(text)));
        if is_steady { Expandable::Always } else { Expandable::AtLoadTime }
    }

    /// Does the text stand for the same in every run?
    fn is_steady(&self, text: &str) -> bool {
        let is_known = |name: &String| match self.macros.get(name) {
            Some(found) => !found.reads_run,
            None => self.is_variable(name) || STEADY_OPERATORS.contains(&name.as_str()),
        };
        !text.contains("{{") && !text.contains("{%") && names(text).iter().all(is_known)
    }

    /// Does a whole statement stand for the same in every run, but for the dates that are written outside of calls?
    fn is_steady_around(&self, text: &str) -> bool {
        let tokens = lex_code(text, self.model.dialect.lexical());
        // For each parenthesis that is open: is it a call's, or inside of one?
        let mut in_calls: Vec<bool> = vec![];
        let at = |index: Option<usize>, symbol: char| {
            index.and_then(|index| tokens.get(index)).is_some_and(|token| token.is_symbol(symbol))
        };
        let steady = |(index, token): (usize, &Token)| {
            let inside = in_calls.last().copied().unwrap_or(false);
            let is_named = at(index.checked_sub(1), '@');
            match token.kind {
                TokenKind::Symbol('(') => in_calls.push(inside || at(index.checked_sub(2), '@')),
                TokenKind::Symbol(')') => drop(in_calls.pop()),
                TokenKind::Symbol('@') => {
                    return tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::Word);
                }
                TokenKind::Word if is_named && !inside && is_date_variable(&token.text(text).to_lowercase()) => {}
                TokenKind::Word if is_named => return self.is_steady(&format!("@{}", token.text(text))),
                _ => return self.is_steady(token.text(text)),
            }
            true
        };
        tokens.iter().enumerate().all(steady)
    }

    fn is_variable(&self, name: &str) -> bool {
        let configured = self.project.variables_of(&self.model.name).contains_key(name);
        configured || self.model.blueprint.contains_key(name) || self.defined.contains(name)
    }
}

fn text<'b>(body: &'b SqlBody, statement: &Statement) -> &'b str {
    body.text.get(statement.start..statement.end).unwrap_or("")
}

/// The lower-case words behind each `@` or `@{`, also in strings; `""` where none is.
fn names(text: &str) -> Vec<String> {
    let word = |rest: &str| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        rest.get(..end).unwrap_or("").to_lowercase()
    };
    text.split('@').skip(1).map(word).collect()
}

/// `x` of `@DEF(x, …)`.
fn defined(text: &str) -> Option<String> {
    let rest = text.trim_start().strip_prefix('@')?;
    let inside = rest.get(3..).filter(|_| rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("def")))?;
    let name = inside.trim_start().strip_prefix('(')?.split(',').next()?;
    Some(name.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::load::{LoadOptions, load};
    use crate::source::memory::MemoryTree;

    fn judged(query: &str, code: &str) -> Option<Expandable> {
        let query = format!("MODEL (name s.q, kind INCREMENTAL_UNMANAGED, dialect duckdb); {query}");
        let code = format!("from sqlmesh import macro\n\n@macro()\ndef m(evaluator, *args):\n    {code}\n");
        let config = "model_defaults:\n  dialect: duckdb\nvariables:\n  top: 1\n";
        let files = [("config.yaml", config), ("models/q.sql", query.as_str()), ("macros/m.py", code.as_str())];
        let project = load(&MemoryTree::new("test", files), "", &LoadOptions::default());
        expandable(&project).into_values().next()
    }

    const PLAIN: &str = "return [a for a in args]";

    #[test]
    fn calls_of_code_that_only_computes_can_be_expanded() {
        for query in [
            "SELECT @m(a) AS b FROM t",
            "SELECT @m(@top) AS b, ds FROM t WHERE ds = @start_ds",
            "@DEF(x, 1); SELECT @m(@x) FROM t",
            "SELECT a AS @m(b) FROM t",
            "SELECT a AS @m(b) FROM t WHERE (ds = @start_ds)",
        ] {
            assert_eq!(judged(query, PLAIN), Some(Expandable::Always), "{query}");
        }
        assert_eq!(judged("SELECT a FROM t", PLAIN), None);
    }

    #[test]
    fn a_call_that_sees_the_day_says_nothing_of_other_days() {
        for query in [
            "SELECT @m(@start_ds) AS b FROM t",
            "SELECT @m('@{end_ds}') AS b FROM t",
            "@DEF(x, @start_ds); SELECT @m(@x) AS b FROM t",
            "SELECT a AS @m(b, (@start_ds)) FROM t",
            "SELECT a AS @m(b) FROM t WHERE ds = '@start_ds'",
            "SELECT a AS @m(b) FROM t WHERE @IF(@start_ds > '1980-01-01', a, b)",
            "SELECT @m(@this_model) AS b FROM t",
        ] {
            assert_eq!(judged(query, PLAIN), Some(Expandable::AtLoadTime), "{query}");
        }
        let by_stage = "return args if evaluator.runtime_stage == 'loading' else 1";
        assert_eq!(judged("SELECT @m(a) AS b FROM t", by_stage), Some(Expandable::AtLoadTime));
    }

    #[test]
    fn what_no_code_stands_behind_is_left_alone() {
        assert_eq!(judged("SELECT @STAR(s.nowhere) FROM s.nowhere", PLAIN), Some(Expandable::Never));
    }
}
