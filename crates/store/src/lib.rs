//! What is kept: journal, items, observations, accounts.
//!
//! The only crate that knows SQL and the files of a data folder:
//!
//! | file | what | opened by |
//! |---|---|---|
//! | `LOCK` | one process at a time | [`FolderLock`] |
//! | `journal.sqlite` | every decision, hash-chained | [`journal::SqliteJournal`] |
//! | `items.sqlite` | original bytes, receipts, cursors | [`Items`] |
//! | `observations.sqlite` | numbers of series, and batches not yet judged | [`Observations`] |
//! | `accounts.sqlite` | operators, sessions, tokens of programs | [`Accounts`] |
//!
//! Everything here blocks; callers use a thread. What a record means is not known here.
//!
//! ```
//! use beaconfire_store::{FolderLock, GroupCommit, JOURNAL_FILE, Mode, NewRecord, SqliteJournal};
//! # let temporary = tempfile::tempdir()?;
//! # let dir = temporary.path();
//! let lock = FolderLock::take(dir)?;
//! let journal = SqliteJournal::open(&dir.join(JOURNAL_FILE), Mode::Exercise)?;
//! let reader = journal.reader()?;
//! let group = GroupCommit::start(Box::new(journal), |durable| {
//!     println!("records {} to {} are durable", durable.first_seq, durable.last_seq);
//! })?;
//! let appended = group.submit(vec![NewRecord {
//!     at: "2026-11-21T12:00:00Z".parse()?,
//!     kind: "incident-opened".into(),
//!     version: 1,
//!     subject: Some("inc-1".into()),
//!     subject_version: 1,
//!     body: br#"{"hazard":"flood"}"#.to_vec(),
//! }])?;
//! assert_eq!(appended.last_seq, 1);
//! let verdict = beaconfire_store::verify(&reader, None, &[])?;
//! assert!(verdict.holds(), "{verdict}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod accounts;
pub mod durable;
pub mod journal;

mod backup;
mod encode;
mod error;
mod hash;
mod items;
mod lock;
mod migrate;
mod observations;
mod published;
mod signer;
mod sqlite;

pub use accounts::{Account, Accounts, ApiToken, NewAccount, NewToken, Session, SessionLimits, SignInError};
pub use backup::{BackupError, BackupReport, FileReport, RestoreReport, backup, restore};
pub use encode::{hex, parse_hex32};
pub use error::StoreError;
pub use items::{Item, ItemId, Items, MAX_ITEM_BYTES, NewItem, Put, Receipt};
pub use journal::{
    AppendError, Appended, Checkpoint, GroupCommit, Head, JournalBackend, Mode, NewRecord, Record,
    SqliteJournal, Verdict, verify,
};
pub use lock::{FolderLock, LockError};
pub use observations::{Committed, IntakeBatch, MAX_BATCH, Observation, Observations, Point, Revision};
pub use published::{Published, Publishing};
pub use signer::{Ed25519Signer, KeyError, Signer};

/// The journal's file in a data folder.
pub const JOURNAL_FILE: &str = "journal.sqlite";
/// The items' file in a data folder.
pub const ITEMS_FILE: &str = "items.sqlite";
/// The observations' file in a data folder.
pub const OBSERVATIONS_FILE: &str = "observations.sqlite";
/// The folder of published messages in a data folder.
pub const PUBLISHED_FOLDER: &str = "published";
/// The accounts' file in a data folder.
pub const ACCOUNTS_FILE: &str = "accounts.sqlite";
