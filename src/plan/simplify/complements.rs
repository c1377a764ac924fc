//! `remove_complements`: `a AND NOT a` is FALSE, `a OR NOT a` is TRUE, where NULL is none of the values.
//!
//! sqlglot knows that only in ClickHouse, whose columns are never NULL unless their type says so.

use crate::dialect::{Dialect, Family};
use crate::sql::tree::{Op, Tree};

use super::connectors::operands;
use super::parens::is_connector;
use super::values::{is_constant, truth};

/// How many operands are compared with each other.
const MAX_PAIRED: usize = 64;

pub(super) fn removed(tree: &Tree, dialect: Dialect) -> Tree {
    if dialect.family != Family::ClickHouse || !is_connector(tree) {
        return tree.clone();
    }
    let operands: Vec<Tree> = operands(tree).iter().map(|operand| operand.unwrap_parens().clone()).collect();
    let is_complement = |operand: &Tree| {
        operand.op == Op::Not && operand.first().is_some_and(|inner| operands.contains(inner.unwrap_parens()))
    };
    if operands.len() > MAX_PAIRED || !operands.iter().any(is_complement) || !is_never_null(tree) {
        return tree.clone();
    }
    truth(tree.op == Op::Or, tree.span)
}

/// `meta["nonnull"]`: operators over columns and constants.
fn is_never_null(tree: &Tree) -> bool {
    match &tree.op {
        Op::Column => tree.kids.last().is_some_and(|last| matches!(last.op, Op::Modifier(_))),
        Op::And | Op::Or | Op::Not | Op::Paren => tree.kids.iter().all(is_never_null),
        Op::Null => false,
        _ => is_constant(tree),
    }
}
