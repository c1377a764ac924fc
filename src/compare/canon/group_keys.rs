//! Keys of GROUP BY that group nothing further, and groups of one row.
//!
//! A constant key groups nothing; without any key left there is one group if there is a row. Beside a declared key of a
//! relation its other columns group nothing. Rows that have a declared key of each relation among their group keys are
//! groups of one row: without aggregates, GROUP BY does nothing then. Of relations that nothing is read of but in the conditions
//! of their joins, GROUP BY leaves whether there is such a row. A condition of HAVING on keys alone is a filter.
//!
//! Equal keys need not be the same (texts under a collation), so that condition may only compare them.
//!
//! NULL: a declared key counts only if its columns are declared NOT NULL, since NULLs form one group.

use super::Canon;
use super::calls::may_fail;
use super::form::{Grouping, NAMED, RelationId, Select, Source};
use super::shape::certain_ids;
use crate::lineage::aggregates;
use crate::sql::tree::{Name, Op, Tree};

impl Canon<'_> {
    /// Simplifies GROUP BY.
    pub(super) fn group_keys(&mut self, select: &mut Select) -> bool {
        self.filter_from_having(select) || self.fewer_keys(select) || self.groups_of_one(select)
    }

    fn filter_from_having(&mut self, select: &mut Select) -> bool {
        let Grouping::Keys(keys) = &select.grouping else { return false };
        let own = select.from.ids();
        let on_keys = |condition: &Tree| {
            !aggregates(condition)
                && !may_fail(condition)
                && !self.has_subquery(condition)
                && only_keys_of(condition, keys, &own)
                && self.holds_alike(condition, keys)
        };
        let (moved, kept): (Vec<Tree>, Vec<Tree>) = std::mem::take(&mut select.having).into_iter().partition(on_keys);
        select.having = kept;
        if moved.is_empty() || select.from.filter.iter().any(may_fail) {
            select.having.extend(moved);
            return false;
        }
        select.from.filter.extend(moved);
        self.used("HAVING on keys as WHERE");
        true
    }

    fn fewer_keys(&mut self, select: &mut Select) -> bool {
        let Grouping::Keys(keys) = &select.grouping else { return false };
        let certain = certain_ids(select);
        let determined: Vec<(RelationId, Vec<Name>, Vec<String>)> =
            certain.iter().filter_map(|&id| self.key_among(id, keys, &certain)).collect();
        let mut why = Vec::new();
        let mut kept = Vec::new();
        for key in keys {
            let relations = self.relations_in(key);
            let groups_nothing = relations.is_empty() && !self.has_subquery(key)
                || relations.len() == 1
                    && determined.iter().any(|(id, columns, reasons)| {
                        let is_part = matches!(&key.op, Op::Bound(_, NAMED, name) if columns.contains(name));
                        let drops = relations.contains(id) && !is_part && !self.has_subquery(key);
                        if drops {
                            why.extend(reasons.iter().cloned());
                        }
                        drops
                    });
            if !groups_nothing && !kept.contains(key) {
                kept.push(key.clone());
            }
        }
        if kept.len() == keys.len() {
            return false;
        }
        select.grouping = Grouping::Keys(kept);
        self.premises.extend(why);
        self.used("keys that group nothing further");
        true
    }

    /// A declared key of the relation all of whose columns are among the group keys.
    fn key_among(
        &self,
        id: RelationId,
        keys: &[Tree],
        certain: &[RelationId],
    ) -> Option<(RelationId, Vec<Name>, Vec<String>)> {
        let model = self.models.get(&id)?;
        self.facts.keys(model).iter().find_map(|key| {
            let mut why = vec![key.premise.clone()];
            for name in &key.columns {
                let column = super::form::node(Op::Bound(id, NAMED, name.clone()), vec![]);
                why.extend(self.why_not_null(&column, certain)?);
                if !keys.contains(&column) {
                    return None;
                }
            }
            (!key.columns.is_empty()).then(|| (id, key.columns.clone(), why))
        })
    }

    fn groups_of_one(&mut self, select: &mut Select) -> bool {
        let Grouping::Keys(keys) = &select.grouping else { return false };
        let plain = select.having.is_empty() && select.from.optional.is_empty() && !select.from.items.is_empty();
        let may_aggregate = |output: &Tree| aggregates(output) || super::calls::is_unlisted(output);
        if !plain || select.outputs.iter().any(may_aggregate) || select.limit.is_some() {
            return false;
        }
        let certain = certain_ids(select);
        let mut why = Vec::new();
        let mut asked: Vec<RelationId> = Vec::new();
        for item in &select.from.items {
            match (&item.source, self.key_among(item.id, keys, &certain)) {
                (Source::Model(_), Some((_, _, reasons))) => why.extend(reasons),
                (Source::Model(_) | Source::Query(_), None) => asked.push(item.id),
                _ => return false,
            }
        }
        if !asked.is_empty() && !self.ask_for(select, &asked) {
            return false;
        }
        select.grouping = Grouping::Rows;
        self.premises.extend(why);
        self.used("groups of one row");
        true
    }
}

