//! Year, month and day.

use std::fmt;

use crate::series::Day;

/// A date of the proleptic Gregorian calendar; years before 1 go on with 0 and below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u32,
    day: u32,
}

/// Days in 400 years, after which the calendar repeats itself, weekdays included.
const CYCLE: i64 = 146_097;

/// Days from 0000-03-01, from which years are counted here so that a leap day comes last, to 1970-01-01.
const EPOCH: i64 = 719_468;

/// The years whose every day fits a [`Day`] with room to spare.
const YEARS: std::ops::RangeInclusive<i32> = -999_999..=999_999;

impl Date {
    /// The date, if there is such a one.
    ///
    /// ```
    /// use beaconfire_detect::calendar::Date;
    /// assert!(Date::new(2000, 2, 29).is_some() && Date::new(1900, 2, 29).is_none());
    /// ```
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let there = YEARS.contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day);
        there.then_some(Self { year, month, day })
    }

    /// Reads a date as 2020-03-01.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (year, rest) = text.split_at_checked(4).filter(|(year, _)| digits(year))?;
        let (month, day) = rest.strip_prefix('-')?.split_once('-')?;
        let two = |part: &str| (part.len() == 2 && digits(part)).then(|| part.parse().ok()).flatten();
        Self::new(year.parse().ok()?, two(month)?, two(day)?)
    }

    /// The date of a day.
    #[must_use]
    pub fn of(day: Day) -> Self {
        let days = i64::from(day) + EPOCH;
        let (cycle, in_cycle) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
        // Leap days of 4 years, of 100 and of 400 taken away leave 365 a year.
        let year = (in_cycle - in_cycle / 1460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
        let in_year = in_cycle - (365 * year + year / 4 - year / 100);
        // Months from March have 153 days in every five.
        let month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        Self { year: (cycle * 400 + year + next) as i32, month: month as u32, day: day as u32 }
    }

    /// Its day.
    #[must_use]
    pub fn day(self) -> Day {
        self.days() as Day
    }

    /// Its day, for years at the ends of what a day can say too.
    fn days(self) -> i64 {
        let early = self.month <= 2;
        let year = i64::from(self.year) - i64::from(early);
        let month = i64::from(self.month) + if early { 9 } else { -3 };
        let (cycle, in_cycle) = (year.div_euclid(400), year.rem_euclid(400));
        let in_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        cycle * CYCLE + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + in_year - EPOCH
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, from 1.
    #[must_use]
    pub fn month(self) -> u32 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day_of_month(self) -> u32 {
        self.day
    }

    /// The day of the year, from 1.
    #[must_use]
    pub fn day_of_year(self) -> u32 {
        (self.days() - Self { month: 1, day: 1, ..self }.days() + 1) as u32
    }

    /// The same date so many years before; 29 February goes to 1 March where there is none.
    #[must_use]
    pub fn years_before(self, years: i32) -> Self {
        let year = self.year.saturating_sub(years);
        if self.month == 2 && self.day == 29 && !is_leap(year) {
            return Self { year, month: 3, day: 1 };
        }
        Self { year, ..self }
    }

    /// The same day of the month so many months later, or earlier where the number is negative; the last of the month
    /// where that month is shorter.
    #[must_use]
    pub fn months_later(self, months: i32) -> Self {
        let all = i64::from(self.year) * 12 + i64::from(self.month) - 1 + i64::from(months);
        let (year, month) = (all.div_euclid(12) as i32, all.rem_euclid(12) as u32 + 1);
        Self { year, month, day: self.day.min(days_in_month(year, month)) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Whether the year has a 29 February.
#[must_use]
pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days in a month from 1 to 12; 0 for any other.
#[must_use]
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days in a year.
#[must_use]
pub fn days_in_year(year: i32) -> u32 {
    if is_leap(year) { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_one_date_and_comes_back() {
        let mut yesterday = Date::of(-150_001);
        for day in -150_000..150_000 {
            let date = Date::of(day);
            assert_eq!(date.day(), day);
            assert_eq!(Date::new(date.year(), date.month(), date.day_of_month()), Some(date));
            let next = Date::new(yesterday.year, yesterday.month, yesterday.day + 1)
                .or(Date::new(yesterday.year, yesterday.month + 1, 1))
                .or(Date::new(yesterday.year + 1, 1, 1));
            assert_eq!(next, Some(date));
            yesterday = date;
        }
        assert_eq!(Date::of(0).to_string(), "1970-01-01");
        assert_eq!(Date::read("2024-02-29"), Date::new(2024, 2, 29));
        for wrong in ["2023-02-29", "2024-2-29", "24-02-29", "2024-02-29T", "", "+024-01-01", "ab-cd"] {
            assert_eq!(Date::read(wrong), None, "{wrong}");
        }
        for end in [Day::MIN, Day::MAX] {
            assert_eq!(Date::of(end).day(), end);
        }
    }

    #[test]
    fn years_and_months_earlier_fall_on_days_that_exist() {
        let leap = Date::new(2024, 2, 29).unwrap();
        assert_eq!(leap.years_before(1).to_string(), "2023-03-01");
        assert_eq!(leap.years_before(4).to_string(), "2020-02-29");
        assert_eq!(leap.day_of_year(), 60);
        assert_eq!(Date::new(2023, 12, 31).unwrap().day_of_year(), days_in_year(2023));
        let end = Date::new(2024, 1, 31).unwrap();
        assert_eq!(end.months_later(1).to_string(), "2024-02-29");
        assert_eq!(end.months_later(-2).to_string(), "2023-11-30");
        assert_eq!(end.months_later(-13).to_string(), "2022-12-31");
    }
}
