//! The calendar against jiff, day by day over 400 years, after which the calendar repeats itself.
#![allow(clippy::unwrap_used)]

use beaconfire_detect::calendar::{Date, IsoWeek, Weekday, days_in_month, days_in_year, is_leap};
use jiff::civil;

#[test]
fn every_day_of_400_years_is_what_jiff_says_it_is() {
    let first = civil::date(1801, 1, 1);
    let epoch = civil::date(1970, 1, 1);
    let mut other = first;
    let mut day = (first - epoch).get_days();
    let mut long_years = 0;
    while other < civil::date(2201, 1, 1) {
        let date = Date::of(day);
        assert_eq!(date.to_string(), other.to_string());
        assert_eq!(date.day(), day);
        assert_eq!(date.day_of_year(), other.day_of_year() as u32);
        assert_eq!(Weekday::of(day).from_monday() as i8, other.weekday().to_monday_zero_offset());
        assert_eq!(Weekday::of(day).from_sunday() as i8, other.weekday().to_sunday_zero_offset());
        let (week, iso) = (IsoWeek::of(day), other.iso_week_date());
        assert_eq!((week.year(), week.week()), (i32::from(iso.year()), iso.week() as u32));
        if date.day_of_month() == 1 {
            assert_eq!(days_in_month(date.year(), date.month()), other.days_in_month() as u32);
            for months in [-25, -1, 1, 11, 12] {
                let there = other.saturating_add(jiff::Span::new().months(months));
                assert_eq!(date.months_later(months).to_string(), there.to_string());
            }
        }
        if date.day_of_year() == 1 {
            assert_eq!(days_in_year(date.year()), other.days_in_year() as u32);
            assert_eq!(is_leap(date.year()), other.in_leap_year());
            long_years += u32::from(IsoWeek::in_year(date.year()) == 53);
        }
        day += 1;
        other = other.tomorrow().unwrap();
    }
    assert_eq!(long_years, 71, "years of 53 weeks in 400");
}
