//! Statements after which every table holds what it held: rights, comments, statistics, indexes, schemas.

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, lex_code};

/// First words of such statements.
const HARMLESS: [&str; 5] = ["GRANT", "REVOKE", "COMMENT", "ANALYZE", "VACUUM"];

/// Does the statement leave all data as it is, whatever stands for the variables in it?
pub(crate) fn is_harmless(text: &str, dialect: Dialect) -> bool {
    let tokens = lex_code(text, dialect.lexical());
    let words: Vec<String> = tokens.iter().map(|token| token.text(text).to_uppercase()).collect();
    let mut words = words.iter().map(String::as_str).peekable();
    if is_more_than_one(text, &tokens) {
        return false;
    }
    let mut skip = |wanted: &[&str]| words.next_if(|word| wanted.contains(word)).is_some();
    // EXPLAIN ANALYZE runs what it explains.
    if skip(&["EXPLAIN"]) {
        return skip(&["SELECT"]);
    }
    if skip(&HARMLESS) || dialect.family == Family::Databricks && skip(&["OPTIMIZE"]) {
        return true;
    }
    // A schema that is replaced loses its tables, and a unique index decides which rows can be added.
    skip(&["CREATE"]) && skip(&["SCHEMA", "INDEX"])
}

/// Templates and calls of macros may stand for anything, and so may what follows a semicolon. A variable is a value, and
/// `@this_model` the table's name, also before the columns of an index.
fn is_more_than_one(text: &str, tokens: &[Token]) -> bool {
    let is_template = text.contains("{{") || text.contains("{%");
    let calls = tokens.windows(2).enumerate().any(|(at, pair)| {
        let opens = tokens.get(at + 2).is_some_and(|token| token.is_symbol('('));
        let is_value = pair[1].is_word(text, "this_model") || pair[1].kind == TokenKind::Word && !opens;
        pair[0].is_symbol('@') && !is_value
    });
    is_template || calls || tokens.iter().any(|token| token.is_symbol(';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_data_as_it_is() {
        let is = |text: &str| is_harmless(text, Dialect::parse("databricks").expect("a known dialect"));
        for text in [
            "GRANT SELECT ON VIEW @this_model TO ROLE `a`",
            "create index if not exists i on @this_model (a)",
            "CREATE SCHEMA s",
            "OPTIMIZE @this_model ZORDER BY (a)",
            "EXPLAIN SELECT 1",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "@grant(a)",
            "GRANT SELECT ON @view() TO a",
            "GRANT SELECT ON @{name} TO a",
            "GRANT {{ what }} ON a",
            "GRANT a TO b; DELETE FROM t",
            "EXPLAIN ANALYZE DELETE FROM t",
            "CREATE TABLE t (a INT)",
            "CREATE OR REPLACE SCHEMA s",
            "CREATE UNIQUE INDEX i ON t (a)",
            "SET x = 1",
            "",
        ] {
            assert!(!is(text), "{text}");
        }
        // ClickHouse merges rows then.
        assert!(!is_harmless("OPTIMIZE TABLE t FINAL", Dialect::parse("clickhouse").expect("a known dialect")));
    }
}
