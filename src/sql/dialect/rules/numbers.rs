//! Numbers that the lexer cuts in pieces.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, marked_call};

/// Spark's suffixes of number literals: what each makes of the number is its type.
const SUFFIXES: &[&str] = &["D", "F", "BD", "L", "S", "Y"];

/// `5d`, `1.5BD`, `12e-2f`: a cast, named after the suffix.
pub fn suffixes(list: &mut TokenList) {
    for i in 0..list.len() {
        let (number, suffix, end) = match (list.token(i), list.token(i + 1)) {
            (Token::Number(number, false), Token::Word(word))
                if word.quote_style.is_none() && list.is_adjacent(i + 1) =>
            {
                (number.clone(), word.value.clone(), i + 2)
            }
            (Token::Word(word), _) if word.quote_style.is_none() && !list.is(i.wrapping_sub(1), &Token::Period) => {
                let digits =
                    word.value.len() - word.value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
                let (number, suffix) = word.value.split_at(digits);
                (number.to_owned(), suffix.to_owned(), i + 1)
            }
            _ => continue,
        };
        if number.is_empty() || !SUFFIXES.iter().any(|known| suffix.eq_ignore_ascii_case(known)) {
            continue;
        }
        let name = format!("number_{}", suffix.to_lowercase());
        let call = marked_call(&name, vec![Token::Number(number, false)]);
        list.replace(i..end, call);
    }
}

/// `0Xff`: the lexer knows only a small x.
pub fn hexadecimal(list: &mut TokenList) {
    for i in 1..list.len() {
        let Token::Word(word) = list.token(i) else { continue };
        let Some(digits) = word.value.strip_prefix('X') else { continue };
        let is_hexadecimal = digits.chars().all(|c| c.is_ascii_hexdigit()) && word.quote_style.is_none();
        let follows = matches!(list.before(i), Token::Number(zero, false) if zero == "0") && list.is_adjacent(i);
        if is_hexadecimal && follows {
            let literal = Token::HexStringLiteral(digits.to_owned());
            list.replace(i - 1..i + 1, vec![literal]);
        }
    }
}

/// `t.1.2`, `(a, b).1`, `f(x).2`: elements of a tuple, as subscripts.
pub fn tuple_elements(list: &mut TokenList) {
    for i in 1..list.len() {
        let number = match list.token(i) {
            Token::Number(number, false) => number,
            // Behind a point the lexer takes digits for a name.
            Token::Word(word) if word.value.bytes().all(|byte| byte.is_ascii_digit()) => &word.value,
            _ => continue,
        };
        if list.is_taken(i) || !list.is_adjacent(i) {
            continue;
        }
        let behind_point = list.is(i - 1, &Token::Period) && i > 1 && list.is_adjacent(i - 1);
        let start = if behind_point { i - 1 } else { i };
        if !(behind_point || number.starts_with('.')) || !ends_value(list, start - 1) {
            continue;
        }
        let mut places: Vec<String> = number.split('.').filter(|place| !place.is_empty()).map(str::to_owned).collect();
        let mut end = i + 1;
        while let Token::Number(next, false) = list.token(end)
            && next.starts_with('.')
            && list.is_adjacent(end)
        {
            places.extend(next.split('.').filter(|place| !place.is_empty()).map(str::to_owned));
            end += 1;
        }
        let subscript = |place: String| {
            let call = marked_call("element", vec![Token::Number(place, false)]);
            [vec![Token::LBracket], call, vec![Token::RBracket]].concat()
        };
        let subscripts: Vec<Token> = places.into_iter().flat_map(subscript).collect();
        list.replace(start..end, subscripts);
    }
}

/// Does a value end at `i`, so that a point behind it belongs to it?
fn ends_value(list: &TokenList, i: usize) -> bool {
    match list.token(i) {
        Token::RParen | Token::RBracket => true,
        Token::Word(word) => word.keyword == Keyword::NoKeyword,
        _ => false,
    }
}

/// `X"1F"`: bytes between double quotes.
pub fn quoted_bytes(list: &mut TokenList) {
    for i in list.places(0, &["X"]) {
        let Token::DoubleQuotedString(digits) = list.token(i + 1) else { continue };
        if list.is_adjacent(i + 1) && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            let literal = Token::HexStringLiteral(digits.clone());
            list.replace(i..i + 2, vec![literal]);
        }
    }
}
