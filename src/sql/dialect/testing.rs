//! What the tests of the families share.

use crate::dialect::{Dialect, Family};
use crate::sql::parse::parse_query;

/// Every statement parses.
pub fn parses(family: Family, statements: &[&str]) {
    for sql in statements {
        if let Err(failure) = parse_query(sql, Dialect::new(family)) {
            panic!("{family:?}: {sql}: {failure:?}");
        }
    }
}

/// Both parse, to different trees that mean different things.
pub fn differ(family: Family, left: &str, right: &str) {
    parses(family, &[left, right]);
    let tree = |sql: &str| parse_query(sql, Dialect::new(family)).map(|parsed| parsed.tree);
    assert_ne!(tree(left), tree(right), "{family:?}: {left} | {right}");
    let meaning = |sql: &str| crate::sql::query(sql, Dialect::new(family)).map(|tree| tree.fingerprint());
    assert_ne!(meaning(left).ok(), meaning(right).ok(), "{family:?}: {left} | {right}");
}

/// Both parse, and mean the same.
pub fn same(family: Family, left: &str, right: &str) {
    parses(family, &[left, right]);
    let tree = |sql: &str| crate::sql::query(sql, Dialect::new(family)).map(|tree| tree.fingerprint());
    assert_eq!(tree(left).ok(), tree(right).ok(), "{family:?}: {left} | {right}");
}
