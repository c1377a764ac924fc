//! What SQLMesh's data hash and metadata hash of a model are made of.
//!
//! In: a model in its project. Out: entries by name, those of `_Model._data_hash_values_no_sql`, `metadata_hash` and of the
//! kinds' `data_hash_values` and `metadata_hash_values`. The texts of the query and the statements aren't among them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::belief;
use crate::dialect::Dialect;
use crate::hash::{Print, hash};
use crate::intervals;
use crate::project::{Audit, Body, DeclaredColumn, Model, Project, Property, header};
use crate::state::{AnalysedModel, State};

use super::environment::{Environment, audits};
use super::statements::stored;
use super::values::{Item, audit_calls, items, key, pair, raw_items};

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

/// The entries of one of SQLMesh's two hashes, by what they tell of. What is left at its default may be missing.
pub(super) type Entries<'p> = BTreeMap<Entry<'p>, Print>;

/// What an entry tells of: a property, of the kind or the model, or another part of the model, by SQLMesh's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry<'p> {
    of_kind: bool,
    name: &'p str,
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.of_kind { "kind." } else { "" })?;
        f.write_str(self.name)
    }
}

/// The entries that differ, by name. With another kind its properties are other ones.
pub(super) fn differing(before: &Entries<'_>, after: &Entries<'_>) -> Vec<String> {
    let all: BTreeSet<&Entry<'_>> = before.keys().chain(after.keys()).collect();
    let differs = |entry: &Entry<'_>| before.get(entry) != after.get(entry);
    let is_other_kind = differs(&own("kind"));
    let found = all.into_iter().filter(|entry| differs(entry) && !(is_other_kind && entry.of_kind));
    let mut found: Vec<String> = found.map(Entry::to_string).collect();
    found.sort();
    found
}

fn own(name: &str) -> Entry<'_> {
    Entry { of_kind: false, name }
}

fn of_properties(of_kind: bool, found: BTreeMap<&str, Vec<Item>>) -> impl Iterator<Item = (Entry<'_>, Print)> {
    found.into_iter().map(move |(name, items)| (Entry { of_kind, name }, hash(items)))
}

/// `_data_hash_values_no_sql`: everything in the data hash but the texts of the query and the statements.
pub(super) fn data<'s>((state, analysed): (&'s State, &'s AnalysedModel), environment: &Environment) -> Entries<'s> {
    let (project, model) = (&*state.project, &*analysed.model);
    let is_seed = matches!(model.body, Body::Seed(_));
    let header = properties(project, model, &model.header.properties, |name| {
        DATA_PROPERTIES.contains(&name) || is_seed && name.starts_with("grants")
    });
    let of_kind = in_dialect_of_kind(model);
    let kind = properties(project, &of_kind, &model.kind.properties, |name| is_data_of_kind(model, name));
    let mut found: Entries<'_> = of_properties(false, header).chain(of_properties(true, kind)).collect();
    if has_dialect(model) {
        found.entry(Entry { of_kind: true, name: "dialect" }).or_insert_with(|| hash(model.dialect));
    }
    let (code, entrypoint) = match &model.body {
        Body::Python(body) => (Some((body.definition, body.place)), Some(&body.entrypoint)),
        _ => (None, None),
    };
    let seed = match &model.body {
        Body::Seed(seed) => seed.content.as_ref().map(|content| {
            let columns = content.columns.iter().map(|column| (&column.name, column.hash));
            columns.collect::<Vec<_>>()
        }),
        _ => None,
    };
    let partitions: Vec<Item> = partitioned_by(project, model).iter().map(|item| key(item, model.dialect)).collect();
    found.extend([
        (own("kind"), hash(&model.kind.name)),
        (own("columns"), hash(columns(model))),
        (own("python_env"), hash((environment.data, code))),
        (own("jinja_macros"), hash(has_query(&model.body).then_some(environment.jinja))),
        (own("entrypoint"), hash(entrypoint)),
        (own("seed"), hash(seed)),
        (own("physical_schema"), hash(physical_schema(project, model))),
        (own("virtual_environment_mode"), hash(virtual_mode(project, model))),
        (own("physical_properties"), hash(merged(model, "physical_properties"))),
        (own("partitioned_by"), hash(partitions)),
        (own("interval_unit"), hash(interval_unit(project, model))),
        (own("optimize_query"), hash(optimize_query(project, model))),
    ]);
    found
}

