//! PIVOT and UNPIVOT: the columns that come out.
//!
//! In: the bound parts, as the converter lays them out, and the columns that go in. Out: the outputs, or nothing where
//! their names can't be known (values from a subquery, several unnamed aggregates, …): then the relation stays open.

use crate::dialect::{Dialect, Family};
use crate::sql::canonical_type;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::star::plain_output;
use super::types::{implied_type, wider};
use super::{BlockId, Column, Group, Output, Schema};

/// What a PIVOT or UNPIVOT gives.
pub(super) struct Reshaped {
    pub(super) outputs: Vec<Output>,
    /// PIVOT groups by the columns that it doesn't name.
    pub(super) group: Option<Group>,
}

/// The relation that goes in: relation 0 of the block that the operator makes.
pub(super) struct Input<'s> {
    pub(super) block: BlockId,
    pub(super) schema: &'s Schema,
    pub(super) dialect: Dialect,
    pub(super) span: Span,
}

impl Input<'_> {
    /// The outputs of the operator with this text, made from these parts.
    pub(super) fn reshaped(&self, text: &str, parts: &[Tree]) -> Option<Reshaped> {
        if self.schema.open {
            return None;
        }
        if text == "PIVOT" { self.pivot(parts) } else { self.unpivot(parts) }
    }

    /// `[Projection(aggregate*) Tuple(column) Tuple(value*) default?]`
    fn pivot(&self, parts: &[Tree]) -> Option<Reshaped> {
        let [aggregates, keys, values, rest @ ..] = parts else { return None };
        let ([key], Op::Tuple) = (keys.kids.as_slice(), &values.op) else { return None };
        let named = bound_names([aggregates, keys]);
        let mut outputs = self.kept(&named);
        let group = outputs.iter().map(|output| output.value.clone()).collect();
        for value in &values.kids {
            for aggregate in &aggregates.kids {
                let name = self.pivoted_name(value, aggregate, aggregates.kids.len() == 1)?;
                let inside = |tree: &Tree| match tree.op {
                    Op::Alias(_) => tree.first().cloned(),
                    _ => Some(tree.clone()),
                };
                let mut kids = vec![inside(aggregate)?, key.clone(), inside(value)?];
                kids.extend(rest.iter().cloned());
                let value = Node::new(Op::Altered("PIVOT".into()), kids, self.span);
                let data_type = self.type_of(&value);
                outputs.push(self.output(name, value, data_type));
            }
        }
        Some(Reshaped { outputs, group: Some(Group { keys: group, ..Group::default() }) })
    }

    /// `'open'` of `SUM(amount) AS total` is `open_total`, in BigQuery `total_open`.
    fn pivoted_name(&self, value: &Tree, aggregate: &Tree, only: bool) -> Option<Name> {
        let value = match &value.op {
            Op::Alias(name) => name.to_string(),
            Op::Text(text) if self.dialect.family == Family::Snowflake => format!("'{text}'"),
            Op::Text(text) | Op::Number(text) => self.normalized(text),
            Op::Bound(_, _, name) => name.to_string(),
            _ => return None,
        };
        let spark = matches!(self.dialect.family, Family::Spark | Family::Databricks | Family::Hive);
        match &aggregate.op {
            Op::Alias(_) if only && spark => Some(value.into()),
            Op::Alias(name) if self.dialect.family == Family::BigQuery => Some(format!("{name}_{value}").into()),
            Op::Alias(name) => Some(format!("{value}_{name}").into()),
            _ if only => Some(value.into()),
            _ => None,
        }
    }

    fn normalized(&self, text: &str) -> String {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !text.starts_with(|c: char| c.is_ascii_digit());
        self.dialect.normalize(text, !plain).into_owned()
    }

    /// `[value Ident(name) Projection(column*)]`
    fn unpivot(&self, parts: &[Tree]) -> Option<Reshaped> {
        let [value, name, columns, ..] = parts else { return None };
        let named = bound_names([columns]);
        let mut outputs = self.kept(&named);
        let labels = columns.kids.iter().map(label).collect::<Option<Vec<Tree>>>()?;
        let label = Node::new(Op::Struct, labels, self.span);
        let text = canonical_type("VARCHAR", self.dialect);
        outputs.push(self.output(name.ident()?.clone(), label, Some(text)));
        let flow = Node::new(Op::Array, columns.kids.clone(), self.span);
        let types = columns.kids.iter().map(|column| self.type_of(column));
        let data_type = types.reduce(|a, b| wider(a?, b?)).flatten();
        outputs.push(self.output(unbound_name(value)?, flow, data_type));
        Some(Reshaped { outputs, group: None })
    }

    fn kept(&self, named: &[Name]) -> Vec<Output> {
        let kept = self.schema.columns.iter().filter(|column| !named.contains(&column.name));
        kept.map(|column| passed(column, self.block, self.span)).collect()
    }

    fn output(&self, name: Name, value: Tree, data_type: Option<Name>) -> Output {
        Output { data_type, from_star: true, ..plain_output(name, value, self.span) }
    }

    fn type_of(&self, value: &Tree) -> Option<Name> {
        implied_type(value, self.dialect, &|block: BlockId, relation: u32, name: &str| {
            (block == self.block && relation == 0).then(|| self.schema.get(name)?.data_type.clone())?
        })
    }
}

/// An output of a block that passes a column of its first relation on.
pub(super) fn passed(column: &Column, block: BlockId, span: Span) -> Output {
    let value = Node::leaf(Op::Bound(block, 0, column.name.clone()), span);
    let output = plain_output(column.name.clone(), value, span);
    Output { data_type: column.data_type.clone(), from_star: true, ..output }
}

fn bound_names<'t>(trees: impl IntoIterator<Item = &'t Tree>) -> Vec<Name> {
    let mut names = Vec::new();
    for tree in trees {
        tree.walk(&mut |node| {
            if let Op::Bound(_, _, name) = &node.op {
                names.push(name.clone());
            }
            true
        });
    }
    names
}

/// The text that an unpivoted column's rows carry: its name or its alias.
fn label(column: &Tree) -> Option<Tree> {
    let name = match &column.op {
        Op::Alias(name) | Op::Bound(_, _, name) => name.clone(),
        _ => return None,
    };
    Some(Node::leaf(Op::Text(name), column.span))
}

/// A new name stands where the parser expects an expression.
fn unbound_name(value: &Tree) -> Option<Name> {
    match &value.op {
        Op::Column => value.kids.last()?.ident().cloned(),
        Op::Ident(name) => Some(name.clone()),
        _ => None,
    }
}
