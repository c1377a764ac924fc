//! Parsing of expressions and operators that the parser lacks.

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName,
};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Span, Token};

use super::Hooked;
use super::tokens::{PREFIX_MARK, SYNTAX_MARK, is_word};

/// How tightly comparisons bind, which `BETWEEN` and `IN` share.
const COMPARISON: u8 = 20;
/// How tightly `IS` binds.
const IS: u8 = 17;
/// Tighter than any operator.
const TIGHTEST: u8 = 100;

/// Keywords that belong to what stands right behind them; the others govern the whole expression that follows.
const TIGHT_PREFIXES: &[&str] = &["approximate", "final", "running", "next_value_for", "unpack"];

/// A word that a rewrite left in the place of a keyword before an expression.
pub fn marked_prefix(parser: &mut Parser) -> Hooked<Expr> {
    let token = parser.peek_token_ref();
    let span = token.span;
    let Token::Word(word) = &token.token else { return None };
    let keyword = word.value.strip_prefix(PREFIX_MARK)?.to_owned();
    parser.advance_token();
    let precedence = if TIGHT_PREFIXES.contains(&keyword.as_str()) {
        TIGHTEST
    } else {
        0
    };
    Some(
        parser
            .parse_subexpr(precedence)
            .map(|value| prefixed(&keyword, span, value)),
    )
}

fn prefixed(keyword: &str, span: Span, value: Expr) -> Expr {
    Expr::Prefixed {
        prefix: Ident::with_span(span, keyword),
        value: Box::new(value),
    }
}

/// Does the parser stand before these words?
fn at_words(parser: &Parser, words: &[&str]) -> bool {
    words
        .iter()
        .enumerate()
        .all(|(n, word)| is_word(&parser.peek_nth_token_ref(n).token, word))
}

fn advance(parser: &mut Parser, count: usize) {
    for _ in 0..count {
        parser.advance_token();
    }
}

/// The call of a marked function.
fn marked_function(syntax: &str, arguments: Vec<Expr>, span: Span) -> Expr {
    let name = ObjectName::from(vec![Ident::with_span(span, format!("{SYNTAX_MARK}{syntax}"))]);
    let args = arguments
        .into_iter()
        .map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)))
        .collect();
    Expr::Function(Function {
        name,
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args,
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// `x [NOT] BETWEEN SYMMETRIC a AND b`.
pub fn symmetric_between(parser: &mut Parser, expr: &Expr) -> Hooked<Expr> {
    let negated = at_words(parser, &["NOT"]);
    let at = usize::from(negated);
    let is = |n: usize, word: &str| is_word(&parser.peek_nth_token_ref(n).token, word);
    let symmetric = is(at + 1, "SYMMETRIC");
    if !is(at, "BETWEEN") || !(symmetric || is(at + 1, "ASYMMETRIC")) {
        return None;
    }
    let syntax = match (negated, symmetric) {
        (false, true) => "between_symmetric",
        (true, true) => "not_between_symmetric",
        (false, false) => "between_asymmetric",
        (true, false) => "not_between_asymmetric",
    };
    let span = parser.peek_token_ref().span;
    advance(parser, at + 2);
    let mut bounds = || -> Result<Expr, ParserError> {
        let low = parser.parse_subexpr(COMPARISON)?;
        parser.expect_keyword(Keyword::AND)?;
        let high = parser.parse_subexpr(COMPARISON)?;
        Ok(marked_function(syntax, vec![expr.clone(), low, high], span))
    };
    Some(bounds())
}

/// `x IS y`, `x IS NOT y` for any `y`, as SQLite has it.
pub fn is_any_value(parser: &mut Parser, expr: &Expr) -> Hooked<Expr> {
    const KNOWN: &[&str] = &[
        "NULL",
        "TRUE",
        "FALSE",
        "UNKNOWN",
        "DISTINCT",
        "JSON",
        "NORMALIZED",
        "NFC",
        "NFD",
        "NFKC",
        "NFKD",
    ];
    if !at_words(parser, &["IS"]) {
        return None;
    }
    let negated = is_word(&parser.peek_nth_token_ref(1).token, "NOT");
    let value = parser.peek_nth_token_ref(1 + usize::from(negated)).token.clone();
    if KNOWN.iter().any(|word| is_word(&value, word)) {
        return None;
    }
    advance(parser, 1 + usize::from(negated));
    let right = parser.parse_subexpr(IS).map(Box::new);
    let left = Box::new(expr.clone());
    Some(right.map(|right| {
        if negated {
            Expr::IsDistinctFrom(left, right)
        } else {
            Expr::IsNotDistinctFrom(left, right)
        }
    }))
}

/// How tightly `GLOBAL [NOT] IN` binds.
pub fn global_in_precedence(parser: &Parser) -> Option<u8> {
    let is_global = at_words(parser, &["GLOBAL", "IN"]) || at_words(parser, &["GLOBAL", "NOT", "IN"]);
    is_global.then_some(COMPARISON)
}

/// `x GLOBAL [NOT] IN (…)`.
pub fn global_in(parser: &mut Parser, expr: &Expr) -> Hooked<Expr> {
    global_in_precedence(parser)?;
    let span = parser.peek_token_ref().span;
    parser.advance_token();
    let found = parser.parse_infix(expr.clone(), COMPARISON);
    Some(found.map(|value| prefixed("global", span, value)))
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
