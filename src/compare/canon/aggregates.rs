//! Aggregates that are others.
//!
//! `COUNT(1)` is `COUNT(*)`, and so is `COUNT(a)` of a column declared NOT NULL; `MIN(DISTINCT a)` is `MIN(a)`.
//!
//! NULL: COUNT of a column leaves NULLs out, so the column must have none: declared so, and not from the optional side of
//! an outer join.

use super::Canon;
use super::form::{Grouping, Select, node};
use super::shape::certain_ids;
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Rewrites the aggregates of outputs and HAVING.
    pub(super) fn aggregate_identities(&mut self, select: &mut Select) -> bool {
        let certain = certain_ids(select);
        let mut why = Vec::new();
        let mut changed = false;
        let found = std::cell::RefCell::new(Vec::new());
        let grouped = matches!(select.grouping, Grouping::Keys(_));
        for tree in select.having.iter_mut().chain(&mut select.outputs) {
            let new = super::form::replaced(tree, &|node| {
                let sum = || match &node.op {
                    Op::Function(name) if grouped => self.sum_as_count(name, &node.kids),
                    _ => None,
                };
                self.identity(node, &certain, &found).or_else(sum)
            });
            changed |= new != *tree;
            *tree = new;
        }
        why.append(&mut found.borrow_mut());
        if changed {
            self.premises.extend(why);
            self.used("aggregates that are others");
        }
        changed
    }

    /// COALESCE of a column that a filter keeps from being NULL; and of whole numbers that a join has found equal.
    pub(super) fn given_coalesce(&mut self, select: &mut Select) -> bool {
        let certain = certain_ids(select);
        let filter = select.from.filter.clone();
        let first = |tree: &Tree| {
            let Op::Function(name) = &tree.op else { return None };
            let value = tree.first().filter(|_| &**name == "COALESCE")?;
            let Op::Bound(id, ..) = value.op else { return None };
            let kind = self.type_of(value).filter(|_| self.is_exact(value))?;
            let alike = tree.kids.iter().all(|kid| match &kid.op {
                Op::Modifier(words) => words.split(' ').skip(1).all(|word| word == "INNER"),
                _ => self.type_of(kid).as_ref() == Some(&kind),
            });
            let is_given = filter.iter().any(|condition| super::implied::rejects_null(condition, value));
            (alike && is_given && certain.contains(&id)).then(|| value.clone())
        };
        let mut changed = false;
        select.upper_trees_mut(&mut |tree| {
            let new = super::form::replaced(tree, &first);
            changed |= new != *tree;
            *tree = new;
        });
        let joins = |tree: &Tree| tree.kids.iter().any(|kid| matches!(kid.op, Op::Modifier(_)));
        for condition in &mut select.from.filter {
            let new = super::form::replaced(condition, &|tree| if joins(tree) { first(tree) } else { None });
            changed |= new != *condition;
            *condition = new;
        }
        if changed {
            self.used("COALESCE of what isn't NULL");
        }
        changed
    }

    fn identity(&self, tree: &Tree, certain: &[u32], why: &std::cell::RefCell<Vec<String>>) -> Option<Tree> {
        let Op::Function(name) = &tree.op else { return None };
        match (&**name, tree.kids.as_slice()) {
            ("COUNT", [counted]) if !matches!(counted.op, Op::Star | Op::Distinct) => {
                let reasons = self.why_not_null(counted, certain)?;
                why.borrow_mut().extend(reasons);
                Some(tree.with_kids(vec![node(Op::Star, vec![])]))
            }
            ("COUNT", [counted, ..]) if counted.op == Op::Null => Some(node(Op::Number("0".into()), vec![])),
            ("MIN" | "MAX", [a, b]) if (a.op == Op::Distinct) != (b.op == Op::Distinct) => {
                let kept = if a.op == Op::Distinct { b } else { a };
                Some(tree.with_kids(vec![kept.clone()]))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same, same_as_declared};

    #[test]
    fn aggregates_that_are_others() {
        same("SELECT COUNT(1) FROM p", "SELECT COUNT(*) FROM p");
        same("SELECT MAX(DISTINCT b) FROM p", "SELECT MAX(b) FROM p");
        same_as_declared("p.a is declared NOT NULL", "SELECT COUNT(a) FROM p", "SELECT COUNT(*) FROM p");
        differ("SELECT COUNT(b) FROM p", "SELECT COUNT(*) FROM p");
        differ(
            "SELECT COUNT(p.a) FROM q LEFT JOIN p ON p.id = q.pid",
            "SELECT COUNT(*) FROM q LEFT JOIN p ON p.id = q.pid",
        );
        differ("SELECT SUM(DISTINCT b) FROM p", "SELECT SUM(b) FROM p");
        differ("SELECT COUNT(DISTINCT a) FROM p", "SELECT COUNT(*) FROM p");
    }
}
