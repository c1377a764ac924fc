//! The codes of the diagnostics about running the project's code, family `U4`. They appear with `--python` only.

/// The interpreter can't be started, or has no SQLMesh.
pub const NO_SQLMESH: &str = "U401";
/// SQLMesh could not load the project, or the process ended, or gave no answer that can be read.
pub const WORKER_FAILED: &str = "U402";
/// The process took too long and was ended.
pub const WORKER_SLOW: &str = "U403";
/// SQLMesh could not expand one model's query, or to nothing that can be read.
pub const NOT_RENDERED: &str = "U404";
/// What SQLMesh would answer may be something else in another run.
pub const NOT_STEADY: &str = "U405";
/// Only one of the two states could be expanded.
pub const ONE_SIDE_ONLY: &str = "U406";
/// SQLMesh could not load a file and went on without it.
pub const FILE_SKIPPED: &str = "U407";
