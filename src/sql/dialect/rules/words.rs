//! Words and symbols that the lexer or the parser takes for something else than they are where they stand.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, name, quoted};

/// `SELECT 1 AS limit`, `SELECT 1 limit`, `FROM t offset`: a clause can't end with its first word.
pub fn trailing_keywords(list: &mut TokenList) {
    const WORDS: &[&str] = &[
        "LIMIT", "OFFSET", "QUALIFY", "PREWHERE", "SETTINGS", "FORMAT", "OVERLAPS", "AT", "BEFORE", "CHANGES",
        "EXCLUDE", "WINDOW", "FETCH",
    ];
    for i in list.places(1, WORDS) {
        let ends =
            matches!(list.token(i + 1), Token::EOF | Token::RParen | Token::Comma) || list.is_word(i + 1, "FROM");
        let is_known = list.is(i - 1, &Token::Period) || list.is_any(i - 1, &["WITH", "AS"]);
        if ends && !is_known {
            list.demote(i);
        }
    }
}

/// `SELECT group, t.order`: without BY behind them these words are names.
pub fn names_of_clauses(list: &mut TokenList) {
    for i in list.places(1, &["GROUP", "ORDER"]) {
        let begins = list.is_any(i + 1, &["BY", "SIBLINGS"]) || list.is(i + 1, &Token::LParen);
        let is_part = list.is_any(i - 1, &["WITHIN", "EXCLUDE", "KEEP"]) || list.is(i - 1, &Token::Period);
        if !begins && !is_part {
            list.demote(i);
        }
    }
}

/// `WHERE interval IS NULL`: a column, as no value follows.
pub fn columns_called_interval(list: &mut TokenList) {
    const AFTER_NAME: &[&str] = &[
        "IS", "ROWS", "RANGE", "GROUPS", "END", "AS", "FROM", "IN", "LIKE", "THEN", "ELSE", "AND", "OR", "NOT", "ASC",
        "DESC", "WHEN", "NULLS", "BETWEEN", "GROUP", "ORDER", "LIMIT", "WHERE", "UNION", "ON",
    ];
    for i in list.places(1, &["INTERVAL"]) {
        let is_type = list.is_word(i - 1, "AS") || list.is(i - 1, &Token::DoubleColon);
        let is_symbol = matches!(
            list.token(i + 1),
            Token::EOF
                | Token::Period
                | Token::RParen
                | Token::RBracket
                | Token::Comma
                | Token::Eq
                | Token::Neq
                | Token::Lt
                | Token::Gt
                | Token::LtEq
                | Token::GtEq
                | Token::DoubleColon
        );
        if !is_type && (is_symbol || list.is_any(i + 1, AFTER_NAME)) {
            list.demote(i);
        }
    }
}

/// `t.1a`, `foo.bar.25`, `(a, b).2`: what the lexer takes for a decimal fraction is a name behind a dot.
pub fn names_that_start_with_digits(list: &mut TokenList) {
    for i in 1..list.len() {
        let Token::Number(text, false) = list.token(i) else { continue };
        let follows = matches!(list.before(i), Token::Word(_) | Token::RParen | Token::RBracket);
        let Some(digits) = text.strip_prefix('.').filter(|_| follows && list.is_adjacent(i)) else { continue };
        let mut value = digits.to_owned();
        let mut end = i + 1;
        if let (Token::Word(rest), true) = (list.token(end), list.is_adjacent(end))
            && rest.quote_style.is_none()
        {
            value.push_str(&rest.value);
            end += 1;
        }
        list.replace(i..end, vec![Token::Period, name(&value)]);
    }
}

/// `FROM dataset.events_*`, `FROM dataset.*`: a table's name with a wildcard.
pub fn table_wildcards(list: &mut TokenList) {
    for i in 2..list.len() {
        if !list.is(i, &Token::Mul) || !list.is_adjacent(i) || !list.is_among_relations(i) {
            continue;
        }
        match list.token(i - 1) {
            Token::Period => list.replace(i..i + 1, vec![quoted("*")]),
            Token::Word(word) => {
                let value = format!("{}*", word.value);
                list.replace(i - 1..i + 1, vec![quoted(&value)]);
            }
            _ => {}
        }
    }
}

/// `FROM my-project-1a.b.c`: hyphens are part of a table's name, whatever the lexer makes of the digits around them.
pub fn hyphenated_tables(list: &mut TokenList) {
    for i in list.places(0, &["FROM", "JOIN"]) {
        let mut end = i + 1;
        while end == i + 1 || list.is_adjacent(end) {
            let is_part = matches!(list.token(end), Token::Word(_) | Token::Number(..) | Token::Minus | Token::Period);
            if !is_part || matches!(list.token(end), Token::Word(word) if word.quote_style.is_some()) {
                break;
            }
            end += 1;
        }
        let has_hyphen = list.any(i + 1..end, |list, at| list.is(at, &Token::Minus));
        let has_number = list.any(i + 1..end, |list, at| matches!(list.token(at), Token::Number(..)));
        if has_hyphen
            && has_number
            && !matches!(list.token(end), Token::Word(word) if word.quote_style.is_some() && list.is_adjacent(end))
        {
            let text: String = (i + 1..end).map(|at| list.token(at).to_string()).collect();
            let parts = text.split('.').map(name);
            let named: Vec<Token> = parts.flat_map(|part| [Token::Period, part]).skip(1).collect();
            list.replace(i + 1..end, named);
        }
    }
}

