//! What code that is called somewhere in a query may name there, besides the columns of relations: CTEs, named windows, and
//! the other items of the SELECT list, which engines let each other see, or SQLMesh puts in their place.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::sql::tree::{Name, Op, Span, Tree};

use super::{Block, BlockKind, Relation, Select};

/// Something that is named in a query.
#[derive(Debug, Clone)]
pub struct Nameable {
    /// The name of an item; CTEs and windows are compared whatever their names are.
    pub item: Option<Name>,
    /// Where it stands: it can't name itself.
    pub span: Span,
    /// Where it can be named; not in `hidden`.
    reach: Span,
    hidden: Arc<[Span]>,
    /// Of what is written there.
    pub digest: u128,
    /// The calls in it whose code is a part of what it means.
    pub holes: Vec<u32>,
}

impl Nameable {
    /// May a call that stands here name it?
    pub fn is_seen_from(&self, place: Span) -> bool {
        let within = |outer: &Span| outer.start <= place.start && place.end <= outer.end;
        place.is_empty() || within(&self.reach) && !within(&self.span) && !self.hidden.iter().any(within)
    }
}

/// Everything that code could name, in the order of the text; nothing where the query calls none.
pub(super) fn nameable(query: &Tree, blocks: &[Block]) -> Vec<Nameable> {
    if holes(query).is_empty() {
        return vec![];
    }
    let plain = plain_items(blocks);
    let mut found = Vec::new();
    query.walk(&mut |node| {
        match &node.op {
            Op::Query => of_query(node, &plain, &mut found),
            Op::NamedWindow(_) => found.push(named(None, node, query.span, &Arc::default())),
            _ => {}
        }
        true
    });
    found
}

fn of_query(query: &Tree, plain: &FxHashSet<Span>, found: &mut Vec<Nameable>) {
    let with = query.kids.iter().find(|kid| matches!(kid.op, Op::With(_)));
    for cte in with.iter().flat_map(|with| &with.kids) {
        let is_recursive = with.is_some_and(|with| with.op == Op::With(true));
        let start = if is_recursive { query.span.start } else { cte.span.end };
        found.push(named(None, cte, Span { start, end: query.span.end }, &Arc::default()));
    }
    for select in selects(query) {
        let mut hidden: Vec<Span> = with.iter().map(|with| with.span).collect();
        hidden.extend(select.child(&Op::From).map(derived_tables).unwrap_or_default());
        let hidden = hidden.into();
        let items = select.child(&Op::Projection).map(|items| items.kids.as_slice()).unwrap_or_default();
        for item in items.iter().filter(|item| !plain.contains(&item.span)) {
            for (name, item) in names(item) {
                found.push(named(Some(name), item, query.span, &hidden));
            }
        }
    }
}

fn named(item: Option<Name>, node: &Tree, reach: Span, hidden: &Arc<[Span]>) -> Nameable {
    let (digest, holes) = (node.fingerprint(), holes(node));
    Nameable { item, span: node.span, reach, hidden: hidden.clone(), digest, holes }
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
