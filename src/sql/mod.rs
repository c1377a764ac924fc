//! From SQL text to the canonical tree.
//!
//! In: one rendered statement and its dialect. Out: a [`tree::Tree`]. sqlparser does the parsing; nothing of it
//! is seen outside of this module.

mod calls;
mod convert;
pub mod ddl;
pub mod dialect;
mod fallback;
pub mod functions;
pub(crate) mod harmless;
pub mod parse;
mod synonyms;
pub mod tree;
mod type_names;

use crate::dialect::Dialect;

pub use convert::{canonical_type, is_named_expression};
pub use parse::ParseFailure;
use tree::Tree;

/// The canonical tree of a text that is one query.
pub fn query(sql: &str, dialect: Dialect) -> Result<Tree, ParseFailure> {
    let parsed = parse::parse_query(sql, dialect)?;
    Ok(convert::convert_query(&parsed.tree, sql, dialect, parsed.offsets))
}

/// The canonical tree of a text that is one query, in which parts that aren't understood are [`tree::Op::Opaque`].
pub fn lenient_query(sql: &str, dialect: Dialect) -> Result<Tree, ParseFailure> {
    query(sql, dialect).or_else(|failure| fallback::query_with_gaps(sql, dialect, failure))
}

/// The canonical tree of a text that is one expression.
pub fn expression(sql: &str, dialect: Dialect) -> Result<Tree, ParseFailure> {
    let parsed = parse::parse_expression(sql, dialect)?;
    Ok(convert::convert_expression(&parsed.tree, sql, dialect, parsed.offsets))
}
