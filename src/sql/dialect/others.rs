//! Oracle, SQLite and Teradata.

use sqlparser::dialect::{OracleDialect, SQLiteDialect, TeradataDialect};

use super::Syntax;
use super::rules::{calls, clauses, names, operators};
use super::tokens::Rule;

const RULES: &[Rule] =
    &[names::tables_called_table, clauses::frame_exclusions, calls::call_suffixes, calls::sequence_values];

const SQLITE_RULES: &[Rule] = &[names::tables_called_table, clauses::frame_exclusions, operators::is_any_value];

/// Oracle.
pub const ORACLE: Syntax = Syntax { rules: RULES, ..Syntax::of(|| Box::new(OracleDialect {})) };

/// SQLite.
pub const SQLITE: Syntax = Syntax { rules: SQLITE_RULES, ..Syntax::of(|| Box::new(SQLiteDialect {})) };

/// Teradata.
pub const TERADATA: Syntax = Syntax { rules: RULES, ..Syntax::of(|| Box::new(TeradataDialect {})) };

#[cfg(test)]
mod tests {
    use crate::dialect::Family;
    use crate::sql::dialect::testing::{differ, parses};

    #[test]
    fn sqlite_compares_any_values_with_is() {
        parses(Family::Sqlite, &["SELECT * FROM t WHERE NULL IS NOT y AND z IS NULL"]);
        differ(Family::Sqlite, "SELECT a IS b", "SELECT a IS NOT b");
    }

    #[test]
    fn oracle_names_and_suffixes() {
        parses(
            Family::Oracle,
            &[
                "SELECT * FROM (SELECT 1 AS a FROM dual) _t",
                "SELECT * FROM t WHERE JSON_EXISTS(n, '$.a' TRUE ON ERROR)",
            ],
        );
    }
}
