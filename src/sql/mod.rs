//! From SQL text to the canonical tree.

pub mod dialect;
pub mod parse;
pub mod tree;
