//! Variables: what a name stands for, as a value, inside a string, and inside a name.
//!
//! In: `@x`, `@'… @x …'`, `col_@{x}`. Out: SQL. A name is looked for among the parameters of lambdas, `@DEF`s and
//! what SQLMesh predefines, then among blueprint variables, then in the configuration.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::dialect::{Dialect, Family};
use crate::lex::{TokenKind, identifier_text, string_value};

use super::codes;
use super::dates::date_variable;
use super::expand::{Expander, Outcome, Scope, Step, Stop};
use super::fragment::{Fragment, Lexed};
use super::interpolate::substitute;
use super::values::{
    argument_name, has_certain_text, identifier, json_sql, json_text, quoted_identifier, sql_text, string_literal,
};

/// What a name stands for.
#[derive(Debug, Clone)]
enum Found<'a> {
    /// Predefined, or given by `@DEF` or a lambda.
    Local(Fragment),
    Predefined(String),
    Blueprint(&'a str),
    Config(&'a Json),
    Gateway(Json),
}

/// What interpolated text becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A string, or a name outside lambdas: every letter counts.
    Text,
    /// A name in a lambda's body: arguments give their names.
    BodyName,
    /// SQL that is parsed once more: formatting doesn't count.
    Sql,
}

/// A variable's text.
struct Piece {
    text: String,
    is_certain: bool,
}

impl Piece {
    fn certain(text: String) -> Self {
        Piece { text, is_certain: true }
    }

    fn of_sql(sql: &str, dialect: Dialect, how: Use) -> Self {
        Piece { text: sql_text(sql, dialect), is_certain: how == Use::Sql || has_certain_text(sql, dialect) }
    }
}

