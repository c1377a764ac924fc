//! SQL Server and Fabric.

use sqlparser::dialect::MsSqlDialect;

use super::rules::{
    arguments, calls, clauses, frames, joins, json, names, numbers, queries, relations, trailing, tsql, tsql_calls,
    tsql_clauses, tsql_graph, tsql_relations, words,
};
use super::tokens::Rule;
use super::{Binding, Syntax};

const RULES: &[Rule] = &[
    words::trailing_keywords,
    words::columns_called_interval,
    numbers::hexadecimal,
    tsql_graph::patterns,
    tsql_graph::paths,
    tsql_graph::path_orders,
    tsql_relations::escaped_joins,
    tsql_relations::leading_signs,
    tsql_relations::data_sources,
    tsql_relations::vector_searches,
    tsql_relations::functions_of_tables,
    tsql_relations::hints_behind_samples,
    tsql_calls::escapes,
    tsql_calls::parsed_texts,
    tsql_calls::used_models,
    tsql_calls::numbered_languages,
    tsql_clauses::computed_fetches,
    tsql_clauses::tops,
    tsql_clauses::group_words,
    tsql_clauses::unnamed_roots,
    tsql_clauses::national_aliases,
    trailing::view_options,
    tsql::split_comparisons,
    tsql::rowset_functions,
    tsql::predictions,
    tsql::columns_called_minus,
    tsql::xml_namespaces,
    tsql::spaced_hints,
    json::clauses,
    arguments::computed_tops,
    arguments::sequence_windows,
    relations::pivots,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    names::tables_called_table,
    clauses::query_options,
    clauses::xml_directives,
    clauses::system_time_ranges,
    frames::exclusions,
    calls::sequence_values,
    |list| calls::argument_keywords(list, &["LANGUAGE"]),
    |list| joins::join_words(list, &["HASH", "LOOP", "MERGE", "REMOTE"]),
];

/// T-SQL.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_settings = true;
        can.supports_comma_separated_trim = true;
        can.supports_filter_during_aggregation = true;
        can.supports_group_by_expr = true;
        can.supports_group_by_with_modifier = true;
        // Which the engine hasn't: SQLMesh writes `1` for TRUE.
        can.supports_boolean_literals = true;
    },
    rules: RULES,
    binding: Binding::TSql,
    ..Syntax::of(|| Box::new(MsSqlDialect {}))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn clauses_behind_the_query() {
        parses(
            Family::TSql,
            &[
                "SELECT * FROM t WHERE id = 2 OPTION(RECOMPILE, MAXDOP 2)",
                "SELECT * FROM t FOR XML PATH('e'), ELEMENTS XSINIL",
                "SELECT * FROM t FOR SYSTEM_TIME BETWEEN c AND d",
                "SELECT NEXT VALUE FOR db.s.q",
                "SELECT a, b FROM t GROUP BY a, b WITH ROLLUP",
            ],
        );
        differ(
            Family::TSql,
            "SELECT a, b FROM t GROUP BY a, b WITH ROLLUP",
            "SELECT a, b FROM t GROUP BY a, b WITH CUBE",
        );
        differ(Family::TSql, "SELECT * FROM t OPTION(MAXDOP 2)", "SELECT * FROM t OPTION(MAXDOP 3)");
        differ(
            Family::TSql,
            "SELECT 1 FROM t FOR SYSTEM_TIME FROM c TO d",
            "SELECT 1 FROM t FOR SYSTEM_TIME FROM c TO e",
        );
    }

    #[test]
    fn join_algorithms() {
        let join = |word: &str| format!("SELECT x FROM a INNER {word} JOIN b ON b.id = a.id");
        differ(Family::TSql, &join("HASH"), &join("LOOP"));
        differ(Family::TSql, "SELECT 1 FROM a remote JOIN b ON 1 = 1", "SELECT 1 FROM a loop JOIN b ON 1 = 1");
    }
}
