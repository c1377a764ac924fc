//! What sqlglot's `simplify` leaves of an expression, as far as edits by hand meet it.
//!
//! In: an expression whose columns are names again. Out: the expression as SQLMesh compares it. One file a rewrite;
//! [`pass`] has their order. What sqlglot doesn't look into (windows, intervals, subscripts) stays as written.
//! Not modelled: what depends on types other than BOOLEAN.
//! Must never be used for our own verdict: these rewrites are SQLMesh's, right or wrong.

mod absorb;
mod between;
mod boolean;
mod comparison;
mod complements;
mod concat;
mod conditionals;
mod connectors;
mod date_trunc;
mod dates;
mod equality;
mod literals;
mod negation;
mod parens;
mod sorted;
mod starts_with;
mod text;
mod turned;
mod values;

use crate::dialect::Dialect;
use crate::sql::tree::{Node, Op, Span, Tree};

pub(super) use parens::{is_binary, is_comparison};
pub(super) use text::text;

/// How often the rewrites are repeated at most: sqlglot repeats them until nothing changes.
const MAX_PASSES: usize = 8;

/// The expression as SQLMesh compares it.
pub(super) fn simplified(tree: &Tree, dialect: Dialect) -> Tree {
    if is_container(&tree.op) {
        return tree.with_kids(tree.kids.iter().map(|kid| simplified(kid, dialect)).collect());
    }
    if let Some((filter, arguments)) = tree.kids.split_last()
        && filter.op == Op::Filter
    {
        // A condition of its own, beside the call.
        let call = simplified(&tree.with_kids(arguments.to_vec()), dialect);
        let filter = filter.with_kids(filter.kids.iter().map(|kid| simplified(kid, dialect)).collect());
        return call.with_kids([call.kids.as_slice(), &[filter]].concat());
    }
    let mut tree = parens::unwrapped(tree, None);
    for _ in 0..MAX_PASSES {
        let next = parens::unwrapped(&pass(&tree, Place::TOP, dialect), None);
        if next == tree {
            break;
        }
        tree = next;
    }
    unmarked(&tree)
}

/// Marks a column as a boolean, for the rewrites that ask for one: a last child of the column.
pub(super) fn boolean_mark(span: Span) -> Tree {
    Node::leaf(Op::Modifier("BOOLEAN".into()), span)
}

/// The expression without the marks on its columns: types are no part of sqlglot's trees.
pub(super) fn unmarked(tree: &Tree) -> Tree {
    if tree.op == Op::Column {
        let kids = tree.kids.iter().filter(|kid| !matches!(kid.op, Op::Modifier(_)));
        return tree.with_kids(kids.cloned().collect());
    }
    if tree.kids.is_empty() { tree.clone() } else { tree.with_kids(tree.kids.iter().map(unmarked).collect()) }
}

/// Is it a condition that is always true?
pub(super) fn is_always_true(tree: &Tree) -> bool {
    values::is_true(tree)
}

/// What sqlglot walks through on its way to the conditions.
fn is_container(op: &Op) -> bool {
    matches!(
        op,
        Op::Alias(_)
            | Op::AtTimeZone
            | Op::OrderItem(..)
            | Op::Limit
            | Op::Offset
            | Op::Fetch(_)
            | Op::Row
            | Op::NamedArgument(_)
    )
}

/// What sqlglot looks into once it is in a condition (`SIMPLIFIABLE`), with the helper nodes of such.
fn is_simplifiable(tree: &Tree) -> bool {
    match &tree.op {
        Op::Function(_) => tree.child(&Op::Distinct).is_none() && tree.child(&Op::Filter).is_none(),
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
        | Op::NamedArgument(_)
        | Op::Collate(_)
        | Op::Lambda => true,
        _ => false,
    }
}

/// Where an expression stands, as far as a rewrite asks.
#[derive(Clone, Copy)]
struct Place<'t> {
    parent: Option<&'t Tree>,
    /// Under an AND or OR, whatever parentheses are between.
    in_connector: bool,
}

impl Place<'_> {
    const TOP: Place<'static> = Place { parent: None, in_connector: false };
}

/// One round: from the outside in what sqlglot does before it descends, from the inside out the rest.
fn pass(tree: &Tree, place: Place<'_>, dialect: Dialect) -> Tree {
    if !is_simplifiable(tree) {
        return tree.clone();
    }
    let tree = sorted::sorted(&between::written_out(tree, place.parent));
    let tree = concat::joined(&absorb::absorbed(&tree));
    let tree = conditionals::decided(&tree);
    if !is_simplifiable(&tree) {
        return tree;
    }
    let in_connector = parens::is_connector(&tree) || tree.op == Op::Paren && place.in_connector;
    let inside = Place { parent: Some(&tree), in_connector };
    let kids = tree.kids.iter().map(|kid| parens::unwrapped(&pass(kid, inside, dialect), Some(&tree))).collect();
    let tree = connectors::spliced(&tree.with_kids(kids));
    let tree = connectors::flattened(&negation::negated(&tree, dialect));
    let tree = connectors::without_constants(&tree, place.in_connector, dialect);
    let tree = complements::removed(&tree, dialect);
    let tree = equality::solved(&literals::folded(&tree, place.parent, dialect));
    starts_with::checked(&turned::turned(&date_trunc::ranged(&tree, dialect)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql;

    /// Does sqlglot make the same of both?
    pub(super) fn same(a: &str, b: &str) -> bool {
        let dialect = Dialect::parse("duckdb").expect("a known dialect");
        let read = |text: &str| simplified(&sql::expression(text, dialect).expect("an expression"), dialect);
        read(a) == read(b)
    }

    #[test]
    fn what_sqlglot_makes_equal_is_equal() {
        for (a, b) in [
            ("a BETWEEN 1 AND 2", "a >= 1 AND a <= 2"),
            ("CASE a WHEN 1 THEN 2 END", "CASE WHEN a = 1 THEN 2 END"),
            ("a + (b * 2)", "a + b * 2"),
            ("STARTS_WITH('abc', 'a')", "TRUE"),
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
            ("SUM((a)) OVER (ORDER BY b)", "SUM(a) OVER (ORDER BY b)"),
            ("COUNT(DISTINCT (a))", "COUNT(DISTINCT a)"),
            ("a IN (1, 2)", "a IN (2, 1)"),
        ] {
            assert!(!same(a, b), "{a} | {b}");
        }
    }
}
