//! Widens spans: sqlparser marks leaves well, but not the brackets and keywords around them.

use crate::dialect::Dialect;
use crate::lex::{Token, TokenKind, lex_code};

use super::Span;

/// The tokens of a text, with the bracket that encloses each.
pub(super) struct Brackets<'s> {
    sql: &'s str,
    tokens: Vec<Token>,
    /// For each token, the index of the innermost opening bracket around it.
    enclosing: Vec<Option<u32>>,
    /// For each opening bracket, the index of its closing one.
    closing: Vec<Option<u32>>,
}

impl<'s> Brackets<'s> {
    pub(super) fn new(sql: &'s str, dialect: Dialect) -> Self {
        let tokens = lex_code(sql, dialect.lexical());
        let mut enclosing = Vec::with_capacity(tokens.len());
        let mut closing = vec![None; tokens.len()];
        let mut open: Vec<u32> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if matches!(token.kind, TokenKind::Symbol(')' | ']' | '}'))
                && let Some(start) = open.pop()
                && let Some(slot) = closing.get_mut(start as usize)
            {
                *slot = Some(at as u32);
            }
            enclosing.push(open.last().copied());
            if matches!(token.kind, TokenKind::Symbol('(' | '[' | '{')) {
                open.push(at as u32);
            }
        }
        Brackets { sql, tokens, enclosing, closing }
    }

    /// From the bracket around `span` to its partner, with the word before it if `with_name`.
    /// The span itself if there is no bracket around it.
    pub(super) fn around(&self, span: Span, with_name: bool) -> Span {
        let Some(at) = self.index_at(span) else { return span };
        let Some(open) = self.enclosing.get(at).copied().flatten() else { return span };
        let Some(close) = self.closing.get(open as usize).copied().flatten() else { return span };
        let name = (open as usize).checked_sub(1).and_then(|before| self.tokens.get(before));
        let first = match name {
            Some(name) if with_name && name.kind == TokenKind::Word => name,
            _ => &self.tokens[open as usize],
        };
        Span::new(first.start, self.tokens[close as usize].end)
    }

    /// From the start of `span` (a function's name) over the bracket that follows it, to that one's partner.
    pub(super) fn call(&self, span: Span) -> Span {
        let after = self.tokens.partition_point(|token| token.start < span.end as usize);
        let is_open = self.tokens.get(after).is_some_and(|token| token.is_symbol('('));
        match self.closing.get(after).copied().flatten() {
            Some(close) if is_open => Span::new(span.start as usize, self.tokens[close as usize].end),
            _ => span,
        }
    }

    /// `span` and the words (and strings, numbers) from this list that follow it directly.
    pub(super) fn with_words_after(&self, span: Span, words: &[&str]) -> Span {
        let after = self.tokens.partition_point(|token| token.start < span.end as usize);
        let end = self.tokens[after.min(self.tokens.len())..]
            .iter()
            .take_while(|token| words.iter().any(|word| token.is_word(self.sql, word)))
            .last()
            .map_or(span.end as usize, |token| token.end);
        Span::new(span.start as usize, end)
    }

    /// `span` and the words from this list that stand directly before it.
    pub(super) fn with_words_before(&self, span: Span, words: &[&str]) -> Span {
        let before = self.tokens.partition_point(|token| token.start < span.start as usize);
        let start = self.tokens[..before]
            .iter()
            .rev()
            .take_while(|token| words.iter().any(|word| token.is_word(self.sql, word)))
            .last()
            .map_or(span.start as usize, |token| token.start);
        Span::new(start, span.end as usize)
    }

    /// `span`, the `::` behind it and the type's name, with its parameters if it has any.
    pub(super) fn after_colons(&self, span: Span, with_parameters: bool) -> Span {
        let after = self.tokens.partition_point(|token| token.start < span.end as usize);
        let is_colon = |at: usize| self.tokens.get(at).is_some_and(|token| token.is_symbol(':'));
        if !(is_colon(after) && is_colon(after + 1)) {
            return span;
        }
        let Some(name) = self.tokens.get(after + 2) else { return span };
        let whole = Span::new(span.start as usize, name.end);
        if !with_parameters {
            return whole;
        }
        let parameters = self.call(Span::new(name.start, name.end));
        whole.cover(parameters)
    }

    /// The bracket of the `OVER (…)` that follows the call at `call`; `inner` if there is none.
    pub(super) fn window_end(&self, call: Span, inner: Span) -> Span {
        // Between a call and its OVER stand at most the end of a FILTER and IGNORE NULLS.
        const BETWEEN: usize = 6;
        let after = self.tokens.partition_point(|token| token.start < call.end as usize);
        let over = (after..after + BETWEEN)
            .find(|&at| self.tokens.get(at).is_some_and(|token| token.is_word(self.sql, "over")));
        let closing = over.and_then(|at| self.closing.get(at + 1).copied().flatten());
        match closing.and_then(|close| self.tokens.get(close as usize)) {
            Some(close) => Span::new(inner.start as usize, close.end),
            None => inner,
        }
    }

    fn index_at(&self, span: Span) -> Option<usize> {
        let at = self.tokens.partition_point(|token| token.start < span.start as usize);
        (at < self.tokens.len()).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_brackets_are_covered_whole() {
        let sql = "SELECT sum(a + (b)) FROM t WHERE x IS NOT NULL";
        let brackets = Brackets::new(sql, Dialect::default());
        let text = |span: Span| &sql[span.range()];
        assert_eq!(text(brackets.call(Span::new(7, 10))), "sum(a + (b))");
        assert_eq!(text(brackets.around(Span::new(16, 17), false)), "(b)");
        assert_eq!(text(brackets.around(Span::new(11, 12), true)), "sum(a + (b))");
        assert_eq!(text(brackets.with_words_after(Span::new(33, 34), &["is", "not", "null"])), "x IS NOT NULL");
    }
}
