//! Local files and folders as sources.

use super::{Outcome, Request};
use crate::source::listing;
use jiff::Timestamp;
use std::io;
use std::path::Path;
use tokio::io::AsyncReadExt as _;

/// Files looked at in one folder.
const MAX_FILES: usize = 100_000;

/// Reads a file, or lists a folder.
pub(super) async fn poll(path: &Path, request: &Request) -> Outcome {
    match read(path, request).await {
        Ok(outcome) => outcome,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Outcome::Refused { status: 403 },
        Err(error) => {
            let words = format!("read {}: {error}; check the path", path.display());
            Outcome::Failed { words, retry_after: None }
        }
    }
}

async fn read(path: &Path, request: &Request) -> io::Result<Outcome> {
    let limit = request.max_bytes;
    let metadata = tokio::fs::metadata(path).await?;
    if metadata.is_dir() {
        return list(path, request).await;
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is neither a file nor a folder"));
    }
    let etag = format!("{}-{}", changed(&metadata)?.as_nanosecond(), metadata.len());
    if request.etag.as_ref() == Some(&etag) {
        return Ok(Outcome::NotModified);
    }
    if metadata.len() > limit as u64 {
        return Ok(Outcome::TooLarge { limit });
    }
    // A file may grow while it is read.
    let mut bytes = Vec::new();
    tokio::fs::File::open(path).await?.take(limit as u64 + 1).read_to_end(&mut bytes).await?;
    if bytes.len() > limit {
        return Ok(Outcome::TooLarge { limit });
    }
    Ok(Outcome::Body { bytes, content_type: None, etag: Some(etag), last_modified: None })
}

/// The folder's alert files, as a listing that the kind follows.
async fn list(path: &Path, request: &Request) -> io::Result<Outcome> {
    let mut folder = tokio::fs::read_dir(path).await?;
    let mut files = Vec::new();
    let mut seen = 0;
    while let Some(entry) = folder.next_entry().await? {
        seen += 1;
        if seen > MAX_FILES {
            return Err(io::Error::other(format!(
                "it holds more than {MAX_FILES} files; move old ones away"
            )));
        }
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Hidden files are being written; the writer renames them.
        if name.starts_with('.') || !listing::is_alert_file(&name) || name.contains(['\t', '\n']) {
            continue;
        }
        let metadata = entry.metadata().await?;
        if metadata.is_file() {
            files.push((changed(&metadata)?, name));
        }
    }
    files.sort();
    let text = listing::write(files.iter().map(|(changed, name)| (*changed, name.as_str())));
    let etag = beaconfire_core::sha256_hex(text.as_bytes());
    if request.etag.as_ref() == Some(&etag) {
        return Ok(Outcome::NotModified);
    }
    Ok(Outcome::Body {
        bytes: text.into_bytes(),
        content_type: Some("text/plain".to_owned()),
        etag: Some(etag),
        last_modified: None,
    })
}

fn changed(metadata: &std::fs::Metadata) -> io::Result<Timestamp> {
    Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)
}
