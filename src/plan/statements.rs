//! The statements around a model's query: its own and those that `model_defaults` puts before them.

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, first_code, leading_comments, lex, lex_code};
use crate::project::{Body, Language, Model, Project, SqlBody, Statement};
use crate::state::{AnalysedModel, State};

use super::values::{raw_items, tokens};

/// A statement of a model.
pub(super) struct Around {
    /// As SQLMesh stores it: the text of a SQL file's statement, any other one's as parsed.
    pub(super) stored: String,
    /// What it says.
    pub(super) tokens: Vec<String>,
    pub(super) language: Language,
    /// Where it stands in the model's own file.
    place: Option<Statement>,
    /// A comment behind the file's last semicolon, which SQLMesh stores with the text of the statement before it. Read
    /// from its state it is that statement once more; read from the file it is nothing.
    pub(super) is_echo: bool,
}

impl Around {
    /// `@DEF(...)`
    pub(super) fn is_definition(&self) -> bool {
        matches!(self.tokens.as_slice(), [at, name, ..] if at == "@" && name.eq_ignore_ascii_case("def"))
    }
}

/// Where statements stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Before,
    After,
    OnVirtualUpdate,
}

impl Place {
    /// SQLMesh's name for it.
    pub(super) fn property(self) -> &'static str {
        match self {
            Place::Before => "pre_statements",
            Place::After => "post_statements",
            Place::OnVirtualUpdate => "on_virtual_update",
        }
    }
}

/// The statements of a model at a place, the configured ones first.
pub(super) fn around(project: &Project, model: &Model, place: Place) -> Vec<Around> {
    let mut found: Vec<Around> = match project.config_of(&model.name).model_defaults.get(place.property()) {
        Some(serde_json::Value::String(text)) => vec![parsed(text, model)],
        Some(serde_json::Value::Array(items)) => {
            items.iter().filter_map(|item| item.as_str()).map(|text| parsed(text, model)).collect()
        }
        _ => vec![],
    };
    match &model.body {
        Body::Sql(body) => {
            let own = match place {
                Place::Before => &body.pre_statements,
                Place::After => &body.post_statements,
                Place::OnVirtualUpdate => &body.on_virtual_update,
            };
            found.extend(own.iter().map(|statement| written(&body.text, statement, model, place)));
            found.extend(if place == Place::After { echo(body, model) } else { None });
        }
        _ => {
            let own = model.header.properties.iter().filter(|property| property.name == place.property());
            let own = own.filter(|property| property.location.path == model.path);
            found.extend(own.flat_map(|property| raw_items(property, model.dialect)).map(|tokens| Around {
                stored: tokens.join(" "),
                tokens,
                language: Language::Sql,
                place: None,
                is_echo: false,
            }));
        }
    }
    found
}

fn parsed(text: &str, model: &Model) -> Around {
    let tokens = tokens(text, model.dialect, false);
    Around { stored: tokens.join(" "), tokens, language: Language::Sql, place: None, is_echo: false }
}

fn echo(body: &SqlBody, model: &Model) -> Option<Around> {
    let last =
        body.pre_statements.iter().chain(&body.query).chain(&body.post_statements).max_by_key(|part| part.end)?;
    let behind = body.text.get(last.end..)?;
    let end = final_semicolon(behind, model.dialect).filter(|_| last.language == Language::Sql)?;
    let has_comment = behind.get(end..).is_some_and(|rest| !rest.trim().is_empty());
    has_comment.then(|| Around { is_echo: true, ..written(&body.text, last, model, Place::After) })
}

fn written(file: &str, statement: &Statement, model: &Model, place: Place) -> Around {
    let text = file.get(statement.start..statement.end).unwrap_or("");
    let tokens = match statement.language {
        Language::Sql => tokens(text, model.dialect, false),
        // What has nothing of a template in it is plain SQL.
        Language::Jinja if !text.contains(['{', '#']) => {
            tokens(text.trim_end_matches([';', ' ', '\n', '\r', '\t']), model.dialect, false)
        }
        Language::Jinja => {
            let raw = lex_code(text, model.dialect.lexical());
            raw.iter().map(|token| token.text(text).to_owned()).collect()
        }
    };
    // Of what is done on a virtual update, SQLMesh doesn't keep the text.
    let stored = match (place, statement.language) {
        (Place::OnVirtualUpdate, Language::Sql) => tokens.join(" "),
        (Place::OnVirtualUpdate, Language::Jinja) => unix(text),
        _ => stored(file, statement, model.dialect),
    };
    Around { stored, tokens, language: statement.language, place: Some(*statement), is_echo: false }
}

