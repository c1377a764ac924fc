//! Seeds: CSV files that are models.

use crate::names::ColumnName;
use crate::source::ContentId;

/// A seed's content, reduced to what comparison needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The CSV file, from the repository's root.
    pub path: String,
    /// `None`: the file isn't in the tree or could not be read.
    pub content: Option<SeedContent>,
}

/// A CSV file by columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedContent {
    pub id: ContentId,
    pub rows: usize,
    pub columns: Vec<SeedColumn>,
}

/// One column of a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedColumn {
    pub name: ColumnName,
    /// Of its values in file order. Equal hashes of all columns: equal tables.
    pub hash: u128,
}
