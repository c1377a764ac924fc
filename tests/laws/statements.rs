//! The laws of writing over statements that nobody made for them: the set of every dialect, and the examples of SQLMesh.
//!
//! Neither is part of the repository: `IMPACT_BENCH` and `IMPACT_SDIST` name their folders; without them the tests say so
//! and pass. A statement that can't be read is left out, as is one whose part is kept as it is written.

use std::path::PathBuf;

use impact::compare::Pairing;
use impact::compare::bare::compare_bare;
use impact::dialect::Dialect;
use impact::impact::Verdict;
use impact::sql::parse::on_deep_stack;
use rayon::prelude::*;

/// All of them take a debug build minutes.
const EVERY: usize = 3;

struct Statement {
    dialect: Dialect,
    sql: String,
}

fn statements() -> Option<Vec<Statement>> {
    let folder = std::env::var_os("IMPACT_BENCH").map_or_else(|| PathBuf::from("../shared/bench"), PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join("dialects.jsonl")) else {
        eprintln!("SKIPPED: no dialects.jsonl; IMPACT_BENCH names its folder");
        return None;
    };
    let statement = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).ok()?;
        let sql = row["sql"].as_str()?.trim().to_owned();
        let is_query = ["select", "with", "(", "from"].iter().any(|word| sql.to_lowercase().starts_with(word));
        Some(Statement { dialect: Dialect::parse(row["dialect"].as_str()?)?, sql }).filter(|_| is_query)
    };
    Some(text.lines().step_by(EVERY).filter_map(statement).collect())
}

/// The verdict between two ways of writing; `None` if either can't be read.
fn verdict(dialect: Dialect, one: &str, other: &str) -> Option<Verdict> {
    let diff = on_deep_stack(|| compare_bare(one, other, dialect, "", Pairing::ByName));
    (!diff.reason.starts_with("the query")).then_some(diff.verdict)
}

/// The same tokens in other lines with other comments, as far as nothing is quoted. `None` where that is no other text.
fn rewritten(sql: &str) -> Option<String> {
    let marks = ['\'', '"', '`', '$', '[', '{', '#', '@', '?'];
    let end = ["--", "/*", "//"].iter().filter_map(|mark| sql.find(mark)).chain(sql.find(marks)).min();
    let (plain, rest) = sql.split_at(end.unwrap_or(sql.len()));
    let mut text = String::new();
    for (at, word) in plain.split(' ').enumerate() {
        if at > 0 {
            text.push_str(if at % 3 == 0 { " /* noise */ " } else { "\n   " });
        }
        text.push_str(word);
    }
    Some(text + rest).filter(|text| text != sql)
}

#[test]
fn every_statement_is_the_same_as_itself() {
    let Some(statements) = statements() else { return };
    let wrong: Vec<&str> = statements
        .par_iter()
        .filter(|one| verdict(one.dialect, &one.sql, &one.sql).is_some_and(|verdict| verdict != Verdict::Equivalent))
        .map(|one| one.sql.as_str())
        .collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), statements.len());
}

#[test]
fn lines_and_comments_change_nothing() {
    let Some(statements) = statements() else { return };
    let noisy: Vec<_> = statements.iter().filter_map(|one| Some((one, rewritten(&one.sql)?))).collect();
    assert!(noisy.len() > 2000, "{} statements", noisy.len());
    let wrong: Vec<&str> = noisy
        .par_iter()
        .filter(|(one, other)| verdict(one.dialect, &one.sql, other).is_some_and(|found| found != Verdict::Equivalent))
        .map(|(one, _)| one.sql.as_str())
        .collect();
    assert!(wrong.len() <= KEPT_AS_WRITTEN, "{} of {}: {wrong:#?}", wrong.len(), noisy.len());
}

/// Statements with a part that the parser doesn't know, which is compared as it is written, blanks included.
const KEPT_AS_WRITTEN: usize = 3;
