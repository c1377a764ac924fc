//! Literals that the parser's lexer cuts at other places than the engines do: raw texts and bytes.
//!
//! In: a text. Out: its tokens. Where our own lexer finds such a literal it becomes a token here, and the parser's lexer reads
//! what stands between: BigQuery's `r'\''` is one text of two characters, as are its bytes `b'\''`, and Spark's `r'\'` one of one.

use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, TokenizerError};

use crate::dialect::{Dialect, Family};
use crate::lex::{self, TokenKind, lex};
use crate::sql::dialect::Wrapper;
use crate::sql::dialect::tokens::mark;

/// Lexes a text.
pub fn tokenize(sql: &str, dialect: Dialect, wrapper: &Wrapper) -> Result<Vec<TokenWithSpan>, TokenizerError> {
    let literals = literals(sql, dialect);
    if literals.is_empty() {
        return wrapper.tokenize(sql);
    }
    let mut tokens = Vec::new();
    let mut place = Place { location: Location::new(1, 1), at: 0 };
    for literal in literals {
        place.lex(sql.get(place.at..literal.start).unwrap_or(""), wrapper, &mut tokens)?;
        let text = literal.text(sql);
        let start = place.location;
        place.advance(text);
        let span = Span::new(start, place.location);
        tokens.extend(literal_tokens(text, dialect).into_iter().map(|token| TokenWithSpan { token, span }));
    }
    place.lex(sql.get(place.at..).unwrap_or(""), wrapper, &mut tokens)?;
    Ok(tokens)
}

/// The literals that are read here.
fn literals(sql: &str, dialect: Dialect) -> Vec<lex::Token> {
    let has_raw = matches!(dialect.family, Family::BigQuery | Family::Databricks | Family::Spark);
    let may_have = has_raw
        && ["'", "\""].iter().any(|quote| {
            let mut quotes = sql.match_indices(quote);
            quotes.any(|(at, _)| sql.get(..at).is_some_and(|before| before.ends_with(['r', 'R', 'b', 'B'])))
        });
    if !may_have {
        return Vec::new();
    }
    let tokens = lex(sql, dialect.lexical()).into_iter();
    let is_bytes = |text: &str| text.starts_with(['b', 'B']) && dialect.family == Family::BigQuery;
    let is_literal = |token: &lex::Token| {
        let text = token.text(sql);
        token.kind == TokenKind::String && !token.unterminated && (text.starts_with(['r', 'R']) || is_bytes(text))
    };
    tokens.filter(is_literal).collect()
}

/// The literal as the parser reads it. Raw bytes are a marked call, as what their backslashes mean isn't what it is in bytes.
fn literal_tokens(text: &str, dialect: Dialect) -> Vec<Token> {
    let quote = text.find(['\'', '"']).unwrap_or(text.len());
    let (prefix, quoted) = text.split_at(quote);
    let is_triple = dialect.lexical().triple_quotes
        && quoted.len() >= 6
        && (quoted.starts_with("'''") || quoted.starts_with("\"\"\""));
    let width = if is_triple { 3 } else { 1 };
    let body = quoted.get(width..quoted.len().saturating_sub(width)).unwrap_or("").to_owned();
    match prefix.to_ascii_lowercase().as_str() {
        "r" => vec![Token::SingleQuotedRawStringLiteral(body)],
        "b" => vec![Token::SingleQuotedByteStringLiteral(body)],
        _ => vec![mark("raw_bytes"), Token::LParen, Token::SingleQuotedRawStringLiteral(body), Token::RParen],
    }
}

/// How far the text is read.
struct Place {
    location: Location,
    at: usize,
}

impl Place {
    /// Lexes the next part of the text.
    fn lex(&mut self, part: &str, wrapper: &Wrapper, tokens: &mut Vec<TokenWithSpan>) -> Result<(), TokenizerError> {
        let start = self.location;
        let moved = |location: Location| match location.line {
            1 => Location::new(start.line, start.column + location.column - 1),
            line => Location::new(start.line + line - 1, location.column),
        };
        let found =
            wrapper.tokenize(part).map_err(|error| TokenizerError { location: moved(error.location), ..error })?;
        tokens.extend(found.into_iter().map(|token| TokenWithSpan {
            span: Span::new(moved(token.span.start), moved(token.span.end)),
            token: token.token,
        }));
        self.advance(part);
        Ok(())
    }

    fn advance(&mut self, part: &str) {
        self.at += part.len();
        match part.rfind('\n') {
            Some(last) => {
                self.location.line += part.matches('\n').count() as u64;
                self.location.column = 1 + part.get(last + 1..).unwrap_or("").chars().count() as u64;
            }
            None => self.location.column += part.chars().count() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_query;
    use super::*;
    use crate::sql::dialect::testing::{differ, parses, same};

    #[test]
    fn quotes_in_raw_texts() {
        parses(Family::BigQuery, &[r#"SELECT r'a\'b' AS a, R"\"" AS b, r'''c'\'''' AS c, rb'\'' AS d, bR"x" AS e"#]);
        differ(Family::BigQuery, r"SELECT r'\''", r"SELECT '\''");
        differ(Family::BigQuery, r"SELECT rb'\x41'", r"SELECT b'\x41'");
        differ(Family::BigQuery, r"SELECT b'\'a'", r"SELECT b'\'b'");
        same(Family::BigQuery, r"SELECT r'\d'", r"SELECT '\\d'");
    }

    #[test]
    fn raw_texts_of_spark() {
        parses(Family::Spark, &[r"SELECT r'\' AS a, R'b' AS b FROM t WHERE c RLIKE r'^\d+$'"]);
        differ(Family::Databricks, r"SELECT r'a'", "SELECT r AS a");
        same(Family::Spark, r"SELECT r'\d'", r"SELECT '\\d'");
        differ(Family::Spark, r"SELECT r'\n'", r"SELECT '\n'");
    }

    #[test]
    fn names_that_end_so_are_no_prefix() {
        let texts = ["SELECT r FROM t AS r WHERE r='x' AND b = 'y'", "SELECT a, 'r' AS b -- r'\n, 'x' AS c FROM t"];
        parses(Family::BigQuery, &texts);
    }

    #[test]
    fn places_are_those_in_the_whole_text() {
        let sql = "SELECT é, r'a\n\\'b' AS x,\n r'c' AS y, f(z)\nFROM t";
        let parsed = parse_query(sql, Dialect::new(Family::BigQuery)).expect("a query");
        let texts: Vec<&str> = parsed.tokens.into_iter().filter_map(|range| sql.get(range)).collect();
        let expected =
            ["SELECT", "é", ",", "r'a\n\\'b'", "AS", "x", ",", "r'c'", "AS", "y", ",", "f", "(", "z", ")", "FROM", "t"];
        assert_eq!(texts, expected);
    }
}
