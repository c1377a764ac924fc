//! Cron expressions: when a model is due (`_Node.cron_floor`, `_Node.cron_prev`).
//!
//! In the time of the model's zone. What is due in an hour that its clocks skip or show twice is decided as croniter 7 does;
//! where times due lie equally far apart, SQLMesh takes that length off the next one instead of asking for the last
//! (`CroniterCache`), by the clocks, so that it may come to another time.
//!
//! Five fields with lists, ranges, steps and names, and the aliases of croniter. Anything more (seconds, `L`, `#`,
//! random fields) isn't read.

use super::calendar::{DAY, Date, HOUR, MINUTE};
use super::zone::{Shown, Zone};

/// How many days are looked at for the next match: a leap day may be eight years away.
const MAX_DAYS: i64 = 366 * 9;

/// When something is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    /// Milliseconds from midnight, in order; never empty.
    times: Vec<i64>,
    days: Field,
    months: Field,
    weekdays: Field,
    hours: Field,
    zone: Zone,
    /// How far apart times due are, if that is the same from now on.
    length: Option<i64>,
}

/// An instant and what the zone's clocks show then, which differ by their offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Clock {
    shown: i64,
    at: i64,
}

/// The values of a field as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    /// All values are in it.
    is_any: bool,
}

impl Field {
    fn has(self, value: i64) -> bool {
        (0..64).contains(&value) && self.bits >> value & 1 == 1
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Cron {
    /// A cron in UTC.
    pub(super) fn read(text: &str) -> Option<Cron> {
        Cron::in_zone(text, Zone::Utc, 0)
    }

    /// `now` decides whether what it's due at lies equally far apart.
    pub(super) fn in_zone(text: &str, zone: Zone, now: i64) -> Option<Cron> {
        let lower = text.trim().to_lowercase();
        let expression = match lower.as_str() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
        let (minutes, hours) = (field(minute, 0, 59, &[])?, field(hour, 0, 23, &[])?);
        let times = (0..24).filter(|hour| hours.has(*hour));
        let times = times.flat_map(|hour| (0..60).filter(|m| minutes.has(*m)).map(move |m| hour * HOUR + m * MINUTE));
        let mut weekdays = field(weekday, 0, 7, &WEEKDAYS)?;
        // Sunday is 0 and 7.
        weekdays.bits |= weekdays.bits >> 7 & 1;
        weekdays.is_any |= weekdays.bits & 0x7f == 0x7f;
        let mut cron = Cron {
            times: times.collect(),
            days: field(day, 1, 31, &[])?,
            months: field(month, 1, 12, &MONTHS)?,
            weekdays,
            hours,
            zone,
            length: None,
        };
        cron.length = cron.measured(now);
        Some(cron)
    }

    /// `interval_seconds`: five lengths in a row, in UTC, are one.
    fn measured(&self, now: i64) -> Option<i64> {
        let next = |at: i64| self.nearest(first(at, false), false);
        let mut last = next(now)?;
        let mut length = None;
        for _ in 0..5 {
            let due = next(last)?;
            if length.is_some_and(|length| length != due - last) {
                return None;
            }
            length = Some(due - last);
            last = due;
        }
        length
    }

    /// The last time it was due, at `at` or before, as SQLMesh finds it (`cron_floor`).
    pub(super) fn floor(&self, at: i64) -> Option<i64> {
        let next = self.due(self.clock(at)?, false)?;
        match self.length {
            Some(length) => self.zone.instant(next.shown.checked_sub(length)?),
            None => Some(self.due(next, true)?.at),
        }
    }

    /// The last time it was due before `at` (`cron_prev`).
    pub(super) fn before(&self, at: i64) -> Option<i64> {
        Some(self.due(self.clock(at)?, true)?.at)
    }

    fn clock(&self, at: i64) -> Option<Clock> {
        Some(Clock { shown: self.zone.shown(at)?, at })
    }

    /// `croniter._calc`: the next time due after `now`, or the last one before.
    fn due(&self, now: Clock, back: bool) -> Option<Clock> {
        let is_beyond = |clock: Clock, than: Clock| if back { clock.at < than.at } else { clock.at > than.at };
        let mut shown = self.nearest(first(now.shown, back), back)?;
        let (mut found, mut exists) = self.placed(shown, now, back)?;
        if !exists && (!is_beyond(found, now) || self.hours.is_any) {
            while !exists {
                shown = self.nearest(first(shown, back), back)?;
                (found, exists) = self.placed(shown, now, back)?;
            }
        }
        let change = (found.shown - found.at) - (now.shown - now.at);
        if change == 0 {
            return Some(found);
        }
        // The clocks were changed in between: is there one by the other offset?
        let other = self.nearest(first(now.shown.checked_add(change)?, back), back)?;
        let (other, exists) = self.placed(other, now, back)?;
        let is_nearer = exists && is_beyond(other, now) && is_beyond(found, other);
        Some(if is_nearer { other } else { found })
    }

    /// `croniter._add_tzinfo`: when the clocks show it, and whether they do; the minute in which they have gone on, if not.
    fn placed(&self, shown: i64, now: Clock, back: bool) -> Option<(Clock, bool)> {
        let clock = |at| Clock { shown, at };
        match self.zone.showing(shown)? {
            Shown::Once(at) => Some((clock(at), true)),
            Shown::Twice(first, second) => {
                let (nearer, farther) = if back { (second, first) } else { (first, second) };
                let is_beyond = if back { nearer < now.at } else { nearer > now.at };
                Some((clock(if is_beyond { nearer } else { farther }), true))
            }
            Shown::Never(until) => Some((self.clock(until)?, false)),
        }
    }

    /// The minute at or after `shown` in which it is due, or at or before.
    fn nearest(&self, shown: i64, back: bool) -> Option<i64> {
        let today = shown.div_euclid(DAY);
        let in_day = |day: i64| {
            if !self.is_due(Date::of_number(day)?) {
                return None;
            }
            let mut times = self.times.iter().map(|time| day * DAY + time);
            if back { times.rfind(|time| *time <= shown) } else { times.find(|time| *time >= shown) }
        };
        (0..MAX_DAYS).find_map(|days| in_day(if back { today.checked_sub(days)? } else { today.checked_add(days)? }))
    }

    /// Where both the day of the month and the weekday are limited, either will do.
    fn is_due(&self, date: Date) -> bool {
        let (day, weekday) = (self.days.has(date.day), self.weekdays.has(date.weekday()));
        let matches = if self.days.is_any || self.weekdays.is_any { day && weekday } else { day || weekday };
        matches && self.months.has(date.month)
    }
}

/// The first minute to look at, from a time on that doesn't count itself.
fn first(shown: i64, back: bool) -> i64 {
    let from = if back { shown.saturating_sub(1) } else { shown.saturating_add(MINUTE) };
    from - from.rem_euclid(MINUTE)
}

/// `*`, `*/5`, `1-5`, `1,2`, `10-20/2`, `mon-fri`
fn field(text: &str, low: i64, high: i64, names: &[&str]) -> Option<Field> {
    let value = |text: &str| -> Option<i64> {
        let named = names.iter().position(|name| *name == text).and_then(|at| i64::try_from(at).ok());
        let value = named.map(|at| at + low).or_else(|| text.parse().ok())?;
        (low..=high).contains(&value).then_some(value)
    };
    let mut bits = 0u64;
    for part in text.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: usize = step.parse().ok().filter(|step| (1..=60).contains(step))?;
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((from, to)) => (value(from)?, value(to)?),
            None => (value(range)?, if part.contains('/') { high } else { value(range)? }),
        };
        if from > to {
            return None;
        }
        bits = (from..=to).step_by(step).fold(bits, |bits, value| bits | 1 << value);
    }
    Some(Field { bits, is_any: (low..=high).all(|value| bits >> value & 1 == 1) })
}

