//! The parser of constant expressions, which evaluates as it reads.
//!
//! In: tokens. Out: a value, or `None` at anything that isn't certain. Nesting has a limit.

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, TokenKind, string_value};

use super::Value;
use super::casts::cast;
use super::functions::call;
use super::operations::{arithmetic, compare, floor_division, is, like, same};

/// How deep expressions may nest.
const MAX_DEPTH: usize = 100;

/// The state of reading one expression.
pub(super) struct Parser<'t> {
    text: &'t str,
    dialect: Dialect,
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    pub fn new(text: &'t str, dialect: Dialect, tokens: &'t [Token]) -> Self {
        Parser { text, dialect, tokens, at: 0, depth: 0 }
    }

    /// The value of all tokens together.
    pub fn whole(mut self) -> Option<Value> {
        let value = self.or()?;
        (self.at == self.tokens.len()).then_some(value)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is_symbol(&self, ahead: usize, symbol: char) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.is_symbol(symbol))
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
        const OPERATORS: &[(&str, &str)] =
            &[("<>", "<>"), ("!=", "<>"), ("<=", "<="), (">=", ">="), ("==", "="), ("=", "="), ("<", "<"), (">", ">")];
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
            if self.is_symbol(0, '/') && self.is_symbol(1, '/') && self.dialect.family == Family::DuckDb {
                self.at += 2;
                value = floor_division(&value, &self.unary()?)?;
                continue;
            }
            let operator = if self.is_symbol(0, '*') && !self.is_symbol(1, '*') {
                '*'
            } else if self.is_symbol(0, '/') && !self.is_symbol(1, '/') && divides_as_python(self.dialect) {
                '/'
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
        let mut value = value;
        while self.is_symbol(0, ':') && self.is_symbol(1, ':') {
            self.at += 2;
            value = self.cast(value)?;
        }
        // Subscripts, fields and calls of values are left to SQLMesh.
        let goes_on = ['.', '[', ':', '(', '^', '~', '|', '&'].iter().any(|&symbol| self.is_symbol(0, symbol));
        (!goes_on).then_some(value)
    }

    /// Casts to the type that stands here: one word.
    fn cast(&mut self, value: Value) -> Option<Value> {
        let token = *self.peek().filter(|token| token.kind == TokenKind::Word)?;
        self.at += 1;
        // sqlglot's executor has no casts that may fail.
        let is_strict = !matches!(self.dialect.family, Family::Databricks | Family::Hive | Family::Spark);
        let is_plain = is_strict && !self.is_symbol(0, '(') && !self.is_symbol(0, '[') && !self.is_symbol(0, '<');
        cast(value, token.text(self.text)).filter(|_| is_plain)
    }

    /// `CAST(… AS type)`, from its parenthesis on.
    fn cast_call(&mut self) -> Option<Value> {
        let value = self.take_symbol('(').then(|| self.or())??;
        let value = if self.take_word("as") { self.cast(value)? } else { return None };
        self.take_symbol(')').then_some(value)
    }

    fn word(&mut self, token: &Token) -> Option<Value> {
        let word = token.text(self.text);
        if word.eq_ignore_ascii_case("cast") {
            return self.cast_call();
        }
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
        let otherwise = if self.take_word("else") { self.or()? } else { Value::Null };
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

/// In other dialects the division of whole numbers gives a whole number.
fn divides_as_python(dialect: Dialect) -> bool {
    use Family::*;
    matches!(
        dialect.family,
        Generic | BigQuery | ClickHouse | Databricks | DuckDb | Hive | MySql | Oracle | Snowflake | Spark
    )
}

fn number(text: &str) -> Option<Value> {
    let is_integer = text.bytes().all(|b| b.is_ascii_digit());
    if is_integer {
        return text.parse().ok().map(Value::Int);
    }
    let is_float = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    text.parse().ok().filter(|value: &f64| is_float && value.is_finite()).map(Value::Float)
}
