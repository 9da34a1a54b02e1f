//! From an expected count and its error to the largest count that is no alarm.

use serde::{Deserialize, Serialize};

use super::model::Model;
use crate::num::{nbinom::NegativeBinomial, normal, poisson};

/// The power of the count that is taken to be normal.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Power {
    /// Corrects for skewness.
    #[default]
    #[serde(rename = "2/3")]
    TwoThirds,
    /// Makes the variance stable.
    #[serde(rename = "1/2")]
    Half,
    /// The count itself.
    #[serde(rename = "none")]
    One,
}

/// How the bound follows.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Threshold {
    /// Of a normal distribution of a power of the count.
    #[default]
    #[serde(rename = "delta")]
    Delta,
    /// Of a negative binomial distribution around the expected count.
    #[serde(rename = "nbPlugin")]
    NbPlugin,
    /// Of a negative binomial distribution around the upper limit of the expected count.
    #[serde(rename = "muan")]
    Muan,
}

/// A normal distribution of a power of the count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Powered {
    power: Power,
    mean: f64,
    deviation: f64,
}

impl Power {
    fn of(self, x: f64) -> f64 {
        match self {
            Self::TwoThirds => (x * x).cbrt(),
            Self::Half => x.sqrt(),
            Self::One => x,
        }
    }

    fn inverse(self, x: f64) -> f64 {
        match self {
            Self::TwoThirds => x * x.sqrt(),
            Self::Half => x * x,
            Self::One => x,
        }
    }
}

impl Powered {
    pub(super) fn new(power: Power, model: &Model, mu: f64) -> Self {
        let tau = model.phi + mu * model.error * model.error;
        let variance = match power {
            Power::TwoThirds => 4.0 / 9.0 * mu.cbrt() * tau,
            Power::Half => tau / 4.0,
            Power::One => mu * tau,
        };
        Self { power, mean: power.of(mu), deviation: variance.sqrt() }
    }

    /// The count at so many standard deviations.
    pub(super) fn bound(&self, z: f64) -> f64 {
        self.power.inverse(self.mean + z * self.deviation)
    }

    /// How many standard deviations a count lies up.
    pub(super) fn z(&self, y: f64) -> f64 {
        (self.power.of(y) - self.mean) / self.deviation
    }

    pub(super) fn upper(&self, y: f64) -> f64 {
        normal::upper(self.z(y))
    }
}

/// A distribution of counts with this mean and, over it, the dispersion.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counts {
    Poisson(f64),
    Negative(NegativeBinomial),
}

impl Counts {
    pub(super) fn new(mean: f64, phi: f64) -> Self {
        if phi > 1.0 && mean > 0.0 {
            Self::Negative(NegativeBinomial::with_mean(mean / (phi - 1.0), mean))
        } else {
            Self::Poisson(mean)
        }
    }

    pub(super) fn quantile(&self, p: f64) -> f64 {
        match self {
            Self::Poisson(mean) => poisson::quantile(p, *mean),
            Self::Negative(it) => it.quantile(p),
        }
    }

    /// The probability of `y` and more.
    pub(super) fn from(&self, y: f64) -> f64 {
        match self {
            Self::Poisson(mean) => poisson::upper(y - 1.0, *mean),
            Self::Negative(it) => it.upper(y - 1.0),
        }
    }
}
