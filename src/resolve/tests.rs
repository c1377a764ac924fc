//! Name resolution, rule by rule: which relation's column a name means, and what is said when none fits.

use super::*;
use crate::sql;

/// Tables written as `t(a, b)`; `t(a, *)` may have more columns.
struct Tables(Vec<(ModelName, Arc<Schema>)>);

impl Tables {
    fn read(text: &str) -> Tables {
        let table = |table: &str| {
            let (name, columns) = table.trim().split_once('(').expect("a table with its columns");
            let names: Vec<&str> = columns.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
            let column = |text: &str| {
                let (name, data_type) = text.split_once(' ').map_or((text, None), |(name, kind)| (name, Some(kind)));
                Column { name: name.into(), data_type: data_type.map(Into::into) }
            };
            let known = names.iter().filter(|name| **name != "*").map(|name| column(name)).collect();
            (ModelName::from_parts(name.split('.')), Arc::new(Schema::new(known, names.contains(&"*"))))
        };
        Tables(text.split_terminator(')').map(table).collect())
    }
}

impl Schemas for Tables {
    fn table(&self, parts: &[Name]) -> (ModelName, Arc<Schema>) {
        let name = ModelName::from_parts(parts);
        let known = self.0.iter().find(|(known, _)| *known == name);
        let schema = known.map_or_else(Schema::unknown, |(_, schema)| schema.clone());
        (name, schema)
    }
}

const TABLES: &str = "t(id, a, b) u(id, b, c) o(id, *)";

fn resolved_in(dialect: &str, query: &str, tables: &str) -> Resolved {
    let dialect = Dialect::parse(dialect).expect("a dialect");
    let tree = sql::query(query, dialect).unwrap_or_else(|error| panic!("{query}: {}", error.message));
    resolve(&tree, dialect, &Tables::read(tables))
}

/// The outputs as `name=t.a+u.c`: the columns bound in them, `?` before those that are one of several.
fn outputs(resolved: &Resolved) -> String {
    let root = resolved.root().expect("a root");
    let shown: Vec<String> =
        root.outputs.iter().map(|output| format!("{}={}", output.name, bound(resolved, &output.value))).collect();
    shown.join(" ")
}

fn bound(resolved: &Resolved, value: &Tree) -> String {
    let mut found = Vec::new();
    value.walk(&mut |node| {
        match &node.op {
            Op::Bound(block, at, name) => found.push(format!("{}.{name}", alias(resolved, *block, *at))),
            Op::Uncertain => found.push("?".to_owned()),
            Op::Missing(name) => found.push(format!("!{name}")),
            Op::Parameter(name) => found.push(format!("${name}")),
            Op::Nested(_) => found.push("(query)".to_owned()),
            Op::Ident(name) => found.push(format!("'{name}")),
            _ => {}
        }
        true
    });
    found.join("+").replace("?+", "?")
}

fn alias(resolved: &Resolved, block: BlockId, at: u32) -> String {
    let Some(BlockKind::Select(select)) = resolved.block(block).map(|block| &block.kind) else { return "-".to_owned() };
    let relation = select.relations.get(at as usize).expect("a relation");
    relation.alias.as_deref().unwrap_or("-").to_owned()
}

fn problems(resolved: &Resolved) -> String {
    let shown: Vec<String> = resolved
        .problems
        .iter()
        .map(|problem| match &problem.kind {
            ProblemKind::MissingColumn { column, qualifier, .. } => match qualifier {
                Some(qualifier) => format!("missing {qualifier}.{column}"),
                None => format!("missing {column}"),
            },
            ProblemKind::AmbiguousColumn { column, qualifiers } => {
                format!("ambiguous {column} of {}", qualifiers.join(", "))
            }
            ProblemKind::UnknownQualifier { qualifier } => format!("unknown {qualifier}"),
            ProblemKind::Arity { left, right } => format!("arity {left} and {right}"),
            ProblemKind::OpenStar { .. } => "open star".to_owned(),
            ProblemKind::OpaqueExpression => "an opaque expression".to_owned(),
            ProblemKind::UnknownNames => "unknown names".to_owned(),
            ProblemKind::NotUnderstood { what } => format!("not understood: {what}"),
            ProblemKind::NamedElsewhere { name } => format!("named elsewhere: {name}"),
        })
        .collect();
    shown.join("; ")
}

