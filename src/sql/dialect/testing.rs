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

/// Both parse, and to different trees.
pub fn differ(family: Family, left: &str, right: &str) {
    parses(family, &[left, right]);
    let tree = |sql: &str| parse_query(sql, Dialect::new(family)).map(|parsed| parsed.tree);
    assert_ne!(tree(left), tree(right), "{family:?}: {left} | {right}");
}
