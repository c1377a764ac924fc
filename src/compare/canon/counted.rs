//! A count of rows that is only compared with zero asks whether there is one.
//!
//! `(SELECT COUNT(*) FROM u WHERE u.k = t.k) > 0` is `EXISTS (SELECT 1 FROM u WHERE u.k = t.k)`, as a filter and as a value.
//!
//! NULL: a count over no rows is 0, so the comparison is never NULL. The subquery makes one row of all, whatever they are.

use super::Canon;
use super::calls::may_fail;
use super::form::{Grouping, Query, Select, node, replaced};
use crate::sql::tree::{Node, Op, Tree};

impl Canon<'_> {
    /// Counts of subqueries as EXISTS.
    pub(super) fn exists_from_counts(&mut self, select: &mut Select) -> bool {
        let mut found: Vec<(Tree, u32, bool)> = Vec::new();
        for tree in select.from.filter.iter().chain(select.upper_trees()) {
            tree.walk(&mut |node| {
                if let Some((at, is_any)) = asks_for_one(node) {
                    found.push((node.clone(), at, is_any));
                }
                true
            });
        }
        let mut changed = false;
        for (tree, at, is_any) in found {
            let Some(rows) = self.counted_rows(at) else { continue };
            let exists = self.existing(rows);
            let new = if is_any { exists } else { node(Op::Not, vec![exists]) };
            let mut put = |upper: &mut Tree| *upper = replaced(upper, &|node| (*node == tree).then(|| new.clone()));
            select.from.filter.iter_mut().for_each(&mut put);
            select.upper_trees_mut(&mut put);
            self.used("a count of rows as EXISTS");
            changed = true;
        }
        changed
    }

    /// The rows that a subquery counts, if it does nothing else.
    fn counted_rows(&self, at: u32) -> Option<Select> {
        let Query::Select(inner) = self.subqueries.get(at as usize)? else { return None };
        let [output] = inner.outputs.as_slice() else { return None };
        let every = match (&output.op, output.kids.as_slice()) {
            (Op::Function(name), [what]) if &**name == "COUNT" => matches!(what.op, Op::Star | Op::Number(_)),
            _ => false,
        };
        let is_plain = inner.grouping == Grouping::Whole
            && inner.having.is_empty()
            && inner.limit.is_none()
            && !inner.looks_beyond()
            && !inner.from.filter.iter().any(may_fail);
        (every && is_plain).then(|| {
            let mut rows = (**inner).clone();
            rows.outputs.clear();
            rows.distinct = false;
            rows.grouping = Grouping::Rows;
            rows
        })
    }
}

/// The subquery whose only value is compared with 0 or 1, and whether the comparison holds for every count but 0. If not, it
/// holds for 0 alone.
fn asks_for_one(tree: &Node) -> Option<(u32, bool)> {
    let (Op::Binary(op), [left, right]) = (&tree.op, tree.kids.as_slice()) else { return None };
    let (query, number, op) = match (scalar(left), scalar(right)) {
        (Some(at), None) => (at, right, &**op),
        (None, Some(at)) => (at, left, turned(op)),
        _ => return None,
    };
    let Op::Number(digits) = &number.op else { return None };
    match (op, &**digits) {
        (">" | "<>", "0") | (">=", "1") => Some((query, true)),
        ("=" | "<=", "0") | ("<", "1") => Some((query, false)),
        _ => None,
    }
}

fn scalar(tree: &Tree) -> Option<u32> {
    match (&tree.op, tree.first().map(|query| &query.op)) {
        (Op::Subquery, Some(Op::Nested(at))) => Some(*at),
        _ => None,
    }
}

fn turned(op: &str) -> &str {
    match op {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn a_count_that_is_compared_with_zero() {
        let exists = "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b)";
        let count = |what: &str, condition: &str| {
            format!("SELECT a FROM p WHERE (SELECT {what} FROM n WHERE n.c = p.b) {condition}")
        };
        for condition in ["> 0", ">= 1", "<> 0"] {
            same(&count("COUNT(*)", condition), exists);
        }
        same("SELECT a FROM p WHERE 0 < (SELECT COUNT(1) FROM n WHERE n.c = p.b)", exists);
        for condition in ["= 0", "< 1"] {
            same(&count("COUNT(*)", condition), &exists.replace("EXISTS", "NOT EXISTS"));
        }
        same(
            "SELECT a, (SELECT COUNT(*) FROM n WHERE n.c = p.b) > 0 FROM p",
            "SELECT a, EXISTS (SELECT 1 FROM n WHERE n.c = p.b) FROM p",
        );
    }

    #[test]
    fn what_is_another_question() {
        let exists = "SELECT a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b)";
        let count = |rest: &str| format!("SELECT a FROM p WHERE (SELECT {rest}");
        differ(&count("COUNT(*) FROM n WHERE n.c = p.b) > 1"), exists);
        differ(&count("COUNT(d) FROM n WHERE n.c = p.b) > 0"), exists);
        differ(&count("COUNT(*) FROM n WHERE n.c = p.b GROUP BY d) > 0"), exists);
        differ(&count("COUNT(*) FROM n WHERE n.c = p.b HAVING MAX(d) > 1) > 0"), exists);
        differ(&count("COUNT(*) FROM n WHERE n.c = p.b GROUP BY c) = 0"), &exists.replace("EXISTS", "NOT EXISTS"));
        differ(&count("SUM(1) FROM n WHERE n.c = p.b) = 0"), &exists.replace("EXISTS", "NOT EXISTS"));
    }
}
