//! Syntax that only ClickHouse has.

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call, quoted};

/// `* APPLY(sum)`, `COLUMNS('x') APPLY(f) APPLY(g)`: a call around the columns.
pub fn applied_columns(list: &mut TokenList) {
    let mut seen = 0;
    for i in 1..list.len() {
        if !list.is_word(i, "APPLY") || i < seen {
            continue;
        }
        let mut end = i;
        while list.is_word(end, "APPLY") && matches!(list.token(end + 1), Token::LParen | Token::Word(_)) {
            end = if list.is(end + 1, &Token::LParen) { list.close(end + 1).saturating_add(1) } else { end + 2 };
        }
        let end = end.min(list.len());
        seen = end;
        let start = match list.token(i - 1) {
            Token::Mul => star_start(list, i - 1),
            Token::RParen => {
                let open = list.open(i - 1);
                match open.checked_sub(1) {
                    Some(word) if list.is_word(word, "COLUMNS") => word,
                    Some(word) if list.is_any(word, &["EXCEPT", "REPLACE"]) && list.is(word - 1, &Token::Mul) => {
                        star_start(list, word - 1)
                    }
                    _ => i,
                }
            }
            _ => i,
        };
        if start < i && end > i {
            let text = list.text(i..end);
            list.insert(start, vec![mark("columns"), Token::LParen]);
            list.replace(i..end, vec![Token::Comma, text, Token::RParen]);
        }
    }
}

/// Words at which the condition of `a ? b : c` begins, or its last value ends.
const AROUND_TERNARIES: &[&str] = &["AS", "BY", "ON", "DISTINCT", "WHEN", "THEN", "ELSE", "END", "ASC", "DESC"];

/// `a ? b : c` is a CASE; the operator binds less than all others, and from the right.
pub fn ternaries(list: &mut TokenList) {
    let marks: Vec<usize> = (1..list.len()).filter(|i| is_ternary(list, *i)).collect();
    // Inner ones come later, and end first.
    for i in marks.into_iter().rev() {
        let start = condition_start(list, i);
        let colon = own_colon(list, i + 1);
        if start == i || !list.is(colon, &Token::Colon) {
            continue;
        }
        list.insert(own_colon(list, colon + 1), vec![keyword("END")]);
        list.replace(colon..colon + 1, vec![keyword("ELSE")]);
        list.replace(i..i + 1, vec![keyword("THEN")]);
        list.insert(start, vec![keyword("CASE"), keyword("WHEN")]);
    }
}

fn is_ternary(list: &TokenList, at: usize) -> bool {
    matches!(list.token(at), Token::Placeholder(text) if text == "?")
}

fn ends_value(list: &TokenList, at: usize) -> bool {
    list.is(at, &Token::Comma) || list.is_any(at, CLAUSE_WORDS) || list.is_any(at, AROUND_TERNARIES)
}

/// Where the condition before the mark at `i` begins; `i` itself, if there is none.
fn condition_start(list: &TokenList, i: usize) -> usize {
    let mut start = i;
    while start > 0 {
        let before = list.open(start - 1);
        let opens = matches!(list.token(before), Token::LParen | Token::LBracket | Token::LBrace);
        let is_bracketed = before < start - 1;
        let stops = opens || ends_value(list, before) || is_ternary(list, before) || list.is(before, &Token::Colon);
        if stops && !is_bracketed {
            break;
        }
        start = before;
    }
    start
}

/// The colon from `from` on that belongs to no inner mark, or where the value there ends.
fn own_colon(list: &TokenList, from: usize) -> usize {
    let mut inner = 0_usize;
    list.find(from, |list, at| {
        let is_colon = list.is(at, &Token::Colon);
        let is_own = is_colon && inner == 0;
        inner = if is_ternary(list, at) { inner + 1 } else { inner - usize::from(is_colon && inner > 0) };
        is_own || ends_value(list, at)
    })
}

