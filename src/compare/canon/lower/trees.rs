//! Expressions with their columns and subqueries in the form.
//!
//! In: resolved trees. Out: trees whose columns name relations of the form, whose subqueries are numbers of
//! [`Lowering::subqueries`], and in which each call that may give several values has its own number.

use std::cell::Cell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::compare::fingerprint::{BlockPrints, hash};
use crate::resolve::{BlockId, BlockKind, Source as Read};
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::tree::{Name, Node, Op, Tree};

use super::super::boolean::without_parens;
use super::super::form::{self, NAMED, Query, replaced};
use super::{Lowering, MOST_NODES};

impl Lowering<'_, '_> {
    /// The expressions in the form; `None` if one has none.
    pub(in super::super) fn trees<'t>(&mut self, trees: impl IntoIterator<Item = &'t Tree>) -> Option<Vec<Tree>> {
        trees.into_iter().map(|tree| self.tree(tree)).collect()
    }

    /// The expression with its columns and subqueries in the form.
    fn tree(&mut self, tree: &Tree) -> Option<Tree> {
        self.nodes += tree.size();
        if self.nodes > MOST_NODES {
            return None;
        }
        let mut nested = FxHashMap::default();
        let mut inside = Vec::new();
        let mut calls_code = false;
        tree.walk(&mut |node| {
            calls_code |= matches!(node.op, Op::Hole(_));
            if let Op::Nested(id) = node.op {
                inside.push(id);
            }
            true
        });
        for id in inside {
            let query = match self.query(id)? {
                // As a value it may have the names of its columns in it.
                Query::Frozen(prints) => {
                    let names = self.prints.names_in_value(id);
                    let rows = hash(("value", prints.rows, names));
                    Query::Frozen(Rc::new(BlockPrints { rows, ..(*prints).clone() }))
                }
                query => query,
            };
            self.subqueries.push(query);
            nested.insert(id, self.subqueries.len() as u32 - 1);
        }
        let complete = Cell::new(true);
        if calls_code {
            self.reach = self.prints.in_reach(self.block, tree);
        }
        let form = self.formed(tree, &nested, &complete);
        complete.get().then(|| without_parens(&form))
    }

    fn formed(&self, tree: &Tree, nested: &FxHashMap<BlockId, u32>, complete: &Cell<bool>) -> Tree {
        replaced(tree, &|node| {
            let op = match &node.op {
                Op::Nested(id) => Op::Nested(*nested.get(id)?),
                Op::Bound(block, relation, name) => self.column(*block, *relation, name).unwrap_or_else(|| {
                    complete.set(false);
                    Op::Null
                }),
                Op::Hole(number) => {
                    return Some(self.call(
                        node,
                        format!("HOLE {:x} {:x}", self.prints.hole(*number), self.reach).into(),
                        nested,
                        complete,
                    ));
                }
                Op::Function(name) if kind(name) == FunctionKind::Unknown => {
                    return Some(self.call(node, name.clone(), nested, complete));
                }
                _ => return None,
            };
            Some(form::node(op, vec![]))
        })
    }

    /// A call that may give another value each time it is evaluated, with its number among those of its name.
    fn call(&self, call: &Tree, name: Name, nested: &FxHashMap<BlockId, u32>, complete: &Cell<bool>) -> Tree {
        let mut calls = self.calls.borrow_mut();
        let known = calls.entry((self.block, name.clone())).or_default();
        let address: *const Node = &**call;
        let number = known.iter().position(|known| *known == address).unwrap_or_else(|| {
            known.push(address);
            known.len() - 1
        });
        drop(calls);
        let mut kids: Vec<Tree> = call.kids.iter().map(|kid| self.formed(kid, nested, complete)).collect();
        kids.push(form::node(Op::Other(format!("call {number}").into()), vec![]));
        form::node(Op::Function(name), kids)
    }

    fn column(&self, block: BlockId, relation: u32, name: &Name) -> Option<Op> {
        let number = *self.relations.get(&block)?.get(relation as usize)?;
        let BlockKind::Select(select) = &self.resolved.block(block)?.kind else { return None };
        let relation = select.relations.get(relation as usize)?;
        match &relation.source {
            Read::Model(model) => {
                let new = self.renames.get(&(model.clone(), name.clone())).unwrap_or(name);
                Some(Op::Bound(number, NAMED, new.clone()))
            }
            Read::Block(_) => Some(Op::Bound(number, relation.schema.position(name)? as u32, "".into())),
            _ => None,
        }
    }
}
