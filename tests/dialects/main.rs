//! Statements of every dialect that need help to be parsed, one a line in `statements/DIALECT.sql`.
//!
//! Each parses, and none of its tokens can be exchanged or taken away without another tree.

mod tokens;

use impact::dialect::Dialect;
use impact::sql::parse::{on_deep_stack, parse_query};
use tokens::{Outcome, delete, exchange, read, read_leniently, recase};

const STATEMENTS: &[(&str, &str)] = &[
    ("", include_str!("statements/generic.sql")),
    ("bigquery", include_str!("statements/bigquery.sql")),
    ("clickhouse", include_str!("statements/clickhouse.sql")),
    ("databricks", include_str!("statements/databricks.sql")),
    ("duckdb", include_str!("statements/duckdb.sql")),
    ("hive", include_str!("statements/hive.sql")),
    ("mysql", include_str!("statements/mysql.sql")),
    ("oracle", include_str!("statements/oracle.sql")),
    ("postgres", include_str!("statements/postgres.sql")),
    ("redshift", include_str!("statements/redshift.sql")),
    ("snowflake", include_str!("statements/snowflake.sql")),
    ("spark", include_str!("statements/spark.sql")),
    ("sqlite", include_str!("statements/sqlite.sql")),
    ("teradata", include_str!("statements/teradata.sql")),
    ("trino", include_str!("statements/trino.sql")),
    ("tsql", include_str!("statements/tsql.sql")),
];

fn statements() -> impl Iterator<Item = (Dialect, &'static str)> {
    let of = |(name, text): &(&str, &'static str)| {
        let dialect = Dialect::parse(name).expect("a known dialect");
        text.lines().map(move |sql| (dialect, sql)).collect::<Vec<_>>()
    };
    STATEMENTS.iter().flat_map(of)
}

#[test]
fn every_statement_parses() {
    let failures: Vec<String> = on_deep_stack(|| {
        let failure = |(dialect, sql): (Dialect, &str)| {
            let failure = parse_query(sql, dialect).err()?;
            let at = sql.get(failure.start..).unwrap_or("");
            Some(format!("{dialect}: {} at [{at}] in {sql}", failure.message))
        };
        statements().filter_map(failure).collect()
    });
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn no_token_is_lost() {
    let mut lost = Vec::new();
    on_deep_stack(|| {
        for (dialect, sql) in statements() {
            let Some((tree, ranges)) = read(sql, dialect) else { continue };
            for range in ranges {
                for outcome in [
                    exchange(sql, dialect, &tree, range.clone()),
                    recase(sql, dialect, &tree, range.clone()),
                    delete(sql, dialect, &tree, range),
                ] {
                    if let Some(Outcome::Lost(changed)) = outcome {
                        lost.push(format!("{dialect}: {sql} | {changed}"));
                    }
                }
            }
        }
    });
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}

/// Reads what it can of a statement with something in it that no dialect has.
#[test]
fn no_token_beside_a_hole_is_lost() {
    let (mut lost, mut read) = (Vec::new(), 0);
    on_deep_stack(|| {
        for (number, (dialect, sql)) in statements().enumerate() {
            let Some((_, ranges)) = tokens::read(sql, dialect) else { continue };
            let Some(range) = ranges.get(number % ranges.len()) else { continue };
            let broken = format!("{} zq ! ~ zq {}", &sql[..range.start], &sql[range.start..]);
            let Some((tree, ranges)) = read_leniently(&broken, dialect) else { continue };
            read += 1;
            for range in ranges {
                for outcome in
                    [exchange(&broken, dialect, &tree, range.clone()), delete(&broken, dialect, &tree, range)]
                {
                    if let Some(Outcome::Lost(changed)) = outcome {
                        lost.push(format!("{dialect}: {broken} | {changed}"));
                    }
                }
            }
        }
    });
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
    assert!(read > 100, "only {read} broken statements are read at all");
}

/// Words that begin a clause or a call somewhere, and are ordinary names elsewhere.
const NAMES: &[&str] = &[
    "name",
    "final",
    "sample",
    "mod",
    "at",
    "before",
    "changes",
    "format",
    "settings",
    "apply",
    "keep",
    "sounds",
    "filter",
    "passing",
    "keys",
    "search",
    "cycle",
    "lock",
    "skip",
    "wait",
    "rows",
    "sort",
    "range",
    "version",
    "list",
    "value",
    "transform",
    "reduce",
    "mode",
    "share",
    "s",
    "next",
    "strict",
    "only",
    "columns",
    "json",
    "offset",
];

#[test]
fn words_of_rewritten_clauses_are_names_elsewhere() {
    const USES: &[&str] = &[
        "SELECT NAME, x FROM t AS x WHERE x.NAME = 1 GROUP BY NAME ORDER BY NAME DESC",
        "SELECT a AS NAME, f(NAME, b) FROM t AS x",
        "WITH NAME AS (SELECT 1 AS a) SELECT a FROM NAME AS x",
    ];
    let tree = |sql: &str, dialect| impact::sql::query(sql, dialect).ok().map(|tree| format!("{tree:?}"));
    on_deep_stack(|| {
        for (dialect, _) in STATEMENTS {
            let dialect = Dialect::parse(dialect).expect("a known dialect");
            for (name, used) in NAMES.iter().flat_map(|name| USES.iter().map(move |used| (name, used))) {
                let (Some(found), Some(plain)) =
                    (tree(&used.replace("NAME", name), dialect), tree(&used.replace("NAME", "zq"), dialect))
                else {
                    continue;
                };
                let expected = plain.replace("\"zq\"", &format!("{name:?}"));
                let expected = expected.replace("\"ZQ\"", &format!("{:?}", name.to_uppercase()));
                assert_eq!(found, expected, "{dialect}: {name} in {used}");
            }
        }
    });
}
