//! Python, read without running it: `@model(...)` files and `@macro()` functions.
//!
//! In: the project's Python files. Out: what decorators and constants say, and hashes that change whenever code does.
//! No code is run, no file outside the tree is read.

mod circumstances;
mod composed;
pub(crate) mod definition;
mod dependencies;
pub(crate) mod evaluate;
mod kinds;
pub(crate) mod macros;
pub(crate) mod model;
pub(crate) mod module;
pub(crate) mod modules;
mod queries;
mod references;
mod said;
pub mod simple;
mod units;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::hash::Print;

pub use composed::Composed;
pub use queries::{CodeQuery, Part, Piece, Words};

/// A Python model, as far as its source tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonBody {
    /// Changes whenever the model's function, or the source of what it calls in the project, changes.
    pub definition: Print,
    /// Changes whenever the function, or what it calls in the project, moves to another module.
    pub place: Print,
    /// `is_sql=True`: the function returns a query.
    pub is_sql: bool,
    /// Name of the decorated function.
    pub entrypoint: String,
    /// String literals with a dot in them, in the function and in the project's code that it calls, docstrings left
    /// out; of f-strings the literal parts. They may name tables that only running the code would tell.
    pub strings: Vec<Arc<str>>,
    /// Queries that the function hands to its context.
    pub queries: Vec<CodeQuery>,
    /// Where the function names what may be a column.
    pub words: Words,
    /// Lower-case names of the variables that the function asks its context for.
    pub variables: BTreeSet<String>,
    /// Lower-case names of its arguments: SQLMesh passes variables to those of their names.
    pub arguments: BTreeSet<String>,
    /// What it gives may depend on the day or the stage of a run, or on the world outside.
    pub reads_run: bool,
}