/// In DuckDB's dialect, without any problem.
fn check(query: &str, expected: &str) {
    check_in("duckdb", query, expected);
}

fn check_in(dialect: &str, query: &str, expected: &str) {
    let resolved = resolved_in(dialect, query, TABLES);
    assert_eq!(outputs(&resolved), expected, "{query}");
    assert_eq!(problems(&resolved), "", "{query}");
}

fn refused(query: &str, expected: &str) {
    assert_eq!(problems(&resolved_in("duckdb", query, TABLES)), expected, "{query}");
}

#[test]
fn a_name_means_the_one_relation_that_has_it() {
    check("SELECT a, c FROM t JOIN u ON t.id = u.id", "a=t.a c=u.c");
    check("SELECT t.b, x.b AS b2 FROM t, u AS x", "b=t.b b2=x.b");
    check("SELECT A, \"C\" FROM t, u", "a=t.a c=u.c");
    check("SELECT a FROM s.t", "a=t.a");
}

#[test]
fn an_alias_hides_the_table_s_own_name() {
    refused("SELECT t.a FROM t AS x", "unknown t");
    check("SELECT x.a FROM t AS x", "a=x.a");
}

#[test]
fn a_columns_call_is_one_output_for_each_column_that_it_picks() {
    check("SELECT COLUMNS(*) FROM t", "id=t.id a=t.a b=t.b");
    check("SELECT min(COLUMNS(* EXCLUDE (id))) FROM t", "a=t.a b=t.b");
    check("SELECT COLUMNS(x.*) FROM t, u AS x", "id=x.id b=x.b c=x.c");
    check("SELECT COLUMNS(['b', 'id']) + a FROM t", "id=t.id+t.a b=t.b+t.a");
    check("SELECT COLUMNS(['c']) AS d FROM u", "d=u.c");
    check("SELECT a, (SELECT max(COLUMNS(['c'])) FROM u) AS m FROM t", "a=t.a m=(query)");
    let is_open = |query: &str| resolved_in("duckdb", query, TABLES).root().is_some_and(|root| root.open);
    assert!(is_open("SELECT COLUMNS('a.*') FROM t"), "names in another case may match");
    assert!(is_open("SELECT COLUMNS(* REPLACE (1 AS a)) FROM o"), "the table may have more columns");
    check("SELECT coalesce(*COLUMNS(* EXCLUDE (id)), 1) AS x FROM t", "x=t.a+t.b");
    check("SELECT COLUMNS('(?i)^A') FROM t", "a=t.a");
    check("SELECT COLUMNS(c -> c ILIKE 'I%') FROM t", "id=t.id");
    check("SELECT * ILIKE 'I%' FROM t", "id=t.id");
    check("SELECT greatest(*COLUMNS(c -> lower(c) IN ('a', 'b'))) AS x FROM t", "x=t.a+t.b");
    assert!(is_open("SELECT COLUMNS('(?i)zz') FROM t"), "what picks nothing is refused");
}

#[test]
fn a_merged_column_is_ambiguous_beside_a_third_one_but_not_in_duckdb() {
    let query = "SELECT id FROM t JOIN u USING (id) JOIN (SELECT 1 AS id, 2 AS z) AS v ON z = a";
    assert_eq!(problems(&resolved_in("duckdb", query, TABLES)), "");
    assert_eq!(problems(&resolved_in("postgres", query, TABLES)), "ambiguous id of t, u, v");
}

