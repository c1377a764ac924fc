//! Where each piece of rendered text came from.

use std::ops::Range;

/// A run of output that came from a run of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    out_start: usize,
    src_start: usize,
    src_end: usize,
    /// Copied letter by letter (offsets inside correspond); otherwise the whole run stands for the whole source range.
    verbatim: bool,
}

/// Maps byte ranges of rendered text to byte ranges of the source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    pieces: Vec<Piece>,
}

impl SourceMap {
    /// The map of a text that was not changed and starts at `offset` in its source.
    pub fn identity(offset: usize, length: usize) -> Self {
        let mut map = SourceMap::default();
        map.push_verbatim(0, offset..offset + length);
        map
    }

    /// Output from `out_start` on is a copy of the source range.
    pub fn push_verbatim(&mut self, out_start: usize, source: Range<usize>) {
        self.pieces.push(Piece {
            out_start,
            src_start: source.start,
            src_end: source.end,
            verbatim: true,
        });
    }

    /// Output from `out_start` on was made from the source range as a whole (a variable's value, a macro's result).
    pub fn push_replaced(&mut self, out_start: usize, source: Range<usize>) {
        self.pieces.push(Piece {
            out_start,
            src_start: source.start,
            src_end: source.end,
            verbatim: false,
        });
    }

    /// The source range behind an output range. An empty map answers with the range itself.
    pub fn source(&self, out: Range<usize>) -> Range<usize> {
        let start = self.locate(out.start, false);
        let end = self.locate(out.end.max(out.start), true);
        start..end.max(start)
    }

    fn locate(&self, offset: usize, is_end: bool) -> usize {
        // An end belongs to the piece that it closes, not to the one that begins there.
        let probe = if is_end { offset.saturating_sub(1) } else { offset };
        let after = self.pieces.partition_point(|piece| piece.out_start <= probe);
        let Some(piece) = after.checked_sub(1).and_then(|at| self.pieces.get(at)) else {
            return offset;
        };
        match (piece.verbatim, is_end) {
            (true, _) => (piece.src_start + (offset - piece.out_start)).min(piece.src_end),
            (false, false) => piece.src_start,
            (false, true) => piece.src_end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_map_letter_by_letter_and_replacements_as_a_whole() {
        // source: "SELECT @x, b" -> output: "SELECT 12345, b"
        let mut map = SourceMap::default();
        map.push_verbatim(0, 0..7);
        map.push_replaced(7, 7..9);
        map.push_verbatim(12, 9..12);
        assert_eq!(map.source(0..6), 0..6);
        assert_eq!(map.source(7..12), 7..9);
        assert_eq!(map.source(9..10), 7..9);
        assert_eq!(map.source(14..15), 11..12);
        assert_eq!(map.source(0..12), 0..9);
    }
}
