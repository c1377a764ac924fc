//! What flows into values, and what decides rows.

use std::sync::Arc;

use super::*;
use crate::dialect::Dialect;
use crate::resolve::{Column, Schema, Schemas, resolve};
use crate::sql;
use crate::sql::tree::Name;

/// Three tables that are known and any other, which isn't.
struct Tables;

impl Schemas for Tables {
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>) {
        let name = ModelName::from_parts(parts);
        let columns: &[&str] = match name.table() {
            "t" => &["id", "a", "b", "c"],
            "u" => &["id", "d", "e"],
            "v" => &["p", "q"],
            _ => return (name, Schema::unknown()),
        };
        let column = |name: &&str| Column { name: (*name).into(), data_type: None };
        (name, Arc::new(Schema::new(columns.iter().map(column).collect(), false)))
    }
}

fn traced_in(dialect: &str, query: &str) -> Lineage {
    let dialect = Dialect::parse(dialect).expect("a dialect");
    let tree = sql::query(query, dialect).unwrap_or_else(|error| panic!("{query}: {}", error.message));
    lineage(&resolve(&tree, dialect, &Tables))
}

fn shown<'c>(columns: impl IntoIterator<Item = &'c ColumnRef>) -> String {
    columns.into_iter().map(|column| format!("{}.{}", column.model, column.column)).collect::<Vec<_>>().join(" ")
}

fn roles(influences: &BTreeSet<(ColumnRef, Role)>) -> String {
    let one =
        |(column, role): &(ColumnRef, Role)| format!("{role:?} {}.{}", column.model, column.column).to_lowercase();
    let mut shown: Vec<String> = influences.iter().map(one).collect();
    shown.sort();
    shown.join(", ")
}

/// The sources of each output: `name: t.a t.b; …`.
fn sources(query: &str) -> String {
    sources_in("duckdb", query)
}

fn sources_in(dialect: &str, query: &str) -> String {
    let lineage = traced_in(dialect, query);
    let columns =
        lineage.columns.iter().map(|(name, flow)| format!("{name}: {}", shown(&flow.sources)).trim_end().to_owned());
    columns.collect::<Vec<_>>().join("; ")
}

fn rows(query: &str) -> String {
    roles(&traced_in("duckdb", query).rows.influences)
}

fn value_influences(query: &str) -> String {
    roles(&traced_in("duckdb", query).columns.first().expect("a column").1.influences)
}

/// The engine knows such a name, or the query fails.
#[test]
fn what_a_name_stands_for_that_is_not_found_may_be_anything() {
    assert_eq!(sources("SELECT a, nobody.x AS x, missing + 1 AS y FROM t, u"), "a: t.a; x: t.* u.*; y: t.* u.*");
}

#[test]
fn subqueries_behind_apply_see_what_stands_before_them() {
    let query = "SELECT x.d, x.e FROM t CROSS APPLY (SELECT t.a * 2 AS d, e FROM u WHERE u.id = t.id) AS x";
    assert_eq!(sources_in("tsql", query), "d: t.a; e: u.e");
}

#[test]
fn values_flow_through_expressions_ctes_and_derived_tables() {
    assert_eq!(sources("SELECT a + b AS x, 1 AS y FROM t"), "x: t.a t.b; y:");
    assert_eq!(sources("WITH x AS (SELECT a + b AS s, c FROM t) SELECT s * 2 AS r FROM x"), "r: t.a t.b");
    assert_eq!(sources("SELECT s FROM (SELECT MAX(a) AS s FROM t) AS x"), "s: t.a");
    assert_eq!(sources("SELECT CASE WHEN a > 1 THEN b ELSE c END AS x FROM t"), "x: t.a t.b t.c");
    assert_eq!(sources("SELECT k FROM (SELECT a, b FROM t) AS x(k, l)"), "k: t.a");
}

