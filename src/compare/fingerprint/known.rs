//! What code may name besides columns of relations: which names it can mean, and fingerprints of what they stand for.

use rustc_hash::FxHashSet;

use crate::resolve::{BlockKind, Nameable, Part, Resolved, Seen};
use crate::sql::tree::Name;

use super::{Print, hash};

/// Names of columns that code called in a query could write down, as long as the query is valid.
///
/// Where both versions call the same code, it writes the same. A name that the older version lacks would make that one fail, so
/// an item that only the newer one has under such a name is none that the code means.
pub struct KnownNames {
    names: FxHashSet<Name>,
    /// There are tables whose columns aren't known.
    any: bool,
}

impl KnownNames {
    /// Of the older version.
    pub fn of(before: &Resolved) -> Self {
        let mut known = KnownNames { names: FxHashSet::default(), any: false };
        if before.nameable.is_empty() {
            return known;
        }
        for block in &before.blocks {
            known.any |= block.open;
            known.names.extend(block.outputs.iter().map(|output| output.name.clone()));
            if let BlockKind::Select(select) = &block.kind {
                for relation in &select.relations {
                    known.any |= relation.schema.open;
                    known.names.extend(relation.schema.columns.iter().map(|column| column.name.clone()));
                }
            }
        }
        known.names.extend(before.nameable.iter().flat_map(|named| &named.parts).filter_map(|part| part.item.clone()));
        known
    }

    /// Could the code mean it?
    pub fn contains(&self, name: &Name) -> bool {
        self.any || self.names.contains(name)
    }
}

/// Fingerprints of things that are named side by side: of each number of them from the front, and from the back. There may be
/// thousands of calls beside thousands of them.
pub(super) struct Chains {
    front: Vec<Print>,
    back: Vec<Print>,
}

impl Chains {
    /// Those that the code can't mean, as they have names that it doesn't know, are left out.
    pub(super) fn of(named: &Nameable, known: Option<&KnownNames>, holes: &dyn Fn(u32) -> Print) -> Self {
        let is_meant = |part: &Part| match (&part.item, known) {
            (Some(name), Some(known)) => known.contains(name),
            _ => true,
        };
        let print = |part: &Part| {
            let inside: Vec<Print> = part.holes.iter().map(|&hole| holes(hole)).collect();
            is_meant(part).then(|| hash((part.digest, inside)))
        };
        let prints: Vec<Option<Print>> = named.parts.iter().map(print).collect();
        let front = chain(prints.iter());
        let mut back = chain(prints.iter().rev());
        back.reverse();
        Chains { front, back }
    }

    /// Nothing if none of them is meant.
    pub(super) fn print(&self, seen: Seen) -> Option<Print> {
        let both = (self.front.get(seen.first), self.back.get(seen.rest));
        let is_none = |chain: Option<&Print>| chain.is_none_or(|print| *print == Print::default());
        (!is_none(both.0) || !is_none(both.1)).then(|| hash(both))
    }
}

/// The fingerprint of none, of the first, of the first two, …
fn chain<'p>(prints: impl Iterator<Item = &'p Option<Print>>) -> Vec<Print> {
    let mut chain = vec![Print::default()];
    let mut last = Print::default();
    for print in prints {
        last = print.map_or(last, |print| hash((last, print)));
        chain.push(last);
    }
    chain
}
