//! Columns that a header names and its query doesn't give (any more).

use crate::compare::LocalChange;
use crate::diagnostic::Location;
use crate::names::ColumnName;
use crate::project::Property;
use crate::state::AnalysedModel;

use super::failures::Failure;

/// A column that a header names.
struct Named {
    property: &'static str,
    column: ColumnName,
    location: Location,
}

/// What the header names and the query gave before, but not after.
pub(super) fn missing_columns(before: Option<&AnalysedModel>, after: &AnalysedModel) -> Vec<Failure> {
    let old: Vec<Named> = before.map(missing).unwrap_or_default();
    let is_new =
        |named: &Named| old.iter().all(|known| (known.property, &known.column) != (named.property, &named.column));
    missing(after).into_iter().filter(is_new).map(failure).collect()
}

fn failure(named: Named) -> Failure {
    let message = match named.property {
        "columns" => format!("the header declares {}, which the query doesn't give", named.column),
        property => format!("{property} names {}, which the query doesn't give", named.column),
    };
    let change = LocalChange {
        code: "S104",
        location: named.location,
        before: None,
        after: None,
        message,
        column: Some(named.column),
    };
    Failure { change, via: vec![] }
}

fn missing(model: &AnalysedModel) -> Vec<Named> {
    let Some(given) = model.resolved().map(|resolved| resolved.schema()).filter(|schema| !schema.open) else {
        return vec![];
    };
    let declared = model.model.columns.iter().flatten().map(|column| Named {
        property: "columns",
        column: column.name.clone(),
        location: column.location.clone(),
    });
    let has = |column: &ColumnName| {
        let declares = model.model.columns.iter().flatten().any(|declared| declared.name == *column);
        given.get(column).is_some() || declares
    };
    let mut all: Vec<Named> = declared.filter(|named| given.get(&named.column).is_none()).collect();
    all.extend(keys(model).into_iter().filter(|named| !has(&named.column)));
    all
}

/// The columns by which rows are merged, deleted or laid out.
fn keys(model: &AnalysedModel) -> Vec<Named> {
    let model = &model.model;
    let of_kind = |name: &'static str| model.kind.get(name).map(|property| (name, property));
    let of_header = |name: &'static str| model.header.get(name).map(|property| (name, property));
    let mut properties = vec![of_kind("unique_key"), of_kind("time_column"), of_kind("updated_at_name")];
    if model.kind.name == "SCD_TYPE_2_BY_COLUMN" {
        properties.push(of_kind("columns"));
    }
    properties.extend([of_header("partitioned_by"), of_header("clustered_by")]);
    let named = |(name, property): (&'static str, &Property)| -> Vec<Named> {
        let column = |text: &str| Named {
            property: name,
            column: model.dialect.normalize(text.trim_matches(['"', '`']), text.starts_with(['"', '`'])).into(),
            location: property.location.clone(),
        };
        plain_columns(property, name == "time_column").into_iter().map(column).collect()
    };
    properties.into_iter().flatten().flat_map(named).collect()
}

/// The items of a list that are nothing but a name; of a time column only the first: the other one is its format.
fn plain_columns(property: &Property, only_first: bool) -> Vec<&str> {
    let tokens: Vec<&str> = property.tokens.iter().map(String::as_str).collect();
    let inner = match tokens.as_slice() {
        ["(", inner @ .., ")"] | ["[", inner @ .., "]"] => inner,
        all => all,
    };
    let mut depth = 0i32;
    let mut items: Vec<Vec<&str>> = vec![vec![]];
    for &token in inner {
        match token {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        if token == "," && depth == 0 {
            items.push(vec![]);
        } else if let Some(item) = items.last_mut() {
            item.push(token);
        }
    }
    let is_name = |text: &str| text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"' | '`'));
    let names =
        items.into_iter().take(if only_first { 1 } else { usize::MAX }).filter_map(|item| match item.as_slice() {
            [name] if is_name(name) => Some(*name),
            _ => None,
        });
    names.collect()
}
