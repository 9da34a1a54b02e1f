//! The sink's log: one JSON line a message, on the disk before it is answered.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why the log cannot be used. The text continues "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The operating system refused.
    #[error("use {file}: {reason}; choose another file with --log")]
    Io {
        /// The log.
        file: PathBuf,
        /// What it answered.
        reason: String,
    },
    /// A line is not what this program writes.
    #[error("read {file}, line {line}: {reason}; move the file away, or choose another with --log")]
    Line {
        /// The log.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Another sink writes to it.
    #[error("use {file}: another sink writes to it; stop that one, or choose another with --log")]
    Busy {
        /// The log.
        file: PathBuf,
    },
}

/// One message that was taken.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    /// The job.
    pub(super) key: String,
    /// SHA-256 of the bytes, hex.
    pub(super) digest: String,
    /// CAP identifier.
    pub(super) identifier: String,
    /// By the host's clock.
    pub(super) at: Timestamp,
    /// How many bytes there were.
    pub(super) bytes: usize,
    /// The bytes as text.
    pub(super) body: String,
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Written.
    First,
    /// Known already.
    Repeat,
    /// The key is known with this other digest.
    Other(String),
}

/// The log, open for writing.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    /// The length that is known to be good.
    length: u64,
    taken: HashMap<String, String>,
}

impl Log {
    /// Opens the log, or makes it. A last line without its end was never answered and is cut off.
    pub(super) fn open(path: &Path) -> Result<Self, SinkError> {
        let io = |error: std::io::Error| SinkError::Io { file: path.to_owned(), reason: error.to_string() };
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(SinkError::Busy { file: path.to_owned() });
            }
            Err(std::fs::TryLockError::Error(error)) => return Err(io(error)),
        }
        let mut log = Self { path: path.to_owned(), file, length: 0, taken: HashMap::new() };
        log.read()?;
        log.file.set_len(log.length).map_err(io)?;
        log.file.sync_all().map_err(io)?;
        if let Some(folder) = path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
        }
        Ok(log)
    }

    fn read(&mut self) -> Result<(), SinkError> {
        let io = |error: std::io::Error| SinkError::Io { file: self.path.clone(), reason: error.to_string() };
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(0)).map_err(io)?;
        let (mut bytes, mut number) = (Vec::new(), 0);
        loop {
            bytes.clear();
            let length = reader.read_until(b'\n', &mut bytes).map_err(io)?;
            if bytes.last() != Some(&b'\n') {
                return Ok(());
            }
            number += 1;
            let line: Line = serde_json::from_slice(&bytes).map_err(|error| SinkError::Line {
                file: self.path.clone(),
                line: number,
                reason: error.to_string(),
            })?;
            self.taken.insert(line.key, line.digest);
            self.length += length as u64;
        }
    }

    /// Writes a message where its key is new. When this returns the disk has it.
    pub(super) fn take(&mut self, line: &Line) -> Result<Outcome, SinkError> {
        match self.taken.get(&line.key) {
            Some(kept) if *kept == line.digest => return Ok(Outcome::Repeat),
            Some(kept) => return Ok(Outcome::Other(kept.clone())),
            None => {}
        }
        let io = |error: std::io::Error| SinkError::Io { file: self.path.clone(), reason: error.to_string() };
        let mut text = serde_json::to_vec(line).map_err(|error| io(error.into()))?;
        text.push(b'\n');
        // What an earlier failure left half written is cut off first.
        self.file.set_len(self.length).map_err(io)?;
        self.file.write_all(&text).and_then(|()| self.file.sync_data()).map_err(io)?;
        self.length += text.len() as u64;
        self.taken.insert(line.key.clone(), line.digest.clone());
        Ok(Outcome::First)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(key: &str, digest: &str) -> Line {
        Line {
            key: key.to_owned(),
            digest: digest.to_owned(),
            identifier: "id".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            bytes: 2,
            body: "<é".to_owned(),
        }
    }

    #[test]
    fn a_sink_acts_once_on_a_key_also_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sink.ndjson");
        {
            let mut log = Log::open(&path).expect("it opens");
            assert_eq!(log.take(&line("a", "1")).expect("it writes"), Outcome::First);
            assert_eq!(log.take(&line("a", "1")).expect("it writes"), Outcome::Repeat);
            assert!(matches!(Log::open(&path), Err(SinkError::Busy { .. })));
        }
        let mut log = Log::open(&path).expect("it opens again");
        assert_eq!(log.take(&line("a", "1")).expect("it writes"), Outcome::Repeat);
        assert_eq!(log.take(&line("a", "2")).expect("it writes"), Outcome::Other("1".to_owned()));
        assert_eq!(log.take(&line("b", "2")).expect("it writes"), Outcome::First);
        let text = std::fs::read_to_string(&path).expect("it reads");
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sink.ndjson");
        Log::open(&path).expect("it opens").take(&line("a", "1")).expect("it writes");
        let whole = std::fs::read(&path).expect("it reads");
        std::fs::write(&path, [whole.as_slice(), b"{\"key\":\"b\""].concat()).expect("it writes");
        let mut log = Log::open(&path).expect("it opens");
        assert_eq!(log.take(&line("b", "2")).expect("it writes"), Outcome::First);
        drop(log);
        assert_eq!(std::fs::read_to_string(&path).expect("it reads").lines().count(), 2);
        std::fs::write(&path, b"rubbish\n").expect("it writes");
        assert!(matches!(Log::open(&path), Err(SinkError::Line { line: 1, .. })));
    }
}
