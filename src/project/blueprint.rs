//! `blueprints`: one file, several models.

use std::collections::BTreeMap;

use super::context::Output;
use super::{Property, codes, header};
use crate::dialect::Dialect;

/// The variables of one model made from a blueprint; lower-case names, values as SQL text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Blueprint {
    pub values: BTreeMap<String, String>,
}

/// Reads `blueprints ((name := a.b, x := 1), (…))`. What a macro makes can't be known: then there is none.
pub(crate) fn parse(property: &Property, dialect: Dialect, output: &mut Output) -> Vec<Blueprint> {
    let rules = dialect.lexical();
    let blueprints: Vec<Blueprint> = if property.value.starts_with('@') {
        Vec::new()
    } else {
        header::items(&property.value, rules)
            .into_iter()
            .map(|item| Blueprint {
                values: header::pairs(item, rules).into_iter().collect(),
            })
            .collect()
    };
    if blueprints.is_empty() || blueprints.iter().any(|blueprint| blueprint.values.is_empty()) {
        output.warn(
            codes::BLUEPRINTS_UNREADABLE,
            property.location.clone(),
            "these blueprints are made by a macro, or are not key := value pairs; their models could not be read",
        );
    }
    blueprints
        .into_iter()
        .filter(|blueprint| !blueprint.values.is_empty())
        .collect()
}
