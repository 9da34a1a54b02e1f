//! Exponentially weighted moving averages of measurements with normal errors (Roberts 1959).
//!
//! `Z = (1 - lambda) Z + lambda x` from the mean, with an alarm when it is farther from the mean than `limit` of its
//! standard deviations: of the one it has in the end (fixed limits), or of the one it has by then (exact limits, which
//! are narrower at first). The ARL solves the integral equation of Crowder (1987) by Gauss–Legendre nodes; for exact
//! limits one such step is taken per point until the limits have settled.

use serde::{Deserialize, Serialize};

use super::quadrature::gauss_legendre;
use super::root::reaches;
use super::solve::solve;
use super::{DesignError, require};
use crate::num::normal::density;

const NODES: usize = 60;

/// How the limits of the first points are set.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Limits {
    /// The same from the beginning.
    Fixed,
    /// From the standard deviation that the average has by then.
    #[default]
    Exact,
}

/// The ARL of a two-sided chart when the mean has moved by `shift` standard deviations of a measurement.
///
/// # Errors
/// [`DesignError::Argument`] for a weight outside 0.001 to 1 or a limit not above 0; [`DesignError::Unbounded`] where
/// the chart practically never alarms.
pub fn arl(lambda: f64, limit: f64, shift: f64, limits: Limits) -> Result<f64, DesignError> {
    require((0.001..=1.0).contains(&lambda), "lambda", "must be from 0.001 to 1")?;
    require(limit > 0.0 && limit <= 20.0, "limit", "must be above 0 and at most 20")?;
    require(shift.abs() <= 100.0, "shift", "must lie within 100 standard deviations")?;
    let settled = Chart { lambda, shift, half: limit * (lambda / (2.0 - lambda)).sqrt() };
    let end = settled.solve()?;
    let arl = match limits {
        Limits::Fixed => settled.step(&end, 0.0),
        Limits::Exact => settled.begin_exact(end),
    };
    if (1.0..1e13).contains(&arl) { Ok(arl) } else { Err(DesignError::Unbounded) }
}

/// The limit with which the ARL is `arl0` while nothing has changed.
///
/// # Errors
/// As [`arl`], and for an ARL outside 2 to 1e9.
pub fn limit(lambda: f64, arl0: f64, limits: Limits) -> Result<f64, DesignError> {
    require((2.0..=1e9).contains(&arl0), "arl0", "must be from 2 to 1e9")?;
    reaches(|limit| arl(lambda, limit, 0.0, limits), arl0, 0.05, 3.0)
}

/// A node, its weight, and the ARL from there.
type Node = (f64, f64, f64);

#[derive(Clone, Copy)]
struct Chart {
    lambda: f64,
    shift: f64,
    /// Half the width between the limits, in standard deviations of a measurement.
    half: f64,
}

impl Chart {
    fn nodes(&self, half: f64) -> Vec<(f64, f64)> {
        // The kernel is a normal density of width lambda: enough nodes to see it.
        gauss_legendre(NODES.max((12.0 * self.half / self.lambda) as usize), -half, half)
    }

    fn kernel(&self, from: f64, to: f64) -> f64 {
        density((to - (1.0 - self.lambda) * from) / self.lambda - self.shift) / self.lambda
    }

    /// The ARL from each node once the limits have settled.
    fn solve(&self) -> Result<Vec<Node>, DesignError> {
        let nodes = self.nodes(self.half);
        let n = nodes.len();
        let mut matrix = vec![0.0; n * n];
        for (row, cells) in matrix.chunks_exact_mut(n).enumerate() {
            for (cell, (to, weight)) in cells.iter_mut().zip(&nodes) {
                *cell = -weight * self.kernel(nodes[row].0, *to);
            }
            cells[row] += 1.0;
        }
        let arls = solve(matrix, vec![1.0; n]).ok_or(DesignError::Unbounded)?;
        Ok(nodes.into_iter().zip(arls).map(|((x, w), l)| (x, w, l)).collect())
    }

    /// The ARL from a value when the next point must land among these nodes.
    fn step(&self, next: &[Node], from: f64) -> f64 {
        1.0 + next.iter().map(|(to, w, l)| w * self.kernel(from, *to) * l).sum::<f64>()
    }

    /// The ARL from the beginning under exact limits, going back from where they have settled.
    fn begin_exact(&self, mut next: Vec<Node>) -> f64 {
        let rest = (1.0 - self.lambda).powi(2);
        let settled = if rest == 0.0 { 0 } else { ((1e-14f64).ln() / rest.ln()).ceil() as i32 };
        for t in (1..settled).rev() {
            let half = self.half * (1.0 - rest.powi(t)).sqrt();
            let at = |(x, w): (f64, f64)| (x, w, self.step(&next, x));
            next = self.nodes(half).into_iter().map(at).collect();
        }
        self.step(&next, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_crowder_and_with_the_single_measurement() {
        // Crowder (1989) and Lucas and Saccucci (1990).
        let got = arl(0.1, 2.814, 0.0, Limits::Fixed).unwrap();
        assert!((got - 500.0).abs() < 1.0, "{got}");
        let got = arl(0.25, 3.0, 1.0, Limits::Fixed).unwrap();
        assert!((got - 11.2).abs() < 0.05, "{got}");
        // With all the weight on the last measurement it is Shewhart's chart.
        let single = super::super::shewhart::arl(3.0, 0.5, super::super::Sided::Two).unwrap();
        for limits in [Limits::Fixed, Limits::Exact] {
            assert!((arl(1.0, 3.0, 0.5, limits).unwrap() / single - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn what_is_designed_runs_as_long_as_wished() {
        for limits in [Limits::Fixed, Limits::Exact] {
            let found = limit(0.2, 370.0, limits).unwrap();
            assert!((arl(0.2, found, 0.0, limits).unwrap() / 370.0 - 1.0).abs() < 1e-9);
        }
        assert!(limit(2.0, 370.0, Limits::Fixed).is_err());
    }
}
