//! How much of the labelled set `dialects.jsonl` each dialect parses.
//!
//! The set isn't part of the repository: `IMPACT_BENCH` names its folder (default `../shared/bench`); without it the
//! test says so and passes. `IMPACT_BENCH_SHOW=trino` prints that dialect's rejected statements.

use std::collections::BTreeMap;
use std::path::PathBuf;

use impact::dialect::Dialect;
use impact::sql::parse::{on_deep_stack, parse_query};

struct Case {
    name: String,
    dialect: Dialect,
    sql: String,
}

fn cases() -> Option<Vec<Case>> {
    let folder = std::env::var_os("IMPACT_BENCH").map_or_else(|| PathBuf::from("../shared/bench"), PathBuf::from);
    let file = folder.join("dialects.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("SKIPPED: {} is not there; IMPACT_BENCH names its folder", file.display());
        return None;
    };
    Some(text.lines().filter_map(case).collect())
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
    let show = std::env::var("IMPACT_BENCH_SHOW").unwrap_or_default();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    on_deep_stack(|| {
        for case in &cases {
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
    assert!(share(parsed, all) > 94.0, "fewer statements parse than before");
}

/// One token in a statement is exchanged for another: the tree has to change, or the text must not parse.
#[test]
fn no_token_is_lost_on_the_way_to_the_tree() {
    let Some(cases) = cases() else { return };
    let changes =
        on_deep_stack(|| cases.iter().enumerate().map(|(seed, case)| check_changes(seed, case)).sum::<usize>());
    assert!(changes > 5_000, "only {changes} changed statements parsed");
}

/// Tries one replacement at a few tokens of the statement; counts those that parse.
fn check_changes(seed: usize, case: &Case) -> usize {
    let Ok(parsed) = parse_query(&case.sql, case.dialect) else {
        return 0;
    };
    let count = parsed.tokens.len();
    let picked = (0..3.min(count)).filter_map(|n| parsed.tokens.get((seed * 7 + n * 13) % count));
    let mut changes = 0;
    for range in picked {
        let found = case.sql.get(range.clone()).unwrap_or("");
        let Some(other) = other_token(found) else { continue };
        let changed = format!("{}{other}{}", &case.sql[..range.start], &case.sql[range.end..]);
        let Ok(reparsed) = parse_query(&changed, case.dialect) else {
            continue;
        };
        assert_ne!(reparsed.tree, parsed.tree, "{}: {} | {changed}", case.name, case.sql);
        changes += 1;
    }
    changes
}

/// Another token of the same kind, one that never means the same.
fn other_token(token: &str) -> Option<&'static str> {
    let first = token.chars().next()?;
    Some(match token {
        "=" | "<>" | "!=" => ">",
        "+" => "-",
        "-" | "*" | "/" => "+",
        "AND" | "and" => "OR",
        "OR" | "or" => "AND",
        "ASC" | "asc" => "DESC",
        _ if first.is_ascii_digit() => "9731",
        _ if first == '\'' => "'zq'",
        _ if first.is_alphabetic() || matches!(first, '"' | '`' | '[') => "zq_9",
        _ => return None,
    })
}

fn share(parsed: usize, all: usize) -> f64 {
    100.0 * parsed as f64 / all as f64
}
