//! Python's operators and sqlglot's functions on constants.
//!
//! In: values. Out: a value, or `None` where Python's result isn't certain or is an error.

use std::cmp::Ordering;

use super::Value;

/// Python's `==`, where it is certain.
pub(super) fn same(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(true),
        (Value::Int(left), Value::Int(right)) => Some(left == right),
        (Value::Text(left), Value::Text(right)) => Some(left == right),
        (Value::Date(left), Value::Date(right)) => Some(left == right),
        (Value::Expression, _) | (_, Value::Expression) => None,
        (Value::Column(left), Value::Column(right)) if left == right => Some(true),
        (Value::Column(left), Value::Column(right)) if left.eq_ignore_ascii_case(right) => None,
        (Value::Int(_) | Value::Float(_) | Value::Bool(_), Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
            Some(left.number()? == right.number()?)
        }
        _ => Some(false),
    }
}

/// A comparison: `NULL` beside anything is `NULL`.
pub(super) fn compare(operator: &str, left: &Value, right: &Value) -> Option<Value> {
    if *left == Value::Null || *right == Value::Null {
        return Some(Value::Null);
    }
    if operator == "=" || operator == "<>" {
        return Some(Value::Bool(same(left, right)? == (operator == "=")));
    }
    if is_expression(left) || is_expression(right) {
        return Some(Value::Expression);
    }
    let ordering = match (left, right) {
        (Value::Text(left), Value::Text(right)) | (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        _ => left.number()?.partial_cmp(&right.number()?)?,
    };
    Some(Value::Bool(match operator {
        "<" => ordering == Ordering::Less,
        ">" => ordering == Ordering::Greater,
        "<=" => ordering != Ordering::Greater,
        _ => ordering != Ordering::Less,
    }))
}

fn is_expression(value: &Value) -> bool {
    matches!(value, Value::Column(_) | Value::Expression)
}

/// `IS` and Python's `is`.
pub(super) fn is(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (_, Value::Null) => Some(*left == Value::Null),
        (Value::Bool(left), Value::Bool(right)) => Some(left == right),
        _ => None,
    }
}

/// `+`, `-`, `*`, `/`, `%`.
pub(super) fn arithmetic(operator: char, left: &Value, right: &Value) -> Option<Value> {
    if *left == Value::Null || *right == Value::Null {
        return Some(Value::Null);
    }
    if is_expression(left) || is_expression(right) {
        return Some(Value::Expression);
    }
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        let value = match operator {
            '+' => left.checked_add(*right),
            '-' => left.checked_sub(*right),
            '*' => left.checked_mul(*right),
            '/' => return divided(*left as f64, *right as f64).filter(|_| is_exact(*left) && is_exact(*right)),
            // The remainder has the sign of the divisor.
            _ if *right > 0 => left.checked_rem_euclid(*right),
            _ => None,
        };
        return value.map(Value::Int);
    }
    if matches!((left, right), (Value::Bool(_), _) | (_, Value::Bool(_))) {
        return None;
    }
    let (left, right) = (left.number()?, right.number()?);
    let value = match operator {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => return divided(left, right),
        _ => return None,
    };
    value.is_finite().then_some(Value::Float(value))
}

/// Python's `//`, which rounds down.
pub(super) fn floor_division(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Some(Value::Null),
        (Value::Int(left), Value::Int(right)) => {
            let quotient = left.checked_div(*right)?;
            let is_below = left % right != 0 && (*left < 0) != (*right < 0);
            quotient.checked_sub(i128::from(is_below)).map(Value::Int)
        }
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            let (left, right) = (left.number()?, right.number()?);
            // Python divides what is left without the remainder.
            let remainder = left.rem_euclid(right.abs());
            let value = if right > 0.0 { (left - remainder) / right } else { return None };
            value.is_finite().then(|| Value::Float(value.round()))
        }
        _ => None,
    }
}

/// Is the number the same as a floating-point number?
fn is_exact(value: i128) -> bool {
    value.unsigned_abs() < 1 << 53
}

/// Python's true division, which fails for zero.
fn divided(left: f64, right: f64) -> Option<Value> {
    let value = left / right;
    (right != 0.0 && value.is_finite()).then_some(Value::Float(value))
}

/// sqlglot's executor makes a regular expression of the pattern and matches it at the beginning of the text only.
pub(super) fn like(left: &Value, right: &Value) -> Option<Value> {
    let (text, pattern) = match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Some(Value::Null),
        (Value::Text(text), Value::Text(pattern)) => (text, pattern),
        _ => return None,
    };
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '%' | ' ' | '-' | ':' | '/' | ',');
    if !pattern.chars().all(is_plain) || text.contains('\n') || text.len().saturating_mul(pattern.len()) > 1 << 20 {
        return None;
    }
    Some(Value::Bool(matches_prefix(text, pattern)))
}

/// Does the pattern match some beginning of the text?
fn matches_prefix(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for symbol in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        let mut any_before = false;
        for (index, slot) in next.iter_mut().enumerate() {
            any_before |= reached.get(index).copied().unwrap_or(false);
            let before = index.checked_sub(1);
            let is_before = before.and_then(|before| reached.get(before)).copied().unwrap_or(false);
            let c = before.and_then(|before| text.get(before));
            *slot = match symbol {
                '%' => any_before,
                '_' => is_before,
                _ => is_before && c == Some(&symbol),
            };
        }
        reached = next;
    }
    reached.contains(&true)
}
