//! The form in which queries are rewritten.
//!
//! A relation has a number that no other relation of the query has, so that a column means the same wherever its
//! expression is moved to. What a query gives is called by place, so that names don't matter. A model's column is
//! `Op::Bound(relation, NAMED, name)`, a query's is `Op::Bound(relation, place, "")`, and `Op::Nested` points into
//! [`Canon::subqueries`](super::Canon).

use std::rc::Rc;

use crate::compare::fingerprint::BlockPrints;
use crate::names::ModelName;
use crate::resolve::BlockId;
use crate::sql::tree::{Name, Node, Op, SetOperator, Span, Tree};

use super::calls::{is_unlisted, is_windowed};

/// A relation's number.
pub(super) type RelationId = u32;

/// In place of the place: the column is called by its name.
pub(super) const NAMED: u32 = u32::MAX;

/// Something that gives a bag of rows.
#[derive(Debug, Clone)]
pub(super) enum Query {
    Select(Box<Select>),
    /// UNION ALL of one query or more.
    Union(Vec<Query>),
    /// EXCEPT and INTERSECT; whether ALL.
    Set(SetOperator, bool, Box<Query>, Box<Query>),
    /// No rows, of columns of these types as far as they are known.
    Empty(Vec<Option<Name>>),
    /// A part that isn't rewritten, and is told from others by its fingerprints. It refers to nothing outside of it.
    Frozen(Rc<BlockPrints>),
}

/// Filter a join, group it, filter the groups, compute windows over what is left and filter by them, compute the outputs,
/// drop duplicates, cut.
#[derive(Debug, Clone)]
pub(super) struct Select {
    pub(super) from: From,
    pub(super) grouping: Grouping,
    pub(super) having: Vec<Tree>,
    /// Conditions that may look through windows.
    pub(super) qualify: Vec<Tree>,
    pub(super) outputs: Vec<Tree>,
    pub(super) distinct: bool,
    pub(super) limit: Option<Limit>,
    /// Where it was written: what depends on the order in which rows come is told by it.
    pub(super) origin: BlockId,
}

/// What makes groups of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Grouping {
    /// Nothing: a row gives a row.
    Rows,
    /// A group for each tuple of keys that is there. Without keys, one group if there is a row at all.
    Keys(Vec<Tree>),
    /// One group, even of no rows.
    Whole,
}

/// ORDER BY with LIMIT, where the order tells all rows apart that differ.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) order: Vec<Tree>,
    pub(super) clauses: Vec<Tree>,
    /// Where it was written: the same limit taken twice may give other rows only if it was written twice.
    pub(super) origin: BlockId,
}

/// `(items, crossed) LEFT JOIN optional LEFT JOIN … WHERE filter`.
///
/// Every join of inner, cross, left and right joins can be written so: conditions of inner joins are filters, and so are
/// filters on the left side of a left join; filters on its right side are part of its condition.
#[derive(Debug, Clone, Default)]
pub(super) struct From {
    pub(super) items: Vec<Item>,
    pub(super) optional: Vec<Optional>,
    pub(super) filter: Vec<Tree>,
}

/// A relation that each row has.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: RelationId,
    pub(super) source: Source,
}

/// Relations that a row has only if there are such for which the condition holds. The filter inside is empty: it is part
/// of the condition.
#[derive(Debug, Clone)]
pub(super) struct Optional {
    pub(super) from: From,
    pub(super) on: Vec<Tree>,
}

/// Where an item's rows come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Model(ModelName),
    Query(Box<Query>),
    /// A full join. The relations inside are referred to from outside; the item's own number isn't.
    Full(Box<Full>),
}

/// Both sides of a full join.
#[derive(Debug, Clone)]
pub(super) struct Full {
    pub(super) left: From,
    pub(super) right: From,
    pub(super) on: Vec<Tree>,
}

impl Query {
    /// How many columns it gives.
    pub(super) fn width(&self) -> usize {
        match self {
            Query::Select(select) => select.outputs.len(),
            Query::Union(branches) => branches.first().map_or(0, Query::width),
            Query::Set(_, _, left, _) => left.width(),
            Query::Empty(types) => types.len(),
            Query::Frozen(prints) => prints.columns.len(),
        }
    }

