//! BigQuery.

use sqlparser::dialect::BigQueryDialect;

use super::rules::{
    arguments, bigquery, calls, casts, frames, joins, names, numbers, pipes, queries, relations, sets, words,
};
use super::tokens::Rule;
use super::{Binding, Syntax, hooks};

const RULES: &[Rule] = &[
    words::closing_angle_brackets,
    words::typed_arrays,
    words::hyphenated_tables,
    words::names_that_start_with_digits,
    arguments::stars_of_values,
    numbers::hexadecimal,
    pipes::pipes_from_queries,
    bigquery::lists_in_pipes,
    bigquery::offsets_of_paths,
    bigquery::bounds_before_orders,
    bigquery::bare_values,
    bigquery::queries_from_first,
    words::table_wildcards,
    words::trailing_keywords,
    words::columns_called_interval,
    names::tables_called_table,
    names::qualified_functions,
    arguments::plain_constructors,
    arguments::units_in_texts,
    relations::system_time_in_two_words,
    relations::versions_behind_aliases,
    relations::pivots,
    frames::exclusions,
    casts::bracketed_formats,
    casts::range_types,
    |list| calls::argument_keywords(list, &["TABLE", "MODEL"]),
    pipes::pipe_operators,
    sets::column_modes,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
];

/// BigQuery.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_filter_during_aggregation = true;
        can.supports_table_versioning = true;
        can.supports_bitwise_shift_operators = true;
    },
    rules: RULES,
    prefix: hooks::array_of_query,
    binding: Binding::BigQuery,
    ..Syntax::of(|| Box::new(BigQueryDialect))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn a_column_may_be_called_model() {
        let sql = "CREATE TABLE t (id INT64, model STRING)";
        let parsed = crate::sql::parse::parse_statement(sql, crate::dialect::Dialect::new(Family::BigQuery));
        assert!(parsed.is_ok(), "{parsed:?}");
    }

    #[test]
    fn tables_and_models_as_arguments() {
        parses(
            Family::BigQuery,
            &[
                "SELECT * FROM ML.PREDICT(MODEL d.m, (SELECT a FROM d.t))",
                "SELECT * FROM VECTOR_SEARCH(TABLE d.t, 'c', TABLE d.q, top_k => 2)",
                "SELECT CAST(date AS STRING FORMAT ('YYYY'))",
            ],
        );
        differ(
            Family::BigQuery,
            "SELECT * FROM ML.PREDICT(MODEL m, TABLE t)",
            "SELECT * FROM ML.PREDICT(MODEL m, TABLE u)",
        );
        differ(Family::BigQuery, "SELECT * FROM f(MODEL m)", "SELECT * FROM f(TABLE m)");
    }
}
