//! MySQL, Doris and StarRocks.

use sqlparser::dialect::MySqlDialect;

use super::rules::{arguments, calls, casts, frames, joins, mysql, names, queries, trailing, words};
use super::tokens::Rule;
use super::{Binding, Syntax};

const RULES: &[Rule] = &[
    words::trailing_keywords,
    words::columns_called_interval,
    words::driver_parameters,
    words::modulo,
    mysql::escaped_nulls,
    mysql::signed_integers,
    mysql::bracketed_lists,
    names::tables_called_table,
    arguments::sounds_like,
    arguments::paired_units,
    arguments::units_in_texts,
    frames::exclusions,
    casts::type_suffixes,
    calls::call_suffixes,
    trailing::row_locks,
    joins::nested_joins,
    queries::lists_of_queries,
    queries::bracketed_queries,
];

/// MySQL.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_comma_separated_trim = true;
        can.supports_settings = true;
        can.supports_bang_not_operator = true;
        can.supports_filter_during_aggregation = true;
        can.supports_select_wildcard_except = true;
        // `--` begins a comment for the server only before a blank, for sqlglot (`MySQL.Tokenizer.COMMENTS`) always;
        // the server gets what sqlglot writes.
        can.requires_single_line_comment_whitespace = false;
    },
    rules: RULES,
    binding: Binding::MySql,
    ..Syntax::of(|| Box::new(MySqlDialect {}))
};

/// Doris and StarRocks.
pub const WITH_LAMBDAS: Syntax = Syntax {
    capabilities: |can| {
        (SYNTAX.capabilities)(can);
        can.supports_lambda_functions = true;
    },
    ..SYNTAX
};

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses, same};

    #[test]
    fn comments_without_a_blank() {
        same(Family::MySql, "SELECT a, ---- first\n b --second\n FROM t", "SELECT a, b FROM t");
        differ(Family::MySql, "SELECT a --1", "SELECT a - -1");
    }

    #[test]
    fn character_sets() {
        parses(Family::MySql, &["SELECT CAST(a AS CHAR CHARACTER SET binary)", "SELECT CHAR(65, 66 USING utf8)"]);
        differ(Family::MySql, "SELECT CHAR(65 USING utf8)", "SELECT CHAR(65 USING latin1)");
        differ(Family::MySql, "SELECT CAST(a AS CHAR CHARACTER SET x)", "SELECT CAST(a AS CHAR CHARACTER SET y)");
    }
}
