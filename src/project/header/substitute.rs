//! Variables and macros in headers: `@name`, `@{name}`, `@VAR('name', default)`, `@IF(…)`, replaced where their values are
//! known.
//!
//! A variable that stands alone or inside a name becomes its bare text. Whatever else there is, `render/` expands: the
//! only place where reading a project looks ahead. Queries are rendered later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::parse::{shift, value_place};
use crate::diagnostic::Diagnostic;
use crate::dialect::{Dialect, LexicalRules};
use crate::hash::{Print, hash};
use crate::lex::{Token, TokenKind, lex_code, string_value};
use crate::project::context::Output;
use crate::project::{Config, Language, Model, Project, Property, PythonMacro, Statement};
use crate::render::{Environment, Rendered, Tables, codes, render};

/// Properties that SQLMesh renders when it runs a model, not when it reads its header.
const RENDERED_LATE: [&str; 11] = [
    "audits",
    "signals",
    "merge_filter",
    "physical_properties",
    "virtual_properties",
    "session_properties",
    "pre_statements",
    "post_statements",
    "on_virtual_update",
    "blueprints",
    "name",
];
/// Does SQLMesh render this property only when it runs a model?
pub(crate) fn is_rendered_late(property: &str) -> bool {
    RENDERED_LATE.contains(&property)
}

/// Properties of expressions: there a variable of the configuration that stands alone is a string, not a name.
const EXPRESSIONS: [&str; 10] = [
    "time_column",
    "unique_key",
    "partitioned_by",
    "clustered_by",
    "grain",
    "grains",
    "references",
    "valid_from_name",
    "valid_to_name",
    "updated_at_name",
];
/// Values of `cron` that look like variables.
const CRON_SHORTCUTS: [&str; 7] = ["@midnight", "@hourly", "@daily", "@weekly", "@monthly", "@yearly", "@annually"];

/// The variables that a header may use.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// Values by lower-case name, as SQL text.
    values: BTreeMap<String, String>,
    configured: BTreeMap<String, serde_json::Value>,
    blueprint: BTreeMap<String, String>,
    gateway: Option<String>,
    default_catalog: Option<String>,
    /// The project's macros, by lower-case name.
    macros: Arc<BTreeMap<String, PythonMacro>>,
}

impl Variables {
    /// The same beside macros of the project, of which the simplest are evaluated.
    pub(crate) fn with_macros(self, macros: &Arc<BTreeMap<String, PythonMacro>>) -> Self {
        Variables { macros: macros.clone(), ..self }
    }

    /// The variables that a model's header may use.
    pub fn of_model(project: &Project, model: &Model) -> Self {
        Variables::of(project.config_of(&model.name), model.gateway.as_deref(), &model.blueprint)
    }

    /// The configuration's variables on a gateway (`None`: the one in use) and `@gateway`, overlaid with a blueprint's.
    pub fn of(config: &Config, gateway: Option<&str>, blueprint: &BTreeMap<String, String>) -> Self {
        let configured = config.variables_on(gateway);
        let gateway = gateway.or(config.gateway.as_deref());
        let mut values: BTreeMap<String, String> =
            configured.iter().filter_map(|(name, value)| Some((name.clone(), json_text(value)?))).collect();
        values.insert("gateway".to_owned(), gateway.unwrap_or_default().to_owned());
        values.extend(blueprint.iter().map(|(name, value)| (name.clone(), value.clone())));
        Variables {
            values,
            configured: configured.clone(),
            blueprint: blueprint.clone(),
            gateway: gateway.map(str::to_owned),
            default_catalog: config.default_catalog.clone(),
            macros: Arc::default(),
        }
    }

    /// Changes whenever what the macros and variables named in `text` stand for may change; 0 if it names none that the
    /// project defines.
    pub(crate) fn behind(&self, text: &str) -> Print {
        let names: BTreeSet<String> = named(text).collect();
        let called: Vec<&PythonMacro> = names.iter().filter_map(|name| self.macros.get(name)).collect();
        let reads_any = called.iter().any(|called| called.reads_any_variable);
        let read: BTreeSet<&String> = names.iter().chain(called.iter().flat_map(|called| &called.variables)).collect();
        let values: Vec<(&str, String)> =
            self.all().filter(|(name, _)| reads_any || read.iter().any(|read| *read == name)).collect();
        if called.is_empty() && values.is_empty() {
            return 0;
        }
        hash((called.iter().map(|called| called.definition).collect::<Vec<_>>(), values))
    }

    /// Changes with every macro and variable that the project defines.
    pub(crate) fn behind_everything(&self) -> Print {
        let definitions: Vec<Print> = self.macros.values().map(|found| found.definition).collect();
        hash((definitions, self.all().collect::<Vec<_>>()))
    }

    /// The variables by name, with what they hold, lists and mappings too.
    fn all(&self) -> impl Iterator<Item = (&str, String)> {
        let configured = self.configured.iter().filter(|(name, _)| !self.blueprint.contains_key(*name));
        let configured = configured.map(|(name, value)| (name.as_str(), value.to_string()));
        let blueprint = self.blueprint.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let gateway = ("gateway", self.values.get("gateway").cloned().unwrap_or_default());
        configured.chain(blueprint).chain([gateway])
    }

