//! Which models' columns SQLMesh knows, and which queries it can optimize with them.
//!
//! In: a state. Out: [`Columns`], worked out in the order of the graph, since one follows from the other: a query is
//! optimized only if the columns of all it reads are known, and a star is expanded only in an optimized query.

use std::collections::BTreeSet;

use crate::names::{ColumnName, ModelName};
use crate::project::Body;
use crate::resolve::{BlockId, BlockKind, ProblemKind, Resolved, Source};
use crate::sql::tree::Op;
use crate::state::{AnalysedModel, State};

use super::unseen::{self, Unseen};

/// Names of models.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// `columns_to_types` is known.
    known: BTreeSet<ModelName>,
    /// `QueryRenderer._optimize_query` does something.
    optimized: BTreeSet<ModelName>,
    /// Columns that aren't in `columns_to_types`.
    unseen: Unseen<ModelName>,
}

impl Columns {
    pub(super) fn of(state: &State) -> Self {
        let mut columns = Columns::default();
        for name in &state.order {
            let Some(model) = state.models.get(name) else { continue };
            let is_optimized = columns.may_optimize(model);
            if is_optimized {
                columns.optimized.insert(name.clone());
            }
            if let Some(resolved) = model.resolved().filter(|_| model.model.columns.is_none()) {
                let unseen = unseen::outputs(resolved, &columns.unseen).remove(&resolved.root);
                columns.unseen.extend(unseen.map(|names| (name.clone(), names)));
            }
            if has_known_columns(model, is_optimized) {
                columns.known.insert(name.clone());
            }
        }
        columns
    }

    pub(super) fn are_known(&self, name: &ModelName) -> bool {
        self.known.contains(name)
    }

    pub(super) fn is_optimized(&self, name: &ModelName) -> bool {
        self.optimized.contains(name)
    }

    /// Columns of a model that SQLMesh doesn't see.
    pub(super) fn unseen(&self, name: &ModelName) -> Option<&BTreeSet<ColumnName>> {
        self.unseen.get(name)
    }

    /// The outputs of a query's blocks that it doesn't see.
    pub(super) fn unseen_outputs(&self, resolved: &Resolved) -> Unseen<BlockId> {
        unseen::outputs(resolved, &self.unseen)
    }

    fn may_optimize(&self, model: &AnalysedModel) -> bool {
        let off = |value: &str| value.eq_ignore_ascii_case("false");
        if model.model.header.get("optimize_query").is_some_and(|property| off(&property.value)) {
            return false;
        }
        let Some(resolved) = model.resolved() else { return false };
        let reads_known = |name: &ModelName| *name == model.model.name || self.are_known(name);
        // What only the header names doesn't count.
        let text = model.query.as_ref().map_or("", |query| &query.rendered.rendered.sql);
        resolved.tables.iter().chain(&model.possible).all(reads_known)
            && !fails(resolved)
            && !reads_function_by_name(resolved, text)
            && !unseen::is_read(resolved, &self.unseen)
    }
}

/// Does sqlglot's `qualify` refuse the query? SQLMesh then takes it as written.
fn fails(resolved: &Resolved) -> bool {
    resolved.problems.iter().any(|problem| {
        matches!(
            problem.kind,
            ProblemKind::MissingColumn { in_star: false, .. }
                | ProblemKind::AmbiguousColumn { .. }
                | ProblemKind::UnknownQualifier { .. }
        )
    })
}

/// Does an unqualified name stand for a column of a table function whose columns aren't said? sqlglot refuses that too.
fn reads_function_by_name(resolved: &Resolved, text: &str) -> bool {
    let is_open_function = |block: u32, relation: u32, name: &str| {
        let Some(BlockKind::Select(select)) = resolved.block(block).map(|block| &block.kind) else { return false };
        let relation = select.relations.get(relation as usize);
        relation.is_some_and(|relation| {
            matches!(relation.source, Source::Function(_))
                && relation.schema.open
                && relation.schema.get(name).is_none()
        })
    };
    let mut found = false;
    let mut seen = BTreeSet::new();
    for tree in resolved.blocks.iter().flat_map(|block| block.expressions()) {
        tree.walk(&mut |node| {
            if let Op::Bound(block, relation, name) = &node.op {
                let is_qualified = text.get(node.span.range()).is_none_or(|text| text.contains('.'));
                found |= !is_qualified && is_open_function(*block, *relation, name);
            }
            !found && (node.kids.is_empty() || seen.insert(node.fingerprint()))
        });
    }
    found
}

/// Not with a star that isn't expanded, nor with two columns of one name. What a Python function returns as a query is
/// known to SQLMesh, which runs it.
fn has_known_columns(model: &AnalysedModel, is_optimized: bool) -> bool {
    if matches!(&model.model.body, Body::Python(body) if body.is_sql) {
        return true;
    }
    let is_open = model.schema.open || model.schema.columns.is_empty();
    let declared = model.model.columns.is_some();
    let has_star = || model.resolved().is_some_and(selects_star);
    if is_open || !declared && !is_optimized && has_star() {
        return false;
    }
    let mut names: Vec<&str> = model.schema.columns.iter().map(|column| &*column.name).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| matches!(pair, [a, b] if a != b))
}

/// Has the query's first SELECT a star?
fn selects_star(resolved: &Resolved) -> bool {
    let mut id = resolved.root;
    // Each step goes to another block, so there are no more of them than blocks.
    for _ in 0..=resolved.blocks.len() {
        let Some(block) = resolved.block(id) else { return false };
        match &block.kind {
            BlockKind::SetOperation { left, .. } => id = *left,
            BlockKind::Wrapped(inner) => id = *inner,
            BlockKind::Select(_) | BlockKind::Values(_) | BlockKind::Opaque => {
                return block.outputs.iter().any(|output| output.from_star);
            }
        }
    }
    false
}
