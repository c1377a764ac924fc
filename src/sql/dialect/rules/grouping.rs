//! What groups and orders: sets inside of sets, stars for all columns.

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use crate::sql::dialect::tokens::{TokenList, keyword};

/// `GROUPING SETS (GROUPING SETS (a, b), (c))`: the inner sets are sets of the outer one.
pub fn nested_sets(list: &mut TokenList) {
    for i in list.places(1, &["GROUPING"]) {
        let in_sets = list.outer(i).is_some_and(|open| open > 1 && list.are_words(open - 2, &["GROUPING", "SETS"]));
        let close = list.close(i + 2);
        if in_sets && list.is_word(i + 1, "SETS") && list.is(i + 2, &Token::LParen) && close < list.len() {
            list.replace(i..i + 3, Vec::new());
            list.replace(close..close + 1, Vec::new());
        }
    }
}

/// `GROUP BY *` and `ORDER BY *` are `GROUP BY ALL` and `ORDER BY ALL`.
pub fn all_columns(list: &mut TokenList) {
    for i in list.places(2, &["BY"]).into_iter().map(|by| by + 1) {
        let ends = matches!(list.token(i + 1), Token::EOF | Token::RParen)
            || list.is_any(i + 1, &["ASC", "DESC", "NULLS"])
            || list.is_any(i + 1, CLAUSE_WORDS);
        if list.is(i, &Token::Mul) && list.is_any(i - 2, &["GROUP", "ORDER"]) && ends {
            list.replace(i..i + 1, vec![keyword("ALL")]);
        }
    }
}
