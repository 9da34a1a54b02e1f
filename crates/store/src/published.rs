//! What the public feed and file channels hold: one file a message, its exact bytes, written whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::durable;
use crate::encode::hex;
use crate::error::StoreError;
use crate::hash::sha256;

/// The folder of published messages: `DIR/<channel>/<sha256 of the identifier>.xml`. A message is
/// never changed and never removed here; what is old is left out by those who read.
#[derive(Debug, Clone)]
pub struct Published {
    folder: PathBuf,
}

/// What came of publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    /// It is there now.
    New,
    /// The same bytes were there already.
    Known,
}

impl Published {
    /// The folder, made where it is missing.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::io(&folder.display().to_string(), error))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Publishes a message, durable when this returns. The same bytes again do nothing; others
    /// under the same identifier are refused.
    pub fn put(&self, channel: &str, identifier: &str, bytes: &[u8]) -> Result<Publishing, StoreError> {
        let path = self.path(channel, identifier);
        let fault = |error: std::io::Error| StoreError::io(&path.display().to_string(), error);
        match std::fs::read(&path) {
            Ok(kept) if kept == bytes => return Ok(Publishing::Known),
            Ok(_) => {
                let reason = "other bytes are published under this identifier".to_owned();
                return Err(StoreError::invalid(format!("message {identifier}"), reason));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(fault(error)),
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fault)?;
        }
        durable::replace_file(&path, bytes).map_err(fault)?;
        Ok(Publishing::New)
    }

    /// One message of a channel.
    pub fn get(&self, channel: &str, identifier: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(channel, &name_of(identifier))
    }

    /// The names of a channel's messages here, each of one that never changes; sorted.
    pub fn names(&self, channel: &str) -> Result<BTreeSet<String>, StoreError> {
        let folder = self.folder.join(plain(channel));
        let fault = |error: std::io::Error| StoreError::io(&folder.display().to_string(), error);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(fault(error)),
        };
        let mut names = BTreeSet::new();
        for entry in entries {
            let name = entry.map_err(fault)?.file_name().to_string_lossy().into_owned();
            names.extend(name.strip_suffix(".xml").map(str::to_owned));
        }
        Ok(names)
    }

    /// One message of a channel by its name here; none where it is gone.
    pub fn read(&self, channel: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.folder.join(plain(channel)).join(format!("{name}.xml"));
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io(&path.display().to_string(), error)),
        }
    }

    fn path(&self, channel: &str, identifier: &str) -> PathBuf {
        self.folder.join(plain(channel)).join(format!("{}.xml", name_of(identifier)))
    }
}

/// A message's name here, whatever its identifier holds.
fn name_of(identifier: &str) -> String {
    hex(&sha256(identifier.as_bytes()))
}

/// A channel's name as a folder's: nothing that leads elsewhere.
fn plain(channel: &str) -> String {
    channel.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_published_once_and_never_changed() {
        let dir = tempfile::tempdir().unwrap();
        let published = Published::open(dir.path()).unwrap();
        assert_eq!(published.put("feed", "a/../b", b"<alert/>").unwrap(), Publishing::New);
        assert_eq!(published.put("feed", "a/../b", b"<alert/>").unwrap(), Publishing::Known);
        assert!(published.put("feed", "a/../b", b"<other/>").is_err());
        assert_eq!(published.get("feed", "a/../b").unwrap().unwrap(), b"<alert/>");
        let names = published.names("feed").unwrap();
        let read = published.read("feed", names.first().unwrap()).unwrap().unwrap();
        assert_eq!(
            (names.len(), read.as_slice()),
            (1, &b"<alert/>"[..]),
            "the very bytes, for who takes files"
        );
        assert!(published.names("none").unwrap().is_empty());
    }
}
