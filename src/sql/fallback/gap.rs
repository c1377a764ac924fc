//! Where a part that isn't understood begins and ends: the smallest element of a list around a place.

use std::ops::Range;

use crate::lex::TokenKind;

use super::{Gap, PLACEHOLDER, Text};
use crate::sql::parse;

/// How many brackets outwards an element around a place is looked for.
const LEVELS: usize = 32;

/// How many subqueries of a part that isn't understood are parsed by themselves.
const SUBQUERIES: usize = 4;

/// Words that begin a clause, or a part of FROM: an element of a list ends there.
const CLAUSES: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "QUALIFY",
    "ORDER",
    "LIMIT",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "JOIN",
    "ON",
    "LEFT",
    "RIGHT",
    "FULL",
    "INNER",
    "CROSS",
    "WINDOW",
    "WITH",
];

/// Clauses that are one expression each.
const CONDITIONS: &[&str] = &["WHERE", "HAVING", "QUALIFY", "ON"];

/// Words that may begin something else behind a condition; it could change what the query's tables are.
const BEHIND_CONDITIONS: &[&str] = &[
    "CLUSTER",
    "CONNECT",
    "CYCLE",
    "DISTRIBUTE",
    "FETCH",
    "FINAL",
    "FOR",
    "FORMAT",
    "LATERAL",
    "MATCH_RECOGNIZE",
    "MODEL",
    "OFFSET",
    "OPTION",
    "PIVOT",
    "PREWHERE",
    "SAMPLE",
    "SETTINGS",
    "SORT",
    "START",
    "TABLESAMPLE",
    "UNPIVOT",
    "USING",
];

/// Words after which there is a query.
const QUERIES: &[&str] = &["SELECT", "FROM", "WITH", "VALUES", "TABLE", "JOIN"];

