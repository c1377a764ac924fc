//! What stands around a relation: aliases, samples, versions.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call, quoted};

/// Words that go on behind a relation, and so are no alias.
pub(super) const AFTER_RELATION: &[&str] = &[
    "ON",
    "USING",
    "JOIN",
    "LEFT",
    "RIGHT",
    "FULL",
    "INNER",
    "OUTER",
    "CROSS",
    "NATURAL",
    "SEMI",
    "ANTI",
    "ASOF",
    "POSITIONAL",
    "LATERAL",
    "PIVOT",
    "UNPIVOT",
    "MATCH_RECOGNIZE",
    "TABLESAMPLE",
    "SAMPLE",
    "AT",
    "BEFORE",
    "AS",
    "ANY",
    "ALL",
    "GLOBAL",
    "ARRAY",
    "PASTE",
    "CLUSTER",
    "DISTRIBUTE",
    "SORT",
    "CONNECT",
    "START",
    "SEED",
    "REPEATABLE",
    "SET",
    "INTO",
    "FINAL",
    "STRAIGHT_JOIN",
    "MINUS",
];

/// The alias that ends right before `end`.
fn alias_before(list: &TokenList, end: usize) -> Option<Range<usize>> {
    let is_name = |at: usize| {
        matches!(list.token(at), Token::Word(_)) && !list.is_any(at, AFTER_RELATION) && !list.is_any(at, CLAUSE_WORDS)
    };
    let last = end.checked_sub(1).filter(|&at| is_name(at))?;
    let before = last.checked_sub(1)?;
    if list.is_word(before, "AS") {
        return Some(before..end);
    }
    let follows_name = is_name(before) || list.is(before, &Token::RParen);
    (follows_name && !list.is_any(before, &["FROM", "JOIN"])).then_some(last..end)
}

/// The alias that begins at `start`.
pub(super) fn alias_at(list: &TokenList, start: usize) -> Option<Range<usize>> {
    let name = start + usize::from(list.is_word(start, "AS"));
    let is_name = matches!(list.token(name), Token::Word(_))
        && !list.is_any(name, AFTER_RELATION)
        && !list.is_any(name, CLAUSE_WORDS)
        && !list.is(name + 1, &Token::LParen);
    is_name.then_some(start..name + 1)
}

/// Exchanges two neighbouring ranges.
fn swap(list: &mut TokenList, first: Range<usize>, second: Range<usize>) {
    let swapped = [list.copy(second.clone()), list.copy(first.clone())].concat();
    list.replace(first.start..second.end, swapped);
}

/// `t AS a FOR SYSTEM_TIME AS OF x`, `t a AT (VERSION => 3)`: the alias goes behind.
pub fn versions_behind_aliases(list: &mut TokenList) {
    for i in list.places(2, &["AT", "BEFORE", "FOR"]) {
        if list.is_taken(i) {
            continue;
        }
        let Some(end) = version_end(list, i) else { continue };
        if let Some(alias) = alias_before(list, i).filter(|_| list.is_among_relations(i)) {
            swap(list, alias, i..end);
        }
    }
}

fn version_end(list: &TokenList, i: usize) -> Option<usize> {
    if list.is_any(i, &["AT", "BEFORE"]) && list.is(i + 1, &Token::LParen) {
        return Some(list.close(i + 1).saturating_add(1).min(list.len()));
    }
    let is_version = list.are_words(i, &["FOR", "SYSTEM_TIME", "AS", "OF"]);
    let is_end = |list: &TokenList, at: usize| {
        list.is(at, &Token::Comma) || list.is_any(at, AFTER_RELATION) || list.is_any(at, CLAUSE_WORDS)
    };
    is_version.then(|| list.find(i + 4, is_end))
}

/// `FOR SYSTEM TIME AS OF` is `FOR SYSTEM_TIME AS OF`.
pub fn system_time_in_two_words(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.are_words(i - 1, &["FOR", "SYSTEM", "TIME", "AS", "OF"]) {
            list.replace(i..i + 2, vec![keyword("SYSTEM_TIME")]);
        }
    }
}

/// `events@v123`, `events@20240101000000000`: a version behind the name.
pub fn versions_in_names(list: &mut TokenList) {
    for i in 1..list.len() {
        let follows = matches!(list.before(i), Token::Word(_)) && list.is_adjacent(i) && list.is_adjacent(i + 1);
        let is_version = matches!(list.token(i + 1), Token::Word(_) | Token::Number(..));
        if list.is(i, &Token::AtSign) && follows && is_version && list.is_among_relations(i) {
            let call = marked_call("version", vec![list.text(i..i + 2)]);
            list.replace(i..i + 2, [vec![keyword("TIMESTAMP"), keyword("AS"), keyword("OF")], call].concat());
        }
    }
}

