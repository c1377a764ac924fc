//! The order in which the laws are tried.

use super::boolean::{condition, conjuncts, value};
use super::form::{From, Grouping, Query, Select, Source};
use super::{Canon, MOST_EFFORT, MOST_PASSES, hash};
use crate::sql::tree::{Op, Tree};

/// What an expression is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Value,
    Condition,
    /// A list of conditions that all hold.
    Conditions,
}

/// So often the laws of an expression are tried again.
const MOST_ROUNDS: usize = 4;

impl Canon<'_> {
    /// Rewrites a query and the subqueries of its expressions until no law applies.
    pub(super) fn settle_all(&mut self, query: &mut Query) {
        for _ in 0..2 {
            self.each_subquery(&mut |canon, subquery| canon.settle(subquery));
            self.settle(query);
        }
        self.each_subquery(&mut |canon, subquery| canon.finish(subquery));
        self.finish(query);
    }

    fn each_subquery(&mut self, work: &mut dyn FnMut(&mut Self, &mut Query)) {
        let mut at = 0;
        while let Some(slot) = self.subqueries.get_mut(at) {
            let mut subquery = std::mem::replace(slot, Query::Empty(vec![]));
            work(self, &mut subquery);
            if let Some(slot) = self.subqueries.get_mut(at) {
                *slot = subquery;
            }
            at += 1;
        }
    }

    /// Rewrites a query, those that it reads first.
    pub(super) fn settle(&mut self, query: &mut Query) {
        for _ in 0..MOST_PASSES {
            match query {
                Query::Select(select) => self.settle_select(select),
                Query::Union(branches) => branches.iter_mut().for_each(|branch| self.settle(branch)),
                Query::Set(_, _, left, right) => {
                    self.settle(left);
                    self.settle(right);
                }
                Query::Empty(_) | Query::Frozen(_) => {}
            }
            let changed = self.unwrap(query) | self.distribute(query) | self.flatten(query) | self.empty(query);
            if !changed {
                return;
            }
        }
    }

    fn settle_select(&mut self, select: &mut Select) {
        // What can be merged as it stands needn't be rewritten level by level.
        for _ in 0..MOST_PASSES {
            if self.is_tired(select) || !self.merge(select) {
                break;
            }
        }
        self.settle_from(&mut select.from);
        for _ in 0..MOST_PASSES {
            if self.is_tired(select) {
                return;
            }
            self.simplify(select);
            let changed = self.merge(select)
                || self.compose(select)
                || self.below_windows(select)
                || self.drop_distinct(select)
                || self.constants(select)
                || self.implied_not_null(select)
                || self.inner_from_outer(select)
                || self.exists_from_counts(select)
                || self.exists_from_in(select)
                || self.exists_from_groups(select)
                || self.join_with_itself(select)
                || self.unused_optional(select)
                || self.none_from_optional(select)
                || self.exists_from_optional(select)
                || self.join_from_asked(select)
                || self.join_from_scalar(select)
                || self.group_keys(select)
                || self.pull_up_filters(select)
                || self.groups_of_groups(select)
                || self.aggregate_identities(select)
                || self.given_coalesce(select)
                || self.prune(select);
            if !changed {
                return;
            }
        }
    }

    /// Was enough looked at?
    fn is_tired(&mut self, select: &Select) -> bool {
        let mut nodes = 100;
        select.own_trees(&mut |tree| nodes += tree.size());
        self.effort += nodes;
        self.effort > MOST_EFFORT
    }

    fn settle_from(&mut self, from: &mut From) {
        let canon = &mut *self;
        from.each_item_mut(&mut |item| {
            if let Source::Query(query) = &mut item.source {
                canon.settle(query);
                let shape = canon.shape(query);
                canon.know(item.id, shape);
            }
        });
    }

    /// Brings the expressions into their simplest form.
    fn simplify(&mut self, select: &mut Select) {
        let laws = self.laws.len();
        let mut fewer_casts = false;
        let mut changed = self.simplify_from(&mut select.from, &mut fewer_casts);
        changed |= self.simplify_conditions(&mut select.having, &mut fewer_casts)
            | self.simplify_conditions(&mut select.qualify, &mut fewer_casts);
        let mut simple = |tree: &mut Tree| {
            let new = self.simple_value(tree);
            if new != *tree {
                changed = true;
                fewer_casts |= casts([&new]) < casts([&*tree]);
                *tree = new;
            }
        };
        select.outputs.iter_mut().for_each(&mut simple);
        if let Grouping::Keys(keys) = &mut select.grouping {
            keys.iter_mut().for_each(&mut simple);
        }
        if fewer_casts {
            self.used("casts to the type that is there");
        }
        if changed && laws == self.laws.len() {
            self.used("three-valued logic");
        }
    }
}

