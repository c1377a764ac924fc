//! Fingerprints of a SELECT: its input, its groups, what its outputs look at, DISTINCT.

use crate::dialect::Family;
use crate::lineage::aggregates;
use crate::resolve::{Block, BlockId, Distinct, Group, Output, Select};
use crate::sql::tree::{Op, Tree};

use super::classify::{Beyond, beyond_row, certainly_aggregates, contains, mixes_grains, order_sensitive, row_calls};
use super::{BlockPrints, Parts, Print, Prints, hash};

impl Prints<'_> {
    pub(super) fn select(&mut self, id: BlockId, block: &Block, select: &Select) -> BlockPrints {
        let mut parts = Parts {
            relations: (0..select.relations.len()).map(|at| self.joined(id, select, at)).collect(),
            filter: self.predicates(id, &select.filter),
            ..Parts::default()
        };
        let sequences: Vec<Print> = select.relations.iter().map(|relation| self.relation_sequence(relation)).collect();
        let sequence = if sequences.iter().all(|&sequence| sequence == 0) { 0 } else { hash(("through", &sequences)) };
        let filter_order = sequence_for(&select.filter, sequence);
        let input = hash(("input", &parts.relations, &parts.filter, filter_order));
        let values: Vec<Print> = block.outputs.iter().map(|output| self.tree(id, &output.value)).collect();
        parts.group = select.group.as_ref().map(|group| self.group(id, group, (block, select), &values));
        parts.having = self.predicates(id, &select.having);
        parts.qualify = self.predicates(id, &select.qualify);
        let seen = hash(("seen", input, parts.group, &parts.having));
        let grouped = hash(("seen", input, parts.group));
        // A value that looks at more than its own row has the rows it looks at in its fingerprint. An aggregate sees its
        // group, whatever HAVING makes of the group.
        let over = |tree: &Tree, value: Print| {
            let order = || sequence_for(std::slice::from_ref(tree), sequence);
            match beyond_row(tree) {
                Beyond::Nothing => value,
                Beyond::Group => hash(("over", value, grouped, order())),
                Beyond::Rows => hash(("over", value, seen, order())),
            }
        };
        let outputs = block.outputs.iter().zip(&values);
        let columns: Vec<Print> = outputs.map(|(output, &value)| over(&output.value, value)).collect();
        parts.generated = self.generating(id, block, &columns, &over);
        parts.distinct = self.distinct(id, &select.distinct, block, &columns, sequence);
        let core = match parts.group {
            Some(group) => hash(("grouped", input, group)),
            // One row, whatever the input.
            None if self.is_one_row(block, select) => hash("one row"),
            None => input,
        };
        let condition = |prints: &[Print], trees: &[Tree]| match prints {
            [] => 0,
            _ => hash((seen, prints, sequence_for(trees, sequence))),
        };
        let having = condition(&parts.having, &select.having);
        let qualify = condition(&parts.qualify, &select.qualify);
        let rows = hash((core, having, qualify, parts.distinct, &parts.generated));
        let columns = match &select.distinct {
            // Which row of a group is kept depends on the order.
            Distinct::On(_) => columns.into_iter().map(|column| hash(("kept", column, parts.distinct, rows))).collect(),
            Distinct::No | Distinct::Yes => columns,
        };
        BlockPrints { rows, columns, sequence, parts }
    }

    /// The calls in the outputs that decide how many rows there are, or may.
    fn generating(
        &mut self,
        id: BlockId,
        block: &Block,
        columns: &[Print],
        over: &dyn Fn(&Tree, Print) -> Print,
    ) -> Vec<Print> {
        let (trusting, family) = (self.trusting, self.family());
        let calls = block.outputs.iter().flat_map(|output| row_calls(&output.value, trusting, family));
        let mut prints: Vec<Print> = calls.map(|call| over(call, self.tree(id, call))).collect();
        if self.nesting.is_aggregated_inside(id) {
            prints.extend(columns);
            prints.push(hash("aggregated by a subquery"));
        }
        prints.sort_unstable();
        prints
    }

    /// The same; with trust, what is listed as an aggregate is one.
    fn is_one_row(&self, block: &Block, select: &Select) -> bool {
        is_one_row(block, select) || self.trusting && deciding(block, select).any(aggregates)
    }

    fn group(&mut self, id: BlockId, group: &Group, (block, select): (&Block, &Select), values: &[Print]) -> Print {
        // What stands without keys of its own (`WITH ROLLUP`) leaves them out one after the other.
        let in_order = group.sets.iter().any(|set| set.kids.is_empty());
        let mut keys = match in_order {
            true => group.keys.iter().map(|key| self.tree(id, key)).collect(),
            false => self.sorted(id, &group.keys),
        };
        let mut constant = 0;
        if group.all {
            let is_key = |output: &Output| !aggregates(&output.value) || mixes_grains(&output.value);
            let plain: Vec<_> = block.outputs.iter().zip(values).filter(|(output, _)| is_key(output)).collect();
            let values: Vec<&Tree> = plain.iter().map(|(output, _)| &output.value).collect();
            // Without a key it depends on the aggregates whether there is one row, or as many as there were.
            let aggregated = (is_one_row(block, select), deciding(block, select).any(aggregates));
            constant = if are_keys(id, &values, self.family()) { 0 } else { hash(("all, and maybe none", aggregated)) };
            keys.extend(plain.iter().map(|(_, value)| **value));
            if !in_order {
                keys.sort_unstable();
                keys.dedup();
            }
        }
        let sets: Vec<Print> = group.sets.iter().map(|set| self.tree(id, set)).collect();
        // A constant key doesn't group, but its presence makes the empty input give no row instead of one.
        hash(("keys", keys, sets, constant))
    }

    fn distinct(
        &mut self,
        id: BlockId,
        distinct: &Distinct,
        block: &Block,
        columns: &[Print],
        sequence: Print,
    ) -> Print {
        match distinct {
            Distinct::No => 0,
            Distinct::Yes => {
                let mut set = columns.to_vec();
                set.sort_unstable();
                set.dedup();
                hash(("distinct", set))
            }
            Distinct::On(keys) => {
                // A place behind the outputs is one of the order's keys in DuckDB, which are counted after them.
                let is_place = |key: &Tree| matches!(key.unwrap_parens().op, Op::Number(_));
                let counted_from = keys.iter().any(is_place).then_some(block.outputs.len());
                let keys = self.sorted(id, keys);
                let order: Vec<Print> = block.order.iter().map(|key| self.order_key(id, key, columns)).collect();
                let print = hash(("distinct on", keys, order, sequence, counted_from));
                hash((print, self.place(print, id, id as usize)))
            }
        }
    }
}

