//! A track of stored answers, one a line.

use super::{Played, RecordingError};
use jiff::Timestamp;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: Timestamp,
    status: u16,
    content_type: Option<String>,
    url: Option<String>,
    #[serde(default)]
    body: String,
}

pub(super) fn read(path: &Path, source: &str, bytes: &[u8]) -> Result<Vec<Played>, RecordingError> {
    let mut played: Vec<Played> = Vec::new();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let wrong =
            |problem: String| RecordingError::Line { path: path.to_owned(), line: number + 1, problem };
        let line: Line = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
        if played.last().is_some_and(|before| before.at > line.at) {
            return Err(wrong("its `at` is before that of the line above; sort the file".to_owned()));
        }
        if !(100..600).contains(&line.status) {
            return Err(wrong(format!("the status {} is none of HTTP", line.status)));
        }
        if line.status != 200 && !line.body.is_empty() {
            return Err(wrong(format!("an answer with status {} has no body; leave it empty", line.status)));
        }
        played.push(Played {
            at: line.at,
            source: source.to_owned(),
            status: line.status,
            content_type: line.content_type,
            body: line.body.into_bytes(),
            url: line.url,
        });
    }
    Ok(played)
}
