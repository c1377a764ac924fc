//! Lineage as OpenLineage events: a JobEvent for each model, with a `columnLineage` facet (1-2-0) on its output.
//!
//! Values that flow are `DIRECT`, columns that decide rows, groups or order `INDIRECT`. What all columns of a model have
//! in common stands once, under `dataset`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::lineage::{Derivation, Role};
use crate::state::column_graph::{ColumnLineage, Influence, ModelLineage, ProjectLineage};

use super::escape;

/// A URI, as the specification wants one.
const PRODUCER: &str = concat!("urn:impact:", env!("CARGO_PKG_VERSION"));
const EVENT: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent";
const FACET: &str =
    "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JobEvent<'l> {
    event_time: &'l str,
    producer: &'static str,
    #[serde(rename = "schemaURL")]
    schema_url: &'static str,
    job: Named<'l>,
    inputs: Vec<Named<'l>>,
    outputs: Vec<Output<'l>>,
}

#[derive(Serialize)]
struct Named<'l> {
    namespace: &'l str,
    name: &'l str,
}

#[derive(Serialize)]
struct Output<'l> {
    namespace: &'l str,
    name: &'l str,
    facets: Facets<'l>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facets<'l> {
    column_lineage: ColumnLineageFacet<'l>,
}

#[derive(Serialize)]
struct ColumnLineageFacet<'l> {
    #[serde(rename = "_producer")]
    producer: &'static str,
    #[serde(rename = "_schemaURL")]
    schema_url: &'static str,
    fields: BTreeMap<&'l str, Field<'l>>,
    dataset: Vec<InputField<'l>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field<'l> {
    input_fields: Vec<InputField<'l>>,
}

#[derive(Serialize)]
struct InputField<'l> {
    namespace: &'l str,
    name: &'l str,
    field: &'l str,
    transformations: Vec<Transformation>,
}

#[derive(Serialize)]
struct Transformation {
    #[serde(rename = "type")]
    kind: &'static str,
    subtype: &'static str,
    description: &'static str,
    masking: bool,
}

/// One event a line, for each model that SQLMesh computes: no job makes a table outside. `namespace` is that of jobs and
/// datasets; `time` is when the lineage was read.
pub fn openlineage(lineage: &ProjectLineage, namespace: &str, time: SystemTime) -> String {
    let time = timestamp(time);
    let mut lines = String::new();
    for (name, model) in lineage.models.iter().filter(|(_, model)| model.kind != "EXTERNAL") {
        // Strings, numbers and maps with string keys always serialize.
        if let Ok(line) = serde_json::to_string(&event(name, model, namespace, &time)) {
            lines.push_str(&escape::json(&line));
            lines.push('\n');
        }
    }
    lines
}

fn event<'l>(name: &'l str, model: &'l ModelLineage, namespace: &'l str, time: &'l str) -> JobEvent<'l> {
    let named = |name: &'l str| Named { namespace, name };
    let common = common(model);
    let fields = model.columns.iter().map(|(column, found)| (column.as_str(), field(found, &common, namespace)));
    let column_lineage = ColumnLineageFacet {
        producer: PRODUCER,
        schema_url: FACET,
        fields: fields.collect(),
        dataset: common.iter().map(|influence| indirect(influence, namespace)).collect(),
    };
    JobEvent {
        event_time: time,
        producer: PRODUCER,
        schema_url: EVENT,
        job: named(name),
        inputs: model.depends_on.iter().map(|parent| named(parent)).collect(),
        outputs: vec![Output { namespace, name, facets: Facets { column_lineage } }],
    }
}

/// What decides every column alike.
fn common(model: &ModelLineage) -> BTreeSet<&Influence> {
    let mut each = model.columns.iter().map(|(_, found)| found.influences.iter().collect::<BTreeSet<_>>());
    let first = each.next().unwrap_or_default();
    each.fold(first, |common, next| common.intersection(&next).copied().collect())
}

fn field<'l>(found: &'l ColumnLineage, common: &BTreeSet<&Influence>, namespace: &'l str) -> Field<'l> {
    let direct = found.sources.iter().map(|source| InputField {
        namespace,
        name: &source.model,
        field: &source.column,
        transformations: vec![transformation("DIRECT", derived(found.derivation))],
    });
    let own = found.influences.iter().filter(|influence| !common.contains(influence));
    Field { input_fields: direct.chain(own.map(|influence| indirect(influence, namespace))).collect() }
}

fn indirect<'l>(influence: &'l Influence, namespace: &'l str) -> InputField<'l> {
    InputField {
        namespace,
        name: &influence.model,
        field: &influence.column,
        transformations: vec![transformation("INDIRECT", decided(influence.role))],
    }
}

fn transformation(kind: &'static str, subtype: &'static str) -> Transformation {
    Transformation { kind, subtype, description: "", masking: false }
}

fn derived(derivation: Derivation) -> &'static str {
    match derivation {
        Derivation::Identity => "IDENTITY",
        Derivation::Transformation => "TRANSFORMATION",
        Derivation::Aggregation => "AGGREGATION",
    }
}

/// OpenLineage has fewer words than SQL has clauses.
fn decided(role: Role) -> &'static str {
    match role {
        Role::Filter | Role::Having | Role::Qualify => "FILTER",
        // As if joined to the rows that the call gives.
        Role::Join | Role::Generate | Role::MayGenerate => "JOIN",
        Role::Group | Role::Distinct => "GROUP_BY",
        Role::Window => "WINDOW",
        Role::Order => "SORT",
    }
}

/// RFC 3339 in UTC, to the second.
fn timestamp(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

/// Days since 1970-01-01 as a date of the Gregorian calendar, counted in years that begin in March.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        let shown = |seconds| timestamp(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(shown(0), "1970-01-01T00:00:00Z");
        assert_eq!(shown(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(shown(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(shown(1_704_067_199), "2023-12-31T23:59:59Z");
    }
}
