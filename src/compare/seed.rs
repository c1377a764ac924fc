//! Two versions of a seed: its rows and the values in its columns.

use crate::diagnostic::Location;
use crate::impact::{ColumnEffect, RowEffect};
use crate::names::ColumnName;
use crate::project::seed::{Seed, SeedContent};
use crate::sql::canonical_type;
use crate::state::AnalysedModel;

use super::declared;
use super::model::{LocalChange, ModelDiff};

pub(super) fn compare_seeds(
    before: &AnalysedModel,
    after: &AnalysedModel,
    (old, new): (&Seed, &Seed),
    diff: &mut ModelDiff,
) {
    declared::compare_columns(before, after, diff);
    if before.model.columns.is_some() != after.model.columns.is_some() {
        types((before, old), (after, new), diff);
    }
    match (&old.content, &new.content) {
        (Some(a), Some(b)) if a == b => {}
        (Some(a), Some(b)) if a.columns == b.columns && a.rows == b.rows || same_bag(before, after, (a, b)) => {
            let message = "only spelling or the order of rows and columns changed in the seed's file".to_owned();
            diff.note(change(new, "E101", None, message));
        }
        (Some(a), Some(b)) => contents(after, new, (a, b), diff),
        (None, None) if old.path == new.path => {}
        _ => {
            let message = "the seed's file could not be read in one of the two versions".to_owned();
            diff.everything_unknown(after, change(new, "U207", None, message));
        }
    }
}

/// Types are declared now, or no longer: they may be those that SQLMesh takes from the values.
fn types((before, old): (&AnalysedModel, &Seed), (after, new): (&AnalysedModel, &Seed), diff: &mut ModelDiff) {
    let type_of = |model: &AnalysedModel, seed: &Seed, name: &ColumnName| {
        let written = match declared::declaration(model, name) {
            Some(column) => column.data_type.as_str(),
            None => seed.content.as_ref()?.columns.iter().find(|column| column.name == *name)?.data_type,
        };
        Some(canonical_type(written, model.model.dialect))
    };
    for column in new.content.iter().flat_map(|content| &content.columns) {
        let name = &column.name;
        if type_of(before, old, name) != type_of(after, new, name) && before.schema.get(name).is_some() {
            let (known, found) = (declared::declaration(before, name), declared::declaration(after, name));
            diff.column_change(ColumnEffect::Type, name, declared::retyped(known, found, after));
        }
    }
}

/// The same rows in another order, read by the same settings.
fn same_bag(before: &AnalysedModel, after: &AnalysedModel, (old, new): (&SeedContent, &SeedContent)) -> bool {
    let settings = |model: &AnalysedModel| model.model.kind.get("csv_settings").map(|found| found.tokens.clone());
    old.bag == new.bag && settings(before) == settings(after)
}

fn change(seed: &Seed, code: &'static str, column: Option<&ColumnName>, message: String) -> LocalChange {
    LocalChange {
        code,
        column: column.cloned(),
        location: Location::file(seed.path.as_str()),
        before: None,
        after: None,
        message,
    }
}

fn contents(after: &AnalysedModel, seed: &Seed, (old, new): (&SeedContent, &SeedContent), diff: &mut ModelDiff) {
    if old.rows != new.rows {
        let message = format!("the seed has {} rows instead of {}", new.rows, old.rows);
        diff.rows_change(RowEffect::Changed, change(seed, "R109", None, message));
    } else {
        values(seed, (old, new), diff);
    }
    if after.model.columns.is_none() {
        columns(seed, (old, new), diff);
    }
}

fn values(seed: &Seed, (old, new): (&SeedContent, &SeedContent), diff: &mut ModelDiff) {
    for column in &new.columns {
        if old.columns.iter().any(|known| known.name == column.name && known.hash != column.hash) {
            let message = format!("values of {} change", column.name);
            let change = change(seed, "C109", Some(&column.name), message);
            diff.column_change(ColumnEffect::Value, &column.name, change);
        }
    }
}

fn columns(seed: &Seed, (old, new): (&SeedContent, &SeedContent), diff: &mut ModelDiff) {
    let has = |content: &SeedContent, name: &ColumnName| content.columns.iter().any(|column| column.name == *name);
    for column in new.columns.iter().filter(|column| !has(old, &column.name)) {
        let message = format!("{} was added", column.name);
        diff.column_change(ColumnEffect::Added, &column.name, change(seed, "C101", Some(&column.name), message));
    }
    for column in old.columns.iter().filter(|column| !has(new, &column.name)) {
        let message = format!("{} was removed", column.name);
        diff.column_change(ColumnEffect::Removed, &column.name, change(seed, "C102", Some(&column.name), message));
    }
}
