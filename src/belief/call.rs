//! Calls of functions: which rule holds, and what it makes of the arguments.

use crate::dialect::Family;
use crate::sql::tree::{Node, Op, Tree};

use super::Annotator;
use super::coercion::{Typed, Wanted};
use super::data_type::{DataType, Field, Part};
use super::expression::element;
use super::rule::{Operation, Rule};

/// The digits that Snowflake's numbers have.
const PRECISION: u32 = 38;

/// What the names of calls begin with that stand for syntax, as the tree has them.
const SYNTAX_MARK: &str = "__IMPACT_SYNTAX_";

impl Annotator<'_> {
    pub(super) fn function(&self, name: &str, call: &Node, depth: usize) -> DataType {
        let arguments: Vec<&Tree> = call.kids.iter().filter(|kid| is_argument(kid)).collect();
        if let ("MAP", [one]) = (name, arguments.as_slice())
            && one.op == Op::Struct
        {
            return self.map_of_pairs(one, depth);
        }
        if let Some(kind) = name.strip_prefix(SYNTAX_MARK).and_then(|syntax| suffixed(syntax)) {
            return DataType::plain(kind);
        }
        let name = match self.dialect.family {
            Family::BigQuery => name.strip_prefix("SAFE.").or_else(|| name.strip_prefix("NET.")).unwrap_or(name),
            _ => name,
        };
        if matches!(name, "OBJECT_CONSTRUCT" | "NAMED_STRUCT") && self.tables.function(name).is_some() {
            return self.structure_of_pairs(&arguments, depth);
        }
        let mut typed: Vec<Typed> = arguments.iter().map(|argument| self.of(argument, depth)).collect();
        let within = call.kids.iter().find(|kid| kid.op == Op::WithinGroup);
        if let Some(within) = within {
            return self.within_group(name, typed, &arguments, within, depth);
        }
        if name == "ARRAY"
            && let [one] = arguments.as_slice()
            && let Some(found) = self.array_of_query(one, depth)
        {
            return found;
        }
        if call.kids.iter().any(|kid| kid.op == Op::Distinct) {
            // The arguments lie in a node of their own, which is no literal.
            typed.iter_mut().for_each(|argument| argument.is_literal = false);
        }
        self.ruled(name, &typed, &arguments, depth)
    }

    fn within_group(
        &self,
        name: &str,
        mut typed: Vec<Typed>,
        arguments: &[&Tree],
        within: &Node,
        depth: usize,
    ) -> DataType {
        let key = within.first().and_then(|item| item.first());
        let pattern = format!("w{}", typed.len());
        typed.extend(key.map(|key| self.of(key, depth)));
        let rules = self.tables.function(&name.to_uppercase()).unwrap_or_default();
        let rule = rules.iter().find(|(known, _)| *known == pattern).map(|(_, rule)| rule);
        rule.map_or_else(DataType::unknown, |rule| self.evaluated(rule, &typed, arguments, depth).data_type)
    }

    /// The type of a call of this name, or of an operator or syntax that has a rule like a function's.
    pub(super) fn ruled(&self, name: &str, typed: &[Typed], arguments: &[&Tree], depth: usize) -> DataType {
        let rules = self.tables.function(name).or_else(|| self.tables.function(&name.to_uppercase()));
        let Some(rules) = rules else { return DataType::unknown() };
        let found = |pattern: &str| rules.iter().find(|(known, _)| *known == pattern).map(|(_, rule)| rule);
        let letters: Vec<u8> = arguments.iter().map(|argument| letter(argument)).collect();
        let special = |at: usize| {
            let mut pattern = vec![b'c'; letters.len()];
            *pattern.get_mut(at)? = *letters.get(at)?;
            found(std::str::from_utf8(&pattern).ok()?)
        };
        let rule = (0..letters.len().min(4))
            .filter(|at| letters.get(*at) != Some(&b'c'))
            .find_map(special)
            .or_else(|| found(&typed.len().to_string()))
            .or_else(|| found("*"));
        rule.map_or_else(DataType::unknown, |rule| self.evaluated(rule, typed, arguments, depth).data_type)
    }

    fn evaluated(&self, rule: &Rule, typed: &[Typed], arguments: &[&Tree], depth: usize) -> Typed {
        match rule {
            Rule::Type(data_type) => Typed::of(data_type.clone()),
            Rule::Literal(kind) => Typed { is_literal: true, ..Typed::of(DataType::plain(kind)) },
            Rule::Argument(at) => typed.get(*at).cloned().unwrap_or_else(Typed::unknown),
            Rule::From(_) => Typed::unknown(),
            Rule::Word(word) => Typed { word: Some((*word).to_owned()), ..Typed::unknown() },
            Rule::Of(operation, parts) => {
                let mut inner = Vec::with_capacity(parts.len());
                for part in parts {
                    match part {
                        Rule::From(first) => inner.extend(typed.get(*first..).unwrap_or_default().iter().cloned()),
                        part => inner.push(self.evaluated(part, typed, arguments, depth)),
                    }
                }
                let is_made = parts.iter().all(|part| matches!(part, Rule::Of(..)));
                match operation {
                    Operation::Map => Typed::of(map(&inner, is_made, arguments)),
                    _ => Typed::of(self.applied(*operation, &inner, arguments, depth)),
                }
            }
        }
    }

    /// What sqlglot's annotator makes of the parts that it looks at.
    fn applied(&self, operation: Operation, parts: &[Typed], arguments: &[&Tree], depth: usize) -> DataType {
        use Operation::*;
        let unknown = Typed::unknown();
        let part = |at: usize| parts.get(at).unwrap_or(&unknown);
        let (first, second) = (&part(0).data_type, &part(1).data_type);
        let by = |promoted: bool, array: bool| self.by_arguments(parts, Wanted { promoted, array });
        let is_whole = |data_type: &DataType| self.tables.is("INTEGER", data_type.kind);
        match operation {
            Arguments => by(false, false),
            Promoted => by(true, false),
            Array => by(false, true),
            PromotedArray => by(true, true),
            Binary => self.binary(part(0), part(1)),
            Same => first.clone(),
            Divide => self.division(first, second, false),
            DivideWhole => self.division(first, second, true),
            Element => element(first),
            Inner => first.inner(),
            Map => DataType::plain("MAP"),
            ToMap => map_of(first),
            Unit => self.by_unit(part(0), part(1).word.as_deref()),
            Extract => extracted(part(0).word.as_deref().unwrap_or_default()),
            Struct => self.structure(&arguments.iter().map(|tree| (*tree).clone()).collect::<Vec<_>>(), depth),
            Math if is_whole(first) => DataType::plain("DOUBLE"),
            Math => first.clone(),
            SafeDivide if is_whole(first) && is_whole(second) => DataType::plain("DOUBLE"),
            SafeDivide | Coerce => self.tables.coerced(first, second),
            Top => {
                let pair = vec![Part::Type(first.clone()), Part::Type(DataType::plain("BIGINT"))];
                DataType::array(DataType::with("STRUCT", pair, true))
            }
            Concat => Some(by(false, false)).filter(|found| matches!(found.kind, "BINARY" | "UNKNOWN")).unwrap_or(TEXT),
            ArrayOf => by(false, true),
            Reverse => Some(by(false, false)).filter(|found| found.kind != "NULL").unwrap_or(TEXT),
            DateAdd => match part(1).word.as_deref().map(str::to_uppercase).as_deref() {
                Some("DAY" | "WEEK" | "MONTH" | "QUARTER" | "YEAR") => self.by_arguments([part(0)], Wanted::default()),
                _ if first.kind == "DATE" => DataType::plain("TIMESTAMPNTZ"),
                _ => self.by_arguments([part(0)], Wanted::default()),
            },
            Decode => self.decoded(parts),
            Median if first.kind == "DOUBLE" => DataType::plain("DOUBLE"),
            Median => number((precision(first) + 3).min(PRECISION), (scale(first) + 3).min(PRECISION - 1)),
            Variance | Kurtosis if first.kind == "DECFLOAT" => DataType::plain("DECFLOAT"),
            Variance | Kurtosis if matches!(first.kind, "FLOAT" | "DOUBLE") => DataType::plain("DOUBLE"),
            Variance if scale(first) == 0 => number(PRECISION, 6),
            Variance => number(PRECISION, scale(first).max(12)),
            Kurtosis => number(PRECISION, 12),
            DecFloat if first.kind == "DECFLOAT" => first.clone(),
            DecFloat => DataType::plain("DOUBLE"),
            Similar => similar(parts),
            Quantile => {
                let array = second.kind == "ARRAY";
                self.by_arguments([part(0)], Wanted { array, ..Wanted::default() })
            }
        }
    }

    /// Snowflake's DECODE: results stand at every second place, and last.
    fn decoded(&self, parts: &[Typed]) -> DataType {
        let mut results: Vec<&DataType> = parts.iter().skip(2).step_by(2).map(|part| &part.data_type).collect();
        if parts.len().is_multiple_of(2) {
            results.extend(parts.last().map(|part| &part.data_type));
        }
        let Some((first, rest)) = results.split_first() else { return DataType::unknown() };
        rest.iter().fold(self.tables.coerced(first, first), |found, next| self.tables.coerced(&found, next))
    }

    /// `MAP {a: 1}`: its keys are texts, its values have the type of the first.
    fn map_of_pairs(&self, pairs: &Node, depth: usize) -> DataType {
        let types: Vec<DataType> = pairs.kids.iter().map(|kid| self.of(kid, depth).data_type).collect();
        match types.get(1) {
            Some(value) if types.iter().skip(1).step_by(2).all(|value| !value.is_unknown()) => {
                let key = Part::Type(DataType::plain("VARCHAR"));
                DataType::with("MAP", vec![key, Part::Type(value.clone())], true)
            }
            _ => DataType::plain("MAP"),
        }
    }

    /// Names and values take turns.
    fn structure_of_pairs(&self, arguments: &[&Tree], depth: usize) -> DataType {
        let field = |pair: &[&Tree]| match pair {
            [name, value] => match &name.op {
                Op::Text(text) => {
                    let found = self.of(value, depth).data_type;
                    let field = Field { name: text.clone(), quoted: true };
                    (!found.is_unknown()).then_some(Part::Field(field, found))
                }
                _ => None,
            },
            _ => None,
        };
        let fields: Option<Vec<Part>> = arguments.chunks(2).map(field).collect();
        fields.map_or_else(DataType::unknown, |fields| DataType::with("STRUCT", fields, true))
    }

    /// `ARRAY(SELECT …)`; `None` for anything else.
    fn array_of_query(&self, argument: &Tree, depth: usize) -> Option<DataType> {
        let id = match (&argument.op, argument.first()) {
            (Op::Nested(id), _) => *id,
            (Op::Subquery, Some(inner)) => match inner.op {
                Op::Nested(id) => id,
                _ => return None,
            },
            _ => return None,
        };
        if self.dialect.family != Family::BigQuery {
            return Some(DataType::unknown());
        }
        let element = self.projected(id, depth);
        Some(if element.is_unknown() { element } else { DataType::array(element) })
    }
}

