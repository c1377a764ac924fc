//! SQLMesh's comparison of two rendered queries (`_is_only_projection_additions`), on resolved queries.
//!
//! SQLMesh compares qualified trees in lockstep: aliases, parentheses and the order of operands count, the spelling of
//! names, types and comparisons doesn't. Added projections are let through unless they may give rows or shift ordinals.

use std::collections::BTreeSet;
use std::hash::Hash;

use crate::resolve::{Block, BlockId, BlockKind, Distinct, Output, Relation, Resolved, Select, Source};
use crate::sql::functions::{FunctionKind, kind};
use crate::sql::tree::{Op, Tree};
use crate::state::AnalysedModel;

use super::hashes::digest;

/// How two queries compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    Equal,
    /// Equal but for added projections that SQLMesh takes for safe.
    Additions,
    Different,
}

/// `SqlModel.is_breaking_change` and its kin: does SQLMesh see nothing but safe additions?
pub(super) fn only_safe_additions(before: &AnalysedModel, after: &AnalysedModel) -> bool {
    use crate::project::Body;
    match (&before.model.body, &after.model.body) {
        (Body::Sql(_), Body::Sql(_)) => {
            let lookback =
                |model: &AnalysedModel| model.model.kind.get("lookback").map(|property| property.tokens.clone());
            lookback(before) == lookback(after) && queries(before, after) <= Match::Additions
        }
        (Body::Seed(old), Body::Seed(new)) => match (&old.content, &new.content) {
            (Some(old), Some(new)) => old
                .columns
                .iter()
                .all(|column| new.columns.iter().any(|other| other.name == column.name && other.hash == column.hash)),
            _ => false,
        },
        (Body::External, Body::External) => {
            let (old, new) = (&before.schema.columns, &after.schema.columns);
            old.iter().all(|column| new.contains(column))
        }
        _ => false,
    }
}

/// Compares the queries of two SQL models.
pub(super) fn queries(before: &AnalysedModel, after: &AnalysedModel) -> Match {
    if let (Some(old), Some(new)) = (&before.query, &after.query)
        && std::sync::Arc::ptr_eq(old, new)
    {
        return Match::Equal;
    }
    let (Some(old), Some(new)) = (before.resolved(), after.resolved()) else {
        return match (&before.query, &after.query) {
            (Some(old), Some(new)) if old.rendered.rendered.sql == new.rendered.rendered.sql => Match::Equal,
            (None, None) => Match::Equal,
            _ => Match::Different,
        };
    };
    Lockstep { before: old, after: new, done: BTreeSet::new() }.blocks(old.root, new.root, false)
}

struct Lockstep<'r> {
    before: &'r Resolved,
    after: &'r Resolved,
    /// Pairs found to match.
    done: BTreeSet<(BlockId, BlockId)>,
}

