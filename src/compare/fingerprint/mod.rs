//! A resolved query's meaning as hashes: one for its rows, one for each output.
//!
//! In: a [`Resolved`] query. Out: [`Prints`]. Two queries with the same row fingerprint give the same bag of rows for
//! every content of the sources, and outputs with the same fingerprint carry the same values in those rows. Names of
//! aliases, CTEs and subqueries, unused columns, parentheses, the order of conjuncts and the like are no part of a
//! fingerprint. Whatever isn't understood is hashed as it stands, so that it equals only itself.
//!
//! A fingerprint may be too fine, which costs a proof; it must never be too coarse.

mod classify;
mod expression;
mod nesting;
mod relation;

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

pub use crate::hash::{Print, hash};
use crate::lineage::aggregates;
use crate::names::ModelName;
use crate::resolve::{Block, BlockId, BlockKind, Distinct, Group, Output, Relation, Resolved, Select, Source};
use crate::sql::tree::{Name, Op, SetOperator, Tree};

use classify::{Beyond, beyond_row, certainly_aggregates, decides_rows, mixes_grains, row_calls};
pub(crate) use classify::{is_certain as is_certain_aggregate, order_sensitive};
use nesting::Nesting;

/// Given for a hole, it leaves the hole's arguments out: all such holes are alike.
pub const ANY_HOLE: Print = Print::MAX;

/// The fingerprints of a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockPrints {
    pub rows: Print,
    /// One for each output, open ones included.
    pub columns: Vec<Print>,
    /// What decides the order in which the rows come; 0 if nothing does.
    pub sequence: Print,
    /// For the parts that make the rows, so that a difference can be pointed at.
    pub parts: Parts,
}

/// Fingerprints of the clauses of a SELECT.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// Rows of each relation with its join.
    pub relations: Vec<Print>,
    pub filter: Vec<Print>,
    pub group: Option<Print>,
    pub having: Vec<Print>,
    pub qualify: Vec<Print>,
    pub distinct: Print,
    pub limit: Print,
    pub generated: Vec<Print>,
    pub other: Print,
}

/// All fingerprints of a query.
pub struct Prints<'r> {
    resolved: &'r Resolved,
    /// What a hole stands for: its name, and the definition behind it.
    holes: &'r dyn Fn(u32) -> Print,
    nesting: Nesting,
    done: BTreeMap<BlockId, Rc<BlockPrints>>,
    /// The outputs of set operations and wrapped queries, which their own clauses call by name.
    own_outputs: BTreeMap<BlockId, Vec<Print>>,
    /// Where things stand that may differ from one evaluation to the next: under what they look like, each place once.
    places: BTreeMap<Print, Places>,
    /// Calls whose kind isn't known are taken for functions of one row.
    trusting: bool,
    renames: Option<&'r Renames>,
}

/// New names of models' columns that kept their values, by model and old name.
pub type Renames = BTreeMap<(ModelName, Name), Name>;

/// Numbers of places, in the order in which they were met.
type Places = FxHashMap<(BlockId, usize), usize>;

impl<'r> Prints<'r> {
    pub fn new(resolved: &'r Resolved, holes: &'r dyn Fn(u32) -> Print) -> Self {
        let nesting = Nesting::new(resolved);
        let (done, own_outputs, places) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Prints { resolved, holes, nesting, done, own_outputs, places, trusting: false, renames: None }
    }

    /// Fingerprints under the assumption that calls whose kind isn't known neither aggregate nor give rows, and that
    /// listed aggregates do aggregate. Where these agree and the others don't, only the assumption would make the rows
    /// the same.
    pub fn trusting(resolved: &'r Resolved, holes: &'r dyn Fn(u32) -> Print) -> Self {
        Prints { trusting: true, ..Prints::new(resolved, holes) }
    }

    /// Reads columns of models under their new names.
    pub fn with_renames(mut self, renames: &'r Renames) -> Self {
        self.renames = Some(renames);
        self
    }

