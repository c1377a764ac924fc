//! Calls whose arguments the parser reads in another order or form.

use sqlparser::tokenizer::Token;

use super::words::is_operand;
use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call, prefix_mark};

/// `NTH_VALUE(x, 2) FROM LAST IGNORE NULLS OVER (…)`: the side becomes a marked last argument.
pub fn value_sides(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_side = list.is_word(i, "FROM") && list.is_any(i + 1, &["FIRST", "LAST"]);
        let goes_on = list.is_any(i + 2, &["OVER", "IGNORE", "RESPECT"]);
        if is_side && goes_on && list.is(i - 1, &Token::RParen) {
            let side = list.token(i + 1).to_string().to_lowercase();
            list.insert(i - 1, vec![Token::Comma, mark(&format!("from_{side}"))]);
            list.replace(i..i + 2, Vec::new());
        }
    }
}

/// `IDENTIFIER('f')(1, 2)`: the function's name is the first argument.
pub fn computed_functions(list: &mut TokenList) {
    for i in 0..list.len() {
        let close = list.close(i + 1);
        if list.is_word(i, "IDENTIFIER") && list.is(i + 1, &Token::LParen) && list.is(close + 1, &Token::LParen) {
            list.insert(i, vec![mark("call"), Token::LParen]);
            let is_last = list.is(close + 2, &Token::RParen);
            list.replace(close + 1..close + 2, if is_last { vec![] } else { vec![Token::Comma] });
        }
    }
}

/// `FILTER (x = 1)` is `FILTER (WHERE x = 1)`.
pub fn filters_without_where(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_filter = list.is(i - 1, &Token::RParen) && list.is_word(i, "FILTER") && list.is(i + 1, &Token::LParen);
        if is_filter && !list.is_word(i + 2, "WHERE") {
            list.insert(i + 2, vec![keyword("WHERE")]);
        }
    }
}

/// `(f(x)).*`: the columns of a row.
pub fn expanded_rows(list: &mut TokenList) {
    for i in 1..list.len() {
        let open = list.open(i - 1);
        let is_row = list.is(i, &Token::Period) && list.is(i + 1, &Token::Mul) && list.is(i - 1, &Token::RParen);
        let is_call =
            matches!(list.before(open), Token::Word(_)) && !list.is_any(open - 1, &["SELECT", "DISTINCT", "ALL"]);
        if is_row && open < i - 1 && !is_call {
            list.insert(open, vec![mark("columns"), Token::LParen]);
            list.replace(i..i + 2, vec![Token::RParen]);
        }
    }
}

/// `x?::INT` is `TRY_CAST(x AS INT)`.
pub fn trying_casts(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is(i + 1, &Token::DoubleColon) || !matches!(list.token(i), Token::Question) && !is_question(list, i) {
            continue;
        }
        let mut start = i - 1;
        loop {
            start = list.open(start);
            let follows = matches!(list.before(start), Token::Word(_) | Token::RParen | Token::RBracket);
            if list.is(start, &Token::LBracket) && follows {
                start -= 1;
                continue;
            }
            if list.is(start, &Token::LParen) && matches!(list.before(start), Token::Word(_)) {
                start -= 1;
            }
            match list.before(start) {
                Token::Period | Token::Colon if start >= 2 => start -= 2,
                _ => break,
            }
        }
        let has_arguments = list.is(i + 3, &Token::LParen);
        let end = if has_arguments { list.close(i + 3).saturating_add(1) } else { i + 3 };
        list.insert(start, vec![keyword("TRY_CAST"), Token::LParen]);
        list.replace(i..i + 2, vec![keyword("AS")]);
        list.insert(end.min(list.len()), vec![Token::RParen]);
    }
}

fn is_question(list: &TokenList, i: usize) -> bool {
    matches!(list.token(i), Token::Placeholder(text) if text == "?")
}

/// `NEXT VALUE FOR s.q OVER (ORDER BY x)`: a call, so that a window may follow.
pub fn sequence_windows(list: &mut TokenList) {
    for i in 0..list.len() {
        if !list.are_words(i, &["NEXT", "VALUE", "FOR"]) {
            continue;
        }
        let mut end = i + 4;
        while list.is(end, &Token::Period) {
            end += 2;
        }
        if list.is_word(end, "OVER") {
            let call = marked_call("next_value", vec![list.text(i + 3..end)]);
            list.replace(i..end, call);
        }
    }
}