impl Lockstep<'_> {
    /// `ordinals`: a set operation around these blocks orders by number.
    fn blocks(&mut self, b: BlockId, a: BlockId, ordinals: bool) -> Match {
        if self.done.contains(&(b, a)) {
            return Match::Equal;
        }
        let (Some(before), Some(after)) = (self.before.block(b), self.after.block(a)) else { return Match::Different };
        let found = self.block(before, after, ordinals);
        if found != Match::Different {
            self.done.insert((b, a));
        }
        found
    }

    fn block(&mut self, before: &Block, after: &Block, ordinals: bool) -> Match {
        let clauses = |resolved: &Resolved, block: &Block| {
            let trees = |trees: &[Tree]| -> Vec<u128> { trees.iter().map(|tree| expression(resolved, tree)).collect() };
            (trees(&block.order), trees(&block.limit), trees(&block.other))
        };
        if clauses(self.before, before) != clauses(self.after, after) {
            return Match::Different;
        }
        let nested = self.nested(&before.order, &after.order).max(self.nested(&before.other, &after.other));
        let inside = match (&before.kind, &after.kind) {
            (BlockKind::Select(old), BlockKind::Select(new)) => self.select((before, old), (after, new), ordinals),
            (
                BlockKind::SetOperation { op: op_b, all: all_b, by_name: name_b, left: left_b, right: right_b },
                BlockKind::SetOperation { op: op_a, all: all_a, by_name: name_a, left: left_a, right: right_a },
            ) => {
                if (op_b, all_b, name_b) != (op_a, all_a, name_a) {
                    return Match::Different;
                }
                let ordinals = ordinals || !after.order.is_empty();
                self.blocks(*left_b, *left_a, ordinals).max(self.blocks(*right_b, *right_a, ordinals))
            }
            (BlockKind::Wrapped(old), BlockKind::Wrapped(new)) => {
                self.blocks(*old, *new, ordinals || !after.order.is_empty())
            }
            (BlockKind::Values(old), BlockKind::Values(new)) => {
                let trees = |resolved: &Resolved, rows: &[Tree]| -> Vec<u128> {
                    rows.iter().map(|row| expression(resolved, row)).collect()
                };
                same(trees(self.before, old) == trees(self.after, new))
            }
            (BlockKind::Opaque, BlockKind::Opaque) => Match::Equal,
            _ => Match::Different,
        };
        inside.max(nested)
    }

    fn select(&mut self, (b, old): (&Block, &Select), (a, new): (&Block, &Select), ordinals: bool) -> Match {
        if self.clauses(old) != Self::clauses_of(self.after, new) || has_group_by_all(old) {
            return Match::Different;
        }
        let mut found = self.relations(&old.relations, &new.relations);
        for (before, after) in [(&old.filter, &new.filter), (&old.having, &new.having), (&old.qualify, &new.qualify)] {
            found = found.max(self.nested(before, after));
        }
        let ordinals = ordinals || has_ordinals(a, new);
        found.max(self.outputs(&b.outputs, &a.outputs, ordinals))
    }

    fn clauses(&self, select: &Select) -> u128 {
        Self::clauses_of(self.before, select)
    }

    fn clauses_of(resolved: &Resolved, select: &Select) -> u128 {
        let sorted = |trees: &[Tree]| -> Vec<u128> {
            let mut prints: Vec<u128> = trees.iter().map(|tree| expression(resolved, tree)).collect();
            prints.sort_unstable();
            prints
        };
        let listed = |trees: &[Tree]| -> Vec<u128> { trees.iter().map(|tree| expression(resolved, tree)).collect() };
        let group = select.group.as_ref().map(|group| (listed(&group.keys), group.all, listed(&group.sets)));
        let distinct = match &select.distinct {
            Distinct::No => (0, vec![]),
            Distinct::Yes => (1, vec![]),
            Distinct::On(keys) => (2, listed(keys)),
        };
        digest((sorted(&select.filter), group, sorted(&select.having), sorted(&select.qualify), distinct))
    }

    fn relations(&mut self, before: &[Relation], after: &[Relation]) -> Match {
        if before.len() != after.len() {
            return Match::Different;
        }
        let mut found = Match::Equal;
        for (old, new) in before.iter().zip(after) {
            if old.alias != new.alias || join(self.before, old) != join(self.after, new) {
                return Match::Different;
            }
            found = found.max(match (&old.source, &new.source) {
                (Source::Model(x), Source::Model(y)) => same(x == y),
                (Source::Block(x), Source::Block(y)) | (Source::Altered(x), Source::Altered(y)) => {
                    self.blocks(*x, *y, false)
                }
                (Source::Recursive(x, _), Source::Recursive(y, _)) => same(x == y),
                (Source::Function(x), Source::Function(y)) => {
                    same(expression(self.before, x) == expression(self.after, y))
                }
                _ => Match::Different,
            });
        }
        found
    }

    /// `_projections_only_safely_added`
    fn outputs(&mut self, before: &[Output], after: &[Output], ordinals: bool) -> Match {
        let mut at = 0;
        let mut added_before_existing = false;
        let mut found = Match::Equal;
        for old in before {
            loop {
                let Some(new) = after.get(at) else { return Match::Different };
                at += 1;
                if output(self.before, old) == output(self.after, new) {
                    found = found.max(self.nested(std::slice::from_ref(&old.value), std::slice::from_ref(&new.value)));
                    break;
                }
                if !keeps_cardinality(new) {
                    return Match::Different;
                }
                added_before_existing = true;
                found = found.max(Match::Additions);
            }
        }
        for new in after.get(at..).unwrap_or_default() {
            if !keeps_cardinality(new) {
                return Match::Different;
            }
            found = found.max(Match::Additions);
        }
        if added_before_existing && ordinals { Match::Different } else { found }
    }

    /// Subqueries in pairs of expressions that are equal but for them.
    fn nested(&mut self, before: &[Tree], after: &[Tree]) -> Match {
        let ids = |trees: &[Tree]| {
            let mut ids = Vec::new();
            for tree in trees {
                tree.walk(&mut |node| {
                    if let Op::Nested(id) = node.op {
                        ids.push(id);
                    }
                    true
                });
            }
            ids
        };
        let (old, new) = (ids(before), ids(after));
        if old.len() != new.len() {
            return Match::Different;
        }
        old.into_iter().zip(new).map(|(b, a)| self.blocks(b, a, false)).max().unwrap_or(Match::Equal)
    }
}

