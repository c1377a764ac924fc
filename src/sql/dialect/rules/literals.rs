//! Literals.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::words::is_operand;
use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call};

/// `pg_snapshot '1:2'`, where no name stands before a text but that of a type: a cast.
pub fn of_any_type(list: &mut TokenList) {
    for i in 1..list.len() {
        let Token::Word(word) = list.token(i) else { continue };
        let is_name = word.keyword == Keyword::NoKeyword && word.quote_style.is_none();
        let is_text = matches!(list.token(i + 1), Token::SingleQuotedString(_));
        if is_name && is_text && is_operand(list, i) && !word.value.starts_with("__impact") {
            cast(list, i, i + 1);
        }
    }
}

/// Makes a cast of the type that ends before `value` and the text there.
fn cast(list: &mut TokenList, start: usize, value: usize) {
    let (of, text) = (list.copy(start..value), list.copy(value..value + 1));
    let cast = [vec![keyword("CAST"), Token::LParen], text, vec![keyword("AS")], of, vec![Token::RParen]];
    list.replace(start..value + 1, cast.concat());
}

/// `POINT '(1,2)'` with one of these types that the parser knows no literals of: a cast.
pub fn of_types(list: &mut TokenList, types: &[&str]) {
    for i in list.places(1, types) {
        let is_text = matches!(list.token(i + 1), Token::SingleQuotedString(_) | Token::DoubleQuotedString(_));
        if is_text && is_operand(list, i) {
            cast(list, i, i + 1);
        }
    }
}

/// `INTERVAL (2) '1 second'`: a cast, as the parser forgets the precision. So is a name in the place of the text, which stands
/// for what isn't understood.
pub fn precise_intervals(list: &mut TokenList) {
    for i in list.places(0, &["INTERVAL"]) {
        let is_precise = list.is(i + 1, &Token::LParen)
            && matches!(list.token(i + 2), Token::Number(..))
            && list.is(i + 3, &Token::RParen);
        let is_value = match list.token(i + 4) {
            Token::Word(word) => word.keyword == Keyword::NoKeyword,
            token => matches!(token, Token::SingleQuotedString(_)),
        };
        if is_precise && is_value {
            cast(list, i, i + 4);
        }
    }
}

/// `E'a'` and `'b'` on the next line are one text.
pub fn continued(list: &mut TokenList) {
    let is_text = |list: &TokenList, at: usize| {
        matches!(
            list.token(at),
            Token::EscapedStringLiteral(_)
                | Token::UnicodeStringLiteral(_)
                | Token::NationalStringLiteral(_)
                | Token::SingleQuotedByteStringLiteral(_)
                | Token::HexStringLiteral(_)
        )
    };
    for i in 0..list.len() {
        if !is_text(list, i) || list.is_taken(i) {
            continue;
        }
        let mut arguments = list.copy(i..i + 1);
        let mut end = i + 1;
        while matches!(list.token(end), Token::SingleQuotedString(_)) {
            arguments.extend([Token::Comma, list.token(end).clone()]);
            end += 1;
        }
        if list.is_word(end, "UESCAPE") && matches!(list.token(end + 1), Token::SingleQuotedString(_)) && end > i + 1 {
            arguments.extend([Token::Comma, mark("uescape"), Token::Comma, list.token(end + 1).clone()]);
            end += 2;
        }
        if end > i + 1 {
            list.replace(i..end, marked_call("text", arguments));
        }
    }
}

/// `'a' 'b'`: one text.
pub fn adjacent(list: &mut TokenList) {
    let mut i = 0;
    while i < list.len() {
        let mut text = String::new();
        let mut end = i;
        while let Token::SingleQuotedString(part) | Token::DoubleQuotedString(part) = list.token(end) {
            text.push_str(part);
            end += 1;
        }
        if end > i + 1 {
            list.replace(i..end, vec![Token::SingleQuotedString(text)]);
        }
        i = end.max(i + 1);
    }
}
