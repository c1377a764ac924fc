//! Stars, COLUMNS, PIVOT: columns that aren't written out.

use super::{differ_in, differ_in_rows, same};

#[test]
fn the_options_of_a_star_over_unknown_columns_count() {
    let query = |star: &str| format!("SELECT b FROM (SELECT {star} FROM unknown_table) s");
    for (one, other) in [
        ("* EXCLUDE (x)", "* EXCLUDE (y)"),
        ("* REPLACE (1 AS b)", "* REPLACE (2 AS b)"),
        ("* RENAME (x AS b)", "* RENAME (y AS b)"),
        ("*", "* EXCLUDE (x)"),
    ] {
        differ_in("b", "duckdb", &query(one), &query(other));
    }
}

#[test]
fn unknown_columns_are_compared_too() {
    differ_in("one", "duckdb", "SELECT 1 AS one, * EXCLUDE (x) FROM w", "SELECT 1 AS one, * EXCLUDE (y) FROM w");
    differ_in(
        "one",
        "duckdb",
        "SELECT 1 AS one, * FROM w JOIN w2 ON TRUE",
        "SELECT 1 AS one, w.* FROM w JOIN w2 ON TRUE",
    );
    differ_in(
        "one",
        "duckdb",
        "SELECT 1 AS one, * FROM w JOIN w2 USING (k)",
        "SELECT 1 AS one, w.*, w2.* FROM w JOIN w2 USING (k)",
    );
    differ_in("y", "duckdb", "(SELECT *, a AS y FROM w) LIMIT 1", "(SELECT *, b AS y FROM w) LIMIT 1");
    same("duckdb", "SELECT w.*, 1 AS one FROM w", "SELECT *, 1 AS one FROM w");
}

#[test]
fn places_behind_unknown_columns_are_not_known() {
    differ_in_rows(
        "duckdb",
        "SELECT q FROM (SELECT *, q FROM w ORDER BY 2 LIMIT 1) s",
        "SELECT q FROM (SELECT *, q FROM w ORDER BY q LIMIT 1) s",
    );
    differ_in(
        "y",
        "duckdb",
        "SELECT y FROM (SELECT *, a AS y FROM w UNION ALL SELECT * FROM w2)",
        "SELECT y FROM (SELECT *, b AS y FROM w UNION ALL SELECT * FROM w2)",
    );
}

#[test]
fn columns_picks_among_all() {
    differ_in_rows(
        "duckdb",
        "SELECT COLUMNS('x.*') FROM (SELECT a AS x1, b AS x2 FROM t)",
        "SELECT COLUMNS('x.*') FROM (SELECT a AS x1, c AS x2 FROM t)",
    );
}

#[test]
fn pivot_groups_by_what_it_does_not_name() {
    let query = |key: &str, item: &str| {
        format!("SELECT {item} FROM (SELECT {key} AS x, b, c FROM t) PIVOT (sum(b) FOR c IN (1 AS one, 2)) AS p")
    };
    for item in ["*", "one"] {
        differ_in_rows("snowflake", &query("a", item), &query("k", item));
        differ_in_rows("duckdb", &query("a", item), &query("k", item));
    }
}

#[test]
fn a_function_may_give_more_columns_than_are_named() {
    differ_in("x", "duckdb", "SELECT * FROM read_csv('f') AS s(x)", "SELECT x FROM read_csv('f') AS s(x)");
    differ_in("p", "postgres", "SELECT * FROM unnest(w) AS s(p)", "SELECT p FROM unnest(w) AS s(p)");
    same("duckdb", "SELECT * FROM unnest([1, 2]) AS s(p)", "SELECT p FROM unnest([1, 2]) AS s(p)");
}

#[test]
fn columns_excluded_from_the_whole_list_shift_a_union() {
    differ_in(
        "k",
        "redshift",
        "SELECT * EXCLUDE a FROM t UNION ALL SELECT a, d, k FROM u",
        "SELECT * EXCLUDE a FROM t UNION ALL SELECT a, d, a FROM u",
    );
}
