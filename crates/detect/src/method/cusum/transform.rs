//! Transformations of counts to nearly standard normal ones.

use serde::{Deserialize, Serialize};

use crate::design::discrete::round;

/// Which transformation.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trans {
    #[default]
    #[serde(rename = "standard")]
    Standard,
    #[serde(rename = "rossi")]
    Rossi,
    #[serde(rename = "anscombe")]
    Anscombe,
    #[serde(rename = "anscombe2nd")]
    Anscombe2nd,
    #[serde(rename = "pearsonNegBin")]
    PearsonNegBin,
    #[serde(rename = "anscombeNegBin")]
    AnscombeNegBin,
    #[serde(rename = "none")]
    None,
}

impl Trans {
    /// The transformed count `x` for the mean `m` and variance `m + alpha m²`. `table` computes the hypergeometric
    /// function from the reference's table instead of exactly.
    pub(crate) fn apply(self, x: f64, m: f64, alpha: f64, table: bool) -> f64 {
        let two_thirds = |x: f64| x.powf(2.0 / 3.0);
        match self {
            Self::Standard => (x - m) / m.sqrt(),
            Self::Rossi => (x - 3.0 * m + 2.0 * (x * m).sqrt()) / (2.0 * m.sqrt()),
            Self::Anscombe => 1.5 * (two_thirds(x) - two_thirds(m)) / m.powf(1.0 / 6.0),
            Self::Anscombe2nd => (two_thirds(x) - second_order_mean(m)) / (2.0 / 3.0 * m.powf(1.0 / 6.0)),
            Self::PearsonNegBin => (x - m) / (m + alpha * m * m).sqrt(),
            Self::AnscombeNegBin => {
                let stabilised = |x: f64| {
                    let f = if table { tabulated(alpha * x) } else { hypergeometric(alpha * x) };
                    1.5 * two_thirds(x) * f
                };
                (stabilised(x) - stabilised(m)) / (m + alpha * m * m).powf(1.0 / 6.0)
            }
            Self::None => x,
        }
    }

    /// The count whose transform is `z`: the smallest one not below where a count of 0 is above it already.
    pub(crate) fn invert(self, z: f64, m: f64, alpha: f64) -> f64 {
        if self != Self::None && z <= self.apply(0.0, m, alpha, false) {
            return 0.0;
        }
        let root = m.sqrt();
        match self {
            Self::Standard => m + root * z,
            Self::Rossi => (-root + (4.0 * m + 2.0 * root * z).sqrt()).powi(2),
            Self::Anscombe => (m.powf(2.0 / 3.0) + 2.0 / 3.0 * m.powf(1.0 / 6.0) * z).powf(1.5),
            Self::Anscombe2nd => (second_order_mean(m) + 2.0 / 3.0 * m.powf(1.0 / 6.0) * z).powf(1.5),
            Self::PearsonNegBin => m + (m + alpha * m * m).sqrt() * z,
            Self::AnscombeNegBin => {
                let (mut low, mut high) = (0.0, m.max(1.0));
                while self.apply(high, m, alpha, false) < z && high < 1e15 {
                    (low, high) = (high, 2.0 * high);
                }
                for _ in 0..200 {
                    let middle = f64::midpoint(low, high);
                    if middle <= low || middle >= high {
                        break;
                    }
                    if self.apply(middle, m, alpha, false) < z { low = middle } else { high = middle }
                }
                high
            }
            Self::None => z,
        }
    }

