//! The types that columns of a project's tables have, for proofs: a cast to the type that is there does nothing.
//!
//! In: both states. Out: more [`Facts`], of the tables that edited queries read. A type counts if both states give it. It
//! is certain
//! - of a table that is made with declared columns, and of a seed, which is made with the types that SQLMesh reads;
//! - of a view and of what is computed in place, if the query tells ([`resolve`](crate::resolve));
//! - of any other table, if the query tells and SQLMesh believes the same or nothing: a table is made with what it
//!   believes, if it believes to know all types.
//!
//! What is declared of a table outside is only a declaration: a proof that asks for it names it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::belief;
use crate::dialect::{Dialect, Family};
use crate::names::ModelName;
use crate::project::Body;
use crate::sql::canonical_type;
use crate::sql::tree::Name;
use crate::state::{AnalysedModel, State};

use super::canon::Facts;

/// Adds the types of the tables that edited queries read.
pub(super) fn add_types(before: &State, after: &State, facts: &mut Facts) {
    for (name, dialect) in read_by_edited(before, after) {
        let (Some(old), Some(new)) = (before.models.get(&name), after.models.get(&name)) else { continue };
        if [old, new].iter().any(|model| model.model.dialect != dialect) {
            continue;
        }
        let known = types(old);
        let types = types(new).into_iter().filter(|found| known.contains(found));
        if !matches!(new.model.body, Body::External) {
            types.for_each(|(column, data_type)| facts.add_type(&name, column, data_type));
        } else if old.model.content == new.model.content {
            facts.add_declared_types(&name, types.collect(), new.model.location.clone());
        }
    }
}

/// The tables that queries read which aren't as before, if all of these are in one dialect.
fn read_by_edited(before: &State, after: &State) -> Vec<(ModelName, Dialect)> {
    let mut read: BTreeSet<(ModelName, &str)> = BTreeSet::new();
    let mut dialects: Vec<Dialect> = Vec::new();
    for (name, model) in &after.models {
        let Some(old) = before.models.get(name) else { continue };
        let (Some(query), Some(known)) = (&model.query, &old.query) else { continue };
        if Arc::ptr_eq(query, known) {
            continue;
        }
        dialects.push(model.model.dialect);
        let tables = query.resolved.iter().flat_map(|resolved| &resolved.tables);
        read.extend(tables.map(|table| (table.clone(), model.model.dialect.name())));
    }
    let dialect = |name: &str| dialects.iter().find(|dialect| dialect.name() == name).copied();
    let is_one = |table: &ModelName| read.iter().filter(|(other, _)| other == table).count() == 1;
    read.iter()
        .filter(|(table, _)| is_one(table))
        .filter_map(|(table, name)| Some((table.clone(), dialect(name)?)))
        .collect()
}

/// The columns of which the type is certain.
fn types(model: &AnalysedModel) -> Vec<(Name, Name)> {
    let dialect = model.model.dialect;
    let kind = model.model.kind.name.as_str();
    let is_in_place = matches!(kind, "VIEW" | "EMBEDDED");
    let declared = || model.schema.columns.iter().map(|column| (column.name.clone(), column.data_type.clone()));
    let given = || {
        let schema = model.resolved().map(|resolved| resolved.schema()).unwrap_or_default();
        schema.columns.into_iter().map(|column| (column.name, column.data_type))
    };
    let found: Vec<(Name, Option<Name>)> = match &model.model.body {
        _ if kind == "CUSTOM" => vec![],
        Body::Seed(seed) if model.model.columns.is_none() => {
            let columns = seed.content.iter().flat_map(|content| &content.columns);
            columns.map(|column| (column.name.clone(), Some(canonical_type(column.data_type, dialect)))).collect()
        }
        Body::External | Body::Seed(_) => declared().collect(),
        _ if is_in_place => given().collect(),
        Body::Sql(_) | Body::Python(_) if model.model.columns.is_some() => declared().collect(),
        Body::Sql(_) | Body::Python(_) => {
            given().filter(|(name, kind)| is_believed(model, name, kind.as_ref())).collect()
        }
        Body::Unreadable => vec![],
    };
    // The columns that say how long a version of a row holds have a type of their own.
    let has_versions = kind.starts_with("SCD_TYPE_2");
    let is_kept = |data_type: &Name| is_the_same_in_tables(data_type, dialect) && !(has_versions && is_time(data_type));
    found.into_iter().filter_map(|(name, kind)| Some((name, kind.filter(is_kept)?))).collect()
}

/// Does SQLMesh believe in this type, or in none?
fn is_believed(model: &AnalysedModel, column: &Name, data_type: Option<&Name>) -> bool {
    let belief = model.believed.columns.iter().flat_map(|belief| &belief.columns).find(|(name, _)| name == column);
    let text = belief.and_then(|(_, believed)| belief::text(believed, model.model.dialect));
    text.is_none_or(|text| data_type == Some(&canonical_type(&text, model.model.dialect)))
}

fn is_time(data_type: &str) -> bool {
    data_type.starts_with("TIME") || matches!(data_type, "DATE" | "DATETIME")
}

/// Is a column of this type one of this type in every kind of table? A `TIMESTAMP` of Trino has as many digits as the
/// table's format gives it.
fn is_the_same_in_tables(data_type: &str, dialect: Dialect) -> bool {
    use Family::{Athena, Presto, Sqlite, Trino};
    let digits_vary = matches!(dialect.family, Trino | Presto | Athena);
    match data_type {
        _ if dialect.family == Sqlite => false,
        "TIMESTAMP" | "TIMESTAMPTZ" => !digits_vary,
        "INT" | "BIGINT" | "SMALLINT" | "TINYINT" | "INT64" | "INTEGER" | "DATE" | "BOOLEAN" | "DOUBLE" | "FLOAT64" => {
            true
        }
        "TEXT" | "VARCHAR" | "STRING" | "TIMESTAMP_NTZ" => true,
        other => other.starts_with("DECIMAL(") && other.ends_with(')'),
    }
}
