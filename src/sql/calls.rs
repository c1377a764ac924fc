//! Calls that are another call under another name, or with other arguments.
//!
//! As with `synonyms`, only what the dialect's engines and sqlglot both take for one is made one here; where SQLMesh never
//! lets the engine see the difference (it sends what sqlglot writes), that is said.

use crate::dialect::{Dialect, Family};

use super::synonyms::synonym;
use super::tree::{Node, Op, Tree};

/// The operator and children of a call of `name` (in upper case).
pub(super) fn canonical_call(name: &str, kids: Vec<Tree>, dialect: Dialect) -> (Op, Vec<Tree>) {
    let family = dialect.family;
    let name = synonym(name, kids.len(), family);
    match (family, name, kids.as_slice()) {
        // sqlglot writes the second: `DATEDIFF(end, start)`, `DATEDIFF(DAY, start, end)`.
        (Family::Databricks, "DATEDIFF", [end, start]) => {
            let day = Node::leaf(Op::Ident("day".into()), end.span);
            let day = Node::new(Op::Column, vec![day], end.span);
            (Op::Function(name.into()), vec![day, start.clone(), end.clone()])
        }
        (Family::MySql | Family::Doris | Family::StarRocks, "ISNULL", [value]) => (Op::IsNull, vec![value.clone()]),
        (Family::Snowflake, "ZEROIFNULL" | "NULLIFZERO", [value]) => of_zero(name, value),
        (Family::Snowflake, "TO_DATE", [text]) if matches!(text.op, Op::Text(_)) => {
            (Op::Cast(false), vec![text.clone(), Node::leaf(Op::Type("DATE".into()), text.span)])
        }
        (Family::Snowflake, "TO_DATE" | "TRY_TO_DATE", [value, format]) => {
            (Op::Function(name.into()), vec![value.clone(), snowflake_format(format)])
        }
        (_, "DATE_TRUNC" | "DATE_DIFF", [unit, rest @ ..]) if folds_units(family) => {
            (Op::Function(name.into()), [&[folded_unit(unit)], rest].concat())
        }
        (Family::BigQuery, "GENERATE_DATE_ARRAY", [start, end]) => {
            let day = Node::new(Op::Interval("DAY".into()), vec![Node::leaf(Op::Text("1".into()), end.span)], end.span);
            (Op::Function(name.into()), vec![start.clone(), end.clone(), day])
        }
        (Family::Databricks | Family::Spark | Family::Hive, "NAMED_STRUCT", fields) => match named(fields) {
            Some(fields) => (Op::Struct, fields),
            None => (Op::Function(name.into()), kids),
        },
        _ => (Op::Function(name.into()), kids),
    }
}

/// `ZEROIFNULL(a)` is `IFF(a IS NULL, 0, a)` and `NULLIFZERO(a)` is `IFF(a = 0, NULL, a)`, as sqlglot writes them.
fn of_zero(name: &str, value: &Tree) -> (Op, Vec<Tree>) {
    let zero = Node::leaf(Op::Number("0".into()), value.span);
    let (test, result) = match name {
        "ZEROIFNULL" => (Node::new(Op::IsNull, vec![value.clone()], value.span), zero),
        _ => {
            let test = Node::new(Op::Binary("=".into()), vec![value.clone(), zero], value.span);
            (test, Node::leaf(Op::Null, value.span))
        }
    };
    (Op::Function("IFF".into()), vec![test, result, value.clone()])
}

/// `NAMED_STRUCT('p', a, 'q', b)` is `STRUCT(a AS p, b AS q)`.
fn named(fields: &[Tree]) -> Option<Vec<Tree>> {
    let field = |pair: &[Tree]| match pair {
        [name, value] => match &name.op {
            Op::Text(name) => Some(Node::new(Op::Alias(name.clone()), vec![value.clone()], value.span)),
            _ => None,
        },
        _ => None,
    };
    fields.chunks(2).map(field).collect()
}

/// The elements of a format have no case, text in double quotes has. To sqlglot `DD` isn't `dd`.
fn snowflake_format(format: &Tree) -> Tree {
    let folded = |c: char| if c == 'D' { c } else { c.to_ascii_lowercase() };
    match &format.op {
        Op::Text(text) if !text.contains('"') => {
            let text: String = text.chars().map(folded).collect();
            Node::leaf(Op::Text(text.into()), format.span)
        }
        _ => format.clone(),
    }
}

/// Is `DATE_TRUNC('MONTH', x)` `DATE_TRUNC('month', x)`?
fn folds_units(family: Family) -> bool {
    use Family::*;
    matches!(family, Athena | Databricks | DuckDb | Postgres | Presto | Redshift | Snowflake | Spark | Trino)
}

