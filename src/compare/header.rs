//! Two versions of a model's header: kind, keys, physical layout, metadata; and of the statements around its query.
//!
//! A property is compared by its tokens, so formatting and comments don't count.

use crate::dialect::Family;
use crate::impact::RowEffect;
use crate::intervals;
use crate::project::{Body, Model, ModelKind, Property};
use crate::state::AnalysedModel;

use super::batches::row_by_row;
use super::layout;
use super::model::{LocalChange, ModelDiff};
use super::remarks::is_volatile_query;
use super::statements::compare_statements;

/// What the change of a property means.
enum Meaning {
    /// Rows differ.
    Rows(&'static str),
    /// Rows may differ.
    RowsUnknown(&'static str),
    /// Time is cut into other runs: rows may differ unless each is computed from itself.
    Runs(&'static str),
    /// The data stays as it is.
    Nothing(&'static str),
    /// Compared elsewhere.
    Elsewhere,
}

/// Compares headers, kinds and statements into `diff`.
pub(super) fn compare_headers(before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    let (old, new) = (&before.model, &after.model);
    kinds(before, after, diff);
    for (property, was) in changed(&old.header.properties, &new.header.properties) {
        let meaning = match &was {
            Some(was) if is_incremental(&new.kind) && starts_earlier(was, &property) => Meaning::Rows("P112"),
            // A macro or code that decides whether the model exists, what its columns are, or makes any property.
            _ if property.behind != 0
                && (matches!(property.name.as_str(), "enabled" | "columns") || property.name.starts_with('@')) =>
            {
                Meaning::RowsUnknown("U204")
            }
            _ if property.name == "cron" && !cuts_alike(new, was.as_ref(), &property) => {
                settled(Meaning::Runs("P107"), before, after)
            }
            _ if layout::PROPERTIES.contains(&&*property.name)
                && [old, new].into_iter().any(|model| layout::decides_rows(model)) =>
            {
                Meaning::RowsUnknown(if property.name == "physical_properties" { "P105" } else { "P104" })
            }
            _ => settled(header_meaning(new, &property.name), before, after),
        };
        report(meaning, &property, was.as_ref(), diff);
    }
    compare_statements(before, after, diff);
}

/// Two written-out dates, the new one before the old: the time between them is filled in.
fn starts_earlier(old: &Property, new: &Property) -> bool {
    let date = |property: &Property| {
        let text = property.value.trim_matches(['\'', '"']).to_owned();
        let is_digit = |at: usize, byte: u8| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        (text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| is_digit(at, byte))).then_some(text)
    };
    new.name == "start" && date(old).zip(date(new)).is_some_and(|(old, new)| new < old)
}

/// Does a new schedule cut time as the old one did? Without `interval_unit` the schedule decides that.
fn cuts_alike(model: &Model, was: Option<&Property>, is: &Property) -> bool {
    let unit = |property: Option<&Property>| {
        let text = property.map_or("", |property| &property.value).trim_matches(['\'', '"']).to_lowercase();
        intervals::unit(if text.is_empty() { "@daily" } else { &text })
    };
    let same_unit = || unit(was).is_some_and(|old| unit(Some(is)) == Some(old));
    !is_incremental(&model.kind) || model.header.get("interval_unit").is_some() || same_unit()
}

/// Do engines of this family replace whole partitions when a run stores its rows? What a partition is decides then what is
/// lost.
fn replaces_partitions(model: &Model) -> bool {
    matches!(
        model.dialect.family,
        Family::Spark | Family::Hive | Family::Trino | Family::Presto | Family::Athena | Family::Generic
    )
}

fn header_meaning(model: &Model, name: &str) -> Meaning {
    let kind = &model.kind;
    match name {
        // The partition is what a run replaces.
        "partitioned_by" if kind.name == "INCREMENTAL_BY_PARTITION" => Meaning::RowsUnknown("P104"),
        "partitioned_by" if is_incremental(kind) && replaces_partitions(model) => Meaning::RowsUnknown("P104"),
        "name" | "dialect" | "kind" | "columns" | "enabled" | "blueprints" => Meaning::Elsewhere,
        "audits" => Meaning::Nothing("M102"),
        "partitioned_by" | "clustered_by" | "storage_format" | "table_format" => Meaning::Nothing("P104"),
        "physical_properties" | "virtual_properties" | "physical_version" => Meaning::Nothing("P105"),
        // Nothing of it runs where somebody else fills the table.
        "pre_statements" | "post_statements" | "session_properties" if matches!(model.body, Body::External) => {
            Meaning::Nothing("M101")
        }
        // Statements that the configuration adds, or the decorator of a Python model.
        "pre_statements" | "post_statements" => Meaning::RowsUnknown("P108"),
        // A time zone, a case rule, a limit: the same query may give something else under it.
        "session_properties" | "gateway" => Meaning::RowsUnknown("P105"),
        "interval_unit" if is_incremental(kind) => Meaning::Runs("P107"),
        // The latest interval is there before it is over, or only then.
        "allow_partials" if is_incremental(kind) => Meaning::RowsUnknown("P107"),
        // Other times are filled in.
        "start" | "end" if is_incremental(kind) => Meaning::RowsUnknown("P107"),
        "interval_unit" => Meaning::Nothing("P107"),
        _ => Meaning::Nothing("M101"),
    }
}

/// Decides by the queries what a change of the runs means.
fn settled(meaning: Meaning, before: &AnalysedModel, after: &AnalysedModel) -> Meaning {
    match meaning {
        Meaning::Runs(code) if row_by_row(before) && row_by_row(after) => Meaning::Nothing(code),
        Meaning::Runs(code) => Meaning::RowsUnknown(code),
        other => other,
    }
}

fn kinds(before: &AnalysedModel, after: &AnalysedModel, diff: &mut ModelDiff) {
    let (old, new) = (&before.model, &after.model);
    if old.kind.name != new.kind.name {
        let property = kind_property(new);
        let was = kind_property(old);
        let message = format!("the kind changes from {} to {}", old.kind.name, new.kind.name);
        let change = change("P101", &property, Some(&was), message);
        // A table, a view and an embedded query hold what the query gives; every other kind adds rules of its own. What a
        // call gave once stays in a table, and is another thing each time a view is read.
        let is_volatile = |model: &AnalysedModel| model.resolved().is_none_or(is_volatile_query);
        let is_stable = !is_volatile(before) && !is_volatile(after);
        if holds_its_query(&old.kind) && holds_its_query(&new.kind) && is_stable {
            diff.note(change);
        } else {
            diff.rows_change(RowEffect::Unknown, change);
        }
        return;
    }
    for (property, was) in changed(&old.kind.properties, &new.kind.properties) {
        report(settled(kind_meaning(new, &property.name), before, after), &property, was.as_ref(), diff);
    }
}

fn holds_its_query(kind: &ModelKind) -> bool {
    matches!(kind.name.as_str(), "FULL" | "VIEW" | "EMBEDDED")
}

/// Is it filled run by run?
fn is_incremental(kind: &ModelKind) -> bool {
    kind.name.starts_with("INCREMENTAL") || kind.name.starts_with("SCD_TYPE_2") || kind.name == "CUSTOM"
}

fn kind_property(model: &Model) -> Property {
    model.header.get("kind").cloned().unwrap_or(Property {
        name: "kind".to_owned(),
        value: model.kind.name.as_str().into(),
        tokens: vec![],
        location: model.location.clone(),
        behind: 0,
    })
}

fn kind_meaning(model: &Model, property: &str) -> Meaning {
    match property {
        // A macro that makes the kind.
        "kind" => Meaning::RowsUnknown("U204"),
        "time_column" => Meaning::Rows("P102"),
        "unique_key" | "when_matched" | "merge_filter" => Meaning::Rows("P103"),
        "updated_at_name"
        | "columns"
        | "valid_from_name"
        | "valid_to_name"
        | "execution_time_as_valid_from"
        | "time_data_type"
        | "invalidate_hard_deletes"
        | "updated_at_as_valid_from" => Meaning::Rows("P106"),
        "path" | "csv_settings" => Meaning::Elsewhere,
        "lookback" => Meaning::RowsUnknown("P107"),
        "batch_size" => Meaning::Runs("P107"),
        "batch_concurrency" => Meaning::Nothing("P107"),
        "materialized" if model.kind.name == "VIEW" => Meaning::Nothing("P105"),
        "materialization" | "materialization_properties" => Meaning::RowsUnknown("P101"),
        // A run adds its rows, or replaces all there are.
        "insert_overwrite" => Meaning::RowsUnknown("P101"),
        "adapter" | "definition" if model.kind.name == "DBT_CUSTOM" => Meaning::RowsUnknown("P101"),
        "partition_by_time_column" if replaces_partitions(model) => Meaning::RowsUnknown("P104"),
        "partition_by_time_column" => Meaning::Nothing("P104"),
        _ => Meaning::Nothing("M101"),
    }
}

fn report(meaning: Meaning, property: &Property, was: Option<&Property>, diff: &mut ModelDiff) {
    let message = match was {
        Some(was) if was.value.is_empty() => format!("{} was removed", property.name),
        _ => format!("{} changes", property.name),
    };
    match meaning {
        Meaning::Elsewhere => {}
        Meaning::Nothing(code) => diff.note(change(code, property, was, message)),
        Meaning::Rows(code) => diff.rows_change(RowEffect::Changed, change(code, property, was, message)),
        Meaning::RowsUnknown(code) | Meaning::Runs(code) => {
            diff.rows_change(RowEffect::Unknown, change(code, property, was, message))
        }
    }
}

fn change(code: &'static str, property: &Property, was: Option<&Property>, message: String) -> LocalChange {
    LocalChange {
        code,
        column: None,
        location: property.location.clone(),
        before: was.map(|was| was.value.to_string()),
        after: (!property.value.is_empty()).then(|| property.value.to_string()),
        message,
    }
}

/// Properties that differ, each with what it was. A removed property is given with an empty value.
fn changed(old: &[Property], new: &[Property]) -> Vec<(Property, Option<Property>)> {
    let last = |properties: &[Property], name: &str| properties.iter().rev().find(|p| p.name == name).cloned();
    let mut names: Vec<&str> = old.iter().chain(new).map(|property| property.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut changed = Vec::new();
    for name in names {
        match (last(old, name), last(new, name)) {
            (Some(was), Some(is)) if !same_tokens(&was, &is) => changed.push((is, Some(was))),
            (None, Some(is)) => changed.push((is, None)),
            (Some(was), None) => changed.push((Property { value: "".into(), ..was.clone() }, Some(was))),
            _ => {}
        }
    }
    changed
}

fn same_tokens(a: &Property, b: &Property) -> bool {
    // A trailing comma in a list means nothing.
    let relevant = |property: &Property| -> Vec<String> {
        let next = property.tokens.iter().skip(1).map(Some).chain([None]);
        let pairs = property.tokens.iter().zip(next);
        let kept = pairs.filter(|(token, next)| !(*token == "," && next.is_some_and(|next| next == ")")));
        kept.map(|(token, _)| truth_in_lower_case(token)).collect()
    };
    a.behind == b.behind && relevant(a) == relevant(b)
}

/// `TRUE` is `true`.
fn truth_in_lower_case(token: &str) -> String {
    let is_truth = ["true", "false"].iter().any(|word| token.eq_ignore_ascii_case(word));
    if is_truth { token.to_lowercase() } else { token.to_owned() }
}
