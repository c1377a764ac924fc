//! What expressions may do to rows: decided by the names of functions, in favour of the worse.

use crate::dialect::Family;
use crate::lineage::{aggregates, fills_gaps, may_be_unlisted};
use crate::sql::functions::{FunctionKind, ignores_order, is_volatile, kind, kind_in};
use crate::sql::tree::{Node, Op, Tree};

/// Functions that aggregate in every engine that has them, whatever a user defines.
const CERTAIN_AGGREGATES: &[&str] = &[
    "ANY_VALUE",
    "APPROX_COUNT_DISTINCT",
    "ARG_MAX",
    "ARG_MIN",
    "ARRAY_AGG",
    "AVG",
    "BOOL_AND",
    "BOOL_OR",
    "COLLECT_LIST",
    "COLLECT_SET",
    "CORR",
    "COUNT",
    "COUNTIF",
    "COUNT_IF",
    "COVAR_POP",
    "COVAR_SAMP",
    "GROUP_CONCAT",
    "LISTAGG",
    "LOGICAL_AND",
    "LOGICAL_OR",
    "MAX_BY",
    "MIN_BY",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "STRING_AGG",
    "SUM",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
];

/// On which rows a value depends beyond its own.
pub(super) enum Beyond {
    Nothing,
    Group,
    /// All that are there after HAVING.
    Rows,
}

/// Which other rows a value depends on, or may.
pub(super) fn beyond_row(tree: &Tree) -> Beyond {
    let windowed = contains(tree, &|node| node.op == Op::Window || is_row_number(node));
    if windowed || may_be_unlisted(tree) {
        Beyond::Rows
    } else if aggregates(tree) {
        Beyond::Group
    } else {
        Beyond::Nothing
    }
}

/// Is there an aggregate outside of windows that nobody can take for something else?
pub(super) fn certainly_aggregates(tree: &Tree) -> bool {
    unwindowed(tree, &|node| matches!(&node.op, Op::Function(name) if is_certain(name, node)))
}

/// `MIN(a, b)` is the lesser of two values in some engines.
pub(crate) fn is_certain(name: &str, call: &Node) -> bool {
    let is_argument = |kid: &&Tree| {
        !matches!(kid.op, Op::Distinct | Op::OrderBy | Op::Filter | Op::WithinGroup | Op::Limit | Op::Modifier(_))
    };
    match name {
        "MIN" | "MAX" => call.kids.iter().filter(is_argument).count() == 1,
        _ => CERTAIN_AGGREGATES.contains(&name),
    }
}

/// The calls in an expression that change how many rows there are or may, beyond certain aggregates: those that give
/// rows, aggregates that may be something else, those whose kind isn't known, and holes. With trust, only those that
/// are listed as giving rows.
pub(super) fn row_calls(tree: &Tree, trusting: bool, family: Family) -> Vec<&Tree> {
    let mut calls = Vec::new();
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match (&node.op, node.kids.split_first()) {
            (Op::Window, Some((call, window))) => {
                // With OVER it is a function of a window; its arguments may still be anything.
                pending.extend(call.kids.iter().chain(window));
                continue;
            }
            (Op::Function(name), _) => match kind_in(name, family) {
                FunctionKind::RowGenerating => calls.push(node),
                FunctionKind::Unknown if !trusting => calls.push(node),
                FunctionKind::Aggregate if !trusting && !is_certain(name, node) => calls.push(node),
                _ => {}
            },
            (Op::Hole(_) | Op::Opaque(_), _) if !trusting => calls.push(node),
            _ => {}
        }
        pending.extend(&node.kids);
    }
    calls
}

/// Does a key of ORDER BY decide which rows there are? Aggregates and calls that give rows do so there, too, and
/// ClickHouse's WITH FILL adds some.
pub(crate) fn decides_rows(key: &Tree, trusting: bool, family: Family) -> bool {
    aggregates(key) || fills_gaps(key) || !row_calls(key, trusting, family).is_empty()
}

/// May the value depend on the order of the rows it is computed over?
pub(crate) fn order_sensitive(tree: &Tree) -> bool {
    contains(tree, &|node| match &node.op {
        Op::Window | Op::Hole(_) | Op::Other(_) | Op::Opaque(_) => true,
        Op::Function(name) => match kind(name) {
            FunctionKind::Aggregate => !ignores_order(name),
            FunctionKind::Unknown | FunctionKind::Window | FunctionKind::RowGenerating | FunctionKind::Volatile => true,
            FunctionKind::Scalar => is_volatile(name),
        },
        _ => is_row_number(node),
    })
}

/// Does the engine choose among several values, since rows come in no order or have the same keys of one? Two queries that
/// read the same may then give different ones, where one that is read twice gives one.
pub(crate) fn hangs_on_ties(tree: &Node) -> bool {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Window, [call, spec]) => {
            let Op::Function(name) = &call.op else { return false };
            let has_rows = |part: &Tree| matches!(&part.op, Op::Frame(text) if text.to_uppercase().starts_with("ROWS"));
            match kind(name) {
                FunctionKind::Window => !matches!(&**name, "RANK" | "DENSE_RANK" | "PERCENT_RANK" | "CUME_DIST"),
                FunctionKind::Aggregate => !ignores_order(name) || spec.kids.iter().any(has_rows),
                _ => false,
            }
        }
        (Op::Function(name), kids) => {
            let is_ordered = kids.iter().any(|kid| matches!(kid.op, Op::OrderBy | Op::WithinGroup));
            kind(name) == FunctionKind::Aggregate && !ignores_order(name) && !is_ordered
        }
        _ => false,
    }
}

/// Oracle's ROWNUM counts the rows as they come.
fn is_row_number(node: &Node) -> bool {
    matches!(&node.op, Op::Parameter(name) if name.eq_ignore_ascii_case("rownum"))
}

/// Is there a column outside of the aggregates?
pub(super) fn mixes_grains(tree: &Tree) -> bool {
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match &node.op {
            Op::Bound(..) | Op::Nested(_) => return true,
            Op::Function(name) if kind(name) == FunctionKind::Aggregate => {}
            _ => pending.extend(&node.kids),
        }
    }
    false
}

/// Is there such a node?
pub(super) fn contains(tree: &Tree, is: &dyn Fn(&Node) -> bool) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= is(node);
        !found
    });
    found
}

/// Like `contains`, but a call with OVER counts only for its arguments and its window.
fn unwindowed(tree: &Tree, is: &dyn Fn(&Node) -> bool) -> bool {
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match (&node.op, node.kids.split_first()) {
            (Op::Window, Some((call, window))) => pending.extend(call.kids.iter().chain(window)),
            _ if is(node) => return true,
            _ => pending.extend(&node.kids),
        }
    }
    false
}
