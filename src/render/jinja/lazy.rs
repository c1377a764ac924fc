//! What Python makes one by one and prints by its address: the results of `map`, `select`, `batch`, `items()`, …
//!
//! In: what minijinja's filter gives. Out: an object that is consumed as Python's generators are, or one that is printed as
//! the views of Python's dictionaries are.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, Rest};
use minijinja::{Environment as Jinja, Error, State, Value, filters};

use super::filters::by_name;

/// Adds the filters that give generators.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    for name in ["map", "select", "reject", "selectattr", "rejectattr", "batch", "slice", "unique", "items"] {
        let builtin = builtin(name);
        jinja.add_filter(name, move |state: &mut State<'_, '_>, value: Value, given: Rest<Value>, named: Kwargs| {
            let (given, named) = match name {
                "unique" => (Rest(vec![]), by_name(&["case_sensitive", "attribute"], given, &named)?),
                _ => (given, named),
            };
            let mut arguments = vec![value];
            arguments.extend(given.0);
            if named.args().next().is_some() {
                arguments.push(Value::from(named));
            }
            Lazy::of(&builtin.call(state, &arguments)?)
        });
    }
    jinja.add_filter("reverse", |value: Value| match value.as_str() {
        Some(text) => Ok(Value::from(text.chars().rev().collect::<String>())),
        None => Lazy::of(&filters::reverse(&value)?),
    });
}

fn builtin(name: &str) -> Value {
    match name {
        "map" => Value::from_function(filters::map),
        "select" => Value::from_function(filters::select),
        "reject" => Value::from_function(filters::reject),
        "selectattr" => Value::from_function(filters::selectattr),
        "rejectattr" => Value::from_function(filters::rejectattr),
        "batch" => Value::from_function(filters::batch),
        "slice" => Value::from_function(filters::slice),
        "unique" => Value::from_function(filters::unique),
        _ => Value::from_function(filters::items),
    }
}

/// A generator: what was taken from it is gone.
#[derive(Debug)]
pub(super) struct Lazy(Mutex<VecDeque<Value>>);

impl Lazy {
    fn of(items: &Value) -> Result<Value, Error> {
        Ok(Value::from_object(Lazy(Mutex::new(items.try_iter()?.collect()))))
    }
}

/// Takes what is left of a generator, one by one.
struct Remaining(Arc<Lazy>);

impl Iterator for Remaining {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        self.0.0.lock().ok()?.pop_front()
    }

    /// Exact, for a loop knows how many items it has.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.0.0.lock().map_or(0, |items| items.len());
        (left, Some(left))
    }
}

impl Object for Lazy {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Iter(Box::new(Remaining(self.clone())))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        None
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<generator>")
    }
}

/// `dict_keys([…])`, `dict_values([…])`, `dict_items([…])`: printed as in Python.
#[derive(Debug)]
pub(super) struct View {
    name: &'static str,
    items: Vec<Value>,
}

impl View {
    pub fn of(name: &'static str, items: Vec<Value>) -> Value {
        Value::from_object(View { name, items })
    }
}

impl Object for View {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items.clone())
    }

    /// It has no places.
    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::UNDEFINED)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dict_{}({})", self.name, Value::from(self.items.clone()))
    }
}