    /// Every tree in it and below it, subqueries excepted.
    pub(super) fn trees_mut(&mut self, visit: &mut dyn FnMut(&mut Tree)) {
        match self {
            Query::Select(select) => select.trees_mut(visit),
            Query::Union(branches) => branches.iter_mut().for_each(|branch| branch.trees_mut(visit)),
            Query::Set(_, _, left, right) => {
                left.trees_mut(visit);
                right.trees_mut(visit);
            }
            Query::Empty(_) | Query::Frozen(_) => {}
        }
    }

    /// Every tree in it and below it, subqueries excepted.
    pub(super) fn trees<'q>(&'q self, visit: &mut dyn FnMut(&'q Tree)) {
        match self {
            Query::Select(select) => {
                select.own_trees(visit);
                select.from.below(&mut |query| query.trees(visit));
            }
            Query::Union(branches) => branches.iter().for_each(|branch| branch.trees(visit)),
            Query::Set(_, _, left, right) => {
                left.trees(visit);
                right.trees(visit);
            }
            Query::Empty(_) | Query::Frozen(_) => {}
        }
    }
}

impl Select {
    /// Of one row and no columns.
    pub(super) fn new() -> Self {
        Select {
            from: From::default(),
            grouping: Grouping::Rows,
            having: vec![],
            qualify: vec![],
            outputs: vec![],
            distinct: false,
            limit: None,
            origin: BlockId::MAX,
        }
    }

    /// Does it give a row for each row that FROM and WHERE give, and nothing else?
    pub(super) fn is_plain(&self) -> bool {
        self.grouping == Grouping::Rows
            && self.having.is_empty()
            && !self.distinct
            && self.limit.is_none()
            && !self.looks_beyond()
    }

    /// Does something in it look at other rows than its own or its group's, or may it?
    pub(super) fn looks_beyond(&self) -> bool {
        !self.qualify.is_empty() || self.outputs.iter().any(|output| is_windowed(output) || is_unlisted(output))
    }

    /// Every tree in it and in the queries that it reads.
    pub(super) fn trees_mut(&mut self, visit: &mut dyn FnMut(&mut Tree)) {
        self.from.trees_mut(visit);
        self.upper_trees_mut(visit);
    }

    /// The trees above FROM and WHERE.
    pub(super) fn upper_trees_mut(&mut self, visit: &mut dyn FnMut(&mut Tree)) {
        if let Grouping::Keys(keys) = &mut self.grouping {
            keys.iter_mut().for_each(&mut *visit);
        }
        self.having.iter_mut().chain(&mut self.qualify).chain(&mut self.outputs).for_each(&mut *visit);
        if let Some(limit) = &mut self.limit {
            limit.order.iter_mut().for_each(&mut *visit);
        }
    }

    /// The trees above FROM and WHERE.
    pub(super) fn upper_trees(&self) -> Vec<&Tree> {
        let mut all: Vec<&Tree> = match &self.grouping {
            Grouping::Keys(keys) => keys.iter().collect(),
            Grouping::Rows | Grouping::Whole => vec![],
        };
        all.extend(self.having.iter().chain(&self.qualify).chain(&self.outputs));
        all.extend(self.limit.iter().flat_map(|limit| &limit.order));
        all
    }

    /// The trees that stand in the SELECT itself.
    pub(super) fn own_trees<'q>(&'q self, visit: &mut dyn FnMut(&'q Tree)) {
        self.from.own_trees(visit);
        self.upper_trees().into_iter().for_each(visit);
    }
}

impl From {
    /// Every tree in it and in the queries that it reads.
    pub(super) fn trees_mut(&mut self, visit: &mut dyn FnMut(&mut Tree)) {
        for item in &mut self.items {
            match &mut item.source {
                Source::Model(_) => {}
                Source::Query(query) => query.trees_mut(visit),
                Source::Full(full) => {
                    full.left.trees_mut(visit);
                    full.right.trees_mut(visit);
                    full.on.iter_mut().for_each(&mut *visit);
                }
            }
        }
        for optional in &mut self.optional {
            optional.from.trees_mut(visit);
            optional.on.iter_mut().for_each(&mut *visit);
        }
        self.filter.iter_mut().for_each(&mut *visit);
    }

