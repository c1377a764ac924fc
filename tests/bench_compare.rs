//! What `impact compare` says of the labelled pairs of queries.
//!
//! The sets aren't part of the repository: `IMPACT_BENCH` names their folder (default `../shared/bench`); without them
//! the tests say so and pass. `IMPACT_BENCH_SHOW=1` prints the pairs that are labelled equal and weren't proved.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use impact::compare::Pairing;
use impact::compare::bare::{BareDiff, compare_bare};
use impact::dialect::Dialect;
use impact::impact::Verdict;
use impact::sql::parse::on_deep_stack;
use serde_json::Value;

fn rows(name: &str) -> Option<Vec<Value>> {
    let folder = std::env::var_os("IMPACT_BENCH").map_or_else(|| PathBuf::from("../shared/bench"), PathBuf::from);
    let file = folder.join(name);
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("SKIPPED: {} is not there; IMPACT_BENCH names its folder", file.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect())
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row.get(key).and_then(Value::as_str).unwrap_or("")
}

fn compared(row: &Value) -> BareDiff {
    let dialect = Dialect::parse(text(row, "dialect")).unwrap_or_default();
    compare_bare(text(row, "q1"), text(row, "q2"), dialect, text(row, "schema_ddl"), Pairing::ByPosition)
}

/// The set that a pair comes from; for a changed pair also the kind of change.
fn source(id: &str) -> String {
    let parts: Vec<&str> = id.split('/').collect();
    match parts.as_slice() {
        ["mutant", kind, ..] => format!("mutant/{kind}"),
        [set, ..] => (*set).to_owned(),
        [] => String::new(),
    }
}

#[test]
fn no_two_queries_that_differ_are_called_the_same() {
    let Some(rows) = rows("different.jsonl") else { return };
    let wrong: Vec<&str> = on_deep_stack(|| {
        let wrong = rows.iter().filter(|row| compared(row).verdict == Verdict::Equivalent);
        wrong.map(|row| text(row, "id")).collect()
    });
    assert!(wrong.is_empty(), "called the same, and a database tells them apart: {wrong:?}");
}

#[test]
fn queries_that_are_the_same_are_proved_as_often_as_before() {
    let Some(rows) = rows("equivalent.jsonl") else { return };
    let show = std::env::var_os("IMPACT_BENCH_SHOW").is_some();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut times = Vec::new();
    on_deep_stack(|| {
        for row in &rows {
            let start = Instant::now();
            let diff = compared(row);
            times.push(start.elapsed());
            let count = counts.entry(source(text(row, "id"))).or_default();
            count.1 += 1;
            count.0 += usize::from(diff.verdict == Verdict::Equivalent);
            if show && diff.verdict != Verdict::Equivalent {
                println!("{}: {}\n    {}\n    {}", text(row, "id"), diff.reason, text(row, "q1"), text(row, "q2"));
            }
        }
    });
    for (name, (proved, all)) in &counts {
        println!("{name:<32} {proved:>4} of {all:>4} proved");
    }
    let proved: usize = counts.values().map(|count| count.0).sum();
    println!("{:<32} {proved:>4} of {:>4} proved", "all", rows.len());
    times.sort();
    let mean = times.iter().sum::<Duration>() / times.len().max(1) as u32;
    println!("time of a pair: {mean:?} on average, {:?} at most", times.last().copied().unwrap_or_default());
    assert!(proved >= 616, "only {proved} pairs are proved");
    // The best published prover of this set reaches 41 %.
    let (calcite, all) = counts.get("calcite_232").copied().unwrap_or_default();
    assert!(calcite * 100 > all * 75, "only {calcite} of {all} pairs of Calcite's are proved");
    assert!(cfg!(debug_assertions) || mean < Duration::from_millis(5), "{mean:?} a pair");
}

#[test]
fn breaking_changes_are_told_from_additions() {
    let Some(rows) = rows("breaking.jsonl") else { return };
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut missed = Vec::new();
    for row in &rows {
        let diff = on_deep_stack(|| {
            let ddl = definitions(row.get("new_schema").or_else(|| row.get("schema")));
            let dialect = Dialect::parse(text(row, "dialect")).unwrap_or_default();
            compare_bare(text(row, "old_sql"), text(row, "new_sql"), dialect, &ddl, Pairing::ByName)
        });
        let label = text(row, "category").to_owned();
        if label == "breaking" && diff.verdict < Verdict::Unknown {
            missed.push(format!("{} {:?}", text(row, "id"), diff.verdict));
        }
        *counts.entry((label, format!("{:?}", diff.verdict))).or_default() += 1;
    }
    for ((label, verdict), count) in counts {
        println!("labelled {label:<18} called {verdict:<12} {count:>3}");
    }
    println!("labelled breaking and not called so: {missed:?}");
}

fn definitions(schema: Option<&Value>) -> String {
    let tables = schema.and_then(Value::as_object).into_iter().flatten();
    let definition = |(table, columns): (&String, &Value)| {
        let columns = columns.as_object().into_iter().flatten();
        let columns: Vec<String> =
            columns.map(|(name, kind)| format!("{name} {}", kind.as_str().unwrap_or("int"))).collect();
        format!("CREATE TABLE {table} ({});", columns.join(", "))
    };
    tables.map(definition).collect()
}
