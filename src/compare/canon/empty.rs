//! A filter that is never TRUE leaves no rows.
//!
//! Over no rows a query gives none; with aggregates and without GROUP BY it gives one, in which COUNT is 0 and the others
//! are NULL. A branch without rows adds nothing to UNION ALL, unless its types decide those of the others.
//!
//! NULL: a filter that is NULL for each row leaves none, either.

use super::Canon;
use super::form::{From, Grouping, Query, Select, node, replaced};
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Makes a query over no rows an empty one.
    pub(super) fn empty(&mut self, query: &mut Query) -> bool {
        match query {
            Query::Select(select) if is_never(&select.from.filter) => {
                if select.looks_beyond() && select.outputs.iter().any(super::calls::is_unlisted) {
                    return false;
                }
                if select.grouping == Grouping::Whole {
                    let plain = select.having.is_empty() && select.limit.is_none() && !select.looks_beyond();
                    return plain && self.of_nothing(select);
                }
                let Some(none) = self.none_of(query) else { return false };
                *query = none;
            }
            Query::Select(select)
                if is_never(&select.having) && !select.outputs.iter().any(super::calls::is_unlisted) =>
            {
                let Some(none) = self.none_of(query) else { return false };
                *query = none;
            }
            Query::Union(branches) => {
                let kept = branches.iter().filter(|branch| !matches!(branch, Query::Empty(_))).count();
                if kept == branches.len() || !self.is_uniform(branches) {
                    return false;
                }
                match kept {
                    0 => *query = Query::Empty(self.shape(query).types),
                    _ => branches.retain(|branch| !matches!(branch, Query::Empty(_))),
                }
            }
            _ => return false,
        }
        self.used("a filter that is never met");
        true
    }

    /// No rows, if the types of their columns are known: those decide what other branches of a union become, and what stands
    /// beside a NULL where nothing is joined.
    fn none_of(&self, query: &Query) -> Option<Query> {
        let types = self.shape(query).types;
        types.iter().all(Option::is_some).then_some(Query::Empty(types))
    }

    /// The whole query gives no rows. Nothing reads it here, so it doesn't matter of which types they would be.
    pub(super) fn empty_at_last(&mut self, query: &mut Query) {
        let is_empty = match query {
            Query::Select(select) if !select.outputs.iter().any(super::calls::is_unlisted) => {
                select.grouping != Grouping::Whole && is_never(&select.from.filter) || is_never(&select.having)
            }
            Query::Empty(_) => true,
            _ => false,
        };
        if is_empty {
            *query = Query::Empty(vec![None; query.width()]);
            self.used("a filter that is never met");
        }
    }

    /// Aggregates over no rows.
    fn of_nothing(&mut self, select: &mut Select) -> bool {
        let known = |name: &str| matches!(name, "COUNT" | "SUM" | "MIN" | "MAX" | "AVG");
        let mut understood = true;
        for output in &select.outputs {
            output.walk(&mut |node| {
                understood &= match &node.op {
                    Op::Function(name) => known(name),
                    Op::Bound(..) | Op::Nested(_) => false,
                    _ => true,
                };
                understood && !matches!(node.op, Op::Function(_))
            });
        }
        if !understood {
            return false;
        }
        let value = |tree: &Tree| match &tree.op {
            Op::Function(name) if &**name == "COUNT" => Some(node(Op::Number("0".into()), vec![])),
            Op::Function(_) => Some(node(Op::Null, vec![])),
            _ => None,
        };
        select.outputs.iter_mut().for_each(|output| *output = replaced(output, &value));
        select.grouping = Grouping::Rows;
        select.from = From::default();
        self.used("aggregates over no rows");
        true
    }
}

fn is_never(conditions: &[Tree]) -> bool {
    conditions.iter().any(|condition| condition.op == Op::Bool(false))
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn no_rows() {
        same("SELECT a FROM p WHERE 1 = 0", "SELECT b FROM q WHERE FALSE".replace("b", "y").as_str());
        same("SELECT COUNT(*), SUM(a) FROM p WHERE FALSE", "SELECT COUNT(c), NULL FROM n WHERE 1 = 0");
        same("SELECT a FROM p UNION ALL SELECT a FROM p WHERE FALSE", "SELECT a FROM p");
        // Types of columns without rows decide those of the others.
        differ(
            "SELECT s || s, b FROM p UNION ALL SELECT UPPER(s), f FROM p WHERE FALSE",
            "SELECT s || s, b FROM p UNION ALL SELECT UPPER(s), b FROM p WHERE FALSE",
        );
        differ(
            "SELECT own(b), b FROM p UNION ALL SELECT LOWER(s), LENGTH(s) FROM p WHERE FALSE",
            "SELECT own(b), b FROM p UNION ALL SELECT LENGTH(s), LOWER(s) FROM p WHERE FALSE",
        );
        differ(
            "SELECT COALESCE(i.x, 5) FROM p LEFT JOIN (SELECT LENGTH(s) AS x FROM n WHERE FALSE) i ON TRUE",
            "SELECT COALESCE(i.x, 5) FROM p LEFT JOIN (SELECT LOWER(s) AS x FROM n WHERE FALSE) i ON TRUE",
        );
        differ("SELECT COUNT(*) FROM p WHERE FALSE GROUP BY a", "SELECT 0");
        differ("SELECT a FROM p UNION SELECT a FROM p WHERE FALSE", "SELECT a FROM p");
    }
}
