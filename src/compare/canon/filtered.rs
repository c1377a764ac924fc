//! Aggregates with a condition.
//!
//! `SUM(x) FILTER (WHERE c)` is `SUM(CASE WHEN c THEN x END)`, `COUNT(*) FILTER (WHERE c)` and `COUNT_IF(c)` are
//! `COUNT(CASE WHEN c THEN 1 END)`.
//!
//! NULL: only aggregates that leave NULLs out. A condition that isn't TRUE leaves the row out in either form, and keeps
//! what is aggregated from being computed.

use super::Canon;
use super::form::node;
use crate::dialect::Family;
use crate::sql::tree::{Op, Tree};

/// Aggregates that leave out NULLs in every engine.
const WITHOUT_NULLS: &[&str] =
    &["AVG", "COUNT", "MAX", "MIN", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "SUM", "VARIANCE", "VAR_POP", "VAR_SAMP"];

impl Canon<'_> {
    /// An aggregate with its condition inside.
    pub(super) fn filtered(&self, tree: &Tree, name: &str) -> Option<Tree> {
        match tree.kids.as_slice() {
            // In DuckDB that is a number of another type.
            [condition] if matches!(name, "COUNT_IF" | "COUNTIF") && self.family != Family::DuckDb => {
                Some(call("COUNT", vec![when(condition, one())]))
            }
            [choice] if name == "COUNT" => counted(choice).map(|choice| call("COUNT", vec![choice])),
            [value, rest @ .., filter] if filter.op == Op::Filter && WITHOUT_NULLS.contains(&name) => {
                let condition = filter.first()?;
                let plain = rest.iter().all(|kid| kid.op == Op::Distinct);
                let value = if value.op == Op::Star { one() } else { value.clone() };
                plain.then(|| call(name, [vec![when(condition, value)], rest.to_vec()].concat()))
            }
            _ => None,
        }
    }

    /// `SUM(CASE WHEN c THEN 1 ELSE 0 END)` over a group of at least one row is a count, where both have one type.
    pub(super) fn sum_as_count(&self, name: &str, kids: &[Tree]) -> Option<Tree> {
        use Family::{Athena, BigQuery, Databricks, Postgres, Presto, Spark, Trino};
        let one_type = matches!(self.family, Postgres | BigQuery | Spark | Databricks | Trino | Presto | Athena);
        let [choice] = kids else { return None };
        let (Op::Case, [first, last]) = (&choice.op, choice.kids.as_slice()) else { return None };
        let (Op::When, [test, result]) = (&first.op, first.kids.as_slice()) else { return None };
        let zero = last.op == Op::Else && last.first().is_some_and(|value| is_number(value, "0"));
        (one_type && name == "SUM" && zero && is_number(result, "1")).then(|| call("COUNT", vec![when(test, one())]))
    }
}

fn is_number(tree: &Tree, digits: &str) -> bool {
    matches!(&tree.op, Op::Number(text) if **text == *digits)
}

/// Whatever isn't NULL counts as one.
fn counted(choice: &Tree) -> Option<Tree> {
    let (Op::Case, [only]) = (&choice.op, choice.kids.as_slice()) else { return None };
    let (Op::When, [test, result]) = (&only.op, only.kids.as_slice()) else { return None };
    let constant = match &result.op {
        Op::Number(_) => !is_number(result, "1"),
        Op::Bool(_) => true,
        // In Oracle the empty text is NULL.
        Op::Text(text) => !text.is_empty(),
        _ => false,
    };
    constant.then(|| when(test, one()))
}

fn one() -> Tree {
    node(Op::Number("1".into()), vec![])
}

fn when(condition: &Tree, value: Tree) -> Tree {
    node(Op::Case, vec![node(Op::When, vec![condition.clone(), value])])
}

fn call(name: &str, kids: Vec<Tree>) -> Tree {
    node(Op::Function(name.into()), kids)
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{bare, compared, differ, same};
    use crate::impact::Verdict;

    #[test]
    fn an_aggregate_with_a_condition() {
        same("SELECT COUNT(*) FILTER (WHERE b > 1) FROM p", "SELECT COUNT(CASE WHEN b > 1 THEN 'x' END) FROM p");
        same("SELECT SUM(a) FILTER (WHERE b > 1) FROM p", "SELECT SUM(CASE WHEN b > 1 THEN a ELSE NULL END) FROM p");
        same(
            "SELECT COUNT(DISTINCT a) FILTER (WHERE b > 1) FROM p",
            "SELECT COUNT(DISTINCT CASE WHEN 1 < b THEN a END) FROM p",
        );
        same(
            "SELECT a, SUM(CASE WHEN b > 1 THEN 1 ELSE 0 END) FROM p GROUP BY a",
            "SELECT a, COUNT(*) FILTER (WHERE b > 1) FROM p GROUP BY a",
        );
        // Over no rows a sum is NULL.
        differ("SELECT SUM(CASE WHEN b > 1 THEN 1 ELSE 0 END) FROM p", "SELECT COUNT(*) FILTER (WHERE b > 1) FROM p");
        differ("SELECT SUM(a) FILTER (WHERE b > 1) FROM p", "SELECT SUM(CASE WHEN b > 1 THEN a ELSE 0 END) FROM p");
        differ(
            "SELECT COUNT(*) FILTER (WHERE b > 1) FROM p",
            "SELECT COUNT(CASE WHEN b > 1 THEN b END) FROM p WHERE b > 2",
        );
        differ(
            "SELECT COUNT(DISTINCT CASE WHEN b > 1 THEN 2 END) FROM p",
            "SELECT COUNT(CASE WHEN b > 1 THEN 1 END) FROM p",
        );
        differ(
            "SELECT ARRAY_AGG(a) FILTER (WHERE b > 1) FROM p",
            "SELECT ARRAY_AGG(CASE WHEN b > 1 THEN a END) FROM p",
        );
    }

    #[test]
    fn count_if() {
        let (short, long) = ("SELECT COUNT_IF(b > 1) FROM p", "SELECT COUNT(CASE WHEN b > 1 THEN 1 END) FROM p");
        for (dialect, same) in [("snowflake", true), ("databricks", true), ("trino", true), ("duckdb", false)] {
            let diff = compared(&bare(), dialect, short, long);
            assert_eq!(diff.verdict == Verdict::Equivalent, same, "{dialect}: {}", diff.reason);
        }
    }
}
