//! A query that only filters and computes over one that groups is that one, with other outputs and a HAVING.
//!
//! `SELECT n + 1 FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k) AS s WHERE n > 2` is
//! `SELECT COUNT(*) + 1 FROM t GROUP BY k HAVING COUNT(*) > 2`. Over a query with a limit only the outputs may differ;
//! over DISTINCT each of its columns must be given on, and nothing else. Over windows the filter is a QUALIFY.
//!
//! NULL: a condition that isn't TRUE drops the row in either place.

use super::calls::{is_unlisted, may_fail};
use super::form::{Grouping, Query, Select, Source};
use super::{Canon, LARGEST};
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Makes the only query that is read the SELECT itself.
    pub(super) fn compose(&mut self, select: &mut Select) -> bool {
        let [item] = select.from.items.as_slice() else { return false };
        let Source::Query(query) = &item.source else { return false };
        let Query::Select(inner) = &**query else { return false };
        let over_rows = inner.grouping == Grouping::Rows;
        let passes = |tree: &Tree| matches!(tree.op, Op::Bound(relation, ..) if relation == item.id);
        let gives_all = (0..inner.outputs.len()).all(|at| {
            select.outputs.iter().any(|tree| matches!(tree.op, Op::Bound(_, place, _) if place as usize == at))
        });
        let distinct_kept = !inner.distinct || gives_all && select.outputs.iter().all(passes);
        let cut_kept = inner.limit.is_none() || select.from.filter.is_empty();
        let fails = select.from.filter.iter().any(may_fail);
        let small = inner.outputs.iter().all(|output| output.size() <= LARGEST);
        let is_plain = select.is_plain() && select.from.optional.is_empty() && !inner.outputs.iter().any(is_unlisted);
        let windowed = inner.looks_beyond();
        // A filter on what a query without aggregates gives is one on its rows; `merge` sees to that.
        let merges = inner.is_plain();
        let context = super::merge::Context::new(select);
        let retyped = |(at, output): (usize, &Tree)| {
            super::boolean::is_text_literal(output) && context.computes(self, item.id, at)
        };
        // Inside of a subquery a window would look at other rows.
        let mut has_subquery = false;
        select.own_trees(&mut |tree| has_subquery |= self.has_subquery(tree));
        if inner.outputs.iter().enumerate().any(retyped) || windowed && has_subquery {
            return false;
        }
        if !is_plain || !distinct_kept || !cut_kept || fails || !small || merges {
            return false;
        }
        let id = item.id;
        let mut inner = inner.clone();
        let values = inner.outputs.clone();
        self.substitute(select, id, &values);
        let filter = std::mem::take(&mut select.from.filter);
        match (windowed, over_rows) {
            (true, _) => inner.qualify.extend(filter),
            (false, true) => inner.from.filter.extend(filter),
            (false, false) => inner.having.extend(filter),
        }
        inner.outputs = std::mem::take(&mut select.outputs);
        *select = *inner;
        self.used("nested queries merged");
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn a_query_over_groups_is_one_with_having() {
        same(
            "SELECT i.b FROM (SELECT b, COUNT(*) AS n FROM p GROUP BY b) i WHERE i.n > 1",
            "SELECT b FROM p GROUP BY b HAVING COUNT(*) > 1",
        );
        differ(
            "SELECT i.b FROM (SELECT b, COUNT(*) AS n FROM p GROUP BY b) i WHERE i.n > 1",
            "SELECT b FROM p GROUP BY b HAVING COUNT(b) > 1",
        );
        // LIMIT above the filter keeps other rows than LIMIT below it.
        differ(
            "SELECT i.b FROM (SELECT b, COUNT(*) AS n FROM p GROUP BY b ORDER BY b LIMIT 2) i WHERE i.n > 1",
            "SELECT b FROM p GROUP BY b HAVING COUNT(*) > 1 ORDER BY b LIMIT 2",
        );
    }
}
