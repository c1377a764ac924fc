//! All files of a project, read in parallel, into one [`super::Project`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::context::{Context, Output};
use super::files::{self, Ignored};
use super::literal::{Literal, Value};
use super::memo::Memo;
use super::python::definition::Definitions;
use super::python::evaluate::{Imported, Inputs};
use super::python::model::Python;
use super::python::modules::Modules;
use super::unnamed::Unnamed;
use super::{
    Audit, Config, Metric, Model, Project, PythonMacro, UnitTest, audit, codes, config, environment, external, metric,
    python, signals, sql_model, unit_test,
};
use crate::diagnostic::{Diagnostic, Location};
use crate::dialect::Dialect;
use crate::hash::{Print, hash};
use crate::names::ModelName;
use crate::source::{Entry, Tree};

/// What the world outside the tree says about how to load a project.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// The dialect from the command line; wins over the configuration's.
    pub dialect: Option<Dialect>,
    /// The gateway to use instead of the default one.
    pub gateway: Option<String>,
    /// The variable of `config.py` that holds the configuration.
    pub config_name: String,
    /// Environment variables that the configuration may read.
    pub env: BTreeMap<String, String>,
    /// What running the project's code gave for blueprints that nothing else tells, by file.
    pub blueprints: Blueprints,
}

/// The blueprints of files: for each model the values of its variables, as SQL.
pub type Blueprints = BTreeMap<String, Vec<BTreeMap<String, String>>>;

impl Default for LoadOptions {
    fn default() -> Self {
        LoadOptions {
            dialect: None,
            gateway: None,
            config_name: "config".to_owned(),
            env: BTreeMap::new(),
            blueprints: Blueprints::new(),
        }
    }
}

/// Loads the project at `root`. Never fails: what can't be read is among the project's diagnostics.
pub fn load(tree: &dyn Tree, root: &str, options: &LoadOptions) -> Project {
    load_with(tree, root, options, &Memo::default())
}

/// The same, where files that gave their models in an earlier load aren't read again.
pub fn load_with(tree: &dyn Tree, root: &str, options: &LoadOptions, memo: &Memo) -> Project {
    let root = root.trim_matches('/');
    let (config, mut diagnostics) = config::load(tree, root, options);
    let config_place = Location::file(config.path.as_deref().unwrap_or(root));
    let (ignored, invalid) = Ignored::new(&config.ignore_patterns, &config_place);
    diagnostics.extend(invalid);
    let mut context = Context {
        tree,
        root,
        config: &config,
        ignored: &ignored,
        blueprints: &options.blueprints,
        macros: Arc::default(),
    };
    let modules = load_modules(&context, &mut diagnostics);
    let definitions = Definitions::of(&modules);
    let code = Code::new(&config, options, &modules, &definitions);
    context.macros = Arc::new(code.functions(&context, ("macro", "macros"), &mut diagnostics));
    let known_signals = code.functions(&context, ("signal", "signals"), &mut diagnostics);
    let is_unread = |found: &Diagnostic| [codes::PYTHON_UNREADABLE, codes::PYTHON_NOT_STATIC].contains(&found.code);
    let has_foreign_macros = config.is_python() || modules.may_bring_macros() || diagnostics.iter().any(is_unread);
    let materializations = materializations(&context, &mut diagnostics);
    let known = memo.under(&context);
    let mut collected = Collected { diagnostics, ..Collected::default() };
    let sql_models = context.files("models", ".sql");
    collected.add_all(read_each(&sql_models, |entry| known.read(entry, |entry| sql_model::load(&context, entry))));
    collected.add_external(&context, |entry| known.read(entry, |entry| external::load(&context, entry)));
    collected.add_all(code.models(&context));
    collected.add_all(read_each(&context.files("audits", ".sql"), |entry| Arc::new(audit::load(&context, entry))));
    collected.add_all(read_each(&unit_test::entries(&context), |entry| Arc::new(unit_test::load(&context, entry))));
    collected.add_all(read_each(&context.files("metrics", ".sql"), |entry| Arc::new(metric::load(&context, entry))));
    let jinja_macros = load_jinja_macros(&context, &mut collected.diagnostics);
    if !has_foreign_macros {
        collected.diagnostics.extend(signals::undefined(collected.models.values(), &known_signals));
    }
    let code = config::config_files(tree, root).first().map(|entry| entry.id);
    let environment = environment::statements(&config, code, &context.macros, &jinja_macros);
    let texts: Vec<&str> = modules.by_name.values().map(|module| &*module.text).collect();
    let surroundings = (texts, &jinja_macros, format!("{config:?}"));
    collected.unnamed.iter_mut().for_each(|unnamed| unnamed.depends_on(&surroundings));
    collected.diagnostics.sort_by(|a, b| (&a.location, a.code).cmp(&(&b.location, b.code)));
    collected.diagnostics.dedup();
    Project {
        root: root.to_owned(),
        models: collected.models,
        audits: collected.audits,
        tests: collected.tests,
        metrics: collected.metrics,
        macros: context.macros,
        unnamed: collected.unnamed,
        has_foreign_macros,
        signals: known_signals,
        materializations,
        jinja_macros,
        environment,
        diagnostics: collected.diagnostics,
        config,
        ..Project::default()
    }
}

fn read_each(entries: &[&Entry], read: impl Fn(&Entry) -> Arc<Output> + Sync) -> Vec<Arc<Output>> {
    entries.par_iter().map(|entry| read(entry)).collect()
}

fn load_modules(context: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) -> Modules {
    let folders = ["macros", "signals", "models"];
    let all: Vec<&Entry> = folders.iter().flat_map(|folder| context.files(folder, ".py")).collect();
    let mut modules = Modules::load(context.tree, context.root, &all);
    diagnostics.append(&mut modules.diagnostics);
    modules
}

