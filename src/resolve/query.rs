//! Queries to blocks.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::sql::tree::{Name, Node, Op, Span, Tree};

use super::scope::{AliasRule, Context, CteTarget, Scope};
use super::star::plain_output;
use super::types::{implied_type, wider};
use super::{
    Block, BlockId, BlockKind, Column, Distinct, Group, MAX_DEPTH, Output, ProblemKind, Recursion, Relation, Resolver,
    Schema, Select, Source,
};

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

    fn ctes(&mut self, with: &Tree, recursive: bool, context: &mut Context) -> Vec<(Name, BlockId)> {
        let mut ctes = Vec::new();
        for cte in &with.kids {
            let Some(name) = cte.first().and_then(|kid| kid.ident()).cloned() else { continue };
            let columns = column_names(cte);
            let Some(query) = cte.kids.iter().find(|kid| kid.op == Op::Query) else { continue };
            let id = if self.is_recursive(query, &name, recursive) {
                self.recursive_cte(&name, &columns, query, context)
            } else {
                self.query(query, context)
            };
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

    fn recursion(&mut self, itself: SelfReference<'_>, first: BlockId, root: BlockId) {
        let blocks = first..self.blocks.len() as BlockId;
        self.recursions.push(Recursion { name: itself.name.clone(), blocks, root });
    }

    fn set_operation(&mut self, node: &Tree, context: &Context, itself: Option<SelfReference<'_>>) -> BlockId {
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

    fn wrapped(&mut self, inner: BlockId, clauses: &[Tree], context: &Context, span: Span) -> BlockId {
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
        let base = if self.dialect.family == crate::dialect::Family::DuckDb { 0 } else { 1 };
        let prefix = if base == 0 { "col" } else { "column" };
        let outputs = (0..width)
            .map(|at| {
                let name: Name = format!("{prefix}{}", at + base).into();
                let values = rows.iter().filter_map(|row| row.kids.get(at)).filter(|value| value.op != Op::Null);
                let types = values.map(|value| implied_type(value, self.dialect, &|_, _, _| None));
                let data_type = types.reduce(|a, b| wider(a?, b?)).flatten();
                pass_through(Column { name, data_type }, node.span)
            })
            .collect();
        self.fill(id, Block { kind: BlockKind::Values(rows), outputs, ..block(context, node.span) })
    }

    /// Puts a block in the place that was reserved for it.
    fn fill(&mut self, id: BlockId, block: Block) -> BlockId {
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

    fn select(&mut self, node: &Tree, context: &Context, clauses: &[Tree]) -> BlockId {
        // Reserve the number: expressions inside refer to it while it is being built.
        let id = self.push(block(context, node.span));
        let mut scope = Scope::new(context, id);
        let mut result = block(context, node.span);
        let mut select = Select::default();
        let mut windows: FxHashMap<Name, Tree> = FxHashMap::default();
        for (name, definition) in node.kids.iter().filter_map(window_definition) {
            windows.entry(name).or_insert(definition);
        }
        scope.windows = Arc::new(windows);
        if let Some(from) = node.kids.iter().find(|kid| kid.op == Op::From) {
            self.from(from, &mut scope);
        }
        for kid in &node.kids {
            if let Op::LateralView(_) = kid.op {
                self.lateral_view(kid, &mut scope);
            }
        }
        if let Some(projection) = node.kids.iter().find(|kid| kid.op == Op::Projection) {
            result.open = self.outputs(projection, &mut scope);
        }
        exclude_outputs(node, &mut scope);
        for kid in &node.kids {
            self.select_clause(kid, &mut scope, &mut select, &mut result);
        }
        self.tail_clauses(clauses, &mut scope, &mut result);
        result.outputs = scope.take_outputs();
        select.relations = Arc::unwrap_or_clone(scope.relations);
        result.kind = BlockKind::Select(Box::new(select));
        self.fill(id, result)
    }

    fn select_clause(&mut self, kid: &Tree, scope: &mut Scope<'_>, select: &mut Select, result: &mut Block) {
        match &kid.op {
            Op::Projection | Op::From | Op::LateralView(_) => {}
            Op::NamedWindow(_) => result.other.push(self.bind(kid, scope, AliasRule::ColumnsFirst)),
            Op::Where | Op::Prewhere => {
                let rule = self.filter_alias_rule();
                select.filter.extend(self.conjuncts(kid, scope, rule));
            }
            Op::GroupBy => select.group = Some(self.group(kid, scope)),
            Op::Having => select.having = self.conjuncts(kid, scope, AliasRule::Either),
            Op::Qualify => {
                let rule = self.qualify_alias_rule();
                select.qualify = self.conjuncts(kid, scope, rule);
            }
            Op::Distinct => select.distinct = Distinct::Yes,
            Op::DistinctOn => {
                let keys = kid.kids.iter().map(|key| self.order_key(key, scope)).collect();
                select.distinct = Distinct::On(keys);
            }
            Op::Fetch(_) => result.limit.push(self.bind(kid, scope, AliasRule::Hidden)),
            _ => result.other.push(self.bind(kid, scope, AliasRule::ColumnsFirst)),
        }
    }

    fn tail_clauses(&mut self, clauses: &[Tree], scope: &mut Scope<'_>, result: &mut Block) {
        for clause in clauses {
            match &clause.op {
                Op::OrderBy => {
                    let keys = clause.kids.iter().map(|item| {
                        let kids = item.kids.iter().map(|key| self.order_key(key, scope)).collect();
                        item.with_kids(kids)
                    });
                    result.order = keys.collect();
                }
                Op::Other(text) if text.starts_with("|>") => {
                    let what = "pipe operators aren't supported".to_owned();
                    self.problem(ProblemKind::NotUnderstood { what }, clause.span);
                    // Only what the operators read besides their input is inside.
                    result.other.push(self.bind(clause, scope, AliasRule::Hidden));
                    result.outputs.clear();
                    scope.take_outputs();
                    result.open = true;
                }
                Op::Other(text) if text.starts_with("SETTINGS __impact_syntax_recursion") => {
                    // SEARCH and CYCLE add columns.
                    result.open = true;
                    result.other.push(clause.clone());
                }
                Op::Limit | Op::Offset | Op::Fetch(_) => {
                    result.limit.push(self.bind(clause, scope, AliasRule::ColumnsFirst));
                }
                _ => result.other.push(self.bind(clause, scope, AliasRule::ColumnsFirst)),
            }
        }
    }

    fn conjuncts(&mut self, clause: &Tree, scope: &mut Scope<'_>, rule: AliasRule) -> Vec<Tree> {
        let bound: Vec<Tree> = clause.kids.iter().map(|kid| self.bind(kid, scope, rule)).collect();
        bound.iter().flat_map(split_and).collect()
    }

    fn group(&mut self, clause: &Tree, scope: &mut Scope<'_>) -> Group {
        let mut group = Group::default();
        for kid in &clause.kids {
            match &kid.op {
                Op::All => group.all = true,
                Op::Rollup | Op::Cube | Op::GroupingSets => {
                    let sets = kid.kids.iter().map(|set| match set.op {
                        Op::Tuple => set.with_kids(set.kids.iter().map(|key| self.group_key(key, scope)).collect()),
                        _ => self.group_key(set, scope),
                    });
                    let sets = sets.collect();
                    group.sets.push(kid.with_kids(sets));
                }
                Op::Function(name) if matches!(&**name, "ROLLUP" | "CUBE") => {
                    let keys = kid.kids.iter().map(|key| self.group_key(key, scope)).collect();
                    group.sets.push(kid.with_kids(keys));
                }
                _ => group.keys.push(self.group_key(kid, scope)),
            }
        }
        group
    }
}

/// How an operand of a set operation is paired with the one before, where the query says so.
fn column_mode(operand: &Tree) -> Option<&Tree> {
    let is_mode = |clause: &&Tree| matches!(&clause.op, Op::Other(words) if words.starts_with("SET "));
    operand.kids.last().filter(|_| operand.op == Op::Query).filter(is_mode)
}

/// The name under which a CTE reads itself.
#[derive(Clone, Copy)]
struct SelfReference<'n> {
    name: &'n Name,
    columns: &'n [Name],
}

impl SelfReference<'_> {
    /// The context in which the name stands for a table with these columns.
    fn inside(self, context: &Context, schema: Schema) -> Context {
        context.with_recursive(self.name.clone(), Arc::new(renamed(schema, self.columns)))
    }
}

/// `SELECT *, x EXCLUDE (y)`: outputs that are left out.
fn exclude_outputs(select: &Tree, scope: &mut Scope<'_>) {
    let Some(clause) = select.child(&Op::Other("EXCLUDE".into())) else { return };
    let excluded: FxHashSet<Name> = clause.kids.iter().flat_map(|kid| kid.idents()).collect();
    for output in scope.take_outputs() {
        if output.is_open || !excluded.contains(&output.name) {
            scope.push_output(output);
        }
    }
}

/// A window of the WINDOW clause.
fn window_definition(clause: &Tree) -> Option<(Name, Tree)> {
    match &clause.op {
        Op::NamedWindow(name) => Some((name.clone(), clause.first()?.clone())),
        _ => None,
    }
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

/// The operands of nested ANDs, parentheses around them dropped.
pub(super) fn split_and(node: &Tree) -> Vec<Tree> {
    let inner = node.unwrap_parens();
    match inner.op {
        Op::And => inner.kids.iter().flat_map(split_and).collect(),
        _ => vec![inner.clone()],
    }
}
