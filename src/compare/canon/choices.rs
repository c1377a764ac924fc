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
use super::boolean::{comparison, integer_like, is_predicate, possible_ways};
use super::calls::is_unlisted;
use super::form::{node, operands};
use crate::dialect::Family;
use crate::sql::tree::{Name, Op, Tree};

impl Canon<'_> {
    /// A CASE as something shorter.
    pub(super) fn choice(&self, kids: &[Tree]) -> Option<Tree> {
        if kids.iter().any(is_unlisted) {
            return None;
        }
        searched(kids)
            .or_else(|| self.possible(kids))
            .or_else(|| coalesced(kids))
            .or_else(|| self.nullified(kids))
            .or_else(|| nested(kids))
    }

    /// A CASE without the ways that are never taken, where all results have one type.
    fn possible(&self, kids: &[Tree]) -> Option<Tree> {
        let (kept, idle) = possible_ways(kids);
        let mut types = kept.iter().filter_map(|way| way.kids.last()).chain(&idle).map(|result| self.type_of(result));
        let first = types.next()??;
        let alike = !idle.is_empty() && !kept.is_empty() && types.all(|kind| kind.as_ref() == Some(&first));
        alike.then(|| match kept.as_slice() {
            [only] if only.op == Op::Else => only.kids.last().cloned(),
            _ => Some(node(Op::Case, kept)),
        })?
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
        let (inner, own): (Vec<&Tree>, Vec<&Tree>) = kids.iter().partition(|kid| is_plain(kid));
        let flattens = inner.iter().all(|call| self.converts_alike(&call.kids, &own));
        let mut flat: Vec<Tree> = Vec::new();
        for kid in kids {
            let parts = if flattens && is_plain(kid) { kid.kids.clone() } else { vec![kid.clone()] };
            for part in parts {
                if !flat.contains(&part) {
                    flat.push(part);
                }
            }
        }
        (flat.len() != kids.len() || flattens && !inner.is_empty()).then(|| coalesce(flat))
    }

    /// Does it make no difference whether values are brought to the type that they have in common before they are
    /// brought to one with the others? A number that becomes a text shows what it was before: 1 isn't 1.00.
    fn converts_alike(&self, values: &[Tree], others: &[&Tree]) -> bool {
        use Family::{Athena, BigQuery, Fabric, Materialize, Postgres, Presto, Redshift, RisingWave, TSql, Trino};
        let is_text = |name: &str| matches!(name, "TEXT" | "VARCHAR" | "STRING");
        let kind = |tree: &Tree| match &tree.op {
            Op::Text(_) => Some("TEXT".into()),
            _ => self.type_of(tree).map(|name| if is_text(&name) { "TEXT".into() } else { name }),
        };
        let kinds: Option<Vec<Name>> = values.iter().filter(|value| value.op != Op::Null).map(kind).collect();
        let is_number = |tree: &Tree| matches!(tree.op, Op::Number(_) | Op::Null);
        let never_a_text = |tree: &Tree| is_number(tree) || kind(tree).is_some_and(|name| !is_text(&name));
        // There a number doesn't become a text by itself; in DuckDB a text that stands in the query becomes a number.
        let refused = matches!(
            self.family,
            Postgres | Redshift | Materialize | RisingWave | BigQuery | Trino | Presto | Athena | TSql | Fabric
        );
        let literal_yields = self.family == Family::DuckDb;
        refused
            || kinds.is_some_and(|kinds| kinds.windows(2).all(|pair| pair[0] == pair[1]))
            || others.iter().all(|other| never_a_text(other) || literal_yields && matches!(other.op, Op::Text(_)))
    }

    /// NULLIF has the type of what it compares in some engines, so that has to be the type of its value.
    fn nullified(&self, kids: &[Tree]) -> Option<Tree> {
        let (Op::When, [test, result]) = (&kids.first()?.op, kids.first()?.kids.as_slice()) else { return None };
        let nullif = |a: &Tree, b: &Tree| {
            let kind = self.type_of(a);
            let alike = integer_like(b) || matches!(b.op, Op::Text(_)) || kind.is_some() && kind == self.type_of(b);
            alike.then(|| node(Op::Function("NULLIF".into()), vec![a.clone(), b.clone()]))
        };
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
        (Op::Not, _, [_, ..]) => chosen(kids).map(coalesce),
        _ => None,
    }
}

