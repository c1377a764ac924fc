//! A condition that follows from another one is redundant.
//!
//! `a > 7` beside `a > 9`; `a IS NOT NULL` beside a condition that isn't TRUE for a NULL in `a`; `a IS NOT NULL` where `a`
//! is declared so; `a = a`, which is `a IS NOT NULL`.
//!
//! NULL: only conditions of which it matters whether they are TRUE. Bounds are compared only if they are whole numbers
//! that stand in the text.

use super::Canon;
use super::boolean::is_column;
use super::form::{Select, boolean, node, operands};
use super::literals::integer;
use super::shape::certain_ids;
use super::truth::{ANY, NULL, TRUE, outcomes};
use crate::sql::tree::{Op, Tree};

/// The conditions without those that another bound of the same expression implies.
pub(super) fn without_weaker(conditions: Vec<Tree>) -> Vec<Tree> {
    let bounds: Vec<Option<Bound>> = conditions.iter().map(bound).collect();
    let weaker = |at: usize| {
        let Some(Some(mine)) = bounds.get(at) else { return false };
        bounds.iter().enumerate().any(|(other, bound)| {
            let Some(theirs) = bound else { return false };
            other != at
                && mine.expression == theirs.expression
                && mine.is_upper == theirs.is_upper
                && theirs.implies(mine)
                && (!mine.implies(theirs) || other < at)
        })
    };
    let weak: Vec<bool> = (0..conditions.len()).map(weaker).collect();
    let kept = conditions.into_iter().zip(weak).filter(|(_, weak)| !weak).map(|(condition, _)| condition);
    let mut seen = std::collections::BTreeSet::new();
    kept.filter(|condition| seen.insert(condition.fingerprint())).collect()
}

/// `expression < limit` or `limit < expression`.
struct Bound {
    expression: Tree,
    limit: i64,
    is_upper: bool,
    is_strict: bool,
}

impl Bound {
    fn implies(&self, other: &Bound) -> bool {
        let closer = if self.is_upper { self.limit < other.limit } else { self.limit > other.limit };
        closer || self.limit == other.limit && (self.is_strict || !other.is_strict)
    }
}

fn bound(condition: &Tree) -> Option<Bound> {
    for (op, is_strict) in [("<", true), ("<=", false)] {
        let Some((left, right)) = operands(condition, op) else { continue };
        if let Some(limit) = integer(right) {
            return Some(Bound { expression: left.clone(), limit, is_upper: true, is_strict });
        }
        if let Some(limit) = integer(left) {
            return Some(Bound { expression: right.clone(), limit, is_upper: false, is_strict });
        }
    }
    None
}

/// The column that a condition says isn't NULL.
fn said_not_null(condition: &Tree) -> Option<&Tree> {
    match (&condition.op, condition.first()) {
        (Op::Not, Some(inner)) if inner.op == Op::IsNull => inner.first().filter(|column| is_column(column)),
        _ => None,
    }
}

/// Is the condition never TRUE where the column is NULL?
pub(super) fn rejects_null(condition: &Tree, column: &Tree) -> bool {
    let Op::Bound(id, place, name) = &column.op else { return false };
    let can = |relation: u32, at: u32, text: &str| {
        if relation == *id && at == *place && *text == **name { NULL } else { ANY }
    };
    outcomes(condition, &can) & TRUE == 0
}

