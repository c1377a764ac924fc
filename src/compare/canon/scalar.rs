//! An aggregate of a subquery is a column of a join with groups.
//!
//! `SELECT t.a, (SELECT MAX(u.x) FROM u WHERE u.k = t.k) FROM t` is
//! `SELECT t.a, g.m FROM t LEFT JOIN (SELECT k, MAX(x) AS m FROM u GROUP BY k) AS g ON g.k = t.k`: a row finds its group or
//! none. Without such a condition there is one row for all, which is joined with each. Only in a SELECT that makes no groups.
//!
//! A key is only told apart by what it is compared with if that is of its type; see [`unused`](super::unused).
//!
//! NULL: a NULL finds no rows in the subquery and no group in the join. Over no rows COUNT is 0, and so it is where no
//! group is found; the other aggregates are NULL.

use super::Canon;
use super::calls::{is_unlisted, may_fail};
use super::form::{
    From, Grouping, Item, Optional, Query, RelationId, Select, Source, binary, node, operands, placed, refers, replaced,
};
use crate::compare::fingerprint::is_certain_aggregate;
use crate::sql::tree::{Node, Op, Tree};

/// Aggregates that are NULL over no rows.
const NULL_OVER_NOTHING: &[&str] = &["AVG", "MAX", "MIN", "SUM"];

/// The groups that stand for a subquery.
struct Groups {
    select: Select,
    /// What the keys, the first outputs, are equal to.
    values: Vec<(usize, Tree)>,
    /// The aggregates, which are the outputs after the keys.
    aggregates: Vec<Tree>,
    /// What the subquery gives, made from the aggregates.
    output: Tree,
    why: Vec<String>,
}

impl Canon<'_> {
    /// Makes one subquery a join.
    pub(super) fn join_from_scalar(&mut self, select: &mut Select) -> bool {
        if select.grouping != Grouping::Rows {
            return false;
        }
        let found = scalars(select).into_iter().find_map(|at| Some((at, self.groups_of(at)?)));
        let Some((at, groups)) = found else { return false };
        let id = self.number();
        let keys = groups.select.outputs.len() - groups.aggregates.len();
        let on: Vec<Tree> = groups.values.into_iter().map(|(key, value)| binary("=", placed(id, key), value)).collect();
        let is_one_row = on.is_empty();
        let value = |aggregate: &Tree| {
            let place = groups.aggregates.iter().position(|known| known == aggregate)?;
            let column = placed(id, keys + place);
            let zero = || node(Op::Number("0".into()), vec![]);
            let counts = matches!(&aggregate.op, Op::Function(name) if &**name == "COUNT");
            Some(match counts && !is_one_row {
                true => node(Op::Function("COALESCE".into()), vec![column, zero()]),
                false => column,
            })
        };
        let output = replaced(&groups.output, &value);
        let put = |tree: &mut Tree| *tree = replaced(tree, &|node| is_scalar(node, at).then(|| output.clone()));
        select.from.filter.iter_mut().for_each(put);
        select.upper_trees_mut(&mut |tree| put(tree));
        let query = Query::Select(Box::new(groups.select));
        let shape = self.shape(&query);
        self.know(id, shape);
        let item = Item { id, source: Source::Query(Box::new(query)) };
        match is_one_row {
            true => select.from.items.push(item),
            false => {
                let from = From { items: vec![item], ..From::default() };
                select.from.optional.push(Optional { from, on });
            }
        }
        self.premises.extend(groups.why);
        self.used("a subquery's aggregate as a join with groups");
        true
    }

    fn groups_of(&self, at: u32) -> Option<Groups> {
        let Query::Select(inner) = self.subqueries.get(at as usize)? else { return None };
        let [output] = inner.outputs.as_slice() else { return None };
        let is_plain = inner.grouping == Grouping::Whole
            && inner.having.is_empty()
            && inner.limit.is_none()
            && !inner.looks_beyond()
            && !is_unlisted(output);
        if !is_plain {
            return None;
        }
        let ids = inner.from.ids();
        let is_own = |tree: &Tree| !self.has_subquery(tree) && !refers(tree, &|id| !ids.contains(&id));
        let mut select = (**inner).clone();
        let (kept, asked): (Vec<Tree>, Vec<Tree>) =
            std::mem::take(&mut select.from.filter).into_iter().partition(is_own);
        let mut is_closed = true;
        // Groups are made of rows that no row asks for: what may fail for them must not be there.
        select.from.own_trees(&mut |tree| is_closed &= is_own(tree) && !may_fail(tree));
        is_closed &= !kept.iter().any(may_fail);
        select.from.filter = kept;
        let aggregates = aggregates_in(output, &ids).filter(|found| is_closed && found.iter().all(is_own))?;
        let (mut keys, mut values, mut why): (Vec<Tree>, Vec<(usize, Tree)>, Vec<String>) = Default::default();
        for condition in &asked {
            let (left, right) = operands(condition, "=")?;
            let is_outside = |tree: &Tree| !self.refers(tree, &ids) && !self.has_subquery(tree);
            let (key, value) = match (is_own(left) && is_outside(right), is_own(right) && is_outside(left)) {
                (true, _) => (left, right),
                (_, true) => (right, left),
                _ => return None,
            };
            if may_fail(key) || may_fail(value) {
                return None;
            }
            why.extend(self.why_one_type(key, value)?);
            let place = keys.iter().position(|known| known == key).unwrap_or_else(|| {
                keys.push(key.clone());
                keys.len() - 1
            });
            values.push((place, value.clone()));
        }
        if !keys.is_empty() {
            select.grouping = Grouping::Keys(keys.clone());
        }
        select.outputs = [keys, aggregates.clone()].concat();
        select.distinct = false;
        Some(Groups { select, values, aggregates, output: output.clone(), why })
    }
}

