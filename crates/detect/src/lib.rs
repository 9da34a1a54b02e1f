//! What is unusual: detectors over series, in three values.
//!
//! A [`Detector`] takes the observations of one series one after the other and says of each *alarm*, *no alarm* or
//! *cannot judge*, with the reason. It reads no clock: that a series fell silent is told to it by a [`Sample`] without
//! a value. What it has said never changes through what comes later, and a detector that is restored from its saved
//! [`State`] goes on exactly as the one that was saved.
//!
//! ```
//! let kind = beaconfire_detect::kind("threshold").ok_or("no such kind")?;
//! let params = kind.parse(r#"{"on": 5.0, "off": 4.5}"#)?;
//! let mut gauge = params.start();
//! use beaconfire_detect::{Change, Detector, Sample};
//! assert_eq!(gauge.push(Sample::new(0, 4.9)).change, None);
//! assert_eq!(gauge.push(Sample::new(900, 5.1)).change, Some(Change::On));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every kind of detector is one file, with its documentation, and one line in [`KINDS`].
//!
//! The methods of epidemiology and quality control that judge a whole stretch of a [`Series`](series::Series) stand in
//! [`method`]; they too go on from what they remember, one point at a time, with the same answers. How
//! good they are is found out in [`evaluate`].

mod any;
pub mod baseline;
pub mod calendar;
pub mod categorical;
pub mod design;
mod ears;
pub mod evaluate;
pub mod explain;
pub mod hierarchy;
mod judge;
mod kind;
mod latch;
pub mod method;
pub mod nowcast;
pub mod num;
pub mod outcome;
mod param;
pub mod picture;
mod rate;
mod sample;
pub mod series;
pub mod stcd;
mod threshold;

pub use any::{AnyDetector, AnyParams, RestoreError, State};
pub use ears::{Ears, EarsMethod, EarsMode, EarsParams, EarsState};
pub use judge::{Change, Judgement, Reason, Step};
pub use kind::{KINDS, Kind, ResumeError, kind};
pub use num::normal;
pub use param::{MAX_PARAM_BYTES, ParamError};
pub use rate::{Rate, RateParams, RateState, Slope};
pub use sample::{MAX_VALUE, Sample};
pub use threshold::{Direction, Threshold, ThresholdParams, ThresholdState};

/// Judges the samples of one series, in order of time.
pub trait Detector: Send {
    /// Takes the next sample and judges it. A sample that is not later than the last one changes nothing.
    fn push(&mut self, sample: Sample) -> Step;

    /// Everything needed to go on later as if nothing had happened.
    fn save(&self) -> State;

    /// Whether an alarm stands: switched on, and not switched off since. Becoming unknown does not switch it off.
    fn level_on(&self) -> bool;

    /// Whether the series was lost when that mattered, and is not heard again.
    fn is_lost(&self) -> bool;
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
