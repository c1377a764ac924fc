//! Conditions of `@IF`, `@EVAL`, `@FILTER` and clause macros: constants, evaluated as SQLMesh evaluates them in Python.
//!
//! In: SQL text without macros. Out: a constant, or `None` where the result isn't certain. `NULL` in a comparison gives
//! `NULL`; `AND` and `OR` give one of their operands; `NOT NULL` is true; a bare column is an object that is true.

use std::cmp::Ordering;

use crate::dialect::Dialect;
use crate::lex::{Token, TokenKind, lex_code, string_value};

/// How deep expressions may nest.
const MAX_DEPTH: usize = 100;

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    /// An unquoted column: equal to itself only.
    Column(String),
}

impl Value {
    /// Python's truth value.
    pub fn is_true(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Column(_) => true,
        }
    }

    /// The SQL that the value is parsed as; `None` if that isn't certain.
    pub fn sql(&self) -> Option<String> {
        match self {
            Value::Bool(true) => Some("TRUE".to_owned()),
            Value::Bool(false) => Some("FALSE".to_owned()),
            _ => self.text(),
        }
    }

    /// The value as Python prints it.
    pub fn text(&self) -> Option<String> {
        match self {
            Value::Null => None,
            Value::Bool(true) => Some("True".to_owned()),
            Value::Bool(false) => Some("False".to_owned()),
            Value::Int(value) => Some(value.to_string()),
            Value::Float(value) if *value == 0.0 || (1e-4..1e16).contains(&value.abs()) => Some(format!("{value:?}")),
            Value::Float(_) => None,
            Value::Text(text) => Some(text.clone()),
            Value::Column(name) => Some(name.clone()),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            Value::Int(value) if value.unsigned_abs() < 1 << 53 => Some(*value as f64),
            Value::Float(value) => Some(*value),
            _ => None,
        }
    }
}