impl Text<'_> {
    /// The smallest element around a place. What the parser refuses inside a subquery it often reports where that begins:
    /// each is parsed by itself, as far as there are any.
    pub(super) fn smallest(&self, place: usize, gaps: &[Gap]) -> Option<Gap> {
        let mut gap = self.around(place, gaps)?;
        let text = self.replaced(gaps)?;
        for _ in 0..SUBQUERIES {
            let Some(inner) = self.subquery(&gap, &text).and_then(|place| self.around(place, gaps)) else { break };
            if inner.tokens.len() >= gap.tokens.len() {
                break;
            }
            gap = inner;
        }
        Some(gap)
    }

    /// The place that the parser complains of in the first subquery of a part that it can't read.
    fn subquery(&self, gap: &Gap, text: &str) -> Option<usize> {
        let begins = |at: &usize| {
            self.tokens.get(*at).is_some_and(|token| token.is_symbol('(')) && self.is_any(at + 1, &["SELECT", "WITH"])
        };
        gap.tokens.clone().filter(begins).take(SUBQUERIES).find_map(|open| {
            let range = self.bytes(&(open + 1..self.close(open)?))?;
            let failure = parse::parse_query(text.get(range.clone())?, self.dialect).err()?;
            Some(range.start + failure.start)
        })
    }

    /// The bracket that closes this one.
    fn close(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (open..self.tokens.len()).find(|at| {
            match self.tokens.get(*at).map(|token| token.kind) {
                Some(TokenKind::Symbol('(')) => depth += 1,
                Some(TokenKind::Symbol(')')) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }

    /// The smallest element around a place that is larger than the gaps that it touches.
    fn around(&self, place: usize, gaps: &[Gap]) -> Option<Gap> {
        let at = self.tokens.partition_point(|token| token.end <= place).min(self.tokens.len().checked_sub(1)?);
        let mut inside = at..at + 1;
        for _ in 0..LEVELS {
            let gap = self.element(&inside)?;
            if !self.is_balanced(&gap.tokens) {
                return None;
            }
            let touches = |known: &&Gap| known.tokens.start < gap.tokens.end && gap.tokens.start < known.tokens.end;
            let is_larger = |known: &Gap| gap.tokens.len() > known.tokens.len();
            let fits = self.bytes(&gap.tokens)?.len() >= PLACEHOLDER.len() + 4;
            if fits && !gap.tokens.is_empty() && gaps.iter().filter(touches).all(is_larger) {
                return Some(gap);
            }
            inside = self.brackets(&gap.tokens)?;
        }
        None
    }

    /// The list element that holds these tokens: between commas, brackets and clauses.
    fn element(&self, inside: &Range<usize>) -> Option<Gap> {
        let mut start = inside.start;
        let mut depth = 0_usize;
        while start > 0 {
            let token = self.tokens.get(start - 1)?;
            match token.kind {
                TokenKind::Symbol(')' | ']' | '}') => depth += 1,
                TokenKind::Symbol('(' | '[' | '{') if depth == 0 => break,
                TokenKind::Symbol('(' | '[' | '{') => depth -= 1,
                TokenKind::Symbol(',') if depth == 0 => break,
                _ if depth == 0 && self.is_any(start - 1, CLAUSES) => break,
                _ => {}
            }
            start -= 1;
        }
        let mut end = inside.start;
        depth = 0;
        while let Some(token) = self.tokens.get(end) {
            match token.kind {
                TokenKind::Symbol('(' | '[' | '{') => depth += 1,
                TokenKind::Symbol(')' | ']' | '}') if depth == 0 => break,
                TokenKind::Symbol(')' | ']' | '}') => depth -= 1,
                TokenKind::Symbol(',') if depth == 0 => break,
                _ if depth == 0 && end > start && self.is_any(end, CLAUSES) => break,
                _ => {}
            }
            end += 1;
        }
        Some(self.gap(start..end))
    }

    /// Leaves `AS name` at its end out, and says whether it can only be an expression.
    fn gap(&self, mut tokens: Range<usize>) -> Gap {
        let before = tokens.start.checked_sub(1).and_then(|at| self.tokens.get(at));
        let is_argument = before.is_some_and(|token| matches!(token.kind, TokenKind::Symbol('(' | '[' | ',')))
            && self.is_in_brackets(tokens.start);
        let is_later_item = before.is_some_and(|token| token.is_symbol(','));
        let named = tokens.len() > 2 && self.is_any(tokens.end - 2, &["AS"]);
        if named {
            tokens.end -= 2;
        }
        let is_condition = tokens.start.checked_sub(1).is_some_and(|at| self.is_any(at, CONDITIONS))
            && tokens.clone().all(|at| !self.is_any(at, BEHIND_CONDITIONS) && !self.is_star(at));
        let is_plain = tokens.clone().all(|at| !self.is_any(at, QUERIES) && !self.is_any(at, &["AS"]));
        let fits = if named { is_later_item } else { is_argument || is_condition };
        Gap { is_expression: is_plain && fits, tokens }
    }

    /// `(*)`, `t.*`: all columns, none of them named.
    fn is_star(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        let opens = before.is_some_and(|before| matches!(before.kind, TokenKind::Symbol('(' | ',' | '.')));
        opens && self.tokens.get(at).is_some_and(|token| token.is_symbol('*'))
    }

    /// Do these tokens stand in brackets that hold no query?
    fn is_in_brackets(&self, at: usize) -> bool {
        let Some(list) = self.brackets(&(at..at + 1)) else { return false };
        !self.is_any(list.start + 1, QUERIES)
    }

    /// The brackets around these tokens, with what stands in them.
    fn brackets(&self, inside: &Range<usize>) -> Option<Range<usize>> {
        let mut depth = 0_usize;
        let is_open = |at: &usize| match self.tokens.get(*at).map(|token| token.kind) {
            Some(TokenKind::Symbol('(' | '[' | '{')) if depth == 0 => true,
            Some(TokenKind::Symbol('(' | '[' | '{')) => {
                depth -= 1;
                false
            }
            Some(TokenKind::Symbol(')' | ']' | '}')) => {
                depth += 1;
                false
            }
            _ => false,
        };
        let open = (0..inside.start).rev().find(is_open)?;
        Some(open..open + 1)
    }

    pub(super) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word && words.iter().any(|word| token.is_word(self.sql, word))
        })
    }

    /// Is every bracket that is opened here closed here?
    fn is_balanced(&self, tokens: &Range<usize>) -> bool {
        let mut open = Vec::new();
        for token in self.tokens.get(tokens.clone()).unwrap_or_default() {
            match token.kind {
                TokenKind::Symbol('(') => open.push(')'),
                TokenKind::Symbol('[') => open.push(']'),
                TokenKind::Symbol('{') => open.push('}'),
                TokenKind::Symbol(close @ (')' | ']' | '}')) if open.pop() != Some(close) => return false,
                _ if token.unterminated => return false,
                _ => {}
            }
        }
        open.is_empty()
    }
}
