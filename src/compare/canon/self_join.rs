//! A model joined with itself on a declared key is read once.
//!
//! NULL: rows whose key is NULL don't find themselves; `a = a` stays as a condition and says so.

use super::Canon;
use super::facts::Key;
use super::form::{NAMED, RelationId, Select, Source, node};
use crate::names::ModelName;
use crate::sql::tree::{Name, Op, Tree};

impl Canon<'_> {
    /// Reads one relation less.
    pub(super) fn join_with_itself(&mut self, select: &mut Select) -> bool {
        let models: Vec<(RelationId, ModelName)> = select
            .from
            .items
            .iter()
            .filter_map(|item| match &item.source {
                Source::Model(model) if !self.facts.keys(model).is_empty() => Some((item.id, model.clone())),
                _ => None,
            })
            .collect();
        let classes = self.equal_columns(&select.from.filter);
        for (at, (first, model)) in models.iter().enumerate() {
            for (second, other) in models.iter().skip(at + 1) {
                if model == other
                    && let Some(key) = self.shared_key(*first, *second, model, &classes)
                {
                    self.premises.insert(key.premise);
                    self.read_once(select, *first, *second);
                    return true;
                }
            }
        }
        false
    }

    /// A key in all columns of which the two are equal.
    fn shared_key(
        &self,
        first: RelationId,
        second: RelationId,
        model: &ModelName,
        classes: &[Vec<Tree>],
    ) -> Option<Key> {
        let column = |id: RelationId, name: &Name| node(Op::Bound(id, NAMED, name.clone()), vec![]);
        let equal = |name: &Name| {
            let (a, b) = (column(first, name), column(second, name));
            classes.iter().any(|class| class.contains(&a) && class.contains(&b))
        };
        self.facts.keys(model).iter().find(|key| !key.columns.is_empty() && key.columns.iter().all(equal)).cloned()
    }

    fn read_once(&mut self, select: &mut Select, kept: RelationId, gone: RelationId) {
        select.from.items.retain(|item| item.id != gone);
        self.replace(select, &|tree| match &tree.op {
            Op::Bound(id, NAMED, name) if *id == gone => Some(node(Op::Bound(kept, NAMED, name.clone()), vec![])),
            _ => None,
        });
        self.used("a join with itself on a key");
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same_as_declared};

    #[test]
    fn a_join_with_itself_on_a_key() {
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT l.a, o.b FROM p l JOIN p o ON l.id = o.id",
            "SELECT a, b FROM p",
        );
        same_as_declared(
            "(u) is declared a key of m",
            "SELECT l.w FROM m l JOIN m o ON l.u = o.u",
            "SELECT w FROM m WHERE u IS NOT NULL",
        );
        differ("SELECT l.w FROM m l JOIN m o ON l.u = o.u", "SELECT w FROM m");
        differ("SELECT l.a, o.b FROM p l JOIN p o ON l.a = o.a", "SELECT a, b FROM p");
        differ("SELECT l.z, o.z FROM r l JOIN r o ON l.k1 = o.k1", "SELECT z, z FROM r");
    }
}
