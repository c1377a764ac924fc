//! The dialect of projects that name none.

use sqlparser::dialect::GenericDialect;

use super::Syntax;
use super::rules::{clauses, joins, names, operators};
use super::tokens::Rule;

const RULES: &[Rule] = &[names::tables_called_table, operators::symmetric_between, clauses::frame_exclusions, |list| {
    joins::join_words(list, &[])
}];

/// Generic SQL.
pub const SYNTAX: Syntax = Syntax {
    capabilities: |can| {
        can.supports_cross_join_constraint = true;
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
