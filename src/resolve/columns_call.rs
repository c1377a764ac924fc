//! DuckDB's `COLUMNS(*)`: an item of the SELECT list over it is one output for each column that the call picks.
//!
//! In: an item. Out: its outputs, where the call says by a star or a list of names which columns it picks. Patterns and
//! lambdas look at names in the case in which the tables were created, which a project doesn't say: those stay open.

use std::sync::Arc;

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::scope::Scope;
use super::star::{chosen, plain_output};
use super::{Output, Resolver};

impl Resolver<'_> {
    /// Binds an item once for each column that the `COLUMNS(…)` in it picks, under the column's name if it has none of
    /// its own. `false`: there is no call, or which columns it picks can't be known; nothing was bound.
    pub(super) fn over_columns(
        &mut self,
        name: Option<&Name>,
        expression: &Tree,
        span: Span,
        scope: &mut Scope<'_>,
    ) -> bool {
        if self.dialect.family != Family::DuckDb {
            return false;
        }
        let Some(call) = only_call(expression) else { return false };
        let Some(columns) = self.picked(call, scope) else { return false };
        if !self.spend(expression.size().saturating_mul(columns.len())) {
            return false;
        }
        for column in columns {
            let value = self.bind(&put(expression, call, &column.value), scope, self.projection_alias_rule());
            let data_type = self.type_of(&value, scope);
            let name = name.cloned().unwrap_or(column.name);
            scope.push_output(Output { data_type, from_star: true, ..plain_output(name, value, span) });
        }
        true
    }

    /// The columns that a call picks, bound.
    fn picked(&mut self, call: &Tree, scope: &mut Scope<'_>) -> Option<Vec<Output>> {
        let [argument] = call.kids.as_slice() else { return None };
        let (star, names) = match argument.op {
            Op::Star | Op::QualifiedStar => (argument.clone(), None),
            Op::Array => (Node::leaf(Op::Star, call.span), Some(texts(argument)?)),
            _ => return None,
        };
        let qualifier = star.idents();
        let qualifier = (star.op == Op::QualifiedStar).then_some(qualifier.as_slice());
        let relations = chosen(qualifier, scope);
        let is_open = |at: &u32| scope.relations.get(*at as usize).is_none_or(|relation| relation.schema.open);
        if relations.is_empty() || relations.iter().any(is_open) {
            return None;
        }
        let others = scope.replace_aliases(Arc::default());
        self.star(&star, qualifier, scope);
        let mut columns = scope.take_outputs();
        scope.replace_aliases(others);
        if let Some(names) = names {
            let is_there = |name: &Name| columns.iter().any(|column| column.name == *name);
            if !names.iter().all(is_there) {
                return None;
            }
            columns.retain(|column| names.contains(&column.name));
        }
        Some(columns)
    }
}

fn texts(array: &Tree) -> Option<Vec<Name>> {
    let text = |item: &Tree| match &item.op {
        Op::Text(text) => Some(text.clone()),
        _ => None,
    };
    array.kids.iter().map(text).collect()
}

/// The `COLUMNS(…)` in an expression, if all that are in it are the same, and none is unpacked to several arguments.
fn only_call(expression: &Tree) -> Option<&Tree> {
    let mut calls: Vec<&Tree> = Vec::new();
    let mut is_unpacked = false;
    expression.walk(&mut |node| {
        match &node.op {
            Op::Function(name) if &**name == "COLUMNS" => calls.push(node),
            Op::Function(name) => is_unpacked |= &**name == "UNPACK",
            // What `*COLUMNS(…)` is written as for the parser.
            Op::Other(text) => is_unpacked |= text.ends_with("UNPACK"),
            _ => {}
        }
        !is_query(node)
    });
    let (first, rest) = calls.split_first()?;
    (!is_unpacked && rest.iter().all(|call| call == first)).then_some(first)
}

/// The expression with something in the place of each call.
fn put(expression: &Tree, call: &Tree, value: &Tree) -> Tree {
    if expression == call {
        return value.clone();
    }
    if expression.kids.is_empty() || is_query(expression) {
        return expression.clone();
    }
    expression.with_kids(expression.kids.iter().map(|kid| put(kid, call, value)).collect())
}

/// What is in a query inside is that query's.
fn is_query(node: &Tree) -> bool {
    matches!(node.op, Op::Query | Op::Select | Op::SetOperation(..) | Op::Values)
}
