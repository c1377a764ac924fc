//! Conditions of `@IF`, `@EVAL`, `@FILTER` and clause macros: constants, evaluated as SQLMesh evaluates them in Python.
//!
//! In: SQL text without macros. Out: a constant, or `None` where the result isn't certain. `NULL` in a comparison gives
//! `NULL`; `AND` and `OR` give one of their operands; `NOT NULL` is true; a bare column is an object that is true.

mod casts;
mod functions;
mod operations;
mod parser;

use crate::dialect::Dialect;
use crate::lex::lex_code;

use parser::Parser;

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
    /// `2024-01-31`
    Date(String),
    /// What Python's operators make of a column: an object that is true, of which nothing else is told.
    Expression,
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
            Value::Column(_) | Value::Date(_) | Value::Expression => true,
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
            Value::Float(_) | Value::Expression => None,
            Value::Text(text) | Value::Date(text) | Value::Column(text) => Some(text.clone()),
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
    Parser::new(text, dialect, &tokens).whole()
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
        check("-7 % 3", "2");
        check("3 / 2", "1.5");
        check("4 / 2", "2.0");
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
        check("NOT a > 2", "FALSE");
        check("'x' <= a AND 3", "3");
        check("a + 1 > 2 AND 3", "3");
        check("a < NULL OR 3", "3");
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
        check("CAST('3' AS INT) + 1", "4");
        check("CAST(3.7 AS BIGINT)", "3");
        check("3::DOUBLE", "3.0");
        check("1.5::TEXT = '1.5'", "TRUE");
        check("CAST('false' AS BOOLEAN)", "TRUE");
        check("CAST('2024-01-05' AS DATE) > '2024-01-01'::DATE", "TRUE");
        check("CAST('2024-01-05' AS DATE) = '2024-01-05'", "FALSE");
        check("CAST(CAST('2024-01-05' AS DATE) AS TEXT) = '2024-01-05'", "TRUE");
        check("SUBSTRING('abcdef', 2, 3)", "bcd");
        check("SUBSTRING('abc', -2)", "bc");
        check("SUBSTR('abc', 0)", "");
        check("LEFT('éab', 2) = 'éa'", "TRUE");
        check("RIGHT('abc', 2)", "bc");
        check("MOD(-7, 3)", "2");
        check("POWER(2, 3)", "8");
        check("ROUND(2.5)", "2");
        check("ROUND(2.567, 1)", "2.6");
        check("3 IN ()", "FALSE");
        check("3 NOT IN ()", "TRUE");
    }

    #[test]
    fn whole_quotients_are_rounded_down_where_two_slashes_divide() {
        let duckdb = Dialect::parse("duckdb").expect("a known dialect");
        for (text, expected) in [("7 // 2", "3"), ("-7 // 2", "-4"), ("7 // -2", "-4"), ("7.5 // 2", "3.0")] {
            assert_eq!(evaluate(text, duckdb).and_then(|value| value.sql()).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(evaluate("7 // 2", Dialect::default()), None);
        let spark = Dialect::parse("spark").expect("a known dialect");
        assert_eq!(evaluate("CAST('3' AS INT)", spark), None);
        assert_eq!(evaluate("7 // 0", duckdb), None);
    }

    #[test]
    fn null_is_nothing() {
        assert_eq!(evaluate("NULL", Dialect::default()), Some(Value::Null));
        assert_eq!(evaluate("NULL = 1", Dialect::default()), Some(Value::Null));
        assert_eq!(evaluate("NULL AND TRUE", Dialect::default()), Some(Value::Null));
    }

    #[test]
    fn what_is_made_of_a_column_is_true_and_no_text() {
        for text in ["a + 1", "a > 1", "2 <= a", "(a > 1) + 2"] {
            let value = evaluate(text, Dialect::default());
            assert_eq!(value, Some(Value::Expression), "{text}");
            assert_eq!(value.and_then(|value| value.sql()), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_has_no_value() {
        for text in [
            "3 / 0",
            "'v' NOT LIKE 'w'",
            "LENGTH('a') = 1",
            "'a' || 'b'",
            "f(1)",
            "1 = 1 = 1",
            "t.a",
            "(SELECT 1)",
            "1 <",
            "",
            "'a' LIKE 'a.'",
            "1 2",
            "7 % -2",
            "DATE '2020-01-01' = 1",
            "CAST('x' AS INT)",
            "CAST('2024-02-30' AS DATE)",
            "CAST(1 AS DECIMAL(10, 2))",
            "SUBSTRING(1, 1)",
            "POWER(2, -1)",
            "ROUND('a')",
            "'a' < 1",
        ] {
            assert_eq!(evaluate(text, Dialect::default()), None, "{text}");
        }
        assert_eq!(evaluate(&format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)), Dialect::default()), None);
    }
}
