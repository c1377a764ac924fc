//! Laws of expressions that depend on the dialect or on types.
//!
//! In: an expression. Out: the same with other nodes, from the leaves to the root. What the laws of one kind are stands in
//! `choices` (CASE, COALESCE and the like), `filtered` (aggregates with a condition) and `spellings` (two ways to write one
//! operation); here are lists, ranges, comparisons and casts.
//!
//! NULL: each side of a law is NULL for the same values. A negated comparison is the opposite one only where NaN is
//! ordered, or can't be.

use super::Canon;
use super::boolean::{comparison, connective, integer_like, is_predicate, is_row};
use super::calls::may_fail;
use super::facts::{is_exact_type, is_integer_type};
use super::form::{binary, node};
use crate::dialect::Family;
use crate::sql::tree::{Op, Tree};

/// Longer lists aren't written as a chain of OR.
const LONGEST_LIST: usize = 60;

impl Canon<'_> {
    /// The expression after the laws of terms.
    pub(super) fn term(&self, tree: &Tree) -> Tree {
        if tree.kids.is_empty() {
            return tree.clone();
        }
        let kids: Vec<Tree> = tree.kids.iter().map(|kid| self.term(kid)).collect();
        let is_same = kids.iter().zip(&tree.kids).all(|(new, old)| std::sync::Arc::ptr_eq(new, old));
        let tree = if is_same { tree.clone() } else { tree.with_kids(kids) };
        self.rewritten(&tree).unwrap_or(tree)
    }

    /// A condition of which only matters whether it is TRUE.
    pub(super) fn condition_term(&self, tree: &Tree) -> Tree {
        match (&tree.op, tree.kids.as_slice()) {
            (Op::And, kids) => connective(&Op::And, kids.iter().map(|kid| self.condition_term(kid)).collect()),
            (Op::Or, kids) => {
                let kids: Vec<Tree> = kids.iter().map(|kid| self.condition_term(kid)).collect();
                connective(&Op::Or, super::spellings::without_null_test(kids))
            }
            (Op::Binary(op), [value, truth]) if &**op == "=" && self.has_truth_values() => match (&value.op, &truth.op)
            {
                (_, Op::Bool(true)) => value.clone(),
                (Op::Bool(true), _) => truth.clone(),
                _ => tree.clone(),
            },
            _ => tree.clone(),
        }
    }

    /// Is only a truth value a condition there?
    fn has_truth_values(&self) -> bool {
        use Family::{Athena, BigQuery, Materialize, Postgres, Presto, Redshift, RisingWave, Trino};
        matches!(self.family, Postgres | Redshift | Materialize | RisingWave | BigQuery | Trino | Presto | Athena)
    }

    fn rewritten(&self, tree: &Tree) -> Option<Tree> {
        match (&tree.op, tree.kids.as_slice()) {
            (Op::In, [x, items @ ..]) => self.membership(x, items),
            (Op::Between, [x, low, high]) => self.range(x, low, high),
            (Op::Not, [inner]) => self.opposite(inner),
            (Op::Binary(op), [left, right]) if matches!(&**op, "=" | "<>") => self.truth_test(op, left, right),
            (Op::Or, kids) => factored(kids),
            (Op::Cast(false), [value, kind]) => self.cast(tree, value, kind),
            (Op::Case, kids) => self.choice(kids),
            (Op::Function(name), kids) => {
                self.spelled(name, kids).or_else(|| self.call_choice(name, kids)).or_else(|| self.filtered(tree, name))
            }
            _ => None,
        }
    }

    /// `x IN (1, 2)` is `x = 1 OR x = 2`. In a list of several types each engine finds its own common type, and Spark finds
    /// one for the value and the list together.
    fn membership(&self, x: &Tree, items: &[Tree]) -> Option<Tree> {
        let kind = literal_kind(items.first()?)?;
        let simple = items.len() <= LONGEST_LIST
            && !is_row(x)
            && kind != Kind::Fraction
            && items.iter().all(|item| literal_kind(item) == Some(kind));
        let spark = matches!(self.family, Family::Spark | Family::Databricks | Family::Hive);
        let alike = match kind {
            Kind::Whole => self.is_integer(x),
            _ => self.type_of(x).is_some_and(|name| matches!(&*name, "TEXT" | "VARCHAR" | "STRING")),
        };
        let one_type = !spark || alike;
        (simple && one_type).then(|| connective(&Op::Or, items.iter().map(|item| comparison("=", x, item)).collect()))
    }

    /// `x BETWEEN 1 AND 5` is `1 <= x AND x <= 5`. Some engines find one type for all three.
    fn range(&self, x: &Tree, low: &Tree, high: &Tree) -> Option<Tree> {
        use Family::{Databricks, Hive, Postgres, Redshift, Spark, TSql};
        let by_pairs = matches!(self.family, Postgres | Redshift | Spark | Databricks | Hive | TSql);
        let kinds = (literal_kind(low), literal_kind(high));
        let types = || self.type_of(low).is_some_and(|kind| self.type_of(high) == Some(kind));
        let alike = kinds.0.is_some() && kinds.0 == kinds.1 || types() || same_shape(low, high);
        (by_pairs || alike).then(|| connective(&Op::And, vec![comparison("<=", low, x), comparison("<=", x, high)]))
    }

    /// NOT of an order.
    fn opposite(&self, inner: &Tree) -> Option<Tree> {
        let (Op::Binary(op), [left, right]) = (&inner.op, inner.kids.as_slice()) else { return None };
        if is_row(left) || is_row(right) || !self.is_ordered(left, right) {
            return None;
        }
        match &**op {
            "<" => Some(binary("<=", right.clone(), left.clone())),
            "<=" => Some(binary("<", right.clone(), left.clone())),
            ">" => Some(binary("<=", left.clone(), right.clone())),
            ">=" => Some(binary("<", left.clone(), right.clone())),
            _ => None,
        }
    }

    /// Is one of two values that aren't NULL less than the other, or are they equal? NaN is nothing of that in some engines.
    fn is_ordered(&self, left: &Tree, right: &Tree) -> bool {
        use Family::{Databricks, DuckDb, Fabric, MySql, Postgres, Snowflake, Spark, TSql};
        let family = matches!(self.family, Postgres | DuckDb | Snowflake | Spark | Databricks | MySql | TSql | Fabric);
        let exact = |tree: &Tree| self.type_of(tree).is_some_and(|name| is_exact_type(&name) || &*name == "TIMESTAMP");
        family
            || exact(left) && (exact(right) || literal_kind(right).is_some())
            || exact(right) && literal_kind(left).is_some()
    }

    /// `b = TRUE` is `b` for a truth value.
    fn truth_test(&self, op: &str, left: &Tree, right: &Tree) -> Option<Tree> {
        let (value, truth) = match (&left.op, &right.op) {
            (_, Op::Bool(truth)) => (left, *truth),
            (Op::Bool(truth), _) => (right, *truth),
            _ => return None,
        };
        // There a truth value is any number.
        use Family::{Doris, MySql, Sqlite, StarRocks};
        let has_others = matches!(self.family, MySql | Doris | StarRocks | Sqlite);
        let is_boolean = !has_others && self.type_of(value).is_some_and(|name| matches!(&*name, "BOOLEAN" | "BOOL"));
        let as_it_is = truth == (op == "=");
        is_boolean.then(|| if as_it_is { value.clone() } else { node(Op::Not, vec![value.clone()]) })
    }

    /// A cast to the type that the value has, and one that can't fail.
    fn cast(&self, tree: &Tree, value: &Tree, kind: &Tree) -> Option<Tree> {
        let Op::Type(to) = &kind.op else { return None };
        let from = self.type_of(value)?;
        if from == *to && self.is_one_type(to) {
            return Some(value.clone());
        }
        let number = |name: &str| matches!(name, "DOUBLE" | "BIGINT") || name == "INT64";
        let moment = |name: &str| matches!(name, "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" | "TIMESTAMP_NTZ" | "DATETIME");
        let fits = is_integer_type(&from) && number(to) || moment(&from) && moment(to);
        fits.then(|| node(Op::Cast(true), tree.kids.clone()))
    }

    /// Does a type's name mean one type, in a table and in a cast?
    fn is_one_type(&self, name: &str) -> bool {
        use Family::{Athena, BigQuery, Databricks, DuckDb, Postgres, Presto, Redshift, Snowflake, Spark, Trino};
        let plain = matches!(name, "DOUBLE" | "REAL" | "TEXT" | "VARCHAR" | "STRING" | "TIMESTAMPTZ" | "TIMESTAMP_NTZ");
        let decimal = name.starts_with("DECIMAL(");
        match self.family {
            _ if is_exact_type(name) => true,
            Snowflake => plain || decimal,
            DuckDb | Postgres | Redshift | BigQuery | Databricks | Spark | Trino | Presto | Athena => {
                plain || decimal || name == "TIMESTAMP"
            }
            _ => false,
        }
    }
}

