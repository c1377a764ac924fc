//! `impact compare`

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::compare::Pairing;
use crate::compare::bare::{BareDiff, BareSchemas, compare_bare, compare_over};
use crate::diagnostic::line_col;
use crate::dialect::Dialect;
use crate::impact::{ColumnEffect, RowEffect, Verdict};
use crate::report::escape;
use crate::sql::ddl::{tables, unread};
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
    match (&arguments.batch, &arguments.before, &arguments.after) {
        (Some(batch), _, _) => on_deep_stack(|| self::batch(batch, pairing))?,
        (None, Some(before), Some(after)) => {
            let dialect = Dialect::parse(&arguments.dialect).ok_or_else(|| {
                Failure::new(format!("there is no dialect called '{}'", printable(&arguments.dialect)))
            })?;
            let ddl =
                arguments.schema.as_deref().map(|path| definitions(path, dialect)).transpose()?.unwrap_or_default();
            let (before, after) = (read(before)?, read(after)?);
            let text = described(&on_deep_stack(|| compare_bare(&before, &after, dialect, &ddl, pairing)));
            output::write(None, &text)?;
        }
        (None, _, _) => return Err(Failure::new("two files are needed, or --batch")),
    }
    Ok(false)
}

/// The statements of a file; what can't be read of them is said.
fn definitions(path: &Path, dialect: Dialect) -> Result<String, Failure> {
    let text = read(path)?;
    let name = printable(&path.to_string_lossy());
    let found = on_deep_stack(|| unread(&text, dialect));
    for (at, message) in found {
        let (line, column) = line_col(&text, at);
        eprintln!("warning: {name}:{line}:{column}: {}", printable(&message));
    }
    if on_deep_stack(|| tables(&text, dialect)).is_empty() {
        eprintln!("warning: {name} defines no table, so nothing is known of the columns that are read");
    }
    Ok(text)
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

/// Answers line by line, so that a file of any length needs no more memory than its longest line.
fn batch(path: &Path, pairing: Pairing) -> Result<(), Failure> {
    let name = printable(&path.to_string_lossy());
    let failed = |error: std::io::Error| Failure::new(format!("can't read {name}: {error}"));
    let mut lines = BufReader::new(File::open(path).map_err(failed)?);
    let mut line = Vec::new();
    let mut number = 0;
    let mut known = Known::default();
    while lines.read_until(b'\n', &mut line).map_err(failed)? > 0 {
        number += 1;
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            let answer = match serde_json::from_str(&text) {
                Ok(pair) => answered(pair, &mut known, pairing),
                Err(error) => unreadable(&text, number, &error),
            };
            let answer = serde_json::to_string(&answer).map_err(|error| Failure::new(error.to_string()))?;
            output::write(None, &format!("{}\n", escape::json(&answer)))?;
        }
        line.clear();
    }
    Ok(())
}

/// The answer to a line that isn't a pair of queries.
fn unreadable(line: &str, number: usize, error: &serde_json::Error) -> Answer {
    let object: Option<serde_json::Value> = serde_json::from_str(line).ok();
    let id = object.and_then(|object| object.get("id").cloned()).unwrap_or(serde_json::Value::Null);
    // The parser counts lines in what it was given, which is one.
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let reason = format!("line {number}, column {}: {message}", error.column());
    Answer { id, verdict: Verdict::Unknown, rows: RowEffect::Unknown, columns: vec![], reason, micros: 0 }
}

/// The tables of the line before: in most files many lines read the same ones.
#[derive(Default)]
struct Known {
    ddl: String,
    dialect: Dialect,
    schemas: BareSchemas,
}

impl Known {
    fn schemas(&mut self, ddl: String, dialect: Dialect) -> &BareSchemas {
        if self.ddl != ddl || self.dialect != dialect {
            self.schemas = BareSchemas::new(&ddl, dialect);
            (self.ddl, self.dialect) = (ddl, dialect);
        }
        &self.schemas
    }
}

/// A dialect that nobody knows is read as the generic one, and the answer says so.
fn answered(pair: Pair, known_tables: &mut Known, pairing: Pairing) -> Answer {
    let name = pair.dialect.as_deref().unwrap_or_default();
    let known = Dialect::parse(name);
    let note = match known {
        Some(_) => String::new(),
        None => format!("; there is no dialect called '{name}', so the queries are read in the generic one"),
    };
    let dialect = known.unwrap_or_default();
    let ddl = pair.schema_ddl.unwrap_or_default();
    let start = Instant::now();
    let diff = compare_over(&pair.q1, &pair.q2, dialect, known_tables.schemas(ddl, dialect), pairing);
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let columns = diff.columns.iter().map(|column| ColumnAnswer {
        name: column.name.to_string(),
        effect: column.effect,
        from: column.from.as_ref().map(ToString::to_string),
    });
    let (verdict, rows, columns) = (diff.verdict, diff.rows, columns.collect());
    Answer { id: pair.id, verdict, rows, columns, reason: diff.reason + &note, micros }
}
