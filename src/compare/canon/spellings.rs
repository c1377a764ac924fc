//! Two ways to write one operation, where the engine is known.
//!
//! Units of time are written in any case; `CONCAT(a, b)` is `a || b` where it doesn't take NULL for an empty text;
//! `NVL2(a, b, c)` is `CASE WHEN a IS NOT NULL THEN b ELSE c END`, `EQUAL_NULL(a, b)` is `a IS NOT DISTINCT FROM b`;
//! `a = b OR (a IS NULL AND b IS NULL)` asks whether they are not distinct.
//!
//! NULL: the last law gives NULL where one of the two is NULL and IS NOT DISTINCT FROM gives FALSE, so it is for conditions.

use super::Canon;
use super::form::{node, operands};
use crate::dialect::Family;
use crate::sql::tree::{Op, Tree};

const UNITS: &[&str] = &["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"];

impl Canon<'_> {
    /// A call in the spelling of the form.
    pub(super) fn spelled(&self, name: &str, kids: &[Tree]) -> Option<Tree> {
        use Family::{Athena, BigQuery, Databricks, Presto, Snowflake, Spark, Trino};
        match name {
            "DATE_TRUNC" | "DATE_PART" | "DATE_DIFF" | "DATEDIFF" | "DATEADD" => {
                let (first, rest) = kids.split_first()?;
                let Op::Text(unit) = &first.op else { return None };
                let upper = unit.to_uppercase();
                let spelled = upper != **unit && UNITS.contains(&&*upper);
                let unit = node(Op::Text(upper.into()), vec![]);
                spelled.then(|| node(Op::Function(name.into()), [vec![unit], rest.to_vec()].concat()))
            }
            "NVL2" if matches!(self.family, Snowflake | Databricks | Spark) => {
                let [value, given, missing] = kids else { return None };
                let test = node(Op::Not, vec![node(Op::IsNull, vec![value.clone()])]);
                let when = node(Op::When, vec![test, given.clone()]);
                Some(node(Op::Case, vec![when, node(Op::Else, vec![missing.clone()])]))
            }
            "EQUAL_NULL" if matches!(self.family, Snowflake | Databricks | Spark) && kids.len() == 2 => {
                Some(node(Op::Not, vec![node(Op::IsDistinct, kids.to_vec())]))
            }
            "CONCAT" if kids.len() > 1 => {
                let same = matches!(self.family, BigQuery | Snowflake | Databricks | Spark | Trino | Presto | Athena);
                let plain = !kids.iter().any(|kid| matches!(kid.op, Op::Distinct | Op::Modifier(_)));
                (same && plain).then(|| node(Op::Binary("||".into()), kids.to_vec()))
            }
            _ => None,
        }
    }
}

/// The parts of an OR, with IS NOT DISTINCT FROM for what says the same.
pub(super) fn without_null_test(kids: Vec<Tree>) -> Vec<Tree> {
    let both_null = |tree: &Tree, a: &Tree, b: &Tree| {
        let is = |kid: &Tree, value: &Tree| kid.op == Op::IsNull && kid.first() == Some(value);
        match (&tree.op, tree.kids.as_slice()) {
            (Op::And, [first, second]) => is(first, a) && is(second, b) || is(first, b) && is(second, a),
            _ => false,
        }
    };
    let found = kids.iter().enumerate().find_map(|(at, kid)| {
        let (a, b) = operands(kid, "=")?;
        let other = kids.iter().position(|other| both_null(other, a, b))?;
        Some((at, other, node(Op::Not, vec![node(Op::IsDistinct, vec![a.clone(), b.clone()])])))
    });
    let Some((at, other, same)) = found else { return kids };
    let rest = kids.into_iter().enumerate().filter(|(place, _)| *place != at && *place != other).map(|(_, kid)| kid);
    rest.chain([same]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{bare, compared, differ, same};
    use crate::impact::Verdict;

    #[test]
    fn units_in_any_case() {
        same("SELECT DATE_TRUNC('month', a) FROM p", "SELECT DATE_TRUNC('MONTH', a) FROM p");
        differ("SELECT DATE_TRUNC('month', a) FROM p", "SELECT DATE_TRUNC('day', a) FROM p");
        differ("SELECT CONCAT('month', s) FROM p", "SELECT CONCAT('MONTH', s) FROM p");
    }

    #[test]
    fn choices_and_comparisons_by_call() {
        let pairs = [
            ("NVL2(a, b, id)", "CASE WHEN a IS NULL THEN id ELSE b END", true),
            ("NVL2(a, b, id)", "CASE WHEN a IS NULL THEN b ELSE id END", false),
            ("CASE WHEN EQUAL_NULL(a, b) THEN 1 END", "CASE WHEN a IS NOT DISTINCT FROM b THEN 1 END", true),
            ("CASE WHEN EQUAL_NULL(a, b) THEN 1 END", "CASE WHEN a = b THEN 1 END", false),
        ];
        for (dialect, knows) in [("snowflake", true), ("databricks", true), ("redshift", false)] {
            for (one, other, same) in pairs {
                let diff = compared(
                    &bare(),
                    dialect,
                    &format!("SELECT {one} AS x FROM p"),
                    &format!("SELECT {other} AS x FROM p"),
                );
                assert_eq!(diff.verdict == Verdict::Equivalent, same && knows, "{dialect}: {one} {}", diff.reason);
            }
        }
    }

    #[test]
    fn concat_is_an_operator_where_null_makes_null() {
        for (dialect, same) in [("snowflake", true), ("bigquery", true), ("duckdb", false), ("postgres", false)] {
            let diff = compared(&bare(), dialect, "SELECT CONCAT(s, 'x', s) FROM p", "SELECT s || 'x' || s FROM p");
            assert_eq!(diff.verdict == Verdict::Equivalent, same, "{dialect}: {}", diff.reason);
        }
    }
}
