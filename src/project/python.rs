//! Python, read without running it: `@model(...)` files and `@macro()` functions.

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