/// Is it a model with a query (`SqlModel`)?
pub(super) fn has_query(body: &Body) -> bool {
    match body {
        Body::Sql(_) => true,
        Body::Python(body) => body.is_sql,
        Body::Seed(_) | Body::External | Body::Unreadable => false,
    }
}

/// Is this property of the kind in the data hash?
fn is_data_of_kind(model: &Model, name: &str) -> bool {
    DATA_KIND_PROPERTIES.contains(&name) || name == "batch_size" && model.kind.name.starts_with("SCD_TYPE_2")
}

/// The model as its kind reads it, which in Python may name a dialect of its own.
fn in_dialect_of_kind(model: &Model) -> Cow<'_, Model> {
    let dialect =
        model.kind.get("dialect").and_then(|property| Dialect::parse(property.value.trim_matches(['\'', '"'])));
    match dialect.filter(|dialect| *dialect != model.dialect) {
        Some(dialect) => Cow::Owned(Model { dialect, ..model.clone() }),
        None => Cow::Borrowed(model),
    }
}

/// Does the kind carry the model's dialect?
fn has_dialect(model: &Model) -> bool {
    let name = &*model.kind.name;
    name.starts_with("SCD_TYPE_2") || matches!(name, "INCREMENTAL_BY_TIME_RANGE" | "INCREMENTAL_BY_UNIQUE_KEY")
}

/// The declared columns, with types as the model's dialect writes them.
fn columns(model: &Model) -> Option<Vec<(&str, String)>> {
    let typed = |column: &DeclaredColumn| {
        let read = belief::parse(&column.data_type, model.dialect);
        belief::text(&read, model.dialect).unwrap_or_else(|| column.data_type.to_string())
    };
    let columns = model.columns.as_ref()?;
    Some(columns.iter().map(|column| (&*column.name, typed(column))).collect())
}

/// `metadata_hash` without the texts of the query and the statements, and without the parents' columns.
pub(super) fn metadata<'s>(
    (state, analysed): (&'s State, &'s AnalysedModel),
    environment: &Environment,
    owner: &str,
) -> Entries<'s> {
    let (project, model) = (&*state.project, &*analysed.model);
    let is_own = |name: &str| !IGNORED_PROPERTIES.contains(&name) && !DATA_PROPERTIES.contains(&name);
    let header = properties(project, model, &model.header.properties, is_own);
    let kind = properties(project, model, &model.kind.properties, |name| {
        name != "path" && !DATA_KIND_PROPERTIES.contains(&name)
    });
    let mut found: Entries<'_> = of_properties(false, header).chain(of_properties(true, kind)).collect();
    found.extend([
        (own("kind"), hash(metadata_of_kind(&model.kind.name))),
        (own("dialect"), hash(model.dialect)),
        (own("audits"), hash(audits_of(state, model))),
        (own("python_env"), environment.metadata),
        (own("project"), hash(owner)),
        (own("virtual_properties"), hash(merged(model, "virtual_properties"))),
        (own("session_properties"), hash(merged(model, "session_properties"))),
    ]);
    found
}

/// What a kind's `metadata_hash_values` are if it says nothing: how many, and those that hang on the kind. With them
/// kinds can be told apart, some of them.
fn metadata_of_kind(kind: &str) -> (usize, [&'static str; 2]) {
    let count = match kind {
        "FULL" | "VIEW" | "EMBEDDED" | "EXTERNAL" | "MANAGED" => return (0, ["", ""]),
        "SEED" => return (1, ["", ""]),
        "INCREMENTAL_BY_TIME_RANGE" => 8,
        "INCREMENTAL_BY_UNIQUE_KEY" => 6,
        "CUSTOM" => 9,
        _ => 5,
    };
    (count, ["forward_only", "disable_restatement"].map(|property| default_of(property, kind)))
}

/// `_audit_metadata_hash_values`: the calls of audits, and what the audits are.
fn audits_of(state: &State, model: &Model) -> (Vec<Vec<Item>>, Vec<Print>) {
    let named = model.header.properties.iter().filter(|property| property.name == "audits");
    let calls = named.map(|property| audit_calls(property, model.dialect)).collect();
    let definition = |audit: &Arc<Audit>| {
        let query = audit.body.query.map(|query| stored(&audit.body.text, &query, audit.dialect));
        let flags = ["skip", "blocking"].map(|name| {
            let value = audit.header.get(name).map_or("", |property| &property.value).to_lowercase();
            if value == if name == "skip" { "false" } else { "true" } { String::new() } else { value }
        });
        hash((&audit.name, query, flags, audit.dialect))
    };
    (calls, audits(state, model).into_iter().map(definition).collect())
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
