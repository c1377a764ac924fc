//! Queries to blocks.

use crate::dialect::Family;
use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::cte::SelfReference;
use super::scope::{AliasRule, Context, Scope};
use super::star::plain_output;
use super::types::{implied_type, wider};
use super::{Block, BlockId, BlockKind, Column, MAX_DEPTH, Output, ProblemKind, Resolver, Schema};

impl Resolver<'_> {
    pub(super) fn query(&mut self, query: &Tree, context: &Context) -> BlockId {
        if self.depth >= MAX_DEPTH || self.is_exhausted {
            return self.opaque(query, context, "it is nested too deeply");
        }
        self.depth += 1;
        let id = self.query_inner(query, context);
        self.depth -= 1;
        id
    }

    fn query_inner(&mut self, query: &Tree, context: &Context) -> BlockId {
        match &query.op {
            Op::Query => {}
            Op::Select => return self.select(query, context, &[]),
            Op::SetOperation(..) => return self.set_operation(query, context, None),
            Op::Values => return self.values(query, context),
            _ => return self.opaque(query, context, "this kind of query isn't supported"),
        }
        let has_ctes = query.kids.iter().any(|kid| matches!(kid.op, Op::With(_)));
        let mut inner = if has_ctes { context.with_layer() } else { context.clone() };
        let mut body = None;
        let mut ctes = Vec::new();
        let mut clauses: Vec<Tree> = Vec::new();
        for kid in &query.kids {
            match &kid.op {
                Op::With(recursive) => ctes = self.ctes(kid, *recursive, &mut inner),
                Op::Select | Op::SetOperation(..) | Op::Values | Op::Query if body.is_none() => body = Some(kid),
                _ if body.is_none() => body = Some(kid),
                _ => clauses.push(kid.clone()),
            }
        }
        let Some(body) = body else { return self.opaque(query, context, "it has no body") };
        let id = match &body.op {
            Op::Select => self.select(body, &inner, &clauses),
            _ => {
                let id = self.query(body, &inner);
                if clauses.is_empty() { id } else { self.wrapped(id, &clauses, &inner, query.span) }
            }
        };
        if let Some(block) = self.blocks.get_mut(id as usize) {
            ctes.append(&mut block.ctes);
            block.ctes = ctes;
        }
        id
    }

    pub(super) fn set_operation(
        &mut self,
        node: &Tree,
        context: &Context,
        itself: Option<SelfReference<'_>>,
    ) -> BlockId {
        // The left branches nest without limit: collect them in a loop.
        let mut chain = Vec::new();
        let mut leftmost = node;
        while let Op::SetOperation(op, all, by_name) = leftmost.op {
            let [left, right] = leftmost.kids.as_slice() else { break };
            chain.push((op, all, by_name, right, leftmost.span));
            leftmost = left;
        }
        let mut left = self.query(leftmost, context);
        let first = self.blocks.len() as BlockId;
        let inner = itself.map(|itself| itself.inside(context, self.schema_of(left)));
        let context = inner.as_ref().unwrap_or(context);
        while let Some((op, all, by_name, right, span)) = chain.pop() {
            let mode = column_mode(right).cloned();
            let right = self.query(right, context);
            let kind = BlockKind::SetOperation { op, all, by_name, left, right };
            left = self.combined(kind, (left, right), by_name, context, span);
            if let (Some(mode), true) = (mode, by_name) {
                self.keep_paired(left, right, &mode);
            }
        }
        if let Some(itself) = itself {
            self.recursion(itself, first, left);
        }
        left
    }

    fn combined(
        &mut self,
        kind: BlockKind,
        (left, right): (BlockId, BlockId),
        by_name: bool,
        context: &Context,
        span: Span,
    ) -> BlockId {
        let (left_schema, right_schema) = (self.schema_of(left), self.schema_of(right));
        let open = left_schema.open || right_schema.open;
        let (l, r) = (left_schema.columns.len(), right_schema.columns.len());
        if !by_name && !open && l != r {
            self.problem(ProblemKind::Arity { left: l, right: r }, span);
        }
        let left_names = left_schema.clone();
        let mut columns = left_schema.columns;
        if by_name {
            columns.extend(right_schema.columns.into_iter().filter(|column| left_names.get(&column.name).is_none()));
        } else {
            for (column, other) in columns.iter_mut().zip(&right_schema.columns) {
                if column.data_type != other.data_type {
                    column.data_type = None;
                }
            }
        }
        let outputs = columns.into_iter().map(|column| pass_through(column, span)).collect();
        self.push(Block { kind, outputs, open, ..block(context, span) })
    }

    /// `LEFT UNION BY NAME` has the left side's columns, `INNER UNION BY NAME` those of both, `ON (a)` those it names.
    fn keep_paired(&mut self, id: BlockId, right: BlockId, mode: &Tree) {
        let Op::Other(words) = &mode.op else { return };
        let has = |word: &str| words.split(['_', ' ']).any(|found| found == word);
        let only_common = has("inner") || has("corresponding") && !(has("strict") || has("full") || has("left"));
        let named = mode.idents();
        let right = self.schema_of(right);
        let Some(block) = self.blocks.get_mut(id as usize) else { return };
        let BlockKind::SetOperation { left, .. } = block.kind else { return };
        if block.open {
            return;
        }
        let mut outputs = std::mem::take(&mut block.outputs);
        let left = self.schema_of(left);
        outputs.retain(|output| {
            let (in_left, in_right) = (left.get(&output.name).is_some(), right.get(&output.name).is_some());
            (named.is_empty() || named.contains(&output.name))
                && !(only_common && !(in_left && in_right))
                && (!has("left") || in_left)
        });
        if let Some(block) = self.blocks.get_mut(id as usize) {
            block.outputs = outputs;
        }
    }

    pub(super) fn wrapped(&mut self, inner: BlockId, clauses: &[Tree], context: &Context, span: Span) -> BlockId {
        let (inner_outputs, open) = match self.blocks.get(inner as usize) {
            Some(inner) => (inner.outputs.clone(), inner.open),
            None => (vec![], true),
        };
        // One for each output inside, those included that stand for any number of columns.
        let passed = |output: Output| Output {
            value: Node::leaf(Op::Ident(output.name.clone()), span),
            span,
            from_star: false,
            ..output
        };
        let outputs: Vec<Output> = inner_outputs.into_iter().map(passed).collect();
        let kind = BlockKind::Wrapped(inner);
        let mut result = Block { outputs: outputs.clone(), open, kind, ..block(context, span) };
        let id = self.push(block(context, span));
        let mut scope = Scope::new(context, id);
        outputs.into_iter().for_each(|output| scope.push_output(output));
        self.tail_clauses(clauses, &mut scope, &mut result);
        self.fill(id, result)
    }

    fn values(&mut self, node: &Tree, context: &Context) -> BlockId {
        let width = node.kids.iter().map(|row| row.kids.len()).max().unwrap_or(0);
        let id = self.push(block(context, node.span));
        let mut scope = Scope::new(context, id);
        let rows: Vec<Tree> = node.kids.iter().map(|row| self.bind(row, &mut scope, AliasRule::Hidden)).collect();
        let (prefix, base) = names_of_values(self.dialect.family);
        let outputs = (0..width)
            .map(|at| {
                let name: Name = self.dialect.normalize(&format!("{prefix}{}", at + base), false).into();
                let values = rows.iter().filter_map(|row| row.kids.get(at)).filter(|value| value.op != Op::Null);
                let types = values.map(|value| implied_type(value, self.dialect, &|_: BlockId, _: u32, _: &str| None));
                let data_type = types.reduce(|a, b| wider(a?, b?)).flatten();
                pass_through(Column { name, data_type }, node.span)
            })
            .collect();
        self.fill(id, Block { kind: BlockKind::Values(rows), outputs, ..block(context, node.span) })
    }

    /// Puts a block in the place that was reserved for it.
    pub(super) fn fill(&mut self, id: BlockId, block: Block) -> BlockId {
        if let Some(slot) = self.blocks.get_mut(id as usize) {
            *slot = block;
        }
        id
    }

    /// A part that isn't understood: everything in it is kept, so that it equals only itself.
    pub(super) fn opaque(&mut self, node: &Tree, context: &Context, why: &str) -> BlockId {
        self.problem(ProblemKind::NotUnderstood { what: why.to_owned() }, node.span);
        self.push(Block { kind: BlockKind::Opaque, open: true, other: vec![node.clone()], ..block(context, node.span) })
    }
}

