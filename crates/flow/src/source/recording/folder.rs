//! A folder of payloads of one source.

use super::{Budget, Played, RecordingError};
use crate::source::{Kind, Options};
use jiff::Timestamp;
use std::path::Path;

pub(super) fn read(
    dir: &Path,
    source: &str,
    kind: &Kind,
    options: &Options,
    budget: &mut Budget,
) -> Result<Vec<Played>, RecordingError> {
    let io = |error| RecordingError::Io { path: dir.to_owned(), error };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let entry = entry.map_err(io)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.file_type().map_err(io)?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let mut played: Vec<(Option<Timestamp>, Vec<u8>)> = Vec::new();
    for path in paths {
        let body = budget.read(&path)?;
        let newest = (kind.parse)(options, &body).ok().and_then(|parsed| parsed.newest);
        played.push((newest, body));
    }
    // What says no time, unreadable answers among them, comes with the one before it.
    let Some(mut now) = played.iter().find_map(|(newest, _)| *newest) else {
        return Ok(Vec::new());
    };
    Ok(played
        .into_iter()
        .map(|(newest, body)| {
            now = now.max(newest.unwrap_or(now));
            Played { at: now, source: source.to_owned(), status: 200, content_type: None, body, url: None }
        })
        .collect())
}
