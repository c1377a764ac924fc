//! From SQL text to the parser's own tree.
//!
//! In: plain SQL without macros, and its dialect. Out: the tree of exactly one statement, query or expression with the
//! means to place its spans in the text, or one failure that says what was found where. It never leaves a token
//! unread, never recurses without a bound, and takes time linear in the text.

mod depth;
mod escapes;
mod failure;
mod literals;
mod offsets;

use std::borrow::Cow;
use std::ops::Range;

use sqlparser::ast::{Expr, Query, Statement};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Whitespace};

use crate::dialect::Dialect;
use crate::lex::{self, TokenKind, lex};
use crate::sql::dialect::tokens::rewrite;
use crate::sql::dialect::{IN_EVERY_DIALECT, Wrapper, syntax, wrapper};

pub use depth::{STACK_SIZE, on_deep_stack};
pub use failure::ParseFailure;
pub use offsets::Offsets;

/// How deep expressions, queries and types may be nested.
pub const DEPTH_LIMIT: usize = 300;

/// How many times an expression may begin for each token of the text, before the text counts as hostile.
const EXPRESSIONS_PER_TOKEN: usize = 64;

/// What a text was parsed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<T> {
    /// The parser's tree.
    pub tree: T,
    /// Places the tree's spans in the text.
    pub offsets: Offsets,
    /// The byte ranges of all tokens in order, without whitespace, comments and the final semicolon: many nodes have
    /// no span or a partial one, which can be widened with these.
    pub tokens: Vec<Range<usize>>,
}

/// Parses a text that is one query.
pub fn parse_query(sql: &str, dialect: Dialect) -> Result<Parsed<Box<Query>>, ParseFailure> {
    parse_whole(sql, dialect, |parser| parser.parse_query())
}

/// Parses a text that is one statement of any kind.
pub fn parse_statement(sql: &str, dialect: Dialect) -> Result<Parsed<Statement>, ParseFailure> {
    parse_whole(sql, dialect, |parser| parser.parse_statement())
}

/// Parses a text that is one expression.
pub fn parse_expression(sql: &str, dialect: Dialect) -> Result<Parsed<Expr>, ParseFailure> {
    parse_whole(sql, dialect, |parser| parser.parse_expr())
}

fn parse_whole<T>(
    sql: &str,
    dialect: Dialect,
    parse: fn(&mut Parser) -> Result<T, ParserError>,
) -> Result<Parsed<T>, ParseFailure> {
    let sql = &*without_jinja_comments(sql, dialect);
    let offsets = Offsets::new(sql);
    let wrapper = wrapper(dialect);
    let tokens =
        tokenize(sql, dialect, &wrapper, &offsets).map_err(|error| ParseFailure::new(&error, sql, &offsets, &[]))?;
    depth::check_chains(&tokens, &offsets, sql)?;
    let ranges = ranges(&tokens, &offsets);
    let tokens = rewrite(tokens, IN_EVERY_DIALECT.iter().chain(syntax(dialect.family).rules));
    wrapper.limit_expressions(tokens.len().saturating_mul(EXPRESSIONS_PER_TOKEN).saturating_add(1000));
    let mut parser = Parser::new(&wrapper).with_recursion_limit(DEPTH_LIMIT).with_tokens_with_locations(tokens);
    match parse(&mut parser).and_then(|tree| expect_end(&mut parser).map(|()| tree)) {
        Ok(tree) => Ok(Parsed { tree, offsets, tokens: ranges }),
        Err(ParserError::RecursionLimitExceeded) => {
            let at = offsets.range(parser.get_current_token().span);
            Err(ParseFailure::too_deep(at, sql, wrapper.is_exhausted()))
        }
        Err(error) => Err(ParseFailure::new(&error, sql, &offsets, &ranges)),
    }
}

/// The text with blanks in the place of `{# … #}`, so that every other byte stays where it is.
fn without_jinja_comments(sql: &str, dialect: Dialect) -> Cow<'_, str> {
    if !sql.contains("{#") {
        return Cow::Borrowed(sql);
    }
    let tokens = lex(sql, dialect.lexical());
    let is_jinja = |token: &&lex::Token| token.kind == TokenKind::Comment && token.text(sql).starts_with("{#");
    let mut text = String::with_capacity(sql.len());
    for comment in tokens.iter().filter(is_jinja).filter(|token| !token.unterminated) {
        text.push_str(sql.get(text.len()..comment.start).unwrap_or_default());
        text.extend(comment.text(sql).bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    }
    text.push_str(sql.get(text.len()..).unwrap_or_default());
    Cow::Owned(text)
}

fn tokenize(
    sql: &str,
    dialect: Dialect,
    wrapper: &Wrapper,
    offsets: &Offsets,
) -> Result<Vec<TokenWithSpan>, ParserError> {
    let mut tokens = literals::tokenize(sql, dialect, wrapper)?;
    if dialect.lexical().backslash_escapes {
        escapes::reread(&mut tokens, sql, offsets, dialect.family);
    }
    refuse_hash_comments(&tokens, dialect)?;
    shorten_whitespace(&mut tokens);
    while matches!(tokens.last(), Some(last) if is_blank(&last.token)) {
        tokens.pop();
    }
    if matches!(tokens.last(), Some(last) if last.token == Token::SemiColon) {
        tokens.pop();
    }
    Ok(tokens)
}

/// The lexer takes `#` for a comment in dialects that have no such comments: what follows would be lost.
fn refuse_hash_comments(tokens: &[TokenWithSpan], dialect: Dialect) -> Result<(), ParserError> {
    let is_hash = |token: &Token| matches!(token, Token::Whitespace(Whitespace::SingleLineComment { prefix, .. }) if prefix == "#");
    let found = tokens.iter().find(|token| is_hash(&token.token));
    match found.filter(|_| !dialect.lexical().hash_comments) {
        Some(token) => Err(ParserError::TokenizerError(format!("unexpected character '#'{}", token.span.start))),
        None => Ok(()),
    }
}

/// Keeps one whitespace token of each run (the line feed, if there is one): the parser steps over them one by one
/// each time it looks ahead. Comments stay, as some are hints.
fn shorten_whitespace(tokens: &mut Vec<TokenWithSpan>) {
    let is_space =
        |token: &Token| matches!(token, Token::Whitespace(Whitespace::Space | Whitespace::Tab | Whitespace::Newline));
    tokens.dedup_by(|next, kept| {
        let run = is_space(&next.token) && is_space(&kept.token);
        if run && next.token == Token::Whitespace(Whitespace::Newline) {
            kept.token = Token::Whitespace(Whitespace::Newline);
        }
        run
    });
}

fn is_blank(token: &Token) -> bool {
    matches!(token, Token::Whitespace(_))
}

fn ranges(tokens: &[TokenWithSpan], offsets: &Offsets) -> Vec<Range<usize>> {
    let code = tokens.iter().filter(|token| !is_blank(&token.token));
    code.filter_map(|token| offsets.range(token.span)).collect()
}

fn expect_end(parser: &mut Parser) -> Result<(), ParserError> {
    match parser.peek_token_ref() {
        token if token.token == Token::EOF => Ok(()),
        token => parser.expected_ref("the end of the statement", token),
    }
}

#[cfg(test)]
mod tests;
