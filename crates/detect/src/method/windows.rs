//! The windows that RKI and Bayes compare a point with: the steps before it, and around it in earlier years.

use std::ops::Range;

use super::Mode;
use crate::judge::Reason;
use crate::param::{ParamError, require};
use crate::series::Series;

/// Which windows, named as in R surveillance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Windows {
    /// Years to look back.
    pub(super) b: usize,
    /// Half the window of a year; and how many steps just before the point.
    pub(super) w: usize,
    /// Whether the steps just before count too.
    pub(super) act_y: bool,
    /// In `compat` the windows are the reference's: those around earlier years may reach the point and beyond, and of no
    /// steps just before it takes the point and the one before.
    pub(super) mode: Mode,
}

/// What lies in the windows, summed; only values that are there and finite.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Held {
    /// Their sum.
    pub(super) sum: f64,
    /// How many there are.
    pub(super) n: usize,
    /// How many are not there.
    pub(super) missing: usize,
}

impl Windows {
    pub(super) fn check(&self) -> Result<(), ParamError> {
        require(self.b <= 20, "b", "must be from 0 to 20")?;
        require(self.w <= 366, "w", "must be from 0 to 366")?;
        if self.mode == Mode::Compat {
            return Ok(());
        }
        require(self.b > 0 || self.act_y, "b", "must be above 0 unless actY is true")?;
        require(self.b > 0 || self.w > 0, "w", "must be above 0 where b is 0")
    }

    /// How far the oldest value lies before the point.
    pub(super) fn reach(&self, freq: u32) -> usize {
        let reach = self.b * freq as usize + self.w;
        if self.act_y && self.mode == Mode::Compat { reach.max(1) } else { reach }
    }

    /// One past the last step that counts around `index` of those before `end`.
    fn end(&self, index: usize, end: usize) -> usize {
        if self.mode == Mode::Compat { end } else { index }
    }

    /// The steps just before.
    fn before(&self, index: usize) -> Range<usize> {
        match self.mode {
            _ if !self.act_y => index..index,
            Mode::Compat if self.w == 0 => index - 1..index + 1,
            _ => index - self.w..index,
        }
    }

    /// The indexes that a point is compared with, oldest first.
    pub(super) fn indexes(&self, series: &Series<'_>, index: usize) -> impl Iterator<Item = usize> + use<> {
        let (w, year, end) = (self.w, series.freq as usize, self.end(index, series.end()));
        // Wide windows of short years reach the point itself and beyond, which is not looked at.
        let years = (1..=self.b).rev().flat_map(move |i| {
            let middle = index - i * year;
            middle - w..(middle + w + 1).min(end)
        });
        years.chain(self.before(index))
    }

    /// The same as stretches of the values held.
    pub(super) fn stretches<'a>(
        &self,
        series: &Series<'a>,
        index: usize,
    ) -> impl Iterator<Item = &'a [f64]> + use<'a> {
        let (values, at) = (series.values, index - series.first);
        let (w, year, end) = (self.w, series.freq as usize, self.end(at, values.len()));
        let years = (1..=self.b).rev().map(move |i| {
            let middle = at - i * year;
            &values[middle - w..(middle + w + 1).min(end)]
        });
        years.chain(std::iter::once(&values[self.before(at)]))
    }

    /// Sums what is there.
    pub(super) fn held(&self, series: &Series<'_>, index: usize) -> Held {
        let mut held = Held::default();
        for stretch in self.stretches(series, index) {
            held.sum += stretch.iter().sum::<f64>();
            held.n += stretch.len();
        }
        if held.sum.is_finite() {
            return held;
        }
        let all = held.n;
        held = Held::default();
        for &value in self.stretches(series, index).flatten().filter(|value| value.is_finite()) {
            held.sum += value;
            held.n += 1;
        }
        held.missing = all - held.n;
        held
    }
}

impl Held {
    /// The mean, unless the half of the values or more are missing.
    pub(super) fn mean_of_half(&self) -> Result<f64, Reason> {
        if self.n == 0 || self.missing > self.n { Err(self.short()) } else { Ok(self.sum / self.n as f64) }
    }

    /// That values are missing.
    pub(super) fn short(&self) -> Reason {
        Reason::MissingInWindow { missing: u32::try_from(self.missing).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_and_indexes_are_the_same_values() {
        let values: Vec<f64> = (0..60).map(f64::from).collect();
        let tail = Series { first: 3, values: &values[3..], ..Series::new(&values, 12) };
        for (b, w, act_y) in [(2, 3, true), (1, 0, false), (0, 6, true), (3, 8, true)] {
            let windows = Windows { b, w, act_y, mode: Mode::Default };
            for index in 3 + windows.reach(12)..60 {
                let by_index: Vec<f64> = windows.indexes(&tail, index).map(|at| tail.value(at)).collect();
                let by_stretch: Vec<f64> = windows.stretches(&tail, index).flatten().copied().collect();
                assert_eq!(by_index, by_stretch);
                assert!(by_index.iter().all(|&at| (at as usize) < index));
            }
        }
    }

    #[test]
    fn the_reference_looks_at_the_point_and_beyond() {
        let values = [0.0; 40];
        let series = Series::new(&values, 4);
        let windows = |b, w| Windows { b, w, act_y: true, mode: Mode::Compat };
        let held = |b, w, at: usize| windows(b, w).indexes(&series, at).collect::<Vec<_>>();
        assert_eq!(held(1, 5, 29), [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 24, 25, 26, 27, 28]);
        assert_eq!(held(1, 5, 39)[..10], [30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
        assert_eq!(held(1, 0, 29), [25, 28, 29]);
        assert_eq!(windows(0, 0).reach(4), 1);
    }

    #[test]
    fn what_is_not_there_is_counted_and_not_summed() {
        let values = [1.0, f64::NAN, 3.0, f64::INFINITY, 5.0, 0.0];
        let windows = Windows { b: 0, w: 5, act_y: true, mode: Mode::Default };
        let held = windows.held(&Series::new(&values, 52), 5);
        assert_eq!(held, Held { sum: 9.0, n: 3, missing: 2 });
        assert_eq!(held.mean_of_half(), Ok(3.0));
        assert!(Held { sum: 0.0, n: 2, missing: 3 }.mean_of_half().is_err());
    }
}