/// `${x}`, `${hiveconf:x}` and `FROM {df}`: what somebody fills in before the query runs.
pub fn variables(list: &mut TokenList) {
    for i in 0..list.len() {
        let close = list.close(i);
        if !list.is(i, &Token::LBrace) || close >= list.len() || list.is_taken(i) {
            continue;
        }
        let is_relation = |at: usize| at > 0 && list.is_any(at - 1, &["FROM", "JOIN"]);
        let has_dollar = matches!(list.before(i), Token::Placeholder(text) if text == "$")
            || matches!(list.before(i), Token::Char('$'));
        let start = if has_dollar { i - 1 } else { i };
        let is_part = list.is(start.wrapping_sub(1), &Token::Period) || list.is(close + 1, &Token::Period);
        let text: String = (start..close + 1).map(|at| list.token(at).to_string()).collect();
        if is_relation(start) || has_dollar && is_part {
            list.replace(start..close + 1, vec![quoted(&text)]);
        } else if has_dollar {
            list.replace(start..close + 1, vec![Token::Placeholder(text)]);
        }
    }
}

/// `x ISNULL` and `x NOTNULL`, where these are reserved words.
pub fn null_tests(list: &mut TokenList) {
    for i in list.places(1, &["ISNULL", "NOTNULL"]) {
        let follows = matches!(
            list.before(i),
            Token::Word(_) | Token::RParen | Token::RBracket | Token::Number(..) | Token::SingleQuotedString(_)
        ) && !is_operand(list, i)
            && !list.is_any(i - 1, &["AS", "BY", "FROM", "JOIN", "WITH", "ON", "USING"]);
        if !follows || list.is(i + 1, &Token::LParen) || list.is(i + 1, &Token::Period) {
            continue;
        }
        if list.is_word(i, "ISNULL") {
            list.replace(i..i + 1, vec![keyword("IS"), keyword("NULL")]);
        } else {
            list.replace(i..i + 1, vec![keyword("IS"), keyword("NOT"), keyword("NULL")]);
        }
    }
}

/// `WHERE id = %s`, `%(id)s`, `?`: parameters of a driver, where an operand stands.
pub fn driver_parameters(list: &mut TokenList) {
    for i in 1..list.len() {
        if !matches!(list.token(i), Token::Question | Token::Mod) || !is_operand(list, i) {
            continue;
        }
        match list.token(i) {
            Token::Question => list.replace(i..i + 1, vec![Token::Placeholder("?".into())]),
            Token::Mod if list.is_word(i + 1, "s") && list.is_adjacent(i + 1) => {
                list.replace(i..i + 2, vec![Token::Placeholder("%s".into())]);
            }
            Token::Mod
                if list.is(i + 1, &Token::LParen) && list.is(i + 3, &Token::RParen) && list.is_word(i + 4, "s") =>
            {
                let text = format!("%({})s", list.token(i + 2));
                list.replace(i..i + 5, vec![Token::Placeholder(text)]);
            }
            _ => {}
        }
    }
}

/// `:'x'` and `:"x"`: what psql fills in before the query runs.
pub fn driver_variables(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_name = matches!(list.token(i + 1), Token::SingleQuotedString(_)) && list.is_adjacent(i + 1);
        if list.is(i, &Token::Colon) && is_name && is_operand(list, i) {
            let text = format!(":{}", list.token(i + 1));
            list.replace(i..i + 2, vec![Token::Placeholder(text)]);
        }
    }
}

/// Does an operand stand at `i`, not an operator?
pub(super) fn is_operand(list: &TokenList, i: usize) -> bool {
    const WORDS: &[&str] = &[
        "SELECT", "WHERE", "AND", "OR", "NOT", "BETWEEN", "LIKE", "ILIKE", "LIMIT", "OFFSET", "THEN", "ELSE", "WHEN",
        "IS",
    ];
    match list.before(i) {
        Token::Word(_) => list.is_any(i - 1, WORDS),
        Token::RParen | Token::RBracket | Token::RBrace | Token::Period => false,
        Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_) | Token::EOF => false,
        _ => true,
    }
}

/// `ARRAY<STRUCT<a INT64>>[…]`: the lexer takes two closing brackets for a shift.
pub fn closing_angle_brackets(list: &mut TokenList) {
    let mut i = 0;
    while i < list.len() {
        let opens = list.is_any(i, &["ARRAY", "STRUCT", "MAP", "RANGE"]) && list.is(i + 1, &Token::Lt);
        i = if opens { split_shifts(list, i + 1) } else { i + 1 };
    }
}