#[test]
fn values_flow_through_set_operations() {
    assert_eq!(sources("SELECT a FROM t UNION ALL SELECT d FROM u UNION SELECT p FROM v"), "a: t.a u.d v.p");
    assert_eq!(sources("SELECT a FROM t INTERSECT SELECT d FROM u"), "a: t.a u.d");
    assert_eq!(sources("SELECT a FROM t EXCEPT SELECT d FROM u"), "a: t.a");
    assert_eq!(sources("SELECT a, b FROM t UNION ALL BY NAME SELECT d AS b, e AS a FROM u"), "a: t.a u.e; b: t.b u.d");
}

#[test]
fn set_operations_without_all_are_decided_by_every_value() {
    assert_eq!(rows("SELECT a FROM t UNION ALL SELECT d FROM u"), "");
    assert_eq!(rows("SELECT a FROM t UNION SELECT d FROM u"), "distinct t.a, distinct u.d");
    assert_eq!(rows("SELECT a FROM t UNION SELECT d FROM u UNION ALL SELECT p FROM v"), "distinct t.a, distinct u.d");
    assert_eq!(rows("SELECT a FROM t EXCEPT SELECT d FROM u"), "distinct t.a, distinct u.d");
    assert_eq!(
        rows("(SELECT a FROM t UNION ALL SELECT d FROM u) UNION SELECT p FROM v"),
        "distinct t.a, distinct u.d, distinct v.p"
    );
}

#[test]
fn rows_are_decided_in_roles() {
    assert_eq!(rows("SELECT a FROM t WHERE b > 1"), "filter t.b");
    assert_eq!(rows("SELECT a FROM t JOIN u ON t.id = u.id"), "join t.id, join u.id");
    assert_eq!(rows("SELECT a FROM t JOIN u USING (id)"), "join t.id, join u.id");
    assert_eq!(rows("SELECT a, SUM(b) FROM t GROUP BY a"), "group t.a");
    assert_eq!(rows("SELECT a, SUM(b) FROM t GROUP BY ALL"), "group t.a");
    assert_eq!(rows("SELECT a FROM t GROUP BY a HAVING SUM(b) > 1"), "group t.a, having t.b");
    assert_eq!(rows("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY b) = 1"), "qualify t.b, window t.b");
    assert_eq!(rows("SELECT DISTINCT a FROM t"), "distinct t.a");
    assert_eq!(rows("SELECT DISTINCT ON (a) b FROM t ORDER BY a, c"), "distinct t.a, order t.a, order t.c");
    assert_eq!(rows("SELECT a FROM t ORDER BY b LIMIT 3"), "order t.b");
    assert_eq!(rows("SELECT a FROM t UNION ALL SELECT d FROM u ORDER BY a LIMIT 3"), "order t.a, order u.d");
    assert_eq!(rows("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)"), "filter t.id, filter u.id");
    assert_eq!(rows("SELECT a FROM t WHERE a IN (SELECT d FROM u WHERE e > 1)"), "filter t.a, filter u.d, filter u.e");
}

#[test]
fn an_order_without_a_limit_decides_no_rows() {
    let lineage = traced_in("duckdb", "SELECT a FROM t ORDER BY b");
    assert!(lineage.rows.influences.is_empty());
    assert_eq!(shown(&lineage.order.sources), "t.b");
    let union = traced_in("duckdb", "SELECT a FROM t UNION ALL SELECT d FROM u ORDER BY a");
    assert_eq!(shown(&union.order.sources), "t.a u.d");
}

#[test]
fn an_aggregate_without_groups_gives_one_row_whatever_its_input() {
    let lineage = traced_in("duckdb", "SELECT COUNT(*) AS n FROM t WHERE a > 1");
    assert!(lineage.rows.influences.is_empty() && lineage.rows.models.is_empty());
    assert_eq!(value_influences("SELECT COUNT(*) AS n FROM t WHERE a > 1"), "filter t.a");
    // A function that isn't known may be anything: the rows are still decided.
    assert_eq!(rows("SELECT COUNT(*) AS n, strange(a) AS s FROM t WHERE a > 1"), "filter t.a, maygenerate t.a");
}

