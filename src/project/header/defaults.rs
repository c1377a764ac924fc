//! `model_defaults`: properties that a model gets from the configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::spelled::{Origin, arrays_as_calls, spelled};
use super::{Header, ModelKind, Property, Variables, property_from_text, substitute};
use crate::dialect::Dialect;
use crate::project::Config;
use crate::project::files;
use crate::project::literal::Literal;

/// What SQLMesh merges key by key or adds to, instead of replacing.
const MERGED: [&str; 7] = [
    "physical_properties",
    "virtual_properties",
    "session_properties",
    "audits",
    "pre_statements",
    "post_statements",
    "on_virtual_update",
];

/// Kinds that take `on_destructive_change` and `on_additive_change`.
const INCREMENTAL: [&str; 7] = [
    "INCREMENTAL_BY_TIME_RANGE",
    "INCREMENTAL_BY_UNIQUE_KEY",
    "INCREMENTAL_BY_PARTITION",
    "INCREMENTAL_UNMANAGED",
    "SCD_TYPE_2",
    "SCD_TYPE_2_BY_TIME",
    "SCD_TYPE_2_BY_COLUMN",
];

/// Adds what the configuration says and the model doesn't, in front of the model's own properties. A kind that is itself the
/// configuration's gets nothing.
///
/// A macro in a default stands for what the model's own gateway says. SQLMesh writes what it rendered back into the defaults
/// (`render_model_defaults`), so that in each of its worker processes the gateway of whichever model comes first decides for all:
/// where gateways give a variable of a default different values, SQLMesh's answer is chance.
pub(crate) fn add_defaults(
    header: &mut Header,
    mut kind: Option<&mut ModelKind>,
    config: &Config,
    dialect: Dialect,
    skip: &[&str],
) {
    let path: Arc<str> = config.path.as_deref().unwrap_or("").into();
    let own: BTreeSet<String> = header.properties.iter().map(|property| property.name.clone()).collect();
    let origin = if skip.contains(&"gateway") { Origin::External } else { Origin::Configuration };
    let mut added = Vec::new();
    for (name, value) in &config.model_defaults {
        let name = name.as_str();
        let goes_to_kind = matches!(name, "on_destructive_change" | "on_additive_change" | "batch_concurrency");
        if name == "kind" || skip.contains(&name) {
            continue;
        }
        let line = config.model_default_lines.get(name).copied().unwrap_or(0);
        let property = || {
            let text = default_text(name, value, dialect, origin);
            property_from_text(name, &text, dialect.lexical(), files::line_location(&path, line))
        };
        if goes_to_kind {
            if let Some(kind) = &mut kind
                && takes(&kind.name, name)
                && kind.get(name).is_none()
            {
                kind.properties.insert(0, property());
            }
        } else if MERGED.contains(&name) || !own.contains(name) {
            added.push(property());
        }
    }
    header.properties.splice(0..0, added);
    if let Some(kind) = kind {
        add_time_format(kind, config, dialect);
    }
}

/// A time column without a format has the configured one (`time_column_format`), as if it were written there.
fn add_time_format(kind: &mut ModelKind, config: &Config, dialect: Dialect) {
    let Some(format) = config.time_column_format.as_ref().filter(|_| kind.name == "INCREMENTAL_BY_TIME_RANGE") else {
        return;
    };
    for property in &mut kind.properties {
        if property.name == "time_column" && property.tokens.len() == 1 && !property.value.contains('@') {
            let text = format!("({}, '{}')", property.value, format.replace('\'', "''"));
            *property = property_from_text("time_column", &text, dialect.lexical(), property.location.clone());
        }
    }
}

fn takes(kind: &str, property: &str) -> bool {
    match property {
        "batch_concurrency" => kind == "INCREMENTAL_BY_TIME_RANGE",
        _ => INCREMENTAL.contains(&kind),
    }
}

fn default_text(name: &str, value: &Value, dialect: Dialect, origin: Origin) -> String {
    let text = spelled(name, &Literal::from_json(value), origin).unwrap_or_default();
    if name == "audits" { arrays_as_calls(&text, dialect) } else { text }
}

/// Is the model enabled? `None` if only a macro would tell.
pub(crate) fn is_enabled(header: &Header, dialect: Dialect, variables: &Variables) -> Option<bool> {
    let Some(property) = header.get("enabled") else {
        return Some(true);
    };
    let value = substitute(&property.value, dialect, variables)?;
    match value.trim().trim_matches('\'').to_ascii_lowercase().as_str() {
        "" | "none" | "null" => Some(true),
        word => truth_in_brackets(word).or_else(|| truth(word)),
    }
}

/// `(1 = 1)` and `(0 = 1)` as `parse_bool` reads them, and as SQLMesh's formatter writes truth values in T-SQL. Only properties
/// of a model are read so, not those of its kind.
pub(crate) fn truth_in_brackets(text: &str) -> Option<bool> {
    let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?.trim();
    let Some((left, right)) = inner.split_once('=') else { return truth(inner) };
    let number = |side: &str| side.trim().parse::<u64>().ok();
    Some(number(left)? == number(right)?)
}

/// A word as `str_to_bool` reads it; `None` for what isn't a word. In a kind everything in brackets is false: it has no name.
pub(crate) fn truth(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.starts_with('(') && text.ends_with(')') {
        return Some(false);
    }
    let word = text.trim_matches(['\'', '"']);
    let is_word = !word.is_empty() && word.chars().all(char::is_alphanumeric);
    let is_yes = || ["true", "1", "t", "y", "yes", "on"].iter().any(|yes| yes.eq_ignore_ascii_case(word));
    is_word.then(is_yes)
}

/// The property that names the header's dialect, read.
pub(crate) fn dialect_property(property: &Property) -> Option<Dialect> {
    Dialect::parse(property.value.trim().trim_matches(['\'', '"', '`']))
}

#[cfg(test)]
mod tests {
    use super::{truth, truth_in_brackets};

    #[test]
    fn truth_values_are_read_as_sqlmesh_reads_them() {
        for (text, expected) in [
            ("TRUE", Some(true)),
            ("'yes'", Some(true)),
            ("no", Some(false)),
            ("(1 = 1)", Some(true)),
            ("( 0=1 )", Some(false)),
            ("(TRUE)", Some(true)),
            ("(0 = 0)", Some(true)),
            ("()", Some(false)),
            ("1 > 2", None),
        ] {
            assert_eq!(truth_in_brackets(text).or_else(|| truth(text)), expected, "{text}");
        }
    }
}
