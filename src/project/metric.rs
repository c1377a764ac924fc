//! Metrics: `METRIC (name …, expression …)` in files below `metrics/`.
//!
//! In: one file. Out: its metrics with their expressions as written. What an expression reads is told by those who
//! know the columns.

use std::sync::Arc;

use super::codes;
use super::context::{Context, Output};
use super::header::{self, Source};
use super::lines::Lines;
use super::statements::{self, ChunkKind};
use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::source::Entry;

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// Lower-case name.
    pub name: String,
    /// Where the name stands.
    pub location: Location,
    pub dialect: Dialect,
    /// The file's text; the expression is a byte range of it.
    pub text: Arc<str>,
    pub start: usize,
    pub end: usize,
}

impl Metric {
    /// The expression as written.
    pub fn expression(&self) -> &str {
        self.text.get(self.start..self.end).unwrap_or("")
    }

    /// The place of a byte range of the expression.
    pub fn place(&self, range: std::ops::Range<usize>) -> Location {
        let lines = Lines::of(&self.text);
        lines.location(&self.location.path, &self.text, self.start + range.start, self.start + range.end)
    }
}

/// Reads one file of `METRIC (...)` headers.
pub(crate) fn load(context: &Context<'_>, entry: &Entry) -> Output {
    let mut output = Output::default();
    let Some(text) = context.text(entry, &mut output) else { return output };
    let dialect = context.config.dialect;
    let lines = Lines::of(&text);
    let split = statements::split(&text, dialect.lexical());
    if let Some(other) = split.chunks.iter().find(|chunk| chunk.kind != ChunkKind::Metric) {
        let place = lines.location(&entry.path, &text, other.statement.start, other.statement.start);
        output.refuse(codes::TEST_OR_METRIC_UNREADABLE, place, "SQLMesh reads nothing but METRIC (...) in this file");
    }
    for chunk in split.chunks.iter().filter(|chunk| chunk.kind == ChunkKind::Metric) {
        let tokens = split.header_tokens(chunk).0;
        let source = Source { path: &entry.path, text: &text, lines: &lines };
        let properties = header::parse_properties(source, tokens);
        let name = properties.iter().find(|property| property.name == "name");
        let expression = header::property_tokens(&text, tokens, "expression");
        match (name, expression) {
            (Some(name), Some((start, end))) => output.metrics.push(Arc::new(Metric {
                name: name.value.trim_matches(['\'', '"', '`']).to_lowercase(),
                location: name.location.clone(),
                dialect,
                text: text.clone(),
                start,
                end,
            })),
            _ => {
                let place = lines.location(&entry.path, &text, chunk.statement.start, chunk.statement.end);
                let message = "this METRIC header has no name or no expression";
                output.refuse(codes::TEST_OR_METRIC_UNREADABLE, place, message);
            }
        }
    }
    output
}
