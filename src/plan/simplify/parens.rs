//! Parentheses: which ones sqlglot drops (`simplify_parens`).

use crate::sql::tree::{Op, Tree};

/// The expression without the parentheses around it that sqlglot drops under this parent.
pub(super) fn unwrapped(tree: &Tree, parent: Option<&Tree>) -> Tree {
    let mut tree = tree;
    while tree.op == Op::Paren
        && let Some(inner) = tree.first()
        && may_drop(inner, parent)
    {
        tree = inner;
    }
    tree.clone()
}

fn may_drop(inner: &Tree, parent: Option<&Tree>) -> bool {
    let Some(parent) = parent else { return true };
    // Of `x > ANY (…)` the operand before the operator is one of a comparison.
    let is_compared =
        matches!(parent.op, Op::Quantified(..)) && parent.first().is_some_and(|first| holds(first, inner));
    let is_kept = matches!(parent.op, Op::Exists | Op::Quantified(..) | Op::Subscript) && !is_compared;
    if inner.op == Op::Select || is_kept {
        return false;
    }
    let parent_compares = is_predicate(parent);
    let parent_is_negation = matches!(&parent.op, Op::Unary(_));
    if is_predicate(inner) && !(parent_compares || parent_is_negation || is_binary(parent) && !is_connector(parent)) {
        return true;
    }
    if parent.op == Op::Paren || !is_condition(parent) {
        return true;
    }
    let is_negated_predicate = matches!(inner.op, Op::Not | Op::IsNull | Op::Is(_)) && parent_compares;
    if !is_binary(inner) && !is_negated_predicate {
        return true;
    }
    matches!(
        (operator(inner), operator(parent)),
        (Some("+"), Some("+")) | (Some("*"), Some("*")) | (Some("*"), Some("+" | "-"))
    )
}

/// Is it this expression, whatever parentheses are around it?
fn holds(tree: &Tree, inner: &Tree) -> bool {
    tree == inner || tree.op == Op::Paren && tree.first().is_some_and(|kid| holds(kid, inner))
}

fn operator(tree: &Tree) -> Option<&str> {
    match &tree.op {
        Op::Binary(op) => Some(op),
        _ => None,
    }
}

pub(super) fn is_connector(tree: &Tree) -> bool {
    matches!(tree.op, Op::And | Op::Or)
}

/// XOR, which sqlglot sorts and flattens like AND and OR, and leaves alone otherwise.
pub(super) fn is_xor(tree: &Tree) -> bool {
    matches!(&tree.op, Op::Binary(op) if &**op == "XOR")
}

/// `<`, `=` and the like.
pub(in crate::plan) fn is_comparison(op: &str) -> bool {
    matches!(op, "=" | "<>" | "<" | "<=" | ">" | ">=")
}

/// `exp.Predicate`
pub(super) fn is_predicate(tree: &Tree) -> bool {
    match &tree.op {
        Op::Binary(op) => matches!(&**op, "=" | "<>" | "<" | "<=" | ">" | ">=" | "<=>"),
        Op::IsNull | Op::Is(_) | Op::IsDistinct | Op::Between | Op::In | Op::Like(_) | Op::Exists => true,
        Op::Quantified(..) => true,
        _ => false,
    }
}

/// Functions that sqlglot takes for operators with two sides.
const BINARY_FUNCTIONS: &[&str] = &[
    "ARRAY_CONTAINS",
    "ARRAY_HAS",
    "ARRAY_OVERLAPS",
    "ARRAY_POSITION",
    "CORR",
    "JSON_EXTRACT",
    "JSON_EXTRACT_SCALAR",
    "POW",
    "POWER",
    "REGEXP",
    "REGEXP_CONTAINS",
    "REGEXP_LIKE",
    "REGEXP_MATCHES",
    "RLIKE",
    "MATCH",
];

/// `exp.Binary`
pub(in crate::plan) fn is_binary(tree: &Tree) -> bool {
    if let Op::Function(name) = &tree.op {
        return BINARY_FUNCTIONS.contains(&&**name);
    }
    matches!(
        tree.op,
        Op::Binary(_) | Op::And | Op::Or | Op::IsNull | Op::Is(_) | Op::IsDistinct | Op::Like(_) | Op::Collate(_)
    )
}

/// `exp.Condition`: nearly everything that has a value.
fn is_condition(tree: &Tree) -> bool {
    !matches!(tree.op, Op::Tuple | Op::Interval(_) | Op::Lambda | Op::Filter | Op::OrderItem(..) | Op::Distinct)
}
