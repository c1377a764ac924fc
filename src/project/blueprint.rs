//! `blueprints`: one file, several models.

use std::collections::BTreeMap;

use super::context::Output;
use super::{Property, codes, header};
use crate::diagnostic::Location;
use crate::dialect::Dialect;

/// The variables of one model made from a blueprint; lower-case names, values as SQL text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Blueprint {
    pub values: BTreeMap<String, String>,
}

/// How much the models of one file may cost together: far above any project, far below what would be felt.
const MAX_COST: usize = 5_000_000;

/// Leaves out the blueprints that would make one file cost more than a project, where each costs `cost`.
pub(crate) fn limited<B>(mut blueprints: Vec<B>, cost: usize, place: &Location, output: &mut Output) -> Vec<B> {
    let most = (MAX_COST / cost.max(1)).max(1);
    if blueprints.len() > most {
        output.warn(
            codes::BLUEPRINTS_UNREADABLE,
            place.clone(),
            format!("there are too many blueprints for a file of this size; the first {most} are read"),
        );
        blueprints.truncate(most);
    }
    blueprints
}

/// Reads `blueprints ((name := a.b, x := 1), (…))`. What a macro makes can't be known: then there is none.
pub(crate) fn parse(property: &Property, dialect: Dialect, output: &mut Output) -> Vec<Blueprint> {
    let rules = dialect.lexical();
    let blueprints: Vec<Blueprint> = if property.value.starts_with('@') {
        Vec::new()
    } else {
        header::items(&property.value, rules)
            .into_iter()
            .map(|item| Blueprint { values: header::pairs(item, rules).into_iter().collect() })
            .collect()
    };
    if blueprints.is_empty() || blueprints.iter().any(|blueprint| blueprint.values.is_empty()) {
        output.warn(
            codes::BLUEPRINTS_UNREADABLE,
            property.location.clone(),
            "these blueprints are made by a macro, or are not key := value pairs; their models could not be read",
        );
    }
    blueprints.into_iter().filter(|blueprint| !blueprint.values.is_empty()).collect()
}
