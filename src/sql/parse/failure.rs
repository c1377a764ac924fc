//! The parser's complaints, in plain words and with a place in the text.

use std::ops::Range;

use sqlparser::parser::ParserError;
use sqlparser::tokenizer::Location;

use super::{DEPTH_LIMIT, Offsets};

/// Longest piece of the text that a message repeats.
const QUOTED_CHARS: usize = 60;

/// Why a text could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseFailure {
    /// What was expected and what was found.
    pub message: String,
    /// Byte offset of the token that doesn't fit; the end of the text where it is too short.
    pub start: usize,
    /// Where that token ends.
    pub end: usize,
    /// It nests deeper, or is longer, than what is read.
    pub is_excessive: bool,
}

impl ParseFailure {
    /// Reads the parser's error, whose place is written at the end of its message.
    pub(super) fn new(error: &ParserError, sql: &str, offsets: &Offsets, tokens: &[Range<usize>]) -> Self {
        let raw = match error {
            ParserError::TokenizerError(raw) | ParserError::ParserError(raw) => raw.as_str(),
            ParserError::RecursionLimitExceeded => "nested too deeply",
        };
        let (text, location) = split_location(raw);
        let start = location.and_then(|location| offsets.offset(location)).unwrap_or(sql.len());
        let next = tokens.partition_point(|token| token.end <= start);
        let end = tokens.get(next).map_or(start, |token| token.end);
        let end = if tokens.is_empty() { sql.len() } else { end };
        ParseFailure { message: plain(text), start, end: end.max(start), is_excessive: false }
    }

    /// A chain with too many operators.
    pub(super) fn too_long(at: Option<Range<usize>>) -> Self {
        let at = at.unwrap_or(0..0);
        let message = "too many operators in one expression".to_owned();
        ParseFailure { message, start: at.start, end: at.end, is_excessive: true }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.is_excessive {
            true => {
                "move inner parts into CTEs or models of their own; until then its columns are unknown, and the rest of the project is analysed"
            }
            false => "its columns are unknown until it can be read; the rest of the project is analysed",
        }
    }

    /// A text that nests too deeply, or makes the parser start over too often.
    pub(super) fn too_deep(at: Option<Range<usize>>, sql: &str, exhausted: bool) -> Self {
        let at = at.unwrap_or(sql.len()..sql.len());
        let message = if exhausted {
            "too many ways to read this text".to_owned()
        } else {
            format!("nested more than {DEPTH_LIMIT} levels deep")
        };
        ParseFailure { message, start: at.start, end: at.end, is_excessive: true }
    }
}

/// Splits `… at Line: 1, Column: 8` off.
fn split_location(raw: &str) -> (&str, Option<Location>) {
    let split = || {
        let (text, place) = raw.rsplit_once(" at Line: ")?;
        let (line, column) = place.split_once(", Column: ")?;
        Some((text, Location::new(line.trim().parse().ok()?, column.trim().parse().ok()?)))
    };
    split().map_or((raw, None), |(text, location)| (text, Some(location)))
}

/// `Expected: an expression, found: FROM` becomes `expected an expression, found FROM`.
fn plain(text: &str) -> String {
    let text = text.trim();
    let expectation = text.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: "));
    let Some((expected, found)) = expectation else {
        return shorten(&lower_first(text));
    };
    let found = match found.trim() {
        "EOF" => "the end of the text".to_owned(),
        found => shorten(found),
    };
    format!("expected {}, found {found}", shorten(expected))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let second_is_lower = text.chars().nth(1).is_some_and(char::is_lowercase);
    match chars.next() {
        Some(first) if second_is_lower => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(QUOTED_CHARS) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or("")),
        None => line.to_owned(),
    }
}
