//! Operators side by side without brackets: each dialect groups them in its own way.

use super::{differ_in, differ_in_rows, same};

/// The first means the second, not the third.
#[track_caller]
fn means(dialects: &[&str], flat: &str, grouped: &str, other: &str) {
    let query = |value: &str| format!("SELECT {value} AS x FROM t");
    for dialect in dialects {
        same(dialect, &query(flat), &query(grouped));
        differ_in("x", dialect, &query(flat), &query(other));
    }
}

const LIKE_POSTGRES: [&str; 3] = ["postgres", "duckdb", "redshift"];

/// Asked of Postgres 15 (the definition of a view) and of DuckDB 1.5 (`json_serialize_sql`).
#[test]
fn signs_and_powers() {
    means(&LIKE_POSTGRES, "- a ^ b", "(- a) ^ b", "- (a ^ b)");
    means(&LIKE_POSTGRES, "a * b ^ c", "a * (b ^ c)", "(a * b) ^ c");
    means(&LIKE_POSTGRES, "~ a + b", "~ (a + b)", "(~ a) + b");
    means(&["bigquery", "snowflake", "spark"], "a * b ^ c", "(a * b) ^ c", "a * (b ^ c)");
    means(&["mysql"], "a * b ^ c", "a * (b ^ c)", "(a * b) ^ c");
    means(&["mysql"], "- a ^ b", "(- a) ^ b", "- (a ^ b)");
    means(&["tsql"], "a & b + c", "(a & b) + c", "a & (b + c)");
}

#[test]
fn concatenation_and_arithmetic() {
    for dialect in ["postgres", "duckdb", "redshift", "trino", "clickhouse", "teradata"] {
        means(&[dialect], "a || b + c", "a || (b + c)", "(a || b) + c");
        means(&[dialect], "a * b || c", "(a * b) || c", "a * (b || c)");
    }
    means(&["spark", "databricks", "oracle"], "a || b + c", "(a || b) + c", "a || (b + c)");
    means(&["spark", "databricks", "oracle"], "a || b * c", "a || (b * c)", "(a || b) * c");
    means(&["bigquery"], "a || b + c", "(a || b) + c", "a || (b + c)");
    means(&["sqlite"], "a * b || c", "a * (b || c)", "(a * b) || c");
}

#[test]
fn bits() {
    means(&LIKE_POSTGRES, "a | b & c", "(a | b) & c", "a | (b & c)");
    means(&LIKE_POSTGRES, "a & b || c", "(a & b) || c", "a & (b || c)");
    means(&["mysql", "bigquery"], "a | b & c", "a | (b & c)", "(a | b) & c");
    means(&["mysql", "bigquery"], "a & b << c", "a & (b << c)", "(a & b) << c");
    means(&["sqlite"], "a | b & c", "(a | b) & c", "a | (b & c)");
}

#[test]
fn comparisons() {
    for dialect in ["postgres", "duckdb", "redshift", "mysql"] {
        means(&[dialect], "a = b IN (1, 2)", "a = (b IN (1, 2))", "(a = b) IN (1, 2)");
        means(&[dialect], "a LIKE b = c", "(a LIKE b) = c", "a LIKE (b = c)");
    }
    means(&LIKE_POSTGRES, "a = b IS NULL", "(a = b) IS NULL", "a = (b IS NULL)");
    means(&LIKE_POSTGRES, "a = b ~ c", "a = (b ~ c)", "(a = b) ~ c");
    means(&LIKE_POSTGRES, "a ~ b || c", "(a ~ b) || c", "a ~ (b || c)");
    means(&["mysql"], "a AND b XOR c", "(a AND b) XOR c", "a AND (b XOR c)");
    means(&["sqlite"], "a = b < c", "a = (b < c)", "(a = b) < c");
}

/// There `x ->> 'a' = 'b'` compares the field, and `'b' = x ->> 'a'` asks the comparison for a field.
#[test]
fn arrows_of_duckdb_on_the_right_equal_only_themselves() {
    let query = |value: &str| format!("SELECT {value} AS x FROM t");
    same("duckdb", &query("a ->> b = c"), &query("(a ->> b) = c"));
    for (flat, grouped) in [("c = a ->> b", "c = (a ->> b)"), ("c AND a ->> b = k", "c AND (a ->> b) = k")] {
        differ_in("x", "duckdb", &query(flat), &query(grouped));
        same("duckdb", &query(flat), &query(flat));
    }
}

#[test]
fn set_operations_from_left_to_right() {
    let flat = "SELECT a FROM t UNION SELECT a FROM u INTERSECT SELECT k FROM v";
    let left = "(SELECT a FROM t UNION SELECT a FROM u) INTERSECT SELECT k FROM v";
    let right = "SELECT a FROM t UNION (SELECT a FROM u INTERSECT SELECT k FROM v)";
    for dialect in ["duckdb", "postgres", "snowflake", "tsql", "mysql"] {
        same(dialect, flat, right);
        differ_in_rows(dialect, flat, left);
    }
    differ_in_rows("oracle", flat, right);
    differ_in_rows("sqlite", flat, right);
    same("oracle", flat, left);
}

/// `(1, NULL) IS NOT NULL` is FALSE, and so is `(1, NULL) IS NULL`.
#[test]
fn a_row_may_be_neither_null_nor_not_null() {
    let query = |condition: &str| format!("SELECT a FROM t WHERE {condition}");
    differ_in_rows("postgres", &query("ROW(a, b) IS NULL"), &query("NOT ROW(a, b) IS NOT NULL"));
    differ_in_rows("postgres", &query("(a, b) IS NOT NULL"), &query("NOT (a, b) IS NULL"));
    same("postgres", &query("a IS NOT NULL"), &query("NOT a IS NULL"));
}
