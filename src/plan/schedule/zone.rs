//! Time zones (`cron_tz`): what clocks show at an instant, and when they show it.
//!
//! The zones of the IANA database are built in, so that the same change gives the same answer on every machine.

use jiff::Timestamp;
use jiff::civil::{Date as CivilDate, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use super::calendar::{DAY, Date};

/// The zone in which a cron is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Zone {
    Utc,
    Local(TimeZone),
}

impl Zone {
    /// A zone by its name; `None` if there is none.
    pub(super) fn named(name: &str) -> Option<Zone> {
        if name.eq_ignore_ascii_case("utc") {
            return Some(Zone::Utc);
        }
        TimeZoneDatabase::bundled().get(name).ok().map(Zone::Local)
    }

    /// What the clocks show, as milliseconds since they would have shown 1970.
    pub(super) fn shown(&self, at: i64) -> Option<i64> {
        let Zone::Local(zone) = self else { return Some(at) };
        let offset = zone.to_offset(Timestamp::from_millisecond(at).ok()?);
        at.checked_add(i64::from(offset.seconds()) * 1000)
    }

    /// When they show it: the first time of two; for a time that they skip, as if they hadn't been put forward.
    pub(super) fn instant(&self, shown: i64) -> Option<i64> {
        let Zone::Local(zone) = self else { return Some(shown) };
        Some(zone.to_ambiguous_timestamp(written(shown)?).compatible().ok()?.as_millisecond())
    }

    /// How often they show it, and when.
    pub(super) fn showing(&self, shown: i64) -> Option<Shown> {
        let Zone::Local(zone) = self else { return Some(Shown::Once(shown)) };
        let found = zone.to_ambiguous_timestamp(written(shown)?);
        let at = |offset: Offset| shown.checked_sub(i64::from(offset.seconds()) * 1000);
        Some(match found.offset() {
            AmbiguousOffset::Unambiguous { offset } => Shown::Once(at(offset)?),
            AmbiguousOffset::Fold { before, after } => Shown::Twice(at(before)?, at(after)?),
            AmbiguousOffset::Gap { .. } => {
                let last = Timestamp::from_millisecond(self.instant(shown)?).ok()?;
                // The first instant by the new offset.
                Shown::Never(
                    zone.preceding(last.checked_add(jiff::Span::new().seconds(1)).ok()?)
                        .next()?
                        .timestamp()
                        .as_millisecond(),
                )
            }
        })
    }
}

/// How often clocks show a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Once(i64),
    Twice(i64, i64),
    /// They skip it, and go on at this instant.
    Never(i64),
}

fn written(shown: i64) -> Option<DateTime> {
    let date = Date::of(shown)?;
    let small = |value: i64| i8::try_from(value).ok();
    let day = CivilDate::new(i16::try_from(date.year).ok()?, small(date.month)?, small(date.day)?).ok()?;
    let seconds = shown.rem_euclid(DAY) / 1000;
    let time = jiff::civil::Time::new(small(seconds / 3600)?, small(seconds / 60 % 60)?, small(seconds % 60)?, 0);
    Some(DateTime::from_parts(day, time.ok()?))
}
