//! A project in one state with everything that follows from its files: queries rendered, parsed, resolved, traced.
//!
//! In: a [`Project`], and the other state if it has been analysed already. Out: a [`State`]. Models whose text,
//! variables, macros and parents' columns are the same in both states are analysed once and shared.

mod audits;
pub(crate) mod believed;
mod catalog;
mod code;
pub mod column_graph;
mod expandable;
mod holes;
mod model;
mod order;
mod possible;
pub(crate) mod refused;
mod rendering;
mod shape;
#[cfg(test)]
mod tests;
pub(crate) mod undeclared;
mod understanding;
mod unnamed;
pub mod unseen;
pub(crate) mod unwritten;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::fingerprint::Print;
use crate::diagnostic::{Diagnostic, Location};
use crate::lineage::Lineage;
use crate::names::ModelName;
use crate::project::{Model, Project, Statement};
use crate::render::Rendered;
use crate::render::codes::UNKNOWN_MACRO;
use crate::resolve::{BlockKind, Resolved, Schema, Source};

pub use believed::Believed;
pub use catalog::Catalog;
pub use code::CodeReading;
pub use expandable::{Expandable, expandable};
pub use rendering::{RenderedQuery, Statements};
pub use understanding::Understanding;
pub use unnamed::with_stand_ins;

/// A dependency cycle.
pub const CYCLE: &str = "U301";
/// A query that the parser can't read.
pub const UNPARSED: &str = "U302";
/// A table that no model defines and no external model declares.
pub const UNDECLARED: &str = "U303";
/// A part of a query that is parsed and not understood.
pub const NOT_UNDERSTOOD: &str = "U304";
/// A model that is computed by code.
pub const NOT_RUN: &str = "U305";
/// A call whose result only running code would tell.
pub const NOT_EXPANDED: &str = "U306";
/// A star over a table whose columns aren't known.
pub const COLUMNS_UNKNOWN: &str = "U307";

/// A project in one state, analysed.
pub struct State {
    pub project: Arc<Project>,
    pub models: BTreeMap<ModelName, Arc<AnalysedModel>>,
    /// All models, parents before their readers.
    pub order: Vec<ModelName>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A model with what follows from its text and its parents' columns.
#[derive(Debug)]
pub struct AnalysedModel {
    pub model: Arc<Model>,
    /// `None` for models without a SQL query.
    pub query: Option<Arc<Query>>,
    /// The columns as readers see them.
    pub schema: Arc<Schema>,
    /// What SQLMesh believes of the columns: no verdict may follow from it.
    pub believed: Believed,
    /// The tables it reads, and what its header names as dependencies.
    pub parents: BTreeSet<ModelName>,
    /// Those of the parents that only code which isn't run may read.
    pub possible: BTreeSet<ModelName>,
    /// Code that isn't run may read tables beyond those, whose names nothing writes out.
    pub reads_unwritten: bool,
    /// What the macros, variables and templates stand for in the statements before and after its query.
    pub around: Print,
}

/// A model's query, through all stages.
#[derive(Debug)]
pub struct Query {
    pub rendered: Arc<RenderedQuery>,
    /// `None` if the text couldn't be parsed.
    pub resolved: Option<Resolved>,
    pub lineage: Lineage,
    /// The columns of the parents under which it was resolved.
    inputs: BTreeMap<ModelName, Arc<Schema>>,
}

impl State {
    /// Analyses a project. `other` is a state that was analysed before, from which equal parts are taken over.
    pub fn new(project: Arc<Project>, other: Option<&State>) -> State {
        let rendered = rendering::render_all(&project, other);
        let edges = model::edges(&project, &rendered);
        let ordered = order::order(&edges.all);
        let mut state = State { project, models: BTreeMap::new(), order: vec![], diagnostics: vec![] };
        for level in &ordered.levels {
            state.analyse(level, &rendered, &edges, other);
        }
        state.order = ordered.levels.into_iter().flatten().collect();
        state.report(&ordered.cycles);
        state
    }

    fn analyse(
        &mut self,
        level: &[ModelName],
        rendered: &BTreeMap<ModelName, Arc<RenderedQuery>>,
        edges: &model::Edges,
        other: Option<&State>,
    ) {
        let done = &self.models;
        let project = &self.project;
        let analysed: Vec<(ModelName, Arc<AnalysedModel>)> = level
            .par_iter()
            .filter_map(|name| {
                let model = project.models.get(name)?;
                let known = other.and_then(|other| other.models.get(name));
                let analysed = model::analyse(project, model, rendered.get(name), edges, done, known);
                Some((name.clone(), Arc::new(analysed)))
            })
            .collect();
        self.models.extend(analysed);
    }

