//! Clauses of a query that the parser lacks.
//!
//! A clause that names no column is kept as text in the query's settings, under a marked key.

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call, name, prefix_mark};

/// Keeps the tokens of a clause as a setting.
pub(super) fn keep_as_setting(list: &mut TokenList, range: std::ops::Range<usize>, syntax: &str) {
    let text = list.text(range.clone());
    list.replace(range, vec![keyword("SETTINGS"), mark(syntax), Token::Eq, text]);
}

/// `OPTION (RECOMPILE, MAXDOP 2)` at the end of a query.
pub fn query_options(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is_taken(i)
            && list.is_word(i, "OPTION")
            && list.is(i + 1, &Token::LParen)
            && !matches!(list.before(i), Token::Comma | Token::Period)
        {
            let end = list.close(i + 1).saturating_add(1).min(list.len());
            keep_as_setting(list, i..end, "option");
        }
    }
}

/// `FOR XML PATH, ELEMENTS XSINIL` with directives that the parser lacks.
pub fn xml_directives(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.is_taken(i) || !list.are_words(i, &["FOR", "XML"]) {
            continue;
        }
        let end = list.find(i + 1, |list, at| list.is_any(at, &["OPTION", "FOR"]));
        if list.any(i..end, |list, at| list.is_any(at, &["XMLDATA", "XMLSCHEMA", "XSINIL", "ABSENT"])) {
            keep_as_setting(list, i..end, "for_xml");
        }
    }
}

/// `USING SAMPLE 10%` at the end of a query.
pub fn query_samples(list: &mut TokenList) {
    if list.is_any(0, &["MERGE", "DELETE", "UPDATE"]) {
        return;
    }
    for i in 1..list.len() {
        if !list.is_taken(i) && list.are_words(i, &["USING", "SAMPLE"]) {
            let end = list.find(i, |_, _| false);
            keep_as_setting(list, i..end, "sample");
        }
    }
}

/// `WITH FUNCTION f(x INT) RETURNS INT RETURN x SELECT …`: the definitions are kept as text in a common table expression.
pub fn inline_functions(list: &mut TokenList) {
    if !list.are_words(0, &["WITH", "FUNCTION"]) || list.is(2, &Token::LParen) || list.is_word(2, "AS") {
        return;
    }
    let body = list.find(1, |list, at| {
        list.is_any(at, &["SELECT", "VALUES", "TABLE"])
            || (list.is_word(at, "WITH") && !list.is(at + 1, &Token::LParen))
    });
    let mut insert = vec![keyword("WITH")];
    let recursive = list.are_words(body, &["WITH", "RECURSIVE"]);
    if recursive {
        insert.push(keyword("RECURSIVE"));
    }
    insert.extend([
        mark("functions"),
        keyword("AS"),
        Token::LParen,
        keyword("SELECT"),
        list.text(0..body),
        Token::RParen,
    ]);
    let has_with = list.is_word(body, "WITH");
    if has_with {
        insert.push(Token::Comma);
    }
    let end = body + usize::from(has_with) + usize::from(recursive);
    list.replace(0..end, insert);
}

/// `LIMIT 10 PERCENT`, `LIMIT 10%`, `LIMIT (SELECT 1) %`.
pub fn percent_limits(list: &mut TokenList) {
    for limit in list.places(0, &["LIMIT"]) {
        let end = list.find(limit + 1, |list, at| list.is_any(at, CLAUSE_WORDS));
        let percent = end.saturating_sub(1);
        let is_percent = list.is_word(percent, "PERCENT") || list.is(percent, &Token::Mod);
        if is_percent && percent > limit + 1 {
            let call = marked_call("percent", list.copy(limit + 1..percent));
            list.replace(limit + 1..end, call);
        }
    }
}

/// `FOR SYSTEM_TIME BETWEEN a AND b` and its kin become `FOR SYSTEM_TIME AS OF` a marked call.
pub fn system_time_ranges(list: &mut TokenList) {
    for i in 0..list.len() {
        if list.is_taken(i) || !list.are_words(i, &["FOR", "SYSTEM_TIME"]) {
            continue;
        }
        let at = i + 2;
        let (end, separator) = match list.token(at) {
            _ if list.is_word(at, "ALL") => (at + 1, None),
            _ if list.are_words(at, &["CONTAINED", "IN"]) => {
                (list.close(at + 2).saturating_add(1).min(list.len()), None)
            }
            _ if list.is_word(at, "FROM") => (at + 4, Some("TO")),
            _ if list.is_word(at, "BETWEEN") => (at + 4, Some("AND")),
            _ => continue,
        };
        if end > list.len() || separator.is_some_and(|word| !list.is_word(at + 2, word)) {
            continue;
        }
        let call = marked_call("system_time", vec![list.text(at..end)]);
        list.replace(at..end, [vec![keyword("AS"), keyword("OF")], call].concat());
    }
}

