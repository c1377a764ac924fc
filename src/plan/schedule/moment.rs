//! Points in time as people write them: `sqlmesh.utils.date.to_datetime`, as far as its rules are simple.
//!
//! In: the text of `start`, `end` or `--now`. Out: a [`Moment`], or nothing where SQLMesh's date parser would have to
//! be asked (names of months, words for numbers, other languages).

use super::calendar::{DAY, Date, HOUR, MINUTE};

/// A point in time. Day and time of day are told apart, because an end that is a day includes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Milliseconds since 1970.
    pub(super) at: i64,
    /// A whole day was written.
    pub(super) is_date: bool,
}

impl Moment {
    pub(super) fn exactly(at: i64) -> Moment {
        Moment { at, is_date: false }
    }

    /// `make_exclusive`: the first moment after it, for a day.
    pub(super) fn exclusive(self) -> i64 {
        if self.is_date { self.at + DAY } else { self.at }
    }
}

/// Reads a date, a date with a time, a number of milliseconds, or a time relative to `now`.
pub(super) fn read(text: &str, now: i64) -> Option<Moment> {
    let text = text.trim();
    number(text).or_else(|| absolute(text)).or_else(|| relative(text, now).map(Moment::exactly))
}

/// `20240131`, or milliseconds since 1970. Numbers that Python may take for either are left alone.
fn number(text: &str) -> Option<Moment> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    match text.len() {
        8 => Some(Moment { at: Date::new(number / 10_000, number / 100 % 100, number % 100)?.start(), is_date: true }),
        10.. => Date::of(number).map(|_| Moment::exactly(number)),
        _ => None,
    }
}

/// `2024-01-31`, with a time and an offset from UTC or without.
pub(super) fn absolute(text: &str) -> Option<Moment> {
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, Some(text.get(at + 1..)?)),
        None => (text, None),
    };
    let date = date(day)?;
    let Some(rest) = rest else { return Some(Moment { at: date.start(), is_date: true }) };
    let (time, offset) = split_offset(rest.trim())?;
    Some(Moment::exactly(date.start() + time_of_day(time)? - offset))
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_plain = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
    is_plain.then_some(())?;
    Date::new(digits(year)?, digits(month)?, digits(day)?)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The time without its offset, and the offset in milliseconds.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']).or_else(|| text.strip_suffix("UTC")) {
        return Some((time.trim_end(), 0));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, 0)) };
    let (time, offset) = (text.get(..at)?, text.get(at + 1..)?);
    let (hours, minutes) = match offset.split_once(':') {
        Some(parts) => parts,
        None if offset.len() == 4 => (offset.get(..2)?, offset.get(2..)?),
        None => (offset, "0"),
    };
    let length = digits(hours).filter(|hours| *hours < 24)? * HOUR + digits(minutes).filter(|m| *m < 60)? * MINUTE;
    Some((time.trim_end(), if text.get(at..)?.starts_with('-') { -length } else { length }))
}

/// `10:37`, `10:37:00`, `10:37:00.250`
fn time_of_day(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?).filter(|minute| *minute < 60)?;
    let second = parts.next().map_or(Some(0), digits).filter(|second| *second < 60)?;
    if parts.next().is_some() {
        return None;
    }
    let millis = if fraction.is_empty() { 0 } else { digits(format!("{fraction:0<3}").get(..3)?)? };
    Some(hour * HOUR + minute * MINUTE + second * 1000 + millis)
}

