//! `sort_comparison`: columns to the left, constants to the right, else by text.

use crate::sql::tree::{Node, Op, Tree};

use super::parens::is_comparison;
use super::text;
use super::values::is_constant;

pub(super) fn turned(tree: &Tree) -> Tree {
    let (Op::Binary(op), [left, right]) = (&tree.op, tree.kids.as_slice()) else { return tree.clone() };
    if !is_comparison(op) {
        return tree.clone();
    }
    let (l_column, r_column) = (left.op == Op::Column, right.op == Op::Column);
    let (l_constant, r_constant) = (is_constant(left), is_constant(right));
    let is_quantified = matches!(right.op, Op::Exists | Op::Quantified(..));
    if l_column && !r_column || r_constant && !l_constant || is_quantified {
        return tree.clone();
    }
    if !(r_column && !l_column || l_constant && !r_constant || text(left) > text(right)) {
        return tree.clone();
    }
    let op = match &**op {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        same => same,
    };
    Node::new(Op::Binary(op.into()), vec![right.clone(), left.clone()], tree.span)
}
