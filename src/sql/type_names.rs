//! Names of types that are one type.
//!
//! In: a name in upper case, its number of arguments, the dialect. Out: the name that stands for all. The table (`type_names.txt`, written by
//! `tests/oracle/type_names.py`) is what sqlglot reads as one. SQLMesh runs what sqlglot writes, so that a name which the database
//! lacks is the one that sqlglot writes for it. Names that the database has for another type are kept apart here.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::dialect::{Dialect, Family};

const TABLE: &str = include_str!("type_names.txt");

/// By name: numbers of arguments, dialects, and the name that stands for the group.
type Names = BTreeMap<&'static str, Vec<[&'static str; 3]>>;

/// The name under which a type is known.
pub(super) fn canonical(name: &str, arguments: usize, dialect: Dialect) -> &str {
    if is_apart(name, dialect.family) {
        return name;
    }
    let family = if dialect.name().is_empty() { "generic" } else { dialect.name() };
    let fits = |[counts, dialects, _]: &&[&str; 3]| {
        let counted = counts.bytes().any(|count| usize::from(count.wrapping_sub(b'0')) == arguments);
        counted && (*dialects == "*" || dialects.split(',').any(|known| known == family))
    };
    let found = names().get(name).and_then(|entries| entries.iter().find(fits));
    lacking(found.map_or(name, |[_, _, canonical]| canonical), arguments, dialect.family)
}

/// What sqlglot writes for a type that the database lacks.
fn lacking(name: &str, arguments: usize, family: Family) -> &str {
    match (family, name, arguments) {
        (Family::Athena | Family::Presto | Family::Trino, "TEXT", 0) => "VARCHAR",
        (Family::Athena | Family::Presto | Family::Trino, "DATETIME", 0) => "TIMESTAMP",
        _ => name,
    }
}

/// Does sqlglot take the name for a type that is another one on the database?
fn is_apart(name: &str, family: Family) -> bool {
    use Family::*;
    match family {
        // LONG and REAL are a text and double precision, INT8 has eight bytes.
        MySql => matches!(name, "INT8" | "LONG" | "REAL"),
        // FLOAT has eight bytes and REAL four; NTEXT is Unicode; ROWVERSION is TIMESTAMP, which is no time.
        Fabric | TSql => matches!(name, "FLOAT" | "REAL" | "NTEXT"),
        // LONG is a text; NUMBER without a scale has any; the others are decimal, BINARY_FLOAT and BINARY_DOUBLE aren't.
        Oracle => {
            matches!(name, "LONG" | "NUMBER" | "FLOAT" | "REAL" | "BINARY_FLOAT" | "BINARY_DOUBLE" | "DOUBLE PRECISION")
        }
        // Bytes, not numbers; and a number of one byte.
        Teradata => matches!(name, "BYTE" | "BYTEINT"),
        // What TIMESTAMP is hangs on a setting of the session.
        Snowflake => name == "TIMESTAMP WITHOUT TIME ZONE",
        _ => false,
    }
}

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = Names::new();
        for line in TABLE.lines() {
            let mut parts = line.splitn(3, ' ');
            let (Some(counts), Some(dialects), Some(group)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let canonical = group.split('|').next().unwrap_or(group);
            for name in group.split('|').skip(1) {
                names.entry(name).or_default().push([counts, dialects, canonical]);
            }
        }
        names
    })
}