/// A hash of the code that fills the tables of kinds of the project's own.
fn materializations(context: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) -> Print {
    let mut modules = Modules::load(context.tree, context.root, &context.files("materializations", ".py"));
    let broken = modules.diagnostics.len();
    diagnostics.append(&mut modules.diagnostics);
    let texts: Vec<(&String, &str)> = modules.by_name.iter().map(|(name, module)| (name, &*module.text)).collect();
    hash((texts, broken))
}

/// The project's Python, with what its top level may read.
struct Code<'p> {
    modules: &'p Modules,
    definitions: &'p Definitions<'p>,
    env: &'p BTreeMap<String, String>,
    variables: BTreeMap<String, Literal>,
    imported: Imported,
}

impl<'p> Code<'p> {
    fn new(config: &Config, options: &'p LoadOptions, modules: &'p Modules, definitions: &'p Definitions<'p>) -> Self {
        let mut variables: BTreeMap<String, Literal> =
            config.variables.iter().map(|(name, value)| (name.clone(), Literal::from_json(value))).collect();
        let gateway = config.gateway.clone().unwrap_or_default();
        variables.insert("gateway".to_owned(), Literal::new(Value::Text(gateway), 0));
        Code { modules, definitions, env: &options.env, variables, imported: Imported::of(modules, &options.env) }
    }

    /// The functions with this decorator in the files of a folder.
    fn functions(
        &self,
        context: &Context<'_>,
        (decorator, folder): (&str, &str),
        diagnostics: &mut Vec<Diagnostic>,
    ) -> BTreeMap<String, PythonMacro> {
        let inputs = Inputs { env: self.env, variables: &self.variables, imported: &self.imported };
        let reached = self.modules.reached_from(context.root, &context.files(folder, ".py"));
        python::macros::load(decorator, self.modules, self.definitions, &reached, inputs, diagnostics)
    }

    fn models(&self, context: &Context<'_>) -> Vec<Arc<Output>> {
        let Code { modules, definitions, env, variables, imported } = self;
        let known = Python { modules, definitions, env, variables, imported };
        read_each(&context.files("models", ".py"), |entry| Arc::new(python::model::load(context, &known, entry)))
    }
}

fn load_jinja_macros(context: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut macros = BTreeMap::new();
    for entry in context.files("macros", ".sql") {
        match files::read_text(context.tree, entry) {
            Ok(text) => {
                macros.insert(entry.path.clone(), text);
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    macros
}

/// What the files gave, put together in a fixed order. Of two with the same name the first stays.
#[derive(Default)]
struct Collected {
    models: BTreeMap<ModelName, Arc<Model>>,
    unnamed: Vec<Unnamed>,
    audits: BTreeMap<String, Arc<Audit>>,
    tests: Vec<Arc<UnitTest>>,
    metrics: BTreeMap<String, Arc<Metric>>,
    diagnostics: Vec<Diagnostic>,
}

impl Collected {
    fn add_all(&mut self, outputs: Vec<Arc<Output>>) {
        for output in outputs {
            self.diagnostics.extend(output.diagnostics.iter().cloned());
            for model in &output.models {
                self.add_model(model);
            }
            self.unnamed.extend(output.unnamed.iter().cloned());
            for audit in &output.audits {
                self.add_audit(audit);
            }
            self.tests.extend(output.tests.iter().cloned());
            for metric in &output.metrics {
                self.metrics.entry(metric.name.clone()).or_insert_with(|| metric.clone());
            }
        }
    }

    fn add_model(&mut self, model: &Arc<Model>) {
        match self.models.get(&model.name) {
            Some(first) => self.diagnostics.push(Diagnostic::refusal(
                codes::NAME_TWICE,
                model.location.clone(),
                format!(
                    "the model `{}` is also defined in {}; that definition is used",
                    model.name,
                    place(&first.location)
                ),
            )),
            None => {
                self.models.insert(model.name.clone(), model.clone());
            }
        }
    }

    fn add_audit(&mut self, audit: &Arc<Audit>) {
        let key = audit.name.clone();
        match self.audits.get(&key) {
            // Inline audits belong to their model: two models may define one of the same name.
            Some(first) if audit.model != first.model => {
                let key = match &audit.model {
                    Some(model) => format!("{model}.{key}"),
                    None => key,
                };
                self.audits.insert(key, audit.clone());
            }
            Some(first) => self.diagnostics.push(Diagnostic::refusal(
                codes::NAME_TWICE,
                audit.location.clone(),
                format!("the audit `{key}` is also defined in {}; that definition is used", place(&first.location)),
            )),
            None => {
                self.audits.insert(key, audit.clone());
            }
        }
    }

    /// Those without a gateway first; then those for the gateway in use take their places.
    fn add_external(&mut self, context: &Context<'_>, read: impl Fn(&Entry) -> Arc<Output> + Sync) {
        let files = external::entries(context);
        let mut own = Vec::new();
        let mut replaced = BTreeSet::new();
        for output in read_each(&files, read) {
            self.diagnostics.extend(output.diagnostics.iter().cloned());
            for (model, gateway) in output.models.iter().zip(&output.gateways) {
                match gateway {
                    None => own.push((model.clone(), false)),
                    Some(_) if *gateway == context.config.gateway => {
                        replaced.insert(model.name.clone());
                        own.push((model.clone(), true));
                    }
                    Some(_) => {}
                }
            }
        }
        for (model, for_gateway) in own {
            if for_gateway || !replaced.contains(&model.name) {
                self.add_model(&model);
            }
        }
    }
}

fn place(location: &Location) -> String {
    format!("{}:{}", location.path, location.line)
}
