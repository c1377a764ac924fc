//! Joins in the form: which relations each row has, and which it may lack.

use crate::resolve::{Join, Select as Bound};
use crate::sql::tree::{JoinKind, Op, Tree};

use super::form::{From, Full, Item, Optional, Query, Select, Source, node};
use super::lower::{Lowering, MOST_DEPTH};

impl Lowering<'_, '_> {
    /// The relations of a FROM, joined as it says.
    pub(super) fn from(&mut self, bound: &Bound, mut items: Vec<Option<Item>>) -> Option<From> {
        let mut from = From::default();
        let mut at = 0;
        while at < items.len() {
            let (tree, end) = self.join_tree(bound, &mut items, at, 0)?;
            cross(&mut from, tree);
            at = end;
        }
        Some(from)
    }

    /// The relations that are joined to the one at `start`, and where they end.
    fn join_tree(
        &mut self,
        bound: &Bound,
        items: &mut [Option<Item>],
        start: usize,
        depth: usize,
    ) -> Option<(From, usize)> {
        if depth > MOST_DEPTH {
            return None;
        }
        let mut from = From { items: vec![items.get_mut(start)?.take()?], ..From::default() };
        let mut at = start + 1;
        while let Some(join) = bound.relations.get(at).and_then(|relation| relation.join.as_ref())
            && join.left as usize == start
        {
            let (right, end) = self.join_tree(bound, items, at, depth + 1)?;
            from = self.joined(from, join, right)?;
            at = end;
        }
        Some((from, at))
    }

    fn joined(&mut self, mut left: From, join: &Join, mut right: From) -> Option<From> {
        let on = self.trees(&join.condition)?;
        match join.kind {
            JoinKind::Inner | JoinKind::Cross => {
                cross(&mut left, right);
                left.filter.extend(on);
                Some(left)
            }
            JoinKind::Left => Some(optionally(left, right, on)),
            JoinKind::Right => {
                std::mem::swap(&mut left, &mut right);
                Some(optionally(left, right, on))
            }
            JoinKind::LeftSemi | JoinKind::LeftAnti => {
                let mut asked = Select::new();
                asked.from = right;
                asked.from.filter.extend(on);
                let exists = self.exists(asked);
                let none = join.kind == JoinKind::LeftAnti;
                left.filter.push(if none { node(Op::Not, vec![exists]) } else { exists });
                Some(left)
            }
            JoinKind::Full => {
                let full = Full { left, right, on };
                let item = Item { id: self.number(), source: Source::Full(Box::new(full)) };
                Some(From { items: vec![item], ..From::default() })
            }
            _ => None,
        }
    }
}

impl Lowering<'_, '_> {
    /// Whether a query gives a row.
    fn exists(&mut self, asked: Select) -> Tree {
        self.subqueries.push(Query::Select(Box::new(asked)));
        let nested = node(Op::Nested(self.subqueries.len() as u32 - 1), vec![]);
        node(Op::Exists, vec![nested])
    }
}

fn cross(left: &mut From, right: From) {
    left.items.extend(right.items);
    left.optional.extend(right.optional);
    left.filter.extend(right.filter);
}

fn optionally(mut left: From, mut right: From, mut on: Vec<Tree>) -> From {
    on.append(&mut right.filter);
    left.optional.push(Optional { from: right, on });
    left
}
