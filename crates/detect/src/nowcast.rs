//! What is still to be reported: counts by the step of the event, corrected for the delay of the reports.
//!
//! A stage before the detectors. Reports that come late make the last steps of a series look low, and hide an outbreak
//! until most of it is in. [`nowcast`] takes a reporting [`Triangle`], estimates from it how many reports come by which
//! delay (the reverse-time hazard of Lawless, Canadian Journal of Statistics 22, 1994), and says for each step how many
//! there will be in the end, between which limits.

mod estimate;
mod random;
mod triangle;

pub use estimate::{Estimate, Settings, nowcast};
pub use random::Random;
pub use triangle::{Triangle, TriangleError};
