//! Clauses at the end of a query or a common table expression that name no column of an answer: kept as settings.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, mark};

fn setting(list: &TokenList, range: Range<usize>, syntax: &str) -> Vec<Token> {
    vec![keyword("SETTINGS"), mark(syntax), Token::Eq, list.text(range)]
}

/// `FOR NO KEY UPDATE OF a, b WAIT 5`, `LOCK IN SHARE MODE`: locks that the parser lacks.
pub fn row_locks(list: &mut TokenList) {
    let mut seen = 0;
    for i in 1..list.len() {
        if i < seen {
            continue;
        }
        let mut end = i;
        let mut is_known = true;
        while let Some((next, known)) = lock(list, end) {
            (end, is_known) = (next, is_known && known);
        }
        seen = end;
        if end > i && !is_known {
            let insert = setting(list, i..end, "lock");
            list.replace(i..end, insert);
        }
    }
}

/// Where the lock that begins at `i` ends, and whether the parser knows it.
fn lock(list: &TokenList, i: usize) -> Option<(usize, bool)> {
    if list.are_words(i, &["LOCK", "IN", "SHARE", "MODE"]) {
        return Some((i + 4, false));
    }
    let forms: &[&[&str]] =
        &[&["FOR", "UPDATE"], &["FOR", "SHARE"], &["FOR", "NO", "KEY", "UPDATE"], &["FOR", "KEY", "SHARE"]];
    let form = forms.iter().find(|form| list.are_words(i, form))?;
    let mut known = form.len() == 2;
    let mut at = i + form.len();
    if list.is_word(at, "OF") {
        let end = list.find(at + 1, |list, at| {
            !matches!(list.token(at), Token::Word(_) | Token::Period | Token::Comma)
                || list.is_any(at, &["NOWAIT", "SKIP", "WAIT", "FOR", "LIMIT"])
        });
        known &= end == at + 2;
        at = end;
    }
    if list.is_word(at, "NOWAIT") {
        at += 1;
    } else if list.are_words(at, &["SKIP", "LOCKED"]) {
        at += 2;
    } else if list.is_word(at, "WAIT") {
        (at, known) = (at + 2, false);
    }
    Some((at.min(list.len()), known))
}

/// `WITH CHECK OPTION`, `WITH READ ONLY CONSTRAINT c`.
pub fn view_options(list: &mut TokenList) {
    for i in 1..list.len() {
        let starts = list.are_words(i, &["WITH", "CHECK", "OPTION"]) || list.are_words(i, &["WITH", "READ", "ONLY"]);
        if starts && !list.is_taken(i) {
            let end = list.find(i, |_, _| false);
            let insert = setting(list, i..end, "view");
            list.replace(i..end, insert);
        }
    }
}

/// `AS MATERIALIZED (…)`, `AS NOT MATERIALIZED (…)`: kept inside of the query.
pub fn materializations(list: &mut TokenList) {
    for i in list.places(2, &["MATERIALIZED"]) {
        let from = i - usize::from(list.is_word(i - 1, "NOT"));
        let close = list.close(i + 1);
        if list.is(i + 1, &Token::LParen) && list.is_word(from - 1, "AS") && close < list.len() {
            let insert = setting(list, from..i + 1, "materialized");
            list.replace(from..i + 1, Vec::new());
            list.insert(close, insert);
        }
    }
}

/// `… ) SEARCH DEPTH FIRST BY a SET o CYCLE a SET c USING p` behind a common table expression, and `t(a) USING KEY (a) AS`
/// before one, and so `t(a) MAX RECURSION LEVEL 9 AS`: kept inside of it. They may add columns.
pub fn recursion_clauses(list: &mut TokenList) {
    for i in list.places(1, &["SEARCH", "CYCLE", "USING", "MAX"]) {
        if list.is_taken(i) {
            continue;
        }
        if list.is(i - 1, &Token::RParen) && !list.is_word(i, "USING") {
            let end = recursion_end(list, i);
            if end > i {
                let insert = setting(list, i..end, "recursion");
                list.insert(i - 1, insert);
                list.replace(i..end, Vec::new());
            }
        }
        let is_key = list.are_words(i, &["USING", "KEY"]) && list.is(i + 2, &Token::LParen);
        if is_key || list.are_words(i, &["MAX", "RECURSION", "LEVEL"]) {
            let end = if is_key { list.close(i + 2).saturating_add(1).min(list.len()) } else { i + 4 };
            if list.is_word(end, "AS") && list.is(end + 1, &Token::LParen) {
                let insert = setting(list, i..end, "recursion");
                list.replace(i..end, Vec::new());
                list.insert(list.close(end + 1), insert);
            }
        }
    }
}

fn recursion_end(list: &TokenList, i: usize) -> usize {
    let mut end = i;
    if list.is_word(end, "SEARCH") {
        let set = list.find(end, |list, at| list.is_word(at, "SET"));
        end = if list.is_word(set, "SET") { set + 2 } else { return i };
    }
    if list.is_word(end, "CYCLE") {
        let using = list.find(end, |list, at| list.is_word(at, "USING"));
        end = if list.is_word(using, "USING") { using + 2 } else { return end };
    }
    end.min(list.len())
}
