//! From resolved queries to what depends on what.
//!
//! In: [`Resolved`] queries. Out: [`Lineage`]: for each output column the parents' columns that flow into it, and for
//! the rows the parents' columns and rows that decide them. Every dependence that may exist is listed; a dependence
//! that can't be narrowed down is on [`EVERY_COLUMN`].

mod flow;
mod grain;

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::names::{ColumnName, ModelName};
use crate::resolve::{
    Block, BlockId, BlockKind, Distinct, Join, Problem, ProblemKind, Relation, Resolved, Select, Source,
};
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::tree::{JoinKind, Name, Op, SetOperator, Tree};

pub(crate) use grain::{certainly_aggregates, is_certain_aggregate, unwindowed};

pub use flow::{ColumnRef, EVERY_COLUMN, Flow, Role, Rows};

/// What a query's columns and rows depend on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lineage {
    /// One for each known output column, in order.
    pub columns: Vec<(ColumnName, Flow)>,
    pub rows: Rows,
    /// What output columns that aren't known may depend on; empty if all are known.
    pub open: Flow,
    /// What the order of the rows depends on.
    pub order: Flow,
}

impl Lineage {
    /// The flow into a column; that of the unknown columns if it isn't known.
    pub fn column(&self, name: &str) -> &Flow {
        self.columns.iter().find(|(known, _)| &**known == name).map_or(&self.open, |(_, flow)| flow)
    }

    /// Every model that is read.
    pub fn models(&self) -> BTreeSet<ModelName> {
        let flows = self.columns.iter().map(|(_, flow)| flow).chain([&self.open, &self.order]);
        let mut models: BTreeSet<ModelName> = self.rows.models.clone();
        models.extend(self.rows.influences.iter().map(|(column, _)| column.model.clone()));
        for flow in flows {
            models.extend(flow.models.iter().cloned());
            models.extend(flow.sources.iter().map(|column| column.model.clone()));
            models.extend(flow.influences.iter().map(|(column, _)| column.model.clone()));
        }
        models
    }
}

/// The lineage of a resolved query.
pub fn lineage(resolved: &Resolved) -> Lineage {
    let mut tracer = Tracer { resolved, done: vec![None; resolved.blocks.len()], active: BTreeSet::new() };
    let traced = tracer.block(resolved.root);
    let Some(root) = resolved.root() else { return Lineage::default() };
    let mut columns = Vec::new();
    let mut rows = traced.rows.clone();
    let mut open = traced.open.clone();
    let blind = blind_flow(resolved);
    if let Some(flow) = &blind {
        rows.decided_by(flow, Role::Filter);
        open.absorb(flow);
    }
    for (output, flow) in root.outputs.iter().zip(&traced.columns) {
        let mut flow = flow.clone();
        blind.iter().for_each(|blind| flow.absorb(blind));
        if output.is_open { open.absorb(&flow) } else { columns.push((output.name.clone(), flow)) }
    }
    let mut order = Flow::default();
    for key in &root.order {
        order.absorb(&tracer.expression(key));
    }
    Lineage { columns, rows, open, order }
}

/// The result for one block.
#[derive(Debug, Clone, Default)]
struct Traced {
    /// One for each output of the block, open ones included.
    columns: Vec<Flow>,
    rows: Rows,
    /// For columns that aren't among the outputs.
    open: Flow,
}

impl Traced {
    fn everything(&self) -> Flow {
        let mut all = self.open.clone();
        for column in &self.columns {
            all.absorb(column);
        }
        all
    }
}

struct Tracer<'r> {
    resolved: &'r Resolved,
    done: Vec<Option<Rc<Traced>>>,
    /// Blocks being traced, against cycles.
    active: BTreeSet<BlockId>,
}

