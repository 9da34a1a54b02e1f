//! The messages that are raced over, as lists of files.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// No small message is above it, in bytes.
const SMALL: u64 = 64 << 10;

/// The lists, in a folder that goes away with them.
pub struct Corpus {
    /// Every message.
    pub all: List,
    /// Those up to 64 KiB.
    pub small: List,
    /// The largest one alone.
    pub largest: List,
    /// The smallest one alone.
    pub smallest: List,
    _folder: tempfile::TempDir,
}

/// A file with the path of one message a line.
pub struct List {
    /// Where it lies.
    pub file: PathBuf,
    /// How many messages.
    pub count: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl List {
    /// How much it is, in words.
    pub fn words(&self) -> String {
        format!("{} messages, {} bytes", self.count, self.bytes)
    }
}

impl Corpus {
    /// Lists the files of a folder.
    ///
    /// # Errors
    /// When the folder cannot be read or holds no file.
    pub fn gather(messages: &Path) -> Result<Self> {
        let mut files = Vec::new();
        let entries = std::fs::read_dir(messages).with_context(|| format!("list {}", messages.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("list {}", messages.display()))?;
            let about = entry.metadata().with_context(|| format!("look at {}", entry.path().display()))?;
            if about.is_file() {
                files.push((about.len(), entry.path()));
            }
        }
        files.sort();
        let (first, last) = files
            .first()
            .zip(files.last())
            .with_context(|| format!("find messages: {} is empty", messages.display()))?;
        let folder = tempfile::tempdir().context("make a temporary folder")?;
        let list = |name: &str, files: &[&(u64, PathBuf)]| write(&folder.path().join(name), files);
        Ok(Self {
            all: list("all", &files.iter().collect::<Vec<_>>())?,
            small: list("small", &files.iter().filter(|(bytes, _)| *bytes <= SMALL).collect::<Vec<_>>())?,
            largest: list("largest", &[last])?,
            smallest: list("smallest", &[first])?,
            _folder: folder,
        })
    }
}

fn write(file: &Path, messages: &[&(u64, PathBuf)]) -> Result<List> {
    let mut text = String::new();
    for (_, path) in messages {
        writeln!(text, "{}", path.display()).context("list the messages")?;
    }
    std::fs::write(file, text).context("write a list of messages")?;
    let bytes = messages.iter().map(|(bytes, _)| bytes).sum();
    Ok(List { file: file.to_owned(), count: messages.len(), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_at_64_kib() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("a", 10), ("b", 64 << 10), ("c", (64 << 10) + 1)] {
            std::fs::write(folder.path().join(name), vec![b'x'; bytes]).unwrap();
        }
        let corpus = Corpus::gather(folder.path()).unwrap();
        let counts = [&corpus.all, &corpus.small, &corpus.largest, &corpus.smallest].map(|l| l.count);
        assert_eq!(counts, [3, 2, 1, 1]);
        assert_eq!(corpus.largest.bytes, (64 << 10) + 1);
        assert!(std::fs::read_to_string(&corpus.smallest.file).unwrap().ends_with("a\n"));
        assert!(Corpus::gather(&folder.path().join("none")).is_err());
    }
}
