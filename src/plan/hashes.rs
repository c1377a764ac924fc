//! Which of the inputs of SQLMesh's data hash and metadata hash differ between two versions of a model.
//!
//! The inputs are those of `_Model._data_hash_values_no_sql`, `_data_hash_values_sql`, `metadata_hash` and of the
//! kinds' `data_hash_values` in SQLMesh 0.236.4.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::lex::lex_code;
use crate::project::{Body, Model, Property, SqlBody, Statement};
use crate::resolve::Schema;
use crate::state::{AnalysedModel, State};

use super::additions::{Match, queries};

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Difference {
    pub(super) data_hash: bool,
    pub(super) metadata_hash: bool,
    /// A data change that isn't "metadata only": SQLMesh lists the model as directly modified.
    pub(super) is_direct: bool,
}

/// Properties of the header that count as data.
const DATA_PROPERTIES: &[&str] = &[
    "table_format",
    "storage_format",
    "partitioned_by",
    "clustered_by",
    "stamp",
    "physical_schema",
    "physical_version",
    "gateway",
    "interval_unit",
    "optimize_query",
    "virtual_environment_mode",
    "columns",
    "physical_properties",
    "entrypoint",
];

/// Properties of a kind that count as data.
const DATA_KIND_PROPERTIES: &[&str] = &[
    "time_column",
    "unique_key",
    "when_matched",
    "merge_filter",
    "insert_overwrite",
    "materialized",
    "csv_settings",
    "valid_from_name",
    "valid_to_name",
    "invalidate_hard_deletes",
    "time_data_type",
    "updated_at_name",
    "updated_at_as_valid_from",
    "columns",
    "execution_time_as_valid_from",
    "lookback",
    "materialization",
    "materialization_properties",
];

/// Properties that are in neither hash.
const IGNORED_PROPERTIES: &[&str] = &["enabled", "formatting", "ignored_rules", "blueprints", "name", "kind"];

/// Compares two versions of a model, each in its project.
pub(super) fn difference(before: (&State, &AnalysedModel), after: (&State, &AnalysedModel)) -> Difference {
    let (old, new) = (before.1, after.1);
    let outside_query = data_outside_query(before) != data_outside_query(after) || seeds_differ(old, new);
    let statements = statements_differ(&old.model, &new.model);
    let text = query_text(&old.model) != query_text(&new.model);
    let query = queries(old, new);
    let metadata = text
        || statements.any
        || metadata(before) != metadata(after)
        || parents_schemas(before.0, old) != parents_schemas(after.0, new);
    let data = outside_query || statements.any || text;
    Difference {
        data_hash: data,
        metadata_hash: metadata,
        is_direct: (data || metadata) && (outside_query || statements.effective || query != Match::Equal),
    }
}

/// Everything in the data hash but SQL text and seeds.
fn data_outside_query((state, analysed): (&State, &AnalysedModel)) -> u128 {
    let model = &analysed.model;
    let header: BTreeMap<&str, Vec<String>> =
        properties(&model.header.properties, |name| DATA_PROPERTIES.contains(&name));
    let scd = model.kind.name.starts_with("SCD_TYPE_2");
    let kind: BTreeMap<&str, Vec<String>> =
        properties(&model.kind.properties, |name| DATA_KIND_PROPERTIES.contains(&name) || scd && name == "batch_size");
    let incremental = scd || model.kind.name.starts_with("INCREMENTAL_BY");
    let dialect = incremental.then_some(model.dialect);
    let columns: Option<Vec<(&str, crate::sql::tree::Name)>> = model.columns.as_ref().map(|columns| {
        let typed =
            |column: &crate::project::DeclaredColumn| crate::sql::canonical_type(&column.data_type, model.dialect);
        columns.iter().map(|column| (&*column.name, typed(column))).collect()
    });
    let python = match &model.body {
        Body::Python(body) => Some((body.definition, &body.entrypoint)),
        _ => None,
    };
    digest((header, &model.kind.name, kind, dialect, columns, python, used(state, analysed), interval_unit(model)))
}

/// Macros and variables that the model uses, with their definitions and values.
fn used(state: &State, analysed: &AnalysedModel) -> u128 {
    let Some(query) = &analysed.query else { return 0 };
    let rendered = &query.rendered.rendered;
    let macros: BTreeMap<String, u64> = rendered
        .holes
        .iter()
        .filter_map(|hole| {
            let name = hole.name.trim_start_matches('@').to_lowercase();
            let found = state.project.macros.get(&name).filter(|found| !found.metadata_only)?;
            Some((name, found.definition))
        })
        .collect();
    let value = |name: &String| {
        let blueprint = analysed.model.blueprint.get(name).cloned();
        blueprint.or_else(|| state.project.config.variables.get(name).map(ToString::to_string))
    };
    let variables: BTreeMap<&String, Option<String>> =
        rendered.variables.iter().map(|name| (name, value(name))).collect();
    let is_jinja = matches!(&analysed.model.body, Body::Sql(SqlBody { query: Some(query), .. }) if query.language == crate::project::Language::Jinja);
    let jinja = is_jinja.then_some(&state.project.jinja_macros);
    digest((macros, variables, jinja))
}