/// `rank(ORDER BY x)`: without arguments, and `last_value(x ORDER BY y IGNORE NULLS)`.
pub fn ordered_arguments(list: &mut TokenList) {
    for i in list.places(1, &["ORDER", "IGNORE", "RESPECT"]) {
        if list.are_words(i, &["ORDER", "BY"]) && list.is(i - 1, &Token::LParen) && is_call(list, i - 1) {
            let is_window = list.is_any(i - 2, &["GROUP", "MATCH_RECOGNIZE", "AS", "KEEP", "MODEL"]);
            if !is_window {
                list.insert(i, vec![mark("no_argument")]);
            }
        }
        let Some(open) = list.outer(i).filter(|open| is_call(list, *open)) else { continue };
        let is_nulls = !list.is_word(i, "ORDER") && list.is_word(i + 1, "NULLS");
        let order = list.clause(i).filter(|order| list.is_word(*order, "ORDER"));
        if let (true, true, Some(order)) = (is_nulls, list.is(i + 2, &Token::RParen), order)
            && order > open
        {
            let nulls = list.copy(i..i + 2);
            list.insert(order, nulls);
            list.replace(i..i + 2, Vec::new());
        }
    }
}

fn is_call(list: &TokenList, open: usize) -> bool {
    open > 0 && matches!(list.token(open - 1), Token::Word(_)) && !list.is_word(open - 1, "OVER")
}

/// `[x + 1 FOR x, i IN l IF x > 1]`: a call with lambdas.
pub fn comprehensions(list: &mut TokenList) {
    for i in 0..list.len() {
        let close = list.close(i);
        if !list.is(i, &Token::LBracket) || close >= list.len() {
            continue;
        }
        let of = list.find(i + 1, |list, at| list.is_word(at, "FOR"));
        let within = list.find(of + 1, |list, at| list.is_word(at, "IN"));
        if !list.is_word(of, "FOR") || !list.is_word(within, "IN") || within > close {
            continue;
        }
        let condition = list.find(within, |list, at| list.is_word(at, "IF"));
        let names = list.copy(of + 1..within);
        let lambda = |body: Vec<Token>| [vec![keyword("LAMBDA")], names.clone(), vec![Token::Colon], body].concat();
        list.replace(i..i + 1, [vec![mark("comprehension"), Token::LParen], lambda(vec![])].concat());
        list.replace(of..within + 1, vec![Token::Comma]);
        if condition < close {
            list.replace(condition..condition + 1, [vec![Token::Comma], lambda(vec![])].concat());
        }
        list.replace(close..close + 1, vec![Token::RParen]);
    }
}

/// `STRUCT()`, `STRUCT(*)`, `STRUCT(t.*, a)` and `MAP(*)`: functions like others.
pub fn plain_constructors(list: &mut TokenList) {
    for i in list.places(0, &["STRUCT", "MAP"]) {
        let has_star = |list: &TokenList, at: usize| list.is(at, &Token::Period) && list.is(at + 1, &Token::Mul);
        let has_star = || list.close(i + 1) < list.len() && list.is(list.find(i + 2, has_star), &Token::Period);
        let is_plain =
            list.is(i + 1, &Token::LParen) && (matches!(list.token(i + 2), Token::RParen | Token::Mul) || has_star());
        if is_plain {
            list.demote(i);
        }
    }
}

/// `DATE_PART(year FROM x)` is `DATE_PART(year, x)`.
pub fn date_parts(list: &mut TokenList) {
    for i in 3..list.len() {
        let is_part = list.is_word(i, "FROM") && list.is(i - 2, &Token::LParen) && list.is_word(i - 3, "DATE_PART");
        if is_part {
            list.replace(i..i + 1, vec![Token::Comma]);
        }
    }
}

/// `TOP (SELECT 1)`: a query as a value has brackets of its own.
pub fn computed_tops(list: &mut TokenList) {
    for i in 0..list.len() {
        let close = list.close(i + 1);
        let is_query = list.is(i + 1, &Token::LParen) && list.is_any(i + 2, &["SELECT", "WITH"]) && close < list.len();
        if list.is_word(i, "TOP") && is_query {
            list.insert(i + 1, vec![Token::LParen]);
            list.insert(close, vec![Token::RParen]);
        }
    }
}

