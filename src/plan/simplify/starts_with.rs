//! `simplify_startswith`: a prefix check of two texts.

use crate::sql::tree::{Op, Tree};

use super::values::truth;

pub(super) fn checked(tree: &Tree) -> Tree {
    let is_check = matches!(&tree.op, Op::Function(name) if matches!(&**name, "STARTS_WITH" | "STARTSWITH"));
    match tree.kids.as_slice() {
        [text, prefix] if is_check => match (&text.op, &prefix.op) {
            (Op::Text(text), Op::Text(prefix)) => truth(text.starts_with(&**prefix), tree.span),
            _ => tree.clone(),
        },
        _ => tree.clone(),
    }
}