#[test]
fn a_call_that_gives_rows_decides_how_many_there_are() {
    assert_eq!(rows("SELECT b, UNNEST(a) AS part FROM t"), "generate t.a");
    assert_eq!(rows("SELECT b FROM t ORDER BY UNNEST(a)"), "generate t.a");
    assert_eq!(rows("SELECT b, LENGTH(a) AS n FROM t"), "");
    assert_eq!(rows("SELECT MAX(b) AS most, UNNEST(LIST(a)) AS part FROM t"), "generate t.a");
    assert_eq!(value_influences("SELECT COUNT(*) AS n FROM (SELECT UNNEST(a) AS part FROM t) AS s"), "generate t.a");
}

#[test]
fn values_over_many_rows_depend_on_what_decides_the_rows() {
    assert_eq!(value_influences("SELECT SUM(a) AS s FROM t WHERE b > 1 GROUP BY c"), "filter t.b");
    assert_eq!(value_influences("SELECT a FROM t WHERE b > 1"), "");
    assert_eq!(
        value_influences("SELECT SUM(a) OVER (PARTITION BY b ORDER BY c) AS s FROM t"),
        "window t.b, window t.c"
    );
}

#[test]
fn a_window_by_name_decides_like_one_written_out() {
    let named = "SELECT SUM(a) OVER w AS s FROM t WINDOW w AS (PARTITION BY b)";
    assert_eq!(value_influences(named), "window t.b");
    assert_eq!(sources(named), "s: t.a t.b");
    assert_eq!(sources(named), sources("SELECT SUM(a) OVER (PARTITION BY b) AS s FROM t"));
    let twice = "SELECT SUM(a) OVER x AS s FROM t WINDOW w AS (PARTITION BY b), x AS (w ORDER BY c)";
    assert_eq!(value_influences(twice), "window t.b, window t.c");
    let qualified = rows("SELECT a FROM t WINDOW w AS (PARTITION BY b) QUALIFY ROW_NUMBER() OVER w = 1");
    assert_eq!(qualified, "qualify t.b, window t.b");
    assert_eq!(qualified, rows("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY b) = 1"));
}

#[test]
fn scalar_subqueries_flow_and_their_rows_decide() {
    let query = "SELECT (SELECT MAX(d) FROM u WHERE u.id = t.id) AS m FROM t";
    assert_eq!(sources(query), "m: u.d");
    assert_eq!(value_influences(query), "filter t.id, filter u.id");
}

#[test]
fn recursive_ctes_are_followed_into_themselves() {
    let shift = "WITH RECURSIVE r (x, y, z) AS (SELECT a, b, c FROM t UNION ALL SELECT y, z, 0 FROM r WHERE x > 1) SELECT * FROM r";
    assert_eq!(sources(shift), "x: t.a t.b t.c; y: t.b t.c; z: t.c");
    assert_eq!(rows(shift), "filter t.a, filter t.b, filter t.c");
    let constant = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT n FROM r";
    assert_eq!(sources(constant), "n:");
}

#[test]
fn recursive_ctes_inside_recursive_ctes_are_kept_apart() {
    let query = "WITH RECURSIVE r (n) AS (
        SELECT a FROM t UNION ALL
        (WITH RECURSIVE r (m) AS (SELECT d FROM u UNION ALL SELECT m FROM r) SELECT m FROM r)
    ) SELECT n FROM r";
    assert_eq!(sources(query), "n: t.a u.d");
    let anchor = "WITH RECURSIVE r (n) AS (
        SELECT a FROM t UNION ALL
        SELECT s.m FROM r, (WITH RECURSIVE s (m) AS (SELECT n FROM r UNION ALL SELECT m FROM s) SELECT m FROM s) AS s
    ) SELECT n FROM r";
    assert_eq!(sources(anchor), "n: t.a");
}

#[test]
fn a_recursion_that_takes_too_many_steps_is_widened() {
    let width = 2 * super::recursion::PASSES;
    let names = (0..width).map(|at| format!("x{at}")).collect::<Vec<_>>().join(", ");
    let anchor = (0..width).map(|at| if at == 0 { "a" } else { "0" }).collect::<Vec<_>>().join(", ");
    let step = (0..width).map(|at| format!("x{}", (at + width - 1) % width)).collect::<Vec<_>>().join(", ");
    let query = format!(
        "WITH RECURSIVE r ({names}) AS (SELECT {anchor} FROM t UNION ALL SELECT {step} FROM r) SELECT * FROM r"
    );
    let lineage = traced_in("duckdb", &query);
    let reaches = |flow: &Flow| flow.sources.iter().any(|column| matches!(&*column.column, "a" | EVERY_COLUMN));
    assert!(lineage.columns.iter().all(|(_, flow)| reaches(flow)), "the value gets everywhere in the end");
}

