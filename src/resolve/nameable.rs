//! What code that is called somewhere in a query may name there, besides the columns of relations: CTEs, named windows, and
//! the other items of the SELECT list, which engines let each other see, or SQLMesh puts in their place.

use rustc_hash::FxHashSet;

use crate::sql::tree::{Name, Op, Span, Tree};

use super::{Block, BlockKind, Relation, Select};

/// Things that are named side by side, in the order of the text: the CTEs of a query, its windows, or the items of a SELECT.
#[derive(Debug, Clone)]
pub struct Nameable {
    pub parts: Vec<Part>,
    /// A place sees only those that stand before it.
    only_earlier: bool,
    /// Where they can be named; not in `hidden`.
    reach: Span,
    hidden: Vec<Span>,
}

/// Something that is named in a query.
#[derive(Debug, Clone)]
pub struct Part {
    /// The name of an item; CTEs and windows are compared whatever their names are.
    pub item: Option<Name>,
    span: Span,
    /// Of what is written there.
    pub digest: u128,
    /// The calls in it whose code is a part of what it means.
    pub holes: Vec<u32>,
}

/// The parts that can be named from a place: so many from the first one, and all from a later one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub first: usize,
    pub rest: usize,
}

impl Nameable {
    /// What a call that stands here may name: not what it is a part of.
    pub fn seen_from(&self, place: Span) -> Option<Seen> {
        let all = Seen { first: self.parts.len(), rest: self.parts.len() };
        let within = |outer: &Span| outer.start <= place.start && place.end <= outer.end;
        if place.is_empty() {
            return Some(all);
        }
        if !within(&self.reach) || self.hidden.iter().any(within) {
            return None;
        }
        let before = self.parts.partition_point(|part| part.span.end <= place.start);
        match self.parts.get(before) {
            _ if self.only_earlier => Some(Seen { first: before, rest: self.parts.len() }),
            Some(own) if within(&own.span) => Some(Seen { first: before, rest: before + 1 }),
            _ => Some(all),
        }
    }
}

/// Everything that code could name; nothing where the query calls none.
pub(super) fn nameable(query: &Tree, blocks: &[Block]) -> Vec<Nameable> {
    if holes(query).is_empty() {
        return vec![];
    }
    let plain = plain_items(blocks);
    let mut found = Vec::new();
    query.walk(&mut |node| {
        match &node.op {
            Op::Query => of_query(node, &plain, &mut found),
            Op::Select => {
                let windows = node.kids.iter().filter(|kid| matches!(kid.op, Op::NamedWindow(_)));
                let parts = windows.map(|window| part(None, window)).collect();
                found.push(Nameable { parts, only_earlier: false, reach: node.span, hidden: vec![] });
            }
            _ => {}
        }
        true
    });
    found.retain(|named| !named.parts.is_empty());
    found
}

fn of_query(query: &Tree, plain: &FxHashSet<Span>, found: &mut Vec<Nameable>) {
    let with = query.kids.iter().find(|kid| matches!(kid.op, Op::With(_)));
    if let Some(with) = with {
        let parts = with.kids.iter().map(|cte| part(None, cte)).collect();
        let only_earlier = with.op != Op::With(true);
        found.push(Nameable { parts, only_earlier, reach: query.span, hidden: vec![] });
    }
    for select in selects(query) {
        let mut hidden: Vec<Span> = with.iter().map(|with| with.span).collect();
        hidden.extend(select.child(&Op::From).map(derived_tables).unwrap_or_default());
        let items = select.child(&Op::Projection).map(|items| items.kids.as_slice()).unwrap_or_default();
        let named = items.iter().filter(|item| !plain.contains(&item.span)).flat_map(names);
        let parts = named.map(|(name, item)| part(Some(name), item)).collect();
        found.push(Nameable { parts, only_earlier: false, reach: query.span, hidden });
    }
}

fn part(item: Option<Name>, node: &Tree) -> Part {
    Part { item, span: node.span, digest: node.fingerprint(), holes: holes(node) }
}

/// The SELECTs whose items the clauses of a query may name.
fn selects(query: &Tree) -> Vec<&Tree> {
    let (mut found, mut pending): (Vec<&Tree>, Vec<&Tree>) = (vec![], query.kids.iter().collect());
    while let Some(node) = pending.pop() {
        match node.op {
            Op::Select => found.push(node),
            Op::SetOperation(..) | Op::Query | Op::Paren => pending.extend(&node.kids),
            _ => {}
        }
    }
    found
}

fn derived_tables(from: &Tree) -> Vec<Span> {
    let mut found = Vec::new();
    for kid in &from.kids {
        kid.walk(&mut |node| {
            if node.op == Op::Query {
                found.push(node.span);
            }
            node.op != Op::Query
        });
    }
    found
}

/// The names that an item of a SELECT list gives: a star those that it replaces.
fn names(item: &Tree) -> Vec<(Name, &Tree)> {
    match &item.op {
        Op::Alias(name) => vec![(name.clone(), item)],
        Op::Column => item.idents().pop().map(|name| (name, item)).into_iter().collect(),
        Op::Star | Op::QualifiedStar => {
            let mut found = Vec::new();
            item.walk(&mut |node| {
                if let Op::Alias(name) = &node.op {
                    found.push((name.clone(), node));
                }
                true
            });
            found
        }
        _ => vec![],
    }
}

/// The items that are a column under its own name, which no other relation there has: what the name means without them.
fn plain_items(blocks: &[Block]) -> FxHashSet<Span> {
    let mut plain = FxHashSet::default();
    for (id, block) in blocks.iter().enumerate() {
        let BlockKind::Select(select) = &block.kind else { continue };
        for output in &block.outputs {
            if let Op::Bound(at, relation, name) = &output.value.op
                && *at as usize == id
                && *name == output.name
                && is_only_in(select, *relation as usize, name)
            {
                plain.insert(output.span);
            }
        }
    }
    plain
}

fn is_only_in(select: &Select, relation: usize, name: &Name) -> bool {
    let may_have = |other: &Relation| other.schema.open || other.schema.get(name).is_some();
    select.relations.iter().enumerate().all(|(at, other)| at == relation || !may_have(other))
}

fn holes(tree: &Tree) -> Vec<u32> {
    let mut found = Vec::new();
    tree.walk(&mut |node| {
        if let Op::Hole(number) = node.op {
            found.push(number);
        }
        true
    });
    found
}
