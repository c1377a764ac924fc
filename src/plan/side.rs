//! One version of a query as SQLMesh compares it: columns by alias and name, CTEs by name, joins as spelled.
//!
//! In: a resolved query and its text. Out: hashes ([`Side::print`], [`Side::block`]) that are equal where sqlglot's trees
//! are, after its `qualify` and `simplify`. Expressions may share parts without limit, so every walk remembers where
//! it has been, and what would grow too large written out is compared as it stands.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::Dialect;
use crate::hash::hash;
use crate::lex::{Token, lex_code};
use crate::resolve::{Block, BlockId, BlockKind, Distinct, Relation, Resolved, Select, Source};
use crate::sql::tree::{Name, Node, Op, Span, Tree};
use crate::state::Query;
use crate::state::unseen::Unseen;

use super::queries::is_in_parentheses;
use super::reading;
use super::simplify::{is_always_true, simplified, unmarked};

/// How many nodes an expression may have, written out, to be simplified.
const MAX_NODES: u64 = 20_000;

/// A query of one state.
pub(super) struct Side<'q> {
    pub(super) resolved: &'q Resolved,
    pub(super) query: &'q Query,
    pub(super) dialect: Dialect,
    /// Does SQLMesh optimize the query?
    pub(super) optimized: bool,
    /// Outputs that a star doesn't stand for, as far as sqlglot sees.
    unseen: Unseen<BlockId>,
    pub(super) tokens: Vec<Token>,
    /// Is the query written by sqlglot and read again before it is compared?
    pub(super) is_regenerated: bool,
    /// Tell apart what `_is_only_projection_additions` tells apart and `==` doesn't.
    pub(super) strict: bool,
    /// Tell apart only what `simplify.gen` tells apart, which knows no dialect.
    pub(super) no_dialect: bool,
    /// Tell apart calls that two dialects read otherwise.
    pub(super) across_dialects: bool,
    /// The CTEs by the block that computes them.
    ctes: BTreeMap<BlockId, Name>,
    /// Outputs' names that an alias's column list gives (`AS t(a, b)`), which sqlglot puts in their places.
    renamed: BTreeMap<BlockId, Vec<Name>>,
    pub(super) qualified: RefCell<[BTreeMap<usize, Tree>; 2]>,
    pub(super) sizes: RefCell<BTreeMap<u128, u64>>,
    pub(super) depth: Cell<usize>,
    blocks: RefCell<BTreeMap<BlockId, u128>>,
}

/// How subqueries in an expression are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subqueries {
    /// They must be equal.
    Exact,
    /// Elsewhere.
    Apart,
}

impl<'q> Side<'q> {
    pub(super) fn new(
        query: &'q Query,
        resolved: &'q Resolved,
        dialect: Dialect,
        known: (bool, Unseen<BlockId>),
    ) -> Self {
        let (optimized, unseen) = known;
        let sql = &query.rendered.rendered.sql;
        let ctes = resolved.blocks.iter().flat_map(|block| &block.ctes).map(|(name, id)| (*id, name.clone())).collect();
        Side {
            resolved,
            query,
            dialect,
            optimized,
            unseen,
            tokens: lex_code(sql, dialect.lexical()),
            is_regenerated: false,
            strict: false,
            no_dialect: false,
            across_dialects: false,
            ctes,
            renamed: renamed(resolved),
            qualified: RefCell::default(),
            sizes: RefCell::default(),
            depth: Cell::default(),
            blocks: RefCell::default(),
        }
    }

    /// The same for a query that sqlglot writes and reads again.
    pub(super) fn regenerated_if(self, is_regenerated: bool) -> Self {
        Side { is_regenerated, ..self }
    }

    /// The same for the walk in step, which also sees whether ASC is written.
    pub(super) fn strict(self) -> Self {
        Side { strict: true, ..self }
    }

    /// A hash of the whole query, before its names are bound, as `simplify.gen` writes it.
    pub(super) fn in_no_dialect(self, query: &Tree) -> u128 {
        let side = Side { no_dialect: true, ..self };
        let of_last = side.resolved.blocks.iter().any(|block| side.order_is_of_last(block));
        hash((in_any_case(&side.qualified(query, Subqueries::Exact)), of_last))
    }

