//! `simplify_concat`: neighbouring texts are joined.

use crate::sql::tree::{Node, Op, Tree};

pub(super) fn joined(tree: &Tree) -> Tree {
    match &tree.op {
        // Operands of `||` lose their parentheses, whatever is in them.
        Op::Binary(op) if &**op == "||" => {
            let operands: Vec<Tree> = tree.kids.iter().map(|kid| kid.unwrap_parens().clone()).collect();
            let operands = match operands.split_first() {
                Some((first, rest)) if first.op == tree.op => [&first.kids, rest].concat(),
                _ => operands,
            };
            with_kids(tree, merged(&operands, ""))
        }
        Op::Function(name) if &**name == "CONCAT" => with_kids(tree, merged(&tree.kids, "")),
        Op::Function(name) if &**name == "CONCAT_WS" => separated(tree),
        _ => tree.clone(),
    }
}

/// CONCAT_WS with a separator that is written out.
fn separated(tree: &Tree) -> Tree {
    let Some((separator, operands)) = tree.kids.split_first() else { return tree.clone() };
    let Op::Text(between) = &separator.op else { return tree.clone() };
    let operands = merged(operands, between);
    match operands.as_slice() {
        [only] if matches!(only.op, Op::Text(_)) => only.clone(),
        _ => tree.with_kids([std::slice::from_ref(separator), operands.as_slice()].concat()),
    }
}

fn with_kids(tree: &Tree, kids: Vec<Tree>) -> Tree {
    match kids.as_slice() {
        [only] if matches!(only.op, Op::Text(_)) => only.clone(),
        _ => tree.with_kids(kids),
    }
}

/// Operands with texts that are each other's neighbours joined.
fn merged(operands: &[Tree], between: &str) -> Vec<Tree> {
    let mut kids: Vec<Tree> = Vec::with_capacity(operands.len());
    let mut text = String::new();
    for (at, kid) in operands.iter().enumerate() {
        let Op::Text(part) = &kid.op else {
            kids.push(kid.clone());
            continue;
        };
        text.push_str(part);
        let goes_on = operands.get(at + 1).is_some_and(|next| matches!(next.op, Op::Text(_)));
        if !goes_on {
            kids.push(Node::leaf(Op::Text(std::mem::take(&mut text).into()), kid.span));
        } else {
            text.push_str(between);
        }
    }
    kids
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn neighbouring_texts_are_one() {
        assert!(same("'x' || 'y' || c", "'xy' || c"));
        assert!(same("a || (b + 1)", "a || (b + 1)"));
        assert!(same("CONCAT('a', 'b', c)", "CONCAT('ab', c)"));
        assert!(same("'a' || 'b'", "'ab'"));
        assert!(same("CONCAT_WS('-', 'a', 'b', c)", "CONCAT_WS('-', 'a-b', c)"));
        assert!(same("CONCAT_WS('-', 'a', 'b')", "'a-b'"));
        assert!(!same("CONCAT_WS(c, 'a', 'b')", "'a-b'"));
        assert!(!same("'a' || c || 'b'", "'ab' || c"));
    }
}
