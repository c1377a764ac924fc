//! Statements of the configuration that run around all models: `before_all` and `after_all`.
//!
//! In: a model in both states. Out: whether statements changed that may decide what it holds. Of a function that is
//! defined there only those models hear that may call it. What gives rights, comments or schemas decides nothing.

use std::collections::BTreeSet;

use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::lex::{Token, TokenKind, identifier_text, lex_code};
use crate::project::{Body, EnvironmentStatement, Project, StatementMeaning};
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::harmless::is_harmless;
use crate::sql::tree::Op;
use crate::state::AnalysedModel;

use super::model::LocalChange;

/// What changed statements may decide.
enum Reach {
    Nothing,
    /// What these functions give, by lower-case name.
    Functions(BTreeSet<String>),
    Everything,
}

/// A change of the statements around all models.
pub(super) struct EnvironmentChange {
    reach: Reach,
    location: Location,
}

impl EnvironmentChange {
    /// What the statements of the later project decide otherwise than those of the earlier one.
    pub(super) fn between(before: &Project, after: &Project) -> Self {
        let (old, new) = (&before.environment, &after.environment);
        let is_new = |statement: &&EnvironmentStatement| old.iter().all(|known| known.meaning != statement.meaning);
        let place = new.iter().find(is_new).or(new.first()).map(|statement| statement.location.clone());
        EnvironmentChange {
            reach: reach(old, new),
            location: place.unwrap_or_else(|| Location::file(after.config.path.as_deref().unwrap_or(""))),
        }
    }

    /// The change as one of the model, if it may reach it. No statement is shown: it may hold a secret.
    pub(super) fn of_model(&self, model: &AnalysedModel) -> Option<LocalChange> {
        let is_reached = match &self.reach {
            _ if matches!(model.model.body, Body::External) => false,
            Reach::Nothing => false,
            Reach::Functions(names) => names.iter().any(|name| may_call(model, name)),
            Reach::Everything => true,
        };
        is_reached.then(|| LocalChange {
            code: "P108",
            column: None,
            location: self.location.clone(),
            before: None,
            after: None,
            message: "a statement that runs before or after all models changed; what it does to the data isn't known"
                .to_owned(),
        })
    }
}

type Deciding<'s> = (&'s StatementMeaning, Reach);

fn reach(before: &[EnvironmentStatement], after: &[EnvironmentStatement]) -> Reach {
    let (old, new) = (deciding(before), deciding(after));
    let in_both = |own: &[Deciding<'_>], other: &[Deciding<'_>]| -> Vec<StatementMeaning> {
        own.iter().map(|(one, _)| *one).filter(|one| other.iter().any(|(known, _)| known == one)).cloned().collect()
    };
    let kept = in_both(&old, &new);
    let is_kept = |one: &&Deciding<'_>| kept.contains(one.0);
    // One that stays may ask for the function, or run in another order now.
    let may_follow = old.iter().filter(is_kept).any(|(_, reach)| matches!(reach, Reach::Everything));
    let changed: Vec<&Reach> = old.iter().chain(&new).filter(|one| !is_kept(one)).map(|(_, reach)| reach).collect();
    if kept != in_both(&new, &old) {
        return Reach::Everything;
    }
    let mut functions = BTreeSet::new();
    for reach in &changed {
        match reach {
            Reach::Functions(names) if !may_follow => functions.extend(names.iter().cloned()),
            _ => return Reach::Everything,
        }
    }
    if functions.is_empty() { Reach::Nothing } else { Reach::Functions(functions) }
}

/// The statements that decide something, in their order, and what.
fn deciding(statements: &[EnvironmentStatement]) -> Vec<Deciding<'_>> {
    let of = |meaning: &StatementMeaning| {
        meaning.text.as_deref().map_or(Reach::Everything, |text| of_statement(text, meaning.dialect))
    };
    let all = statements.iter().map(|statement| (&statement.meaning, of(&statement.meaning)));
    all.filter(|(_, reach)| !matches!(reach, Reach::Nothing)).collect()
}

