//! The codes of what this stage could not read, family `U`.

/// A configuration file could not be read.
pub const CONFIG_UNREADABLE: &str = "U001";
/// A setting that decides how models are read could not be evaluated without running code.
pub const CONFIG_NOT_STATIC: &str = "U002";
/// A dialect is missing or not known.
pub const DIALECT_UNKNOWN: &str = "U003";
/// A file could not be read, or is not UTF-8 text.
pub const FILE_UNREADABLE: &str = "U004";
/// A file under `models/` has no `MODEL (...)` header, or the header is not closed.
pub const HEADER_MISSING: &str = "U005";
/// A model has no name, or one that only running code would tell.
pub const NAME_UNKNOWN: &str = "U006";
/// A model has no query, or more than one.
pub const QUERY_MISSING: &str = "U007";
/// Two models or audits have the same name.
pub const NAME_TWICE: &str = "U008";
/// The `blueprints` of a model could not be read.
pub const BLUEPRINTS_UNREADABLE: &str = "U009";
/// A seed's CSV file is not in the tree, or could not be read.
pub const SEED_UNREADABLE: &str = "U010";
/// A file of external models could not be read.
pub const EXTERNAL_UNREADABLE: &str = "U011";
/// A Python file could not be parsed.
pub const PYTHON_UNREADABLE: &str = "U012";
/// An argument of `@model(...)` or `@macro(...)` could not be evaluated without running code.
pub const PYTHON_NOT_STATIC: &str = "U013";
/// A table that Python code reads could not be named without running code.
pub const DEPENDENCY_NOT_STATIC: &str = "U014";
/// Two macros have the same name.
pub const MACRO_TWICE: &str = "U015";
/// An audit could not be read.
pub const AUDIT_UNREADABLE: &str = "U016";
/// An ignore pattern is not a valid glob.
pub const PATTERN_INVALID: &str = "U017";
/// A property that decides how a model is read depends on a macro that could not be evaluated.
pub const PROPERTY_NOT_STATIC: &str = "U018";
/// The project is configured in a way that is not supported.
pub const NOT_SUPPORTED: &str = "U019";
/// A file of unit tests or a metric could not be read.
pub const TEST_OR_METRIC_UNREADABLE: &str = "U020";
/// SQLMesh overlooks a statement of a model, because of where it stands.
pub const STATEMENT_LOST: &str = "U021";
/// SQLMesh refuses a property of a header, or overlooks it.
pub const PROPERTY_INVALID: &str = "U022";
