//! Tokens of a model's file, with Jinja blocks found before their text could confuse the lexer.
//!
//! In: a file's text and its dialect's lexical rules. Out: [`Item`]s in order. The text inside a Jinja block is not
//! lexed: an apostrophe in a Jinja comment opens no string. Each byte is lexed once.

use std::ops::Range;

use crate::dialect::LexicalRules;
use crate::lex::{Token, TokenKind, lex};

/// What opens a block, and whether the block is a query.
const BEGIN: [(&str, bool); 2] = [("JINJA_QUERY_BEGIN", true), ("JINJA_STATEMENT_BEGIN", false)];
const END: &str = "JINJA_END";

/// A token, or a Jinja block as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Token(Token),
    Jinja {
        is_query: bool,
        /// The template's text, without the marks around it.
        body: Range<usize>,
    },
}

/// All items of a text.
pub fn scan(text: &str, rules: LexicalRules) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = 0;
    let mut search = 0;
    while let Some((is_query, mark)) = next_mark(text, search) {
        let segment = shifted(text, at, mark.start, rules);
        let comment_end = segment.last().and_then(|last| hidden_until(text, last, &mark));
        items.extend(segment.into_iter().map(Item::Token));
        at = comment_end.unwrap_or_else(|| {
            let (body, end) = block(text, mark.end);
            items.push(Item::Jinja { is_query, body });
            end
        });
        search = at;
    }
    items.extend(shifted(text, at, text.len(), rules).into_iter().map(Item::Token));
    items
}

fn shifted(text: &str, start: usize, end: usize, rules: LexicalRules) -> Vec<Token> {
    let mut tokens = lex(text.get(start..end).unwrap_or(""), rules);
    for token in &mut tokens {
        token.start += start;
        token.end += start;
    }
    tokens
}

/// Where the comment ends that the mark is part of, if the last token before the mark is such a comment.
fn hidden_until(text: &str, last: &Token, mark: &Range<usize>) -> Option<usize> {
    if last.kind != TokenKind::Comment {
        return None;
    }
    let rest = text.get(mark.end..)?;
    if last.unterminated {
        return Some(rest.find("*/").map_or(text.len(), |at| mark.end + at + 2));
    }
    let is_line_comment = !text.get(last.range())?.starts_with("/*");
    (is_line_comment && last.end == mark.start).then(|| rest.find('\n').map_or(text.len(), |at| mark.end + at))
}

/// The next `JINJA_…_BEGIN;` from `from` on: is it a query, and the range up to behind its semicolon.
fn next_mark(text: &str, from: usize) -> Option<(bool, Range<usize>)> {
    let mut from = from;
    loop {
        let start = find_word_start(text, "JINJA_", from)?;
        for (word, is_query) in BEGIN {
            let end = start + word.len();
            if is_word_at(text, start, word) {
                let rest = text.get(end..)?;
                let trimmed = rest.trim_start();
                if trimmed.starts_with(';') {
                    return Some((is_query, start..end + (rest.len() - trimmed.len()) + 1));
                }
            }
        }
        from = start + 1;
    }
}

/// The body of a block that begins at `start`, and where what follows the block begins.
fn block(text: &str, start: usize) -> (Range<usize>, usize) {
    let mut from = start;
    while let Some(at) = find_word_start(text, END, from) {
        if is_word_at(text, at, END) {
            let rest = text.get(at + END.len()..).unwrap_or("");
            let trimmed = rest.trim_start();
            let skipped = if trimmed.starts_with(';') { rest.len() - trimmed.len() + 1 } else { 0 };
            return (trim(text, start, at), at + END.len() + skipped);
        }
        from = at + 1;
    }
    (trim(text, start, text.len()), text.len())
}

fn trim(text: &str, start: usize, end: usize) -> Range<usize> {
    let body = text.get(start..end).unwrap_or("");
    let from = start + (body.len() - body.trim_start().len());
    from..(from + body.trim().len())
}

/// The next place at or behind `from` where `prefix` stands, in any case.
fn find_word_start(text: &str, prefix: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = prefix.as_bytes().first()?.to_ascii_lowercase();
    (from..bytes.len().saturating_sub(prefix.len() - 1)).find(|&at| {
        bytes.get(at).is_some_and(|byte| byte.to_ascii_lowercase() == first)
            && bytes.get(at..at + prefix.len()).is_some_and(|found| found.eq_ignore_ascii_case(prefix.as_bytes()))
    })
}

/// Does exactly this word stand at `start`?
fn is_word_at(text: &str, start: usize, word: &str) -> bool {
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let end = start + word.len();
    !is_part(before)
        && !is_part(bytes.get(end))
        && bytes.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn bodies(text: &str) -> Vec<&str> {
        scan(text, Dialect::default().lexical())
            .into_iter()
            .filter_map(|item| match item {
                Item::Jinja { body, .. } => text.get(body),
                Item::Token(_) => None,
            })
            .collect()
    }

    #[test]
    fn blocks_may_hold_anything() {
        assert_eq!(bodies("a; JINJA_QUERY_BEGIN;\n{# don't #} x;\nJINJA_END; b"), ["{# don't #} x;"]);
        assert_eq!(bodies("jinja_statement_begin ; x\njinja_end"), ["x"]);
        assert_eq!(bodies("JINJA_QUERY_BEGIN; never closed"), ["never closed"]);
    }

    #[test]
    fn marks_in_comments_open_nothing() {
        assert!(bodies("-- JINJA_QUERY_BEGIN; x\nSELECT 1").is_empty());
        assert!(bodies("/* JINJA_QUERY_BEGIN; x JINJA_END; */ SELECT 1").is_empty());
        assert_eq!(bodies("-- JINJA_QUERY_BEGIN;\nJINJA_QUERY_BEGIN;x JINJA_END;"), ["x"]);
        assert!(bodies("SELECT JINJA_QUERY_BEGIN").is_empty());
    }
}
