//! Which names of functions sqlglot knows in a dialect, as functions or as words of its syntax.
//!
//! `known.txt`, written by `tests/oracle/functions.py`: dialects (`*`: all) and names, a line for each set of dialects.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::dialect::Dialect;

const TABLE: &str = include_str!("known.txt");

/// Does sqlglot keep the arguments of this function as they are, in one list?
pub(super) fn is_unknown_function(name: &str, dialect: Dialect) -> bool {
    static DIALECTS: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let dialects = DIALECTS.get_or_init(|| {
        let line = |line: &'static str| line.split_once(' ').unwrap_or((line, ""));
        TABLE
            .lines()
            .map(line)
            .flat_map(|(dialects, names)| names.split(' ').map(move |name| (name, dialects)))
            .collect()
    });
    let own = match dialect.name() {
        "" => "generic",
        name => name,
    };
    let found = dialects.get(name.to_ascii_uppercase().as_str());
    found.is_none_or(|dialects| *dialects != "*" && !dialects.split(',').any(|known| known == own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_known_by_dialect() {
        let check = |name: &str, dialect: &str| is_unknown_function(name, Dialect::parse(dialect).expect("a dialect"));
        assert!(check("my_function", "duckdb"));
        assert!(!check("coalesce", ""));
        assert!(!check("Sha512", "postgres"));
        assert!(check("sha512", "duckdb"));
    }
}