/// `VERSION AS OF 'v'`, with or without `FOR`: written as a point in time that is a marked call; `FOR TIMESTAMP AS OF t`
/// as the parser knows it.
pub fn table_versions(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.is_taken(i) {
            continue;
        }
        if list.are_words(i - 1, &["FOR", "TIMESTAMP", "AS", "OF"]) {
            list.replace(i..i + 1, vec![keyword("SYSTEM_TIME")]);
        } else if list.are_words(i, &["VERSION", "AS", "OF"]) && !is_select_item(list, i) {
            let has_for = list.is_word(i - 1, "FOR");
            let end = if list.is(i + 4, &Token::LParen) { list.close(i + 4) } else { i + 3 }
                .saturating_add(1)
                .min(list.len());
            let call = marked_call(if has_for { "for_version" } else { "version" }, list.copy(i + 3..end));
            let start = [keyword("TIMESTAMP"), keyword("AS"), keyword("OF")].to_vec();
            list.replace(i - usize::from(has_for)..end, [start, call].concat());
        }
    }
}

fn is_select_item(list: &TokenList, i: usize) -> bool {
    list.is_any(i - 1, &["SELECT", "DISTINCT", "ALL"]) || list.is(i - 1, &Token::Comma)
}

/// `WITH 1 + 1 AS x SELECT …`: an expression with a name becomes a common table expression around a marked call.
pub fn named_expressions(list: &mut TokenList) {
    for i in 0..list.len() {
        if !list.is_taken(i) && list.is_word(i, "WITH") && starts_query(list, i) {
            rename_items(list, i + 1);
        }
    }
}

fn starts_query(list: &TokenList, i: usize) -> bool {
    matches!(list.before(i), Token::EOF | Token::LParen)
}

fn rename_items(list: &mut TokenList, first: usize) {
    let mut start = first;
    while start < list.len() {
        let end = list.find(start, |list, at| list.is(at, &Token::Comma) || list.is_any(at, CLAUSE_WORDS));
        let is_name_first = list.is_word(start + 1, "AS") && list.is(start + 2, &Token::LParen);
        let alias = end.wrapping_sub(1);
        if !is_name_first
            && alias > start + 1
            && list.is_word(alias - 1, "AS")
            && matches!(list.token(alias), Token::Word(_))
        {
            let call = marked_call("expression", list.copy(start..alias - 1));
            let mut item = vec![list.token(alias).clone(), keyword("AS"), Token::LParen, keyword("SELECT")];
            item.extend(call);
            item.push(Token::RParen);
            list.replace(start..end, item);
        }
        if !list.is(end, &Token::Comma) {
            return;
        }
        start = end + 1;
    }
}

/// `SELECT total: a + b` and `FROM t: orders`: the alias goes behind what it names.
pub fn leading_aliases(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is(i + 1, &Token::Colon) {
            continue;
        }
        let is_item = list.is_any(i - 1, &["SELECT", "FROM", "DISTINCT"]) || list.is(i - 1, &Token::Comma);
        let in_query = match list.outer(i) {
            None => true,
            Some(open) => list.is(open, &Token::LParen) && list.is_any(open + 1, &["SELECT", "FROM", "WITH"]),
        };
        if !is_item || !in_query || !matches!(list.token(i), Token::Word(_)) {
            continue;
        }
        let end = list.find(i + 2, |list, at| {
            list.is(at, &Token::Comma) || list.is_word(at, "DISTINCT") || list.is_any(at, CLAUSE_WORDS)
        });
        let alias = list.token(i).clone();
        list.replace(i..i + 2, Vec::new());
        list.insert(end, vec![keyword("AS"), alias]);
    }
}

/// `ORDER SIBLINGS BY x`: the word becomes a prefix of the first key.
pub fn sibling_order(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.are_words(i - 1, &["ORDER", "SIBLINGS", "BY"]) {
            list.replace(i..i + 2, vec![keyword("BY"), prefix_mark("siblings")]);
        }
    }
}

/// `OVER (DISTRIBUTE BY x SORT BY y)` is `OVER (PARTITION BY x ORDER BY y)`.
pub fn window_synonyms(list: &mut TokenList) {
    for i in 1..list.len() {
        let in_window = list.outer(i).is_some_and(|open| open > 0 && list.is_word(open - 1, "OVER"));
        if !in_window || !list.is_word(i + 1, "BY") {
            continue;
        }
        if list.is_word(i, "DISTRIBUTE") {
            list.replace(i..i + 1, vec![keyword("PARTITION")]);
        } else if list.is_word(i, "SORT") {
            list.replace(i..i + 1, vec![keyword("ORDER")]);
        }
    }
}

/// `AFTER MATCH SKIP` alone skips past the last row.
pub fn match_skips(list: &mut TokenList) {
    for i in 0..list.len() {
        if list.are_words(i, &["AFTER", "MATCH", "SKIP", "PATTERN"]) {
            list.insert(i + 3, vec![keyword("PAST"), keyword("LAST"), keyword("ROW")]);
        }
    }
}

