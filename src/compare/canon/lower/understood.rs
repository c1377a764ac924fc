//! Which blocks have a form: every part of them is one that laws are known for.
//!
//! In: a resolved block. Out: yes or no; a block that isn't understood stays as it is.

use crate::dialect::Family;
use crate::lineage::aggregates;
use crate::resolve::{Block, BlockId, BlockKind, Distinct, Group, Relation, Select as Bound, Source as Read};
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::tree::{JoinKind, Op, Tree};

use super::super::calls::{is_understood, is_understood_output, is_unlisted, is_unsteady, is_windowed};
use super::super::form::refers;
use super::super::has_nested;
use super::Lowering;

impl Lowering<'_, '_> {
    /// Is everything in the block understood?
    pub(super) fn is_understood(&self, id: BlockId, block: &Block, select: &Bound) -> bool {
        let conditions = select.relations.iter().flat_map(|relation| relation.join.iter().flat_map(|j| &j.condition));
        let keys = select.group.iter().flat_map(|group| group.keys.iter().chain(&group.sets));
        let ends = block.order.iter().chain(&block.limit);
        let mut trees = conditions.chain(keys).chain(ends).chain(&select.filter).chain(&select.having);
        let mut upper = select.qualify.iter().chain(block.outputs.iter().map(|output| &output.value));
        let family = self.resolved.dialect.family;
        trees.all(|tree| is_understood(tree, family))
            && upper.all(|tree| is_understood_output(tree, family))
            && !matches!(select.distinct, Distinct::On(_))
            && select.group.as_ref().is_none_or(|group| {
                is_plain_group(group) && self.is_strictly_grouped(block, group) || groups_by_outputs(id, block, select)
            })
            && select.relations.iter().all(|relation| self.is_plain_relation(relation))
            && !self.prints.is_aggregated_inside(id)
            && block.outputs.iter().all(|output| !output.is_open)
            && (block.limit.is_empty() || self.orders_all(block, select))
    }

    fn is_plain_relation(&self, relation: &Relation) -> bool {
        use JoinKind::{Cross, Full, Inner, Left, LeftAnti, LeftSemi, Right};
        let source = match &relation.source {
            Read::Model(_) => true,
            Read::Block(id) => !relation.schema.open && !self.prints.refers_outside(*id),
            Read::Recursive(..) | Read::Function(_) | Read::Altered(_) => false,
        };
        let join = relation.join.as_ref();
        let is_known = |kind| matches!(kind, Inner | Left | Right | Full | Cross | LeftSemi | LeftAnti);
        source && join.is_none_or(|join| is_known(join.kind) && !join.unknown)
    }

    /// Where a column that isn't grouped by may stand beside groups, its value is that of any row.
    fn is_strictly_grouped(&self, block: &Block, group: &Group) -> bool {
        use Family::{Doris, MySql, Sqlite, StarRocks};
        if !matches!(self.resolved.dialect.family, MySql | Sqlite | Doris | StarRocks) {
            return true;
        }
        let keys: Vec<Tree> = group.keys.iter().map(|key| key.unwrap_parens().clone()).collect();
        block.outputs.iter().all(|output| reads_keys_or_aggregates(&output.value, &keys))
    }

    /// Are two rows that come at the same place of the order equal? Keys of text may be equal and not the same.
    fn orders_all(&self, block: &Block, select: &Bound) -> bool {
        let exact = |tree: &Tree| match &tree.unwrap_parens().op {
            Op::Bound(at, relation, name) => {
                let read = match self.resolved.block(*at).map(|block| &block.kind) {
                    Some(BlockKind::Select(select)) => select.relations.get(*relation as usize),
                    _ => None,
                };
                match read.map(|relation| &relation.source) {
                    Some(Read::Model(model)) => self.facts.is_exact(model, name),
                    _ => false,
                }
            }
            _ => false,
        };
        let keys: Vec<&Tree> =
            block.order.iter().filter_map(|item| item.first()).map(|key| key.unwrap_parens()).collect();
        let is_key = |tree: &Tree| {
            let tree = tree.unwrap_parens();
            exact(tree) && keys.contains(&tree)
        };
        let plain = block.limit.iter().all(|clause| {
            matches!(clause.op, Op::Limit | Op::Offset)
                && clause.kids.len() == 1
                && clause.kids.iter().all(|kid| matches!(kid.op, Op::Number(_)))
        });
        let told = match &select.group {
            Some(group) => group.keys.iter().all(&is_key),
            None => {
                let aggregated = block.outputs.iter().any(|output| aggregates(&output.value));
                !aggregated && block.outputs.iter().all(|output| is_key(&output.value))
            }
        };
        plain && told && !keys.is_empty()
    }
}

/// Keys and nothing else; `GROUP BY ()` is no key.
fn is_plain_group(group: &Group) -> bool {
    let is_row = |key: &Tree| matches!(key.unwrap_parens().op, Op::Tuple);
    !group.all && group.sets.is_empty() && !group.keys.is_empty() && !group.keys.iter().any(is_row)
}

/// Is it `GROUP BY ALL` over outputs that are keys or aggregates, at least one of them a column?
fn groups_by_outputs(id: BlockId, block: &Block, select: &Bound) -> bool {
    let all = select.group.as_ref().is_some_and(|group| group.all && group.keys.is_empty() && group.sets.is_empty());
    let own = |tree: &Tree| refers(tree, &|from| from == id);
    let mut keys = block.outputs.iter().map(|output| &output.value).filter(|value| !aggregates(value));
    let is_key = |tree: &Tree| !is_windowed(tree) && !is_unlisted(tree) && !is_unsteady(tree);
    let mixed = |tree: &Tree| aggregates(tree) && !reads_keys_or_aggregates(tree, &[]);
    all && keys.clone().all(is_key)
        && keys.any(own)
        && !block.outputs.iter().any(|output| mixed(&output.value))
        && !block.outputs.iter().any(|output| has_nested(&output.value))
}

/// Is there no column outside of aggregates that isn't a key?
fn reads_keys_or_aggregates(tree: &Tree, keys: &[Tree]) -> bool {
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match &node.op {
            _ if keys.contains(node.unwrap_parens()) => {}
            Op::Bound(..) => return false,
            Op::Function(name) if kind(name) == FunctionKind::Aggregate => {}
            _ => pending.extend(&node.kids),
        }
    }
    true
}
