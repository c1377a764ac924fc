//! Two versions of the statements around a model's query. What they do isn't known, so only equal ones are the same: equal but
//! for blanks, comments, `@DEF` and the case of keywords.

use std::collections::BTreeSet;

use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::impact::RowEffect;
use crate::lex::{Token, TokenKind, lex_code};
use crate::project::{Body, Model, SqlBody, Statement};
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

/// A statement that does something.
struct Said<'m> {
    words: Vec<String>,
    harmless: bool,
    statement: &'m Statement,
}

/// Statements that run at one time, in both versions.
type Versions<'m> = (Vec<Said<'m>>, Vec<Said<'m>>);

/// Compares what runs before and after the query, and on virtual updates, into `diff`.
pub(super) fn compare_statements(before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    let (Body::Sql(a), Body::Sql(b)) = (&before.model.body, &after.model.body) else { return };
    let said = |chosen: fn(&SqlBody) -> &[Statement]| -> Versions<'_> {
        (said(a, chosen(a), before.model.dialect), said(b, chosen(b), after.model.dialect))
    };
    let around = [said(|body| &body.pre_statements), said(|body| &body.post_statements)];
    let differ = |counts: fn(&Said<'_>) -> bool| around.iter().any(|(old, new)| !alike(old, new, counts));
    let change = |code, versions: &[Versions<'_>], counts, message: &str| {
        let place = versions.iter().find_map(|(old, new)| changed_place(before, after, old, new, counts));
        let first = || versions.iter().find_map(|(_, new)| Some(place_of(&after.model, b, new.first()?)));
        let location = place.or_else(first).unwrap_or_else(|| after.model.location.clone());
        LocalChange { code, column: None, location, before: None, after: None, message: message.to_owned() }
    };
    if differ(decides) || before.around != after.around {
        let message =
            "a statement before or after the query, or a macro in it, changed; what it does to the data isn't known";
        diff.rows_change(RowEffect::Unknown, change("P108", &around, decides, message));
    } else if differ(any) {
        let message = "a statement before or after the query changed that leaves all data as they are";
        diff.note(change("M101", &around, any, message));
    }
    let on_update = said(|body| &body.on_virtual_update);
    if !alike(&on_update.0, &on_update.1, any) {
        diff.note(change("M101", &[on_update], any, "a statement for virtual updates changed"));
    }
}

fn decides(said: &Said<'_>) -> bool {
    !said.harmless
}

fn any(_: &Said<'_>) -> bool {
    true
}

fn alike(old: &[Said<'_>], new: &[Said<'_>], counts: fn(&Said<'_>) -> bool) -> bool {
    let [old, new] = [old, new].map(|said| said.iter().filter(|one| counts(one)).map(|one| &one.words));
    old.eq(new)
}

/// Where statements that count differ: the first that is new, else the first that is gone, else the first in another place.
fn changed_place(
    before: &AnalysedModel,
    after: &AnalysedModel,
    old: &[Said<'_>],
    new: &[Said<'_>],
    counts: fn(&Said<'_>) -> bool,
) -> Option<Location> {
    let (Body::Sql(a), Body::Sql(b)) = (&before.model.body, &after.model.body) else { return None };
    let [was, is] = [old, new].map(|all| all.iter().map(|one| &one.words).collect::<BTreeSet<_>>());
    if let Some(added) = new.iter().find(|one| counts(one) && !was.contains(&one.words)) {
        return Some(place_of(&after.model, b, added));
    }
    if let Some(gone) = old.iter().find(|one| counts(one) && !is.contains(&one.words)) {
        return Some(place_of(&before.model, a, gone));
    }
    let moved = new.iter().zip(old).find(|(is, was)| counts(is) && is.words != was.words);
    moved.map(|(is, _)| place_of(&after.model, b, is))
}

fn place_of(model: &Model, body: &SqlBody, said: &Said<'_>) -> Location {
    Location::of_range(&model.path, &body.text, said.statement.start, said.statement.end)
}

fn said<'m>(body: &SqlBody, statements: &'m [Statement], dialect: Dialect) -> Vec<Said<'m>> {
    let said = statements.iter().map(|statement| {
        let text = body.text.get(statement.start..statement.end).unwrap_or("");
        let words = lex_code(text, dialect.lexical()).iter().map(|token| word(token, text)).collect();
        Said { words, harmless: is_harmless(text, dialect), statement }
    });
    said.filter(|said| !is_definition(&said.words)).collect()
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
