//! Queries where the parser doesn't expect them, and statements that stand for queries.

use std::ops::Range;

use rustc_hash::FxHashSet;
use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use super::relations::AFTER_RELATION;
use crate::sql::dialect::tokens::{PREFIX_MARK, TokenList, keyword, mark, prefix_mark};

const SET_OPERATORS: &[&str] = &["UNION", "EXCEPT", "INTERSECT", "MINUS"];
/// Words that an expression follows.
const BEFORE_EXPRESSION: &[&str] = &[
    "SELECT", "DISTINCT", "WHERE", "AND", "OR", "NOT", "ON", "THEN", "ELSE", "WHEN", "CASE", "BETWEEN", "LIKE", "BY",
    "HAVING", "QUALIFY", "LIMIT", "OFFSET", "IS",
];
/// Words that a query in brackets follows, or a relation.
const BEFORE_QUERY: &[&str] = &[
    "IN",
    "EXISTS",
    "ANY",
    "ALL",
    "SOME",
    "AS",
    "FROM",
    "JOIN",
    "LATERAL",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "MINUS",
    "TABLE",
    "APPLY",
    "USING",
    "OVER",
    "MATERIALIZED",
    "VALUES",
    "NAME",
];
/// Brackets that are looked through from one to the next.
const MAX_BRACKETS: usize = 32;

/// `SELECT a,, b`: nothing between two commas of a projection is left out.
pub fn empty_elements(list: &mut TokenList) {
    for i in 1..list.len() {
        if !list.is(i, &Token::Comma) || !list.is(i - 1, &Token::Comma) || list.is_taken(i) {
            continue;
        }
        if list.clause(i).is_some_and(|clause| list.is_word(clause, "SELECT")) {
            list.replace(i..i + 1, Vec::new());
        }
    }
}

/// `VALUES (1), (2),`: nothing follows the last comma.
pub fn trailing_rows(list: &mut TokenList) {
    for i in 1..list.len() {
        let ends = matches!(list.token(i + 1), Token::RParen | Token::EOF);
        let in_values = || list.clause(i).is_some_and(|clause| list.is_word(clause, "VALUES"));
        if list.is(i, &Token::Comma) && ends && list.is(i - 1, &Token::RParen) && in_values() {
            list.replace(i..i + 1, Vec::new());
        }
    }
}

/// `((SELECT 1) UNION (SELECT 2))` and `(VALUES (1))` where an expression stands.
pub fn bracketed_queries(list: &mut TokenList) {
    // Brackets that are known to hold a query: those right inside of them are its operands.
    let mut queries = FxHashSet::default();
    for i in 0..list.len() {
        if !list.is(i, &Token::LParen) {
            continue;
        }
        if list.outer(i).is_some_and(|outer| queries.contains(&outer)) && starts_query(list, i) {
            queries.insert(i);
            continue;
        }
        let close = list.close(i);
        if close >= list.len() {
            continue;
        }
        let is_set = list.is(i + 1, &Token::LParen) && starts_query(list, i + 1) && has_operator(list, i, close);
        let is_call = is_call(list, i);
        if is_call && is_set {
            queries.insert(i);
            list.insert(i + 1, vec![prefix_mark("query"), Token::LParen]);
            list.insert(close, vec![Token::RParen]);
        } else if !is_call && (is_set || list.is_word(i + 1, "VALUES")) && is_expression(list, i) {
            queries.insert(i);
            list.insert(i, vec![prefix_mark("query")]);
        }
    }
}

/// `IN ((SELECT 1), 2)`: a list whose first element is a query.
pub fn lists_of_queries(list: &mut TokenList) {
    for i in 1..list.len() {
        let close = list.close(i + 1);
        let is_list = list.is_word(i - 1, "IN") && list.is(i, &Token::LParen) && list.is(i + 1, &Token::LParen);
        if is_list && starts_query(list, i + 1) && list.is(close + 1, &Token::Comma) {
            list.insert(i + 1, vec![prefix_mark("query")]);
        }
    }
}

