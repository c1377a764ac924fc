//! Names of models and columns, normalized once so that the stages can compare them as they are.
//!
//! In: the identifiers as written, the dialect's case rule, the default catalog.
//! Out: [`ModelName`] (what SQLMesh calls a model, without the default catalog) and [`ColumnName`].

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::dialect::Dialect;

/// A column's name, normalized by the dialect of the query it appears in.
pub type ColumnName = Arc<str>;

/// A model's (or external table's) fully normalized name: `schema.table`, or `catalog.schema.table` where
/// the catalog isn't the default one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelName(Arc<[Box<str>]>);

impl ModelName {
    /// From parts that are normalized already.
    pub fn from_parts<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> Self {
        ModelName(parts.into_iter().map(|part| part.as_ref().into()).collect())
    }

    /// The parts, outermost first.
    pub fn parts(&self) -> &[Box<str>] {
        &self.0
    }

    /// The last part: the table.
    pub fn table(&self) -> &str {
        self.0.last().map_or("", |part| part)
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

impl fmt::Debug for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ModelName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An identifier as written: its text without quotes, and whether it had any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    pub text: String,
    pub quoted: bool,
}

/// What is needed to turn a written table name into a [`ModelName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Naming<'a> {
    pub dialect: Dialect,
    /// The catalog that SQLMesh prepends to shorter names; dropped from longer ones.
    pub default_catalog: Option<&'a str>,
}

impl Naming<'_> {
    /// Normalizes the parts of a table's name. Of three parts, a first one equal to the default catalog is dropped.
    pub fn model(&self, parts: &[Identifier]) -> ModelName {
        let qualified = parts.len() > 1;
        let normalized: Vec<String> = parts
            .iter()
            .map(|part| self.dialect.normalize_table(&part.text, part.quoted, qualified).into_owned())
            .collect();
        match normalized.as_slice() {
            [catalog, rest @ ..] if rest.len() == 2 && self.is_default_catalog(catalog) => ModelName::from_parts(rest),
            all => ModelName::from_parts(all),
        }
    }

    fn is_default_catalog(&self, catalog: &str) -> bool {
        // SQLMesh normalizes the default catalog by the model's dialect before it compares.
        self.default_catalog
            .is_some_and(|default| default == catalog || self.dialect.normalize(default, false) == catalog)
    }
}
