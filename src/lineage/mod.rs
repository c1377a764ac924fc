//! From resolved queries to what depends on what.
//!
//! In: [`Resolved`] queries. Out: [`Lineage`]: for each output column the parents' columns that flow into it, and for
//! the rows the parents' columns and rows that decide them. Every dependence that may exist is listed; a dependence
//! that can't be narrowed down is on [`EVERY_COLUMN`].

mod calls;
mod columns;
mod derivation;
mod flow;
mod outside;
mod recursion;
mod traced;
mod tracer;
mod unions;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::names::{ColumnName, ModelName};
use crate::resolve::{Problem, Resolved};

pub(crate) use calls::{aggregates, fills_gaps, looks_beyond_row, may_be_unlisted};
use columns::every;
pub use derivation::{Derivation, derivation};
pub use flow::{ColumnRef, EVERY_COLUMN, Flow, Role, Rows};
use tracer::Tracer;

/// What a query's columns and rows depend on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lineage {
    /// One for each known output column, in order.
    pub columns: Vec<(ColumnName, Flow)>,
    pub rows: Rows,
    /// What output columns that aren't known may depend on; empty if all are known.
    pub open: Flow,
    /// What the order of the rows depends on.
    pub order: Flow,
}

impl Lineage {
    /// The flow into a column; that of the unknown columns if it isn't known.
    pub fn column(&self, name: &str) -> &Flow {
        self.columns.iter().find(|(known, _)| &**known == name).map_or(&self.open, |(_, flow)| flow)
    }

    /// Every model that is read.
    pub fn models(&self) -> BTreeSet<ModelName> {
        let flows = self.columns.iter().map(|(_, flow)| flow).chain([&self.open, &self.order]);
        let mut models: BTreeSet<ModelName> = self.rows.models.clone();
        models.extend(self.rows.influences.iter().map(|(column, _)| column.model.clone()));
        for flow in flows {
            models.extend(flow.models.iter().cloned());
            models.extend(flow.sources.iter().map(|column| column.model.clone()));
            models.extend(flow.influences.iter().map(|(column, _)| column.model.clone()));
        }
        models
    }
}

/// The lineage of a resolved query.
pub fn lineage(resolved: &Resolved) -> Lineage {
    let Some(root) = resolved.root() else { return Lineage::default() };
    let mut tracer = Tracer::new(resolved);
    let traced = tracer.query();
    let mut columns = Vec::new();
    let mut rows = traced.rows.clone();
    let mut open = traced.open.clone();
    let blind = blind_flow(resolved);
    if let Some(flow) = &blind {
        rows.decided_by(flow, Role::Filter);
        open.absorb(flow);
    }
    for (output, flow) in root.outputs.iter().zip(&traced.columns) {
        let mut flow = flow.clone();
        blind.iter().for_each(|blind| flow.absorb(blind));
        if output.is_open { open.absorb(&flow) } else { columns.push((output.name.clone(), flow)) }
    }
    absorb_namesakes(&mut columns);
    let mut order = Flow::default();
    for key in &root.order {
        order.absorb(&tracer.pass_through_or(key, root, &traced));
    }
    Lineage { columns, rows, open, order }
}

/// Of two outputs with one name, a reader of that name may mean either: the first has what flows into all of them.
fn absorb_namesakes(columns: &mut [(ColumnName, Flow)]) {
    let mut first: FxHashMap<ColumnName, usize> = FxHashMap::default();
    for at in 0..columns.len() {
        let Some((before, [(name, flow), ..])) = columns.split_at_mut_checked(at) else { return };
        let known = *first.entry(name.clone()).or_insert(at);
        if let Some((_, whole)) = before.get_mut(known) {
            whole.absorb(flow);
        }
    }
}

/// If a part of the query isn't understood, everything may depend on all that the query names.
fn blind_flow(resolved: &Resolved) -> Option<Flow> {
    let not_understood = |problem: &Problem| problem.kind.is_not_understood();
    resolved.problems.iter().any(not_understood).then(|| Flow {
        sources: resolved.tables.iter().map(every).collect(),
        models: resolved.tables.clone(),
        ..Flow::default()
    })
}

#[cfg(test)]
mod tests;
