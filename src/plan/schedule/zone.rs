//! Time zones (`cron_tz`): what clocks show at an instant, and when they show it.
//!
//! The zones of the IANA database are built in, so that the same change gives the same answer on every machine.

use jiff::Timestamp;
use jiff::civil::{Date as CivilDate, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};

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
        let date = Date::of(shown)?;
        let small = |value: i64| i8::try_from(value).ok();
        let day = CivilDate::new(i16::try_from(date.year).ok()?, small(date.month)?, small(date.day)?).ok()?;
        let seconds = shown.rem_euclid(DAY) / 1000;
        let time = jiff::civil::Time::new(small(seconds / 3600)?, small(seconds / 60 % 60)?, small(seconds % 60)?, 0);
        let written = DateTime::from_parts(day, time.ok()?);
        Some(zone.to_ambiguous_timestamp(written).compatible().ok()?.as_millisecond())
    }
}
