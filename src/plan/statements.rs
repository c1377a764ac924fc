//! The statements around a model's query: its own and those that `model_defaults` puts before them.

use crate::lex::lex_code;
use crate::project::{Body, Language, Model, Project, Statement};

use super::values::{raw_items, tokens};

/// A statement of a model.
pub(super) struct Around {
    /// As SQLMesh stores it: the text of a SQL file's statement, any other one's as parsed.
    pub(super) stored: String,
    /// What it says.
    pub(super) tokens: Vec<String>,
    pub(super) language: Language,
}

/// Where statements stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Before,
    After,
    OnVirtualUpdate,
}

impl Place {
    fn property(self) -> &'static str {
        match self {
            Place::Before => "pre_statements",
            Place::After => "post_statements",
            Place::OnVirtualUpdate => "on_virtual_update",
        }
    }
}

/// The statements of a model at a place, the configured ones first.
pub(super) fn around(project: &Project, model: &Model, place: Place) -> Vec<Around> {
    let mut found: Vec<Around> = match project.config.model_defaults.get(place.property()) {
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
            found.extend(own.iter().map(|statement| written(&body.text, statement, model)));
        }
        _ => {
            let own = model.header.properties.iter().filter(|property| property.name == place.property());
            let own = own.filter(|property| property.location.path == model.path);
            found.extend(own.flat_map(|property| raw_items(property, model.dialect)).map(|tokens| Around {
                stored: tokens.join(" "),
                tokens,
                language: Language::Sql,
            }));
        }
    }
    found
}

fn parsed(text: &str, model: &Model) -> Around {
    let tokens = tokens(text, model.dialect, false);
    Around { stored: tokens.join(" "), tokens, language: Language::Sql }
}

fn written(file: &str, statement: &Statement, model: &Model) -> Around {
    let text = file.get(statement.start..statement.end).unwrap_or("");
    let tokens = match statement.language {
        Language::Sql => tokens(text, model.dialect, false),
        Language::Jinja => {
            let raw = lex_code(text, model.dialect.lexical());
            raw.iter().map(|token| token.text(text).to_owned()).collect()
        }
    };
    Around { stored: stored(text), tokens, language: statement.language }
}

/// A text as Python reads it from a file: one kind of line end.
pub(super) fn stored(text: &str) -> String {
    text.trim().replace("\r\n", "\n").replace('\r', "\n")
}

/// The statements that do something (`not _is_metadata_statement`).
pub(super) fn effective(project: &Project, statements: Vec<Around>) -> Vec<Vec<String>> {
    let is_metadata = |tokens: &[String]| match tokens {
        [at, name, ..] if at == "@" => {
            let name = name.to_lowercase();
            name == "def" || project.macros.get(&name).is_some_and(|found| found.metadata_only)
        }
        _ => false,
    };
    statements.into_iter().map(|statement| statement.tokens).filter(|tokens| !is_metadata(tokens)).collect()
}
