//! Conditions below windows.
//!
//! A condition on what all windows of a query are partitioned by keeps or drops whole partitions, so it may stand before
//! them: `QUALIFY k = 1` beside `SUM(x) OVER (PARTITION BY k)` is `WHERE k = 1`. The frame that a window has without saying
//! so isn't written.
//!
//! NULL: NULLs are one partition, and a condition that isn't TRUE drops it in either place. Equal values need not be the
//! same (texts under a collation), so the condition may only compare the columns, unless equal values of their types are
//! the same.

use super::Canon;
use super::calls::{is_understood, is_windowed, may_fail};
use super::form::{Grouping, Select, node, replaced};
use super::group_keys::only_keys;
use crate::sql::tree::{Op, Tree};

impl Canon<'_> {
    /// Tests conditions before the windows.
    pub(super) fn below_windows(&mut self, select: &mut Select) -> bool {
        let mut changed = false;
        select.upper_trees_mut(&mut |tree| {
            let new = replaced(tree, &without_usual_frame);
            changed |= new != *tree;
            *tree = new;
        });
        if changed {
            self.used("the usual frame of a window");
        }
        changed | self.condition_below(select)
    }

    fn condition_below(&mut self, select: &mut Select) -> bool {
        let Some(keys) = partitioned_by(select) else { return false };
        let movable = |condition: &Tree| {
            is_understood(condition, self.family)
                && !is_windowed(condition)
                && !may_fail(condition)
                && !self.has_subquery(condition)
                && only_keys(condition, &keys)
                && self.holds_alike(condition, &keys)
        };
        let (moved, kept): (Vec<Tree>, Vec<Tree>) = std::mem::take(&mut select.qualify).into_iter().partition(movable);
        select.qualify = kept;
        let guarded = match select.grouping {
            Grouping::Rows => select.from.filter.iter().any(may_fail),
            Grouping::Keys(_) | Grouping::Whole => select.having.iter().any(may_fail),
        };
        if moved.is_empty() || guarded {
            select.qualify.extend(moved);
            return false;
        }
        match select.grouping {
            Grouping::Rows => select.from.filter.extend(moved),
            Grouping::Keys(_) | Grouping::Whole => select.having.extend(moved),
        }
        self.used("conditions on whole partitions");
        true
    }

    /// Is a condition TRUE for one of two equal values of these columns if it is for the other?
    pub(super) fn holds_alike(&self, condition: &Tree, keys: &[Tree]) -> bool {
        let is_key = |tree: &Tree| keys.contains(tree);
        let mut pending = vec![condition];
        while let Some(node) = pending.pop() {
            let compares = match &node.op {
                Op::Binary(op) => matches!(&**op, "=" | "<>" | "<" | ">" | "<=" | ">=" | "<=>"),
                Op::In | Op::Between | Op::IsNull | Op::IsDistinct => true,
                _ => false,
            };
            match () {
                _ if is_key(node) && !self.is_exact(node) => return false,
                _ if compares => pending.extend(node.kids.iter().filter(|kid| !is_key(kid))),
                _ => pending.extend(&node.kids),
            }
        }
        true
    }
}

/// The expressions by which every window of the query is partitioned; nothing without windows.
fn partitioned_by(select: &Select) -> Option<Vec<Tree>> {
    let mut shared: Option<Vec<Tree>> = None;
    for tree in select.qualify.iter().chain(&select.outputs) {
        tree.walk(&mut |node| {
            if node.op == Op::Window {
                let keys = node.kids.get(1).and_then(|spec| spec.child(&Op::PartitionBy));
                let keys = keys.map(|keys| keys.kids.as_slice()).unwrap_or_default();
                shared = Some(match shared.take() {
                    None => keys.to_vec(),
                    Some(known) => known.into_iter().filter(|key| keys.contains(key)).collect(),
                });
            }
            true
        });
    }
    let unlisted = select.outputs.iter().any(super::calls::is_unlisted);
    shared.filter(|keys| !keys.is_empty() && !unlisted)
}