/// How many casts stand in expressions.
fn casts<'t>(trees: impl IntoIterator<Item = &'t Tree>) -> usize {
    let mut count = 0;
    for tree in trees {
        tree.walk(&mut |node| {
            count += usize::from(matches!(node.op, Op::Cast(_)));
            true
        });
    }
    count
}

impl Canon<'_> {
    fn simplify_from(&self, from: &mut From, fewer_casts: &mut bool) -> bool {
        let mut changed = self.simplify_conditions(&mut from.filter, fewer_casts);
        for item in &mut from.items {
            if let Source::Full(full) = &mut item.source {
                changed |= self.simplify_from(&mut full.left, fewer_casts);
                changed |= self.simplify_from(&mut full.right, fewer_casts);
                changed |= self.simplify_conditions(&mut full.on, fewer_casts);
            }
        }
        for part in &mut from.optional {
            changed |= self.simplify_from(&mut part.from, fewer_casts);
            changed |= self.simplify_conditions(&mut part.on, fewer_casts);
        }
        changed
    }

    /// Each law may make room for another one.
    fn simple_value(&self, tree: &Tree) -> Tree {
        let tree = tree.clone();
        // A call that may aggregate or give rows does so even where its value decides nothing.
        if super::calls::is_unlisted(&tree) {
            return tree;
        }
        self.simplest(Place::Value, tree, |tree| value(&self.term(tree)))
    }

    fn simple_condition(&self, tree: &Tree) -> Tree {
        self.simplest(Place::Condition, tree.clone(), |tree| self.condition_term(&condition(&self.term(tree))))
    }

    fn simplest(&self, place: Place, mut tree: Tree, simpler: impl Fn(&Tree) -> Tree) -> Tree {
        for _ in 0..MOST_ROUNDS {
            if self.simple.borrow().contains(&(place, tree.fingerprint())) {
                break;
            }
            let new = simpler(&tree);
            if new == tree {
                // What stands in a subquery may still change.
                if !super::has_nested(&tree) {
                    self.simple.borrow_mut().insert((place, tree.fingerprint()));
                }
                break;
            }
            tree = new;
        }
        tree
    }

    fn simplify_conditions(&self, conditions: &mut Vec<Tree>, fewer_casts: &mut bool) -> bool {
        let simple: Vec<Tree> = conditions.iter().map(|condition| self.simple_condition(condition)).collect();
        // Nothing but the conditions themselves decides what they make together.
        let together = hash(simple.iter().map(|condition| condition.fingerprint()).collect::<Vec<_>>());
        if simple == *conditions && self.simple.borrow().contains(&(Place::Conditions, together)) {
            return false;
        }
        let all = super::boolean::connective(&Op::And, simple);
        let mut new = conjuncts(&all);
        // What follows from two of them may only show once both are there.
        new = super::implied::without_weaker(new);
        let changed = new != *conditions;
        if changed {
            *fewer_casts |= casts(&new) < casts(&*conditions);
            *conditions = new;
        } else {
            self.simple.borrow_mut().insert((Place::Conditions, together));
        }
        changed
    }
}
