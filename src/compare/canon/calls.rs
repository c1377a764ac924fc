//! What expressions may do that rewriting must not change: fail, depend on the order of rows, give several rows.

use crate::compare::fingerprint::is_certain_aggregate;
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::tree::{Node, Op, Tree};

/// Functions that have a value for all arguments of the types they take.
const TOTAL: &[&str] = &[
    "ABS",
    "AVG",
    "BOOL_AND",
    "BOOL_OR",
    "CHAR_LENGTH",
    "COALESCE",
    "CONCAT",
    "COUNT",
    "DAY",
    "IF",
    "IFF",
    "IFNULL",
    "LENGTH",
    "LOWER",
    "LTRIM",
    "MAX",
    "MIN",
    "MONTH",
    "NULLIF",
    "NVL",
    "RTRIM",
    "SUM",
    "TRIM",
    "UPPER",
    "YEAR",
];

/// Aggregates that the laws know how to move: those of every engine, with one meaning.
const UNDERSTOOD: &[&str] = &[
    "AVG",
    "BOOL_AND",
    "BOOL_OR",
    "COUNT",
    "COUNTIF",
    "COUNT_IF",
    "MAX",
    "MIN",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUM",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
];

/// Has every node of the expression a meaning that depends on its row alone, or is it an aggregate that doesn't depend
/// on order?
pub(super) fn is_understood(tree: &Tree) -> bool {
    let mut understood = true;
    tree.walk(&mut |node| {
        understood &= is_understood_node(node);
        understood
    });
    understood
}

fn is_understood_node(node: &Node) -> bool {
    let has_query = || node.kids.iter().any(|kid| matches!(kid.op, Op::Subquery | Op::Nested(_)));
    match &node.op {
        // ARRAY and the like make more of a query than its one value.
        Op::Function(name) if has_query() && !TOTAL.contains(&&**name) => false,
        Op::Function(name) => match kind(name) {
            FunctionKind::Scalar => true,
            FunctionKind::Aggregate => {
                is_certain_aggregate(name, node)
                    && UNDERSTOOD.contains(&&**name)
                    && node.kids.iter().all(|kid| !matches!(kid.op, Op::OrderBy | Op::Limit | Op::WithinGroup))
            }
            _ => false,
        },
        Op::Modifier(name) => name.starts_with("USING "),
        Op::Bound(..) | Op::Nested(_) | Op::Subquery | Op::Exists | Op::In | Op::Tuple | Op::Paren => true,
        Op::Number(_) | Op::Text(_) | Op::Bool(_) | Op::Null | Op::Literal(..) | Op::Interval(_) => true,
        Op::Not | Op::And | Op::Or | Op::IsNull | Op::Is(_) | Op::IsDistinct | Op::Between | Op::Like(_) => true,
        Op::Unary(_) | Op::Binary(_) | Op::Quantified(..) | Op::Extract(_) | Op::Cast(_) | Op::Type(_) => true,
        Op::Case | Op::Operand | Op::When | Op::Else | Op::Distinct | Op::Filter => true,
        Op::OrderItem(..) => true,
        Op::Limit | Op::Offset => true,
        Op::Star => node.kids.is_empty(),
        _ => false,
    }
}

/// May evaluating it fail for some row: a division by zero, a cast, a function that isn't known to have a value?
/// Sums that don't fit their type are not counted: engines test conditions in any order.
pub(super) fn may_fail(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= match &node.op {
            Op::Function(name) => !TOTAL.contains(&&**name),
            Op::Binary(op) => !matches!(&**op, "=" | "<>" | "<" | ">" | "<=" | ">=" | "+" | "-" | "*" | "||" | "<=>"),
            Op::Cast(gives_null) => !gives_null,
            Op::In => return in_may_fail(node, &mut found),
            Op::Subquery => true,
            Op::Unary(op) => &**op != "-" && &**op != "+",
            _ => false,
        };
        !found
    });
    found
}

/// A query on the right of IN may give many rows.
fn in_may_fail(node: &Node, found: &mut bool) -> bool {
    *found |= node.kids.iter().filter(|kid| kid.op != Op::Subquery).any(may_fail);
    false
}

#[cfg(test)]
mod tests {
    use super::super::pairs::differ;

    #[test]
    fn a_condition_that_may_fail_stays_behind_the_one_that_guards_it() {
        differ(
            "SELECT a FROM (SELECT a, b FROM p WHERE b <> 0) i WHERE a / b > 1",
            "SELECT a FROM p WHERE b <> 0 AND a / b > 1",
        );
        differ(
            "SELECT p.a FROM p JOIN q ON p.id = q.pid AND q.x <> 0 WHERE p.a / q.x > 1",
            "SELECT p.a FROM q JOIN p ON p.id = q.pid AND p.a / q.x > 1 WHERE q.x <> 0",
        );
    }
}
