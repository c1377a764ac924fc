//! Comparisons and set operations of types that the engine refuses, and didn't refuse before.
//!
//! Only where both sides are plain columns whose types are known before and after, or one is a number that is written out,
//! and only in dialects whose engines convert nothing there. In all other places a conversion decides, and nothing is said.
//!
//! DuckDB (1.5.6, tried) refuses `<` and the like between numbers, texts and times, but takes `=` and unions. Postgres (15,
//! tried), BigQuery, Trino, Presto and Athena have no such operator at all, and unite no such columns. None of them adds up
//! texts or times.

use std::collections::BTreeMap;

use crate::compare::LocalChange;
use crate::dialect::{Dialect, Family};
use crate::names::ModelName;
use crate::resolve::{Block, BlockKind, Resolved, Source};
use crate::sql::tree::{Name, Node, Op, Span};
use crate::state::{AnalysedModel, Query};

use super::failures::Failure;

/// Types that are compared with their like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Number,
    Text,
    Time,
}

/// The type of a number that is written out.
const NUMBER: &str = "a number";

/// Two columns side by side, with what stands between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Meeting {
    operator: String,
    left: String,
    right: String,
}

struct Met {
    types: [Option<Name>; 2],
    span: Span,
    /// The models' columns that meet, where they are such.
    columns: Vec<String>,
}

/// The model's comparisons that fitted before and don't now.
pub(super) fn find(before: Option<&AnalysedModel>, after: &AnalysedModel, query: &Query) -> Vec<Failure> {
    let Some((old, new)) = before.and_then(AnalysedModel::resolved).zip(after.resolved()) else { return vec![] };
    let dialect = after.model.dialect;
    if !refuses_order(dialect) {
        return vec![];
    }
    let old = meetings(old);
    let clash = |(meeting, met): (Meeting, Met)| {
        let was = old.get(&meeting).filter(|old| fits(&old.types) == Some(true))?;
        let is_clash = fits(&met.types) == Some(false) && refuses(dialect, &meeting.operator);
        is_clash.then(|| failure(&meeting, &met, was, query))
    };
    meetings(new).into_iter().filter_map(clash).collect()
}

fn refuses_order(dialect: Dialect) -> bool {
    refuses_all(dialect) || dialect.family == Family::DuckDb
}

fn refuses_all(dialect: Dialect) -> bool {
    use Family::{Athena, BigQuery, Postgres, Presto, Trino};
    matches!(dialect.family, Postgres | BigQuery | Trino | Presto | Athena)
}

fn refuses(dialect: Dialect, operator: &str) -> bool {
    refuses_all(dialect) || matches!(operator, "<" | ">" | "<=" | ">=" | "SUM" | "AVG")
}

/// `None` where a type isn't known well enough.
fn fits(types: &[Option<Name>; 2]) -> Option<bool> {
    let [Some(left), Some(right)] = types else { return None };
    Some(class(left)? == class(right)?)
}

fn class(name: &str) -> Option<Class> {
    if name == NUMBER {
        return Some(Class::Number);
    }
    let base = name.split(['(', ' ']).next().unwrap_or("");
    match base {
        "TINYINT" | "SMALLINT" | "INT" | "INTEGER" | "BIGINT" | "HUGEINT" | "INT64" | "FLOAT" | "REAL" | "DOUBLE"
        | "FLOAT64" | "DECIMAL" | "NUMERIC" | "BIGNUMERIC" => Some(Class::Number),
        "VARCHAR" | "TEXT" | "STRING" | "CHAR" => Some(Class::Text),
        "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" | "DATETIME" => Some(Class::Time),
        _ => None,
    }
}

fn meetings(resolved: &Resolved) -> BTreeMap<Meeting, Met> {
    let mut found = BTreeMap::new();
    for block in &resolved.blocks {
        for expression in block.expressions() {
            expression.walk(&mut |node| {
                found.extend(comparison(resolved, node));
                found.extend(summed(resolved, node));
                true
            });
        }
        found.extend(united(resolved, block));
    }
    found
}

