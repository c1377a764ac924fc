//! Where a filter says that two columns are equal, one may stand for the other.
//!
//! Only for types of which equal values are the same value (whole numbers, days, truth values), and only for columns of
//! one type: `a = b` of text under a collation, or of a number and a text, says less. A column that equals a literal is
//! that literal. At the end all columns of a class are written as the class, so that `a = b AND b = c AND a > 7` and
//! `c = a AND a = b AND c > 7` are one.
//!
//! NULL: where the filter is TRUE neither side is NULL.

use rustc_hash::FxHashMap;

use super::Canon;
use super::boolean::{equated, is_column};
use super::form::{From, Grouping, Query, Select, Source, node, operands};
use super::literals::integer;
use crate::dialect::Family;
use crate::sql::tree::{Op, Tree};

/// The operator of a node that stands for all columns of a class.
pub(super) const CLASS: &str = "class of equal columns";

/// The operator of the condition that they are equal. A class of truth values may be a condition itself.
pub(super) const EQUAL: &str = "equal columns";

/// What stands in the place of a node, if anything does.
type Replacement<'v> = &'v dyn Fn(&Tree) -> Option<Tree>;

/// More columns than this aren't sorted into classes.
const MOST_COLUMNS: usize = 64;

impl Canon<'_> {
    /// Puts literals in the place of columns that equal them.
    pub(super) fn constants(&mut self, select: &mut Select) -> bool {
        let (mut known, mut typed): (FxHashMap<u128, Tree>, FxHashMap<u128, Tree>) = Default::default();
        let uncertain = uncertain_ids(select);
        for condition in &select.from.filter {
            let Some((left, right)) = operands(condition, "=") else { continue };
            for (column, literal) in [(left, right), (right, left)] {
                let is_certain = is_column(column) && !super::form::refers(column, &|id| uncertain.contains(&id));
                if is_certain && integer(literal).is_some() && self.is_integer(column) {
                    known.entry(column.fingerprint()).or_insert_with(|| literal.clone());
                    typed.entry(column.fingerprint()).or_insert_with(|| self.with_type_of(column, literal));
                }
            }
        }
        if known.is_empty() {
            return false;
        }
        let value = |tree: &Tree| known.get(&tree.fingerprint()).cloned();
        let typed = |tree: &Tree| typed.get(&tree.fingerprint()).cloned();
        let changed = self.replace_above(select, (&value, &typed), &|condition| {
            operands(condition, "=").is_some_and(|(left, right)| {
                [(left, right), (right, left)]
                    .iter()
                    .any(|(column, literal)| known.get(&column.fingerprint()).is_some_and(|value| value == *literal))
            })
        });
        if changed {
            self.used("a column that equals a literal");
        }
        changed
    }

    /// A whole number in the type of a column: what is computed of it, a sum for example, may have another type.
    fn with_type_of(&self, column: &Tree, literal: &Tree) -> Tree {
        let one_type = matches!(self.family, Family::BigQuery | Family::Snowflake);
        match self.type_of(column) {
            Some(kind) if !one_type && !matches!(&*kind, "INT" | "INTEGER") => {
                node(Op::Cast(true), vec![literal.clone(), node(Op::Type(kind), vec![])])
            }
            _ => literal.clone(),
        }
    }

    /// Replaces in everything that sees the rows after the filter, and in the conditions that `keeps` doesn't keep: those
    /// get the first of the two values.
    fn replace_above(
        &mut self,
        select: &mut Select,
        (in_conditions, value): (Replacement<'_>, Replacement<'_>),
        keeps: &dyn Fn(&Tree) -> bool,
    ) -> bool {
        let mut changed = false;
        let mut subqueries = rustc_hash::FxHashSet::default();
        let mut put = |tree: &mut Tree, value: Replacement<'_>| {
            super::note_nested(tree, &mut subqueries);
            let new = super::form::replaced(tree, value);
            changed |= new != *tree;
            *tree = new;
        };
        let conditions = select.from.filter.iter_mut().filter(|condition| !keeps(condition));
        let optional = select.from.optional.iter_mut().flat_map(|part| &mut part.on);
        conditions.chain(optional).for_each(|condition| put(condition, in_conditions));
        select.upper_trees_mut(&mut |tree| put(tree, value));
        self.replace_nested(subqueries, value);
        changed
    }

    /// The last step: classes of equal columns.
    pub(super) fn finish(&mut self, query: &mut Query) {
        match query {
            Query::Select(select) => {
                self.finish_from(&mut select.from);
                self.classes(select);
            }
            Query::Union(branches) => branches.iter_mut().for_each(|branch| self.finish(branch)),
            Query::Set(_, _, left, right) => {
                self.finish(left);
                self.finish(right);
            }
            Query::Empty(_) | Query::Frozen(_) => {}
        }
    }

    fn finish_from(&mut self, from: &mut From) {
        let canon = &mut *self;
        from.each_item_mut(&mut |item| {
            if let Source::Query(query) = &mut item.source {
                canon.finish(query);
                let shape = canon.shape(query);
                canon.know(item.id, shape);
            }
        });
    }

    fn classes(&mut self, select: &mut Select) {
        let mut classes = self.equal_columns(&select.from.filter);
        let uncertain = uncertain_ids(select);
        classes.retain(|class| !class.iter().any(|column| super::form::refers(column, &|id| uncertain.contains(&id))));
        if classes.is_empty() {
            return;
        }
        let of = |tree: &Tree| classes.iter().find(|class| class.contains(tree));
        let value = |tree: &Tree| {
            let class = if is_column(tree) { of(tree) } else { None };
            class.map(|class| node(Op::Other(CLASS.into()), class.clone()))
        };
        let holds =
            |condition: &Tree| equated(condition).is_some_and(|(a, b)| of(a).is_some_and(|class| class.contains(b)));
        select.from.filter.retain(|condition| !holds(condition));
        if self.replace_above(select, (&value, &value), &|_| false) {
            self.used("equal columns");
        }
        let written = classes.iter().map(|class| node(Op::Other(EQUAL.into()), class.clone()));
        let written: Vec<Tree> = written.collect();
        select.from.filter.extend(written);
        select.from.filter = super::implied::without_weaker(std::mem::take(&mut select.from.filter));
        if let Grouping::Keys(keys) = &mut select.grouping {
            let mut seen = std::collections::BTreeSet::new();
            keys.retain(|key| seen.insert(key.fingerprint()));
        }
    }

    /// Columns that conditions make equal, in classes of two or more.
    pub(super) fn equal_columns(&self, conditions: &[Tree]) -> Vec<Vec<Tree>> {
        let mut classes: Vec<Vec<Tree>> = Vec::new();
        let pairs = conditions.iter().filter_map(equated).filter(|(a, b)| {
            let data_type = self.type_of(a);
            self.is_exact(a) && data_type == self.type_of(b)
        });
        for (a, b) in pairs.take(MOST_COLUMNS) {
            let mut joined = Vec::new();
            classes.retain_mut(|class| {
                let touches = class.contains(a) || class.contains(b);
                if touches {
                    joined.append(class);
                }
                !touches
            });
            for column in [a, b] {
                if !joined.contains(column) {
                    joined.push(column.clone());
                }
            }
            classes.push(joined);
        }
        classes.retain(|class| class.len() > 1);
        classes
    }
}

