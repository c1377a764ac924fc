//! How sqlglot reads a call in one dialect and another, as far as `simplify.gen` writes it.
//!
//! In: a call's name, its arguments, the dialect. Out: the number of a group of dialects that read it alike, and whether the
//! call has an empty list, which pickling loses. The table (`readings.txt`) is written by `tests/oracle/functions.py`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::dialect::Dialect;
use crate::sql::tree::{Op, Tree};

const TABLE: &str = include_str!("readings.txt");

/// By name: numbers and kind of arguments, and groups of dialects.
type Readings = BTreeMap<&'static str, Vec<(&'static str, char, &'static str)>>;

/// The group that the dialect is in; 0 is the largest.
pub(super) fn group(name: &str, arguments: &[Tree], dialect: Dialect) -> usize {
    let arguments: Vec<bool> = arguments
        .iter()
        .filter(|argument| argument.op != Op::Distinct)
        .map(|argument| matches!(argument.op, Op::Text(_)))
        .collect();
    let kind = match arguments.as_slice() {
        [true] => 't',
        [true, rest @ ..] if !rest.contains(&true) => 'f',
        [rest @ .., true] if !rest.contains(&true) => 'e',
        some if some.contains(&true) => 't',
        _ => 'c',
    };
    group_of(name, arguments.len(), kind, dialect)
}

fn group_of(name: &str, arguments: usize, kind: char, dialect: Dialect) -> usize {
    let groups = found(name, arguments, kind).next().unwrap_or_default();
    groups.split(';').position(|group| has(group, dialect)).map_or(0, |at| at + 1)
}

/// Has the call's tree an empty list?
pub(super) fn loses_a_list(name: &str, arguments: usize, dialect: Dialect) -> bool {
    found(name, arguments, 'l').any(|dialects| has(dialects, dialect))
}

fn has(dialects: &str, dialect: Dialect) -> bool {
    let name = if dialect.name().is_empty() { "generic" } else { dialect.name() };
    dialects == "*" || dialects.split(',').any(|known| known == name)
}

fn found(name: &str, arguments: usize, kind: char) -> impl Iterator<Item = &'static str> {
    let entries = readings().get(name).map_or(&[][..], Vec::as_slice);
    let fits = move |counts: &str| counts.bytes().any(|count| usize::from(count.wrapping_sub(b'0')) == arguments);
    entries.iter().filter(move |(counts, of, _)| *of == kind && fits(counts)).map(|(_, _, groups)| *groups)
}

fn readings() -> &'static Readings {
    static READINGS: OnceLock<Readings> = OnceLock::new();
    READINGS.get_or_init(|| {
        let mut readings = Readings::new();
        for line in TABLE.lines() {
            let mut words = line.split(' ');
            let (Some(name), Some(counts), Some(groups)) = (words.next(), words.next(), words.next()) else { continue };
            let Some(kind) = counts.chars().last() else { continue };
            readings.entry(name).or_default().push((counts.trim_end_matches(kind), kind, groups));
        }
        readings
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(name: &str) -> Dialect {
        Dialect::parse(name).expect("a known dialect")
    }

    #[test]
    fn dialects_that_read_a_call_alike_are_one_group() {
        let hex = |name| group_of("HEX", 1, 'c', dialect(name));
        assert_ne!(hex("bigquery"), hex("duckdb"));
        assert_eq!(hex("trino"), hex("duckdb"));
        assert_eq!(group_of("SUM", 1, 'c', dialect("bigquery")), group_of("SUM", 1, 'c', dialect("tsql")));
        let difference = |name| group_of("DATE_DIFF", 3, 'f', dialect(name));
        assert_ne!(difference("duckdb"), difference("postgres"));
        assert_eq!(difference("duckdb"), difference("trino"));
    }

    #[test]
    fn one_argument_leaves_a_list_empty() {
        assert!(loses_a_list("COALESCE", 1, dialect("duckdb")));
        assert!(!loses_a_list("COALESCE", 2, dialect("duckdb")));
        assert!(loses_a_list("DATE", 1, dialect("duckdb")));
        assert!(!loses_a_list("DATE", 1, dialect("spark")));
    }
}
