//! What a part reads that isn't rewritten itself.
//!
//! A SELECT with ROLLUP or UNNEST stays as it is, and so does a recursion. What they read in FROM may be rewritten all the
//! same: equal fingerprints of its form say the same of its rows as any others do. Only where every evaluation of it gives the
//! same rows, since the places where it stands are counted in each form for itself.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::form::Query;
use super::lower::Lowering;
use super::{Form, MOST_EFFORT, formed};
use crate::compare::fingerprint::hangs_on_ties;
use crate::resolve::{Block, BlockId, BlockKind, Source};
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::tree::{Node, Op};

/// So many parts are rewritten for themselves.
const MOST_PARTS: usize = 24;

/// What was used, and how much was done, in the forms of what frozen parts read.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) laws: BTreeSet<&'static str>,
    pub(super) premises: BTreeSet<String>,
    pub(super) effort: usize,
    parts: usize,
}

impl Lowering<'_, '_> {
    /// Puts fingerprints of their forms in the place of those of the blocks that a block reads.
    pub(super) fn form_inputs(&mut self, id: BlockId) {
        let (mut pending, mut seen) = (vec![id], BTreeSet::from([id]));
        while let Some(reader) = pending.pop() {
            // What only passes columns on is looked through by a SELECT that reads it.
            let is_select = matches!(self.resolved.block(reader).map(|block| &block.kind), Some(BlockKind::Select(_)));
            for at in self.prints.unread(reader) {
                if self.inside.parts >= MOST_PARTS || self.inside.effort > MOST_EFFORT / 2 {
                    return;
                }
                let is_closed = !self.prints.refers_outside(at) && !self.prints.is_recursion(at);
                match is_closed && !(is_select && self.prints.passes_on(at)) && self.is_steady(at) {
                    true => self.form(at),
                    false if seen.insert(at) => pending.push(at),
                    false => {}
                }
            }
        }
    }

    fn form(&mut self, id: BlockId) {
        self.inside.parts += 1;
        let mut lowering = Lowering::new(self.resolved, &mut *self.prints, self.renames, self.facts);
        lowering.inside = std::mem::take(&mut self.inside);
        let query = lowering.query(id);
        let found = match query {
            Some(query) => {
                let parts = lowering.inside.parts;
                let Form { query, prints, laws, premises, effort } = formed(&mut lowering, query, false);
                lowering.inside = Inside { laws, premises, effort, parts };
                prints.filter(|_| !matches!(query, Query::Frozen(_)))
            }
            None => None,
        };
        self.inside = std::mem::take(&mut lowering.inside);
        if let Some(prints) = found {
            self.prints.put(id, Rc::new(prints));
        }
    }

    /// Does everything in a block, and in those inside of it, give the same each time?
    fn is_steady(&self, id: BlockId) -> bool {
        let mut seen = BTreeSet::from([id]);
        let mut pending = vec![id];
        while let Some(block) = pending.pop().map(|at| self.resolved.block(at)) {
            let Some(block) = block.filter(|block| block.limit.is_empty() && !block.open) else { return false };
            let mut inner = inside(block);
            let mut is_steady = true;
            for tree in block.expressions() {
                tree.walk(&mut |node| {
                    is_steady &= !may_differ(node);
                    if let Op::Nested(nested) = node.op {
                        inner.push(nested);
                    }
                    is_steady
                });
            }
            if !is_steady {
                return false;
            }
            pending.extend(inner.into_iter().filter(|at| seen.insert(*at)));
        }
        true
    }
}

fn inside(block: &Block) -> Vec<BlockId> {
    match &block.kind {
        BlockKind::Select(select) => {
            let read = select.relations.iter().filter_map(|relation| match relation.source {
                Source::Block(inner) | Source::Altered(inner) => Some(inner),
                Source::Model(_) | Source::Recursive(..) | Source::Function(_) => None,
            });
            read.collect()
        }
        BlockKind::SetOperation { left, right, .. } => vec![*left, *right],
        BlockKind::Wrapped(inner) => vec![*inner],
        BlockKind::Values(_) | BlockKind::Opaque => vec![],
    }
}

/// May two evaluations of this give different values, or isn't it understood?
fn may_differ(node: &Node) -> bool {
    match &node.op {
        Op::Function(name) => {
            matches!(kind(name), FunctionKind::Unknown | FunctionKind::Volatile) || hangs_on_ties(node)
        }
        Op::Window => hangs_on_ties(node),
        Op::Hole(_) | Op::Opaque(_) | Op::Missing(_) | Op::Uncertain => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn what_a_frozen_part_reads_is_rewritten() {
        let rollup = |from: &str| format!("SELECT a, SUM(b) FROM {from} i GROUP BY ROLLUP (a)");
        same(
            &rollup("(SELECT a, b FROM (SELECT * FROM p WHERE b > 1) j WHERE a > 2)"),
            &rollup("(SELECT a, b FROM p WHERE a > 2 AND 1 < b)"),
        );
        differ(
            &rollup("(SELECT a, b FROM (SELECT * FROM p WHERE b > 1) j WHERE a > 2)"),
            &rollup("(SELECT a, b FROM p WHERE a > 2 AND 1 <= b)"),
        );
        differ(
            &rollup("(SELECT a, b FROM (SELECT * FROM p WHERE b > 1) j WHERE a > 2)"),
            &rollup("(SELECT b AS a, b FROM p WHERE a > 2 AND 1 < b)"),
        );
        let recursion = |from: &str| {
            format!(
                "WITH RECURSIVE r AS (SELECT a FROM {from} i UNION ALL SELECT a + 1 FROM r WHERE a < 5) SELECT a FROM r"
            )
        };
        same(
            &recursion("(SELECT a FROM (SELECT * FROM p WHERE b > 1) j WHERE a > 2)"),
            &recursion("(SELECT a FROM p WHERE 2 < a AND 1 < b)"),
        );
        differ(
            &recursion("(SELECT a FROM (SELECT * FROM p WHERE b > 1) j)"),
            &recursion("(SELECT b AS a FROM p WHERE 1 < b)"),
        );
    }

    #[test]
    fn what_may_give_other_rows_each_time_is_not() {
        let twice = |with: &str, x: &str, y: &str| {
            format!("{with} SELECT x.a, y.a, COUNT(*) FROM {x} x, {y} y GROUP BY ROLLUP (x.a, y.a)")
        };
        for any in ["(SELECT a FROM p LIMIT 1)", "(SELECT ARRAY_AGG(a) AS a FROM p)", "(SELECT own(a) AS a FROM p)"] {
            differ(&twice("", any, any), &twice(&format!("WITH w AS {any}"), "w", "w"));
        }
    }
}
