//! How two versions of a model differ in the inputs of SQLMesh's data hash and metadata hash.
//!
//! The inputs are those of `_Model._data_hash_values_no_sql`, `_data_hash_values_sql`, `metadata_hash` and of the
//! kinds' `data_hash_values` and `metadata_hash_values`.

use std::collections::BTreeMap;

use crate::belief;
use crate::dialect::Family;
use crate::hash::hash;
use crate::intervals;
use crate::names::ColumnName;
use crate::project::{Body, Model, Project, Property, header};

use crate::state::{AnalysedModel, State};

use super::certainty::hangs_on_code;
use super::columns::Columns;
use super::environment::{audits, environment};
use super::parents;
use super::queries::{Match, compare};
use super::reread::reads_otherwise;
use super::statements::{Place, around, effective, stored};
use super::values::{Item, audit_calls, items, key, pair, raw_items};

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) data_hash: bool,
    pub(super) metadata_hash: bool,
    /// A data change that isn't "metadata only": SQLMesh lists the model as directly modified.
    pub(super) is_direct: bool,
    /// The property that alone makes it so, because SQLMesh reads it otherwise from its state.
    pub(super) reads_otherwise: Option<&'static str>,
    /// How the queries compare.
    pub(super) query: Match,
    /// Only running code would tell whether it is so.
    pub(super) hangs_on_code: bool,
}

/// Properties of the header that count as data, besides those with rules of their own.
const DATA_PROPERTIES: &[&str] =
    &["table_format", "storage_format", "clustered_by", "stamp", "physical_version", "gateway", "entrypoint"];

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
    "dialect",
    "materialization",
    "materialization_properties",
];

/// What some properties of a kind are if it doesn't say.
fn default_of(property: &str, kind: &str) -> &'static str {
    let is_true = match property {
        "forward_only" => {
            kind.starts_with("SCD_TYPE_2") || matches!(kind, "INCREMENTAL_UNMANAGED" | "INCREMENTAL_BY_PARTITION")
        }
        _ => kind.starts_with("SCD_TYPE_2") || kind == "INCREMENTAL_UNMANAGED",
    };
    if is_true { "true" } else { "false" }
}

/// Values that are the same as none.
const DEFAULTS: &[(&str, &str)] = &[
    ("materialized", "false"),
    ("insert_overwrite", "false"),
    ("invalidate_hard_deletes", "false"),
    ("updated_at_as_valid_from", "false"),
    ("execution_time_as_valid_from", "false"),
    ("partition_by_time_column", "true"),
    ("valid_from_name", "valid_from"),
    ("valid_to_name", "valid_to"),
    ("on_destructive_change", "error"),
    ("on_additive_change", "allow"),
    ("allow_partials", "false"),
    ("grants_target_layer", "virtual"),
    ("time_data_type", "timestamp"),
];

/// Properties that are in neither hash, or elsewhere.
const IGNORED_PROPERTIES: &[&str] = &[
    "project",
    "enabled",
    "partitioned_by",
    "interval_unit",
    "virtual_environment_mode",
    "dialect",
    "columns",
    "optimize_query",
    "formatting",
    "ignored_rules",
    "blueprints",
    "name",
    "kind",
    "depends_on",
    "pre_statements",
    "post_statements",
    "on_virtual_update",
    "audits",
    "physical_properties",
    "table_properties",
    "virtual_properties",
    "session_properties",
];

/// One state, with what SQLMesh knows of columns in it.
#[derive(Clone, Copy)]
pub(super) struct Version<'s> {
    pub(super) state: &'s State,
    pub(super) columns: &'s Columns<'s>,
}

