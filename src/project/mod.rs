//! From files to a project: configuration, model headers, seeds, external models, audits, macros, Python models.
//!
//! In: a [`crate::source::Tree`] and the project's root in it. Out: a [`Project`], whatever state its files are in:
//! what can't be read is a diagnostic and, if a model's name could be read, a model without a query.
//! No code of the project is run: Python is parsed and read.

mod audit;
mod blueprint;
pub mod codes;
pub mod config;
mod context;
pub mod discover;
pub mod environment;
mod external;
mod files;
pub mod header;
pub mod lines;
mod literal;
pub mod load;
pub mod memo;
mod metric;
pub mod python;
mod scan;
pub mod seed;
mod signals;
mod sql_model;
pub mod statements;
mod unit_test;
pub mod unnamed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Location};
use crate::dialect::Dialect;
use crate::hash::{Print, hash};
use crate::names::{ColumnName, ModelName};
use crate::source::ContentId;

pub use config::Config;
pub use environment::{EnvironmentStatement, StatementMeaning};
pub use header::{Header, ModelKind, Property};
pub use metric::Metric;
pub use unit_test::{Fixture, NamedColumn, UnitTest};

/// A SQLMesh project in one state.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// Folder of the project in the repository; empty for the root.
    pub root: String,
    pub config: Config,
    /// Every enabled model, seed and external model, by name.
    pub models: BTreeMap<ModelName, Arc<Model>>,
    /// User-defined audits and standalone audits, by lower-case name. An inline audit whose name is taken stands
    /// as `model.audit`.
    pub audits: BTreeMap<String, Arc<Audit>>,
    /// Models whose names only running code would tell.
    pub unnamed: Vec<unnamed::Unnamed>,
    /// Unit tests, in the order of their files.
    pub tests: Vec<Arc<UnitTest>>,
    /// Metrics, by lower-case name.
    pub metrics: BTreeMap<String, Arc<Metric>>,
    /// User-defined SQL macros written in Python, by lower-case name.
    pub macros: Arc<BTreeMap<String, PythonMacro>>,
    /// Code from outside of the project, or code that isn't understood, may define macros as well.
    pub has_foreign_macros: bool,
    /// Signals (`signals/*.py`), by lower-case name.
    pub signals: BTreeMap<String, PythonMacro>,
    /// A hash of the code of custom materializations (`materializations/*.py`) and of all that it imports.
    pub materializations: Print,
    /// Jinja macro files (`macros/*.sql`), by path.
    pub jinja_macros: BTreeMap<Arc<str>, Arc<str>>,
    /// What runs before and after all models, of every project: they share a database.
    pub environment: Vec<EnvironmentStatement>,
    /// What the models of each project that was joined are rendered in, the first project's first; empty if none was.
    joined: Vec<Arc<Surroundings>>,
    /// Which of those a model belongs to, for models that aren't the first project's.
    owners: BTreeMap<ModelName, usize>,
    /// Queries that the user's SQLMesh expanded, in the models' own dialects; `None` if nothing may be run.
    pub expanded: Option<BTreeMap<ModelName, Arc<str>>>,
    /// The same with queries of which it isn't known that they are these in every run: what SQLMesh plans by.
    pub loaded: BTreeMap<ModelName, Arc<str>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What the models of one project share.
#[derive(Debug, Default)]
pub struct Surroundings {
    pub config: Config,
    pub macros: Arc<BTreeMap<String, PythonMacro>>,
    jinja_macros: BTreeMap<Arc<str>, Arc<str>>,
    pub audits: BTreeMap<String, Arc<Audit>>,
    signals: BTreeMap<String, PythonMacro>,
}

impl Surroundings {
    fn of(project: &Project) -> Arc<Self> {
        Arc::new(Surroundings {
            config: project.config.clone(),
            macros: project.macros.clone(),
            jinja_macros: project.jinja_macros.clone(),
            audits: project.audits.clone(),
            signals: project.signals.clone(),
        })
    }
}

impl Project {
    /// Two projects as one, so that models of one can read the other's; macros, variables, audits and signals stay apart.
    /// Of two models with one name the last is kept, as by SQLMesh.
    pub fn join(mut self, other: Project) -> Project {
        if self.joined.is_empty() {
            self.joined.push(Surroundings::of(&self));
        }
        let surroundings = Surroundings::of(&other);
        for (name, model) in other.models {
            self.owners.insert(name.clone(), self.joined.len());
            self.models.insert(name, model);
        }
        let number = self.joined.len();
        for (name, audit) in other.audits {
            let name = if self.audits.contains_key(&name) { format!("{number}/{name}") } else { name };
            self.audits.insert(name, audit);
        }
        self.unnamed.extend(other.unnamed);
        self.tests.extend(other.tests);
        for (name, metric) in other.metrics {
            self.metrics.insert(name, metric);
        }
        self.has_foreign_macros |= other.has_foreign_macros;
        self.materializations = hash((self.materializations, other.materializations));
        self.environment.extend(other.environment);
        self.diagnostics.extend(other.diagnostics);
        self.joined.push(surroundings);
        self
    }

    /// What the models of each project share, one for each that was joined.
    pub fn parts(&self) -> Vec<Arc<Surroundings>> {
        if self.joined.is_empty() { vec![Surroundings::of(self)] } else { self.joined.clone() }
    }

    fn own(&self, model: &ModelName) -> Option<&Surroundings> {
        self.joined.get(self.owner(model).unwrap_or(0)).map(|own| &**own)
    }

