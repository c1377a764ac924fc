//! How much of the labelled set `dialects.jsonl` each dialect parses.
//!
//! The set isn't part of the repository: `IMPACT_BENCH` names its folder (default `../shared/bench`); without it the
//! tests say so and pass. `IMPACT_BENCH_SHOW=trino` prints that dialect's rejected statements, `all` those of every one.
//! `IMPACT_BENCH_FILES` names further files of the same form, separated by `:`, which `bench/fixtures.py` writes.

#[path = "dialects/tokens.rs"]
mod tokens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use impact::dialect::Dialect;
use impact::pipeline::{Side, analyze};
use impact::project::load::LoadOptions;
use impact::source::MemoryTree;
use impact::sql::parse::{on_deep_stack, parse_query};
use tokens::{Outcome, exchange, read};

/// The least share of its statements that each dialect parses, in percent.
const FLOORS: &[(&str, f64)] = &[
    ("athena", 95.0),
    ("bigquery", 98.0),
    ("clickhouse", 95.0),
    ("databricks", 98.0),
    ("doris", 95.0),
    ("duckdb", 98.0),
    ("generic", 95.0),
    ("hive", 95.0),
    ("materialize", 40.0),
    ("mysql", 95.0),
    ("oracle", 90.0),
    ("postgres", 98.0),
    ("presto", 95.0),
    ("redshift", 98.0),
    ("risingwave", 95.0),
    ("snowflake", 98.0),
    ("spark", 98.0),
    ("spark2", 98.0),
    ("sqlite", 95.0),
    ("starrocks", 95.0),
    ("teradata", 80.0),
    ("trino", 98.0),
    ("tsql", 98.0),
];

/// Dialects that SQLMesh has no engine for.
const WITHOUT_ENGINE: &[&str] = &["materialize", "oracle", "sqlite", "teradata"];

struct Case {
    name: String,
    dialect: Dialect,
    sql: String,
}

fn cases() -> Option<Vec<Case>> {
    let folder = std::env::var_os("IMPACT_BENCH").map_or_else(|| PathBuf::from("../shared/bench"), PathBuf::from);
    read_cases(&folder.join("dialects.jsonl"))
}

fn read_cases(file: &Path) -> Option<Vec<Case>> {
    let Ok(text) = std::fs::read_to_string(file) else {
        eprintln!("SKIPPED: {} is not there; IMPACT_BENCH names its folder", file.display());
        return None;
    };
    Some(text.lines().filter_map(case).collect())
}

fn further_files() -> Vec<PathBuf> {
    std::env::var_os("IMPACT_BENCH_FILES").map_or_else(Vec::new, |files| std::env::split_paths(&files).collect())
}

fn case(line: &str) -> Option<Case> {
    let row: serde_json::Value = serde_json::from_str(line).ok()?;
    let name = row.get("dialect")?.as_str()?.to_owned();
    let known = if name == "generic" { "" } else { &name };
    Some(Case { dialect: Dialect::parse(known)?, sql: row.get("sql")?.as_str()?.to_owned(), name })
}

#[test]
fn most_statements_of_every_dialect_parse() {
    let Some(cases) = cases() else { return };
    let below = below_floors(&cases);
    assert!(below.is_empty(), "{below:?}");
}

#[test]
fn most_statements_of_further_files_parse() {
    let mut below = Vec::new();
    for file in further_files() {
        println!("{}", file.display());
        below.extend(below_floors(&read_cases(&file).expect("a file that IMPACT_BENCH_FILES names")));
    }
    below.retain(|dialect| !WITHOUT_ENGINE.iter().any(|name| dialect.starts_with(name)));
    assert!(below.is_empty(), "{below:?}");
}

