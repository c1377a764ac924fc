//! `a - b % c`, which sqlglot reads as `(a - b) % c`: to it `%` is an operator like plus and minus (`Parser.TERM`).
//!
//! In: an operation whose operands are done, and the one as it is parsed. Out: the operation as sqlglot nests it.

use crate::sql::tree::{Node, Op, Tree};

/// The operation as sqlglot nests it; `tree` is the one as parsed, `done` the same with operands that are done.
///
/// `has_calls`: a call of MOD is written with the operator.
pub(super) fn nested(tree: &Tree, done: Tree, has_calls: bool) -> Tree {
    let Op::Binary(op) = &tree.op else { return done };
    let is_written = |at: usize| tree.kids.get(at).is_some_and(|kid| is_product(kid) || has_calls && is_call(kid));
    let last = done.kids.len().saturating_sub(1);
    match &**op {
        // What stands before plus and minus becomes part of what is divided.
        "+" | "-" => {
            let Some(at) = (1..=last).find(|at| is_written(*at) && is_modulo(&done.kids[*at])) else { return done };
            let before = done.with_kids(done.kids[..at].to_vec());
            let dividend = |inner: &Tree| joined(&done, &before, inner);
            let divided = of_dividend(&done.kids[at], &dividend);
            let rest = &done.kids[at + 1..];
            match rest.is_empty() {
                true => divided,
                false => nested(tree, done.with_kids([&[divided], rest].concat()), has_calls),
            }
        }
        // What stands behind a product's sign becomes part of the divisor.
        "*" | "/" if is_written(0) && is_modulo(&done.kids[0]) => {
            let Some((divisor, dividends)) = done.kids[0].kids.split_last() else { return done };
            let factors = [std::slice::from_ref(divisor), &done.kids[1..]].concat();
            done.kids[0].with_kids([dividends, &[done.with_kids(factors)]].concat())
        }
        _ => done,
    }
}

/// `a - (b % c)` without the parentheses: `a - b` instead of `b`.
fn of_dividend(tree: &Tree, dividend: &dyn Fn(&Tree) -> Tree) -> Tree {
    let Some((first, rest)) = tree.kids.split_first() else { return tree.clone() };
    let first = if is_modulo(first) { of_dividend(first, dividend) } else { dividend(first) };
    tree.with_kids([&[first], rest].concat())
}

/// `before - inner`
fn joined(operation: &Tree, before: &Tree, inner: &Tree) -> Tree {
    let kids = [before.kids.as_slice(), std::slice::from_ref(inner)].concat();
    Node::new(operation.op.clone(), kids, operation.span)
}

fn is_modulo(tree: &Tree) -> bool {
    tree.op == Op::Binary("%".into())
}

fn is_call(tree: &Tree) -> bool {
    matches!(&tree.op, Op::Function(name) if &**name == "MOD")
}

/// Is it an operation that is written without parentheses among sums?
fn is_product(tree: &Tree) -> bool {
    matches!(&tree.op, Op::Binary(op) if matches!(&**op, "%" | "*" | "/"))
}