const TEXT: DataType = DataType::plain("VARCHAR");

/// Not a clause inside of the call's brackets.
fn is_argument(kid: &Tree) -> bool {
    !matches!(
        kid.op,
        Op::Distinct
            | Op::OrderBy
            | Op::Limit
            | Op::Filter
            | Op::WithinGroup
            | Op::Modifier(_)
            | Op::Where
            | Op::Other(_)
            | Op::Type(_)
    )
}

/// The letter that stands for an argument in a pattern.
fn letter(argument: &Tree) -> u8 {
    match &argument.op {
        Op::Text(_) => b's',
        Op::Number(_) => b'n',
        Op::Interval(_) => b'i',
        Op::Cast(_) if argument.kids.iter().any(|kid| kid.op == Op::Type("DATE".into())) => b'd',
        _ => b'c',
    }
}

/// The type of a number with this mark behind it.
fn suffixed(syntax: &str) -> Option<super::data_type::Kind> {
    Some(match syntax.strip_prefix("NUMBER_")? {
        "L" => "BIGINT",
        "S" => "SMALLINT",
        "Y" => "TINYINT",
        "D" => "DOUBLE",
        "F" => "FLOAT",
        "BD" => "DECIMAL",
        _ => return None,
    })
}

/// `_annotate_map`: only of two arrays that are written out, by the call or by sqlglot.
fn map(parts: &[Typed], is_made: bool, arguments: &[&Tree]) -> DataType {
    let bare = DataType::plain("MAP");
    let [keys, values] = parts else { return bare };
    let written_out = |tree: &&Tree| tree.op == Op::Array || tree.op == Op::Function("ARRAY".into());
    if !is_made && !arguments.iter().all(written_out) {
        return bare;
    }
    let (key, value) = (keys.data_type.inner(), values.data_type.inner());
    if key.is_unknown() || value.is_unknown() {
        return bare;
    }
    DataType::with("MAP", vec![Part::Type(key), Part::Type(value)], true)
}

