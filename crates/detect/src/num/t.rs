//! Student's t distribution.

use super::gamma::ln_gamma;
use super::{beta, normal};

/// The probability of at most `t`.
#[must_use]
pub fn cdf(t: f64, df: f64) -> f64 {
    upper(-t, df)
}

/// The probability of more than `t`; `df` above 0, infinity for the normal distribution.
#[must_use]
pub fn upper(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df > 1e12 {
        return normal::upper(t);
    }
    let square = t * t;
    let outside = if square < 1e300 {
        0.5 * beta::tails(df / (df + square), square / (df + square), 0.5 * df, 0.5).0
    } else {
        // So far out the tail is a power of t, and its square may be over all numbers.
        let beta = ln_gamma(0.5 * df) + ln_gamma(0.5) - ln_gamma(0.5 * df + 0.5);
        (df * (0.5 * df.ln() - t.abs().ln()) - beta).exp() / df
    };
    if t > 0.0 { outside } else { 1.0 - outside }
}

/// The probability of a value at least as far from 0, on either side.
#[must_use]
pub fn two_sided(t: f64, df: f64) -> f64 {
    (2.0 * upper(t.abs(), df)).min(1.0)
}

/// The density.
#[must_use]
pub fn density(t: f64, df: f64) -> f64 {
    let square = t * t / df;
    let far = if square < 1e300 { square.ln_1p() } else { 2.0 * t.abs().ln() - df.ln() };
    let constant = ln_gamma(0.5 * (df + 1.0)) - ln_gamma(0.5 * df);
    (constant - 0.5 * (df * std::f64::consts::PI).ln() - 0.5 * (df + 1.0) * far).exp()
}

/// The value not exceeded with probability `p`.
#[must_use]
pub fn quantile(p: f64, df: f64) -> f64 {
    if df.is_nan() || df <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p > 0.5 {
        return upper_quantile(1.0 - p, df);
    }
    -upper_quantile(p, df)
}

/// The value exceeded with probability `p` up to ½.
fn upper_quantile(p: f64, df: f64) -> f64 {
    if p == 0.5 {
        return 0.0;
    }
    if p == 0.0 {
        return f64::INFINITY;
    }
    if df > 1e12 {
        return -normal::quantile(p);
    }
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut t = -normal::quantile(p);
    // Enough steps to pass all numbers.
    for _ in 0..300 {
        let tail = upper(t, df);
        if tail > p {
            low = t
        } else {
            high = t
        }
        // Newton's step for the logarithm of the tail against that of t, which far out is a straight line.
        let slope = density(t, df) * t / tail;
        let mut next = t * (((tail / p).ln()) / slope).clamp(-3.0, 3.0).exp();
        if !(next > low && next < high) {
            next = if high.is_finite() { 0.5 * (low + high) } else { 2.0 * t };
        }
        let done = (next - t).abs() <= 4e-16 * next;
        t = next;
        if done {
            break;
        }
    }
    t
}

#[cfg(test)]
mod tests {
    use super::super::truth;
    use super::*;

    #[test]
    fn agrees_with_thirty_digits() {
        truth::check(truth::T_UPPER, 1e-12, |[t, df]| upper(t, df));
        truth::check(truth::T_UPPER, 1e-12, |[t, df]| cdf(-t, df));
    }

    #[test]
    fn the_quantile_undoes_the_tail() {
        for df in [0.5, 1.0, 2.0, 3.7, 20.0, 240.0, 1e5] {
            for p in [1e-200, 1e-30, 1e-9, 0.001, 0.05, 0.2, 0.4, 0.49, 0.499_999] {
                if df < 2.0 && p < 1e-100 {
                    continue;
                }
                let t = -quantile(p, df);
                assert!((upper(t, df) / p - 1.0).abs() < 1e-11, "{df} {p}: {t} {}", upper(t, df));
            }
        }
        assert!((quantile(0.975, 1.0) - 12.706_204_736_174_7).abs() < 1e-11);
    }

    #[test]
    fn the_ends_and_beyond() {
        assert_eq!((upper(f64::INFINITY, 3.0), cdf(0.0, 3.0), quantile(1.0, 3.0)), (0.0, 0.5, f64::INFINITY));
        assert_eq!(two_sided(0.0, 5.0), 1.0);
        assert!(upper(1.0, 0.0).is_nan() && quantile(2.0, 3.0).is_nan());
    }
}