impl<'a> Expander<'a> {
    fn local(&self, name: &str) -> Option<Found<'a>> {
        if let Some(local) = self.locals.iter().rev().find(|local| local.name == name) {
            return Some(Found::Local(local.value.clone()));
        }
        let environment = self.environment;
        let sql = match name {
            "runtime_stage" => "'loading'".to_owned(),
            "default_catalog" => match environment.default_catalog {
                Some(catalog) => string_literal(catalog, environment.dialect),
                None => "NULL".to_owned(),
            },
            "this_model" => environment.this_model.clone()?,
            _ => date_variable(name, environment.execution_time_only)?.sql(environment.dialect),
        };
        Some(Found::Predefined(sql))
    }

    fn global(&mut self, name: &str) -> Option<Found<'a>> {
        let environment = self.environment;
        if self.is_hidden_from_template(name) {
            return None;
        }
        let found = match environment.blueprint.get(name) {
            Some(sql) => Found::Blueprint(sql),
            None if name == "gateway" => Found::Gateway(self.gateway()),
            None => Found::Config(environment.variables.get(name)?),
        };
        self.variables.insert(name.to_owned());
        Some(found)
    }

    /// SQLMesh doesn't look for `@name` in a template (`make_python_env` passes over Jinja): such a variable is defined if
    /// the template asks for it by `var()`, or if it is named elsewhere in the file.
    fn is_hidden_from_template(&self, name: &str) -> bool {
        let around = self.around_template.as_ref();
        around.is_some_and(|text| !self.variables.contains(name) && !text.contains(name))
    }

    fn gateway(&self) -> Json {
        self.environment.gateway.map_or(Json::Null, |name| Json::String(name.to_owned()))
    }

    fn value_sql(&self, found: Found<'_>, origin: &Range<usize>, as_tuple: bool) -> Option<Fragment> {
        let sql = match found {
            Found::Local(value) => return Some(value),
            Found::Predefined(sql) => sql,
            Found::Blueprint(sql) => sql.trim().to_owned(),
            Found::Config(value) => json_sql(value, self.dialect(), as_tuple)?,
            Found::Gateway(value) => json_sql(&value, self.dialect(), as_tuple)?,
        };
        Some(Fragment::made(sql, origin.clone()))
    }

    fn value_text(&self, found: Found<'_>) -> Option<String> {
        match found {
            Found::Local(value) => Some(sql_text(value.text(), self.dialect())),
            Found::Predefined(sql) => Some(sql_text(&sql, self.dialect())),
            Found::Blueprint(sql) => Some(sql_text(sql, self.dialect())),
            Found::Config(value) => json_text(value, self.dialect()),
            Found::Gateway(value) => json_text(&value, self.dialect()),
        }
    }

    /// `@name`; `None` if it stays as it is.
    pub fn variable(&mut self, lexed: &Rc<Lexed>, tokens: Range<usize>, scope: &Scope<'_>) -> Step<Option<Outcome>> {
        let origin = lexed.origin(&tokens);
        self.spend(self.locals.len() / 8, origin.clone())?;
        let written = lexed.text(tokens.start + 1).to_owned();
        let name = written.to_lowercase();
        if let Some(value) = scope.parameters.and_then(|parameters| parameters.get(&name)) {
            return Ok(Some(Outcome::Value(value.clone())));
        }
        let is_path = [".", "/"].contains(&lexed.text(tokens.end)) && lexed.is_connected(tokens.end);
        if is_path && self.is_staged_file(lexed, tokens.start) {
            return Ok(None);
        }
        let found = match self.local(&name) {
            Some(found) => Some(found),
            None => self.global(&name),
        };
        let is_global = matches!(found, Some(Found::Blueprint(_) | Found::Config(_) | Found::Gateway(_)));
        if scope.parameters.is_some() && is_global {
            let message = format!("SQLMesh leaves @{written} unexpanded in a lambda; @VAR('{name}') is expanded");
            self.warn(codes::UNDEFINED_VARIABLE, origin, message);
            return Ok(Some(Outcome::Opaque(Vec::new())));
        }
        match found.and_then(|found| self.value_sql(found, &origin, true)) {
            Some(value) => Ok(Some(Outcome::Value(value))),
            None if self.is_staged_file(lexed, tokens.start) => Ok(None),
            None => {
                self.warn(codes::UNDEFINED_VARIABLE, origin, format!("the variable @{written} is not defined"));
                Ok(Some(Outcome::Opaque(Vec::new())))
            }
        }
    }

    /// Snowflake's `FROM @stage`.
    pub(super) fn is_staged_file(&self, lexed: &Lexed, at: usize) -> bool {
        let before = at.checked_sub(1);
        self.dialect().family == Family::Snowflake
            && before.is_some_and(|before| lexed.is_any_word(before, &["from", "join", "using", "into"]))
    }

    /// `@'…'`
    pub fn text(&mut self, lexed: &Rc<Lexed>, tokens: Range<usize>, scope: &Scope<'_>) -> Step<Outcome> {
        let origin = lexed.origin(&tokens);
        let Some(token) = lexed.token(tokens.start + 1) else {
            return Ok(Outcome::Opaque(Vec::new()));
        };
        if token.unterminated {
            let message = "the quote of this text is never closed".to_owned();
            return Err(Stop { code: codes::UNBALANCED, message, origin });
        }
        let text = match token.kind {
            TokenKind::String => string_value(token, lexed.fragment.text(), self.dialect().lexical()),
            _ => identifier_text(token, lexed.fragment.text()).0,
        };
        match self.interpolate(&text, scope.parameters, Use::Text, origin.clone())? {
            Some(text) => {
                let literal = string_literal(&text, self.dialect());
                Ok(Outcome::Value(Fragment::made(literal, origin)))
            }
            None => Ok(Outcome::Opaque(Vec::new())),
        }
    }

    /// A name with `@` inside. In a lambda's body SQLMesh puts the text there as it comes.
    pub fn name(&mut self, name: &str, is_quoted: bool, origin: Range<usize>, scope: &Scope<'_>) -> Step<Outcome> {
        let is_body = scope.parameters.is_some();
        let how = if is_body { Use::BodyName } else { Use::Text };
        let Some(text) = self.interpolate(name, scope.parameters, how, origin.clone())? else {
            return Ok(Outcome::Opaque(Vec::new()));
        };
        let is_unresolved = text.contains('@') && text == name;
        if is_unresolved {
            let message = format!("no variable in {name} is defined, so that SQLMesh takes it as a name");
            self.warn(codes::UNDEFINED_VARIABLE, origin.clone(), message);
        }
        let sql = match is_quoted {
            _ if is_body && !is_unresolved && !(text.starts_with(|c: char| c.is_ascii_digit())) => text,
            true => quoted_identifier(&text, self.dialect()),
            false => identifier(&text, self.dialect()),
        };
        Ok(Outcome::Value(Fragment::made(sql, origin)))
    }

    /// Replaces variables inside text. `None`, with a diagnostic, where the result isn't certain.
    pub fn interpolate(
        &mut self,
        text: &str,
        parameters: Option<&BTreeMap<String, Fragment>>,
        how: Use,
        origin: Range<usize>,
    ) -> Step<Option<String>> {
        self.spend(text.len(), origin.clone())?;
        let mut uncertain = None;
        let mut made = 0usize;
        let text = substitute(text, |written| {
            let piece = self.piece(written, parameters, how)?;
            made += piece.text.len();
            if !piece.is_certain {
                uncertain.get_or_insert_with(|| written.to_owned());
            }
            (made <= super::expand::MAX_LENGTH).then_some(piece.text)
        });
        self.spend(made, origin.clone())?;
        let Some(name) = uncertain else { return Ok(Some(text)) };
        let message = format!("what text SQLMesh makes of @{name} here isn't certain");
        self.warn(codes::NOT_EVALUATED, origin, message);
        Ok(None)
    }

    /// What takes the place of `@written`.
    fn piece(&mut self, written: &str, parameters: Option<&BTreeMap<String, Fragment>>, how: Use) -> Option<Piece> {
        let (name, dialect) = (written.to_lowercase(), self.dialect());
        match parameters.and_then(|parameters| parameters.get(&name)) {
            Some(value) if how == Use::BodyName => {
                let found = argument_name(value.text(), dialect);
                return Some(Piece { is_certain: found.is_some(), text: found.unwrap_or_default() });
            }
            Some(value) => return Some(Piece::of_sql(value.text(), dialect, how)),
            None => {}
        }
        if let Some(found) = self.local(&name) {
            return Some(match found {
                Found::Local(value) => Piece::of_sql(value.text(), dialect, how),
                found => Piece::certain(self.value_text(found)?),
            });
        }
        // SQLMesh knows a variable that is only written with capitals inside text only if it is read elsewhere.
        let is_known = written == name || self.variables.contains(&name);
        let found = self.global(&name)?;
        let piece = match found {
            Found::Blueprint(sql) => Piece::of_sql(sql, dialect, how),
            found => Piece::certain(self.value_text(found)?),
        };
        Some(Piece { is_certain: piece.is_certain && is_known, ..piece })
    }

    /// `@VAR('name', default)` and `@BLUEPRINT_VAR('name', default)`
    pub fn named_variable(&mut self, name: &str, is_blueprint: bool, origin: &Range<usize>) -> Option<Fragment> {
        let name = name.to_lowercase();
        let environment = self.environment;
        let found = if is_blueprint {
            Found::Blueprint(environment.blueprint.get(&name)?)
        } else if name == "gateway" {
            Found::Gateway(self.gateway())
        } else {
            Found::Config(environment.variables.get(&name)?)
        };
        self.variables.insert(name);
        self.value_sql(found, origin, false)
    }
}
