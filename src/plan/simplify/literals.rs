//! `simplify_literals`: arithmetic and comparisons of constants, `- -x`, NULL in the branches of CASE and IF.

use crate::dialect::{Dialect, Family};
use crate::sql::tree::{Node, Op, Tree};

use super::conditionals::is_branch;
use super::connectors::paired;
use super::dates::{Delta, Instant};
use super::parens::is_comparison;
use super::values::{Number, compared, is_number, truth};

pub(super) fn folded(tree: &Tree, parent: Option<&Tree>, dialect: Dialect) -> Tree {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Unary(op), [inner]) if &**op == "-" => match (&inner.op, inner.first()) {
            (Op::Unary(inside), Some(value)) if &**inside == "-" => value.clone(),
            _ => tree.clone(),
        },
        (Op::IsNull, [value]) => match stripped(value).op {
            Op::Number(_) | Op::Text(_) => truth(false, tree.span),
            Op::Null => truth(true, tree.span),
            _ => tree.clone(),
        },
        (Op::Binary(_) | Op::Like(_), kids) if is_branch(parent) && kids.iter().any(|kid| kid.op == Op::Null) => {
            Node::leaf(Op::Null, tree.span)
        }
        (Op::Binary(op), [left, right]) if is_comparison(op) => decided(op, tree, stripped(left), stripped(right)),
        (Op::Binary(op), _) => chain(op, tree),
        (Op::Function(name), [date, interval]) if matches!(&**name, "DATE_ADD" | "DATE_SUB") => {
            let op = if &**name == "DATE_ADD" { "+" } else { "-" };
            moved(op, date, interval).unwrap_or_else(|| tree.clone())
        }
        (Op::Function(name), [unit, count, date]) if adds_dates(name, dialect) => {
            added(unit, count, date).unwrap_or_else(|| tree.clone())
        }
        _ => tree.clone(),
    }
}

/// `_flat_simplify` of a chain of one operator. Subtraction and division combine only what is each other's neighbour
/// from the start.
fn chain(op: &str, tree: &Tree) -> Tree {
    let is_associative = matches!(op, "+" | "*");
    let first = tree.kids.get(..2);
    let combine = |a: &Tree, b: &Tree| {
        let are_first = first.is_some_and(|first| std::ptr::eq(&**a, &*first[0]) && std::ptr::eq(&**b, &*first[1]));
        computed(op, a, b, is_associative || are_first)
    };
    match paired(&tree.kids, combine) {
        Some(kids) if kids.len() == 1 => kids.first().cloned().unwrap_or_else(|| tree.clone()),
        Some(kids) => tree.with_kids(kids),
        None => tree.clone(),
    }
}

fn computed(op: &str, a: &Tree, b: &Tree, may_combine: bool) -> Option<Tree> {
    let Some((left, right)) = Number::of(a).zip(Number::of(b)) else { return moved(op, a, b) };
    let number = match op {
        _ if !may_combine => return None,
        "+" => left.plus(right)?,
        "*" => left.times(right)?,
        "-" => left.minus(right)?,
        _ if op.starts_with('/') && !(left.is_whole && right.is_whole) => left.over(right)?,
        _ => return None,
    };
    number.literal(a.span)
}

/// A date and an interval.
fn moved(op: &str, a: &Tree, b: &Tree) -> Option<Tree> {
    let (date, delta) = match op {
        "+" => match Instant::of(a) {
            Some(date) => (date, Delta::of(b)?),
            None => (Instant::of(b)?, Delta::of(a)?),
        },
        "-" => (Instant::of(a)?, Delta::of(b)?.negated()?),
        _ => return None,
    };
    date.plus(delta)?.literal(a.span)
}

/// Does sqlglot read this call, with a unit first, as the addition that it computes (`exp.DateAdd`)?
fn adds_dates(name: &str, dialect: Dialect) -> bool {
    match dialect.family {
        Family::Snowflake | Family::TSql | Family::Fabric => name == "DATEADD",
        Family::Presto | Family::Trino | Family::Athena => name == "DATE_ADD",
        _ => false,
    }
}

fn added(unit: &Tree, count: &Tree, date: &Tree) -> Option<Tree> {
    let (Op::Text(unit), Op::Text(count) | Op::Number(count)) = (&unit.op, &count.op) else { return None };
    Instant::of(date)?.plus(Delta::units(unit, count.trim().parse().ok()?)?)?.literal(date.span)
}

fn decided(op: &str, tree: &Tree, left: &Tree, right: &Tree) -> Tree {
    let is_null = left.op == Op::Null || right.op == Op::Null;
    let is_plain = is_number(left) == is_number(right);
    let Some(ordering) = compared(left, right).filter(|_| !is_null && is_plain) else { return tree.clone() };
    let holds = match op {
        "=" => ordering.is_eq(),
        "<>" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    };
    truth(holds, tree.span)
}

/// `_simplify_integer_cast`: a small whole number without its casts.
fn stripped(tree: &Tree) -> &Tree {
    let (Op::Cast(_), [value, of]) = (&tree.op, tree.kids.as_slice()) else { return tree };
    let inner = if matches!(value.op, Op::Cast(_)) { stripped(value) } else { value };
    let is_small = |low: i64, high: i64| match &inner.op {
        Op::Number(text) => text.parse::<i64>().is_ok_and(|number| (low..=high).contains(&number)),
        _ => false,
    };
    let fits = match &of.op {
        Op::Type(name) if SIGNED.contains(&&**name) => is_small(-128, 127),
        Op::Type(name) if UNSIGNED.contains(&&**name) => is_small(0, 255),
        _ => false,
    };
    if fits { inner } else { tree }
}

const SIGNED: &[&str] =
    &["TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT", "HUGEINT", "INT128", "INT256"];
const UNSIGNED: &[&str] = &["UTINYINT", "USMALLINT", "UMEDIUMINT", "UINT", "UINTEGER", "UBIGINT", "UHUGEINT"];

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn constants_are_computed() {
        assert!(same("a + 1 + 2", "a + 3"));
        assert!(same("5 - 2 - 1 - a", "2 - a"));
        assert!(same("1.5 + 1", "2.5"));
        assert!(same("1.0 / 4", "0.25"));
        assert!(same("- - a", "a"));
        assert!(same("1 IS NULL", "FALSE"));
        assert!(same("DATE '2020-01-31' + INTERVAL '1' MONTH", "DATE '2020-02-29'"));
        assert!(same("CASE WHEN a = NULL THEN 1 ELSE 2 END", "2"));
        assert!(same("CAST(3 AS INT) = CAST(4 AS INT)", "FALSE"));
        assert!(!same("a - 1 - 2", "a - 3"));
        assert!(!same("1 / 4", "0.25"));
    }
}
