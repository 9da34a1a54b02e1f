//! Backup of a data folder while it is in use, and restore on an empty one.
//!
//! The journal is copied first: an item or an observation is durable before the record that cites
//! it, so whatever the copied journal cites is in the copies made after it. Each copy is one
//! consistent state of its file. The manifest is written last; a folder without one is no backup.
//!
//! Bytes that are erased later stay in older backups: a retention policy covers both.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::journal::{Head, Mode, Verdict};
use crate::lock::LockError;
use crate::{ACCOUNTS_FILE, ITEMS_FILE, JOURNAL_FILE, OBSERVATIONS_FILE};

mod restore;
mod take;

pub use restore::restore;
pub use take::backup;

/// The files, in the order in which they are copied.
const FILES: [&str; 4] = [JOURNAL_FILE, ITEMS_FILE, OBSERVATIONS_FILE, ACCOUNTS_FILE];
const MANIFEST_FILE: &str = "manifest.json";
const FORM: u32 = 1;

/// What a backup consists of; also its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// When it was made, by the machine's clock.
    pub made_at: Timestamp,
    /// The mark of the journal.
    pub mode: Mode,
    /// Where the copied journal ends. Kept elsewhere, it proves later that nothing was cut off.
    pub head: Head,
    /// The copies.
    pub files: Vec<FileReport>,
}

/// One copied file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileReport {
    /// Its name in the data folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
}

/// What a restore has proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// The backup's manifest.
    pub backup: BackupReport,
    /// The proof of the restored journal and items.
    pub verdict: Verdict,
}

/// A backup or a restore failed. The text continues "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target holds something.
    #[error("write to {}: the folder is not empty; name an empty or a new one", .0.display())]
    NotEmpty(PathBuf),
    /// The source has no journal.
    #[error("back up {}: there is no journal in it; check the data folder's name", .0.display())]
    NoJournal(PathBuf),
    /// The source is no finished backup.
    #[error("read the backup {}: {reason}; use another backup", folder.display())]
    NoBackup {
        /// The backup's folder.
        folder: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// The restored journal or items do not hold.
    #[error("restore: the copy does not hold, nothing was kept; use another backup\n{0}")]
    Broken(Box<Verdict>),
    /// The target is in use.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The manifest as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    form: u32,
    release: String,
    made_at: Timestamp,
    mode: String,
    head_seq: u64,
    head_hash: String,
    files: Vec<FileReport>,
}

impl Manifest {
    fn of(report: &BackupReport) -> Self {
        Self {
            form: FORM,
            release: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: report.made_at,
            mode: report.mode.as_str().to_owned(),
            head_seq: report.head.seq,
            head_hash: crate::hex(&report.head.hash),
            files: report.files.clone(),
        }
    }

    /// Checks what it says; a text where it cannot be.
    fn report(self) -> Result<BackupReport, String> {
        if self.form != FORM {
            return Err(format!("its manifest has form {}, this program knows {FORM}", self.form));
        }
        let mode = Mode::from_word(&self.mode);
        let hash = crate::parse_hex32(&self.head_hash);
        let (Some(mode), Some(hash)) = (mode, hash) else {
            return Err("its manifest names no mode or no head".to_owned());
        };
        let mut names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        names.dedup();
        let known = names.iter().all(|name| FILES.contains(name));
        if !known || names.first() != Some(&JOURNAL_FILE) || names.len() != self.files.len() {
            return Err("its manifest names other files than those of a data folder".to_owned());
        }
        let head = Head { seq: self.head_seq, hash };
        Ok(BackupReport { made_at: self.made_at, mode, head, files: self.files })
    }
}

/// Whether nothing lies in a folder but what `besides` names; a missing folder is empty.
fn is_empty(folder: &Path, besides: &[&str]) -> Result<bool, StoreError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        other => other.map_err(|error| StoreError::os(folder, &error))?,
    };
    for entry in entries {
        let entry = entry.map_err(|error| StoreError::os(folder, &error))?;
        if !besides.iter().any(|name| entry.file_name() == *name) {
            return Ok(false);
        }
    }
    Ok(true)
}
