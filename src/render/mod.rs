//! From a statement's text to plain SQL: macros and variables expanded, each output character traced to its source.
//!
//! In: the text, the dialect, the values of variables, what macros the project defines.
//! Out: [`Rendered`]: SQL text without a single macro, a [`SourceMap`], and the [`Hole`]s: what can't be known
//! without running project code, which appears in the text as a call of [`HOLE_PREFIX`]`N(arguments)`.
//! Never a guess, never a failure: what can't be expanded is a hole and a diagnostic.
//!
//! SQLMesh replaces macros in a syntax tree, writes the tree as SQL and parses that again; so replacing text is the
//! same, except inside conditions that it evaluates before: there a value of several tokens stays one operand.

pub mod codes;
mod dates;
mod definitions;
mod evaluate;
mod expand;
mod fragment;
mod holes;
mod interpolate;
mod jinja;
mod known;
mod lambda;
mod operators;
mod places;
mod recursive;
mod shape;
mod source_map;
mod splice;
mod syntax;
#[cfg(test)]
mod tests;
mod values;
mod variables;

pub use jinja::python_method;
pub use source_map::SourceMap;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::names::{ColumnName, ModelName};
use crate::project::{Language, PythonMacro, Statement};

use expand::Expander;
use fragment::Fragment;

/// A hole numbered `N` stands in the rendered text as a call of the function `__impact_hole_N`.
pub const HOLE_PREFIX: &str = "__impact_hole_";

/// What a hole is called that stands for a whole statement.
pub const WHOLE_STATEMENT: &str = "statement";

/// A statement after rendering.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// Plain SQL, one statement, without a final semicolon. Empty if a condition removed the whole statement, or if
    /// it is one hole.
    pub sql: String,
    pub map: SourceMap,
    pub holes: Vec<Hole>,
    /// Lower-case names of the config, gateway and blueprint variables that were read.
    pub variables: Vec<String>,
    /// Tables whose columns a macro asked for, whether they were known or not.
    pub tables: Vec<ModelName>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Rendered {
    /// The same statement as SQLMesh itself expanded it: without holes, every place in it standing for the whole
    /// statement.
    pub fn expanded(self, sql: &str, statement: std::ops::Range<usize>) -> Rendered {
        let mut map = SourceMap::default();
        map.push_replaced(0, statement);
        Rendered { sql: sql.to_owned(), map, holes: vec![], tables: vec![], diagnostics: vec![], ..self }
    }
}

/// A column of a table that a macro may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableColumn {
    /// Normalized.
    pub name: ColumnName,
    /// `None` if it isn't known.
    pub data_type: Option<Arc<str>>,
}

/// Tables whose columns are all known.
pub type Tables = BTreeMap<ModelName, Vec<TableColumn>>;

/// Something that only running the project's code would tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hole {
    /// What stands there: `@my_macro`, a Jinja block, …
    pub name: Arc<str>,
    /// The call as written, for messages.
    pub text: Arc<str>,
    /// What it is called with, variables put in; `None` where a part of that isn't known.
    pub given: Option<Arc<str>>,
    /// It stands where a table or a query is expected.
    pub is_relation: bool,
    /// The arguments could be kept as SQL (as the arguments of the placeholder call). If not, the hole may read
    /// any column in scope.
    pub arguments_known: bool,
    /// Byte range of the call in the source.
    pub start: usize,
    pub end: usize,
}

/// Everything outside the statement that its rendering depends on.
#[derive(Debug, Clone)]
pub struct Environment<'a> {
    /// The file that the statement stands in, for diagnostics.
    pub path: &'a Arc<str>,
    pub dialect: Dialect,
    /// Config and gateway variables, by lower-case name.
    pub variables: &'a BTreeMap<String, serde_json::Value>,
    /// Blueprint variables as SQL text, by lower-case name.
    pub blueprint: &'a BTreeMap<String, String>,
    pub gateway: Option<&'a str>,
    pub default_catalog: Option<&'a str>,
    /// The model's name as SQL, quoted as needed: `"catalog"."schema"."table"`. `None` outside models.
    pub this_model: Option<String>,
    /// Models of kind `VIEW` and `FULL` have no start and no end.
    pub execution_time_only: bool,
    /// Macros that the project defines in Python, by lower-case name.
    pub user_macros: &'a BTreeMap<String, PythonMacro>,
    /// Paths and texts of Jinja macro files.
    pub jinja_macros: &'a [(&'a str, &'a str)],
    /// What is known of the tables that the model reads.
    pub tables: &'a Tables,
}

/// Renders one statement of `source` as SQLMesh does when it loads a project. `definitions` are statements that may be
/// `@DEF`s; others among them are passed over.
pub fn render(
    source: &str,
    statement: Statement,
    definitions: &[Statement],
    environment: &Environment<'_>,
) -> Rendered {
    let range = clamp(source, statement);
    let text = source.get(range.clone()).unwrap_or("");
    let mut expander = Expander::new(source, environment);
    if statement.language == Language::Sql {
        return expander.statement(Fragment::copied(text, range.start), definitions, range);
    }
    match jinja::render(source, range.clone(), environment) {
        Ok(template) => {
            if !template.may_call_python {
                expander.around_template = Some(around(source, &range));
            }
            expander.variables.extend(template.variables);
            expander.statement(template.fragment, definitions, range)
        }
        Err(failure) => expander.stopped(failure, range),
    }
}

/// The lower-case text of a file without the statement at `range`.
fn around(source: &str, range: &std::ops::Range<usize>) -> String {
    let part = |range: std::ops::Range<usize>| source.get(range).unwrap_or("").to_lowercase();
    format!("{}\n{}", part(0..range.start), part(range.end..source.len()))
}

/// Does this lower-case name stand for a moment of the run: `start_ds`, `execution_date`, …?
pub fn is_date_variable(name: &str) -> bool {
    dates::date_variable(name, false).is_some()
}

/// An identifier in the dialect's quotes.
pub fn quoted_identifier(name: &str, dialect: Dialect) -> String {
    values::quoted_identifier(name, dialect)
}

/// The definitions of the Jinja macros that a template uses, directly or through others.
pub fn used_jinja_macros(template: &str, files: &[(&str, &str)]) -> String {
    jinja::used_macros(template, files)
}

/// The statement's bytes, moved to where characters begin.
fn clamp(source: &str, statement: Statement) -> std::ops::Range<usize> {
    let boundary = |offset: usize| {
        let mut offset = offset.min(source.len());
        while !source.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = boundary(statement.start);
    start..boundary(statement.end).max(start)
}
