//! Arguments of SQL's JSON functions.

use sqlparser::tokenizer::Token;

use super::calls::suffixes_of;
use crate::sql::dialect::tokens::{TokenList, mark, marked_call};

/// `JSON_EXISTS(x FORMAT JSON, '$.a' PASSING 'b' AS "c")`: what the parser lacks becomes marked arguments.
pub fn arguments(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.are_words(i, &["FORMAT", "JSON"]) && !list.is_taken(i) {
            let encoding = list.is_word(i + 2, "ENCODING").then(|| list.token(i + 3).to_string().to_lowercase());
            let end = i + if encoding.is_some() { 4 } else { 2 };
            if matches!(list.token(end), Token::Comma | Token::RParen) {
                let name = encoding.map_or("format_json".to_owned(), |encoding| format!("format_json_{encoding}"));
                list.replace(i..end, vec![Token::Comma, mark(&name)]);
            }
        }
        key(list, i);
        let Some(open) = list.outer(i).filter(|_| list.is_word(i, "PASSING")) else { continue };
        if open == 0 || !list.is_any(open - 1, &["JSON_EXISTS", "JSON_VALUE", "JSON_QUERY"]) {
            continue;
        }
        list.replace(i..i + 1, vec![Token::Comma, mark("passing"), Token::Comma]);
        let close = list.close(open);
        let mut at = i + 1;
        while at < close {
            let alias = list.find(at, |list, at| list.is_word(at, "AS"));
            if !list.is_word(alias, "AS") {
                break;
            }
            let text = marked_call("name", vec![list.text(alias + 1..alias + 2)]);
            list.replace(alias..alias + 2, [vec![Token::Comma], text].concat());
            let suffix = alias + 2;
            if !list.is(suffix, &Token::Comma) {
                if suffix < close {
                    let call = marked_call("suffix", vec![list.text(suffix..close)]);
                    list.replace(suffix..close, [vec![Token::Comma], call].concat());
                }
                break;
            }
            at = suffix + 1;
        }
    }
}

/// `KEY 'k' VALUE v` is `'k' : v`, and so is it without KEY.
fn key(list: &mut TokenList, i: usize) {
    let in_object =
        list.outer(i).is_some_and(|open| open > 0 && list.is_any(open - 1, &["JSON_OBJECT", "JSON_OBJECTAGG"]));
    let begins = matches!(list.before(i), Token::LParen | Token::Comma);
    if !in_object || !begins || !list.is_word(i, "KEY") {
        return;
    }
    let value = list.find(i, |list, at| list.is_word(at, "VALUE") || list.is(at, &Token::Comma));
    if list.is_word(value, "VALUE") && value > i + 1 {
        list.replace(i..i + 1, Vec::new());
        list.replace(value..value + 1, vec![Token::Colon]);
    }
}

/// `JSON_ARRAY(1, 2 NULL ON NULL RETURNING VARCHAR)`, `JSON_QUERY(x, '$' WITH ARRAY WRAPPER)`: clauses behind the arguments.
pub fn clauses(list: &mut TokenList) {
    suffixes_of(list, &["JSON_ARRAY", "JSON_ARRAYAGG", "JSON_OBJECT", "JSON_OBJECTAGG", "JSON_QUERY", "JSON_VALUE"]);
}
