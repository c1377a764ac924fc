//! Signals that headers name and nothing defines: SQLMesh refuses to load such a model.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::header::items;
use super::{Model, PythonMacro, codes};
use crate::diagnostic::Diagnostic;

/// A refusal for each name without a definition. What isn't a plain name is passed over.
pub(super) fn undefined<'m>(
    models: impl Iterator<Item = &'m Arc<Model>>,
    signals: &BTreeMap<String, PythonMacro>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for model in models {
        let named = model.header.properties.iter().filter(|property| property.name == "signals");
        for property in named {
            for call in items(&property.value, model.dialect.lexical()) {
                let name = call.split('(').next().unwrap_or("").trim().to_lowercase();
                let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                if is_name && !signals.contains_key(&name) {
                    let message = format!("no signal is called {name}: SQLMesh refuses to load the model");
                    found.push(Diagnostic::refusal(codes::PROPERTY_INVALID, property.location.clone(), message));
                }
            }
        }
    }
    found
}
