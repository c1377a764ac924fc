//! Oracle, SQLite and Teradata.

use sqlparser::dialect::{OracleDialect, SQLiteDialect, TeradataDialect};

use super::rules::{
    arguments, calls, casts, clauses, frames, joins, json, names, operators, queries, relations, trailing, words,
};
use super::tokens::Rule;
use super::{Binding, Capabilities, Syntax};

const RULES: &[Rule] = &[
    words::short_select,
    words::modulo,
    words::comparison_words,
    words::caret_inequality,
    casts::local_time_zones,
    words::trailing_keywords,
    words::columns_called_interval,
    names::tables_called_table,
    arguments::value_sides,
    arguments::kept_ranks,
    json::arguments,
    relations::samples,
    relations::pivots,
    frames::exclusions,
    clauses::sibling_order,
    trailing::row_locks,
    trailing::view_options,
    trailing::recursion_clauses,
    calls::call_suffixes,
    calls::sequence_values,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
];

const SQLITE_RULES: &[Rule] = &[
    words::trailing_keywords,
    words::null_tests,
    words::driver_parameters,
    names::tables_called_table,
    frames::exclusions,
    operators::is_any_value,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    trailing::materializations,
];

fn capabilities(can: &mut Capabilities) {
    can.supports_settings = true;
    can.supports_within_after_array_aggregation = true;
}

/// Oracle.
pub const ORACLE: Syntax = Syntax { capabilities, rules: RULES, ..Syntax::of(|| Box::new(OracleDialect {})) };

/// SQLite.
pub const SQLITE: Syntax = Syntax {
    capabilities: |can| can.supports_settings = true,
    rules: SQLITE_RULES,
    binding: Binding::Sqlite,
    ..Syntax::of(|| Box::new(SQLiteDialect {}))
};

/// Teradata.
pub const TERADATA: Syntax =
    Syntax { capabilities, rules: RULES, binding: Binding::SumsFirst, ..Syntax::of(|| Box::new(TeradataDialect {})) };

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn sqlite_compares_any_values_with_is() {
        parses(Family::Sqlite, &["SELECT * FROM t WHERE NULL IS NOT y AND z IS NULL"]);
        differ(Family::Sqlite, "SELECT a IS b", "SELECT a IS NOT b");
    }

    #[test]
    fn oracle_names_and_suffixes() {
        parses(
            Family::Oracle,
            &[
                "SELECT * FROM (SELECT 1 AS a FROM dual) _t",
                "SELECT * FROM t WHERE JSON_EXISTS(n, '$.a' TRUE ON ERROR)",
            ],
        );
    }
}
