//! What the tests of the laws share: tables with keys, the same without, and pairs of queries over them.

use crate::compare::Pairing;
use crate::compare::bare::{BareDiff, compare_bare};
use crate::dialect::Dialect;
use crate::impact::Verdict;
use crate::sql::parse::on_deep_stack;

pub(super) const KEYED: &str = "CREATE TABLE p (id INT PRIMARY KEY, a INT NOT NULL, b INT, s VARCHAR, f DOUBLE);
    CREATE TABLE q (id INT PRIMARY KEY, pid INT, x INT NOT NULL, y INT);
    CREATE TABLE r (k1 INT NOT NULL, k2 INT NOT NULL, z INT, PRIMARY KEY (k1, k2));
    CREATE TABLE m (u INT UNIQUE, w INT);
    CREATE TABLE n (c INT, d INT, s VARCHAR)";

/// The same tables without any key or NOT NULL.
pub(super) fn bare() -> String {
    KEYED
        .replace(" PRIMARY KEY (k1, k2)", "")
        .replace(" PRIMARY KEY", "")
        .replace(" NOT NULL", "")
        .replace(" UNIQUE", "")
        .replace("z INT,)", "z INT)")
}

pub(super) fn compared(ddl: &str, dialect: &str, before: &str, after: &str) -> BareDiff {
    let dialect = Dialect::parse(dialect).expect("a known dialect");
    let diff = on_deep_stack(|| compare_bare(before, after, dialect, ddl, Pairing::ByPosition));
    assert!(!diff.reason.starts_with("the query"), "{}\n{before}\n{after}", diff.reason);
    diff
}

#[track_caller]
pub(super) fn same(before: &str, after: &str) {
    let diff = compared(&bare(), "postgres", before, after);
    assert_eq!(diff.verdict, Verdict::Equivalent, "{}\n{before}\n{after}", diff.reason);
}

#[track_caller]
pub(super) fn differ(before: &str, after: &str) {
    let diff = compared(KEYED, "postgres", before, after);
    assert_ne!(diff.verdict, Verdict::Equivalent, "{}\n{before}\n{after}", diff.reason);
}

/// The same because of what is declared, which the answer says; without it, not proved.
#[track_caller]
pub(super) fn same_as_declared(premise: &str, before: &str, after: &str) {
    let diff = compared(KEYED, "postgres", before, after);
    assert_eq!(diff.verdict, Verdict::Equivalent, "{}\n{before}\n{after}", diff.reason);
    assert!(diff.reason.contains(premise), "{premise} isn't named: {}", diff.reason);
    let diff = compared(&bare(), "postgres", before, after);
    assert_ne!(diff.verdict, Verdict::Equivalent, "proved without a declaration: {}\n{before}\n{after}", diff.reason);
}
