//! DISTINCT is GROUP BY over all outputs; over groups whose keys are all given it is redundant.
//!
//! NULL: both take NULLs for equal. Where equal values may differ (text under a collation, 0.0 and -0.0) either keeps one
//! of them, and no engine says which.

use super::Canon;
use super::form::{Grouping, Select};
use crate::lineage::aggregates;

impl Canon<'_> {
    /// Drops DISTINCT or makes it a grouping.
    pub(super) fn drop_distinct(&mut self, select: &mut Select) -> bool {
        if !select.distinct || select.limit.is_some() || select.outputs.iter().any(super::calls::is_unlisted) {
            return false;
        }
        match &select.grouping {
            Grouping::Whole => self.used("DISTINCT over one row"),
            Grouping::Keys(keys) if keys.iter().all(|key| select.outputs.contains(key)) => {
                self.used("DISTINCT over groups");
            }
            Grouping::Rows if !select.outputs.iter().any(aggregates) && !select.looks_beyond() => {
                select.grouping = Grouping::Keys(select.outputs.clone());
                self.used("DISTINCT as GROUP BY");
            }
            _ => return false,
        }
        select.distinct = false;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same, same_as_declared};

    #[test]
    fn distinct_and_groups() {
        same("SELECT DISTINCT a, b FROM p", "SELECT a, b FROM p GROUP BY b, a");
        same("SELECT DISTINCT a, COUNT(*) FROM p GROUP BY a", "SELECT a, COUNT(*) FROM p GROUP BY a");
        same(
            "SELECT a FROM p UNION SELECT x FROM q",
            "SELECT DISTINCT v FROM (SELECT a AS v FROM p UNION ALL SELECT x FROM q) i",
        );
        same_as_declared("(id) is declared a key of p", "SELECT DISTINCT id, a FROM p", "SELECT id, a FROM p");
        differ("SELECT DISTINCT COUNT(*) FROM p GROUP BY a", "SELECT COUNT(*) FROM p GROUP BY a");
        differ("SELECT DISTINCT u, w FROM m", "SELECT u, w FROM m");
        differ("SELECT DISTINCT p.id FROM p JOIN n ON n.c = p.b", "SELECT p.id FROM p JOIN n ON n.c = p.b");
    }
}