#[test]
fn a_table_of_unknown_columns_is_traced_by_name_and_as_a_whole() {
    let lineage = traced_in("duckdb", "SELECT x FROM (SELECT * FROM unknown) AS s");
    assert_eq!(shown(&lineage.column("x").sources), "unknown.x");
    let star = traced_in("duckdb", "SELECT * FROM unknown");
    assert!(star.columns.is_empty());
    assert_eq!(shown(&star.column("anything").sources), "unknown.*");
}

#[test]
fn what_isn_t_understood_depends_on_everything_it_names() {
    let lineage = traced_in("bigquery", "SELECT a FROM f(TABLE t), u");
    let named = ["t", "u"].map(|name| ModelName::from_parts([name]));
    assert_eq!(lineage.rows.models, BTreeSet::from(named));
    assert_eq!(shown(&lineage.column("a").sources), "t.* u.*");
}

#[test]
fn functions_that_give_rows_pass_their_arguments_on() {
    assert_eq!(sources("SELECT x.v FROM t, UNNEST(t.a) AS x(v)"), "v: t.a");
    assert_eq!(rows("SELECT x.v FROM t, UNNEST(t.a) AS x(v)"), "join t.a");
}

#[test]
fn cells_of_a_pivot_are_decided_by_the_headings() {
    let query = "SELECT * FROM (SELECT id, a, b FROM t) PIVOT (SUM(a) FOR b IN ('x'))";
    assert_eq!(sources(query), "id: t.id; x: t.a");
    let lineage = traced_in("duckdb", query);
    assert!(roles(&lineage.column("x").influences).contains("group t.b"));
    assert!(rows(query).contains("group t.id"));
}

#[test]
fn widened_rows_say_no_less() {
    let lineage = traced_in("duckdb", "SELECT a FROM t WHERE b > 1 AND c > 1");
    assert_eq!(roles(&lineage.rows.widened().influences), "filter t.*");
    assert_eq!(lineage.rows.widened().models, lineage.rows.models);
}

#[test]
fn a_long_chain_of_ctes_needs_no_deep_stack() {
    let steps = (1..3000).map(|at| format!(", x{at} AS (SELECT a FROM x{})", at - 1)).collect::<String>();
    assert_eq!(sources(&format!("WITH x0 AS (SELECT a FROM t) {steps} SELECT a FROM x2999")), "a: t.a");
}

#[test]
fn set_operations_pair_columns_as_they_say() {
    let check = |how: &str, expected: &str| {
        let query = format!("SELECT id, a FROM t {how} SELECT id, d AS a, e FROM u");
        assert_eq!(sources_in("bigquery", &query), expected, "{how}");
    };
    check("UNION ALL BY NAME", "id: t.id u.id; a: t.a u.d; e: u.e");
    check("FULL OUTER UNION ALL BY NAME", "id: t.id u.id; a: t.a u.d; e: u.e");
    check("LEFT UNION ALL BY NAME", "id: t.id u.id; a: t.a u.d");
    check("INNER UNION ALL BY NAME ON (id)", "id: t.id u.id");
    check("UNION ALL CORRESPONDING", "id: t.id u.id; a: t.a u.d");
    check("FULL UNION ALL BY NAME ON (a, e)", "a: t.a u.d; e: u.e");
}

