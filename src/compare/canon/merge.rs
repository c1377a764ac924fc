//! A query in FROM that only joins, filters and computes is part of the query that reads it.
//!
//! `SELECT x + 1 FROM (SELECT a AS x FROM t WHERE b > 0) AS s` is `SELECT a + 1 FROM t WHERE b > 0`. Columns that nobody
//! reads go.
//!
//! NULL: on the optional side of an outer join a computed column is NULL where there is no row, so it is only replaced
//! by its expression if that is NULL for columns that are NULL (`1 AS one` isn't).
//!
//! Not where a condition may fail that another one may keep from being tested.

use super::calls::may_fail;
use super::form::{From, Query, RelationId, Select, Source};
use super::truth::{ANY, NULL, outcomes};
use super::{Canon, LARGEST};
use crate::sql::tree::{Op, Tree};

/// Where a query is read: with each row, or only with some.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Always,
    Optional,
    FullSide,
}

impl Canon<'_> {
    /// Merges one query into the SELECT that reads it.
    pub(super) fn merge(&mut self, select: &mut Select) -> bool {
        let context = Context::new(select);
        let Some((id, values)) = self.merge_into(&mut select.from, Where::Always, &context) else { return false };
        self.substitute(select, id, &values);
        self.used("nested queries merged");
        true
    }

    fn merge_into(&self, from: &mut From, place: Where, context: &Context) -> Option<(RelationId, Vec<Tree>)> {
        if let Some(at) = from.items.iter().position(|item| self.is_mergeable(item, place, context)) {
            let item = from.items.remove(at);
            let Source::Query(query) = item.source else { return None };
            let Query::Select(inner) = *query else { return None };
            let Select { from: mut below, outputs, .. } = *inner;
            from.items.splice(at..at, below.items.drain(..));
            from.optional.append(&mut below.optional);
            from.filter.append(&mut below.filter);
            return Some((item.id, outputs));
        }
        for item in &mut from.items {
            if let Source::Full(full) = &mut item.source {
                let found = self.merge_into(&mut full.left, Where::FullSide, context);
                let found = found.or_else(|| self.merge_into(&mut full.right, Where::FullSide, context));
                if found.is_some() {
                    return found;
                }
            }
        }
        for part in &mut from.optional {
            let found = self.merge_into(&mut part.from, Where::Optional, context);
            part.on.append(&mut part.from.filter);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn is_mergeable(&self, item: &super::form::Item, place: Where, context: &Context) -> bool {
        let Source::Query(query) = &item.source else { return false };
        let Query::Select(inner) = &**query else { return false };
        let has_filter = !inner.from.filter.is_empty() || !inner.from.optional.is_empty();
        let fails = context.any_fails && has_filter
            || context.has_conditions && (inner.outputs.iter().chain(&inner.from.filter).any(may_fail));
        let small = inner.outputs.iter().all(|output| output.size() <= LARGEST);
        let retyped = |(at, output): (usize, &Tree)| {
            super::boolean::is_text_literal(output) && context.computes(self, item.id, at)
        };
        if !inner.is_plain() || fails || !small || inner.outputs.iter().enumerate().any(retyped) {
            return false;
        }
        if place == Where::Always {
            return true;
        }
        let ids = inner.from.ids();
        let stays_null =
            |output: &Tree| outcomes(output, &|id, _, _| if ids.contains(&id) { NULL } else { ANY }) == NULL;
        !inner.from.items.is_empty()
            && inner
                .outputs
                .iter()
                .enumerate()
                .all(|(at, output)| stays_null(output) || !context.reads(self, item.id, at))
    }
}

/// What the law asks of the SELECT.
pub(super) struct Context {
    any_fails: bool,
    has_conditions: bool,
    all: Vec<Tree>,
}

impl Context {
    /// Of a SELECT's expressions.
    pub(super) fn new(select: &Select) -> Self {
        let mut conditions = Vec::new();
        select.from.own_trees(&mut |tree| conditions.push(tree.clone()));
        conditions.extend(select.having.iter().cloned());
        let mut all = conditions.clone();
        all.extend(select.upper_trees().into_iter().cloned());
        Context { any_fails: conditions.iter().any(may_fail), has_conditions: !conditions.is_empty(), all }
    }

    /// Does something compute with this column? A text has its type from what is done with it; a column that is one
    /// doesn't.
    pub(super) fn computes(&self, canon: &Canon<'_>, id: RelationId, at: usize) -> bool {
        let is =
            |node: &Tree| matches!(node.op, Op::Bound(relation, place, _) if relation == id && place as usize == at);
        self.all.iter().any(|tree| !is(tree) && self.reads_in(canon, tree, id, at))
    }

    /// Is this column read anywhere? Subqueries may read any.
    fn reads(&self, canon: &Canon<'_>, id: RelationId, at: usize) -> bool {
        self.all.iter().any(|tree| self.reads_in(canon, tree, id, at))
    }

    fn reads_in(&self, canon: &Canon<'_>, tree: &Tree, id: RelationId, at: usize) -> bool {
        let mut found = false;
        tree.walk(&mut |node| {
            found |= matches!(node.op, Op::Bound(relation, place, _) if relation == id && place as usize == at);
            !found
        });
        found || canon.has_subquery(tree) && canon.relations_in(tree).contains(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn nested_queries_are_merged() {
        same(
            "SELECT x + 1 FROM (SELECT a AS x FROM p WHERE b > 0) i WHERE x < 9",
            "SELECT a + 1 FROM p WHERE b > 0 AND a < 9",
        );
        same(
            "WITH w AS (SELECT p.a, q.y FROM p JOIN q ON p.id = q.pid) SELECT y FROM w WHERE a > 1",
            "SELECT q.y FROM p JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
        differ("SELECT x FROM (SELECT DISTINCT a AS x, b FROM p) i", "SELECT a FROM p");
        differ(
            "SELECT a FROM (SELECT a, b FROM p ORDER BY b LIMIT 3) i WHERE a > 1",
            "SELECT a FROM p WHERE a > 1 ORDER BY b LIMIT 3",
        );
    }

    #[test]
    fn a_text_gets_its_type_from_where_it_stands() {
        differ("SELECT id FROM (SELECT id, '01' AS k FROM p) i WHERE k = 1", "SELECT id FROM p WHERE '01' = 1");
        differ(
            "SELECT id FROM p WHERE b IN (SELECT '01' FROM n)",
            "SELECT id FROM p WHERE EXISTS (SELECT 1 FROM n WHERE b = '01')",
        );
        same("SELECT id, k FROM (SELECT id, '01' AS k FROM p) i", "SELECT id, '01' FROM p");
    }

    #[test]
    fn computed_columns_of_an_outer_join_stay_null() {
        same(
            "SELECT p.a, i.z FROM p LEFT JOIN (SELECT id, x * 2 AS z FROM q) i ON i.id = p.id",
            "SELECT p.a, q.x * 2 FROM p LEFT JOIN q ON q.id = p.id",
        );
        differ(
            "SELECT p.a, i.z FROM p LEFT JOIN (SELECT id, COALESCE(x, 2) AS z FROM q) i ON i.id = p.id",
            "SELECT p.a, COALESCE(q.x, 2) FROM p LEFT JOIN q ON q.id = p.id",
        );
        differ(
            "SELECT p.a, i.z FROM p LEFT JOIN (SELECT id, 1 AS z FROM q) i ON i.id = p.id",
            "SELECT p.a, 1 FROM p LEFT JOIN q ON q.id = p.id",
        );
    }
}