/// `min(x) KEEP (DENSE_RANK FIRST ORDER BY y)`: like `WITHIN GROUP (ORDER BY y)`, with a marked first key.
pub fn kept_ranks(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_keep = list.is_word(i, "KEEP") && list.is(i + 1, &Token::LParen) && list.is_word(i + 2, "DENSE_RANK");
        if is_keep && list.is_any(i + 3, &["FIRST", "LAST"]) && list.are_words(i + 4, &["ORDER", "BY"]) {
            let side = list.token(i + 3).to_string().to_lowercase();
            list.replace(i..i + 1, vec![keyword("WITHIN"), keyword("GROUP")]);
            list.replace(i + 2..i + 4, Vec::new());
            list.insert(i + 6, vec![prefix_mark(&format!("keep_{side}"))]);
        }
    }
}

/// `U&'d!0061' UESCAPE '!'`.
pub fn unicode_escapes(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_escape = list.is_word(i, "UESCAPE")
            && matches!(list.before(i), Token::UnicodeStringLiteral(_))
            && matches!(list.token(i + 1), Token::SingleQuotedString(_));
        if is_escape {
            let arguments = vec![list.token(i - 1).clone(), Token::Comma, list.token(i + 1).clone()];
            let call = marked_call("uescape", arguments);
            list.replace(i - 1..i + 2, call);
        }
    }
}

/// `a SOUNDS LIKE b`: the word becomes a prefix of the pattern.
pub fn sounds_like(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_operator = !is_operand(list, i) && !list.is(i - 1, &Token::Period);
        if list.are_words(i, &["SOUNDS", "LIKE"]) && is_operator {
            list.replace(i..i + 2, vec![keyword("LIKE"), prefix_mark("sounds")]);
        }
    }
}

/// `@x` is the absolute value, `#2` the second column.
pub fn symbol_prefixes(list: &mut TokenList) {
    for i in 1..list.len() {
        if !matches!(list.token(i), Token::AtSign | Token::Sharp) {
            continue;
        }
        let is_operand = !matches!(
            list.before(i),
            Token::RParen | Token::RBracket | Token::Number(..) | Token::SingleQuotedString(_) | Token::Period
        ) && (!matches!(list.before(i), Token::Word(_))
            || list.is_any(i - 1, &["SELECT", "WHERE", "AND", "OR", "NOT", "BY", "THEN", "ELSE", "WHEN", "ON"]));
        if !is_operand {
            continue;
        }
        match (list.token(i), list.token(i + 1)) {
            (Token::AtSign, Token::LParen | Token::Minus | Token::Number(..)) => {
                list.replace(i..i + 1, vec![prefix_mark("abs")]);
            }
            (Token::Sharp, Token::Number(..)) => {
                let place = list.copy(i + 1..i + 2);
                let call = marked_call("position", [vec![Token::Mul, Token::Comma], place].concat());
                list.replace(i..i + 2, call);
            }
            _ => {}
        }
    }
}

/// `INTERVAL '1:1' MINUTE_SECOND`: units that the parser lacks.
pub fn paired_units(list: &mut TokenList) {
    const PARTS: &[&str] = &["MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"];
    let is_pair = |list: &TokenList, at: usize| match list.token(at) {
        Token::Word(word) if word.quote_style.is_none() => word
            .value
            .to_uppercase()
            .split_once('_')
            .is_some_and(|(first, last)| PARTS.contains(&first) && PARTS.contains(&last)),
        _ => false,
    };
    for i in list.places(0, &["INTERVAL"]) {
        let end = list.find(i + 1, |list, at| is_pair(list, at) || list.is(at, &Token::Comma));
        if is_pair(list, end) && end > i + 1 && !list.is_taken(i) {
            let arguments = [list.copy(i + 1..end), vec![Token::Comma, list.text(end..end + 1)]].concat();
            let call = marked_call("interval", arguments);
            list.replace(i..end + 1, call);
        }
    }
}

/// `js IS JSON ARRAY UNIQUE KEYS` is `… WITH UNIQUE KEYS`; `SUBSTRING(x FOR 3 FROM 2)` is `SUBSTRING(x FROM 2 FOR 3)`.
pub fn standard_forms(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.are_words(i, &["UNIQUE", "KEYS"]) && list.is_any(i - 1, &["JSON", "ARRAY", "OBJECT", "SCALAR", "VALUE"])
        {
            list.insert(i, vec![keyword("WITH")]);
        }
        let in_substring = list.outer(i).is_some_and(|open| open > 0 && list.is_word(open - 1, "SUBSTRING"));
        if in_substring && list.is_word(i, "FOR") && !list.is_taken(i) {
            let from = list.find(i, |list, at| list.is_word(at, "FROM"));
            let end = list.find(from, |_, _| false);
            if list.is_word(from, "FROM") {
                let swapped = [list.copy(from..end), list.copy(i..from)].concat();
                list.replace(i..end, swapped);
            }
        }
    }
}

