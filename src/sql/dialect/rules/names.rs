//! Keywords that are names where they stand.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::TokenList;

/// `SAFE.SUBSTR('a', 1)`: behind a point the name has no syntax of its own.
pub fn qualified_functions(list: &mut TokenList) {
    for i in list.places(1, &["SUBSTR", "SUBSTRING", "TRIM", "CAST", "EXTRACT", "POSITION", "NULL", "TRUE", "FALSE"]) {
        if list.is(i - 1, &Token::Period) && list.is(i + 1, &Token::LParen) {
            list.demote(i);
        }
    }
}

/// `FROM table`: a relation called `table`.
pub fn tables_called_table(list: &mut TokenList) {
    for i in 1..list.len() {
        let is_relation = list.is_any(i - 1, &["FROM", "JOIN"]) && !list.is(i + 1, &Token::LParen);
        if is_relation && list.is_word(i, "TABLE") {
            list.demote(i);
        }
    }
}

/// `E'…'`: a string like another, once its escapes are read.
pub fn escaped_strings(list: &mut TokenList) {
    for i in 0..list.len() {
        if let Token::EscapedStringLiteral(value) = list.token(i) {
            let value = Token::SingleQuotedString(value.clone());
            list.replace(i..i + 1, vec![value]);
        }
    }
}

/// `EXISTS(array, x -> x > 1)`: a function, where no query follows.
pub fn exists_of_an_array(list: &mut TokenList) {
    for i in 0..list.len() {
        let is_query =
            list.is_any(i + 2, &["SELECT", "WITH", "FROM", "VALUES", "TABLE"]) || list.is(i + 2, &Token::LParen);
        if list.is_word(i, "EXISTS") && list.is(i + 1, &Token::LParen) && !is_query {
            list.demote(i);
        }
    }
}
