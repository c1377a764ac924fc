//! Text that knows where it came from, and its tokens.
//!
//! In: pieces of source, values, other fragments. Out: one text with a [`SourceMap`]. A fragment never forgets an
//! origin: whatever is pushed brings one.

use std::ops::Range;

use crate::dialect::LexicalRules;
use crate::lex::{Token, TokenKind, lex_code};

use super::SourceMap;

/// Text with the source of each of its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Fragment {
    text: String,
    map: SourceMap,
}

impl Fragment {
    /// A copy of source text that starts at `offset`.
    pub fn copied(text: &str, offset: usize) -> Self {
        Fragment { text: text.to_owned(), map: SourceMap::identity(offset, text.len()) }
    }

    /// Text made from the source range as a whole.
    pub fn made(text: impl Into<String>, origin: Range<usize>) -> Self {
        let mut map = SourceMap::default();
        map.push_replaced(0, origin);
        Fragment { text: text.into(), map }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends text made from the source range as a whole.
    pub fn push_made(&mut self, text: &str, origin: Range<usize>) {
        if !text.is_empty() {
            self.map.push_replaced(self.text.len(), origin);
            self.text.push_str(text);
        }
    }

    /// Appends a byte range of another fragment. A range that isn't one of characters appends nothing.
    pub fn push_slice(&mut self, other: &Fragment, range: Range<usize>) {
        if let Some(text) = other.text.get(range.clone()).filter(|text| !text.is_empty()) {
            self.map.push_slice(self.text.len(), &other.map, range);
            self.text.push_str(text);
        }
    }

    /// Appends another fragment.
    pub fn push(&mut self, other: &Fragment) {
        self.push_slice(other, 0..other.text.len());
    }

    /// A byte range as a fragment of its own.
    pub fn slice(&self, range: Range<usize>) -> Fragment {
        let mut slice = Fragment::default();
        slice.push_slice(self, range);
        slice
    }

    /// Cuts the text off at `length`.
    pub fn truncate(&mut self, length: usize) {
        if length < self.text.len() && self.text.is_char_boundary(length) {
            self.text.truncate(length);
            self.map.truncate(length);
        }
    }

    /// The source range behind a byte range.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        self.map.source(range)
    }

    pub fn into_parts(self) -> (String, SourceMap) {
        (self.text, self.map)
    }

    /// Joined with `separator`, which is made from `origin`.
    pub fn join(parts: &[Fragment], separator: &str, origin: Range<usize>) -> Fragment {
        let mut joined = Fragment::default();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                joined.push_made(separator, origin.clone());
            }
            joined.push(part);
        }
        joined
    }

    /// In parentheses that are made from `origin`.
    pub fn wrapped(&self, origin: Range<usize>) -> Fragment {
        let mut wrapped = Fragment::made("(", origin.clone());
        wrapped.push(self);
        wrapped.push_made(")", origin);
        wrapped
    }
}

/// A fragment with its tokens and brackets; comments are no tokens.
#[derive(Debug)]
pub(super) struct Lexed {
    pub fragment: Fragment,
    pub tokens: Vec<Token>,
    partners: Vec<Option<usize>>,
    enclosing: Vec<Enclosing>,
}

/// What surrounds a token.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Enclosing {
    /// The token of the innermost open bracket.
    pub open: Option<usize>,
    /// `SELECT` or `BY` stands before the token in the same brackets: commas separate projections or keys.
    pub in_query: bool,
}

impl Lexed {
    pub fn new(fragment: Fragment, rules: LexicalRules) -> Self {
        let tokens = lex_code(fragment.text(), rules);
        let mut lexed =
            Lexed { partners: vec![None; tokens.len()], enclosing: Vec::with_capacity(tokens.len()), fragment, tokens };
        lexed.match_brackets();
        lexed
    }

