//! One observation of a series.

use serde::{Deserialize, Serialize};

use crate::judge::Reason;

/// The largest magnitude a value may have; beyond it a number is taken as a fault of the source.
pub const MAX_VALUE: f64 = 1e100;

/// One observation of one series, or the news that there was none.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When it was observed, in Unix seconds.
    pub time: i64,
    /// What was observed, in the unit of the series; `None` when it is missing, which is never zero.
    pub value: Option<f64>,
    /// Whether the source itself doubts it; a doubted value is not judged.
    #[serde(default)]
    pub suspect: bool,
}

impl Sample {
    /// A value observed and not doubted.
    #[must_use]
    pub fn new(time: i64, value: f64) -> Self {
        Self { time, value: Some(value), suspect: false }
    }

    /// The news that there is no value at this time: a gap in the data, or the source's silence up to now.
    #[must_use]
    pub fn missing(time: i64) -> Self {
        Self { time, value: None, suspect: false }
    }

    /// The value, if it can be judged.
    pub(crate) fn usable(&self) -> Result<f64, Reason> {
        match self.value {
            None => Err(Reason::Missing),
            Some(v) if !v.is_finite() || v.abs() > MAX_VALUE => Err(Reason::OutOfRange),
            Some(_) if self.suspect => Err(Reason::Suspect),
            Some(v) => Ok(v),
        }
    }
}