    /// The fingerprints of a block.
    pub fn block(&mut self, id: BlockId) -> Rc<BlockPrints> {
        if let Some(done) = self.done.get(&id) {
            return done.clone();
        }
        for below in self.below(id) {
            self.printed(below);
        }
        self.printed(id)
    }

    /// The blocks that are read in FROM, directly or not, and have no fingerprints yet; those that others read first.
    /// Chains of CTEs are long.
    fn below(&self, id: BlockId) -> Vec<BlockId> {
        let mut order = Vec::new();
        let mut seen = FxHashMap::default();
        let mut pending = vec![(id, false)];
        while let Some((at, is_read)) = pending.pop() {
            if is_read {
                order.push(at);
                continue;
            }
            if self.done.contains_key(&at) || seen.insert(at, ()).is_some() {
                continue;
            }
            pending.push((at, true));
            let read = self.resolved.block(at).map(read_by).unwrap_or_default();
            pending.extend(read.into_iter().rev().map(|next| (next, false)));
        }
        order.retain(|&at| at != id);
        order
    }

    fn printed(&mut self, id: BlockId) -> Rc<BlockPrints> {
        if let Some(done) = self.done.get(&id) {
            return done.clone();
        }
        // Against cycles, which resolution doesn't build: a block inside itself is only itself.
        self.done.insert(id, Rc::new(BlockPrints { rows: hash(("cycle", id)), ..BlockPrints::default() }));
        let resolved = self.resolved;
        let prints = match resolved.block(id) {
            Some(block) => self.prints(id, block),
            None => BlockPrints::default(),
        };
        let prints = Rc::new(prints);
        self.done.insert(id, prints.clone());
        prints
    }

    fn prints(&mut self, id: BlockId, block: &Block) -> BlockPrints {
        let mut prints = match &block.kind {
            BlockKind::Select(select) => self.select(id, block, select),
            BlockKind::SetOperation { op, all, by_name, left, right } => {
                self.set_operation(id, block, (*op, *all, *by_name), *left, *right)
            }
            BlockKind::Values(rows) => self.values(id, block, rows),
            BlockKind::Wrapped(inner) => (*self.block(*inner)).clone(),
            BlockKind::Opaque => BlockPrints {
                columns: block.outputs.iter().map(|output| hash(("opaque", &output.name))).collect(),
                ..BlockPrints::default()
            },
        };
        if !matches!(block.kind, BlockKind::Select(_)) {
            self.own_outputs.insert(id, prints.columns.clone());
        }
        if self.nesting.defines_recursion(id) {
            // What reads itself inside counts its recursions outwards: each has to be there.
            prints.rows = hash(("recursion", prints.rows));
            prints.columns.iter_mut().for_each(|column| *column = hash(("recursion", *column)));
        }
        prints.parts.other = self.other_clauses(id, block);
        self.tail(id, block, &mut prints);
        prints
    }

    /// ORDER BY and LIMIT.
    fn tail(&mut self, id: BlockId, block: &Block, prints: &mut BlockPrints) {
        let inherited = prints.sequence;
        let order: Vec<Print> = block.order.iter().map(|key| self.order_key(id, key, &prints.columns)).collect();
        if !order.is_empty() {
            prints.sequence = hash(("order", &order, inherited));
        }
        prints.parts.limit = 0;
        if !block.limit.is_empty() {
            let limit: Vec<Print> = block.limit.iter().map(|tree| self.tree(id, tree)).collect();
            let limit = hash(("limit", &order, limit, inherited));
            // Without an order that tells all rows apart, two evaluations may give different rows.
            prints.parts.limit = hash((limit, self.place(hash((limit, prints.rows)), id, id as usize)));
        } else if block.order.iter().any(|key| decides_rows(key, self.trusting)) {
            prints.parts.limit = hash(("order that decides rows", &order));
        }
        prints.rows = hash((prints.rows, prints.parts.limit, prints.parts.other));
    }

