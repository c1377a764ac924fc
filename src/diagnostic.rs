//! What could not be read, and where: the one error type of the analysis stages.
//!
//! From `project` to `impact` nothing fails as a whole. A stage that meets something it can't understand
//! pushes a [`Diagnostic`] and goes on; only `source/` and `cli/` return hard errors.

use std::sync::Arc;

use serde::Serialize;

/// A place in a file of the analysed project. Lines and columns count from 1, columns in characters;
/// the end is exclusive. `line == 0` means "the file as a whole".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    /// Path relative to the repository's root, with `/`.
    pub path: Arc<str>,
    pub line: u32,
    pub col: u32,
    pub end_line: u32,
    pub end_col: u32,
}

impl Location {
    /// The file as a whole.
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Location { path: path.into(), ..Location::default() }
    }

    /// The bytes `start..end` of `text`, which is the content of `path`. Offsets beyond the text are clamped.
    pub fn of_range(path: &Arc<str>, text: &str, start: usize, end: usize) -> Self {
        let (line, col) = line_col(text, start);
        let (end_line, end_col) = line_col(text, end.max(start));
        Location { path: path.clone(), line, col, end_line, end_col }
    }

    /// The bytes `range` of `text`, which begins where this place does.
    pub fn within(&self, text: &str, range: std::ops::Range<usize>) -> Self {
        let place = |offset: usize| match line_col(text, offset) {
            (1, col) => (self.line, self.col + col - 1),
            (line, col) => (self.line + line - 1, col),
        };
        let ((line, col), (end_line, end_col)) = (place(range.start), place(range.end.max(range.start)));
        Location { path: self.path.clone(), line, col, end_line, end_col }
    }
}

/// Line and column (both from 1, the column in characters) of a byte offset. Offsets inside a character
/// or beyond the end are moved back to the nearest boundary.
pub fn line_col(text: &str, offset: usize) -> (u32, u32) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|&b| b == b'\n').count() as u32 + 1;
    (line, before[line_start..].chars().count() as u32 + 1)
}

/// How bad a diagnostic is. It never changes the exit status from 0 to 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something a user may want to know.
    Info,
    /// Part of a model could not be read: some of its columns are `unknown`.
    Warning,
    /// A model or file could not be read at all.
    Error,
}

/// Something of the project that could not be read or resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable code, listed in `changes/` (family `U`).
    pub code: &'static str,
    pub severity: Severity,
    pub location: Location,
    /// One sentence: what was found and what was expected.
    pub message: String,
    /// What the user can do about it.
    pub help: Option<String>,
    /// SQLMesh certainly refuses to load the project because of it.
    pub refused: bool,
}

impl Diagnostic {
    pub fn new(code: &'static str, severity: Severity, location: Location, message: impl Into<String>) -> Self {
        Diagnostic { code, severity, location, message: message.into(), help: None, refused: false }
    }

    pub fn note(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Info, location, message)
    }

    pub fn warning(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, location, message)
    }

    pub fn error(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, location, message)
    }

    /// Something that keeps SQLMesh from loading the project.
    pub fn refusal(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Diagnostic { refused: true, ..Self::error(code, location, message) }
    }

    /// Adds what the user can do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