fn starts_query(list: &TokenList, open: usize) -> bool {
    let first = (open..open + MAX_BRACKETS).find(|&at| !list.is(at, &Token::LParen));
    first.is_some_and(|at| list.is_any(at, &["SELECT", "WITH", "VALUES", "FROM"]))
}

/// Does a set operator, or a clause of a whole query, follow the first bracket inside?
fn has_operator(list: &TokenList, open: usize, close: usize) -> bool {
    let after = list.close(open + 1).saturating_add(1);
    after < close && (list.is_any(after, SET_OPERATORS) || list.is_any(after, &["ORDER", "LIMIT", "OFFSET"]))
}

fn is_call(list: &TokenList, open: usize) -> bool {
    matches!(list.before(open), Token::Word(word) if !word.value.starts_with(PREFIX_MARK))
        && !list.is_any(open - 1, BEFORE_EXPRESSION)
        && !list.is_any(open - 1, BEFORE_QUERY)
}

fn is_expression(list: &TokenList, open: usize) -> bool {
    let mut at = open;
    for _ in 0..MAX_BRACKETS {
        match list.before(at) {
            Token::EOF | Token::Period => return false,
            Token::LParen if is_call(list, at - 1) => return true,
            Token::LParen => at -= 1,
            Token::Word(_) => return list.is_any(at - 1, BEFORE_EXPRESSION),
            Token::Comma => return !list.is_among_relations(at) && list.clause(at).is_some(),
            Token::RParen => return false,
            _ => return true,
        }
    }
    false
}

/// `FROM t WHERE x`: all columns.
pub fn from_without_select(list: &mut TokenList) {
    for i in list.places(0, &["FROM"]) {
        let starts = match list.before(i) {
            Token::EOF => true,
            Token::LParen => !list.outer(i).is_some_and(|open| open > 0 && list.is_any(open - 1, &["TRIM", "EXTRACT"])),
            Token::RParen => list.clause(i).is_some_and(|clause| list.is_word(clause, "WITH")),
            _ => follows_set_operator(list, i),
        };
        if !starts {
            continue;
        }
        let next = list.find(i + 1, |list, at| list.is_word(at, "SELECT") || list.is_any(at, SET_OPERATORS));
        if !list.is_word(next, "SELECT") {
            list.insert(i, vec![keyword("SELECT"), Token::Mul]);
        }
    }
}

/// `TABLE t` is `SELECT * FROM t`, also where the parser wants a query with clauses.
pub fn table_commands(list: &mut TokenList) {
    for i in list.places(0, &["TABLE"]) {
        let starts = match list.before(i) {
            Token::EOF => true,
            Token::LParen => !is_call(list, i - 1),
            Token::RParen => list.clause(i).is_some_and(|clause| list.is_word(clause, "WITH")),
            _ => follows_set_operator(list, i),
        };
        if !starts || !matches!(list.token(i + 1), Token::Word(_)) || list.is_any(i + 1, CLAUSE_WORDS) {
            continue;
        }
        let mut select = vec![keyword("SELECT"), Token::Mul, keyword("FROM")];
        if is_piped(list, i) {
            // The operands of a pipe's set operator have brackets.
            select.insert(0, Token::LParen);
            let end = list.find(i, |list, at| list.is(at, &Token::VerticalBarRightAngleBracket));
            list.insert(end, vec![Token::RParen]);
        }
        list.replace(i..i + 1, select);
    }
}

/// Does the set operator right before `i` follow `|>`?
fn is_piped(list: &TokenList, i: usize) -> bool {
    let operator = (i.saturating_sub(3)..i).find(|at| list.is_any(*at, SET_OPERATORS));
    operator.is_some_and(|at| matches!(list.before(at), Token::VerticalBarRightAngleBracket))
}

/// `UNION ALL BY NAME` and its kin end right before `i`. ALL and NAME alone may be columns.
fn follows_set_operator(list: &TokenList, i: usize) -> bool {
    let mut at = i;
    if at >= 2 && list.are_words(at - 2, &["BY", "NAME"]) {
        at -= 2;
    }
    if at >= 1 && list.is_any(at - 1, &["ALL", "DISTINCT"]) {
        at -= 1;
    }
    at >= 1 && list.is_any(at - 1, SET_OPERATORS)
}

