//! Taking a backup beside a running program.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{BackupError, BackupReport, FILES, FileReport, MANIFEST_FILE, Manifest, is_empty};
use crate::durable;
use crate::encode::hex;
use crate::error::StoreError;
use crate::hash::Sha256;
use crate::journal::{JournalBackend, SqliteJournal};
use crate::lock::make_private_folder;
use crate::sqlite::{create_private, fault};
use crate::{JOURNAL_FILE, hash};

/// Copies the data folder `dir` to the empty or new folder `to`, also while a program uses it.
pub fn backup(dir: &Path, to: &Path) -> Result<BackupReport, BackupError> {
    if !dir.join(JOURNAL_FILE).is_file() {
        return Err(BackupError::NoJournal(dir.to_owned()));
    }
    make_private_folder(to).map_err(|error| StoreError::os(to, &error))?;
    if !is_empty(to, &[])? {
        return Err(BackupError::NotEmpty(to.to_owned()));
    }
    let mut files = Vec::new();
    for name in FILES {
        let (source, copy) = (dir.join(name), to.join(name));
        if !source.is_file() {
            continue;
        }
        copy_database(&source, &copy)?;
        let (bytes, digest) = digest_file(&copy).map_err(|error| StoreError::os(&copy, &error))?;
        files.push(FileReport { name: name.to_owned(), bytes, sha256: hex(&digest) });
    }
    let journal = SqliteJournal::open_read_only(&to.join(JOURNAL_FILE))?;
    let (mode, head) = (journal.mode(), journal.head()?);
    let report = BackupReport { made_at: Timestamp::now(), mode, head, files };
    let path = to.join(MANIFEST_FILE);
    let text = serde_json::to_vec_pretty(&Manifest::of(&report))
        .map_err(|error| StoreError::io(&path.display().to_string(), error))?;
    durable::write_file(&path, &text).map_err(|error| StoreError::os(&path, &error))?;
    Ok(report)
}

fn copy_database(source: &Path, copy: &Path) -> Result<(), StoreError> {
    let (from, to) = (source.display().to_string(), copy.display().to_string());
    create_private(copy).map_err(|error| StoreError::os(copy, &error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(source, flags).map_err(fault(&from))?;
    source.busy_timeout(std::time::Duration::from_secs(10)).map_err(fault(&from))?;
    let mut target = Connection::open(copy).map_err(fault(&to))?;
    {
        let backup = Backup::new(&source, &mut target).map_err(fault(&to))?;
        // All pages in one step are one state of the file; a writer goes on in its log meanwhile.
        while backup.step(-1).map_err(fault(&to))? != StepResult::Done {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
    // One file without a log beside it, so that its digest covers all.
    target.pragma_update(None, "journal_mode", "DELETE").map_err(fault(&to))?;
    target.close().map_err(|(_, error)| fault(&to)(error))?;
    File::open(copy).and_then(|file| file.sync_all()).map_err(|error| StoreError::os(copy, &error))
}

/// Length and SHA-256 of a file.
fn digest_file(path: &Path) -> std::io::Result<(u64, [u8; 32])> {
    let mut file = File::open(path)?;
    let mut digest = hash::Sha256::new();
    let bytes = pour(&mut file, &mut digest, |_| Ok(()))?;
    Ok((bytes, digest.finish()))
}

/// Reads to the end, hashing, and hands each piece on.
pub(super) fn pour(
    from: &mut impl Read,
    digest: &mut Sha256,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        digest.update(&buffer[..count]);
        each(&buffer[..count])?;
        bytes += count as u64;
    }
}
