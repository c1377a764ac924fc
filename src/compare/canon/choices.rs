//! CASE, COALESCE and NULLIF as each other.
//!
//! `CASE WHEN a IS NULL THEN b ELSE a END` is `COALESCE(a, b)`, `CASE WHEN a = b THEN NULL ELSE a END` is `NULLIF(a, b)`, and
//! `CASE a WHEN 1 THEN … END` is `CASE WHEN a = 1 THEN … END`. A COALESCE inside of another one is part of it.
//!
//! NULL: `a = b` isn't TRUE for a NULL, and then each side gives `a`. `CASE WHEN a <> b THEN a END` is NULL where `b` is, so
//! that is only NULLIF of a literal.
//!
//! A call that may give another value each time it is evaluated isn't written more or less often.

use super::Canon;
use super::boolean::{comparison, integer_like, is_predicate};
use super::calls::is_unlisted;
use super::form::{node, operands};
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// A CASE as something shorter.
    pub(super) fn choice(&self, kids: &[Tree]) -> Option<Tree> {
        if kids.iter().any(is_unlisted) {
            return None;
        }
        searched(kids).or_else(|| coalesced(kids)).or_else(|| nullified(kids)).or_else(|| nested(kids))
    }

    /// A function that chooses.
    pub(super) fn call_choice(&self, name: &str, kids: &[Tree]) -> Option<Tree> {
        if name != "COALESCE" || kids.iter().any(is_unlisted) {
            return None;
        }
        match kids {
            [left, .., modifier] if is_left_merge(modifier) => return Some(left.clone()),
            _ if kids.iter().any(|kid| matches!(kid.op, Op::Modifier(_))) => return None,
            [truth, otherwise] if otherwise.op == Op::Bool(false) && is_predicate(truth) => {
                return Some(node(Op::Is("TRUE"), vec![truth.clone()]));
            }
            _ => {}
        }
        let is_plain = |kid: &Tree| {
            matches!(&kid.op, Op::Function(inner) if &**inner == "COALESCE")
                && !kid.kids.iter().any(|inner| matches!(inner.op, Op::Modifier(_)))
        };
        let mut flat: Vec<Tree> = Vec::new();
        for kid in kids {
            let parts = if is_plain(kid) { kid.kids.clone() } else { vec![kid.clone()] };
            for part in parts {
                if !flat.contains(&part) {
                    flat.push(part);
                }
            }
        }
        (flat.len() != kids.len() || kids.iter().any(is_plain)).then(|| coalesce(flat))
    }
}

/// `USING` of left joins: where the left column is NULL nothing is joined, so the merged one is the left one.
fn is_left_merge(modifier: &Tree) -> bool {
    matches!(&modifier.op, Op::Modifier(words) if words.split(' ').skip(1).all(|word| word == "LEFT"))
}

fn coalesce(values: Vec<Tree>) -> Tree {
    match values.as_slice() {
        [only] => only.clone(),
        _ => node(Op::Function("COALESCE".into()), values),
    }
}

/// `CASE a WHEN 1 THEN …`: each value is compared for itself, which makes a difference only if they are of several types.
fn searched(kids: &[Tree]) -> Option<Tree> {
    let (operand, rest) = kids.split_first().filter(|(first, _)| first.op == Op::Operand)?;
    let value = operand.first()?;
    let tests = || rest.iter().filter(|kid| kid.op == Op::When).filter_map(|kid| kid.first());
    let alike = tests().all(integer_like) || tests().all(|test| matches!(test.op, Op::Text(_)));
    let whens = rest.iter().map(|kid| match (&kid.op, kid.kids.as_slice()) {
        (Op::When, [test, result]) => node(Op::When, vec![comparison("=", value, test), result.clone()]),
        _ => kid.clone(),
    });
    alike.then(|| node(Op::Case, whens.collect()))
}

fn coalesced(kids: &[Tree]) -> Option<Tree> {
    let (first, rest) = kids.split_first()?;
    let (Op::When, [test, result]) = (&first.op, first.kids.as_slice()) else { return None };
    match (&test.op, test.first()?, rest) {
        (Op::IsNull, value, [last]) if last.op == Op::Else && last.first() == Some(value) => {
            Some(coalesce(vec![value.clone(), result.clone()]))
        }
        (Op::Not, inner, [_, ..]) if inner.op == Op::IsNull && inner.first() == Some(result) => {
            let otherwise = match rest {
                [last] if last.op == Op::Else => last.first()?.clone(),
                _ => node(Op::Case, rest.to_vec()),
            };
            Some(coalesce(vec![result.clone(), otherwise]))
        }
        _ => None,
    }
}

fn nullified(kids: &[Tree]) -> Option<Tree> {
    let nullif = |a: &Tree, b: &Tree| Some(node(Op::Function("NULLIF".into()), vec![a.clone(), b.clone()]));
    let (Op::When, [test, result]) = (&kids.first()?.op, kids.first()?.kids.as_slice()) else { return None };
    if let (Some((a, b)), [_, last]) = (operands(test, "="), kids)
        && let (Op::Else, Some(value), Op::Null) = (&last.op, last.first(), &result.op)
    {
        return match (value == a, value == b) {
            (true, _) => nullif(a, b),
            (_, true) => nullif(b, a),
            _ => None,
        };
    }
    let (a, b) = operands(test, "<>").filter(|_| kids.len() == 1)?;
    match (result == a && integer_like(b), result == b && integer_like(a)) {
        (true, _) => nullif(a, b),
        (_, true) => nullif(b, a),
        _ => None,
    }
}

