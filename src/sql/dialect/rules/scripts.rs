//! Spark's and Hive's queries that a script transforms.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, marked_call, name};

/// `SELECT TRANSFORM(a, b) ROW FORMAT … USING 'script' AS (c INT, d) ROW FORMAT … FROM t`: a call with the script as a
/// marked last argument and one alias for each column.
pub fn scripts(list: &mut TokenList) {
    for i in 1..list.len() {
        let close = list.close(i + 1);
        let is_call = list.is_any(i, &["TRANSFORM", "MAP", "REDUCE"]) && list.is(i + 1, &Token::LParen);
        if !is_call || close >= list.len() || !list.is_any(close + 1, &["USING", "ROW"]) {
            continue;
        }
        let end = list.find(close + 1, |list, at| {
            list.is_any(at, &["FROM", "WHERE", "GROUP", "ORDER", "LIMIT", "UNION", "LATERAL"])
        });
        let using = list.find(close + 1, |list, at| list.is_word(at, "USING"));
        let alias = list.find(using, |list, at| at >= end || list.is_word(at, "AS")).min(end);
        if using >= end {
            continue;
        }
        let text = list.text(close + 1..end);
        list.insert(close, [vec![Token::Comma], marked_call("script", vec![text])].concat());
        list.replace(close + 1..end, script_columns(list, alias));
    }
}

fn script_columns(list: &TokenList, alias: usize) -> Vec<Token> {
    let mut columns = vec![keyword("AS"), Token::LParen];
    let mut at = alias + 2;
    let open = list.is_word(alias, "AS") && list.is(alias + 1, &Token::LParen);
    let close = if open { list.close(alias + 1) } else { 0 };
    while at < close {
        columns.extend(list.copy(at..at + 1));
        at = list.find(at, |list, at| list.is(at, &Token::Comma)) + 1;
        columns.push(Token::Comma);
    }
    if columns.len() == 2 {
        return vec![keyword("AS"), Token::LParen, name("key"), Token::Comma, name("value"), Token::RParen];
    }
    columns.pop();
    columns.push(Token::RParen);
    columns
}
