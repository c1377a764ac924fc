//! SQLMesh's comparison of two rendered queries that differ (`_is_only_projection_additions`).
//!
//! Both trees are walked in step. Everything must be equal but for projections added to a SELECT, which are let
//! through unless they may give rows or shift ordinals: under DISTINCT and in set operations too.

use std::collections::BTreeSet;

use crate::dialect::Family;
use crate::resolve::{Block, BlockId, BlockKind, Output, Relation, Select, Source};
use crate::sql::tree::{Op, Tree};

use super::queries::Match;
use super::side::{Side, Subqueries, others};

/// How queries that aren't equal compare.
pub(super) fn walked(before: &Side<'_>, after: &Side<'_>) -> Match {
    let mut lockstep = Lockstep { before, after, done: BTreeSet::new(), unsafe_addition: None };
    match lockstep.blocks(before.resolved.root, after.resolved.root, false) {
        true => Match::Additions,
        false => lockstep.unsafe_addition.unwrap_or(Match::Different),
    }
}

struct Lockstep<'s, 'q> {
    before: &'s Side<'q>,
    after: &'s Side<'q>,
    /// Pairs found to match.
    done: BTreeSet<(BlockId, BlockId)>,
    /// The first addition that isn't let through.
    unsafe_addition: Option<Match>,
}

impl Lockstep<'_, '_> {
    /// `ordinals`: a set operation around these blocks orders by number.
    fn blocks(&mut self, b: BlockId, a: BlockId, ordinals: bool) -> bool {
        if self.before.block(b) == self.after.block(a) || self.done.contains(&(b, a)) {
            return true;
        }
        let (Some(before), Some(after)) = (self.before.resolved.block(b), self.after.resolved.block(a)) else {
            return false;
        };
        let found = self.block((b, before), (a, after), ordinals);
        if found {
            self.done.insert((b, a));
        }
        found
    }

    fn block(&mut self, (b, before): (BlockId, &Block), (a, after): (BlockId, &Block), ordinals: bool) -> bool {
        if self.before.tail(before, Subqueries::Apart) != self.after.tail(after, Subqueries::Apart)
            || self.before.order_is_of_last(before) != self.after.order_is_of_last(after)
            || !self.ctes(before, after)
            || !self.nested(&before.order, &after.order)
            || !self.nested(&others(before), &others(after))
        {
            return false;
        }
        let ordinals = ordinals || has_ordinals(after);
        match (&before.kind, &after.kind) {
            (BlockKind::Select(old), BlockKind::Select(new)) => {
                self.select((b, before, old), (a, after, new), ordinals)
            }
            (
                BlockKind::SetOperation { op: op_b, all: all_b, by_name: name_b, left: left_b, right: right_b },
                BlockKind::SetOperation { op: op_a, all: all_a, by_name: name_a, left: left_a, right: right_a },
            ) => {
                (op_b, all_b, name_b) == (op_a, all_a, name_a)
                    && self.blocks(*left_b, *left_a, ordinals)
                    && self.blocks(*right_b, *right_a, ordinals)
            }
            (BlockKind::Wrapped(old), BlockKind::Wrapped(new)) => self.blocks(*old, *new, ordinals),
            (BlockKind::Values(old), BlockKind::Values(new)) => {
                self.before.prints(old, Subqueries::Exact) == self.after.prints(new, Subqueries::Exact)
            }
            (BlockKind::Opaque, BlockKind::Opaque) => true,
            _ => false,
        }
    }

    fn ctes(&mut self, before: &Block, after: &Block) -> bool {
        before.ctes.len() == after.ctes.len()
            && before.ctes.iter().zip(&after.ctes).all(|((old, b), (new, a))| {
                old == new
                    && self.before.written_columns(old) == self.after.written_columns(new)
                    && self.blocks(*b, *a, false)
            })
    }

    fn select(
        &mut self,
        (before, b, old): (BlockId, &Block, &Select),
        (after, a, new): (BlockId, &Block, &Select),
        ordinals: bool,
    ) -> bool {
        self.before.grouping(old) == self.after.grouping(new)
            && self.before.filters(old, Subqueries::Apart) == self.after.filters(new, Subqueries::Apart)
            && self.relations(&old.relations, &new.relations)
            && self.nested(&old.filter, &new.filter)
            && self.nested(&old.having, &new.having)
            && self.nested(&old.qualify, &new.qualify)
            && self.outputs((before, b, old), (after, a, new), ordinals)
    }

    fn relations(&mut self, before: &[Relation], after: &[Relation]) -> bool {
        before.len() == after.len() && before.iter().zip(after).all(|(old, new)| self.relation(old, new))
    }