    /// The same for a comparison with a query in another dialect.
    pub(super) fn across_dialects(self, other: Dialect) -> Self {
        Side { across_dialects: self.dialect.family != other.family, ..self }
    }

    /// The name of the CTE that a block computes, if it is one.
    pub(super) fn cte(&self, id: BlockId) -> Option<&Name> {
        self.ctes.get(&id)
    }

    /// A hash of an expression, simplified where SQLMesh simplifies.
    pub(super) fn print(&self, tree: &Tree, subqueries: Subqueries) -> u128 {
        let tree = self.qualified(tree, subqueries);
        if self.is_simplified(&tree) { simplified(&tree, self.dialect).fingerprint() } else { tree.fingerprint() }
    }

    fn is_simplified(&self, tree: &Tree) -> bool {
        self.optimized && self.size(tree) <= MAX_NODES
    }

    pub(super) fn prints(&self, trees: &[Tree], subqueries: Subqueries) -> Vec<u128> {
        trees.iter().map(|tree| self.print(tree, subqueries)).collect()
    }

    /// A hash of a clause that joins its conditions with AND; `None` without one, or if it is always true.
    pub(super) fn conditions(&self, trees: &[Tree], subqueries: Subqueries, is_final: bool) -> Option<u128> {
        let kids: Vec<Tree> = trees.iter().map(|tree| self.qualified(tree, subqueries)).collect();
        let tree = match kids.as_slice() {
            [] => return None,
            [only] => only.clone(),
            [first, ..] => self.grouped(trees, &kids, first.span),
        };
        if !self.is_simplified(&tree) {
            return Some(tree.fingerprint());
        }
        if is_final {
            return Some(self.in_outer_parentheses(trees, unmarked(&tree)).fingerprint());
        }
        let tree = simplified(&tree, self.dialect);
        (!is_always_true(&tree)).then(|| tree.fingerprint())
    }

    /// Conditions joined with AND again, those that stood in parentheses together.
    fn grouped(&self, trees: &[Tree], kids: &[Tree], span: Span) -> Tree {
        let mut open: Vec<Vec<Tree>> = vec![vec![]];
        let mut last = 0;
        let and = |kids: Vec<Tree>| match kids.as_slice() {
            [only] => only.clone(),
            _ => Node::new(Op::And, kids, span),
        };
        let close = |open: &mut Vec<Vec<Tree>>| {
            let Some(group) = open.pop() else { return };
            match open.last_mut() {
                Some(around) => around.push(match and(group) {
                    wrapped if wrapped.op == Op::Paren => wrapped,
                    inner => Node::new(Op::Paren, vec![inner], span),
                }),
                // It was opened before the first condition.
                None => open.push(group),
            }
        };
        for (at, (tree, kid)) in trees.iter().zip(kids).enumerate() {
            for symbol in self.between(last, tree.span.start as usize).filter(|_| at > 0) {
                match symbol {
                    '(' => open.push(vec![]),
                    _ => close(&mut open),
                }
            }
            last = tree.span.end as usize;
            if let Some(group) = open.last_mut() {
                group.push(in_parentheses(kid));
            }
        }
        while open.len() > 1 {
            close(&mut open);
        }
        and(open.pop().unwrap_or_default())
    }

    /// Conditions in the parentheses that stand around all of them, where sqlglot keeps these.
    fn in_outer_parentheses(&self, trees: &[Tree], tree: Tree) -> Tree {
        let (Some(first), Some(last)) = (trees.first(), trees.last()) else { return tree };
        // How many of those before the first are closed in between, and how many opened there are closed behind the last.
        let (mut closed, mut opened) = (0, 0);
        for pair in trees.windows(2) {
            let [left, right] = pair else { continue };
            for symbol in self.between(left.span.end as usize, right.span.start as usize) {
                match symbol {
                    '(' => opened += 1,
                    _ if opened > 0 => opened -= 1,
                    _ => closed += 1,
                }
            }
        }
        let start = self.tokens.partition_point(|token| token.start < first.span.start as usize);
        let end = self.tokens.partition_point(|token| token.start < last.span.end as usize);
        let before = self.tokens.get(..start).unwrap_or_default().iter().rev().skip(closed);
        let behind = self.tokens.get(end..).unwrap_or_default().iter().skip(opened);
        let pairs = before.zip(behind).take_while(|(open, close)| open.is_symbol('(') && close.is_symbol(')'));
        pairs.fold(tree, |tree, _| Node::new(Op::Paren, vec![tree], first.span))
    }