/// `SUM(a) OVER (ORDER BY b RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)` without its frame.
fn without_usual_frame(tree: &Tree) -> Option<Tree> {
    let (Op::Window, [call, spec]) = (&tree.op, tree.kids.as_slice()) else { return None };
    let usual =
        |part: &Tree| matches!(&part.op, Op::Frame(frame) if &**frame == "RANGE UNBOUNDED PRECEDING AND CURRENT ROW");
    let known = matches!(&call.op, Op::Function(name) if matches!(&**name, "SUM" | "COUNT" | "MIN" | "MAX" | "AVG"));
    if !known || spec.child(&Op::OrderBy).is_none() || !spec.kids.iter().any(usual) {
        return None;
    }
    let parts = spec.kids.iter().filter(|part| !usual(part)).cloned().collect();
    Some(node(Op::Window, vec![call.clone(), spec.with_kids(parts)]))
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    const LATEST: &str =
        "SELECT x, rn FROM (SELECT x, ROW_NUMBER() OVER (PARTITION BY pid ORDER BY y DESC) AS rn FROM q) i";

    #[test]
    fn queries_below_windows_are_merged() {
        same(
            "WITH w AS (SELECT pid, x, y FROM q WHERE x > 1) SELECT x, RANK() OVER (PARTITION BY pid ORDER BY y) FROM w",
            "SELECT x, RANK() OVER (PARTITION BY pid ORDER BY y) FROM q WHERE 1 < x",
        );
        same(
            &format!("{LATEST} WHERE rn = 1"),
            "WITH w AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY pid ORDER BY y DESC) AS n FROM q) SELECT x, n FROM w WHERE n = 1",
        );
        differ(&format!("{LATEST} WHERE rn = 1"), &format!("{LATEST} WHERE rn = 2"));
        differ(
            "SELECT x, SUM(y) OVER (PARTITION BY pid) FROM (SELECT * FROM q WHERE x > 1) i",
            "SELECT x, s FROM (SELECT x, SUM(y) OVER (PARTITION BY pid) AS s FROM q) i WHERE x > 1",
        );
    }

    #[test]
    fn a_condition_on_a_partition_stands_before_the_windows() {
        same(
            "SELECT * FROM (SELECT pid, SUM(y) OVER (PARTITION BY pid) AS s FROM q) i WHERE pid = 1",
            "SELECT pid, SUM(y) OVER (PARTITION BY pid) FROM q WHERE pid = 1",
        );
        differ(
            "SELECT * FROM (SELECT pid, x, SUM(y) OVER (PARTITION BY pid) AS s FROM q) i WHERE x = 1",
            "SELECT pid, x, SUM(y) OVER (PARTITION BY pid) FROM q WHERE x = 1",
        );
        differ(
            "SELECT * FROM (SELECT s, SUM(c) OVER (PARTITION BY s) AS v FROM n) i WHERE UPPER(s) = s",
            "SELECT s, SUM(c) OVER (PARTITION BY s) FROM n WHERE UPPER(s) = s",
        );
        differ(
            "SELECT * FROM (SELECT pid, SUM(y) OVER (PARTITION BY pid) AS s, COUNT(*) OVER () AS n FROM q) i WHERE pid = 1",
            "SELECT pid, SUM(y) OVER (PARTITION BY pid), COUNT(*) OVER () FROM q WHERE pid = 1",
        );
    }

    #[test]
    fn windows_are_told_apart() {
        same(
            "SELECT SUM(x) OVER (ORDER BY y) FROM q",
            "SELECT SUM(x) OVER (ORDER BY y RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM (SELECT x, y FROM q) i",
        );
        differ(
            "SELECT SUM(x) OVER (ORDER BY y) FROM q",
            "SELECT SUM(x) OVER (ORDER BY y ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM q",
        );
        // Which of two rows at one place comes first may depend on the order in which tables are joined.
        differ(
            "SELECT q.x, ROW_NUMBER() OVER (ORDER BY p.a) FROM p JOIN q ON p.id = q.pid",
            "SELECT q.x, ROW_NUMBER() OVER (ORDER BY p.a) FROM q JOIN p ON p.id = q.pid",
        );
        same(
            "SELECT q.x, RANK() OVER (ORDER BY p.a) FROM p JOIN q ON p.id = q.pid",
            "SELECT q.x, RANK() OVER (ORDER BY p.a) FROM q JOIN p ON p.id = q.pid",
        );
    }

    #[test]
    fn duplicates_and_groups_below_windows_count() {
        differ(
            "SELECT DISTINCT a, COUNT(*) OVER () FROM p LEFT JOIN n ON n.c = p.b",
            "SELECT DISTINCT a, COUNT(*) OVER () FROM p",
        );
        differ("SELECT DISTINCT ROW_NUMBER() OVER (ORDER BY a) FROM p", "SELECT ROW_NUMBER() OVER (ORDER BY a) FROM p");
        differ(
            "SELECT DISTINCT i.n FROM (SELECT COUNT(*) OVER () AS n FROM p GROUP BY a) i",
            "SELECT DISTINCT i.n FROM (SELECT COUNT(*) OVER () AS n FROM p) i",
        );
    }

    #[test]
    fn what_is_not_listed_may_do_anything_with_rows() {
        same("SELECT own(x) FROM (SELECT a AS x FROM p WHERE b > 1) i", "SELECT own(a) FROM p WHERE b > 1");
        differ("SELECT own(x) FROM (SELECT a AS x FROM p WHERE b > 1) i", "SELECT own(b) FROM p WHERE b > 1");
        differ("SELECT b FROM (SELECT own(a), b FROM p) i", "SELECT b FROM p");
        differ("SELECT DISTINCT own(a) FROM p", "SELECT own(a) FROM p GROUP BY own(a)");
        differ("SELECT v FROM (SELECT own(a) AS v FROM p) i WHERE v > 1", "SELECT own(a) FROM p WHERE own(a) > 1");
        differ("SELECT v, v FROM (SELECT own(a) AS v FROM p) i", "SELECT own(a), own(a) FROM p");
        differ("SELECT own(a) > 1 AND FALSE FROM p", "SELECT FALSE FROM p");
        differ("SELECT id, own(b) FROM p GROUP BY id", "SELECT id, own(b) FROM p");
        differ("SELECT DISTINCT COUNT(*), own(1) FROM p", "SELECT COUNT(*), own(1) FROM p");
        differ("SELECT DISTINCT a, own(a) FROM p GROUP BY a", "SELECT a, own(a) FROM p GROUP BY a");
        differ("SELECT q.x FROM q LEFT JOIN (SELECT id, own(a) FROM p) i ON i.id = q.pid", "SELECT q.x FROM q");
        differ("SELECT own(a) = NULL FROM p", "SELECT NULL FROM p");
        differ("SELECT own(a) BETWEEN 1 AND 5 FROM p", "SELECT own(a) >= 1 AND own(a) <= 5 FROM p");
        differ("SELECT own(a), x FROM (SELECT a, b AS x FROM p WHERE b > 1) i", "SELECT own(a), b FROM p");
    }
}
