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

impl Piece {
    /// This piece continues `self` without a gap, in the output and in the source.
    fn is_continued_by(&self, next: &Piece) -> bool {
        self.verbatim
            && next.verbatim
            && self.src_end == next.src_start
            && self.out_start + (self.src_end - self.src_start) == next.out_start
    }
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
        self.push(out_start, source, true);
    }

    /// Output from `out_start` on was made from the source range as a whole (a variable's value, a macro's result).
    pub fn push_replaced(&mut self, out_start: usize, source: Range<usize>) {
        self.push(out_start, source, false);
    }

    /// Output from `out_start` on is a copy of the `range` of a text that `other` maps.
    pub fn push_slice(&mut self, out_start: usize, other: &SourceMap, range: Range<usize>) {
        let first = other.pieces.partition_point(|piece| piece.out_start <= range.start);
        for piece in other.pieces.iter().skip(first.saturating_sub(1)) {
            if piece.out_start >= range.end {
                break;
            }
            let skipped = range.start.saturating_sub(piece.out_start);
            let at = out_start + piece.out_start.saturating_sub(range.start);
            let taken_until = piece.src_start + (range.end - piece.out_start);
            match piece.verbatim {
                true => {
                    self.push(at, (piece.src_start + skipped).min(piece.src_end)..taken_until.min(piece.src_end), true)
                }
                false => self.push(at, piece.src_start..piece.src_end, false),
            }
        }
    }

    /// Forgets everything about output from `out_length` on.
    pub fn truncate(&mut self, out_length: usize) {
        while self.pieces.last().is_some_and(|piece| piece.out_start >= out_length) {
            self.pieces.pop();
        }
        if let Some(last) = self.pieces.last_mut().filter(|piece| piece.verbatim) {
            last.src_end = last.src_end.min(last.src_start + (out_length - last.out_start));
        }
    }

    /// The source range behind an output range: from where its first character came from to where its last one did. If
    /// that stands further up (a definition's text ends the range), the rest of what the range begins with. An empty
    /// map answers with the range itself.
    pub fn source(&self, out: Range<usize>) -> Range<usize> {
        let start = self.locate(out.start, false);
        let end = self.locate(out.end.max(out.start), true);
        if start <= end {
            return start..end;
        }
        let after = self.pieces.partition_point(|piece| piece.out_start <= out.start);
        let first = after.checked_sub(1).and_then(|at| self.pieces.get(at));
        start..first.map_or(start, |piece| piece.src_end.max(start))
    }

    fn push(&mut self, out_start: usize, source: Range<usize>, verbatim: bool) {
        let piece = Piece { out_start, src_start: source.start, src_end: source.end.max(source.start), verbatim };
        match self.pieces.last_mut() {
            Some(last) if last.is_continued_by(&piece) => last.src_end = piece.src_end,
            _ => self.pieces.push(piece),
        }
    }

    fn locate(&self, offset: usize, is_end: bool) -> usize {
        // An end belongs to the piece that it closes, not to the one that begins there.
        let probe = if is_end { offset.saturating_sub(1) } else { offset };
        let after = self.pieces.partition_point(|piece| piece.out_start <= probe);
        let Some(piece) = after.checked_sub(1).and_then(|at| self.pieces.get(at)) else {
            return offset;
        };
        match (piece.verbatim, is_end) {
            (true, _) => (piece.src_start + offset.saturating_sub(piece.out_start)).min(piece.src_end),
            (false, false) => piece.src_start,
            (false, true) => piece.src_end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// source: "SELECT @x, b" -> output: "SELECT 12345, b"
    fn sample() -> SourceMap {
        let mut map = SourceMap::default();
        map.push_verbatim(0, 0..7);
        map.push_replaced(7, 7..9);
        map.push_verbatim(12, 9..12);
        map
    }

    #[test]
    fn copies_map_letter_by_letter_and_replacements_as_a_whole() {
        let map = sample();
        assert_eq!(map.source(0..6), 0..6);
        assert_eq!(map.source(7..12), 7..9);
        assert_eq!(map.source(9..10), 7..9);
        assert_eq!(map.source(14..15), 11..12);
        assert_eq!(map.source(0..12), 0..9);
    }

    #[test]
    fn a_slice_keeps_where_its_parts_came_from() {
        let mut map = SourceMap::default();
        map.push_replaced(0, 90..91);
        map.push_slice(5, &sample(), 3..14);
        assert_eq!(map.source(0..5), 90..91);
        assert_eq!(map.source(5..6), 3..4);
        assert_eq!(map.source(9..14), 7..9);
        assert_eq!(map.source(15..16), 10..11);
    }

    #[test]
    fn copies_that_continue_each_other_are_one_piece() {
        let mut map = SourceMap::default();
        map.push_verbatim(0, 10..14);
        map.push_verbatim(4, 14..20);
        assert_eq!(map.pieces.len(), 1);
        map.truncate(3);
        assert_eq!(map.source(0..3), 10..13);
    }
}