    /// The parentheses between two places of the query.
    fn between(&self, start: usize, end: usize) -> impl Iterator<Item = char> {
        let first = self.tokens.partition_point(|token| token.start < start);
        let tokens = self.tokens.get(first..).unwrap_or_default().iter().take_while(move |token| token.start < end);
        tokens.filter_map(|token| ['(', ')'].into_iter().find(|symbol| token.is_symbol(*symbol)))
    }

    /// An output's name and value. Where a key of GROUP BY occurs in the value, SQLMesh leaves it as written.
    fn output(&self, name: &Name, output: &crate::resolve::Output, keys: &BTreeSet<u128>) -> u128 {
        let tree = self.qualified(&output.value, Subqueries::Exact);
        let value = if !self.is_simplified(&tree) {
            tree.fingerprint()
        } else if mentions(&tree, keys) {
            unmarked(&tree).fingerprint()
        } else {
            simplified(&tree, self.dialect).fingerprint()
        };
        hash((name, value, output.is_open))
    }

    /// The keys of GROUP BY, to recognize them elsewhere.
    pub(super) fn keys(&self, select: &Select) -> BTreeSet<u128> {
        let keys = select.group.iter().flat_map(|group| &group.keys);
        keys.map(|key| self.qualified(key, Subqueries::Exact).fingerprint()).collect()
    }

    pub(super) fn mentions_key(&self, trees: &[Tree], keys: &BTreeSet<u128>) -> bool {
        !keys.is_empty() && trees.iter().any(|tree| mentions(&self.qualified(tree, Subqueries::Exact), keys))
    }

    /// A hash of GROUP BY and DISTINCT.
    pub(super) fn grouping(&self, select: &Select) -> u128 {
        let raw = |trees: &[Tree]| -> Vec<u128> {
            trees.iter().map(|tree| self.qualified(tree, Subqueries::Exact).fingerprint()).collect()
        };
        let group = select.group.as_ref().map(|group| (raw(&group.keys), group.all, raw(&group.sets)));
        let distinct = match &select.distinct {
            Distinct::No => (0, vec![]),
            Distinct::Yes => (1, vec![]),
            Distinct::On(keys) => (2, self.prints(keys, Subqueries::Exact)),
        };
        hash((group, distinct))
    }

    /// Where a relation's rows come from, unless that is a query of its own; `None` then.
    pub(super) fn source(&self, relation: &Relation) -> Option<u128> {
        match &relation.source {
            Source::Model(model) => Some(hash(("model", model))),
            Source::Block(id) => self.cte(*id).map(|name| hash(("cte", name))),
            Source::Recursive(name, _) => Some(hash(("cte", name))),
            Source::Function(call) => Some(hash(("function", self.print(call, Subqueries::Exact)))),
            Source::Altered(_) => None,
        }
    }

    /// A hash of a block with everything in it.
    pub(super) fn block(&self, id: BlockId) -> u128 {
        if let Some(done) = self.blocks.borrow().get(&id) {
            return *done;
        }
        // Against a block inside itself, which resolution doesn't build.
        self.blocks.borrow_mut().insert(id, 0);
        let print = self.resolved.block(id).map_or(0, |block| self.whole(id, block));
        self.blocks.borrow_mut().insert(id, print);
        print
    }