/// The relations that a row may lack.
fn uncertain_ids(select: &Select) -> Vec<super::form::RelationId> {
    let certain = super::shape::certain_ids(select);
    select.from.ids().into_iter().filter(|id| !certain.contains(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{bare, compared, differ, same};
    use crate::impact::Verdict;

    #[test]
    fn equal_columns_stand_for_each_other() {
        same(
            "SELECT p.id FROM p JOIN q ON p.id = q.pid WHERE p.id > 7",
            "SELECT q.pid FROM p JOIN (SELECT * FROM q WHERE pid > 7) q ON p.id = q.pid",
        );
        same(
            "SELECT p.a FROM p, q, n WHERE p.id = q.pid AND q.pid = n.c",
            "SELECT p.a FROM p, q, n WHERE p.id = n.c AND q.pid = n.c",
        );
        // Equal texts need not be the same text, nor 0.0 and -0.0.
        differ("SELECT p.s FROM p JOIN n ON p.s = n.s", "SELECT n.s FROM p JOIN n ON p.s = n.s");
        differ("SELECT l.f, l.a FROM p l JOIN p o ON l.f = o.f", "SELECT o.f, l.a FROM p l JOIN p o ON l.f = o.f");
        same("SELECT l.f FROM p l JOIN p o ON l.f = o.f", "SELECT o.f FROM p l JOIN p o ON l.f = o.f");
        differ("SELECT p.id FROM p LEFT JOIN q ON p.id = q.pid", "SELECT q.pid FROM p LEFT JOIN q ON p.id = q.pid");
    }

    #[test]
    fn a_truth_value_is_a_condition_and_its_being_equal_another_one() {
        let ddl = "CREATE TABLE v (k BOOLEAN, d INT)";
        let joined = "SELECT x.d FROM v x JOIN v y ON x.k = y.k";
        for (condition, is_same) in [("", false), (" AND x.k = y.k", false), (" AND x.k", true)] {
            let other = format!("{joined}{condition}");
            let diff = compared(ddl, "duckdb", &format!("{joined} WHERE y.k"), &other);
            assert_eq!(diff.verdict == Verdict::Equivalent, is_same, "{}\n{other}", diff.reason);
        }
    }

    #[test]
    fn a_column_that_equals_a_whole_number_is_it() {
        same("SELECT a, a + b FROM p WHERE a = 10", "SELECT 10, 10 + b FROM p WHERE a = 10");
        same("SELECT a FROM p WHERE a = 10 AND a + 5 > b", "SELECT 10 FROM p WHERE 10 = a AND 15 > b");
        differ("SELECT f FROM p WHERE f = 10", "SELECT 10 FROM p WHERE f = 10");
        differ("SELECT s FROM p WHERE s = 'x'", "SELECT 'x' FROM p WHERE s = 'x'");
        differ("SELECT a FROM p WHERE a = 10 OR b = 1", "SELECT 10 FROM p WHERE a = 10 OR b = 1");

        // A sum of 64 bits isn't one of 32.
        let big = bare().replace("d INT", "d BIGINT");
        for (other, is_same) in [("5", false), ("CAST(5 AS BIGINT)", true), ("d", true)] {
            let other = format!("SELECT SUM({other}) / 2 FROM n WHERE d = 5");
            let diff = compared(&big, "postgres", "SELECT SUM(d) / 2 FROM n WHERE d = 5", &other);
            assert_eq!(diff.verdict == Verdict::Equivalent, is_same, "{}\n{other}", diff.reason);
        }
        let diff = compared(
            &big,
            "postgres",
            "SELECT c FROM n WHERE d = 5 AND c = d",
            "SELECT c FROM n WHERE d = 5 AND c = 5",
        );
        assert_eq!(diff.verdict, Verdict::Equivalent, "{}", diff.reason);
    }
}
