//! Literals.

use sqlparser::ast::{Value, ValueWithSpan};

use crate::dialect::Family;

use super::super::tree::{Name, Op, Tree};
use super::Converter;

impl Converter<'_> {
    pub(super) fn value(&self, value: &ValueWithSpan) -> Tree {
        let op = match literal(&value.value) {
            Op::Number(text) if text.starts_with('.') && self.counts_no_leading_zero() => {
                Op::Number(format!("0{text}").into())
            }
            op => op,
        };
        self.node_at(op, vec![], self.span(value.span))
    }

    /// Is `.5` `0.5`? Elsewhere the zero is a digit of the number's type: DuckDB's `.5` is a DECIMAL(1, 1), its `0.5` a
    /// DECIMAL(2, 1).
    fn counts_no_leading_zero(&self) -> bool {
        use Family::*;
        matches!(self.dialect.family, BigQuery | Databricks | Hive | Postgres | Spark)
    }
}

fn literal(value: &Value) -> Op {
    let name = |text: &str| -> Name { text.into() };
    match value {
        Value::Number(text, false) => Op::Number(name(text)),
        Value::Number(text, true) => Op::Literal("long", name(text)),
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) | Value::EscapedStringLiteral(text) => {
            Op::Text(name(text))
        }
        Value::TripleSingleQuotedString(text) | Value::TripleDoubleQuotedString(text) => Op::Text(name(text)),
        Value::SingleQuotedRawStringLiteral(text)
        | Value::DoubleQuotedRawStringLiteral(text)
        | Value::TripleSingleQuotedRawStringLiteral(text)
        | Value::TripleDoubleQuotedRawStringLiteral(text) => Op::Text(name(text)),
        Value::DollarQuotedString(text) => Op::Text(name(&text.value)),
        Value::NationalStringLiteral(text) => Op::Literal("national", name(text)),
        Value::UnicodeStringLiteral(text) => Op::Literal("unicode", name(text)),
        Value::SingleQuotedByteStringLiteral(text)
        | Value::DoubleQuotedByteStringLiteral(text)
        | Value::TripleSingleQuotedByteStringLiteral(text)
        | Value::TripleDoubleQuotedByteStringLiteral(text) => Op::Literal("bytes", name(text)),
        Value::QuoteDelimitedStringLiteral(text) | Value::NationalQuoteDelimitedStringLiteral(text) => {
            Op::Literal("delimited", name(&text.to_string()))
        }
        Value::HexStringLiteral(text) => Op::Literal("hex", name(text)),
        Value::Boolean(value) => Op::Bool(*value),
        Value::Null => Op::Null,
        Value::Placeholder(text) => Op::Parameter(name(text)),
    }
}
