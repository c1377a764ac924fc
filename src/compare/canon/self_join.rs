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
