//! `rewrite_between`: `x BETWEEN a AND b` is two comparisons.

use crate::sql::tree::{Node, Op, Tree};

/// In parentheses under NOT.
pub(super) fn written_out(tree: &Tree, parent: Option<&Tree>) -> Tree {
    let (Op::Between, [x, low, high]) = (&tree.op, tree.kids.as_slice()) else { return tree.clone() };
    let compare = |op: &str, bound: &Tree| Node::new(Op::Binary(op.into()), vec![x.clone(), bound.clone()], tree.span);
    let range = Node::new(Op::And, vec![compare(">=", low), compare("<=", high)], tree.span);
    if parent.is_some_and(|parent| parent.op == Op::Not) { Node::new(Op::Paren, vec![range], tree.span) } else { range }
}
