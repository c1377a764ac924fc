//! SQL/XML.

use sqlparser::tokenizer::Token;

use super::calls::prefix;
use crate::sql::dialect::tokens::{TokenList, mark, marked_call};

/// `XMLEXISTS('//a' PASSING BY REF x BY REF)`, `XMLSERIALIZE(CONTENT x AS TEXT INDENT)`, `XMLROOT(x, VERSION '1.0')`: what the
/// parser lacks becomes marked arguments and prefixes of arguments.
pub fn functions(list: &mut TokenList) {
    for i in list.places(0, &["XMLEXISTS", "XMLSERIALIZE", "XMLROOT"]) {
        let close = list.close(i + 1);
        if !list.is(i + 1, &Token::LParen) || close >= list.len() || list.is_taken(i) {
            continue;
        }
        let inside = i + 2;
        if list.is_word(i, "XMLEXISTS") {
            exists(list, inside, close);
        } else if list.is_word(i, "XMLROOT") {
            root(list, inside, close);
        } else if list.is_any(inside, &["DOCUMENT", "CONTENT"]) {
            prefix(list, inside, 1);
            let to = list.find(inside, |list, at| list.is_word(at, "AS"));
            if to < close {
                let written_as = marked_call("as", vec![list.text(to + 1..close)]);
                list.replace(to..close, [vec![Token::Comma], written_as].concat());
            }
        }
    }
}

fn exists(list: &mut TokenList, inside: usize, close: usize) {
    let passing = list.find(inside, |list, at| list.is_word(at, "PASSING"));
    if passing >= close {
        return;
    }
    let is_by = |list: &TokenList, at: usize| list.is_word(at, "BY") && list.is_any(at + 1, &["REF", "VALUE"]);
    let by = if is_by(list, passing + 1) { 2 } else { 0 };
    let end = if is_by(list, close - 2) { close - 2 } else { close };
    let words: Vec<String> = (passing..passing + 1 + by).map(|at| list.token(at).to_string().to_lowercase()).collect();
    list.replace(passing..passing + 1 + by, vec![Token::Comma, mark(&words.join("_")), Token::Comma]);
    if end < close && end > passing + 1 + by {
        let words = marked_call("suffix", vec![list.text(end..close)]);
        list.replace(end..close, [vec![Token::Comma], words].concat());
    }
}

fn root(list: &mut TokenList, inside: usize, close: usize) {
    for at in inside..close {
        let begins = list.is(at - 1, &Token::Comma);
        if begins && list.are_words(at + 1, &["NO", "VALUE"]) {
            let word = list.token(at).to_string().to_lowercase();
            list.replace(at..at + 3, vec![mark(&format!("{word}_no_value"))]);
        } else if begins && list.is_any(at, &["VERSION", "STANDALONE"]) {
            prefix(list, at, 1);
        }
    }
}

/// `LATERAL XMLTABLE(…)` sees the relations before it with and without the word.
pub fn lateral_tables(list: &mut TokenList) {
    for i in list.places(1, &["LATERAL"]) {
        if list.is_any(i + 1, &["XMLTABLE", "JSON_TABLE"]) && list.is(i + 2, &Token::LParen) {
            list.replace(i..i + 1, Vec::new());
        }
    }
}
