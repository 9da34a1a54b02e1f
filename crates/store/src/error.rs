//! What can go wrong beneath the store, in words that say the mend.

/// A failure to keep or to read something. The text continues "failed to …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room left; nothing of the write was kept and reading goes on.
    #[error(
        "write {file}: the disk is full or its quota is reached; free some space and try again \
         (nothing of this write was kept, reading goes on)"
    )]
    DiskFull {
        /// The file that could not grow.
        file: String,
    },
    /// The operating system or the database engine refused.
    #[error("use {file}: {reason}")]
    Io {
        /// The file or folder.
        file: String,
        /// What it answered.
        reason: String,
    },
    /// The file's content cannot be read back.
    #[error("read {file}: the file is damaged ({reason}); restore it from a backup")]
    Damaged {
        /// The file.
        file: String,
        /// What was found.
        reason: String,
    },
    /// The file was written by a newer release.
    #[error(
        "open {file}: its schema {found} is newer than {known}, the newest this program knows; \
         start the newer release"
    )]
    NewerSchema {
        /// The file.
        file: String,
        /// The file's last schema step.
        found: u32,
        /// The last step this program knows.
        known: u32,
    },
    /// A schema step was applied whose text is not this program's.
    #[error(
        "open {file}: step {step} of its schema differs from this program's; open it with the \
         release that made it"
    )]
    ForeignSchema {
        /// The file.
        file: String,
        /// The step that differs.
        step: u32,
    },
    /// A journal of one mode was opened in the other.
    #[error("open {file}: it is marked {found} and cannot be opened as {wanted}; choose another data folder")]
    WrongMode {
        /// The file.
        file: String,
        /// The mark it carries.
        found: String,
        /// The mode asked for.
        wanted: String,
    },
    /// What was handed in breaks a limit or a rule of the store.
    #[error("keep {what}: {reason}")]
    Invalid {
        /// What was handed in.
        what: String,
        /// The rule it breaks.
        reason: String,
    },
}

impl StoreError {
    pub(crate) fn io(file: &str, error: impl std::fmt::Display) -> Self {
        Self::Io { file: file.to_owned(), reason: error.to_string() }
    }

    /// An operating system's error about a file.
    pub(crate) fn os(file: &std::path::Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let file = file.display().to_string();
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::DiskFull { file },
            _ => Self::Io { file, reason: error.to_string() },
        }
    }

    pub(crate) fn invalid(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { what: what.into(), reason: reason.into() }
    }

    pub(crate) fn damaged(file: &str, reason: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), reason: reason.into() }
    }
}