/// `FROM STREAM t`, `STREAM(t)`, `STREAM f(x => 1)`: the relation, read as a stream.
pub fn streams(list: &mut TokenList) {
    for i in list.places(1, &["STREAM"]) {
        let begins = list.is_any(i - 1, &["FROM", "JOIN"]) || list.is(i - 1, &Token::Comma);
        if !begins || !list.is_among_relations(i) {
            continue;
        }
        let in_brackets = list.is(i + 1, &Token::LParen);
        let name = i + 1 + usize::from(in_brackets);
        let end = name_end(list, name);
        let is_call = list.is(end, &Token::LParen);
        let is_relation = end > name && !list.is_any(name, AFTER_RELATION) && !list.is_any(name, CLAUSE_WORDS);
        if !is_relation || in_brackets && list.close(i + 1) != end {
            continue;
        }
        if is_call {
            let close = list.close(end);
            let comma = (close > end + 1).then_some(Token::Comma);
            list.insert(close, comma.into_iter().chain(marked_call("stream", Vec::new())).collect());
            list.replace(i..i + 1, Vec::new());
        } else {
            let version = [vec![keyword("TIMESTAMP"), keyword("AS"), keyword("OF")], marked_call("stream", Vec::new())];
            let relation = [list.copy(name..end), version.concat()].concat();
            list.replace(i..end + usize::from(in_brackets), relation);
        }
    }
}

/// `ONLY t` and `ONLY (t)`: the table without those that inherit from it. `t*` is with them, as `t` is.
pub fn inherited_tables(list: &mut TokenList) {
    for i in list.places(1, &["ONLY"]) {
        let in_brackets = usize::from(list.is(i + 1, &Token::LParen));
        let name = i + 1 + in_brackets;
        let begins = list.is_any(i - 1, &["FROM", "JOIN"]) || list.is(i - 1, &Token::Comma);
        let is_name = matches!(list.token(name), Token::Word(_))
            && !list.is_any(name, AFTER_RELATION)
            && !list.is_any(name, CLAUSE_WORDS);
        if begins && is_name && list.is_among_relations(i) {
            let end = name_end(list, name);
            let version = [vec![keyword("TIMESTAMP"), keyword("AS"), keyword("OF")], marked_call("only", Vec::new())];
            let relation = [list.copy(name..end), version.concat()].concat();
            list.replace(i..end + in_brackets, relation);
        }
    }
    for i in 2..list.len() {
        let is_table = matches!(list.token(i - 1), Token::Word(_))
            && (list.is_any(i - 2, &["FROM", "JOIN"]) || matches!(list.token(i - 2), Token::Comma | Token::Period));
        if list.is(i, &Token::Mul) && list.is_adjacent(i) && is_table && list.is_among_relations(i) {
            list.replace(i..i + 1, Vec::new());
        }
    }
}

/// Where a dotted name that begins at `start` ends.
pub(super) fn name_end(list: &TokenList, start: usize) -> usize {
    let mut end = start + 1;
    while list.is(end, &Token::Period) && matches!(list.token(end + 1), Token::Word(_)) {
        end += 2;
    }
    end
}

/// `TABLESAMPLE RESERVOIR (1 ROWS)` with a method that the parser lacks, and samples before the alias.
pub fn samples(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is_any(i, &["TABLESAMPLE", "SAMPLE"]) || list.is_taken(i) || !list.is_among_relations(i) {
            continue;
        }
        if matches!(list.token(i + 1), Token::Number(..)) {
            let has_unit = list.is(i + 2, &Token::Mod) || list.is_any(i + 2, &["PERCENT", "ROWS"]);
            let sample = other_sample(list, i..i + 2 + usize::from(has_unit));
            list.replace(i..i + 2 + usize::from(has_unit), sample);
            continue;
        }
        let open = i + 1 + usize::from(matches!(list.token(i + 1), Token::Word(_)));
        if !list.is(open, &Token::LParen) {
            continue;
        }
        let mut end = list.close(open).saturating_add(1);
        if list.is_any(end, &["REPEATABLE", "SEED"]) && list.is(end + 1, &Token::LParen) {
            end = list.close(end + 1).saturating_add(1);
        }
        let end = end.min(list.len());
        let has_known_method = open == i + 1 || list.is_any(i + 1, &["BERNOULLI", "SYSTEM", "ROW", "BLOCK"]);
        let known = has_known_method && !list.is(open + 2, &Token::Mod);
        let sample = if known { list.copy(i..end) } else { other_sample(list, i..end) };
        match alias_at(list, end) {
            Some(alias) => list.replace(i..alias.end, [list.copy(alias), sample].concat()),
            None if !known => list.replace(i..end, sample),
            None => {}
        }
    }
}

fn other_sample(list: &TokenList, range: Range<usize>) -> Vec<Token> {
    let call = marked_call("sample", vec![list.text(range.start + 1..range.end)]);
    [vec![keyword("TABLESAMPLE"), Token::LParen], call, vec![Token::RParen]].concat()
}