#[test]
fn a_star_s_options_name_its_columns() {
    check("SELECT * EXCLUDE (a) REPLACE (1 AS b) FROM t", "id=t.id b=");
    refused("SELECT * EXCLUDE (z) FROM t", "missing z");
    refused("SELECT * REPLACE (1 AS z) FROM t", "missing z");
    refused("SELECT t.* EXCLUDE (c) FROM t, u", "missing c");
    refused("SELECT * EXCLUDE (z) FROM o", "open star");
}

#[test]
fn a_condition_in_brackets_sees_the_relations_in_them() {
    check("SELECT t.a FROM t JOIN (u JOIN u AS v ON u.id = v.id) ON t.id = u.id", "a=t.a");
    check("SELECT t.a FROM t JOIN (u JOIN (SELECT 1 AS d) AS v ON id = d) ON t.id = u.id", "a=t.a");
    refused("SELECT t.a FROM t JOIN (u JOIN (SELECT 1 AS d) AS v ON u.id = d) ON id = d", "ambiguous id of t, u");
}

#[test]
fn a_table_of_unknown_columns_is_only_a_candidate() {
    check("SELECT a, d FROM t, o", "a=t.a d=o.d");
    check("SELECT d FROM o, o AS p", "d=?o.d+p.d");
}

#[test]
fn problems_are_told() {
    refused("SELECT z FROM t", "missing z");
    refused("SELECT t.z FROM t", "missing t.z");
    refused("SELECT x.a FROM t", "unknown x");
    refused("SELECT b FROM t, u", "ambiguous b of t, u");
    refused("SELECT a FROM t WHERE z > 1", "missing z");
    refused("SELECT a FROM t UNION SELECT b, c FROM u", "arity 1 and 2");
    refused("SELECT * FROM o", "open star");
    refused("SELECT * FROM t JOIN u USING (a)", "missing a");
    refused("SELECT a FROM t ORDER BY z", "missing z");
}

#[test]
fn a_cte_is_seen_by_what_follows_it_and_hides_a_table() {
    check("WITH x AS (SELECT a FROM t) SELECT a FROM x", "a=x.a");
    check("WITH t AS (SELECT c AS n FROM u) SELECT n FROM t", "n=t.n");
    check("WITH x (p, q) AS (SELECT a, b FROM t) SELECT p, q FROM x", "p=x.p q=x.q");
    refused("WITH x AS (SELECT a FROM t) SELECT b FROM x", "missing b");
    // An inner WITH hides the outer one, and only inside.
    check(
        "WITH x AS (SELECT a FROM t), y AS (WITH x AS (SELECT c FROM u) SELECT c FROM x) SELECT x.a, y.c FROM x, y",
        "a=x.a c=y.c",
    );
}

#[test]
fn a_cte_that_isn_t_recursive_reads_the_table_of_its_name() {
    let resolved = resolved_in("duckdb", "WITH t AS (SELECT a FROM t) SELECT a FROM t", TABLES);
    assert_eq!(resolved.tables.len(), 1);
    assert!(resolved.recursions.is_empty());
}

#[test]
fn a_recursive_cte_has_the_columns_of_its_anchor() {
    let query = "WITH RECURSIVE x (n) AS (SELECT id FROM t UNION ALL SELECT n + 1 FROM x) SELECT n FROM x";
    let resolved = resolved_in("duckdb", query, TABLES);
    assert_eq!((outputs(&resolved).as_str(), problems(&resolved).as_str()), ("n=x.n", ""));
    assert_eq!(resolved.recursions.len(), 1);
    refused("WITH RECURSIVE x (n) AS (SELECT id FROM t UNION ALL SELECT id FROM x) SELECT n FROM x", "missing id");
}

#[test]
fn using_and_natural_joins_merge_columns() {
    check("SELECT id FROM t JOIN u USING (id)", "id=t.id+u.id");
    check("SELECT u.id FROM t JOIN u USING (id)", "id=u.id");
    check("SELECT * FROM t JOIN u USING (id, b)", "id=t.id+u.id a=t.a b=t.b+u.b c=u.c");
    check("SELECT * FROM t NATURAL JOIN u", "id=t.id+u.id a=t.a b=t.b+u.b c=u.c");
}

