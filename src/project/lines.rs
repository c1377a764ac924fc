//! Lines and columns of many places in one text, without counting from the start each time.

use std::sync::Arc;

use crate::diagnostic::Location;

/// Where the lines of a text begin.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub fn of(text: &str) -> Self {
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        Lines {
            starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    pub fn position(&self, text: &str, offset: usize) -> (u32, u32) {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = text.as_bytes().get(start..offset).unwrap_or_default();
        // Continuation bytes of a character don't count.
        let columns = before.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        (line as u32, columns as u32 + 1)
    }

    /// The place of a byte range.
    pub fn location(&self, path: &Arc<str>, text: &str, start: usize, end: usize) -> Location {
        let (line, col) = self.position(text, start);
        let (end_line, end_col) = self.position(text, end.max(start));
        Location {
            path: path.clone(),
            line,
            col,
            end_line,
            end_col,
        }
    }
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
    }
}
