//! Lines and columns of many places in one text, without counting from the start each time.

use std::sync::Arc;

use crate::diagnostic::Location;

/// How many bytes share one count of characters.
const BLOCK: usize = 256;

/// Where the lines of a text begin, and how many characters come before each block of bytes.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<usize>,
    characters: Vec<usize>,
}

impl Lines {
    pub fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut total = 0;
        let counts = text.as_bytes().chunks(BLOCK).map(|block| {
            total += count(block);
            total
        });
        Lines {
            starts: std::iter::once(0).chain(breaks).collect(),
            characters: std::iter::once(0).chain(counts).collect(),
        }
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: usize) -> u32 {
        self.starts.partition_point(|&start| start <= offset).max(1) as u32
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    pub fn position(&self, text: &str, offset: usize) -> (u32, u32) {
        let offset = offset.min(text.len());
        let line = self.line(offset);
        let start = self.starts.get(line as usize - 1).copied().unwrap_or(0);
        let columns = self.characters_before(text, offset) - self.characters_before(text, start);
        (line, columns as u32 + 1)
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let block = offset / BLOCK;
        let rest = text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        self.characters.get(block).copied().unwrap_or(0) + count(rest)
    }

    /// The place of a byte range.
    pub fn location(&self, path: &Arc<str>, text: &str, start: usize, end: usize) -> Location {
        let (line, col) = self.position(text, start);
        let (end_line, end_col) = self.position(text, end.max(start));
        Location { path: path.clone(), line, col, end_line, end_col }
    }
}

/// Characters that begin in these bytes: all but continuation bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let text = "añb\ncd";
        let lines = Lines::of(text);
        assert_eq!(lines.position(text, 3), (1, 3));
        assert_eq!(lines.position(text, 5), (2, 1));
        assert_eq!(lines.position(text, 99), (2, 3));
        let long = "é".repeat(1000);
        assert_eq!(Lines::of(&long).position(&long, 1998), (1, 1000));
    }
}
