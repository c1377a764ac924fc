//! `simplify_conditionals`: CASE and IF whose conditions are constants.
//!
//! The first branch that is always true becomes the whole CASE, even after branches that may be taken: a mistake of
//! sqlglot's that decides categories.

use crate::sql::tree::{Node, Op, Tree};

use super::parens::is_binary;
use super::values::{is_never_true, is_true};

pub(super) fn decided(tree: &Tree) -> Tree {
    match &tree.op {
        Op::Case => case(tree),
        Op::Function(name) if is_if(name) => match tree.kids.as_slice() {
            [condition, yes, ..] if is_true(condition) => yes.clone(),
            [condition, _, rest @ ..] if is_never_true(condition) => {
                rest.first().cloned().unwrap_or_else(|| Node::leaf(Op::Null, tree.span))
            }
            _ => tree.clone(),
        },
        _ => tree.clone(),
    }
}

/// IF as a function, under the names that stand for all of them.
pub(super) fn is_if(name: &str) -> bool {
    matches!(name, "IF" | "IIF")
}

/// Is this the parent of a condition and its result (`exp.If`)?
pub(super) fn is_branch(parent: Option<&Tree>) -> bool {
    parent.is_some_and(|parent| match &parent.op {
        Op::When => true,
        Op::Function(name) => is_if(name),
        _ => false,
    })
}

fn case(tree: &Tree) -> Tree {
    let operand = tree.kids.first().filter(|kid| kid.op == Op::Operand).and_then(|operand| operand.first());
    let mut kids = Vec::with_capacity(tree.kids.len());
    for part in tree.kids.iter().filter(|kid| kid.op != Op::Operand) {
        let part = operand.map_or_else(|| part.clone(), |value| compared(part, value));
        if let (Op::When, [condition, result]) = (&part.op, part.kids.as_slice()) {
            if is_true(condition) {
                return result.clone();
            }
            if is_never_true(condition) {
                continue;
            }
        }
        kids.push(part);
    }
    match kids.as_slice() {
        [] => Node::leaf(Op::Null, tree.span),
        [only] if only.op == Op::Else => only.first().unwrap_or(only).clone(),
        _ => tree.with_kids(kids),
    }
}

/// `CASE x WHEN a` as `CASE WHEN x = a`.
fn compared(part: &Tree, value: &Tree) -> Tree {
    let (Op::When, [condition, result]) = (&part.op, part.kids.as_slice()) else { return part.clone() };
    let equal = Op::Binary("=".into());
    let equal = Node::new(equal, vec![in_parentheses(value), in_parentheses(condition)], condition.span);
    part.with_kids(vec![equal, result.clone()])
}

fn in_parentheses(tree: &Tree) -> Tree {
    if is_binary(tree) { Node::new(Op::Paren, vec![tree.clone()], tree.span) } else { tree.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn constant_conditions_decide() {
        assert!(same("CASE WHEN TRUE THEN a ELSE b END", "a"));
        assert!(same("CASE WHEN a = 1 THEN 'x' WHEN 1 = 1 THEN 'y' END", "'y'"));
        assert!(same("CASE WHEN FALSE THEN 1 WHEN a = 1 THEN 2 END", "CASE WHEN a = 1 THEN 2 END"));
        assert!(same("CASE WHEN NULL THEN 1 ELSE b END", "b"));
        assert!(same("IF(1 < 2, a, b)", "a"));
        assert!(same("IF(FALSE, a, b)", "b"));
        assert!(same("IF(a = NULL, b, a)", "a"));
        assert!(!same("CASE WHEN a = 1 THEN 2 END", "CASE WHEN a = 1 THEN 2 ELSE NULL END"));
    }
}