impl Canon<'_> {
    /// Asks for rows of these relations with EXISTS instead of a join.
    fn ask_for(&mut self, select: &mut Select, ids: &[RelationId]) -> bool {
        let reads = |tree: &Tree| self.refers(tree, ids);
        if ids.len() == select.from.items.len()
            || select.upper_trees().into_iter().any(reads)
            || select.from.filter.iter().any(may_fail)
        {
            return false;
        }
        let (inside, outside) = std::mem::take(&mut select.from.filter).into_iter().partition(reads);
        let (asked, items) =
            std::mem::take(&mut select.from.items).into_iter().partition(|item| ids.contains(&item.id));
        (select.from.items, select.from.filter) = (items, outside);
        let mut rows = Select::new();
        (rows.from.items, rows.from.filter) = (asked, inside);
        let exists = self.existing(rows);
        select.from.filter.push(exists);
        true
    }
}

/// Does the condition read nothing but keys, and columns of the queries around?
fn only_keys_of(condition: &Tree, keys: &[Tree], own: &[RelationId]) -> bool {
    let mut only = true;
    condition.walk(&mut |node| {
        let is_key = keys.contains(node);
        only &= is_key || !matches!(node.op, Op::Bound(id, ..) if own.contains(&id));
        only && !is_key
    });
    only
}

/// Does the condition read nothing but keys?
pub(super) fn only_keys(condition: &Tree, keys: &[Tree]) -> bool {
    let mut only = true;
    condition.walk(&mut |node| {
        let is_key = keys.contains(node);
        only &= is_key || !matches!(node.op, Op::Bound(..));
        only && !is_key
    });
    only
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same, same_as_declared};

    #[test]
    fn keys_that_group_nothing_further() {
        same("SELECT COUNT(*) FROM p WHERE a = 10 GROUP BY a, b", "SELECT COUNT(*) FROM p WHERE a = 10 GROUP BY b");
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT id, SUM(b) FROM p GROUP BY id, a, s",
            "SELECT id, SUM(b) FROM p GROUP BY id",
        );
        differ("SELECT COUNT(*) FROM p WHERE a = 10 GROUP BY a", "SELECT COUNT(*) FROM p WHERE a = 10");
        differ("SELECT u, COUNT(*) FROM m GROUP BY u, w", "SELECT u, COUNT(*) FROM m GROUP BY u");
        differ(
            "SELECT p.id, COUNT(*) FROM q LEFT JOIN p ON p.id = q.pid GROUP BY p.id, q.x",
            "SELECT p.id, COUNT(*) FROM q LEFT JOIN p ON p.id = q.pid GROUP BY p.id",
        );
        let asked = "SELECT id, a FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b AND n.d > 1)";
        same_as_declared(
            "(id) is declared a key of p",
            "SELECT DISTINCT p.id, p.a FROM p JOIN n ON n.c = p.b AND n.d > 1",
            asked,
        );
        differ("SELECT p.id, p.a FROM p JOIN n ON n.c = p.b AND n.d > 1", asked);
        differ(
            "SELECT DISTINCT p.id, p.a, n.c FROM p JOIN n ON n.d > 1",
            "SELECT id, a, b FROM p WHERE EXISTS (SELECT 1 FROM n WHERE d > 1)",
        );
        differ("SELECT DISTINCT p.a FROM p JOIN n ON n.c = p.b AND n.d > 1", &asked.replace("id, a", "a"));
        differ(
            "SELECT DISTINCT m.u FROM m JOIN n ON n.c = m.w",
            "SELECT u FROM m WHERE EXISTS (SELECT 1 FROM n WHERE c = w)",
        );
        differ(
            "SELECT DISTINCT p.id FROM p LEFT JOIN n ON n.c = p.b",
            "SELECT id FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = p.b)",
        );
        same("SELECT a, COUNT(*) FROM p GROUP BY a HAVING a > 3", "SELECT a, COUNT(*) FROM p WHERE a > 3 GROUP BY a");
        differ(
            "SELECT a, COUNT(*) FROM p GROUP BY a HAVING COUNT(*) > 3",
            "SELECT a, COUNT(*) FROM p WHERE a > 3 GROUP BY a",
        );
    }
}
