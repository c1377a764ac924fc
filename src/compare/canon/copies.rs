//! A second copy of a query in the form, with relations of its own.
//!
//! An expression may stand in several places after a rewrite, and the query inside it is one for all of them. What is
//! joined somewhere must be told from the others.

use rustc_hash::FxHashMap;

use super::Canon;
use super::form::{Query, RelationId, Select, Source, replaced};
use crate::sql::tree::{Op, Tree};

#[derive(Default)]
struct Renamed {
    relations: FxHashMap<RelationId, RelationId>,
    subqueries: FxHashMap<u32, u32>,
}

impl Canon<'_> {
    /// A copy, that of the subqueries in its expressions included.
    pub(super) fn copy(&mut self, select: &Select) -> Select {
        let mut copy = select.clone();
        let mut renamed = Renamed::default();
        self.rename_select(&mut copy, &mut renamed);
        copy
    }

    fn rename_select(&mut self, select: &mut Select, renamed: &mut Renamed) {
        select.from.each_item_mut(&mut |item| {
            let new = self.number();
            if let Some(model) = self.models.get(&item.id).cloned() {
                self.models.insert(new, model);
            }
            if let Some(shape) = self.shapes.get(&item.id).cloned() {
                self.know(new, shape);
            }
            renamed.relations.insert(item.id, new);
            item.id = new;
        });
        select.from.each_item_mut(&mut |item| {
            if let Source::Query(query) = &mut item.source {
                self.rename(query, renamed);
            }
        });
        let mut own = Vec::new();
        select.own_trees(&mut |tree| note(tree, &mut own));
        for at in own {
            self.rename_subquery(at, renamed);
        }
        let new = |tree: &Tree| match &tree.op {
            Op::Bound(id, place, name) => {
                let id = renamed.relations.get(id)?;
                Some(super::form::node(Op::Bound(*id, *place, name.clone()), vec![]))
            }
            Op::Nested(at) => Some(super::form::node(Op::Nested(*renamed.subqueries.get(at)?), vec![])),
            _ => None,
        };
        // What stands in the queries below has its new names already, which are nobody's old ones.
        select.trees_mut(&mut |tree| *tree = replaced(tree, &new));
    }

    fn rename(&mut self, query: &mut Query, renamed: &mut Renamed) {
        match query {
            Query::Select(select) => self.rename_select(select, renamed),
            Query::Union(branches) => branches.iter_mut().for_each(|branch| self.rename(branch, renamed)),
            Query::Set(_, _, left, right) => {
                self.rename(left, renamed);
                self.rename(right, renamed);
            }
            Query::Empty(_) | Query::Frozen(_) => {}
        }
    }

    fn rename_subquery(&mut self, at: u32, renamed: &mut Renamed) {
        if renamed.subqueries.contains_key(&at) {
            return;
        }
        let Some(mut query) = self.subqueries.get(at as usize).cloned() else { return };
        let new = self.subqueries.len() as u32;
        self.subqueries.push(Query::Empty(vec![]));
        renamed.subqueries.insert(at, new);
        self.rename(&mut query, renamed);
        if let Some(slot) = self.subqueries.get_mut(new as usize) {
            *slot = query;
        }
    }
}

fn note(tree: &Tree, found: &mut Vec<u32>) {
    tree.walk(&mut |node| {
        if let Op::Nested(at) = node.op {
            found.push(at);
        }
        true
    });
}
