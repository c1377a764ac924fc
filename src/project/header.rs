//! The `MODEL (...)` and `AUDIT (...)` headers: every property with the place it stands at.

use std::sync::Arc;

use crate::diagnostic::Location;

/// A header's properties in the order written.
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
}

/// A model's kind with its own properties.
#[derive(Debug, Clone, Default)]
pub struct ModelKind {
    /// Upper case: `FULL`, `VIEW`, `INCREMENTAL_BY_TIME_RANGE`, ….
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
    /// The kind's property with this lower-case name.
    pub fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().rev().find(|property| property.name == name)
    }
}