/// How an operand of a set operation is paired with the one before, where the query says so.
fn column_mode(operand: &Tree) -> Option<&Tree> {
    let is_mode = |clause: &&Tree| matches!(&clause.op, Op::Other(words) if words.starts_with("SET "));
    operand.kids.last().filter(|_| operand.op == Op::Query).filter(is_mode)
}

/// A block with nothing in it yet.
pub(super) fn block(context: &Context, span: Span) -> Block {
    Block {
        kind: BlockKind::Opaque,
        outputs: vec![],
        open: false,
        parent: context.outer.last().map(|outer| outer.block),
        order: vec![],
        limit: vec![],
        other: vec![],
        ctes: vec![],
        span,
    }
}

/// An output that stands for whatever the blocks inside give at its place.
fn pass_through(column: Column, span: Span) -> Output {
    let value = Node::leaf(Op::Ident(column.name.clone()), span);
    Output { data_type: column.data_type, ..plain_output(column.name, value, span) }
}

/// The names in an alias's column list.
pub(super) fn column_names(node: &Tree) -> Vec<Name> {
    node.child(&Op::Columns).map(|columns| columns.idents()).unwrap_or_default()
}

/// A schema without unknown columns, the first ones renamed.
pub(super) fn renamed(mut schema: Schema, names: &[Name]) -> Schema {
    for (column, name) in schema.columns.iter_mut().zip(names) {
        column.name = name.clone();
    }
    schema
}

/// How engines call the columns of `VALUES (1, 2)`: what stands before the number, and the first one.
fn names_of_values(family: Family) -> (&'static str, usize) {
    match family {
        Family::DuckDb => ("col", 0),
        Family::Spark | Family::Databricks | Family::Hive => ("col", 1),
        Family::Trino | Family::Presto | Family::Athena => ("_col", 0),
        Family::MySql => ("column_", 0),
        _ => ("column", 1),
    }
}