/// Does a SELECT without GROUP BY give one row for any input? HAVING alone doesn't make it so in every engine.
pub(crate) fn is_one_row(block: &Block, select: &Select) -> bool {
    deciding(block, select).any(certainly_aggregates)
}

/// Where an aggregate makes one row of all.
fn deciding<'b>(block: &'b Block, select: &'b Select) -> impl Iterator<Item = &'b Tree> {
    let values = block.outputs.iter().map(|output| &output.value);
    values.chain(&select.having).chain(&select.qualify).chain(&block.order)
}

/// The order of the input, if one of these depends on it.
fn sequence_for(trees: &[Tree], sequence: Print) -> Print {
    if trees.iter().any(order_sensitive) { sequence } else { 0 }
}

/// Does `GROUP BY ALL` group by exactly these outputs? One without a column of the SELECT is no key in DuckDB, which makes
/// no difference beside one that has a column, as long as it can't give rows itself.
fn are_keys(id: BlockId, values: &[&Tree], family: Family) -> bool {
    let has_column = |tree: &Tree| contains(tree, &|node| matches!(node.op, Op::Bound(block, ..) if block == id));
    let (keys, constants): (Vec<&Tree>, Vec<&Tree>) = values.iter().partition(|tree| has_column(tree));
    !keys.is_empty()
        && constants.into_iter().all(|tree| row_calls(tree, false, family).is_empty() && !order_sensitive(tree))
}