/// Evaluates an expression.
pub(super) fn evaluate(text: &str, dialect: Dialect) -> Option<Value> {
    let tokens = lex_code(text, dialect.lexical());
    let mut parser = Parser {
        text,
        dialect,
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    let value = parser.or()?;
    (parser.at == tokens.len()).then_some(value)
}

struct Parser<'t> {
    text: &'t str,
    dialect: Dialect,
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is_symbol(&self, ahead: usize, symbol: char) -> bool {
        self.tokens
            .get(self.at + ahead)
            .is_some_and(|token| token.is_symbol(symbol))
    }

    fn take_symbol(&mut self, symbol: char) -> bool {
        let found = self.is_symbol(0, symbol);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(self.text, word));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut value = self.and()?;
        while self.take_word("or") {
            let right = self.and()?;
            value = if value.is_true() { value } else { right };
        }
        self.depth -= 1;
        Some(value)
    }

    fn and(&mut self) -> Option<Value> {
        let mut value = self.not()?;
        while self.take_word("and") {
            let right = self.not()?;
            value = if value.is_true() { right } else { value };
        }
        Some(value)
    }

    fn not(&mut self) -> Option<Value> {
        let mut negations = 0usize;
        while self.take_word("not") {
            negations += 1;
        }
        let value = self.comparison()?;
        match negations {
            0 => Some(value),
            _ => Some(Value::Bool(value.is_true() != (negations % 2 == 1))),
        }
    }

    fn comparison(&mut self) -> Option<Value> {
        let left = self.sum()?;
        let value = match self.comparison_operator() {
            Some(operator) => {
                let right = self.sum()?;
                compare(operator, &left, &right)?
            }
            None => self.predicate(left)?,
        };
        // Chained comparisons are read differently by SQL and Python.
        match self.comparison_operator() {
            Some(_) => None,
            None => Some(value),
        }
    }

    fn comparison_operator(&mut self) -> Option<&'static str> {
        const OPERATORS: &[(&str, &str)] = &[
            ("<>", "<>"),
            ("!=", "<>"),
            ("<=", "<="),
            (">=", ">="),
            ("==", "="),
            ("=", "="),
            ("<", "<"),
            (">", ">"),
        ];
        let found = OPERATORS.iter().find(|(written, _)| {
            let mut ahead = written.chars().enumerate();
            ahead.all(|(index, symbol)| self.is_symbol(index, symbol))
        })?;
        self.at += found.0.len();
        Some(found.1)
    }

    /// `IS`, `IN`, `LIKE`, `BETWEEN`, with or without `NOT`.
    fn predicate(&mut self, left: Value) -> Option<Value> {
        if self.take_word("is") {
            let is_negated = self.take_word("not");
            let right = self.sum()?;
            return is(&left, &right).map(|value| Value::Bool(value != is_negated));
        }
        let is_negated = self.take_word("not");
        let value = if self.take_word("in") {
            self.is_in(&left)?
        } else if !is_negated && self.take_word("like") {
            // What `NOT LIKE` gives depends on the dialect.
            like(&left, &self.sum()?)?
        } else if self.take_word("between") {
            self.is_between(&left)?
        } else {
            return (!is_negated).then_some(left);
        };
        match is_negated {
            true => Some(Value::Bool(!value.is_true())),
            false => Some(value),
        }
    }

    fn is_in(&mut self, left: &Value) -> Option<Value> {
        let mut found = false;
        for item in self.arguments()? {
            found |= same(left, &item)?;
        }
        Some(Value::Bool(found))
    }

    fn is_between(&mut self, left: &Value) -> Option<Value> {
        let low = self.sum()?;
        if !self.take_word("and") {
            return None;
        }
        let high = self.sum()?;
        match (compare("<=", &low, left)?, compare("<=", left, &high)?) {
            (Value::Bool(above), Value::Bool(below)) => Some(Value::Bool(above && below)),
            _ => Some(Value::Null),
        }
    }

    fn sum(&mut self) -> Option<Value> {
        let mut value = self.product()?;
        loop {
            let is_plus = self.is_symbol(0, '+');
            if !is_plus && (!self.is_symbol(0, '-') || self.is_symbol(1, '>')) {
                return Some(value);
            }
            self.at += 1;
            let right = self.product()?;
            value = arithmetic(if is_plus { '+' } else { '-' }, &value, &right)?;
        }
    }

    fn product(&mut self) -> Option<Value> {
        let mut value = self.unary()?;
        loop {
            let operator = if self.is_symbol(0, '*') && !self.is_symbol(1, '*') {
                '*'
            } else if self.is_symbol(0, '%') {
                '%'
            } else {
                return Some(value);
            };
            self.at += 1;
            let right = self.unary()?;
            value = arithmetic(operator, &value, &right)?;
        }
    }

    fn unary(&mut self) -> Option<Value> {
        let mut is_negative = false;
        while self.take_symbol('-') {
            is_negative = !is_negative;
        }
        let value = self.primary()?;
        match (is_negative, value) {
            (false, value) => Some(value),
            (true, Value::Int(value)) => value.checked_neg().map(Value::Int),
            (true, Value::Float(value)) => Some(Value::Float(-value)),
            (true, _) => None,
        }
    }

    fn primary(&mut self) -> Option<Value> {
        let token = *self.peek()?;
        self.at += 1;
        let value = match token.kind {
            TokenKind::String if !token.unterminated && token.text(self.text).starts_with(['\'', '"']) => {
                Value::Text(string_value(&token, self.text, self.dialect.lexical()))
            }
            TokenKind::Number => number(token.text(self.text))?,
            TokenKind::Symbol('(') => {
                let value = self.or()?;
                if !self.take_symbol(')') {
                    return None;
                }
                value
            }
            TokenKind::Word => self.word(&token)?,
            _ => return None,
        };
        // Casts, subscripts, fields and calls of values are left to SQLMesh.
        let goes_on = ['.', '[', ':', '(', '^', '~', '|', '&', '/']
            .iter()
            .any(|&symbol| self.is_symbol(0, symbol));
        (!goes_on).then_some(value)
    }

    fn word(&mut self, token: &Token) -> Option<Value> {
        let word = token.text(self.text);
        if self.is_symbol(0, '(') {
            let arguments = self.arguments()?;
            return call(&word.to_ascii_lowercase(), &arguments);
        }
        match word.to_ascii_lowercase().as_str() {
            "null" => Some(Value::Null),
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "case" => self.case(),
            "select" | "exists" | "interval" | "date" | "timestamp" | "time" | "datetime" | "array" | "not" | "end"
            | "when" | "then" | "else" | "and" | "or" | "in" | "is" | "like" | "between" | "cast" | "current_date"
            | "current_timestamp" | "current_time" | "current_user" => None,
            _ => Some(Value::Column(word.to_owned())),
        }
    }

    /// `CASE WHEN … THEN … ELSE … END`
    fn case(&mut self) -> Option<Value> {
        let mut result = None;
        while self.take_word("when") {
            let condition = self.or()?;
            if !self.take_word("then") {
                return None;
            }
            let value = self.or()?;
            if condition.is_true() && result.is_none() {
                result = Some(value);
            }
        }
        let otherwise = if self.take_word("else") {
            self.or()?
        } else {
            Value::Null
        };
        self.take_word("end").then(|| result.unwrap_or(otherwise))
    }

    /// `(a, b, …)`
    fn arguments(&mut self) -> Option<Vec<Value>> {
        if !self.take_symbol('(') {
            return None;
        }
        let mut values = Vec::new();
        if self.take_symbol(')') {
            return Some(values);
        }
        loop {
            values.push(self.or()?);
            if self.take_symbol(')') {
                return Some(values);
            }
            if !self.take_symbol(',') {
                return None;
            }
        }
    }
}

