//! `impact compare`

use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::compare::Pairing;
use crate::compare::bare::{BareDiff, compare_bare};
use crate::dialect::Dialect;
use crate::impact::{ColumnEffect, RowEffect, Verdict};
use crate::report::escape;
use crate::sql::parse::on_deep_stack;

use super::args::CompareArguments;
use super::{Failure, output, printable};

/// A line of a batch, in.
#[derive(Debug, Deserialize)]
struct Pair {
    id: serde_json::Value,
    #[serde(default)]
    schema_ddl: Option<String>,
    q1: String,
    q2: String,
    #[serde(default)]
    dialect: Option<String>,
}

/// A line of a batch, out.
#[derive(Debug, Serialize)]
struct Answer {
    id: serde_json::Value,
    verdict: Verdict,
    rows: RowEffect,
    columns: Vec<ColumnAnswer>,
    reason: String,
    micros: u64,
}

/// What happens to one column.
#[derive(Debug, Serialize)]
struct ColumnAnswer {
    name: String,
    effect: ColumnEffect,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
}

/// Compares two files, or every pair of a batch.
pub fn run(arguments: &CompareArguments) -> Result<bool, Failure> {
    let pairing = if arguments.positional { Pairing::ByPosition } else { Pairing::ByName };
    let text = match (&arguments.batch, &arguments.before, &arguments.after) {
        (Some(batch), _, _) => self::batch(&read(batch)?, pairing)?,
        (None, Some(before), Some(after)) => {
            let dialect = Dialect::parse(&arguments.dialect).ok_or_else(|| {
                Failure::new(format!("there is no dialect called '{}'", printable(&arguments.dialect)))
            })?;
            let ddl = arguments.schema.as_deref().map(read).transpose()?.unwrap_or_default();
            let (before, after) = (read(before)?, read(after)?);
            described(&on_deep_stack(|| compare_bare(&before, &after, dialect, &ddl, pairing)))
        }
        (None, _, _) => return Err(Failure::new("two files are needed, or --batch")),
    };
    output::write(None, &text)?;
    Ok(false)
}

fn read(path: impl AsRef<Path>) -> Result<String, Failure> {
    let path = path.as_ref();
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("can't read {}: {error}", printable(&path.to_string_lossy()))))
}

fn described(diff: &BareDiff) -> String {
    let mut text = format!("{}: {}\n", word(&diff.verdict), diff.reason);
    text.push_str(&format!("rows: {}\n", word(&diff.rows)));
    for column in &diff.columns {
        text.push_str(&format!("{}: {}\n", column.name, word(&column.effect)));
    }
    escape::visible_lines(&text).to_string()
}

fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn batch(text: &str, pairing: Pairing) -> Result<String, Failure> {
    let mut answers = String::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let pair: Pair = serde_json::from_str(line)
            .map_err(|error| Failure::new(format!("line {}: {}", at + 1, printable(&error.to_string()))))?;
        let answer = serde_json::to_string(&answered(pair, pairing)).map_err(|e| Failure::new(e.to_string()))?;
        answers.push_str(&escape::json(&answer));
        answers.push('\n');
    }
    Ok(answers)
}

/// A dialect that nobody knows is read as the generic one, about which the least is assumed.
fn answered(pair: Pair, pairing: Pairing) -> Answer {
    let dialect = pair.dialect.as_deref().and_then(Dialect::parse).unwrap_or_default();
    let ddl = pair.schema_ddl.unwrap_or_default();
    let start = Instant::now();
    let diff = on_deep_stack(|| compare_bare(&pair.q1, &pair.q2, dialect, &ddl, pairing));
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let columns = diff.columns.iter().map(|column| ColumnAnswer {
        name: column.name.to_string(),
        effect: column.effect,
        from: column.from.as_ref().map(ToString::to_string),
    });
    let (verdict, rows, columns) = (diff.verdict, diff.rows, columns.collect());
    Answer { id: pair.id, verdict, rows, columns, reason: diff.reason, micros }
}
