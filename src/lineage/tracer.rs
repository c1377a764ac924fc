//! What the columns and rows of each block depend on.
//!
//! Blocks are traced in the order of their numbers, in which a CTE comes before its readers: a long chain of them must not
//! become a deep recursion. Only what is nested in the text is traced by descending.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::resolve::{Block, BlockId, BlockKind, Distinct, Join, Recursion, Relation, Resolved, Select, Source};
use crate::sql::tree::{JoinKind, Name, Op, Tree};

use super::calls::{aggregates, fills_gaps, generating, looks_beyond_row, may_be_unlisted, may_look_at_order};
use super::columns::{Windows, every};
use super::flow::{Flow, Role, Rows};
use super::recursion::PASSES;
use super::traced::Traced;
use super::unions;

/// Traces the blocks of one query.
pub(super) struct Tracer<'r> {
    pub(super) resolved: &'r Resolved,
    done: Vec<Option<Rc<Traced>>>,
    /// Blocks being traced, against cycles.
    active: BTreeSet<BlockId>,
    /// What is known so far of the CTEs that read themselves, by their place in `Resolved::recursions`.
    pub(super) estimates: FxHashMap<usize, Rc<Traced>>,
    pub(super) passes: usize,
    /// Places in `Resolved::recursions`, by root and by name.
    pub(super) roots: FxHashMap<BlockId, usize>,
    pub(super) named: FxHashMap<Name, Vec<usize>>,
    /// Flows of functions that give rows, by block and relation.
    pub(super) calls: FxHashMap<(BlockId, u32), Flow>,
    /// Places of the outputs that aren't open.
    pub(super) known: FxHashMap<BlockId, Vec<usize>>,
    /// Blocks that are the left side of a longer chain of UNIONs.
    pub(super) links: FxHashSet<BlockId>,
}

/// How many influences the values of one block may take over from its rows, all outputs together.
const WIDTH: usize = 1_000_000;

impl<'r> Tracer<'r> {
    pub(super) fn new(resolved: &'r Resolved) -> Self {
        let mut named: FxHashMap<Name, Vec<usize>> = FxHashMap::default();
        for (at, recursion) in resolved.recursions.iter().enumerate() {
            named.entry(recursion.name.clone()).or_default().push(at);
        }
        Tracer {
            roots: resolved.recursions.iter().enumerate().map(|(at, recursion)| (recursion.root, at)).collect(),
            named,
            resolved,
            done: vec![None; resolved.blocks.len()],
            active: BTreeSet::new(),
            estimates: FxHashMap::default(),
            passes: PASSES,
            calls: FxHashMap::default(),
            known: FxHashMap::default(),
            links: unions::links(resolved),
        }
    }

    /// The result for the query.
    pub(super) fn query(&mut self) -> Rc<Traced> {
        self.trace_range(0..self.resolved.blocks.len() as BlockId, None);
        self.block(self.resolved.root)
    }

    /// Traces these blocks, but for those inside a CTE that reads itself: that one traces them.
    pub(super) fn trace_range(&mut self, ids: Range<BlockId>, around: Option<&Recursion>) {
        // They are in the order of their roots.
        let recursions = &self.resolved.recursions;
        let [first, end] = [ids.start, ids.end].map(|id| recursions.partition_point(|other| other.root < id));
        let inside = recursions.get(first..end).unwrap_or_default().iter().filter(|other| Some(*other) != around);
        let mut left_out: Vec<Range<BlockId>> = inside.map(|other| other.blocks.start..other.root).collect();
        left_out.sort_unstable_by_key(|range| range.start);
        let mut left_out = left_out.into_iter().peekable();
        let mut at = ids.start;
        while at < ids.end {
            while left_out.peek().is_some_and(|range| range.end <= at) {
                left_out.next();
            }
            match left_out.peek() {
                Some(range) if range.contains(&at) => at = range.end,
                _ => {
                    if !self.is_link(at) {
                        self.block(at);
                    }
                    at += 1;
                }
            }
        }
    }

    /// Is this the left side of a longer chain of UNIONs, which is traced as a whole?
    fn is_link(&self, id: BlockId) -> bool {
        self.links.contains(&id)
    }

    pub(super) fn forget(&mut self, blocks: Range<BlockId>) {
        for slot in self.done.iter_mut().take(blocks.end as usize).skip(blocks.start as usize) {
            *slot = None;
        }
        self.calls.retain(|(block, _), _| !blocks.contains(block));
    }

    pub(super) fn block(&mut self, id: BlockId) -> Rc<Traced> {
        if let Some(Some(done)) = self.done.get(id as usize) {
            return done.clone();
        }
        if !self.active.insert(id) {
            return Rc::default();
        }
        let resolved = self.resolved;
        let recursion = self.roots.get(&id).copied();
        let traced = match recursion.and_then(|at| Some((at, resolved.recursions.get(at)?))) {
            Some((at, recursion)) => self.fixpoint(at, recursion),
            None => Rc::new(resolved.block(id).map(|block| self.trace(id, block)).unwrap_or_default()),
        };
        self.active.remove(&id);
        if let Some(slot) = self.done.get_mut(id as usize) {
            *slot = Some(traced.clone());
        }
        traced
    }

