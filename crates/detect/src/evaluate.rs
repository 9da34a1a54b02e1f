//! How good a method is: made and real series with known outbreaks, and what a method finds of them.
//!
//! Methods are compared *at an equal false-alarm budget*. What a method says is a score per step, or alarms that one
//! of its parameters makes rarer; its level is set on series without a current outbreak, drawn from another seed, so
//! that the share of steps in alarm is the budget ([`calibrate`]). At that level it then judges other series, with
//! outbreaks, and is measured ([`measure`]). [`compare()`] does all of this for a list of methods.
//!
//! The series come from [`scenario`], the 42 settings of Noufaily et al. (Statistics in Medicine 32, 2013, 1206-1222)
//! with outbreaks added, or from outside as slices with labels ([`Labelled::from_labels`]).

pub mod calibrate;
pub mod candidate;
pub mod compare;
pub mod curve;
pub mod field;
pub mod interval;
pub mod labelled;
pub mod measure;
pub mod nab;
pub mod paired;
pub mod random;
pub mod scenario;
pub mod simulate;

pub use calibrate::{Level, Pool};
pub use candidate::{By, Candidate, own_alarms};
pub use compare::{Comparison, Options, Row, compare};
pub use field::{Entry, entries, field, measurements};
pub use interval::Interval;
pub use labelled::Labelled;
pub use measure::{Measures, Tally, false_episodes};
pub use paired::{Paired, Pairs};
pub use scenario::{SCENARIOS, Scenario};
pub use simulate::{Design, simulate};
