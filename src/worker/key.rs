//! What an answer of a worker follows from, as a hash.
//!
//! In: the interpreter, the files, what is asked. Out: a key that is another one whenever the answer may be, as far as
//! the project's code depends on its files, its variables and the installed SQLMesh. Of the environment, the
//! variables count whose names stand in a file that may read them, and those of Python and SQLMesh.

use std::collections::BTreeMap;

use crate::compare::fingerprint::{Print, hash};
use crate::names::ModelName;
use crate::project::load::LoadOptions;

use super::checkout::files;
use super::{Interpreter, Revision, SCRIPT};

/// The ends of the names of files that may read the environment.
const READERS: [&str; 5] = [".py", ".yaml", ".yml", ".sql", ".env"];
/// The beginnings of variables that Python and SQLMesh read by themselves.
const READ_ANYWAY: [&str; 4] = ["SQLMESH", "PYTHON", "VIRTUAL_ENV", "CONDA"];

pub(super) fn of(
    interpreter: &Interpreter,
    options: &LoadOptions,
    revision: &Revision<'_>,
    names: &[ModelName],
    versions: &str,
) -> Print {
    let files = files(revision.tree, revision.roots);
    let contents: Vec<(&str, [u8; 20])> = files.iter().map(|entry| (&*entry.path, entry.id.0)).collect();
    let tool = (env!("CARGO_PKG_VERSION"), SCRIPT, versions, interpreter.python.to_string_lossy());
    let settings = (&options.config_name, &options.gateway, options.dialect, &revision.project.config.default_catalog);
    let environment = environment(&options.env, revision);
    let config = &revision.project.config;
    let variables = format!("{:?}", (&config.variables, &config.gateway_variables));
    hash((tool, settings, contents, revision.roots, names, environment, variables, personal(&options.env)))
}

/// The variables that the project may read.
fn environment<'e>(env: &'e BTreeMap<String, String>, revision: &Revision<'_>) -> Vec<(&'e String, &'e String)> {
    let may_read = |path: &str| READERS.iter().any(|end| path.ends_with(end));
    let entries = files(revision.tree, revision.roots).into_iter().filter(|entry| may_read(&entry.path));
    let texts: Vec<_> = entries.filter_map(|entry| revision.tree.read(entry).ok()).collect();
    let is_named = |name: &str| texts.iter().any(|text| contains(text, name.as_bytes()));
    env.iter().filter(|(name, _)| READ_ANYWAY.iter().any(|start| name.starts_with(start)) || is_named(name)).collect()
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && text.windows(word.len()).any(|window| window == word)
}

/// The user's own settings of SQLMesh, which it joins to the project's.
fn personal(env: &BTreeMap<String, String>) -> Vec<Option<Vec<u8>>> {
    let home = env.get("HOME").or_else(|| env.get("USERPROFILE"));
    let file = |name: &str| std::fs::read(std::path::Path::new(home?).join(".sqlmesh").join(name)).ok();
    ["config.yaml", "config.yml"].into_iter().map(file).collect()
}
