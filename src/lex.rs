//! A lexer that knows where strings, quoted identifiers and comments end, and nothing else of SQL.
//!
//! In: text and the dialect's lexical rules. Out: tokens with byte ranges, in order, whitespace left out.
//! `project/` finds headers and statements with it, `render/` finds macros. It never fails: an unterminated
//! string or comment is a token that reaches the end of the text and says so.

use std::ops::Range;

use crate::dialect::LexicalRules;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An unquoted identifier or keyword.
    Word,
    /// An identifier with its quotes.
    QuotedIdentifier,
    /// A string with its quotes (and prefix letter, if any).
    String,
    Number,
    Comment,
    /// Any other single character.
    Symbol(char),
}

/// A token: its kind and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
    /// The closing quote or comment mark is missing.
    pub unterminated: bool,
}

impl Token {
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The token's text. `text` must be what was lexed.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or("")
    }

    pub fn is_symbol(&self, symbol: char) -> bool {
        self.kind == TokenKind::Symbol(symbol)
    }

    /// Is it this word, in any case?
    pub fn is_word(&self, text: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text(text).eq_ignore_ascii_case(word)
    }
}

/// All tokens of `text`, comments included.
pub fn lex(text: &str, rules: LexicalRules) -> Vec<Token> {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, rules };
    let mut tokens = Vec::with_capacity(text.len() / 5);
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens
}

/// The tokens that mean something: all but comments.
pub fn lex_code(text: &str, rules: LexicalRules) -> Vec<Token> {
    let mut tokens = lex(text, rules);
    tokens.retain(|token| token.kind != TokenKind::Comment);
    tokens
}

/// Where the comments end that a text begins with; the text behind them isn't looked at.
pub fn leading_comments(text: &str, rules: LexicalRules) -> usize {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, rules };
    let tokens = std::iter::from_fn(move || lexer.next_token());
    tokens.take_while(|token| token.kind == TokenKind::Comment).last().map_or(0, |last| last.end)
}

/// The first tokens that mean something, at most so many; the text behind them isn't looked at.
pub fn first_code(text: &str, rules: LexicalRules, count: usize) -> Vec<Token> {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, rules };
    let tokens = std::iter::from_fn(move || lexer.next_token());
    tokens.filter(|token| token.kind != TokenKind::Comment).take(count).collect()
}

/// An identifier token's text without its quotes (doubled quotes inside are undoubled), and whether it had any.
pub fn identifier_text(token: &Token, text: &str) -> (String, bool) {
    let raw = token.text(text);
    if token.kind != TokenKind::QuotedIdentifier {
        return (raw.to_owned(), false);
    }
    let mut chars = raw.chars();
    chars.next();
    let close = if token.unterminated { None } else { chars.next_back() };
    let inner = chars.as_str();
    let inner = match close {
        Some(quote) => inner.replace(&format!("{quote}{quote}"), &quote.to_string()),
        None => inner.to_owned(),
    };
    (inner, true)
}

/// A string token's value: without quotes and prefix, doubled quotes undoubled, backslash escapes undone
/// where the dialect has them.
pub fn string_value(token: &Token, text: &str, rules: LexicalRules) -> String {
    let raw = token.text(text);
    let Some(open) = raw.find(['\'', '"', '$']) else {
        return raw.to_owned();
    };
    let raw_prefix = raw[..open].contains(['r', 'R']);
    let body = &raw[open..];
    if let Some(rest) = body.strip_prefix('$') {
        let tag = rest.find('$').map_or(body.len(), |at| at + 2);
        return body.get(tag..body.len().saturating_sub(tag)).unwrap_or("").to_owned();
    }
    let quote = if body.starts_with('"') { '"' } else { '\'' };
    let triple = rules.triple_quotes && body.len() >= 6 && body.starts_with(&quote.to_string().repeat(3));
    let width = if triple { 3 } else { 1 };
    let end = if token.unterminated { body.len() } else { body.len().saturating_sub(width) };
    let inner = body.get(width..end).unwrap_or("");
    unescape(inner, quote, rules.backslash_escapes && !raw_prefix)
}

fn unescape(inner: &str, quote: char, backslash: bool) -> String {
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c == quote && chars.peek() == Some(&quote) {
            chars.next();
            value.push(quote);
        } else if c == '\\' && backslash {
            match chars.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('r') => value.push('\r'),
                Some('0') => value.push('\0'),
                Some(other) => value.push(other),
                None => value.push('\\'),
            }
        } else {
            value.push(c);
        }
    }
    value
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    rules: LexicalRules,
}

