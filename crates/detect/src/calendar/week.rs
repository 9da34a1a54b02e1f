//! Days of the week, ISO weeks, which begin on Mondays, and where weeks that begin on Sundays begin.

use std::fmt;

use crate::series::Day;

use super::Date;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// The first of an ISO week.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth, whose year is the week's.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The last of an ISO week, the first of a Sunday-started one.
    Sunday,
}

/// A week of ISO 8601: Monday to Sunday, in the year in which its Thursday lies. A year has 52 or 53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoWeek {
    year: i32,
    week: u32,
}

impl Weekday {
    /// A week, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Of a day.
    #[must_use]
    pub fn of(day: Day) -> Self {
        // 1970-01-01 was a Thursday.
        Self::ALL[(i64::from(day) + 3).rem_euclid(7) as usize]
    }

    /// From 0 on Monday to 6 on Sunday.
    #[must_use]
    pub fn from_monday(self) -> u32 {
        self as u32
    }

    /// From 0 on Sunday to 6 on Saturday.
    #[must_use]
    pub fn from_sunday(self) -> u32 {
        (self as u32 + 1) % 7
    }

    /// Saturday or Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self, Self::Saturday | Self::Sunday)
    }
}

/// The Sunday on which the Sunday-started week of a day begins.
#[must_use]
pub fn sunday_of(day: Day) -> Day {
    day.saturating_sub(Weekday::of(day).from_sunday() as Day)
}

impl IsoWeek {
    /// The week, if the year has it.
    #[must_use]
    pub fn new(year: i32, week: u32) -> Option<Self> {
        Date::new(year, 1, 1)?;
        (1..=Self::in_year(year)).contains(&week).then_some(Self { year, week })
    }

    /// In which a day lies.
    #[must_use]
    pub fn of(day: Day) -> Self {
        let thursday = Date::of(day.saturating_add(3 - Weekday::of(day).from_monday() as Day));
        Self { year: thursday.year(), week: (thursday.day_of_year() - 1) / 7 + 1 }
    }

    /// How many weeks the year has.
    ///
    /// ```
    /// use beaconfire_detect::calendar::IsoWeek;
    /// assert_eq!((IsoWeek::in_year(2020), IsoWeek::in_year(2021)), (53, 52));
    /// ```
    #[must_use]
    pub fn in_year(year: i32) -> u32 {
        // 28 December always lies in the last.
        Self::of(Date::new(year, 12, 28).map_or(0, Date::day)).week
    }

    /// The year in which it is counted.
    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// Its number, from 1.
    #[must_use]
    pub fn week(self) -> u32 {
        self.week
    }

    /// Its first day.
    #[must_use]
    pub fn monday(self) -> Day {
        // 4 January always lies in the first.
        let fourth = Date::new(self.year, 1, 4).map_or(0, Date::day);
        fourth - Weekday::of(fourth).from_monday() as Day + 7 * (self.week as Day - 1)
    }
}

impl fmt::Display for IsoWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.week)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weeks around New Year, from the published calendars.
    const KNOWN: &[(i32, u32, u32, &str)] = &[
        (2004, 12, 31, "2004-W53"),
        (2005, 1, 1, "2004-W53"),
        (2005, 1, 2, "2004-W53"),
        (2008, 12, 29, "2009-W01"),
        (2009, 1, 4, "2009-W01"),
        (2014, 12, 28, "2014-W52"),
        (2015, 1, 4, "2015-W01"),
        (2020, 12, 31, "2020-W53"),
        (2021, 1, 3, "2020-W53"),
        (2001, 12, 31, "2002-W01"),
    ];

    #[test]
    fn weeks_around_new_year() {
        for &(y, m, d, iso) in KNOWN {
            let day = Date::new(y, m, d).unwrap().day();
            assert_eq!(IsoWeek::of(day).to_string(), iso);
        }
    }

    #[test]
    fn weeks_follow_each_other_without_a_gap() {
        let mut iso = IsoWeek::of(-73_049);
        for day in -73_048..73_049 {
            let (weekday, now) = (Weekday::of(day), IsoWeek::of(day));
            assert_eq!(now != iso, weekday == Weekday::Monday, "{}", Date::of(day));
            assert_eq!(now.monday(), day - weekday.from_monday() as Day);
            assert_eq!(IsoWeek::new(now.year, now.week), Some(now));
            assert_eq!(sunday_of(day), day - weekday.from_sunday() as Day);
            iso = now;
        }
        assert_eq!((IsoWeek::new(2021, 53), IsoWeek::new(2021, 0)), (None, None));
    }

    #[test]
    fn the_ends_of_what_can_be_said_do_not_panic() {
        for day in [Day::MIN, Day::MAX] {
            let _ = (IsoWeek::of(day), sunday_of(day), Weekday::of(day).is_weekend());
        }
    }
}
