//! Keywords inside of calls.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, marked_call, prefix_mark};

/// `f(TABLE t, MODEL m, VARIADIC x)`: each becomes a prefix of the argument.
///
/// In `CREATE TABLE t (model TEXT)` the same words are columns: there only what follows `SELECT` is looked at.
pub fn argument_keywords(list: &mut TokenList, words: &[&str]) {
    let defines = list.is_word(0, "CREATE");
    let query = list.find(0, |list, at| list.is_word(at, "SELECT"));
    for i in 1..list.len() {
        let starts = matches!(list.before(i), Token::LParen | Token::Comma | Token::RArrow);
        let goes_on = matches!(
            list.token(i + 1),
            Token::Word(_) | Token::SingleQuotedString(_) | Token::NationalStringLiteral(_)
        ) && !list.is_any(i + 1, AFTER_A_COLUMN);
        // `AS (SELECT id, name FROM t)` is no call.
        let in_call = list.outer(i).is_some_and(|open| {
            let is_query = list.is_any(open + 1, &["SELECT", "WITH", "FROM", "VALUES"]);
            list.is(open, &Token::LParen) && matches!(list.before(open), Token::Word(_)) && !is_query
        });
        if starts && goes_on && in_call && list.is_any(i, words) && !(defines && i < query) {
            prefix(list, i, 1);
        }
    }
}

/// Words that follow a column or stand between it and something else.
const AFTER_A_COLUMN: &[&str] = &[
    "AND", "AS", "AT", "BETWEEN", "COLLATE", "FROM", "ILIKE", "IN", "IS", "LIKE", "NOT", "OR", "ORDER", "RLIKE",
    "SIMILAR",
];

/// Makes `count` words from `i` on a prefix of the expression that follows.
pub fn prefix(list: &mut TokenList, i: usize, count: usize) {
    let words: Vec<String> = (i..i + count).map(|at| list.token(at).to_string().to_lowercase()).collect();
    list.replace(i..i + count, vec![prefix_mark(&words.join("_"))]);
}

/// `NEXT VALUE FOR sequence`.
pub fn sequence_values(list: &mut TokenList) {
    for i in 0..list.len() {
        if list.are_words(i, &["NEXT", "VALUE", "FOR"]) {
            prefix(list, i, 3);
        }
    }
}

/// What follows the arguments (`CHAR(65 USING utf8)`, `JSON_VALUE(x, '$.a' NULL ON ERROR)`) and names no column is
/// kept as text in a marked last argument.
pub fn call_suffixes(list: &mut TokenList) {
    suffixes_of(list, &["CHAR", "CHR", "JSON_VALUE", "JSON_EXISTS", "JSON_QUERY"]);
}

/// The same for calls of these functions.
pub fn suffixes_of(list: &mut TokenList, functions: &[&str]) {
    for i in 0..list.len() {
        let close = list.close(i + 1);
        if list.is_taken(i) || !list.is_any(i, functions) || !list.is(i + 1, &Token::LParen) || close == list.len() {
            continue;
        }
        let start = list.find(i + 2, is_suffix);
        let start = start - usize::from(list.is(start.wrapping_sub(1), &Token::Comma));
        if start > i + 2 && start < close && !list.any(start..close, |list, at| list.is_word(at, "PASSING")) {
            let call = marked_call("suffix", vec![list.text(start..close)]);
            list.replace(start..close, [vec![Token::Comma], call].concat());
        }
    }
}

fn is_suffix(list: &TokenList, at: usize) -> bool {
    let literal = matches!(list.token(at + 1), Token::Number(..) | Token::SingleQuotedString(_));
    list.is_word(at, "USING")
        || list.is_word(at, "RETURNING")
        || list.are_words(at, &["FORMAT", "JSON"])
        || (list.is_any(at, &["NULL", "ERROR", "TRUE", "FALSE", "ABSENT"]) && list.is_word(at + 1, "ON"))
        || (list.is_any(at, &["WITH", "WITHOUT"]) && is_wrapper(list, at + 1))
        || (list.is_any(at, &["KEEP", "OMIT"]) && list.is_word(at + 1, "QUOTES"))
        || (list.is_any(at, &["WITH", "WITHOUT"]) && list.is_word(at + 1, "UNIQUE"))
        || (list.is_word(at, "DEFAULT") && literal && list.is_word(at + 2, "ON"))
}

