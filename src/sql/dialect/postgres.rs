//! Postgres, Redshift, Materialize and RisingWave.

use sqlparser::dialect::{PostgreSqlDialect, RedshiftSqlDialect};

use super::rules::{
    arguments, calls, casts, clauses, frames, joins, json, literals, names, operators, queries, relations, trailing,
    words, xml,
};
use super::tokens::Rule;
use super::{Binding, Syntax, hooks};

const RULES: &[Rule] = &[
    words::trailing_keywords,
    words::columns_called_interval,
    words::null_tests,
    arguments::expanded_rows,
    words::driver_parameters,
    literals::continued,
    arguments::substring_relations,
    operators::distances,
    words::driver_variables,
    arguments::unicode_escapes,
    arguments::standard_forms,
    arguments::plain_trims,
    json::arguments,
    json::clauses,
    xml::functions,
    xml::lateral_tables,
    literals::adjacent,
    literals::precise_intervals,
    |list| literals::of_types(list, TYPES),
    literals::of_any_type,
    arguments::normal_forms,
    relations::inherited_tables,
    relations::rows_from,
    relations::unnamed_aliases,
    trailing::row_locks,
    trailing::recursion_clauses,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    names::tables_called_table,
    names::escaped_strings,
    operators::symmetric_between,
    frames::exclusions,
    clauses::set_quantifiers,
    casts::type_suffixes,
    casts::collated_casts,
    frames::computed_bounds,
    queries::table_commands,
    |list| calls::argument_keywords(list, &["VARIADIC", "NAME"]),
    calls::approximate_calls,
];

/// Types whose literals the parser doesn't know.
const TYPES: &[&str] = &[
    "NAME",
    "XML",
    "INET",
    "CIDR",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "TSVECTOR",
    "TSQUERY",
    "PG_LSN",
    "OID",
    "CITEXT",
    "HSTORE",
    "LTREE",
    "INT4RANGE",
    "INT8RANGE",
    "NUMRANGE",
    "TSRANGE",
    "TSTZRANGE",
    "DATERANGE",
    "JSONPATH",
];

/// Postgres and what speaks its language.
pub const POSTGRES: Syntax = Syntax {
    capabilities: |can| {
        can.supports_settings = true;
        can.supports_table_versioning = true;
    },
    rules: RULES,
    prefix: hooks::list_constructor,
    binding: Binding::Postgres,
    ..Syntax::of(|| Box::new(PostgreSqlDialect {}))
};

/// Redshift.
pub const REDSHIFT: Syntax = Syntax {
    capabilities: |can| {
        can.supports_settings = true;
        can.supports_comma_separated_trim = true;
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
        differ(Family::Postgres, "SELECT pg_snapshot '1:2'", "SELECT pg_snapshot AS \"1:2\"");
        differ(Family::Postgres, "SELECT NORMALIZE(a, NFC)", "SELECT NORMALIZE(a, NFD)");
        differ(Family::Postgres, "SELECT XMLELEMENT(NAME a)", "SELECT XMLELEMENT(NAME b)");
    }

    #[test]
    fn words_that_say_what_holds_anyway() {
        let tree = |sql: &str| crate::sql::query(sql, crate::dialect::Dialect::new(Family::Postgres)).expect("a query");
        let xml = |lateral: &str| format!("SELECT r.a FROM d, {lateral} XMLTABLE('/r' PASSING d.x COLUMNS a INT) AS r");
        assert_eq!(tree(&xml("LATERAL")), tree(&xml("")));
        assert_eq!(tree("SELECT a FROM s.t*, u* AS u"), tree("SELECT a FROM s.t, u AS u"));
        differ(Family::Postgres, "SELECT a FROM ONLY t", "SELECT a FROM t");
    }
}
