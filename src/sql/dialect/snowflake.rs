//! Snowflake.

use sqlparser::dialect::SnowflakeDialect;

use super::Syntax;
use super::rules::{arguments, calls, casts, clauses, frames, joins, names, queries, relations, trailing, words};
use super::tokens::Rule;

const RULES: &[Rule] = &[
    words::trailing_keywords,
    words::columns_called_interval,
    arguments::value_sides,
    arguments::computed_functions,
    arguments::date_parts,
    relations::versions_behind_aliases,
    relations::pivots,
    clauses::match_skips,
    trailing::row_locks,
    queries::queries_as_named_arguments,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    names::tables_called_table,
    frames::exclusions,
    calls::measure_semantics,
    calls::method_calls,
    calls::objects_of_columns,
    casts::type_suffixes,
    casts::described_types,
    |list| joins::join_words(list, &["DIRECTED"]),
];

/// Snowflake.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_filter_during_aggregation = true;
        can.supports_cross_join_constraint = true;
        can.supports_cte_without_as = true;
        can.supports_settings = true;
    },
    rules: RULES,
    ..Syntax::of(|| Box::new(SnowflakeDialect))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn measures_objects_and_methods() {
        parses(
            Family::Snowflake,
            &[
                "SELECT * FROM x MATCH_RECOGNIZE (ORDER BY a MEASURES FINAL y AS b, RUNNING z AS c PATTERN (s1) DEFINE s1 AS x > 0)",
                "SELECT m!PREDICT(INPUT_DATA => {*}) AS p FROM t",
                "SELECT {* EXCLUDE (a)} FROM t",
                "SELECT * FROM a LEFT OUTER DIRECTED JOIN b USING (id)",
                "SELECT CAST(o AS OBJECT(x CHAR) RENAME FIELDS)",
            ],
        );
        differ(Family::Snowflake, "SELECT m!a(1)", "SELECT m!b(1)");
        differ(
            Family::Snowflake,
            "SELECT * FROM a NATURAL FULL OUTER DIRECTED JOIN b",
            "SELECT * FROM a NATURAL FULL OUTER JOIN b",
        );
        differ(
            Family::Snowflake,
            "SELECT * FROM a DIRECTED JOIN b ON a.x = b.x",
            "SELECT * FROM a JOIN b ON a.x = b.x",
        );
    }
}
