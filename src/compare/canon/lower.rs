//! From resolved blocks to the form in which they are rewritten.
//!
//! In: a [`Resolved`]. Out: a [`Query`], or nothing. A block with a part that isn't understood stays as it is, told from
//! others by its fingerprints; if it refers to something outside of it there is no form. A CTE is written out wherever it
//! is read, so its size counts each time.

mod trees;
mod understood;

use rustc_hash::{FxHashMap, FxHashSet};

use std::cell::RefCell;

use crate::compare::fingerprint::{Print, Prints, Renames, is_one_row};
use crate::lineage::aggregates;
use crate::names::ModelName;
use crate::resolve::{Block, BlockId, BlockKind, Distinct, Relation, Resolved, Select as Bound, Source as Read};
use crate::sql::tree::{Name, Node, Op, SetOperator, Tree};

use super::calls::may_fail;
use super::facts::Facts;
use super::form::{Grouping, Item, Limit, Query, RelationId, Select, Source, placed};
use super::inputs::Inside;
use crate::compare::fingerprint::{decides_rows, hangs_on_ties, order_sensitive};

/// More relations than this, CTEs written out, aren't rewritten.
const MOST_RELATIONS: u32 = 400;
/// Queries nested deeper than this aren't rewritten.
pub(super) const MOST_DEPTH: usize = 60;
/// Longer lists of VALUES stay as they are.
const MOST_VALUES: usize = 40;
/// Around a condition that may fail, before the conditions of the joins that come first.
const GUARDED: &str = "guarded";
/// More nodes than this aren't rewritten.
const MOST_NODES: usize = 30_000;

/// Builds the form.
pub(super) struct Lowering<'r, 'p> {
    pub(super) resolved: &'r Resolved,
    pub(super) prints: &'p mut Prints<'r>,
    pub(super) renames: &'r Renames,
    pub(super) facts: &'r Facts,
    /// What was found in the form of what frozen parts read.
    pub(super) inside: Inside,
    /// The numbers of the relations of the blocks around and inside the one at hand.
    relations: FxHashMap<BlockId, Vec<RelationId>>,
    pub(super) subqueries: Vec<Query>,
    pub(super) models: FxHashMap<RelationId, ModelName>,
    next: RelationId,
    /// The blocks that have been in here.
    lowered: FxHashSet<BlockId>,
    depth: usize,
    is_too_deep: bool,
    nodes: usize,
    /// The order of rows decides something somewhere.
    order_matters: bool,
    /// The calls that may be evaluated to different values, by block and name: an alias stands for the same call.
    calls: RefCell<FxHashMap<(BlockId, Name), Vec<*const Node>>>,
    /// The block at hand.
    block: BlockId,
    /// What code in the expression at hand may name.
    reach: Print,
}

impl<'r, 'p> Lowering<'r, 'p> {
    pub(super) fn new(
        resolved: &'r Resolved,
        prints: &'p mut Prints<'r>,
        renames: &'r Renames,
        facts: &'r Facts,
    ) -> Self {
        let order_matters = resolved
            .blocks
            .iter()
            .any(|block| !block.limit.is_empty() || block.expressions().into_iter().any(order_sensitive));
        Lowering {
            resolved,
            prints,
            renames,
            facts,
            inside: Inside::default(),
            relations: FxHashMap::default(),
            subqueries: vec![],
            models: FxHashMap::default(),
            next: 0,
            depth: 0,
            is_too_deep: false,
            lowered: FxHashSet::default(),
            nodes: 0,
            order_matters,
            calls: RefCell::default(),
            block: resolved.root,
            reach: Print::default(),
        }
    }

    /// The next number that no relation has.
    pub(super) fn next(&self) -> RelationId {
        self.next
    }

    /// Was it given up for its size?
    pub(super) fn is_too_large(&self) -> bool {
        self.is_too_deep || self.next > MOST_RELATIONS || self.nodes > MOST_NODES
    }

    fn hangs_on_ties(&self, id: BlockId) -> bool {
        let mut found = false;
        for tree in self.resolved.block(id).into_iter().flat_map(Block::expressions) {
            tree.walk(&mut |node| {
                found |= hangs_on_ties(node);
                !found
            });
        }
        found
    }

    /// The form of a block.
    pub(super) fn query(&mut self, id: BlockId) -> Option<Query> {
        self.is_too_deep |= self.depth >= MOST_DEPTH;
        // A query that is read twice becomes two, which may put rows with the same keys in two orders.
        if self.is_too_large() || !self.lowered.insert(id) && self.hangs_on_ties(id) {
            return None;
        }
        self.depth += 1;
        let query = self.block(id);
        self.depth -= 1;
        query
    }