impl Tracer<'_> {
    fn block(&mut self, id: BlockId) -> Rc<Traced> {
        if let Some(Some(done)) = self.done.get(id as usize) {
            return done.clone();
        }
        if !self.active.insert(id) {
            return Rc::default();
        }
        let resolved = self.resolved;
        let traced = Rc::new(match resolved.block(id) {
            Some(block) => self.trace(id, block),
            None => Traced::default(),
        });
        self.active.remove(&id);
        if let Some(slot) = self.done.get_mut(id as usize) {
            *slot = Some(traced.clone());
        }
        traced
    }

    fn trace(&mut self, id: BlockId, block: &Block) -> Traced {
        let mut traced = match &block.kind {
            BlockKind::Select(select) => self.select(block, select),
            BlockKind::SetOperation { op, all, by_name, left, right } => {
                self.set_operation(block, (*op, *all, *by_name), *left, *right)
            }
            BlockKind::Values(rows) => self.values(block, rows),
            BlockKind::Wrapped(inner) => (*self.block(*inner)).clone(),
            BlockKind::Opaque => self.opaque(block),
        };
        // Inside of a query the order of rows may matter to what reads them: a limit, a list, a row number.
        if !block.limit.is_empty() || id != self.resolved.root && !block.order.is_empty() {
            for tree in block.order.iter().chain(&block.limit) {
                let flow = self.pass_through_or(tree, block, &traced);
                traced.rows.decided_by(&flow, Role::Order);
            }
        }
        for tree in &block.other {
            if is_window_definition(tree) {
                continue;
            }
            let mut flow = self.expression(tree);
            if let (Op::Altered(_), BlockKind::Select(select)) = (&tree.op, &block.kind) {
                // PIVOT groups by the columns that it doesn't name.
                flow.absorb(&self.every_column(select));
            }
            traced.rows.decided_by(&flow, Role::Group);
        }
        traced
    }

    /// Keys of a set operation's ORDER BY name its outputs.
    fn pass_through_or(&mut self, tree: &Tree, block: &Block, traced: &Traced) -> Flow {
        let mut flow = self.expression(tree);
        tree.walk(&mut |node| {
            if let Op::Ident(name) = &node.op
                && let Some(at) = block.outputs.iter().position(|output| output.name == *name)
                && let Some(column) = traced.columns.get(at)
            {
                flow.absorb(column);
            }
            true
        });
        flow
    }

    fn select(&mut self, block: &Block, select: &Select) -> Traced {
        let mut rows = Rows::default();
        for relation in &select.relations {
            rows.absorb(&self.relation_rows(relation));
            if let Some(join) = &relation.join {
                self.join(join, select, &mut rows);
            }
        }
        self.decide(&select.filter, Role::Filter, &mut rows);
        let values: Vec<Flow> = block.outputs.iter().map(|output| self.expression(&output.value)).collect();
        let is_one_row = block.outputs.iter().any(|output| certainly_aggregates(&output.value));
        let input = rows.clone();
        if let Some(group) = &select.group {
            self.decide(&group.keys, Role::Group, &mut rows);
            self.decide(&group.sets, Role::Group, &mut rows);
            if group.all {
                for (output, flow) in block.outputs.iter().zip(&values) {
                    if !aggregates(&output.value) {
                        rows.decided_by(flow, Role::Group);
                    }
                }
            }
        } else if is_one_row && !block.outputs.iter().any(|output| may_be_unlisted(&output.value)) {
            // An aggregate without GROUP BY gives one row, whatever its input.
            rows = Rows::default();
        }
        self.decide_over(&select.having, Role::Having, &input, &mut rows);
        self.decide_over(&select.qualify, Role::Qualify, &input, &mut rows);
        let columns = block
            .outputs
            .iter()
            .zip(values)
            .map(|(output, flow)| self.over_rows(&output.value, flow, &input))
            .collect::<Vec<_>>();
        self.distinct(&select.distinct, block, &columns, &mut rows);
        let open = self.open_outputs(block, &columns);
        Traced { columns, rows, open }
    }

    /// A value that looks at more than its own row depends on what decides the rows.
    fn over_rows(&self, value: &Tree, mut flow: Flow, input: &Rows) -> Flow {
        if looks_beyond_row(value) {
            flow.absorb_rows(input);
        }
        flow
    }

    fn open_outputs(&self, block: &Block, columns: &[Flow]) -> Flow {
        let mut open = Flow::default();
        for (output, flow) in block.outputs.iter().zip(columns) {
            if output.is_open {
                open.absorb(flow);
            }
        }
        open
    }

    fn distinct(&mut self, distinct: &Distinct, block: &Block, columns: &[Flow], rows: &mut Rows) {
        match distinct {
            Distinct::No => {}
            Distinct::Yes => columns.iter().for_each(|flow| rows.decided_by(flow, Role::Distinct)),
            Distinct::On(keys) => {
                self.decide(keys, Role::Distinct, rows);
                self.decide(&block.order, Role::Order, rows);
            }
        }
    }

    fn decide(&mut self, expressions: &[Tree], role: Role, rows: &mut Rows) {
        for expression in expressions {
            let flow = self.expression(expression);
            rows.decided_by(&flow, role);
        }
    }

    fn decide_over(&mut self, expressions: &[Tree], role: Role, input: &Rows, rows: &mut Rows) {
        for expression in expressions {
            let flow = self.expression(expression);
            let flow = self.over_rows(expression, flow, input);
            rows.decided_by(&flow, role);
        }
    }

    fn join(&mut self, join: &Join, select: &Select, rows: &mut Rows) {
        self.decide(&join.condition, Role::Join, rows);
        if join.unknown {
            // NATURAL over columns that aren't known: any of them may be a key.
            let keys = self.every_column(select);
            rows.decided_by(&keys, Role::Join);
        }
        if join.kind == JoinKind::AsOf {
            self.decide(&join.condition, Role::Order, rows);
        }
    }

    fn relation_rows(&mut self, relation: &Relation) -> Rows {
        let mut rows = Rows::default();
        match &relation.source {
            Source::Model(model) => {
                rows.models.insert(model.clone());
            }
            Source::Block(id) | Source::Altered(id) => rows = self.block(*id).rows.clone(),
            Source::Recursive(_) => {}
            Source::Function(call) => {
                let flow = self.expression(call);
                rows.decided_by(&flow, Role::Join);
            }
        }
        rows
    }

    fn set_operation(
        &mut self,
        block: &Block,
        how: (SetOperator, bool, bool),
        left: BlockId,
        right: BlockId,
    ) -> Traced {
        let (op, all, by_name) = how;
        let (l, r) = (self.block(left), self.block(right));
        let mut rows = l.rows.clone();
        rows.absorb(&r.rows);
        let recursive = self.is_recursive(right);
        let known = !block.open && !recursive;
        let mut columns = if known {
            self.paired(block, by_name, (left, &l), (right, &r))
        } else {
            let mut everything = l.everything();
            everything.absorb(&r.everything());
            everything.absorb_rows(&rows);
            vec![everything; block.outputs.len()]
        };
        let keeps_duplicates = op == SetOperator::Union && all;
        if !keeps_duplicates || recursive {
            // The steps of a recursion may filter by any column.
            let role = if keeps_duplicates { Role::Filter } else { Role::Distinct };
            let (mut decisive_l, decisive_r) = (l.everything(), r.everything());
            decisive_l.absorb(&decisive_r);
            rows.decided_by(&decisive_l, role);
        }
        if op == SetOperator::Except && known {
            // The right branch decides which rows stay; its values don't flow.
            columns = l.columns.clone();
        }
        let mut open = l.open.clone();
        open.absorb(&r.open);
        if block.open {
            open.absorb(&l.everything());
            open.absorb(&r.everything());
        }
        Traced { columns, rows, open }
    }

    fn paired(&self, block: &Block, by_name: bool, left: (BlockId, &Traced), right: (BlockId, &Traced)) -> Vec<Flow> {
        let flow_at = |side: (BlockId, &Traced), at: usize, name: &Name| -> Flow {
            let outputs = self.resolved.block(side.0).map(|block| block.outputs.as_slice()).unwrap_or_default();
            let at = if by_name { outputs.iter().position(|output| output.name == *name) } else { Some(at) };
            at.and_then(|at| side.1.columns.get(at)).cloned().unwrap_or_default()
        };
        let pair = |(at, output): (usize, &crate::resolve::Output)| {
            let mut flow = flow_at(left, at, &output.name);
            flow.absorb(&flow_at(right, at, &output.name));
            flow
        };
        block.outputs.iter().enumerate().map(pair).collect()
    }

    /// Does the block read the CTE that it defines?
    fn is_recursive(&self, id: BlockId) -> bool {
        let mut pending = vec![id];
        let mut seen = BTreeSet::new();
        while let Some(id) = pending.pop() {
            let Some(block) = self.resolved.block(id).filter(|_| seen.insert(id)) else { continue };
            match &block.kind {
                BlockKind::Select(select) => {
                    for relation in &select.relations {
                        match &relation.source {
                            Source::Recursive(_) => return true,
                            Source::Block(inner) | Source::Altered(inner) => pending.push(*inner),
                            Source::Model(_) | Source::Function(_) => {}
                        }
                    }
                }
                BlockKind::SetOperation { left, right, .. } => pending.extend([*left, *right]),
                BlockKind::Wrapped(inner) => pending.push(*inner),
                BlockKind::Values(_) | BlockKind::Opaque => {}
            }
        }
        false
    }

    fn values(&mut self, block: &Block, rows: &[Tree]) -> Traced {
        let mut columns = vec![Flow::default(); block.outputs.len()];
        for row in rows {
            for (column, value) in columns.iter_mut().zip(&row.kids) {
                column.absorb(&self.expression(value));
            }
        }
        Traced { columns, ..Traced::default() }
    }

    fn opaque(&mut self, block: &Block) -> Traced {
        let mut everything = Flow::default();
        for tree in &block.other {
            everything.absorb(&self.expression(tree));
        }
        let mut rows = Rows::default();
        rows.decided_by(&everything, Role::Filter);
        Traced { columns: vec![everything.clone(); block.outputs.len()], rows, open: everything }
    }

    /// What a bound expression is made from.
    fn expression(&mut self, tree: &Tree) -> Flow {
        let mut flow = Flow::default();
        let mut bound = Vec::new();
        let mut nested = Vec::new();
        let mut windows = Vec::new();
        let mut named: Vec<u128> = Vec::new();
        tree.walk(&mut |node| {
            match &node.op {
                // The definition of a named window isn't part of the expression as written.
                Op::Window if node.kids.len() == 3 => named.extend(node.kids.get(2).map(|spec| spec.fingerprint())),
                Op::WindowSpec if named.contains(&node.fingerprint()) => {
                    windows.push(node.clone());
                    return false;
                }
                Op::Bound(block, relation, name) => bound.push((*block, *relation, name.clone())),
                Op::Nested(id) => nested.push(*id),
                Op::WindowSpec => windows.push(node.clone()),
                _ => {}
            }
            true
        });
        for (block, relation, name) in bound {
            flow.absorb(&self.column(block, relation, &name));
        }
        for id in nested {
            let traced = self.block(id);
            flow.absorb(&traced.everything());
            flow.absorb_rows(&traced.rows);
        }
        for window in windows {
            for part in &window.kids {
                let inner = self.expression(part);
                flow.influences.extend(inner.sources.into_iter().map(|source| (source, Role::Window)));
            }
        }
        flow
    }

    fn column(&mut self, block: BlockId, relation: u32, name: &Name) -> Flow {
        let resolved = self.resolved;
        let Some(BlockKind::Select(select)) = resolved.block(block).map(|block| &block.kind) else {
            return Flow::default();
        };
        let Some(relation) = select.relations.get(relation as usize) else { return Flow::default() };
        match &relation.source {
            Source::Model(model) => single(ColumnRef { model: model.clone(), column: name.clone() }),
            Source::Block(id) | Source::Altered(id) => self.block_column(*id, relation, name),
            Source::Recursive(_) => Flow::default(),
            Source::Function(call) => self.expression(call),
        }
    }

    fn block_column(&mut self, id: BlockId, relation: &Relation, name: &Name) -> Flow {
        let traced = self.block(id);
        let Some(block) = self.resolved.block(id) else { return Flow::default() };
        let known = block.outputs.iter().enumerate().filter(|(_, output)| !output.is_open).map(|(at, _)| at);
        let at = relation.schema.columns.iter().position(|column| column.name == *name);
        if let Some(output) = at.and_then(|at| known.clone().nth(at)) {
            return traced.columns.get(output).cloned().unwrap_or_default();
        }
        // It comes through a star over a table whose columns aren't known: through each that is open.
        let mut flow = Flow::default();
        let mut traced_through = false;
        for output in block.outputs.iter().filter(|output| output.is_open) {
            match &output.value.op {
                Op::Bound(inner, at, star) if &**star == EVERY_COLUMN && &**name != EVERY_COLUMN => {
                    flow.absorb(&self.column(*inner, *at, name));
                    traced_through = true;
                }
                // Options of the star: columns that are replaced.
                Op::Star => {
                    flow.absorb(&self.expression(&output.value));
                    for column in &output.value.kids {
                        if let Op::Bound(inner, at, _) = &column.op {
                            flow.absorb(&self.column(*inner, *at, name));
                        }
                    }
                    traced_through = !output.value.kids.iter().any(|kid| kid.op == Op::StarRename);
                }
                _ => {}
            }
        }
        let all_stars = block.outputs.iter().filter(|output| output.is_open).all(|output| output.from_star);
        if traced_through && all_stars {
            return flow;
        }
        let mut everything = traced.everything();
        if let (BlockKind::Select(select), true) = (&block.kind, block.open) {
            everything.absorb(&self.every_column(select));
        }
        everything
    }

    /// Every column of every relation.
    fn every_column(&mut self, select: &Select) -> Flow {
        let mut flow = Flow::default();
        for relation in &select.relations {
            match &relation.source {
                Source::Model(model) => flow.absorb(&single(every(model))),
                Source::Block(id) | Source::Altered(id) => flow.absorb(&self.block(*id).everything()),
                Source::Recursive(_) => {}
                Source::Function(call) => flow.absorb(&self.expression(call)),
            }
        }
        flow
    }
}

