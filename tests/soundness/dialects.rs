//! Types, literals and functions that are exchangeable in one dialect and not in another.

use super::{differ_in, differ_in_rows, same};

#[test]
fn types_that_a_database_lacks_are_those_that_are_written_for_them() {
    for (one, other) in [("TEXT", "VARCHAR"), ("DATETIME", "TIMESTAMP")] {
        let query = |name: &str| format!("SELECT CAST(a AS {name}) AS x FROM t");
        same("trino", &query(one), &query(other));
    }
    differ_in("x", "redshift", "SELECT CAST(a AS TEXT) AS x FROM t", "SELECT CAST(a AS VARCHAR(10)) AS x FROM t");
    differ_in("x", "trino", "SELECT CAST(a AS TEXT) AS x FROM t", "SELECT CAST(a AS VARCHAR(10)) AS x FROM t");
}

#[test]
fn types_with_two_names() {
    let cast = |data_type: &str| format!("SELECT CAST(a AS {data_type}) AS x FROM t");
    for (dialect, one, other) in [
        ("clickhouse", "Int8", "BIGINT"),
        ("duckdb", "ENUM('a', 'B')", "ENUM('A', 'b')"),
        ("duckdb", "STRUCT(a INT)", "STRUCT(A INT)"),
        ("snowflake", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"),
        ("postgres", "VARCHAR", "TEXT"),
        ("duckdb", "DECIMAL(10, 2)", "DECIMAL(10, 3)"),
        ("snowflake", "VARCHAR(255)", "VARCHAR"),
        ("postgres", "VARCHAR(255)", "VARCHAR"),
        ("spark", "DECIMAL(10, 2)", "DECIMAL"),
    ] {
        differ_in("x", dialect, &cast(one), &cast(other));
    }
    for (dialect, one, other) in [
        ("duckdb", "VARCHAR", "TEXT"),
        ("duckdb", "VARCHAR(255)", "TEXT"),
        ("duckdb", "CHAR(3)", "VARCHAR(4)"),
        ("spark", "VARCHAR(255)", "STRING"),
        ("databricks", "CHAR(3)", "STRING"),
        ("duckdb", "int8", "BIGINT"),
        ("postgres", "float8", "DOUBLE PRECISION"),
        ("postgres", "NUMERIC(10,2)", "decimal(10, 2)"),
    ] {
        same(dialect, &cast(one), &cast(other));
    }
}

#[test]
fn a_typed_literal_is_not_always_a_cast() {
    let pair = |data_type: &str, text: &str| {
        (
            format!("SELECT {data_type} '{text}' AS x FROM t"),
            format!("SELECT CAST('{text}' AS {data_type}) AS x FROM t"),
        )
    };
    for (dialect, data_type, text) in [
        ("postgres", "CHAR", "abc"),
        ("trino", "DECIMAL", "1.23"),
        ("trino", "TIMESTAMP", "2020-01-01 00:00:00 UTC"),
        ("oracle", "DATE", "2020-01-01"),
    ] {
        let (literal, cast) = pair(data_type, text);
        differ_in("x", dialect, &literal, &cast);
    }
    let (literal, cast) = pair("DATE", "2020-01-01");
    same("duckdb", &literal, &cast);
}

#[test]
fn functions_with_two_names() {
    let call = |function: &str| format!("SELECT {function} AS x FROM t");
    same("duckdb", &call("ifnull(a, 0)"), &call("COALESCE(a, 0)"));
    same("snowflake", &call("NVL(a, 0)"), &call("COALESCE(a, 0)"));
    // ISNULL takes the type of its first argument; in Oracle NVL converts to it.
    differ_in("x", "tsql", &call("ISNULL(a, 0)"), &call("COALESCE(a, 0)"));
    differ_in("x", "oracle", &call("NVL(a, 0)"), &call("COALESCE(a, 0)"));
    differ_in("x", "duckdb", &call("a / 2"), &call("a // 2"));
    differ_in("x", "snowflake", &call("CONCAT(a, b)"), &call("CONCAT_WS('', a, b)"));
}

#[test]
fn syntax_that_looks_like_a_call() {
    differ_in("x", "clickhouse", "SELECT POSITION('a' IN b) AS x FROM t", "SELECT POSITION('a', b) AS x FROM t");
    differ_in("x", "duckdb", "SELECT MAP {[a]: [b]} AS x FROM t", "SELECT MAP([a], [b]) AS x FROM t");
    differ_in("x", "snowflake", "SELECT a:b.c AS x FROM t", "SELECT a:\"b.c\" AS x FROM t");
}

#[test]
fn units_of_intervals() {
    let plus = |unit: &str| format!("SELECT a + INTERVAL '5' {unit} AS x FROM t");
    same("duckdb", &plus("DAY"), &plus("DAYS"));
    differ_in("x", "duckdb", &plus("MONTH"), &plus("MINUTE"));
}

#[test]
fn backslashes_in_strings() {
    differ_in("x", "bigquery", r"SELECT '\n' AS x FROM t", r"SELECT r'\n' AS x FROM t");
    differ_in("x", "mysql", r"SELECT 'a\'b' AS x FROM t", r"SELECT 'ab' AS x FROM t");
    differ_in("x", "postgres", r"SELECT E'\n' AS x FROM t", r"SELECT '\n' AS x FROM t");
}

#[test]
fn a_negation_before_several_patterns_is_inside() {
    let [inside, outside] =
        ["SELECT a FROM t WHERE b NOT LIKE ANY ('x%', '_y')", "SELECT a FROM t WHERE NOT b LIKE ANY ('x%', '_y')"];
    differ_in_rows("spark", inside, outside);
    differ_in_rows("postgres", &inside.replace("('x%', '_y')", "(c)"), &outside.replace("('x%', '_y')", "(c)"));
    same("snowflake", inside, outside);
}

#[test]
fn what_only_one_dialect_has_is_kept() {
    for (dialect, column, before, after) in [
        (
            "snowflake",
            "x",
            "SELECT FILTER(a, y INT -> y > 1) AS x FROM t",
            "SELECT FILTER(a, y FLOAT -> y > 1) AS x FROM t",
        ),
        ("trino", "x", "SELECT JSON_OBJECT('A' : b) AS x FROM t", "SELECT JSON_OBJECT('a' : b) AS x FROM t"),
        ("trino", "x", "SELECT JSON_OBJECT(a : b) AS x FROM t", "SELECT JSON_OBJECT('a' : b) AS x FROM t"),
        ("redshift", "x", "SELECT a[b] AS x FROM t", "SELECT a[c] AS x FROM t"),
    ] {
        differ_in(column, dialect, before, after);
    }
    let keys = |keys: &str| format!("SELECT a, sum(c) AS s FROM t GROUP BY {keys}");
    // Behind a comma the sets are crossed with the keys.
    differ_in_rows("spark", &keys("a, b GROUPING SETS ((a, b), (a))"), &keys("a, b, GROUPING SETS ((a, b), (a))"));
    differ_in_rows("trino", &keys("DISTINCT ROLLUP (a), CUBE (b)"), &keys("ROLLUP (a), CUBE (b)"));
    same("trino", &keys("ALL ROLLUP (a), CUBE (b)"), &keys("ROLLUP (a), CUBE (b)"));
}

/// Spark's TRIM has the characters first, others have them last.
#[test]
fn characters_to_trim_come_first_or_last() {
    let (listed, first) = ("SELECT TRIM(a, b) AS x FROM t", "SELECT TRIM(a FROM b) AS x FROM t");
    let last = "SELECT TRIM(b FROM a) AS x FROM t";
    for dialect in ["spark", "databricks"] {
        same(dialect, listed, first);
        differ_in("x", dialect, listed, last);
    }
    for dialect in ["duckdb", "snowflake", "bigquery"] {
        differ_in("x", dialect, listed, first);
    }
}
