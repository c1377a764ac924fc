//! Kinds as Python writes them.
//!
//! In: an argument of `@model(...)`, or a default of the configuration. Out: the kind; `None` if only code would tell.

use crate::dialect::Dialect;
use crate::hash::Print;
use crate::project::header::{self, property_from_text};
use crate::project::literal::{Literal, Object, Value};
use crate::project::{ModelKind, Property};

/// The kind that `model_defaults` names: a name, or a mapping as a decorator has it.
pub(super) fn default_kind(
    value: &serde_json::Value,
    dialect: Dialect,
    path: &std::sync::Arc<str>,
) -> Option<ModelKind> {
    kind(&Literal::from_json(value), dialect, path, 0)
}

/// `"FULL"`, `ModelKindName.FULL`, `dict(name=ModelKindName.FULL, …)` or `FullKind(…)`. Properties that only code tells carry
/// `behind`.
pub(super) fn kind(
    literal: &Literal,
    dialect: Dialect,
    path: &std::sync::Arc<str>,
    behind: Print,
) -> Option<ModelKind> {
    let named = |name: &str, entries: &[(String, Literal)]| ModelKind {
        name: name.to_uppercase(),
        properties: entries
            .iter()
            .filter(|(key, _)| key != "name")
            .map(|entry| property(entry, dialect, path, behind))
            .collect(),
    };
    match &literal.value {
        Value::Text(_) | Value::Member { .. } => header::parse_kind(
            literal.text()?,
            dialect.lexical(),
            &crate::project::files::line_location(path, literal.line),
        ),
        Value::Map(entries) => Some(named(literal.get("name")?.text()?, entries)),
        Value::Object(Object { class, fields, .. }) => Some(named(&kind_of_class(class)?, fields)),
        _ => None,
    }
}

fn property(
    (name, literal): &(String, Literal),
    dialect: Dialect,
    path: &std::sync::Arc<str>,
    behind: Print,
) -> Property {
    let location = crate::project::files::line_location(path, literal.line);
    match header::spelled(name, literal, header::Origin::Python) {
        Some(text) => property_from_text(name, &text, dialect.lexical(), location),
        None => Property { behind, ..property_from_text(name, "", dialect.lexical(), location) },
    }
}

/// `IncrementalByTimeRangeKind` → `INCREMENTAL_BY_TIME_RANGE`
fn kind_of_class(class: &str) -> Option<String> {
    let stem = class.strip_suffix("Kind")?;
    if let Some(rest) = stem.strip_prefix("SCDType2") {
        let rest = snake(rest);
        return Some(if rest.is_empty() { "SCD_TYPE_2".to_owned() } else { format!("SCD_TYPE_2_{rest}") });
    }
    Some(snake(stem))
}

fn snake(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_uppercase());
    }
    out
}
