//! Operators that the parser lacks.

use sqlparser::tokenizer::Token;

use super::calls::prefix;
use super::words::is_operand;
use crate::sql::dialect::tokens::{TokenList, keyword, prefix_mark};

/// `x BETWEEN SYMMETRIC a AND b`: the keyword becomes a prefix of the lower bound.
pub fn symmetric_between(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.is_word(i - 1, "BETWEEN") && list.is_any(i, &["SYMMETRIC", "ASYMMETRIC"]) {
            prefix(list, i, 1);
        }
    }
}

/// `x IS y` and `x IS NOT y` for any `y` are `IS NOT DISTINCT FROM` and `IS DISTINCT FROM`.
pub fn is_any_value(list: &mut TokenList) {
    const KNOWN: &[&str] = &["NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT", "JSON", "NORMALIZED"];
    for i in 1..list.len() {
        let negated = list.is_word(i + 1, "NOT");
        let value = i + 1 + usize::from(negated);
        if !list.is_word(i, "IS") || list.is_any(value, KNOWN) || list.is(value, &Token::EOF) {
            continue;
        }
        let words: &[&str] = if negated { &["IS", "DISTINCT", "FROM"] } else { &["IS", "NOT", "DISTINCT", "FROM"] };
        list.replace(i..value, words.iter().map(|word| keyword(word)).collect());
    }
}

/// `x GLOBAL IN (…)`: the list becomes one prefixed element.
pub fn global_in(list: &mut TokenList) {
    for i in 1..list.len() {
        let negated = list.is_word(i + 1, "NOT");
        let open = i + 2 + usize::from(negated);
        let close = list.close(open);
        let is_in = list.is_word(i, "GLOBAL") && list.is_word(open - 1, "IN");
        if is_in && matches!(list.token(open), Token::Word(_)) {
            // `x GLOBAL IN tuple(1, 2)`, `x GLOBAL IN a_table`
            list.replace(i..i + 1, Vec::new());
            list.insert(open, vec![prefix_mark("global")]);
        } else if is_in && list.is(open, &Token::LParen) && close < list.len() {
            list.replace(i..i + 1, Vec::new());
            list.insert(open, vec![Token::LParen, prefix_mark("global")]);
            list.insert(close + 1, vec![Token::RParen]);
        }
    }
}

/// `x IREGEXP y`: without regard to case, which becomes a prefix of the pattern.
pub fn caseless_patterns(list: &mut TokenList) {
    for i in list.places(1, &["IREGEXP"]) {
        if !is_operand(list, i) && matches!(list.token(i + 1), Token::SingleQuotedString(_) | Token::Word(_)) {
            list.replace(i..i + 1, vec![keyword("RLIKE"), prefix_mark("iregexp")]);
        }
    }
}

/// `s GLOB 'a*'` and `s ^@ 'a'`, which the parser lexes and then doesn't know.
pub fn text_operators(list: &mut TokenList) {
    for i in 1..list.len() {
        let operator = match list.token(i) {
            Token::CaretAt => "^@",
            Token::Word(_) if list.is_word(i, "GLOB") => "GLOB",
            _ => continue,
        };
        let is_right = !matches!(list.token(i + 1), Token::EOF | Token::RParen | Token::Comma | Token::Period);
        if is_right && !is_operand(list, i) && !list.is_any(i - 1, &["AS", "FROM", "JOIN", "BY"]) {
            list.replace(i..i + 1, vec![Token::CustomBinaryOperator(operator.into())]);
        }
    }
}

/// `a <+> b`: an operator that the lexer cuts in pieces.
pub fn distances(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_whole = list.is_adjacent(i + 1) && list.is_adjacent(i + 2);
        if list.is(i, &Token::Lt) && list.is(i + 1, &Token::Plus) && list.is(i + 2, &Token::Gt) && is_whole {
            list.replace(i..i + 3, vec![Token::CustomBinaryOperator("<+>".into())]);
        }
    }
}