/// `ROWS FROM (f(a), g(b) AS t(c TEXT))`: one function that gives rows.
pub fn rows_from(list: &mut TokenList) {
    for i in 1..list.len() {
        let close = list.close(i + 2);
        let is_rows = list.are_words(i, &["ROWS", "FROM"]) && list.is(i + 2, &Token::LParen) && close < list.len();
        if !is_rows || list.is_taken(i) {
            continue;
        }
        let mut insert = vec![mark("rows_from"), Token::LParen];
        let mut at = i + 3;
        while at < close {
            let end = list.find(at, |list, at| list.is(at, &Token::Comma) || list.is_word(at, "AS"));
            insert.extend(list.copy(at..end));
            at = end;
            if list.is_word(end, "AS") {
                at = list.find(end, |list, at| list.is(at, &Token::Comma));
                insert.push(Token::Comma);
                insert.extend(marked_call("columns", vec![list.text(end..at)]));
            }
            if at < close {
                insert.push(Token::Comma);
                at += 1;
            }
        }
        insert.push(Token::RParen);
        list.replace(i..close + 1, insert);
    }
}

/// `FROM f(x) AS (a, b)`: names of columns without one of the relation.
pub fn unnamed_aliases(list: &mut TokenList) {
    for i in 2..list.len() {
        let follows = matches!(list.before(i), Token::RParen | Token::Word(_));
        if list.is_word(i, "AS") && list.is(i + 1, &Token::LParen) && follows && list.is_among_relations(i) {
            list.insert(i + 1, vec![mark("unnamed")]);
        }
    }
}

/// `FROM (SELECT 1, 2) (a, b)`: the same without AS.
pub fn bare_column_aliases(list: &mut TokenList) {
    for i in 2..list.len() {
        let open = list.open(i - 1);
        let follows = list.is(i, &Token::LParen) && list.is(i - 1, &Token::RParen) && list.is_among_relations(open);
        let is_relation = follows
            && (list.is_any(open.wrapping_sub(1), &["FROM", "JOIN"]) || list.is(open.wrapping_sub(1), &Token::Comma));
        let is_name = |list: &TokenList, at: usize| matches!(list.token(at), Token::Word(_) | Token::Comma);
        if is_relation && list.close(i) < list.len() && list.all(i + 1..list.close(i), is_name) {
            list.insert(i, vec![keyword("AS"), mark("unnamed")]);
        }
    }
}

/// `PIVOT (sum(a) + 1 AS b, 'x' AS c FOR …)`: what isn't a plain call becomes the argument of one; `IN an_enum` gets
/// brackets, and so do values of UNPIVOT that are no names.
pub fn pivots(list: &mut TokenList) {
    for i in list.places(1, &["PIVOT", "UNPIVOT"]) {
        if list.is_word(i, "PIVOT") && list.is(i + 1, &Token::LParen) {
            pivot(list, i + 2);
        }
        let open = i + 1 + if list.is_any(i + 1, &["INCLUDE", "EXCLUDE"]) { 2 } else { 0 };
        if list.is_word(i, "UNPIVOT") && list.is(open, &Token::LParen) {
            unpivot(list, open + 1);
        }
    }
}

fn pivot(list: &mut TokenList, first: usize) {
    let mut start = first;
    loop {
        let end = list.find(start, |list, at| list.is(at, &Token::Comma) || list.is_word(at, "FOR"));
        let alias = list.find(start, |list, at| at >= end || list.is_word(at, "AS")).min(end);
        let call_end = call_end(list, start);
        let value_end = if alias < end { alias } else { end - usize::from(has_bare_alias(list, start, end)) };
        if end == start {
            // `PIVOT (sum(a), FOR …)`
            if list.is(start.wrapping_sub(1), &Token::Comma) {
                list.replace(start - 1..start, Vec::new());
            }
        } else if call_end != Some(value_end) {
            let call = marked_call("value", list.copy(start..value_end));
            list.replace(start..value_end, call);
        }
        if !list.is(end, &Token::Comma) {
            bare_keys(list, end);
            enumeration(list, end);
            return further_keys(list, end);
        }
        start = end + 1;
    }
}

/// `FOR a, b IN ((1, 2))`: several keys have brackets.
fn bare_keys(list: &mut TokenList, from: usize) {
    let end = list.find(from, |list, at| list.is_word(at, "IN"));
    let has_comma = list.any(from + 1..end, |list, at| list.is(at, &Token::Comma));
    if has_comma && !list.is(from + 1, &Token::LParen) {
        list.insert(from + 1, vec![Token::LParen]);
        list.insert(end, vec![Token::RParen]);
    }
}

