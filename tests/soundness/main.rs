//! Pairs of queries that look alike and aren't: no claim may join them. And pairs that differ in writing only.
//!
//! Each was thought up against the comparison: a place where the tree of two queries is nearly one, or where two
//! dialects read one text in two ways.

mod dialects;
mod grouping;
mod joins;
mod laws;
mod names;
mod order;
mod precedence;
mod queries;
mod rewrites;
mod stars;
mod volatile;

use impact::compare::Pairing;
use impact::compare::bare::{BareDiff, compare_bare};
use impact::dialect::Dialect;
use impact::impact::{ColumnEffect, RowEffect, Verdict};
use impact::sql::parse::on_deep_stack;

const TABLES: &str = "CREATE TABLE t (a INT, b INT, c INT, k INT); CREATE TABLE u (a INT, d INT, k INT);
    CREATE TABLE v (k INT, e INT, arr INT[])";

fn compared(dialect: &str, before: &str, after: &str) -> BareDiff {
    let dialect = Dialect::parse(dialect).expect("a known dialect");
    let diff = on_deep_stack(|| compare_bare(before, after, dialect, TABLES, Pairing::ByName));
    assert!(!diff.reason.starts_with("the query"), "{}\n{before}\n{after}", diff.reason);
    diff
}

/// The rows and this column aren't both called the same.
#[track_caller]
fn differ_in(column: &str, dialect: &str, before: &str, after: &str) {
    let diff = compared(dialect, before, after);
    let found = diff.columns.iter().find(|known| known.name.eq_ignore_ascii_case(column));
    let effect = found.unwrap_or_else(|| panic!("no column {column}: {diff:?}")).effect;
    let claimed = diff.rows == RowEffect::Same && effect == ColumnEffect::Same;
    assert!(!claimed, "{column} is called the same\n{before}\n{after}");
}

/// The rows aren't called the same.
#[track_caller]
fn differ_in_rows(dialect: &str, before: &str, after: &str) {
    let diff = compared(dialect, before, after);
    assert_ne!(diff.rows, RowEffect::Same, "the rows are called the same\n{before}\n{after}");
}

/// Nothing differs, and that is proved.
#[track_caller]
fn same(dialect: &str, before: &str, after: &str) {
    let diff = compared(dialect, before, after);
    assert_eq!(diff.verdict, Verdict::Equivalent, "{}\n{before}\n{after}", diff.reason);
}