    fn order_key(&mut self, id: BlockId, key: &Tree, columns: &[Print]) -> Print {
        match key.op {
            Op::All => hash(("all", columns)),
            _ => self.tree(id, key),
        }
    }

    fn other_clauses(&mut self, id: BlockId, block: &Block) -> Print {
        let mut prints = Vec::new();
        for (at, clause) in block.other.iter().enumerate() {
            let print = match &clause.op {
                // Each window has its definition in it.
                Op::NamedWindow(_) => continue,
                Op::Altered(text) => {
                    let every = if reshapes(text) { self.every_column(block) } else { 0 };
                    let print = hash((self.tree(id, clause), every));
                    // A sample is another one each time it is taken.
                    hash((print, self.place(print, id, at)))
                }
                _ => self.tree(id, clause),
            };
            prints.push(print);
        }
        hash(("other", prints))
    }

    fn select(&mut self, id: BlockId, block: &Block, select: &Select) -> BlockPrints {
        let mut parts = Parts {
            relations: (0..select.relations.len()).map(|at| self.joined(id, select, at)).collect(),
            filter: self.predicates(id, &select.filter),
            ..Parts::default()
        };
        let sequences: Vec<Print> = select.relations.iter().map(|relation| self.relation_sequence(relation)).collect();
        let sequence = if sequences.iter().all(|&sequence| sequence == 0) { 0 } else { hash(("through", &sequences)) };
        let filter_order = sequence_for(&select.filter, sequence);
        let input = hash(("input", &parts.relations, &parts.filter, filter_order));
        let values: Vec<Print> = block.outputs.iter().map(|output| self.tree(id, &output.value)).collect();
        parts.group = select.group.as_ref().map(|group| self.group(id, group, block, &values));
        parts.having = self.predicates(id, &select.having);
        parts.qualify = self.predicates(id, &select.qualify);
        let seen = hash(("seen", input, parts.group, &parts.having));
        let grouped = hash(("seen", input, parts.group));
        // A value that looks at more than its own row has the rows it looks at in its fingerprint. An aggregate sees its
        // group, whatever HAVING makes of the group.
        let over = |tree: &Tree, value: Print| {
            let order = || sequence_for(std::slice::from_ref(tree), sequence);
            match beyond_row(tree) {
                Beyond::Nothing => value,
                Beyond::Group => hash(("over", value, grouped, order())),
                Beyond::Rows => hash(("over", value, seen, order())),
            }
        };
        let outputs = block.outputs.iter().zip(&values);
        let columns: Vec<Print> = outputs.map(|(output, &value)| over(&output.value, value)).collect();
        parts.generated = self.generating(id, block, &columns, &over);
        parts.distinct = self.distinct(id, &select.distinct, block, &columns, sequence);
        let core = match parts.group {
            Some(group) => hash(("grouped", input, group)),
            // One row, whatever the input.
            None if self.is_one_row(block, select) => hash("one row"),
            None => input,
        };
        let condition = |prints: &[Print], trees: &[Tree]| match prints {
            [] => 0,
            _ => hash((seen, prints, sequence_for(trees, sequence))),
        };
        let having = condition(&parts.having, &select.having);
        let qualify = condition(&parts.qualify, &select.qualify);
        let rows = hash((core, having, qualify, parts.distinct, &parts.generated));
        let columns = match &select.distinct {
            // Which row of a group is kept depends on the order.
            Distinct::On(_) => columns.into_iter().map(|column| hash(("kept", column, parts.distinct, rows))).collect(),
            Distinct::No | Distinct::Yes => columns,
        };
        BlockPrints { rows, columns, sequence, parts }
    }

