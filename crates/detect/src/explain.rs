//! Why a point was judged as it was.

use serde::Serialize;

use crate::method::Mode;

/// What a point was compared with, and how: enough to do the sum again by hand.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The method's name.
    pub method: &'static str,
    /// Whose answers it gives.
    pub mode: Mode,
    /// The version of this crate.
    pub version: &'static str,
    /// The absolute index of the point, from 0.
    pub index: usize,
    /// What it was compared with, oldest first.
    pub baseline: Vec<Row>,
    /// Numbers of the judgement by their names in the method's documentation: `expected`, `upperbound`, `phi`, ….
    pub numbers: Vec<(&'static str, f64)>,
    /// What was decided on the way and why, each a sentence: that a trend was dropped, that a fit was repeated.
    pub because: Vec<String>,
}

/// A value that a point was compared with.
#[derive(Serialize, Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Its absolute index, from 0.
    pub index: usize,
    /// The value; not-a-number where it is missing.
    pub value: f64,
    /// How much it counted; 1 is all, 0 not at all.
    pub weight: f64,
}

/// The version that explanations and alarms name.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
