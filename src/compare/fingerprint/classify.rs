//! What expressions may do to rows: decided by the names of functions, in favour of the worse.

use crate::lineage::{aggregates, is_certain_aggregate, may_be_unlisted, unwindowed};
use crate::sql::functions::{FunctionKind, is_volatile, kind};
use crate::sql::tree::{Node, Op, Tree};

/// Aggregates whose value doesn't depend on the order of their input.
const ORDERLESS_AGGREGATES: &[&str] = &[
    "APPROX_COUNT_DISTINCT",
    "AVG",
    "BIT_AND",
    "BIT_OR",
    "BIT_XOR",
    "BOOL_AND",
    "BOOL_OR",
    "COUNT",
    "COUNTIF",
    "COUNT_IF",
    "GROUPING",
    "GROUPING_ID",
    "LOGICAL_AND",
    "LOGICAL_OR",
    "MAX",
    "MEDIAN",
    "MIN",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUM",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
];

/// Does the value depend on other rows than its own, or may it?
pub(super) fn beyond_row(tree: &Tree) -> bool {
    contains(tree, &|node| node.op == Op::Window || is_row_number(node)) || aggregates(tree) || may_be_unlisted(tree)
}

/// May an output with this value change how many rows there are, beyond a certain aggregate?
pub(super) fn may_change_rows(tree: &Tree) -> bool {
    unwindowed(tree, &|node| match &node.op {
        Op::Function(name) => match kind(name) {
            FunctionKind::RowGenerating | FunctionKind::Unknown => true,
            FunctionKind::Aggregate => !is_certain_aggregate(name, node),
            FunctionKind::Scalar | FunctionKind::Window => false,
        },
        Op::Hole(_) | Op::Other(_) => true,
        _ => false,
    })
}

/// Does a key of ORDER BY decide which rows there are? Aggregates and calls that give rows do so there, too.
pub(super) fn decides_rows(key: &Tree) -> bool {
    aggregates(key) || may_change_rows(key)
}

/// May the value depend on the order of the rows it is computed over?
pub(super) fn order_sensitive(tree: &Tree) -> bool {
    contains(tree, &|node| match &node.op {
        Op::Window | Op::Hole(_) | Op::Other(_) => true,
        Op::Function(name) => match kind(name) {
            FunctionKind::Aggregate => !ORDERLESS_AGGREGATES.contains(&&**name),
            FunctionKind::Unknown | FunctionKind::Window | FunctionKind::RowGenerating => true,
            FunctionKind::Scalar => is_volatile(name),
        },
        _ => is_row_number(node),
    })
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

fn contains(tree: &Tree, is: &dyn Fn(&Node) -> bool) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= is(node);
        !found
    });
    found
}
