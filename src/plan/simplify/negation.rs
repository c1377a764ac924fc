//! `simplify_not`: comparisons turned into their complements, De Morgan's laws, NOT of constants, NOT NOT.

use crate::dialect::{Dialect, Family};
use crate::sql::tree::{Node, Op, Tree};

use super::boolean::is_boolean;
use super::connectors::wrapped;
use super::parens::is_connector;
use super::values::{is_false, is_true, truth};

pub(super) fn negated(tree: &Tree, dialect: Dialect) -> Tree {
    let (Op::Not, Some(inner)) = (&tree.op, tree.first()) else { return tree.clone() };
    if inner.unwrap_parens().op == Op::Null {
        // `NULL AND TRUE`
        let kids = vec![Node::leaf(Op::Null, inner.span), truth(true, inner.span)];
        return Node::new(Op::And, kids, tree.span);
    }
    match (&inner.op, inner.kids.as_slice()) {
        (Op::Binary(op), [left, right]) => match complement(op) {
            Some(op) => Node::new(Op::Binary(op.into()), vec![left.clone(), right.clone()], tree.span),
            None => tree.clone(),
        },
        // The subquery gets parentheses of its own.
        (Op::Quantified(op, all), [left, right]) => match complement(op) {
            Some(op) => {
                let right = Node::new(Op::Paren, vec![right.clone()], right.span);
                Node::new(Op::Quantified(op.into(), !all), vec![left.clone(), right], tree.span)
            }
            None => tree.clone(),
        },
        (Op::Paren, [_]) if is_connector(inner.unwrap_parens()) => de_morgan(inner.unwrap_parens()),
        _ if is_true(inner) => truth(false, tree.span),
        _ if is_false(inner) => truth(true, tree.span),
        (Op::Not, [operand]) if is_boolean(operand, dialect) && drops_double_negation(dialect) => operand.clone(),
        _ => tree.clone(),
    }
}

/// `SAFE_TO_ELIMINATE_DOUBLE_NEGATION`
fn drops_double_negation(dialect: Dialect) -> bool {
    !matches!(dialect.family, Family::MySql | Family::Doris | Family::StarRocks | Family::Sqlite)
}

fn complement(op: &str) -> Option<&'static str> {
    Some(match op {
        "<" => ">=",
        ">" => "<=",
        "<=" => ">",
        ">=" => "<",
        "=" => "<>",
        "<>" => "=",
        _ => return None,
    })
}

fn de_morgan(condition: &Tree) -> Tree {
    let op = if condition.op == Op::And { Op::Or } else { Op::And };
    let not = |kid: &Tree| Node::new(Op::Not, vec![wrapped(kid.clone())], kid.span);
    let kids = condition.kids.iter().map(not).collect();
    let inner = Node::new(op, kids, condition.span);
    Node::new(Op::Paren, vec![inner], condition.span)
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn negations_move_inwards() {
        assert!(same("NOT (a = 1 AND b = 2)", "a <> 1 OR b <> 2"));
        assert!(same("NOT a < 1", "1 <= a"));
        assert!(same("NOT NOT a = 1", "a = 1"));
        assert!(same("NOT (NOT (a IS NULL))", "a IS NULL"));
        assert!(same("NOT 1 = 2", "TRUE"));
        assert!(!same("NOT NOT a", "a"));
    }
}
