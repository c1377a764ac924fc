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
            output.error(codes::PROPERTY_INVALID, property.location.clone(), message);
        }
        return;
    }
    // A custom materialization may define a kind with properties of its own.
    if kind.name != "CUSTOM" && is_known {
        check_properties(&kind.name, "this kind", &kind.properties, dialect, output);
    }
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
                output.error(codes::PROPERTY_INVALID, place(), message);
            }
            Some(true) if !is_number(&property.value, dialect) => {
                let message = format!("SQLMesh refuses this: `{name}` is a whole number from 1 on");
                output.error(codes::PROPERTY_INVALID, place(), message);
            }
            Some(_) if property.value.is_empty() => {
                output.error(codes::PROPERTY_INVALID, place(), format!("SQLMesh refuses this: `{name}` has no value"));
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
