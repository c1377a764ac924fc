//! What SQLMesh will do: how `sqlmesh plan` would list each model, and in which category.
//!
//! In: both states. Out: a [`Prediction`] per model. This is a model of SQLMesh 0.236.4 (with sqlglot 30.8), its
//! mistakes included, and never mixed with our own verdict: nothing here reads `compare/`, and nothing there reads
//! this. Where SQLMesh runs the project's code, that isn't done here either.
//!
//! | module | reproduces |
//! |---|---|
//! | this one | `plan.builder`: who is listed how, categories in the order of the graph |
//! | `difference` | `data_hash`, `metadata_hash` and `is_metadata_only_change` of `model.definition` |
//! | `environment` | `make_python_env`: macros, variables, signals and Jinja macros stored with a model |
//! | `statements`, `values`, `intervals` | statements and properties, with `model_defaults` merged in |
//! | `columns` | whose `columns_to_types` is known, which queries are optimized |
//! | `queries`, `lockstep`, `side`, `joins` | `is_breaking_change`: rendered queries compared as trees, additions let through |
//! | `qualified`, `simplify`, `functions`, `reading` | what sqlglot's `qualify`, `simplify` and parsers make equal, and no more |
//! | `audits` | standalone audits as nodes of the graph |
//! | `parents` | `depends_on`, `Snapshot.parents` |
//! | `rebuild`, `schedule` | versions, forced rebuilds, `missing_intervals` |
//! | `destructive` | `on_destructive_change`, `on_additive_change` |
//! | `explain` | nothing: it tells which of these steps decided |
//!
//! What can't be known without running code, and what is predicted instead:
//! - A changed macro function in a query: its output is taken to have changed, so the model is `BREAKING`. SQLMesh says
//!   `NON_BREAKING` where the new code happens to give the same SQL.
//! - A model whose query a Python function makes (`is_sql`): equal as long as the function is, `BREAKING` otherwise.
//!   Its parents are the models named in its strings.
//!
//! Not modelled: absorption, date arithmetic and DATE_TRUNC ranges in `simplify`; column lists of aliases; linter and plan errors (a plan that SQLMesh
//! refuses is predicted as if it didn't); what is left over in SQLMesh's cache of optimized queries; dbt projects.

mod audits;
mod columns;
mod destructive;
mod difference;
mod environment;
mod explain;
mod functions;
mod hashing;
mod intervals;
mod joins;
mod lockstep;
mod parents;
mod qualified;
mod queries;
mod reading;
mod rebuild;
mod schedule;
mod side;
mod simplify;
mod statements;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::impact::{Category, Change, SqlmeshReason};
use crate::names::ModelName;
use crate::project::config::CategorizerMode;
use crate::project::{Body, Model, Project};
use crate::state::{AnalysedModel, State};

use columns::Columns;
use difference::{Difference, Version, difference, partitioned_by, virtual_mode};
use queries::Match;

pub use audits::AuditPrediction;
pub use destructive::Violation;
pub use rebuild::Rebuild;
use rebuild::is_forward_only;
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

