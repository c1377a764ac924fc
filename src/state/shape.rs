//! What is wrong with a rendered query whatever the dialect: brackets and quotes that don't close, a second statement.

use crate::dialect::Dialect;
use crate::lex::{Token, TokenKind, lex_code};

/// Does a quote or a bracket stay open, or close what wasn't opened? No dialect reads such a text. `false` where another
/// way to read quotes might close them.
pub(super) fn is_unbalanced(sql: &str, dialect: Dialect) -> bool {
    let tokens = lex_code(sql, dialect.lexical());
    if tokens.iter().any(|token| token.unterminated) {
        return !sql.contains(['\\', '$', '"', '`', '[', '{']);
    }
    let mut open: Vec<char> = Vec::new();
    for token in tokens {
        let closes = match token.kind {
            TokenKind::Symbol(bracket @ ('(' | '[' | '{')) => {
                open.push(bracket);
                continue;
            }
            TokenKind::Symbol(')') => '(',
            TokenKind::Symbol(']') => '[',
            TokenKind::Symbol('}') => '{',
            _ => continue,
        };
        if open.pop() != Some(closes) {
            return true;
        }
    }
    !open.is_empty()
}

/// Where something stands behind a semicolon.
pub(super) fn second_statement(sql: &str, dialect: Dialect) -> Option<usize> {
    if !sql.contains(';') {
        return None;
    }
    let is_end = |token: &Token| token.kind == TokenKind::Symbol(';');
    let tokens = lex_code(sql, dialect.lexical());
    let mut rest = tokens.iter().skip_while(|token| is_end(token)).skip_while(|token| !is_end(token));
    rest.find(|token| !is_end(token)).map(|token| token.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_open_is_seen() {
        let is_unbalanced = |sql| is_unbalanced(sql, Dialect::default());
        for sql in ["SELECT (1", "SELECT 1)", "SELECT (a]", "SELECT 'abc"] {
            assert!(is_unbalanced(sql), "{sql}");
        }
        for sql in ["SELECT (1)", "SELECT '(' || f([1])", "SELECT 1 -- (", "SELECT 'a\\'"] {
            assert!(!is_unbalanced(sql), "{sql}");
        }
    }

    #[test]
    fn a_second_statement_is_seen() {
        let second = |sql| second_statement(sql, Dialect::default());
        assert_eq!(second("SELECT 1; SELECT 2"), Some(10));
        assert_eq!(second(";SELECT 1;;SELECT 2"), Some(11));
        assert_eq!(second("SELECT 1; -- end"), None);
        assert_eq!(second("SELECT ';'"), None);
    }
}
