//! Rendering as a whole: what SQLMesh makes of statements, where output came from, holes, and hostile input.

mod bounds;
mod holes;
mod places;
mod recorded_conditions;
mod recorded_iteration;
mod recorded_macros;
mod recorded_values;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::lex::lex_code;

/// What a test's statement is rendered with.
struct Given<'t> {
    dialect: &'t str,
    /// `@DEF` statements, each with its semicolon.
    definitions: &'t str,
    /// JSON.
    variables: &'t str,
    /// JSON: names and SQL.
    blueprint: &'t str,
    gateway: Option<&'t str>,
    catalog: Option<&'t str>,
    language: Language,
    jinja_macros: &'t [(&'t str, &'t str)],
    user_macros: &'t [&'t str],
    execution_time_only: bool,
}

const GIVEN: Given<'static> = Given {
    dialect: "",
    definitions: "",
    variables: "{}",
    blueprint: "{}",
    gateway: None,
    catalog: None,
    language: Language::Sql,
    jinja_macros: &[],
    user_macros: &[],
    execution_time_only: false,
};

/// Renders `source` as a statement of the model `db.m`.
fn rendered(given: &Given<'_>, source: &str) -> Rendered {
    let dialect = Dialect::parse(given.dialect).expect("a known dialect");
    let name = |name: &str| values::quoted_identifier(&dialect.normalize(name, false), dialect);
    let catalog = given.catalog.map(|catalog| format!("{}.", name(catalog)));
    let user_macros = given.user_macros.iter().map(|name| (name.to_string(), user_macro(name))).collect();
    let environment = Environment {
        path: &Arc::from("models/m.sql"),
        dialect,
        variables: &serde_json::from_str(given.variables).expect("JSON"),
        blueprint: &serde_json::from_str(given.blueprint).expect("JSON"),
        gateway: given.gateway,
        default_catalog: given.catalog,
        this_model: Some(format!("{}{}.{}", catalog.unwrap_or_default(), name("db"), name("m"))),
        execution_time_only: given.execution_time_only,
        user_macros: &user_macros,
        jinja_macros: given.jinja_macros,
        tables: &Tables::new(),
    };
    let text = format!("{}{source}", given.definitions);
    let mut definitions = Vec::new();
    let mut start = 0;
    for definition in given.definitions.split_inclusive(';') {
        definitions.push(statement(start, start + definition.len() - 1, Language::Sql));
        start += definition.len();
    }
    render(&text, statement(start, text.len(), given.language), &definitions, &environment)
}

fn statement(start: usize, end: usize, language: Language) -> Statement {
    Statement { start, end, language }
}

fn user_macro(name: &str) -> PythonMacro {
    PythonMacro {
        place: 0,
        name: name.to_owned(),
        location: crate::diagnostic::Location::file("macros/m.py"),
        definition: 1,
        metadata_only: false,
        variables: Default::default(),
        simple: None,
        reads_any_variable: false,
        reads_columns: false,
        reads_run: false,
        strings: Default::default(),
        composed: Default::default(),
    }
}

/// Compares tokens: formatting, comments and the case of words outside quotes don't count.
fn check(given: &Given<'_>, source: &str, expected: &str) {
    let rendered = rendered(given, source);
    assert_eq!(tokens(given, &rendered.sql), tokens(given, expected), "{source}\n{}", rendered.sql);
    assert_eq!(rendered.holes, [], "{source}");
}

fn tokens(given: &Given<'_>, sql: &str) -> Vec<String> {
    let rules = Dialect::parse(given.dialect).expect("a known dialect").lexical();
    let tokens = lex_code(sql, rules);
    let texts = tokens.iter().map(|token| match token.kind {
        crate::lex::TokenKind::Word => token.text(sql).to_lowercase(),
        _ => token.text(sql).to_owned(),
    });
    texts.collect()
}
