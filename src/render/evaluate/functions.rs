//! sqlglot's functions on constants: those that its executor has.
//!
//! In: a name and values. Out: a value, or `None` where Python's result isn't certain or is an error.

use super::Value;
use super::operations::arithmetic;

/// How many digits of a number are looked at.
const MAX_DIGITS: i128 = 15;

/// A function of constants.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    let has_null = arguments.contains(&Value::Null);
    match (name, arguments) {
        ("coalesce", [_, ..]) | ("ifnull" | "nvl", [_, _]) => {
            Some(arguments.iter().find(|value| **value != Value::Null).cloned().unwrap_or(Value::Null))
        }
        ("if", [condition, yes, no]) => Some(if condition.is_true() { yes.clone() } else { no.clone() }),
        ("concat", [_, _, ..]) if !has_null => {
            let texts: Option<Vec<&str>> = arguments.iter().map(ascii).collect();
            Some(Value::Text(texts?.concat()))
        }
        (
            "lower" | "upper" | "trim" | "abs" | "left" | "right" | "mod" | "substring" | "substr" | "year" | "month",
            _,
        ) if arguments.first() == Some(&Value::Null) => Some(Value::Null),
        ("lower", [value]) => ascii(value).map(|text| Value::Text(text.to_ascii_lowercase())),
        ("upper", [value]) => ascii(value).map(|text| Value::Text(text.to_ascii_uppercase())),
        ("trim", [value]) => ascii(value).map(|text| Value::Text(text.trim().to_owned())),
        ("abs", [Value::Int(value)]) => value.checked_abs().map(Value::Int),
        ("mod", [left, right]) => arithmetic('%', left, right),
        ("pow" | "power", [Value::Int(base), Value::Int(exponent)]) => {
            base.checked_pow(u32::try_from(*exponent).ok()?).map(Value::Int)
        }
        ("round", [value]) => rounded(value, None),
        ("round", [value, Value::Int(digits)]) => rounded(value, Some(*digits)),
        ("left", [Value::Text(text), Value::Int(count)]) => slice(text, 0, Some(*count)),
        ("right", [Value::Text(text), Value::Int(count)]) if *count > 0 => {
            let length = i128::try_from(text.chars().count()).ok()?;
            slice(text, length.saturating_sub(*count).max(0), None)
        }
        ("substring" | "substr", [Value::Text(text), Value::Int(start)]) => substring(text, *start, None),
        ("substring" | "substr", [Value::Text(text), Value::Int(start), Value::Int(length)]) => {
            substring(text, *start, Some(*length))
        }
        _ => None,
    }
}

/// The text of a string whose case is the same in every language.
fn ascii(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) if text.is_ascii() => Some(text),
        _ => None,
    }
}

/// Characters from a place on; `None` where Python would count from the end.
fn slice(text: &str, start: i128, length: Option<i128>) -> Option<Value> {
    let start = usize::try_from(start).ok()?;
    let length = length.map_or(Ok(usize::MAX), usize::try_from).ok()?;
    Some(Value::Text(text.chars().skip(start).take(length).collect()))
}

/// Counted from one, or from the end if `start` is negative; nothing if it is zero.
fn substring(text: &str, start: i128, length: Option<i128>) -> Option<Value> {
    match start {
        0 => Some(Value::Text(String::new())),
        _ if start < 0 => slice(text, i128::try_from(text.chars().count()).ok()?.checked_add(start)?, length),
        _ => slice(text, start - 1, length),
    }
}

/// Python rounds to even, and to a whole number without digits.
fn rounded(value: &Value, digits: Option<i128>) -> Option<Value> {
    match (value, digits) {
        (Value::Int(value), None | Some(0..)) => Some(Value::Int(*value)),
        (Value::Float(value), None) if value.abs() < 1e15 => format!("{value:.0}").parse().ok().map(Value::Int),
        (Value::Float(value), Some(digits @ 0..=MAX_DIGITS)) => {
            let digits = usize::try_from(digits).ok()?;
            format!("{value:.digits$}").parse().ok().map(Value::Float)
        }
        _ => None,
    }
}
