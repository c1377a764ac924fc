//! `impact` answers one question about a SQLMesh project in git: *if this change lands, what happens to the data,
//! and to whom?*
//!
//! The modules are the stages of one pipeline, each a pure function of the one before; `src/README.md` is the map.

pub mod diagnostic;
pub mod dialect;
mod hash;
mod intervals;
pub mod lex;
pub mod names;

pub mod belief;
pub mod changes;
pub mod cli;
pub mod compare;
pub mod impact;
pub mod lineage;
pub mod pipeline;
pub mod plan;
pub mod project;
pub mod render;
pub mod report;
pub mod resolve;
pub mod source;
pub mod sql;
pub mod state;
pub mod worker;
