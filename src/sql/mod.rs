//! From SQL text to the canonical tree.
//!
//! In: one rendered statement and its dialect. Out: a [`tree::Tree`]. sqlparser does the parsing; nothing of it
//! is seen outside of this module.

mod convert;
pub mod functions;
pub mod parse;
mod synonyms;
pub mod tree;

pub use convert::{convert_expression, convert_query};