/// Compares two versions of a model, each in its project. `reread` is the earlier one as the later configuration reads it,
/// `owner` the name of the project that the later one belongs to.
pub(super) fn difference(
    (before, old): (Version<'_>, &AnalysedModel),
    reread: &AnalysedModel,
    (after, new): (Version<'_>, &AnalysedModel),
    owner: &str,
) -> Difference {
    let columns = (before.columns, after.columns);
    let same_parents = parents_schemas(before.state, old) == parents_schemas(after.state, new);
    let (before, after) = ((before.state, old), (after.state, new));
    let environments = (environment(before.0, old), environment(after.0, new));
    let outside_sql = data_outside_sql(before) != data_outside_sql(after)
        || environments.0.data != environments.1.data
        || seeds_differ(old, new);
    let texts = (texts(before), texts(after));
    let text = !same_query_text(&old.model, &new.model) || texts.0[..2] != texts.1[..2];
    let same_surroundings = same_parents && environments.0 == environments.1;
    let query = compare((columns.0, reread), (columns.1, new), (same_parents, same_surroundings));
    let metadata = text
        || texts.0 != texts.1
        || environments.0.metadata != environments.1.metadata
        || metadata(before) != metadata(after)
        || before.0.project.config_of(&old.model.name).project != owner
        || !same_parents;
    let data = outside_sql || text;
    // Statements are read from the state by the later configuration, too.
    let statements = |(state, model): (&State, &AnalysedModel), from_state| {
        let (project, model) = (&state.project, &model.model);
        [Place::Before, Place::After].map(|place| effective(project, model, around(project, model, place), from_state))
    };
    // `is_metadata_only_change`: never for a model of another type.
    let is_direct = outside_sql
        || statements((before.0, reread), true) != statements(after, false)
        || query != Match::Equal
        || std::mem::discriminant(&old.model.body) != std::mem::discriminant(&new.model.body);
    let changed = data || metadata;
    let reads_otherwise = || reads_otherwise(&before.0.project, &old.model);
    let reads_otherwise = if changed && !is_direct { reads_otherwise() } else { None };
    let is_direct = changed && is_direct || reads_otherwise.is_some();
    let same_inputs = same_parents && environments.0 == environments.1;
    let hangs_on_code = hangs_on_code(before, after, same_inputs);
    Difference { data_hash: data, metadata_hash: metadata, is_direct, reads_otherwise, query, hangs_on_code }
}

/// Everything in the data hash but SQL text, seeds, and what comes from Python and Jinja.
fn data_outside_sql((state, analysed): (&State, &AnalysedModel)) -> u128 {
    let (project, model) = (&*state.project, &*analysed.model);
    let is_seed = matches!(model.body, Body::Seed(_));
    let header = properties(project, model, &model.header.properties, |name| {
        DATA_PROPERTIES.contains(&name) || is_seed && name.starts_with("grants")
    });
    let scd = model.kind.name.starts_with("SCD_TYPE_2");
    let kind = properties(project, model, &model.kind.properties, |name| {
        DATA_KIND_PROPERTIES.contains(&name) || scd && name == "batch_size"
    });
    let has_dialect = scd || matches!(&*model.kind.name, "INCREMENTAL_BY_TIME_RANGE" | "INCREMENTAL_BY_UNIQUE_KEY");
    let dialect = has_dialect.then_some(model.dialect);
    let columns: Option<Vec<(&str, String)>> = model.columns.as_ref().map(|columns| {
        let typed = |column: &crate::project::DeclaredColumn| {
            let read = belief::parse(&column.data_type, model.dialect);
            belief::text(&read, model.dialect).unwrap_or_else(|| column.data_type.to_string())
        };
        columns.iter().map(|column| (&*column.name, typed(column))).collect()
    });
    let python = match &model.body {
        Body::Python(body) => Some((body.definition, body.place, &body.entrypoint)),
        _ => None,
    };
    let tables = (physical_schema(project, model), virtual_mode(project, model), merged(model, "physical_properties"));
    let partitions: Vec<Item> = partitioned_by(project, model).iter().map(|item| key(item, model.dialect)).collect();
    let unit = (interval_unit(project, model), optimize_query(project, model));
    hash((header, &model.kind.name, kind, dialect, columns, python, tables, partitions, unit))
}

/// Everything in the metadata hash but SQL text, the parents' columns, and what comes from Python.
fn metadata((state, analysed): (&State, &AnalysedModel)) -> u128 {
    let (project, model) = (&*state.project, &*analysed.model);
    let header = properties(project, model, &model.header.properties, |name| !IGNORED_PROPERTIES.contains(&name));
    let kind = properties(project, model, &model.kind.properties, |name| name != "path");
    let named = model.header.properties.iter().filter(|property| property.name == "audits");
    let calls: Vec<Vec<Item>> = named.map(|property| audit_calls(property, model.dialect)).collect();
    let definitions: Vec<u128> = audits(state, model)
        .into_iter()
        .map(|audit| {
            let query = audit.body.query.map(|query| stored(&audit.body.text, &query, audit.dialect));
            let flags = ["skip", "blocking"].map(|name| {
                let value = audit.header.get(name).map_or("", |property| &property.value).to_lowercase();
                if value == if name == "skip" { "false" } else { "true" } { String::new() } else { value }
            });
            hash((&audit.name, query, flags, audit.dialect))
        })
        .collect();
    let merged = (merged(model, "virtual_properties"), merged(model, "session_properties"));
    hash((header, kind, model.dialect, calls, definitions, merged))
}

/// The statements as SQLMesh stores them.
fn texts((state, analysed): (&State, &AnalysedModel)) -> [Vec<String>; 3] {
    [Place::Before, Place::After, Place::OnVirtualUpdate].map(|place| {
        around(&state.project, &analysed.model, place).into_iter().map(|statement| statement.stored).collect()
    })
}

/// Is the same text stored for both? Athena's is written anew, which a query in one line with single blanks is taken to
/// survive.
fn same_query_text(old: &Model, new: &Model) -> bool {
    let is_athena = |model: &Model| model.dialect.family == Family::Athena;
    let (plain, athena) = match (is_athena(old), is_athena(new)) {
        (false, true) => (old, new),
        (true, false) => (new, old),
        _ => return query_text(old) == query_text(new),
    };
    let anew = query_text(&Model { dialect: athena.dialect, ..plain.clone() });
    let is_plain = query_text(plain).is_none_or(|text| !text.contains('\n') && !text.contains("  "));
    is_plain && anew == query_text(athena)
}

fn query_text(model: &Model) -> Option<String> {
    let Body::Sql(body) = &model.body else { return None };
    Some(stored(&body.text, &body.query?, model.dialect))
}

/// Properties with values other than the default, the last of each name.
fn properties<'p>(
    project: &Project,
    model: &Model,
    all: &'p [Property],
    counts: impl Fn(&str) -> bool,
) -> BTreeMap<&'p str, Vec<Item>> {
    let is_default = |name: &str, items: &[Item]| {
        let text: String = items.iter().flatten().map(|token| token.to_lowercase()).collect();
        match name {
            "cron" => items.concat() == ["@daily"],
            "forward_only" | "disable_restatement" => text == default_of(name, &model.kind.name),
            _ => DEFAULTS.contains(&(name, text.as_str())),
        }
    };
    let mut found = BTreeMap::new();
    for property in all.iter().filter(|property| counts(&property.name)) {
        let name = match property.name.as_str() {
            "grain" => "grains",
            name => name,
        };
        let items = items(property, model, project);
        // An empty text is hashed like none, and so is an empty list.
        let is_empty = || items.iter().flatten().all(String::is_empty);
        if is_default(name, &items) || is_empty() {
            found.remove(name);
        } else {
            found.insert(name, items);
        }
    }
    found
}