#[test]
fn stars_are_expanded_with_their_options() {
    check("SELECT * FROM t", "id=t.id a=t.a b=t.b");
    check("SELECT u.* FROM t, u", "id=u.id b=u.b c=u.c");
    check("SELECT * EXCLUDE (a) FROM t", "id=t.id b=t.b");
    check("SELECT * REPLACE (a + b AS a) FROM t", "id=t.id a=t.a+t.b b=t.b");
    check("SELECT * RENAME (a AS z) FROM t", "id=t.id z=t.a b=t.b");
    check("SELECT t.* FROM t LEFT SEMI JOIN u ON t.id = u.id", "id=t.id a=t.a b=t.b");
}

#[test]
fn the_right_side_of_a_semi_join_gives_no_columns() {
    check_in("spark", "SELECT * FROM t LEFT SEMI JOIN u ON t.id = u.id", "id=t.id a=t.a b=t.b");
    check_in("spark", "SELECT b FROM t LEFT ANTI JOIN u ON t.id = u.id", "b=t.b");
}

#[test]
fn subqueries_see_the_relations_around_them() {
    check("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE c = a)", "a=t.a");
    // The inner relation comes first.
    let resolved = resolved_in("duckdb", "SELECT (SELECT MAX(b) FROM u) AS m FROM t", TABLES);
    let inner = resolved.blocks.iter().find(|block| block.parent.is_some()).expect("the subquery");
    assert_eq!(bound(&resolved, &inner.outputs[0].value), "u.b");
    let sideways = "SELECT a, c FROM t, (SELECT c FROM u WHERE u.id = t.a) AS x";
    assert_eq!(problems(&resolved_in("postgres", sideways, TABLES)), "unknown t");
    // DuckDB doesn't ask for the word LATERAL.
    check(sideways, "a=t.a c=x.c");
    check("SELECT a, c FROM t, LATERAL (SELECT c FROM u WHERE u.id = t.a) AS x", "a=t.a c=x.c");
}

#[test]
fn aliases_are_seen_where_the_dialect_lets_them() {
    check("SELECT a AS x, x + 1 AS y FROM t", "x=t.a y=t.a");
    // A column of a table comes before an alias.
    check("SELECT id AS a, a + 1 AS y FROM t", "a=t.id y=t.a");
    check("SELECT a AS x FROM t WHERE x > 1", "x=t.a");
    let hidden = resolved_in("postgres", "SELECT a AS x FROM t WHERE x > 1", TABLES);
    assert_eq!(problems(&hidden), "missing x");
}

#[test]
fn ordinals_stand_for_outputs() {
    let resolved = resolved_in("duckdb", "SELECT a, b AS z FROM t GROUP BY 2, 1 ORDER BY z", TABLES);
    let root = resolved.root().expect("a root");
    let BlockKind::Select(select) = &root.kind else { panic!("a select") };
    let keys: Vec<String> =
        select.group.iter().flat_map(|group| &group.keys).map(|key| bound(&resolved, key)).collect();
    assert_eq!(keys, ["t.b", "t.a"]);
    assert_eq!(bound(&resolved, &root.order[0]), "t.b");
}

#[test]
fn an_order_prefers_the_output_to_the_column_of_that_name() {
    let resolved = resolved_in("duckdb", "SELECT a AS b FROM t ORDER BY b", TABLES);
    assert_eq!(bound(&resolved, &resolved.root().expect("a root").order[0]), "t.a");
}

#[test]
fn parameters_of_lambdas_are_no_columns() {
    check("SELECT list_transform(a, x -> x + b) AS y FROM t", "y=t.a+'x+$x+t.b");
}

