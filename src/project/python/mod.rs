//! Python, read without running it: `@model(...)` files and `@macro()` functions.
//!
//! In: the project's Python files. Out: what decorators and constants say, and hashes that change whenever code does.
//! No code is run, no file outside the tree is read.

pub(crate) mod definition;
mod dependencies;
pub(crate) mod evaluate;
pub(crate) mod macros;
pub(crate) mod model;
pub(crate) mod module;
pub(crate) mod modules;
mod references;
mod units;

/// A Python model, as far as its source tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonBody {
    /// Changes whenever the model's function, or the source of what it calls in the project, changes.
    pub definition: u64,
    /// `is_sql=True`: the function returns a query.
    pub is_sql: bool,
    /// Name of the decorated function.
    pub entrypoint: String,
}