    fn block(&mut self, id: BlockId) -> Option<Query> {
        let block = self.resolved.block(id)?;
        let is_ordered = !block.order.is_empty() && self.order_matters && id != self.resolved.root;
        let adds_rows = || block.order.iter().any(|key| decides_rows(key, false, self.resolved.dialect.family));
        if self.prints.is_recursion(id) || !block.other.iter().all(is_named_window) || block.open {
            return self.frozen(id);
        }
        match &block.kind {
            BlockKind::Select(select) => {
                if !self.is_understood(id, block, select) || is_ordered && block.limit.is_empty() {
                    return self.frozen(id);
                }
                self.select(id, block, select)
            }
            BlockKind::SetOperation { .. } | BlockKind::Wrapped(_) if is_ordered || adds_rows() => self.frozen(id),
            BlockKind::SetOperation { op, all, by_name: false, left, right } => {
                if block.limit.is_empty() {
                    self.set_operation(*op, *all, *left, *right)
                } else {
                    self.frozen(id)
                }
            }
            BlockKind::Values(rows) if is_bare(block) && rows.len() <= MOST_VALUES => {
                let width = block.outputs.len();
                self.values(rows, width).or_else(|| self.frozen(id))
            }
            BlockKind::Wrapped(inner) if block.limit.is_empty() => self.query(*inner),
            _ => self.frozen(id),
        }
    }

    /// Rows of literals as a union of queries.
    fn values(&mut self, rows: &[Tree], width: usize) -> Option<Query> {
        let mut branches = Vec::new();
        for row in rows {
            let literal = |tree: &Tree| {
                let inner = tree.unwrap_parens();
                let known = matches!(inner.op, Op::Number(_) | Op::Text(_) | Op::Bool(_) | Op::Null);
                known.then(|| inner.clone())
            };
            let mut select = Select::new();
            select.outputs = row.kids.iter().map(literal).collect::<Option<Vec<Tree>>>()?;
            if select.outputs.len() != width {
                return None;
            }
            branches.push(Query::Select(Box::new(select)));
        }
        let alike = (0..width).all(|at| has_one_kind(rows, at));
        (!branches.is_empty() && alike).then_some(Query::Union(branches))
    }

    fn frozen(&mut self, id: BlockId) -> Option<Query> {
        if self.prints.refers_outside(id) {
            return None;
        }
        self.form_inputs(id);
        Some(Query::Frozen(self.prints.block(id)))
    }

    fn set_operation(&mut self, op: SetOperator, all: bool, left: BlockId, right: BlockId) -> Option<Query> {
        let (mut left, mut rights) = (left, vec![(op, all, right)]);
        // The left branches nest without limit.
        while let Some(BlockKind::SetOperation { op, all, by_name: false, left: next, right }) =
            self.resolved.block(left).filter(|block| is_bare(block)).map(|block| &block.kind)
            && !self.prints.is_recursion(left)
        {
            rights.push((*op, *all, *right));
            left = *next;
        }
        let mut query = self.query(left)?;
        while let Some((op, all, right)) = rights.pop() {
            let right = self.query(right)?;
            if query.width() != right.width() {
                return None;
            }
            query = self.combined(op, all, query, right);
        }
        Some(query)
    }

    fn combined(&mut self, op: SetOperator, all: bool, left: Query, right: Query) -> Query {
        if op != SetOperator::Union {
            return Query::Set(op, all, Box::new(left), Box::new(right));
        }
        let mut branches = match left {
            Query::Union(branches) => branches,
            other => vec![other],
        };
        branches.push(right);
        if all {
            return Query::Union(branches);
        }
        let union = Query::Union(branches);
        let (id, width) = (self.number(), union.width());
        let mut select = Select::new();
        select.outputs = (0..width).map(|place| placed(id, place)).collect();
        select.distinct = true;
        select.from.items.push(Item { id, source: Source::Query(Box::new(union)) });
        Query::Select(Box::new(select))
    }

    pub(super) fn number(&mut self) -> RelationId {
        self.next += 1;
        self.next - 1
    }

    fn select(&mut self, id: BlockId, block: &Block, bound: &Bound) -> Option<Query> {
        let mut items = Vec::new();
        let mut numbers = Vec::new();
        for relation in &bound.relations {
            let item = self.item(relation)?;
            numbers.push(item.id);
            items.push(Some(item));
        }
        let before = self.relations.insert(id, numbers);
        let around = std::mem::replace(&mut self.block, id);
        let select = self.clauses(id, block, bound, items);
        self.block = around;
        match before {
            Some(before) => self.relations.insert(id, before),
            None => self.relations.remove(&id),
        };
        select.map(|select| Query::Select(Box::new(select)))
    }

    fn item(&mut self, relation: &Relation) -> Option<Item> {
        let source = match &relation.source {
            Read::Model(model) => Source::Model(model.clone()),
            Read::Block(block) => Source::Query(Box::new(self.query(*block)?)),
            Read::Recursive(..) | Read::Function(_) | Read::Altered(_) => return None,
        };
        let id = self.number();
        if let Source::Model(model) = &source {
            self.models.insert(id, model.clone());
        }
        Some(Item { id, source })
    }