fn of_statement(text: &str, dialect: Dialect) -> Reach {
    if is_harmless(text, dialect) {
        return Reach::Nothing;
    }
    let tokens = lex_code(text, dialect.lexical());
    let words: Vec<String> = tokens.iter().map(|token| token.text(text).to_uppercase()).collect();
    let is_template = text.contains("{{") || text.contains("{%") || words.iter().any(|word| word == "@" || word == ";");
    let mut rest = words.iter().map(String::as_str).enumerate().peekable();
    let mut skip = |wanted: &[&str]| rest.next_if(|(_, word)| wanted.contains(word)).is_some();
    if is_template || !skip(&["CREATE"]) {
        return Reach::Everything;
    }
    while skip(&["OR", "REPLACE", "TEMP", "TEMPORARY", "IF", "NOT", "EXISTS"]) {}
    if !skip(&["FUNCTION", "MACRO"]) {
        return Reach::Everything;
    }
    while skip(&["IF", "NOT", "EXISTS"]) {}
    match rest.peek().and_then(|(at, _)| last_of_name(text, tokens.get(*at..)?)) {
        Some(name) => Reach::Functions(BTreeSet::from([name.to_lowercase()])),
        None => Reach::Everything,
    }
}

/// The last part of a dotted name.
fn last_of_name(text: &str, tokens: &[Token]) -> Option<String> {
    let mut last = None;
    for pair in tokens.chunks(2) {
        let name = pair.first().filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier))?;
        last = Some(identifier_text(name, text).0);
        if pair.get(1).is_none_or(|token| !token.is_symbol('.')) {
            break;
        }
    }
    last
}

/// May the model call the function, itself or through one that isn't known?
fn may_call(model: &AnalysedModel, name: &str) -> bool {
    let text = match &model.model.body {
        Body::Sql(body) => &body.text,
        Body::Seed(_) | Body::External => return false,
        Body::Python(_) | Body::Unreadable => return true,
    };
    let Some(tree) = model.query.as_ref().and_then(|query| query.rendered.parsed()) else { return true };
    let names = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| word.to_lowercase() == name)
    };
    // Statements of `model_defaults` stand in the header.
    let mut found = names(text) || model.model.header.properties.iter().any(|property| names(&property.value));
    tree.walk(&mut |node| {
        found |= match &node.op {
            Op::Function(called) => kind(called) == FunctionKind::Unknown,
            Op::TableFunction(_) | Op::Hole(_) | Op::Opaque(_) => true,
            _ => false,
        };
        !found
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(before: &[&str], after: &[&str]) -> String {
        let statement = |text: &&str| EnvironmentStatement {
            location: Location::file(""),
            meaning: StatementMeaning {
                setting: "before_all",
                text: Some((*text).to_owned()),
                dialect: Dialect::default(),
                behind: 0,
            },
        };
        let [old, new] = [before, after].map(|texts| texts.iter().map(statement).collect::<Vec<_>>());
        match reach(&old, &new) {
            Reach::Nothing => "nothing".to_owned(),
            Reach::Functions(names) => names.into_iter().collect(),
            Reach::Everything => "everything".to_owned(),
        }
    }

    #[test]
    fn what_stays_and_its_order_count() {
        let (one, two, set, grant) =
            ("CREATE FUNCTION f() AS 1", "CREATE FUNCTION f() AS 2", "SET x = 1", "GRANT a TO b");
        assert_eq!(reached(&[one], &[two]), "f");
        assert_eq!(reached(&[one, grant], &[grant, one]), "nothing");
        assert_eq!(reached(&[set], &[grant, set]), "nothing");
        assert_eq!(reached(&[one, set], &[two, set]), "everything");
        assert_eq!(reached(&[one, two], &[two, one, grant]), "everything");
        assert_eq!(reached(&[set, "SET y = 2"], &["SET y = 2", set, grant]), "everything");
        assert_eq!(reached(&[set, set], &[set]), "everything");
    }

    #[test]
    fn statements_reach_what_they_may_decide() {
        let of = |text: &str| match of_statement(text, Dialect::default()) {
            Reach::Nothing => "nothing".to_owned(),
            Reach::Functions(names) => names.into_iter().collect(),
            Reach::Everything => "everything".to_owned(),
        };
        assert_eq!(of("GRANT SELECT ON t TO r"), "nothing");
        assert_eq!(of("CREATE SCHEMA IF NOT EXISTS s"), "nothing");
        assert_eq!(of("CREATE OR REPLACE MACRO F(x) AS x + 1"), "f");
        assert_eq!(of("create temp function if not exists a.\"g\"(x) AS x"), "g");
        for text in ["SET TimeZone = 'UTC'", "CREATE TABLE t (a INT)", "@grant()", "GRANT a TO b; DELETE FROM t", ""] {
            assert_eq!(of(text), "everything", "{text}");
        }
    }
}
