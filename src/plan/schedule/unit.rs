//! Interval units: the grid of intervals that SQLMesh keeps count of (`IntervalUnit`).

use super::calendar::{DAY, Date, HOUR, MINUTE};

/// The length of a model's intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    /// Milliseconds; the grid begins at 1970-01-01.
    Fixed(i64),
}

impl Unit {
    pub(super) fn named(name: &str) -> Option<Unit> {
        Some(match name {
            "year" => Unit::Year,
            "month" => Unit::Month,
            "day" => Unit::Fixed(DAY),
            "hour" => Unit::Fixed(HOUR),
            "half_hour" => Unit::Fixed(30 * MINUTE),
            "quarter_hour" => Unit::Fixed(15 * MINUTE),
            "five_minute" => Unit::Fixed(5 * MINUTE),
            _ => return None,
        })
    }

    /// SQLMesh's idea of its length in milliseconds: that of the shortest one.
    pub(super) fn length(self) -> i64 {
        match self {
            Unit::Year => 365 * DAY,
            Unit::Month => 28 * DAY,
            Unit::Fixed(length) => length,
        }
    }

    /// The number of the interval that holds this point in time.
    pub(super) fn index(self, at: i64) -> Option<i64> {
        match self {
            Unit::Year => Date::of(at).map(|date| date.year),
            Unit::Month => Date::of(at).map(|date| date.year * 12 + date.month - 1),
            Unit::Fixed(length) => Some(at.div_euclid(length)),
        }
    }

    /// Where the interval with this number starts.
    pub(super) fn start(self, index: i64) -> Option<i64> {
        match self {
            Unit::Year => Date::new(index, 1, 1).map(Date::start),
            Unit::Month => Date::new(index.div_euclid(12), index.rem_euclid(12) + 1, 1).map(Date::start),
            Unit::Fixed(length) => index.checked_mul(length),
        }
    }

    pub(super) fn floor(self, at: i64) -> Option<i64> {
        self.start(self.index(at)?)
    }

    /// `at` if an interval starts there, else where the next one does.
    pub(super) fn ceil(self, at: i64) -> Option<i64> {
        let floor = self.floor(at)?;
        if floor == at { Some(at) } else { self.start(self.index(at)?.checked_add(1)?) }
    }
}
