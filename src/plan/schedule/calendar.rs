//! Days of the calendar and points in time, in UTC.
//!
//! A point in time is a number of milliseconds since 1970, as SQLMesh stores it. Years outside of 1 to 9999 don't
//! exist here, as they don't for Python.

pub(in crate::plan) const MINUTE: i64 = 60_000;
pub(in crate::plan) const HOUR: i64 = 60 * MINUTE;
pub(in crate::plan) const DAY: i64 = 24 * HOUR;

/// A day of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::plan) struct Date {
    pub(in crate::plan) year: i64,
    /// From 1.
    pub(in crate::plan) month: i64,
    /// From 1.
    pub(in crate::plan) day: i64,
}

impl Date {
    /// `None` for a day that doesn't exist.
    pub(in crate::plan) fn new(year: i64, month: i64, day: i64) -> Option<Date> {
        let exists = (1..=9999).contains(&year) && (1..=12).contains(&month);
        (exists && (1..=days_in_month(year, month)).contains(&day)).then_some(Date { year, month, day })
    }

    /// The day at this many days after 1970-01-01.
    pub(in crate::plan) fn of_number(number: i64) -> Option<Date> {
        // Years begin in March, so that the leap day is the last one; 400 of them have the same number of days.
        let shifted = number.checked_add(719_468)?;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era.checked_mul(400)? + i64::from(month <= 2);
        Date::new(year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
    }

    /// The day of this point in time.
    pub(in crate::plan) fn of(at: i64) -> Option<Date> {
        Date::of_number(at.div_euclid(DAY))
    }

    /// Days after 1970-01-01.
    pub(in crate::plan) fn number(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let shifted_month = (self.month + 9) % 12;
        let day_of_year = (153 * shifted_month + 2) / 5 + self.day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// Its first moment.
    pub(in crate::plan) fn start(self) -> i64 {
        self.number() * DAY
    }

    /// 0 is Sunday.
    pub(in crate::plan) fn weekday(self) -> i64 {
        (self.number() + 4).rem_euclid(7)
    }

    /// This many months later or earlier; the last day of the month where the day doesn't exist in it.
    pub(in crate::plan) fn plus_months(self, months: i64) -> Option<Date> {
        let number = (self.year * 12 + self.month - 1).checked_add(months)?;
        let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
        if !(1..=9999).contains(&year) {
            return None;
        }
        Date::new(year, month, self.day.min(days_in_month(year, month)))
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_has_its_number() {
        let first = Date::new(1800, 3, 1).expect("a day");
        let mut last = None;
        for number in first.number()..first.number() + 146_097 {
            let date = Date::of_number(number).expect("a day");
            assert_eq!(date.number(), number);
            assert!(last < Some(date), "{date:?} comes after {last:?}");
            last = Some(date);
        }
        assert_eq!(last, Date::new(2200, 2, 28));
    }

    #[test]
    fn known_days_fall_where_they_fell() {
        let date = Date::new(2024, 3, 14).expect("a day");
        assert_eq!((date.number(), date.weekday()), (19_796, 4), "a Thursday");
        assert_eq!(Date::new(1970, 1, 1).map(Date::number), Some(0));
        assert_eq!((Date::new(2023, 2, 29), Date::new(2024, 13, 1), Date::new(0, 1, 1)), (None, None, None));
    }

    #[test]
    fn months_are_clipped_at_their_last_day() {
        let date = |year, month, day| Date::new(year, month, day).expect("a day");
        assert_eq!(date(2024, 3, 31).plus_months(-1), Some(date(2024, 2, 29)));
        assert_eq!(date(2024, 3, 14).plus_months(-15), Some(date(2022, 12, 14)));
        assert_eq!(date(9999, 12, 1).plus_months(1), None);
        assert_eq!(date(1, 1, 1).plus_months(i64::MAX), None);
    }
}