/// `INTERVAL '1 day'` is `INTERVAL '1' DAY` where the parser asks for a unit: so sqlglot writes it
/// (`_parse_interval_span`), whether the engine knows the first or not.
pub fn units_in_texts(list: &mut TokenList) {
    const UNITS: &[&str] = &["YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"];
    for i in list.places(0, &["INTERVAL"]) {
        let Token::SingleQuotedString(text) = list.token(i + 1) else { continue };
        let Some((amount, unit)) = text.trim().split_once(' ') else { continue };
        let unit = unit.trim().to_uppercase();
        let is_unit = UNITS.contains(&unit.strip_suffix('S').unwrap_or(&unit));
        let digits = amount.strip_prefix('-').unwrap_or(amount);
        if is_unit && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let spelled = vec![Token::SingleQuotedString(amount.to_owned()), keyword(&unit)];
            list.replace(i + 1..i + 2, spelled);
        }
    }
}

/// `INTERVAL t.days DAY`: a name of several parts gets brackets.
pub fn intervals_of_columns(list: &mut TokenList) {
    let is_name = |list: &TokenList, at: usize| matches!(list.token(at), Token::Word(_));
    for i in list.places(0, &["INTERVAL"]) {
        let mut end = i + 2;
        while list.is(end, &Token::Period) && is_name(list, end + 1) {
            end += 2;
        }
        if is_name(list, i + 1) && end > i + 2 && is_name(list, end) && !list.is_taken(i) {
            let column = list.copy(i + 1..end);
            list.replace(i + 1..end, [vec![Token::LParen], column, vec![Token::RParen]].concat());
        }
    }
}

/// `INTERVAL 5 HOURS 30 MINUTES` and `INTERVAL '5' HOUR + '30' MINUTE`: each part is an interval of its own.
pub fn interval_sums(list: &mut TokenList) {
    for i in 0..list.len() {
        let first = i + 1 + usize::from(list.is(i + 1, &Token::Minus));
        if !list.is_word(i, "INTERVAL") || list.is_taken(i) || !is_part(list, first) {
            continue;
        }
        let mut at = first + 2;
        let mut sum = list.copy(i..at);
        loop {
            if is_part(list, at) {
                sum.extend([Token::Plus, keyword("INTERVAL")]);
                sum.extend(list.copy(at..at + 2));
                at += 2;
            } else if matches!(list.token(at), Token::Plus | Token::Minus) && is_part(list, at + 1) {
                sum.extend([list.token(at).clone(), keyword("INTERVAL")]);
                sum.extend(list.copy(at + 1..at + 3));
                at += 3;
            } else {
                break;
            }
        }
        if at > first + 2 {
            list.replace(i..at, [vec![Token::LParen], sum, vec![Token::RParen]].concat());
        }
    }
}

/// A number with a unit.
fn is_part(list: &TokenList, at: usize) -> bool {
    const UNITS: &[&str] = &[
        "YEAR",
        "YEARS",
        "MONTH",
        "MONTHS",
        "WEEK",
        "WEEKS",
        "DAY",
        "DAYS",
        "HOUR",
        "HOURS",
        "MINUTE",
        "MINUTES",
        "SECOND",
        "SECONDS",
        "MILLISECOND",
        "MILLISECONDS",
        "MICROSECOND",
        "MICROSECONDS",
    ];
    matches!(list.token(at), Token::Number(..) | Token::SingleQuotedString(_)) && list.is_any(at + 1, UNITS)
}

/// `TRIM('a', x)`, where the characters come first, is `TRIM('a' FROM x)`.
pub fn listed_trims(list: &mut TokenList) {
    for i in list.places(0, &["TRIM"]) {
        let comma = list.find(i + 2, |list, at| list.is(at, &Token::Comma) || list.is_word(at, "FROM"));
        let is_pair = list.is(i + 1, &Token::LParen)
            && list.is(comma, &Token::Comma)
            && list.is(list.find(comma + 1, |list, at| list.is(at, &Token::Comma)), &Token::RParen);
        if is_pair {
            list.replace(comma..comma + 1, vec![keyword("FROM")]);
        }
    }
}

