//! Joins that only ask whether there is such a row.
//!
//! `a LEFT JOIN b ON b.k = a.k WHERE b.k IS NULL` is `a WHERE NOT EXISTS (… b.k = a.k)`: a row that finds one has a `k` in
//! it. EXISTS is an inner join where a row finds at most one, and in a query in which it doesn't matter how often a row
//! comes: there its conditions meet those of the other joins. So is EXISTS inside of EXISTS.
//!
//! NULL: the column must be one that isn't NULL where a row is found: its join condition isn't TRUE for a NULL in it, or it
//! is declared NOT NULL. A NULL in the key finds nothing in either form.

use super::Canon;
use super::calls::may_fail;
use super::form::{From, Grouping, Optional, Query, Select, Source, node};
use super::implied::rejects_null;
use super::shape::certain_ids;
use super::unused::counts_nothing;
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// A left join of which only the rows are kept that find nothing.
    pub(super) fn none_from_optional(&mut self, select: &mut Select) -> bool {
        for at in 0..select.from.optional.len() {
            let Some(why) = self.keeps_what_finds_none(select, at) else { continue };
            let part = select.from.optional.remove(at);
            let ids = part.from.ids();
            let filter = std::mem::take(&mut select.from.filter);
            select.from.filter = filter.into_iter().filter(|condition| !self.refers(condition, &ids)).collect();
            let mut asked = Select::new();
            asked.from = part.from;
            asked.from.filter.extend(part.on);
            let exists = self.existing(asked);
            select.from.filter.push(node(Op::Not, vec![exists]));
            self.premises.extend(why);
            self.used("a left join that must find nothing as NOT EXISTS");
            return true;
        }
        false
    }

    fn keeps_what_finds_none(&self, select: &Select, at: usize) -> Option<Vec<String>> {
        let part = select.from.optional.get(at)?;
        let ids = part.from.ids();
        if part.on.iter().any(may_fail) || part.from.items.is_empty() {
            return None;
        }
        let mut others: Vec<&Tree> = select.upper_trees();
        for (_, optional) in select.from.optional.iter().enumerate().filter(|(other, _)| *other != at) {
            others.extend(&optional.on);
            optional.from.own_trees(&mut |tree| others.push(tree));
        }
        if others.into_iter().any(|tree| self.refers(tree, &ids)) {
            return None;
        }
        let tests: Vec<&Tree> = select.from.filter.iter().filter(|condition| self.refers(condition, &ids)).collect();
        let why = tests.iter().map(|test| self.found_is_not_null(test, part)).collect::<Option<Vec<_>>>()?;
        (!tests.is_empty()).then(|| why.concat())
    }

    /// Why `x IS NULL` says that nothing was found.
    fn found_is_not_null(&self, test: &Tree, part: &Optional) -> Option<Vec<String>> {
        let column = test.first().filter(|column| test.op == Op::IsNull && matches!(column.op, Op::Bound(..)))?;
        let Op::Bound(id, ..) = column.op else { return None };
        let is_item = part.from.items.iter().any(|item| item.id == id && !matches!(item.source, Source::Full(_)));
        if !is_item {
            return None;
        }
        match part.on.iter().any(|condition| rejects_null(condition, column)) {
            true => Some(vec![]),
            false => self.why_not_null(column, &[id]),
        }
    }

    /// EXISTS as an inner join, if a row finds at most one, or if it doesn't matter how often a row comes.
    pub(super) fn join_from_asked(&mut self, select: &mut Select) -> bool {
        if select.from.items.is_empty() || select.from.filter.iter().any(may_fail) {
            return false;
        }
        let free = counts_nothing(select);
        let found = select.from.filter.iter().enumerate().find_map(|(at, condition)| {
            let inner = self.asked_of(condition)?;
            let why = if free { vec![] } else { self.why_joined_once(&inner)? };
            Some((at, inner, why))
        });
        let Some((at, inner, why)) = found else { return false };
        let inner = self.copy(&inner);
        select.from.filter.remove(at);
        select.from.items.extend(inner.from.items);
        select.from.optional.extend(inner.from.optional);
        select.from.filter.extend(inner.from.filter);
        self.premises.extend(why);
        self.used("EXISTS as a join");
        true
    }

    /// Why a row finds at most one of what EXISTS looks at.
    fn why_joined_once(&self, inner: &Select) -> Option<Vec<String>> {
        let [item] = inner.from.items.as_slice() else { return None };
        if !inner.from.optional.is_empty() || inner.from.filter.is_empty() {
            return None;
        }
        let from = From { items: vec![item.clone()], ..From::default() };
        self.finds_at_most_one(&Optional { from, on: inner.from.filter.clone() })
    }

    /// What EXISTS looks at, if that is nothing but rows.
    fn asked_of(&self, condition: &Tree) -> Option<Select> {
        let (Op::Exists, Some(Op::Nested(at))) = (&condition.op, condition.first().map(|kid| &kid.op)) else {
            return None;
        };
        match self.subqueries.get(*at as usize) {
            Some(Query::Select(query)) if is_bare(query) && !query.from.filter.iter().any(may_fail) => {
                Some((**query).clone())
            }
            _ => None,
        }
    }

    /// Whether a query gives a row.
    pub(super) fn existing(&mut self, asked: Select) -> Tree {
        self.subqueries.push(Query::Select(Box::new(asked)));
        let nested = node(Op::Nested(self.subqueries.len() as u32 - 1), vec![]);
        node(Op::Exists, vec![nested])
    }

    /// What EXISTS asks inside of what EXISTS looks at is joined.
    pub(super) fn join_from_exists(&mut self, at: u32) -> bool {
        let Some(Query::Select(select)) = self.subqueries.get(at as usize) else { return false };
        if !is_bare(select) {
            return false;
        }
        let is_own = |condition: &Tree| condition.first().is_some_and(|kid| kid.op == Op::Nested(at));
        let others = select.from.filter.iter().enumerate().filter(|(_, condition)| !is_own(condition));
        let found = others.into_iter().find_map(|(place, condition)| Some((place, self.asked_of(condition)?)));
        let Some((place, inner)) = found else { return false };
        let inner = self.copy(&inner);
        let Some(Query::Select(select)) = self.subqueries.get_mut(at as usize) else { return false };
        select.from.filter.remove(place);
        select.from.items.extend(inner.from.items);
        select.from.optional.extend(inner.from.optional);
        select.from.filter.extend(inner.from.filter);
        self.used("what EXISTS looks at");
        true
    }
}

