//! `uniq_sort`: operands of AND and OR in the order of their texts, each once.

use std::collections::BTreeMap;

use crate::sql::tree::{Node, Op, Tree};

use super::connectors::{operands, wrapped};
use super::parens::{is_connector, is_xor};
use super::text;
use super::values::truth;

/// Kept as they are if they stand so already.
pub(super) fn sorted(tree: &Tree) -> Tree {
    if is_xor(tree) {
        return with_texts_in_order(tree);
    }
    if !is_connector(tree) {
        return tree.clone();
    }
    let operands: Vec<Tree> = operands(tree).into_iter().map(|operand| operand.unwrap_parens().clone()).collect();
    let mut texts: Vec<(String, Tree)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for operand in &operands {
        let text = text(operand);
        if !places.contains_key(&text) {
            places.insert(text.clone(), texts.len());
            texts.push((text, operand.clone()));
        }
    }
    let in_order = texts.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a <= b));
    if in_order && texts.len() == operands.len() {
        return tree.clone();
    }
    texts.sort_by(|a, b| a.0.cmp(&b.0));
    let kids: Vec<Tree> = texts.into_iter().map(|(_, operand)| wrapped(operand)).collect();
    match kids.as_slice() {
        [only] => Node::new(Op::And, vec![only.clone(), truth(true, only.span)], only.span),
        _ => tree.with_kids(kids),
    }
}

/// XOR keeps what stands in it twice.
fn with_texts_in_order(tree: &Tree) -> Tree {
    let operands: Vec<Tree> = operands(tree).into_iter().map(|operand| operand.unwrap_parens().clone()).collect();
    let mut texts: Vec<(String, Tree)> = operands.into_iter().map(|operand| (text(&operand), operand)).collect();
    if texts.is_sorted_by(|a, b| a.0 <= b.0) {
        return tree.clone();
    }
    texts.sort_by(|a, b| a.0.cmp(&b.0));
    tree.with_kids(texts.into_iter().map(|(_, operand)| wrapped(operand)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn operands_have_no_order_and_stand_once() {
        assert!(same("a = 1 AND b = 2", "b = 2 AND a = 1"));
        assert!(same("a = 1 AND a = 1", "a = 1"));
        assert!(!same("a = 1 OR (b = 2 AND c = 3)", "a = 1 OR b = 2 AND c = 3"));
    }
}
