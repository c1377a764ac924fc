//! Lists and dictionaries that a template changes in place, as Python's can be.
//!
//! In: the items of a literal. Out: an object with the methods that change it. What is put into another object is not
//! changed afterwards, so that no object can hold itself and each holds a limited amount.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, Rest, ValueKind, from_args};
use minijinja::{Environment as Jinja, Error, ErrorKind, State, Value};

use super::filters::failed;

/// The most that one object holds: its items and the bytes of their texts, those of inner objects included.
const MAX_WEIGHT: usize = 1_000_000;
/// How deep objects may stand in each other.
const MAX_DEPTH: usize = 32;
/// How many values are looked at that a template gives to namespaces.
const MAX_LOOKS: usize = 5_000_000;

/// Adds the functions that make them.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    jinja.add_function("__list", |items: Value| -> Result<Value, Error> {
        let list = List::default();
        list.extend(&items)?;
        Ok(Value::from_object(list))
    });
    jinja.add_function("__items", |value: Value| match value.as_str() {
        Some(text) => Value::from(text.chars().map(Value::from).collect::<Vec<_>>()),
        None => value,
    });
    let budget = AtomicUsize::new(MAX_LOOKS);
    jinja.add_function("__shallow", move |value: Value| shallow(value, &budget));
    jinja.add_function("__dict", |entries: Value| -> Result<Value, Error> {
        let dictionary = Dictionary::default();
        dictionary.update(&entries)?;
        Ok(Value::from_object(dictionary))
    });
}

/// A value as it is, unless lists stand too deep in each other in it. `budget`: how many values may be looked at.
fn shallow(value: Value, budget: &AtomicUsize) -> Result<Value, Error> {
    let is_shallow = walk(&value, 0, budget);
    if is_shallow { Ok(value) } else { Err(failed("what this namespace holds is too deep or too much to follow")) }
}

fn walk(value: &Value, depth: usize, budget: &AtomicUsize) -> bool {
    let take = |left: usize| left.checked_sub(1);
    if depth > MAX_DEPTH || budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
        return false;
    }
    match value.kind() {
        ValueKind::Iterable if value.downcast_object_ref::<super::lazy::Lazy>().is_some() => false,
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter().is_ok_and(|mut items| items.all(|item| walk(&item, depth + 1, budget)))
        }
        ValueKind::Map => value.try_iter().is_ok_and(|mut keys| {
            keys.all(|key| value.get_item(&key).is_ok_and(|item| walk(&item, depth + 1, budget)))
        }),
        ValueKind::Plain => value.downcast_object_ref::<super::moment::Moment>().is_some(),
        _ => true,
    }
}

/// What an object holds.
#[derive(Debug, Default)]
struct Content<T> {
    items: Vec<T>,
    weight: usize,
    /// How deep objects stand in each other in it.
    depth: usize,
}

impl<T> Content<T> {
    /// Makes room for a value.
    fn grow(&mut self, added: Load) -> Result<(), Error> {
        self.weight = self.weight.saturating_add(added.weight);
        self.depth = self.depth.max(added.depth);
        if self.weight > MAX_WEIGHT || self.depth > MAX_DEPTH {
            Err(failed("this list grows too large"))
        } else {
            Ok(())
        }
    }

    /// What it adds to an object that it is put into.
    fn load(&self) -> Load {
        Load { weight: self.weight + 1, depth: self.depth + 1 }
    }
}

/// What a value adds to an object.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    weight: usize,
    depth: usize,
}

impl Load {
    fn with(self, other: Load) -> Load {
        Load { weight: self.weight.saturating_add(other.weight), depth: self.depth.max(other.depth) }
    }
}

/// The load of a value that is put into an object, which stays as it is from now on.
fn load(value: &Value) -> Result<Load, Error> {
    if let Some(list) = value.downcast_object_ref::<List>() {
        list.is_kept.store(true, Ordering::Relaxed);
        return list.with(|content| content.load());
    }
    if let Some(dictionary) = value.downcast_object_ref::<Dictionary>() {
        dictionary.is_kept.store(true, Ordering::Relaxed);
        return dictionary.with(|content| content.load());
    }
    if value.kind() != ValueKind::Seq {
        return plain_load(value);
    }
    let mut total = Load { weight: 1, depth: 1 };
    for item in value.try_iter()? {
        total = total.with(plain_load(&item)?);
    }
    Ok(total)
}

fn plain_load(value: &Value) -> Result<Load, Error> {
    match value.kind() {
        ValueKind::String => Ok(Load { weight: value.as_str().map_or(0, str::len) + 1, depth: 0 }),
        ValueKind::Number | ValueKind::Bool | ValueKind::None => Ok(Load { weight: 1, depth: 0 }),
        _ => Err(failed("what this list would hold isn't followed")),
    }
}

