//! `@SQL`, `@VAR`, `@BLUEPRINT_VAR`, `@RESOLVE_TEMPLATE`.

use crate::lex::{TokenKind, identifier_text, lex_code, string_value};
use crate::render::codes;
use crate::render::evaluate::Value;
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::lambda::stop;
use crate::render::syntax::{Macro, macro_at};
use crate::render::values::{is_dotted, sql_text, string_literal};
use crate::render::variables::Use;

use super::logic::sql_of;

impl Expander<'_> {
    /// `@SQL('…')`: the text, with variables replaced, is SQL.
    pub fn sql(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let ranges = call.lexed.split_items(call.inside.clone());
        let range = match ranges.as_slice() {
            [range] | [range, _] => range.clone(),
            [] => return self.misused(call, "@SQL takes a string"),
            _ => return self.doubtful(call, "@SQL takes a string"),
        };
        let text = match self.constant(call, range, scope)? {
            Some(Value::Column(_) | Value::Null) | None => return self.uncertain(call, Vec::new()),
            Some(value) => value.text(),
        };
        let Some(text) = text else {
            return self.uncertain(call, Vec::new());
        };
        match self.interpolate(&text, None, Use::Sql, call.origin.clone())? {
            Some(sql) => self.reparsed_with_macros(call, sql),
            None => Ok(Outcome::Opaque(Vec::new())),
        }
    }

    /// Text that SQLMesh parses once more. Macros in it would not be evaluated.
    pub fn reparsed(&mut self, call: &Call, sql: String) -> Step<Outcome> {
        let lexed = self.lex(Fragment::made(sql, call.origin.clone()))?;
        let has_macro = (0..lexed.len()).any(|at| macro_at(&lexed, at, lexed.len()).is_some());
        let is_one_expression = lexed.len() > 0 && lexed.split_at_commas(0..lexed.len()).len() == 1;
        if has_macro || !is_one_expression {
            return Err(stop(
                codes::NOT_EVALUATED,
                format!("what @{} makes of its text is not one expression", call.name.to_uppercase()),
                call.origin.clone(),
            ));
        }
        Ok(Outcome::Value(lexed.slice(&(0..lexed.len()))))
    }

    /// As [`Self::reparsed`]; but calls of macros in it are evaluated.
    fn reparsed_with_macros(&mut self, call: &Call, sql: String) -> Step<Outcome> {
        let lexed = self.lex(Fragment::made(sql.clone(), call.origin.clone()))?;
        let is_call = |at: usize| matches!(macro_at(&lexed, at, lexed.len()), Some((Macro::Call { .. }, _)));
        let is_macro = |at: usize| macro_at(&lexed, at, lexed.len()).is_some();
        let all = 0..lexed.len();
        let has_others = all.clone().any(|at| is_macro(at) && !is_call(at));
        let is_one = lexed.len() > 0 && lexed.split_at_commas(all.clone()).len() == 1;
        if has_others || !is_one || !all.clone().any(is_call) {
            return self.reparsed(call, sql);
        }
        let scope = Scope { parameters: None, as_operands: false, is_statement: false };
        self.expand_argument(&lexed, all, &scope)
    }

    /// `@VAR('name', default)`
    pub fn var(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        if call.lexed.kind(call.inside.start) != Some(TokenKind::String) {
            return self.misused(call, "SQLMesh wants a variable's name written out as a string");
        }
        let arguments = self.arguments(call, scope)?;
        let rules = self.dialect().lexical();
        let name = arguments.first().and_then(sql_of).and_then(|name| {
            let tokens = lex_code(name.text(), rules);
            match tokens.as_slice() {
                [token] if token.kind == TokenKind::String => Some(string_value(token, name.text(), rules)),
                _ => None,
            }
        });
        let Some(name) = name.filter(|_| arguments.len() <= 2) else {
            return self.misused(call, "a variable's name is a string, followed by at most a default");
        };
        let is_blueprint = call.name == "blueprint_var";
        let value = self.named_variable(&name, is_blueprint, &call.origin);
        let default = arguments.get(1).and_then(sql_of).cloned();
        let null = || Fragment::made("NULL", call.origin.clone());
        Ok(Outcome::Value(value.or(default).unwrap_or_else(null)))
    }

    /// `@RESOLVE_TEMPLATE('… @{table_name} …')`, as a string.
    pub fn resolve_template(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let arguments = self.arguments(call, scope)?;
        if arguments.is_empty() {
            return self.misused(call, "@RESOLVE_TEMPLATE takes a template, which is a string");
        }
        let rules = self.dialect().lexical();
        let template = match arguments.as_slice() {
            [argument] if argument.name.is_none() => sql_of(argument),
            [argument, mode] if argument.name.is_none() && matches!(mode.name.as_deref(), None | Some("mode")) => {
                sql_of(argument)
            }
            _ => None,
        };
        let mode = arguments.get(1).and_then(sql_of).map(|mode| sql_text(mode.text(), self.dialect()).to_lowercase());
        let text = template.and_then(|template| {
            let tokens = lex_code(template.text(), rules);
            let [token] = tokens.as_slice() else { return None };
            (token.kind == TokenKind::String).then(|| string_value(token, template.text(), rules))
        });
        let (Some(text), Some([catalog, schema, table])) = (text, self.this_model_parts()) else {
            return self.uncertain(call, Vec::new());
        };
        let text = text
            .replace("@{catalog_name}", &catalog)
            .replace("@{schema_name}", &schema)
            .replace("@{table_name}", &table);
        if arguments.len() > 1 && mode.is_none() {
            return self.uncertain(call, Vec::new());
        }
        // Any other mode gives a text.
        if mode.as_deref() != Some("table") {
            return Ok(Outcome::Value(Fragment::made(string_literal(&text, self.dialect()), call.origin.clone())));
        }
        match is_dotted(&lex_code(&text, rules)) {
            true => Ok(Outcome::Value(Fragment::made(text, call.origin.clone()))),
            false => self.uncertain(call, Vec::new()),
        }
    }

    /// Catalog, schema and table of `@this_model`; empty where the name has none.
    fn this_model_parts(&self) -> Option<[String; 3]> {
        let name = self.environment.this_model.as_deref()?;
        let tokens = lex_code(name, self.dialect().lexical());
        let is_name = |kind| matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier);
        let parts = tokens.iter().filter(|token| is_name(token.kind));
        let mut parts: Vec<String> = parts.map(|token| identifier_text(token, name).0).collect();
        let table = parts.pop()?;
        let schema = parts.pop().unwrap_or_default();
        Some([parts.pop().unwrap_or_default(), schema, table])
    }
}