    /// Does the text stand for the same in every run: does it call macros of the project that only compute?
    pub(crate) fn is_steady(&self, text: &str) -> bool {
        let is_steady = |name: String| match self.macros.get(&name) {
            Some(called) => !called.reads_run,
            None => {
                name.is_empty() || self.values.contains_key(&name) || !text.to_lowercase().contains(&format!("@{name}"))
            }
        };
        !text.contains('{') && named(text).all(is_steady)
    }

    /// The text with its macros expanded. `None` if something in it isn't known.
    fn expand(&self, text: &str, dialect: Dialect) -> Option<String> {
        let rendered = self.rendered(text, dialect);
        (rendered.holes.is_empty() && rendered.diagnostics.is_empty()).then(|| rendered.sql.trim().to_owned())
    }

    fn rendered(&self, text: &str, dialect: Dialect) -> Rendered {
        let environment = Environment {
            path: &Arc::from(""),
            dialect,
            variables: &self.configured,
            blueprint: &self.blueprint,
            gateway: self.gateway.as_deref(),
            default_catalog: self.default_catalog.as_deref(),
            this_model: None,
            execution_time_only: false,
            user_macros: &self.macros,
            jinja_macros: &[],
            tables: &Tables::new(),
        };
        let statement = Statement { start: 0, end: text.len(), language: Language::Sql };
        render(text, statement, &[], &environment)
    }

    /// Is it a text: one of the configuration, or a string of a blueprint?
    fn is_text(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        match self.blueprint.get(&name) {
            Some(value) => value.starts_with('\''),
            None => self.configured.get(&name).is_some_and(serde_json::Value::is_string),
        }
    }

    /// The value as it stands inside a name: without quotes.
    fn get(&self, name: &str) -> Option<String> {
        let value = self.values.get(&name.to_lowercase())?.as_str();
        let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        Some(inner.map_or_else(|| value.to_owned(), |inner| inner.replace("''", "'")))
    }
}

fn json_text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Macros and variables in properties that nothing defines, and calls that lack arguments, at their places.
pub(crate) fn check_macros(properties: &[Property], dialect: Dialect, variables: &Variables, output: &mut Output) {
    for property in properties {
        // What only code tells stands with its source, which isn't SQL.
        let is_checked = property.value.contains('@') && property.behind == 0 && !is_shortcut(&property.value);
        // A description may be the comment before the header.
        if !is_checked || property.name.starts_with('@') || property.name == "description" {
            continue;
        }
        let place = value_place(property);
        let found = variables.rendered(&property.value, dialect).diagnostics.into_iter();
        let is_told = |found: &Diagnostic| {
            found.refused || [codes::UNDEFINED_VARIABLE, codes::UNKNOWN_MACRO].contains(&found.code)
        };
        output.diagnostics.extend(found.filter(is_told).map(|found| {
            let location = shift(&found.location, &place);
            Diagnostic { location, ..found }
        }));
    }
}

fn is_shortcut(value: &str) -> bool {
    let value = value.trim_matches(['\'', '"']);
    CRON_SHORTCUTS.iter().any(|shortcut| value.eq_ignore_ascii_case(shortcut))
}

/// Puts what is known in the place of variables and macros in a model's properties. What isn't known stays as written.
pub(crate) fn substitute_properties(properties: &mut [Property], dialect: Dialect, variables: &Variables) {
    for property in properties {
        let is_whole = property.name.starts_with('@');
        // What only code tells stands with its source, which isn't SQL.
        let is_code = property.behind != 0;
        if !is_whole && !property.value.contains('@') || is_shortcut(&property.value) || is_code {
            continue;
        }
        let known = || {
            let value = if EXPRESSIONS.contains(&property.name.as_str()) {
                as_expression(&property.value, dialect, variables)
            } else {
                substitute(&property.value, dialect, variables)
            };
            value.filter(|value| **value != *property.value)
        };
        let is_known_here = !is_whole && !is_rendered_late(&property.name);
        let Some(value) = is_known_here.then(known).flatten() else {
            property.behind = variables.behind(&format!("{} {}", property.name, property.value));
            continue;
        };
        let tokens = lex_code(&value, dialect.lexical());
        property.tokens = tokens.iter().map(|token| token.text(&value).to_owned()).collect();
        property.value = value.into();
    }
}

/// The words behind each `@` or `@{`, with the text behind them.
fn words_behind_at(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('@').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest).trim_start();
        rest.split_at(rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()))
    })
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The names of variables and macros in a text, in lower case.
pub(crate) fn names_behind_at(text: &str) -> impl Iterator<Item = String> {
    words_behind_at(text).filter(|(name, _)| !name.is_empty()).map(|(name, _)| name.to_lowercase())
}

