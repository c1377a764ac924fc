//! Three ways of asking whether there is such a row.
//!
//! `x IN (SELECT y FROM u)` is `EXISTS (SELECT 1 FROM u WHERE y = x)` where it decides whether a row is kept. A join with a
//! query that groups by columns, without aggregates, and equates all of them with something else, finds at most one row,
//! and is EXISTS too. What EXISTS looks at has no outputs, no duplicates and no groups.
//!
//! NULL: `x IN (…)` is NULL where EXISTS is FALSE, so this isn't for values and not below NOT. In a join a NULL key
//! equals nothing, as in EXISTS.

use super::Canon;
use super::boolean::is_column;
use super::calls::{is_unlisted, may_fail};
use super::form::{Grouping, Item, Query, RelationId, Select, Source, binary, node, operands, refers};
use crate::lineage::aggregates;
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// IN as EXISTS, and what EXISTS looks at without what it doesn't need.
    pub(super) fn exists_from_in(&mut self, select: &mut Select) -> bool {
        let mut changed = false;
        for condition in &mut select.from.filter {
            let new = self.existence(condition);
            changed |= new.is_some();
            *condition = new.unwrap_or_else(|| condition.clone());
        }
        changed |= self.membership_of_values(select);
        if changed {
            self.used("IN as EXISTS");
        }
        let mut bare = Vec::new();
        select.own_trees(&mut |tree| {
            tree.walk(&mut |node| {
                if let (Op::Exists, Some(Op::Nested(at))) = (&node.op, node.first().map(|kid| &kid.op)) {
                    bare.push(*at);
                }
                true
            });
        });
        for at in bare {
            changed |= self.strip(at) || self.join_from_exists(at);
        }
        changed
    }

    /// Where neither side is ever NULL, IN is EXISTS as a value, too.
    fn membership_of_values(&mut self, select: &mut Select) -> bool {
        let certain = super::shape::certain_ids(select);
        let mut found = Vec::new();
        for tree in select.from.filter.iter().chain(select.upper_trees()) {
            tree.walk(&mut |node| {
                if node.op == Op::In && node.kids.get(1).is_some_and(|list| list.op == Op::Subquery) {
                    found.push(node.clone());
                }
                true
            });
        }
        let mut changed = false;
        for tree in found {
            let Some(why) = self.never_null(&tree, &certain) else { continue };
            let Some(new) = self.existence(&tree) else { continue };
            let mut put = |upper: &mut Tree| {
                *upper = super::form::replaced(upper, &|node| (*node == tree).then(|| new.clone()));
            };
            select.from.filter.iter_mut().for_each(&mut put);
            select.upper_trees_mut(&mut put);
            self.premises.extend(why);
            changed = true;
        }
        changed
    }

    fn never_null(&self, tree: &Tree, certain: &[RelationId]) -> Option<Vec<String>> {
        let value = tree.first().filter(|value| value.op != Op::Tuple)?;
        let mut why = self.why_not_null(value, certain)?;
        let Some(Op::Nested(at)) = tree.kids.get(1).and_then(|list| list.first()).map(|query| &query.op) else {
            return None;
        };
        why.extend(self.shape(self.subqueries.get(*at as usize)?).not_null.first()?.clone()?);
        Some(why)
    }

    /// A condition with IN over a query, as EXISTS. Inside of AND and OR, too.
    fn existence(&mut self, condition: &Tree) -> Option<Tree> {
        match (&condition.op, condition.kids.as_slice()) {
            (Op::And | Op::Or, kids) => {
                let new: Vec<Option<Tree>> = kids.iter().map(|kid| self.existence(kid)).collect();
                new.iter().any(Option::is_some).then(|| {
                    let kids = new.into_iter().zip(kids).map(|(new, old)| new.unwrap_or_else(|| old.clone()));
                    node(condition.op.clone(), kids.collect())
                })
            }
            (Op::In, [value, list]) if list.op == Op::Subquery && !may_fail(value) => {
                let Some(Op::Nested(at)) = list.first().map(|query| query.op.clone()) else { return None };
                let mut query = self.subqueries.get(at as usize)?.clone();
                let values = match value.op {
                    Op::Tuple => value.kids.clone(),
                    _ => vec![value.clone()],
                };
                let converts = matches!(&query, Query::Union(branches) if !self.is_uniform(branches));
                if converts || !equate(&mut query, &values) {
                    return None;
                }
                self.subqueries.push(query);
                let nested = node(Op::Nested(self.subqueries.len() as u32 - 1), vec![]);
                Some(node(Op::Exists, vec![nested]))
            }
            _ => None,
        }
    }

    /// Leaves of a query only what decides whether it gives a row.
    fn strip(&mut self, at: u32) -> bool {
        let Some(Query::Select(select)) = self.subqueries.get_mut(at as usize) else { return false };
        let whole = select.grouping == Grouping::Whole || !select.qualify.is_empty();
        if select.limit.is_some() || !select.having.is_empty() || whole || select.outputs.iter().any(is_unlisted) {
            return false;
        }
        let is_bare = select.outputs.is_empty() && !select.distinct && select.grouping == Grouping::Rows;
        if is_bare && super::groups::without_groups(select) {
            self.used("what EXISTS looks at");
            return true;
        }
        if is_bare || select.outputs.iter().any(may_fail) {
            return false;
        }
        select.outputs.clear();
        select.distinct = false;
        select.grouping = Grouping::Rows;
        self.used("what EXISTS looks at");
        true
    }

    /// A join that only asks whether there is such a group.
    pub(super) fn exists_from_groups(&mut self, select: &mut Select) -> bool {
        let found =
            select.from.items.iter().enumerate().find_map(|(at, item)| Some((at, self.only_asked(select, item)?)));
        let Some((at, asked)) = found else { return false };
        let Source::Query(query) = select.from.items.remove(at).source else { return false };
        let Query::Select(mut inner) = *query else { return false };
        for (key, value) in asked.equalities {
            inner.from.filter.push(binary("=", key, value));
        }
        select.from.filter.retain(|condition| !asked.conditions.contains(condition));
        let values = asked.values;
        inner.grouping = Grouping::Rows;
        inner.outputs.clear();
        inner.distinct = false;
        self.subqueries.push(Query::Select(inner));
        let nested = node(Op::Nested(self.subqueries.len() as u32 - 1), vec![]);
        self.substitute(select, asked.id, &values);
        select.from.filter.push(node(Op::Exists, vec![nested]));
        self.premises.extend(asked.why);
        self.used("a join with groups as EXISTS");
        true
    }

    fn only_asked(&self, select: &Select, item: &Item) -> Option<Asked> {
        let Source::Query(query) = &item.source else { return None };
        let Query::Select(inner) = &**query else { return None };
        let Grouping::Keys(keys) = &inner.grouping else { return None };
        let plain = inner.having.is_empty() && inner.limit.is_none() && !inner.outputs.iter().any(aggregates);
        if !plain
            || inner.looks_beyond()
            || select.from.items.len() + select.from.optional.len() < 2
            || self.in_subquery(select, item.id)
        {
            return None;
        }
        let mut asked = Asked { id: item.id, equalities: vec![], conditions: vec![], values: vec![], why: vec![] };
        for output in &inner.outputs {
            // A constant stands for itself, whether or not there are rows: the join drops the rows that find none.
            let is_constant = matches!(output.op, Op::Number(_) | Op::Bool(_));
            asked.values.push(if is_constant { output.clone() } else { node(Op::Null, vec![]) });
        }
        for key in keys {
            let place = inner.outputs.iter().position(|output| output == key)?;
            let (condition, value) = self.given(select, item.id, place)?;
            asked.why.extend(self.why_one_type(key, &value)?);
            let exact = self.is_exact(key) && self.type_of(key) == self.type_of(&value);
            let elsewhere = reads(select, item.id, place) > 1;
            if elsewhere && !(exact && is_column(&value)) {
                return None;
            }
            asked.equalities.push((key.clone(), value.clone()));
            asked.conditions.push(condition);
            if let Some(slot) = asked.values.get_mut(place) {
                *slot = value;
            }
        }
        let known = |place: usize| asked.values.get(place).is_some_and(|value| value.op != Op::Null);
        (0..inner.outputs.len()).all(|place| known(place) || reads(select, item.id, place) == 0).then_some(asked)
    }

    fn in_subquery(&self, select: &Select, id: RelationId) -> bool {
        let mut found = false;
        select.own_trees(&mut |tree| found |= self.has_subquery(tree) && self.relations_in(tree).contains(&id));
        found
    }

    /// The filter that equates a column of the relation with something else that every row has, and that.
    fn given(&self, select: &Select, id: RelationId, place: usize) -> Option<(Tree, Tree)> {
        let certain = super::shape::certain_ids(select);
        let is_key =
            |tree: &Tree| matches!(tree.op, Op::Bound(relation, at, _) if relation == id && at as usize == place);
        let outside =
            |tree: &Tree| is_column(tree) && !refers(tree, &|relation| relation == id || !certain.contains(&relation));
        select.from.filter.iter().find_map(|condition| {
            let (left, right) = operands(condition, "=")?;
            let value = match (is_key(left) && outside(right), is_key(right) && outside(left)) {
                (true, _) => right,
                (_, true) => left,
                _ => return None,
            };
            Some((condition.clone(), value.clone()))
        })
    }
}

