//! The same step of earlier years, by the calendar.

use crate::calendar::Date;
use crate::series::{Day, Series};

/// What a step of a dated series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Week,
    Month,
    Day,
}

fn step(freq: u32) -> Option<Step> {
    match freq {
        52 => Some(Step::Week),
        12 => Some(Step::Month),
        365 => Some(Step::Day),
        _ => None,
    }
}

/// The day nearest to `day` that has the weekday of `wanted`.
fn same_weekday(day: Day, wanted: Day) -> Day {
    let ahead = (wanted - day).rem_euclid(7);
    if ahead <= 3 { day + ahead } else { day + ahead - 7 }
}

/// The absolute index of a day.
fn find(series: &Series<'_>, day: Day) -> Option<usize> {
    series.dates?.binary_search(&day).ok().map(|at| at + series.first)
}

/// Whether a dated series has steps that years can be counted in.
pub(super) fn has_years(series: &Series<'_>) -> bool {
    series.dates.is_none() || step(series.freq).is_some()
}

/// The index of the same step `years` before `index`: by the calendar where the series is dated, so that a year of 53
/// weeks moves nothing; none where the series has no such step.
pub(super) fn years_before(series: &Series<'_>, index: usize, years: usize) -> Option<usize> {
    if series.dates.is_none() {
        return index.checked_sub(years * series.freq as usize);
    }
    let now = series.date(index)?;
    let then = Date::of(now).years_before(i32::try_from(years).ok()?);
    match step(series.freq)? {
        Step::Week => find(series, same_weekday(then.day(), now)),
        Step::Month | Step::Day => find(series, then.day()),
    }
}

/// The index of the step `by` steps after the same step `years` before, found on its own.
pub(super) fn around_years_before(series: &Series<'_>, index: usize, years: usize, by: i32) -> Option<usize> {
    if series.dates.is_none() {
        return index.checked_add_signed(by as isize - (years * series.freq as usize) as isize);
    }
    let now = series.date(index)?;
    let then = Date::of(now).years_before(i32::try_from(years).ok()?);
    match step(series.freq)? {
        Step::Week => find(series, same_weekday(then.day() + 7 * by, now)),
        Step::Day => find(series, then.day() + by),
        Step::Month => {
            let month = Date::new(then.year(), then.month(), 1)?.months_later(by);
            find(series, month.day() + Date::of(now).day_of_month() as Day - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Day {
        Date::new(year, month, day).unwrap().day()
    }

    #[test]
    fn a_year_of_53_weeks_moves_nothing() {
        // Mondays. 2020 had 53 weeks.
        let dates: Vec<Day> = (0..120).map(|week| day(2020, 1, 6) + 7 * week).collect();
        let values = vec![0.0; 120];
        let series = Series { dates: Some(&dates), ..Series::new(&values, 52) };
        let at = dates.binary_search(&day(2022, 3, 7)).unwrap();
        assert_eq!(dates[years_before(&series, at, 1).unwrap()], day(2021, 3, 8));
        assert_eq!(dates[years_before(&series, at, 2).unwrap()], day(2020, 3, 9));
        assert_eq!(years_before(&series, at, 3), None);
        assert_eq!(dates[around_years_before(&series, at, 1, -2).unwrap()], day(2021, 2, 22));
    }

    #[test]
    fn months_keep_their_day() {
        let dates: Vec<Day> =
            (0..30).map(|month| Date::new(2020, 1, 1).unwrap().months_later(month).day()).collect();
        let values = vec![0.0; 30];
        let series = Series { dates: Some(&dates), ..Series::new(&values, 12) };
        assert_eq!(years_before(&series, 26, 1), Some(14));
        assert_eq!(around_years_before(&series, 26, 2, -2), Some(0));
        assert_eq!(around_years_before(&series, 26, 2, -3), None);
    }
}
