//! Pipe operators that the parser lacks, kept as text; queries among their operands stay queries.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, marked_call};

/// `|> DISTINCT`, `|> AGGREGATE a GROUP AND ORDER BY b`, `|> FULL OUTER UNION ALL BY NAME (…)`.
pub fn pipe_operators(list: &mut TokenList) {
    for i in 0..list.len() {
        if !list.is(i, &Token::VerticalBarRightAngleBracket) || list.is_taken(i) {
            continue;
        }
        let end = list.find(i + 1, |list, at| list.is(at, &Token::VerticalBarRightAngleBracket));
        if !lacks(list, i + 1, end) {
            continue;
        }
        let mut arguments = vec![list.text(i + 1..end)];
        let mut at = i + 1;
        while at < end {
            if list.is(at, &Token::LParen) && list.is_any(at + 1, &["SELECT", "WITH", "FROM"]) {
                let close = list.close(at).saturating_add(1).min(end);
                arguments.push(Token::Comma);
                arguments.extend(list.copy(at..close));
                at = close;
            } else {
                at += 1;
            }
        }
        list.replace(i + 1..end, [vec![keyword("WHERE")], marked_call("pipe", arguments)].concat());
    }
}

/// `|> EXCEPT (…)` and `|> INTERSECT (…)` where DISTINCT is meant without the word.
pub fn set_operators(list: &mut TokenList) {
    for i in list.places(1, &["EXCEPT", "INTERSECT"]) {
        let is_piped = list.is(i - 1, &Token::VerticalBarRightAngleBracket);
        if is_piped && !list.is_any(i + 1, &["ALL", "DISTINCT"]) {
            list.insert(i + 1, vec![keyword("DISTINCT")]);
        }
    }
}

fn lacks(list: &TokenList, start: usize, end: usize) -> bool {
    let is_sort = list.is_any(start, &["CLUSTER", "DISTRIBUTE", "SORT"]) && list.is_word(start + 1, "BY");
    let is_all = list.is_any(start, &["EXCEPT", "INTERSECT"]) && list.is_word(start + 1, "ALL");
    let has_windows =
        list.is_any(start, &["EXTEND", "SELECT"]) && list.any(start..end, |list, at| list.is_word(at, "WINDOW"));
    if is_sort || is_all || has_windows || list.is_any(start, &["MINUS", "NATURAL", "OFFSET"]) {
        return true;
    }
    if list.is_word(start, "AGGREGATE") {
        return list.any(start..end, |list, at| {
            list.are_words(at, &["GROUP", "AND"])
                || list.is_word(at, "NULLS")
                || (list.is_word(at, "GROUP") && at + 1 == end)
                || list.are_words(at, &["GROUPING", "SETS"])
        });
    }
    if list.is_word(start, "UNPIVOT") {
        let is_plain = |list: &TokenList, at: usize| {
            matches!(list.token(at), Token::Word(_) | Token::Comma) && !list.is_word(at, "AS")
        };
        let values = list.find(start + 2, |list, at| list.is(at, &Token::LParen));
        let has_names = list.all(start + 2..values, is_plain) && list.all(values + 1..list.close(values), is_plain);
        return !list.is(start + 1, &Token::LParen) || list.is(start + 2, &Token::LParen) || !has_names;
    }
    let set = list.find(start, |list, at| list.is_any(at, &["UNION", "EXCEPT", "INTERSECT"]));
    let has_mode = set < end && list.is_any(start, &["FULL", "LEFT", "INNER", "OUTER"]);
    let is_correspondence = set < end
        && list.is_any(start, &["UNION", "EXCEPT", "INTERSECT"])
        && list.any(start..end, |list, at| list.is_any(at, &["CORRESPONDING"]) || list.are_words(at, &["NAME", "ON"]));
    list.is_word(start, "DISTINCT") || has_mode || is_correspondence
}

/// `(SELECT 1) AS t |> …`: a pipe begins with a relation.
pub fn pipes_from_queries(list: &mut TokenList) {
    let close = list.close(0);
    let alias = close.saturating_add(1 + usize::from(list.is_word(close.saturating_add(1), "AS")));
    let is_named = matches!(list.token(alias), Token::Word(_));
    if list.is(0, &Token::LParen) && is_named && list.is(alias + 1, &Token::VerticalBarRightAngleBracket) {
        list.insert(0, vec![keyword("FROM")]);
    }
}