fn poisoned<T>(_: T) -> Error {
    failed("this list can't be changed")
}

fn changeable(is_kept: &AtomicBool) -> Result<(), Error> {
    match is_kept.load(Ordering::Relaxed) {
        true => Err(failed("this is changed after it was put into a list, which isn't followed")),
        false => Ok(()),
    }
}

#[derive(Debug, Default)]
pub(super) struct List {
    content: Mutex<Content<Value>>,
    is_kept: AtomicBool,
}

impl List {
    fn with<R>(&self, work: impl FnOnce(&mut Content<Value>) -> R) -> Result<R, Error> {
        Ok(work(&mut *self.content.lock().map_err(poisoned)?))
    }

    fn snapshot(&self) -> Vec<Value> {
        self.with(|Content { items, .. }| items.clone()).unwrap_or_default()
    }

    fn insert(&self, at: Option<usize>, item: Value) -> Result<(), Error> {
        let added = load(&item)?;
        self.with(|content| {
            content.grow(added)?;
            let at = at.unwrap_or(content.items.len()).min(content.items.len());
            content.items.insert(at, item);
            Ok(())
        })?
    }

    fn extend(&self, items: &Value) -> Result<(), Error> {
        let items: Vec<Value> = items.try_iter()?.take(MAX_WEIGHT + 1).collect();
        items.into_iter().try_for_each(|item| self.insert(None, item))
    }

    fn pop(&self, at: Option<i64>) -> Result<Value, Error> {
        self.with(|Content { items, .. }| {
            let at = place(at.unwrap_or(-1), items.len()).filter(|at| *at < items.len());
            at.map(|at| items.remove(at)).ok_or_else(|| failed("this isn't in the list"))
        })?
    }

    fn sort(&self, named: &Kwargs) -> Result<(), Error> {
        let is_reversed = named.get::<Option<bool>>("reverse")?.unwrap_or(false);
        named.assert_all_used()?;
        self.with(|Content { items, .. }| {
            if !are_ordered(items) {
                return Err(failed("how Python sorts this list isn't certain"));
            }
            items.sort_by(|a, b| if is_reversed { b.cmp(a) } else { a.cmp(b) });
            Ok(())
        })?
    }

    fn remove(&self, item: &Value) -> Result<(), Error> {
        self.with(|Content { items, .. }| {
            let at = items.iter().position(|held| held == item).ok_or_else(|| failed("this isn't in the list"))?;
            items.remove(at);
            Ok(())
        })?
    }
}

/// Texts or numbers; how Python orders others isn't certain.
fn are_ordered(items: &[Value]) -> bool {
    items.iter().all(|item| item.kind() == ValueKind::Number) || items.iter().all(|item| item.as_str().is_some())
}

/// Counted from the end if it is negative.
fn place(at: i64, length: usize) -> Option<usize> {
    match usize::try_from(at) {
        Ok(at) => Some(at),
        Err(_) => length.checked_sub(usize::try_from(at.unsigned_abs()).ok()?),
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = key.as_i64()?;
        self.with(|Content { items, .. }| items.get(place(at, items.len())?).cloned()).ok()?
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.snapshot())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.with(|Content { items, .. }| !items.is_empty()).unwrap_or(true)
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, arguments: &[Value]) -> Result<Value, Error> {
        if matches!(method, "index" | "count" | "copy") {
            return super::methods::of_list(&Value::from(self.snapshot()), method, arguments);
        }
        changeable(&self.is_kept)?;
        match method {
            "append" => from_args(arguments).and_then(|(item,)| self.insert(None, item))?,
            "extend" => from_args(arguments).and_then(|(items,): (&Value,)| self.extend(items))?,
            "insert" => {
                let (at, item): (i64, Value) = from_args(arguments)?;
                let length = self.with(|Content { items, .. }| items.len())?;
                self.insert(Some(place(at, length).unwrap_or(0)), item)?;
            }
            "pop" => return from_args(arguments).and_then(|(at,)| self.pop(at)),
            "remove" => from_args(arguments).and_then(|(item,): (&Value,)| self.remove(item))?,
            "sort" => self.sort(&from_args::<(Kwargs,)>(arguments)?.0)?,
            "clear" if arguments.is_empty() => self.with(|Content { items, .. }| items.clear())?,
            "reverse" if arguments.is_empty() => self.with(|Content { items, .. }| items.reverse())?,
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        }
        Ok(Value::from(()))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::from(self.snapshot()))
    }
}

