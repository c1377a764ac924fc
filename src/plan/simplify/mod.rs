//! What sqlglot's `simplify` leaves of an expression, as far as edits by hand meet it.
//!
//! In: an expression whose columns are names again. Out: the expression as SQLMesh compares it: AND and OR sorted and
//! without doubles, constants folded, comparisons in one direction, BETWEEN and CASE x WHEN written out, parentheses
//! dropped where sqlglot drops them. What it doesn't look into (windows, intervals, subscripts) stays as written. Not
//! modelled: absorption (`a OR (a AND b)`), date arithmetic, DATE_TRUNC ranges, constant CASE branches.
//! Must never be used for our own verdict: these rewrites are SQLMesh's, right or wrong.

mod connectors;
mod constants;
mod parens;
mod text;

use crate::sql::tree::{Node, Op, Span, Tree};

pub(super) use text::text;

/// How often the rewrites are repeated at most: sqlglot repeats them until nothing changes.
const MAX_PASSES: usize = 8;

/// The expression as SQLMesh compares it.
pub(super) fn simplified(tree: &Tree) -> Tree {
    if is_container(&tree.op) {
        return tree.with_kids(tree.kids.iter().map(simplified).collect());
    }
    let mut tree = parens::unwrapped(tree, None);
    for _ in 0..MAX_PASSES {
        let next = parens::unwrapped(&pass(&tree), None);
        if next == tree {
            break;
        }
        tree = next;
    }
    tree
}

/// Marks a column as a boolean, for the rewrites that ask for one: a last child of the column.
pub(super) fn boolean_mark(span: Span) -> Tree {
    Node::leaf(Op::Modifier("BOOLEAN".into()), span)
}

/// Is it a condition that is always true?
pub(super) fn is_always_true(tree: &Tree) -> bool {
    constants::is_true(tree)
}

/// What sqlglot walks through on its way to the conditions.
fn is_container(op: &Op) -> bool {
    matches!(
        op,
        Op::Alias(_) | Op::OrderItem(..) | Op::Limit | Op::Offset | Op::Fetch(_) | Op::Row | Op::NamedArgument(_)
    )
}

/// What sqlglot looks into once it is in a condition (`SIMPLIFIABLE`), with the helper nodes of such.
fn is_simplifiable(tree: &Tree) -> bool {
    match &tree.op {
        Op::Function(_) => tree.child(&Op::Distinct).is_none(),
        Op::Not
        | Op::Unary(_)
        | Op::Binary(_)
        | Op::And
        | Op::Or
        | Op::IsNull
        | Op::Is(_)
        | Op::IsDistinct
        | Op::Between
        | Op::In
        | Op::Like(_)
        | Op::Quantified(..)
        | Op::Case
        | Op::Operand
        | Op::When
        | Op::Else
        | Op::Cast(_)
        | Op::Extract(_)
        | Op::Array
        | Op::Struct
        | Op::Paren
        | Op::Filter
        | Op::NamedArgument(_)
        | Op::Collate(_)
        | Op::Lambda => true,
        _ => false,
    }
}

/// One round: from the outside in what sqlglot does before it descends, from the inside out the rest.
fn pass(tree: &Tree) -> Tree {
    if !is_simplifiable(tree) {
        return tree.clone();
    }
    let tree = connectors::sorted(&written_out(tree));
    let kids: Vec<Tree> = tree.kids.iter().map(pass).collect();
    let kids = kids.iter().map(|kid| parens::unwrapped(kid, Some(&tree))).collect();
    let tree = tree.with_kids(kids);
    let tree = connectors::negated(&tree);
    let tree = connectors::flattened(&tree);
    let tree = constants::without_constants(&tree);
    let tree = constants::folded(&tree);
    constants::turned(&constants::solved(&tree))
}

/// `x BETWEEN a AND b` as two comparisons, `CASE x WHEN a` as `CASE WHEN x = a`.
fn written_out(tree: &Tree) -> Tree {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Between, [x, low, high]) => between(tree, x, low, high),
        (Op::Not, [inner]) => match (&inner.op, inner.kids.as_slice()) {
            (Op::Between, [x, low, high]) => {
                let range = between(inner, x, low, high);
                tree.with_kids(vec![Node::new(Op::Paren, vec![range], inner.span)])
            }
            _ => tree.clone(),
        },
        (Op::Case, [operand, rest @ ..]) if operand.op == Op::Operand => match operand.first() {
            Some(value) => tree.with_kids(rest.iter().map(|part| compared(part, value)).collect()),
            None => tree.clone(),
        },
        _ => tree.clone(),
    }
}

fn between(tree: &Tree, x: &Tree, low: &Tree, high: &Tree) -> Tree {
    let compare = |op: &str, bound: &Tree| Node::new(Op::Binary(op.into()), vec![x.clone(), bound.clone()], tree.span);
    Node::new(Op::And, vec![compare(">=", low), compare("<=", high)], tree.span)
}

fn compared(part: &Tree, value: &Tree) -> Tree {
    match (&part.op, part.kids.as_slice()) {
        (Op::When, [condition, result]) => {
            let equal = Node::new(Op::Binary("=".into()), vec![value.clone(), condition.clone()], condition.span);
            part.with_kids(vec![equal, result.clone()])
        }
        _ => part.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;
    use crate::sql;

    fn same(a: &str, b: &str) -> bool {
        let read = |text: &str| {
            let dialect = Dialect::parse("duckdb").expect("a known dialect");
            simplified(&sql::expression(text, dialect).expect("an expression"))
        };
        read(a) == read(b)
    }

    #[test]
    fn what_sqlglot_makes_equal_is_equal() {
        for (a, b) in [
            ("a = 1 AND b = 2", "b = 2 AND a = 1"),
            ("a = 1 AND a = 1", "a = 1"),
            ("NOT (a = 1 AND b = 2)", "a <> 1 OR b <> 2"),
            ("a BETWEEN 1 AND 2", "a >= 1 AND a <= 2"),
            ("NOT a < 1", "1 <= a"),
            ("CASE a WHEN 1 THEN 2 END", "CASE WHEN a = 1 THEN 2 END"),
            ("a + (b * 2)", "a + b * 2"),
            ("a + 1 + 2", "a + 3"),
            ("a + 1 = 3", "a = 2"),
            ("a > 1 AND a > 2", "a > 2"),
            ("'x' || 'y' || c", "'xy' || c"),
        ] {
            assert!(same(a, b), "{a} | {b}");
        }
    }

    #[test]
    fn what_sqlglot_keeps_apart_stays_apart() {
        for (a, b) in [
            ("a + b", "b + a"),
            ("a - (b - 2)", "a - b - 2"),
            ("COALESCE(a, (b + 1))", "COALESCE(a, b + 1)"),
            ("a = 1 OR (b = 2 AND c = 3)", "a = 1 OR b = 2 AND c = 3"),
            ("SUM((a)) OVER (ORDER BY b)", "SUM(a) OVER (ORDER BY b)"),
            ("COUNT(DISTINCT (a))", "COUNT(DISTINCT a)"),
            ("a IN (1, 2)", "a IN (2, 1)"),
        ] {
            assert!(!same(a, b), "{a} | {b}");
        }
    }
}