impl Canon<'_> {
    /// A left join that finds at most one row, of which is only asked whether it found one.
    pub(super) fn exists_from_optional(&mut self, select: &mut Select) -> bool {
        for at in 0..select.from.optional.len() {
            let Some(part) = select.from.optional.get(at) else { return false };
            let [item] = part.from.items.as_slice() else { continue };
            let (id, item) = (item.id, item.clone());
            let Some(why) = self.finds_at_most_one(part).filter(|_| !part.on.iter().any(may_fail)) else { continue };
            if !self.only_tests(select, at, &item) {
                continue;
            }
            let part = select.from.optional.remove(at);
            let mut asked = Select::new();
            asked.from = part.from;
            asked.from.filter.extend(part.on);
            self.subqueries.push(Query::Select(Box::new(asked)));
            let nested = node(Op::Nested(self.subqueries.len() as u32 - 1), vec![]);
            let none = node(Op::Not, vec![node(Op::Exists, vec![nested])]);
            let test = |tree: &Tree| {
                let inner = tree.first().filter(|_| tree.op == Op::IsNull)?;
                matches!(inner.op, Op::Bound(relation, ..) if relation == id).then(|| none.clone())
            };
            self.replace_outside(select, &test);
            self.premises.extend(why);
            self.used("a left join as EXISTS");
            return true;
        }
        false
    }

    /// Is nothing read of the part but whether a column is NULL that never is?
    fn only_tests(&self, select: &Select, at: usize, item: &Item) -> bool {
        let Source::Query(query) = &item.source else { return false };
        let not_null = self.shape(query).not_null;
        let constant =
            |place: u32| not_null.get(place as usize).is_some_and(|why| why.as_ref().is_some_and(Vec::is_empty));
        let mut only = true;
        let mut seen = false;
        let mut look = |tree: &Tree| {
            only &= !self.has_subquery(tree) || !self.relations_in(tree).contains(&item.id);
            tree.walk(&mut |node| {
                let tested = node.first().filter(|_| node.op == Op::IsNull);
                if let Some(Op::Bound(relation, place, _)) = tested.map(|inner| &inner.op)
                    && *relation == item.id
                {
                    only &= constant(*place);
                    seen = true;
                    return false;
                }
                only &= !matches!(node.op, Op::Bound(relation, ..) if relation == item.id);
                only
            });
        };
        for (other, part) in select.from.optional.iter().enumerate() {
            if other != at {
                part.on.iter().for_each(&mut look);
                part.from.own_trees(&mut |tree| look(tree));
            }
        }
        select.from.filter.iter().chain(select.upper_trees()).for_each(&mut look);
        only && seen
    }

    fn replace_outside(&mut self, select: &mut Select, test: &dyn Fn(&Tree) -> Option<Tree>) {
        let put = |tree: &mut Tree| *tree = super::form::replaced(tree, test);
        select.from.filter.iter_mut().for_each(put);
        select.from.optional.iter_mut().flat_map(|part| &mut part.on).for_each(put);
        select.upper_trees_mut(&mut |tree| put(tree));
    }
}

