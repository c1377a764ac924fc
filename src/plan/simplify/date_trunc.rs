//! `simplify_datetrunc`: `DATE_TRUNC('month', x) = DATE '2020-01-01'` is a range of `x`.
//!
//! `DATE_TRUNC('month', x) IN (…)` is several such ranges, those that touch as one.

use crate::dialect::Dialect;
use crate::sql::tree::{Node, Op, Tree};

use super::dates::{Delta, Instant};

pub(super) fn ranged(tree: &Tree, dialect: Dialect) -> Tree {
    alone(tree, dialect)
        .or_else(|| compared(tree, dialect))
        .or_else(|| listed(tree, dialect))
        .unwrap_or_else(|| tree.clone())
}

/// The unit in capitals, and what is cut.
pub(super) fn parts(tree: &Tree) -> Option<(String, &Tree)> {
    let Op::Function(name) = &tree.op else { return None };
    // A group of dialects may stand behind the name.
    if !matches!(name.split(' ').next()?, "DATE_TRUNC" | "DATETRUNC" | "TIMESTAMP_TRUNC") {
        return None;
    }
    match tree.kids.as_slice() {
        [unit, cut] if matches!(unit.op, Op::Text(_)) => Some((word(unit)?, cut)),
        [cut, unit] => Some((word(unit)?, cut)),
        _ => None,
    }
}

fn word(tree: &Tree) -> Option<String> {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Text(text) | Op::Ident(text) | Op::Missing(text) | Op::Literal("unit", text), _) => {
            Some(text.to_uppercase())
        }
        (Op::Column, [only]) => word(only),
        _ => None,
    }
}

fn alone(tree: &Tree, dialect: Dialect) -> Option<Tree> {
    let (unit, cut) = parts(tree)?;
    Instant::of(cut)?.floor(&unit, dialect)?.literal(tree.span)
}

fn compared(tree: &Tree, dialect: Dialect) -> Option<Tree> {
    let (Op::Binary(op), [left, right]) = (&tree.op, tree.kids.as_slice()) else { return None };
    let (unit, cut) = parts(left)?;
    let date = Instant::of(right)?;
    let floor = date.floor(&unit, dialect)?;
    let next = floor.plus(Delta::units(&unit, 1)?)?;
    let bound = |op: &str, bound: &Instant| {
        Some(Node::new(Op::Binary(op.into()), vec![operand(cut), bound.literal(right.span)?], tree.span))
    };
    let is_first = date == floor;
    match &**op {
        "<" => bound("<", if is_first { &date } else { &next }),
        ">" => bound(">=", &next),
        "<=" => bound("<", &next),
        ">=" => bound(">=", if is_first { &date } else { &next }),
        "=" if is_first => Some(Node::new(Op::And, vec![bound(">=", &floor)?, bound("<", &next)?], tree.span)),
        "<>" if is_first => Some(Node::new(Op::And, vec![bound("<", &floor)?, bound(">=", &next)?], tree.span)),
        _ => None,
    }
}

/// The ranges are of the truncated date, where a later round of `simplify` takes the call away.
fn listed(tree: &Tree, dialect: Dialect) -> Option<Tree> {
    let (Op::In, [cut, items @ ..]) = (&tree.op, tree.kids.as_slice()) else { return None };
    let (unit, _) = parts(cut)?;
    let dates: Vec<Instant> = items.iter().map(Instant::of).collect::<Option<_>>()?;
    let mut ranges: Vec<(Instant, Instant)> = Vec::new();
    for date in &dates {
        if date.floor(&unit, dialect)? == *date {
            ranges.push((date.clone(), date.plus(Delta::units(&unit, 1)?)?));
        }
    }
    let bound = |op: &str, bound: &Instant| {
        // `extract_type`: all are in the type of the first.
        let bound = dates.first()?.at(bound.at);
        Some(Node::new(Op::Binary(op.into()), vec![cut.clone(), bound.literal(tree.span)?], tree.span))
    };
    let range = |(low, high): &(Instant, Instant)| {
        Some(Node::new(Op::And, vec![bound(">=", low)?, bound("<", high)?], tree.span))
    };
    let made: Vec<Tree> = merged(ranges).iter().map(range).collect::<Option<_>>()?;
    match made.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(Node::new(Op::Or, made.into_iter().map(super::connectors::wrapped).collect(), tree.span)),
    }
}

/// `merge_ranges`
fn merged(mut ranges: Vec<(Instant, Instant)>) -> Vec<(Instant, Instant)> {
    ranges.sort_by_key(|(low, high)| (low.at, high.at));
    let mut found: Vec<(Instant, Instant)> = Vec::new();
    for (low, high) in ranges {
        match found.last_mut() {
            Some((_, last)) if low.at <= last.at => {
                if last.at < high.at {
                    *last = high;
                }
            }
            _ => found.push((low, high)),
        }
    }
    found
}

/// Operators stand in parentheses in an operator.
fn operand(cut: &Tree) -> Tree {
    if super::parens::is_binary(cut) { Node::new(Op::Paren, vec![cut.clone()], cut.span) } else { cut.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::same;

    #[test]
    fn comparisons_of_a_cut_date_are_ranges() {
        assert!(same("DATE_TRUNC('MONTH', a) = DATE '2020-01-01'", "a >= DATE '2020-01-01' AND a < DATE '2020-02-01'"));
        assert!(same("DATE_TRUNC('YEAR', a) > DATE '2020-05-01'", "a >= DATE '2021-01-01'"));
        assert!(same("DATE_TRUNC('MONTH', DATE '2020-01-15')", "DATE '2020-01-01'"));
        assert!(!same("DATE_TRUNC('MONTH', a) = DATE '2020-01-02'", "FALSE"));
    }
}
