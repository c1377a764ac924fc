//! Set operations: how columns are paired, and clauses of a single operand.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, mark};

const OPERATORS: &[&str] = &["UNION", "EXCEPT", "INTERSECT"];

/// `a FULL OUTER UNION ALL BY NAME ON (x) b`: what the parser lacks goes into an operand of its own, which the
/// converter takes for what it is: `a UNION ALL VALUES (mark, x) UNION ALL b`.
pub fn column_modes(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_pipe = |at: usize| matches!(list.before(at), Token::VerticalBarRightAngleBracket);
        if !list.is_any(i, OPERATORS) || list.is(i + 1, &Token::LParen) && !is_mode(list, i - 1) {
            continue;
        }
        let mut start = i;
        while start > 0 && is_mode(list, start - 1) {
            start -= 1;
        }
        let (end, columns) = after_operator(list, i);
        let is_plain = start == i && columns.is_none() && !has_correspondence(list, i, end);
        if is_plain || is_pipe(start) || start == 0 {
            continue;
        }
        let all = list.is_any(i + 1, &["ALL", "DISTINCT"]);
        let operator = list.copy(i..i + 1 + usize::from(all));
        let words: Vec<String> = (start..i).chain(i + 1..end).map(|at| list.token(at).to_string()).collect();
        let words = words.iter().filter(|word| word.chars().all(char::is_alphabetic));
        let words: Vec<String> = words.map(|word| word.to_lowercase()).collect();
        let mut insert = operator.clone();
        insert.extend([keyword("VALUES"), Token::LParen, mark(&format!("set_{}", words.join("_")))]);
        if let Some((open, close)) = columns {
            insert.push(Token::Comma);
            insert.extend(list.copy(open + 1..close));
        }
        insert.push(Token::RParen);
        insert.extend(operator);
        let end = columns.map_or(end, |(_, close)| close + 1);
        list.replace(start..end, insert);
    }
}

fn is_mode(list: &TokenList, at: usize) -> bool {
    list.is_any(at, &["FULL", "LEFT", "INNER", "OUTER"])
}

fn has_correspondence(list: &TokenList, i: usize, end: usize) -> bool {
    list.any(i + 1..end, |list, at| list.is_word(at, "CORRESPONDING"))
}

/// Where the words behind an operator end, and the brackets with the columns that they name.
fn after_operator(list: &TokenList, i: usize) -> (usize, Option<(usize, usize)>) {
    let mut at = i + 1 + usize::from(list.is_any(i + 1, &["ALL", "DISTINCT"]));
    let mut by = None;
    if list.are_words(at, &["BY", "NAME"]) {
        at += 2;
        by = list.is_word(at, "ON").then_some(at);
    } else if list.is_word(at, "CORRESPONDING") || list.are_words(at, &["STRICT", "CORRESPONDING"]) {
        at += 1 + usize::from(list.is_word(at, "STRICT"));
        by = list.is_word(at, "BY").then_some(at);
    }
    let close = by.map(|by| (by + 1, list.close(by + 1)));
    match close.filter(|(open, close)| list.is(*open, &Token::LParen) && *close < list.len()) {
        Some((open, close)) => (open, Some((open, close))),
        None => (at, None),
    }
}

/// `SELECT a LIMIT 1 UNION ALL SELECT b`: the clauses belong to the first query, which brackets say.
pub fn clauses_of_operands(list: &mut TokenList) {
    // For each open bracket: where the operand starts, and whether it has such clauses.
    let mut levels: Vec<(Option<usize>, bool)> = vec![(None, false)];
    for i in 0..list.len() {
        match list.token(i) {
            Token::LParen | Token::LBracket | Token::LBrace => levels.push((None, false)),
            Token::RParen | Token::RBracket | Token::RBrace => drop(levels.pop()),
            _ => {}
        }
        let Some((start, has_clauses)) = levels.last_mut() else { return };
        if list.is_word(i, "SELECT") && start.is_none() {
            *start = Some(i);
        } else if list.is_any(i, &["LIMIT", "SETTINGS"]) || list.are_words(i, &["ORDER", "BY"]) {
            *has_clauses = true;
        } else if list.is_any(i, OPERATORS) && !list.is(i + 1, &Token::LParen) {
            if let (Some(start), true) = (*start, *has_clauses) {
                list.insert(start, vec![Token::LParen]);
                list.insert(i, vec![Token::RParen]);
            }
            (*start, *has_clauses) = (None, false);
        }
    }
}
