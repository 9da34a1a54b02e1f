//! The windows that RKI and Bayes compare a point with: the steps before it, and around it in earlier years.

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
        require(self.w <= 52, "w", "must be from 0 to 52")?;
        require(self.b > 0 || self.act_y, "b", "must be above 0 unless actY is true")?;
        require(self.b > 0 || self.w > 0, "w", "must be above 0 where b is 0")
    }

    /// How far the oldest value lies before the point.
    pub(super) fn reach(&self, freq: u32) -> usize {
        self.b * freq as usize + self.w
    }

    /// The indexes that a point is compared with, oldest first.
    pub(super) fn indexes(&self, index: usize, freq: u32) -> impl Iterator<Item = usize> + use<> {
        let (w, year) = (self.w, freq as usize);
        // Wide windows of short years reach the point itself and beyond, which is never looked at.
        let years = (1..=self.b).rev().flat_map(move |i| {
            let middle = index - i * year;
            middle - w..(middle + w + 1).min(index)
        });
        years.chain((if self.act_y { index - w } else { index })..index)
    }

    /// The same as stretches of the values held.
    pub(super) fn stretches<'a>(
        &self,
        series: &Series<'a>,
        index: usize,
    ) -> impl Iterator<Item = &'a [f64]> + use<'a> {
        let (values, at) = (series.values, index - series.first);
        let (w, year) = (self.w, series.freq as usize);
        let years = (1..=self.b).rev().map(move |i| {
            let middle = at - i * year;
            &values[middle - w..(middle + w + 1).min(at)]
        });
        years.chain(std::iter::once(&values[if self.act_y { at - w } else { at }..at]))
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
            let windows = Windows { b, w, act_y };
            for index in 3 + windows.reach(12)..60 {
                let by_index: Vec<f64> = windows.indexes(index, 12).map(|at| tail.value(at)).collect();
                let by_stretch: Vec<f64> = windows.stretches(&tail, index).flatten().copied().collect();
                assert_eq!(by_index, by_stretch);
                assert!(by_index.iter().all(|&at| (at as usize) < index));
            }
        }
    }

    #[test]
    fn what_is_not_there_is_counted_and_not_summed() {
        let values = [1.0, f64::NAN, 3.0, f64::INFINITY, 5.0, 0.0];
        let windows = Windows { b: 0, w: 5, act_y: true };
        let held = windows.held(&Series::new(&values, 52), 5);
        assert_eq!(held, Held { sum: 9.0, n: 3, missing: 2 });
        assert_eq!(held.mean_of_half(), Ok(3.0));
        assert!(Held { sum: 0.0, n: 2, missing: 3 }.mean_of_half().is_err());
    }
}
