//! What all readers of a project's files share.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::files::Ignored;
use super::header::Variables;
use super::load::Blueprints;
use super::unnamed::Unnamed;
use super::{Config, PythonMacro, codes};
use crate::diagnostic::{Diagnostic, Location};
use crate::dialect::Dialect;
use crate::names::{ModelName, Naming};
use crate::source::{Entry, Tree};

/// The project as far as it is known before its files are read.
pub(crate) struct Context<'a> {
    pub tree: &'a dyn Tree,
    pub root: &'a str,
    pub config: &'a Config,
    pub ignored: &'a Ignored,
    /// The blueprints that code gave, by file.
    pub blueprints: &'a Blueprints,
    /// The project's macros, by lower-case name.
    pub macros: Arc<BTreeMap<String, PythonMacro>>,
}

/// How much SQL one file may hold, in bytes. Every token of it costs some hundred.
const MAX_SQL: usize = 8 << 20;

impl<'a> Context<'a> {
    /// The files in a folder of the project with this ending, in order, those left out left out.
    pub fn files(&self, folder: &str, ending: &str) -> Vec<&'a Entry> {
        let below = self.tree.below(&super::files::join(self.root, folder));
        let wanted = below.iter().filter(|entry| entry.path.ends_with(ending));
        wanted.filter(|entry| !self.ignored.contains(super::files::relative(self.root, &entry.path))).collect()
    }

    /// A file's text; `None`, and the reason among the diagnostics, if it can't be read.
    pub fn text(&self, entry: &Entry, output: &mut Output) -> Option<Text> {
        let read = super::files::read_text(self.tree, entry).and_then(|text| match text.len() {
            0..=MAX_SQL => Ok(text),
            _ => Err(too_much(entry)),
        });
        read.map_err(|diagnostic| output.diagnostics.push(diagnostic)).ok()
    }

    /// The catalog for models that run on this gateway (`None`: the project's).
    pub fn catalog(&self, gateway: Option<&str>) -> Option<&'a str> {
        match gateway.map(str::to_lowercase) {
            Some(gateway) if Some(&gateway) != self.config.gateway.as_ref() => {
                match self.config.gateway_catalogs.get(&gateway) {
                    Some(catalog) => catalog.as_deref(),
                    None => self.config.default_catalog.as_deref(),
                }
            }
            _ => self.config.default_catalog.as_deref(),
        }
    }

    /// How names written in this dialect are normalized.
    pub fn naming(&self, dialect: Dialect) -> Naming<'a> {
        Naming { dialect, default_catalog: self.config.default_catalog.as_deref() }
    }

    /// Normalizes a name as written in a model that runs on the gateway with this catalog.
    pub fn model_name(&self, text: &str, dialect: Dialect, catalog: Option<&str>) -> Option<ModelName> {
        super::header::model_name(text, self.naming(dialect), catalog)
    }

    /// The name that SQLMesh infers from a model's path: its folders below `models/`, at most three parts.
    pub fn inferred_name(&self, path: &str) -> Option<String> {
        if !self.config.infer_names {
            return None;
        }
        let relative = super::files::relative(self.root, path);
        let inner = relative.strip_prefix("models/").unwrap_or(relative);
        let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
        let parts: Vec<&str> = stem.split('/').collect();
        Some(parts.get(parts.len().saturating_sub(3)..).unwrap_or(&parts).join("."))
    }

    /// The variables that a header may use, of a model on this gateway (`None`: the one in use).
    pub fn variables(&self, gateway: Option<&str>, blueprint: &BTreeMap<String, String>) -> Variables {
        Variables::of(self.config, gateway, blueprint).with_macros(&self.macros)
    }
}

/// What reading one file gave.
#[derive(Default)]
pub(crate) struct Output {
    pub models: Vec<Arc<super::Model>>,
    pub unnamed: Vec<Unnamed>,
    /// For external models: the gateway that each is meant for, if it names one.
    pub gateways: Vec<Option<String>>,
    pub audits: Vec<Arc<super::Audit>>,
    pub tests: Vec<Arc<super::UnitTest>>,
    pub metrics: Vec<Arc<super::Metric>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A file that holds more SQL than is read.
fn too_much(entry: &Entry) -> Diagnostic {
    let message = "this file holds more than 8 MiB of SQL, which is not read";
    Diagnostic::error(codes::FILE_UNREADABLE, Location::file(entry.path.clone()), message)
        .with_help("nothing is known of what it defines; a table of this size belongs into a seed")
}

impl Output {
    pub fn warn(&mut self, code: &'static str, location: Location, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, location, message));
    }

    pub fn error(&mut self, code: &'static str, location: Location, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, location, message));
    }

    /// An error that keeps SQLMesh from loading the project.
    pub fn refuse(&mut self, code: &'static str, location: Location, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::refusal(code, location, message));
    }
}

/// A text that is shared by everything read from it.
pub(crate) type Text = Arc<str>;
