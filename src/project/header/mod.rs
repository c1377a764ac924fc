//! The `MODEL (...)` and `AUDIT (...)` headers: every property with the place it stands at.

mod check;
mod defaults;
mod names;
mod parse;
mod refused;
mod spelled;
mod substitute;
mod values;

pub(crate) use check::{check, check_commas};
pub(crate) use defaults::{add_defaults, dialect_property, is_enabled, truth, truth_in_brackets};
pub use names::{identifiers, model_name};
pub(crate) use parse::{Source, parse_kind, parse_properties, property_from_text, property_tokens, shift, value_place};
pub(crate) use refused::check_together;
pub(crate) use spelled::{Origin, spelled};
pub use substitute::{Variables, substitute};
pub(crate) use substitute::{as_expression, check_macros, is_rendered_late, names_behind_at, substitute_properties};
pub(crate) use values::{columns, items, pairs};

use std::sync::Arc;

use crate::diagnostic::Location;
use crate::hash::Print;

/// A header's properties in the order written. Those that `model_defaults` adds stand before them, with the place
/// in the configuration as theirs: so the header's own win in [`Header::get`].
#[derive(Debug, Clone, Default)]
pub struct Header {
    pub properties: Vec<Property>,
}

/// One property of a header or of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Lower case.
    pub name: String,
    /// The value as written, without surrounding white space; empty for a bare flag.
    pub value: Arc<str>,
    /// The value split into tokens' texts, comments left out: equal for values that differ in formatting only.
    pub tokens: Vec<String>,
    /// Where name and value stand.
    pub location: Location,
    /// Changes with what the macros and variables stand for that are left in the value; 0 if there are none.
    pub behind: Print,
}

/// A model's kind with its own properties.
#[derive(Debug, Clone, Default)]
pub struct ModelKind {
    /// Upper case: `FULL`, `VIEW`, `INCREMENTAL_BY_TIME_RANGE`, …; [`ModelKind::UNKNOWN`] if only a macro would tell.
    pub name: String,
    pub properties: Vec<Property>,
}

impl Header {
    /// The property with this lower-case name; the last one if it stands twice.
    pub fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().rev().find(|property| property.name == name)
    }
}

impl ModelKind {
    /// The name of a kind that could not be read.
    pub const UNKNOWN: &'static str = "UNKNOWN";

    /// A kind without properties.
    pub fn named(name: &str) -> Self {
        ModelKind { name: name.to_owned(), properties: Vec::new() }
    }

    /// The kind's property with this lower-case name.
    pub fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().rev().find(|property| property.name == name)
    }
}
