//! Loops over texts, and files that aren't there.

use super::{Edit, Source, inserted};

impl Source<'_> {
    /// A loop that asks where it is gets a list of a text's letters: minijinja doesn't count these before.
    pub(super) fn loops(&self) -> Vec<Edit> {
        let all = || 0..self.tokens.len();
        if !all().any(|at| self.is_name(at) && self.word(at) == "loop") {
            return vec![];
        }
        let is_start = |at: &usize| {
            self.is(Some(*at), &["for"])
                && at
                    .checked_sub(1)
                    .is_none_or(|before| !self.same_tag(before, *at) || self.is(Some(before), &["-", "+"]))
        };
        let mut edits = vec![];
        for start in all().filter(is_start) {
            let Some(word) = (start + 1..self.tokens.len())
                .take_while(|at| self.same_tag(start, *at))
                .find(|at| self.is(Some(*at), &["in"]))
            else {
                continue;
            };
            let mut end = word + 1;
            while self.same_tag(start, end) && !self.is(Some(end), &["if", "recursive"]) {
                let close = self.token(end).and_then(|token| token.partner).filter(|close| *close > end);
                end = close.unwrap_or(end) + 1;
            }
            let last = if self.is(Some(end - 1), &["-", "+"]) { end.saturating_sub(2) } else { end - 1 };
            if let (Some(first), Some(last)) = (self.token(word + 1), self.token(last).filter(|_| last > word)) {
                edits.push(inserted(first.start, "__items(("));
                edits.push(inserted(last.end, "))"));
            }
        }
        edits
    }

    /// Python's `include` fails where there are no files, `ignore missing` or not.
    pub(super) fn includes(&self) -> Vec<Edit> {
        let is_ignored = |at: &usize| {
            self.is(Some(*at), &["ignore"])
                && self.is(Some(at + 1), &["missing"])
                && (at.saturating_sub(8)..*at)
                    .any(|before| self.is(Some(before), &["include"]) && self.same_tag(before, *at))
        };
        let places = (0..self.tokens.len()).filter(is_ignored);
        let edit = |at: usize| Some((self.token(at)?.start..self.token(at + 1)?.end, String::new()));
        places.filter_map(edit).collect()
    }
}