    fn relation(&mut self, old: &Relation, new: &Relation) -> bool {
        if self.before.alias(old) != self.after.alias(new)
            || self.before.join(old, Subqueries::Apart) != self.after.join(new, Subqueries::Apart)
        {
            return false;
        }
        let condition = |relation: &Relation| -> Vec<Tree> {
            relation.join.as_ref().map(|join| join.condition.clone()).unwrap_or_default()
        };
        if !self.nested(&condition(old), &condition(new)) {
            return false;
        }
        match (self.before.source(old), self.after.source(new)) {
            (Some(old), Some(new)) => old == new,
            (None, None) => match (&old.source, &new.source) {
                (Source::Block(b), Source::Block(a)) => self.blocks(*b, *a, false),
                (Source::Altered(b), Source::Altered(a)) => self.altered(*b, *a),
                _ => false,
            },
            _ => false,
        }
    }

    /// A relation with its UNPIVOT, which has arguments to sqlglot and no projections: the columns that come out aren't
    /// compared.
    fn altered(&mut self, before: BlockId, after: BlockId) -> bool {
        let (Some(old), Some(new)) = (self.before.resolved.block(before), self.after.resolved.block(after)) else {
            return false;
        };
        let is_unpivot = |tree: &Tree| matches!(&tree.op, Op::Altered(text) if text.starts_with("UNPIVOT"));
        match (&old.kind, &new.kind) {
            (BlockKind::Select(b), BlockKind::Select(a)) if old.other.iter().chain(&new.other).all(is_unpivot) => {
                self.before.tail(old, Subqueries::Apart) == self.after.tail(new, Subqueries::Apart)
                    && self.nested(&old.other, &new.other)
                    && self.relations(&b.relations, &a.relations)
            }
            _ => self.blocks(before, after, false),
        }
    }

    /// `_projections_only_safely_added`
    fn outputs(
        &mut self,
        before: (BlockId, &Block, &Select),
        after: (BlockId, &Block, &Select),
        ordinals: bool,
    ) -> bool {
        let (old, new) =
            (self.before.outputs(before.0, before.1, before.2), self.after.outputs(after.0, after.1, after.2));
        let family = self.after.dialect.family;
        let is_safe = |output: &Output| keeps_cardinality(output, family);
        let keeps = |at: Option<usize>| at.and_then(|at| after.1.outputs.get(at)).is_none_or(is_safe);
        let mut rest = new.into_iter();
        let (mut adds_rows, mut added_before_existing) = (false, false);
        for (old, _) in old {
            loop {
                let Some((new, at)) = rest.next() else { return false };
                if new == old {
                    break;
                }
                adds_rows |= !keeps(at);
                added_before_existing = true;
            }
        }
        adds_rows |= rest.any(|(_, at)| !keeps(at));
        let found = match (adds_rows, added_before_existing && ordinals) {
            (true, _) => Some(Match::AddsRows),
            (false, true) => Some(Match::ShiftsOrdinals),
            (false, false) => None,
        };
        self.unsafe_addition = self.unsafe_addition.or(found);
        found.is_none()
    }

    /// Subqueries in pairs of expressions that are equal but for them.
    fn nested(&mut self, before: &[Tree], after: &[Tree]) -> bool {
        let (old, new) = (nested(before), nested(after));
        old.len() == new.len() && old.into_iter().zip(new).all(|(b, a)| self.blocks(b, a, false))
    }
}

fn nested(trees: &[Tree]) -> Vec<BlockId> {
    let mut ids = Vec::new();
    let mut seen = BTreeSet::new();
    for tree in trees {
        tree.walk(&mut |node| {
            if let Op::Nested(id) = node.op {
                ids.push(id);
            }
            node.kids.is_empty() || seen.insert(node.fingerprint())
        });
    }
    ids
}

/// Functions that sqlglot reads as set-returning (`exp.UDTF`), and the dialect, where it is one only. All others that
/// give rows, such as `JSON_ARRAY_ELEMENTS`, it takes for ordinary ones.
const SET_RETURNING: &[(&str, Option<Family>)] = &[
    ("UNNEST", None),
    ("EXPLODE", None),
    ("EXPLODE_OUTER", None),
    ("POSEXPLODE", None),
    ("POSEXPLODE_OUTER", None),
    ("GENERATOR", None),
    ("FLATTEN", Some(Family::Snowflake)),
    ("TABLE", Some(Family::Snowflake)),
    ("ARRAYJOIN", Some(Family::ClickHouse)),
];

/// A projection that calls such a function outside of a subquery may give rows.
fn keeps_cardinality(output: &Output, family: Family) -> bool {
    let is_set_returning =
        |name: &str| SET_RETURNING.iter().any(|(known, only)| *known == name && only.is_none_or(|only| only == family));
    let mut safe = true;
    let mut seen = BTreeSet::new();
    output.value.walk(&mut |node| {
        if let Op::Function(name) = &node.op {
            safe &= !is_set_returning(name);
        }
        safe && seen.insert(node.fingerprint())
    });
    safe
}

/// `_has_ordinal_references`: qualification has turned ordinals into columns; what is left are those of constants.
fn has_ordinals(block: &Block) -> bool {
    block.order.iter().any(|item| item.first().is_some_and(|key| matches!(key.op, Op::Number(_))))
}
