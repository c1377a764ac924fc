//! What one bound expression, or one column of a relation, is made from.

use std::collections::BTreeSet;

use crate::names::ModelName;
use crate::resolve::{Block, BlockId, BlockKind, Relation, Select, Source};
use crate::sql::tree::{Name, Op, Tree};

use super::flow::{ColumnRef, EVERY_COLUMN, Flow, Role};
use super::outside;
use super::tracer::Tracer;

/// The windows that a block names, with what decides them.
pub(super) type Windows = Vec<(Name, Flow)>;

impl Tracer<'_> {
    /// What a bound expression is made from.
    pub(super) fn expression(&mut self, tree: &Tree) -> Flow {
        let mut flow = Flow::default();
        let mut pending = vec![tree];
        while let Some(node) = pending.pop() {
            match &node.op {
                Op::Bound(block, relation, name) => flow.absorb(&self.column(*block, *relation, name)),
                Op::Nested(id) => {
                    let traced = self.block(*id);
                    flow.absorb(traced.everything());
                    flow.absorb_rows(&traced.rows);
                    // A list of its rows has their order, and so has the first of several.
                    flow.decided_by(&traced.order, Role::Order);
                }
                Op::Hole(_) => flow.code = true,
                // The engine finds something where nothing was found here.
                Op::Missing(_) => flow.absorb(&self.anything()),
                Op::Altered(_) => {
                    self.pivoted(node, &mut flow);
                    continue;
                }
                Op::WindowSpec => {
                    for part in &node.kids {
                        let inner = self.expression(part);
                        flow.decided_by(&inner, Role::Window);
                    }
                }
                _ => {}
            }
            pending.extend(&node.kids);
        }
        flow
    }

    /// A cell of a PIVOT: the aggregate flows in, the column of the headings decides.
    fn pivoted(&mut self, node: &Tree, flow: &mut Flow) {
        let Some((aggregate, deciding)) = node.kids.split_first() else { return };
        flow.absorb(&self.expression(aggregate));
        for tree in deciding {
            let inner = self.expression(tree);
            flow.decided_by(&inner, Role::Group);
        }
    }

    /// An expression of a block, which may refer to windows that the block names.
    pub(super) fn expression_in(&mut self, tree: &Tree, windows: &Windows) -> Flow {
        let mut flow = self.expression(tree);
        if !windows.is_empty() {
            for name in window_names(tree) {
                for (_, window) in windows.iter().filter(|(known, _)| *known == name) {
                    flow.decided_by(window, Role::Window);
                }
            }
        }
        flow
    }

    /// What decides each window that a block names; one window may build on an earlier one.
    pub(super) fn windows(&mut self, block: &Block) -> Windows {
        let mut windows = Windows::new();
        for tree in &block.other {
            if let Op::NamedWindow(name) = &tree.op {
                let flow = self.expression_in(tree, &windows);
                windows.push((name.clone(), flow));
            }
        }
        windows
    }

    fn column(&mut self, block: BlockId, at: u32, name: &Name) -> Flow {
        let resolved = self.resolved;
        let Some(BlockKind::Select(select)) = resolved.block(block).map(|block| &block.kind) else {
            return Flow::default();
        };
        let Some(relation) = select.relations.get(at as usize) else { return Flow::default() };
        match &relation.source {
            Source::Model(model) => single(ColumnRef { model: model.clone(), column: name.clone() }),
            Source::Block(id) | Source::Altered(id) => self.block_column(*id, relation, name),
            Source::Recursive(cte, _) => self.recursive_column(block, cte, relation, name),
            Source::Function(call) => {
                let mut flow = self.call(block, at, call);
                flow.sources.extend(outside::column(call, name));
                flow
            }
        }
    }

    /// Every column of a function that gives rows is made from all of its arguments.
    fn call(&mut self, block: BlockId, at: u32, call: &Tree) -> Flow {
        if let Some(known) = self.calls.get(&(block, at)) {
            return known.clone();
        }
        let flow = self.expression(call);
        self.calls.insert((block, at), flow.clone());
        flow
    }

    fn block_column(&mut self, id: BlockId, relation: &Relation, name: &Name) -> Flow {
        let traced = self.block(id);
        let Some(block) = self.resolved.block(id) else { return Flow::default() };
        if let Some(output) = relation.schema.position(name).and_then(|at| self.known_output(id, block, at)) {
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
                _ => {}
            }
        }
        let all_stars = block.outputs.iter().filter(|output| output.is_open).all(|output| output.from_star);
        if traced_through && all_stars {
            return flow;
        }
        let mut everything = traced.everything().clone();
        if let (BlockKind::Select(select), true) = (&block.kind, block.open) {
            everything.absorb(&self.every_column(id, select));
        }
        everything
    }

    /// The output that is the column at this place of the block's schema: open ones aren't in it.
    fn known_output(&mut self, id: BlockId, block: &Block, at: usize) -> Option<usize> {
        let known = self.known.entry(id).or_insert_with(|| {
            let outputs = block.outputs.iter().enumerate();
            outputs.filter(|(_, output)| !output.is_open).map(|(at, _)| at).collect()
        });
        known.get(at).copied()
    }

    fn recursive_column(&mut self, block: BlockId, cte: &Name, relation: &Relation, name: &Name) -> Flow {
        let Some((root, estimate)) = self.estimate(block, cte) else { return self.anything() };
        let Some(definition) = self.resolved.block(root) else { return Flow::default() };
        let output = relation.schema.position(name).and_then(|at| self.known_output(root, definition, at));
        match output {
            Some(output) => estimate.columns.get(output).cloned().unwrap_or_default(),
            None => estimate.everything().clone(),
        }
    }

    /// Every column of every relation of a block.
    pub(super) fn every_column(&mut self, block: BlockId, select: &Select) -> Flow {
        let mut flow = Flow::default();
        for (at, relation) in select.relations.iter().enumerate() {
            match &relation.source {
                Source::Model(model) => flow.absorb(&single(every(model))),
                Source::Block(id) | Source::Altered(id) => flow.absorb(self.block(*id).everything()),
                Source::Recursive(cte, _) => match self.estimate(block, cte) {
                    Some((_, estimate)) => flow.absorb(estimate.everything()),
                    None => flow.absorb(&self.anything()),
                },
                Source::Function(call) => {
                    flow.absorb(&self.call(block, at as u32, call));
                    flow.sources.extend(outside::column(call, &EVERY_COLUMN.into()));
                }
            }
        }
        flow
    }
}

fn window_names(tree: &Tree) -> Vec<Name> {
    let mut names = Vec::new();
    tree.walk(&mut |node| {
        if let Op::WindowName(name) = &node.op {
            names.push(name.clone());
        }
        true
    });
    names
}

fn single(column: ColumnRef) -> Flow {
    Flow { sources: BTreeSet::from([column]), ..Flow::default() }
}

/// All columns of a model.
pub(super) fn every(model: &ModelName) -> ColumnRef {
    ColumnRef { model: model.clone(), column: EVERY_COLUMN.into() }
}
