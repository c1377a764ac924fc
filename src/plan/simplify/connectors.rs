//! `flatten` and `simplify_connectors`: AND and OR with constants, and of operands that say something of each other.

use std::collections::VecDeque;

use crate::dialect::Dialect;
use crate::sql::tree::{Node, Op, Tree};

use super::boolean::is_boolean;
use super::comparison::narrowed;
use super::parens::{is_connector, is_xor};
use super::values::{is_false, is_never_true, is_true, is_zero, truth};

/// How many operands are compared with each other.
const MAX_PAIRED: usize = 512;

/// All operands of the same operator, wherever they nest without parentheses.
pub(super) fn operands(tree: &Tree) -> Vec<Tree> {
    let mut found = Vec::new();
    let mut pending: Vec<&Tree> = tree.kids.iter().rev().collect();
    while let Some(next) = pending.pop() {
        if next.op == tree.op {
            pending.extend(next.kids.iter().rev());
        } else {
            found.push(next.clone());
        }
    }
    found
}

/// In parentheses, if it is an AND, OR or XOR itself.
pub(super) fn wrapped(operand: Tree) -> Tree {
    if is_connector(&operand) || is_xor(&operand) {
        let span = operand.span;
        return Node::new(Op::Paren, vec![operand], span);
    }
    operand
}

/// `flatten`: an operand in parentheses that is the same operator loses them; the first one's operands are the
/// node's own, since such chains nest to the left.
pub(super) fn flattened(tree: &Tree) -> Tree {
    if !is_connector(tree) && !is_xor(tree) {
        return tree.clone();
    }
    let unwrapped = |kid: &Tree| {
        let inner = kid.unwrap_parens();
        if inner.op == tree.op { inner.clone() } else { kid.clone() }
    };
    spliced(&tree.with_kids(tree.kids.iter().map(unwrapped).collect()))
}

/// A chain whose first operand is such a chain is one chain.
pub(super) fn spliced(tree: &Tree) -> Tree {
    match (&tree.op, tree.kids.split_first()) {
        (Op::Binary(_) | Op::And | Op::Or, Some((first, rest))) if first.op == tree.op => {
            tree.with_kids([&first.kids, rest].concat())
        }
        _ => tree.clone(),
    }
}

/// `simplify_connectors`. `in_connector`: under an AND or OR, whatever parentheses are between.
pub(super) fn without_constants(tree: &Tree, in_connector: bool, dialect: Dialect) -> Tree {
    if !is_connector(tree) {
        return tree.clone();
    }
    let is_and = tree.op == Op::And;
    let Some(kids) = paired(&operands(tree), |left, right| pair(is_and, left, right)) else { return tree.clone() };
    match kids.as_slice() {
        [only] if is_boolean(only, dialect) || in_connector => only.clone(),
        // The result must stay a boolean.
        [only] => Node::new(Op::And, vec![only.clone(), truth(true, only.span)], only.span),
        _ => spliced(&tree.with_kids(kids)),
    }
}

/// `_flat_simplify`: whatever two operands combine to takes their place. `None` if no two combine.
pub(super) fn paired(operands: &[Tree], combine: impl Fn(&Tree, &Tree) -> Option<Tree>) -> Option<Vec<Tree>> {
    if operands.len() > MAX_PAIRED {
        return None;
    }
    let mut queue: VecDeque<Tree> = operands.iter().cloned().collect();
    let mut kept = Vec::with_capacity(operands.len());
    while let Some(a) = queue.pop_front() {
        let found = queue.iter().enumerate().find_map(|(at, b)| Some((at, combine(&a, b)?)));
        match found {
            Some((at, result)) => {
                queue.remove(at);
                queue.push_front(result);
            }
            None => kept.push(a),
        }
    }
    (kept.len() < operands.len()).then_some(kept)
}

fn pair(is_and: bool, left: &Tree, right: &Tree) -> Option<Tree> {
    let both = |test: fn(&Tree) -> bool| test(left) || test(right);
    let is_null = |tree: &Tree| tree.op == Op::Null;
    let null_with =
        |other: fn(&Tree) -> bool| is_null(left) && (is_null(right) || other(right)) || other(left) && is_null(right);
    let (decides, yields): (bool, fn(&Tree) -> bool) =
        if is_and { (both(is_false) || both(is_zero), is_true) } else { (both(is_true), is_never_true) };
    if decides {
        return Some(truth(!is_and, left.span));
    }
    if null_with(yields) {
        return Some(Node::leaf(Op::Null, left.span));
    }
    let is_neutral = |tree: &Tree| if is_and { is_true(tree) } else { is_false(tree) };
    if is_neutral(left) {
        return Some(right.clone());
    }
    if is_neutral(right) {
        return Some(left.clone());
    }
    narrowed(left, right, !is_and)
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn constants_decide_or_go() {
        assert!(same("a = 1 AND TRUE", "a = 1"));
        assert!(same("a = 1 AND 1 = 2", "FALSE"));
        assert!(same("a = 1 OR FALSE", "a = 1"));
        assert!(same("a = 1 OR 1", "TRUE"));
        assert!(same("(a AND TRUE) OR b = 1", "a OR b = 1"));
        assert!(!same("a AND TRUE", "a"));
        assert!(!same("a = 1 AND NULL", "FALSE"));
    }
}
