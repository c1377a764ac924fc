//! DuckDB's `COLUMNS(*)`: an item of the SELECT list over it is one output for each column that the call picks.
//!
//! In: an item. Out: its outputs, where the call says by a star, a list of names, a pattern or a lambda which columns it picks. Patterns and
//! lambdas look at names in the case in which the tables were created (`column_names.rs`); where nobody knows it, they stay open.

use std::sync::Arc;

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::column_names::Picker;
use super::scope::Scope;
use super::star::{chosen, model_of, plain_output};
use super::{Output, ProblemKind, Relation, Resolver, Source};

/// The columns that a call picks, or what keeps them from being known.
type Picked = Result<Vec<Output>, Option<ProblemKind>>;

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
        let Some(columns) = self.known_picks(call, scope) else { return false };
        if !self.spend(expression.size().saturating_mul(columns.len())) {
            return false;
        }
        let names: Option<Vec<Name>> = columns.iter().map(|column| named_by(name, call, column)).collect();
        let Some(names) = names else { return false };
        for (name, column) in names.into_iter().zip(columns) {
            let value = self.bind(&put(expression, call, &column.value), scope, self.projection_alias_rule());
            let data_type = self.type_of(&value, scope);
            scope.push_output(Output { data_type, from_star: true, ..plain_output(name, value, span) });
        }
        true
    }

    /// `f(*COLUMNS('a'), 1)`: the expression with the columns in the place of the call.
    pub(super) fn unpacked(&mut self, expression: &Tree, scope: &mut Scope<'_>) -> Option<Tree> {
        if self.dialect.family != Family::DuckDb || is_query(expression) || expression.kids.is_empty() {
            return None;
        }
        let mut kids = Vec::with_capacity(expression.kids.len());
        let mut found = false;
        for kid in &expression.kids {
            if let Some(call) = unpacked_call(kid) {
                let columns = self.known_picks(call, scope)?;
                found = self.spend(columns.len());
                kids.extend(columns.into_iter().map(|column| column.value));
                continue;
            }
            let inner = self.unpacked(kid, scope);
            found |= inner.is_some();
            kids.push(inner.unwrap_or_else(|| kid.clone()));
        }
        found.then(|| expression.with_kids(kids))
    }

    /// The columns that a call picks, bound; what keeps them from being known is told.
    fn known_picks(&mut self, call: &Tree, scope: &mut Scope<'_>) -> Option<Vec<Output>> {
        match self.picked(call, scope) {
            Ok(columns) => Some(columns),
            Err(reason) => {
                reason.into_iter().for_each(|kind| self.problem(kind, call.span));
                None
            }
        }
    }

    fn picked(&mut self, call: &Tree, scope: &mut Scope<'_>) -> Picked {
        let [argument] = call.kids.as_slice() else { return Err(None) };
        let picker = Picker::new(argument);
        let (star, names) = match argument.op {
            Op::Star | Op::QualifiedStar => (argument.clone(), None),
            Op::Array => (Node::leaf(Op::Star, call.span), Some(texts(argument).ok_or(None)?)),
            _ if picker.is_some() => (Node::leaf(Op::Star, call.span), None),
            _ => return Err(None),
        };
        let qualifier = star.idents();
        let qualifier = (star.op == Op::QualifiedStar).then_some(qualifier.as_slice());
        let chosen = chosen(qualifier, self.dialect.family, scope);
        let relations: Vec<&Relation> = chosen.iter().filter_map(|at| scope.relations.get(*at as usize)).collect();
        let open: Vec<&&Relation> = relations.iter().filter(|relation| relation.schema.open).collect();
        if relations.is_empty() || !open.is_empty() {
            let models = open.iter().filter_map(|relation| model_of(relation)).collect();
            return Err((!open.is_empty()).then_some(ProblemKind::OpenStar { models }));
        }
        let is_folded = relations.iter().all(|relation| self.is_folded(relation));
        let others = scope.replace_aliases(Arc::default());
        self.star(&star, qualifier, scope);
        let mut columns = scope.take_outputs();
        scope.replace_aliases(others);
        if let Some(names) = names {
            let is_there = |name: &Name| columns.iter().any(|column| column.name == *name);
            if !names.iter().all(is_there) {
                return Err(None);
            }
            columns.retain(|column| names.contains(&column.name));
        }
        if let Some(picker) = picker {
            let picks: Option<Vec<bool>> = columns.iter().map(|column| picker.picks(&column.name, is_folded)).collect();
            let Some(picks) = picks else { return Err(Some(ProblemKind::UnknownNames)) };
            let mut picks = picks.into_iter();
            columns.retain(|_| picks.next().unwrap_or(false));
        }
        // DuckDB refuses a call that picks nothing.
        if columns.is_empty() { Err(None) } else { Ok(columns) }
    }

    /// Do the names of a relation's columns have no other case on the database? SQLMesh folds those that it makes.
    fn is_folded(&self, relation: &Relation) -> bool {
        match &relation.source {
            Source::Model(model) => self.schemas.folds_columns(Some(model)),
            Source::Block(_) | Source::Recursive(..) => self.schemas.folds_columns(None),
            Source::Function(_) | Source::Altered(_) => false,
        }
    }
}

/// The name of an output over a column: its own, the one behind AS, or what that makes of it (`AS 'x_\\1'`).
fn named_by(name: Option<&Name>, call: &Tree, column: &Output) -> Option<Name> {
    match name {
        None => Some(column.name.clone()),
        Some(alias) if alias.contains('\\') => {
            let picker = Picker::new(call.first()?)?;
            Some(picker.renamed(&column.name, alias, true)?.into())
        }
        Some(alias) => Some(alias.clone()),
    }
}

/// The call in `*COLUMNS(…)`.
fn unpacked_call(tree: &Tree) -> Option<&Tree> {
    let is_unpacked = match &tree.op {
        Op::Function(name) => &**name == "UNPACK",
        // What `*COLUMNS(…)` is written as for the parser.
        Op::Other(text) => text.ends_with("UNPACK"),
        _ => false,
    };
    let [call] = tree.kids.as_slice() else { return None };
    let is_columns = matches!(&call.op, Op::Function(name) if &**name == "COLUMNS");
    (is_unpacked && is_columns).then_some(call)
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
