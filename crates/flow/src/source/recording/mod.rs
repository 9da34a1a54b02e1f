//! Stored answers, played in the order of their times.
//!
//! A recording is a folder with a `recording.toml` that names a file for each source: `rows`, a CSV of
//! numbers cut into one answer a step, or `payloads`, one stored answer a line. A folder without that file
//! can be played as answers of one source ([`Recording::open_folder`]).

mod folder;
mod payloads;
mod rows;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Bytes of all files of a recording: they are held in memory.
const MAX_BYTES: u64 = 512 << 20;

/// One stored answer, at the river time from which a source gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// River time.
    pub at: Timestamp,
    /// The source.
    pub source: String,
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: Option<String>,
    /// The body; empty unless the status is 200.
    pub body: Vec<u8>,
    /// The address, where it is not the source's own: a document that a feed links to.
    pub url: Option<String>,
}

/// A recording, open.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    title: String,
    start: Timestamp,
    end: Timestamp,
    played: Vec<Played>,
}

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// A file or folder that cannot be read.
    #[error("read {path}: {error}; check the folder of the recording")]
    Io {
        /// Its path.
        path: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
    /// More than can be held.
    #[error(
        "open the recording in {path}: it has more than {limit} bytes; record fewer sources or less time"
    )]
    TooLarge {
        /// The folder.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// A `recording.toml` that says what cannot be.
    #[error("read {path}: {problem}")]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and the mend.
        problem: String,
    },
    /// A line that cannot be played.
    #[error("read {path}, line {line}: {problem}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and the mend.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default)]
    #[allow(dead_code, reason = "for people; named so that it is no unknown key")]
    note: String,
    start: Timestamp,
    end: Timestamp,
    track: Vec<Track>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Track {
    source: String,
    form: Form,
    file: String,
    /// Length of a step, such as `15m`.
    step: Option<SignedDuration>,
    /// From a row's time to its release.
    latency: Option<SignedDuration>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Rows,
    Payloads,
}

impl Recording {
    /// Opens the folder of a `recording.toml`.
    ///
    /// # Errors
    /// If a file cannot be read, is too large, or says what cannot be played.
    pub fn open(dir: &Path) -> Result<Self, RecordingError> {
        let path = dir.join("recording.toml");
        let mut budget = Budget::new(dir);
        let bytes = budget.read(&path)?;
        let wrong = |problem: String| RecordingError::Toml { path: path.clone(), problem };
        let text = std::str::from_utf8(&bytes).map_err(|error| wrong(error.to_string()))?;
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if file.end <= file.start {
            return Err(wrong(format!("end {} is not after start {}", file.end, file.start)));
        }
        let mut played = Vec::new();
        for track in &file.track {
            let known = file.track.iter().filter(|other| other.source == track.source).count();
            if known > 1 {
                return Err(wrong(format!("two tracks play the source {:?}; join them", track.source)));
            }
            if track.file.contains(['/', '\\']) || track.file.starts_with('.') {
                return Err(wrong(format!("the file {:?} must lie in the folder itself", track.file)));
            }
            let path = dir.join(&track.file);
            let bytes = budget.read(&path)?;
            let mut items = match (track.form, track.step) {
                (Form::Payloads, None) if track.latency.is_none() => {
                    payloads::read(&path, &track.source, &bytes)?
                }
                (Form::Rows, Some(step)) if step.is_positive() => {
                    let latency = track.latency.unwrap_or_default();
                    rows::read(&path, &track.source, &bytes, &rows::Cut { start: file.start, step, latency })?
                }
                (Form::Rows, _) => {
                    return Err(wrong(format!("the track {:?} needs a step, such as \"15m\"", track.source)));
                }
                (Form::Payloads, _) => {
                    return Err(wrong(format!(
                        "step and latency of {:?} belong to rows; remove them",
                        track.source
                    )));
                }
            };
            played.append(&mut items);
        }
        played.retain(|item| item.at <= file.end);
        Ok(Self::sorted(file.title, file.start, file.end, played))
    }

    /// Opens a folder of payloads of one source: every file, in the order of names, is an answer at its own
    /// newest time, never before the one before it.
    ///
    /// # Errors
    /// If a file cannot be read, the folder is too large, or no file says a time.
    pub fn open_folder(
        dir: &Path,
        source: &str,
        kind: &super::Kind,
        options: &super::Options,
    ) -> Result<Self, RecordingError> {
        let played = folder::read(dir, source, kind, options, &mut Budget::new(dir))?;
        let (Some(first), Some(last)) = (played.first(), played.last()) else {
            let problem =
                format!("no file is a readable answer of kind {}; check kind and folder", kind.name);
            return Err(RecordingError::Toml { path: dir.to_owned(), problem });
        };
        let (start, end) = (first.at, last.at);
        Ok(Self::sorted(source.to_owned(), start, end, played))
    }

    fn sorted(title: String, start: Timestamp, end: Timestamp, mut played: Vec<Played>) -> Self {
        // The sort is stable: what has the same time stays in the order of tracks, then of lines.
        played.sort_by_key(|item| item.at);
        Self { title, start, end, played }
    }

    /// What it is, in words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// River time at which playing begins.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// River time at which it ends.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// How many answers it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.played.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.played.is_empty()
    }

    /// Its answers in the order of time; of the same time in the order of tracks.
    pub fn iter(&self) -> std::slice::Iter<'_, Played> {
        self.played.iter()
    }

    /// The document at `url` as it was at `now`: what a linked address answers.
    #[must_use]
    pub fn document(&self, url: &str, now: Timestamp) -> Option<&Played> {
        self.played.iter().rev().find(|item| item.at <= now && item.url.as_deref() == Some(url))
    }
}

impl<'r> IntoIterator for &'r Recording {
    type Item = &'r Played;
    type IntoIter = std::slice::Iter<'r, Played>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Recording {
    type Item = Played;
    type IntoIter = std::vec::IntoIter<Played>;

    fn into_iter(self) -> Self::IntoIter {
        self.played.into_iter()
    }
}

/// Reads files until they are too many bytes.
struct Budget {
    dir: PathBuf,
    left: u64,
}

impl Budget {
    fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), left: MAX_BYTES }
    }

    fn read(&mut self, path: &Path) -> Result<Vec<u8>, RecordingError> {
        let io = |error| RecordingError::Io { path: path.to_owned(), error };
        let length = std::fs::metadata(path).map_err(io)?.len();
        let too_large = || RecordingError::TooLarge { path: self.dir.clone(), limit: MAX_BYTES };
        self.left = self.left.checked_sub(length).ok_or_else(too_large)?;
        std::fs::read(path).map_err(io)
    }
}

#[cfg(test)]
mod tests;
