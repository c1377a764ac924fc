//! Set operations. A chain of UNIONs is traced as a whole, however long: in pairs each step would copy what the steps
//! before have gathered.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::resolve::{Block, BlockId, BlockKind, Output, Resolved};
use crate::sql::tree::{Name, SetOperator};

use super::flow::{Flow, Role, Rows};
use super::traced::Traced;
use super::tracer::Tracer;

impl Tracer<'_> {
    pub(super) fn set_operation(
        &mut self,
        id: BlockId,
        block: &Block,
        how: (SetOperator, bool, bool),
        left: BlockId,
        right: BlockId,
    ) -> Traced {
        if is_plain_union(block) {
            return self.union(id, block);
        }
        let (op, all, by_name) = how;
        let (l, r) = (self.block(left), self.block(right));
        let mut rows = l.rows.clone();
        rows.absorb(&r.rows);
        if op != SetOperator::Union || !all {
            rows.decided_by(l.everything(), Role::Distinct);
            rows.decided_by(r.everything(), Role::Distinct);
        }
        let columns = if block.open {
            let mut everything = l.everything().clone();
            everything.absorb(r.everything());
            vec![everything; block.outputs.len()]
        } else if op == SetOperator::Except {
            // The right branch decides which rows stay; its values don't flow.
            self.paired(block, by_name, &[(left, &l)])
        } else {
            self.paired(block, by_name, &[(left, &l), (right, &r)])
        };
        let mut open = l.open.clone();
        open.absorb(&r.open);
        if block.open {
            open.absorb(l.everything());
            open.absorb(r.everything());
        }
        let mut order = l.order.clone();
        order.absorb(&r.order);
        Traced::new(columns, rows, open).ordered_by(order)
    }

    /// A chain of positional UNIONs, from its last link.
    fn union(&mut self, id: BlockId, block: &Block) -> Traced {
        let (branches, distinct) = self.branches(id);
        let mut columns = vec![Flow::default(); block.outputs.len()];
        let (mut rows, mut open, mut order) = (Rows::default(), Flow::default(), Flow::default());
        for (at, branch) in branches.into_iter().enumerate() {
            let traced: Rc<Traced> = self.block(branch);
            columns.iter_mut().zip(&traced.columns).for_each(|(column, flow)| column.absorb(flow));
            rows.absorb(&traced.rows);
            open.absorb(&traced.open);
            order.absorb(&traced.order);
            if distinct.is_some_and(|last| at <= last) {
                rows.decided_by(traced.everything(), Role::Distinct);
            }
        }
        Traced::new(columns, rows, open).ordered_by(order)
    }

    /// The branches from left to right, and the last one to which a UNION without ALL applies.
    fn branches(&self, id: BlockId) -> (Vec<BlockId>, Option<usize>) {
        let mut branches = Vec::new();
        let mut without_all = None;
        let mut at = id;
        while let Some(BlockKind::SetOperation { left, right, all, .. }) =
            self.resolved.block(at).map(|block| &block.kind)
        {
            if at != id && !self.links.contains(&at) {
                break;
            }
            if !all && without_all.is_none() {
                without_all = Some(branches.len());
            }
            branches.push(*right);
            at = *left;
        }
        branches.push(at);
        branches.reverse();
        let last = branches.len() - 1;
        (branches, without_all.map(|from_right| last - from_right))
    }

    fn paired(&self, block: &Block, by_name: bool, sides: &[(BlockId, &Traced)]) -> Vec<Flow> {
        let mut columns = vec![Flow::default(); block.outputs.len()];
        for (id, traced) in sides {
            let outputs = self.resolved.block(*id).map(|block| block.outputs.as_slice()).unwrap_or_default();
            let places = if by_name { places(outputs) } else { FxHashMap::default() };
            for (at, (column, output)) in columns.iter_mut().zip(&block.outputs).enumerate() {
                let place = if by_name { places.get(&output.name).copied() } else { Some(at) };
                if let Some(flow) = place.and_then(|place| traced.columns.get(place)) {
                    column.absorb(flow);
                }
            }
        }
        columns
    }
}

fn places(outputs: &[Output]) -> FxHashMap<&Name, usize> {
    let mut places = FxHashMap::default();
    for (at, output) in outputs.iter().enumerate() {
        places.entry(&output.name).or_insert(at);
    }
    places
}

/// Does a block pair two branches by position and keep the rows of both?
fn is_plain_union(block: &Block) -> bool {
    matches!(block.kind, BlockKind::SetOperation { op: SetOperator::Union, by_name: false, .. }) && !block.open
}

/// The blocks that are the left side of a plain union and plain unions themselves.
pub(super) fn links(resolved: &Resolved) -> FxHashSet<BlockId> {
    let left_of = |block: &Block| match &block.kind {
        BlockKind::SetOperation { left, .. } if is_plain_union(block) => Some(*left),
        _ => None,
    };
    let is_union = |id: &BlockId| resolved.block(*id).is_some_and(is_plain_union);
    let roots: FxHashSet<BlockId> = resolved.recursions.iter().map(|recursion| recursion.root).collect();
    resolved.blocks.iter().filter_map(left_of).filter(|id| is_union(id) && !roots.contains(id)).collect()
}