#[test]
fn fields_of_structs_belong_to_the_column() {
    check("SELECT t.a.x, a.y FROM t", "x=t.a y=t.a");
    let star = |data_type: &str| {
        let resolved = resolved_in("bigquery", "SELECT s.* FROM w", &format!("w(s {data_type})"));
        (outputs(&resolved), resolved.root().expect("a root").open)
    };
    assert_eq!(star("STRUCT<X INT64>"), ("x=w.s".to_owned(), false));
    assert!(star("JSON").1, "a type without fields leaves the star open");
}

#[test]
fn a_subquery_behind_apply_sees_what_stands_before_it() {
    check_in("tsql", "SELECT x.d FROM t CROSS APPLY (SELECT t.a * 2 AS d FROM u) AS x", "d=x.d");
}

#[test]
fn units_of_dates_are_no_columns() {
    check_in("snowflake", "SELECT DATEADD(day, 1, CURRENT_DATE) AS d", "D=");
    check("SELECT datediff('day', a, b) AS d FROM t", "d=t.a+t.b");
    check_in("databricks", "SELECT DATE_ADD(DAY, 1, a) AS d FROM t", "d=t.a");
    check_in("spark", "SELECT DATE_DIFF(MONTH, a, b) AS d FROM t", "d=t.a+t.b");
}

#[test]
fn set_operations_pair_by_place_or_by_name() {
    check("SELECT a FROM t UNION ALL SELECT c FROM u", "a='a");
    check("SELECT a, b FROM t UNION ALL BY NAME SELECT c, b FROM u", "a='a b='b c='c");
}

#[test]
fn pivots_name_their_columns_as_the_dialect_does() {
    let pivot = "PIVOT (SUM(a) AS total FOR b IN ('x', 'y' AS z))";
    check(&format!("SELECT * FROM t {pivot}"), "id=t.id x_total=t.x_total z_total=t.z_total");
    let names = |dialect: &str, pivot: &str| {
        let resolved = resolved_in(dialect, &format!("SELECT * FROM t {pivot} AS p"), "t(id, a, b) T(ID, A, B)");
        let outputs = resolved.root().expect("a root").outputs.iter().map(|output| output.name.to_string());
        outputs.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("bigquery", pivot), "id total_x total_z");
    assert_eq!(names("spark", pivot), "id x z");
    assert_eq!(names("snowflake", "PIVOT (SUM(a) FOR b IN ('x', 2))"), "ID 'x' 2");
    assert_eq!(names("spark", "UNPIVOT (v FOR k IN (a, b))"), "id k v");
}

#[test]
fn a_pivot_over_unknown_values_stays_open() {
    let resolved = resolved_in("snowflake", "SELECT * FROM t PIVOT (SUM(a) FOR b IN (ANY))", "T(ID, A, B)");
    assert!(resolved.root().expect("a root").open);
}

#[test]
fn arrays_of_earlier_relations_are_unnested() {
    let resolved = resolved_in("bigquery", "SELECT x.id, y FROM t AS x, x.a AS y", TABLES);
    assert_eq!(outputs(&resolved), "id=x.id y=y.y");
    assert_eq!(resolved.tables.len(), 1, "x.a is no table");
}

