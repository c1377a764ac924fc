//! What SQLMesh will do: how `sqlmesh plan` would list each model, and in which category.
//!
//! In: both states. Out: a [`Prediction`] per model. This is a model of SQLMesh 0.236.4 (with sqlglot 30.8), its
//! mistakes included, and never mixed with our own verdict: nothing here reads `compare/`, and nothing there reads
//! this. Where SQLMesh runs the project's code, that isn't done here either.
//!
//! | module | reproduces |
//! |---|---|
//! | this one, `categories` | `plan.builder`: who is listed how, categories in the order of the graph |
//! | `difference`, `entries` | `data_hash`, `metadata_hash` and `is_metadata_only_change` of `model.definition` |
//! | `environment` | `make_python_env`: macros, variables, signals and Jinja macros stored with a model |
//! | `templates` | what it finds in templates without rendering them |
//! | `statements`, `values`, `crate::intervals` | statements and properties, with `model_defaults` merged in |
//! | `columns`, `crate::state::unseen` | whose `columns_to_types` is known and what is in it, which queries are optimized |
//! | `queries`, `lockstep`, `side`, `joins` | `is_breaking_change`: rendered queries compared as trees, additions let through |
//! | `cache`, `readings` | `OptimizedQueryCache`: queries that it takes for one |
//! | `qualified`, `written`, `casts`, `modulo`, `simplify`, `functions`, `reading` | what sqlglot's `qualify`, `simplify` and parsers make equal, and no more |
//! | `regenerated` | `MacroEvaluator.transform`: queries with macros are written by sqlglot and read again |
//! | `reread` | the data hash of a model that SQLMesh reads from its state |
//! | `audits` | standalone audits as nodes of the graph |
//! | `parents` | `depends_on`, `Snapshot.parents` |
//! | `rebuild`, `schedule` | versions, forced rebuilds, `missing_intervals` |
//! | `destructive` | `on_destructive_change`, `on_additive_change` |
//! | `certainty` | nothing: it tells which of these answers hang on code that isn't run |
//! | `explain` | nothing: it tells which of these steps decided |
//!
//! What can't be known without running code, and what is predicted instead (and marked as not certain):
//! - A changed macro function in a query: its output is taken to have changed, so the model is `BREAKING`. SQLMesh says
//!   `NON_BREAKING` where the new code happens to give the same SQL.
//! - A model whose query a Python function makes (`is_sql`): equal as long as the function is, `BREAKING` otherwise.
//!   Its parents are the models named in its strings.
//! - With `--python` SQLMesh tells what both come to, and they are compared like any query.
//!
//! Not modelled: column lists of aliases; time formats of other dialects; of what sqlglot writes anew MySQL's FULL JOIN, conditions
//! of T-SQL and time formats; what SQLMesh does with a single worker
//! (`MAX_FORK_WORKERS=1`); linter and plan errors (a plan that SQLMesh refuses is predicted as if it
//! didn't); dbt projects.

mod audits;
mod cache;
mod casts;
mod categories;
mod certainty;
mod columns;
mod destructive;
mod difference;
mod entries;
mod environment;
mod explain;
mod functions;
mod joins;
mod json;
mod json_path;
mod lockstep;
mod modulo;
mod parents;
mod qualified;
mod queries;
mod reading;
mod readings;
mod rebuild;
mod regenerated;
mod reread;
mod schedule;
mod side;
mod simplify;
mod statements;
mod templates;
mod units;
mod values;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::impact::{Category, Change, SqlmeshReason};
use crate::names::ModelName;
use crate::project::{Model, Project, header};
use crate::state::{AnalysedModel, State};

use columns::Columns;
use difference::{Difference, Version, difference};

pub use audits::AuditPrediction;
pub use destructive::Violation;
pub use rebuild::Rebuild;
pub use schedule::{instant, instant_text};

/// SQLMesh's answer about one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prediction {
    pub change: Change,
    /// `None` where SQLMesh would ask, and for removed models.
    pub category: Option<Category>,
    /// The change applies from now on only: the table stays.
    pub forward_only: bool,
}

/// What is asked of SQLMesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanOptions {
    /// `sqlmesh plan --forward-only`
    pub forward_only: bool,
    /// The plan is that of the CI/CD bot.
    pub bot: bool,
    /// The instant that is taken for now, in milliseconds since 1970; without one no intervals are counted.
    pub now: Option<i64>,
}

