//! Fingerprints of set operations and VALUES.

use crate::resolve::{Block, BlockId};
use crate::sql::tree::{Name, SetOperator, Tree};

use super::{BlockPrints, Parts, Print, Prints, hash};

impl Prints<'_> {
    pub(super) fn set_operation(
        &mut self,
        id: BlockId,
        block: &Block,
        (op, all, by_name): (SetOperator, bool, bool),
        left: BlockId,
        right: BlockId,
    ) -> BlockPrints {
        let (l, r) = (self.block(left), self.block(right));
        let open = block.open || l.columns.len() != r.columns.len() && !by_name;
        let branches = (&l.columns, &r.columns);
        let columns: Vec<Print> = block
            .outputs
            .iter()
            .enumerate()
            .map(|(at, output)| {
                let pair = [(left, &l), (right, &r)]
                    .map(|(side, prints)| self.branch_column(side, prints, at, &output.name, by_name));
                // Which columns correspond isn't known: any may be the value.
                if open { hash(("open pair", pair, at, branches)) } else { hash(("pair", pair)) }
            })
            .collect();
        let keeps_duplicates = op == SetOperator::Union && all;
        // In a recursion any column may decide which rows the next step gives.
        let recursive = self.nesting.is_recursive(id);
        let decisive = if keeps_duplicates && !open && !recursive {
            None
        } else {
            let mut pairs = columns.clone();
            // The next step finds its columns by their places.
            if !recursive {
                pairs.sort_unstable();
            }
            Some((pairs, if open { vec![l.columns.clone(), r.columns.clone()] } else { vec![] }))
        };
        let rows = hash(("set", op, all, by_name && open, l.rows, r.rows, decisive));
        let sequence = if l.sequence == 0 && r.sequence == 0 { 0 } else { hash(("both", l.sequence, r.sequence)) };
        BlockPrints { rows, columns, sequence, parts: Parts { relations: vec![l.rows, r.rows], ..Parts::default() } }
    }

    fn branch_column(&self, side: BlockId, prints: &BlockPrints, at: usize, name: &Name, by_name: bool) -> Print {
        let outputs = self.resolved.block(side).map(|block| block.outputs.as_slice()).unwrap_or_default();
        let at = if by_name { outputs.iter().position(|output| output.name == *name) } else { Some(at) };
        at.and_then(|at| prints.columns.get(at)).copied().unwrap_or(0)
    }

    pub(super) fn values(&mut self, id: BlockId, block: &Block, rows: &[Tree]) -> BlockPrints {
        let rows: Vec<Print> = rows.iter().map(|row| self.tree(id, row)).collect();
        let rows = hash(("values", rows));
        let columns = (0..block.outputs.len()).map(|at| hash(("value", rows, at))).collect();
        BlockPrints { rows, columns, ..BlockPrints::default() }
    }
}