fn comparison(resolved: &Resolved, node: &Node) -> Option<(Meeting, Met)> {
    let (operator, left, right) = match (&node.op, node.kids.as_slice()) {
        (Op::Binary(operator), [left, right]) => (&**operator, left, right),
        (Op::Between, [value, low, _]) => (">=", value, low),
        _ => return None,
    };
    if !matches!(operator, "=" | "<>" | "<" | ">" | "<=" | ">=") {
        return None;
    }
    let (left, right) = (operand(resolved, left)?, operand(resolved, right)?);
    let meeting = Meeting { operator: operator.to_string(), left: left.0.clone(), right: right.0.clone() };
    Some((meeting, Met { types: [left.1, right.1], span: node.span, columns: vec![left.0, right.0] }))
}

/// A plain column, or a number that is written out.
fn operand(resolved: &Resolved, tree: &Node) -> Option<(String, Option<Name>)> {
    match &tree.op {
        Op::Number(text) => Some((text.to_string(), Some(NUMBER.into()))),
        _ => column(resolved, tree),
    }
}

/// A sum or an average of a plain column, which is one of numbers. Some engines have averages of times.
fn summed(resolved: &Resolved, node: &Node) -> Option<(Meeting, Met)> {
    let Op::Function(name) = &node.op else { return None };
    let ("SUM" | "AVG", [value]) = (name.to_uppercase().as_str(), node.kids.as_slice()) else { return None };
    let (column, data_type) = column(resolved, value)?;
    if class(data_type.as_deref()?)? == Class::Time && name.eq_ignore_ascii_case("avg") {
        return None;
    }
    let meeting = Meeting { operator: name.to_uppercase(), left: column.clone(), right: String::new() };
    Some((meeting, Met { types: [data_type, Some(NUMBER.into())], span: node.span, columns: vec![column] }))
}

/// A plain column: what it is called, and its type.
fn column(resolved: &Resolved, tree: &Node) -> Option<(String, Option<Name>)> {
    let Op::Bound(block, relation, name) = &tree.op else { return None };
    let BlockKind::Select(select) = &resolved.block(*block)?.kind else { return None };
    let relation = select.relations.get(*relation as usize)?;
    let data_type = relation.schema.get(name).and_then(|column| column.data_type.clone());
    let owner = match &relation.source {
        Source::Model(model) => model.to_string(),
        _ => relation.alias.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    Some((format!("{owner}.{name}"), data_type))
}

/// The columns of a set operation that stand one above the other.
fn united(resolved: &Resolved, block: &Block) -> Vec<(Meeting, Met)> {
    let BlockKind::SetOperation { left, right, by_name: false, .. } = &block.kind else { return vec![] };
    let (Some(left), Some(right)) = (resolved.block(*left), resolved.block(*right)) else { return vec![] };
    if left.open || right.open {
        return vec![];
    }
    let pairs = left.outputs.iter().zip(&right.outputs);
    let typed = pairs.map(|(left, right)| {
        let meeting =
            Meeting { operator: "UNION".to_owned(), left: left.name.to_string(), right: right.name.to_string() };
        let columns = vec![left.name.to_string(), right.name.to_string()];
        (meeting, Met { types: [left.data_type.clone(), right.data_type.clone()], span: right.span, columns })
    });
    typed.collect()
}

fn failure(meeting: &Meeting, met: &Met, was: &Met, query: &Query) -> Failure {
    let [left, right] = met.types.each_ref().map(|found| found.as_deref().unwrap_or("?"));
    let message = match meeting.operator.as_str() {
        "UNION" => format!("a set operation unites {} ({left}) with {} ({right})", meeting.left, meeting.right),
        "SUM" | "AVG" => format!("{} of {} ({left}), which is no number", meeting.operator, meeting.left),
        _ => format!("this compares {} ({left}) with {} ({right})", meeting.left, meeting.right),
    };
    let change = LocalChange {
        code: "S109",
        column: None,
        location: query.rendered.location(met.span),
        before: None,
        after: None,
        message,
    };
    // The column of a table whose type is another one is the way on which it came.
    let changed = (0..met.columns.len()).filter(|&at| was.types.get(at) != met.types.get(at));
    let is_read = |column: &&String| {
        let table = column.rsplit_once('.').map(|(table, _)| ModelName::from_parts(table.split('.')));
        table.is_some_and(|table| query.resolved.as_ref().is_some_and(|resolved| resolved.tables.contains(&table)))
    };
    let via = changed.filter_map(|at| met.columns.get(at)).filter(is_read).cloned().collect();
    Failure { change, via, source: None }
}