    fn match_brackets(&mut self) {
        let mut levels = vec![Enclosing::default()];
        for (index, token) in self.tokens.iter().enumerate() {
            let text = self.fragment.text();
            if is_close(token) {
                if levels.len() > 1 {
                    let open = levels.pop().and_then(|level| level.open);
                    if let Some(open) = open.filter(|&open| closes(&self.tokens, open, token)) {
                        set(&mut self.partners, open, index);
                        set(&mut self.partners, index, open);
                    }
                }
            } else if let Some(level) = levels.last_mut() {
                level.in_query |= token.is_word(text, "select") || token.is_word(text, "by");
            }
            self.enclosing.push(levels.last().copied().unwrap_or_default());
            if is_open(token) {
                levels.push(Enclosing { open: Some(index), in_query: false });
            }
        }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn token(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// The text of a token; empty behind the end.
    pub fn text(&self, index: usize) -> &str {
        self.token(index).map_or("", |token| token.text(self.fragment.text()))
    }

    /// The bracket that closes or opens the one at `index`.
    pub fn partner(&self, index: usize) -> Option<usize> {
        self.partners.get(index).copied().flatten()
    }

    pub fn enclosing(&self, index: usize) -> Enclosing {
        self.enclosing.get(index).copied().unwrap_or_default()
    }

    pub fn is_symbol(&self, index: usize, symbol: char) -> bool {
        self.token(index).is_some_and(|token| token.is_symbol(symbol))
    }

    pub fn is_word(&self, index: usize, word: &str) -> bool {
        self.token(index).is_some_and(|token| token.is_word(self.fragment.text(), word))
    }

    /// Is the token one of these words, in any case?
    pub fn is_any_word(&self, index: usize, words: &[&str]) -> bool {
        self.kind(index) == Some(TokenKind::Word)
            && words.iter().any(|word| self.text(index).eq_ignore_ascii_case(word))
    }

    pub fn kind(&self, index: usize) -> Option<TokenKind> {
        self.token(index).map(|token| token.kind)
    }

    /// Does the token at `index` begin where the one before it ends?
    pub fn is_connected(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.token(before));
        matches!((before, self.token(index)), (Some(before), Some(token)) if before.end == token.start)
    }

    /// The bytes that the tokens cover.
    pub fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        if range.is_empty() {
            let at = self.token(range.start).map_or(self.fragment.len(), |token| token.start);
            return at..at;
        }
        let start = self.token(range.start).map_or(self.fragment.len(), |token| token.start);
        let end = self.token(range.end - 1).map_or(start, |token| token.end);
        start..end.max(start)
    }

    /// The tokens as a fragment of their own.
    pub fn slice(&self, range: &Range<usize>) -> Fragment {
        self.fragment.slice(self.bytes(range))
    }

    /// The source behind the tokens.
    pub fn origin(&self, range: &Range<usize>) -> Range<usize> {
        self.fragment.origin(self.bytes(range))
    }

    /// Splits at the commas that stand in no further brackets.
    pub fn split_at_commas(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut start = range.start;
        let mut index = range.start;
        while index < range.end {
            if self.is_symbol(index, ',') {
                parts.push(start..index);
                start = index + 1;
            }
            index = self.behind(index);
        }
        if start < range.end || !parts.is_empty() {
            parts.push(start..range.end);
        }
        parts
    }

    /// The items of a list or of a call. sqlglot passes over a place between commas where nothing stands.
    pub fn split_items(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut parts = self.split_at_commas(range);
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// The index behind the token, or behind the brackets that it opens.
    pub fn behind(&self, index: usize) -> usize {
        match self.partner(index) {
            Some(close) if close > index => close + 1,
            _ => index + 1,
        }
    }
}

fn set(partners: &mut [Option<usize>], at: usize, partner: usize) {
    if let Some(slot) = partners.get_mut(at) {
        *slot = Some(partner);
    }
}

fn is_open(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Symbol('(' | '[' | '{'))
}

fn is_close(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Symbol(')' | ']' | '}'))
}

fn closes(tokens: &[Token], open: usize, close: &Token) -> bool {
    matches!(
        (tokens.get(open).map(|token| token.kind), close.kind),
        (Some(TokenKind::Symbol('(')), TokenKind::Symbol(')'))
            | (Some(TokenKind::Symbol('[')), TokenKind::Symbol(']'))
            | (Some(TokenKind::Symbol('{')), TokenKind::Symbol('}'))
    )
}
