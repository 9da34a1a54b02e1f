//! The one place where something becomes durable, counted, so that crash tests can stop the
//! process right after each such moment.
//!
//! Every transaction of this crate ends in `commit` and every file that is not a database is
//! written by `write_file`; a test of this crate holds that.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

static COUNT: AtomicU64 = AtomicU64::new(0);
static CRASH_AT: AtomicU64 = AtomicU64::new(0);

/// How many durable writes this process has made.
pub fn count() -> u64 {
    COUNT.load(Ordering::SeqCst)
}

/// Aborts the process right after its `k`-th durable write from its start; 0 means never.
pub fn set_crash_at(k: u64) {
    CRASH_AT.store(k, Ordering::SeqCst);
}

/// Ends a transaction. When this returns `Ok` the disk has it.
pub(crate) fn commit(transaction: rusqlite::Transaction<'_>) -> rusqlite::Result<()> {
    transaction.commit()?;
    note();
    Ok(())
}

/// Writes a new file whole, with its folder's entry. Fails where the file is already there.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_parent(path)?;
    note();
    Ok(())
}

/// Writes a file whole under another name and moves it into place: a reader sees all of it or none.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    sync_parent(path)?;
    note();
    Ok(())
}

/// Makes the entry of `path` in its folder durable.
pub(crate) fn sync_parent(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

fn note() {
    let made = COUNT.fetch_add(1, Ordering::SeqCst) + 1;
    if made == CRASH_AT.load(Ordering::SeqCst) {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// A commit elsewhere would be one that no crash test can stop at.
    #[test]
    fn nothing_becomes_durable_but_here() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        assert!(files.len() > 20);
        let calls = [".comm", "it()"].concat();
        let found: Vec<_> = files
            .iter()
            .filter(|path| std::fs::read_to_string(path).unwrap().contains(&calls))
            .map(|path| path.file_name().unwrap())
            .collect();
        assert_eq!(found, ["durable.rs"]);
    }

    fn sources(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
}