    pub(super) fn trace(&mut self, id: BlockId, block: &Block) -> Traced {
        let mut traced = match &block.kind {
            BlockKind::Select(select) => self.select(id, block, select),
            BlockKind::SetOperation { op, all, by_name, left, right } => {
                self.set_operation(id, block, (*op, *all, *by_name), *left, *right)
            }
            BlockKind::Values(rows) => self.values(block, rows),
            BlockKind::Wrapped(inner) => (*self.block(*inner)).clone(),
            BlockKind::Opaque => self.opaque(block),
        };
        for tree in &block.order {
            let flow = self.pass_through_or(tree, block, &traced);
            traced.order.absorb(&flow);
        }
        if block.order.iter().any(fills_gaps) {
            traced.rows.decided_by(&traced.order, Role::Order);
        }
        if !block.limit.is_empty() {
            // Without an order of its own, and among equal keys, the order inside decides.
            traced.rows.decided_by(&traced.order, Role::Order);
            for tree in &block.limit {
                let flow = self.pass_through_or(tree, block, &traced);
                traced.rows.decided_by(&flow, Role::Order);
            }
        }
        for tree in &block.other {
            if is_window_definition(tree) {
                continue;
            }
            let mut flow = self.expression(tree);
            if let (Op::Altered(_), BlockKind::Select(select)) = (&tree.op, &block.kind)
                && block.open
            {
                // PIVOT groups by the columns that it doesn't name.
                flow.absorb(&self.every_column(id, select));
            }
            traced.rows.decided_by(&flow, Role::Group);
        }
        traced
    }

