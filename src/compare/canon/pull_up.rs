//! Filters of what is read become filters of the query that reads it.
//!
//! A condition on the keys of groups may stand before or after the grouping; one on columns that all branches of a union
//! have may stand in each or above. Here: above, where it meets the conditions of the joins.
//!
//! Over a union only where all branches have the same known types: else the condition would be about converted values.
//!
//! NULL: a condition that isn't TRUE drops the rows before the grouping and the group after it.

use super::Canon;
use super::calls::may_fail;
use super::form::{Grouping, Query, RelationId, Select, Source, placed, replaced};
use super::group_keys::only_keys;
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Conditions on keys of the groups that are read become conditions of the query that reads them.
    pub(super) fn pull_up_filters(&mut self, select: &mut Select) -> bool {
        let mut pulled = Vec::new();
        let is_read_alone = select.is_plain() && select.from.items.len() + select.from.optional.len() == 1;
        for item in select.from.items.iter_mut().filter(|_| !is_read_alone) {
            if let Source::Query(query) = &mut item.source
                && let Query::Union(branches) = &mut **query
                && self.is_uniform(branches)
            {
                pulled.extend(shared_conditions(item.id, branches));
            }
        }
        for item in &mut select.from.items {
            let Source::Query(query) = &mut item.source else { continue };
            let Query::Select(inner) = &mut **query else { continue };
            let Grouping::Keys(keys) = &inner.grouping else { continue };
            if inner.limit.is_some() || inner.looks_beyond() || inner.from.filter.iter().any(may_fail) {
                continue;
            }
            let outputs = &inner.outputs;
            let given: Vec<Tree> = keys.iter().filter(|key| outputs.contains(key)).cloned().collect();
            let movable = |condition: &Tree| {
                let mut nested = rustc_hash::FxHashSet::default();
                super::note_nested(condition, &mut nested);
                nested.is_empty()
                    && only_keys(condition, &given)
                    && self.holds_alike(condition, &given)
                    && reads_something(condition)
            };
            let (moved, kept) = std::mem::take(&mut inner.from.filter).into_iter().partition::<Vec<Tree>, _>(movable);
            inner.from.filter = kept;
            let id = item.id;
            let above = |tree: &Tree| {
                let is_key = given.contains(tree);
                let place = outputs.iter().position(|output| output == tree).filter(|_| is_key)?;
                Some(placed(id, place))
            };
            pulled.extend(moved.iter().map(|condition| replaced(condition, &above)));
        }
        let changed = !pulled.is_empty();
        select.from.filter.extend(pulled);
        if changed {
            self.used("filters on the keys of groups");
        }
        changed
    }
}

/// Takes from the branches of a union the conditions on their outputs that all of them have.
fn shared_conditions(id: RelationId, branches: &mut [Query]) -> Vec<Tree> {
    let mut shared: Option<Vec<Tree>> = None;
    for branch in branches.iter() {
        let Query::Select(inner) = branch else { return vec![] };
        if !inner.is_plain() || inner.from.filter.iter().any(may_fail) {
            return vec![];
        }
        let above: Vec<Tree> =
            inner.from.filter.iter().filter_map(|condition| seen_above(condition, id, inner)).collect();
        shared = Some(match shared {
            None => above,
            Some(known) => known.into_iter().filter(|condition| above.contains(condition)).collect(),
        });
    }
    let shared = shared.unwrap_or_default();
    for branch in branches.iter_mut().filter(|_| !shared.is_empty()) {
        let Query::Select(inner) = branch else { continue };
        let conditions = std::mem::take(&mut inner.from.filter);
        let is_shared =
            |condition: &Tree| seen_above(condition, id, inner).is_some_and(|above| shared.contains(&above));
        inner.from.filter = conditions.into_iter().filter(|condition| !is_shared(condition)).collect();
    }
    shared
}

/// A condition on outputs that are columns, as the query above would say it.
fn seen_above(condition: &Tree, id: RelationId, inner: &Select) -> Option<Tree> {
    let above = |tree: &Tree| {
        let is_column = matches!(tree.op, Op::Bound(..));
        let place = inner.outputs.iter().position(|output| output == tree).filter(|_| is_column)?;
        Some(placed(id, place))
    };
    let said = replaced(condition, &above);
    let only_outputs = !super::form::refers(&said, &|relation| relation != id);
    let mut nested = rustc_hash::FxHashSet::default();
    super::note_nested(condition, &mut nested);
    (only_outputs && nested.is_empty() && reads_something(condition)).then_some(said)
}

fn reads_something(condition: &Tree) -> bool {
    super::form::refers(condition, &|_| true)
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn a_filter_on_a_key_is_one_on_the_rows() {
        same(
            "SELECT i.b, i.n FROM (SELECT b, COUNT(*) AS n FROM p GROUP BY b) i WHERE i.b > 1",
            "SELECT b, COUNT(*) FROM p WHERE b > 1 GROUP BY b",
        );
        differ(
            "SELECT i.b, i.n FROM (SELECT b, COUNT(*) AS n FROM p GROUP BY b) i WHERE i.n > 1",
            "SELECT b, COUNT(*) FROM p WHERE b > 1 GROUP BY b",
        );
        // Without a key there is one row, whatever the filter drops.
        differ(
            "SELECT i.n FROM (SELECT COUNT(*) AS n, MAX(b) AS b FROM p) i WHERE i.b > 1",
            "SELECT COUNT(*) FROM p WHERE b > 1",
        );
    }
}
