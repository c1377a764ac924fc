//! Values of header properties that this stage reads: lists of names, columns, pairs.

use super::parse::{Source, split_commas};
use crate::dialect::{Dialect, LexicalRules};
use crate::lex::{Token, TokenKind, identifier_text, lex_code};
use crate::names::ColumnName;
use crate::project::DeclaredColumn;

/// Words that end a column's type.
const CONSTRAINTS: [&str; 9] =
    ["comment", "not", "null", "primary", "default", "constraint", "check", "unique", "options"];

/// The items of `(a, b)`, `[a, b]` or a single `a`, as texts.
pub(crate) fn items(value: &str, rules: LexicalRules) -> Vec<&str> {
    let tokens = lex_code(value, rules);
    let pieces = split_commas(unwrap(value, &tokens));
    pieces.into_iter().filter_map(|piece| text_of(value, piece)).collect()
}

/// `key := value` or `key = value` pairs of `(…, …)`; keys in lower case.
pub(crate) fn pairs(value: &str, rules: LexicalRules) -> Vec<(String, String)> {
    let tokens = lex_code(value, rules);
    let pieces = split_commas(unwrap(value, &tokens));
    pieces.into_iter().filter_map(|piece| pair(value, piece)).collect()
}

fn pair(text: &str, piece: &[Token]) -> Option<(String, String)> {
    let (key, rest) = piece.split_first()?;
    let value = match rest {
        [colon, equals, value @ ..] if colon.is_symbol(':') && equals.is_symbol('=') => value,
        [equals, value @ ..] if equals.is_symbol('=') || equals.is_symbol(':') => value,
        _ => return None,
    };
    let name = match key.kind {
        TokenKind::String => key.text(text).trim_matches('\'').to_owned(),
        _ => identifier_text(key, text).0,
    };
    Some((name.to_lowercase(), text_of(text, value)?.to_owned()))
}

fn text_of<'t>(text: &'t str, piece: &[Token]) -> Option<&'t str> {
    text.get(piece.first()?.start..piece.last()?.end)
}

/// What stands inside the brackets, if the whole is in brackets: `(…)`, `[…]`, `ARRAY[…]`.
fn unwrap<'t>(text: &str, tokens: &'t [Token]) -> &'t [Token] {
    match tokens {
        [word, open, ..] if open.is_symbol('[') && word.text(text).eq_ignore_ascii_case("array") => {
            unwrap(text, tokens.get(1..).unwrap_or_default())
        }
        [open, inner @ .., close]
            if (open.is_symbol('(') && close.is_symbol(')') || open.is_symbol('[') && close.is_symbol(']'))
                && is_closed_inside(inner) =>
        {
            inner
        }
        other => other,
    }
}

/// Is every bracket closed by one that is opened here?
fn is_closed_inside(tokens: &[Token]) -> bool {
    let mut depth = 0usize;
    tokens.iter().all(|token| match token.kind {
        TokenKind::Symbol('(' | '[' | '{') => {
            depth += 1;
            true
        }
        TokenKind::Symbol(')' | ']' | '}') => {
            let is_open = depth > 0;
            depth = depth.saturating_sub(1);
            is_open
        }
        _ => true,
    })
}

/// The columns of a `columns (...)` property. `tokens` are those of its value.
pub(crate) fn columns(source: Source<'_>, tokens: &[Token], dialect: Dialect) -> Vec<DeclaredColumn> {
    let mut columns = Vec::new();
    for piece in split_columns(unwrap(source.text, tokens)) {
        let Some((name, rest)) = piece.split_first() else {
            continue;
        };
        let (text, quoted) = identifier_text(name, source.text);
        let rest = match rest {
            // `{a: INT}` in Python-like spelling
            [colon, rest @ ..] if colon.is_symbol(':') => rest,
            rest => rest,
        };
        let end = rest.iter().position(|token| is_constraint(token, source.text)).unwrap_or(rest.len());
        let data_type = text_of(source.text, rest.get(..end).unwrap_or(rest)).unwrap_or("");
        let name_of: ColumnName = dialect.normalize(&text, quoted).into();
        columns.push(DeclaredColumn {
            name: name_of,
            data_type: data_type.to_owned(),
            location: source.location(name.start, piece.last().map_or(name.end, |token| token.end)),
        });
    }
    columns
}

fn is_constraint(token: &Token, text: &str) -> bool {
    token.kind == TokenKind::Word && CONSTRAINTS.iter().any(|word| token.is_word(text, word))
}

/// Splits at commas outside of brackets, where `<` and `>` are brackets too: `STRUCT<a INT, b INT>`.
fn split_columns(tokens: &[Token]) -> Vec<&[Token]> {
    let mut pieces = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol('(' | '[' | '{' | '<') => depth += 1,
            TokenKind::Symbol(')' | ']' | '}' | '>') => depth = depth.saturating_sub(1),
            TokenKind::Symbol(',') if depth == 0 => {
                pieces.push(tokens.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(tokens.get(start..).unwrap_or_default());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_pairs() {
        let rules = Dialect::default().lexical();
        assert_eq!(items("(a.b, f(x, y),)", rules), ["a.b", "f(x, y)"]);
        assert_eq!(items("a.b", rules), ["a.b"]);
        assert_eq!(items("ARRAY[a, f(x)]", rules), ["a", "f(x)"]);
        assert_eq!(items("(a, b), (c)", rules), ["(a, b)", "(c)"]);
        let expected = [("x".to_owned(), "1".to_owned()), ("y".to_owned(), "'a, b'".to_owned())];
        assert_eq!(pairs("(X := 1, y = 'a, b')", rules), expected);
    }
}
