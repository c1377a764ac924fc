//! Beliefs about single queries, as sqlglot 30.8 answered them.

use std::sync::Arc;

use super::{Belief, Beliefs, Schemas, outputs, parse, reread, text};
use crate::dialect::Dialect;
use crate::names::ModelName;
use crate::resolve::{Column, Schema, resolve};
use crate::sql::tree::Name;

struct Tables(Belief);

impl Beliefs for Tables {
    fn table(&self, _: &ModelName) -> Option<&Belief> {
        Some(&self.0)
    }
}

impl crate::resolve::Schemas for Tables {
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>) {
        let column = |name: &Name| Column { name: name.clone(), data_type: None };
        let columns = self.0.columns.iter().map(|(name, _)| column(name)).collect();
        (ModelName::from_parts(parts), Arc::new(Schema::new(columns, false)))
    }
}

const COLUMNS: &str = "i INT, b BIGINT, d DOUBLE, n DECIMAL(10, 2), t TEXT, x BOOLEAN, day DATE, at TIMESTAMP";

/// The types of a query over a table with these columns.
fn types_of(dialect: &str, sql: &str, columns: &str, schemas: Schemas) -> String {
    let dialect = Dialect::parse(dialect).expect("a known dialect");
    let column = |text: &str| {
        let (name, data_type) = text.trim().split_once(' ').expect("a name and a type");
        (dialect.normalize(name, false).into(), parse(data_type, dialect))
    };
    let columns = columns.split(", ").fold(Vec::<String>::new(), |mut all, part| {
        match all.last_mut().filter(|last| last.matches('(').count() > last.matches(')').count()) {
            Some(last) => *last = format!("{last}, {part}"),
            None => all.push(part.to_owned()),
        }
        all
    });
    let tables = Tables(Belief { columns: columns.iter().map(|text| column(text)).collect() });
    let tree = crate::sql::lenient_query(sql, dialect).expect("a query");
    let resolved = resolve(&tree, dialect, &tables);
    let found = outputs(&resolved, sql, dialect, schemas, &tables);
    found.iter().map(|found| text(found, dialect).unwrap_or("?".into())).collect::<Vec<_>>().join("; ")
}

fn believed(dialect: &str, expressions: &str) -> String {
    types_of(dialect, &format!("SELECT {expressions} FROM k"), COLUMNS, Schemas::Known)
}

#[test]
fn operators_bring_both_sides_to_one() {
    let found = believed("duckdb", "i + b, i / 2, d / 2, n * 2, n * 2.5, i * 2.5, t || 'x', i + t");
    assert_eq!(found, "BIGINT; DOUBLE; DOUBLE; DECIMAL(10, 2); DECIMAL(10, 2); DOUBLE; TEXT; INT");
    assert_eq!(believed("postgres", "i / 2, i / d"), "BIGINT; DOUBLE PRECISION");
}

#[test]
fn units_below_a_day_make_a_date_a_moment_and_so_do_plurals() {
    let found = believed(
        "duckdb",
        "day + INTERVAL '1' DAY, day + INTERVAL '1' HOUR, day + INTERVAL 3 MONTHS, '2024-01-01' + INTERVAL '1' DAY",
    );
    assert_eq!(found, "DATE; TIMESTAMP; TIMESTAMP; DATE");
}

#[test]
fn results_of_a_case_are_brought_to_one_and_null_has_any_type() {
    let found = believed(
        "duckdb",
        "CASE WHEN x THEN i ELSE 2.5 END, CASE WHEN x THEN NULL ELSE i END, COALESCE(i, b), NULL, [i, b], {'a': i}",
    );
    assert_eq!(found, "DOUBLE; INT; BIGINT; ?; BIGINT[]; STRUCT(\"a\" INT)");
}

