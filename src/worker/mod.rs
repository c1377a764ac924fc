//! Queries that only running the project's macros would tell, expanded by the SQLMesh that the user named.
//!
//! In: a project, its files, and an interpreter that has SQLMesh. Out: the project with the queries that SQLMesh
//! expanded ([`Project::expanded`]), and diagnostics for what it could not.
//! Runs code of the project, and nothing else does: only with `--python` or `IMPACT_PYTHON`, in a process of its own
//! for each state, on a copy of the state's files in a temporary folder, with DuckDB in memory for every connection.
//! Whatever that process does (it fails, hangs, talks nonsense), the project is analysed as without it.
//!
//! Two states are compared only if a model is expanded in both or in neither, and only if what SQLMesh answers when it
//! loads the project holds for every run ([`Expandable::Always`]): else two queries that are equal on the first day of
//! the epoch could differ on others. SQLMesh itself compares what it loads, so the predicted plan goes by all answers
//! ([`Project::loaded`]).

mod blueprints;
mod cache;
mod checkout;
pub mod codes;
mod key;
mod process;
mod protocol;
mod settle;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Location};
use crate::names::ModelName;
use crate::project::Project;
use crate::project::load::LoadOptions;
use crate::source::Tree;
use crate::state::{Expandable, expandable};

pub use blueprints::blueprints;

use checkout::Checkout;
use process::{Left, Trouble};
use protocol::{Answered, Settings};

/// The program that the interpreter runs.
const SCRIPT: &str = include_str!("worker.py");
/// The most that a worker may answer.
const LIMIT: usize = 64 << 20;
/// What the user can do if SQLMesh fails.
const HELP: &str = "the analysis goes on as without `--python`; `sqlmesh render` with the same interpreter shows more";

/// The user's permission to run the project's code, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// A Python that has SQLMesh.
    pub python: PathBuf,
    /// For all of a run, both states together.
    pub timeout: Duration,
    /// Where answers are kept; `None` to keep none.
    pub cache: Option<PathBuf>,
}

/// A state of a project with its files.
pub struct Revision<'a> {
    pub tree: &'a dyn Tree,
    pub roots: &'a [String],
    pub project: &'a mut Project,
}

/// Expands what can be expanded in one state, which is compared with nothing.
pub fn expand(interpreter: &Interpreter, options: &LoadOptions, revision: &mut Revision<'_>) {
    let deadline = Instant::now() + interpreter.timeout;
    let asked = wanted(&expandable(revision.project), |found| found != Expandable::Never);
    let answers = Worker { interpreter, options, deadline, asks_for_blueprints: false }.ask(revision, &asked);
    let (usable, diagnostics) = settle::usable(revision.project, answers);
    revision.project.diagnostics.extend(diagnostics);
    revision.project.expanded = Some(usable);
}

/// Expands what can be expanded in two states that are compared.
pub fn expand_both(
    interpreter: &Interpreter,
    options: &LoadOptions,
    before: &mut Revision<'_>,
    after: &mut Revision<'_>,
) {
    let deadline = Instant::now() + interpreter.timeout;
    let worker = Worker { interpreter, options, deadline, asks_for_blueprints: false };
    let with_holes = (expandable(before.project), expandable(after.project));
    let one = |revision: &Revision<'_>, with_holes: &BTreeMap<ModelName, Expandable>| {
        let answers = worker.ask(revision, &wanted(with_holes, |found| found != Expandable::Never));
        settle::usable(revision.project, answers)
    };
    let ((mut old, old_failures), (mut new, new_failures)) =
        rayon::join(|| one(before, &with_holes.0), || one(after, &with_holes.1));
    let mut found = settle::of_both(old_failures, new_failures);
    let mut loaded = (old.clone(), new.clone());
    settle::remove_lonely((&mut loaded.0, &with_holes.0), (&mut loaded.1, &with_holes.1));
    (before.project.loaded, after.project.loaded) = loaded;
    old.retain(|name, _| with_holes.0.get(name) == Some(&Expandable::Always));
    new.retain(|name, _| with_holes.1.get(name) == Some(&Expandable::Always));
    found.extend(settle::match_sides((&mut old, &with_holes.0), (&mut new, &with_holes.1), after.project));
    // Reports show what could not be read after the change.
    after.project.diagnostics.extend(found);
    before.project.expanded = Some(old);
    after.project.expanded = Some(new);
}

fn wanted(found: &BTreeMap<ModelName, Expandable>, is_wanted: impl Fn(Expandable) -> bool) -> Vec<ModelName> {
    found.iter().filter(|(_, expandable)| is_wanted(**expandable)).map(|(name, _)| name.clone()).collect()
}

/// Why a worker gave no answers.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure {
    code: &'static str,
    message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Failure { code, message: message.into() }
    }

    fn diagnostic(self, project: &Project) -> Diagnostic {
        let place = project.config.path.as_deref().unwrap_or(&project.root);
        Diagnostic::warning(self.code, Location::file(place), self.message).with_help(HELP)
    }
}

/// What the interpreter says of itself.
#[derive(Debug, Deserialize)]
struct Versions {
    sqlmesh: Option<String>,
}

/// Asks for expanded queries.
#[derive(Clone, Copy)]
struct Worker<'a> {
    interpreter: &'a Interpreter,
    options: &'a LoadOptions,
    deadline: Instant,
    /// The names asked for are paths of files, and the answers their blueprints.
    asks_for_blueprints: bool,
}

