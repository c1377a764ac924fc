//! Finds a project's configuration files and reads them into one [`Config`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Config, interpret, python, settings, yaml};
use crate::diagnostic::{Diagnostic, Location};
use crate::project::codes;
use crate::project::files;
use crate::project::literal::{Literal, Value};
use crate::project::load::LoadOptions;
use crate::source::{Entry, Tree};

/// What SQLMesh accepts as a configuration file, in the order in which it looks for them.
pub const FILE_NAMES: [&str; 5] = ["config.py", "config.yml", "config.yaml", "sqlmesh.yml", "sqlmesh.yaml"];

/// The configuration files in exactly this folder.
pub fn config_files<'t>(tree: &'t dyn Tree, root: &str) -> Vec<&'t Entry> {
    FILE_NAMES.iter().filter_map(|name| tree.find(&files::join(root, name))).collect()
}

/// Reads the configuration of the project at `root`; the defaults, if there is none.
pub fn load(tree: &dyn Tree, root: &str, options: &LoadOptions) -> (Config, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let found = config_files(tree, root);
    let first = found.first().map(|entry| entry.path.clone());
    let settings = read_all(tree, &found, options, &mut diagnostics);
    let path: Arc<str> = first.clone().unwrap_or_else(|| files::join(root, "config.yaml").into());
    if tree.find(&files::join(root, "dbt_project.yml")).is_some() {
        let location = Location::file(files::join(root, "dbt_project.yml"));
        diagnostics.push(Diagnostic::warning(
            codes::NOT_SUPPORTED,
            location,
            "this is a dbt project; only what is written in SQLMesh's own formats is read",
        ));
    }
    if let Some(loader) = settings.given("loader") {
        diagnostics.push(Diagnostic::warning(
            codes::NOT_SUPPORTED,
            files::line_location(&path, loader.line),
            "a loader of its own loads this project; only what is written in SQLMesh's own formats is read",
        ));
    }
    let mut config = interpret::config(&settings, &path, options, &mut diagnostics);
    config.path = first.map(|path| path.to_string());
    (config, diagnostics)
}

/// Reads every file and overlays the YAML ones on the Python one, as SQLMesh does where it accepts both.
fn read_all(tree: &dyn Tree, found: &[&Entry], options: &LoadOptions, diagnostics: &mut Vec<Diagnostic>) -> Literal {
    if let [_, second, ..] = found {
        diagnostics.push(Diagnostic::refusal(
            codes::NOT_SUPPORTED,
            Location::file(second.path.clone()),
            "there is more than one configuration file in this folder; SQLMesh refuses to load such a project",
        ));
    }
    let mut settings = Literal::new(Value::Map(Vec::new()), 0);
    // SQLMesh would stop; the first file alone is the best that can be done.
    if let Some(entry) = found.first() {
        match read_one(tree, entry, options, diagnostics) {
            Ok(read) => settings = read,
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    settings
}

fn read_one(
    tree: &dyn Tree,
    entry: &Entry,
    options: &LoadOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Literal, Diagnostic> {
    let text = files::read_text(tree, entry)?;
    if entry.path.ends_with(".py") {
        return python::read(&entry.path, &text, options, diagnostics);
    }
    let settings = read_yaml(&entry.path, &text, &options.env)?;
    diagnostics.extend(settings::check(&settings, &entry.path, files::is_template(&text)));
    Ok(settings)
}

fn read_yaml(path: &Arc<str>, text: &str, env: &BTreeMap<String, String>) -> Result<Literal, Diagnostic> {
    let read = yaml::render(text, env).and_then(|rendered| yaml::parse(&rendered));
    read.map_err(|error| {
        let location = files::line_location(path, error.line);
        let found = Diagnostic::error(codes::CONFIG_UNREADABLE, location, format!("configuration: {}", error.message));
        Diagnostic { refused: !files::is_template(text), ..found }
    })
}
