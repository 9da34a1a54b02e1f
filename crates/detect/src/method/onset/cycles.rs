//! What measurements are compared with: a level, and the cycles of the day, the week and the year.

use std::f64::consts::TAU;

use super::DAILY;
use crate::calendar::Weekday;
use crate::series::{Day, Series};

/// The most columns of a row.
pub(super) const COLUMNS: usize = 16;

/// A row of the model: the level, then cycles, then the trend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    /// Those that the model has not are 0.
    pub(super) values: [f64; COLUMNS],
    /// How many it has.
    pub(super) columns: usize,
}

impl Row {
    fn add(&mut self, values: &[f64]) {
        for value in values {
            self.values[self.columns] = *value;
            self.columns += 1;
        }
    }

    /// So many waves of a cycle, each times `size`.
    fn add_waves(&mut self, waves: usize, phase: f64, size: f64) {
        for wave in 1..=waves {
            let (sin, cos) = (TAU * wave as f64 * phase).sin_cos();
            self.add(&[size * sin, size * cos]);
        }
    }
}

/// Waves of a day, and of the difference that the weekend makes to it, where a day has steps enough.
const DAY: (usize, usize) = (4, 3);
/// A wave takes so many steps of its cycle to be seen.
const STEPS: usize = 4;
const SECONDS: f64 = 86_400.0;

/// Which columns there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cycles {
    freq: u32,
    harmonics: usize,
    trend: bool,
}

impl Cycles {
    /// For `freq` steps a year, with so many waves a year and a trend where steps are a day or longer.
    pub(super) fn new(freq: u32, harmonics: usize, trend: bool) -> Self {
        Self { freq, harmonics: harmonics.min(freq as usize / STEPS), trend }
    }

    /// The row of a step; its trend is counted from the step `origin`, in years.
    pub(super) fn row(&self, series: &Series<'_>, index: usize, origin: usize) -> Row {
        let mut row = Row { values: [0.0; COLUMNS], columns: 0 };
        row.add(&[1.0]);
        if self.freq > DAILY {
            self.within_days(series, index, &mut row);
            return row;
        }
        let undated = (index + series.start as usize) as f64 / f64::from(self.freq);
        row.add_waves(
            self.harmonics,
            series.date(index).map_or(undated, |day| f64::from(day) / 365.2425),
            1.0,
        );
        if self.freq >= 360 {
            let day = series.date(index).map_or(index as i64, i64::from).rem_euclid(7);
            row.add(&std::array::from_fn::<f64, 7, _>(|of_week| f64::from(u8::from(of_week as i64 == day))));
        }
        if self.trend {
            row.add(&[(index as f64 - origin as f64) / f64::from(self.freq)]);
        }
        row
    }

    fn within_days(&self, series: &Series<'_>, index: usize, row: &mut Row) {
        let most = steps_a_day(self.freq) as usize / STEPS;
        let days = days(series, index);
        row.add_waves(DAY.0.min(most), days.rem_euclid(1.0), 1.0);
        if series.times.is_some() {
            let free = Weekday::of(days.floor() as Day).is_weekend();
            let weekend = f64::from(u8::from(free)) - 2.0 / 7.0;
            row.add(&[weekend]);
            row.add_waves(DAY.1.min(most), days.rem_euclid(1.0), weekend);
        }
    }
}

/// The days of a step since 1970, or since the series began where it has no instants.
pub(super) fn days(series: &Series<'_>, index: usize) -> f64 {
    let undated = || index as f64 / steps_a_day(series.freq);
    series.time(index).map_or_else(undated, |at| at as f64 / SECONDS)
}

fn steps_a_day(freq: u32) -> f64 {
    f64::from(freq) / 365.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_hour_has_the_waves_of_its_day_and_weekend() {
        let times = [4 * 86_400 + 6 * 3600, 9 * 86_400 + 6 * 3600];
        let series = Series { times: Some(&times), ..Series::new(&[1.0, 1.0], 48 * 365) };
        let cycles = Cycles::new(series.freq, 2, true);
        // A Monday and a Saturday, a quarter of the day gone.
        for (index, weekend) in [(0, -2.0 / 7.0), (1, 5.0 / 7.0)] {
            let Row { values: row, columns } = cycles.row(&series, index, 0);
            assert_eq!(columns, 16);
            assert!((row[1] - 1.0).abs() < 1e-9 && row[2].abs() < 1e-9 && (row[4] + 1.0).abs() < 1e-9);
            assert_eq!(row[9], weekend);
            assert!((row[10] - weekend).abs() < 1e-9, "{row:?}");
        }
        let undated = Series::new(&[1.0; 49], 48 * 365);
        let (midnight, next) = (cycles.row(&undated, 0, 0), cycles.row(&undated, 48, 0));
        assert_eq!((midnight, midnight.columns), (next, 9));
    }

    #[test]
    fn longer_steps_have_those_of_the_year_and_days_those_of_the_week() {
        let days = Cycles::new(365, 3, true);
        let week = Series::new(&[0.0; 8], 365);
        let Row { values: row, columns } = days.row(&week, 7, 2);
        assert_eq!((columns, row[14]), (15, 5.0 / 365.0));
        assert_eq!((row[7], row[7..14].iter().sum::<f64>()), (1.0, 1.0));
        let months = Cycles::new(12, 3, false).row(&Series::new(&[0.0], 12), 0, 0);
        assert!((months.values[1] - (TAU / 12.0).sin()).abs() < 1e-12);
        assert_eq!(months.columns, 7);
        // Quarters show one wave, years none.
        assert_eq!(Cycles::new(4, 2, false).harmonics, 1);
        assert_eq!(Cycles::new(1, 2, false).harmonics, 0);
    }
}
