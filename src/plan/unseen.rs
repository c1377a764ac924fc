//! Columns that sqlglot doesn't see: of a set operation BY NAME it knows those of the first query only, and so a star over
//! it, or over a model that is made by it, stands for no others.
//!
//! In: a resolved query, and the unseen columns of the models that it reads. Out: the unseen outputs of its blocks.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{ColumnName, ModelName};
use crate::resolve::{Block, BlockId, BlockKind, Output, Resolved, Select, Source};
use crate::sql::tree::Op;

/// Names of unseen columns, by whatever has them.
pub(super) type Unseen<K> = BTreeMap<K, BTreeSet<ColumnName>>;

/// The unseen outputs of each block that has any.
pub(super) fn outputs(resolved: &Resolved, of_models: &Unseen<ModelName>) -> Unseen<BlockId> {
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
