//! From effects and graph to the answer: blast radius, paths, failures.

pub mod analysis;

pub use analysis::*;