/// The queries that stand for a value in the filter and above it.
fn scalars(select: &Select) -> Vec<u32> {
    let mut found = Vec::new();
    for tree in select.from.filter.iter().chain(select.upper_trees()) {
        tree.walk(&mut |node| {
            if let (Op::Subquery, Some(Op::Nested(at))) = (&node.op, node.first().map(|query| &query.op)) {
                found.push(*at);
            }
            // IN and the like ask a query for more than a value.
            !matches!(node.op, Op::In | Op::Quantified(..))
        });
    }
    found
}

fn is_scalar(node: &Node, at: u32) -> bool {
    node.op == Op::Subquery && node.first().is_some_and(|query| query.op == Op::Nested(at))
}

/// The aggregates in an expression that reads nothing of these relations beside them.
fn aggregates_in(output: &Tree, ids: &[RelationId]) -> Option<Vec<Tree>> {
    let mut found: Vec<Tree> = Vec::new();
    let mut understood = true;
    output.walk(&mut |node| match &node.op {
        Op::Function(name) if is_certain_aggregate(name, node) => {
            understood &= NULL_OVER_NOTHING.contains(&&**name) || &**name == "COUNT";
            understood &= !node.kids.iter().any(may_fail);
            if !found.contains(node) {
                found.push(node.clone());
            }
            false
        }
        Op::Bound(id, ..) => {
            understood &= !ids.contains(id);
            true
        }
        Op::Nested(_) => {
            understood = false;
            false
        }
        _ => true,
    });
    (understood && !found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{bare, compared, differ, same};
    use crate::impact::Verdict;

    const JOINED: &str =
        "SELECT p.a, i.v FROM p LEFT JOIN (SELECT pid, MAX(x) AS v FROM q GROUP BY pid) i ON i.pid = p.id";

    #[test]
    fn an_aggregate_of_a_subquery_is_a_column_of_groups() {
        same("SELECT a, (SELECT MAX(x) FROM q WHERE pid = p.id) FROM p", JOINED);
        let (risky, joined) = ("MAX(1 / x)", JOINED.replace("MAX(x)", "MAX(1 / x)"));
        differ(&format!("SELECT a, (SELECT {risky} FROM q WHERE pid = p.id) FROM p"), &joined);
        same(
            "SELECT a, (SELECT MAX(x) FROM q WHERE p.id = q.pid AND y > 1) FROM p",
            &JOINED.replace("GROUP", "WHERE y > 1 GROUP"),
        );
        same(
            "SELECT a, (SELECT COUNT(*) FROM q WHERE pid = p.id) FROM p",
            &JOINED.replace("MAX(x)", "COUNT(*)").replace("i.v", "COALESCE(i.v, 0)"),
        );
        same(
            "SELECT a, (SELECT COALESCE(SUM(x), 0) + 1 FROM q WHERE pid = p.id) FROM p",
            &JOINED.replace("MAX(x)", "SUM(x)").replace("i.v", "COALESCE(i.v, 0) + 1"),
        );
        same(
            "SELECT a FROM p WHERE b > (SELECT AVG(x) FROM q WHERE pid = p.id)",
            "SELECT a FROM p JOIN (SELECT pid, AVG(x) AS v FROM q GROUP BY pid) i ON p.id = i.pid WHERE b > i.v",
        );
        same(
            "SELECT a, (SELECT MAX(x) FROM q) FROM p",
            "SELECT p.a, i.v FROM p CROSS JOIN (SELECT MAX(x) AS v FROM q) i",
        );
    }

    #[test]
    fn what_looks_alike_and_is_not() {
        differ("SELECT a, (SELECT MAX(x) FROM q WHERE pid = p.id) FROM p", &JOINED.replace("LEFT JOIN", "JOIN"));
        differ("SELECT a, (SELECT COUNT(*) FROM q WHERE pid = p.id) FROM p", &JOINED.replace("MAX(x)", "COUNT(*)"));
        differ(
            "SELECT a, (SELECT MAX(x) FROM q WHERE pid < p.id) FROM p",
            &JOINED.replace("i.pid = p.id", "i.pid < p.id"),
        );
        differ("SELECT a, (SELECT MAX(x) FROM q WHERE pid = p.id) FROM p", "SELECT a, (SELECT MAX(x) FROM q) FROM p");
        differ(
            "SELECT a, (SELECT MAX(x) FROM q WHERE pid = p.id OR y = p.b) FROM p",
            &JOINED.replace("i.pid = p.id", "i.pid = p.id OR i.pid = p.b"),
        );
        differ(
            "SELECT a, SUM((SELECT MAX(x) FROM q WHERE pid = p.id)) FROM p GROUP BY a",
            &JOINED.replace("i.v", "MAX(i.v)").replace("p.id", "p.id GROUP BY a"),
        );
        differ("SELECT a, (SELECT MAX(x + p.b) FROM q WHERE pid = p.id) FROM p", JOINED);
        // The texts '1' and '01' are two keys, and both equal the number 1.
        let (asked, joined) = (
            "SELECT a, (SELECT MAX(c) FROM n WHERE n.s = p.id) FROM p",
            JOINED.replace("pid", "s").replace("x", "c").replace(" q", " n"),
        );
        let diff = compared(&bare(), "duckdb", asked, &joined);
        assert_ne!(diff.verdict, Verdict::Equivalent, "{}\n{joined}", diff.reason);
    }
}
