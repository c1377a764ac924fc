//! Cron expressions: when a model is due (`_Node.cron_floor`, `_Node.cron_prev`).
//!
//! In the time of the model's zone: a time that its clocks skip is due when they have gone on, one that they show twice
//! at the first of the two.
//!
//! Five fields with lists, ranges, steps and names, and the aliases of croniter. Anything more (seconds, `L`, `#`,
//! random fields) isn't read.

use super::calendar::{DAY, Date, HOUR, MINUTE};
use super::zone::Zone;

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
    zone: Zone,
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
        Cron::in_zone(text, Zone::Utc)
    }

    pub(super) fn in_zone(text: &str, zone: Zone) -> Option<Cron> {
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
        Some(Cron {
            times: times.collect(),
            days: field(day, 1, 31, &[])?,
            months: field(month, 1, 12, &MONTHS)?,
            weekdays,
            zone,
        })
    }

    /// The last time it was due, at `at` or before.
    pub(super) fn floor(&self, at: i64) -> Option<i64> {
        let shown = self.zone.shown(at)?;
        let due = self.zone.instant(self.shown_floor(shown)?)?;
        // Clocks that were put forward or back show another time than they would have.
        if due <= at { Some(due) } else { self.zone.instant(self.shown_floor(shown.checked_sub(1)?)?) }
    }

    /// The same in what the zone's clocks show.
    fn shown_floor(&self, at: i64) -> Option<i64> {
        let today = at.div_euclid(DAY);
        let in_day = |number: i64, until: i64| {
            self.is_due(Date::of_number(number)?)
                .then(|| self.times.iter().rev().find(|time| number * DAY + **time <= until))
                .flatten()
                .map(|time| number * DAY + time)
        };
        (0..MAX_DAYS).find_map(|back| in_day(today.checked_sub(back)?, at))
    }

    /// The last time it was due before `at`.
    pub(super) fn before(&self, at: i64) -> Option<i64> {
        self.floor(at.checked_sub(1)?)
    }

    /// Where both the day of the month and the weekday are limited, either will do.
    fn is_due(&self, date: Date) -> bool {
        let (day, weekday) = (self.days.has(date.day), self.weekdays.has(date.weekday()));
        let matches = if self.days.is_any || self.weekdays.is_any { day && weekday } else { day || weekday };
        matches && self.months.has(date.month)
    }
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

    /// As SQLMesh's `cron_floor` has them, around days when clocks are put forward or back.
    #[test]
    fn crons_are_due_by_the_clocks_of_their_zone() {
        for (cron, zone, now, expected) in [
            ("@daily", "Europe/Vienna", "2024-03-30 15:14", "2024-03-29 23:00"),
            ("@daily", "Europe/Vienna", "2024-03-31 16:13", "2024-03-30 23:00"),
            ("30 2 * * *", "Europe/Vienna", "2024-03-29 23:53", "2024-03-29 01:30"),
            ("30 2 * * *", "Europe/Vienna", "2024-10-26 12:05", "2024-10-26 00:30"),
            ("@hourly", "Europe/Vienna", "2024-10-27 07:31", "2024-10-27 07:00"),
            ("@hourly", "Europe/Vienna", "2024-03-31 18:20", "2024-03-31 18:00"),
            ("0 6 * * 1", "America/New_York", "2024-03-10 00:02", "2024-03-04 11:00"),
            ("*/30 * * * *", "America/New_York", "2024-11-04 02:45", "2024-11-04 02:30"),
            ("*/30 * * * *", "America/New_York", "2024-11-02 01:07", "2024-11-02 01:00"),
            ("0 0 1 * *", "Asia/Kolkata", "2024-05-01 01:27", "2024-04-30 18:30"),
            ("0 8 * * 1-5", "America/Los_Angeles", "2024-11-04 14:23", "2024-11-01 15:00"),
            ("0 3 * * *", "Australia/Lord_Howe", "2024-04-06 01:26", "2024-04-05 16:00"),
        ] {
            let cron = Cron::in_zone(cron, Zone::named(zone).expect("a zone")).expect("a cron");
            assert_eq!(cron.floor(at(now)), Some(at(expected)), "{zone} {now}");
        }
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