/// `cron` decides the interval unit unless that is given (`IntervalUnit.from_cron`).
fn interval_unit(model: &Model) -> &'static str {
    let cron = model.header.get("cron").map_or("@daily", |property| property.value.trim_matches(['\'', '"']));
    match cron {
        "@hourly" => "hour",
        "@yearly" | "@annually" => "year",
        "@monthly" => "month",
        "@daily" | "@midnight" | "@weekly" => "day",
        _ => "other",
    }
}

fn properties(all: &[Property], counts: impl Fn(&str) -> bool) -> BTreeMap<&str, Vec<String>> {
    all.iter()
        .filter(|property| counts(&property.name))
        .map(|property| (property.name.as_str(), comparable(property)))
        .collect()
}

/// A value as SQLMesh parses it: keywords in any case, no trailing commas, a list of one is that one.
fn comparable(property: &Property) -> Vec<String> {
    let mut tokens: Vec<String> = property.tokens.iter().map(|token| token.to_lowercase()).collect();
    let trailing = tokens.len() >= 2 && tokens[tokens.len() - 2] == ",";
    if trailing {
        tokens.remove(tokens.len() - 2);
    }
    match tokens.as_slice() {
        [open, only, close] if open == "(" && close == ")" => vec![only.clone()],
        _ => tokens,
    }
}

fn seeds_differ(old: &AnalysedModel, new: &AnalysedModel) -> bool {
    match (&old.model.body, &new.model.body) {
        (Body::Seed(old), Body::Seed(new)) => {
            old.content.as_ref().map(|c| &c.columns) != new.content.as_ref().map(|c| &c.columns)
        }
        (old, new) => std::mem::discriminant(old) != std::mem::discriminant(new),
    }
}

struct StatementsDiffer {
    any: bool,
    /// In statements that are more than definitions of macros.
    effective: bool,
}

fn statements_differ(old: &Model, new: &Model) -> StatementsDiffer {
    let statements = |model: &Model, all: bool| -> Vec<Vec<String>> {
        let Body::Sql(body) = &model.body else { return vec![] };
        let which = body.pre_statements.iter().chain(&body.post_statements);
        let tokens = which.map(|statement| tokens(model, body, statement));
        tokens
            .filter(|tokens: &Vec<String>| {
                all || !matches!(tokens.as_slice(), [at, def, ..] if at == "@" && def == "def")
            })
            .collect()
    };
    StatementsDiffer {
        any: statements(old, true) != statements(new, true),
        effective: statements(old, false) != statements(new, false),
    }
}

fn tokens(model: &Model, body: &SqlBody, statement: &Statement) -> Vec<String> {
    let text = body.text.get(statement.start..statement.end).unwrap_or("");
    lex_code(text, model.dialect.lexical()).iter().map(|token| token.text(text).to_lowercase()).collect()
}

fn query_text(model: &Model) -> Option<&str> {
    let Body::Sql(body) = &model.body else { return None };
    let query = body.query?;
    body.text.get(query.start..query.end).map(str::trim)
}

/// Everything in the metadata hash but SQL text and the parents' columns.
fn metadata((state, analysed): (&State, &AnalysedModel)) -> u128 {
    let model = &analysed.model;
    let header = properties(&model.header.properties, |name| !IGNORED_PROPERTIES.contains(&name));
    let kind = properties(&model.kind.properties, |_| true);
    let audits = model.header.get("audits").map(|property| property.tokens.clone()).unwrap_or_default();
    let definitions: Vec<u128> = state
        .project
        .audits
        .iter()
        .filter(|(name, _)| audits.iter().any(|token| token.eq_ignore_ascii_case(name)))
        .map(|(name, audit)| {
            let query = audit.body.query.and_then(|query| audit.body.text.get(query.start..query.end)).map(str::trim);
            digest((name, query, properties(&audit.header.properties, |_| true)))
        })
        .collect();
    let virtual_update = match &model.body {
        Body::Sql(body) => body.on_virtual_update.iter().map(|statement| tokens(model, body, statement)).collect(),
        _ => vec![],
    };
    digest((header, kind, model.dialect, definitions, virtual_update, &state.project.config.project))
}

/// The columns of the parents that exist.
fn parents_schemas(state: &State, analysed: &AnalysedModel) -> BTreeMap<String, Arc<Schema>> {
    let schema = |name: &crate::names::ModelName| {
        let parent = state.models.get(name).filter(|_| *name != analysed.model.name)?;
        Some((name.to_string(), parent.schema.clone()))
    };
    analysed.parents.iter().filter_map(schema).collect()
}

/// A 128-bit hash.
pub(super) fn digest(value: impl Hash) -> u128 {
    struct Stable(SipHasher13);
    impl Hasher for Stable {
        fn finish(&self) -> u64 {
            self.0.finish128().h1
        }
        fn write(&mut self, bytes: &[u8]) {
            self.0.write(bytes);
        }
    }
    let mut hasher = Stable(SipHasher13::new());
    value.hash(&mut hasher);
    hasher.0.finish128().as_u128()
}
