//! Sums that several methods share: distributions exact far into their tails, least squares, and log-linear models
//! fitted as R fits them.
//!
//! Distributions have `cdf(y)`, the probability of at most `y`, and `upper(y)`, of *more* than `y`; each is computed
//! from the side on which it is small, so that 1e-30 has as many right digits as 0.3. Parameters outside a
//! distribution's domain give not-a-number, never a panic.

pub mod beta;
pub mod gamma;
pub mod glm;
pub mod lm;
pub mod nbinom;
pub mod normal;
pub mod poisson;
pub mod qr;
pub(crate) mod saddle;
mod search;
pub mod t;
mod tail;

#[cfg(test)]
mod truth;
