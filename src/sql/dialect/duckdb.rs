//! DuckDB.

use sqlparser::dialect::DuckDbDialect;

use super::rules::{arguments, calls, casts, clauses, joins, names, queries, relations, trailing, words};
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
    clauses::frame_exclusions,
    casts::nested_types,
    calls::unpacked_columns,
    |list| joins::join_words(list, &["ASOF", "POSITIONAL"]),
];

/// DuckDB.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_window_function_null_treatment_arg = true;
        can.supports_string_escape_constant = true;
        can.supports_map_literal_with_angle_brackets = true;
        can.supports_settings = true;
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
