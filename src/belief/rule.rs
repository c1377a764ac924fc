//! Rules: how a call's type follows from its arguments' types.
//!
//! `?` is no type, `BIGINT` a type, `VARCHAR!` a literal that sqlglot puts in, `0` an argument, `0*` this argument and
//! all after it, `'DAY` a word, `-` none, `(operation part…)` what sqlglot's annotator of that name does.

use super::data_type::{DataType, Kind};
use super::read;
use super::tables::Tables;

/// How a type follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    Type(DataType),
    Literal(Kind),
    Argument(usize),
    /// This argument and all after it.
    From(usize),
    Word(&'static str),
    Of(Operation, Vec<Rule>),
}

impl Rule {
    pub(super) fn is_boolean(&self) -> bool {
        matches!(self, Rule::Type(found) if found.spelled_out().as_deref() == Some("BOOLEAN"))
    }

    /// `_annotate_by_args` of all arguments from the first.
    pub(super) fn is_of_all_arguments(&self) -> bool {
        matches!(self, Rule::Of(Operation::Arguments, parts) if parts.as_slice() == [Rule::From(0)])
    }
}

/// sqlglot's annotators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// `_annotate_by_args`
    Arguments,
    Promoted,
    Array,
    PromotedArray,
    Binary,
    Same,
    Divide,
    DivideWhole,
    /// Of an array, and nothing else.
    Element,
    /// Of whatever has something in its brackets.
    Inner,
    Map,
    ToMap,
    Unit,
    Extract,
    Struct,
    // ---- BigQuery's
    Math,
    SafeDivide,
    Coerce,
    Top,
    Concat,
    ArrayOf,
    // ---- Snowflake's
    Reverse,
    DateAdd,
    Decode,
    Median,
    Variance,
    Kurtosis,
    DecFloat,
    // ---- Spark's
    Similar,
    Quantile,
}

const OPERATIONS: &[(&str, Operation)] = &[
    ("args", Operation::Arguments),
    ("args+promote", Operation::Promoted),
    ("args+array", Operation::Array),
    ("args+promote+array", Operation::PromotedArray),
    ("binary", Operation::Binary),
    ("same", Operation::Same),
    ("div", Operation::Divide),
    ("div_typed", Operation::DivideWhole),
    ("element", Operation::Element),
    ("inner", Operation::Inner),
    ("map", Operation::Map),
    ("to_map", Operation::ToMap),
    ("unit", Operation::Unit),
    ("extract", Operation::Extract),
    ("struct", Operation::Struct),
    ("math", Operation::Math),
    ("safe_divide", Operation::SafeDivide),
    ("coerce", Operation::Coerce),
    ("top", Operation::Top),
    ("concat", Operation::Concat),
    ("array_of", Operation::ArrayOf),
    ("reverse", Operation::Reverse),
    ("date_add", Operation::DateAdd),
    ("decode", Operation::Decode),
    ("median", Operation::Median),
    ("variance", Operation::Variance),
    ("kurtosis", Operation::Kurtosis),
    ("decfloat", Operation::DecFloat),
    ("similar", Operation::Similar),
    ("quantile", Operation::Quantile),
];

/// Reads a rule. What isn't one gives no type.
pub(super) fn rule(text: &'static str, tables: &Tables) -> Rule {
    let mut rest = text;
    parsed(&mut rest, tables, 0).unwrap_or(Rule::Type(DataType::unknown()))
}

/// How deep a rule may nest.
const DEPTH: usize = 20;

fn parsed(rest: &mut &'static str, tables: &Tables, depth: usize) -> Option<Rule> {
    *rest = rest.trim_start();
    if depth > DEPTH {
        return None;
    }
    let Some(inside) = rest.strip_prefix('(') else { return Some(atom(word(rest), tables)) };
    *rest = inside;
    let name = word(rest);
    let (_, operation) = OPERATIONS.iter().find(|(known, _)| *known == name)?;
    let mut parts = Vec::new();
    loop {
        *rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(')') {
            *rest = after;
            return Some(Rule::Of(*operation, parts));
        }
        if rest.is_empty() {
            return None;
        }
        parts.push(parsed(rest, tables, depth + 1)?);
    }
}

/// Takes everything up to a blank or a bracket that closes the operation.
fn word(rest: &mut &'static str) -> &'static str {
    let mut inside = 0_usize;
    let end = rest.find(|c: char| {
        match c {
            '(' => inside += 1,
            ')' if inside > 0 => {
                inside -= 1;
                return false;
            }
            _ => {}
        }
        inside == 0 && matches!(c, ' ' | ')')
    });
    let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = after;
    word
}

fn atom(word: &'static str, tables: &Tables) -> Rule {
    if let Some(text) = word.strip_prefix('\'') {
        return Rule::Word(text);
    }
    if let Some(first) = word.strip_suffix('*').and_then(|number| number.parse().ok()) {
        return Rule::From(first);
    }
    if let Ok(at) = word.parse() {
        return Rule::Argument(at);
    }
    match word.strip_suffix('!') {
        Some(kind) => Rule::Literal(kind),
        None if matches!(word, "-" | "?") => Rule::Type(DataType::unknown()),
        None => Rule::Type(read::spelled(word, tables)),
    }
}
