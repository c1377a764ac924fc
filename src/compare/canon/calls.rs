//! What expressions may do that rewriting must not change: fail, depend on the order of rows, give several rows.

use crate::compare::fingerprint::is_certain_aggregate;
use crate::dialect::Family;
use crate::sql::functions::{FunctionKind, kind, kind_in};
use crate::sql::tree::{Node, Op, Tree};

/// Functions that have a value for all arguments of the types they take.
const TOTAL: &[&str] = &[
    "ABS",
    "AVG",
    "BOOL_AND",
    "BOOL_OR",
    "CEIL",
    "CHAR_LENGTH",
    "COALESCE",
    "CONCAT",
    "CONCAT_WS",
    "COUNT",
    "COUNTIF",
    "COUNT_IF",
    "DATE_TRUNC",
    "DAY",
    "DAYOFWEEK",
    "DAYOFYEAR",
    "FLOOR",
    "GREATEST",
    "HOUR",
    "IF",
    "IFF",
    "IFNULL",
    "INITCAP",
    "LEAST",
    "LENGTH",
    "LOWER",
    "LTRIM",
    "MAX",
    "MD5",
    "MIN",
    "MINUTE",
    "MONTH",
    "NULLIF",
    "NVL",
    "QUARTER",
    "REPLACE",
    "REVERSE",
    "ROUND",
    "RTRIM",
    "SAFE_DIVIDE",
    "SECOND",
    "SIGN",
    "STARTS_WITH",
    "SUM",
    "TRIM",
    "UPPER",
    "WEEK",
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

/// Has every node of the expression a meaning that depends on its row alone, or is it an aggregate of which the arguments
/// have such a meaning?
pub(super) fn is_understood(tree: &Tree, family: Family) -> bool {
    understood(tree, &|name| kind_in(name, family) == FunctionKind::Scalar)
}

/// The same, and it may look through windows, and call what isn't listed. Only for outputs and QUALIFY.
pub(super) fn is_understood_output(tree: &Tree, family: Family) -> bool {
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match (&node.op, node.kids.as_slice()) {
            (Op::Window, [call, spec]) => {
                if !is_known_window(call, spec) {
                    return false;
                }
                pending.extend(call.kids.iter().filter(|kid| !is_argument_of_order(kid)));
                pending.extend(spec.kids.iter().flat_map(|part| &part.kids));
            }
            (Op::Hole(_), _) => pending.extend(&node.kids),
            (Op::Function(name), _) if kind(name) == FunctionKind::Unknown => pending.extend(&node.kids),
            _ if is_understood_node(node, &|name| kind_in(name, family) == FunctionKind::Scalar) => {
                pending.extend(&node.kids)
            }
            _ => return false,
        }
    }
    true
}

/// `IGNORE NULLS` and the like.
fn is_argument_of_order(kid: &Tree) -> bool {
    matches!(&kid.op, Op::Modifier(words) if matches!(&**words, "IGNORE NULLS" | "RESPECT NULLS"))
}

/// A function of which every engine knows what it does with OVER.
fn is_known_window(call: &Tree, spec: &Tree) -> bool {
    let Op::Function(name) = &call.op else { return false };
    let plain = spec.kids.iter().all(|part| matches!(part.op, Op::PartitionBy | Op::OrderBy | Op::Frame(_)));
    let known = match kind(name) {
        FunctionKind::Window => true,
        FunctionKind::Aggregate => is_certain_aggregate(name, call),
        _ => false,
    };
    known && plain && spec.op == Op::WindowSpec && !call.kids.iter().any(is_ordering)
}

fn is_ordering(kid: &Tree) -> bool {
    matches!(kid.op, Op::OrderBy | Op::Limit | Op::WithinGroup)
}

fn understood(tree: &Tree, scalar: &dyn Fn(&str) -> bool) -> bool {
    let mut understood = true;
    tree.walk(&mut |node| {
        understood &= is_understood_node(node, scalar);
        understood
    });
    understood
}

