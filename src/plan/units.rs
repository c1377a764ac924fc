//! Units of time as sqlglot reads them: `DATEADD(mm, 1, d)` is `DATEADD(MONTH, 1, d)` to it.
//!
//! In: a call, or an interval's unit, and the dialect. Out: the same with the words that sqlglot puts there (`TimeUnit`,
//! `DATE_PART_MAPPING`, T-SQL's `DATE_DELTA_INTERVAL`). The table (`units.txt`, written by `tests/oracle/units.py`) is what
//! sqlglot does, not what engines do: it takes a column `d` for a day where the engine takes it for a column, so it
//! must never decide what is equivalent.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::dialect::Dialect;
use crate::sql::tree::{Node, Op, Tree};

const TABLE: &str = include_str!("units.txt");

/// Places of calls by name, and vocabularies by their names.
#[derive(Default)]
struct Table {
    places: BTreeMap<&'static str, Vec<Place>>,
    vocabularies: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
}

/// An argument that is a unit in some dialects.
struct Place {
    counts: &'static str,
    at: usize,
    forms: &'static str,
    vocabulary: &'static str,
    dialects: &'static str,
}

/// The call with its units as sqlglot has them; nothing where it has none.
pub(super) fn read(call: &Tree, dialect: Dialect) -> Option<Tree> {
    let Op::Function(name) = &call.op else { return None };
    let mut kids = call.kids.clone();
    for place in places(&name.to_uppercase(), kids.len(), dialect) {
        let Some(unit) = kids.get(place.at).and_then(|unit| place.read(unit)) else { continue };
        if let Some(kid) = kids.get_mut(place.at) {
            *kid = unit;
        }
    }
    (kids != call.kids).then(|| call.with_kids(kids))
}

/// Is there a unit in that place, and if so, may it be a word, whatever else has that name?
pub(super) fn takes_word(call: &Tree, at: usize, dialect: Dialect) -> Option<bool> {
    let Op::Function(name) = &call.op else { return None };
    let place = places(&name.to_uppercase(), call.kids.len(), dialect).find(|place| place.at == at)?;
    Some(place.forms.contains('w'))
}

/// The unit of an interval, in upper case.
pub(super) fn of_interval(unit: &str, dialect: Dialect) -> &str {
    places("INTERVAL", 1, dialect).find_map(|place| place.known(unit)).unwrap_or(unit)
}

impl Place {
    /// Some are known only as they are written (`TimeUnit.UNABBREVIATED_UNIT_NAME`): `D` is DAY, and `d` is `D`.
    fn known(&self, unit: &str) -> Option<&'static str> {
        let vocabulary = table().vocabularies.get(self.vocabulary)?;
        vocabulary.get(unit).or_else(|| vocabulary.get(&*unit.to_lowercase())).copied()
    }

    fn read(&self, unit: &Tree) -> Option<Tree> {
        let (written, is_text) = match (&unit.op, unit.kids.as_slice()) {
            (Op::Text(text), _) => (text, true),
            (Op::Literal("unit", word), _) => (word, false),
            (Op::Column, [only]) => (only.ident()?, false),
            _ => return None,
        };
        let known = self.known(written);
        let upper = written.to_uppercase();
        let op = match (self.forms, is_text) {
            ("wt", _) | ("t", true) => Op::Text(known.unwrap_or(&upper).into()),
            ("w", false) => Op::Literal("unit", known.unwrap_or(&upper).into()),
            ("k", true) => Op::Text(known?.into()),
            _ => return None,
        };
        Some(Node::leaf(op, unit.span))
    }
}

fn places(name: &str, arguments: usize, dialect: Dialect) -> impl Iterator<Item = &'static Place> {
    let family = if dialect.name().is_empty() { "generic" } else { dialect.name() };
    let fits = move |place: &&Place| {
        let counted = place.counts.bytes().any(|count| usize::from(count.wrapping_sub(b'0')) == arguments);
        counted && (place.dialects == "*" || place.dialects.split(',').any(|known| known == family))
    };
    table().places.get(name).into_iter().flatten().filter(fits)
}

fn table() -> &'static Table {
    static UNITS: OnceLock<Table> = OnceLock::new();
    UNITS.get_or_init(|| {
        let mut table = Table::default();
        for line in TABLE.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                [name, counts, at, forms, vocabulary, dialects] if !name.starts_with(|c: char| c.is_ascii_digit()) => {
                    let Ok(at) = at.parse() else { continue };
                    table.places.entry(name).or_default().push(Place { counts, at, forms, vocabulary, dialects });
                }
                [name, units @ ..] => {
                    table.vocabularies.insert(name, units.iter().filter_map(|unit| unit.split_once(':')).collect());
                }
                [] => {}
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql;

    fn same(dialect: &str, a: &str, b: &str) -> bool {
        let dialect = Dialect::parse(dialect).expect("a known dialect");
        let reading = |text: &str| {
            let tree = sql::expression(text, dialect).expect("an expression");
            read(&tree, dialect).unwrap_or(tree)
        };
        reading(a) == reading(b)
    }

    #[test]
    fn units_are_those_of_the_dialect_and_the_place() {
        assert!(same("snowflake", "DATEADD(mm, 1, d)", "DATEADD(month, 1, d)"));
        assert!(same("tsql", "DATEDIFF(dd, a, b)", "DATEDIFF(DAY, a, b)"));
        assert!(same("tsql", "DATEADD(m, 1, d)", "DATEADD(month, 1, d)"));
        assert!(same("snowflake", "DATEADD(m, 1, d)", "DATEADD(minute, 1, d)"));
        assert!(!same("databricks", "DATEADD(mm, 1, d)", "DATEADD(month, 1, d)"));
        assert!(same("duckdb", "DATE_TRUNC('D', ts)", "DATE_TRUNC('day', ts)"));
        assert!(!same("duckdb", "DATE_TRUNC('mon', ts)", "DATE_TRUNC('month', ts)"));
        assert!(same("bigquery", "DATE_TRUNC(d, month)", "DATE_TRUNC(d, MONTH)"));
        assert!(!same("bigquery", "DATE_TRUNC('month', d)", "DATE_TRUNC('MONTH', d)"));
        assert!(!same("duckdb", "LEFT('d', 1)", "LEFT('day', 1)"));
    }

    #[test]
    fn texts_keep_their_case_where_only_known_units_are_replaced() {
        assert!(same("snowflake", "DATE_PART('mon', d)", "DATE_PART('MONTH', d)"));
        assert!(!same("snowflake", "DATE_PART('month', d)", "DATE_PART('MONTH', d)"));
    }

    #[test]
    fn units_of_intervals_are_short_in_every_dialect() {
        let dialect = Dialect::parse("postgres").expect("a known dialect");
        assert_eq!(of_interval("D", dialect), "DAY");
        assert_eq!(of_interval("MON", dialect), "MON");
    }
}
