//! The dialect of projects that name none.

use sqlparser::dialect::GenericDialect;

use super::Syntax;
use super::rules::{
    arguments, clauses, frames, joins, names, operators, pipes, queries, relations, sets, trailing, words,
};
use super::tokens::Rule;

const RULES: &[Rule] = &[
    words::closing_angle_brackets,
    words::trailing_keywords,
    words::columns_called_interval,
    arguments::plain_trims,
    names::tables_called_table,
    operators::symmetric_between,
    arguments::plain_constructors,
    arguments::value_sides,
    relations::samples,
    clauses::qualified_exceptions,
    clauses::set_quantifiers,
    relations::versions_behind_aliases,
    relations::unnamed_aliases,
    frames::exclusions,
    trailing::row_locks,
    trailing::recursion_clauses,
    pipes::pipe_operators,
    sets::column_modes,
    sets::clauses_of_operands,
    queries::from_without_select,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
    |list| joins::join_words(list, &[]),
];

/// Generic SQL.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_cross_join_constraint = true;
        can.supports_settings = true;
        can.supports_select_expr_star = true;
        can.supports_outer_join_operator = true;
        can.supports_parens_around_table_factor = true;
        can.supports_object_name_double_dot_notation = true;
        can.supports_map_literal_with_angle_brackets = true;
    },
    rules: RULES,
    ..Syntax::of(|| Box::new(GenericDialect))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn words_of_clauses_as_names_and_jinja_comments() {
        for family in
            [Family::Generic, Family::DuckDb, Family::Snowflake, Family::TSql, Family::Spark, Family::Postgres]
        {
            parses(
                family,
                &[
                    "SELECT group, order + 1 AS o, t.order FROM t WHERE group > 1 GROUP BY group ORDER BY order",
                    "SELECT sum(group) OVER (PARTITION BY order ORDER BY group) FROM t AS order",
                    "SELECT a {# don't; #} FROM t {# b #}",
                ],
            );
            differ(family, "SELECT group FROM t", "SELECT order FROM t");
        }
    }

    #[test]
    fn nothing_between_two_commas_is_nothing() {
        let tree = |sql: &str| {
            crate::sql::query(sql, crate::dialect::Dialect::new(Family::Generic)).map(|tree| tree.fingerprint())
        };
        assert_eq!(tree("SELECT a,, b FROM t").ok(), tree("SELECT a, b FROM t").ok());
        assert!(tree("SELECT a,, b FROM t").is_ok());
        assert!(tree("SELECT f(a,, b) FROM t WHERE c IN (1,, 2)").is_err());
    }

    #[test]
    fn keywords_as_names_and_frames() {
        parses(
            Family::Generic,
            &[
                "SELECT * FROM table",
                "SELECT 1 FROM a CROSS JOIN b ON a.x = b.x",
                "SELECT CAST(a AS MAP<INT, INT>) FROM test",
                "SELECT x NOT BETWEEN ASYMMETRIC 10 AND 2",
                "SELECT SUM(x) OVER (PARTITION BY y ORDER BY z ROWS 1 PRECEDING EXCLUDE CURRENT ROW)",
            ],
        );
        differ(Family::Generic, "SELECT x BETWEEN SYMMETRIC 1 AND 2", "SELECT x BETWEEN ASYMMETRIC 1 AND 2");
        differ(
            Family::Generic,
            "SELECT SUM(x) OVER (ORDER BY y ROWS 1 PRECEDING EXCLUDE TIES)",
            "SELECT SUM(x) OVER (ORDER BY y ROWS 1 PRECEDING EXCLUDE GROUP)",
        );
    }
}
