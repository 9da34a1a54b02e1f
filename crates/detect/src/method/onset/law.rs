//! How measurements scatter, and how much better something that just began explains one.

use std::f64::consts::PI;

use crate::num::gamma::ln_gamma;
use crate::num::t;

/// The degrees of freedom that are thought of, from tails as heavy as measurements have to nearly none.
pub(super) const FREEDOMS: [f64; KINDS] = [2.0, 3.0, 5.0, 10.0, 30.0];
pub(super) const KINDS: usize = 5;
/// What is not usual lies so many standard deviations wide, until more is known of it; and never less.
const WIDE: (f64, f64) = (10.0, 4.0);
/// An error is looked at up to so many scales: its square must not be over all numbers.
const FARTHEST: f64 = 1e100;

/// A mixture about 0: Student's t laws, each with its own scale, for what is usual; and a law of Cauchy for the share
/// that is not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Law {
    scales: [f64; KINDS],
    /// How much each is believed; they add up to 1.
    beliefs: [f64; KINDS],
    /// Logarithms of belief and of what does not depend on the value.
    constants: [f64; KINDS],
    sd: f64,
    /// The share of what is not usual, and its scale.
    outlying: f64,
    wide: f64,
    /// The ratio at that scale.
    cap: f64,
}

impl Law {
    /// Of scales above 0, logarithms of how likely each kind made what was seen so far, and the share and scale of
    /// what was not usual, the latter 0 where nothing was.
    pub(super) fn new(scales: [f64; KINDS], evidence: &[f64; KINDS], outlying: f64, wide: f64) -> Self {
        let largest = evidence.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = evidence.map(|ln| (ln - largest).exp());
        let total: f64 = weights.iter().sum();
        let beliefs = weights.map(|weight| weight / total);
        let constants =
            std::array::from_fn(|kind| beliefs[kind].ln() + ln_height(FREEDOMS[kind]) - scales[kind].ln());
        let sd =
            scales.iter().zip(&beliefs).map(|(scale, belief)| belief * scale * scale).sum::<f64>().sqrt();
        let least = scales.iter().copied().fold(WIDE.1 * sd, |least, scale| least.max(1.5 * scale));
        let wide = if wide > 0.0 { wide } else { WIDE.0 * sd }.max(least);
        let mut law = Self { scales, beliefs, constants, sd, outlying, wide, cap: 0.0 };
        law.cap = law.ratio(wide);
        law
    }

    /// The logarithm of the belief and density of each usual kind at an error.
    pub(super) fn each(&self, error: f64) -> [f64; KINDS] {
        std::array::from_fn(|kind| {
            let z = (error / self.scales[kind]).abs().min(FARTHEST);
            let df = FREEDOMS[kind];
            self.constants[kind] - 0.5 * (df + 1.0) * (z * z / df).ln_1p()
        })
    }

    /// How much each kind is believed.
    pub(super) fn beliefs(&self) -> &[f64; KINDS] {
        &self.beliefs
    }

    /// The scale of what is usual.
    pub(super) fn sd(&self) -> f64 {
        self.sd
    }

    /// The scale of what is not.
    pub(super) fn wide(&self) -> f64 {
        self.wide
    }

    /// The degrees of freedom of what is usual.
    pub(super) fn freedom(&self) -> f64 {
        FREEDOMS.iter().zip(&self.beliefs).map(|(df, belief)| belief * df).sum()
    }

    /// The probability that an error is of what is not usual.
    pub(super) fn unusual(&self, error: f64) -> f64 {
        let wide = self.unusually(error);
        (wide - ln_sum_exp(&[wide, (1.0 - self.outlying).ln() + ln_sum_exp(&self.each(error))])).exp()
    }

    /// The chance of such an error or one farther out; on both sides where `two`.
    pub(super) fn pvalue(&self, error: f64, two: bool) -> f64 {
        let tail = |z: f64, df: f64| if two { t::two_sided(z, df) } else { t::upper(z, df) };
        let kinds = self.scales.iter().zip(FREEDOMS).zip(&self.beliefs);
        let usual: f64 = kinds.map(|((scale, df), belief)| belief * tail(error / scale, df)).sum();
        (1.0 - self.outlying) * usual + self.outlying * tail(error / self.wide, 1.0)
    }

    /// The logarithm of the likelihood ratio of something unusual to all that there has been, with what was unusual in
    /// it. Of all scales at least as wide as [`WIDE`] says the likeliest counts, so that the score grows without end;
    /// but up to where errors that were unusual lie, it is no higher than there: where they are a share of the past, one
    /// more says no more than the inverse of the share. Where not `two`, errors below 0 say what none says.
    pub(super) fn score(&self, error: f64, two: bool) -> f64 {
        let error = if two { error.abs() } else { error.max(0.0) };
        let score = self.ratio(error);
        if error < self.wide { score.min(self.cap) } else { score }
    }

    fn ratio(&self, error: f64) -> f64 {
        let all = [self.unusually(error), (1.0 - self.outlying).ln() + ln_sum_exp(&self.each(error))];
        let base = self.wide.min(WIDE.0 * self.sd);
        // A law of Cauchy is highest at an error where its scale is the error.
        -(2.0 * PI * error.max(base)).ln() - ln_sum_exp(&all)
    }

