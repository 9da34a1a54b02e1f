//! One (message, channel): queued once, sent at least once, read back.

use crate::id::{ChannelId, IncidentId, WarningId};
use crate::package::Act;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The key of a job: one per (message, channel), for ever; the sink acts once on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobKey {
    /// CAP identifier.
    pub message: String,
    /// The channel.
    pub channel: ChannelId,
}

impl std::fmt::Display for JobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.message, self.channel)
    }
}

impl From<JobKey> for String {
    fn from(key: JobKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for JobKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (message, channel) =
            text.rsplit_once('@').ok_or_else(|| format!("{text:?} is no message@channel"))?;
        Ok(Self { message: message.to_owned(), channel: channel.into() })
    }
}

/// A job of delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The warning.
    pub warning: WarningId,
    /// Its incident.
    pub incident: IncidentId,
    /// The message's place in its chain.
    pub index: usize,
    /// What the message does.
    pub act: Act,
    /// How far it is.
    pub progress: Progress,
    /// What was found at the outlet.
    pub read_back: ReadBack,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Waiting, or being tried.
    Queued,
    /// The channel took it.
    Sent {
        /// When, river time.
        at: Timestamp,
        /// SHA-256 of the bytes that it took.
        digest: String,
    },
    /// It will not be sent.
    Dropped {
        /// Why, in words.
        why: String,
    },
}

/// What was found when the public address was fetched as a consumer does (invariant 19).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadBack {
    /// Cannot be fetched, or could not be when it was due: never green.
    Unverified,
    /// Not due yet.
    Pending {
        /// From here on it must be there.
        due: Timestamp,
    },
    /// There, as approved, at the first look after it was due.
    Matches {
        /// When it was found.
        at: Timestamp,
    },
    /// There, as approved, but not at the first look.
    Late {
        /// When it was found.
        at: Timestamp,
    },
    /// Not there.
    Absent {
        /// When it was missed.
        at: Timestamp,
    },
    /// Something else is there.
    Different {
        /// When.
        at: Timestamp,
        /// What differs, in words.
        what: String,
    },
}

/// What the reader found, before it is judged against the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The approved bytes.
    Same,
    /// Nothing.
    Nothing,
    /// Something else, in words.
    Other(String),
    /// The outlet could not be asked; why, in words.
    Unreachable(String),
    /// The receiver answered with this SHA-256 of what it took, hex.
    Digest(String),
}
