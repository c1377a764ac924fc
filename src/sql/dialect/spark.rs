//! Spark, Databricks and Hive.

use std::any::TypeId;

use sqlparser::dialect::{DatabricksDialect, GenericDialect, HiveDialect, SparkSqlDialect};

use super::rules::{
    arguments, casts, clauses, frames, joins, literals, names, numbers, operators, pipes, queries, relations, scripts,
    trailing, words,
};
use super::tokens::Rule;
use super::{Binding, Capabilities, Syntax};

/// Spark has samples before aliases, and so does the parser's Hive.
const SPARK_RULES: &[Rule] = &[
    words::closing_angle_brackets,
    words::variables,
    words::trailing_keywords,
    words::columns_called_interval,
    arguments::intervals_of_columns,
    arguments::plain_trims,
    arguments::listed_trims,
    literals::adjacent,
    |list| literals::of_types(list, &["TIMESTAMP_LTZ", "TIMESTAMP_NTZ"]),
    trailing::recursion_clauses,
    relations::samples,
    arguments::trying_casts,
    relations::versions_in_names,
    clauses::orders_behind_having,
    clauses::orders_before_sorts,
    clauses::qualified_exceptions,
    joins::natural_cross_joins,
    relations::streams,
    numbers::quoted_bytes,
    arguments::interval_sums,
    scripts::scripts,
    arguments::plain_constructors,
    relations::unnamed_aliases,
    relations::bracketed_tables,
    relations::pivots,
    queries::inline_tables,
    queries::table_commands,
    pipes::set_operators,
    pipes::pipe_operators,
    relations::bare_column_aliases,
    queries::sorted_set_operations,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    clauses::window_synonyms,
    names::tables_called_table,
    names::exists_of_an_array,
    clauses::table_versions,
    frames::exclusions,
    casts::type_suffixes,
    numbers::suffixes,
];

const HIVE_RULES: &[Rule] = &[
    clauses::orders_behind_having,
    clauses::orders_before_sorts,
    clauses::qualified_exceptions,
    words::closing_angle_brackets,
    words::variables,
    words::trailing_keywords,
    words::columns_called_interval,
    operators::caseless_patterns,
    casts::row_types,
    arguments::plain_trims,
    numbers::quoted_bytes,
    arguments::interval_sums,
    scripts::scripts,
    arguments::plain_constructors,
    relations::unnamed_aliases,
    relations::bracketed_tables,
    relations::pivots,
    queries::inline_tables,
    relations::bare_column_aliases,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    clauses::window_synonyms,
    queries::sorted_set_operations,
    names::tables_called_table,
    names::exists_of_an_array,
    clauses::table_versions,
    frames::exclusions,
    casts::type_suffixes,
];

fn capabilities(can: &mut Capabilities) {
    can.supports_table_versioning = true;
    can.supports_cross_join_constraint = true;
    can.supports_settings = true;
    can.supports_aliased_function_args = true;
    can.supports_filter_during_aggregation = true;
    can.supports_bitwise_shift_operators = true;
    can.supports_numeric_prefix = true;
    can.require_interval_qualifier = false;
    can.supports_comment_optimizer_hint = true;
    can.supports_interval_options = true;
    can.supports_select_item_multi_column_alias = true;
    can.supports_lambda_functions = true;
    can.supports_select_wildcard_exclude = true;
    can.supports_from_first_select = true;
}

/// Raw strings (`r'\d'`) are read as the generic dialect has them.
const RAW_STRINGS: Option<fn() -> TypeId> = Some(TypeId::of::<GenericDialect>);

/// Spark SQL.
pub const SPARK: Syntax = Syntax {
    lexed_as: RAW_STRINGS,
    capabilities,
    rules: SPARK_RULES,
    binding: Binding::Spark,
    ..Syntax::of(|| Box::new(SparkSqlDialect))
};

/// Databricks.
pub const DATABRICKS: Syntax = Syntax {
    lexed_as: RAW_STRINGS,
    capabilities,
    rules: SPARK_RULES,
    binding: Binding::Spark,
    ..Syntax::of(|| Box::new(DatabricksDialect))
};

/// Hive.
pub const HIVE: Syntax = Syntax {
    lexed_as: RAW_STRINGS,
    capabilities,
    rules: HIVE_RULES,
    binding: Binding::Hive,
    ..Syntax::of(|| Box::new(HiveDialect {}))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn functions_versions_and_types() {
        for family in [Family::Spark, Family::Databricks, Family::Hive] {
            parses(
                family,
                &[
                    "SELECT * FROM t WHERE EXISTS(col, x -> x > 1) AND EXISTS (SELECT 1 FROM u)",
                    "SELECT * FROM t VERSION AS OF '123'",
                    "SELECT * FROM t TIMESTAMP AS OF '2024-01-01'",
                    "SELECT CAST('a' AS STRING COLLATE UTF8_BINARY)",
                ],
            );
            if family != Family::Hive {
                parses(family, &["SELECT 5d, -32Y, 482s, 1.5bd, 12.5e-2D AS x, 5e2F"]);
                differ(family, "SELECT 5d", "SELECT 5 AS d");
                differ(family, "SELECT 5d", "SELECT 5f");
                differ(family, "SELECT 1.5bd", "SELECT 1.5");
            }
            parses(family, &["SELECT a DIV b * c, (a) div 2, DIV(a, b), a AS div, b div FROM t WHERE a DIV 2 = 1"]);
            differ(family, "SELECT a DIV b", "SELECT a / b");
            differ(family, "SELECT a DIV b", "SELECT a DIV c");
            differ(family, "SELECT CAST(a AS STRING COLLATE x)", "SELECT CAST(a AS STRING COLLATE y)");
        }
    }
}