#[test]
fn values_flow_through_what_the_parser_had_to_be_told() {
    assert_eq!(sources("FROM v WHERE p > 1"), "p: v.p; q: v.q");
    assert_eq!(sources("SELECT [x + b FOR x IN a IF x > c] AS l FROM t"), "l: t.a t.b t.c");
    assert_eq!(sources("SELECT #1 AS x FROM v"), "x: v.p v.q");
    assert_eq!(sources("SELECT x.p FROM (PIVOT v ON p USING SUM(q)) AS x"), "p: v.* v.p v.q");
    assert_eq!(sources("SELECT x.p FROM v AS x AT (VERSION => 3)"), "p: v.p");
    assert_eq!(sources("SELECT ((SELECT MAX(p) FROM v) UNION (SELECT d FROM u)) AS x FROM t"), "x: u.d v.p");
    assert_eq!(
        sources_in("clickhouse", "SELECT t.a, x.p FROM t FINAL JOIN v AS x FINAL ON t.id = x.q"),
        "a: t.a; p: v.p"
    );
    assert_eq!(sources_in("clickhouse", "SELECT a FROM t ORDER BY b LIMIT 1 BY c LIMIT 2"), "a: t.a");
    assert_eq!(sources_in("tsql", "SELECT t.a FROM t WITH (NOLOCK)"), "a: t.a");
    assert_eq!(sources_in("spark", "SELECT TRANSFORM(a, b) USING 'f' AS (x INT, y) FROM t"), "x: t.a t.b; y: t.a t.b");
    assert_eq!(sources_in("databricks", "SELECT t.a?::INT AS x FROM t TABLESAMPLE (1 ROWS)"), "x: t.a");
    assert_eq!(
        sources_in("oracle", "SELECT MIN(\"a\") KEEP (DENSE_RANK FIRST ORDER BY \"b\") AS X FROM \"t\""),
        "X: t.a t.b"
    );
}

#[test]
fn pipes_read_what_their_operators_name() {
    let lineage = traced_in("bigquery", "FROM t |> JOIN v ON t.id = v.p |> WHERE a IN (SELECT d FROM u)");
    let models: Vec<String> = lineage.models().iter().map(ToString::to_string).collect();
    assert_eq!(models, ["t", "u", "v"]);
}

#[test]
fn outputs_of_one_name_are_one_to_who_asks_by_name() {
    let lineage = traced_in("duckdb", "SELECT 1 AS x, a AS y, b AS x FROM t");
    assert_eq!(shown(&lineage.column("x").sources), "t.b");
    assert_eq!(shown(&lineage.column("y").sources), "t.a");
}

#[test]
fn files_that_functions_read_are_sources() {
    assert_eq!(
        sources("SELECT f.k FROM read_csv('a.csv', header = true) AS f"),
        "k: READ_CSV('a.csv', header = TRUE).k"
    );
    assert_eq!(sources("SELECT n FROM generate_series(1, 3) AS g(n)"), "n:");
    assert_eq!(sources("SELECT k FROM t, read_json(t.a)").split(' ').next_back(), Some("t.a"));
}

#[test]
fn a_star_leaves_out_the_columns_of_the_table_that_is_named() {
    assert_eq!(sources("SELECT * EXCLUDE (u.id, t.a, t.b) FROM t, u"), "id: t.id; c: t.c; d: u.d; e: u.e");
    let merged = traced_in("duckdb", "SELECT * EXCLUDE (u.id) FROM t JOIN u USING (id)");
    assert!(merged.columns.is_empty(), "the merged column shows again");
    assert!(traced_in("spark", "SELECT * EXCEPT (a.field) FROM t").columns.is_empty(), "a changed struct");
}

#[test]
fn a_semi_join_of_clickhouse_is_followed_unless_it_shows_the_other_side() {
    let query = |items: &str| format!("SELECT {items} FROM t LEFT SEMI JOIN u ON t.id = u.id");
    assert_eq!(sources_in("clickhouse", &query("t.a, b")), "a: t.a; b: t.b");
    for items in ["u.d", "*", "d", "t.a + u.e AS x"] {
        let lineage = traced_in("clickhouse", &query(items));
        assert!(lineage.open.sources.iter().any(|column| &*column.column == EVERY_COLUMN), "{items}");
    }
    assert_eq!(sources_in("duckdb", "SELECT * FROM t SEMI JOIN u ON t.id = u.id"), "id: t.id; a: t.a; b: t.b; c: t.c");
}