/// Prints the table; the dialects of which too little parses.
fn below_floors(cases: &[Case]) -> Vec<String> {
    let show = std::env::var("IMPACT_BENCH_SHOW").unwrap_or_default();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    on_deep_stack(|| {
        for case in cases {
            let count = counts.entry(&case.name).or_default();
            count.1 += 1;
            match parse_query(&case.sql, case.dialect) {
                Ok(_) => count.0 += 1,
                Err(failure) if show == case.name || show == "all" => {
                    let at = case.sql.get(failure.start..).unwrap_or("");
                    let at: String = at.chars().take(30).collect();
                    println!("{}\t{}\t[{at:?}]\t{:?}", case.name, failure.message, case.sql);
                }
                Err(_) => {}
            }
        }
    });
    let (parsed, all) = counts.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    for (name, (parsed, all)) in &counts {
        println!("{name:<12} {parsed:>5} of {all:>5}  {:>6.2} %", share(*parsed, *all));
    }
    println!("{:<12} {parsed:>5} of {all:>5}  {:>6.2} %", "all", share(parsed, all));
    let is_below =
        |(name, floor): &&(&str, f64)| counts.get(name).is_some_and(|(parsed, all)| share(*parsed, *all) < *floor);
    FLOORS.iter().filter(is_below).map(|(name, floor)| format!("{name}: fewer than {floor} % parse")).collect()
}

/// How many tokens of each statement are exchanged.
const TRIES: usize = 4;

#[test]
fn no_token_is_lost_on_the_way_to_the_tree() {
    let Some(mut cases) = cases() else { return };
    cases.extend(further_files().iter().filter_map(|file| read_cases(file)).flatten());
    let (mut changes, mut lost) = (0, Vec::new());
    on_deep_stack(|| {
        for (seed, case) in cases.iter().enumerate() {
            let Some((tree, ranges)) = read(&case.sql, case.dialect) else { continue };
            for try_number in 0..TRIES.min(ranges.len()) {
                let range = ranges[(seed * 7 + try_number * 13) % ranges.len()].clone();
                match exchange(&case.sql, case.dialect, &tree, range) {
                    Some(Outcome::Changed) => changes += 1,
                    Some(Outcome::Lost(changed)) => lost.push(format!("{}: {} | {changed}", case.name, case.sql)),
                    Some(Outcome::Rejected) | None => {}
                }
            }
        }
    });
    println!("{changes} changes seen");
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
    assert!(changes > 8_000, "only {changes} changed statements parsed");
}

/// sqlglot reads them, so SQLMesh loads them.
#[test]
fn no_statement_keeps_the_project_from_loading() {
    let Some(cases) = cases() else { return };
    let mut projects: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    let begins_query = |sql: &str| {
        let first = sql.split_whitespace().next().unwrap_or("").to_uppercase();
        ["SELECT", "WITH", "FROM"].contains(&first.as_str())
    };
    for (at, case) in cases.iter().enumerate().filter(|(_, case)| begins_query(&case.sql)) {
        let header = format!("MODEL (name t.m{at}, kind FULL, dialect {});", case.dialect.name());
        let header = if case.name == "generic" { format!("MODEL (name t.m{at}, kind FULL);") } else { header };
        projects.entry(&case.name).or_default().push((format!("models/m{at}.sql"), format!("{header}\n{}", case.sql)));
    }
    assert!(projects.len() > 20);
    for (dialect, files) in &projects {
        let config = [("config.yaml", "gateways: {local: {connection: {type: duckdb}}}\n")];
        let of = |files: &[(String, String)]| {
            let files = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
            MemoryTree::new("state", config.into_iter().chain(files))
        };
        let (before, after) = (of(&[]), of(files));
        let side = |tree| Side { tree, roots: vec![String::new()] };
        let findings = analyze(&side(&before), &side(&after), &LoadOptions::default()).findings;
        let refusals: Vec<_> = findings.iter().filter(|finding| finding.code == "S111").collect();
        assert!(refusals.is_empty(), "{dialect}: {refusals:?}");
    }
}

fn share(parsed: usize, all: usize) -> f64 {
    100.0 * parsed as f64 / all as f64
}
