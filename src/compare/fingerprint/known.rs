//! The names that the older of two versions knows.

use rustc_hash::FxHashSet;

use crate::resolve::{BlockKind, Resolved};
use crate::sql::tree::Name;

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
        known.names.extend(before.nameable.iter().filter_map(|part| part.item.clone()));
        known
    }

    /// Could the code mean it?
    pub fn contains(&self, name: &Name) -> bool {
        self.any || self.names.contains(name)
    }
}
