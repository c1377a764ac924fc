//! Expressions.

use std::sync::Arc;

use crate::sql::tree::{Name, Node, Op, Tree};

use super::Annotator;
use super::coercion::{Typed, Wanted};
use super::data_type::{DataType, Field, Part, USER_DEFINED};

/// How deep expressions and the queries in them may nest; what lies deeper has no type.
pub(super) const DEPTH: usize = 250;

/// From how many nodes on a type is kept: such a part may stand in several places.
const WORTH_KEEPING: usize = 6;

impl Annotator<'_> {
    pub(super) fn of(&self, tree: &Tree, depth: usize) -> Typed {
        let Some(depth) = depth.checked_sub(1) else { return Typed::unknown() };
        if tree.size() < WORTH_KEEPING {
            return self.typed(tree, depth);
        }
        let key = Arc::as_ptr(tree) as usize;
        if let Some(done) = self.done.borrow().get(&key) {
            return Typed::of(done.clone());
        }
        let found = self.typed(tree, depth);
        self.done.borrow_mut().insert(key, found.data_type.clone());
        found
    }

    fn typed(&self, tree: &Tree, depth: usize) -> Typed {
        let first = || tree.first().map_or_else(Typed::unknown, |kid| self.of(kid, depth));
        let plain = |kind| Typed::of(DataType::plain(kind));
        match &tree.op {
            Op::Bound(block, relation, name) => {
                Typed { word: Some(name.to_string()), ..Typed::of(self.column(*block, *relation, name, depth)) }
            }
            Op::Number(text) => self.number(text),
            Op::Text(text) => literal("VARCHAR", text),
            Op::Literal(kind, text) => self.other_literal(kind, text),
            Op::Null => plain("NULL"),
            Op::Nested(id) => Typed::of(self.scalar(*id, depth)),
            Op::Cast(_) => Typed { word: first().word, ..Typed::of(self.cast(tree)) },
            Op::Subquery => Typed::of(first().data_type),
            Op::Unary(op) if &**op == "+" => first(),
            Op::Unary(op) if &**op == "~" => self.fixed("syntax ~", &tree.kids, depth),
            Op::Paren | Op::Alias(_) | Op::Unary(_) => Typed::of(first().data_type),
            Op::Bool(_) | Op::Not | Op::And | Op::Or | Op::IsNull | Op::Is(_) | Op::IsDistinct => plain("BOOLEAN"),
            Op::Between | Op::In | Op::Like(_) | Op::Quantified(..) | Op::Exists => plain("BOOLEAN"),
            Op::Binary(op) => Typed::of(self.operation(op, &tree.kids, depth)),
            Op::Case => Typed::of(self.case(tree, depth)),
            Op::Function(name) => Typed::of(self.function(name, tree, depth)),
            Op::Window => Typed::of(self.by_arguments([&first()], Wanted::default())),
            Op::Altered(text) if &**text == "PIVOT" => first(),
            Op::Extract(part) => Typed::of(self.extract(part)),
            Op::AtTimeZone => self.fixed("syntax AT TIME ZONE", &tree.kids, depth),
            Op::Collate(_) => self.fixed("syntax COLLATE", &tree.kids, depth),
            Op::Interval(unit) => Typed { word: self.unit(tree, unit), ..plain("INTERVAL") },
            Op::Array => {
                let elements: Vec<Typed> = tree.kids.iter().map(|kid| self.of(kid, depth)).collect();
                Typed::of(self.ruled("syntax ARRAY", &elements, &[], depth))
            }
            Op::Struct => Typed::of(self.structure(&tree.kids, depth)),
            Op::Subscript => Typed::of(element(&first().data_type)),
            Op::Field(name) => Typed::of(first().data_type.field(name).cloned().unwrap_or_else(DataType::unknown)),
            Op::Other(text) if &**text == "APPROXIMATE" => plain("BIGINT"),
            Op::Other(path) if path.strip_prefix("path ").is_some_and(|path| path.replace("[]", "").is_empty()) => {
                let steps = path.matches("[]").count();
                Typed::of((0..steps).fold(first().data_type, |found, _| element(&found)))
            }
            Op::Other(text) if &**text == "SLICE" => Typed::of(first().data_type),
            Op::NamedArgument(_) => Typed::of(self.by_arguments([&first()], Wanted::default())),
            // What engines know without a table.
            Op::Parameter(name) => Typed::of(self.ruled(name, &[], &[], depth)),
            Op::Ident(name) => Typed { word: Some(name.to_string()), ..Typed::unknown() },
            _ => Typed::unknown(),
        }
    }

    fn number(&self, text: &Name) -> Typed {
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        literal(if is_whole { "INT" } else { "DOUBLE" }, text)
    }

    fn other_literal(&self, kind: &str, text: &Name) -> Typed {
        match kind {
            "unit" => Typed { word: Some(text.to_string()), ..Typed::unknown() },
            "long" => Typed::of(DataType::plain("BIGINT")),
            "hex" => Typed::of(DataType::plain("BINARY")),
            "bytes" if self.dialect.family == crate::dialect::Family::BigQuery => Typed::of(DataType::plain("BINARY")),
            _ => Typed::unknown(),
        }
    }

    fn cast(&self, tree: &Node) -> DataType {
        use crate::dialect::Family::{Databricks, Fabric, Hive, Spark, TSql};
        let text = self.sql.get(tree.span.range()).unwrap_or_default();
        let is_convert = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if matches!(self.dialect.family, TSql | Fabric) && (is_convert("CONVERT") || is_convert("TRY_CONVERT")) {
            // A node of its own, which no annotator knows.
            return DataType::unknown();
        }
        let written = tree.kids.iter().find_map(|kid| match &kid.op {
            Op::Type(name) => Some(name),
            _ => None,
        });
        let found = written.map_or_else(DataType::unknown, |text| super::read::read(text, self.tables).quoted());
        match (found.kind, found.parts()) {
            // In casts there, lengths of texts are passed over.
            ("VARCHAR" | "CHAR", _) if matches!(self.dialect.family, Databricks | Hive | Spark) => {
                DataType::plain("TEXT")
            }
            (USER_DEFINED, [Part::Value(name)]) if self.schemas == super::Schemas::Known => self.own_type(name),
            _ => found,
        }
    }

    /// A type that isn't the dialect's: a name in quotes.
    fn own_type(&self, name: &Name) -> DataType {
        let (open, close) = self.tables.quotes;
        let quoted = format!("{open}{}{close}", self.dialect.normalize(name, false));
        DataType::with(USER_DEFINED, vec![Part::Value(quoted.into())], false)
    }

    /// A chain of one operator, from left to right.
    fn operation(&self, op: &str, operands: &[Tree], depth: usize) -> DataType {
        if matches!(op, "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=" | "<=>" | "==") {
            return DataType::plain("BOOLEAN");
        }
        let Some((first, rest)) = operands.split_first() else { return DataType::unknown() };
        let name = format!("op {op}");
        rest.iter()
            .fold(self.of(first, depth), |left, right| {
                Typed::of(self.ruled(&name, &[left, self.of(right, depth)], &[first, right], depth))
            })
            .data_type
    }

    fn case(&self, tree: &Node, depth: usize) -> DataType {
        let results: Vec<Typed> = tree
            .kids
            .iter()
            .filter_map(|kid| match kid.op {
                Op::When => kid.kids.get(1),
                Op::Else => kid.first(),
                _ => None,
            })
            .map(|result| self.of(result, depth))
            .collect();
        self.by_arguments(&results, Wanted::default())
    }

    fn extract(&self, part: &str) -> DataType {
        let word = Typed { word: Some(part.to_owned()), ..Typed::unknown() };
        self.ruled("syntax EXTRACT", &[word, Typed::unknown()], &[], DEPTH)
    }

    /// An operator with a syntax of its own.
    fn fixed(&self, name: &str, operands: &[Tree], depth: usize) -> Typed {
        let operands: Vec<Typed> = operands.iter().map(|operand| self.of(operand, depth)).collect();
        Typed::of(self.ruled(name, &operands, &[], depth))
    }

    /// `_annotate_struct`: known only if each of its fields is.
    pub(super) fn structure(&self, members: &[Tree], depth: usize) -> DataType {
        let member = |tree: &Tree| {
            let found = self.of(tree, depth).data_type;
            let name = match &tree.op {
                Op::Alias(name) | Op::NamedArgument(name) | Op::Bound(_, _, name) => Some(name.clone()),
                _ => None,
            };
            (!found.is_unknown()).then_some(match name {
                Some(name) => Part::Field(Field { name, quoted: true }, found),
                None => Part::Type(found),
            })
        };
        let members = members.iter().filter(|kid| !matches!(kid.op, Op::Type(_)));
        let parts: Option<Vec<Part>> = members.map(member).collect();
        parts.map_or_else(DataType::unknown, |parts| DataType::with("STRUCT", parts, true))
    }

    /// The word that says an interval's unit, as it is written: sqlglot doesn't know plurals for units of a date.
    fn unit(&self, tree: &Node, unit: &Name) -> Option<String> {
        let value = tree.first()?;
        if unit.is_empty() {
            let Op::Text(text) = &value.op else { return None };
            let mut words = text.split_whitespace().skip(1);
            return words.next().filter(|_| words.next().is_none()).map(str::to_owned);
        }
        let after = self.sql.get(value.span.end as usize..).unwrap_or_default();
        let after = after.trim_start_matches([')', ' ', '\n', '\t', '\r', '\'']);
        let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
        let written = after.get(..end).unwrap_or_default();
        let is_this = written.get(..unit.len()).is_some_and(|start| start.eq_ignore_ascii_case(unit));
        Some(if is_this { written.to_owned() } else { unit.to_string() })
    }
}

fn literal(kind: super::data_type::Kind, text: &str) -> Typed {
    Typed { data_type: DataType::plain(kind), is_literal: true, word: Some(text.to_owned()) }
}

/// `_annotate_bracket`
pub(super) fn element(of: &DataType) -> DataType {
    if of.kind == "ARRAY" { of.inner() } else { DataType::unknown() }
}
