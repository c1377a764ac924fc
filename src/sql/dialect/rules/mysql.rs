//! Syntax that only MySQL and its kin have.

use sqlparser::tokenizer::Token;

use super::CLAUSE_WORDS;
use crate::sql::dialect::tokens::{TokenList, keyword};

/// `\\N` is NULL.
pub fn escaped_nulls(list: &mut TokenList) {
    for i in list.places(1, &["N"]) {
        let is_name = matches!(list.token(i), Token::Word(word) if word.value == "N");
        if is_name && list.is(i - 1, &Token::Backslash) && list.is_adjacent(i) {
            list.replace(i - 1..i + 1, vec![keyword("NULL")]);
        }
    }
}

/// `CAST(a AS UNSIGNED INT)` is `CAST(a AS UNSIGNED INTEGER)`.
pub fn signed_integers(list: &mut TokenList) {
    for i in list.places(2, &["INT"]) {
        if list.is_any(i - 1, &["SIGNED", "UNSIGNED"]) && list.is_word(i - 2, "AS") {
            list.replace(i..i + 1, vec![keyword("INTEGER")]);
        }
    }
}

/// `a LEFT JOIN (b, c JOIN d ON …) ON …`: a comma between brackets is a cross join, and binds less than the words do.
pub fn bracketed_lists(list: &mut TokenList) {
    for i in list.places(0, &["FROM", "JOIN", "STRAIGHT_JOIN"]) {
        let mut open = i + 1;
        while list.is(open, &Token::LParen) {
            let close = list.close(open);
            if close >= list.len() || list.is_any(open + 1, &["SELECT", "WITH", "VALUES", "TABLE"]) {
                break;
            }
            separate(list, open + 1, close);
            open += 1;
        }
    }
}

/// Makes cross joins of the commas between `first` and `close`.
fn separate(list: &mut TokenList, first: usize, close: usize) {
    let mut start = first;
    while start < close {
        let end = list.find(start, |list, at| list.is(at, &Token::Comma) || list.is_any(at, CLAUSE_WORDS)).min(close);
        let has_comma = list.is(end, &Token::Comma);
        let has_join = list.any(start..end, |list, at| list.is_any(at, &["JOIN", "STRAIGHT_JOIN"]));
        if end < close && !has_comma {
            return;
        }
        if has_join && (has_comma || start > first) {
            list.insert(start, vec![Token::LParen]);
            list.insert(end, vec![Token::RParen]);
        }
        if has_comma {
            list.replace(end..end + 1, vec![keyword("CROSS"), keyword("JOIN")]);
        }
        start = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Family::MySql;
    use crate::sql::dialect::testing::{differ, parses, same};

    #[test]
    fn escaped_nulls() {
        same(MySql, "SELECT \\N AS a", "SELECT NULL AS a");
        differ(MySql, "SELECT \\N AS a", "SELECT N AS a");
    }

    #[test]
    fn signed_integers() {
        same(MySql, "SELECT CAST(a AS SIGNED INT)", "SELECT CAST(a AS SIGNED INTEGER)");
        differ(MySql, "SELECT CAST(a AS SIGNED INT)", "SELECT CAST(a AS UNSIGNED INT)");
    }

    #[test]
    fn bracketed_lists() {
        same(
            MySql,
            "SELECT a.x FROM a LEFT JOIN (b AS c, d) ON a.x = c.x AND a.y = d.y",
            "SELECT a.x FROM a LEFT JOIN (b AS c CROSS JOIN d) ON a.x = c.x AND a.y = d.y",
        );
        same(
            MySql,
            "SELECT 1 FROM (a, b LEFT JOIN c ON b.x = c.x)",
            "SELECT 1 FROM (a CROSS JOIN (b LEFT JOIN c ON b.x = c.x))",
        );
        parses(MySql, &["SELECT 1 FROM ((a, b), c) JOIN d ON a.x = d.x", "SELECT 1 FROM (SELECT 1, 2) AS t"]);
    }
}
