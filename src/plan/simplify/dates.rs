//! Dates and points in time that a query writes out, and intervals: `extract_date`, `extract_interval`, `date_literal`.

use crate::dialect::{Dialect, Family};
use crate::sql::tree::{Node, Op, Span, Tree};

use super::super::schedule::{DAY, Date, instant};

const SECOND: i64 = 1000;

/// A cast of a text to a date or a timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instant {
    /// Milliseconds since 1970.
    pub(super) at: i64,
    /// A day without a time.
    pub(super) is_date: bool,
    /// The type that the query names.
    of: Tree,
}

impl Instant {
    /// `extract_date`
    pub(super) fn of(tree: &Tree) -> Option<Instant> {
        let (Op::Cast(_), [value, of]) = (&tree.op, tree.kids.as_slice()) else { return None };
        let Op::Type(name) = &of.op else { return None };
        let is_date = &**name == "DATE";
        if !(name.starts_with("DATE") || name.starts_with("TIMESTAMP") || &**name == "SMALLDATETIME") {
            return None;
        }
        let at = match &value.op {
            Op::Text(text) | Op::Number(text) => read(text)?,
            _ => Instant::of(value)?.at,
        };
        let at = if is_date { at.div_euclid(DAY) * DAY } else { at };
        Some(Instant { at, is_date, of: of.clone() })
    }

    /// Another point in time in the same type.
    pub(super) fn at(&self, at: i64) -> Instant {
        Instant { at, ..self.clone() }
    }

    /// `date_literal`: in the type that the query names.
    pub(super) fn literal(&self, span: Span) -> Option<Tree> {
        let date = Date::of(self.at)?;
        let day = format!("{:04}-{:02}-{:02}", date.year, date.month, date.day);
        let of_day = self.at.rem_euclid(DAY);
        let (seconds, rest) = (of_day / SECOND, of_day % SECOND);
        let fraction = if rest == 0 { String::new() } else { format!(".{:06}", rest * 1000) };
        let time = format!(" {:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let text = if self.is_date { day } else { day + &time };
        let value = Node::leaf(Op::Text(text.into()), span);
        Some(Node::new(Op::Cast(false), vec![value, self.of.clone()], span))
    }

    pub(super) fn plus(&self, delta: Delta) -> Option<Instant> {
        let of_day = self.at.rem_euclid(DAY);
        let moved = Date::of(self.at)?.plus_months(delta.months)?.start() + of_day;
        let at = moved.checked_add(delta.milliseconds)?;
        Date::of(at)?;
        // With hours Python makes a point in time of a date, whatever the type says.
        let is_date = self.is_date && delta.milliseconds % DAY == 0;
        Some(Instant { at, is_date, of: self.of.clone() })
    }

    /// `date_floor`, which keeps the time of day.
    pub(super) fn floor(&self, unit: &str, dialect: Dialect) -> Option<Instant> {
        let date = Date::of(self.at)?;
        let first = match unit {
            "YEAR" => Date { month: 1, day: 1, ..date },
            "QUARTER" => Date { month: (date.month - 1) / 3 * 3 + 1, day: 1, ..date },
            "MONTH" => Date { day: 1, ..date },
            "WEEK" => {
                let offset = if dialect.family == Family::BigQuery { -1 } else { 0 };
                let since_monday = (date.weekday() + 6) % 7;
                Date::of_number(date.number() - (since_monday - offset))?
            }
            "DAY" => date,
            _ => return None,
        };
        Some(Instant { at: first.start() + self.at.rem_euclid(DAY), ..self.clone() })
    }
}

/// What `datetime.fromisoformat` reads, as far as people write it.
fn read(text: &str) -> Option<i64> {
    let is_compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_compact {
        let number: i64 = text.parse().ok()?;
        return Some(Date::new(number / 10_000, number / 100 % 100, number % 100)?.start());
    }
    let is_padded = text.len() >= 10 && text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-');
    let has_offset = text.get(10..).is_some_and(|rest| rest.contains(['+', '-', 'Z', 'z']));
    let has_time =
        text.get(10..).is_none_or(|rest| rest.is_empty() || rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit));
    if is_padded && !has_offset && has_time { instant(text) } else { None }
}

/// An interval: `relativedelta`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delta {
    months: i64,
    milliseconds: i64,
}

impl Delta {
    /// `extract_interval`
    pub(super) fn of(tree: &Tree) -> Option<Delta> {
        let (Op::Interval(unit), [value]) = (&tree.op, tree.kids.as_slice()) else { return None };
        let (Op::Text(number) | Op::Number(number)) = &value.op else { return None };
        Delta::units(unit, number.trim().parse().ok()?)
    }

    /// `interval`
    pub(super) fn units(unit: &str, count: i64) -> Option<Delta> {
        let (months, milliseconds) = match unit.to_ascii_uppercase().as_str() {
            "YEAR" => (12, 0),
            "QUARTER" => (3, 0),
            "MONTH" => (1, 0),
            "WEEK" => (0, 7 * DAY),
            "DAY" => (0, DAY),
            "HOUR" => (0, 3600 * SECOND),
            "MINUTE" => (0, 60 * SECOND),
            "SECOND" => (0, SECOND),
            _ => return None,
        };
        Some(Delta { months: count.checked_mul(months)?, milliseconds: count.checked_mul(milliseconds)? })
    }

    pub(super) fn negated(self) -> Option<Delta> {
        Some(Delta { months: self.months.checked_neg()?, milliseconds: self.milliseconds.checked_neg()? })
    }
}
