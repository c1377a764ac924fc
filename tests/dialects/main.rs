//! Statements of every dialect that need help to be parsed, one a line in `statements/DIALECT.sql`.
//!
//! Each parses, and none of its tokens can be exchanged or taken away without another tree.

mod tokens;

use impact::dialect::Dialect;
use impact::sql::parse::{on_deep_stack, parse_query};
use tokens::{Outcome, delete, exchange, read};

const STATEMENTS: &[(&str, &str)] = &[
    ("", include_str!("statements/generic.sql")),
    ("bigquery", include_str!("statements/bigquery.sql")),
    ("clickhouse", include_str!("statements/clickhouse.sql")),
    ("databricks", include_str!("statements/databricks.sql")),
    ("duckdb", include_str!("statements/duckdb.sql")),
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
                for outcome in [exchange(sql, dialect, &tree, range.clone()), delete(sql, dialect, &tree, range)] {
                    if let Some(Outcome::Lost(changed)) = outcome {
                        lost.push(format!("{dialect}: {sql} | {changed}"));
                    }
                }
            }
        }
    });
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}
