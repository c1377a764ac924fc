//! `simplify_equality`: `x + 1 = 3` is `x = 3 - 1`, with dates and intervals too.

use crate::sql::tree::{Node, Op, Tree};

use super::dates::{Delta, Instant};
use super::parens::is_comparison;
use super::values::is_number;

pub(super) fn solved(tree: &Tree) -> Tree {
    let (Op::Binary(op), [left, right]) = (&tree.op, tree.kids.as_slice()) else { return tree.clone() };
    let Op::Binary(inner) = &left.op else { return tree.clone() };
    let inverse = match &**inner {
        "+" => "-",
        "-" => "+",
        _ => return tree.clone(),
    };
    let is_date = |tree: &Tree| Instant::of(tree).is_some();
    let is_interval = |tree: &Tree| Delta::of(tree).is_some();
    let found = match (halves(left), is_comparison(op)) {
        (Some((a, b)), true) if is_number(right) => sides(a, b, is_number, is_number),
        (Some((a, b)), true) if is_date(right) => sides(a, b, is_date, is_interval),
        _ => None,
    };
    let Some((unknown, known)) = found else { return tree.clone() };
    let moved = Node::new(Op::Binary(inverse.into()), vec![right.clone(), known], right.span);
    tree.with_kids(vec![unknown, moved])
}

/// Chains nest to the left.
fn halves(tree: &Tree) -> Option<(Tree, Tree)> {
    match tree.kids.as_slice() {
        [a, b] => Some((a.clone(), b.clone())),
        [rest @ .., last] if rest.len() > 1 => Some((tree.with_kids(rest.to_vec()), last.clone())),
        _ => None,
    }
}

/// What stays on the left, and what is moved to the right.
fn sides(a: Tree, b: Tree, stays_not: impl Fn(&Tree) -> bool, moves: impl Fn(&Tree) -> bool) -> Option<(Tree, Tree)> {
    if !stays_not(&a) && moves(&b) {
        Some((a, b))
    } else if !stays_not(&b) && moves(&a) {
        Some((b, a))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn constants_move_to_the_right() {
        assert!(same("a + 1 = 3", "a = 2"));
        assert!(same("a + b + 1 = 3", "a + b = 2"));
        assert!(same("a + INTERVAL '1' DAY > DATE '2020-01-31'", "a > DATE '2020-01-30'"));
        assert!(!same("a * 2 = 4", "a = 2"));
    }
}
