//! How many intervals are missing (`Snapshot.missing_intervals`, `compute_missing_intervals`).
//!
//! Intervals are counted by their numbers in the grid of the unit, never listed: a model may have millions.

use super::moment::Moment;
use super::unit::Unit;
use super::{Node, Range};

/// The range that a plan asks about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Where the model starts.
    pub(super) start: i64,
    /// Where the plan ends.
    pub(super) end: i64,
    pub(super) now: i64,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Missing {
    pub(super) count: u64,
    /// From the start of the first interval to the end of the last one. Of a model that starts after it was last due
    /// SQLMesh asks for one interval that ends before it starts.
    pub(super) range: Option<Range>,
}

impl Missing {
    /// Is there anything that could be computed?
    pub(super) fn is_real(self) -> bool {
        self.range.is_some_and(|range| range.start < range.end)
    }
}

/// `None` where it can't be known, or SQLMesh fails.
pub(super) fn missing(node: &Node, window: Window, done: Option<Range>) -> Option<Missing> {
    let nothing = Some(Missing::default());
    let (unit, cron) = (node.unit?, node.cron.as_ref()?);
    let node_end = node.end?;
    if window.start > window.end {
        return nothing;
    }
    let end = node_end.filter(|end| end.at < window.end).unwrap_or(Moment::exactly(window.end));
    if node_end.is_some_and(|end| window.start > end.at) || node.start?.is_some_and(|start| start.at > end.at) {
        return nothing;
    }
    let start = node.start?.map_or(window.start, |own| own.at.max(window.start));
    if start > end.at {
        return None;
    }
    if !end.is_date && !node.partials && end.at - start < unit.length() {
        return nothing;
    }
    if !node.is_evaluated || node.is_seed && done.is_some() {
        return nothing;
    }
    let first = unit.floor(start)?;
    let last = if node.partials { end.exclusive() } else { unit.ceil(end.exclusive())? };
    if first >= last {
        return None;
    }
    let due = cron.floor(window.now)?.min(last);
    let due = if node.partials { due } else { unit.floor(due)? };
    count(unit, (first, last.min(due)), done, (node.lookback, node_end.map(Moment::exclusive)))
}

/// `compute_missing_intervals`
fn count(unit: Unit, (start, end): (i64, i64), done: Option<Range>, after: (i64, Option<i64>)) -> Option<Missing> {
    let (mut lookback, model_end) = after;
    if start == end {
        return Some(Missing::default());
    }
    if start > end {
        // SQLMesh's list of boundaries is the start, and then the end before it.
        let is_missing = model_end.is_none_or(|model_end| start < model_end);
        let range = is_missing.then_some(Range { start, end });
        return Some(Missing { count: u64::from(is_missing), range });
    }
    let first = unit.index(start)?;
    // The last interval may be cut off by the end.
    let total = unit.index(end.checked_sub(1)?)?.checked_sub(first)?.checked_add(1)?;
    let mut runs = not_done(unit, (start, end), (first, total), done)?;
    if runs.is_empty() {
        return Some(Missing::default());
    }
    if lookback > 0 {
        if let Some(model_end) = model_end {
            lookback = shortened(unit, end, model_end, lookback)?;
        }
        let shifted: Vec<(i64, i64)> = runs.iter().map(|(from, to)| (from - lookback, to - lookback)).collect();
        runs.extend(shifted);
        runs.push((total - lookback, total));
    }
    let limit = match model_end {
        None => total,
        // Intervals that start before the model's end.
        Some(model_end) => unit.index(model_end.checked_sub(1)?)?.checked_sub(first)?.checked_add(1)?.clamp(0, total),
    };
    let runs = merged(runs, limit);
    let count: i64 = runs.iter().map(|(from, to)| to - from).sum();
    let range = match (runs.first(), runs.last()) {
        (Some((from, _)), Some((_, to))) => {
            Some(Range { start: unit.start(first + from)?, end: unit.start(first + to)?.min(end) })
        }
        _ => None,
    };
    Some(Missing { count: u64::try_from(count).ok()?, range })
}

/// Runs of intervals, by their numbers from the first one, that `done` doesn't hold whole.
fn not_done(
    unit: Unit,
    (start, end): (i64, i64),
    (first, total): (i64, i64),
    done: Option<Range>,
) -> Option<Vec<(i64, i64)>> {
    let Some(done) = done else { return Some(vec![(0, total)]) };
    let from = unit.index(unit.ceil(done.start.max(start))?)?.checked_sub(first)?.clamp(0, total);
    let to = if done.end >= end { total } else { unit.index(done.end)?.checked_sub(first)?.clamp(0, total) };
    if from >= to {
        return Some(vec![(0, total)]);
    }
    Some([(0, from), (to, total)].into_iter().filter(|(from, to)| from < to).collect())
}

/// With an end that lies back, so much of the lookback has run out already.
fn shortened(unit: Unit, end: i64, model_end: i64, lookback: i64) -> Option<i64> {
    // One interval before the plan's end, then back to the model's.
    let before = unit.index(end.checked_sub(1)?)?;
    let reached = unit.index(model_end)?;
    Some((lookback - (before - reached).max(0)).max(0))
}

/// Runs in order, within `0..limit`, none touching another.
fn merged(mut runs: Vec<(i64, i64)>, limit: i64) -> Vec<(i64, i64)> {
    runs.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, to) in runs {
        let (from, to) = (from.max(0), to.min(limit));
        match merged.last_mut() {
            _ if from >= to => {}
            Some((_, last)) if *last >= from => *last = to.max(*last),
            _ => merged.push((from, to)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::super::calendar::DAY;
    use super::*;

    const DAYS: Unit = Unit::Fixed(DAY);

    fn counted(window: (i64, i64), done: Option<(i64, i64)>, lookback: i64, end: Option<i64>) -> (u64, bool) {
        let done = done.map(|(start, end)| Range { start: start * DAY, end: end * DAY });
        let after = (lookback, end.map(|end| end * DAY));
        let found = count(DAYS, (window.0 * DAY, window.1 * DAY), done, after).expect("a count");
        (found.count, found.is_real())
    }

    /// As `compute_missing_intervals` answers for these days.
    #[test]
    fn intervals_are_counted_as_sqlmesh_lists_them() {
        assert_eq!(counted((0, 10), None, 0, None), (10, true));
        assert_eq!(
            counted((0, 10), Some((0, 10)), 3, None),
            (0, false),
            "nothing is missing, so nothing is looked back at"
        );
        assert_eq!(counted((0, 10), Some((4, 10)), 0, None), (4, true));
        assert_eq!(counted((0, 10), Some((0, 6)), 0, None), (4, true));
        assert_eq!(counted((0, 10), Some((0, 9)), 3, None), (4, true), "the last one and three before it");
        assert_eq!(counted((0, 10), Some((2, 10)), 1, None), (3, true), "the first two, and the last for its lookback");
        assert_eq!(counted((0, 10), None, 0, Some(7)), (7, true));
        assert_eq!(counted((5, 3), None, 0, None), (1, false), "an interval that ends before it starts");
        assert_eq!(counted((5, 5), None, 0, None), (0, false));
    }

    #[test]
    fn a_long_history_of_short_intervals_is_counted_at_once() {
        let minutes = Unit::Fixed(5 * 60_000);
        let found = count(minutes, (0, 20_000 * DAY), None, (i64::from(u32::MAX), None)).expect("a count");
        assert_eq!(found.count, 20_000 * 288);
    }
}
