//! How much better an outbreak that just began explains the latest counts than the baseline alone.

use crate::num::gamma::ln_gamma;

/// What the baseline says of a count: its mean, and its variance as a multiple of the mean, at least 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Usual {
    pub(super) mean: f64,
    pub(super) phi: f64,
}

/// Dispersions closer to 1 than this are those of Poisson counts.
const POISSON: f64 = 1e-6;

impl Usual {
    pub(super) fn sd(&self) -> f64 {
        (self.phi * self.mean).sqrt()
    }

    /// The logarithm of P(y | mean and `added`) / P(y | mean), both negative binomial with this dispersion: with
    /// r = mean/(phi-1) and d = added/(phi-1), that of Γ(r+y+d)/Γ(r+y) Γ(r)/Γ(r+d) phi^-d. It grows with y, without
    /// end. Poisson counts have y ln(1 + added/mean) - added.
    pub(super) fn ln_ratio(&self, y: f64, added: f64) -> f64 {
        let excess = self.phi - 1.0;
        if excess < POISSON {
            return y * (added / self.mean).ln_1p() - added;
        }
        let (r, d) = (self.mean / excess, added / excess);
        rising(r + y, d) - rising(r, d) - d * excess.ln_1p()
    }
}

/// ln Γ(x + d) - ln Γ(x), for large x by Stirling's series so that nothing is lost to cancellation.
fn rising(x: f64, d: f64) -> f64 {
    if x < 1e3 {
        return ln_gamma(x + d) - ln_gamma(x);
    }
    (x + d - 0.5) * (d / x).ln_1p() - d + d * x.ln() + ((x + d).recip() - x.recip()) / 12.0
}

/// The logarithm of a weighted mean of exponentials, of pairs of weight and exponent.
pub(super) fn ln_mean_exp(parts: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let largest = parts.clone().map(|(_, x)| x).fold(f64::NEG_INFINITY, f64::max);
    let (sum, weights) =
        parts.fold((0.0, 0.0), |(sum, weights), (w, x)| (sum + w * (x - largest).exp(), weights + w));
    largest + (sum / weights).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::nbinom::NegativeBinomial;

    #[test]
    fn the_ratio_is_that_of_the_probabilities() {
        for (mean, phi, y, added) in [
            (0.13, 2.0, 0.0, 0.5),
            (0.13, 2.0, 4.0, 1.5),
            (6.0, 5.0, 20.0, 12.0),
            (150.0, 1.2, 260.0, 90.0),
            (9000.0, 4.0, 11000.0, 4800.0),
            (40.0, 1.001, 70.0, 50.0),
        ] {
            let law = |mean: f64| NegativeBinomial::with_mean(mean / (phi - 1.0), mean).density(y).ln();
            let (got, want) = (Usual { mean, phi }.ln_ratio(y, added), law(mean + added) - law(mean));
            assert!(
                (got - want).abs() < 1e-9 * want.abs().max(1.0),
                "{mean} {phi} {y} {added}: {got}, not {want}"
            );
        }
        let poisson = Usual { mean: 3.0, phi: 1.0 }.ln_ratio(7.0, 2.0);
        assert!((poisson - (7.0 * (5.0f64 / 3.0).ln() - 2.0)).abs() < 1e-12);
        let nearly = Usual { mean: 3.0, phi: 1.0 + 1.1e-6 }.ln_ratio(7.0, 2.0);
        assert!((poisson - nearly).abs() < 1e-4);
    }

    #[test]
    fn it_grows_with_the_count_and_stays_finite() {
        for (mean, phi) in [(1e-8, 1.0), (0.01, 1.3), (1.0, 5.0), (1e4, 50.0), (1e11, 1e6)] {
            let usual = Usual { mean, phi };
            let mut last = f64::NEG_INFINITY;
            for y in [0.0, 1.0, 10.0, 1e3, 1e5, 1e9, 1e12] {
                let ratio = usual.ln_ratio(y, 4.0 * usual.sd());
                assert!(ratio.is_finite() && ratio > last, "{mean} {phi} {y}: {ratio} after {last}");
                last = ratio;
            }
            assert!(last > 20.0, "{mean} {phi}: {last}");
        }
    }

    #[test]
    fn means_of_exponentials_do_not_overflow() {
        let parts = [(1.0, 800.0), (3.0, 800.0)];
        assert!((ln_mean_exp(parts.into_iter()) - 800.0).abs() < 1e-12);
    }
}
