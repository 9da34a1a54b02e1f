//! One series at equal steps, borrowed from whoever holds it.

/// Days since 1970-01-01 of the proleptic Gregorian calendar.
pub type Day = i32;

/// A series of counts or measurements at equal steps.
///
/// Indexes are *absolute* and count from 0: a series may be the tail of a longer one whose first `first` values are
/// no longer held, and what a method says of index `t` does not depend on that, as long as what it looks back on is
/// there.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// The values; not-a-number where one is missing, which is never zero.
    pub values: &'a [f64],
    /// The population at risk, or the number examined, at the same indexes.
    pub population: Option<&'a [f64]>,
    /// The first day of each step, where the series is dated.
    pub dates: Option<&'a [Day]>,
    /// The instant of each step, Unix seconds, where steps are shorter than a day.
    pub times: Option<&'a [i64]>,
    /// Steps in a year: 52 for weeks, 12 for months, 365 for days.
    pub freq: u32,
    /// The step of the year, from 1, in which index 0 lies.
    pub start: u32,
    /// The absolute index of `values[0]`.
    pub first: usize,
}

impl<'a> Series<'a> {
    /// An undated series from its beginning.
    #[must_use]
    pub fn new(values: &'a [f64], freq: u32) -> Self {
        Self { values, population: None, dates: None, times: None, freq, start: 1, first: 0 }
    }

    /// One past the last absolute index.
    #[must_use]
    pub fn end(&self) -> usize {
        self.first + self.values.len()
    }

    /// The value at an absolute index; not-a-number where it is missing or not held.
    #[must_use]
    pub fn value(&self, index: usize) -> f64 {
        index.checked_sub(self.first).and_then(|at| self.values.get(at)).copied().unwrap_or(f64::NAN)
    }

    /// The population at an absolute index; not-a-number where there is none.
    #[must_use]
    pub fn population_at(&self, index: usize) -> f64 {
        let at = index.checked_sub(self.first);
        at.and_then(|at| self.population?.get(at)).copied().unwrap_or(f64::NAN)
    }

    /// The day at an absolute index, where the series is dated and holds it.
    #[must_use]
    pub fn date(&self, index: usize) -> Option<Day> {
        self.dates?.get(index.checked_sub(self.first)?).copied()
    }

    /// The instant at an absolute index, where the series has instants and holds it.
    #[must_use]
    pub fn time(&self, index: usize) -> Option<i64> {
        self.times?.get(index.checked_sub(self.first)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_answers_at_the_indexes_of_the_whole() {
        let whole = Series::new(&[1.0, 2.0, f64::NAN, 4.0], 52);
        let tail = Series { values: &whole.values[1..], first: 1, ..whole };
        for index in 1..4 {
            assert_eq!(whole.value(index).to_bits(), tail.value(index).to_bits());
        }
        assert!(tail.value(0).is_nan() && tail.value(4).is_nan());
        assert_eq!(tail.end(), 4);
        assert_eq!(tail.date(2), None);
    }
}