/// `(PIVOT t ON a USING sum(b))`, `(SUMMARIZE t)`: a query whose columns only running it would tell.
pub fn statements_as_queries(list: &mut TokenList) {
    const STATEMENTS: &[&str] = &["PIVOT", "UNPIVOT", "PIVOT_WIDER", "PIVOT_LONGER", "DESCRIBE", "SHOW", "SUMMARIZE"];
    for i in list.places(0, STATEMENTS) {
        let starts = matches!(list.before(i), Token::EOF | Token::LParen)
            || (list.is(i.wrapping_sub(1), &Token::RParen)
                && list.clause(i).is_some_and(|clause| list.is_word(clause, "WITH")));
        let is_named = matches!(list.token(i + 1), Token::Word(_) | Token::LParen) && !list.is_word(i + 1, "AS");
        let from = i + 1;
        if starts && list.is_any(i, &["DESCRIBE", "SHOW"]) && list.is_any(from, &["SELECT", "FROM", "WITH", "VALUES"]) {
            let end = list.find(from, |_, _| false);
            let kind = list.token(i).to_string().to_lowercase();
            let mut insert = vec![keyword("SELECT"), mark("columns"), Token::LParen, Token::Mul, Token::Comma];
            insert.extend([Token::SingleQuotedString(kind), Token::RParen, keyword("FROM"), Token::LParen]);
            list.replace(i..from, insert);
            list.insert(end, vec![Token::RParen]);
            continue;
        }
        if !starts || !is_named || list.is_taken(i) {
            continue;
        }
        let rest = list.find(from, |list, at| {
            list.is_any(at, &["ON", "USING", "INTO", "INCLUDE"]) || list.is_any(at, CLAUSE_WORDS)
        });
        let end = list.find(from, |_, _| false);
        if rest == from || list.is(rest, &Token::LParen) {
            continue;
        }
        let text = list.text(rest..end);
        let kind = list.token(i).to_string().to_lowercase();
        let mut insert = vec![keyword("SELECT"), mark("columns"), Token::LParen, Token::Mul, Token::Comma];
        insert.extend([Token::SingleQuotedString(kind), Token::Comma, text, Token::RParen, keyword("FROM")]);
        list.replace(rest..end, Vec::new());
        list.replace(i..from, insert);
    }
}

/// `(SELECT a UNION SELECT b) CLUSTER BY a`: the clause belongs to a query over the one in brackets.
pub fn sorted_set_operations(list: &mut TokenList) {
    for i in 1..list.len() {
        let starts = list.is_any(i, &["CLUSTER", "DISTRIBUTE", "SORT"]) && list.is_word(i + 1, "BY");
        let close = i - 1;
        if !starts || !list.is(close, &Token::RParen) || list.clause(i).is_some() {
            continue;
        }
        let open = list.open(close);
        if list.is_any(open + 1, &["SELECT", "WITH"]) && matches!(list.before(open), Token::EOF | Token::LParen) {
            list.insert(open, vec![keyword("SELECT"), Token::Mul, keyword("FROM")]);
        }
    }
}

