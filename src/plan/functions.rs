//! Names of functions that sqlglot reads as one and the same call.
//!
//! In: a call's name, its number of arguments, the dialect. Out: the name that stands for all. The table
//! (`functions.txt`, written by `tests/oracle/functions.py`) is what sqlglot does, not what engines do: it makes IFNULL
//! of a dialect without such a function COALESCE too, so it must never decide what is equivalent.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::dialect::Dialect;

const TABLE: &str = include_str!("functions.txt");

/// By name: numbers of arguments, dialects, and the name that stands for the group.
type Names = BTreeMap<&'static str, Vec<Entry>>;

struct Entry {
    counts: &'static str,
    dialects: &'static str,
    canonical: &'static str,
    /// Which argument stands in each place of the common call, where they change places.
    order: Option<Vec<usize>>,
}

/// The name under which a call (in upper case) is compared, and the order of its arguments in it.
pub(super) fn canonical(name: &str, arguments: usize, dialect: Dialect) -> (&str, Option<&[usize]>) {
    let family = if dialect.name().is_empty() { "generic" } else { dialect.name() };
    let fits = |entry: &&Entry| {
        let counted = entry.counts.bytes().any(|count| usize::from(count.wrapping_sub(b'0')) == arguments);
        counted && (entry.dialects == "*" || entry.dialects.split(',').any(|known| known == family))
    };
    let found = names().get(name).and_then(|entries| entries.iter().find(fits));
    found.map_or((name, None), |entry| (entry.canonical, entry.order.as_deref()))
}

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = Names::new();
        for line in TABLE.lines() {
            let mut words = line.split(' ');
            let (Some(counts), Some(dialects), Some(canonical)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let plain = |word: &'static str| word.split_once(':').map_or(word, |(name, _)| name);
            let canonical = plain(canonical);
            for word in words {
                let order = word.split_once(':').map(|(_, order)| order.bytes().map(place).collect());
                names.entry(plain(word)).or_default().push(Entry { counts, dialects, canonical, order });
            }
        }
        names
    })
}

fn place(digit: u8) -> usize {
    digit.wrapping_sub(b'0').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(dialect: &str, a: (&str, usize), b: (&str, usize)) -> bool {
        let dialect = Dialect::parse(dialect).expect("a known dialect");
        canonical(a.0, a.1, dialect).0 == canonical(b.0, b.1, dialect).0
    }

    #[test]
    fn synonyms_are_those_of_the_dialect_and_the_number_of_arguments() {
        assert!(same("duckdb", ("IFNULL", 2), ("COALESCE", 2)));
        assert!(same("postgres", ("NVL", 2), ("COALESCE", 2)));
        assert!(same("duckdb", ("LIST", 1), ("ARRAY_AGG", 1)));
        assert!(!same("postgres", ("LIST", 1), ("ARRAY_AGG", 1)));
        assert!(!same("duckdb", ("SUM", 1), ("AVG", 1)));
    }
}