/// `FOR a IN (1, 2) b IN (3, 4) GROUP BY c`: a mark with the further key and its values follow the values of the first one,
/// and a mark with the groups comes last.
fn further_keys(list: &mut TokenList, from: usize) {
    let first = list.find(from, |list, at| list.is_word(at, "IN")) + 1;
    if !list.is(first, &Token::LParen) || list.is_any(first + 1, &["SELECT", "FROM", "WITH", "ANY"]) {
        return;
    }
    let values_end = list.close(first);
    let end = list.find(values_end.saturating_add(1), |_, _| false);
    let mut insert = Vec::new();
    let mut start = values_end.saturating_add(1);
    while start < end {
        let groups = list.are_words(start, &["GROUP", "BY"]);
        let one_end = match groups {
            true => end,
            false => list.close(list.find(start, |list, at| list.is(at, &Token::LParen))).saturating_add(1).min(end),
        };
        let is_key = list.any(start..one_end, |list, at| list.is_word(at, "IN"));
        if !groups && !is_key {
            return;
        }
        if !list.is(values_end - 1, &Token::Comma) || !insert.is_empty() {
            insert.push(Token::Comma);
        }
        if groups {
            insert.extend(marked_call("group", list.copy(start + 2..one_end)));
        } else {
            let open = list.find(start, |list, at| list.is_word(at, "IN")) + 1;
            if !list.is(open, &Token::LParen) || list.is_any(open + 1, &["SELECT", "FROM", "WITH"]) {
                return;
            }
            let last = if list.is(one_end - 2, &Token::Comma) { one_end - 2 } else { one_end - 1 };
            insert.extend(marked_call("key", list.copy(start..open - 1)));
            insert.push(Token::Comma);
            insert.extend(list.copy(open + 1..last));
        }
        start = one_end;
    }
    if !insert.is_empty() {
        list.replace(values_end..end, [insert, vec![Token::RParen]].concat());
    }
}

/// Where a call that begins at `start` ends. The parser wants the function's name to have one part.
fn call_end(list: &TokenList, start: usize) -> Option<usize> {
    let is_call = matches!(list.token(start), Token::Word(_)) && list.is(start + 1, &Token::LParen);
    is_call.then(|| list.close(start + 1).saturating_add(1))
}

fn has_bare_alias(list: &TokenList, start: usize, end: usize) -> bool {
    let last = end.saturating_sub(1);
    let follows = matches!(list.before(last), Token::RParen | Token::SingleQuotedString(_) | Token::Number(..));
    last > start && matches!(list.token(last), Token::Word(_)) && follows
}

/// `FOR a IN an_enum`
fn enumeration(list: &mut TokenList, from: usize) {
    let at = list.find(from, |list, at| list.is_word(at, "IN"));
    if list.is_word(at, "IN") && matches!(list.token(at + 1), Token::Word(_)) && list.is(at + 2, &Token::RParen) {
        let values = list.copy(at + 1..at + 2);
        let call = marked_call("enum", values);
        list.replace(at + 1..at + 2, [vec![Token::LParen], call, vec![Token::RParen]].concat());
    }
}

fn unpivot(list: &mut TokenList, first: usize) {
    let at = list.find(first, |list, at| list.is_word(at, "IN"));
    if !list.is_word(at, "IN") || !list.is(at + 1, &Token::LParen) {
        return;
    }
    let close = list.close(at + 1);
    let mut start = at + 2;
    while start < close {
        let end = list.find(start, |list, at| list.is(at, &Token::Comma));
        let alias = list.find(start, |list, at| list.is_word(at, "AS"));
        let is_one = matches!(list.token(alias + 1), Token::Word(_) | Token::SingleQuotedString(_)) && alias + 2 == end;
        if alias < end && !is_one {
            let text: Vec<String> = (alias + 1..end).map(|at| list.token(at).to_string()).collect();
            list.replace(alias + 1..end, vec![quoted(&format!("= {}", text.join(" ")))]);
        }
        let is_bare = start + 2 == end && matches!(list.token(start + 1), Token::Word(_)) && !list.is_word(start, "AS");
        if is_bare && matches!(list.token(start), Token::Word(_)) {
            list.insert(start + 1, vec![keyword("AS")]);
        }
        start = end + 1;
    }
}

/// `FROM (t) PIVOT (…)`: a table's name alone needs no brackets.
pub fn bracketed_tables(list: &mut TokenList) {
    for i in list.places(1, &["FROM", "JOIN"]) {
        let close = list.close(i + 1);
        let end = name_end(list, i + 2);
        let is_name = matches!(list.token(i + 2), Token::Word(_)) && end == close && list.is(i + 1, &Token::LParen);
        if is_name && list.is_any(close + 1, &["PIVOT", "UNPIVOT"]) {
            list.replace(i + 1..i + 2, Vec::new());
            list.replace(close..close + 1, Vec::new());
        }
    }
}