#[cfg(test)]
mod tests {
    use super::super::moment::read;
    use super::*;

    fn at(text: &str) -> i64 {
        read(text, 0).expect("a time").at
    }

    /// As croniter 6 has them.
    #[test]
    fn the_last_time_due_is_found() {
        for (cron, expected) in [
            ("@daily", "2024-03-14"),
            ("@hourly", "2024-03-14 10:00"),
            ("*/5 * * * *", "2024-03-14 10:35"),
            ("@weekly", "2024-03-10"),
            ("0 6 * * 1", "2024-03-11 06:00"),
            ("0 6 * * mon,thu", "2024-03-14 06:00"),
            ("30 2 * * 1-5", "2024-03-14 02:30"),
            ("15 6-18/4 1,15 * *", "2024-03-01 18:15"),
            ("30 2 13 * 5", "2024-03-13 02:30"),
            ("@monthly", "2024-03-01"),
            ("0 0 1 jan *", "2024-01-01"),
            ("0 0 29 2 *", "2024-02-29"),
            ("0 12 * * 7", "2024-03-10 12:00"),
            ("37 10 * * *", "2024-03-14 10:37"),
            ("38 10 * * *", "2024-03-13 10:38"),
        ] {
            let floor = Cron::read(cron).and_then(|cron| cron.floor(at("2024-03-14 10:37")));
            assert_eq!(floor, Some(at(expected)), "{cron}");
        }
    }

    /// What SQLMesh says of a cron in a zone: instants, and for each when it was last due and the start inferred from that.
    #[derive(serde::Deserialize)]
    struct Recorded {
        zone: String,
        cron: String,
        at: Vec<[i64; 3]>,
    }

    /// As SQLMesh has them around days when clocks are put forward or back, recorded by `tests/oracle/crons.py`.
    #[test]
    fn crons_are_due_by_the_clocks_of_their_zone() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/recorded/crons.json");
        let text = std::fs::read_to_string(path).expect("what is recorded");
        let recorded: Vec<Recorded> = serde_json::from_str(&text).expect("what is recorded");
        let (mut compared, mut wrong) = (0, Vec::new());
        for Recorded { zone, cron, at } in &recorded {
            for [now, floor, start] in at.iter().map(|seconds| seconds.map(|seconds| seconds * 1000)) {
                let made = Cron::in_zone(cron, Zone::named(zone).expect("a zone"), now).expect("a cron");
                let found = made.floor(now).and_then(|floor| Some((floor, made.before(floor)?)));
                compared += 1;
                if found != Some((floor, start)) {
                    wrong.push(format!("{zone} `{cron}` at {now}: {found:?}, SQLMesh {:?}", (floor, start)));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(Zone::named("Europe/Nowhere"), None);
    }

    #[test]
    fn the_time_before_a_due_one_is_another() {
        let cron = Cron::read("@daily").expect("a cron");
        assert_eq!(cron.before(at("2024-03-14")), Some(at("2024-03-13")));
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for cron in [
            "",
            "* * * *",
            "0 0 L * *",
            "0 0 * * 1#2",
            "0 0 0 * * *",
            "61 * * * *",
            "*/0 * * * *",
            "5-1 * * * *",
            "@fortnightly",
            "0 0 * * ９",
        ] {
            assert_eq!(Cron::read(cron), None, "{cron}");
        }
        let never = Cron::read("0 0 30 2 *").expect("a cron");
        assert_eq!(never.floor(at("2024-03-14")), None, "there is no such day");
    }
}
