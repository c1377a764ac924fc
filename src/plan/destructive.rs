//! Schema changes that a forward-only model's table would have to take (`PlanBuilder._check_destructive_additive_changes`).
//!
//! In: the models that a plan lists. Out: a [`Violation`] where `on_destructive_change` or `on_additive_change` says that
//! SQLMesh is to stop or to warn. SQLMesh only looks where it believes to know the types of all columns; where one isn't certain,
//! the violation isn't certain. A type that becomes another is told only where no rule of the engine may allow it.

use std::collections::BTreeMap;

use crate::diagnostic::Location;
use crate::dialect::{Dialect, Family};
use crate::impact::Change;
use crate::names::ModelName;
use crate::project::Model;
use crate::resolve::{Column, Schema};
use crate::state::AnalysedModel;

use super::columns::Columns;
use super::rebuild::is_forward_only;
use super::{Planner, Prediction};

/// What a forward-only model's table would have to take, against what the model says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub model: ModelName,
    /// The setting, or the kind if it isn't written.
    pub location: Location,
    /// Columns are dropped; otherwise they are added.
    pub is_destructive: bool,
    /// SQLMesh refuses the plan; otherwise it warns.
    pub is_error: bool,
    pub columns: Vec<String>,
    /// The types of all columns are known.
    pub is_certain: bool,
}

/// The violations of the models that a plan lists as directly modified, in their order.
pub(super) fn violations(plan: &Planner<'_>, listed: &BTreeMap<ModelName, Prediction>) -> Vec<Violation> {
    let direct = listed.iter().filter(|(_, prediction)| prediction.change == Change::Direct);
    let pairs =
        direct.filter_map(|(name, _)| Some((name, plan.before.models.get(name)?, plan.after.models.get(name)?)));
    let pairs: Vec<_> = pairs.filter(|(_, old, new)| is_checked(plan, &old.model, &new.model)).collect();
    if pairs.is_empty() {
        return Vec::new();
    }
    let columns_before = Columns::of(plan.before);
    let known = |name: &ModelName| columns_before.have_types(name) && plan.columns.have_types(name);
    pairs.into_iter().filter(|(name, ..)| known(name)).flat_map(|(_, old, new)| of_model(old, new)).collect()
}

/// Is the change one that goes on in the same table, of a kind that has the settings?
fn is_checked(plan: &Planner<'_>, old: &Model, new: &Model) -> bool {
    let by_model = is_forward_only(new) && !plan.is_breaking_kind_change(old, new);
    let kind = new.kind.name.as_str();
    (by_model || plan.is_forward_only()) && (kind.starts_with("INCREMENTAL") || kind.starts_with("SCD_TYPE_2"))
}

fn of_model(old: &AnalysedModel, new: &AnalysedModel) -> Vec<Violation> {
    let (before, after) = (&old.schema, &new.schema);
    if before.open || after.open {
        return Vec::new();
    }
    let all_known = |schema: &Schema| schema.columns.iter().all(|column| column.data_type.is_some());
    let is_certain = all_known(before) && all_known(after);
    let gone = |column: &&Column| match after.get(&column.name) {
        None => true,
        Some(now) => is_replaced(column, now, new.model.dialect),
    };
    let mut dropped: Vec<String> = before.columns.iter().filter(gone).map(|column| column.name.to_string()).collect();
    dropped.extend(reread(&new.model).into_iter().filter(|name| !dropped.contains(name)).collect::<Vec<_>>());
    let added = after.columns.iter().filter(|column| before.get(&column.name).is_none());
    let added: Vec<String> = added.map(|column| column.name.to_string()).collect();
    let found = [("on_destructive_change", "error", dropped), ("on_additive_change", "allow", added)];
    let found = found.into_iter().filter(|(_, _, columns)| !columns.is_empty());
    found
        .filter_map(|(setting, default, columns)| {
            let written = new.model.kind.get(setting);
            let value = written.map_or(default.to_owned(), |p| p.value.trim_matches(['\'', '"']).to_lowercase());
            let location = written.or_else(|| new.model.header.get("kind")).map(|property| &property.location);
            matches!(value.as_str(), "error" | "warn").then(|| Violation {
                model: new.model.name.clone(),
                location: location.unwrap_or(&new.model.location).clone(),
                is_destructive: setting == "on_destructive_change",
                is_error: value == "error",
                columns,
                is_certain,
            })
        })
        .collect()
}

/// A column that is dropped and added again, as its type becomes one of another name. Only for engines of which SQLMesh
/// knows no types that become another in place.
fn is_replaced(old: &Column, new: &Column, dialect: Dialect) -> bool {
    let (Some(old), Some(new)) = (&old.data_type, &new.data_type) else { return false };
    let base = |text: &str| text.split(['(', '<', '[']).next().unwrap_or("").trim().to_owned();
    dialect.family == Family::DuckDb && base(old) != base(new)
}

/// Columns whose default type SQLMesh reads in another way from its state than from a file: it then takes every change
/// of such a model for destructive.
fn reread(model: &Model) -> Vec<String> {
    let is_affected = model.kind.name.starts_with("SCD_TYPE_2")
        && matches!(model.dialect.family, Family::DuckDb | Family::Databricks)
        && model.kind.get("time_data_type").is_none();
    if !is_affected {
        return Vec::new();
    }
    let names = [("valid_from_name", "valid_from"), ("valid_to_name", "valid_to")];
    let written = |(property, default): (&str, &str)| {
        model.kind.get(property).map_or(default.to_owned(), |p| p.value.trim_matches(['"', '`', '\'']).to_lowercase())
    };
    names.into_iter().map(written).collect()
}