/// SQLMesh's answer about a change.
#[derive(Debug)]
pub struct Plan {
    /// The models that the plan lists.
    pub models: BTreeMap<ModelName, Prediction>,
    /// Models of which it hangs on what code of the project gives, which wasn't run, whether and how they are listed.
    pub uncertain: BTreeSet<ModelName>,
    /// The standalone audits that the plan lists.
    pub audits: BTreeMap<String, AuditPrediction>,
    /// What happens to the table of every model of either state.
    pub rebuilds: BTreeMap<ModelName, Rebuild>,
    /// Schema changes that a forward-only model doesn't allow.
    pub violations: Vec<Violation>,
    /// Why each listed model is listed and categorized as it is.
    pub reasons: BTreeMap<ModelName, Vec<SqlmeshReason>>,
    pub options: PlanOptions,
}

/// `Context` sets the strategy that the configuration names for the dialect as a whole, so that SQLMesh reads the models
/// from its state in the same way.
fn with_normalization_of(before: &State, after: &State) -> Option<State> {
    let dialect = after.project.config.dialect;
    let usual = Dialect::new(dialect.family);
    if dialect == usual || !before.models.values().any(|model| model.model.dialect == usual) {
        return None;
    }
    let mut project = Project::clone(&before.project);
    for model in project.models.values_mut().filter(|model| model.dialect == usual) {
        Arc::make_mut(model).dialect = dialect;
    }
    Some(State::new(Arc::new(project), None))
}

/// Predicts the plan that takes an environment from one state to the other.
pub fn predict(before: &State, after: &State, options: &PlanOptions) -> Plan {
    match with_models_of_others(before, after) {
        Some(extended) => {
            let taken_over = |name: &&ModelName| !after.models.contains_key(*name);
            let taken_over = extended.models.keys().filter(taken_over).cloned().collect();
            predict_all(before, &extended, taken_over, options)
        }
        None => predict_all(before, after, BTreeSet::new(), options),
    }
}

/// `GenericContext.load`: what the environment has of projects with other names is loaded, too. A project that changes
/// its name so keeps the models that it removes.
fn with_models_of_others(before: &State, after: &State) -> Option<State> {
    let (old, new) = (&before.project, &after.project);
    if new.config.project.is_empty() || old.config.project == new.config.project {
        return None;
    }
    let removed = old.models.iter().filter(|(name, _)| !new.models.contains_key(*name));
    let models: BTreeMap<ModelName, Arc<Model>> = removed.map(|(name, model)| (name.clone(), model.clone())).collect();
    if models.is_empty() {
        return None;
    }
    let mut others = Project::clone(old);
    others.models = models;
    Some(State::new(Arc::new(Project::clone(new).join(others)), Some(after)))
}

fn predict_all(before: &State, after: &State, taken_over: BTreeSet<ModelName>, options: &PlanOptions) -> Plan {
    let reread = with_normalization_of(before, after);
    let mut plan = Planner {
        before,
        reread: reread.as_ref(),
        taken_over,
        after,
        options: *options,
        columns: Columns::of(after),
        differences: BTreeMap::new(),
        changes: BTreeMap::new(),
        parents: BTreeMap::new(),
        predictions: BTreeMap::new(),
        uncertain: BTreeSet::new(),
        unwritten: BTreeSet::new(),
        above: BTreeMap::new(),
        unknown: BTreeSet::new(),
        data_differs: BTreeSet::new(),
        metadata_differs: BTreeSet::new(),
    };
    plan.compare();
    plan.list();
    plan.categorize();
    for name in before.models.keys().filter(|name| !after.models.contains_key(*name)) {
        let removed = Prediction { change: Change::Removed, category: None, forward_only: false };
        plan.predictions.insert(name.clone(), removed);
    }
    let audits = audits::audits(&plan);
    let models = std::mem::take(&mut plan.predictions);
    let uncertain = std::mem::take(&mut plan.uncertain);
    let rebuilds = rebuild::rebuilds(&plan, &models, options.now);
    let violations = destructive::violations(&plan, &models);
    let reasons = explain::reasons(&plan, &models);
    Plan { models, uncertain, audits, rebuilds, violations, reasons, options: *options }
}