#[test]
fn dialects_have_rules_of_their_own() {
    let found = believed("bigquery", "SAFE_DIVIDE(i, b), NULL, STRUCT(i AS a, t AS b), [1, 2]");
    assert_eq!(found, "FLOAT64; INT64; STRUCT<`a` INT64, `b` STRING>; ARRAY<INT64>");
    let found = believed("snowflake", "DATEADD(hour, 1, day), DECODE(i, 1, 'a', 'b'), SUM(i), t::NUMBER");
    assert_eq!(found, "TIMESTAMPNTZ; VARCHAR; BIGINT; DECIMAL(38, 0)");
    let found = believed("spark", "IF(x, i, 0), NULL, 10L, CAST(t AS VARCHAR(10)), CONCAT(t, 'x')");
    assert_eq!(found, "BIGINT; NULL; BIGINT; STRING; STRING");
}

#[test]
fn branches_of_a_union_are_brought_to_one_only_for_those_that_read_it() {
    let union = "SELECT i AS a FROM k UNION ALL SELECT d FROM k";
    let read = format!("SELECT u.a FROM ({union}) AS u");
    assert_eq!(types_of("duckdb", union, COLUMNS, Schemas::Known), "INT");
    assert_eq!(types_of("duckdb", &read, COLUMNS, Schemas::Known), "DOUBLE");
    let recursive =
        "WITH RECURSIVE r AS (SELECT 1 AS a, t FROM k UNION ALL SELECT a + 1.5, t FROM r) SELECT a, t FROM r";
    assert_eq!(types_of("duckdb", recursive, COLUMNS, Schemas::Known), "DOUBLE; TEXT");
}

#[test]
fn relations_of_all_kinds_are_looked_into_but_for_laterals() {
    let check = |sql: &str, expected: &str| {
        assert_eq!(types_of("duckdb", sql, COLUMNS, Schemas::Known), expected, "{sql}");
    };
    check(
        "SELECT l.a, v.c FROM k, LATERAL (SELECT k.i AS a) AS l, (VALUES (1, 'x'), (2.5, 'y')) AS v(b, c)",
        "?; TEXT",
    );
    check("SELECT k.i, (SELECT MAX(o.day) FROM k AS o) AS latest FROM k", "INT; DATE");
    check("SELECT UNNEST([i]) AS a, s.a AS b FROM (SELECT {'a': k.i} AS s, k.i FROM k) AS q", "INT; INT");
}

#[test]
fn without_a_schema_only_projections_of_one_select_are_looked_at() {
    let check = |sql: &str, expected: &str| {
        assert_eq!(types_of("bigquery", sql, COLUMNS, Schemas::Unknown), expected, "{sql}");
    };
    check("SELECT i, 1 AS one, COUNT(*) AS n, CAST(t AS DATE) AS d FROM k", "?; INT64; INT64; DATE");
    check("SELECT 1 AS one UNION ALL SELECT 2", "?");
}

#[test]
fn a_type_that_goes_to_another_dialect_is_what_its_text_says_there() {
    let (duckdb, bigquery) = (Dialect::parse("duckdb"), Dialect::parse("bigquery"));
    let (duckdb, bigquery) = (duckdb.expect("a known dialect"), bigquery.expect("a known dialect"));
    let check = |written: &str, expected: &str| {
        let found = reread(&parse(written, duckdb), bigquery);
        assert_eq!(text(&found, bigquery).as_deref(), Some(expected), "{written}");
    };
    check("TIMESTAMP", "DATETIME");
    check("INT[]", "ARRAY<INT64>");
    check("STRUCT(a INT, b VARCHAR(3))", "STRUCT<a INT64, b STRING>");
    check("DECIMAL(10, 2)", "NUMERIC(10, 2)");
}

#[test]
fn hostile_types_end() {
    let dialect = Dialect::parse("bigquery").expect("a known dialect");
    for written in [
        "ARRAY<".repeat(10_000),
        "STRUCT<a ".repeat(5_000) + &">".repeat(5_000),
        "INT".to_owned() + &"[]".repeat(50_000),
        "(((,>".into(),
        "[".into(),
    ] {
        let found = parse(&written, dialect);
        text(&found, dialect);
    }
}
