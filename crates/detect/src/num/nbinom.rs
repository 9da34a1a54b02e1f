//! The negative binomial distribution.

use super::search::{LEEWAY, guess, smallest};
use super::{beta, normal, saddle};

/// A negative binomial distribution: the failures before the `size`-th success, for a `size` that may be any number
/// above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegativeBinomial {
    size: f64,
    mean: f64,
    success: f64,
    failure: f64,
}

impl NegativeBinomial {
    /// By size and mean; the variance is mean + mean²/size.
    #[must_use]
    pub fn with_mean(size: f64, mean: f64) -> Self {
        Self { size, mean, success: size / (size + mean), failure: mean / (size + mean) }
    }

    /// By size and the probability of a success.
    #[must_use]
    pub fn with_probability(size: f64, success: f64) -> Self {
        let failure = 1.0 - success;
        Self { size, mean: size * failure / success, success, failure }
    }

    /// The probability of exactly `y`, which is rounded down to a whole number.
    #[must_use]
    pub fn density(&self, y: f64) -> f64 {
        match self.check(y) {
            Some(certain) if y.floor() == 0.0 || certain.is_nan() => certain,
            Some(_) => 0.0,
            None => self.inner_density(y.floor()),
        }
    }

    /// The probability of at most `y`.
    #[must_use]
    pub fn cdf(&self, y: f64) -> f64 {
        self.check(y).unwrap_or_else(|| self.tails(y.floor()).0)
    }

    /// The probability of more than `y`.
    #[must_use]
    pub fn upper(&self, y: f64) -> f64 {
        self.check(y).map_or_else(|| self.tails(y.floor()).1, |cdf| 1.0 - cdf)
    }

    /// The smallest number that is not exceeded with probability `p` at least.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        if self.check(0.0).is_some_and(f64::is_nan) || !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        if p == 0.0 || self.mean == 0.0 {
            return 0.0;
        }
        if p == 1.0 {
            return f64::INFINITY;
        }
        let p = p * (1.0 - LEEWAY);
        let deviation = (self.mean / self.success).sqrt();
        let skewness = (1.0 + self.failure) / (self.success * deviation);
        let from = guess(self.mean, deviation, skewness, normal::quantile(p));
        let step = 1.0 + 0.01 * deviation;
        if p > 0.5 {
            let rest = 1.0 - p;
            smallest(from, step, |y| self.upper(y) <= rest)
        } else {
            smallest(from, step, |y| self.cdf(y) >= p)
        }
    }

    fn inner_density(&self, y: f64) -> f64 {
        self.size / (self.size + y) * saddle::binomial(self.size, y, self.success, self.failure)
    }

    /// Both sides, for a whole number from 0.
    fn tails(&self, y: f64) -> (f64, f64) {
        let few = self.success > 0.01;
        if !(few && y < 10_000.0 && self.mean < 10_000.0) {
            return beta::tails(self.success, self.failure, self.size, y + 1.0);
        }
        if y + 1.0 > self.mean {
            let up = self.from(y + 1.0);
            (1.0 - up, up)
        } else {
            let low = self.down_from(y);
            (low, 1.0 - low)
        }
    }

    /// The probability of `y` and more, summed upwards.
    fn from(&self, y: f64) -> f64 {
        let (mut sum, mut term, mut at) = (1.0, 1.0, y);
        while term > sum * 1e-17 * self.success {
            term *= self.failure * (self.size + at) / (at + 1.0);
            sum += term;
            at += 1.0;
        }
        sum * self.inner_density(y)
    }

    /// The probability of `y` and less, summed downwards.
    fn down_from(&self, y: f64) -> f64 {
        let (mut sum, mut term, mut at) = (1.0, 1.0, y);
        while at > 0.0 && term > sum * 1e-18 {
            term *= at / (self.failure * (self.size + at - 1.0));
            sum += term;
            at -= 1.0;
        }
        sum * self.inner_density(y)
    }

    /// The cdf where it is plain: below 0, for a mean of 0, and outside the domain.
    fn check(&self, y: f64) -> Option<f64> {
        let sound = self.size > 0.0 && self.size.is_finite() && self.mean >= 0.0 && self.mean.is_finite();
        if y.is_nan() || !sound || !(0.0..=1.0).contains(&self.success) {
            return Some(f64::NAN);
        }
        match y < 0.0 {
            true => Some(0.0),
            false if self.mean == 0.0 || y.is_infinite() => Some(1.0),
            false => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::truth;
    use super::*;

    #[test]
    fn agrees_with_thirty_digits() {
        let of = NegativeBinomial::with_mean;
        truth::check(truth::NBINOM_DENSITY, 1e-12, |[y, size, mean]| of(size, mean).density(y));
        truth::check(truth::NBINOM_CDF, 1e-12, |[y, size, mean]| of(size, mean).cdf(y));
        truth::check(truth::NBINOM_UPPER, 1e-12, |[y, size, mean]| of(size, mean).upper(y));
    }

    #[test]
    fn a_quantile_is_the_smallest_with_enough_below() {
        for mean in [1e-11, 0.01, 0.7, 3.0, 40.0, 999.0, 12345.6, 1e9] {
            for size in [1e-6, 0.01, 0.7, 3.0, 40.0, 999.0, 1e8] {
                let it = NegativeBinomial::with_mean(size, mean);
                for p in [1e-9, 0.01, 0.3, 0.5, 0.9, 0.995, 1.0 - 1e-12] {
                    let q = it.quantile(p);
                    assert!(it.cdf(q) >= p * (1.0 - 1e-10), "{size} {mean} {p}: {q}");
                    assert!(q == 0.0 || it.cdf(q - 1.0) < p * (1.0 + 1e-10), "{size} {mean} {p}: {q}");
                }
            }
        }
    }

    #[test]
    fn the_ends_and_beyond() {
        let it = NegativeBinomial::with_probability(2.0, 0.25);
        assert_eq!((it.mean, it.cdf(-1.0), it.upper(-1.0), it.quantile(1.0)), (6.0, 0.0, 1.0, f64::INFINITY));
        let still = NegativeBinomial::with_mean(2.0, 0.0);
        assert_eq!((still.density(0.0), still.density(1.0), still.quantile(0.99)), (1.0, 0.0, 0.0));
        assert!(NegativeBinomial::with_mean(0.0, 1.0).cdf(1.0).is_nan());
        assert!(NegativeBinomial::with_mean(1.0, f64::INFINITY).quantile(0.5).is_nan());
    }
}
