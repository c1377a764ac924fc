//! What Python would do with values that are known.

use ruff_python_ast::Number;

use crate::project::literal::{Literal, UNKNOWN_PART, Value};

pub(super) fn is_context(name: &str) -> bool {
    matches!(name, "context" | "evaluator")
}

pub(super) fn number(number: &Number) -> Value {
    match number {
        Number::Int(int) => match (int.as_i64(), int.as_u64()) {
            (Some(value), _) => Value::Number(value.into()),
            (None, Some(value)) => Value::Number(value.into()),
            (None, None) => Value::Text(int.to_string()),
        },
        Number::Float(float) => float_value(*float),
        Number::Complex { .. } => Value::Unknown,
    }
}

pub(super) fn float_value(float: f64) -> Value {
    serde_json::Number::from_f64(float).map_or(Value::Unknown, Value::Number)
}

/// As Python's `str()` prints it; known parts only.
pub(super) fn printed(literal: &Literal) -> Option<String> {
    match &literal.value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Null => Some("None".to_owned()),
        Value::Object(object) if object.class == "Path" => object.arguments.first().and_then(printed),
        _ => None,
    }
}

pub(super) fn key_text(key: &Literal) -> Option<String> {
    match &key.value {
        Value::Number(number) => Some(number.to_string()),
        _ => key.text().map(str::to_owned),
    }
}

pub(super) fn merge(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Map(mut left), Value::Map(right)) => {
            left.extend(right);
            Value::Map(left)
        }
        _ => Value::Unknown,
    }
}

pub(super) fn contains(list: &Literal, element: &Literal) -> Option<bool> {
    match &list.value {
        Value::List(elements) => Some(elements.iter().any(|each| each.value == element.value)),
        Value::Map(entries) => Some(entries.iter().any(|(name, _)| Some(name.as_str()) == element.text())),
        _ => None,
    }
}

pub(super) fn truthy(literal: &Literal) -> Option<bool> {
    match &literal.value {
        Value::Null => Some(false),
        Value::Bool(value) => Some(*value),
        Value::Number(number) => number.as_f64().map(|value| value != 0.0),
        Value::Text(text) if text.contains(UNKNOWN_PART) => None,
        Value::Text(text) => Some(!text.is_empty()),
        Value::List(elements) => Some(!elements.is_empty()),
        Value::Map(entries) => Some(!entries.is_empty()),
        Value::Object(_) | Value::Member { .. } => Some(true),
        Value::Unknown => None,
    }
}

pub(super) fn categorizer(mode: &str, line: u32) -> Value {
    let fields = ["external", "python", "sql", "seed"].map(|target| {
        let mode = Literal::new(Value::Text(mode.to_owned()), line);
        (target.to_owned(), mode)
    });
    Value::Map(fields.into())
}

/// Nodes and bytes of a value.
pub(super) fn size(literal: &Literal) -> usize {
    match &literal.value {
        Value::Text(text) => 1 + text.len(),
        Value::List(elements) => 1 + elements.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(name, value)| name.len() + size(value)).sum::<usize>(),
        Value::Object(object) => {
            let fields: usize = object.fields.iter().map(|(name, value)| name.len() + size(value)).sum();
            1 + fields + object.arguments.iter().map(size).sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Member { .. } | Value::Unknown => 1,
    }
}