fn is_understood_node(node: &Node, scalar: &dyn Fn(&str) -> bool) -> bool {
    let has_query = || node.kids.iter().any(|kid| matches!(kid.op, Op::Subquery | Op::Nested(_)));
    match &node.op {
        // ARRAY and the like make more of a query than its one value.
        Op::Function(name) if has_query() && !TOTAL.contains(&&**name) => false,
        Op::Function(name) if scalar(name) => true,
        Op::Function(name) => {
            let ordered = node.kids.iter().any(is_ordering);
            kind(name) == FunctionKind::Aggregate
                && is_certain_aggregate(name, node)
                && (!ordered || !UNDERSTOOD.contains(&&**name))
        }
        Op::Modifier(name) => name.starts_with("USING ") || &**name == "IGNORE NULLS" || &**name == "RESPECT NULLS",
        Op::Bound(..) | Op::Nested(_) | Op::Subquery | Op::Exists | Op::In | Op::Tuple | Op::Paren => true,
        Op::Number(_) | Op::Text(_) | Op::Bool(_) | Op::Null | Op::Literal(..) | Op::Interval(_) => true,
        Op::Not | Op::And | Op::Or | Op::IsNull | Op::Is(_) | Op::IsDistinct | Op::Between | Op::Like(_) => true,
        Op::Unary(_) | Op::Binary(_) | Op::Quantified(..) | Op::Extract(_) | Op::Cast(_) | Op::Type(_) => true,
        Op::Case | Op::Operand | Op::When | Op::Else | Op::Distinct | Op::Filter => true,
        Op::OrderItem(..) | Op::OrderBy | Op::WithinGroup => true,
        Op::Limit | Op::Offset => true,
        Op::Array | Op::Subscript | Op::Field(_) | Op::AtTimeZone => true,
        Op::Star => node.kids.is_empty(),
        _ => false,
    }
}

/// Is there a function with OVER in it?
pub(super) fn is_windowed(tree: &Tree) -> bool {
    any(tree, &|node| node.op == Op::Window)
}

/// Is there a call in it that may do anything with rows?
pub(super) fn is_unlisted(tree: &Tree) -> bool {
    any(tree, &|node| matches!(&node.op, Op::Function(name) if kind(name) == FunctionKind::Unknown))
}

/// May its value depend on the order in which rows come?
pub(super) fn is_unsteady(tree: &Tree) -> bool {
    any(tree, &|node| match (&node.op, node.kids.as_slice()) {
        (Op::Window, [call, spec]) => !is_steady_window(call, spec),
        (Op::Function(name), _) => match kind(name) {
            FunctionKind::Unknown => true,
            FunctionKind::Aggregate => !UNDERSTOOD.contains(&&**name),
            _ => false,
        },
        _ => false,
    })
}

/// Rows that come at the same place of the order are looked at together: then nothing depends on which comes first.
fn is_steady_window(call: &Tree, spec: &Tree) -> bool {
    let Op::Function(name) = &call.op else { return false };
    let by_rows = spec.kids.iter().any(|part| matches!(&part.op, Op::Frame(frame) if !frame.starts_with("RANGE ")));
    match &**name {
        "RANK" | "DENSE_RANK" | "PERCENT_RANK" | "CUME_DIST" => true,
        name if UNDERSTOOD.contains(&name) => !by_rows || is_whole_frame(spec),
        _ => false,
    }
}

fn is_whole_frame(spec: &Tree) -> bool {
    let whole = |frame: &str| frame.ends_with("UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
    spec.kids.iter().all(|part| !matches!(&part.op, Op::Frame(frame) if !whole(frame)))
}

fn any(tree: &Tree, is: &dyn Fn(&Node) -> bool) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= is(node);
        !found
    });
    found
}

/// May evaluating it fail for some row: a division by zero, a cast, a function that isn't known to have a value?
/// Sums that don't fit their type are not counted: engines test conditions in any order.
pub(super) fn may_fail(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= match &node.op {
            Op::Function(name) => !TOTAL.contains(&&**name),
            Op::Binary(op) if &**op == "/" => !node.kids.iter().skip(1).all(is_never_zero),
            Op::Binary(op) => !matches!(&**op, "=" | "<>" | "<" | ">" | "<=" | ">=" | "+" | "-" | "*" | "||" | "<=>"),
            Op::Cast(gives_null) => !gives_null && !is_text_type(node),
            Op::In => return in_may_fail(node, &mut found),
            Op::Subquery => true,
            Op::Unary(op) => &**op != "-" && &**op != "+",
            Op::Subscript | Op::AtTimeZone => true,
            _ => false,
        };
        !found
    });
    found
}

/// Every value can be written as a text.
fn is_text_type(cast: &Node) -> bool {
    let name = cast.kids.get(1).map(|kind| &kind.op);
    cast.kids.len() == 2 && matches!(name, Some(Op::Type(name)) if matches!(&**name, "TEXT" | "VARCHAR" | "STRING"))
}

/// NULL or a number that isn't zero.
fn is_never_zero(divisor: &Tree) -> bool {
    let is_zero = |tree: &Tree| matches!(&tree.op, Op::Number(text) if !text.bytes().any(|b| matches!(b, b'1'..=b'9')));
    match (&divisor.unwrap_parens().op, divisor.unwrap_parens().kids.as_slice()) {
        (Op::Number(_), _) => !is_zero(divisor.unwrap_parens()),
        (Op::Function(name), [_, zero]) => {
            &**name == "NULLIF" && matches!(&zero.op, Op::Number(text) if &**text == "0")
        }
        _ => false,
    }
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