impl Worker<'_> {
    /// The answers for these models; nothing is started if there are none.
    fn ask(&self, revision: &Revision<'_>, names: &[ModelName]) -> Result<Answered, Failure> {
        if names.is_empty() {
            return Ok(Answered::default());
        }
        let checkout = Checkout::create().map_err(|error| unwritable(&error))?;
        std::fs::write(checkout.path("worker.py"), SCRIPT).map_err(|error| unwritable(&error))?;
        let versions = self.versions(&checkout)?;
        let key = key::of(self.interpreter, self.options, revision, names, &versions);
        let cache = self.interpreter.cache.as_deref();
        if let Some(known) = cache.and_then(|folder| cache::read(folder, key, names)) {
            return Ok(known);
        }
        checkout.write(revision.tree, revision.roots).map_err(|error| unwritable(&error))?;
        let answers = self.answers(&checkout, revision, names)?;
        if let Some(folder) = cache {
            cache::write(folder, key, &answers);
        }
        Ok(answers)
    }

    /// The versions as the interpreter prints them.
    fn versions(&self, checkout: &Checkout) -> Result<String, Failure> {
        let mut command = self.command(checkout);
        command.arg("--version");
        let left = process::run(command, vec![], self.deadline, 1 << 16).map_err(|trouble| self.trouble(trouble))?;
        let text = String::from_utf8_lossy(&left.output).trim().to_owned();
        match serde_json::from_str(&text) {
            Ok(Versions { sqlmesh: Some(_) }) => Ok(text),
            Ok(Versions { sqlmesh: None }) => Err(self.no_sqlmesh("has no SQLMesh")),
            Err(_) => {
                let said = checkout.without_folder(&said(&left));
                Err(self.no_sqlmesh(&format!("is no Python that answers{said}")))
            }
        }
    }

    fn answers(&self, checkout: &Checkout, revision: &Revision<'_>, names: &[ModelName]) -> Result<Answered, Failure> {
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        let settings = Settings {
            roots: revision.roots.iter().map(|root| path(checkout.in_revision(root))).collect(),
            state: path(checkout.path("state.db")),
            config: self.options.config_name.clone(),
            gateway: self.options.gateway.clone(),
            dialect: self.options.dialect.map(|dialect| dialect.to_string()),
            catalog: revision.project.config.default_catalog.clone(),
            blueprints: self.asks_for_blueprints,
            folder: path(checkout.in_revision("")),
        };
        let mut command = self.command(checkout);
        command.current_dir(checkout.in_revision(revision.roots.first().map_or("", String::as_str)));
        let input = protocol::request(&settings, names);
        let left = process::run(command, input, self.deadline, LIMIT).map_err(|trouble| self.trouble(trouble))?;
        let clean = |text: &str| checkout.without_folder(text);
        match protocol::answers(&left.output, names) {
            Ok(Answered { answers, mut skipped }) => {
                let answers = answers.into_iter();
                let answers = answers.map(|(name, answer)| (name, answer.map_err(|error| clean(&error)))).collect();
                skipped.iter_mut().for_each(|file| file.reason = clean(&file.reason));
                Ok(Answered { answers, skipped })
            }
            Err(reason) => {
                let said = said(&left);
                let message = format!("SQLMesh could not expand the project's macros: {}", clean(&(reason + &said)));
                Err(Failure::new(codes::WORKER_FAILED, message))
            }
        }
    }

    /// The same answer for the same files: no randomness in the order of sets, no processes besides.
    fn command(&self, checkout: &Checkout) -> Command {
        let mut command = Command::new(&self.interpreter.python);
        command.arg(checkout.path("worker.py"));
        command.envs([
            ("PYTHONHASHSEED", "0"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("PYTHONIOENCODING", "utf-8"),
            ("MAX_FORK_WORKERS", "1"),
            ("SQLMESH__DISABLE_ANONYMIZED_ANALYTICS", "true"),
        ]);
        command.env("TMPDIR", checkout.path("")).current_dir(checkout.path(""));
        command
    }

    fn trouble(&self, trouble: Trouble) -> Failure {
        match trouble {
            Trouble::NotStarted(reason) => self.no_sqlmesh(&format!("can't be started: {reason}")),
            Trouble::TooSlow => {
                let seconds = self.interpreter.timeout.as_secs();
                let message = format!("SQLMesh did not expand the project's macros within {seconds} s and was ended");
                Failure::new(codes::WORKER_SLOW, message)
            }
            Trouble::TooMuch => {
                Failure::new(codes::WORKER_FAILED, "SQLMesh answered without end, or closed its output, and was ended")
            }
        }
    }

    fn no_sqlmesh(&self, what: &str) -> Failure {
        Failure::new(codes::NO_SQLMESH, format!("{} {what}", self.interpreter.python.display()))
    }
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::new(codes::WORKER_FAILED, format!("the revision's files can't be written to a temporary folder: {error}"))
}

/// How a process ended that gave no answer.
fn said(left: &Left) -> String {
    let status = match left.status {
        Some(0) => String::new(),
        Some(status) => format!(" (exit status {status})"),
        None => " (it was ended)".to_owned(),
    };
    if left.complaint.is_empty() { status } else { format!("{status}: {}", left.complaint) }
}

/// Queries by model.
type Queries = BTreeMap<ModelName, Arc<str>>;
