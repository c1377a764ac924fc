//! Where the parser's lines and columns are in the text.
//!
//! In: a text. Out: the byte offset of any (line, column) as the parser counts them: both from one, columns in
//! characters, lines ended by a line feed. Looking one up takes the logarithm of the number of lines and of changes
//! between narrow and wide characters.

use std::ops::Range;

use sqlparser::tokenizer::{Location, Span};

/// From here on, to the next mark, every character is `width` bytes wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    line: u64,
    column: u64,
    byte: usize,
    width: usize,
}

/// The map of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offsets {
    marks: Vec<Mark>,
    len: usize,
}

impl Offsets {
    /// Reads the text once.
    pub fn new(text: &str) -> Self {
        let mut marks = Vec::new();
        let (mut line, mut column, mut width) = (1, 1, 0);
        for (byte, c) in text.char_indices() {
            if c.len_utf8() != width || column == 1 {
                width = c.len_utf8();
                marks.push(Mark { line, column, byte, width });
            }
            if c == '\n' {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        Offsets { marks, len: text.len() }
    }

    /// The byte offset of a location; `None` for the parser's empty location. What lies behind the text is its end.
    pub fn offset(&self, location: Location) -> Option<usize> {
        if location.line == 0 {
            return None;
        }
        let after = self.marks.partition_point(|mark| (mark.line, mark.column) <= (location.line, location.column));
        let Some(mark) = after.checked_sub(1).and_then(|at| self.marks.get(at)) else {
            return Some(0);
        };
        if mark.line != location.line {
            return Some(self.len);
        }
        let columns = usize::try_from(location.column - mark.column).unwrap_or(usize::MAX);
        let limit = self.marks.get(after).map_or(self.len, |next| next.byte);
        Some(mark.byte.saturating_add(columns.saturating_mul(mark.width)).min(limit))
    }

    /// The byte range of a span; `None` for the parser's empty span.
    pub fn range(&self, span: Span) -> Option<Range<usize>> {
        let start = self.offset(span.start)?;
        let end = self.offset(span.end)?;
        Some(start..end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(text: &str, line: u64, column: u64) -> Option<usize> {
        Offsets::new(text).offset(Location::new(line, column))
    }

    #[test]
    fn columns_count_characters_of_any_width() {
        let text = "a\u{e9}\u{4e16}\u{4e16}b\nc\u{1f600}d";
        for (line, column, rest) in [
            (1, 1, "a\u{e9}"),
            (1, 3, "\u{4e16}\u{4e16}"),
            (1, 4, "\u{4e16}b"),
            (1, 5, "b\n"),
            (2, 1, "c"),
            (2, 3, "d"),
        ] {
            let at = offset(text, line, column).expect("a real location");
            assert!(text[at..].starts_with(rest), "{line}:{column} is {at}");
        }
    }

    #[test]
    fn a_location_behind_the_text_is_its_end() {
        assert_eq!(offset("ab\n", 2, 1), Some(3));
        assert_eq!(offset("ab", 1, 3), Some(2));
        assert_eq!(offset("ab", 9, 9), Some(2));
        assert_eq!(offset("", 1, 1), Some(0));
    }

    #[test]
    fn the_empty_location_is_nowhere() {
        assert_eq!(offset("ab", 0, 0), None);
    }
}
