//! What a detector says of one sample.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sample::Sample;

/// What a detector found at one sample: the evidence, the judgement, and whether the state changed.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The time of the sample, Unix seconds.
    pub time: i64,
    /// The value judged; `None` when there was none that could be.
    pub observed: Option<f64>,
    /// What was to be expected, in the unit of the series, where the detector has such a notion.
    pub expected: Option<f64>,
    /// The value beyond which there is an alarm, in the unit of the series (per hour for rates).
    pub threshold: Option<f64>,
    /// The statistic of the detector's kind; its documentation says which.
    pub score: Option<f64>,
    /// The judgement.
    pub judgement: Judgement,
    /// Set only when the state changed with this sample.
    pub change: Option<Change>,
}

/// Alarm, no alarm, or neither.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Unusual.
    Alarm,
    /// Known to be usual.
    NoAlarm,
    /// Not known, and why.
    CannotJudge(Reason),
}

/// A change of state: the only thing to be alarmed by.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The alarm began, or is back after the series was lost.
    On,
    /// The alarm ended, or the series is back and there is none.
    Off,
    /// The series became unknown while in alarm, above its watch level, or rising towards its level.
    Lost,
}

/// Why a detector cannot judge.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// There is no value at this time.
    Missing,
    /// The source doubts the value.
    Suspect,
    /// The value is not a finite number, or too large to be a measurement.
    OutOfRange,
    /// The sample is not later than the one before; it was not used.
    TimeWentBackwards {
        /// By how much, in seconds; 0 when the time is repeated.
        seconds: i64,
    },
    /// Nothing usable came for longer than the detector bridges.
    Gap {
        /// Since the last usable value.
        seconds: i64,
    },
    /// The value has not moved for so long that the instrument is doubted.
    Stuck {
        /// Since the value last changed.
        seconds: i64,
    },
    /// The series is too short yet.
    TooFewObservations {
        /// How many there are.
        have: u32,
        /// How many it takes.
        need: u32,
    },
    /// The observations lie too close together to judge a change over the window.
    WindowNotCovered {
        /// Seconds from the first to the last.
        have_s: i64,
        /// Seconds it takes.
        need_s: i64,
    },
    /// Values are missing among those to compare with.
    MissingInWindow {
        /// How many.
        missing: u32,
    },
    /// The values to compare with are all equal, so that every change would be infinitely unusual.
    ZeroVariance,
    /// The series goes back too few years.
    TooFewYears {
        /// How many whole ones there are.
        have: u32,
        /// How many it takes.
        need: u32,
    },
    /// So few cases of late that a judgement would mean nothing.
    TooFewCases {
        /// How many cases it takes.
        need: u32,
        /// In how many steps, this one among them.
        steps: u32,
    },
    /// The value belongs to those that others are compared with.
    InBaseline,
    /// The model did not converge on what it was fitted to.
    NoConvergence,
    /// A day of the week is not among the values to compare with, as in a series of weeks.
    WeekdayAbsent,
    /// A sum of the method has no value here.
    Undefined,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "no value at this time"),
            Self::Suspect => write!(f, "the source doubts the value"),
            Self::OutOfRange => write!(f, "the value is not a number that can be measured"),
            Self::TimeWentBackwards { seconds: 0 } => {
                write!(f, "a second value for the same time; not used")
            }
            Self::TimeWentBackwards { seconds } => {
                write!(f, "the time is {seconds} s before that of the last value; not used")
            }
            Self::Gap { seconds } => write!(f, "no usable value for {seconds} s"),
            Self::Stuck { seconds } => write!(f, "the value has not moved for {seconds} s"),
            Self::TooFewObservations { have, need } => {
                write!(f, "{have} observations of the {need} needed")
            }
            Self::WindowNotCovered { have_s, need_s } => {
                write!(f, "the observations span {have_s} s of the {need_s} s needed")
            }
            Self::MissingInWindow { missing } => {
                write!(f, "{missing} missing among the values to compare with")
            }
            Self::ZeroVariance => write!(f, "the values to compare with are all equal; set minSigma above 0"),
            Self::TooFewYears { have, need } => {
                write!(f, "{have} years before this one of the {need} needed")
            }
            Self::TooFewCases { need, steps } => {
                write!(f, "fewer than {need} cases in the last {steps} steps")
            }
            Self::InBaseline => write!(f, "the value is one of those that later ones are compared with"),
            Self::NoConvergence => write!(f, "the model did not converge on the values to compare with"),
            Self::WeekdayAbsent => write!(f, "not every day of the week is among the values to compare with"),
            Self::Undefined => write!(f, "the method has no bound here"),
        }
    }
}

impl Step {
    /// A step that judges nothing yet.
    pub(crate) fn at(sample: &Sample) -> Self {
        Self {
            time: sample.time,
            observed: sample.usable().ok(),
            expected: None,
            threshold: None,
            score: None,
            judgement: Judgement::NoAlarm,
            change: None,
        }
    }

    /// The same step with this judgement.
    pub(crate) fn judged(self, judgement: Judgement, change: Option<Change>) -> Self {
        Self { judgement, change, ..self }
    }

    /// The same step, not judged for this reason.
    pub(crate) fn unjudged(self, reason: Reason, change: Option<Change>) -> Self {
        self.judged(Judgement::CannotJudge(reason), change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_speak_plainly_and_keep_their_form() {
        let reason = Reason::TooFewObservations { have: 3, need: 9 };
        assert_eq!(reason.to_string(), "3 observations of the 9 needed");
        let json = serde_json::to_string(&Judgement::CannotJudge(reason)).unwrap();
        assert_eq!(json, r#"{"cannot_judge":{"too_few_observations":{"have":3,"need":9}}}"#);
        assert_eq!(serde_json::from_str::<Judgement>(&json).unwrap(), Judgement::CannotJudge(reason));
    }
}
