//! ClickHouse lets every part of a SELECT name the alias of any item, later ones too, before it looks for a column of that name
//! (`prefer_column_name_to_alias` is off). So an item is read after those that it names.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::sql::tree::{Name, Node, Op, Tree};

/// In which order items can be read.
pub(super) enum Reading {
    AsWritten,
    /// These items, one after the other.
    InOrder(Vec<usize>),
    /// Some stand for each other.
    Circular,
}

/// How the items of a SELECT list have to be read so that each comes after those whose aliases it may name.
pub(super) fn reading(items: &[Tree]) -> Reading {
    let mut aliases: FxHashMap<&Name, Vec<usize>> = FxHashMap::default();
    for (at, item) in items.iter().enumerate() {
        if let Op::Alias(name) = &item.op {
            aliases.entry(name).or_default().push(at);
        }
    }
    let named: Vec<FxHashSet<usize>> = items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            names(item).iter().filter_map(|name| aliases.get(name)).flatten().copied().filter(|&to| to != at).collect()
        })
        .collect();
    if named.iter().enumerate().all(|(at, named)| named.iter().all(|&to| to < at)) {
        return Reading::AsWritten;
    }
    let mut waiting: Vec<usize> = named.iter().map(FxHashSet::len).collect();
    let mut naming: Vec<Vec<usize>> = vec![vec![]; items.len()];
    for (at, named) in named.iter().enumerate() {
        named.iter().for_each(|&to| naming[to].push(at));
    }
    let mut order: Vec<usize> = (0..items.len()).filter(|&at| waiting[at] == 0).collect();
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        for &other in &naming[at] {
            waiting[other] -= 1;
            if waiting[other] == 0 {
                order.push(other);
            }
        }
    }
    if order.len() == items.len() { Reading::InOrder(order) } else { Reading::Circular }
}

/// The names in an item that may be aliases: of columns without a qualifier, or what is a qualifier if no alias is.
fn names(item: &Tree) -> FxHashSet<Name> {
    let mut found = FxHashSet::default();
    item.walk(&mut |node| {
        if node.op == Op::Column {
            found.extend(node.idents().into_iter().next());
        }
        true
    });
    found
}

/// Is there an alias that a part may mean which is read without it: something in FROM, a named window, a query inside an
/// expression, or, where the alias stands inside an expression, any part?
pub(super) fn reaches_further(select: &Node) -> bool {
    let items = select.child(&Op::Projection).map(|items| items.kids.as_slice()).unwrap_or_default();
    let (mut aliases, mut inner) = (FxHashSet::default(), FxHashSet::default());
    for item in items {
        match &item.op {
            Op::Alias(name) => aliases.extend((!is_column(item, name)).then_some(name)),
            Op::Star | Op::QualifiedStar => continue,
            _ => {}
        }
        item.kids.iter().for_each(|kid| inner_aliases(kid, &mut inner));
    }
    let clauses = select.kids.iter().filter(|kid| !matches!(kid.op, Op::Projection | Op::From));
    clauses.for_each(|clause| clause.kids.iter().for_each(|kid| inner_aliases(kid, &mut inner)));
    if aliases.is_empty() && inner.is_empty() {
        return false;
    }
    let means = |found: &FxHashSet<Name>, aliases: &FxHashSet<&Name>| aliases.iter().any(|name| found.contains(*name));
    let mut further = FxHashSet::default();
    let mut anywhere = FxHashSet::default();
    for kid in &select.kids {
        kid.walk(&mut |node| {
            match node.op {
                Op::Query if kid.op == Op::From => return false,
                // A condition of a join, a list that is joined; a window is read where it is used.
                Op::Column if kid.op == Op::From || matches!(kid.op, Op::NamedWindow(_)) => {
                    further.extend(node.idents().into_iter().next());
                }
                Op::Query => further.extend(names(node)),
                Op::Column => anywhere.extend(node.idents().into_iter().next()),
                _ => {}
            }
            true
        });
    }
    anywhere.extend(further.iter().cloned());
    means(&further, &aliases) || means(&anywhere, &inner)
}

/// A column under its own name.
fn is_column(item: &Tree, name: &Name) -> bool {
    item.first().is_some_and(|value| value.op == Op::Column && value.idents().last() == Some(name))
}

/// Aliases inside an expression, but not those of queries in it.
fn inner_aliases<'t>(tree: &'t Tree, found: &mut FxHashSet<&'t Name>) {
    tree.walk(&mut |node| {
        if let Op::Alias(name) = &node.op {
            found.insert(name);
        }
        node.op != Op::Query
    });
}
