//! Casts of constants, as sqlglot's executor makes them with Python's types.
//!
//! In: a value and a type's name. Out: a value, or `None` where the result isn't certain or Python fails.

use super::Value;

/// The value as a type; `None` also for types that aren't read the same in every dialect.
pub(super) fn cast(value: Value, data_type: &str) -> Option<Value> {
    if value == Value::Null {
        return Some(Value::Null);
    }
    match data_type.to_ascii_lowercase().as_str() {
        "text" | "varchar" | "string" => value.text().map(Value::Text).filter(|_| !matches!(value, Value::Column(_))),
        "int" | "integer" | "bigint" | "smallint" => match value {
            Value::Int(value) => Some(Value::Int(value)),
            Value::Bool(value) => Some(Value::Int(i128::from(value))),
            Value::Float(value) if value.abs() < 1e15 => Some(Value::Int(value.trunc() as i128)),
            Value::Text(text) if is_plain_integer(&text) => text.parse().ok().map(Value::Int),
            _ => None,
        },
        "double" | "float" => match value {
            Value::Int(_) | Value::Bool(_) | Value::Float(_) => value.number().map(Value::Float),
            _ => None,
        },
        "boolean" => match value {
            Value::Column(_) => None,
            _ => Some(Value::Bool(value.is_true())),
        },
        "date" => match value {
            Value::Date(_) => Some(value),
            Value::Text(text) => is_date(&text).then_some(Value::Date(text)),
            _ => None,
        },
        _ => None,
    }
}

fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.len() < 30 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `YYYY-MM-DD`, a day that exists.
fn is_date(text: &str) -> bool {
    text.len() == "2024-01-31".len() && text.parse::<jiff::civil::Date>().is_ok()
}