    /// Keys of a set operation's ORDER BY name its outputs.
    pub(super) fn pass_through_or(&mut self, tree: &Tree, block: &Block, traced: &Traced) -> Flow {
        let windows = self.windows(block);
        let mut flow = self.expression_in(tree, &windows);
        tree.walk(&mut |node| {
            if node.op == Op::All {
                flow.absorb(traced.everything());
            }
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

    fn select(&mut self, id: BlockId, block: &Block, select: &Select) -> Traced {
        let (mut rows, order) = self.joined(id, select);
        self.decide(&select.filter, Role::Filter, &mut rows);
        let generated = self.generated(block);
        // Engines differ on whether aggregates and windows look at rows before or after.
        rows.absorb(&generated);
        let windows = self.windows(block);
        let values: Vec<Flow> =
            block.outputs.iter().map(|output| self.expression_in(&output.value, &windows)).collect();
        let input =
            if rows.influences.len().saturating_mul(values.len()) > WIDTH { rows.widened() } else { rows.clone() };
        let mut rows = self.grouped(block, select, &values, rows);
        rows.absorb(&generated);
        let input = Input { rows: input, order };
        self.decide_over(&select.having, Role::Having, &windows, &input, &mut rows);
        self.decide_over(&select.qualify, Role::Qualify, &windows, &input, &mut rows);
        let values = block.outputs.iter().zip(values);
        let columns: Vec<Flow> = values.map(|(output, flow)| self.over_rows(&output.value, flow, &input)).collect();
        self.distinct(&select.distinct, block, &columns, &mut rows);
        if let Distinct::On(_) = select.distinct {
            rows.decided_by(&input.order, Role::Order);
        }
        let open = self.open_outputs(block, &columns);
        Traced::new(columns, rows, open).ordered_by(input.order)
    }

    /// What decides how many rows the calls in the SELECT list give, and those that a key of the order calls.
    fn generated(&mut self, block: &Block) -> Rows {
        let mut rows = Rows::default();
        for tree in block.outputs.iter().map(|output| &output.value).chain(&block.order) {
            for (call, is_certain) in generating(tree, self.resolved.dialect.family) {
                let flow = self.expression(call);
                rows.decided_by(&flow, if is_certain { Role::Generate } else { Role::MayGenerate });
            }
        }
        rows
    }

    /// What decides the rows of a FROM, and their order.
    fn joined(&mut self, id: BlockId, select: &Select) -> (Rows, Flow) {
        let (mut rows, mut order) = (Rows::default(), Flow::default());
        for relation in &select.relations {
            rows.absorb(&self.relation_rows(id, relation));
            order.absorb(&self.relation_order(id, relation));
            if let Some(join) = &relation.join {
                self.join(join, select, &mut rows);
            }
        }
        let joins = select.relations.iter().filter_map(|relation| relation.join.as_ref());
        if joins.into_iter().any(is_positional) {
            rows.decided_by(&order, Role::Order);
        }
        (rows, order)
    }

    fn relation_order(&mut self, block: BlockId, relation: &Relation) -> Flow {
        match &relation.source {
            Source::Block(id) | Source::Altered(id) => self.block(*id).order.clone(),
            Source::Recursive(cte, _) => {
                self.estimate(block, cte).map(|(_, estimate)| estimate.order.clone()).unwrap_or_default()
            }
            Source::Model(_) | Source::Function(_) => Flow::default(),
        }
    }

    /// What decides the rows after GROUP BY.
    fn grouped(&mut self, block: &Block, select: &Select, values: &[Flow], mut rows: Rows) -> Rows {
        if let Some(group) = &select.group {
            self.decide(&group.keys, Role::Group, &mut rows);
            self.decide(&group.sets, Role::Group, &mut rows);
            let keys = block.outputs.iter().zip(values).filter(|(output, _)| group.all && !aggregates(&output.value));
            keys.for_each(|(_, flow)| rows.decided_by(flow, Role::Group));
            return rows;
        }
        let is_aggregated = block.outputs.iter().any(|output| aggregates(&output.value)) || !select.having.is_empty();
        let may_give_more = block.outputs.iter().any(|output| may_be_unlisted(&output.value));
        // An aggregate without GROUP BY gives one row, whatever its input.
        if is_aggregated && !may_give_more { Rows::default() } else { rows }
    }

    /// A value that looks at more than its own row depends on what decides the rows.
    fn over_rows(&self, value: &Tree, mut flow: Flow, input: &Input) -> Flow {
        if looks_beyond_row(value) {
            flow.absorb_rows(&input.rows);
        }
        if may_look_at_order(value) {
            flow.decided_by(&input.order, Role::Order);
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
                if block.order.iter().any(is_all) {
                    columns.iter().for_each(|flow| rows.decided_by(flow, Role::Order));
                }
            }
        }
    }

    fn decide(&mut self, expressions: &[Tree], role: Role, rows: &mut Rows) {
        for expression in expressions {
            let flow = self.expression(expression);
            rows.decided_by(&flow, role);
        }
    }

    fn decide_over(&mut self, expressions: &[Tree], role: Role, windows: &Windows, input: &Input, rows: &mut Rows) {
        for expression in expressions {
            let flow = self.expression_in(expression, windows);
            let flow = self.over_rows(expression, flow, input);
            rows.decided_by(&flow, role);
        }
    }

    fn join(&mut self, join: &Join, select: &Select, rows: &mut Rows) {
        self.decide(&join.condition, Role::Join, rows);
        if join.unknown {
            // NATURAL over columns that aren't known: any of them may be a key.
            for relation in &select.relations {
                if let Source::Model(model) = &relation.source {
                    rows.influences.insert((every(model), Role::Join));
                }
            }
        }
        if join.kind == JoinKind::AsOf {
            self.decide(&join.condition, Role::Order, rows);
        }
    }

    fn relation_rows(&mut self, block: BlockId, relation: &Relation) -> Rows {
        let mut rows = Rows::default();
        match &relation.source {
            Source::Model(model) => {
                rows.models.insert(model.clone());
            }
            Source::Block(id) | Source::Altered(id) => rows = self.block(*id).rows.clone(),
            Source::Recursive(cte, _) => match self.estimate(block, cte) {
                Some((_, estimate)) => rows = estimate.rows.clone(),
                None => rows.decided_by(&self.anything(), Role::Filter),
            },
            Source::Function(call) => {
                let flow = self.expression(call);
                rows.decided_by(&flow, Role::Join);
            }
        }
        rows
    }

    fn values(&mut self, block: &Block, rows: &[Tree]) -> Traced {
        let mut columns = vec![Flow::default(); block.outputs.len()];
        for row in rows {
            for (column, value) in columns.iter_mut().zip(&row.kids) {
                column.absorb(&self.expression(value));
            }
        }
        Traced::new(columns, Rows::default(), Flow::default())
    }

    fn opaque(&mut self, block: &Block) -> Traced {
        let mut everything = Flow::default();
        for tree in &block.other {
            everything.absorb(&self.expression(tree));
        }
        let mut rows = Rows::default();
        rows.decided_by(&everything, Role::Filter);
        Traced::new(vec![everything.clone(); block.outputs.len()], rows, everything)
    }
}

/// What decides the rows that a SELECT computes over, and their order.
struct Input {
    rows: Rows,
    order: Flow,
}

/// Does a join pair the first row with the first, the second with the second?
fn is_positional(join: &Join) -> bool {
    let mut found = false;
    for condition in &join.condition {
        condition.walk(&mut |node| {
            found |= match &node.op {
                Op::Modifier(word) | Op::Other(word) | Op::Function(word) | Op::Unary(word) | Op::Ident(word) => {
                    word.to_ascii_lowercase().contains("join_positional")
                }
                _ => false,
            };
            !found
        });
    }
    found
}

/// `ORDER BY ALL`.
fn is_all(key: &Tree) -> bool {
    key.op == Op::All || key.kids.iter().any(|kid| kid.op == Op::All)
}

fn is_window_definition(tree: &Tree) -> bool {
    matches!(tree.op, Op::NamedWindow(_))
}