/// Predicts the plan that takes an environment from one state to the other.
pub fn predict(before: &State, after: &State, options: &PlanOptions) -> Plan {
    match with_models_of_others(before, after) {
        Some(extended) => predict_all(before, &extended, options),
        None => predict_all(before, after, options),
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

fn predict_all(before: &State, after: &State, options: &PlanOptions) -> Plan {
    let mut plan = Planner {
        before,
        after,
        options: *options,
        columns: Columns::of(after),
        differences: BTreeMap::new(),
        changes: BTreeMap::new(),
        parents: BTreeMap::new(),
        predictions: BTreeMap::new(),
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
    let rebuilds = rebuild::rebuilds(&plan, &models, options.now);
    let violations = destructive::violations(&plan, &models);
    let reasons = explain::reasons(&plan, &models);
    Plan { models, audits, rebuilds, violations, reasons, options: *options }
}

struct Planner<'s> {
    before: &'s State,
    after: &'s State,
    options: PlanOptions,
    /// What SQLMesh knows of columns in the later state.
    columns: Columns,
    /// How each model that both states have differs in itself.
    differences: BTreeMap<ModelName, Difference>,
    /// How the plan lists each model that it lists.
    changes: BTreeMap<ModelName, Change>,
    /// The parents of each model as `Snapshot.parents`.
    parents: BTreeMap<ModelName, BTreeSet<ModelName>>,
    predictions: BTreeMap<ModelName, Prediction>,
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
                self.differences.insert(name.clone(), difference((old, before), (new, after)));
            }
            self.parents.insert(name.clone(), parents::of_snapshot(self.after, after));
        }
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
            if data_above || difference.is_none_or(|difference| difference.data_hash) {
                self.data_differs.insert(name.clone());
            }
            if metadata_above || difference.is_none_or(|difference| difference.metadata_hash) {
                self.metadata_differs.insert(name.clone());
            }
            let change = match difference {
                None => Change::Added,
                Some(difference) if difference.is_direct => Change::Direct,
                Some(_) if data_above => Change::Indirect,
                Some(difference) if difference.data_hash || difference.metadata_hash || metadata_above => {
                    Change::Metadata
                }
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

    /// `PlanBuilder._categorize_snapshots`: in the order of the graph, since a category depends on those upstream.
    fn categorize(&mut self) {
        self.unknown = self.unknown_below();
        for name in &self.after.order {
            let above = self.parents.get(name).map_or_else(Above::default, |parents| self.above(parents));
            self.above.insert(name.clone(), above);
            let (Some(change), Some(after)) = (self.changes.get(name), self.after.models.get(name)) else { continue };
            let mut forward_only = self.is_forward_only_change(name, *change, &after.model);
            let category = match change {
                Change::Direct => self.direct(name, after),
                Change::Indirect => {
                    let category = self.indirect(name, after, forward_only);
                    let is_ordinary_view = is_materialized_view(&after.model) && !forward_only;
                    let follows = above.any && !above.not_forward_only || is_forward_only(&after.model);
                    forward_only |= follows && !is_ordinary_view;
                    Some(category)
                }
                Change::Metadata => Some(Category::Metadata),
                Change::Added | Change::Removed | Change::None => Some(Category::Breaking),
            };
            self.predictions.insert(name.clone(), Prediction { change: *change, category, forward_only });
        }
    }

    fn above(&self, parents: &BTreeSet<ModelName>) -> Above {
        let mut found = Above::default();
        for parent in parents {
            let above = self.above.get(parent).copied().unwrap_or_default();
            let listed = self.predictions.get(parent);
            found.any |= above.any || listed.is_some();
            found.beyond_metadata |=
                above.beyond_metadata || listed.is_some_and(|parent| parent.category != Some(Category::Metadata));
            found.not_forward_only |= above.not_forward_only || listed.is_some_and(|parent| !parent.forward_only);
        }
        found
    }

    /// `_is_forward_only_change`, and what a plan or a configuration adds to it.
    fn is_forward_only_change(&self, name: &ModelName, change: Change, after: &Model) -> bool {
        let whole_plan = self.is_forward_only();
        let Some(before) = self.before.models.get(name) else { return whole_plan };
        if self.is_breaking_kind_change(&before.model, after) || matches!(after.body, Body::Seed(_)) {
            return false;
        }
        whole_plan || matches!(change, Change::Direct | Change::Indirect) && is_forward_only(after)
    }

    /// Is the whole plan forward-only? The configuration may say so too.
    fn is_forward_only(&self) -> bool {
        let config = &self.after.project.config;
        let has_virtual_environments = matches!(config.virtual_mode.as_str(), "" | "full");
        self.options.forward_only || config.forward_only || !has_virtual_environments
    }

    fn direct(&self, name: &ModelName, after: &AnalysedModel) -> Option<Category> {
        let before = self.before.models.get(name)?;
        if self.is_breaking_kind_change(&before.model, &after.model) {
            return Some(Category::Breaking);
        }
        let mode = self.mode(&after.model);
        let default = (mode == CategorizerMode::Full).then_some(Category::Breaking);
        if mode == CategorizerMode::Off || self.unknown_columns(name).is_some() {
            return default;
        }
        if self.is_non_breaking(name, before, after) { Some(Category::NonBreaking) } else { default }
    }

    /// Whose unknown columns keep SQLMesh from comparing the model's queries.
    fn unknown_columns(&self, name: &ModelName) -> Option<&'static str> {
        if !self.columns.are_known(name) {
            return Some("the model");
        }
        self.unknown.contains(name).then_some("a model downstream")
    }

    /// `is_breaking_change` of the four types of models.
    fn is_non_breaking(&self, name: &ModelName, before: &AnalysedModel, after: &AnalysedModel) -> bool {
        let query = self.differences.get(name).map_or(Match::Different, |difference| difference.query);
        let lookback = |model: &AnalysedModel| model.model.kind.get("lookback").map(|property| property.value.clone());
        let same_lookback = lookback(before) == lookback(after);
        match (&before.model.body, &after.model.body) {
            (Body::Sql(_), Body::Sql(_)) => same_lookback && query <= Match::Additions,
            (Body::Python(old), Body::Python(new)) => {
                old.is_sql && new.is_sql && same_lookback && query == Match::Equal
            }
            (Body::Seed(old), Body::Seed(new)) => match (&old.content, &new.content) {
                (Some(old), Some(new)) => old.columns.iter().all(|column| {
                    new.columns.iter().any(|other| other.name == column.name && other.hash == column.hash)
                }),
                _ => false,
            },
            (Body::External, Body::External) => {
                before.schema.columns.iter().all(|column| after.schema.columns.contains(column))
            }
            _ => false,
        }
    }

    /// `sqlmesh.core.plan.common.is_breaking_kind_change`
    fn is_breaking_kind_change(&self, before: &Model, after: &Model) -> bool {
        let (old, new) = (&self.before.project, &self.after.project);
        if virtual_mode(old, before) != virtual_mode(new, after) {
            return true;
        }
        if before.kind.name == after.kind.name {
            return false;
        }
        let is_incremental = |model: &Model| {
            let name = model.kind.name.as_str();
            name.starts_with("INCREMENTAL") || name.starts_with("SCD_TYPE_2")
        };
        !is_incremental(before) || !is_incremental(after) || partitioned_by(old, before) != partitioned_by(new, after)
    }

    fn mode(&self, model: &Model) -> CategorizerMode {
        let config = &self.after.project.config;
        let modes = config.bot_auto_categorize.as_ref().filter(|_| self.options.bot).unwrap_or(&config.auto_categorize);
        match &model.body {
            Body::Sql(_) | Body::Unreadable => modes.sql,
            Body::Seed(_) => modes.seed,
            Body::Python(body) if body.is_sql => modes.sql,
            Body::Python(_) => modes.python,
            Body::External => modes.external,
        }
    }

    /// The branch for indirectly modified snapshots of `_categorize_snapshot`.
    fn indirect(&self, name: &ModelName, after: &AnalysedModel, forward_only: bool) -> Category {
        if is_materialized_view(&after.model) && !forward_only {
            return Category::IndirectBreaking;
        }
        let nothing = BTreeSet::new();
        self.below(self.parents.get(name).unwrap_or(&nothing))
    }

    /// The category of what is indirectly modified below these.
    fn below(&self, parents: &BTreeSet<ModelName>) -> Category {
        let category = |parent: &ModelName| self.predictions.get(parent).map(|prediction| prediction.category);
        let direct: Vec<Option<Category>> = parents.iter().filter_map(category).collect();
        let is_breaking =
            |category: &Option<Category>| matches!(category, Some(Category::Breaking | Category::IndirectBreaking));
        if direct.iter().any(is_breaking) || direct.is_empty() {
            return Category::IndirectBreaking;
        }
        if self.above(parents).beyond_metadata { Category::IndirectNonBreaking } else { Category::Metadata }
    }

    /// Models with a model of unknown columns below them that is listed, and not as directly modified: SQLMesh doesn't
    /// look at a change above such.
    fn unknown_below(&self) -> BTreeSet<ModelName> {
        let mut unknown: BTreeSet<&ModelName> = BTreeSet::new();
        let mut above = BTreeSet::new();
        for name in self.after.order.iter().rev() {
            let is_below = matches!(self.changes.get(name), Some(Change::Indirect | Change::Metadata));
            if is_below && !self.columns.are_known(name) {
                unknown.insert(name);
            }
            if unknown.contains(name) || above.contains(name) {
                above.extend(self.parents.get(name).into_iter().flatten().cloned());
            }
        }
        above
    }
}

fn is_materialized_view(model: &Model) -> bool {
    model.kind.name == "VIEW"
        && model.kind.get("materialized").is_some_and(|value| value.value.eq_ignore_ascii_case("true"))
}
