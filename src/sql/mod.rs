//! From SQL text to the canonical tree.

pub mod tree;
