//! What SQLMesh refuses in a header: properties and kinds that it doesn't have, numbers that are none.
//!
//! In: a header and a kind as written. Out: diagnostics at the properties' places. What SQLMesh has is recorded from it
//! (`tests/oracle/features.py`). Nothing is left out for it: the model is analysed all the same.

use super::{Header, ModelKind, Property};
use crate::dialect::Dialect;
use crate::lex::{TokenKind, lex_code};
use crate::project::codes;
use crate::project::context::Output;

/// A line for each property: its kind or `MODEL`, its name, `number` if it must be one from 1 on.
const KNOWN: &str = include_str!("properties.txt");

/// Reports what SQLMesh refuses.
pub(crate) fn check(header: &Header, kind: &ModelKind, dialect: Dialect, output: &mut Output) {
    check_properties("MODEL", "a model", &header.properties, dialect, output);
    let is_known = KNOWN.lines().any(|line| line == kind.name);
    if !is_known && kind.name != ModelKind::UNKNOWN {
        if let Some(property) = header.get("kind") {
            let message =
                "SQLMesh has no such kind of model; impact takes it for a table that is filled by its own rules";
            output.refuse(codes::PROPERTY_INVALID, property.location.clone(), message);
        }
        return;
    }
    // A custom materialization may define a kind with properties of its own.
    if kind.name != "CUSTOM" && is_known {
        check_properties(&kind.name, "this kind", &kind.properties, dialect, output);
    }
}

/// Reports properties that swallowed the next one, because no comma stands between them: nothing is as it was meant then.
pub(crate) fn check_commas(header: &Header, output: &mut Output) {
    for property in &header.properties {
        if let Some(next) = swallowed(&property.tokens) {
            let message = format!("SQLMesh expects a comma before `{next}` in this MODEL header");
            output.refuse(codes::HEADER_MISSING, property.location.clone(), message);
        }
    }
}

/// The name of a property that follows a whole value, with a value of its own.
fn swallowed(tokens: &[String]) -> Option<&str> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            name if depth == 0 && at > 0 && at + 1 < tokens.len() => {
                let ends_value = |before: &String| {
                    before.ends_with(|end: char| end.is_alphanumeric() || matches!(end, '_' | '\'' | '"' | ')' | ']'))
                };
                let follows_value = tokens.get(at - 1).is_some_and(ends_value);
                let begins_value = tokens.get(at + 1).is_some_and(|next| next != "." && next != ",");
                // `END` may belong to a CASE.
                let is_property = !name.eq_ignore_ascii_case("end") && is_property_of_models(name);
                if follows_value && begins_value && is_property {
                    return Some(name);
                }
            }
            _ => {}
        }
    }
    None
}

fn is_property_of_models(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    KNOWN.lines().filter_map(|line| line.strip_prefix("MODEL ")).any(|line| line.split(' ').next() == Some(&name))
}

fn check_properties(owner: &str, whose: &str, properties: &[Property], dialect: Dialect, output: &mut Output) {
    for (at, property) in properties.iter().enumerate() {
        let name = property.name.as_str();
        if name.starts_with('@') {
            continue;
        }
        let known = KNOWN.lines().find_map(|line| {
            let mut words = line.split(' ');
            (words.next() == Some(owner) && words.next() == Some(name)).then(|| words.next() == Some("number"))
        });
        let place = || property.location.clone();
        match known {
            None => {
                let message = format!("SQLMesh refuses `{name}`: {whose} has no such property");
                output.refuse(codes::PROPERTY_INVALID, place(), message);
            }
            Some(true) if !is_number(&property.value, dialect) => {
                let message = format!("SQLMesh refuses this: `{name}` is a whole number from 1 on");
                output.refuse(codes::PROPERTY_INVALID, place(), message);
            }
            Some(_) if property.value.is_empty() => {
                output.refuse(codes::PROPERTY_INVALID, place(), format!("SQLMesh refuses this: `{name}` has no value"));
            }
            Some(_) => {}
        }
        if properties.get(..at).unwrap_or_default().iter().any(|earlier| earlier.name == name) {
            let message = format!("`{name}` stands twice; SQLMesh takes the last");
            output.warn(codes::PROPERTY_INVALID, place(), message);
        }
    }
}

/// A whole number from 1 on, or something that only a macro tells.
fn is_number(value: &str, dialect: Dialect) -> bool {
    match lex_code(value, dialect.lexical()).as_slice() {
        [only] if only.kind == TokenKind::Number => {
            let digits = only.text(value);
            digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.bytes().any(|byte| byte != b'0')
        }
        _ => value.contains('@') || value.eq_ignore_ascii_case("null"),
    }
}
