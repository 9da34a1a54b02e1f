//! Logarithms of small counts, which every fit begins with.

use std::sync::LazyLock;

/// Where a fit begins for a count: at a mean a tenth above it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// The mean.
    pub(super) mu: f64,
    /// Its logarithm.
    pub(super) eta: f64,
    /// y ln y - y.
    pub(super) saturated: f64,
    /// y ln(y/mean) - (y - mean).
    pub(super) deviance: f64,
}

static SMALL: LazyLock<Vec<Start>> = LazyLock::new(|| (0..1024).map(|y| compute(f64::from(y))).collect());

/// For any count from 0.
pub(super) fn start(y: f64) -> Start {
    let at = y as usize;
    match SMALL.get(at) {
        Some(known) if at as f64 == y => *known,
        _ => compute(y),
    }
}

fn compute(y: f64) -> Start {
    let mu = y + 0.1;
    let (saturated, deviance) =
        if y == 0.0 { (0.0, mu) } else { (y * y.ln() - y, y * (y / mu).ln() - (y - mu)) };
    Start { mu, eta: mu.ln(), saturated, deviance }
}