fn same(equal: bool) -> Match {
    if equal { Match::Equal } else { Match::Different }
}

/// The tree read from SQLMesh's state and the one read from a file differ in the arguments of `GROUP BY ALL`, so that
/// such a query never equals its former self.
fn has_group_by_all(select: &Select) -> bool {
    select.group.as_ref().is_some_and(|group| group.all)
}

fn join(resolved: &Resolved, relation: &Relation) -> u128 {
    let join = relation.join.as_ref().map(|join| {
        let mut condition: Vec<u128> = join.condition.iter().map(|tree| expression(resolved, tree)).collect();
        condition.sort_unstable();
        (join.kind, condition)
    });
    digest(join)
}

fn output(resolved: &Resolved, output: &Output) -> u128 {
    digest((&output.name, expression(resolved, &output.value), output.is_open))
}

/// A projection that calls a set-returning function outside of a subquery may give rows.
fn keeps_cardinality(output: &Output) -> bool {
    let mut safe = true;
    output.value.walk(&mut |node| {
        if let Op::Function(name) = &node.op {
            safe &= kind(name) != FunctionKind::RowGenerating || name.starts_with("GENERATE_SERIES");
        }
        safe
    });
    safe
}

/// `_has_ordinal_references`: qualification has turned ordinals of GROUP BY into columns, those of ORDER BY stay.
fn has_ordinals(block: &Block, _select: &Select) -> bool {
    block.order.iter().any(|item| item.first().is_some_and(|key| matches!(key.op, Op::Number(_))))
}

/// A hash of an expression as SQLMesh sees it: columns by alias and name, comparisons in one direction.
fn expression(resolved: &Resolved, tree: &Tree) -> u128 {
    let kids = || -> Vec<u128> { tree.kids.iter().map(|kid| expression(resolved, kid)).collect() };
    match &tree.op {
        Op::Bound(block, relation, name) => {
            let alias = resolved.block(*block).and_then(|block| match &block.kind {
                BlockKind::Select(select) => select.relations.get(*relation as usize)?.alias.clone(),
                _ => None,
            });
            digest(("column", alias, name))
        }
        Op::Nested(_) => digest("query"),
        Op::Binary(op) if tree.kids.len() == 2 => {
            let kids = kids();
            match &**op {
                "=" | "<>" => digest(("compare", op, kids[0].min(kids[1]), kids[0].max(kids[1]))),
                ">" => digest(("<", kids[1], kids[0])),
                ">=" => digest(("<=", kids[1], kids[0])),
                "<" | "<=" => digest((&**op, kids[0], kids[1])),
                _ => digest((&tree.op, kids)),
            }
        }
        Op::And | Op::Or => {
            let mut kids = kids();
            kids.sort_unstable();
            digest((&tree.op, kids))
        }
        _ => plain(&tree.op, kids()),
    }
}

fn plain(op: impl Hash, kids: Vec<u128>) -> u128 {
    digest((op, kids))
}