fn split_shifts(list: &mut TokenList, open: usize) -> usize {
    let mut depth = 0_usize;
    let mut shifts = Vec::new();
    let mut at = open;
    while at < list.len() {
        match list.token(at) {
            Token::Lt => depth += 1,
            Token::Gt => depth = depth.saturating_sub(1),
            Token::ShiftRight => {
                depth = depth.saturating_sub(2);
                shifts.push(at);
            }
            Token::Word(_) | Token::Number(..) | Token::Comma | Token::Colon | Token::LParen | Token::RParen => {}
            _ => return at + 1,
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    if depth == 0 {
        for shift in shifts {
            list.replace(shift..shift + 1, vec![Token::Gt, Token::Gt]);
        }
    }
    at
}

/// `ARRAY<INT64>[1, 2]` is `CAST([1, 2] AS ARRAY<INT64>)`; the parser takes it for comparisons.
pub fn typed_arrays(list: &mut TokenList) {
    for i in 0..list.len() {
        if !list.is_word(i, "ARRAY") || !list.is(i + 1, &Token::Lt) || list.is_taken(i) {
            continue;
        }
        let Some(end) = type_end(list, i + 1) else { continue };
        let close = list.close(end);
        if list.is(end, &Token::LBracket) && close < list.len() {
            let of = list.copy(i..end);
            list.replace(i..end, vec![keyword("CAST"), Token::LParen]);
            list.insert(close + 1, [vec![keyword("AS")], of, vec![Token::RParen]].concat());
        }
    }
}

/// Where a type's angle brackets, which open at `open`, are closed.
fn type_end(list: &TokenList, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for at in open..list.len() {
        match list.token(at) {
            Token::Lt => depth += 1,
            Token::Gt => depth = depth.saturating_sub(1),
            Token::Word(_) | Token::Number(..) | Token::Comma | Token::Colon | Token::LParen | Token::RParen => {}
            _ => return None,
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// `SEL a`
pub fn short_select(list: &mut TokenList) {
    for i in 0..list.len() {
        if list.is_word(i, "SEL") && matches!(list.before(i), Token::EOF | Token::LParen | Token::RParen) {
            list.replace(i..i + 1, vec![keyword("SELECT")]);
        }
    }
}

/// `x MOD 2`
pub fn modulo(list: &mut TokenList) {
    operator_words(list, &[("MOD", Token::Mod)]);
}

/// `x EQ 1`: words for comparisons.
pub fn comparison_words(list: &mut TokenList) {
    const OPERATORS: &[(&str, Token)] = &[
        ("EQ", Token::Eq),
        ("NE", Token::Neq),
        ("GT", Token::Gt),
        ("GE", Token::GtEq),
        ("LT", Token::Lt),
        ("LE", Token::LtEq),
    ];
    operator_words(list, OPERATORS);
}

fn operator_words(list: &mut TokenList, operators: &[(&str, Token)]) {
    for i in 1..list.len() {
        let Some((_, symbol)) = operators.iter().find(|(word, _)| list.is_word(i, word)) else { continue };
        let is_left = matches!(list.before(i), Token::Word(_) | Token::RParen | Token::Number(..))
            && !is_operand(list, i)
            && !list.is_any(i - 1, &["AS", "FROM", "JOIN", "BY"]);
        let is_right = matches!(list.token(i + 1), Token::Word(_) | Token::Number(..) | Token::SingleQuotedString(_))
            && !list.is_any(i + 1, &["FROM", "AND", "OR", "ON", "WHERE", "ORDER", "GROUP", "JOIN"]);
        if is_left && is_right {
            list.replace(i..i + 1, vec![symbol.clone()]);
        }
    }
}

/// `a ^= b` is `a <> b`.
pub fn caret_inequality(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.is(i, &Token::Caret) && list.is(i + 1, &Token::Eq) && list.is_adjacent(i + 1) {
            list.replace(i..i + 2, vec![Token::Neq]);
        }
    }
}

/// `a ** b` is `a ^ b`.
pub fn powers(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.is(i, &Token::Mul) && list.is(i + 1, &Token::Mul) && list.is_adjacent(i + 1) && !is_operand(list, i) {
            list.replace(i..i + 2, vec![Token::Caret]);
        }
    }
}

/// `SELECT (SELECT 1) top`: a name where no word of this meaning is known.
pub fn names(list: &mut TokenList, words: &[&str]) {
    for i in list.places(1, words) {
        list.demote(i);
    }
}

/// `a && b` between lists, which the parser knows in one dialect only.
pub fn overlaps(list: &mut TokenList) {
    for i in 1..list.len() {
        if list.is(i, &Token::Overlap) {
            list.replace(i..i + 1, vec![Token::CustomBinaryOperator("&&".into())]);
        }
    }
}