    /// The calls in the outputs that decide how many rows there are, or may.
    fn generating(
        &mut self,
        id: BlockId,
        block: &Block,
        columns: &[Print],
        over: &dyn Fn(&Tree, Print) -> Print,
    ) -> Vec<Print> {
        let trusting = self.trusting;
        let calls = block.outputs.iter().flat_map(|output| row_calls(&output.value, trusting));
        let mut prints: Vec<Print> = calls.map(|call| over(call, self.tree(id, call))).collect();
        if self.nesting.is_aggregated_inside(id) {
            prints.extend(columns);
            prints.push(hash("aggregated by a subquery"));
        }
        prints.sort_unstable();
        prints
    }

    /// The same; with trust, what is listed as an aggregate is one.
    fn is_one_row(&self, block: &Block, select: &Select) -> bool {
        is_one_row(block, select) || self.trusting && deciding(block, select).any(aggregates)
    }

    /// Does something in the block refer to a block around it?
    pub(super) fn refers_outside(&self, id: BlockId) -> bool {
        self.nesting.refers_outside(id)
    }

    /// Is the block a recursive CTE or a part of one?
    pub(super) fn is_recursion(&self, id: BlockId) -> bool {
        self.nesting.is_recursive(id) || self.nesting.defines_recursion(id)
    }

    /// Are the block's rows aggregated by a subquery inside it?
    pub(super) fn is_aggregated_inside(&self, id: BlockId) -> bool {
        self.nesting.is_aggregated_inside(id)
    }

    /// Conditions of which only matters whether they hold: twice negated is not negated.
    fn predicates(&mut self, id: BlockId, trees: &[Tree]) -> Vec<Print> {
        let trees: Vec<Tree> = trees.iter().flat_map(expression::conjuncts).cloned().collect();
        self.sorted(id, &trees)
    }

    fn sorted(&mut self, id: BlockId, trees: &[Tree]) -> Vec<Print> {
        let mut prints: Vec<Print> = trees.iter().map(|tree| self.tree(id, tree)).collect();
        prints.sort_unstable();
        prints.dedup();
        prints
    }

    fn group(&mut self, id: BlockId, group: &Group, block: &Block, values: &[Print]) -> Print {
        let mut keys = self.sorted(id, &group.keys);
        if group.all {
            let is_key = |output: &Output| !aggregates(&output.value) || mixes_grains(&output.value);
            let plain = block.outputs.iter().zip(values).filter(|(output, _)| is_key(output));
            keys.extend(plain.map(|(_, &value)| value));
            keys.sort_unstable();
            keys.dedup();
        }
        let sets: Vec<Print> = group.sets.iter().map(|set| self.tree(id, set)).collect();
        // A constant key doesn't group, but its presence makes the empty input give no row instead of one.
        hash(("keys", keys, sets))
    }

    fn distinct(
        &mut self,
        id: BlockId,
        distinct: &Distinct,
        block: &Block,
        columns: &[Print],
        sequence: Print,
    ) -> Print {
        match distinct {
            Distinct::No => 0,
            Distinct::Yes => {
                let mut set = columns.to_vec();
                set.sort_unstable();
                set.dedup();
                hash(("distinct", set))
            }
            Distinct::On(keys) => {
                let keys = self.sorted(id, keys);
                let order: Vec<Print> = block.order.iter().map(|key| self.order_key(id, key, columns)).collect();
                let print = hash(("distinct on", keys, order, sequence));
                hash((print, self.place(print, id, id as usize)))
            }
        }
    }