    /// The count that the reference gives as the one to alarm, `d` being interval and reference value less the sum so
    /// far, and `left` the interval less the sum with this count.
    pub(crate) fn reference_bound(self, d: f64, left: f64, m: f64, alpha: f64) -> f64 {
        let root = m.sqrt();
        let bound = match self {
            Self::Standard => (m + root * d).ceil(),
            Self::Rossi => 2.0 * root * d + 5.0 * m - 2.0 * (4.0 * m * m + 2.0 * m.powf(1.5) * d).sqrt(),
            Self::Anscombe => (2.0 / 3.0 * m.powf(1.0 / 6.0) * d + m.powf(2.0 / 3.0)).max(0.0).powf(1.5),
            Self::Anscombe2nd => {
                let mean = m.powf(2.0 / 3.0) - m.powf(1.0 / 3.0) / 9.0;
                (2.0 / 3.0 * m.powf(1.0 / 6.0) * d + mean).max(0.0).powf(1.5)
            }
            Self::PearsonNegBin => m + (m + alpha * m * m).sqrt() * d,
            Self::AnscombeNegBin | Self::None => left,
        };
        // Not `max`: what is no number is 0 too.
        if bound > 0.0 { bound } else { 0.0 }
    }
}

/// The mean of a Poisson count to the power of two thirds, to the second order (Pierce and Schafer 1986).
fn second_order_mean(m: f64) -> f64 {
    m.powf(2.0 / 3.0) - m.powf(-1.0 / 3.0) / 9.0
}

/// The hypergeometric function 2F1(1/3, 2/3; 5/3; -v).
fn hypergeometric(v: f64) -> f64 {
    // By Pfaff's transformation the argument of the series is at most a half.
    let series = |a: f64, b: f64, c: f64, z: f64| {
        let (mut term, mut sum) = (1.0, 1.0);
        for n in 0..200 {
            let n = f64::from(n);
            term *= (a + n) * (b + n) / (c + n) * z / (n + 1.0);
            sum += term;
            if term.abs() < 1e-17 * f64::abs(sum) {
                break;
            }
        }
        sum
    };
    if v <= 1.0 {
        return (1.0 + v).powf(-1.0 / 3.0) * series(1.0 / 3.0, 1.0, 5.0 / 3.0, v / (1.0 + v));
    }
    // The connection to infinity, of which one part is a power; 2 gamma(2/3)² / gamma(1/3).
    const POWER: f64 = 1.3689268119594513;
    let rest = (1.0 + 1.0 / v).powf(1.0 / 3.0)
        * series(1.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0, 0.0_f64.max(1.0 / (1.0 + v)));
    2.0 * v.powf(-1.0 / 3.0) * rest - POWER * v.powf(-2.0 / 3.0)
}

/// The same as the reference has it: from a table in steps of 0.01 to 10, linearly between whole numbers to 100, and
/// nothing beyond.
fn tabulated(v: f64) -> f64 {
    if v <= 10.0 {
        return hypergeometric(round(v, 2));
    }
    if v > 100.0 {
        return f64::NAN;
    }
    let (below, part) = (v.floor(), v - v.floor());
    (1.0 - part) * hypergeometric(below) + part * hypergeometric(below + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hypergeometric_function_is_the_integral_it_stands_for() {
        // 2/3 of the integral of s^(-1/3) (1 + v s)^(-1/3) over 0 to 1, by the midpoint rule in s^(2/3).
        for v in [0.0, 0.01, 0.3, 1.0, 1.5, 10.0, 300.0] {
            let n = 400_000;
            let step = |i: u32| {
                let s = ((f64::from(i) + 0.5) / f64::from(n)).powf(1.5);
                (1.0 + v * s).powf(-1.0 / 3.0)
            };
            let integral = (0..n).map(step).sum::<f64>() / f64::from(n);
            let got = hypergeometric(v);
            assert!((got / integral - 1.0).abs() < 1e-8, "{v}: {got} is not {integral}");
        }
    }

    #[test]
    fn every_transform_is_inverted() {
        use Trans::{Anscombe, Anscombe2nd, AnscombeNegBin, None, PearsonNegBin, Rossi, Standard};
        for trans in [Standard, Rossi, Anscombe, Anscombe2nd, PearsonNegBin, AnscombeNegBin, None] {
            for x in [0.5, 3.0, 17.0, 400.0] {
                let z = trans.apply(x, 4.0, 0.3, false);
                let back = trans.invert(z, 4.0, 0.3);
                assert!((back / x - 1.0).abs() < 1e-9, "{trans:?} {x}: {back}");
            }
        }
    }
}
