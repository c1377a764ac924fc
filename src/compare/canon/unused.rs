//! A left join that adds no rows and whose columns nobody reads is redundant.
//!
//! It adds none if the condition equates all columns of a key of what is joined with something else: then a row finds at
//! most one. What is joined may be a model with a declared key, or a query that groups by these columns. Under GROUP BY
//! without aggregates that count, it may add rows.
//!
//! Keys are only told apart by what they are compared with if that is of their type: the text `'01'` isn't `'1'` and equals
//! the number 1 all the same. Where types aren't known, the proof says that it rests on them.
//!
//! NULL: a NULL in the key equals nothing, so the row finds none and stays.

use super::Canon;
use super::boolean::is_column;
use super::calls::may_fail;
use super::facts::{AND, is_integer_type};
use super::form::{Grouping, NAMED, Optional, RelationId, Select, Source, operands};
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Drops one left join.
    pub(super) fn unused_optional(&mut self, select: &mut Select) -> bool {
        for at in 0..select.from.optional.len() {
            let Some(part) = select.from.optional.get(at) else { return false };
            let ids = part.from.ids();
            if self.is_read(select, at, &ids) || part.on.iter().any(may_fail) {
                continue;
            }
            let why = match self.finds_at_most_one(part) {
                Some(why) => why,
                None if counts_nothing(select) => vec![],
                None => continue,
            };
            self.premises.extend(why);
            select.from.optional.remove(at);
            self.used("a left join that nobody reads");
            return true;
        }
        false
    }

    /// Is a column of the part read outside of its condition?
    fn is_read(&self, select: &Select, at: usize, ids: &[RelationId]) -> bool {
        let others = select.from.optional.iter().enumerate().filter(|(other, _)| *other != at);
        let mut conditions: Vec<&Tree> = select.from.filter.iter().collect();
        for (_, part) in others {
            conditions.extend(&part.on);
            part.from.own_trees(&mut |tree| conditions.push(tree));
        }
        conditions.into_iter().chain(select.upper_trees()).any(|tree| self.refers(tree, ids))
    }

    /// Why a row finds at most one of the part's, if so.
    pub(super) fn finds_at_most_one(&self, part: &Optional) -> Option<Vec<String>> {
        let [item] = part.from.items.as_slice() else { return None };
        if !part.from.optional.is_empty() {
            return None;
        }
        let given = |is_key: &dyn Fn(&Tree) -> bool| {
            part.on.iter().filter_map(|condition| operands(condition, "=")).find_map(|(left, right)| {
                let is = |key: &Tree, other: &Tree| is_column(key) && is_key(key) && !self.refers(other, &[item.id]);
                match (is(left, right), is(right, left)) {
                    (true, _) => self.why_one_type(left, right),
                    (_, true) => self.why_one_type(right, left),
                    _ => None,
                }
            })
        };
        match &item.source {
            Source::Model(model) => self.facts.keys(model).iter().find_map(|key| {
                let found = key.columns.iter().map(|name| {
                    given(&|tree| matches!(&tree.op, Op::Bound(id, NAMED, n) if *id == item.id && n == name))
                });
                let types = found.collect::<Option<Vec<Vec<String>>>>()?;
                let all = [vec![key.premise.clone()], types.concat()].concat();
                Some(vec![all.join(AND)])
            }),
            Source::Query(query) => self.shape(query).keys.into_iter().find_map(|(places, why)| {
                let found = places.iter().map(|&place| {
                    given(&|tree| matches!(tree.op, Op::Bound(id, at, _) if id == item.id && at as usize == place))
                });
                let types = found.collect::<Option<Vec<Vec<String>>>>()?;
                Some([why, types.concat()].concat())
            }),
            Source::Full(_) => None,
        }
    }
}

impl Canon<'_> {
    /// Why two keys that aren't the same can't both equal a value: it is of their type.
    pub(super) fn why_one_type(&self, key: &Tree, value: &Tree) -> Option<Vec<String>> {
        match (self.type_of(key), self.type_of(value)) {
            (Some(a), Some(b)) => (a == b || is_integer_type(&a) && is_integer_type(&b)).then(Vec::new),
            _ if super::boolean::is_text_literal(value) || matches!(value.op, Op::Number(_)) => None,
            _ => Some(vec![format!("{} is compared with a value of its own type", self.name_of(key))]),
        }
    }

    /// What a column is called, as far as it is known.
    fn name_of(&self, column: &Tree) -> String {
        match &column.op {
            Op::Bound(id, NAMED, name) => match self.models.get(id) {
                Some(model) => format!("{}.{name}", model.table()),
                None => name.to_string(),
            },
            _ => "the key of a joined query".to_owned(),
        }
    }
}

/// Does it not matter how often a row comes?
pub(super) fn counts_nothing(select: &Select) -> bool {
    let grouped = match &select.grouping {
        Grouping::Rows => select.distinct,
        Grouping::Keys(_) => true,
        Grouping::Whole => true,
    };
    grouped && !select.looks_beyond() && select.upper_trees().into_iter().all(|tree| !counts(tree))
}

/// Does an aggregate in it depend on how often a value comes?
fn counts(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        if let Op::Function(name) = &node.op {
            let is_aggregate = crate::sql::functions::kind(name) == crate::sql::functions::FunctionKind::Aggregate;
            let is_distinct = node.kids.iter().any(|kid| kid.op == Op::Distinct);
            found |= is_aggregate && !is_distinct && !matches!(&**name, "MIN" | "MAX" | "BOOL_AND" | "BOOL_OR");
        }
        !found
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same, same_as_declared};

    #[test]
    fn a_left_join_on_a_key_that_nobody_reads() {
        let plain = "SELECT q.x FROM q";
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT q.x FROM q LEFT JOIN p ON p.id = q.pid AND p.a > 1",
            plain,
        );
        same_as_declared(
            "(k1, k2) is declared a key of r",
            "SELECT q.x FROM q LEFT JOIN r ON r.k1 = q.x AND r.k2 = q.y",
            plain,
        );
        same_as_declared("(u) is declared a key of m", "SELECT q.x FROM q LEFT JOIN m ON m.u = q.x", plain);
        same("SELECT q.x FROM q LEFT JOIN (SELECT DISTINCT c FROM n) g ON g.c = q.x", plain);
        same("SELECT DISTINCT q.x FROM q LEFT JOIN n ON n.c = q.x", "SELECT DISTINCT q.x FROM q");
        differ("SELECT q.x FROM q LEFT JOIN p ON p.a = q.pid", plain);
        differ("SELECT q.x FROM q LEFT JOIN r ON r.k1 = q.x", plain);
        differ("SELECT q.x FROM q LEFT JOIN r ON r.k1 = q.x AND r.k2 = r.z", plain);
        differ("SELECT q.x FROM q JOIN p ON p.id = q.pid", plain);
        differ("SELECT q.x FROM q LEFT JOIN p ON p.id = q.pid WHERE p.b IS NULL", plain);
        differ(
            "SELECT q.x, COUNT(*) FROM q LEFT JOIN n ON n.c = q.x GROUP BY q.x",
            "SELECT q.x, COUNT(*) FROM q GROUP BY q.x",
        );
    }
}