/// A statement as SQLMesh stores it: a template with the marks around it, and the semicolon where that ends the file.
pub(super) fn stored(file: &str, statement: &Statement, dialect: Dialect) -> String {
    let (before, behind) = (file.get(..statement.start).unwrap_or(""), file.get(statement.end..).unwrap_or(""));
    let (start, end) = match statement.language {
        Language::Jinja => {
            let begin = before.to_ascii_uppercase().rfind("JINJA_").unwrap_or(statement.start);
            let end = behind.to_ascii_uppercase().find("JINJA_END").map_or(0, |at| at + "JINJA_END".len());
            (begin, statement.end + end)
        }
        Language::Sql if dialect.family == Family::Athena => return written_again(file, statement, dialect),
        Language::Sql => (statement.start, statement.end + final_semicolon(behind, dialect).unwrap_or(0)),
    };
    unix(file.get(start..end).unwrap_or(""))
}

/// A statement in Athena's dialect, of which SQLMesh doesn't get the text: sqlglot has another parser read it. What is
/// stored is written anew from the tree, comments included, so that blanks and the case of keywords don't count.
fn written_again(file: &str, statement: &Statement, dialect: Dialect) -> String {
    let rules = dialect.lexical();
    let behind = file.get(statement.end..).unwrap_or("");
    let end = statement.end + leading_comments(behind, rules);
    let text = file.get(statement.start..end).unwrap_or("");
    let written = |token: &Token| match token.kind {
        TokenKind::Comment => token.text(text).trim_matches(['-', '/', '*', ' ', '\n', '\r', '\t']).to_owned(),
        TokenKind::Word => token.text(text).to_uppercase(),
        _ => token.text(text).to_owned(),
    };
    lex(text, rules).iter().map(written).collect::<Vec<_>>().join(" ")
}

/// Where the semicolon ends that is the last token of a file.
fn final_semicolon(behind: &str, dialect: Dialect) -> Option<usize> {
    match first_code(behind, dialect.lexical(), 2).as_slice() {
        [only] if only.is_symbol(';') => Some(only.end),
        _ => None,
    }
}

/// A text as Python reads it from a file: one kind of line end.
fn unix(text: &str) -> String {
    text.trim().replace("\r\n", "\n").replace('\r', "\n")
}

/// The statements at a place that do something (`not _is_metadata_statement`), of a model from SQLMesh's state or from its
/// file: rendered, as far as that is known and leaves anything.
pub(super) fn effective(
    (state, analysed): (&State, &AnalysedModel),
    place: Place,
    from_state: bool,
) -> Vec<Vec<String>> {
    let (project, model) = (&*state.project, &*analysed.model);
    let statements = around(project, model, place);
    // With an external model no macros are stored.
    let macros = (!matches!(model.body, Body::External)).then(|| project.macros_of(&model.name));
    let is_metadata = |tokens: &[String]| match tokens {
        [at, name, ..] if at == "@" => {
            let found = || macros?.get(&name.to_lowercase());
            found().is_some_and(|found| found.metadata_only)
        }
        _ => false,
    };
    let is_metadata = |around: &Around| around.is_definition() || is_metadata(&around.tokens);
    let counts = |around: &Around| (from_state || !around.is_echo) && !is_metadata(around);
    let rendered = |around: &Around| {
        let has_macros = |token: &String| token.contains(['@', '{']);
        let statement = around.place.filter(|_| around.tokens.iter().any(has_macros))?;
        let rendered = state.statement(analysed, statement).filter(|rendered| rendered.holes.is_empty())?;
        Some(tokens(&rendered.sql, model.dialect, false)).filter(|tokens| !tokens.is_empty())
    };
    let statements = statements.into_iter().filter(counts);
    statements.map(|around| rendered(&around).unwrap_or(around.tokens)).collect()
}
