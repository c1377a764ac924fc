//! Aggregates that are aggregates in every engine, so that a query with one and no GROUP BY gives one row.
//!
//! A user's function may have the name of an aggregate of another engine: those are no certain ones.

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

/// Is there an aggregate outside of windows that nobody can take for something else?
pub(crate) fn certainly_aggregates(tree: &Tree) -> bool {
    unwindowed(tree, &|node| matches!(&node.op, Op::Function(name) if is_certain_aggregate(name, node)))
}

/// Is this call an aggregate in every engine? `MIN(a, b)` is the lesser of two values in some engines.
pub(crate) fn is_certain_aggregate(name: &str, call: &Node) -> bool {
    let is_argument = |kid: &&Tree| {
        !matches!(kid.op, Op::Distinct | Op::OrderBy | Op::Filter | Op::WithinGroup | Op::Limit | Op::Modifier(_))
    };
    match name {
        "MIN" | "MAX" => call.kids.iter().filter(is_argument).count() == 1,
        _ => CERTAIN_AGGREGATES.contains(&name),
    }
}

/// Does a node satisfy this? A call with OVER counts only for its arguments and its window.
pub(crate) fn unwindowed(tree: &Tree, is: &dyn Fn(&Node) -> bool) -> bool {
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
