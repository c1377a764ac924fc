//! Parsing of expressions that the parser lacks.
//!
//! There are no hooks for operators: the parser lends them the left operand, so that each would have to clone it, which
//! is quadratic in a chain. Operators are rewritten as tokens instead.

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName,
    UnaryOperator,
};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Span, Token};

use super::tokens::{PREFIX_MARK, SYNTAX_MARK, is_word};
use super::{Binding, Hooked};

/// How tightly comparisons bind, which `BETWEEN` shares.
const COMPARISON: u8 = 20;
/// Tighter than any operator.
const TIGHTEST: u8 = 100;

/// Keywords that belong to what stands right behind them; the others govern the whole expression that follows.
const TIGHT_PREFIXES: &[&str] = &["approximate", "final", "running", "next_value_for", "unpack"];

/// A word that a rewrite left in the place of a keyword before an expression.
pub fn marked_prefix(parser: &mut Parser, binding: Binding) -> Hooked<Expr> {
    let token = parser.peek_token_ref();
    let span = token.span;
    let Token::Word(word) = &token.token else { return None };
    let keyword = word.value.strip_prefix(PREFIX_MARK)?.to_owned();
    parser.advance_token();
    if keyword == "query" {
        return Some(bracketed_query(parser));
    }
    let precedence = match keyword.as_str() {
        "abs" => binding.of_complement().unwrap_or(TIGHTEST),
        "symmetric" | "asymmetric" | "sounds" | "iregexp" => COMPARISON,
        tight if TIGHT_PREFIXES.contains(&tight) => TIGHTEST,
        _ => 0,
    };
    Some(parser.parse_subexpr(precedence).map(|value| prefixed(&keyword, span, value)))
}

/// A sign where something binds more tightly than `*`, or `~` where that is an operator like others.
pub fn sign(parser: &mut Parser, binding: Binding) -> Hooked<Expr> {
    let (op, precedence) = match parser.peek_token_ref().token {
        Token::Minus => (UnaryOperator::Minus, binding.of_sign()?),
        Token::Plus => (UnaryOperator::Plus, binding.of_sign()?),
        Token::Tilde => (UnaryOperator::BitwiseNot, binding.of_complement()?),
        _ => return None,
    };
    parser.advance_token();
    Some(parser.parse_subexpr(precedence).map(|value| Expr::UnaryOp { op, expr: Box::new(value) }))
}

/// A query in brackets whose first word doesn't tell that it is one.
fn bracketed_query(parser: &mut Parser) -> Result<Expr, ParserError> {
    parser.expect_token(&Token::LParen)?;
    let query = parser.parse_query()?;
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::Subquery(query))
}

fn prefixed(keyword: &str, span: Span, value: Expr) -> Expr {
    Expr::Prefixed { prefix: Ident::with_span(span, keyword), value: Box::new(value) }
}

/// Does the parser stand before these words?
fn at_words(parser: &Parser, words: &[&str]) -> bool {
    words.iter().enumerate().all(|(n, word)| is_word(&parser.peek_nth_token_ref(n).token, word))
}

fn advance(parser: &mut Parser, count: usize) {
    for _ in 0..count {
        parser.advance_token();
    }
}

/// The call of a marked function.
fn marked_function(syntax: &str, arguments: Vec<Expr>, span: Span) -> Expr {
    let name = ObjectName::from(vec![Ident::with_span(span, format!("{SYNTAX_MARK}{syntax}"))]);
    let args = arguments.into_iter().map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))).collect();
    let list = FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() };
    Expr::Function(called(name, FunctionArguments::List(list)))
}

/// A call without anything around it.
fn called(name: ObjectName, args: FunctionArguments) -> Function {
    Function {
        name,
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args,
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    }
}

/// `LIST[1, 2]`, `MAP[…]` without a colon, `LIST(SELECT …)`.
pub fn list_constructor(parser: &mut Parser) -> Hooked<Expr> {
    let span = parser.peek_token_ref().span;
    if !at_words(parser, &["LIST"]) || parser.peek_nth_token_ref(1).token != Token::LBracket {
        return None;
    }
    advance(parser, 2);
    let mut elements = || -> Result<Expr, ParserError> {
        let mut values = Vec::new();
        if parser.peek_token_ref().token != Token::RBracket {
            values = parser.parse_comma_separated(Parser::parse_expr)?;
        }
        parser.expect_token(&Token::RBracket)?;
        Ok(marked_function("list", values, span))
    };
    Some(elements())
}

/// `ARRAY(FROM t |> …)`: the parser knows a query in these brackets by its first word, but not by this one.
pub fn array_of_query(parser: &mut Parser) -> Hooked<Expr> {
    let token = parser.peek_token_ref();
    let span = token.span;
    let is_from = at_words(parser, &["ARRAY"]) && is_word(&parser.peek_nth_token_ref(2).token, "FROM");
    if !is_from || parser.peek_nth_token_ref(1).token != Token::LParen {
        return None;
    }
    advance(parser, 2);
    let mut query = || -> Result<Expr, ParserError> {
        let query = parser.parse_query()?;
        parser.expect_token(&Token::RParen)?;
        let name = ObjectName::from(vec![Ident::with_span(span, "ARRAY")]);
        Ok(Expr::Function(called(name, FunctionArguments::Subquery(query))))
    };
    Some(query())
}
