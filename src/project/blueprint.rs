//! `blueprints`: one file, several models.

use std::collections::BTreeMap;

use super::context::{Context, Output};
use super::header::Variables;
use super::unnamed::Pattern;
use super::{Property, codes, header};
use crate::diagnostic::{Diagnostic, Location};
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

/// Reads `blueprints ((name := a.b, x := 1), (…))`, or what a macro makes of it. `None` if only code would tell.
pub(crate) fn parse(
    property: &Property,
    dialect: Dialect,
    variables: &Variables,
    output: &mut Output,
) -> Option<Vec<Blueprint>> {
    let is_made = property.value.starts_with('@');
    let made =
        if is_made { header::substitute(&property.value, dialect, variables)? } else { property.value.to_string() };
    let rules = dialect.lexical();
    let items = header::items(&made, rules);
    let values = |item| Blueprint { values: header::pairs(item, rules).into_iter().collect() };
    let mut blueprints: Vec<Blueprint> = items.into_iter().map(values).collect();
    if blueprints.is_empty() || blueprints.iter().any(|blueprint| blueprint.values.is_empty()) {
        let message = "these blueprints are not key := value pairs; their models could not be read";
        output.warn(codes::BLUEPRINTS_UNREADABLE, property.location.clone(), message);
    }
    blueprints.retain(|blueprint| !blueprint.values.is_empty());
    Some(blueprints)
}

/// What running the project's code gave for a file.
pub(crate) fn of_code(context: &Context<'_>, path: &str) -> Option<Vec<Blueprint>> {
    let found = context.blueprints.get(path)?;
    Some(found.iter().map(|values| Blueprint { values: values.clone() }).collect())
}

/// Says that the models made from these blueprints are only known to code.
pub(crate) fn report_unnamed(maker: &str, name: &Pattern, place: &Location, output: &mut Output) {
    let message = format!(
        "{maker} makes the blueprints of this file and isn't run: how many models there are and what they are called \
         isn't known"
    );
    let help =
        format!("tables called {name} that nothing else defines are taken for its models; `--python` names them");
    let found = Diagnostic::warning(codes::BLUEPRINTS_UNREADABLE, place.clone(), message);
    output.diagnostics.push(found.with_help(help));
}

/// The macro that a value calls.
pub(crate) fn macro_name(value: &str) -> &str {
    value.split('(').next().unwrap_or(value).trim()
}
