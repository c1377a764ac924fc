//! What the calls in an expression do with rows.

use crate::dialect::Family;
use crate::sql::functions::{FunctionKind, ignores_order, kind, kind_in};
use crate::sql::tree::{Op, Tree};

/// Is there a call of an aggregate, outside of windows, in this expression?
pub(crate) fn aggregates(tree: &Tree) -> bool {
    contains(tree, &|name| kind(name) == FunctionKind::Aggregate)
}

/// Is there a call whose kind isn't known (it may be a user's aggregate), or a hole?
pub(crate) fn may_be_unlisted(tree: &Tree) -> bool {
    let mut found = contains(tree, &|name| kind(name) == FunctionKind::Unknown);
    tree.walk(&mut |node| {
        found |= matches!(node.op, Op::Hole(_) | Op::Opaque(_));
        !found
    });
    found
}

/// Does a key of ORDER BY add rows where there are gaps between its values?
pub(crate) fn fills_gaps(key: &Tree) -> bool {
    key.kids.iter().any(|kid| matches!(&kid.op, Op::Other(words) if &**words == "WITH FILL"))
}

/// Does the value depend on other rows than its own?
pub(crate) fn looks_beyond_row(tree: &Tree) -> bool {
    let mut window = false;
    tree.walk(&mut |node| {
        window |= node.op == Op::Window;
        !window
    });
    window || aggregates(tree) || may_be_unlisted(tree)
}

/// May the value depend on the order in which other rows come?
pub(super) fn may_look_at_order(tree: &Tree) -> bool {
    let mut found =
        may_be_unlisted(tree) || contains(tree, &|name| kind(name) == FunctionKind::Aggregate && !ignores_order(name));
    tree.walk(&mut |node| {
        found |= node.op == Op::Window;
        !found
    });
    found
}

/// The calls in an item of the SELECT list, or a key of its order, that give more or fewer rows than they are asked over;
/// those that may, since nothing is known of them, with `false`.
pub(super) fn generating(tree: &Tree, family: Family) -> Vec<(&Tree, bool)> {
    let mut calls = Vec::new();
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match &node.op {
            // It picks columns.
            Op::Function(name) if &**name == "COLUMNS" => {}
            Op::Function(name) => match kind_in(name, family) {
                FunctionKind::RowGenerating => calls.push((node, true)),
                FunctionKind::Unknown => calls.push((node, false)),
                _ => {}
            },
            Op::Hole(_) | Op::Opaque(_) => calls.push((node, false)),
            Op::Window => {
                // With OVER it gives one value; its arguments may still be anything.
                if let Some((call, window)) = node.kids.split_first() {
                    pending.extend(call.kids.iter().chain(window));
                    continue;
                }
            }
            _ => {}
        }
        pending.extend(&node.kids);
    }
    calls
}

/// Does a call that isn't windowed satisfy this?
fn contains(tree: &Tree, is: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match &node.op {
            Op::Function(name) => found |= is(name),
            Op::Window => {
                // The function itself is windowed; its arguments aren't.
                if let Some((call, window)) = node.kids.split_first() {
                    pending.extend(call.kids.iter().chain(window));
                    continue;
                }
            }
            _ => {}
        }
        if found {
            return true;
        }
        pending.extend(&node.kids);
    }
    found
}
