//! The negative binomial model whose theta is estimated too, as `glm.nb` of R's MASS does it (Venables and Ripley,
//! Modern Applied Statistics with S, 7.4): means for a theta and theta for the means take turns.

use super::{Design, EPSILON, Family, Fit, GlmError, STEPS, fit, fit_from};
use crate::num::gamma::{digamma, ln_gamma, trigamma};

/// A negative binomial model and its theta.
#[derive(Clone, Debug)]
pub struct NbFit {
    /// The model of the means for this theta.
    pub fit: Fit,
    /// The maximum likelihood estimate; very large where the counts vary no more than Poisson counts do, and 0 where
    /// they vary too much for any.
    pub theta: f64,
    /// The standard error of theta.
    pub theta_error: f64,
    /// The logarithm of the likelihood.
    pub log_likelihood: f64,
    /// Turns taken.
    pub turns: u32,
    /// Whether likelihood and theta came to rest within 25 of them.
    pub converged: bool,
}

/// The maximum likelihood estimate of theta for given means, and its standard error, by at most `steps` of Newton.
#[must_use]
pub fn nb_theta(y: &[f64], mu: &[f64], weights: Option<&[f64]>, steps: u32) -> (f64, f64) {
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        (0..y.len()).map(|row| weight(row) * f(y[row], mu[row])).sum()
    };
    // In the order in which R adds up: theta has no end where counts vary less than Poisson counts do, and how far it
    // got is rounding.
    let information = |t: f64| {
        let base = trigamma(t);
        let over = 1.0 / t;
        sum(&|y, mu| -trigamma(t + y) + base - over + 2.0 / (mu + t) - (y + t) / ((mu + t) * (mu + t)))
    };
    let score = |t: f64| {
        let (base, log) = (digamma(t), t.ln());
        sum(&|y, mu| digamma(t + y) - base + log + 1.0 - (t + mu).ln() - (y + t) / (mu + t))
    };
    let mut theta = sum(&|_, _| 1.0) / sum(&|y, mu| (y / mu - 1.0) * (y / mu - 1.0));
    let (mut change, mut known) = (1.0_f64, f64::NAN);
    let mut step = 0;
    while step < steps && change.abs() > f64::EPSILON.sqrt().sqrt() {
        theta = theta.abs();
        known = information(theta);
        change = score(theta) / known;
        theta += change;
        step += 1;
    }
    if theta < 0.0 {
        return (0.0, f64::NAN);
    }
    // The information of the last step's start, as MASS has it.
    (theta, (1.0 / known).sqrt())
}

/// Fits means and theta in turns.
///
/// # Errors
/// [`GlmError`].
///
/// # Panics
/// As [`fit`].
pub fn fit_nb(
    design: &Design,
    y: &[f64],
    weights: Option<&[f64]>,
    offset: Option<&[f64]>,
) -> Result<NbFit, GlmError> {
    let mut means = fit(design, y, weights, offset, Family::Poisson)?;
    // MASS takes one step fewer than its limit says.
    let (mut theta, mut theta_error) = nb_theta(y, &means.mu, weights, STEPS - 1);
    let scale = (2.0 * means.df.max(1.0)).sqrt();
    let mut likelihood = log_likelihood(theta, &means.mu, y, weights);
    let mut turns = 0;
    let mut moving = true;
    while moving && turns < STEPS {
        turns += 1;
        if theta.is_nan() || theta <= 0.0 {
            return Err(GlmError::Diverged);
        }
        let family = Family::NegativeBinomial { theta };
        let next = fit_from(design, y, weights, offset, family, means.eta.clone())?;
        let old = theta;
        // For the means of the turn before, as MASS has it.
        (theta, theta_error) = nb_theta(y, &means.mu, weights, STEPS - 1);
        means = next;
        let before = std::mem::replace(&mut likelihood, log_likelihood(theta, &means.mu, y, weights));
        moving = (before - likelihood).abs() / scale + (old - theta).abs() > EPSILON;
    }
    Ok(NbFit { fit: means, theta, theta_error, log_likelihood: likelihood, turns, converged: !moving })
}

fn log_likelihood(theta: f64, mu: &[f64], y: &[f64], weights: Option<&[f64]>) -> f64 {
    let row = |row: usize| {
        let (y, mu) = (y[row], mu[row]);
        let counts = if y == 0.0 { 0.0 } else { y * mu.ln() };
        let gammas = ln_gamma(theta + y) - ln_gamma(theta) - ln_gamma(y + 1.0);
        let value = gammas + theta * theta.ln() + counts - (theta + y) * (theta + mu).ln();
        weights.map_or(1.0, |weights| weights[row]) * value
    };
    (0..y.len()).map(row).sum()
}
