//! How long a chart runs before it alarms, and limits from a wished run length.
//!
//! The average run length (ARL) is the mean number of points up to and including the first alarm: long while nothing
//! has changed (ARL0, the wish against false alarms), short after a change (ARL1, the delay).
//!
//! - [`discrete`]: CUSUM of Poisson and binomial counts by a Markov chain ([`discrete::arl`]), reference values
//!   ([`discrete::find_k`]) and decision intervals ([`discrete::find_h`]);
//! - [`cusum`]: CUSUM of measurements with normal errors;
//! - [`ewma`]: exponentially weighted moving averages of such measurements;
//! - [`shewhart`]: single measurements.

pub mod cusum;
pub mod discrete;
pub mod ewma;
mod quadrature;
mod root;
pub mod shewhart;
mod solve;

use serde::{Deserialize, Serialize};

/// Which changes a chart looks for.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Sided {
    /// Increases only.
    One,
    /// Increases and decreases.
    #[default]
    Two,
}

/// Why there is no such design.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// An argument that makes no sense.
    #[error("{name} {problem}")]
    Argument {
        /// The argument.
        name: &'static str,
        /// What is wrong with it, and what to do.
        problem: &'static str,
    },
    /// The chain has more states than can be solved in reasonable time.
    #[error("the chart has {states} states, over the limit of 4000; round k and h to fewer digits")]
    TooLarge {
        /// How many states there would be.
        states: usize,
    },
    /// The equations have no finite answer: the chart practically never alarms.
    #[error("the chart practically never alarms there, so that its run length has no finite value")]
    Unbounded,
}

/// Refuses an argument unless the condition holds.
fn require(holds: bool, name: &'static str, problem: &'static str) -> Result<(), DesignError> {
    if holds { Ok(()) } else { Err(DesignError::Argument { name, problem }) }
}
