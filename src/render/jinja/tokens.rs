//! The tokens inside the tags of a template.
//!
//! In: a template's text. Out: names, numbers, texts and symbols between `{{ }}` and `{% %}`, with brackets matched;
//! comments and raw blocks hold none. What isn't closed ends with the text.

/// A token's place and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// The tag that it stands in.
    pub tag: usize,
    /// The bracket that closes or opens this one.
    pub partner: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    Text,
    Symbol,
}

/// All tokens in order.
pub(super) fn tokens(template: &str) -> Vec<Token> {
    let mut found: Vec<Token> = vec![];
    let (mut at, mut tag) = (0, 0);
    while let Some(start) = template.get(at..).and_then(|rest| rest.find('{')).map(|offset| at + offset) {
        let rest = template.get(start..).unwrap_or("");
        at = match rest.as_bytes().get(1) {
            Some(b'#') => rest.find("#}").map_or(template.len(), |end| start + end + 2),
            Some(b'{' | b'%') => {
                let first = found.len();
                let end = inside(template, start + 2, tag, &mut found);
                tag += 1;
                match found.get(first..) {
                    Some([word]) if template.get(word.start..word.end) == Some("raw") => behind_raw(template, end),
                    _ => end,
                }
            }
            _ => start + 1,
        };
    }
    found
}

/// Where the tag behind a raw block begins.
fn behind_raw(template: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(start) = template.get(at..).and_then(|rest| rest.find("{%")).map(|offset| at + offset) {
        let word = template.get(start + 2..).unwrap_or("").trim_start_matches(['-', '+']).trim_start();
        if word.starts_with("endraw") {
            return start;
        }
        at = start + 2;
    }
    template.len()
}

/// Reads the tag that begins in front of `at`; where it ends.
fn inside(template: &str, mut at: usize, tag: usize, found: &mut Vec<Token>) -> usize {
    let mut open: Vec<usize> = vec![];
    while let Some(rest) = template.get(at..).filter(|rest| !rest.is_empty()) {
        if open.is_empty() && (rest.starts_with("}}") || rest.starts_with("%}")) {
            return at + 2;
        }
        let (kind, length) = token(rest);
        let Some(kind) = kind else {
            at += length;
            continue;
        };
        let mut token = Token { kind, start: at, end: at + length, tag, partner: None };
        let index = found.len();
        match rest.as_bytes().first() {
            Some(b'(' | b'[' | b'{') => open.push(index),
            Some(b')' | b']' | b'}') => {
                token.partner = open.pop();
                if let Some(opened) = token.partner.and_then(|partner| found.get_mut(partner)) {
                    opened.partner = Some(index);
                }
            }
            _ => {}
        }
        found.push(token);
        at += length;
    }
    template.len()
}

/// The kind and length of the token that the text begins with; no kind for a blank.
fn token(rest: &str) -> (Option<Kind>, usize) {
    let length = |is_part: fn(char) -> bool| rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    match rest.chars().next() {
        Some(c) if c.is_whitespace() => (None, c.len_utf8()),
        Some(quote @ ('\'' | '"')) => (Some(Kind::Text), text_length(rest, quote)),
        Some(c) if c.is_ascii_digit() => (Some(Kind::Number), number_length(rest)),
        Some(c) if is_name(c) => (Some(Kind::Name), length(|c| c.is_alphanumeric() || c == '_')),
        _ if rest.starts_with("**") || rest.starts_with("//") => (Some(Kind::Symbol), 2),
        Some(c) => (Some(Kind::Symbol), c.len_utf8()),
        None => (None, 1),
    }
}

/// `1_000`, `1.5`, `2e-3`
fn number_length(rest: &str) -> usize {
    let mut before = ' ';
    let mut is_exact = true;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_digit_next = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let is_part = match c {
            '.' => std::mem::take(&mut is_exact) && is_digit_next,
            '+' | '-' => matches!(before, 'e' | 'E') && is_digit_next,
            c => c.is_alphanumeric() || c == '_',
        };
        if !is_part {
            return at;
        }
        before = c;
    }
    rest.len()
}

fn text_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stand_in_tags_alone() {
        let template = "a {{ b.c('}}') }} {# {{ no }} #} {% raw %}{{ no }}{% endraw %}{%- set d = {'k': {}} -%} e";
        let words: Vec<&str> =
            tokens(template).iter().filter_map(|token| template.get(token.start..token.end)).collect();
        let expected = [
            "b", ".", "c", "(", "'}}'", ")", "raw", "endraw", "-", "set", "d", "=", "{", "'k'", ":", "{", "}", "}", "-",
        ];
        assert_eq!(words, expected);
    }
}
