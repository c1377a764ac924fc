//! ClickHouse.

use std::any::TypeId;

use sqlparser::dialect::{ClickHouseDialect, MySqlDialect};

use super::rules::{
    arguments, casts, clauses, clickhouse, frames, joins, names, numbers, operators, queries, sets, trailing, words,
};
use super::tokens::Rule;
use super::{Binding, Syntax};

const RULES: &[Rule] = &[
    words::names_that_start_with_digits,
    words::trailing_keywords,
    words::columns_called_interval,
    words::variables,
    clickhouse::json_paths,
    clickhouse::settings_behind_formats,
    clickhouse::one_sided_joins,
    clickhouse::filled_intervals,
    clickhouse::final_relations,
    clickhouse::limits_by,
    clickhouse::limits_after_limits_by,
    clickhouse::array_joins,
    clickhouse::bare_using,
    clickhouse::applied_columns,
    clickhouse::named_parts,
    clickhouse::ternaries,
    clickhouse::bare_precise_times,
    arguments::units_in_texts,
    clickhouse::intervals_in_one_text,
    numbers::tuple_elements,
    sets::clauses_of_operands,
    queries::lists_of_queries,
    queries::bracketed_queries,
    names::tables_called_table,
    operators::global_in,
    clauses::named_expressions,
    frames::exclusions,
    casts::described_types,
    |list| joins::join_words(list, &["GLOBAL", "ANY", "ALL", "ASOF", "PASTE"]),
    trailing::materializations,
];

/// ClickHouse.
pub const SYNTAX: Syntax = Syntax {
    // Comments may begin with `#`.
    lexed_as: Some(TypeId::of::<MySqlDialect>),
    capabilities: |can| {
        can.supports_cross_join_constraint = true;
        can.supports_filter_during_aggregation = true;
        can.supports_aliased_function_args = true;
        can.supports_window_function_null_treatment_arg = true;
    },
    rules: RULES,
    binding: Binding::SumsFirst,
    ..Syntax::of(|| Box::new(ClickHouseDialect {}))
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn joins_with_strictness() {
        parses(
            Family::ClickHouse,
            &[
                "SELECT * FROM a GLOBAL LEFT ANY JOIN b ON a.x = b.x WHERE a.y",
                "SELECT * FROM a ASOF JOIN b USING (x, t)",
                "SELECT * FROM a ANY JOIN b",
                "SELECT * FROM hits SEMI LEFT JOIN users USING (id)",
            ],
        );
        let join = |words: &str| format!("SELECT * FROM a {words} JOIN b ON a.x = b.x OR a.y = b.y");
        differ(Family::ClickHouse, &join("LEFT ANY"), &join("LEFT ALL"));
        differ(Family::ClickHouse, &join("LEFT ANY"), &join("LEFT"));
        differ(Family::ClickHouse, &join("GLOBAL ANY"), &join("ANY"));
    }

    #[test]
    fn named_expressions_types_and_global_in() {
        parses(
            Family::ClickHouse,
            &[
                "WITH sum(bytes) AS s, t AS (SELECT 1) SELECT s FROM system.parts",
                "SELECT CAST(v AS JSON(a String, SKIP b))",
                "SELECT * FROM t WHERE x GLOBAL NOT IN (SELECT y FROM u) AND z",
                "SELECT count(x) FILTER (WHERE x > 1) FROM t",
            ],
        );
        differ(Family::ClickHouse, "SELECT x GLOBAL IN (1)", "SELECT x IN (1)");
        parses(Family::ClickHouse, &["SELECT x GLOBAL NOT IN tuple(1, 2)", "SELECT '2024'::DateTime64 AS d"]);
        differ(Family::ClickHouse, "SELECT x GLOBAL IN tuple(1)", "SELECT x IN tuple(1)");
    }

    #[test]
    fn ternaries_and_elements_of_tuples() {
        let same = |left: &str, right: &str| {
            let tree = |sql: &str| crate::sql::query(sql, crate::dialect::Dialect::new(Family::ClickHouse)).expect(sql);
            assert_eq!(tree(left), tree(right), "{left} | {right}");
        };
        same("SELECT a = 1 ? b : c AS x FROM t", "SELECT CASE WHEN a = 1 THEN b ELSE c END AS x FROM t");
        let nested =
            "SELECT f(y, CASE WHEN a THEN CASE WHEN b THEN c ELSE d END ELSE CASE WHEN e THEN 1 ELSE 2 END END)";
        same("SELECT f(y, a ? b ? c : d : e ? 1 : 2)", nested);
        same("SELECT (a ? b : c) + 1", "SELECT (CASE WHEN a THEN b ELSE c END) + 1");
        parses(Family::ClickHouse, &["SELECT t.1.1.2, (t.1).2, f(x).1.2, arr[1].2, (a, b).1, t.2 FROM x WHERE a > .5"]);
        differ(Family::ClickHouse, "SELECT t.1.2", "SELECT t.2.1");
        differ(Family::ClickHouse, "SELECT f(x).1", "SELECT f(x)[1]");
    }
}
