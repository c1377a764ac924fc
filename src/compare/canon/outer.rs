//! An outer join whose extra rows a filter drops is an inner one.
//!
//! `a LEFT JOIN b ON … WHERE b.x > 1`: the filter isn't TRUE for the rows without a `b`. Of a full join only the side's
//! extra rows go that the filter drops.
//!
//! NULL: what the filter gives for columns that are all NULL is computed by [`truth`](super::truth); what it doesn't know
//! may be TRUE.

use super::Canon;
use super::form::{From, Optional, RelationId, Select, Source};
use super::truth::{ANY, NULL, TRUE, outcomes};
use crate::sql::tree::Tree;

fn rejects(conditions: &[Tree], ids: &[RelationId]) -> bool {
    let can = |id: u32, _: u32, _: &str| if ids.contains(&id) { NULL } else { ANY };
    conditions.iter().any(|condition| outcomes(condition, &can) & TRUE == 0)
}

impl Canon<'_> {
    /// Makes outer joins inner ones.
    pub(super) fn inner_from_outer(&mut self, select: &mut Select) -> bool {
        let changed = narrowed(&mut select.from);
        if changed {
            self.used("an outer join whose extra rows a filter drops");
        }
        changed
    }
}

fn narrowed(from: &mut From) -> bool {
    if let Some(at) = from.optional.iter().position(|part| rejects(&from.filter, &part.from.ids())) {
        let part = from.optional.remove(at);
        absorb(from, part.from);
        from.filter.extend(part.on);
        return true;
    }
    for at in 0..from.items.len() {
        if narrowed_full(from, at) {
            return true;
        }
    }
    // A condition of an outer join is a filter for what is joined inside.
    for part in &mut from.optional {
        part.from.filter = std::mem::take(&mut part.on);
        let changed = narrowed(&mut part.from);
        part.on = std::mem::take(&mut part.from.filter);
        if changed {
            return true;
        }
    }
    false
}

fn absorb(from: &mut From, part: From) {
    from.items.extend(part.items);
    from.optional.extend(part.optional);
    from.filter.extend(part.filter);
}

fn narrowed_full(from: &mut From, at: usize) -> bool {
    let Some(Source::Full(full)) = from.items.get(at).map(|item| &item.source) else { return false };
    let (drops_right_extra, drops_left_extra) =
        (rejects(&from.filter, &full.left.ids()), rejects(&from.filter, &full.right.ids()));
    if !drops_left_extra && !drops_right_extra {
        return false;
    }
    let Source::Full(full) = from.items.remove(at).source else { return false };
    let super::form::Full { left, right, mut on } = *full;
    match (drops_right_extra, drops_left_extra) {
        (true, true) => {
            absorb(from, left);
            absorb(from, right);
            from.filter.extend(on);
        }
        (keeps_left, _) => {
            let (kept, mut part) = if keeps_left { (left, right) } else { (right, left) };
            absorb(from, kept);
            on.append(&mut part.filter);
            from.optional.push(Optional { from: part, on });
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::pairs::{differ, same};

    #[test]
    fn outer_joins_whose_extra_rows_are_dropped() {
        same(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x > 1",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE q.x > 1",
        );
        same("SELECT p.a FROM p RIGHT JOIN q ON p.id = q.pid", "SELECT p.a FROM q LEFT JOIN p ON p.id = q.pid");
        same(
            "SELECT p.a FROM p FULL JOIN q ON p.id = q.pid WHERE p.a > 1",
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
        differ(
            "SELECT p.a FROM p FULL JOIN q ON p.id = q.pid WHERE p.a > 1",
            "SELECT p.a FROM p RIGHT JOIN q ON p.id = q.pid WHERE p.a > 1",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE q.x IS NULL",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE q.x IS NULL",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE COALESCE(q.x, 5) > 1",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE COALESCE(q.x, 5) > 1",
        );
        differ(
            "SELECT p.a FROM p LEFT JOIN q ON p.id = q.pid WHERE NOT (q.x > 1 AND p.a > 1)",
            "SELECT p.a FROM p JOIN q ON p.id = q.pid WHERE NOT (q.x > 1 AND p.a > 1)",
        );
    }
}