/// If a part of the query isn't understood, everything may depend on all that the query names.
fn blind_flow(resolved: &Resolved) -> Option<Flow> {
    let not_understood = |problem: &Problem| matches!(problem.kind, ProblemKind::NotUnderstood { .. });
    resolved.problems.iter().any(not_understood).then(|| Flow {
        sources: resolved.tables.iter().map(every).collect(),
        models: resolved.tables.clone(),
        ..Flow::default()
    })
}

fn single(column: ColumnRef) -> Flow {
    Flow { sources: BTreeSet::from([column]), ..Flow::default() }
}

fn every(model: &ModelName) -> ColumnRef {
    ColumnRef { model: model.clone(), column: EVERY_COLUMN.into() }
}

fn is_window_definition(tree: &Tree) -> bool {
    matches!(tree.op, Op::NamedWindow(_))
}

/// Is there a call of an aggregate, outside of windows, in this expression?
pub(crate) fn aggregates(tree: &Tree) -> bool {
    contains(tree, &|name| kind(name) == FunctionKind::Aggregate)
}

/// Is there a call whose kind isn't known (it may be a user's aggregate), or a hole?
pub(crate) fn may_be_unlisted(tree: &Tree) -> bool {
    let mut found = contains(tree, &|name| kind(name) == FunctionKind::Unknown);
    tree.walk(&mut |node| {
        found |= matches!(node.op, Op::Hole(_) | Op::Other(_));
        !found
    });
    found
}

/// Does the value depend on other rows than its own?
fn looks_beyond_row(tree: &Tree) -> bool {
    let mut window = false;
    tree.walk(&mut |node| {
        window |= node.op == Op::Window;
        !window
    });
    window || aggregates(tree) || may_be_unlisted(tree)
}

/// Does a call that isn't windowed satisfy this?
fn contains(tree: &Tree, is: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    let mut pending = vec![tree];
    while let Some(node) = pending.pop() {
        match &node.op {
            Op::Function(name) => found |= is(name),
            Op::Window => {
                // The function itself is windowed; its arguments aren't.
                if let Some((call, window)) = node.kids.split_first() {
                    pending.extend(call.kids.iter().chain(window));
                    continue;
                }
            }
            _ => {}
        }
        if found {
            return true;
        }
        pending.extend(&node.kids);
    }
    found
}
