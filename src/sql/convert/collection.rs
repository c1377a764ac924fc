//! Arrays, structs, maps, tuples and grouping sets.

use sqlparser::ast::{DictionaryField, Expr};

use crate::dialect::Family;

use super::super::tree::{Op, Tree};
use super::{Converter, covering};

impl Converter<'_> {
    pub(super) fn collection(&self, expression: &Expr) -> Tree {
        match expression {
            Expr::Tuple(items) => self.bracketed(Op::Tuple, self.expressions(items)),
            Expr::Array(array) => self.bracketed(Op::Array, self.expressions(&array.elem)),
            Expr::Struct { values, fields } => {
                let mut kids: Vec<Tree> = values.iter().map(|value| self.field(value)).collect();
                kids.extend(fields.iter().map(|field| self.implied(Op::Type(field.to_string().into()))));
                self.bracketed(Op::Struct, kids)
            }
            Expr::Named { expr, name } => self.node(Op::Alias(name.value.as_str().into()), vec![self.expression(expr)]),
            Expr::Dictionary(fields) => self.bracketed(Op::Struct, self.dictionary(fields)),
            Expr::Map(map) => {
                let pairs = map.entries.iter().flat_map(|entry| [&*entry.key, &*entry.value]);
                // Not the function's arguments, which may be a list of keys and a list of values.
                self.node(Op::Function("MAP".into()), vec![self.node(Op::Struct, self.expressions(pairs))])
            }
            Expr::GroupingSets(sets) => self.grouping(Op::GroupingSets, sets),
            Expr::Cube(sets) => self.grouping(Op::Cube, sets),
            Expr::Rollup(sets) => self.grouping(Op::Rollup, sets),
            other => self.opaque(other, vec![]),
        }
    }

    /// A value of a struct. In Spark a column names its field, and sqlglot writes that.
    fn field(&self, value: &Expr) -> Tree {
        let tree = self.expression(value);
        let column = match value {
            Expr::Identifier(name) => Some(name),
            Expr::CompoundIdentifier(names) => names.last(),
            _ => None,
        };
        let is_spark = matches!(self.dialect.family, Family::Databricks | Family::Spark | Family::Hive);
        match column.filter(|_| is_spark && tree.op == Op::Column) {
            Some(name) => self.node(Op::Alias(name.value.as_str().into()), vec![tree]),
            None => tree,
        }
    }

    pub(super) fn bracketed(&self, op: Op, kids: Vec<Tree>) -> Tree {
        let span = self.brackets.around(covering(&kids), false);
        self.node_at(op, kids, span)
    }

    pub(super) fn dictionary(&self, fields: &[DictionaryField]) -> Vec<Tree> {
        let field = |field: &DictionaryField| {
            self.node(Op::Alias(field.key.value.as_str().into()), vec![self.expression(&field.value)])
        };
        fields.iter().map(field).collect()
    }

    pub(super) fn grouping(&self, op: Op, sets: &[Vec<Expr>]) -> Tree {
        let kids = sets.iter().map(|set| self.node(Op::Tuple, self.expressions(set))).collect();
        self.node(op, kids)
    }
}

pub(super) fn is_collection(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Struct { .. }
            | Expr::Named { .. }
            | Expr::Dictionary(_)
            | Expr::Map(_)
            | Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
    )
}
