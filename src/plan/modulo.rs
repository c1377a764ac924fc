//! `a - b % c`, which sqlglot reads as `(a - b) % c`: to it `%` is an operator like plus and minus (`Parser.TERM`).
//!
//! In: an operation whose operands are done, and the one as it is parsed. Out: the operation as sqlglot nests it.

use crate::sql::tree::{Op, Tree};

/// The operation as sqlglot nests it; `tree` is the one as parsed, `done` the same with operands that are done.
///
/// `has_calls`: a call of MOD is written with the operator.
pub(super) fn nested(tree: &Tree, done: Tree, has_calls: bool) -> Tree {
    let Op::Binary(op) = &tree.op else { return done };
    let is_written = |kid: &Tree| is_product(kid) || has_calls && is_call(kid);
    match (&**op, tree.kids.first(), done.kids.as_slice()) {
        // What stands before plus and minus becomes part of what is divided.
        ("+" | "-", _, _) => {
            let mut terms: Vec<Tree> = Vec::new();
            for (parsed, term) in tree.kids.iter().zip(&done.kids) {
                let is_next = terms.is_empty() || !is_written(parsed) || !is_modulo(term);
                let term = if is_next { term.clone() } else { of_dividend(term, &done, &std::mem::take(&mut terms)) };
                terms.push(term);
            }
            match terms.as_slice() {
                [only] => only.clone(),
                _ => done.with_kids(terms),
            }
        }
        // What stands behind a product's sign becomes part of the divisor.
        ("*" | "/", Some(parsed), [first, factors @ ..]) if is_written(parsed) && is_modulo(first) => {
            let Some((divisor, dividends)) = first.kids.split_last() else { return done };
            let divisor = done.with_kids([std::slice::from_ref(divisor), factors].concat());
            first.with_kids([dividends, &[divisor]].concat())
        }
        _ => done,
    }
}

/// `a - (b % c)` without the parentheses: `a - b` instead of `b`, where `a` is what stands `before` in the operation.
fn of_dividend(tree: &Tree, operation: &Tree, before: &[Tree]) -> Tree {
    let Some((first, rest)) = tree.kids.split_first() else { return tree.clone() };
    let first = match is_modulo(first) {
        true => of_dividend(first, operation, before),
        false => operation.with_kids([before, std::slice::from_ref(first)].concat()),
    };
    tree.with_kids([&[first], rest].concat())
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