/// The lower-case words behind each `@` or `@{`; of `@VAR('x')` also the `x`.
fn named(text: &str) -> impl Iterator<Item = String> {
    let word = |(name, rest): (&str, &str)| {
        let argument = rest.trim_start().strip_prefix('(').map(|rest| rest.trim_start().trim_start_matches('\''));
        let argument = argument.map(|rest| rest.split(|c| !is_of_word(c)).next().unwrap_or("").to_lowercase());
        [Some(name.to_lowercase()), argument]
    };
    words_behind_at(text).flat_map(word).flatten()
}

/// Replaces all variables and macros in `text`. `None` if one isn't known.
pub fn substitute(text: &str, dialect: Dialect, variables: &Variables) -> Option<String> {
    if !text.contains('@') {
        return Some(text.to_owned());
    }
    plain(text, dialect.lexical(), variables, false).or_else(|| variables.expand(text, dialect))
}

/// The same, with quotes around texts that stand alone.
pub(crate) fn as_expression(text: &str, dialect: Dialect, variables: &Variables) -> Option<String> {
    plain(text, dialect.lexical(), variables, true).or_else(|| variables.expand(text, dialect))
}

/// With variables alone.
fn plain(text: &str, rules: LexicalRules, variables: &Variables, quotes: bool) -> Option<String> {
    let tokens = lex_code(text, rules);
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if !token.is_symbol('@') {
            at += 1;
            continue;
        }
        let rest = tokens.get(at + 1..).unwrap_or_default();
        let (value, used, end) = variable(text, rest, rules, variables)?;
        out.push_str(text.get(copied..token.start).unwrap_or(""));
        let is_part = text.get(..token.start).is_some_and(|before| before.ends_with('.'))
            || text.get(end..).is_some_and(|behind| behind.starts_with('.'));
        let name = rest.first().filter(|name| name.kind == TokenKind::Word);
        // Within a name only the letters count: `orders_@shop` with "eu" for it is `orders_eu`.
        let is_within = text.get(..token.start).is_some_and(|before| before.ends_with(is_of_word))
            || text.get(end..).is_some_and(|behind| behind.starts_with(is_of_word));
        if is_within && is_quoted(&value) {
            out.push_str(value.trim_matches(['"', '`']));
        } else if quotes && !is_part && name.is_some_and(|name| used == 1 && variables.is_text(name.text(text))) {
            out.push_str(&format!("'{}'", value.replace('\'', "''")));
        } else {
            out.push_str(&value);
        }
        copied = end;
        at += 1 + used;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    Some(out)
}

fn is_quoted(value: &str) -> bool {
    let is_between = |quote: char| value.len() > 2 && value.starts_with(quote) && value.ends_with(quote);
    ['"', '`'].into_iter().any(is_between)
}

/// What the tokens behind an `@` stand for, how many they are, and where they end.
fn variable(
    text: &str,
    tokens: &[Token],
    rules: LexicalRules,
    variables: &Variables,
) -> Option<(String, usize, usize)> {
    match tokens {
        [open, name, close, ..] if open.is_symbol('{') && close.is_symbol('}') => {
            Some((variables.get(name.text(text))?, 3, close.end))
        }
        [name, open, argument, rest @ ..] if is_var(name, text) && open.is_symbol('(') => {
            if argument.kind != TokenKind::String {
                return None;
            }
            let known = variables.get(&string_value(argument, text, rules));
            match rest {
                [close, ..] if close.is_symbol(')') => Some((known?, 4, close.end)),
                [comma, default, close, ..] if comma.is_symbol(',') && close.is_symbol(')') => {
                    let default = match default.kind {
                        TokenKind::String => string_value(default, text, rules),
                        _ => default.text(text).to_owned(),
                    };
                    Some((known.unwrap_or(default), 6, close.end))
                }
                _ => None,
            }
        }
        // `@name(` calls a macro.
        [name, open, ..] if open.is_symbol('(') && open.start == name.end => None,
        [name, ..] if name.kind == TokenKind::Word => Some((variables.get(name.text(text))?, 1, name.end)),
        _ => None,
    }
}

fn is_var(name: &Token, text: &str) -> bool {
    name.is_word(text, "var") || name.is_word(text, "blueprint_var")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_in_all_spellings() {
        let blueprint = BTreeMap::from([("x".to_owned(), "'v'".to_owned())]);
        let variables = Variables::of(&Config::default(), None, &blueprint);
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(substitute(text, Dialect::default(), &variables).as_deref(), expected, "{text}");
        };
        check("a.b", Some("a.b"));
        check("@x.b", Some("v.b"));
        check("a.@{x}_b", Some("a.v_b"));
        check("a.@X", Some("a.v"));
        check("@VAR('x').b", Some("v.b"));
        check("@var('y', 'd').b", Some("d.b"));
        check("@y.b", None);
        check("@f(x).b", None);
        check("'@x'", Some("'@x'"));
        check("@IF(@x = 'v', FULL, VIEW)", Some("FULL"));
        check("(@EACH(['a', 'b'], c -> @c), 1)", Some("('a', 'b', 1)"));
        check("@IF(@y, FULL, VIEW)", None);
    }
}
