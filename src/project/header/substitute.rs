//! Variables in headers: `@name`, `@{name}`, `@VAR('name', default)`, replaced where their values are known.
//!
//! Only what decides how a model is read is substituted here (name, kind, gateway, …); queries are rendered later.

use std::collections::BTreeMap;

use crate::dialect::LexicalRules;
use crate::lex::{Token, TokenKind, lex_code, string_value};

/// Values by lower-case name, as SQL text.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    /// The configuration's variables and `@gateway`, overlaid with a blueprint's.
    pub fn of(config: &crate::project::Config, blueprint: &BTreeMap<String, String>) -> Self {
        let mut values: BTreeMap<String, String> =
            config.variables.iter().filter_map(|(name, value)| Some((name.clone(), json_text(value)?))).collect();
        values.insert("gateway".to_owned(), config.gateway.clone().unwrap_or_default());
        values.extend(blueprint.iter().map(|(name, value)| (name.clone(), value.clone())));
        Variables { values }
    }

    /// The value as it stands inside a name: without quotes.
    fn get(&self, name: &str) -> Option<&str> {
        let value = self.values.get(&name.to_lowercase())?.as_str();
        let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        Some(inner.unwrap_or(value))
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

/// Replaces all variables in `text`. `None` if one isn't known, or another macro stands there.
pub fn substitute(text: &str, rules: LexicalRules, variables: &Variables) -> Option<String> {
    if !text.contains('@') {
        return Some(text.to_owned());
    }
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
        out.push_str(&value);
        copied = end;
        at += 1 + used;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    Some(out)
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
            Some((variables.get(name.text(text))?.to_owned(), 3, close.end))
        }
        [name, open, argument, rest @ ..] if is_var(name, text) && open.is_symbol('(') => {
            if argument.kind != TokenKind::String {
                return None;
            }
            let known = variables.get(&string_value(argument, text, rules)).map(str::to_owned);
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
        [name, ..] if name.kind == TokenKind::Word => Some((variables.get(name.text(text))?.to_owned(), 1, name.end)),
        _ => None,
    }
}

fn is_var(name: &Token, text: &str) -> bool {
    name.is_word(text, "var") || name.is_word(text, "blueprint_var")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    #[test]
    fn variables_are_replaced_in_all_spellings() {
        let blueprint = BTreeMap::from([("x".to_owned(), "'v'".to_owned())]);
        let variables = Variables::of(&crate::project::Config::default(), &blueprint);
        let check = |text: &str, expected: Option<&str>| {
            let rules = Dialect::default().lexical();
            assert_eq!(substitute(text, rules, &variables).as_deref(), expected, "{text}");
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
    }
}
