//! How a source stands: silence is itself a finding, and a dead feed is never "no warnings".

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The health of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It answers as expected.
    Healthy,
    /// What it would say is unknown, and why.
    Unknown {
        /// What kind of silence.
        cause: Trouble,
        /// In words.
        words: String,
    },
}

/// Why a source is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Never heard yet.
    Unheard,
    /// Nothing within the expected cadence.
    Silent,
    /// 401, 403 and their like.
    Refused,
    /// No connection, time-out, 5xx.
    Failing,
    /// Bytes that cannot be read.
    Unreadable,
    /// More entries than the limit: the newest were kept.
    Truncated,
    /// Its own time went backwards.
    Backwards,
    /// A feed that listed alerts lists none at all.
    Emptied,
}

impl Trouble {
    /// The trouble in one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unheard => "unheard",
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::Failing => "failing",
            Self::Unreadable => "unreadable",
            Self::Truncated => "truncated",
            Self::Backwards => "time going backwards",
            Self::Emptied => "emptied",
        }
    }
}

/// A source's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// How it stands.
    pub health: Health,
    /// Since when.
    pub since: Timestamp,
}
