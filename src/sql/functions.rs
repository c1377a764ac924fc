//! What is known of functions: which aggregate, which give rows, which are not deterministic.
//!
//! Three answers are possible, and the third is "not known": a function that isn't listed may be a user's own
//! aggregate. The lists lie in `functions/`, one name in upper case a line: what DuckDB's catalogue
//! (`duckdb_functions()`) and sqlglot's function classes say, and what the engines' manuals add. A name that is an
//! aggregate anywhere is in no other list. Behind a name that gives rows may stand the dialects in which it gives one value.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::dialect::{Dialect, Family};

/// What a function does with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// One value from one row.
    Scalar,
    /// One value from many rows.
    Aggregate,
    /// Only makes sense with OVER.
    Window,
    /// Many rows from one.
    RowGenerating,
    /// Its value may differ from one call to the next with the same arguments in one query.
    Volatile,
    /// Not listed: may be any of these.
    Unknown,
}

/// The lists, the more careful answer last.
const LISTS: &[(FunctionKind, &str)] = &[
    (FunctionKind::Scalar, include_str!("functions/scalar.txt")),
    (FunctionKind::Window, include_str!("functions/window.txt")),
    (FunctionKind::Volatile, include_str!("functions/volatile.txt")),
    (FunctionKind::RowGenerating, include_str!("functions/row_generating.txt")),
    (FunctionKind::Aggregate, include_str!("functions/aggregate.txt")),
];

/// Aggregates whose value is the same in whatever order the rows come.
const ORDERLESS: &[&str] = &[
    "AVG",
    "BIT_AND",
    "BIT_OR",
    "BIT_XOR",
    "BOOL_AND",
    "BOOL_OR",
    "COUNT",
    "COUNTIF",
    "COUNT_IF",
    "EVERY",
    "GROUPING",
    "GROUPING_ID",
    "LOGICAL_AND",
    "LOGICAL_OR",
    "MAX",
    "MEDIAN",
    "MIN",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUM",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
];

/// Is the value of this aggregate (name in upper case) the same in whatever order the rows come? Rounding of
/// floating-point sums is left out of account, as engines add in any order themselves.
pub fn ignores_order(name: &str) -> bool {
    ORDERLESS.contains(&name)
}

/// What a function (name in upper case) does with rows.
pub fn kind(name: &str) -> FunctionKind {
    static KINDS: OnceLock<FxHashMap<&str, FunctionKind>> = OnceLock::new();
    let kinds = KINDS.get_or_init(|| {
        let named = |(kind, names): &(FunctionKind, &'static str)| {
            let kind = *kind;
            names.lines().map(move |line| (split(line).0, kind))
        };
        LISTS.iter().flat_map(named).collect()
    });
    kinds.get(name).copied().unwrap_or(FunctionKind::Unknown)
}

/// The same in one dialect: DuckDB's REGEXP_MATCHES gives one value.
pub fn kind_in(name: &str, family: Family) -> FunctionKind {
    static EXCEPT: OnceLock<FxHashMap<&str, Vec<Family>>> = OnceLock::new();
    let read = || {
        let families =
            |names: &str| names.split(' ').filter_map(Dialect::parse).map(|dialect| dialect.family).collect();
        let lines = include_str!("functions/row_generating.txt").lines().map(split);
        lines.map(|(name, dialects)| (name, families(dialects))).collect()
    };
    match kind(name) {
        FunctionKind::RowGenerating if EXCEPT.get_or_init(read).get(name).is_some_and(|all| all.contains(&family)) => {
            FunctionKind::Scalar
        }
        known => known,
    }
}

/// A line's name, and the dialects in which it is something else.
fn split(line: &'static str) -> (&'static str, &'static str) {
    line.split_once(" except ").unwrap_or((line, ""))
}

/// May two calls with the same arguments in one query differ?
pub fn is_volatile(name: &str) -> bool {
    kind(name) == FunctionKind::Volatile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_in_two_lists_and_every_list_is_sorted() {
        let mut seen: FxHashMap<&str, FunctionKind> = FxHashMap::default();
        for (kind, names) in LISTS {
            let lines: Vec<(&str, &str)> = names.lines().map(split).collect();
            assert!(lines.is_sorted(), "{kind:?} isn't sorted");
            for (name, dialects) in lines {
                let is_known = |dialect: &str| dialect.is_empty() || Dialect::parse(dialect).is_some();
                assert!(dialects.split(' ').all(is_known), "{name} except {dialects}");
                assert_eq!(name, name.to_uppercase());
                assert_eq!(seen.insert(name, *kind), None, "{name} is listed twice");
            }
        }
    }

    #[test]
    fn kinds_are_what_the_engines_say() {
        assert_eq!(kind("SUM"), FunctionKind::Aggregate);
        assert_eq!(kind("COALESCE"), FunctionKind::Scalar);
        assert_eq!(kind("UNNEST"), FunctionKind::RowGenerating);
        assert_eq!(kind("ROW_NUMBER"), FunctionKind::Window);
        assert_eq!(kind("RANDOM"), FunctionKind::Volatile);
        assert_eq!(kind("MY_OWN"), FunctionKind::Unknown);
        assert_eq!(kind_in("REGEXP_MATCHES", Family::DuckDb), FunctionKind::Scalar);
        assert_eq!(kind_in("REGEXP_MATCHES", Family::Postgres), FunctionKind::RowGenerating);
        assert_eq!(kind_in("SUM", Family::DuckDb), FunctionKind::Aggregate);
    }
}
