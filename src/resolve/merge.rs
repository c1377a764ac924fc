//! USING and NATURAL: columns of one name on both sides of a join become one.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::sql::tree::{JoinKind, Name, Node, Op, Span, Tree};

use super::scope::{MergedColumn, Scope};
use super::{BlockId, Join, ProblemKind, Relation, Resolver, Source};

impl Resolver<'_> {
    /// Joins on the equality of two columns of one name and makes them one column.
    pub(super) fn merge(
        &mut self,
        name: &Name,
        (left, right): (Range<usize>, Range<usize>),
        scope: &mut Scope<'_>,
        join: &mut Join,
        span: Span,
    ) {
        let (Some(a), Some(b)) = (self.side(name, left, scope, span), self.side(name, right, scope, span)) else {
            return;
        };
        if !self.spend(a.relations.len() + b.relations.len()) {
            return;
        }
        let values = [&a, &b].map(|side| merged_value(side, scope.block, span));
        join.condition.push(Node::new(Op::Binary("=".into()), values.to_vec(), span));
        if matches!(join.kind, JoinKind::LeftSemi | JoinKind::LeftAnti) {
            // Only the left side shows.
            return;
        }
        let relations = a.relations.iter().chain(&b.relations).copied().collect();
        let kinds = a.kinds.iter().chain(&b.kinds).copied().chain([join.kind]).collect();
        Arc::make_mut(&mut scope.merged).insert(MergedColumn::new(name.clone(), relations, kinds));
    }

    /// The column of this name on one side of a join: one that is merged already, one that a relation certainly has,
    /// or all that may be it.
    fn side(&mut self, name: &Name, among: Range<usize>, scope: &Scope<'_>, span: Span) -> Option<MergedColumn> {
        let is_among = |merged: &&MergedColumn| merged.relations.iter().any(|&at| among.contains(&(at as usize)));
        let known = scope.merged.get(name).iter().find(is_among);
        if let Some(known) = known {
            return Some(known.clone());
        }
        let relations = scope.relations.get(among.clone())?;
        let places = |has: &dyn Fn(&Relation) -> bool| -> Vec<u32> {
            let found = relations.iter().enumerate().filter(|(_, relation)| has(relation));
            found.map(|(at, _)| (among.start + at) as u32).collect()
        };
        let mut found = places(&|relation| relation.schema.get(name).is_some());
        found.truncate(1);
        if found.is_empty() {
            found = places(&|relation| relation.schema.open);
        }
        if found.is_empty() {
            let models = self.models_of(relations);
            self.problem(
                ProblemKind::MissingColumn { column: name.clone(), qualifier: None, models, in_star: false },
                span,
            );
            return None;
        }
        Some(MergedColumn::new(name.clone(), found, vec![]))
    }

    pub(super) fn natural(
        &mut self,
        (left, right): (Range<usize>, Range<usize>),
        scope: &mut Scope<'_>,
        join: &mut Join,
        span: Span,
    ) {
        let sides = [left.clone(), right.clone()].map(|side| scope.relations.get(side).unwrap_or_default());
        join.unknown = sides.iter().flat_map(|side| side.iter()).any(|relation| relation.schema.open);
        let names = |relations: &[Relation]| -> Vec<Name> {
            relations.iter().flat_map(|r| r.schema.columns.iter().map(|c| c.name.clone())).collect()
        };
        scope.natural_unknown |= join.unknown;
        for relation in sides.iter().flat_map(|side| side.iter()).filter(|relation| relation.schema.has_twins()) {
            // Engines refuse a name that one relation has twice, or join by both of the columns: any may decide.
            if let Source::Block(id) = &relation.source {
                join.condition.push(Node::leaf(Op::Nested(*id), span));
            }
        }
        let right_names: FxHashSet<Name> = names(sides[1]).into_iter().collect();
        let mut seen = FxHashSet::default();
        let mut common = names(sides[0]);
        common.retain(|name| right_names.contains(name) && seen.insert(name.clone()));
        for name in common {
            self.merge(&name, (left.clone(), right.clone()), scope, join, span);
        }
    }
}

/// The value of a merged column: the first of its columns that isn't NULL. Which type it has, and which of two equal
/// values, depends on the kinds of the joins.
pub(super) fn merged_value(merged: &MergedColumn, block: BlockId, span: Span) -> Tree {
    let mut kids: Vec<Tree> = merged
        .relations
        .iter()
        .map(|&relation| Node::leaf(Op::Bound(block, relation, merged.name.clone()), span))
        .collect();
    if let ([one], true) = (kids.as_slice(), merged.kinds.is_empty()) {
        return one.clone();
    }
    let kinds: Vec<&str> = merged.kinds.iter().map(|kind| kind_name(*kind)).collect();
    if kinds.iter().all(|kind| *kind == "FULL") {
        return Node::new(Op::Function("COALESCE".into()), kids, span);
    }
    kids.push(Node::leaf(Op::Modifier(format!("USING {}", kinds.join(" ")).into()), span));
    Node::new(Op::Function("COALESCE".into()), kids, span)
}

fn kind_name(kind: JoinKind) -> &'static str {
    match kind {
        JoinKind::Left => "LEFT",
        JoinKind::Right => "RIGHT",
        JoinKind::Full => "FULL",
        _ => "INNER",
    }
}