    fn whole(&self, id: BlockId, block: &Block) -> u128 {
        let ctes: Vec<(&Name, Vec<&str>, u128)> =
            block.ctes.iter().map(|(name, id)| (name, self.written_columns(name), self.block(*id))).collect();
        let kind = match &block.kind {
            BlockKind::Select(select) => self.whole_select(id, block, select),
            BlockKind::SetOperation { op, all, by_name, left, right } => {
                hash((op, all, by_name, self.block(*left), self.block(*right), self.order_is_of_last(block)))
            }
            BlockKind::Values(rows) => hash(("values", self.prints(rows, Subqueries::Exact))),
            BlockKind::Wrapped(inner) => hash(("wrapped", self.block(*inner), self.order_is_of_last(block))),
            BlockKind::Opaque => hash("opaque"),
        };
        hash((ctes, kind, self.tail(block, Subqueries::Exact)))
    }

    /// Does the order behind a set operation belong to its last SELECT, as sqlglot reads it?
    pub(super) fn order_is_of_last(&self, block: &Block) -> bool {
        if block.order.is_empty() && block.limit.is_empty() || !reading::order_stays_with_last(self.dialect) {
            return false;
        }
        match &block.kind {
            BlockKind::SetOperation { .. } => true,
            BlockKind::Wrapped(inner) => self.resolved.block(*inner).is_some_and(|inner| {
                matches!(inner.kind, BlockKind::SetOperation { .. }) && !is_in_parentheses(self, inner)
            }),
            BlockKind::Select(_) | BlockKind::Values(_) | BlockKind::Opaque => false,
        }
    }

    /// The columns that a WITH RECURSIVE writes behind a CTE's name; of other CTEs sqlglot forgets them.
    pub(super) fn written_columns(&self, name: &Name) -> Vec<&str> {
        let sql = &self.query.rendered.rendered.sql;
        if !self.tokens.iter().any(|token| token.is_word(sql, "RECURSIVE")) {
            return vec![];
        }
        let is_named = |window: &[Token]| match window {
            [before, named, open] => {
                let introduces = before.is_word(sql, "RECURSIVE") || before.is_symbol(',');
                introduces && open.is_symbol('(') && *self.dialect.normalize(named.text(sql), false) == **name
            }
            _ => false,
        };
        let Some(at) = self.tokens.windows(3).position(is_named) else { return vec![] };
        let behind = self.tokens.get(at + 3..).unwrap_or_default();
        behind.iter().take_while(|token| !token.is_symbol(')')).map(|token| token.text(sql)).collect()
    }

    fn whole_select(&self, id: BlockId, block: &Block, select: &Select) -> u128 {
        let relations: Vec<u128> = select
            .relations
            .iter()
            .map(|relation| {
                let inner = match &relation.source {
                    Source::Block(id) | Source::Altered(id) => Some(*id),
                    Source::Model(_) | Source::Recursive(..) | Source::Function(_) => None,
                };
                let source = self.source(relation).or_else(|| inner.map(|id| self.block(id)));
                hash((self.alias(relation), self.join(relation, Subqueries::Exact), source))
            })
            .collect();
        let outputs: Vec<u128> = self.outputs(id, block, select).into_iter().map(|(print, _)| print).collect();
        hash((relations, self.filters(select, Subqueries::Exact), self.grouping(select), outputs))
    }

    /// WHERE, HAVING and QUALIFY.
    pub(super) fn filters(&self, select: &Select, subqueries: Subqueries) -> [Option<u128>; 3] {
        let having_is_final = self.mentions_key(&select.having, &self.keys(select));
        [
            self.conditions(&select.filter, subqueries, false),
            self.conditions(&select.having, subqueries, having_is_final),
            self.conditions(&select.qualify, subqueries, false),
        ]
    }

    /// ORDER BY, LIMIT and the rest.
    pub(super) fn tail(&self, block: &Block, subqueries: Subqueries) -> [Vec<u128>; 3] {
        let other = others(block);
        [&block.order, &block.limit, &other].map(|trees| self.prints(trees, subqueries))
    }

