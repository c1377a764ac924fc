//! Join words that the parser lacks: strictness (`ANY`), distribution (`GLOBAL`) and algorithm (`HASH`).
//!
//! They are taken out and put into the join's constraint: `ON c` becomes `ON __impact_prefix_join_any c`, which parses as
//! a prefix before the whole condition; `USING (a)` gets a marked first column; a join without either gets a marked `ON`.

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use crate::sql::dialect::tokens::{TokenList, keyword, mark, prefix_mark};

/// Words that may stand before `JOIN`.
const JOIN_WORDS: &[&str] = &["NATURAL", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "SEMI", "ANTI", "ASOF"];

/// Takes `words` out of joins.
pub fn join_words(list: &mut TokenList, words: &[&str]) {
    for join in 1..list.len() {
        if !list.is_word(join, "JOIN") {
            continue;
        }
        let mut start = join;
        while start > 0 && (list.is_any(start - 1, JOIN_WORDS) || list.is_any(start - 1, words)) {
            start -= 1;
        }
        let found: Vec<usize> = (start..join).filter(|at| list.is_any(*at, words) && !is_alias(list, *at)).collect();
        if !found.is_empty() {
            mark_join(list, join, &found);
        }
        swap_sides(list, start..join);
    }
}

/// An algorithm stands behind a side; without one the word is the relation's alias.
fn is_alias(list: &TokenList, at: usize) -> bool {
    let has_side = at > 0 && list.is_any(at - 1, &["INNER", "LEFT", "RIGHT", "FULL", "OUTER"]);
    list.is_any(at, &["HASH", "LOOP", "MERGE", "REMOTE"]) && !has_side
}

fn mark_join(list: &mut TokenList, join: usize, found: &[usize]) {
    let names: Vec<String> = found.iter().map(|at| list.token(*at).to_string().to_lowercase()).collect();
    let names = format!("join_{}", names.join("_"));
    let is_natural = (0..join).rev().take_while(|&at| list.is_any(at, JOIN_WORDS) || found.contains(&at));
    let is_natural = is_natural.into_iter().any(|at| list.is_word(at, "NATURAL"));
    for &at in found {
        list.replace(at..at + 1, Vec::new());
    }
    let is_end = |list: &TokenList, at: usize| {
        let is_hint = list.is_word(at, "WITH") && list.is(at + 1, &Token::LParen);
        list.is_any(at, &["ON", "USING", "JOIN"])
            || list.is_any(at, JOIN_WORDS)
            || list.is_any(at, CLAUSE_WORDS) && !is_hint
            || list.is(at, &Token::Comma)
    };
    let constraint = list.find(join + 1, is_end);
    if list.is_word(constraint, "ON") {
        list.insert(constraint + 1, vec![prefix_mark(&names)]);
    } else if list.is_word(constraint, "USING") && list.is(constraint + 1, &Token::LParen) {
        list.insert(constraint + 2, vec![mark(&names), Token::Comma]);
    } else if is_natural {
        // A natural join has no condition: the mark stands where the relation's hints do.
        list.insert(constraint, vec![keyword("WITH"), Token::LParen, mark(&names), Token::RParen]);
    } else {
        list.insert(constraint, vec![keyword("ON"), mark(&names)]);
    }
}

/// `NATURAL CROSS JOIN` is `NATURAL JOIN`.
pub fn natural_cross_joins(list: &mut TokenList) {
    for i in list.places(0, &["NATURAL"]) {
        if list.are_words(i, &["NATURAL", "CROSS", "JOIN"]) {
            list.replace(i + 1..i + 2, Vec::new());
        }
    }
}

/// `SEMI LEFT JOIN` is `LEFT SEMI JOIN`.
fn swap_sides(list: &mut TokenList, words: std::ops::Range<usize>) {
    for at in words {
        if list.is_any(at, &["SEMI", "ANTI"]) && list.is_any(at + 1, &["LEFT", "RIGHT"]) {
            let swapped = [list.copy(at + 1..at + 2), list.copy(at..at + 1)].concat();
            list.replace(at..at + 2, swapped);
        }
    }
}

/// `a JOIN b JOIN c ON x ON y`: the second condition is the first join's, which brackets say.
pub fn nested_joins(list: &mut TokenList) {
    if list.places(0, &["JOIN"]).len() < 2 {
        return;
    }
    // For each open bracket: where the relation of a join without a condition begins, and whether another is inside.
    let mut levels: Vec<Vec<(usize, bool)>> = vec![Vec::new()];
    for i in 0..list.len() {
        match list.token(i) {
            Token::LParen | Token::LBracket | Token::LBrace => levels.push(Vec::new()),
            Token::RParen | Token::RBracket | Token::RBrace => drop(levels.pop()),
            _ => {}
        }
        let Some(open) = levels.last_mut() else { return };
        let is_join = list.is_word(i, "JOIN") && i > 0 && !list.is_any(i - 1, &["CROSS", "NATURAL", "ARRAY"]);
        if is_join {
            open.push((i + 1, false));
        } else if list.is_any(i, &["ON", "USING"]) {
            let Some((start, has_inner)) = open.pop() else { continue };
            if let Some((_, outer)) = open.last_mut() {
                *outer = true;
            }
            if has_inner {
                list.insert(start, vec![Token::LParen]);
                list.insert(i, vec![Token::RParen]);
            }
        } else if list.is_any(i, CLAUSE_WORDS) {
            open.clear();
        }
    }
}
