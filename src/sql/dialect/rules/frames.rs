//! Frames of windows.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, marked_call};

/// `OVER (… ROWS … EXCLUDE TIES)`: kept as a first partition key.
pub fn exclusions(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is_word(i, "EXCLUDE") {
            continue;
        }
        let end = match list.token(i + 1) {
            _ if list.is_any(i + 1, &["TIES", "GROUP"]) => i + 2,
            _ if list.are_words(i + 1, &["CURRENT", "ROW"]) || list.are_words(i + 1, &["NO", "OTHERS"]) => i + 3,
            _ => continue,
        };
        let Some(open) = list.outer(i) else { continue };
        if !list.is(end, &Token::RParen) {
            continue;
        }
        let key = marked_call("frame", vec![list.text(i..end)]);
        if list.are_words(open + 1, &["PARTITION", "BY"]) {
            list.insert(open + 3, [key, vec![Token::Comma]].concat());
        } else if list.is_any(open + 1, &["ORDER", "ROWS", "RANGE", "GROUPS"]) {
            list.insert(open + 1, [vec![keyword("PARTITION"), keyword("BY")], key].concat());
        } else {
            continue;
        }
        list.replace(i..end, Vec::new());
    }
}

/// `RANGE BETWEEN '1 day'::INTERVAL PRECEDING AND …`: a bound that begins with a text has brackets.
pub fn computed_bounds(list: &mut TokenList) {
    for end in list.places(2, &["PRECEDING", "FOLLOWING"]) {
        let start = (0..end).rev().take(MAX_BOUND).find(|at| list.is_any(*at, &["BETWEEN", "AND", "ROWS", "RANGE"]));
        let Some(start) = start.map(|word| word + 1) else { continue };
        if matches!(list.token(start), Token::SingleQuotedString(_)) && start + 1 < end {
            list.insert(start, vec![Token::LParen]);
            list.insert(end, vec![Token::RParen]);
        }
    }
}

/// Of how many tokens a bound is at most.
const MAX_BOUND: usize = 32;
