//! What a template can read: date variables, `var()`, `blueprint_var()`, `gateway()`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use minijinja::value::Rest;
use minijinja::{Environment as Jinja, Error, ErrorKind, State, Value};

use serde_json::Value as Json;

use crate::dialect::Dialect;
use crate::names::Naming;
use crate::project::header::identifiers;
use crate::render::Environment;
use crate::render::dates::{date_variable, date_variable_names};
use crate::render::values::quoted_identifier;

use super::moment::Moment;
use super::rewrite::rewrite;

/// Values of a run, which hold other things when the project is loaded.
const OF_A_RUN: [&str; 4] = ["snapshots", "table_mapping", "deployability_index", "model_instance"];
/// How many templates one template may render.
const MAX_RENDERED: usize = 4;

/// How deep a variable's lists and dictionaries may nest.
const MAX_DEPTH: usize = 32;

/// The variables that a template reads while it is rendered.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads(Arc<Mutex<BTreeSet<String>>>);

impl Reads {
    fn add(&self, name: &str) {
        if let Ok(mut names) = self.0.lock() {
            names.insert(name.to_owned());
        }
    }

    /// Their lower-case names, in order.
    pub fn names(&self) -> Vec<String> {
        self.0.lock().map(|names| names.iter().cloned().collect()).unwrap_or_default()
    }
}

/// The plain values.
pub(super) fn values(environment: &Environment<'_>) -> Value {
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    for name in date_variable_names() {
        if let Some(variable) = date_variable(&name, environment.execution_time_only) {
            let text = variable.plain(environment.dialect);
            let value = match (variable.is_number(), text.parse::<i64>(), text.parse::<f64>()) {
                (true, Ok(integer), _) => Value::from(integer),
                (true, _, Ok(number)) => Value::from(number),
                _ if variable.is_object() => Moment::value(text),
                _ => Value::from(text),
            };
            values.insert(name, value);
        }
    }
    values.insert("runtime_stage".to_owned(), Value::from("loading"));
    let catalog = environment.default_catalog.map_or(Value::from(()), Value::from);
    values.insert("default_catalog".to_owned(), catalog);
    if let Some(this_model) = &environment.this_model {
        values.insert("this_model".to_owned(), Value::from(this_model.clone()));
    }
    // Whoever looks at one of them fails.
    values.extend(OF_A_RUN.map(|name| (name.to_owned(), Value::from(unknown(name)))));
    Value::from(values)
}

/// The functions that return variables.
pub(super) fn add_functions(jinja: &mut Jinja<'_>, environment: &Environment<'_>, reads: &Reads) {
    let configured = environment.variables.iter();
    let mut variables: BTreeMap<String, Value> =
        configured.map(|(name, value)| (name.clone(), json_value(value, 0))).collect();
    let gateway = environment.gateway.map_or(Value::from(()), Value::from);
    variables.insert("gateway".to_owned(), gateway.clone());
    let blueprint = environment.blueprint.iter();
    let blueprint = blueprint.map(|(name, sql)| (name.clone(), Value::from(sql.clone()))).collect();
    add_lookup(jinja, "var", variables, reads.clone());
    add_lookup(jinja, "blueprint_var", blueprint, reads.clone());
    for name in environment.user_macros.keys().map(String::as_str).chain(["lipsum"]) {
        let called = name.to_owned();
        jinja.add_function(name.to_owned(), move |_: Rest<Value>| -> Result<Value, Error> { Err(unknown(&called)) });
    }
    add_render(jinja, values(environment));
    let (dialect, catalog) = (environment.dialect, environment.default_catalog.map(str::to_owned));
    jinja.add_function("resolve_table", move |name: String| {
        resolved_table(&name, dialect, catalog.as_deref()).ok_or_else(|| {
            Error::new(ErrorKind::InvalidOperation, "which table SQLMesh takes this name for isn't known")
        })
    });
    let reads = reads.clone();
    jinja.add_function("gateway", move || {
        reads.add("gateway");
        gateway.clone()
    });
}

fn unknown(name: &str) -> Error {
    let message = format!("what {name} gives can't be known without running it");
    Error::new(ErrorKind::InvalidOperation, message)
}

/// `render(text)`: the text as a template of its own, which sees no local names. Each costs fuel of its own, so there may
/// be few. Which macros such a template may call isn't followed.
fn add_render(jinja: &mut Jinja<'_>, values: Value) {
    let rendered = AtomicUsize::new(0);
    jinja.add_function("render", move |state: &State<'_, '_>, text: String| {
        if text.contains("{%") || text.contains('(') || rendered.fetch_add(1, Ordering::Relaxed) >= MAX_RENDERED {
            return Err(unknown("render"));
        }
        state.env().render_str(&rewrite(&text).text, values.clone())
    });
}

/// A model's name as `resolve_table()` gives it: whole and quoted. In a run SQLMesh gives the table behind it, which
/// holds the same.
fn resolved_table(name: &str, dialect: Dialect, default_catalog: Option<&str>) -> Option<String> {
    let parts = identifiers(name, dialect).filter(|parts| (2..=3).contains(&parts.len()))?;
    let model = Naming { dialect, default_catalog }.model(&parts);
    let catalog = default_catalog.filter(|_| model.parts().len() == 2).map(|catalog| dialect.normalize(catalog, false));
    let parts = catalog.iter().map(|catalog| &**catalog).chain(model.parts().iter().map(|part| &**part));
    Some(parts.map(|part| quoted_identifier(part, dialect)).collect::<Vec<_>>().join("."))
}

/// A configured value; what nests too deep is left out.
fn json_value(value: &Json, depth: usize) -> Value {
    match value {
        _ if depth > MAX_DEPTH => Value::UNDEFINED,
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::from(integer),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::UNDEFINED,
        },
        Json::String(text) => Value::from(text.clone()),
        Json::Array(items) => Value::from(items.iter().map(|item| json_value(item, depth + 1)).collect::<Vec<_>>()),
        Json::Object(entries) => {
            Value::from_pairs(entries.iter().map(|(key, value)| (key.clone(), json_value(value, depth + 1))))
        }
    }
}

fn add_lookup(jinja: &mut Jinja<'_>, function: &'static str, values: BTreeMap<String, Value>, reads: Reads) {
    jinja.add_function(function, move |name: String, default: Option<Value>| {
        let name = name.to_lowercase();
        match values.get(&name) {
            Some(value) => {
                reads.add(&name);
                value.clone()
            }
            None => default.unwrap_or(Value::from(())),
        }
    });
}