impl Lexer<'_> {
    fn next_token(&mut self) -> Option<Token> {
        self.skip_whitespace();
        let start = self.at;
        let c = self.text.get(start..)?.chars().next()?;
        let (kind, terminated) = self.scan(c);
        Some(Token { kind, start, end: self.at, unterminated: !terminated })
    }

    fn skip_whitespace(&mut self) {
        while let Some(c) = self.peek_char().filter(|c| c.is_whitespace()) {
            self.at += c.len_utf8();
        }
    }

    /// Moves behind the token that starts with `c`; says what it is and whether it was closed.
    fn scan(&mut self, c: char) -> (TokenKind, bool) {
        if c == '-' && self.starts_with("--") || c == '/' && self.rules.slash_comments && self.starts_with("//") {
            return self.line_comment();
        }
        if c == '/' && self.starts_with("/*") {
            return (TokenKind::Comment, self.block_comment());
        }
        if c == '{' && self.starts_with("{#") {
            return (TokenKind::Comment, self.jinja_comment());
        }
        if c == '#' && self.rules.hash_comments {
            return self.line_comment();
        }
        if self.rules.string_quotes.contains(&c) {
            return (TokenKind::String, self.string(c, self.rules.backslash_escapes));
        }
        if let Some(&(_, close)) = self.rules.identifier_quotes.iter().find(|(open, _)| *open == c)
            && !(c == '[' && self.is_subscript())
        {
            return (TokenKind::QuotedIdentifier, self.quoted_identifier(close));
        }
        if c == '$'
            && self.rules.dollar_strings
            && let Some(closed) = self.dollar_string()
        {
            return (TokenKind::String, closed);
        }
        if let Some((length, raw)) = self.string_prefix(c) {
            self.at += length;
            let quote = self.peek_char().unwrap_or('\'');
            let backslash = if raw { self.rules.raw_quotes } else { self.rules.backslash_escapes };
            return (TokenKind::String, self.string(quote, backslash));
        }
        if is_word_start(c) {
            self.take_while(is_word_part);
            return (TokenKind::Word, true);
        }
        if c.is_ascii_digit() || (c == '.' && self.byte(1).is_some_and(|b| b.is_ascii_digit()) && !self.after_value()) {
            self.number();
            return (TokenKind::Number, true);
        }
        self.at += c.len_utf8();
        (TokenKind::Symbol(c), true)
    }

    fn line_comment(&mut self) -> (TokenKind, bool) {
        self.at = self.bytes[self.at..].iter().position(|&b| b == b'\n').map_or(self.bytes.len(), |n| self.at + n);
        (TokenKind::Comment, true)
    }

    fn block_comment(&mut self) -> bool {
        self.at += 2;
        let mut depth = 1usize;
        while self.at < self.bytes.len() {
            if self.starts_with("*/") {
                self.at += 2;
                depth -= 1;
                if depth == 0 {
                    return true;
                }
            } else if self.rules.nested_comments && self.starts_with("/*") {
                self.at += 2;
                depth += 1;
            } else {
                self.at += 1;
            }
        }
        false
    }

    /// `{# … #}` is a comment in every dialect of sqlglot, also outside of Jinja blocks.
    fn jinja_comment(&mut self) -> bool {
        let closed = self.text.get(self.at + 2..).and_then(|rest| rest.find("#}"));
        self.at = closed.map_or(self.bytes.len(), |at| self.at + at + 4);
        closed.is_some()
    }

    /// Whether `c` begins the prefix of a string (`r'…'`, `b"…"`, `N'…'`, `E'…'`, `rb'…'`): its length, and `true` for raw
    /// strings.
    fn string_prefix(&self, c: char) -> Option<(usize, bool)> {
        let next = self.byte(1)? as char;
        let is_pair = matches!((c, next), ('r' | 'R', 'b' | 'B') | ('b' | 'B', 'r' | 'R')) && self.rules.raw_quotes;
        let length = if is_pair { 2 } else { 1 };
        let quote = self.byte(length)? as char;
        if !self.rules.string_quotes.contains(&quote) || self.after_value() {
            return None;
        }
        match c {
            _ if is_pair => Some((length, true)),
            'r' | 'R' => Some((length, true)),
            'b' | 'B' | 'n' | 'N' | 'e' | 'E' | 'x' | 'X' => Some((length, false)),
            _ => None,
        }
    }

    fn string(&mut self, quote: char, backslash: bool) -> bool {
        let triple = self.rules.triple_quotes && self.starts_with(&quote.to_string().repeat(3));
        let close = if triple { quote.to_string().repeat(3) } else { quote.to_string() };
        self.at += close.len();
        while self.at < self.bytes.len() {
            if backslash && self.bytes[self.at] == b'\\' {
                self.at = (self.at + 2).min(self.bytes.len());
            } else if self.bytes[self.at] == quote as u8 && self.starts_with(&close) {
                self.at += close.len();
                if triple || !self.starts_with(&close) {
                    return true;
                }
                self.at += close.len();
            } else {
                self.at += 1;
            }
        }
        self.move_to_boundary();
        false
    }

    fn quoted_identifier(&mut self, close: char) -> bool {
        let close = close as u8;
        self.at += 1;
        while self.at < self.bytes.len() {
            if self.bytes[self.at] == close {
                self.at += 1;
                if self.bytes.get(self.at) != Some(&close) {
                    return true;
                }
            }
            self.at += 1;
        }
        self.at = self.bytes.len();
        false
    }

    /// `$$ … $$` or `$tag$ … $tag$`; `None` if the dollar doesn't open one.
    fn dollar_string(&mut self) -> Option<bool> {
        let rest = &self.text[self.at..];
        let tag_end = rest[1..].find('$')? + 2;
        let tag = &rest[..tag_end];
        if !tag[1..tag_end - 1].chars().all(is_word_part) || tag[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let closed = rest[tag_end..].find(tag);
        self.at += closed.map_or(rest.len(), |at| tag_end + at + tag_end);
        Some(closed.is_some())
    }

    fn number(&mut self) {
        self.take_while(|c| c.is_ascii_digit() || c == '_');
        if self.peek_char() == Some('.') && self.byte(1) != Some(b'.') {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit() || c == '_');
        }
        let exponent = matches!(self.peek_char(), Some('e' | 'E'))
            && match self.byte(1) {
                Some(b'+' | b'-') => self.byte(2).is_some_and(|b| b.is_ascii_digit()),
                Some(b) => b.is_ascii_digit(),
                None => false,
            };
        if exponent {
            self.at += 2;
            self.take_while(|c| c.is_ascii_digit());
        }
        // Hexadecimal numbers, and identifiers that begin with a digit, which some dialects allow.
        self.take_while(is_word_part);
    }

    /// Does a `[` here subscript the value before it?
    fn is_subscript(&self) -> bool {
        self.after_value()
    }

    /// Does the byte before this one end a value or a name?
    fn after_value(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.bytes.get(at));
        before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b')' | b']' | b'"' | b'`') || *b >= 0x80)
    }

    fn take_while(&mut self, accept: fn(char) -> bool) {
        while let Some(c) = self.peek_char().filter(|&c| accept(c)) {
            self.at += c.len_utf8();
        }
    }

    fn peek_char(&self) -> Option<char> {
        match self.byte(0)? {
            byte if byte.is_ascii() => Some(byte as char),
            _ => self.text.get(self.at..)?.chars().next(),
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.bytes[self.at..].starts_with(prefix.as_bytes())
    }

    /// Moves to a character boundary: byte-wise scanning may have stopped inside one.
    fn move_to_boundary(&mut self) {
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn texts(dialect: &str, text: &str) -> Vec<String> {
        let rules = Dialect::parse(dialect).expect("a known dialect").lexical();
        lex(text, rules).iter().map(|token| token.text(text).to_owned()).collect()
    }

    #[test]
    fn strings_identifiers_and_comments_are_one_token_each() {
        assert_eq!(
            texts("", "a 'it''s' \"b c\" -- d\n/* e /* f */ */ 1.5e3"),
            ["a", "'it''s'", "\"b c\"", "-- d", "/* e /* f */ */", "1.5e3"]
        );
        assert_eq!(texts("bigquery", r#"'a\'b' `c` "d" # e"#), [r"'a\'b'", "`c`", "\"d\"", "# e"]);
        assert_eq!(texts("postgres", "$$a;b$$ $t$c$t$ $1"), ["$$a;b$$", "$t$c$t$", "$", "1"]);
        assert_eq!(texts("tsql", "[a b] x[1]"), ["[a b]", "x", "[", "1", "]"]);
    }

    #[test]
    fn jinja_comments_are_comments() {
        assert_eq!(texts("", "a {# don't; {#} b { # }"), ["a", "{# don't; {#}", "b", "{", "#", "}"]);
        assert!(lex("a {# b", Dialect::default().lexical())[1].unterminated);
    }

    #[test]
    fn macros_are_an_at_sign_and_a_word() {
        assert_eq!(texts("duckdb", "@each(@{x}_y)"), ["@", "each", "(", "@", "{", "x", "}", "_y", ")"]);
    }

    #[test]
    fn an_unterminated_string_reaches_the_end() {
        let text = "a 'bé";
        let tokens = lex(text, Dialect::default().lexical());
        assert!(tokens[1].unterminated);
        assert_eq!(tokens[1].text(text), "'bé");
    }

    #[test]
    fn values_are_unquoted() {
        let check = |dialect: &str, text: &str, expected: &str| {
            let rules = Dialect::parse(dialect).expect("a known dialect").lexical();
            assert_eq!(string_value(&lex(text, rules)[0], text, rules), expected);
        };
        check("", "'it''s'", "it's");
        check("bigquery", r"'a\'b'", "a'b");
        check("postgres", "$t$c$t$", "c");
        check("spark", r"r'a\n'", r"a\n");
    }
}