#[test]
fn types_are_implied_where_they_are_certain() {
    let types = |projection: &str| {
        let query = format!("SELECT {projection} FROM w");
        let resolved = resolved_in("duckdb", &query, "w(i INT, d DOUBLE, s TEXT, n DECIMAL)");
        let outputs = resolved.root().expect("a root").outputs.iter();
        outputs.map(|output| output.data_type.as_deref().unwrap_or("?").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(types("i, d AS e, i::TEXT, i > 1, COUNT(*), MAX(d)"), "INT DOUBLE TEXT BOOLEAN BIGINT DOUBLE");
    assert_eq!(types("i + 1, i * d, i / 2, d / 2, n + 1, SUM(i), SUM(d)"), "INT DOUBLE ? DOUBLE ? ? DOUBLE");
    assert_eq!(types("CASE WHEN i > 1 THEN s END, CASE i WHEN 1 THEN s ELSE d END, COALESCE(s, 'x')"), "TEXT ? TEXT");
    assert_eq!(types("1, 'x', 1.5, s || 'x', UPPER(s)"), "INT TEXT ? TEXT TEXT");
}

#[test]
fn a_query_that_grows_beyond_measure_is_given_up_as_a_whole() {
    let doubling = |count: usize| {
        let steps = (1..count).map(|at| format!(", a{at} AS (SELECT * FROM a{} AS x, a{} AS y)", at - 1, at - 1));
        format!("WITH a0 AS (SELECT * FROM t) {} SELECT * FROM a{}", steps.collect::<String>(), count - 1)
    };
    let doubled = |count: usize| resolved_in("duckdb", &doubling(count), TABLES);
    assert_eq!(doubled(5).root().expect("a root").outputs.len(), 3 * 16);
    let given_up = doubled(60);
    assert!(matches!(given_up.root().map(|root| &root.kind), Some(BlockKind::Opaque)));
    assert!(given_up.tables.contains(&ModelName::from_parts(["t"])));
    let aliases = (1..80).map(|at| format!(", x{} + x{} AS x{at}", at - 1, at - 1)).collect::<String>();
    let given_up = resolved_in("duckdb", &format!("SELECT a AS x0{aliases} FROM t"), TABLES);
    assert!(problems(&given_up).contains("too large"));
}

#[test]
fn a_pivot_with_several_keys_has_a_column_for_each_combination() {
    let names = |dialect: &str, query: &str| {
        let resolved = resolved_in(dialect, query, "t(id, a, b, c)");
        let root = resolved.root().expect("a root");
        root.outputs.iter().map(|output| output.name.to_string()).collect::<Vec<_>>().join(" ")
    };
    let keys = "SELECT * FROM t PIVOT (SUM(c) AS s FOR a IN ('x', 'y') b IN (1, 2))";
    assert_eq!(names("duckdb", keys), "id x_1_s x_2_s y_1_s y_2_s");
    let two = "SELECT * FROM t PIVOT (SUM(c) AS s, MAX(c) AS m FOR a IN ('x') b IN (1, 2) GROUP BY id)";
    assert_eq!(names("duckdb", two), "id x_1_s x_1_m x_2_s x_2_m");
    assert_eq!(names("duckdb", "SELECT * FROM t PIVOT (SUM(c) FOR a IN ('x', 'y') GROUP BY b, id)"), "b id x y");
    let rows = "SELECT * FROM t PIVOT (SUM(c) AS s FOR (a, b) IN (('x', 1), ('y', 2) AS z))";
    assert_eq!(names("duckdb", rows), "id x_1_s z_s");
    assert!(resolved_in("duckdb", &rows.replace("('x', 1)", "'x'"), "t(id, a, b, c)").schema().open);
}

#[test]
fn duckdb_writes_out_what_it_aggregates_in_the_names_of_a_pivot() {
    let pivoted = |aggregates: &str| {
        let query = format!("SELECT * FROM t PIVOT ({aggregates} FOR a IN ('x', 'y' AS z))");
        let schema = resolved_in("duckdb", &query, "t(id, a, c)").schema();
        let names = schema.columns.iter().map(|column| column.name.to_string()).collect::<Vec<_>>().join(" ");
        if schema.open { "open".to_owned() } else { names }
    };
    assert_eq!(pivoted("SUM(C), COUNT(*)"), "id x_sum(c) x_count_star() z_sum(c) z_count_star()");
    assert_eq!(pivoted("SUM(c), MAX(c) AS m"), "id x_sum(c) x_m z_sum(c) z_m");
    // Of two with one name DuckDB numbers the second, and it writes expressions in its own way.
    assert_eq!(pivoted("SUM(c), SUM(c)"), "open");
    assert_eq!(pivoted("SUM(c + 1), MAX(c)"), "open");
}

#[test]
fn names_of_arguments_are_no_columns() {
    for dialect in ["postgres", "redshift", "duckdb", "snowflake", "bigquery", "databricks"] {
        let operators: &[&str] =
            if matches!(dialect, "postgres" | "redshift" | "duckdb") { &[":=", "=>"] } else { &["=>"] };
        for operator in operators {
            let resolved =
                resolved_in(dialect, &format!("SELECT make_interval(hours {operator} a) AS x FROM t"), TABLES);
            assert_eq!(problems(&resolved), "", "{dialect} {operator}");
        }
    }
}

#[test]
fn duckdb_names_what_is_called_alike_elsewhere() {
    for query in [
        "SELECT a + 1 AS x, alias.x * 2 AS y FROM t WHERE alias.x > 1 ORDER BY alias.y",
        "SELECT a FROM t UNION ALL SELECT b AS z FROM t ORDER BY z",
        "SELECT * FROM histogram_values(t, a)",
        "SELECT UNNEST(t.a, recursive := true) AS n FROM t ORDER BY n",
    ] {
        let missing = |problem: &Problem| {
            matches!(problem.kind, ProblemKind::MissingColumn { .. } | ProblemKind::UnknownQualifier { .. })
        };
        let resolved = resolved_in("duckdb", query, TABLES);
        assert!(!resolved.problems.iter().any(missing), "{query}: {:?}", resolved.problems);
    }
    check("SELECT a + 1 AS x, alias.x AS y FROM t", "x=t.a y=t.a");
    let unnamed = resolved_in("spark", "SELECT SUM(a) FROM t GROUP BY b ORDER BY `sum(a)`", TABLES);
    assert!(!unnamed.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::MissingColumn { .. })));
}