/// How a join asks.
struct Asked {
    id: RelationId,
    /// Keys inside with what they equal outside.
    equalities: Vec<(Tree, Tree)>,
    /// The conditions that say so.
    conditions: Vec<Tree>,
    /// What stands for each output.
    values: Vec<Tree>,
    /// What it rests on.
    why: Vec<String>,
}

/// How often a column is read in the SELECT.
fn reads(select: &Select, id: RelationId, place: usize) -> usize {
    let mut count = 0;
    select.own_trees(&mut |tree| {
        tree.walk(&mut |node| {
            count += usize::from(matches!(node.op, Op::Bound(r, at, _) if r == id && at as usize == place));
            true
        });
    });
    count
}

/// Adds to a query the condition that its outputs equal these values.
fn equate(query: &mut Query, values: &[Tree]) -> bool {
    match query {
        Query::Select(select) => {
            if select.limit.is_some()
                || select.outputs.len() != values.len()
                || select.outputs.iter().any(super::boolean::is_text_literal)
                || select.outputs.iter().any(may_fail)
                || select.outputs.iter().any(is_unlisted)
            {
                return false;
            }
            let equal =
                select.outputs.iter().zip(values).map(|(output, value)| binary("=", output.clone(), value.clone()));
            let equal: Vec<Tree> = equal.collect();
            match select.grouping {
                _ if select.looks_beyond() => select.qualify.extend(equal),
                Grouping::Rows => select.from.filter.extend(equal),
                Grouping::Keys(_) | Grouping::Whole => select.having.extend(equal),
            }
            true
        }
        Query::Union(branches) => branches.iter_mut().all(|branch| equate(branch, values)),
        Query::Set(..) | Query::Empty(_) | Query::Frozen(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same, same_as_declared};

    #[test]
    fn in_is_exists_where_it_keeps_rows() {
        same(
            "SELECT a FROM p WHERE b IN (SELECT c FROM n)",
            "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b)",
        );
        differ("SELECT b IN (SELECT c FROM n) FROM p", "SELECT EXISTS (SELECT 1 FROM n WHERE n.c = p.b) FROM p");
        differ(
            "SELECT a FROM p WHERE b NOT IN (SELECT c FROM n)",
            "SELECT a FROM p WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.c = p.b)",
        );
        differ(
            "SELECT a FROM p WHERE b IN (SELECT c FROM n ORDER BY c LIMIT 1)",
            "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b ORDER BY c LIMIT 1)",
        );
        differ("SELECT a FROM p WHERE EXISTS (SELECT MAX(c) FROM n)", "SELECT a FROM p WHERE EXISTS (SELECT c FROM n)");
        same_as_declared(
            "p.a is declared NOT NULL",
            "SELECT a IN (SELECT x FROM q) FROM p",
            "SELECT EXISTS (SELECT 1 FROM q WHERE x = p.a) FROM p",
        );
    }

    #[test]
    fn a_join_with_groups_asks_whether_there_is_one() {
        let asked = "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b)";
        same("SELECT p.a FROM p JOIN (SELECT DISTINCT c FROM n) g ON g.c = p.b", asked);
        same(
            "SELECT p.a FROM p LEFT JOIN (SELECT c, 1 AS i FROM n GROUP BY c) g ON g.c = p.b WHERE g.i IS NOT NULL",
            asked,
        );
        differ("SELECT p.a FROM p JOIN n ON n.c = p.b", asked);
        differ("SELECT p.a FROM p JOIN (SELECT DISTINCT c, d FROM n) g ON g.c = p.b", asked);
        differ("SELECT p.a FROM p LEFT JOIN (SELECT c, 1 AS i FROM n) g ON g.c = p.b WHERE g.i IS NOT NULL", asked);
        differ(
            "SELECT p.a FROM p LEFT JOIN (SELECT c, d AS i FROM n GROUP BY c, d) g ON g.c = p.b WHERE g.i IS NOT NULL",
            asked,
        );
    }
}