    /// The name that qualifies a relation's columns; without SQLMesh's optimizer a subquery's only if it is written.
    pub(super) fn alias<'r>(&self, relation: &'r Relation) -> Option<&'r Name> {
        let is_written = || {
            // A table's name is its alias.
            if matches!(relation.source, Source::Model(_)) {
                return true;
            }
            let text = self.query.rendered.rendered.sql.get(relation.span.range()).unwrap_or("");
            let tokens = lex_code(text, self.dialect.lexical());
            let last = tokens.split_last().and_then(|(last, rest)| Some((last, rest.last()?)));
            last.is_some_and(|(last, before)| !last.is_symbol(')') && !before.is_symbol('.'))
        };
        relation.alias.as_ref().filter(|_| self.optimized || is_written())
    }

    /// The hashes of a SELECT's outputs; without SQLMesh's optimizer a star stays one.
    pub(super) fn outputs(&self, id: BlockId, block: &Block, select: &Select) -> Vec<(u128, Option<usize>)> {
        let keys = self.keys(select);
        let renamed = self.renamed.get(&id);
        let mut found: Vec<(u128, Option<usize>)> = Vec::new();
        let unseen = self.unseen.get(&id);
        let (merged, mut coalesced) = (self.merged(select), BTreeSet::new());
        for (at, output) in block.outputs.iter().enumerate() {
            if output.from_star && self.optimized && unseen.is_some_and(|names| names.contains(&output.name)) {
                continue;
            }
            if output.from_star && !self.optimized {
                let text = self.query.rendered.rendered.sql.get(output.span.range()).unwrap_or("");
                let print = hash(("star", text));
                if found.last().is_none_or(|(last, _)| *last != print) {
                    found.push((print, None));
                }
                continue;
            }
            let name = renamed.and_then(|names| names.get(at)).unwrap_or(&output.name);
            let output = match output.from_star {
                true => self.expanded(output, &merged, &mut coalesced),
                false => Some(Cow::Borrowed(output)),
            };
            found.extend(output.map(|output| (self.output(name, &output, &keys), Some(at))));
        }
        found
    }
}

/// A hash of a tree whose names may be folded. Both texts are the same, so that nothing else is lost.
fn in_any_case(tree: &Tree) -> u128 {
    let kids: Vec<u128> = tree.kids.iter().map(in_any_case).collect();
    hash((format!("{:?}", tree.op).to_lowercase(), kids))
}

/// The names that the relations over each SELECT give its outputs, where they give others.
fn renamed(resolved: &Resolved) -> BTreeMap<BlockId, Vec<Name>> {
    let mut found = BTreeMap::new();
    for block in &resolved.blocks {
        let BlockKind::Select(select) = &block.kind else { continue };
        for relation in &select.relations {
            let Source::Block(id) = relation.source else { continue };
            let Some(inner) = resolved.block(id) else { continue };
            let names: Vec<Name> = relation.schema.columns.iter().map(|column| column.name.clone()).collect();
            let differ = names.iter().zip(&inner.outputs).any(|(name, output)| *name != output.name);
            if differ && names.len() == inner.outputs.len() {
                found.insert(id, names);
            }
        }
    }
    found
}

/// An OR among conditions stood in parentheses.
fn in_parentheses(kid: &Tree) -> Tree {
    if kid.op != Op::Or {
        return kid.clone();
    }
    Node::new(Op::Paren, vec![kid.clone()], kid.span)
}

/// Is one of these a part of the expression?
/// What else the block has. The whole query, which stands there where a part of it isn't understood, is compared part by part.
pub(super) fn others(block: &Block) -> Vec<Tree> {
    let is_whole = |tree: &&Tree| tree.op == Op::Query && matches!(block.kind, BlockKind::Select(_));
    block.other.iter().filter(|tree| !is_whole(tree)).cloned().collect()
}

fn mentions(tree: &Tree, keys: &BTreeSet<u128>) -> bool {
    if keys.is_empty() {
        return false;
    }
    let mut found = false;
    let mut seen = BTreeSet::new();
    tree.walk(&mut |node| {
        found |= keys.contains(&node.fingerprint());
        !found && seen.insert(node.fingerprint())
    });
    found
}