#[test]
fn clickhouse_names_parts_of_expressions() {
    for query in [
        "SELECT arrayJoin([1, 2] AS src) AS dst, src",
        "WITH 'x' AS k SELECT k, a FROM t WHERE b > k",
        "SELECT (arrayJoin(arrayZip(a, b)) AS z).1 AS x, z.2 AS y FROM t",
    ] {
        let resolved = resolved_in("clickhouse", query, TABLES);
        let missing = |problem: &Problem| matches!(problem.kind, ProblemKind::MissingColumn { .. });
        assert!(!resolved.problems.iter().any(missing), "{query}: {:?}", resolved.problems);
    }
}

#[test]
fn words_in_calls_are_no_columns() {
    for query in [
        "SELECT XMLELEMENT(NAME foo, XMLATTRIBUTES(a AS bar), b) AS x FROM t",
        "SELECT XMLROOT(a, VERSION '1.0', STANDALONE YES) AS x, XMLPI(NAME foo) AS y FROM t",
        "SELECT NORMALIZE(a, NFC) AS x, pg_snapshot '1:2:' AS y FROM t",
        "SELECT generate_series.* FROM generate_series(1, 2)",
        "SELECT xmltable.* FROM t, XMLTABLE('/r' PASSING t.a COLUMNS x INT PATH '@x')",
    ] {
        let missing = |problem: &Problem| {
            matches!(problem.kind, ProblemKind::MissingColumn { .. } | ProblemKind::UnknownQualifier { .. })
        };
        let resolved = resolved_in("postgres", query, TABLES);
        assert!(!resolved.problems.iter().any(missing), "{query}: {:?}", resolved.problems);
    }
}

#[test]
fn columns_of_values_are_called_as_the_engine_calls_them() {
    for (dialect, column) in [
        ("duckdb", "col0"),
        ("spark", "col1"),
        ("postgres", "column1"),
        ("snowflake", "column1"),
        ("trino", "_col0"),
        ("mysql", "column_0"),
    ] {
        let resolved = resolved_in(dialect, &format!("SELECT v.{column} AS x FROM (VALUES (1, 2)) AS v"), TABLES);
        assert_eq!(problems(&resolved), "", "{dialect}");
    }
}
