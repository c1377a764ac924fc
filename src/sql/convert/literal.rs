//! Literals.

use sqlparser::ast::{Value, ValueWithSpan};

use super::super::tree::{Name, Op, Tree};
use super::Converter;

impl Converter<'_> {
    pub(super) fn value(&self, value: &ValueWithSpan) -> Tree {
        self.node_at(literal(&value.value), vec![], self.span(value.span))
    }
}

fn literal(value: &Value) -> Op {
    let name = |text: &str| -> Name { text.into() };
    match value {
        Value::Number(text, long) if !long => Op::Number(name(text)),
        Value::Number(text, _) => Op::Literal("long", name(text)),
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
