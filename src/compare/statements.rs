//! Two versions of the statements around a model's query. What they do isn't known, so only equal ones are the same: equal but
//! for blanks, comments, `@DEF` and the case of keywords.

use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::impact::RowEffect;
use crate::lex::{Token, TokenKind, lex_code};
use crate::project::{Body, SqlBody, Statement};
use crate::sql::harmless::is_harmless;
use crate::state::AnalysedModel;

use super::model::{LocalChange, ModelDiff};

/// Words that are reserved, or stand for no name that a table or column would have, sorted. All others may be names or values,
/// whose case may count.
const KEYWORDS: &[&str] = &[
    "ALTER",
    "AND",
    "AS",
    "BY",
    "CALL",
    "CASE",
    "CAST",
    "CREATE",
    "DELETE",
    "DESC",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "EXCEPT",
    "EXECUTE",
    "EXISTS",
    "FALSE",
    "FROM",
    "GRANT",
    "GROUP",
    "HAVING",
    "IF",
    "IN",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "MERGE",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "REPLACE",
    "REVOKE",
    "RIGHT",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "TO",
    "TRUE",
    "TRUNCATE",
    "UNION",
    "UPDATE",
    "USING",
    "WHEN",
    "WHERE",
    "WITH",
];

/// Compares what runs before and after the query, and on virtual updates, into `diff`.
pub(super) fn compare_statements(before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    let (old, new) = (&before.model, &after.model);
    let (Body::Sql(a), Body::Sql(b)) = (&old.body, &new.body) else { return };
    let around = |counts: fn(&str, Dialect) -> bool| {
        [(a, old.dialect), (b, new.dialect)].map(|(body, dialect)| {
            [&body.pre_statements, &body.post_statements].map(|statements| words(body, dialect, statements, counts))
        })
    };
    let [deciding, all] = [around(|text, dialect| !is_harmless(text, dialect)), around(|_, _| true)];
    if deciding[0] != deciding[1] || before.around != after.around {
        let location = b.pre_statements.first().or(b.post_statements.first()).map_or_else(
            || new.location.clone(),
            |statement| Location::of_range(&new.path, &b.text, statement.start, statement.end),
        );
        let message =
            "a statement before or after the query, or a macro in it, changed; what it does to the data isn't known"
                .to_owned();
        let change = LocalChange { code: "P108", column: None, location, before: None, after: None, message };
        diff.rows_change(RowEffect::Unknown, change);
    } else if all[0] != all[1] {
        let message = "a statement before or after the query changed that leaves all data as they are".to_owned();
        let location = new.location.clone();
        diff.note(LocalChange { code: "M101", column: None, location, before: None, after: None, message });
    }
    let on_update = |body: &SqlBody, dialect| words(body, dialect, &body.on_virtual_update, |_, _| true);
    if on_update(a, old.dialect) != on_update(b, new.dialect) {
        let message = "a statement for virtual updates changed".to_owned();
        let location = new.location.clone();
        diff.note(LocalChange { code: "M101", column: None, location, before: None, after: None, message });
    }
}

/// The tokens of each statement that does something and counts.
fn words(
    body: &SqlBody,
    dialect: Dialect,
    statements: &[Statement],
    counts: fn(&str, Dialect) -> bool,
) -> Vec<Vec<String>> {
    let texts = statements.iter().map(|statement| body.text.get(statement.start..statement.end).unwrap_or(""));
    let read = texts
        .filter(|text| counts(text, dialect))
        .map(|text| lex_code(text, dialect.lexical()).iter().map(|token| word(token, text)).collect::<Vec<String>>());
    read.filter(|words| !is_definition(words)).collect()
}

fn word(token: &Token, text: &str) -> String {
    let word = token.text(text);
    let upper = word.to_ascii_uppercase();
    let is_keyword = token.kind == TokenKind::Word && KEYWORDS.binary_search(&upper.as_str()).is_ok();
    if is_keyword { upper } else { word.to_owned() }
}

/// `@DEF(…)` does nothing by itself; what it does to the query is seen in the query.
fn is_definition(tokens: &[String]) -> bool {
    matches!(tokens, [at, def, ..] if at == "@" && def.eq_ignore_ascii_case("def"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_case_of_keywords_means_nothing() {
        let read = |text: &str| {
            let dialect = Dialect::parse("spark").expect("a known dialect");
            lex_code(text, dialect.lexical()).iter().map(|token| word(token, text)).collect::<Vec<_>>()
        };
        assert!(KEYWORDS.is_sorted());
        assert_eq!(read("drop table if exists t"), read("DROP TABLE IF EXISTS t"));
        assert_ne!(read("DROP TABLE t"), read("DROP TABLE T"));
        assert_ne!(read("SET zone = utc"), read("SET zone = UTC"));
        assert_ne!(read("SELECT 'from'"), read("SELECT 'FROM'"));
    }
}