    fn report(&mut self, cycles: &[Vec<ModelName>]) {
        let has_all_macros = !self.project.has_foreign_macros;
        let judged = |found: Diagnostic| {
            let is_unknown = found.code == UNKNOWN_MACRO && has_all_macros;
            Diagnostic { refused: found.refused || is_unknown, ..found }
        };
        self.diagnostics.extend(self.project.diagnostics.iter().cloned().map(judged));
        for (model, query) in self.models.values().filter_map(|model| Some((model, model.query.as_ref()?))) {
            self.diagnostics.extend(query.rendered.diagnostics(model.model.dialect).into_iter().map(judged));
        }
        for cycle in cycles {
            let first = cycle.first().and_then(|name| self.project.models.get(name));
            let location = first.map_or_else(Location::default, |model| model.location.clone());
            let names: Vec<String> = cycle.iter().chain(cycle.first()).map(ToString::to_string).collect();
            let message = format!("these models read each other: {}", names.join(" → "));
            let help = "break the cycle: SQLMesh refuses to load the project as it is";
            let found = Diagnostic::error(CYCLE, location, message).with_help(help);
            self.diagnostics.push(Diagnostic { refused: self.is_certain_cycle(cycle), ..found });
        }
        let undeclared = undeclared::diagnostics(self);
        self.diagnostics.extend(undeclared);
        let gaps: Vec<Diagnostic> = self.models.values().flat_map(|model| model.gaps(&self.project)).collect();
        self.diagnostics.extend(gaps);
    }

    /// Do these models read each other even if only those tables count that they read for certain?
    fn is_certain_cycle(&self, cycle: &[ModelName]) -> bool {
        let certain = |name: &ModelName| -> BTreeSet<ModelName> {
            let Some(model) = self.models.get(name) else { return BTreeSet::new() };
            let declared = model.model.depends_on.iter().map(|dependency| dependency.model.clone());
            let whole = model.resolved().filter(|_| model.understanding() == Understanding::Whole);
            declared.chain(whole.into_iter().flat_map(|resolved| resolved.tables.iter().cloned())).collect()
        };
        let edges = cycle.iter().map(|name| (name.clone(), certain(name))).collect();
        !order::order(&edges).cycles.is_empty()
    }

    /// The statements around a model's query, rendered.
    pub fn statements(&self, model: &AnalysedModel) -> Statements {
        rendering::statements(&self.project, &model.model)
    }

    /// One of the statements around the query of a model written in SQL, rendered.
    pub fn statement(&self, model: &AnalysedModel, statement: Statement) -> Option<Rendered> {
        rendering::statement(&self.project, &model.model, statement)
    }

    /// Every model that reads this one directly.
    pub fn readers(&self) -> BTreeMap<ModelName, BTreeSet<ModelName>> {
        let mut readers: BTreeMap<ModelName, BTreeSet<ModelName>> = BTreeMap::new();
        for (name, model) in &self.models {
            for parent in &model.parents {
                readers.entry(parent.clone()).or_default().insert(name.clone());
            }
        }
        readers
    }
}

impl AnalysedModel {
    /// The lineage of its query; nothing if it has none.
    pub fn lineage(&self) -> Option<&Lineage> {
        self.query.as_ref().map(|query| &query.lineage)
    }

    /// The query as resolved, if it could be.
    pub fn resolved(&self) -> Option<&Resolved> {
        self.query.as_ref().and_then(|query| query.resolved.as_ref())
    }

    /// Where it names another model: in its query, else in its header, else the model itself.
    pub fn mention(&self, name: &ModelName) -> Location {
        let in_header = || self.model.depends_on.iter().find(|dependency| dependency.model == *name);
        self.mention_in_query(name)
            .or_else(|| in_header().map(|dependency| dependency.location.clone()))
            .unwrap_or_else(|| self.model.location.clone())
    }

    fn mention_in_query(&self, name: &ModelName) -> Option<Location> {
        self.query.as_ref()?.mention(name)
    }
}

impl Query {
    /// Where it names this table.
    pub fn mention(&self, name: &ModelName) -> Option<Location> {
        let relations = self.resolved.as_ref()?.blocks.iter().flat_map(|block| match &block.kind {
            BlockKind::Select(select) => select.relations.as_slice(),
            _ => &[],
        });
        let found =
            relations.into_iter().find(|relation| matches!(&relation.source, Source::Model(found) if found == name))?;
        Some(self.rendered.location(found.span))
    }
}