    /// Conditions and filters, those of the queries below excepted.
    pub(super) fn own_trees<'q>(&'q self, visit: &mut dyn FnMut(&'q Tree)) {
        for item in &self.items {
            if let Source::Full(full) = &item.source {
                full.left.own_trees(visit);
                full.right.own_trees(visit);
                full.on.iter().for_each(&mut *visit);
            }
        }
        for optional in &self.optional {
            optional.from.own_trees(visit);
            optional.on.iter().for_each(&mut *visit);
        }
        self.filter.iter().for_each(&mut *visit);
    }

    /// The queries that it reads.
    pub(super) fn below<'q>(&'q self, visit: &mut dyn FnMut(&'q Query)) {
        self.each_item(&mut |item| {
            if let Source::Query(query) = &item.source {
                visit(query);
            }
        });
    }

    /// Every item in it, those of full joins and optional parts included.
    pub(super) fn each_item<'q>(&'q self, visit: &mut dyn FnMut(&'q Item)) {
        for item in &self.items {
            visit(item);
            if let Source::Full(full) = &item.source {
                full.left.each_item(visit);
                full.right.each_item(visit);
            }
        }
        self.optional.iter().for_each(|optional| optional.from.each_item(visit));
    }

    /// The same, to be changed.
    pub(super) fn each_item_mut(&mut self, visit: &mut dyn FnMut(&mut Item)) {
        for item in &mut self.items {
            visit(item);
            if let Source::Full(full) = &mut item.source {
                full.left.each_item_mut(visit);
                full.right.each_item_mut(visit);
            }
        }
        self.optional.iter_mut().for_each(|optional| optional.from.each_item_mut(visit));
    }

    /// The numbers of all relations in it.
    pub(super) fn ids(&self) -> Vec<RelationId> {
        let mut ids = Vec::new();
        self.each_item(&mut |item| ids.push(item.id));
        ids
    }
}

/// A column of a query by its place.
pub(super) fn placed(relation: RelationId, place: usize) -> Tree {
    Node::leaf(Op::Bound(relation, place as u32, "".into()), Span::default())
}

/// A node without a place in the text.
pub(super) fn node(op: Op, kids: Vec<Tree>) -> Tree {
    Node::new(op, kids, Span::default())
}

/// TRUE or FALSE.
pub(super) fn boolean(value: bool) -> Tree {
    node(Op::Bool(value), vec![])
}

/// A binary operator over two operands.
pub(super) fn binary(op: &str, left: Tree, right: Tree) -> Tree {
    node(Op::Binary(op.into()), vec![left, right])
}

/// The two operands of a binary operator.
pub(super) fn operands<'t>(tree: &'t Tree, op: &str) -> Option<(&'t Tree, &'t Tree)> {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Binary(found), [left, right]) if **found == *op => Some((left, right)),
        _ => None,
    }
}

/// The tree with other nodes where `replace` gives one; those aren't looked into again.
pub(super) fn replaced(tree: &Tree, replace: &dyn Fn(&Tree) -> Option<Tree>) -> Tree {
    if let Some(other) = replace(tree) {
        return other;
    }
    if tree.kids.is_empty() {
        return tree.clone();
    }
    let kids: Vec<Tree> = tree.kids.iter().map(|kid| replaced(kid, replace)).collect();
    let is_same = kids.iter().zip(&tree.kids).all(|(new, old)| std::sync::Arc::ptr_eq(new, old));
    if is_same { tree.clone() } else { tree.with_kids(kids) }
}

/// Does the tree, subqueries excepted, refer to a relation of which this holds?
pub(super) fn refers(tree: &Tree, is: &dyn Fn(RelationId) -> bool) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        found |= matches!(node.op, Op::Bound(relation, ..) if is(relation));
        !found
    });
    found
}
