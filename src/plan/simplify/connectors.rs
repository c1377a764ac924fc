//! AND, OR and NOT.

use std::collections::BTreeMap;

use crate::sql::tree::{Node, Op, Tree};

use super::parens::{is_connector, is_predicate};
use super::text;

/// `uniq_sort`: operands in the order of their texts, each once. Kept as they are if they stand so already.
pub(super) fn sorted(tree: &Tree) -> Tree {
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
        [only] => with_true(only),
        _ => tree.with_kids(kids),
    }
}

/// All operands of the same operator, wherever they nest without parentheses.
fn operands(tree: &Tree) -> Vec<Tree> {
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

fn wrapped(operand: Tree) -> Tree {
    if is_connector(&operand) {
        let span = operand.span;
        return Node::new(Op::Paren, vec![operand], span);
    }
    operand
}

/// `x AND TRUE`, which sqlglot keeps unless `x` is a predicate: the result must stay a boolean.
pub(super) fn with_true(only: &Tree) -> Tree {
    if is_boolean(only) {
        return only.clone();
    }
    Node::new(Op::And, vec![only.clone(), Node::leaf(Op::Bool(true), only.span)], only.span)
}

pub(super) fn is_boolean(tree: &Tree) -> bool {
    let tree = tree.unwrap_parens();
    let is_marked = tree.op == Op::Column && tree.kids.last().is_some_and(|last| matches!(last.op, Op::Modifier(_)));
    is_marked || is_predicate(tree) || is_connector(tree) || matches!(tree.op, Op::Not | Op::Bool(_))
}

/// `flatten`: an operand in parentheses that is the same operator loses them; the first one's operands are the
/// node's own, since such chains nest to the left.
pub(super) fn flattened(tree: &Tree) -> Tree {
    if !is_connector(tree) {
        return tree.clone();
    }
    let mut kids: Vec<Tree> = tree
        .kids
        .iter()
        .map(|kid| {
            let inner = kid.unwrap_parens();
            if inner.op == tree.op { inner.clone() } else { kid.clone() }
        })
        .collect();
    if let Some(first) = kids.first().filter(|first| first.op == tree.op).cloned() {
        kids.splice(0..1, first.kids.iter().cloned());
    }
    tree.with_kids(kids)
}

/// `simplify_not`: comparisons turned into their complements, De Morgan's laws, NOT TRUE, NOT NOT.
pub(super) fn negated(tree: &Tree) -> Tree {
    let (Op::Not, Some(inner)) = (&tree.op, tree.first()) else { return tree.clone() };
    match (&inner.op, inner.kids.as_slice()) {
        (Op::Binary(op), [left, right]) => match complement(op) {
            Some(op) => Node::new(Op::Binary(op.into()), vec![left.clone(), right.clone()], tree.span),
            None => tree.clone(),
        },
        (Op::Paren, [condition]) if is_connector(condition) => de_morgan(condition),
        (Op::Bool(value), []) => Node::leaf(Op::Bool(!value), tree.span),
        (Op::Not, [operand]) if is_boolean(operand) => operand.clone(),
        _ => tree.clone(),
    }
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
