//! One process at a time in a data folder, held by a lock on its file `LOCK`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The file that is locked.
pub(crate) const LOCK_FILE: &str = "LOCK";
/// Lies in a data folder while a restore fills it.
pub(crate) const RESTORING_FILE: &str = "RESTORING";

/// A data folder could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error(
        "use the data folder {}: another process{} is using it; stop that one or choose another folder",
        folder.display(),
        owner.map(|pid| format!(" (number {pid})")).unwrap_or_default()
    )]
    Taken {
        /// The folder.
        folder: PathBuf,
        /// The other's process number, where it could be read.
        owner: Option<u32>,
    },
    /// A restore into it was broken off.
    #[error(
        "use the data folder {}: a restore into it was broken off; empty it and restore again",
        folder.display()
    )]
    Unfinished {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder or its lock file could not be made.
    #[error("use the data folder {}: {source}; check that it is a folder you may write to", folder.display())]
    Io {
        /// The folder.
        folder: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
}

/// The right to a data folder; given back when dropped or when the process ends.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    // Open as long as the lock is held.
    _file: File,
}

impl FolderLock {
    /// Makes the folder (mode 0700) where it is missing and takes it.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let lock = Self::take_unfinished(folder)?;
        if folder.join(RESTORING_FILE).exists() {
            return Err(LockError::Unfinished { folder: folder.to_owned() });
        }
        Ok(lock)
    }

    /// Takes the folder even where a restore was broken off.
    pub(crate) fn take_unfinished(folder: &Path) -> Result<Self, LockError> {
        let io = |source| LockError::Io { folder: folder.to_owned(), source };
        make_private_folder(folder).map_err(io)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(LOCK_FILE))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let owner = read_owner(&mut file);
                return Err(LockError::Taken { folder: folder.to_owned(), owner });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        write_owner(&mut file).map_err(io)?;
        Ok(Self { folder: folder.to_owned(), _file: file })
    }

    /// The folder that is held.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Makes a folder and those above it, readable by its owner alone.
pub(crate) fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn read_owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

// Only a hint for the other's error message, so it is not made durable.
fn write_owner(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_once_and_free_again_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let held = FolderLock::take(&path).unwrap();
        let refused = FolderLock::take(&path).unwrap_err();
        let LockError::Taken { owner, .. } = &refused else { panic!("{refused}") };
        assert_eq!(*owner, Some(std::process::id()));
        assert!(refused.to_string().contains("choose another folder"), "{refused}");
        drop(held);
        FolderLock::take(&path).unwrap();
    }

    #[test]
    fn a_file_is_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"x").unwrap();
        assert!(matches!(FolderLock::take(&path), Err(LockError::Io { .. })));
    }
}
