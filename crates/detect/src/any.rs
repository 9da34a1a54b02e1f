//! Detectors of all kinds in one type, small and without virtual calls, for very many series.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Detector;
use crate::ears::{Ears, EarsParams, EarsState};
use crate::judge::Step;
use crate::rate::{Rate, RateParams, RateState};
use crate::sample::Sample;
use crate::threshold::{Threshold, ThresholdParams, ThresholdState};

/// The checked parameters of a detector, shared by all series they apply to.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyParams {
    /// Of a threshold.
    Threshold(Arc<ThresholdParams>),
    /// Of a rate of change.
    Rate(Arc<RateParams>),
    /// Of EARS.
    Ears(Arc<EarsParams>),
}

/// A detector of any kind, for one series.
#[derive(Clone, Debug)]
pub enum AnyDetector {
    /// Two levels; see [`Threshold`].
    Threshold(Threshold),
    /// Rate of change; see [`Rate`].
    Rate(Box<Rate>),
    /// EARS C1 to C3; see [`Ears`].
    Ears(Box<Ears>),
}

/// What a detector remembers of its series, to be kept and restored from.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Of a threshold.
    Threshold(ThresholdState),
    /// Of a rate of change.
    Rate(RateState),
    /// Of EARS.
    Ears(EarsState),
}

/// A saved state that belongs to another kind of detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the saved state is of kind {found}, not {expected}; start the detector anew")]
pub struct RestoreError {
    /// The kind of the parameters.
    pub expected: &'static str,
    /// The kind of the state.
    pub found: &'static str,
}

impl AnyParams {
    /// A detector that has seen nothing yet.
    #[must_use]
    pub fn start(&self) -> AnyDetector {
        match self {
            Self::Threshold(p) => AnyDetector::Threshold(Threshold::new(p.clone())),
            Self::Rate(p) => AnyDetector::Rate(Box::new(Rate::new(p.clone()))),
            Self::Ears(p) => AnyDetector::Ears(Box::new(Ears::new(p.clone()))),
        }
    }

    /// A detector that goes on from a saved state.
    ///
    /// # Errors
    /// [`RestoreError`] when the state is of another kind.
    pub fn restore(&self, state: &State) -> Result<AnyDetector, RestoreError> {
        Ok(match (self, state) {
            (Self::Threshold(p), State::Threshold(s)) => {
                AnyDetector::Threshold(Threshold::restore(p.clone(), *s))
            }
            (Self::Rate(p), State::Rate(s)) => AnyDetector::Rate(Box::new(Rate::restore(p.clone(), s))),
            (Self::Ears(p), State::Ears(s)) => AnyDetector::Ears(Box::new(Ears::restore(p.clone(), s))),
            _ => {
                return Err(RestoreError { expected: self.kind(), found: state.kind() });
            }
        })
    }

    /// The name of the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Threshold(_) => "threshold",
            Self::Rate(_) => "rate",
            Self::Ears(_) => "ears",
        }
    }
}

impl State {
    /// The name of the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Threshold(_) => "threshold",
            Self::Rate(_) => "rate",
            Self::Ears(_) => "ears",
        }
    }
}

impl Detector for AnyDetector {
    fn push(&mut self, sample: Sample) -> Step {
        match self {
            Self::Threshold(d) => d.push(sample),
            Self::Rate(d) => d.push(sample),
            Self::Ears(d) => d.push(sample),
        }
    }

    fn save(&self) -> State {
        match self {
            Self::Threshold(d) => d.save(),
            Self::Rate(d) => d.save(),
            Self::Ears(d) => d.save(),
        }
    }

    fn level_on(&self) -> bool {
        match self {
            Self::Threshold(d) => d.level_on(),
            Self::Rate(d) => d.level_on(),
            Self::Ears(d) => d.level_on(),
        }
    }

    fn is_lost(&self) -> bool {
        match self {
            Self::Threshold(d) => d.is_lost(),
            Self::Rate(d) => d.is_lost(),
            Self::Ears(d) => d.is_lost(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_detectors_take_little_memory() {
        assert!(size_of::<Threshold>() <= 64, "{}", size_of::<Threshold>());
        assert!(size_of::<AnyDetector>() <= 64, "{}", size_of::<AnyDetector>());
    }
}