/// Key-value properties: the model's own in their order, then the configured ones that it lacks.
fn merged(model: &Model, name: &str) -> Vec<(String, Item)> {
    let is_named = |property: &&Property| match property.name.as_str() {
        "table_properties" => name == "physical_properties",
        own => own == name,
    };
    let all: Vec<&Property> = model.header.properties.iter().filter(is_named).collect();
    let mut found: Vec<(String, Item)> = Vec::new();
    for property in all.into_iter().rev() {
        for item in &raw_items(property, model.dialect) {
            let Some((key, mut value)) = pair(item) else { continue };
            if found.iter().any(|(known, _)| *known == key) {
                continue;
            }
            if name == "session_properties" {
                // There the quotes of the name are kept.
                value.extend(item.first().cloned());
            }
            found.push((key, value));
        }
    }
    let is_none = |value: &Item| value.first().is_some_and(|only| matches!(only.as_str(), "none" | "null" | "NULL"));
    found.retain(|(_, value)| !is_none(value));
    found
}

/// The partition keys, with the time column in front unless it is among them.
pub(super) fn partitioned_by(project: &Project, model: &Model) -> Vec<Item> {
    let mut keys = model.header.get("partitioned_by").map_or(vec![], |property| items(property, model, project));
    let opted_out = model.kind.get("partition_by_time_column").is_some_and(|p| header::truth(&p.value) == Some(false));
    let time_column =
        model.kind.get("time_column").and_then(|property| items(property, model, project).into_iter().next());
    if let Some(column) = time_column.filter(|_| !opted_out)
        && !keys.iter().any(|key| column.iter().all(|token| key.contains(token)))
    {
        keys.insert(0, column);
    }
    keys
}

