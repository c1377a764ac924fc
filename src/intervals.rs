//! The interval unit that SQLMesh infers from a cron expression (`IntervalUnit.from_cron`).
//!
//! In: the text of a cron. Out: the name of the unit, or nothing where the text isn't understood (a variable, `L`).
//! Must never look at anything but the text: both SQLMesh's answer and our own verdict build on it.

use std::collections::BTreeSet;

const DAY: u64 = 24 * 60;

/// Does it run more often than every five minutes?
pub(crate) fn is_too_often(cron: &str) -> bool {
    shortest(cron.trim()).is_some_and(|minutes| minutes < 5)
}

/// The name of the unit: the largest one that is no longer than the shortest time between two runs.
pub(crate) fn unit(cron: &str) -> Option<&'static str> {
    let minutes = match cron.trim().to_lowercase().as_str() {
        "@hourly" => 60,
        "@daily" | "@midnight" | "@weekly" => DAY,
        "@monthly" => 28 * DAY,
        "@yearly" | "@annually" => 365 * DAY,
        expression => shortest(expression)?,
    };
    const UNITS: &[(u64, &str)] = &[
        (365 * DAY, "year"),
        (28 * DAY, "month"),
        (DAY, "day"),
        (60, "hour"),
        (30, "half_hour"),
        (15, "quarter_hour"),
    ];
    Some(UNITS.iter().find(|(length, _)| *length <= minutes).map_or("five_minute", |(_, name)| name))
}

/// The shortest time between two runs, in minutes.
fn shortest(expression: &str) -> Option<u64> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let [minute, hour, day, month, weekday, ..] = fields.as_slice() else { return None };
    let (minutes, hours) = (values(minute, 0, 59)?, values(hour, 0, 23)?);
    let times: Vec<u64> = hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute)).collect();
    let within_a_day = gap(&times);
    let runs_daily = *day == "*" && *weekday == "*" && *month == "*";
    if within_a_day.is_some() {
        let across = times.first().zip(times.last()).map(|(first, last)| DAY + first - last);
        return within_a_day.into_iter().chain(across.filter(|_| runs_daily)).min();
    }
    if *day == "*" && *weekday == "*" {
        return Some(DAY);
    }
    if *weekday != "*" {
        let days: Vec<u64> = values(weekday, 0, 7)?.into_iter().map(|day| day % 7).collect();
        return Some(around(&days, 7) * DAY);
    }
    let days: Vec<u64> = values(day, 1, 31)?.into_iter().collect();
    if let Some(gap) = gap(&days) {
        return Some(gap * DAY);
    }
    let months: Vec<u64> = values(month, 1, 12)?.into_iter().collect();
    Some(around(&months, 12) * if months.len() == 1 { 31 * DAY } else { 28 * DAY })
}

/// The smallest difference of neighbours.
fn gap(sorted: &[u64]) -> Option<u64> {
    sorted.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).min()
}

/// The same in a circle.
fn around(values: &[u64], length: u64) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let across = sorted.first().zip(sorted.last()).map_or(length, |(first, last)| length + first - last);
    gap(&sorted).map_or(across, |gap| gap.min(across))
}

/// The values of a field: `*`, `*/5`, `1-5`, `1,2`, `10-20/2`; names of months and days aren't needed.
fn values(field: &str, low: u64, high: u64) -> Option<BTreeSet<u64>> {
    let mut found = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: usize = step.parse().ok().filter(|step| *step > 0)?;
        let (from, to) = match range {
            "*" => (low, high),
            _ => match range.split_once('-') {
                Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
                None => (range.parse().ok()?, if part.contains('/') { high } else { range.parse().ok()? }),
            },
        };
        found.extend((from..=to.min(high)).step_by(step));
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::unit;

    #[test]
    fn the_shortest_time_between_runs_decides() {
        for (cron, expected) in [
            ("@daily", "day"),
            ("0 5 * * *", "day"),
            ("0 * * * *", "hour"),
            ("*/5 * * * *", "five_minute"),
            ("*/15 * * * *", "quarter_hour"),
            ("0,30 * * * *", "half_hour"),
            ("0 */6 * * *", "hour"),
            ("0 0 * * 1", "day"),
            ("0 0 1 * *", "month"),
            ("0 0 1 1 *", "year"),
            ("@yearly", "year"),
            ("30 2 * * 1-5", "day"),
        ] {
            assert_eq!(unit(cron), Some(expected), "{cron}");
        }
        assert_eq!(unit("@schedule"), None);
    }
}