fn number(text: &str) -> Option<Value> {
    let is_integer = text.bytes().all(|b| b.is_ascii_digit());
    if is_integer {
        return text.parse().ok().map(Value::Int);
    }
    let is_float = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    text.parse()
        .ok()
        .filter(|value: &f64| is_float && value.is_finite())
        .map(Value::Float)
}

/// Python's `==`, where it is certain.
fn same(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(true),
        (Value::Int(left), Value::Int(right)) => Some(left == right),
        (Value::Text(left), Value::Text(right)) => Some(left == right),
        (Value::Column(left), Value::Column(right)) if left == right => Some(true),
        (Value::Column(left), Value::Column(right)) if left.eq_ignore_ascii_case(right) => None,
        (Value::Int(_) | Value::Float(_) | Value::Bool(_), Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
            Some(left.number()? == right.number()?)
        }
        _ => Some(false),
    }
}

fn compare(operator: &str, left: &Value, right: &Value) -> Option<Value> {
    if *left == Value::Null || *right == Value::Null {
        return Some(Value::Null);
    }
    if operator == "=" || operator == "<>" {
        return Some(Value::Bool(same(left, right)? == (operator == "=")));
    }
    let ordering = match (left, right) {
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
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

fn is(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (_, Value::Null) => Some(*left == Value::Null),
        (Value::Bool(left), Value::Bool(right)) => Some(left == right),
        _ => None,
    }
}

fn arithmetic(operator: char, left: &Value, right: &Value) -> Option<Value> {
    if *left == Value::Null || *right == Value::Null {
        return Some(Value::Null);
    }
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        let value = match operator {
            '+' => left.checked_add(*right),
            '-' => left.checked_sub(*right),
            '*' => left.checked_mul(*right),
            // For negative numbers Python's remainder differs from other languages'.
            _ if *left >= 0 && *right > 0 => left.checked_rem(*right),
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
        _ => return None,
    };
    value.is_finite().then_some(Value::Float(value))
}

/// sqlglot's executor makes a regular expression of the pattern and matches it at the beginning of the text only.
fn like(left: &Value, right: &Value) -> Option<Value> {
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

fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    let has_null = arguments.contains(&Value::Null);
    match (name, arguments) {
        ("coalesce", [_, ..]) => Some(
            arguments
                .iter()
                .find(|value| **value != Value::Null)
                .cloned()
                .unwrap_or(Value::Null),
        ),
        ("if", [condition, yes, no]) => Some(if condition.is_true() { yes.clone() } else { no.clone() }),
        ("concat", [_, _, ..]) if !has_null => {
            let texts: Option<Vec<&str>> = arguments.iter().map(ascii).collect();
            Some(Value::Text(texts?.concat()))
        }
        ("lower" | "upper" | "trim" | "abs", [Value::Null]) => Some(Value::Null),
        ("lower", [value]) => ascii(value).map(|text| Value::Text(text.to_ascii_lowercase())),
        ("upper", [value]) => ascii(value).map(|text| Value::Text(text.to_ascii_uppercase())),
        ("trim", [value]) => ascii(value).map(|text| Value::Text(text.trim().to_owned())),
        ("abs", [Value::Int(value)]) => value.checked_abs().map(Value::Int),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `@EVAL(…)`, or `@IF(…, TRUE, FALSE)` where the table says TRUE or FALSE, rendered by SQLMesh.
    #[test]
    fn constants_are_evaluated_as_in_python() {
        let check = |text: &str, expected: &str| {
            let value = evaluate(text, Dialect::default()).and_then(|value| value.sql());
            assert_eq!(value.as_deref(), Some(expected), "{text}");
        };
        check("1 + 1", "2");
        check("1 - 2 - 3", "-4");
        check("- 1 - -2", "1");
        check("-(1 + 2)", "-3");
        check("2 * (3 + 4)", "14");
        check("7 % 2", "1");
        check("1.50", "1.5");
        check("0.1 + 0.2", "0.30000000000000004");
        check("10000000000 * 10000000000", "100000000000000000000");
        check("1e3", "1000.0");
        check("1 = 1", "TRUE");
        check("'1' = 1", "FALSE");
        check("1 = TRUE", "TRUE");
        check("1.0 = 1", "TRUE");
        check("'a' < 'b'", "TRUE");
        check("'a' = a", "FALSE");
        check("a = a", "TRUE");
        check("x", "x");
        check("NOT NULL", "TRUE");
        check("1 > 2 OR TRUE", "TRUE");
        check("TRUE AND NULL OR 3", "3");
        check("'a' IN ('a', 'b')", "TRUE");
        check("'a' NOT IN ('c')", "TRUE");
        check("NULL IN (1)", "FALSE");
        check("1 IN (NULL, 1)", "TRUE");
        check("1 IS NULL", "FALSE");
        check("NULL IS NULL", "TRUE");
        check("1 + NULL IS NULL", "TRUE");
        check("1 BETWEEN 0 AND 2", "TRUE");
        check("'abc' LIKE 'a'", "TRUE");
        check("'abc' LIKE 'b'", "FALSE");
        check("'abc' LIKE 'a_d'", "FALSE");
        check("'ab' LIKE 'a%'", "TRUE");
        check("NOT 'v' LIKE 'v%'", "FALSE");
        check("CASE WHEN 1 = 1 THEN 'x' ELSE 'y' END", "x");
        check("IF(1 = 1, 2, 3)", "2");
        check("COALESCE(NULL, 'v') = 'v'", "TRUE");
        check("LOWER('V') = 'v'", "TRUE");
        check("TRIM(' v ') = 'v'", "TRUE");
        check("ABS(-1) = 1", "TRUE");
        check("TRUE = 'true'", "FALSE");
        check("TRUE IS FALSE", "FALSE");
    }

    #[test]
    fn null_is_nothing() {
        assert_eq!(evaluate("NULL", Dialect::default()), Some(Value::Null));
        assert_eq!(evaluate("NULL = 1", Dialect::default()), Some(Value::Null));
        assert_eq!(evaluate("NULL AND TRUE", Dialect::default()), Some(Value::Null));
    }

    #[test]
    fn what_is_not_certain_has_no_value() {
        for text in [
            "3 / 2",
            "'v' NOT LIKE 'w'",
            "LENGTH('a') = 1",
            "'a' || 'b'",
            "f(1)",
            "1 = 1 = 1",
            "a + 1",
            "t.a",
            "x::int = 1",
            "(SELECT 1)",
            "1 <",
            "",
            "'a' LIKE 'a.'",
            "1 2",
            "-7 % 2",
            "DATE '2020-01-01' = 1",
            "'a' < 1",
        ] {
            assert_eq!(evaluate(text, Dialect::default()), None, "{text}");
        }
        assert_eq!(
            evaluate(
                &format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)),
                Dialect::default()
            ),
            None
        );
    }
}