/// The schema of the model's tables, where the configuration moves it.
fn physical_schema<'p>(project: &'p Project, model: &Model) -> Option<&'p str> {
    if matches!(model.body, Body::External) {
        return None;
    }
    let parts = model.name.parts();
    let schema = parts.len().checked_sub(2).and_then(|at| parts.get(at)).map_or("", |schema| schema);
    let found =
        project.config_of(&model.name).physical_schemas.iter().find(|(pattern, _)| matches_start(pattern, schema));
    found.map(|(_, schema)| schema.as_str())
}

/// `re.match` for patterns of letters, `^`, `$` and a final `.*`; any other pattern is taken to match.
fn matches_start(pattern: &str, text: &str) -> bool {
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let (body, whole) = match body.strip_suffix('$') {
        Some(body) => (body, true),
        None => (body, false),
    };
    let (body, any_end) = match body.strip_suffix(".*") {
        Some(body) => (body, true),
        None => (body, false),
    };
    if body.chars().any(|c| !c.is_alphanumeric() && c != '_' && c != '-') {
        return true;
    }
    if whole && !any_end { text == body } else { text.starts_with(body) }
}

/// `virtual_environment_mode`: the configuration's, which external models don't get.
pub(super) fn virtual_mode(project: &Project, model: &Model) -> String {
    // What the header of a SQL model says is overwritten by the configuration.
    let own = model.header.get("virtual_environment_mode").filter(|_| matches!(model.body, Body::Python(_)));
    let own = own.map(|property| property.value.to_lowercase());
    let mode = own.unwrap_or_else(|| match model.body {
        Body::External => String::new(),
        _ => project.config_of(&model.name).virtual_mode.clone(),
    });
    if mode == "full" { String::new() } else { mode }
}

fn interval_unit(project: &Project, model: &Model) -> String {
    let text = |name: &str| {
        let property = model.header.get(name)?;
        // Blanks count in `*/5 * * * *`, which the configuration gives without quotes.
        let written = property.value.trim().trim_matches(['\'', '"']);
        if intervals::unit(written).is_some() {
            return Some(written.to_lowercase());
        }
        let items = items(property, model, project);
        Some(items.concat().concat().trim_matches(['\'', '"']).to_lowercase())
    };
    text("interval_unit")
        .unwrap_or_else(|| intervals::unit(text("cron").as_deref().unwrap_or("@daily")).unwrap_or("day").to_owned())
}

/// `optimize_query`, which only models with a query have.
fn optimize_query(project: &Project, model: &Model) -> Option<String> {
    match &model.body {
        Body::Sql(_) | Body::Unreadable => {}
        Body::Python(body) if body.is_sql => {}
        Body::Python(_) | Body::Seed(_) | Body::External => return None,
    }
    let own = model.header.get("optimize_query");
    let own = own
        .map(|property| header::truth(&property.value).map_or_else(|| property.value.to_string(), |is| is.to_string()));
    own.or_else(|| project.config_of(&model.name).model_defaults.get("optimize_query").map(ToString::to_string))
}

fn seeds_differ(old: &AnalysedModel, new: &AnalysedModel) -> bool {
    match (&old.model.body, &new.model.body) {
        (Body::Seed(old), Body::Seed(new)) => {
            old.content.as_ref().map(|c| &c.columns) != new.content.as_ref().map(|c| &c.columns)
        }
        (old, new) => std::mem::discriminant(old) != std::mem::discriminant(new),
    }
}

/// The columns of the parents that exist and have some that SQLMesh knows, with types as the model's dialect writes them.
fn parents_schemas(state: &State, analysed: &AnalysedModel) -> BTreeMap<String, BTreeMap<ColumnName, Option<String>>> {
    let dialect = analysed.model.dialect;
    let schema = |name: &crate::names::ModelName| {
        let belief = state.models.get(name)?.believed.columns.as_ref()?;
        // The order of columns isn't in SQLMesh's hash, though a star is expanded in it.
        let columns = belief.columns.iter().map(|(column, found)| (column.clone(), belief::text(found, dialect)));
        Some((name.to_string(), columns.collect()))
    };
    parents::read(analysed).iter().filter_map(schema).collect()
}