#[derive(Debug, Default)]
pub(super) struct Dictionary {
    content: Mutex<Content<(Value, Value)>>,
    is_kept: AtomicBool,
}

/// How many entries a dictionary may have: they are looked up one by one.
const MAX_ENTRIES: usize = 1000;

impl Dictionary {
    fn with<R>(&self, work: impl FnOnce(&mut Content<(Value, Value)>) -> R) -> Result<R, Error> {
        Ok(work(&mut *self.content.lock().map_err(poisoned)?))
    }

    fn snapshot(&self) -> Vec<(Value, Value)> {
        self.with(|Content { items, .. }| items.clone()).unwrap_or_default()
    }

    fn get(&self, key: &Value) -> Result<Option<Value>, Error> {
        self.with(|Content { items, .. }| items.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()))
    }

    fn set(&self, key: Value, value: Value) -> Result<(), Error> {
        let added = load(&key)?.with(load(&value)?);
        self.with(|content| {
            content.grow(added)?;
            let is_full = content.items.len() >= MAX_ENTRIES;
            match content.items.iter_mut().find(|(name, _)| *name == key) {
                Some((_, held)) => *held = value,
                None if is_full => return Err(failed("this dictionary grows too large")),
                None => content.items.push((key, value)),
            }
            Ok(())
        })?
    }

    fn update(&self, others: &Value) -> Result<(), Error> {
        if others.kind() != ValueKind::Map {
            return Err(failed("only dictionaries are taken up"));
        }
        for key in others.try_iter()?.take(MAX_ENTRIES + 1) {
            self.set(key.clone(), others.get_item(&key)?)?;
        }
        Ok(())
    }

    fn pop(&self, key: &Value, default: Option<Value>) -> Result<Value, Error> {
        let found = self.with(|Content { items, .. }| {
            let at = items.iter().position(|(name, _)| name == key)?;
            Some(items.remove(at).1)
        })?;
        found.or(default).ok_or_else(|| failed("this isn't in the dictionary"))
    }
}

impl Object for Dictionary {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key).ok().flatten()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.snapshot().into_iter().map(|(key, _)| key).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.with(|Content { items, .. }| !items.is_empty()).unwrap_or(true)
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        arguments: &[Value],
    ) -> Result<Value, Error> {
        if matches!(method, "items" | "keys" | "values" | "get" | "copy") {
            let copy = Value::from_pairs(self.snapshot());
            return super::methods::of_dictionary(state, &copy, method, arguments);
        }
        changeable(&self.is_kept)?;
        match method {
            "update" => {
                let (others, named): (Option<Value>, Kwargs) = from_args(arguments)?;
                others.iter().try_for_each(|others| self.update(others))?;
                for name in named.args() {
                    self.set(Value::from(name), named.get(name)?)?;
                }
            }
            "setdefault" => {
                let (key, default): (Value, Option<Value>) = from_args(arguments)?;
                if let Some(found) = self.get(&key)? {
                    return Ok(found);
                }
                let default = default.unwrap_or(Value::from(()));
                self.set(key, default.clone())?;
                return Ok(default);
            }
            "pop" => return from_args(arguments).and_then(|(key, default): (Value, _)| self.pop(&key, default)),
            "clear" if arguments.is_empty() => self.with(|Content { items, .. }| items.clear())?,
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        }
        Ok(Value::from(()))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::from_pairs(self.snapshot()))
    }
}

/// Calls a macro with what it doesn't name as `varargs` and `kwargs`. `signature`: `vk a,b`, what it takes and its names.
pub(super) fn variadic(
    state: &mut State<'_, '_>,
    called: &Value,
    signature: &str,
    (given, named): (Rest<Value>, Kwargs),
) -> Result<Value, Error> {
    let (takes, names) = signature.split_once(' ').unwrap_or(("", signature));
    let names: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
    let at = names.len().min(given.len());
    let (own, rest) = given.split_at(at);
    let (mut passed, mut others) = (vec![], vec![]);
    for name in named.args() {
        let value: Value = named.get(name)?;
        if names.contains(&name) || name == "caller" { passed.push((name, value)) } else { others.push((name, value)) }
    }
    if !rest.is_empty() && !takes.contains('v') || !others.is_empty() && !takes.contains('k') {
        return Err(failed("this macro is called with more arguments than it takes"));
    }
    passed.push(("varargs", Value::from(minijinja::value::Tuple::from(rest.to_vec()))));
    passed.push(("kwargs", Value::from_pairs(others)));
    let mut arguments = own.to_vec();
    arguments.push(Value::from(passed.into_iter().collect::<Kwargs>()));
    called.call(state, &arguments)
}