    fn clauses(&mut self, id: BlockId, block: &Block, bound: &Bound, items: Vec<Option<Item>>) -> Option<Select> {
        let mut select = Select::new();
        select.from = self.from(bound, items)?;
        let filter = self.filter(bound)?;
        select.from.filter.extend(filter);
        select.origin = id;
        select.qualify = self.trees(&bound.qualify)?;
        select.outputs = self.trees(block.outputs.iter().map(|output| &output.value))?;
        select.having = self.trees(&bound.having)?;
        select.distinct = matches!(bound.distinct, Distinct::Yes);
        select.grouping = match &bound.group {
            Some(group) if group.all => {
                let keys = block.outputs.iter().map(|output| output.value.unwrap_parens());
                Grouping::Keys(self.trees(keys.filter(|value| !aggregates(value)))?)
            }
            Some(group) => Grouping::Keys(self.trees(group.keys.iter().map(|key| key.unwrap_parens()))?),
            None if is_one_row(block, bound) => Grouping::Whole,
            None if bound.having.is_empty() && !block.expressions().into_iter().any(aggregates) => Grouping::Rows,
            None => return None,
        };
        if !block.limit.is_empty() {
            let order = self.trees(&block.order)?;
            select.limit = Some(Limit { order, clauses: block.limit.clone(), origin: id });
        }
        Some(select)
    }

    /// WHERE. What is joined first may keep a condition from failing that is tested afterwards, so that one carries the
    /// conditions of the joins.
    fn filter(&mut self, bound: &Bound) -> Option<Vec<Tree>> {
        let filter = self.trees(&bound.filter)?;
        let conditions = bound.relations.iter().flat_map(|relation| relation.join.iter().flat_map(|j| &j.condition));
        let mut guards = self.trees(conditions)?;
        if guards.iter().any(may_fail) {
            return None;
        }
        guards.sort_by_key(|guard| guard.fingerprint());
        let guarded = |condition: Tree| match may_fail(&condition) && !guards.is_empty() {
            true => super::form::node(Op::Other(GUARDED.into()), [vec![condition], guards.clone()].concat()),
            false => condition,
        };
        Some(filter.into_iter().map(guarded).collect())
    }
}

/// Are the literals of a column of one kind, NULLs excepted? Else each engine converts them in its own way.
fn has_one_kind(rows: &[Tree], at: usize) -> bool {
    let kind = |row: &Tree| match &row.kids.get(at)?.unwrap_parens().op {
        Op::Number(digits) => Some(if digits.bytes().all(|byte| byte.is_ascii_digit()) { 0 } else { 1 }),
        Op::Text(_) => Some(2),
        Op::Bool(_) => Some(3),
        _ => None,
    };
    let mut kinds = rows.iter().filter_map(kind);
    let first = kinds.next();
    kinds.all(|kind| Some(kind) == first)
}

/// A window that others use has been put in its place.
fn is_named_window(clause: &Tree) -> bool {
    matches!(clause.op, Op::NamedWindow(_))
}

fn is_bare(block: &Block) -> bool {
    block.order.is_empty() && block.limit.is_empty() && block.other.is_empty() && !block.open
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn group_by_all() {
        use super::super::pairs::{KEYED, compared};
        use crate::impact::Verdict;
        let all = "SELECT a, 1, COUNT(*) FROM p GROUP BY ALL";
        for (other, is_same) in [
            ("SELECT a, 1, COUNT(*) FROM p GROUP BY a", true),
            ("SELECT i.a, 1, i.n FROM (SELECT a, COUNT(*) AS n FROM p GROUP BY ALL) i", true),
            ("SELECT a, 1, COUNT(*) FROM p GROUP BY a, b", false),
        ] {
            let diff = compared(KEYED, "duckdb", all, other);
            assert_eq!(diff.verdict == Verdict::Equivalent, is_same, "{}\n{other}", diff.reason);
        }
        let diff =
            compared(KEYED, "duckdb", "SELECT 1, COUNT(*) FROM p GROUP BY ALL", "SELECT 1, COUNT(*) FROM p GROUP BY 1");
        assert_ne!(diff.verdict, Verdict::Equivalent);
    }

    #[test]
    fn lists_of_values() {
        same("SELECT * FROM (VALUES (1, 2), (3, 4)) i(u, v)", "SELECT 3, 4 UNION ALL SELECT 1, 2");
        same("SELECT u + v FROM (VALUES (1, 2), (3, 4)) i(u, v) WHERE u > 1", "SELECT 7");
        differ("SELECT * FROM (VALUES (1), (2)) i(u)", "SELECT 1 UNION ALL SELECT 2.0");
        differ("SELECT * FROM (VALUES (1), (1)) i(u)", "SELECT 1");
    }
}
