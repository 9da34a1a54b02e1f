//! The three modes: live, the outlets' public test class, exercise.

use serde::{Deserialize, Serialize};

/// What a process is for. A recording, or any clock but the machine's, is `Exercise` for good
/// (invariant 20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real warnings to the public.
    Live,
    /// The outlets' own public test class.
    Test,
    /// Exercises and recordings.
    Exercise,
}

/// The mark that stands first and last in every text of an exercise.
pub const EXERCISE_MARK: &str = "EXERCISE";

impl Mode {
    /// The mode in one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
            Self::Exercise => "exercise",
        }
    }

    /// The CAP status of a message made in this mode.
    #[must_use]
    pub fn status(self) -> beaconfire_cap::Status {
        match self {
            Self::Live => beaconfire_cap::Status::Actual,
            Self::Test => beaconfire_cap::Status::Test,
            Self::Exercise => beaconfire_cap::Status::Exercise,
        }
    }

    /// `text` as it may leave in this mode: an exercise is marked first and last, so that neither
    /// a cut at the end nor one at the start hides the mark.
    #[must_use]
    pub fn marked(self, text: &str) -> String {
        match self {
            Self::Exercise => format!("{EXERCISE_MARK} {EXERCISE_MARK} {text} {EXERCISE_MARK}"),
            Self::Live | Self::Test => text.to_owned(),
        }
    }
}