/// `_annotate_to_map`
fn map_of(of: &DataType) -> DataType {
    match of.parts().first() {
        Some(Part::Field(_, value)) if of.kind == "STRUCT" => {
            DataType::with("MAP", vec![Part::Type(TEXT), Part::Type(value.clone())], true)
        }
        _ => DataType::plain("MAP"),
    }
}

/// `_annotate_extract`
fn extracted(part: &str) -> DataType {
    DataType::plain(match part.to_uppercase().as_str() {
        "TIME" => "TIME",
        "DATE" => "DATE",
        "EPOCH_SECOND" | "EPOCH_MILLISECOND" | "EPOCH_MICROSECOND" | "EPOCH_NANOSECOND" | "NANOSECOND" => "BIGINT",
        _ => "INT",
    })
}

/// Spark's `_annotate_by_similar_args`: a text if any is one, else the last one's type.
fn similar(parts: &[Typed]) -> DataType {
    if parts.iter().any(|part| part.data_type.kind == "TEXT") {
        return DataType::plain("TEXT");
    }
    match parts.iter().any(|part| part.data_type.is_unknown()) {
        true => DataType::unknown(),
        false => parts.last().map_or_else(DataType::unknown, |part| part.data_type.clone()),
    }
}

fn number(precision: u32, scale: u32) -> DataType {
    let value = |number: u32| Part::Value(number.to_string().into());
    DataType::with("DECIMAL", vec![value(precision), value(scale)], false)
}

fn precision(of: &DataType) -> u32 {
    value(of, 0).unwrap_or(PRECISION)
}

fn scale(of: &DataType) -> u32 {
    value(of, 1).unwrap_or(0)
}

fn value(of: &DataType, at: usize) -> Option<u32> {
    match of.parts().get(at)? {
        Part::Value(text) => text.parse().ok(),
        Part::Type(_) | Part::Field(..) => None,
    }
}