/// Nothing but joined and filtered rows.
fn is_bare(select: &Select) -> bool {
    select.outputs.is_empty()
        && select.grouping == Grouping::Rows
        && select.is_plain()
        && !certain_ids(select).is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same, same_as_declared};

    #[test]
    fn a_left_join_that_must_find_nothing() {
        let none = "SELECT a FROM p WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.c = p.b)";
        same("SELECT p.a FROM p LEFT JOIN n ON n.c = p.b WHERE n.c IS NULL", none);
        same("SELECT p.a FROM p LEFT JOIN (SELECT c AS k FROM n) i ON i.k = p.b WHERE i.k IS NULL", none);
        differ("SELECT p.a FROM p LEFT JOIN n ON n.c = p.b WHERE n.d IS NULL", none);
        differ("SELECT p.a FROM p LEFT JOIN n ON COALESCE(n.c, 1) = p.b WHERE n.c IS NULL", none);
        differ("SELECT p.a, n.d FROM p LEFT JOIN n ON n.c = p.b WHERE n.c IS NULL", none);
        differ("SELECT p.a FROM p LEFT JOIN n ON n.c = p.b AND p.a > 1 WHERE n.c IS NULL", none);
        differ("SELECT a FROM p WHERE b NOT IN (SELECT c FROM n)", none);
        same_as_declared(
            "q.x is declared NOT NULL",
            "SELECT p.a FROM p LEFT JOIN q ON q.pid = p.id WHERE q.x IS NULL",
            "SELECT p.a FROM p WHERE NOT EXISTS (SELECT 1 FROM q WHERE q.pid = p.id)",
        );
        same_as_declared(
            "p.a is declared NOT NULL",
            "SELECT b FROM p WHERE a NOT IN (SELECT x FROM q)",
            "SELECT b FROM p WHERE NOT EXISTS (SELECT 1 FROM q WHERE x = p.a)",
        );
    }

    #[test]
    fn exists_as_a_join() {
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT q.x FROM q JOIN p ON p.id = q.pid AND p.a > 1",
            "SELECT x FROM q WHERE EXISTS (SELECT 1 FROM p WHERE p.id = q.pid AND p.a > 1)",
        );
        same(
            "SELECT DISTINCT q.x FROM q JOIN n ON n.c = q.y",
            "SELECT DISTINCT x FROM q WHERE EXISTS (SELECT 1 FROM n WHERE n.c = q.y)",
        );
        same(
            "SELECT DISTINCT q.x FROM q JOIN p ON p.b = q.y JOIN n ON n.c = p.a",
            "SELECT x FROM q WHERE EXISTS (SELECT 1 FROM p JOIN n ON n.c = p.a WHERE p.b = q.y) GROUP BY x",
        );
        differ(
            "SELECT q.x FROM q JOIN n ON n.c = q.y",
            "SELECT x FROM q WHERE EXISTS (SELECT 1 FROM n WHERE n.c = q.y)",
        );
        differ(
            "SELECT q.x, COUNT(*) FROM q JOIN n ON n.c = q.y GROUP BY q.x",
            "SELECT x, COUNT(*) FROM q WHERE EXISTS (SELECT 1 FROM n WHERE n.c = q.y) GROUP BY x",
        );
    }

    #[test]
    fn what_exists_looks_at_needs_no_groups() {
        same(
            "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT c FROM n WHERE d > 1) i WHERE i.c = p.b)",
            "SELECT a FROM p WHERE b IN (SELECT c FROM n WHERE d > 1)",
        );
        differ(
            "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM (SELECT c FROM n GROUP BY c HAVING COUNT(*) > 1) i WHERE i.c = p.b)",
            "SELECT a FROM p WHERE b IN (SELECT c FROM n)",
        );
    }

    /// The query inside stands in two places after merging.
    #[test]
    fn a_query_that_is_read_twice() {
        same(
            "SELECT a, f FROM (SELECT a, EXISTS (SELECT 1 FROM q WHERE q.pid = p.id) AS f FROM p) i WHERE f",
            "SELECT a, EXISTS (SELECT 1 FROM q WHERE q.pid = p.id) FROM p WHERE EXISTS (SELECT 1 FROM q WHERE q.pid = p.id)",
        );
        differ(
            "SELECT DISTINCT a, f FROM (SELECT a, EXISTS (SELECT 1 FROM q WHERE q.pid = p.id) AS f FROM p) i WHERE f",
            "SELECT DISTINCT a, EXISTS (SELECT 1 FROM q WHERE q.pid = p.a) FROM p WHERE EXISTS (SELECT 1 FROM q WHERE q.pid = p.id)",
        );
    }

    #[test]
    fn keys_of_another_type_may_be_found_twice() {
        differ("SELECT q.x FROM q LEFT JOIN (SELECT DISTINCT s FROM n) g ON g.s = q.x", "SELECT x FROM q");
        differ(
            "SELECT q.x FROM q JOIN (SELECT DISTINCT s FROM n) g ON g.s = q.x",
            "SELECT x FROM q WHERE EXISTS (SELECT 1 FROM n WHERE n.s = q.x)",
        );
    }

    #[test]
    fn semi_and_anti_joins() {
        use super::super::pairs::{bare, compared};
        use crate::impact::Verdict;
        let check = |before: &str, after: &str, same: bool| {
            let diff = compared(&bare(), "duckdb", before, after);
            assert_eq!(diff.verdict == Verdict::Equivalent, same, "{}\n{before}\n{after}", diff.reason);
        };
        let semi = "SELECT a FROM p SEMI JOIN n ON n.c = p.b AND n.d > 1";
        let anti = "SELECT a FROM p ANTI JOIN n ON n.c = p.b";
        check(semi, "SELECT a FROM p WHERE b IN (SELECT c FROM n WHERE d > 1)", true);
        check(semi, "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b AND d > 1)", true);
        check(anti, "SELECT p.a FROM p LEFT JOIN n ON n.c = p.b WHERE n.c IS NULL", true);
        check(anti, "SELECT a FROM p WHERE b NOT IN (SELECT c FROM n)", false);
        check(semi, "SELECT p.a FROM p JOIN n ON n.c = p.b AND n.d > 1", false);
    }
}
