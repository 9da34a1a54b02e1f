//! The journal: the append-only, hash-chained record of every decision.
//!
//! Records are bytes with a kind and a version; what they mean is core's business. A record may
//! belong to a subject (an incident): its `subject_version` must be the subject's last plus one,
//! so that two deciders who read the same state cannot both write.
//!
//! [`JournalBackend`] is what every engine must offer; `tests/conformance` holds each to it.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::signer::Signer;

mod chain;
mod group;
mod sqlite;
mod verify;

pub use chain::{checkpoint_message, genesis, record_hash};
pub use group::{Durable, GroupCommit};
pub use sqlite::SqliteJournal;
pub use verify::{Break, ItemsVerdict, Verdict, Verifier, verify};

/// The longest `kind`, in bytes.
pub const MAX_KIND_BYTES: usize = 128;
/// The longest `subject`, in bytes.
pub const MAX_SUBJECT_BYTES: usize = 512;
/// The longest `body`, in bytes (16 MiB).
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// Whether a journal is about the world or about an exercise. The mark is for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Real warnings.
    Live,
    /// Exercises, recordings, any clock but the machine's.
    Exercise,
}

impl Mode {
    /// The word the file carries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Exercise => "exercise",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Live, Self::Exercise].into_iter().find(|mode| mode.as_str() == word)
    }
}

/// A record to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// River time.
    pub at: Timestamp,
    /// What kind of record, in core's words; at most [`MAX_KIND_BYTES`].
    pub kind: String,
    /// The version of the kind's form, so that later readers can lift it.
    pub version: u16,
    /// What the record is about (an incident's id), if anything; at most [`MAX_SUBJECT_BYTES`].
    pub subject: Option<String>,
    /// The subject's last version plus one; 0 where there is no subject.
    pub subject_version: u64,
    /// JSON bytes of core's own type; at most [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
}

/// A record as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Place in the journal, 1 for the first, without gaps.
    pub seq: u64,
    /// River time.
    pub at: Timestamp,
    /// What kind of record.
    pub kind: String,
    /// The version of the kind's form.
    pub version: u16,
    /// What the record is about.
    pub subject: Option<String>,
    /// The subject's version with this record.
    pub subject_version: u64,
    /// JSON bytes.
    pub body: Vec<u8>,
    /// The hash of the record before, of [`genesis`] for the first.
    pub prev: [u8; 32],
    /// [`record_hash`] of all of the above.
    pub hash: [u8; 32],
}

/// Where a journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last record's place, 0 in an empty journal.
    pub seq: u64,
    /// The last record's hash, that of [`genesis`] in an empty journal.
    pub hash: [u8; 32],
}

/// What a durable append did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Place of the submission's first record.
    pub first_seq: u64,
    /// Place of its last record.
    pub last_seq: u64,
    /// The last record's hash.
    pub head: [u8; 32],
}

/// A signed statement that the journal had reached a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The head's place.
    pub seq: u64,
    /// The head's hash.
    pub hash: [u8; 32],
    /// River time of the statement.
    pub at: Timestamp,
    /// Raw Ed25519 public key.
    pub public_key: Vec<u8>,
    /// Over [`checkpoint_message`].
    pub signature: Vec<u8>,
}

/// Nothing of the submission was kept. The text continues "failed to …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Somebody else wrote about the subject first.
    #[error(
        "append to {subject}: it stands at version {found} and not at {expected}, which this was \
         decided on; read it again and decide anew"
    )]
    Conflict {
        /// The subject.
        subject: String,
        /// The version that the submission was made on.
        expected: u64,
        /// The version that the subject stands at.
        found: u64,
    },
    /// The record breaks a limit.
    #[error("append a record: {reason}")]
    Invalid {
        /// Which limit.
        reason: String,
    },
    /// No room left.
    #[error(
        "append to {file}: the disk is full or its quota is reached; free some space and give the \
         command again (nothing of it was kept, reading goes on)"
    )]
    DiskFull {
        /// The journal's file.
        file: String,
    },
    /// The operating system or the engine refused.
    #[error("append to {file}: {reason}")]
    Io {
        /// The journal's file.
        file: String,
        /// What it answered.
        reason: String,
    },
    /// The writer has ended, because the program is stopping.
    #[error("append a record: the journal is closed; give the command again after the restart")]
    Closed,
}

impl From<StoreError> for AppendError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull { file } => Self::DiskFull { file },
            StoreError::Io { file, reason } => Self::Io { file, reason },
            StoreError::Damaged { file, reason } => {
                Self::Io { file, reason: format!("the file is damaged ({reason})") }
            }
            other => Self::Invalid { reason: other.to_string() },
        }
    }
}

/// One submission's answer.
pub type Outcome = Result<Appended, AppendError>;

/// What an engine must do to hold the journal.
pub trait JournalBackend: Send {
    /// The mark of the journal.
    fn mode(&self) -> Mode;

    /// The journal's own random number; part of the chain's beginning.
    fn journal_id(&self) -> [u8; 16];

    /// Appends many submissions in order in one durable transaction. A submission with a conflict
    /// or an invalid record is left out whole, alone; any other failure fails them all and leaves
    /// nothing. One answer each, in order.
    fn append_groups(&mut self, submissions: &[&[NewRecord]]) -> Vec<Outcome>;

    /// Appends one submission, all or nothing, durable when this returns.
    fn append(&mut self, records: &[NewRecord]) -> Outcome {
        self.append_groups(&[records]).pop().unwrap_or(Err(AppendError::Closed))
    }

    /// Records from `from_seq` on, in order, at most `limit`.
    fn read(&self, from_seq: u64, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// The records about a subject from `from_version` on, in order, at most `limit`.
    fn read_subject(&self, subject: &str, from_version: u64, limit: usize)
    -> Result<Vec<Record>, StoreError>;

    /// Where the journal ends, as its head row says.
    fn head(&self) -> Result<Head, StoreError>;

    /// The subject's last version, 0 for one never written about.
    fn subject_version(&self, subject: &str) -> Result<u64, StoreError>;

    /// Signs the head as it is now. The same head signed again by the same key is kept once.
    fn checkpoint(&mut self, signer: &dyn Signer, at: Timestamp) -> Result<Checkpoint, StoreError>;

    /// All checkpoints in the order they were made.
    fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError>;

    /// A note beside the records.
    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps a note beside the records.
    fn set_meta(&mut self, key: &str, value: &[u8]) -> Result<(), StoreError>;

    /// What the engine itself finds wrong in its file; empty where all is well.
    fn integrity(&self) -> Result<Vec<String>, StoreError>;
}

/// Checks the limits of a submission that hold whatever the journal contains.
pub(crate) fn check_limits(records: &[NewRecord]) -> Result<(), AppendError> {
    let invalid = |reason: String| Err(AppendError::Invalid { reason });
    if records.is_empty() {
        return invalid("the submission is empty".to_owned());
    }
    for record in records {
        if record.kind.is_empty() || record.kind.len() > MAX_KIND_BYTES {
            return invalid(format!("its kind has not 1 to {MAX_KIND_BYTES} bytes"));
        }
        if record.body.len() > MAX_BODY_BYTES {
            return invalid(format!("its body is longer than {MAX_BODY_BYTES} bytes"));
        }
        match &record.subject {
            Some(subject) if subject.is_empty() || subject.len() > MAX_SUBJECT_BYTES => {
                return invalid(format!("its subject has not 1 to {MAX_SUBJECT_BYTES} bytes"));
            }
            None if record.subject_version != 0 => {
                return invalid("it has a subject version and no subject".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}
