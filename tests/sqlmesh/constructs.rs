//! Are all constructs that name columns among the models whose lineage is compared with SQLMesh's? Each in three dialects at
//! least; a construct that only some dialects have, in each of those.

use std::collections::BTreeSet;
use std::path::Path;

use regex_automata::meta::Regex;

use crate::example::files;

/// How a model that has the construct is told.
enum Told {
    /// Its query, in one line, matches.
    By(&'static str),
    /// Its file's name begins so: what a name in the query means is no matter of how it is written.
    Named(&'static [&'static str]),
}

use Told::{By, Named};

const CONSTRUCTS: &[(&str, Told)] = &[
    ("common table expression", By(r"^WITH \w+ AS \(")),
    ("its columns named", By(r"^WITH (RECURSIVE )?\w+ ?\(\w+")),
    ("recursive common table expression", Named(&["cte_recursive"])),
    ("derived table", By(r"(FROM|JOIN) \(SELECT .*\) (AS )?\w+")),
    ("lateral join", By(r"(LATERAL \(SELECT|(CROSS|OUTER) APPLY)")),
    ("UNNEST", By(r"UNNEST ?\(")),
    ("VALUES", By(r"\bVALUES ?\(")),
    ("table function", Named(&["table_function", "range_function", "generate_", "flattened", "file_read", "stacked"])),
    ("PIVOT", By(r"\bPIVOT ?\(")),
    ("UNPIVOT", By(r"\bUNPIVOT ?\(")),
    ("USING", By(r"JOIN [^()]* USING ?\(")),
    ("USING in a full join", By(r"FULL (OUTER )?JOIN [^()]* USING ?\(")),
    ("NATURAL JOIN", By(r"NATURAL (LEFT |INNER )?JOIN")),
    ("comma join", By(r"FROM [\w.]+ (AS )?\w+, [\w.]+")),
    ("star", By(r"SELECT \* FROM")),
    ("star of one table", By(r"\b\w+\.\*")),
    ("star without some columns", By(r"\* (EXCEPT|EXCLUDE)")),
    ("star with other values", By(r"\* (EXCLUDE \S+ )?REPLACE")),
    ("UNION", By(r"\bUNION\b")),
    ("INTERSECT or EXCEPT", By(r"\b(INTERSECT|MINUS|EXCEPT (ALL |DISTINCT )?SELECT)\b")),
    ("lateral alias", Named(&["lateral_alias"])),
    ("alias in GROUP BY", Named(&["group_by_alias"])),
    ("alias that is a column in GROUP BY", Named(&["group_by_alias_shadow"])),
    ("alias in HAVING", Named(&["having_alias"])),
    ("alias in QUALIFY", Named(&["qualify_alias"])),
    ("position in GROUP BY", By(r"GROUP BY \d")),
    ("GROUP BY ALL", By(r"GROUP BY ALL")),
    ("GROUPING SETS", By(r"GROUPING SETS")),
    ("ROLLUP", By(r"ROLLUP")),
    ("CUBE", By(r"CUBE ?\(")),
    ("window call", By(r"OVER ?\(")),
    ("named window", By(r"WINDOW \w+ AS")),
    ("correlated scalar subquery", Named(&["correlated_scalar"])),
    ("correlated EXISTS", Named(&["correlated_exists"])),
    ("IN with a subquery", By(r" IN \(SELECT")),
    ("struct field", Named(&["struct_field", "row_field", "variant_paths", "nested_struct"])),
    ("array", Named(&["array_", "super_index", "list_comprehension", "map_access"])),
    ("DISTINCT", By(r"SELECT DISTINCT")),
    ("LIMIT", By(r"(LIMIT|FETCH FIRST|TOP) \(?\d")),
    ("self-reference of an incremental model", Named(&["self_reference"])),
    ("model over a model", Named(&["over_"])),
];

/// What these dialects have, and no other that SQLMesh has an engine for.
const RARE: &[(&str, Told, &[&str])] = &[
    ("EXPLODE", By(r"\b(POS)?EXPLODE ?\("), &["spark", "databricks"]),
    ("LATERAL VIEW", By(r"LATERAL VIEW"), &["spark", "databricks"]),
    ("FLATTEN", By(r"\bFLATTEN ?\("), &["snowflake"]),
    ("star with other names", By(r"\* (EXCLUDE \S+ )?RENAME"), &["snowflake", "duckdb"]),
    ("star by a pattern", By(r"\* I?LIKE"), &["snowflake", "duckdb"]),
    ("COLUMNS", By(r"COLUMNS ?\("), &["duckdb", "clickhouse"]),
    ("UNION BY NAME", By(r"UNION (ALL )?BY NAME"), &["duckdb", "snowflake", "bigquery"]),
    ("alias in WHERE", Named(&["where_alias"]), &["duckdb", "snowflake", "clickhouse"]),
    ("semi join", By(r"SEMI JOIN"), &["spark", "databricks", "duckdb", "clickhouse"]),
    ("anti join", By(r"ANTI JOIN"), &["spark", "databricks", "duckdb", "clickhouse"]),
    ("ASOF join", By(r"ASOF (LEFT )?JOIN"), &["duckdb", "snowflake", "clickhouse"]),
    ("FROM first", By(r"^FROM "), &["duckdb", "spark", "databricks", "bigquery"]),
    ("DISTINCT ON", By(r"DISTINCT ON"), &["duckdb", "postgres"]),
];

struct Query {
    dialect: String,
    name: String,
    /// In one line.
    sql: String,
}

#[test]
fn every_construct_is_compared_in_three_dialects() {
    let queries = queries();
    let mut missing = Vec::new();
    for (construct, told) in CONSTRUCTS {
        let found = dialects(&queries, told);
        if found.len() < 3 {
            missing.push(format!("{construct}: only in {found:?}"));
        }
    }
    for (construct, told, known) in RARE {
        let found = dialects(&queries, told);
        let lacking: Vec<&str> = known.iter().copied().filter(|dialect| !found.contains(dialect)).collect();
        if !lacking.is_empty() {
            missing.push(format!("{construct}: not in {lacking:?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn dialects<'q>(queries: &'q [Query], told: &Told) -> BTreeSet<&'q str> {
    let found: Vec<&Query> = match told {
        By(pattern) => {
            let ascii = regex_automata::util::syntax::Config::new().unicode(false).utf8(false);
            let pattern = Regex::builder().syntax(ascii).build(pattern).expect("a pattern");
            queries.iter().filter(|query| pattern.is_match(query.sql.as_str())).collect()
        }
        Named(starts) => {
            queries.iter().filter(|query| starts.iter().any(|start| query.name.starts_with(start))).collect()
        }
    };
    found.iter().map(|query| query.dialect.as_str()).collect()
}

/// The models of both projects; the folder of each is its dialect.
fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    for project in ["testdata/lineage", "testdata/constructs"] {
        for (path, text) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(project)) {
            let (Some((_, sql)), [.., dialect, file]) =
                (text.split_once(";"), &path.split('/').collect::<Vec<_>>()[..])
            else {
                continue;
            };
            let name = file.trim_end_matches(".sql").to_owned();
            let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
            queries.push(Query { dialect: (*dialect).to_owned(), name, sql });
        }
    }
    queries
}
