//! From a statement's text to plain SQL: macros and variables expanded, each output character traced to its source.
//!
//! In: the text, the dialect, the values of variables, what macros the project defines.
//! Out: [`Rendered`]: SQL text without a single macro, a [`SourceMap`], and the [`Hole`]s: what can't be known
//! without running project code, which appears in the text as a call of [`HOLE_PREFIX`]`N(arguments)`.
//! Never a guess, never a failure: what can't be expanded is a hole and a diagnostic.

mod source_map;

pub use source_map::SourceMap;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;

/// A hole numbered `N` stands in the rendered text as a call of the function `__impact_hole_N`.
pub const HOLE_PREFIX: &str = "__impact_hole_";

/// A statement after rendering.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// Plain SQL, one statement, without a final semicolon.
    pub sql: String,
    pub map: SourceMap,
    pub holes: Vec<Hole>,
    /// Lower-case names of the config, gateway and blueprint variables that were read.
    pub variables: Vec<String>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Something that only running the project's code would tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hole {
    /// What stands there: `@my_macro`, a Jinja block, …
    pub name: Arc<str>,
    /// The call as written, for messages.
    pub text: Arc<str>,
    /// The arguments could be kept as SQL (as the arguments of the placeholder call). If not, the hole may read
    /// any column in scope.
    pub arguments_known: bool,
    /// Byte range of the call in the source.
    pub start: usize,
    pub end: usize,
}
