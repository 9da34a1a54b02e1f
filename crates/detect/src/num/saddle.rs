//! Densities without cancellation, by the saddle-point expansion of Loader (Fast and accurate computation of binomial
//! probabilities, 2000): what Stirling's formula misses and how far the value lies from the mean are computed apart.

use super::gamma::ln_gamma;

const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

/// ln(1+x) - x, without cancellation near 0; x above -1.
pub(crate) fn log1p_minus(x: f64) -> f64 {
    if !(-0.4..=0.6).contains(&x) {
        return x.ln_1p() - x;
    }
    // 2 artanh(s) - x for s = x/(2+x), whose first terms are taken together: 2s - x = -x s.
    let s = x / (2.0 + x);
    let square = s * s;
    let mut sum = 0.0;
    for k in (1..=20).rev() {
        sum = sum * square + 1.0 / f64::from(2 * k + 1);
    }
    s * (2.0 * square * sum - x)
}

/// The error of Stirling's formula for ln n!, for n from 0 on.
pub(crate) fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return if n == 0.0 { 0.0 } else { ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - HALF_LN_TAU };
    }
    let square = 1.0 / (n * n);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    series.iter().rev().fold(0.0, |sum, c| sum * square + c) / n
}

/// x ln(x/mean) + mean - x, the deviance of a count from its mean halved; x above 0.
pub(crate) fn half_deviance(x: f64, mean: f64) -> f64 {
    let beyond = (mean - x) / x;
    if beyond < -0.4 {
        return x * (x / mean).ln() + (mean - x);
    }
    -x * log1p_minus(beyond)
}

/// mean^x e^-mean / Γ(x+1), also where x is no whole number; x from 0, mean above 0.
pub(crate) fn poisson(x: f64, mean: f64) -> f64 {
    if x == 0.0 {
        return (-mean).exp();
    }
    if x < f64::MIN_POSITIVE * 1e20 {
        return (-mean + x * mean.ln()).exp();
    }
    (-stirling_error(x) - half_deviance(x, mean)).exp() / (std::f64::consts::TAU * x).sqrt()
}

/// Γ(a+b+1) / (Γ(a+1) Γ(b+1)) p^a q^b for q = 1-p, also where a and b are no whole numbers.
pub(crate) fn binomial(a: f64, b: f64, p: f64, q: f64) -> f64 {
    let n = a + b;
    match (a == 0.0, b == 0.0) {
        (true, true) => 1.0,
        (true, false) => power(q, p, b),
        (false, true) => power(p, q, a),
        (false, false) => {
            let stirling = stirling_error(n) - stirling_error(a) - stirling_error(b);
            let far = half_deviance(a, n * p) + half_deviance(b, n * q);
            (stirling - far).exp() * (n / (std::f64::consts::TAU * a)).sqrt() / b.sqrt()
        }
    }
}

/// base^n, where the base is 1-rest.
fn power(base: f64, rest: f64, n: f64) -> f64 {
    (n * if rest < 0.5 { (-rest).ln_1p() } else { base.ln() }).exp()
}
