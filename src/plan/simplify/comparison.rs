//! `_simplify_comparison`: two comparisons of one expression with constants, under AND or OR.

use std::cmp::Ordering;

use crate::sql::tree::{Op, Tree};

use super::values::{compared, is_constant, truth};

/// What the pair comes to: one of the two, or FALSE.
pub(super) fn narrowed(left: &Tree, right: &Tree, is_or: bool) -> Option<Tree> {
    let (l_op, r_op) = (comparison(left)?, comparison(right)?);
    let (l, r) = bounds(left, right)?;
    let order = compared(l, r)?;
    [(left, l_op, r_op, order), (right, r_op, l_op, order.reverse())].into_iter().find_map(|(a, a_op, b_op, order)| {
        let chosen = |is_left: bool| Some(if is_left { left.clone() } else { right.clone() });
        match (is_upper(a_op), is_upper(b_op)) {
            (Some(true), Some(true)) => chosen(if is_or { order.is_gt() } else { order.is_le() }),
            (Some(false), Some(false)) => chosen(if is_or { order.is_lt() } else { order.is_ge() }),
            _ if is_or => None,
            _ => contradicted(a, a_op, b_op, order),
        }
    })
}

/// The operator of a comparison with two sides.
fn comparison(tree: &Tree) -> Option<&str> {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Binary(op), [_, _]) if matches!(&**op, "=" | "<>" | "<" | "<=" | ">" | ">=") => Some(op),
        _ => None,
    }
}

/// What one and the same expression is compared with.
fn bounds<'t>(left: &'t Tree, right: &'t Tree) -> Option<(&'t Tree, &'t Tree)> {
    let [a, b] = left.kids.as_slice() else { return None };
    let is_shared = |tree: &Tree| right.kids.contains(tree) && !is_constant(tree) && !is_random(tree);
    let (shared, bound) = match (is_shared(a), is_shared(b)) {
        (true, false) => (a, b),
        (false, true) => (b, a),
        _ => return None,
    };
    right.kids.iter().find(|kid| *kid != shared).map(|other| (bound, other))
}

fn is_random(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= matches!(&node.op, Op::Function(name) if matches!(&**name, "RAND" | "RANDOM" | "RANDN"));
        !found
    });
    found
}

fn is_upper(op: &str) -> Option<bool> {
    match op {
        "<" | "<=" => Some(true),
        ">" | ">=" => Some(false),
        _ => None,
    }
}

/// Under AND: the comparison `a`, FALSE, or nothing.
fn contradicted(a: &Tree, a_op: &str, b_op: &str, order: Ordering) -> Option<Tree> {
    let never = match (a_op, b_op) {
        ("<", ">" | ">=") => return order.is_le().then(|| truth(false, a.span)),
        (">", "<" | "<=") => return order.is_ge().then(|| truth(false, a.span)),
        ("=", "<") => order.is_ge(),
        ("=", "<=") => order.is_gt(),
        ("=", ">") => order.is_le(),
        ("=", ">=") => order.is_lt(),
        ("=", "<>") => order.is_eq(),
        _ => return None,
    };
    Some(if never { truth(false, a.span) } else { a.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn bounds_of_one_expression_are_narrowed() {
        assert!(same("a > 1 AND a > 2", "a > 2"));
        assert!(same("a > 1 OR a > 2", "a > 1"));
        assert!(same("a > 5 AND a < 3", "FALSE"));
        assert!(same("a = 5 AND a > 3", "a = 5"));
        assert!(same("a = 1 AND a > 3", "FALSE"));
        assert!(same("a > DATE '2020-01-01' AND a > DATE '2020-02-01'", "a > DATE '2020-02-01'"));
        assert!(!same("a > 1 AND b > 2", "b > 2"));
    }
}