impl Canon<'_> {
    /// Drops what is said of NULLs and follows from elsewhere.
    pub(super) fn implied_not_null(&mut self, select: &mut Select) -> bool {
        let mut changed = self.declared_not_null(select);
        changed |= self.reflexive(select);
        changed |= drop_implied(&mut select.from.filter);
        for part in &mut select.from.optional {
            changed |= drop_implied(&mut part.on);
        }
        if changed {
            self.used("redundant conditions");
        }
        changed
    }

    fn declared_not_null(&mut self, select: &mut Select) -> bool {
        let certain = certain_ids(select);
        let mut said = Vec::new();
        select.own_trees(&mut |tree| {
            tree.walk(&mut |node| {
                if let (Op::IsNull, Some(inner)) = (&node.op, node.first()) {
                    said.push(inner.clone());
                }
                true
            });
        });
        let known: Vec<(Tree, Vec<String>)> = said
            .into_iter()
            .filter_map(|tree| Some((self.why_not_null(&tree, &certain)?, tree)))
            .map(|(w, t)| (t, w))
            .collect();
        if known.is_empty() {
            return false;
        }
        for (_, why) in &known {
            self.premises.extend(why.iter().cloned());
        }
        self.replace(select, &|tree| {
            let inner = tree.first().filter(|_| tree.op == Op::IsNull)?;
            known.iter().any(|(column, _)| column == inner).then(|| boolean(false))
        });
        true
    }

    /// `a = a` is TRUE unless `a` is NULL; not so for a NaN.
    fn reflexive(&mut self, select: &mut Select) -> bool {
        let mut changed = false;
        for condition in &mut select.from.filter {
            let same = operands(condition, "=").filter(|(a, b)| a == b && is_column(a) && self.is_exact(a));
            if let Some((column, _)) = same {
                *condition = node(Op::Not, vec![node(Op::IsNull, vec![column.clone()])]);
                changed = true;
            }
        }
        changed
    }
}

fn drop_implied(conditions: &mut Vec<Tree>) -> bool {
    let mut changed = false;
    for condition in conditions.iter_mut() {
        let new = inside(condition);
        changed |= new != *condition;
        *condition = new;
    }
    let mut at = 0;
    while let Some(condition) = conditions.get(at) {
        let others = || conditions.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, tree)| tree);
        let implied = said_not_null(condition).is_some_and(|column| others().any(|other| rejects_null(other, column)));
        if implied {
            conditions.remove(at);
            changed = true;
        } else {
            at += 1;
        }
    }
    changed
}

/// The same for the branches of an OR.
fn inside(condition: &Tree) -> Tree {
    match condition.op {
        Op::Or => super::boolean::connective(&Op::Or, condition.kids.iter().map(inside).collect()),
        Op::And => {
            let mut kids: Vec<Tree> = condition.kids.to_vec();
            drop_implied(&mut kids);
            super::boolean::connective(&Op::And, kids)
        }
        _ => condition.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same, same_as_declared};

    #[test]
    fn what_follows_from_another_condition() {
        same("SELECT a FROM p WHERE b > 7 AND b IS NOT NULL", "SELECT a FROM p WHERE b > 7");
        same("SELECT a FROM p WHERE b > 7 AND b > 9", "SELECT a FROM p WHERE b > 9");
        same("SELECT p.a FROM p JOIN q ON p.b = q.y AND q.y IS NOT NULL", "SELECT p.a FROM p JOIN q ON p.b = q.y");
        same_as_declared("p.a is declared NOT NULL", "SELECT b FROM p WHERE a IS NOT NULL", "SELECT b FROM p");
        same_as_declared("p.a is declared NOT NULL", "SELECT b FROM p WHERE a IS NULL", "SELECT b FROM p WHERE FALSE");
        differ("SELECT a FROM p WHERE b > 7 AND b >= 9", "SELECT a FROM p WHERE b > 9");
        differ("SELECT a FROM p WHERE (b > 7 OR a > 1) AND b IS NOT NULL", "SELECT a FROM p WHERE b > 7 OR a > 1");
        differ(
            "SELECT p.b FROM q LEFT JOIN p ON p.id = q.pid WHERE p.a IS NOT NULL",
            "SELECT p.b FROM q LEFT JOIN p ON p.id = q.pid",
        );
        differ("SELECT b FROM p WHERE b = b", "SELECT b FROM p");
        differ("SELECT f FROM p WHERE f = f", "SELECT f FROM p WHERE f IS NOT NULL");
    }
}
