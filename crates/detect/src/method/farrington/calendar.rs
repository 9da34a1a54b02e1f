//! The same step of earlier years, by the calendar.

use crate::series::{Day, Series};

/// A day of the civil calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Civil {
    year: i32,
    month: i32,
    day: i32,
}

/// Days, split into year, month and day (Hinnant, chrono-compatible low-level date algorithms).
fn civil(days: Day) -> Civil {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    Civil { year, month, day: of_year - (153 * from_march + 2) / 5 + 1 }
}

/// The reverse. A day beyond the end of its month lies in the next, so that 29 February of a common year is 1 March.
fn days(Civil { year, month, day }: Civil) -> Day {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

/// The day so many months later, on the same day of the month.
fn plus_months(day: Day, months: i32) -> Day {
    let it = civil(day);
    let count = it.year * 12 + it.month - 1 + months;
    days(Civil { year: count.div_euclid(12), month: count.rem_euclid(12) + 1, day: it.day })
}

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
    let then = plus_months(now, -12 * i32::try_from(years).ok()?);
    match step(series.freq)? {
        Step::Week => find(series, same_weekday(then, now)),
        Step::Month | Step::Day => find(series, then),
    }
}

/// The index of the step `by` steps after the same step `years` before, found on its own.
pub(super) fn around_years_before(series: &Series<'_>, index: usize, years: usize, by: i32) -> Option<usize> {
    if series.dates.is_none() {
        return index.checked_sub(years * series.freq as usize)?.checked_add_signed(by as isize);
    }
    let now = series.date(index)?;
    let then = plus_months(now, -12 * i32::try_from(years).ok()?);
    match step(series.freq)? {
        Step::Week => find(series, same_weekday(then + 7 * by, now)),
        Step::Day => find(series, then + by),
        Step::Month => {
            let there = civil(plus_months(days(Civil { day: 1, ..civil(then) }), by));
            find(series, days(Civil { day: civil(now).day, ..there }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: i32, day: i32) -> Day {
        days(Civil { year, month, day })
    }

    #[test]
    fn days_and_dates_are_each_others_reverse() {
        assert_eq!((day(1970, 1, 1), day(2000, 2, 29), day(2024, 12, 31)), (0, 11_016, 20_088));
        for at in [-200_000, -1, 0, 59, 11_016, 20_088, 300_000] {
            assert_eq!(days(civil(at)), at);
        }
        assert_eq!(day(2023, 2, 29), day(2023, 3, 1));
        assert_eq!(plus_months(day(2024, 2, 29), -12), day(2023, 3, 1));
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
        let dates: Vec<Day> = (0..30).map(|month| plus_months(day(2020, 1, 1), month)).collect();
        let values = vec![0.0; 30];
        let series = Series { dates: Some(&dates), ..Series::new(&values, 12) };
        assert_eq!(years_before(&series, 26, 1), Some(14));
        assert_eq!(around_years_before(&series, 26, 2, -2), Some(0));
        assert_eq!(around_years_before(&series, 26, 2, -3), None);
    }
}
