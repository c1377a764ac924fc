//! What a project declares of its models and a proof may lean on: keys, columns without NULLs, types.
//!
//! In: both states. Out: [`Facts`], each with one sentence and the place of its declaration. Nothing else than the sentence
//! makes it true, so every proof that uses one names it. A fact is left out
//! - if both states don't declare it alike, or the file of the model is edited: what the edit does to it isn't known;
//! - of an audit that doesn't stop anything (`blocking := false`, `…_non_blocking`) or looks at a part (`condition`);
//! - of an audit for doubles where a run only sees its own range of time: the same key may stand in another one.

use crate::diagnostic::Location;
use crate::dialect::Dialect;
use crate::project::{Property, header};
use crate::sql::tree::Name;
use crate::state::{AnalysedModel, State};

use super::canon::Facts;
use super::certain_types::add_types;

/// An audit as a header names it.
pub(crate) struct AuditCall<'m> {
    /// In lower case.
    pub(crate) name: String,
    pub(crate) arguments: Vec<(String, String)>,
    pub(crate) property: &'m Property,
}

/// The audits that a model's header names.
pub(crate) fn audit_calls(model: &AnalysedModel) -> Vec<AuditCall<'_>> {
    let rules = model.model.dialect.lexical();
    let call = |item: &str, property| {
        let (name, arguments) = item.split_once('(').unwrap_or((item, ""));
        let arguments = arguments.strip_suffix(')').map(|inner| header::pairs(&format!("({inner})"), rules));
        AuditCall { name: name.trim().to_lowercase(), arguments: arguments.unwrap_or_default(), property }
    };
    let named = model.model.header.properties.iter().filter(|property| property.name == "audits");
    named
        .flat_map(|property| header::items(&property.value, rules).into_iter().map(move |item| (item, property)))
        .map(|(item, property)| call(item, property))
        .collect()
}

/// What both states declare of the models that are as they were.
pub fn declared(before: &State, after: &State) -> Facts {
    let mut facts = Facts::default();
    for (name, model) in &after.models {
        let Some(old) = before.models.get(name) else { continue };
        if old.model.content != model.model.content || old.model.kind.name != model.model.kind.name {
            continue;
        }
        let known = premises(before, old);
        for premise in premises(after, model).into_iter().filter(|premise| known.iter().any(|old| old.says(premise))) {
            let Premise { columns, claim, reason, location } = premise;
            match claim {
                Claim::Key => facts.add_key(name, columns, &reason, location),
                Claim::NotNull => {
                    columns.iter().for_each(|column| facts.add_not_null(name, column, &reason, &location))
                }
            }
        }
    }
    add_types(before, after, &mut facts);
    facts
}

struct Premise {
    columns: Vec<Name>,
    claim: Claim,
    reason: String,
    location: Location,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// No two rows have the same values in all of the columns.
    Key,
    NotNull,
}

impl Premise {
    fn says(&self, other: &Premise) -> bool {
        self.claim == other.claim && self.columns == other.columns && self.reason == other.reason
    }
}

fn premises(state: &State, model: &AnalysedModel) -> Vec<Premise> {
    let mut found = grains(model);
    found.extend(merged_by(model));
    // An embedded model has no table that an audit could look at.
    if model.model.kind.name != "EMBEDDED" {
        found.extend(audit_calls(model).iter().flat_map(|call| audited(state, model, call)));
    }
    found
}

fn grains(model: &AnalysedModel) -> Vec<Premise> {
    let dialect = model.model.dialect;
    let grain = |property: &Property| match property.name.as_str() {
        "grain" => vec![property.value.to_string()],
        "grains" => header::items(&property.value, dialect.lexical()).into_iter().map(str::to_owned).collect(),
        _ => vec![],
    };
    let all = model
        .model
        .header
        .properties
        .iter()
        .flat_map(|property| grain(property).into_iter().map(move |g| (g, property)));
    all.filter_map(|(text, property)| {
        let columns = plain_columns(&text, dialect)?;
        let reason = "it is declared as its grain, which nothing checks".to_owned();
        Some(Premise { columns, claim: Claim::Key, reason, location: property.location.clone() })
    })
    .collect()
}

/// A run gives a key once, or it is twice in the table: not every engine refuses that.
fn merged_by(model: &AnalysedModel) -> Option<Premise> {
    let kind = &model.model.kind;
    if kind.name != "INCREMENTAL_BY_UNIQUE_KEY"
        || kind.get("merge_filter").is_some()
        || kind.get("when_matched").is_some()
    {
        return None;
    }
    let property = kind.get("unique_key")?;
    let columns = plain_columns(&property.value, model.model.dialect)?;
    let reason = "rows are merged by it, and no run must give it twice".to_owned();
    Some(Premise { columns, claim: Claim::Key, reason, location: property.location.clone() })
}

fn audited(state: &State, model: &AnalysedModel, call: &AuditCall<'_>) -> Vec<Premise> {
    let is_own = state.project.audit_of(&model.model.name, &call.name).is_some();
    let [(argument, value)] = call.arguments.as_slice() else { return vec![] };
    let Some(columns) = plain_columns(value, model.model.dialect).filter(|_| argument == "columns" && !is_own) else {
        return vec![];
    };
    let premise = |columns: Vec<Name>, claim: Claim| Premise {
        columns,
        claim,
        reason: format!("the audit {} stops the runs that would break it", call.name),
        location: call.property.location.clone(),
    };
    let sees_all = model.model.kind.get("time_column").is_none();
    match call.name.as_str() {
        "not_null" => vec![premise(columns, Claim::NotNull)],
        "unique_values" if sees_all => columns.into_iter().map(|column| premise(vec![column], Claim::Key)).collect(),
        "unique_combination_of_columns" if sees_all => vec![premise(columns, Claim::Key)],
        _ => vec![],
    }
}

/// A name, or a list of nothing but names, as columns.
fn plain_columns(text: &str, dialect: Dialect) -> Option<Vec<Name>> {
    let items = header::items(text, dialect.lexical());
    let columns = items.into_iter().map(|item| plain_column(item.trim(), dialect)).collect::<Option<Vec<Name>>>()?;
    Some(columns).filter(|columns| !columns.is_empty())
}

fn plain_column(text: &str, dialect: Dialect) -> Option<Name> {
    let inner = ['"', '`'].iter().find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark));
    let name = inner.unwrap_or(text);
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_plain.then(|| dialect.normalize(name, inner.is_some()).as_ref().into())
}