/// `TRIM(LEADING FROM x)`: without characters.
pub fn plain_trims(list: &mut TokenList) {
    for i in 2..list.len() {
        let is_side = list.is_any(i - 1, &["BOTH", "LEADING", "TRAILING"]) && list.is(i - 2, &Token::LParen);
        if is_side && list.is_word(i, "FROM") {
            list.insert(i, vec![mark("blank")]);
        }
    }
}

/// `FROM substring(x FROM 2 FOR 3)`: as a relation it is a call like another.
pub fn substring_relations(list: &mut TokenList) {
    for i in list.places(1, &["SUBSTRING"]) {
        let close = list.close(i + 1);
        if !list.is_any(i - 1, &["FROM", "JOIN"]) || !list.is(i + 1, &Token::LParen) || close >= list.len() {
            continue;
        }
        let is_part = |list: &TokenList, at: usize| list.is_any(at, &["FROM", "FOR", "SIMILAR", "ESCAPE"]);
        let mut at = list.find(i + 2, is_part);
        if list.is_word(at, "FOR") {
            list.insert(at, vec![Token::Comma, Token::Number("1".into(), false)]);
        }
        while at < close && is_part(list, at) {
            let is_pattern = list.is_word(at, "SIMILAR");
            let comma = if is_pattern { vec![Token::Comma, prefix_mark("similar")] } else { vec![Token::Comma] };
            list.replace(at..at + 1, comma);
            at = list.find(at + 1, is_part);
        }
    }
}

/// `f(x).a.*`, `f(x)[0].* EXCEPT (b)`: the columns of a row that isn't a relation's.
pub fn stars_of_values(list: &mut TokenList) {
    for i in 2..list.len() {
        let is_star = list.is(i, &Token::Period) && list.is(i + 1, &Token::Mul);
        let in_projection = list.clause(i).is_some_and(|clause| list.is_word(clause, "SELECT"));
        if !is_star || !in_projection || list.is_taken(i) {
            continue;
        }
        let (mut start, mut is_value) = (i - 1, false);
        loop {
            let open = list.open(start);
            is_value |= open < start;
            let goes_on = match list.before(open) {
                Token::Word(_) => open < start && !list.is_any(open - 1, &["SELECT", "DISTINCT", "ALL", "STRUCT"]),
                Token::RParen | Token::RBracket => list.is(open, &Token::LBracket),
                Token::Period => true,
                _ => false,
            };
            if !goes_on || open == 0 {
                start = open;
                break;
            }
            start = if matches!(list.before(open), Token::Period) { open.saturating_sub(2) } else { open - 1 };
        }
        if !is_value || start >= i || matches!(list.before(start), Token::Gt | Token::ShiftRight) {
            continue;
        }
        let has_list = list.is_any(i + 2, &["EXCEPT", "REPLACE"]) && list.is(i + 3, &Token::LParen);
        let end = if has_list { list.close(i + 3).saturating_add(1).min(list.len()) } else { i + 2 };
        let rest =
            if has_list { vec![Token::Comma, list.text(i + 2..end), Token::RParen] } else { vec![Token::RParen] };
        list.insert(start, vec![mark("columns"), Token::LParen]);
        list.replace(i..end, rest);
    }
}

/// `sum(x) EXPORT_STATE`: the word becomes a prefix of the call.
pub fn exported_states(list: &mut TokenList) {
    for i in list.places(2, &["EXPORT_STATE"]) {
        let name = list.open(i - 1).wrapping_sub(1);
        if list.is(i - 1, &Token::RParen) && matches!(list.token(name), Token::Word(_)) {
            list.insert(name, vec![prefix_mark("export_state")]);
            list.replace(i..i + 1, Vec::new());
        }
    }
}

/// `l[1:-:2]`: a sign alone stands for the end.
pub fn open_ends(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.is(i, &Token::Minus) && list.is(i - 1, &Token::Colon) && list.is(i + 1, &Token::Colon) {
            list.replace(i..i + 1, vec![mark("end")]);
        }
    }
}

/// `NORMALIZE(x, NFC)`: a word, not a column.
pub fn normal_forms(list: &mut TokenList) {
    for i in list.places(3, &["NFC", "NFD", "NFKC", "NFKD"]) {
        let in_call = list.outer(i).is_some_and(|open| open > 0 && list.is_word(open - 1, "NORMALIZE"));
        if in_call && list.is(i - 1, &Token::Comma) && list.is(i + 1, &Token::RParen) {
            let form = list.token(i).to_string().to_lowercase();
            list.replace(i..i + 1, vec![mark(&form)]);
        }
    }
}