    /// The logarithm of share and density of what is not usual.
    fn unusually(&self, error: f64) -> f64 {
        self.outlying.ln() + ln_cauchy(error, self.wide)
    }

    /// The largest error with a score not over the threshold, to a part in 1e12; 0 where every score is over it.
    pub(super) fn bound(&self, threshold: f64) -> f64 {
        let over = |error: f64| self.score(error, true) > threshold;
        let (mut low, mut high) = (0.0, self.sd);
        while !over(high) {
            if high > FARTHEST * self.sd {
                return high;
            }
            (low, high) = (high, 2.0 * high);
        }
        while high - low > 1e-12 * high {
            let middle = 0.5 * (low + high);
            if over(middle) { high = middle } else { low = middle }
        }
        low
    }
}

/// The logarithm of the density of Student's t at 0.
fn ln_height(df: f64) -> f64 {
    ln_gamma(0.5 * (df + 1.0)) - ln_gamma(0.5 * df) - 0.5 * (df * PI).ln()
}

fn ln_cauchy(error: f64, scale: f64) -> f64 {
    let z = (error / scale).abs().min(FARTHEST);
    -(PI * scale).ln() - (z * z).ln_1p()
}

/// The logarithm of a sum of exponentials.
pub(super) fn ln_sum_exp(logarithms: &[f64]) -> f64 {
    let largest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    largest + logarithms.iter().map(|ln| (ln - largest).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law() -> Law {
        Law::new([0.8, 1.0, 1.2, 1.3, 1.4], &[-3.0, 0.0, 1.0, 0.5, -40.0], 0.01, 0.0)
    }

    fn usual(law: &Law, error: f64) -> f64 {
        let kinds = law.scales.iter().zip(FREEDOMS).zip(&law.beliefs);
        kinds.map(|((s, df), belief)| belief * t::density(error / s, df) / s).sum()
    }

    #[test]
    fn it_is_a_mixture_of_densities() {
        let law = law();
        assert!((law.beliefs.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert_eq!(law.wide, 10.0 * law.sd());
        for error in [0.0, 0.3, -4.0, 55.0] {
            let usual = usual(&law, error);
            assert!((ln_sum_exp(&law.each(error)) - usual.ln()).abs() < 1e-12, "{error}");
            let wide = |scale: f64| t::density(error / scale, 1.0) / scale;
            let unusual = 0.01 * wide(law.wide);
            assert!((law.unusual(error) / (unusual / (unusual + 0.99 * usual)) - 1.0).abs() < 1e-10);
            let least = 1.0 / (2.0 * PI * error.abs().max(law.wide));
            let score = (least / (unusual + 0.99 * usual)).ln();
            assert!((law.score(error, true) - score).abs() < 1e-10, "{error}");
        }
    }

    #[test]
    fn its_score_grows_with_the_error_without_end_and_is_over_the_threshold_beyond_the_bound() {
        let laws = [law(), Law::new([3.0, 1.0, 0.1, 1.0, 1.0], &[0.0; KINDS], 0.4, 1.0)];
        for law in laws {
            let mut last = law.score(0.0, true);
            for step in -60..400 {
                let error = law.sd() * f64::exp(0.05 * f64::from(step));
                let score = law.score(error, true);
                assert!(score >= last - 1e-12, "{error}: {score} after {last}");
                assert_eq!((law.score(error, false), law.score(-error, true)), (score, score));
                last = score;
            }
            for threshold in [0.5, 2.5, 5.0, 30.0] {
                let bound = law.bound(threshold);
                assert!(law.score(bound, true) <= threshold);
                assert!(law.score(bound * (1.0 + 1e-9), true) > threshold);
            }
            assert_eq!(law.score(-5.0, false), law.score(0.0, false));
            assert!(law.score(1e300, true).is_finite() && law.bound(-100.0) < 1e-9);
        }
    }

    #[test]
    fn what_is_a_share_of_the_past_says_no_more_than_its_inverse() {
        let often = Law::new([1.0; KINDS], &[0.0; KINDS], 0.2, 50.0);
        assert!((often.score(50.0, true) - 5.0f64.ln()).abs() < 0.05, "{}", often.score(50.0, true));
        assert!(often.score(5000.0, true) > often.score(50.0, true) + 3.0);
        // But what was far out does not hide what is less so.
        let far = Law::new([1.0; KINDS], &[0.0; KINDS], 0.01, 5000.0);
        assert!(far.score(40.0, true) > 4.0, "{}", far.score(40.0, true));
    }

    #[test]
    fn the_p_value_is_the_tail() {
        let law = law();
        assert!((law.pvalue(0.0, true) - 1.0).abs() < 1e-12 && (law.pvalue(0.0, false) - 0.5).abs() < 1e-12);
        assert!((law.pvalue(3.0, true) - 2.0 * law.pvalue(3.0, false)).abs() < 1e-15);
        assert!(law.pvalue(1e9, true) > 0.0);
    }
}