/// The values of which a CASE gives the first that isn't NULL.
fn chosen(ways: &[Tree]) -> Option<Vec<Tree>> {
    let (last, tests) = ways.split_last()?;
    let value = |way: &Tree| match (&way.op, way.kids.as_slice()) {
        (Op::When, [test, result]) => {
            let inner = test.first().filter(|inner| test.op == Op::Not && inner.op == Op::IsNull)?;
            (inner.first() == Some(result)).then(|| result.clone())
        }
        _ => None,
    };
    let mut values = tests.iter().map(value).collect::<Option<Vec<Tree>>>()?;
    values.push(if last.op == Op::Else { last.first()?.clone() } else { value(last)? });
    Some(values)
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

/// Two ways whose test is never NULL, with the test that isn't negated first: `CASE WHEN a IS NOT NULL THEN b ELSE c END` is
/// `CASE WHEN a IS NULL THEN c ELSE b END`. A way that gives NULL comes last, where it is left out.
pub(super) fn turned(ways: Vec<Tree>) -> Vec<Tree> {
    let [when, otherwise] = ways.as_slice() else { return ways };
    let (Op::When, [test, first]) = (&when.op, when.kids.as_slice()) else { return ways };
    let (Op::Else, [second]) = (&otherwise.op, otherwise.kids.as_slice()) else { return ways };
    let is_certain = |tree: &Tree| matches!(tree.op, Op::IsNull | Op::Exists | Op::IsDistinct | Op::Is("TRUE"));
    let opposite = match (&test.op, test.first()) {
        (Op::Not, Some(inner)) if is_certain(inner) && second.op != Op::Null => inner.clone(),
        _ if is_certain(test) && first.op == Op::Null => node(Op::Not, vec![test.clone()]),
        _ => return ways,
    };
    vec![node(Op::When, vec![opposite, second.clone()]), node(Op::Else, vec![first.clone()])]
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{bare, compared, differ, same};
    use crate::impact::Verdict;

    fn check(dialect: &str, before: &str, after: &str, same: bool) {
        let diff = compared(&bare(), dialect, before, after);
        assert_eq!(diff.verdict == Verdict::Equivalent, same, "{dialect}: {}\n{before}\n{after}", diff.reason);
    }

    #[test]
    fn a_number_becomes_a_text_as_what_it_is() {
        // Of 1 and 1.50 the inner one makes 1.00.
        let nested = "SELECT COALESCE(COALESCE(a, 1.50), s) FROM p";
        let flat = "SELECT COALESCE(a, 1.50, s) FROM p";
        for dialect in ["duckdb", "spark", "mysql"] {
            check(dialect, nested, flat, false);
            check(
                dialect,
                "SELECT COALESCE(COALESCE(s, s || s), 'x') FROM p",
                "SELECT COALESCE(s, s || s, 'x') FROM p",
                dialect == "duckdb",
            );
            check(dialect, "SELECT COALESCE(COALESCE(a, b), s) FROM p", "SELECT COALESCE(a, b, s) FROM p", true);
            check(dialect, "SELECT COALESCE(COALESCE(a, f), 0) FROM p", "SELECT COALESCE(a, f, 0) FROM p", true);
        }
        let chain = "SELECT CASE WHEN s IS NOT NULL THEN s WHEN a IS NOT NULL THEN a ELSE 1.50 END FROM p";
        check("duckdb", chain, "SELECT COALESCE(s, a, 1.50) FROM p", true);
        check("duckdb", chain, "SELECT COALESCE(s, COALESCE(a, 1.50)) FROM p", false);
    }

    #[test]
    fn a_way_that_is_never_taken_may_decide_the_type() {
        differ("SELECT CASE WHEN TRUE THEN 1 ELSE 2.5 END / 2 FROM p", "SELECT 1 / 2 FROM p");
        differ(
            "SELECT CASE WHEN b = 1 THEN a WHEN FALSE THEN f END FROM p",
            "SELECT CASE WHEN b = 1 THEN a END FROM p",
        );
        differ("SELECT CASE WHEN 1 = 0 THEN f ELSE a END FROM p", "SELECT a FROM p");
        same("SELECT CASE WHEN TRUE THEN a ELSE b END FROM p", "SELECT a FROM p");
        same("SELECT CASE WHEN 1 = 0 THEN 2 WHEN b = 1 THEN 3 END FROM p", "SELECT CASE WHEN b = 1 THEN 3 END FROM p");
        same("SELECT CASE WHEN TRUE THEN 'x' ELSE 'y' END FROM p", "SELECT 'x' FROM p");
    }

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
        // In some engines NULLIF has the type in which it compares.
        differ("SELECT CASE WHEN a = 2.5 THEN NULL ELSE a END FROM p", "SELECT NULLIF(a, 2.5) FROM p");
        differ("SELECT CASE WHEN a = f THEN NULL ELSE a END FROM p", "SELECT NULLIF(a, f) FROM p");
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
    fn tests_that_are_never_null_are_turned() {
        same(
            "SELECT CASE WHEN a IS NOT NULL THEN b ELSE 0 END FROM p",
            "SELECT CASE WHEN a IS NULL THEN 0 ELSE b END FROM p",
        );
        same(
            "SELECT CASE WHEN a IS NULL THEN NULL ELSE b END FROM p",
            "SELECT CASE WHEN a IS NOT NULL THEN b END FROM p",
        );
        differ(
            "SELECT CASE WHEN NOT a > 1 THEN b ELSE 0 END FROM p",
            "SELECT CASE WHEN a > 1 THEN 0 ELSE b END FROM p",
        );
        differ(
            "SELECT CASE WHEN a IS NOT NULL THEN b ELSE 0 END FROM p",
            "SELECT CASE WHEN a IS NULL THEN b ELSE 0 END FROM p",
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
