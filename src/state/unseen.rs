//! Columns that sqlglot doesn't see: of a set operation BY NAME it knows those of the first query only, and so a star over
//! it, or over a model that is made by it, stands for no others.
//!
//! In: a resolved query, and the unseen columns of the models that it reads. Out: the unseen outputs of its blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::names::{ColumnName, ModelName};
use crate::resolve::{Block, BlockId, BlockKind, Output, Resolved, Select, Source};
use crate::sql::tree::Op;

use super::AnalysedModel;

/// Names of unseen columns, by whatever has them.
pub type Unseen<K> = BTreeMap<K, BTreeSet<ColumnName>>;

/// The unseen outputs of each block that has any.
pub fn outputs(resolved: &Resolved, of_models: &Unseen<ModelName>) -> Unseen<BlockId> {
    let mut found = Unseen::new();
    let adds = |block: &Block| matches!(block.kind, BlockKind::SetOperation { by_name: true, .. });
    let reads_unseen = || resolved.tables.iter().any(|table| of_models.contains_key(table));
    if !resolved.blocks.iter().any(adds) && !reads_unseen() {
        return found;
    }
    // What a block takes from others is settled after as many rounds as blocks follow one another.
    for _ in 0..=resolved.blocks.len().min(100) {
        let before = found.clone();
        for (id, block) in (0..).zip(&resolved.blocks) {
            let names = of_block(resolved, block, of_models, &found);
            if !names.is_empty() {
                found.insert(id, names);
            }
        }
        if found == before {
            break;
        }
    }
    found
}

fn of_block(
    resolved: &Resolved,
    block: &Block,
    of_models: &Unseen<ModelName>,
    found: &Unseen<BlockId>,
) -> BTreeSet<ColumnName> {
    let inherited = |id: &BlockId| found.get(id).cloned().unwrap_or_default();
    match &block.kind {
        BlockKind::Select(select) => {
            let unseen = |output: &&Output| match &output.value.op {
                Op::Bound(_, relation, name) if output.from_star => {
                    is_unseen((*relation, name), select, of_models, found)
                }
                _ => false,
            };
            block.outputs.iter().filter(unseen).map(|output| output.name.clone()).collect()
        }
        BlockKind::SetOperation { by_name: true, left, .. } => {
            let first = resolved.block(*left).map_or(&[] as &[Output], |left| &left.outputs);
            let hidden = inherited(left);
            let seen: BTreeSet<&ColumnName> =
                first.iter().map(|output| &output.name).filter(|name| !hidden.contains(*name)).collect();
            block.outputs.iter().map(|output| &output.name).filter(|name| !seen.contains(name)).cloned().collect()
        }
        BlockKind::SetOperation { left: inner, .. } | BlockKind::Wrapped(inner) => inherited(inner),
        BlockKind::Values(_) | BlockKind::Opaque => BTreeSet::new(),
    }
}

/// What is unseen of these tables: the columns that they have and SQLMesh doesn't believe in.
pub fn of_tables<'t>(
    tables: impl Iterator<Item = &'t ModelName>,
    models: &BTreeMap<ModelName, Arc<AnalysedModel>>,
) -> Unseen<ModelName> {
    let of_table = |table: &'t ModelName| {
        let model = models.get(table)?;
        let belief = model.believed.columns.as_ref()?;
        let seen: BTreeSet<&ColumnName> = belief.columns.iter().map(|(column, _)| column).collect();
        let all = model.schema.columns.iter().map(|column| &column.name);
        let unseen: BTreeSet<ColumnName> = all.filter(|name| !seen.contains(name)).cloned().collect();
        (!unseen.is_empty()).then(|| (table.clone(), unseen))
    };
    tables.filter_map(of_table).collect()
}

/// Does the query name a column that sqlglot doesn't see? It refuses that.
pub(super) fn is_read(resolved: &Resolved, of_models: &Unseen<ModelName>) -> bool {
    let found = outputs(resolved, of_models);
    if found.is_empty() && of_models.is_empty() {
        return false;
    }
    let stars = resolved.blocks.iter().flat_map(|block| &block.outputs).filter(|output| output.from_star);
    let stars: BTreeSet<usize> = stars.map(|output| Arc::as_ptr(&output.value) as usize).collect();
    let mut seen = BTreeSet::new();
    let mut is_read = false;
    let expressions = resolved.blocks.iter().flat_map(|block| block.expressions());
    for tree in expressions.filter(|tree| !stars.contains(&(Arc::as_ptr(tree) as usize))) {
        tree.walk(&mut |node| {
            if let Op::Bound(id, relation, name) = &node.op
                && let Some(BlockKind::Select(select)) = resolved.block(*id).map(|block| &block.kind)
            {
                is_read |= is_unseen((*relation, name), select, of_models, &found);
            }
            !is_read && (node.kids.is_empty() || seen.insert(node.fingerprint()))
        });
    }
    is_read
}

fn is_unseen(
    (relation, name): (u32, &ColumnName),
    select: &Select,
    of_models: &Unseen<ModelName>,
    found: &Unseen<BlockId>,
) -> bool {
    let names = select.relations.get(relation as usize).and_then(|relation| match &relation.source {
        Source::Model(model) => of_models.get(model),
        Source::Block(id) => found.get(id),
        Source::Recursive(..) | Source::Function(_) | Source::Altered(_) => None,
    });
    names.is_some_and(|names| names.contains(name))
}
