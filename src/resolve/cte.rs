//! Common table expressions, and those that read themselves.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sql::functions::{FunctionKind, ignores_order, kind};
use crate::sql::is_named_expression;
use crate::sql::tree::{Name, Op, Span, Tree};

use super::query::{column_names, renamed};
use super::scope::{Context, CteTarget};
use super::{BlockId, MAX_DEPTH, ProblemKind, Recursion, Relation, Resolver, Schema, Source};

/// The name under which a CTE reads itself.
#[derive(Clone, Copy)]
pub(super) struct SelfReference<'n> {
    name: &'n Name,
    columns: &'n [Name],
}

impl Resolver<'_> {
    pub(super) fn ctes(&mut self, with: &Tree, recursive: bool, context: &mut Context) -> Vec<(Name, BlockId)> {
        let mut ctes = Vec::new();
        // The expressions stand already where they are meant.
        for cte in with.kids.iter().filter(|cte| !is_named_expression(cte)) {
            let Some(name) = cte.first().and_then(|kid| kid.ident()).cloned() else { continue };
            let columns = column_names(cte);
            let Some(query) = cte.kids.iter().find(|kid| kid.op == Op::Query) else { continue };
            let id = if self.is_recursive(query, &name, recursive) {
                self.recursive_cte(&name, &columns, query, context)
            } else {
                self.query(query, context)
            };
            let hint = cte.kids.iter().find(|kid| matches!(kid.op, Op::Modifier(_)));
            if let Some(hint) = hint.filter(|_| !gives_the_same_each_time(with))
                && let Some(block) = self.blocks.get_mut(id as usize)
            {
                block.other.push(hint.clone());
            }
            let (id, schema) = self.renamed_cte(id, &columns, context, cte.span);
            context.define(name.clone(), CteTarget::Block(id, schema));
            ctes.push((name, id));
        }
        if recursive && self.reads_later_cte(&with.kids) {
            let what = "a query that reads one that is defined after it".to_owned();
            self.problem(ProblemKind::NotUnderstood { what }, with.span);
        }
        ctes
    }

    /// A CTE's block and the schema under which its outputs are seen.
    fn renamed_cte(&mut self, id: BlockId, columns: &[Name], context: &Context, span: Span) -> (BlockId, Arc<Schema>) {
        let schema = Arc::new(self.schema_of(id));
        if !schema.open || columns.is_empty() {
            return (id, Arc::new(renamed((*schema).clone(), columns)));
        }
        let relation = Relation { alias: None, source: Source::Block(id), schema: schema.clone(), join: None, span };
        match self.with_names(relation, columns, context) {
            Relation { source: Source::Block(id), schema, .. } => (id, schema),
            _ => (id, schema),
        }
    }

    /// Is it defined by itself? Some engines don't want the keyword; there, it must look like a recursion.
    fn is_recursive(&self, query: &Tree, name: &Name, keyword: bool) -> bool {
        use crate::dialect::Family::*;
        let needs_keyword = !matches!(self.dialect.family, TSql | Fabric | Oracle | Snowflake | Teradata);
        let is_set_operation = query.kids.iter().any(|kid| matches!(kid.op, Op::SetOperation(..)));
        // There the name is that of a table, unless the query is a union of a start and a step.
        let needs_union = !needs_keyword || self.dialect.family == DuckDb;
        (keyword || !needs_keyword) && (is_set_operation || !needs_union) && self.names_itself(query, name)
    }

    /// With RECURSIVE, some engines let a query read one that is defined after it.
    fn reads_later_cte(&self, ctes: &[Tree]) -> bool {
        let named = |cte: &Tree| cte.first().and_then(|kid| kid.ident()).cloned();
        // Of two with one name the later one counts.
        let places: FxHashMap<Name, usize> =
            ctes.iter().enumerate().filter_map(|(at, cte)| Some((named(cte)?, at))).collect();
        ctes.iter().enumerate().any(|(at, cte)| {
            let mut found = false;
            cte.walk(&mut |node| {
                let [name] = node.kids.as_slice() else { return !found };
                let place = name.ident().filter(|_| node.op == Op::Table).and_then(|name| places.get(name));
                found |= place.is_some_and(|&place| place > at);
                !found
            });
            found
        })
    }

    fn names_itself(&self, query: &Tree, name: &Name) -> bool {
        let mut found = false;
        query.walk(&mut |node| {
            found |= node.op == Op::Table && node.kids.len() == 1 && node.kids[0].ident() == Some(name);
            !found
        });
        found
    }

    /// The anchor, the leftmost branch, tells the columns; the other branches see the name bound to them.
    fn recursive_cte(&mut self, name: &Name, columns: &[Name], query: &Tree, context: &Context) -> BlockId {
        let itself = SelfReference { name, columns };
        match query.kids.split_first() {
            Some((body, clauses)) if matches!(body.op, Op::SetOperation(..)) && self.depth < MAX_DEPTH => {
                self.depth += 1;
                let id = self.set_operation(body, context, Some(itself));
                let id = if clauses.is_empty() { id } else { self.wrapped(id, clauses, context, query.span) };
                self.depth -= 1;
                id
            }
            _ => {
                let first = self.blocks.len() as BlockId;
                let root = self.query(query, &itself.inside(context, Schema::new(vec![], true)));
                self.recursion(itself, first, root);
                root
            }
        }
    }

    pub(super) fn recursion(&mut self, itself: SelfReference<'_>, first: BlockId, root: BlockId) {
        let blocks = first..self.blocks.len() as BlockId;
        self.recursions.push(Recursion { name: itself.name.clone(), blocks, root });
    }
}

/// Do queries (and the calls in them) give the same rows however often they run? Then it doesn't matter whether an engine keeps
/// their rows (`AS MATERIALIZED`) or computes them anew at each place that reads them.
fn gives_the_same_each_time(ctes: &Tree) -> bool {
    let mut is_certain = true;
    ctes.walk(&mut |node| {
        is_certain &= match &node.op {
            Op::Function(name) => kind(name) == FunctionKind::Scalar || ignores_order(name),
            Op::Limit | Op::Offset | Op::Fetch(_) | Op::DistinctOn => false,
            Op::WindowSpec | Op::NamedWindow(_) | Op::Window => false,
            Op::Altered(_) | Op::Opaque(_) | Op::Other(_) | Op::Hole(_) => false,
            _ => true,
        };
        is_certain
    });
    is_certain
}

impl SelfReference<'_> {
    /// The context in which the name stands for a table with these columns.
    pub(super) fn inside(self, context: &Context, schema: Schema) -> Context {
        context.with_recursive(self.name.clone(), Arc::new(renamed(schema, self.columns)))
    }
}