/// `INTERVAL '3 hours 2 minutes'`: the units stand in the text. Of one alone `arguments::units_in_texts` has made a word.
pub fn intervals_in_one_text(list: &mut TokenList) {
    for i in list.places(0, &["INTERVAL"]) {
        if let Token::SingleQuotedString(text) = list.token(i + 1)
            && text.ends_with(|c: char| c.is_ascii_alphabetic())
        {
            let call = marked_call("interval", list.copy(i + 1..i + 2));
            list.replace(i..i + 2, call);
        }
    }
}

/// `DateTime64` without a precision is a type of its own name for the parser.
pub fn bare_precise_times(list: &mut TokenList) {
    for i in list.places(0, &["DATETIME64"]) {
        if !list.is(i + 1, &Token::LParen) {
            list.demote(i);
        } else if list.is(i + 2, &Token::RParen) {
            list.replace(i + 1..i + 3, Vec::new());
            list.demote(i);
        }
    }
}

/// `*`, `t.*`
fn star_start(list: &TokenList, star: usize) -> usize {
    let is_qualified = star >= 2 && list.is(star - 1, &Token::Period);
    if is_qualified { star - 2 } else { star }
}

/// `ARRAY JOIN [1, 2] AS x, f(a) AS y`: expressions as relations.
pub fn array_joins(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is_word(i, "JOIN") || !list.is_word(i - 1, "ARRAY") {
            continue;
        }
        let mut start = i + 1;
        loop {
            let is_end = |list: &TokenList, at: usize| {
                list.is(at, &Token::Comma)
                    || list.is_word(at, "AS")
                    || list.is_any(at, CLAUSE_WORDS)
                    || is_join(list, at)
            };
            let end = list.find(start, is_end);
            let is_name = list.all(start..end, |list, at| matches!(list.token(at), Token::Word(_) | Token::Period));
            if !is_name && end > start {
                let call = marked_call("array", list.copy(start..end));
                list.replace(start..end, call);
            }
            let next = if list.is_word(end, "AS") { end + 2 } else { end };
            if !list.is(next, &Token::Comma) {
                break;
            }
            start = next + 1;
        }
    }
}