struct Planner<'s> {
    before: &'s State,
    /// The earlier state, where names of its queries fold otherwise by the later configuration.
    reread: Option<&'s State>,
    /// Models of the environment that belong to a project with another name.
    taken_over: BTreeSet<ModelName>,
    after: &'s State,
    options: PlanOptions,
    /// What SQLMesh knows of columns in the later state.
    columns: Columns<'s>,
    /// How each model that both states have differs in itself.
    differences: BTreeMap<ModelName, Difference>,
    /// How the plan lists each model that it lists.
    changes: BTreeMap<ModelName, Change>,
    /// The parents of each model as `Snapshot.parents`.
    parents: BTreeMap<ModelName, BTreeSet<ModelName>>,
    predictions: BTreeMap<ModelName, Prediction>,
    /// Those that hang on code.
    uncertain: BTreeSet<ModelName>,
    /// Those whose code may read a listed model that nothing names.
    unwritten: BTreeSet<ModelName>,
    /// What is listed upstream of each model.
    above: BTreeMap<ModelName, Above>,
    /// Models above one whose columns SQLMesh doesn't know.
    unknown: BTreeSet<ModelName>,
    /// Models whose data hash or that of one upstream differs.
    data_differs: BTreeSet<ModelName>,
    /// The same of the metadata hash.
    metadata_differs: BTreeSet<ModelName>,
}

/// Which sorts of listed models are anywhere upstream of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Above {
    any: bool,
    /// With another category than metadata.
    beyond_metadata: bool,
    /// One whose change isn't forward-only.
    not_forward_only: bool,
}

impl Planner<'_> {
    fn compare(&mut self) {
        let columns = Columns::of(self.before);
        let old = Version { state: self.before, columns: &columns };
        let new = Version { state: self.after, columns: &self.columns };
        for (name, after) in &self.after.models {
            if let Some(before) = self.before.models.get(name) {
                let owner = if self.taken_over.contains(name) { self.before } else { self.after };
                let owner = &owner.project.config_of(name).project;
                let reread = self.reread(name).unwrap_or(before);
                self.differences.insert(name.clone(), difference((old, before), reread, (new, after), owner));
            }
            self.parents.insert(name.clone(), parents::of_snapshot(self.after, after));
        }
    }

    /// The earlier version of a model as the later configuration reads it, where that differs.
    fn reread(&self, name: &ModelName) -> Option<&AnalysedModel> {
        self.reread.and_then(|state| state.models.get(name)).map(|model| &**model)
    }

    /// `ContextDiff`: whose fingerprint differs, and in which part.
    fn list(&mut self) {
        for name in &self.after.order {
            let Some(after) = self.after.models.get(name) else { continue };
            let read = parents::read(after);
            let before = self.before.models.get(name).map(|before| parents::read(before));
            let others = before.is_some_and(|before| self.parents_changed(&before, &read));
            let data_above = others || !read.is_disjoint(&self.data_differs);
            let metadata_above = others || !read.is_disjoint(&self.metadata_differs);
            let difference = self.differences.get(name);
            if data_above || difference.is_none_or(|difference| !difference.data.is_empty()) {
                self.data_differs.insert(name.clone());
            }
            if metadata_above || difference.is_none_or(|difference| !difference.metadata.is_empty()) {
                self.metadata_differs.insert(name.clone());
            }
            let change = match difference {
                None => Change::Added,
                Some(difference) if difference.direct.is_some() => Change::Direct,
                Some(_) if data_above => Change::Indirect,
                Some(difference) if difference.is_any() || metadata_above => Change::Metadata,
                Some(_) => continue,
            };
            self.changes.insert(name.clone(), change);
        }
    }

    /// A parent was added or removed, as far as SQLMesh sees parents: only models that exist.
    fn parents_changed(&self, before: &BTreeSet<ModelName>, after: &BTreeSet<ModelName>) -> bool {
        let existing = |parents: &BTreeSet<ModelName>, state: &State| -> BTreeSet<ModelName> {
            parents.iter().filter(|parent| state.models.contains_key(*parent)).cloned().collect()
        };
        existing(before, self.before) != existing(after, self.after)
    }
}

fn is_materialized_view(model: &Model) -> bool {
    model.kind.name == "VIEW"
        && model.kind.get("materialized").is_some_and(|value| header::truth(&value.value) == Some(true))
}
