//! Settings that SQLMesh doesn't have, for which it refuses a configuration.
//!
//! In: a configuration file's settings. Out: diagnostics at their lines. What SQLMesh has is recorded from it
//! (`tests/oracle/features.py`).

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::project::codes;
use crate::project::files;
use crate::project::literal::Literal;

/// A line for each setting: `config` or `model_defaults`, and its name.
const KNOWN: &str = include_str!("settings.txt");

/// Reports settings that there are not. `is_template`: what the file says depends on the environment.
pub(super) fn check(settings: &Literal, path: &Arc<str>, is_template: bool) -> Vec<Diagnostic> {
    let of_models = settings.given("model_defaults").map(Literal::entries).unwrap_or_default();
    let groups = [("config", settings.entries()), ("model_defaults", of_models)];
    let all = groups.into_iter().flat_map(|(group, entries)| entries.iter().map(move |entry| (group, entry)));
    all.filter(|(group, (name, _))| !KNOWN.lines().any(|line| line.split_once(' ') == Some((group, name.as_str()))))
        .map(|(group, (name, value))| {
            let whose = if group == "config" { "" } else { " among the defaults of models" };
            let message = format!("SQLMesh has no setting `{name}`{whose}, and refuses to load the project");
            let found = Diagnostic::warning(codes::PROPERTY_INVALID, files::line_location(path, value.line), message);
            Diagnostic { refused: !is_template, ..found }
        })
        .collect()
}
