//! The upper limit of the negative binomial predictive distribution, for very many points with the same window.

use crate::normal;
use crate::num::nbinom::NegativeBinomial;

/// Limits for windows of `n` values at one level. Exact for every sum: what is estimated quickly is used only where a
/// whole number lies in it beyond doubt.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    n: f64,
    alpha: f64,
    z: f64,
    /// Whether the estimate's error is known for this level.
    known: bool,
    ln_success: f64,
    /// 1/(n+1) over 1, 2, 3, …: the recurrence of the probabilities without its divisions.
    ratios: [f64; STEPS],
}

/// The largest mean that is summed up from zero.
const SMALL: f64 = 14.0;

/// The largest mean that is estimated.
const LARGE: f64 = 1e6;

/// More than a sum from zero takes.
const STEPS: usize = 96;

/// R lowers a probability by so much before it looks for a quantile.
const LEEWAY: f64 = 64.0 * f64::EPSILON;

impl Limit {
    pub(super) fn new(n: usize, alpha: f64) -> Self {
        let n = n as f64;
        let failure = 1.0 / (n + 1.0);
        Self {
            n,
            alpha,
            z: normal::quantile(1.0 - alpha),
            known: (0.001..=0.2).contains(&alpha),
            ln_success: -(1.0 / n).ln_1p(),
            ratios: std::array::from_fn(|k| failure / (k as f64 + 1.0)),
        }
    }

    /// The smallest number that another value exceeds with probability `alpha` at most, after a window of this sum;
    /// a Gamma(1/2, 0) prior for the mean of Poisson counts (Jeffreys) makes it negative binomial.
    #[inline]
    pub(super) fn of(&self, sum: f64) -> f64 {
        let size = sum + 0.5;
        let mean = size / self.n;
        if mean <= SMALL {
            return self.summed(size).unwrap_or_else(|| self.searched(size));
        }
        if !self.known || mean > LARGE {
            return self.searched(size);
        }
        let at = self.estimate(mean);
        let nearest = at.round();
        if (at - nearest).abs() > ALLOWED / mean + 1e-9 * mean {
            return at.ceil();
        }
        let enough = self.law(size).upper(nearest) <= 1.0 - self.level();
        if enough { nearest } else { nearest + 1.0 }
    }

    fn law(&self, size: f64) -> NegativeBinomial {
        NegativeBinomial::with_probability(size, self.n / (self.n + 1.0))
    }

    fn level(&self) -> f64 {
        (1.0 - self.alpha) * (1.0 - LEEWAY)
    }

    /// By the distribution function itself.
    fn searched(&self, size: f64) -> f64 {
        self.law(size).quantile(1.0 - self.alpha)
    }

    /// Adds up the probabilities from zero.
    #[inline]
    fn summed(&self, size: f64) -> Option<f64> {
        let level = self.level();
        let mut term = (size * self.ln_success).exp();
        let mut sum = term;
        for (k, ratio) in self.ratios.iter().enumerate() {
            if sum >= level {
                return Some(k as f64);
            }
            term *= (size + k as f64) * ratio;
            sum += term;
        }
        None
    }

    /// Where the distribution function reaches the level, taken as smooth between whole numbers: the expansion of
    /// Cornish and Fisher to the third order. A test below holds its error to two thirds of what is allowed.
    #[inline]
    fn estimate(&self, mean: f64) -> f64 {
        let z = self.z;
        let failure = 1.0 / (self.n + 1.0);
        let success = 1.0 - failure;
        let variance = mean / success;
        // The sum over whole numbers up to k is the integral up to k + 1/2 less a 24th of the slope there.
        let smooth = variance - 1.0 / 12.0;
        let deviation = smooth.sqrt();
        let skewness = variance * (1.0 + failure) / success / (smooth * deviation);
        let excess =
            variance * (1.0 + 4.0 * failure + failure * failure) / (success * success) / (smooth * smooth);
        let w = z + skewness * (z * z - 1.0) / 6.0 + excess * z * (z * z - 3.0) / 24.0
            - skewness * skewness * z * (2.0 * z * z - 5.0) / 36.0;
        mean + deviation * w - 0.5
    }
}

/// The error allowed to the estimate, times the mean.
const ALLOWED: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_limits_are_the_searched_ones() {
        for n in [1, 2, 6, 13, 18, 19, 60] {
            for alpha in [1e-6, 0.001, 0.003, 0.01, 0.05, 0.1, 0.2, 0.5] {
                let limit = Limit::new(n, alpha);
                let mut sum: f64 = 0.0;
                while sum < 50_000.0 * n as f64 {
                    assert_eq!(limit.of(sum), limit.searched(sum + 0.5), "{n} {alpha} {sum}");
                    sum = if sum < 60.0 * n as f64 { sum + 1.0 } else { (sum * 1.01 + 1.0).floor() };
                }
            }
        }
    }

    /// How far the estimate is off: where the distribution function, taken as smooth between whole numbers, reaches
    /// the level.
    #[test]
    fn errors_are_small() {
        let mut worst: f64 = 0.0;
        for n in [1, 2, 6, 18, 100] {
            for alpha in [0.001, 0.003, 0.01, 0.05, 0.1, 0.2] {
                let limit = Limit::new(n, alpha);
                for mean in [14.0, 20.0, 50.0, 300.0, 2000.0] {
                    let size = mean * n as f64;
                    let law = NegativeBinomial::with_probability(size, limit.n / (limit.n + 1.0));
                    let whole = limit.searched(size);
                    // Linear in the normal score between the two whole numbers.
                    let score = |k: f64| -normal::quantile(law.upper(k));
                    let (low, high) = (score(whole - 1.0), score(whole));
                    let crossing = whole - 1.0 + (limit.z - low) / (high - low);
                    let estimate = limit.estimate(mean);
                    worst = worst.max((crossing - estimate).abs() * mean);
                }
            }
        }
        eprintln!("worst error times mean: {worst}");
        assert!(worst < ALLOWED * 2.0 / 3.0, "{worst}");
    }
}
