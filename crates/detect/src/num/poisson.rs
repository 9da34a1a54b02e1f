//! The Poisson distribution.

use super::search::{LEEWAY, guess, smallest};
use super::{gamma, normal, saddle};

/// The probability of exactly `y`, which is rounded down to a whole number.
#[must_use]
pub fn density(y: f64, mean: f64) -> f64 {
    match check(y, mean) {
        Some(certain) if y.floor() == 0.0 || certain.is_nan() => certain,
        Some(_) => 0.0,
        None => saddle::poisson(y.floor(), mean),
    }
}

/// The probability of at most `y`.
#[must_use]
pub fn cdf(y: f64, mean: f64) -> f64 {
    check(y, mean).unwrap_or_else(|| gamma::upper(y.floor() + 1.0, mean))
}

/// The probability of more than `y`.
#[must_use]
pub fn upper(y: f64, mean: f64) -> f64 {
    check(y, mean).map_or_else(|| gamma::lower(y.floor() + 1.0, mean), |cdf| 1.0 - cdf)
}

/// The smallest number that is not exceeded with probability `p` at least.
#[must_use]
pub fn quantile(p: f64, mean: f64) -> f64 {
    if check(0.0, mean).is_some_and(f64::is_nan) || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || mean == 0.0 {
        return 0.0;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    let p = p * (1.0 - LEEWAY);
    let deviation = mean.sqrt();
    let from = guess(mean, deviation, 1.0 / deviation, normal::quantile(p));
    let step = 1.0 + 0.01 * deviation;
    if p > 0.5 {
        let rest = 1.0 - p;
        smallest(from, step, |y| upper(y, mean) <= rest)
    } else {
        smallest(from, step, |y| cdf(y, mean) >= p)
    }
}

/// The cdf where it is plain: below 0, for a mean of 0, and outside the domain.
fn check(y: f64, mean: f64) -> Option<f64> {
    if y.is_nan() || mean.is_nan() || mean < 0.0 || mean.is_infinite() {
        return Some(f64::NAN);
    }
    match y < 0.0 {
        true => Some(0.0),
        false if mean == 0.0 || y.is_infinite() => Some(1.0),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::truth;
    use super::*;

    #[test]
    fn agrees_with_thirty_digits() {
        truth::check(truth::POISSON_DENSITY, 1e-12, |[y, mean]| density(y, mean));
        truth::check(truth::POISSON_CDF, 1e-12, |[y, mean]| cdf(y, mean));
        truth::check(truth::POISSON_UPPER, 1e-12, |[y, mean]| upper(y, mean));
    }

    #[test]
    fn a_quantile_is_the_smallest_with_enough_below() {
        for mean in [1e-11, 0.01, 0.7, 3.0, 40.0, 999.0, 12345.6, 1e9] {
            for p in [1e-9, 0.01, 0.3, 0.5, 0.9, 0.995, 1.0 - 1e-12] {
                let q = quantile(p, mean);
                assert!(cdf(q, mean) >= p * (1.0 - 1e-12), "{mean} {p}: {q}");
                assert!(q == 0.0 || cdf(q - 1.0, mean) < p, "{mean} {p}: {q}");
            }
        }
    }

    #[test]
    fn the_ends_and_beyond() {
        assert_eq!((quantile(0.0, 3.0), quantile(1.0, 3.0), quantile(0.9, 0.0)), (0.0, f64::INFINITY, 0.0));
        assert_eq!((density(0.0, 0.0), density(1.0, 0.0), density(-1.0, 1.0)), (1.0, 0.0, 0.0));
        assert_eq!((cdf(-1.0, 2.0), upper(-1.0, 2.0), upper(3.0, 0.0)), (0.0, 1.0, 0.0));
        assert!(cdf(1.0, f64::INFINITY).is_nan() && quantile(f64::NAN, 1.0).is_nan());
    }
}
