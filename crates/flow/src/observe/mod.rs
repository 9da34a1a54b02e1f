//! Observing and detecting: series to detectors, detectors to signals.

mod bank;
mod exposure;

pub use bank::{Bank, Finding, Saved};
pub use exposure::{Exposures, Nearest};