/// `CASE WHEN a THEN CASE WHEN b THEN c END END` is `CASE WHEN a AND b THEN c END`.
fn nested(kids: &[Tree]) -> Option<Tree> {
    let [outer] = kids else { return None };
    let (Op::When, [test, result]) = (&outer.op, outer.kids.as_slice()) else { return None };
    let (Op::Case, [inner]) = (&result.op, result.kids.as_slice()) else { return None };
    let (Op::When, [second, value]) = (&inner.op, inner.kids.as_slice()) else { return None };
    if !is_predicate(test) || !is_predicate(second) || super::calls::may_fail(second) {
        return None;
    }
    let both = super::boolean::connective(&Op::And, vec![test.clone(), second.clone()]);
    Some(node(Op::Case, vec![node(Op::When, vec![both, value.clone()])]))
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn case_as_coalesce() {
        same("SELECT CASE WHEN b IS NULL THEN 0 ELSE b END FROM p", "SELECT COALESCE(b, 0) FROM p");
        same("SELECT CASE WHEN b IS NOT NULL THEN b ELSE a END FROM p", "SELECT COALESCE(b, a) FROM p");
        same(
            "SELECT CASE WHEN b IS NOT NULL THEN b WHEN a IS NOT NULL THEN a ELSE 0 END FROM p",
            "SELECT COALESCE(b, COALESCE(a, 0)) FROM p",
        );
        same("SELECT COALESCE(COALESCE(b, a), b, 0) FROM p", "SELECT COALESCE(b, a, 0) FROM p");
        differ("SELECT CASE WHEN b IS NULL THEN 0 ELSE a END FROM p", "SELECT COALESCE(a, 0) FROM p");
        differ("SELECT CASE WHEN b IS NULL THEN 0 ELSE b END FROM p", "SELECT COALESCE(0, b) FROM p");
        differ("SELECT CASE WHEN b IS NOT NULL THEN 0 ELSE b END FROM p", "SELECT COALESCE(b, 0) FROM p");
        differ("SELECT COALESCE(COALESCE(b, a), 0) FROM p", "SELECT COALESCE(a, b, 0) FROM p");
    }

    #[test]
    fn case_as_nullif() {
        same("SELECT CASE WHEN b = 0 THEN NULL ELSE b END FROM p", "SELECT NULLIF(b, 0) FROM p");
        same("SELECT CASE WHEN a = b THEN NULL ELSE b END FROM p", "SELECT NULLIF(b, a) FROM p");
        same("SELECT CASE WHEN b <> 0 THEN b END FROM p", "SELECT NULLIF(b, 0) FROM p");
        differ("SELECT CASE WHEN a <> b THEN a END FROM p", "SELECT NULLIF(a, b) FROM p");
        differ("SELECT CASE WHEN b = 0 THEN NULL ELSE a END FROM p", "SELECT NULLIF(b, 0) FROM p");
    }

    #[test]
    fn case_of_a_value() {
        same(
            "SELECT CASE b WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'z' END FROM p",
            "SELECT CASE WHEN b = 1 THEN 'x' WHEN 2 = b THEN 'y' ELSE 'z' END FROM p",
        );
        differ(
            "SELECT CASE b WHEN a THEN 1 WHEN 'x' THEN 2 END FROM p",
            "SELECT CASE WHEN b = a THEN 1 WHEN b = 'x' THEN 2 END FROM p",
        );
        differ(
            "SELECT CASE b WHEN 1 THEN 'x' WHEN 2 THEN 'y' END FROM p",
            "SELECT CASE b WHEN 2 THEN 'y' WHEN 1 THEN 'x' ELSE 'z' END FROM p",
        );
        differ(
            "SELECT CASE own(b) WHEN 1 THEN 2 WHEN 3 THEN 4 END FROM p",
            "SELECT CASE WHEN own(b) = 1 THEN 2 WHEN own(b) = 3 THEN 4 END FROM p",
        );
    }

    #[test]
    fn the_merged_column_of_a_left_join() {
        same("SELECT id FROM p LEFT JOIN q USING (id)", "SELECT p.id FROM p LEFT JOIN q ON p.id = q.id");
        differ("SELECT id FROM p LEFT JOIN q USING (id)", "SELECT q.id FROM p LEFT JOIN q ON p.id = q.id");
        differ("SELECT id FROM p FULL JOIN q USING (id)", "SELECT p.id FROM p FULL JOIN q ON p.id = q.id");
        same("SELECT COALESCE(b > 1, FALSE) FROM p", "SELECT CASE WHEN b > 1 THEN TRUE ELSE FALSE END FROM p");
        differ("SELECT COALESCE(b > 1, TRUE) FROM p", "SELECT CASE WHEN b > 1 THEN TRUE ELSE FALSE END FROM p");
    }
}
