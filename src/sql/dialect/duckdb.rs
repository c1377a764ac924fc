//! DuckDB.

use sqlparser::dialect::DuckDbDialect;

use super::rules::{
    arguments, calls, casts, clauses, frames, grouping, joins, literals, names, operators, queries, relations,
    trailing, words,
};
use super::tokens::Rule;
use super::{Binding, Syntax};

const RULES: &[Rule] = &[
    words::trailing_keywords,
    words::columns_called_interval,
    arguments::intervals_of_columns,
    words::null_tests,
    words::overlaps,
    words::powers,
    clauses::star_filters,
    words::driver_parameters,
    arguments::symbol_prefixes,
    arguments::comprehensions,
    arguments::ordered_arguments,
    arguments::filters_without_where,
    trailing::recursion_clauses,
    relations::samples,
    relations::versions_behind_aliases,
    relations::unnamed_aliases,
    relations::pivots,
    queries::trailing_rows,
    queries::inline_tables,
    queries::table_commands,
    queries::statements_as_queries,
    queries::from_without_select,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    names::tables_called_table,
    names::escaped_strings,
    calls::lambdas_of_columns,
    clauses::leading_aliases,
    clauses::query_samples,
    clauses::percent_limits,
    frames::exclusions,
    frames::computed_bounds,
    grouping::all_columns,
    operators::text_operators,
    casts::rows_as_structs,
    casts::nested_types,
    casts::collated_casts,
    arguments::exported_states,
    arguments::open_ends,
    names::qualified_functions,
    |list| literals::of_types(list, TYPES),
    |list| words::names(list, &["TOP"]),
    calls::unpacked_columns,
    |list| joins::join_words(list, &["ASOF", "POSITIONAL"]),
    trailing::materializations,
];

/// Types whose literals the parser doesn't know.
const TYPES: &[&str] =
    &["TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMPTZ_NS", "TIME_NS", "TIMETZ_NS", "BITSTRING"];

/// DuckDB.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_window_function_null_treatment_arg = true;
        can.supports_string_escape_constant = true;
        can.supports_map_literal_with_angle_brackets = true;
        can.supports_settings = true;
        can.supports_from_trailing_commas = true;
        can.supports_table_versioning = true;
        can.supports_select_wildcard_rename = true;
        can.supports_geometric_types = false;
        can.supports_factorial_operator = true;
    },
    rules: RULES,
    binding: Binding::LikePostgres,
    ..Syntax::of(|| Box::new(DuckDbDialect {}))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn aliases_may_come_first() {
        parses(Family::DuckDb, &["SELECT e: 1 + 2, f: len('a'), s: (SELECT 42) FROM t: orders WHERE e"]);
        differ(Family::DuckDb, "SELECT a: b FROM t", "SELECT b: a FROM t");
    }

    #[test]
    fn last_commas_mean_nothing() {
        let tree = |sql: &str| crate::sql::query(sql, crate::dialect::Dialect::new(Family::DuckDb)).expect("a query");
        for (with, without) in [
            ("SELECT a FROM t, WHERE a > 1", "SELECT a FROM t WHERE a > 1"),
            ("SELECT x FROM (VALUES (1), (2),) AS v(x)", "SELECT x FROM (VALUES (1), (2)) AS v(x)"),
        ] {
            assert_eq!(tree(with), tree(without));
        }
    }

    #[test]
    fn samples_limits_and_joins() {
        parses(
            Family::DuckDb,
            &[
                "SELECT * FROM t USING SAMPLE RESERVOIR (50 ROWS) REPEATABLE (100)",
                "SELECT * FROM t LIMIT 10% OFFSET 1",
                "SELECT * FROM a ASOF LEFT JOIN b ON a.t >= b.t",
                "SELECT a.x FROM a POSITIONAL JOIN b",
            ],
        );
        differ(Family::DuckDb, "SELECT * FROM t LIMIT 10%", "SELECT * FROM t LIMIT 10");
        differ(Family::DuckDb, "SELECT * FROM t USING SAMPLE 5", "SELECT * FROM t USING SAMPLE 6");
    }

    #[test]
    fn arguments_and_types() {
        parses(
            Family::DuckDb,
            &[
                "SELECT LAG(x, 2 IGNORE NULLS) OVER (ORDER BY y) FROM t",
                "SELECT COALESCE(*COLUMNS(['a', 'b'])) FROM t",
                "SELECT CAST({'a': 1} AS MAP(TEXT, DECIMAL(38, 0)))",
                r"SELECT e'it\'s'",
            ],
        );
        differ(Family::DuckDb, "SELECT f(*COLUMNS('a')) FROM t", "SELECT f(COLUMNS('a')) FROM t");
    }
}