/// `1 week ago`, `2 days 3 hours ago`, `yesterday`. Without hours, minutes or seconds it counts from midnight.
fn relative(text: &str, now: i64) -> Option<i64> {
    let lower = text.to_lowercase();
    let today = now.div_euclid(DAY) * DAY;
    match lower.as_str() {
        "now" => return Some(now),
        "today" => return Some(today),
        "yesterday" => return Some(today - DAY),
        "tomorrow" => return Some(today + DAY),
        _ => {}
    }
    let (mut months, mut millis) = (0i64, 0i64);
    // Whether it counts from midnight is told by the units behind figures; `a week ago` has none.
    let (mut has_time, mut has_days) = (false, false);
    let words: Vec<&str> = lower.strip_suffix("ago")?.split_whitespace().collect();
    let (pairs, rest) = words.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return None;
    }
    for [count, unit] in pairs {
        let in_words = matches!(*count, "a" | "an");
        let count = if in_words { 1 } else { digits(count)? };
        let (in_months, length) = length_of(unit.trim_end_matches(','))?;
        let is_time = length != 0 && length < DAY;
        has_time |= is_time && !in_words;
        has_days |= !is_time && !in_words;
        months = months.checked_add(count.checked_mul(in_months)?)?;
        millis = millis.checked_add(count.checked_mul(length)?)?;
    }
    let base = if has_days && !has_time { today } else { now };
    let day = Date::of(base)?.plus_months(-months)?;
    let found = (day.start() + base.rem_euclid(DAY)).checked_sub(millis)?;
    Date::of(found).map(|_| found)
}

/// A unit's length in months and in milliseconds; one of them is 0.
fn length_of(unit: &str) -> Option<(i64, i64)> {
    let found = match unit.strip_suffix('s').unwrap_or(unit) {
        "year" => (12, 0),
        "month" => (1, 0),
        "week" => (0, 7 * DAY),
        "day" => (0, DAY),
        "hour" => (0, HOUR),
        "minute" => (0, MINUTE),
        "second" => (0, 1000),
        _ => return None,
    };
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-03-14 10:37
    const NOW: i64 = 1_710_412_620_000;

    fn shown(text: &str) -> String {
        let Some(moment) = read(text, NOW) else { return "?".to_owned() };
        let date = Date::of(moment.at).expect("a day");
        let minutes = moment.at.rem_euclid(DAY) / MINUTE;
        let day = if moment.is_date { " (day)" } else { "" };
        format!("{:04}-{:02}-{:02} {:02}:{:02}{day}", date.year, date.month, date.day, minutes / 60, minutes % 60)
    }

    /// What SQLMesh's `to_datetime` and `is_date` say at that time.
    #[test]
    fn times_are_read_as_sqlmesh_reads_them() {
        for (text, expected) in [
            ("2024-01-31", "2024-01-31 00:00 (day)"),
            ("20240131", "2024-01-31 00:00 (day)"),
            ("2024-01-31 05:30:00", "2024-01-31 05:30"),
            ("2024-01-31T05:30:00Z", "2024-01-31 05:30"),
            ("2024-01-31 05:30:00+02:00", "2024-01-31 03:30"),
            ("1709900000000", "2024-03-08 12:13"),
            ("1 week ago", "2024-03-07 00:00"),
            ("1 week 2 days ago", "2024-03-05 00:00"),
            ("1 month ago", "2024-02-14 00:00"),
            ("1 year ago", "2023-03-14 00:00"),
            ("100 hours ago", "2024-03-10 06:37"),
            ("1 day 2 hours ago", "2024-03-13 08:37"),
            ("a week ago", "2024-03-07 10:37"),
            ("an hour ago", "2024-03-14 09:37"),
            ("yesterday", "2024-03-13 00:00"),
            ("today", "2024-03-14 00:00"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_the_date_parser_knows_is_left_open() {
        for text in [
            "",
            "Jan 5 2024",
            "last monday",
            "2024-02-30",
            "2024-01-31 25:00",
            "@start",
            "99999999999999999999",
            "1 week",
            "ago",
            "1 fortnight ago",
            "2024-01-31 +",
            "９ days ago",
        ] {
            assert_eq!(read(text, NOW), None, "{text}");
        }
        assert_eq!(read("999999999 years ago", NOW), None);
        assert_eq!(read("999999999 weeks ago", NOW), None);
    }
}