/// `CONDITIONAL ARRAY WRAPPER`
fn is_wrapper(list: &TokenList, at: usize) -> bool {
    let array = at + usize::from(list.is_any(at, &["CONDITIONAL", "UNCONDITIONAL"]));
    list.is_word(array + usize::from(list.is_word(array, "ARRAY")), "WRAPPER")
}

/// `model!PREDICT(x)`: one name.
pub fn method_calls(list: &mut TokenList) {
    for i in 1..list.len() {
        if let (Token::Word(object), Token::Word(method)) = (list.token(i - 1), list.token(i + 1))
            && list.is(i, &Token::ExclamationMark)
            && object.quote_style.is_none()
            && method.quote_style.is_none()
        {
            let merged = crate::sql::dialect::tokens::name(&format!("{}!{}", object.value, method.value));
            list.replace(i - 1..i + 2, vec![merged]);
        }
    }
}

/// `{*}` and `{t.* EXCLUDE (a)}`: an object of columns.
pub fn objects_of_columns(list: &mut TokenList) {
    for i in 0..list.len() {
        let close = list.close(i);
        let has_star = list.is(i + 1, &Token::Mul) || (list.is(i + 2, &Token::Period) && list.is(i + 3, &Token::Mul));
        if list.is(i, &Token::LBrace) && has_star && close < list.len() {
            list.replace(i..i + 1, vec![crate::sql::dialect::tokens::mark("object"), Token::LParen]);
            list.replace(close..close + 1, vec![Token::RParen]);
        }
    }
}

/// `FINAL x` and `RUNNING x` in the measures of `MATCH_RECOGNIZE`.
pub fn measure_semantics(list: &mut TokenList) {
    for i in 1..list.len() {
        let starts = list.is_word(i - 1, "MEASURES") || list.is(i - 1, &Token::Comma);
        let in_match = list.outer(i).is_some_and(|open| open > 0 && list.is_word(open - 1, "MATCH_RECOGNIZE"));
        let goes_on = matches!(list.token(i + 1), Token::Word(_)) && !list.is_word(i + 1, "AS");
        if starts && in_match && goes_on && list.is_any(i, &["FINAL", "RUNNING"]) {
            prefix(list, i, 1);
        }
    }
}

/// `APPROXIMATE COUNT(DISTINCT x)`.
pub fn approximate_calls(list: &mut TokenList) {
    for i in 0..list.len() {
        if list.is_word(i, "APPROXIMATE")
            && matches!(list.token(i + 1), Token::Word(_))
            && list.is(i + 2, &Token::LParen)
        {
            prefix(list, i, 1);
        }
    }
}

/// `*COLUMNS(pattern)` unpacks columns into arguments.
pub fn unpacked_columns(list: &mut TokenList) {
    for i in 1..list.len() {
        let starts = matches!(list.before(i), Token::LParen | Token::Comma | Token::LBracket | Token::Colon);
        if list.is(i, &Token::Mul) && starts && list.is_word(i + 1, "COLUMNS") && list.is(i + 2, &Token::LParen) {
            list.replace(i..i + 1, vec![prefix_mark("unpack")]);
        }
    }
}

/// `COLUMNS(c -> …)` is `COLUMNS(LAMBDA c: …)`.
pub fn lambdas_of_columns(list: &mut TokenList) {
    for i in list.places(0, &["COLUMNS"]) {
        let is_lambda = list.is(i + 1, &Token::LParen) && list.is(i + 3, &Token::Arrow);
        if is_lambda && matches!(list.token(i + 2), Token::Word(_)) {
            list.insert(i + 2, vec![keyword("LAMBDA")]);
            list.replace(i + 3..i + 4, vec![Token::Colon]);
        }
    }
}
