//! Blueprints that the project's code makes, as the SQLMesh that the user named finds them.
//!
//! In: a project with models that can't be named, and its files. Out: the blueprints of these files, with which the
//! project can be loaded once more, and diagnostics for those that there are no answers for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::diagnostic::Diagnostic;
use crate::names::ModelName;
use crate::project::load::{Blueprints, LoadOptions};

use super::{HELP, Interpreter, Revision, Worker, codes};

/// Asks for the blueprints that only code would tell. `holds_always`: of those alone that are the same in every run.
pub fn blueprints(
    interpreter: &Interpreter,
    options: &LoadOptions,
    revision: &mut Revision<'_>,
    holds_always: bool,
) -> (Blueprints, Vec<Diagnostic>) {
    let unnamed = &revision.project.unnamed;
    let asked = unnamed.iter().filter(|unnamed| unnamed.has_blueprints && (unnamed.is_steady || !holds_always));
    let paths: BTreeSet<ModelName> = asked.map(|unnamed| ModelName::from_parts([&*unnamed.path])).collect();
    let paths: Vec<ModelName> = paths.into_iter().collect();
    let deadline = Instant::now() + interpreter.timeout;
    let worker = Worker { interpreter, options, deadline, asks_for_blueprints: true };
    // Those that are left out are said once, with the queries.
    let answers = match worker.ask(revision, &paths) {
        Ok(answered) => answered.answers,
        Err(failure) => return (Blueprints::new(), vec![failure.diagnostic(revision.project)]),
    };
    let (mut found, mut diagnostics) = (Blueprints::new(), vec![]);
    for (path, answer) in answers {
        match answer.and_then(|text| read(&text)) {
            Ok(made) => drop(found.insert(path.to_string(), made)),
            Err(reason) => {
                let place = unnamed.iter().find(|unnamed| *unnamed.path == *path.to_string());
                let place = place.map(|unnamed| unnamed.location.clone()).unwrap_or_default();
                let message = format!("SQLMesh could not tell the blueprints of this file: {reason}");
                diagnostics.push(Diagnostic::warning(codes::NOT_RENDERED, place, message).with_help(HELP));
            }
        }
    }
    (found, diagnostics)
}

fn read(text: &str) -> Result<Vec<BTreeMap<String, String>>, String> {
    serde_json::from_str(text).map_err(|_| "what it answered can't be read".to_owned())
}
