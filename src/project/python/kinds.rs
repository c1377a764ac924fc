//! Kinds as Python writes them.
//!
//! In: an argument of `@model(...)`, or a default of the configuration. Out: the kind; `None` if only code would tell.

use crate::dialect::Dialect;
use crate::project::header::{self, property_from_text};
use crate::project::literal::{Literal, Object, Value};
use crate::project::{ModelKind, Property};

/// The kind that `model_defaults` names.
pub(super) fn default_kind(value: &serde_json::Value) -> Option<ModelKind> {
    let name = value.as_str().or_else(|| value.get("name")?.as_str())?;
    Some(ModelKind::named(&name.to_uppercase()))
}

/// `"FULL"`, `ModelKindName.FULL`, `dict(name=ModelKindName.FULL, …)` or `FullKind(…)`.
pub(super) fn kind(literal: &Literal, dialect: Dialect, path: &std::sync::Arc<str>) -> Option<ModelKind> {
    let named = |name: &str, entries: &[(String, Literal)]| ModelKind {
        name: name.to_uppercase(),
        properties: entries
            .iter()
            .filter(|(key, _)| key != "name")
            .map(|entry| property(entry, dialect, path))
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

fn property((name, literal): &(String, Literal), dialect: Dialect, path: &std::sync::Arc<str>) -> Property {
    let location = crate::project::files::line_location(path, literal.line);
    let text = literal.to_sql().unwrap_or_default();
    property_from_text(name, &text, dialect.lexical(), location)
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
