//! Which files are meant: named ones, those of a folder, stdin.

use anyhow::{Context as _, bail};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Endings of files that are taken from a folder.
const ENDINGS: [&str; 6] = ["xml", "cap", "atom", "rss", "json", "geojson"];
/// Folders inside each other that are looked into.
const MAX_DEPTH: usize = 16;

/// A file's name and bytes.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// A file that is meant.
#[derive(Debug)]
pub(super) struct Wanted(PathBuf);

impl Wanted {
    /// Its bytes; more than the reader's limit are not read to the end.
    pub(super) fn read(self) -> anyhow::Result<Input> {
        let name = self.0.display().to_string();
        let limit = beaconfire_cap::Limits::default().max_bytes as u64 + 1;
        let mut bytes = Vec::new();
        if self.0 == Path::new("-") {
            std::io::stdin().take(limit).read_to_end(&mut bytes).context("read stdin")?;
        } else {
            std::fs::File::open(&self.0)
                .and_then(|file| file.take(limit).read_to_end(&mut bytes))
                .with_context(|| format!("read {name}"))?;
        }
        Ok(Input { name, bytes })
    }
}

/// All files that are meant, folders in the order of their names.
pub(super) fn gather(paths: &[PathBuf]) -> anyhow::Result<Vec<Wanted>> {
    let mut all = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = all.len();
            walk(path, 0, &mut all)?;
            if all.len() == before {
                bail!(
                    "find messages in {}: there is no file that ends in .{}",
                    path.display(),
                    ENDINGS.join(", .")
                );
            }
        } else {
            all.push(Wanted(path.clone()));
        }
    }
    Ok(all)
}

fn walk(folder: &Path, depth: usize, all: &mut Vec<Wanted>) -> anyhow::Result<()> {
    let at = || format!("read the folder {}", folder.display());
    let mut paths = std::fs::read_dir(folder)
        .with_context(at)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .with_context(at)?;
    paths.sort();
    for path in paths {
        let ending =
            path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        if path.is_dir() && !path.is_symlink() && depth < MAX_DEPTH {
            walk(&path, depth + 1, all)?;
        } else if path.is_file() && ENDINGS.contains(&ending.as_str()) {
            all.push(Wanted(path));
        }
    }
    Ok(())
}