    fn set_operation(
        &mut self,
        id: BlockId,
        block: &Block,
        (op, all, by_name): (SetOperator, bool, bool),
        left: BlockId,
        right: BlockId,
    ) -> BlockPrints {
        let (l, r) = (self.block(left), self.block(right));
        let open = block.open || l.columns.len() != r.columns.len() && !by_name;
        let branches = (&l.columns, &r.columns);
        let columns: Vec<Print> = block
            .outputs
            .iter()
            .enumerate()
            .map(|(at, output)| {
                let pair = [(left, &l), (right, &r)]
                    .map(|(side, prints)| self.branch_column(side, prints, at, &output.name, by_name));
                // Which columns correspond isn't known: any may be the value.
                if open { hash(("open pair", pair, at, branches)) } else { hash(("pair", pair)) }
            })
            .collect();
        let keeps_duplicates = op == SetOperator::Union && all;
        // In a recursion any column may decide which rows the next step gives.
        let recursive = self.nesting.is_recursive(id);
        let decisive = if keeps_duplicates && !open && !recursive {
            None
        } else {
            let mut pairs = columns.clone();
            // The next step finds its columns by their places.
            if !recursive {
                pairs.sort_unstable();
            }
            Some((pairs, if open { vec![l.columns.clone(), r.columns.clone()] } else { vec![] }))
        };
        let rows = hash(("set", op, all, by_name && open, l.rows, r.rows, decisive));
        let sequence = if l.sequence == 0 && r.sequence == 0 { 0 } else { hash(("both", l.sequence, r.sequence)) };
        BlockPrints { rows, columns, sequence, parts: Parts { relations: vec![l.rows, r.rows], ..Parts::default() } }
    }

    fn branch_column(&self, side: BlockId, prints: &BlockPrints, at: usize, name: &Name, by_name: bool) -> Print {
        let outputs = self.resolved.block(side).map(|block| block.outputs.as_slice()).unwrap_or_default();
        let at = if by_name { outputs.iter().position(|output| output.name == *name) } else { Some(at) };
        at.and_then(|at| prints.columns.get(at)).copied().unwrap_or(0)
    }

    fn values(&mut self, id: BlockId, block: &Block, rows: &[Tree]) -> BlockPrints {
        let rows: Vec<Print> = rows.iter().map(|row| self.tree(id, row)).collect();
        let rows = hash(("values", rows));
        let columns = (0..block.outputs.len()).map(|at| hash(("value", rows, at))).collect();
        BlockPrints { rows, columns, ..BlockPrints::default() }
    }

    /// Which of the places that look like this one it is. Something that may differ from one evaluation to the next
    /// equals itself where it is used twice, and not another that only looks the same.
    fn place(&mut self, looks: Print, block: BlockId, at: usize) -> usize {
        let known = self.places.entry(looks).or_default();
        let next = known.len();
        *known.entry((block, at)).or_insert(next)
    }
}

/// The blocks that a block reads in FROM, or puts together.
fn read_by(block: &Block) -> Vec<BlockId> {
    match &block.kind {
        BlockKind::Select(select) => {
            let read = |relation: &Relation| match relation.source {
                Source::Block(inner) | Source::Altered(inner) => Some(inner),
                Source::Model(_) | Source::Recursive(..) | Source::Function(_) => None,
            };
            select.relations.iter().filter_map(read).collect()
        }
        BlockKind::SetOperation { left, right, .. } => vec![*left, *right],
        BlockKind::Wrapped(inner) => vec![*inner],
        BlockKind::Values(_) | BlockKind::Opaque => vec![],
    }
}

/// Does a SELECT without GROUP BY give one row for any input? HAVING alone doesn't make it so in every engine.
pub(super) fn is_one_row(block: &Block, select: &Select) -> bool {
    deciding(block, select).any(certainly_aggregates)
}

/// Where an aggregate makes one row of all.
fn deciding<'b>(block: &'b Block, select: &'b Select) -> impl Iterator<Item = &'b Tree> {
    let values = block.outputs.iter().map(|output| &output.value);
    values.chain(&select.having).chain(&select.qualify).chain(&block.order)
}

/// The order of the input, if one of these depends on it.
fn sequence_for(trees: &[Tree], sequence: Print) -> Print {
    if trees.iter().any(order_sensitive) { sequence } else { 0 }
}

/// Does the relation have other columns afterwards, made from all it had?
fn reshapes(text: &str) -> bool {
    text.contains("PIVOT") || text.contains("MATCH_RECOGNIZE")
}
