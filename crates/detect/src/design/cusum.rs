//! CUSUM charts of measurements with normal errors, in units of their standard deviation.
//!
//! The upper chart is `S = max(0, S + x - k)` with an alarm at `S > h`, the lower one the same of `-x`. The ARL solves
//! the integral equation of Page (1954), here by Gauss–Legendre nodes in Nyström's way (as Crosier 1986 and Knoth use
//! it), with the atom that the chart has at zero.

use super::quadrature::gauss_legendre;
use super::root::reaches;
use super::solve::solve;
use super::{DesignError, Sided, require};
use crate::num::normal::{self, density};

const NODES: usize = 60;

/// The ARL of a chart that begins at `start` (0 unless it has a head start), when the mean has moved by `shift`.
///
/// # Errors
/// [`DesignError::Argument`] for k below 0, h not above 0 or a head start outside 0 to h;
/// [`DesignError::Unbounded`] where the chart practically never alarms.
pub fn arl(k: f64, h: f64, shift: f64, start: f64, sided: Sided) -> Result<f64, DesignError> {
    require((0.0..=50.0).contains(&k), "k", "must be from 0 to 50")?;
    require(h > 0.0 && h <= 200.0, "h", "must be above 0 and at most 200")?;
    require(shift.abs() <= 100.0, "shift", "must lie within 100 standard deviations")?;
    require((0.0..=h).contains(&start), "start", "must be from 0 to h")?;
    let upper = Equation::solve(k, h, shift)?;
    if sided == Sided::One {
        return upper.at(start);
    }
    let lower = Equation::solve(k, h, -shift)?;
    // Lucas and Crosier (1982), for a chart of two arms with or without a head start.
    let (up, down) = (upper.at(0.0)?, lower.at(0.0)?);
    let (up_fast, down_fast) = (upper.at(start)?, lower.at(start)?);
    Ok((up_fast * down + up * down_fast - up * down) / (up + down))
}

/// The decision interval `h` with which the ARL is `arl0` while nothing has changed.
///
/// # Errors
/// As [`arl`], and for an ARL outside 2 to 1e9.
pub fn decision_interval(k: f64, arl0: f64, sided: Sided) -> Result<f64, DesignError> {
    require((2.0..=1e9).contains(&arl0), "arl0", "must be from 2 to 1e9")?;
    reaches(|h| arl(k, h, 0.0, 0.0, sided), arl0, 1e-6, 4.0)
}

/// Reference value and decision interval of the chart whose ARL is `arl_a` while nothing has changed and `arl_r` when
/// the mean has moved by `2 k`, the shift that the chart is best at: `find.kh` of R surveillance.
///
/// # Errors
/// As [`arl`], and where `arl_r` is not below `arl_a` or no chart is so fast.
pub fn find_kh(arl_a: f64, arl_r: f64, sided: Sided) -> Result<(f64, f64), DesignError> {
    require(arl_r > 1.05 && arl_r < arl_a, "arl_r", "must be above 1.05 and below arl_a")?;
    let delay = |k: f64| {
        let h = decision_interval(k, arl_a, sided)?;
        arl(k, h, 2.0 * k, 0.0, sided)
    };
    // The delay falls with k, so its reciprocal is what increases.
    let k = reaches(|k| delay(k).map(|run| 1.0 / run), 1.0 / arl_r, 1e-3, 1.0)?;
    Ok((k, decision_interval(k, arl_a, sided)?))
}

/// The ARL of a one-sided chart as a function of where it begins.
struct Equation {
    k: f64,
    h: f64,
    shift: f64,
    /// Nodes, weights and ARLs there.
    nodes: Vec<(f64, f64, f64)>,
    /// The ARL from zero.
    zero: f64,
}

impl Equation {
    fn solve(k: f64, h: f64, shift: f64) -> Result<Self, DesignError> {
        let nodes = gauss_legendre(NODES.max((4.0 * h) as usize), 0.0, h);
        let n = nodes.len() + 1;
        let mut matrix = vec![0.0; n * n];
        for (row, cells) in matrix.chunks_exact_mut(n).enumerate() {
            let from = if row == 0 { 0.0 } else { nodes[row - 1].0 };
            cells[0] = -normal::upper(from + shift - k);
            for (cell, (to, weight)) in cells[1..].iter_mut().zip(&nodes) {
                *cell = -weight * density(to - from + k - shift);
            }
            cells[row] += 1.0;
        }
        let arls = solve(matrix, vec![1.0; n]).ok_or(DesignError::Unbounded)?;
        let zero = arls[0];
        let nodes = nodes.into_iter().zip(&arls[1..]).map(|((x, w), l)| (x, w, *l)).collect();
        Ok(Self { k, h, shift, nodes, zero })
    }

    fn at(&self, start: f64) -> Result<f64, DesignError> {
        debug_assert!(start <= self.h, "a chart begins within its interval");
        let inner: f64 =
            self.nodes.iter().map(|(to, w, l)| w * density(to - start + self.k - self.shift) * l).sum();
        let arl = 1.0 + normal::upper(start + self.shift - self.k) * self.zero + inner;
        // Beyond that the equations are too near to singular to tell anything.
        if (1.0..1e13).contains(&arl) { Ok(arl) } else { Err(DesignError::Unbounded) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_values_of_the_literature() {
        // Vance (1986) and Crosier (1986): k 0.5, h 4 and 5 of a two-sided chart.
        for (h, shift, known) in [(4.0, 0.0, 167.7), (5.0, 0.0, 465.4), (4.0, 1.0, 8.38), (5.0, 1.0, 10.4)] {
            let got = arl(0.5, h, shift, 0.0, Sided::Two).unwrap();
            assert!((got / known - 1.0).abs() < 3e-3, "{h} {shift}: {got}");
        }
        // Lucas and Crosier (1982): a head start of h/2.
        let fast = arl(0.5, 5.0, 1.0, 2.5, Sided::Two).unwrap();
        assert!((fast - 6.35).abs() < 0.05, "{fast}");
    }

    #[test]
    fn what_is_designed_runs_as_long_as_wished() {
        let h = decision_interval(0.5, 500.0, Sided::One).unwrap();
        assert!((arl(0.5, h, 0.0, 0.0, Sided::One).unwrap() / 500.0 - 1.0).abs() < 1e-9);
        let (k, h) = find_kh(500.0, 7.0, Sided::One).unwrap();
        assert!((arl(k, h, 0.0, 0.0, Sided::One).unwrap() / 500.0 - 1.0).abs() < 1e-9);
        assert!((arl(k, h, 2.0 * k, 0.0, Sided::One).unwrap() / 7.0 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        assert!(arl(0.5, -1.0, 0.0, 0.0, Sided::One).is_err());
        assert!(decision_interval(0.5, 1.0, Sided::One).is_err());
        assert_eq!(arl(5.0, 100.0, 0.0, 0.0, Sided::One), Err(DesignError::Unbounded));
    }
}
