//! Restoring into an empty folder: nothing is called done before digests and chain hold.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use super::take::pour;
use super::{BackupError, BackupReport, FILES, FileReport, MANIFEST_FILE, Manifest, RestoreReport, is_empty};
use crate::durable;
use crate::encode::hex;
use crate::error::StoreError;
use crate::hash::Sha256;
use crate::items::Items;
use crate::journal::{JournalBackend, SqliteJournal, Verdict, verify};
use crate::lock::{FolderLock, LOCK_FILE, RESTORING_FILE};
use crate::sqlite::create_private;
use crate::{ACCOUNTS_FILE, Accounts, ITEMS_FILE, JOURNAL_FILE};

/// The largest manifest, in bytes.
const MAX_MANIFEST: u64 = 1 << 20;

/// Restores the backup `from` into the empty or new folder `to`, and proves the result against the
/// manifest and these Ed25519 public keys (none: checkpoints are held against their own key).
/// Sessions and one-time tokens are not restored; operators sign in again. A failed restore leaves
/// the folder empty, a broken-off one leaves it unusable until it is emptied.
pub fn restore(from: &Path, to: &Path, keys: &[Vec<u8>]) -> Result<RestoreReport, BackupError> {
    let backup = read_manifest(from)?;
    if !is_empty(to, &[LOCK_FILE])? {
        return Err(BackupError::NotEmpty(to.to_owned()));
    }
    let _lock = FolderLock::take_unfinished(to)?;
    let marker = to.join(RESTORING_FILE);
    durable::write_file(&marker, b"").map_err(|error| StoreError::os(&marker, &error))?;
    let outcome = fill(from, to, &backup, keys);
    if outcome.is_err() {
        empty(to)?;
    }
    std::fs::remove_file(&marker)
        .and_then(|()| durable::sync_parent(&marker))
        .map_err(|error| StoreError::os(&marker, &error))?;
    Ok(RestoreReport { backup, verdict: outcome? })
}

/// Removes what a failed restore has written; the marker stays where that fails.
fn empty(folder: &Path) -> Result<(), StoreError> {
    for name in FILES {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let path = folder.join(format!("{name}{suffix}"));
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::os(&path, &error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn fill(from: &Path, to: &Path, backup: &BackupReport, keys: &[Vec<u8>]) -> Result<Verdict, BackupError> {
    for file in &backup.files {
        copy_checked(from, to, file)?;
    }
    let journal = SqliteJournal::open_read_only(&to.join(JOURNAL_FILE))?;
    let items_path = to.join(ITEMS_FILE);
    let items = if items_path.is_file() { Some(Items::open_read_only(&items_path)?) } else { None };
    let mut verdict = verify(&journal, items.as_ref(), keys)?;
    if verdict.head != backup.head || journal.mode() != backup.mode {
        let head = hex(&backup.head.hash);
        verdict.wrong.push(format!("the manifest says head {head} and {}", backup.mode.as_str()));
    }
    if !verdict.holds() {
        return Err(BackupError::Broken(Box::new(verdict)));
    }
    let accounts_path = to.join(ACCOUNTS_FILE);
    if accounts_path.is_file() {
        Accounts::open(&accounts_path)?.end_all_sessions()?;
    }
    Ok(verdict)
}

fn read_manifest(from: &Path) -> Result<BackupReport, BackupError> {
    let no_backup = |reason: String| BackupError::NoBackup { folder: from.to_owned(), reason };
    let path = from.join(MANIFEST_FILE);
    let mut text = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(MAX_MANIFEST).read_to_end(&mut text))
        .map_err(|error| no_backup(format!("its {MANIFEST_FILE} cannot be read ({error})")))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| no_backup(format!("its {MANIFEST_FILE} is not in the known form ({error})")))?;
    manifest.report().map_err(no_backup)
}

fn copy_checked(from: &Path, to: &Path, file: &FileReport) -> Result<(), BackupError> {
    let (source, target) = (from.join(&file.name), to.join(&file.name));
    let mut digest = Sha256::new();
    let mut input = File::open(&source).map_err(|error| StoreError::os(&source, &error))?;
    let copied = create_private(&target)
        .and_then(|()| {
            let mut output = std::fs::OpenOptions::new().write(true).open(&target)?;
            let bytes = pour(&mut input, &mut digest, |piece| output.write_all(piece))?;
            output.sync_all()?;
            Ok(bytes)
        })
        .map_err(|error| StoreError::os(&target, &error))?;
    if copied != file.bytes || hex(&digest.finish()) != file.sha256 {
        let reason = format!("{} is not the file that was backed up", file.name);
        return Err(BackupError::NoBackup { folder: from.to_owned(), reason });
    }
    Ok(())
}