fn folded_unit(unit: &Tree) -> Tree {
    match &unit.op {
        Op::Text(text) => Node::leaf(Op::Text(text.to_uppercase().into()), unit.span),
        _ => unit.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::expression;

    fn check(dialect: &str, a: &str, b: &str, same: bool) {
        let dialect = Dialect::parse(dialect).expect("a known dialect");
        let read = |text: &str| expression(text, dialect).unwrap_or_else(|failure| panic!("{text}: {failure:?}"));
        assert_eq!(read(a) == read(b), same, "{dialect:?} {a} {b}");
    }

    #[test]
    fn the_present_has_several_names() {
        check("postgres", "now()", "CURRENT_TIMESTAMP", true);
        check("postgres", "clock_timestamp()", "CURRENT_TIMESTAMP", false);
        check("databricks", "getdate()", "current_timestamp()", true);
        check("spark", "now()", "current_timestamp()", false);
        check("snowflake", "getdate()", "CURRENT_TIMESTAMP", true);
        check("redshift", "getdate()", "CURRENT_TIMESTAMP", false);
        check("duckdb", "today()", "CURRENT_DATE", true);
    }

    #[test]
    fn a_difference_of_days_has_two_orders_in_databricks() {
        check("databricks", "datediff(b, a)", "DATEDIFF(DAY, a, b)", true);
        check("databricks", "datediff(a, b)", "DATEDIFF(DAY, a, b)", false);
        check("spark", "datediff(b, a)", "DATEDIFF(DAY, a, b)", false);
    }

    #[test]
    fn snowflake_reads_dates_in_several_ways() {
        check("snowflake", "DATE(a)", "TO_DATE(a)", true);
        check("snowflake", "DATE('2024-01-01')", "'2024-01-01'::DATE", true);
        check("snowflake", "TO_DATE(a, 'yyyyMMdd')", "TO_DATE(a, 'YYYYMMdd')", true);
        check("snowflake", "TO_DATE(a, 'yyyyMMdd')", "TO_DATE(a, 'yyyyddMM')", false);
        check("snowflake", "TO_DATE(a, 'YYYY\"T\"')", "TO_DATE(a, 'YYYY\"t\"')", false);
        check("duckdb", "to_date(a, 'Y')", "to_date(a, 'y')", false);
    }

    #[test]
    fn zeros_and_nulls_are_chosen_in_snowflake() {
        check("snowflake", "ZEROIFNULL(a)", "IFF(a IS NULL, 0, a)", true);
        check("snowflake", "NULLIFZERO(a)", "IFF(a = 0, NULL, a)", true);
        check("snowflake", "NULLIFZERO(a)", "ZEROIFNULL(a)", false);
        check("teradata", "ZEROIFNULL(a)", "IFF(a IS NULL, 0, a)", false);
    }

    #[test]
    fn fields_of_structs_are_named_by_their_columns_in_spark() {
        check("spark", "STRUCT(a, t.b)", "STRUCT(a AS a, t.b AS b)", true);
        check("spark", "NAMED_STRUCT('p', a, 'q', b)", "STRUCT(a AS p, b AS q)", true);
        check("spark", "NAMED_STRUCT('p', a)", "STRUCT(a AS P)", false);
        check("spark", "NAMED_STRUCT(p, a)", "STRUCT(a AS p)", false);
        check("bigquery", "STRUCT(a)", "STRUCT(a AS a)", false);
    }

    #[test]
    fn days_are_the_step_of_dates() {
        check("bigquery", "GENERATE_DATE_ARRAY(a, b)", "GENERATE_DATE_ARRAY(a, b, INTERVAL 1 DAY)", true);
        check("bigquery", "GENERATE_DATE_ARRAY(a, b)", "GENERATE_DATE_ARRAY(a, b, INTERVAL 1 WEEK)", false);
    }

    #[test]
    fn units_have_no_case() {
        check("duckdb", "DATE_TRUNC('month', a)", "DATE_TRUNC('MONTH', a)", true);
        check("duckdb", "DATE_DIFF('month', 'a', b)", "DATE_DIFF('month', 'A', b)", false);
        check("postgres", "DATE_TRUNC('month', a)", "DATE_TRUNC('day', a)", false);
        check("oracle", "DATE_TRUNC('month', a)", "DATE_TRUNC('MONTH', a)", false);
    }

    #[test]
    fn numbers_of_units_are_texts_or_numbers() {
        check("duckdb", "INTERVAL 1 DAY", "INTERVAL '1' DAY", true);
        check("duckdb", "INTERVAL -1 DAY", "INTERVAL '-1' DAY", true);
        check("duckdb", "INTERVAL 1 DAY", "INTERVAL '-1' DAY", false);
        check("mysql", "INTERVAL 1.5 DAY", "INTERVAL '1.5' DAY", false);
        check("spark", "INTERVAL 1 DAY", "INTERVAL 1 MONTH", false);
        check("postgres", "INTERVAL '2 years'", "INTERVAL '2 YEARS'", true);
        check("postgres", "INTERVAL '1 day'", "INTERVAL '1' DAY", true);
        check("snowflake", "INTERVAL '1 day, 2 hours'", "INTERVAL '1 DAY, 2 HOURS'", true);
        check("snowflake", "INTERVAL '1 mm'", "INTERVAL '1' MONTH", false);
        check("duckdb", "a + INTERVAL t.b DAY", "a + INTERVAL (t.b) DAY", true);
        check("spark", "a + INTERVAL t.b DAY", "a + INTERVAL t.c DAY", false);
    }

    #[test]
    fn a_number_may_start_with_its_point() {
        check("spark", ".5", "0.5", true);
        check("spark", ".5", "5", false);
        check("duckdb", ".5", "0.5", false);
        check("bigquery", ".50", "0.5", false);
    }
}
