//! Compares impact with SQLMesh itself, on what SQLMesh has answered about edits of its own example project.
//!
//! The answers are recorded in `tests/oracle/recorded/`; the example project is fetched once from the package index
//! into a cache outside of the repository. Without it the tests say so loudly and pass.

mod agreement;
mod constructs;
mod demo;
mod edits;
mod example;
mod features;
mod formatted;
mod headers;
mod identifiers;
mod lineage;
mod queries;
mod reasons;
mod rebuild;
mod refusals;
mod render;
mod synonyms;
mod type_names;
mod understood;
