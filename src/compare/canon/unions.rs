//! UNION ALL: flat, with what is done to its rows done in each branch.
//!
//! A union of unions is one, and a union of one query is that query. A query that only filters and computes over a union
//! is the union of such queries.
//!
//! A branch's values are converted to the type that all branches have in common. So conditions and expressions go into
//! the branches only where the columns in them have one known type, and unions of unions are taken apart only where all
//! columns have.
//!
//! NULL: a filter that isn't TRUE drops the row before and after.

use super::Canon;
use super::boolean::is_column;
use super::form::{From, Item, Query, RelationId, Select, Source};
use crate::sql::tree::{Op, Tree};

/// A query with more branches than this isn't copied into each.
const MOST_BRANCHES: usize = 64;

impl Canon<'_> {
    /// Makes unions of unions flat.
    pub(super) fn flatten(&mut self, query: &mut Query) -> bool {
        let Query::Union(branches) = query else { return false };
        if branches.len() == 1
            && let Some(only) = branches.pop()
        {
            *query = only;
            return true;
        }
        let nested = branches.iter().any(|branch| matches!(branch, Query::Union(_)));
        if !nested || !self.is_uniform(branches) {
            return false;
        }
        let mut flat = Vec::new();
        for branch in std::mem::take(branches) {
            match branch {
                Query::Union(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        *branches = flat;
        self.used("a union of unions");
        true
    }

    /// A query that gives on all columns of the only one that it reads is that one.
    pub(super) fn unwrap(&mut self, query: &mut Query) -> bool {
        let Query::Select(select) = query else { return false };
        let [item] = select.from.items.as_slice() else { return false };
        let Source::Query(below) = &item.source else { return false };
        let is_bare = select.is_plain() && select.from.optional.is_empty() && select.from.filter.is_empty();
        let in_place = |(at, tree): (usize, &Tree)| matches!(tree.op, Op::Bound(relation, place, _) if relation == item.id && place as usize == at);
        let identical = below.width() == select.outputs.len() && select.outputs.iter().enumerate().all(in_place);
        if !is_bare || !identical {
            return false;
        }
        *query = (**below).clone();
        self.used("nested queries merged");
        true
    }

    /// Does the expression compute only with columns that have one type in all branches? Whether a value is NULL doesn't
    /// depend on its type.
    fn is_converted_alike(&self, tree: &Tree, id: RelationId, branches: &[Query]) -> bool {
        let mut alike = true;
        tree.walk(&mut |node| {
            match node.op {
                Op::IsNull => return !node.first().is_some_and(|inner| is_column(inner)),
                Op::Bound(relation, place, _) if relation == id => {
                    alike &= self.is_uniform_at(branches, place as usize);
                }
                _ => {}
            }
            alike
        });
        alike
    }

    /// Does in each branch what is done to the union.
    pub(super) fn distribute(&mut self, query: &mut Query) -> bool {
        let Query::Select(select) = query else { return false };
        let [item] = select.from.items.as_slice() else { return false };
        let Source::Query(below) = &item.source else { return false };
        let Query::Union(branches) = &**below else { return false };
        let computed = select.outputs.iter().filter(|tree| !is_column(tree)).chain(&select.from.filter);
        let passes = computed.into_iter().all(|tree| self.is_converted_alike(tree, item.id, branches));
        let mut has_subquery = false;
        select.own_trees(&mut |tree| has_subquery |= self.has_subquery(tree));
        let ok = select.is_plain()
            && select.from.optional.is_empty()
            && branches.len() <= MOST_BRANCHES
            && !has_subquery
            && passes;
        if !ok {
            return false;
        }
        let (id, branches) = (item.id, branches.clone());
        let mut parts = Vec::new();
        for branch in branches {
            let own = self.number();
            let renumbered = |tree: &Tree| match &tree.op {
                Op::Bound(relation, place, _) if *relation == id => Some(super::form::placed(own, *place as usize)),
                _ => None,
            };
            let mut part = Select::new();
            part.outputs = select.outputs.iter().map(|tree| super::form::replaced(tree, &renumbered)).collect();
            let filter = select.from.filter.iter().map(|tree| super::form::replaced(tree, &renumbered)).collect();
            let item = Item { id: own, source: Source::Query(Box::new(branch)) };
            part.from = From { items: vec![item], optional: vec![], filter };
            parts.push(Query::Select(Box::new(part)));
        }
        *query = Query::Union(parts);
        self.used("what is done to a union is done in its branches");
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn what_is_done_to_a_union_is_done_in_its_branches() {
        same(
            "SELECT v + 1 FROM (SELECT a AS v FROM p UNION ALL SELECT x FROM q) i WHERE v > 2",
            "SELECT x + 1 FROM q WHERE x > 2 UNION ALL SELECT a + 1 FROM p WHERE a > 2",
        );
        same(
            "SELECT a FROM p UNION ALL (SELECT x FROM q UNION ALL SELECT c FROM n)",
            "(SELECT a FROM p UNION ALL SELECT x FROM q) UNION ALL SELECT c FROM n",
        );
        differ(
            "SELECT a FROM p UNION (SELECT x FROM q UNION ALL SELECT c FROM n)",
            "(SELECT a FROM p UNION SELECT x FROM q) UNION ALL SELECT c FROM n",
        );
        // 1 and 1.5 become 1.0 and 1.5 before anything is done to them.
        differ(
            "SELECT v / 2 FROM (SELECT a AS v FROM p UNION ALL SELECT f FROM p) i",
            "SELECT a / 2 FROM p UNION ALL SELECT f / 2 FROM p",
        );
        differ(
            "SELECT a FROM p EXCEPT (SELECT x FROM q EXCEPT SELECT c FROM n)",
            "(SELECT a FROM p EXCEPT SELECT x FROM q) EXCEPT SELECT c FROM n",
        );
        same("SELECT a FROM (SELECT a FROM p EXCEPT SELECT x FROM q) i", "SELECT a FROM p EXCEPT SELECT x FROM q");
    }

    #[test]
    fn only_what_is_computed_with_must_have_one_type() {
        same(
            "SELECT v, k FROM (SELECT a AS v, 'p' AS k FROM p UNION ALL SELECT c, 'n' FROM n) i WHERE v > 2",
            "SELECT a, 'p' FROM p WHERE a > 2 UNION ALL SELECT c, 'n' FROM n WHERE c > 2",
        );
        same(
            "SELECT v FROM (SELECT f AS v FROM p UNION ALL SELECT c FROM n) i WHERE v IS NOT NULL",
            "SELECT f FROM p WHERE f IS NOT NULL UNION ALL SELECT c FROM n WHERE c IS NOT NULL",
        );
        differ(
            "SELECT v FROM (SELECT f AS v FROM p UNION ALL SELECT c FROM n) i WHERE v > 2",
            "SELECT f FROM p WHERE f > 2 UNION ALL SELECT c FROM n WHERE c > 2",
        );
    }

    #[test]
    fn branches_of_different_types_are_converted_first() {
        differ(
            "SELECT c, MAX(v) FROM (SELECT c, MAX(d) AS v FROM n GROUP BY c UNION ALL SELECT c, MAX(s) FROM n GROUP BY c) i GROUP BY c",
            "SELECT c, MAX(v) FROM (SELECT c, d AS v FROM n UNION ALL SELECT c, s FROM n) i GROUP BY c",
        );
        differ(
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n WHERE d > 5 UNION ALL SELECT s FROM n WHERE s > 5) i ON i.v = p.s",
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n UNION ALL SELECT s FROM n) i ON i.v = p.s WHERE i.v > 5",
        );
        differ(
            "SELECT v FROM (SELECT a AS v FROM p UNION ALL SELECT f FROM p) i UNION ALL SELECT s FROM n",
            "SELECT a FROM p UNION ALL SELECT s FROM n UNION ALL SELECT f FROM p",
        );
        same(
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n WHERE d > 5 UNION ALL SELECT x FROM q WHERE x > 5) i ON i.v = p.a",
            "SELECT p.a FROM p JOIN (SELECT d AS v FROM n UNION ALL SELECT x FROM q) i ON i.v = p.a WHERE p.a > 5",
        );
    }
}
