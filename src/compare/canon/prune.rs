//! Columns that nobody reads, and columns that are constants.
//!
//! A column of a query in FROM that nobody reads goes, unless it decides which rows there are: under DISTINCT, EXCEPT and
//! INTERSECT all do. A column that is a literal is that literal wherever it is read, if every row has the relation. A
//! relation that always gives one row, of which nobody reads a column, goes.
//!
//! NULL: a literal on the optional side of an outer join is NULL where there is no row, so it stays.

use std::collections::BTreeSet;

use super::Canon;
use super::calls::{is_unlisted, may_fail};
use super::form::{Grouping, Query, RelationId, Select, Source, placed};
use super::shape::certain_ids;
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Drops columns and relations that nobody reads.
    pub(super) fn prune(&mut self, select: &mut Select) -> bool {
        self.literal_columns(select) || self.unread_row(select) || self.unread_columns(select)
    }

    fn literal_columns(&mut self, select: &mut Select) -> bool {
        let certain = certain_ids(select);
        let mut found = None;
        for item in select.from.items.iter().filter(|item| certain.contains(&item.id)) {
            let Source::Query(query) = &item.source else { continue };
            let Query::Select(inner) = &**query else { continue };
            let is_literal = |tree: &Tree| matches!(tree.op, Op::Number(_) | Op::Bool(_));
            let values: Vec<Option<Tree>> =
                inner.outputs.iter().map(|output| is_literal(output).then(|| output.clone())).collect();
            let read = self.read_places(select, item.id);
            if values.iter().enumerate().any(|(at, value)| value.is_some() && read.contains(&at)) {
                found = Some((item.id, values));
                break;
            }
        }
        let Some((id, values)) = found else { return false };
        self.replace(select, &|tree| match tree.op {
            Op::Bound(relation, place, _) if relation == id => values.get(place as usize).cloned().flatten(),
            _ => None,
        });
        self.used("columns that are constants");
        true
    }

    fn unread_row(&mut self, select: &mut Select) -> bool {
        let one_row = |query: &Query| match query {
            Query::Select(inner) => {
                inner.grouping == Grouping::Whole
                    && inner.having.is_empty()
                    && inner.limit.is_none()
                    && !inner.looks_beyond()
                    && !inner.outputs.iter().any(may_fail)
            }
            _ => false,
        };
        let is_unread = |item: &super::form::Item| match &item.source {
            Source::Query(query) => one_row(query) && self.read_places(select, item.id).is_empty(),
            _ => false,
        };
        let Some(at) = select.from.items.iter().position(is_unread) else { return false };
        select.from.items.remove(at);
        self.used("one row that nobody reads");
        true
    }

    fn unread_columns(&mut self, select: &mut Select) -> bool {
        let mut ids = Vec::new();
        select.from.each_item(&mut |item| match &item.source {
            Source::Query(query) if can_lose_columns(query) => ids.push((item.id, query.width())),
            _ => {}
        });
        for (id, width) in ids {
            let read = self.read_places(select, id);
            if read.len() >= width {
                continue;
            }
            let kept: Vec<usize> = read.into_iter().collect();
            select.from.each_item_mut(&mut |item| {
                if let Source::Query(query) = &mut item.source
                    && item.id == id
                {
                    keep_columns(query, &kept);
                }
            });
            self.replace(select, &|tree| match tree.op {
                Op::Bound(relation, place, _) if relation == id => {
                    kept.iter().position(|&kept| kept == place as usize).map(|at| placed(id, at))
                }
                _ => None,
            });
            // The places stand for other columns now.
            self.know(id, super::shape::Shape::default());
            self.simple.get_mut().clear();
            self.reshape(select, id);
            self.used("columns that nobody reads");
            return true;
        }
        false
    }

    fn reshape(&mut self, select: &Select, id: RelationId) {
        let mut found = None;
        select.from.each_item(&mut |item| {
            if let Source::Query(query) = &item.source
                && item.id == id
            {
                found = Some(self.shape(query));
            }
        });
        if let Some(shape) = found {
            self.know(id, shape);
        }
    }

    /// The columns of a relation that are read anywhere in the SELECT.
    pub(super) fn read_places(&self, select: &Select, id: RelationId) -> BTreeSet<usize> {
        let mut places = BTreeSet::new();
        let mut seen = rustc_hash::FxHashSet::default();
        select.own_trees(&mut |tree| self.collect_places(tree, id, &mut places, &mut seen));
        places
    }

    fn collect_places(
        &self,
        tree: &Tree,
        id: RelationId,
        places: &mut BTreeSet<usize>,
        seen: &mut rustc_hash::FxHashSet<u32>,
    ) {
        let mut nested = Vec::new();
        tree.walk(&mut |node| {
            match node.op {
                Op::Bound(relation, place, _) if relation == id => {
                    places.insert(place as usize);
                }
                Op::Nested(at) => nested.push(at),
                _ => {}
            }
            true
        });
        for at in nested {
            if let Some(query) = self.subqueries.get(at as usize).filter(|_| seen.insert(at)) {
                query.trees(&mut |tree| self.collect_places(tree, id, places, seen));
            }
        }
    }
}

/// May columns be left out without changing which rows there are?
fn can_lose_columns(query: &Query) -> bool {
    match query {
        Query::Select(select) => !select.distinct && !select.outputs.iter().any(is_unlisted),
        Query::Union(branches) => branches.iter().all(can_lose_columns),
        Query::Empty(_) => true,
        Query::Set(..) | Query::Frozen(_) => false,
    }
}

fn keep_columns(query: &mut Query, kept: &[usize]) {
    match query {
        Query::Select(select) => {
            select.outputs = kept.iter().filter_map(|&at| select.outputs.get(at).cloned()).collect();
        }
        Query::Union(branches) => branches.iter_mut().for_each(|branch| keep_columns(branch, kept)),
        Query::Empty(types) => *types = kept.iter().filter_map(|&at| types.get(at).cloned()).collect(),
        Query::Set(..) | Query::Frozen(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn rows_that_nobody_reads() {
        same("SELECT p.a FROM p CROSS JOIN (SELECT COUNT(*) AS k FROM n) g", "SELECT a FROM p");
        differ("SELECT p.a FROM p CROSS JOIN (SELECT COUNT(*) AS k FROM n GROUP BY c) g", "SELECT a FROM p");
        differ("SELECT p.a FROM p CROSS JOIN (SELECT COUNT(*) AS k FROM n HAVING COUNT(*) > 1) g", "SELECT a FROM p");
    }
}