/// Kinds of literals of which an engine makes one type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Fraction,
    Text,
}

fn literal_kind(tree: &Tree) -> Option<Kind> {
    match &tree.op {
        _ if integer_like(tree) => Some(Kind::Whole),
        Op::Number(_) => Some(Kind::Fraction),
        Op::Text(_) => Some(Kind::Text),
        _ => None,
    }
}

/// Do two expressions only differ in their literals, and those not in kind? Then they have one type.
fn same_shape(a: &Tree, b: &Tree) -> bool {
    match (literal_kind(a), literal_kind(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => {
            let same_op = a.op == b.op && !matches!(a.op, Op::Bound(..)) || a == b;
            same_op && a.kids.len() == b.kids.len() && a.kids.iter().zip(&b.kids).all(|(a, b)| same_shape(a, b))
        }
        _ => false,
    }
}

/// `(a AND b) OR (a AND c)` is `a AND (b OR c)`, for NULLs too.
fn factored(kids: &[Tree]) -> Option<Tree> {
    let parts = |kid: &Tree| if kid.op == Op::And { kid.kids.clone() } else { vec![kid.clone()] };
    let first = parts(kids.first()?);
    let is_shared = |part: &Tree| kids.iter().all(|kid| parts(kid).contains(part));
    let shared: Vec<Tree> = first.into_iter().filter(is_shared).collect();
    if shared.is_empty() || kids.len() > LONGEST_LIST || kids.iter().any(may_fail) || !kids.iter().all(is_predicate) {
        return None;
    }
    let rest = kids.iter().map(|kid| {
        let own: Vec<Tree> = parts(kid).into_iter().filter(|part| !shared.contains(part)).collect();
        connective(&Op::And, own)
    });
    let rest = connective(&Op::Or, rest.collect());
    Some(connective(&Op::And, [shared, vec![rest]].concat()))
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{KEYED, bare, compared, differ, same};
    use crate::impact::Verdict;

    fn check(dialect: &str, ddl: &str, before: &str, after: &str, same: bool) {
        let diff = compared(ddl, dialect, before, after);
        assert_eq!(diff.verdict == Verdict::Equivalent, same, "{dialect}: {}\n{before}\n{after}", diff.reason);
    }

    #[test]
    fn a_negated_order_is_the_opposite_one_where_all_values_are_ordered() {
        let (not_less, at_least) = ("SELECT a FROM p WHERE NOT f < 1", "SELECT a FROM p WHERE f >= 1");
        for (dialect, holds) in [("postgres", true), ("duckdb", true), ("bigquery", false), ("trino", false)] {
            check(dialect, KEYED, not_less, at_least, holds);
            check(dialect, KEYED, "SELECT a FROM p WHERE NOT b < 1", "SELECT a FROM p WHERE b >= 1", true);
        }
        same("SELECT b NOT BETWEEN 1 AND 5 FROM p", "SELECT b < 1 OR 5 < b FROM p");
        differ("SELECT a FROM p WHERE NOT b < 1", "SELECT a FROM p WHERE b > 1");
        differ("SELECT a FROM p WHERE NOT b < 1", "SELECT a FROM p WHERE b >= 1 OR b IS NULL");
    }

    #[test]
    fn a_list_has_one_type() {
        let (list, chain) = ("SELECT a FROM p WHERE s IN (1, 2)", "SELECT a FROM p WHERE s = 1 OR s = 2");
        check("spark", &bare(), list, chain, false);
        check("spark", &bare(), &list.replace("s IN", "b IN"), &chain.replace("s =", "b ="), true);
        check("duckdb", &bare(), list, chain, true);
        let between = "SELECT a FROM p WHERE s BETWEEN 1 AND '5'";
        check("duckdb", &bare(), between, "SELECT a FROM p WHERE s >= 1 AND s <= '5'", false);
    }

    #[test]
    fn casts_to_the_type_that_is_there() {
        for dialect in ["duckdb", "postgres", "spark", "tsql"] {
            check(dialect, &bare(), "SELECT CAST(a AS INT) FROM p", "SELECT a FROM p", true);
        }
        check("postgres", &bare(), "SELECT CAST(s AS VARCHAR) FROM p", "SELECT s FROM p", true);
        check("tsql", &bare(), "SELECT CAST(s AS VARCHAR) FROM p", "SELECT s FROM p", false);
        differ("SELECT CAST(a AS BIGINT) FROM p", "SELECT a FROM p");
        differ("SELECT CAST(s AS VARCHAR(3)) FROM p", "SELECT s FROM p");
        // What can't fail may be computed for rows that a filter drops.
        let above = |of: &str| format!("SELECT d FROM (SELECT CAST({of} AS BIGINT) AS d, a FROM p) i WHERE a > 1");
        same(&above("b"), "SELECT CAST(b AS BIGINT) FROM p WHERE a > 1");
        differ(&above("s"), "SELECT CAST(s AS BIGINT) FROM p WHERE a > 1");
    }

    #[test]
    fn truth_values_and_shared_conditions() {
        let ddl = "CREATE TABLE t (b BOOLEAN, i INT)";
        check("duckdb", ddl, "SELECT i FROM t WHERE b = TRUE", "SELECT i FROM t WHERE b", true);
        check("duckdb", ddl, "SELECT b = FALSE FROM t", "SELECT NOT b FROM t", true);
        check("duckdb", ddl, "SELECT i FROM t WHERE i = TRUE", "SELECT i FROM t WHERE i", false);
        check("duckdb", ddl, "SELECT i FROM t WHERE b IS TRUE", "SELECT i FROM t WHERE b = FALSE", false);
        same("SELECT a FROM p WHERE a = 1 AND b = 2 OR a = 1 AND b = 3", "SELECT a FROM p WHERE a = 1 AND b IN (3, 2)");
        differ("SELECT a FROM p WHERE a = 1 AND b = 2 OR a = 1 AND b = 3", "SELECT a FROM p WHERE a = 1 AND b = 2");
        same(
            "SELECT a FROM p WHERE b IS NOT DISTINCT FROM a",
            "SELECT a FROM p WHERE a = b OR a IS NULL AND b IS NULL",
        );
        differ("SELECT b IS NOT DISTINCT FROM a FROM p", "SELECT a = b OR a IS NULL AND b IS NULL FROM p");
    }
}