    /// The number of the joined project that a model is part of; `None` for the first project.
    pub fn owner(&self, model: &ModelName) -> Option<usize> {
        self.owners.get(model).copied()
    }

    /// The configuration of the project that a model is part of.
    pub fn config_of(&self, model: &ModelName) -> &Config {
        self.own(model).map_or(&self.config, |own| &own.config)
    }

    /// The variables of the project that a model is part of, on the gateway that it runs on.
    pub fn variables_of(&self, model: &ModelName) -> &BTreeMap<String, serde_json::Value> {
        self.config_of(model).variables_on(self.models.get(model).and_then(|model| model.gateway.as_deref()))
    }

    /// The Python macros of the project that a model is part of.
    pub fn macros_of(&self, model: &ModelName) -> &BTreeMap<String, PythonMacro> {
        self.own(model).map_or(&self.macros, |own| &own.macros)
    }

    /// The files of Jinja macros of the project that a model is part of.
    pub fn jinja_macros_of(&self, model: &ModelName) -> &BTreeMap<Arc<str>, Arc<str>> {
        self.own(model).map_or(&self.jinja_macros, |own| &own.jinja_macros)
    }

    /// The audit that a model calls by this name: an inline one of its own first.
    pub fn audit_of(&self, model: &ModelName, name: &str) -> Option<&Arc<Audit>> {
        let audits = self.own(model).map_or(&self.audits, |own| &own.audits);
        audits.get(&format!("{model}.{name}")).or_else(|| audits.get(name))
    }

    /// The signals of the project that a model is part of.
    pub fn signals_of(&self, model: &ModelName) -> &BTreeMap<String, PythonMacro> {
        self.own(model).map_or(&self.signals, |own| &own.signals)
    }

    /// The gateway that a model runs on.
    pub fn gateway_of(&self, model: &ModelName) -> Option<&str> {
        let own = self.models.get(model).and_then(|model| model.gateway.as_deref());
        own.or(self.config_of(model).gateway.as_deref())
    }
}

/// One model, read but not rendered.
#[derive(Debug, Clone)]
pub struct Model {
    pub name: ModelName,
    /// The file that defines it, from the repository's root.
    pub path: Arc<str>,
    /// Content of that file.
    pub content: ContentId,
    /// Where the name is written.
    pub location: Location,
    pub dialect: Dialect,
    pub header: Header,
    pub kind: ModelKind,
    /// `columns (...)`: names and types as declared, if declared.
    pub columns: Option<Vec<DeclaredColumn>>,
    /// `depends_on (...)`, and for Python models what their code names.
    pub depends_on: Vec<Dependency>,
    /// The gateway that it names, lower case; `None` for the one in use.
    pub gateway: Option<String>,
    /// Blueprint variables of this instance, by lower-case name, as SQL text.
    pub blueprint: BTreeMap<String, String>,
    pub body: Body,
}

/// A model named in `depends_on` or in Python code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    pub model: ModelName,
    pub location: Location,
}

/// A declared column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredColumn {
    pub name: ColumnName,
    /// The type as written; empty if none.
    pub data_type: String,
    pub location: Location,
}

/// What a model computes its rows from.
#[derive(Debug, Clone)]
pub enum Body {
    /// Statements around a query.
    Sql(SqlBody),
    Seed(seed::Seed),
    Python(python::PythonBody),
    /// A table that somebody else fills.
    External,
    /// The file could not be read as far as its query; a diagnostic says why.
    Unreadable,
}

/// A SQL model's statements, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SqlBody {
    /// The whole file; the ranges below are byte ranges in it.
    pub text: Arc<str>,
    pub pre_statements: Vec<Statement>,
    pub query: Option<Statement>,
    pub post_statements: Vec<Statement>,
    pub on_virtual_update: Vec<Statement>,
}

/// One statement: a byte range of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    pub start: usize,
    pub end: usize,
    pub language: Language,
}

/// How a statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// SQL with SQLMesh macros.
    Sql,
    /// A Jinja template: the text between `JINJA_…_BEGIN;` and `JINJA_END;`.
    Jinja,
}

/// A user-defined audit.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Lower-case name.
    pub name: String,
    pub path: Arc<str>,
    pub location: Location,
    pub header: Header,
    pub dialect: Dialect,
    /// Runs on its own and is a node of the graph.
    pub standalone: bool,
    pub body: SqlBody,
    /// The model in whose file it is defined, for inline audits.
    pub model: Option<ModelName>,
}

/// A `@macro()` function written in Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonMacro {
    /// Lower-case name.
    pub name: String,
    pub location: Location,
    /// Changes whenever its source, or the source of what it calls in the project, changes.
    pub definition: Print,
    /// Changes whenever it, or what it calls in the project, moves to another module.
    pub place: Print,
    pub metadata_only: bool,
    /// Lower-case names of the variables that it asks its context for.
    pub variables: BTreeSet<String>,
    /// It may ask for others, by names that are only known when it runs.
    pub reads_any_variable: bool,
    /// Its source, or that of what it calls in the project, asks for columns of tables.
    pub reads_columns: bool,
    /// What it gives may depend on when and where it runs: on dates, the stage of a plan, files, chance.
    pub reads_run: bool,
    /// What it gives, if that can be told without running it.
    pub simple: Option<python::simple::SimpleMacro>,
    /// Texts in these sources that may name tables.
    pub strings: BTreeSet<Arc<str>>,
    /// What isn't written out of the tables that these sources name.
    pub composed: python::Composed,
}
