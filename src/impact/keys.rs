//! Columns that a header names and its query doesn't give (any more).

use crate::compare::{LocalChange, layout};
use crate::diagnostic::Location;
use crate::names::ColumnName;
use crate::project::Property;
use crate::state::AnalysedModel;

use super::failures::Failure;

/// A column that a header names.
pub(super) struct Named {
    pub(super) property: &'static str,
    pub(super) column: ColumnName,
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
    Failure { change, via: vec![], source: None }
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
    let header = &model.model.header;
    let layout = ["partitioned_by", "clustered_by"].into_iter().filter_map(|name| Some((name, header.get(name)?)));
    let laid_out = layout.flat_map(|(name, property)| named(model, name, property));
    of_kind(model).into_iter().chain(laid_out).collect()
}

/// The columns that have a say in how rows are merged, deleted or told apart: those that the kind names, and all that stand
/// in an expression of it.
pub(super) fn deciding(model: &AnalysedModel) -> Vec<Named> {
    let mut all = of_kind(model);
    let names: &[&'static str] = match model.model.kind.name.as_str() {
        "INCREMENTAL_BY_UNIQUE_KEY" => &["unique_key", "merge_filter", "when_matched"],
        "SCD_TYPE_2" | "SCD_TYPE_2_BY_TIME" | "SCD_TYPE_2_BY_COLUMN" => &["unique_key"],
        _ => &[],
    };
    let kind = names.iter().filter_map(|name| Some((*name, model.model.kind.get(name)?)));
    let partition = model.model.header.get("partitioned_by").map(|property| ("partitioned_by", property));
    let partition = partition.filter(|_| model.model.kind.name == "INCREMENTAL_BY_PARTITION");
    let stored = layout::PROPERTIES.into_iter().filter_map(|name| Some((name, model.model.header.get(name)?)));
    let stored = stored.filter(|_| layout::decides_rows(&model.model));
    for (name, property) in kind.chain(partition).chain(stored) {
        for column in mentioned(model, name, property) {
            if all.iter().all(|known| known.column != column.column) {
                all.push(column);
            }
        }
    }
    all
}

/// The model's columns whose names stand anywhere in a property. That a row of the source takes the place of another one
/// column by column (`SET target.a = source.a`) says nothing of which rows do.
fn mentioned(model: &AnalysedModel, name: &'static str, property: &Property) -> Vec<Named> {
    let tokens: Vec<&str> = property.tokens.iter().map(String::as_str).collect();
    let mut found: Vec<&str> = Vec::new();
    let (mut at, mut assigns) = (0, false);
    while let Some(token) = tokens.get(at) {
        assigns = token.eq_ignore_ascii_case("set") || assigns && !token.eq_ignore_ascii_case("when");
        let copied = match tokens.get(at..at + 7) {
            Some([_, ".", set, "=", _, ".", read]) => assigns && set.eq_ignore_ascii_case(read),
            _ => false,
        };
        found.extend((!copied).then_some(*token));
        at += if copied { 7 } else { 1 };
    }
    let dialect = model.model.dialect;
    let is_named = |column: &&crate::resolve::Column| {
        let is = |token: &&str| {
            let bare = token.trim_matches(['"', '`']);
            dialect.normalize(bare, bare.len() < token.len()).eq_ignore_ascii_case(&column.name)
        };
        found.iter().any(is)
    };
    let columns = model.schema.columns.iter().filter(is_named);
    columns
        .map(|column| Named { property: name, column: column.name.clone(), location: property.location.clone() })
        .collect()
}

fn is_any(property: &Property) -> bool {
    matches!(property.tokens.as_slice(), [only] if only == "*" || only == "'*'")
}

/// Does a change in any column whatever begin a new version of a row?
pub(super) fn watches_every_column(model: &AnalysedModel) -> bool {
    let kind = &model.model.kind;
    kind.name == "SCD_TYPE_2_BY_COLUMN" && kind.get("columns").is_some_and(is_any)
}

/// The columns by which the model's kind merges, deletes or tells rows apart.
pub(super) fn of_kind(model: &AnalysedModel) -> Vec<Named> {
    let kind = &model.model.kind;
    let names: &[&'static str] = match kind.name.as_str() {
        "INCREMENTAL_BY_UNIQUE_KEY" => &["unique_key"],
        "INCREMENTAL_BY_TIME_RANGE" => &["time_column"],
        "SCD_TYPE_2" | "SCD_TYPE_2_BY_TIME" => &["unique_key", "updated_at_name"],
        "SCD_TYPE_2_BY_COLUMN" => &["unique_key", "columns", "updated_at_name"],
        _ => &[],
    };
    let mut properties: Vec<(&'static str, &Property)> =
        names.iter().filter_map(|name| Some((*name, kind.get(name)?))).collect();
    if kind.name == "INCREMENTAL_BY_PARTITION" {
        properties.extend(model.model.header.get("partitioned_by").map(|property| ("partitioned_by", property)));
    }
    if let Some((name, property)) = properties.iter().find(|(name, property)| *name == "columns" && is_any(property)) {
        // Those that SQLMesh adds say what came of it.
        let given = model.resolved().map(|resolved| resolved.schema());
        let is_own = |name: &ColumnName| given.as_ref().is_none_or(|given| given.open || given.get(name).is_some());
        let every = model.schema.columns.iter().filter(|column| is_own(&column.name)).map(|column| Named {
            property: name,
            column: column.name.clone(),
            location: property.location.clone(),
        });
        return every.collect();
    }
    let named = properties.into_iter().flat_map(|(name, property)| named(model, name, property));
    named.chain(default_update_time(model)).collect()
}

/// The column that says when a row was updated, where the header leaves its name to SQLMesh.
fn default_update_time(model: &AnalysedModel) -> Option<Named> {
    let kind = &model.model.kind;
    let is_dated = matches!(kind.name.as_str(), "SCD_TYPE_2" | "SCD_TYPE_2_BY_TIME");
    let column = || model.model.dialect.normalize("updated_at", false).into();
    let location = || model.model.header.get("kind").map_or(&model.model.location, |property| &property.location);
    (is_dated && kind.get("updated_at_name").is_none()).then(|| Named {
        property: "updated_at_name",
        column: column(),
        location: location().clone(),
    })
}

fn named(model: &AnalysedModel, name: &'static str, property: &Property) -> Vec<Named> {
    let dialect = model.model.dialect;
    let column = |text: &str| Named {
        property: name,
        column: dialect.normalize(text.trim_matches(['"', '`']), text.starts_with(['"', '`'])).into(),
        location: property.location.clone(),
    };
    plain_columns(property, name == "time_column").into_iter().map(column).collect()
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
