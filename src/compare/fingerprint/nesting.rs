//! How blocks stand in each other: which refer to something outside of them, which are recursive, which are aggregated by
//! a subquery inside them.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::{Block, BlockId, BlockKind, Resolved, Source};
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::tree::Op;

/// What a comparison asks of the nesting.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    /// Blocks outside that a block refers to, itself or through those inside it.
    free: BTreeMap<BlockId, BTreeSet<BlockId>>,
    recursive: BTreeSet<BlockId>,
    /// Blocks whose rows an aggregate in a subquery of theirs turns into one.
    aggregated: BTreeSet<BlockId>,
}

impl Nesting {
    pub(super) fn new(resolved: &Resolved) -> Self {
        let mut nesting = Nesting::default();
        let mut seen = BTreeSet::new();
        for (id, block) in resolved.blocks.iter().enumerate() {
            nesting.visit(id as BlockId, resolved, &mut seen);
            nesting.aggregated.extend(aggregated_from(id as BlockId, block));
        }
        nesting
    }

    /// Does something in the block refer to a block around it?
    pub(super) fn refers_outside(&self, id: BlockId) -> bool {
        self.free.get(&id).is_some_and(|free| !free.is_empty())
    }

    /// Is a CTE that is being defined read in the block?
    pub(super) fn is_recursive(&self, id: BlockId) -> bool {
        self.recursive.contains(&id)
    }

    /// In `SELECT (SELECT sum(t.x) FROM u) FROM t` it is `t` that is summed up.
    pub(super) fn is_aggregated_inside(&self, id: BlockId) -> bool {
        self.aggregated.contains(&id)
    }

    fn visit(&mut self, id: BlockId, resolved: &Resolved, seen: &mut BTreeSet<BlockId>) {
        let Some(block) = resolved.block(id).filter(|_| seen.insert(id)) else { return };
        let mut free = BTreeSet::new();
        let mut inner = Vec::new();
        for tree in block.expressions() {
            tree.walk(&mut |node| {
                match &node.op {
                    Op::Bound(block, ..) => {
                        free.insert(*block);
                    }
                    Op::Nested(block) => inner.push(*block),
                    _ => {}
                }
                true
            });
        }
        let mut recursive = false;
        match &block.kind {
            BlockKind::Select(select) => {
                for relation in &select.relations {
                    match &relation.source {
                        Source::Block(block) | Source::Altered(block) => inner.push(*block),
                        Source::Recursive(..) => recursive = true,
                        Source::Model(_) | Source::Function(_) => {}
                    }
                }
            }
            BlockKind::SetOperation { left, right, .. } => inner.extend([*left, *right]),
            BlockKind::Wrapped(block) => inner.push(*block),
            BlockKind::Values(_) | BlockKind::Opaque => {}
        }
        for block in inner {
            self.visit(block, resolved, seen);
            free.extend(self.free.get(&block).into_iter().flatten());
            recursive |= self.recursive.contains(&block);
        }
        free.remove(&id);
        self.free.insert(id, free);
        if recursive {
            self.recursive.insert(id);
        }
    }
}

/// The blocks that aggregates in this one are about, if not this one itself.
fn aggregated_from(id: BlockId, block: &Block) -> BTreeSet<BlockId> {
    let mut about = BTreeSet::new();
    for tree in block.expressions() {
        tree.walk(&mut |node| {
            if matches!(&node.op, Op::Function(name) if kind(name) == FunctionKind::Aggregate) {
                let mut blocks = BTreeSet::new();
                node.walk(&mut |inside| {
                    if let Op::Bound(block, ..) = inside.op {
                        blocks.insert(block);
                    }
                    true
                });
                if !blocks.contains(&id) {
                    about.extend(blocks);
                }
            }
            true
        });
    }
    about
}
