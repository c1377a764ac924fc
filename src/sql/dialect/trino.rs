//! Trino, Presto and Athena, on top of the parser's generic dialect.

use sqlparser::dialect::GenericDialect;

use super::rules::{
    arguments, calls, casts, clauses, frames, joins, json, names, operators, queries, relations, words,
};
use super::tokens::Rule;
use super::{Binding, Syntax};

const RULES: &[Rule] = &[
    words::trailing_keywords,
    words::columns_called_interval,
    arguments::plain_trims,
    arguments::stars_of_values,
    words::driver_parameters,
    json::arguments,
    relations::versions_behind_aliases,
    relations::unnamed_aliases,
    queries::inline_tables,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    names::tables_called_table,
    operators::symmetric_between,
    clauses::inline_functions,
    frames::exclusions,
    clauses::set_quantifiers,
    clauses::table_versions,
    casts::nested_types,
    casts::row_types,
    calls::call_suffixes,
    json::clauses,
    |list| calls::argument_keywords(list, &["TABLE"]),
];

/// Trino.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_table_versioning = true;
        can.supports_lambda_functions = true;
        can.supports_select_item_multi_column_alias = true;
        can.supports_named_fn_args_with_colon_operator = true;
        can.supports_map_literal_with_angle_brackets = true;
    },
    rules: RULES,
    binding: Binding::SumsFirst,
    ..Syntax::of(|| Box::new(GenericDialect))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn lambdas_name_their_parameters() {
        parses(
            Family::Trino,
            &["SELECT reduce(a, 0, (s, x) -> s + x, s -> s) FROM t", "SELECT filter(a, x -> x > b) FROM t"],
        );
        differ(Family::Trino, "SELECT filter(a, x -> x > b) FROM t", "SELECT filter(a, x -> x > c) FROM t");
    }

    #[test]
    fn inline_functions() {
        parses(
            Family::Trino,
            &[
                "WITH FUNCTION f(x INTEGER) RETURNS INTEGER RETURN x * 2 SELECT f(1)",
                "WITH FUNCTION f(x INTEGER) RETURNS INTEGER BEGIN RETURN x; END WITH t AS (SELECT 1 AS v) SELECT f(v) FROM t",
            ],
        );
        differ(
            Family::Trino,
            "WITH FUNCTION f() RETURNS INTEGER RETURN 1 SELECT f()",
            "WITH FUNCTION f() RETURNS INTEGER RETURN 2 SELECT f()",
        );
    }

    #[test]
    fn columns_of_rows() {
        parses(Family::Trino, &["SELECT ROW(a, 1).* FROM t", "SELECT ROW(a, 1).* AS (x, y) FROM t"]);
        differ(Family::Trino, "SELECT ROW(a, 1).* AS (x, y) FROM t", "SELECT ROW(a, 1).* AS (y, x) FROM t");
        differ(Family::Trino, "SELECT ROW(a, 1).* FROM t", "SELECT ROW(a, 1) FROM t");
    }

    #[test]
    fn nested_types_and_versions() {
        parses(
            Family::Trino,
            &[
                "SELECT CAST(x AS ARRAY(MAP(VARCHAR, VARCHAR)))",
                "SELECT CAST(ROW(1, 'a') AS ROW(n INTEGER, s VARCHAR))",
                "SELECT * FROM t FOR VERSION AS OF '123'",
                "SELECT JSON_VALUE(x, '$.d' NULL ON ERROR) AS y",
            ],
        );
        differ(Family::Trino, "SELECT * FROM t FOR VERSION AS OF 1", "SELECT * FROM t FOR TIMESTAMP AS OF 1");
    }
}
