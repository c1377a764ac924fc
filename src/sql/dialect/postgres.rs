//! Postgres, Redshift, Materialize and RisingWave.

use sqlparser::dialect::{PostgreSqlDialect, RedshiftSqlDialect};

use super::rules::{
    arguments, calls, casts, clauses, joins, json, names, operators, queries, relations, trailing, words,
};
use super::tokens::Rule;
use super::{Binding, Syntax, hooks};

const RULES: &[Rule] = &[
    words::trailing_keywords,
    words::columns_called_interval,
    words::null_tests,
    arguments::expanded_rows,
    words::driver_parameters,
    arguments::continued_texts,
    arguments::substring_relations,
    operators::distances,
    words::driver_variables,
    arguments::unicode_escapes,
    arguments::standard_forms,
    json::arguments,
    relations::rows_from,
    relations::unnamed_aliases,
    trailing::row_locks,
    trailing::recursion_clauses,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    names::tables_called_table,
    operators::symmetric_between,
    clauses::frame_exclusions,
    clauses::set_quantifiers,
    casts::type_suffixes,
    |list| calls::argument_keywords(list, &["VARIADIC", "NAME"]),
    calls::approximate_calls,
];

/// Postgres and what speaks its language.
pub const POSTGRES: Syntax = Syntax {
    capabilities: |can| can.supports_settings = true,
    rules: RULES,
    prefix: hooks::list_constructor,
    binding: Binding::Postgres,
    ..Syntax::of(|| Box::new(PostgreSqlDialect {}))
};

/// Redshift.
pub const REDSHIFT: Syntax = Syntax {
    capabilities: |can| {
        can.supports_settings = true;
        can.supports_outer_join_operator = true;
        can.supports_filter_during_aggregation = true;
        can.supports_select_wildcard_except = true;
        can.supports_interval_options = true;
        can.supports_within_after_array_aggregation = true;
        can.supports_parens_around_table_factor = true;
    },
    rules: RULES,
    binding: Binding::LikePostgres,
    ..Syntax::of(|| Box::new(RedshiftSqlDialect {}))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn keywords_in_calls() {
        parses(
            Family::Postgres,
            &[
                "SELECT MLEAST(VARIADIC ARRAY[10, -1])",
                "SELECT XMLELEMENT(NAME foo, XMLATTRIBUTES('xyz' AS bar))",
                "SELECT x BETWEEN SYMMETRIC 10 AND 2",
            ],
        );
        parses(
            Family::Redshift,
            &["SELECT APPROXIMATE COUNT(DISTINCT y) > 3", "SELECT a.x FROM a, b WHERE a.z = b.z (+)"],
        );
        parses(Family::Materialize, &["SELECT LIST[LIST[1], LIST[]]"]);
        differ(Family::Postgres, "SELECT f(VARIADIC a)", "SELECT f(a)");
    }
}
