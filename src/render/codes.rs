//! The codes of the diagnostics that rendering reports (family `U1`).

/// A macro variable that nothing defines: SQLMesh refuses to load the model.
pub const UNDEFINED_VARIABLE: &str = "U101";
/// A macro that neither SQLMesh nor the project defines.
pub const UNKNOWN_MACRO: &str = "U102";
/// A built-in macro called with too few, too many or the wrong kind of arguments.
pub const WRONG_ARGUMENTS: &str = "U103";
/// Expansion went too deep, took too many steps or made too much text; a macro that calls itself does so.
pub const TOO_LARGE: &str = "U104";
/// A macro call whose parenthesis is never closed.
pub const UNBALANCED: &str = "U105";
/// A macro's result (a list, nothing, an opaque value) that can't stand where the call stands.
pub const MISPLACED: &str = "U106";
/// A Jinja template that can't be parsed.
pub const JINJA_SYNTAX: &str = "U107";
/// A Jinja template that reads or calls something unknown, or fails while it is rendered.
pub const JINJA_FAILED: &str = "U108";
/// A condition or value that only SQLMesh's own evaluation would tell.
pub const NOT_EVALUATED: &str = "U109";
