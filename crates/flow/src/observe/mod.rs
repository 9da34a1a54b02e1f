//! Observing and detecting: series to detectors, detectors to signals.

mod bank;
mod exposure;
mod finding;
mod together;

pub use bank::{Bank, Saved};
pub use exposure::{Exposures, Nearest};
pub use finding::Finding;
pub use together::{Key, OUTAGE};