fn is_join(list: &TokenList, at: usize) -> bool {
    list.is_any(at, &["JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "ARRAY"])
}

/// `FROM t FINAL`, `FROM t AS a FINAL`: a hint behind the relation, no alias.
pub fn final_relations(list: &mut TokenList) {
    for i in 2..list.len() {
        let follows = matches!(list.before(i), Token::Word(_)) && !list.is_any(i - 1, &["AS", "FROM", "JOIN"]);
        if list.is_word(i, "FINAL") && follows && list.is_among_relations(i) {
            let hint = list.copy(i..i + 1);
            list.replace(i..i + 1, [vec![keyword("WITH"), Token::LParen], hint, vec![Token::RParen]].concat());
        }
    }
}

/// `LIMIT 1, 2 BY a` and `LIMIT 2 OFFSET 1 BY a`: offset and count become one marked call.
pub fn limits_by(list: &mut TokenList) {
    for i in 0..list.len() {
        let pair = list.is(i + 2, &Token::Comma) || list.is_word(i + 2, "OFFSET");
        if list.is_word(i, "LIMIT") && pair && list.is_word(i + 4, "BY") {
            let swapped = list.is(i + 2, &Token::Comma);
            let (count, offset) = if swapped { (i + 3, i + 1) } else { (i + 1, i + 3) };
            let arguments = vec![list.token(count).clone(), Token::Comma, list.token(offset).clone()];
            let call = marked_call("limit_offset", arguments);
            list.replace(i + 1..i + 4, call);
        }
    }
}

/// `LIMIT 1 BY a LIMIT 10`: the last limit is the limit, the first one with its keys a part of it.
pub fn limits_after_limits_by(list: &mut TokenList) {
    for i in 0..list.len() {
        if !list.is_word(i, "LIMIT") || list.is_taken(i) {
            continue;
        }
        let is_end = |list: &TokenList, at: usize| list.is_any(at, CLAUSE_WORDS);
        let by = list.find(i + 1, |list, at| list.is_word(at, "BY") || is_end(list, at));
        let second = list.find(by, is_end);
        if !list.is_word(by, "BY") || !list.is_word(second, "LIMIT") {
            continue;
        }
        let count = list.find(second + 1, |list, at| list.is(at, &Token::Comma) || is_end(list, at));
        let mut arguments = list.copy(second + 1..count);
        arguments.push(Token::Comma);
        arguments.extend(list.copy(i + 1..by));
        arguments.push(Token::Comma);
        arguments.extend(list.copy(by + 1..second));
        let call = marked_call("limit_by", arguments);
        list.replace(i + 1..count, call);
    }
}

/// `JOIN b USING x, y` without brackets.
pub fn bare_using(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is_word(i, "USING") || !matches!(list.token(i + 1), Token::Word(_)) || list.is_word(i + 1, "SAMPLE") {
            continue;
        }
        let end = list
            .find(i + 1, |list, at| list.is_any(at, CLAUSE_WORDS) || list.is_word(at, "USING") || is_join(list, at));
        if list.all(i + 1..end, |list, at| matches!(list.token(at), Token::Word(_) | Token::Comma)) {
            list.insert(i + 1, vec![Token::LParen]);
            list.replace(end - 1..end, vec![list.token(end - 1).clone(), Token::RParen]);
        }
    }
}

/// `json.a.:Int64`, `json.^b`, `json.a[].c`: parts of a path.
pub fn json_paths(list: &mut TokenList) {
    for i in 1..list.len() {
        let follows = matches!(list.before(i), Token::Word(_) | Token::RBracket);
        if list.is(i, &Token::LBracket) && list.is(i + 1, &Token::RBracket) && follows {
            list.insert(i + 1, vec![mark("each")]);
        }
        let Token::Word(word) = list.token(i + 1) else { continue };
        let symbol = match list.token(i) {
            Token::Colon => ':',
            Token::Caret => '^',
            _ => continue,
        };
        if list.is(i - 1, &Token::Period) {
            let part = format!("{symbol}{word}");
            list.replace(i..i + 2, vec![quoted(&part)]);
        }
    }
}

/// `WITH FILL FROM a - INTERVAL '7' HOUR TO b`: the interval gets brackets, so that `TO` isn't a part of it.
pub fn filled_intervals(list: &mut TokenList) {
    const UNITS: &[&str] = &["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];
    for i in 0..list.len() {
        if list.is_word(i, "INTERVAL") && list.is_word(i + 3, "TO") && !list.is_any(i + 4, UNITS) {
            let interval = list.copy(i..i + 3);
            list.replace(i..i + 3, [vec![Token::LParen], interval, vec![Token::RParen]].concat());
        }
    }
}

/// `(f(x) AS y).1`: a name for a part of an expression.
pub fn named_parts(list: &mut TokenList) {
    for i in 1..list.len() {
        let close = list.close(i);
        let is_call =
            matches!(list.before(i), Token::Word(_)) && !list.is_any(i - 1, &["SELECT", "WHERE", "AND", "OR"]);
        let names = close < list.len() && close > i + 3 && list.is_word(close - 2, "AS");
        let is_plain = list.is(i, &Token::LParen) && !is_call && !list.is_any(i + 1, &["SELECT", "WITH"]);
        if is_plain && names && matches!(list.token(close - 1), Token::Word(_)) && !list.is_among_relations(i) {
            list.insert(i, vec![mark("named")]);
        }
    }
}

/// `FORMAT CSV SETTINGS a = 1`: the parser has the settings first.
pub fn settings_behind_formats(list: &mut TokenList) {
    for i in list.places(1, &["FORMAT"]) {
        if matches!(list.token(i + 1), Token::Word(_)) && list.is_word(i + 2, "SETTINGS") && !list.is_taken(i) {
            let end = list.find(i + 2, |_, _| false);
            let swapped = [list.copy(i + 2..end), list.copy(i..i + 2)].concat();
            list.replace(i..end, swapped);
        }
    }
}

/// `LEFT ANTI OUTER JOIN` is `LEFT ANTI JOIN`.
pub fn one_sided_joins(list: &mut TokenList) {
    for i in list.places(2, &["OUTER"]) {
        if list.is_any(i - 1, &["ANTI", "SEMI"]) && list.is_word(i + 1, "JOIN") {
            list.replace(i..i + 1, Vec::new());
        }
    }
}
