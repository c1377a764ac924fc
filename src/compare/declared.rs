//! Columns as a header, a YAML file or a decorator declares them, and what readers see of them.

use crate::diagnostic::Location;
use crate::impact::ColumnEffect;
use crate::names::ColumnName;
use crate::project::DeclaredColumn;
use crate::resolve::Column;
use crate::state::AnalysedModel;

use super::model::{LocalChange, ModelDiff};

/// Declared columns of models without a query: the declaration is all that is known of them.
pub(super) fn compare_columns(before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    let (Some(old), Some(new)) = (&before.model.columns, &after.model.columns) else { return };
    for column in new {
        match old.iter().find(|known| known.name == column.name) {
            None => {
                let message = format!("{} was added", column.name);
                let change = change("C101", &column.name, column.location.clone(), message);
                diff.column_change(ColumnEffect::Added, &column.name, change);
            }
            Some(known) => {
                let types = [known, column].map(|c| crate::sql::canonical_type(&c.data_type, after.model.dialect));
                if types[0] != types[1] {
                    diff.column_change(ColumnEffect::Type, &column.name, retyped(Some(known), Some(column), after));
                }
            }
        }
    }
    for column in old.iter().filter(|column| new.iter().all(|other| other.name != column.name)) {
        let message = format!("{} was removed", column.name);
        let change = change("C102", &column.name, column.location.clone(), message);
        diff.column_change(ColumnEffect::Removed, &column.name, change);
    }
}

/// What readers see of a model with a query, where the header has a say in it: declared types, and the columns that
/// the declaration or the kind adds or leaves out.
pub(super) fn compare_schemas(before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    let changes = diff.changes.len();
    if before.model.columns.is_some() || after.model.columns.is_some() {
        for column in &after.schema.columns {
            if let Some(known) = before.schema.get(&column.name) {
                types((before, known), (after, column), diff);
            }
        }
    }
    let (old, new) = (&before.schema.columns, &after.schema.columns);
    let lacks = |columns: &[Column], name: &ColumnName| columns.iter().all(|column| column.name != *name);
    for column in new.iter().filter(|column| lacks(old, &column.name)) {
        if !is_explained(diff, &column.name) {
            let location = place(declaration(after, &column.name), after);
            let change = change("C101", &column.name, location, format!("{} was added", column.name));
            diff.column_change(ColumnEffect::Added, &column.name, change);
        }
    }
    for column in old.iter().filter(|column| lacks(new, &column.name)) {
        let is_renamed = diff.columns.iter().any(|known| known.from.as_ref() == Some(&column.name));
        if !is_renamed && !is_explained(diff, &column.name) {
            let location = place(declaration(before, &column.name), before);
            let change = change("C102", &column.name, location, format!("{} was removed", column.name));
            diff.column_change(ColumnEffect::Removed, &column.name, change);
        }
    }
    let same_names = old.iter().map(|column| &column.name).eq(new.iter().map(|column| &column.name));
    if diff.changes.len() == changes && same_names && names_and_types(before) != names_and_types(after) {
        let first = after.model.columns.iter().chain(&before.model.columns).flatten().next();
        let location = first.map_or_else(|| after.model.location.clone(), |column| column.location.clone());
        let message = "the header declares the columns as they are in any case".to_owned();
        diff.note(LocalChange { column: None, ..change("M105", &"".into(), location, message) });
    }
}

fn names_and_types(model: &AnalysedModel) -> Option<Vec<(&ColumnName, &str)>> {
    let columns = model.model.columns.as_ref()?;
    Some(columns.iter().map(|column| (&column.name, column.data_type.as_str())).collect())
}

fn is_explained(diff: &ModelDiff, name: &ColumnName) -> bool {
    diff.columns.iter().any(|column| column.name == *name && column.effect != ColumnEffect::Same)
}

fn types((before, old): (&AnalysedModel, &Column), (after, new): (&AnalysedModel, &Column), diff: &mut ModelDiff) {
    let effect = match (&old.data_type, &new.data_type) {
        (None, None) => return,
        (Some(a), Some(b)) if a == b => return,
        (Some(_), Some(_)) => ColumnEffect::Type,
        // The engine converts to a declared type; whether that changes anything depends on the other one.
        _ => ColumnEffect::Unknown,
    };
    let declared = (declaration(before, &new.name), declaration(after, &new.name));
    if declared.0.is_some() || declared.1.is_some() {
        diff.column_change(effect, &new.name, retyped(declared.0, declared.1, after));
    }
}

pub(super) fn declaration<'m>(model: &'m AnalysedModel, name: &ColumnName) -> Option<&'m DeclaredColumn> {
    model.model.columns.as_ref()?.iter().find(|column| column.name == *name)
}

fn place(declared: Option<&DeclaredColumn>, model: &AnalysedModel) -> Location {
    declared.map_or_else(|| model.model.location.clone(), |column| column.location.clone())
}

pub(super) fn retyped(
    old: Option<&DeclaredColumn>,
    new: Option<&DeclaredColumn>,
    after: &AnalysedModel,
) -> LocalChange {
    let name = new.or(old).map_or_else(|| "".into(), |column| column.name.clone());
    let message = match (old, new) {
        (None, _) => format!("the type of {name} is declared now"),
        (_, None) => format!("the type of {name} is no longer declared"),
        _ => format!("the declared type of {name} changes"),
    };
    LocalChange {
        before: old.map(|column| column.data_type.clone()),
        after: new.map(|column| column.data_type.clone()),
        ..change("P109", &name, place(new, after), message)
    }
}

fn change(code: &'static str, column: &ColumnName, location: Location, message: String) -> LocalChange {
    LocalChange { code, column: Some(column.clone()), location, before: None, after: None, message }
}