/// `VALUES 1, 2` without brackets around the rows; `VALUES (1) t(a)` as a query, and as a relation without brackets.
pub fn inline_tables(list: &mut TokenList) {
    let mut next_relation = None;
    for i in list.places(0, &["VALUES"]) {
        let is_item = list.is_any(i.wrapping_sub(1), &["FROM", "JOIN"]) || list.is(i.wrapping_sub(1), &Token::Comma);
        let is_relation = next_relation == Some(i) || is_item && list.is_among_relations(i);
        let is_query = match list.before(i) {
            Token::EOF | Token::LParen => true,
            Token::RParen => list.clause(i).is_some_and(|clause| list.is_word(clause, "WITH")),
            _ => follows_set_operator(list, i),
        };
        if list.is_taken(i) || !(is_relation || is_query) {
            continue;
        }
        let (rows, end) = rows(list, i + 1);
        let (alias, end) = table_alias(list, end);
        if is_relation && list.is(end, &Token::Comma) && list.is_word(end + 1, "VALUES") {
            next_relation = Some(end + 1);
        }
        let is_bare = |row: &Range<usize>| !list.is(row.start, &Token::LParen) || list.close(row.start) + 1 != row.end;
        if !rows.iter().any(is_bare) && alias.is_empty() && !is_relation {
            continue;
        }
        let mut values = vec![keyword("VALUES")];
        for (at, row) in rows.into_iter().enumerate() {
            values.extend((at > 0).then_some(Token::Comma));
            match is_bare(&row) {
                true => values.extend([vec![Token::LParen], list.copy(row), vec![Token::RParen]].concat()),
                false => values.extend(list.copy(row)),
            }
        }
        if is_relation || !alias.is_empty() {
            values = [vec![Token::LParen], values, vec![Token::RParen], alias].concat();
        }
        if !is_relation && values.first() == Some(&Token::LParen) {
            values.splice(0..0, [keyword("SELECT"), Token::Mul, keyword("FROM")]);
        }
        list.replace(i..end, values);
    }
}

/// The rows that begin at `first`, and where they end.
fn rows(list: &TokenList, first: usize) -> (Vec<Range<usize>>, usize) {
    let mut rows = Vec::new();
    let mut start = first;
    loop {
        let is_end = |list: &TokenList, at: usize| {
            list.is(at, &Token::Comma) || list.is_any(at, AFTER_RELATION) || list.is_any(at, CLAUSE_WORDS)
        };
        let bracketed = list.is(start, &Token::LParen).then(|| list.close(start).saturating_add(1));
        let ends_there = |at: &usize| {
            matches!(list.token(*at), Token::EOF | Token::RParen | Token::LParen | Token::Word(_) | Token::Comma)
        };
        let end = bracketed.filter(ends_there).unwrap_or_else(|| {
            let end = list.find(start, is_end);
            let before = end.saturating_sub(2);
            let has_alias = matches!(list.token(before + 1), Token::Word(_))
                && matches!(list.token(before), Token::Number(..) | Token::SingleQuotedString(_) | Token::RParen);
            end - usize::from(has_alias && before >= start && !list.is(end, &Token::Comma))
        });
        rows.push(start..end);
        if end <= start || !list.is(end, &Token::Comma) || list.is_word(end + 1, "VALUES") {
            return (rows, end);
        }
        start = end + 1;
    }
}

/// The alias of a relation that ends before `start`, as the parser wants it, and where it ends.
fn table_alias(list: &TokenList, start: usize) -> (Vec<Token>, usize) {
    let name = start + usize::from(list.is_word(start, "AS"));
    let is_name = matches!(list.token(name), Token::Word(_))
        && !list.is_any(name, AFTER_RELATION)
        && !list.is_any(name, CLAUSE_WORDS);
    let columns = name + usize::from(is_name);
    let end = if list.is(columns, &Token::LParen) { list.close(columns).saturating_add(1) } else { columns };
    if end == start || end > list.len() || !is_name && end == columns {
        return (Vec::new(), start);
    }
    let name = if is_name { list.copy(name..columns) } else { vec![mark("unnamed")] };
    ([vec![keyword("AS")], name, list.copy(columns..end)].concat(), end)
}

/// `f(x => SELECT 1)`: a query as a named argument has brackets.
pub fn queries_as_named_arguments(list: &mut TokenList) {
    for i in list.places(2, &["SELECT"]) {
        let close = list.outer(i).map(|open| list.close(open));
        if let (Token::RArrow, Some(close)) = (list.token(i - 1), close)
            && close < list.len()
            && list.find(i, |list, at| list.is(at, &Token::RArrow)) == close
        {
            list.insert(i, vec![Token::LParen]);
            list.insert(close, vec![Token::RParen]);
        }
    }
}
