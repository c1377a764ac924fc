//! A resolved query's meaning as hashes: one for its rows, one for each output.
//!
//! In: a [`Resolved`] query. Out: [`Prints`]. Two queries with the same row fingerprint give the same bag of rows for
//! every content of the sources, and outputs with the same fingerprint carry the same values in those rows. Names of
//! aliases, CTEs and subqueries, unused columns, parentheses, the order of conjuncts and the like are no part of a
//! fingerprint. Whatever isn't understood is hashed as it stands, so that it equals only itself.
//!
//! A fingerprint may be too fine, which costs a proof; it must never be too coarse.

mod classify;
mod combined;
mod expression;
mod known;
mod nesting;
mod relation;
mod select;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::dialect::Family;
pub use crate::hash::{Print, hash};
use crate::names::ModelName;
use crate::resolve::{Block, BlockId, BlockKind, Relation, Resolved, Source};
use crate::sql::tree::{Name, Op, Tree};

pub(crate) use classify::{decides_rows, hangs_on_ties, is_certain as is_certain_aggregate, order_sensitive};
use known::Chains;
pub use known::KnownNames;
use nesting::Nesting;
pub(crate) use select::is_one_row;

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
    /// Blocks whose fingerprints are those of another form: what stands in them isn't looked at.
    formed: BTreeSet<BlockId>,
    /// Which blocks at most leave out rows of one relation: chains of them are long.
    filters: RefCell<FxHashMap<BlockId, bool>>,
    /// Outputs of such blocks, as their readers see them.
    passed: FxHashMap<(BlockId, usize), Print>,
    /// What code may name, by the block that it stands in.
    reach: FxHashMap<BlockId, Print>,
    /// What else it may name; empty before the first call.
    named: Vec<Chains>,
    /// The names that code of both versions can mean. Without them it may be any.
    known: Option<&'r KnownNames>,
    /// Calls are compared without what they may name around them.
    alone: bool,
}

/// New names of models' columns that kept their values, by model and old name.
pub type Renames = BTreeMap<(ModelName, Name), Name>;

/// Numbers of places, in the order in which they were met.
type Places = FxHashMap<(BlockId, usize), usize>;

impl<'r> Prints<'r> {
    pub fn new(resolved: &'r Resolved, holes: &'r dyn Fn(u32) -> Print) -> Self {
        let nesting = Nesting::new(resolved);
        let (done, own_outputs, places) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Prints {
            resolved,
            holes,
            nesting,
            done,
            own_outputs,
            places,
            trusting: false,
            renames: None,
            formed: BTreeSet::new(),
            filters: RefCell::default(),
            passed: FxHashMap::default(),
            reach: FxHashMap::default(),
            named: vec![],
            known: None,
            alone: false,
        }
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

    /// Fingerprints of calls without what they may name around them. They decide nothing.
    pub(super) fn alone(self) -> Self {
        Prints { alone: true, ..self }
    }

    /// Code that is called means none but these names.
    pub(super) fn with_known(mut self, known: &'r KnownNames) -> Self {
        self.known = Some(known);
        self
    }

    /// The block that gives the query's rows.
    pub(super) fn root(&self) -> BlockId {
        self.resolved.root
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

    /// The blocks that a block reads and that have no fingerprints yet.
    pub(crate) fn unread(&self, id: BlockId) -> Vec<BlockId> {
        let read = self.resolved.block(id).map(read_by).unwrap_or_default();
        read.into_iter().filter(|at| !self.done.contains_key(at)).collect()
    }

    /// Takes these fingerprints for a block, which have the meaning of its own.
    pub(crate) fn put(&mut self, id: BlockId, prints: Rc<BlockPrints>) {
        self.formed.insert(id);
        self.passed.clear();
        self.done.insert(id, prints);
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
        } else if block.order.iter().any(|key| decides_rows(key, self.trusting, self.family())) {
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

    /// Does something in the block refer to a block around it?
    pub(super) fn refers_outside(&self, id: BlockId) -> bool {
        self.nesting.refers_outside(id)
    }

    /// The dialect's family.
    fn family(&self) -> Family {
        self.resolved.dialect.family
    }

    /// What a hole stands for.
    pub(super) fn hole(&self, number: u32) -> Print {
        (self.holes)(number)
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

/// Does the relation have other columns afterwards, made from all it had?
fn reshapes(text: &str) -> bool {
    text.contains("PIVOT") || text.contains("MATCH_RECOGNIZE")
}