/// `HAVING a SORT BY b`: the parser wants the order first.
pub fn orders_behind_having(list: &mut TokenList) {
    for i in 1..list.len() {
        let having = list.clause(i).filter(|having| list.is_word(*having, "HAVING"));
        let starts = list.is_any(i, &["SORT", "CLUSTER", "DISTRIBUTE"]) && list.is_word(i + 1, "BY");
        if let (Some(having), true, false) = (having, starts, list.is_taken(i)) {
            let end = list.find(i, |list, at| list.is_any(at, CLAUSE_WORDS));
            let swapped = [list.copy(i..end), list.copy(having..i)].concat();
            list.replace(having..end, swapped);
        }
    }
}

/// `ORDER BY a CLUSTER BY b`: the parser has the order last.
pub fn orders_before_sorts(list: &mut TokenList) {
    for i in list.places(1, &["SORT", "CLUSTER", "DISTRIBUTE"]) {
        let order = list.clause(i).filter(|order| list.is_word(*order, "ORDER") && !list.is_taken(*order));
        if let (Some(order), true) = (order, list.is_word(i + 1, "BY")) {
            let end = list.find(i, |list, at| list.is_any(at, CLAUSE_WORDS));
            let swapped = [list.copy(i..end), list.copy(order..i)].concat();
            list.replace(order..end, swapped);
        }
    }
}

/// `* EXCEPT (t.a)` is `* EXCLUDE (t.a)`, where the parser lets names have parts.
pub fn qualified_exceptions(list: &mut TokenList) {
    for i in list.places(1, &["EXCEPT"]) {
        let close = list.close(i + 1);
        if !list.is(i - 1, &Token::Mul) || !list.is(i + 1, &Token::LParen) || close >= list.len() {
            continue;
        }
        let names = i + 2..close;
        let is_name = |list: &TokenList, at: usize| {
            matches!(list.token(at), Token::Word(_) | Token::Period | Token::Comma) && !list.is_word(at, "SELECT")
        };
        if list.all(names.clone(), is_name) && list.any(names, |list, at| list.is(at, &Token::Period)) {
            list.replace(i..i + 1, vec![keyword("EXCLUDE")]);
        }
    }
}

/// `GROUP BY ALL ROLLUP (a)` is `GROUP BY ROLLUP (a)`; DISTINCT, which takes doubles of sets away, becomes a first key.
pub fn set_quantifiers(list: &mut TokenList) {
    for i in list.places(2, &["ALL", "DISTINCT"]) {
        let ends = matches!(list.token(i + 1), Token::EOF | Token::RParen | Token::Comma | Token::SemiColon)
            || list.is_any(i + 1, CLAUSE_WORDS);
        if !list.are_words(i - 2, &["GROUP", "BY"]) || ends {
            continue;
        }
        let key = match list.is_word(i, "DISTINCT") {
            true => [marked_call("distinct_sets", Vec::new()), vec![Token::Comma]].concat(),
            false => Vec::new(),
        };
        list.replace(i..i + 1, key);
    }
}

/// `SELECT * LIKE 'a%'`: the columns whose names match.
pub fn star_filters(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_star = list.is(i, &Token::Mul)
            && (list.is_word(i - 1, "SELECT") || matches!(list.before(i), Token::Comma | Token::Period));
        if !is_star {
            continue;
        }
        let start = if list.is(i - 1, &Token::Period) { i.saturating_sub(2) } else { i };
        let operator = i + 1 + usize::from(list.is_word(i + 1, "NOT"));
        let is_cut = list.is(operator + 1, &Token::Tilde);
        let pattern = operator + if list.are_words(operator, &["SIMILAR", "TO"]) || is_cut { 2 } else { 1 };
        let matches = list.is_any(operator, &["LIKE", "ILIKE", "GLOB", "SIMILAR"])
            || list.token(operator).to_string().contains('~');
        let has_escape = list.is_word(pattern + 1, "ESCAPE");
        if start == i
            && list.is_any(operator, &["LIKE", "ILIKE"])
            && !has_escape
            && matches!(list.token(pattern), Token::SingleQuotedString(_))
        {
            let lambda =
                [keyword("COLUMNS"), Token::LParen, keyword("LAMBDA"), name("__name"), Token::Colon, name("__name")];
            list.replace(i..i + 1, lambda.to_vec());
            list.insert(pattern + 1, vec![Token::RParen]);
        } else if matches && matches!(list.token(pattern), Token::SingleQuotedString(_)) {
            let end = pattern + if has_escape { 3 } else { 1 };
            let text = list.text(i + 1..end);
            list.insert(start, vec![mark("columns"), Token::LParen]);
            list.replace(i + 1..end, vec![Token::Comma, text, Token::RParen]);
        }
    }
}
