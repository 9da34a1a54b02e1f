//! Reading packs: every mistake of every pack, with its place.

use super::{Mistake, Reader, read_text};
use beaconfire_core::pack::{self, Pack};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The `pack.toml` files of a folder: its own, or one in each folder below it. In the order of their names.
///
/// # Errors
/// A folder that cannot be read, or one without any pack.
pub(crate) fn find(folder: &Path) -> Result<Vec<PathBuf>, Mistake> {
    let own = folder.join("pack.toml");
    if own.is_file() {
        return Ok(vec![own]);
    }
    let entries = std::fs::read_dir(folder).map_err(|error| {
        Mistake::about(folder, format!("the folder cannot be read ({error}): check its name"))
    })?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("pack.toml")))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(Mistake::about(folder, "there is no pack in it: each pack is a folder with a pack.toml"));
    }
    Ok(found)
}

/// Reads and checks one `pack.toml`.
///
/// # Errors
/// All its mistakes.
pub(crate) fn read(path: &Path) -> Result<Pack, Vec<Mistake>> {
    let text = read_text(path).map_err(|mistake| vec![mistake])?;
    let pack = pack::parse(&text).map_err(|errors| -> Vec<Mistake> {
        errors.into_iter().map(|error| Mistake::at(path, &text, error.span, error.message)).collect()
    })?;
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    match folder {
        Some(folder) if folder != pack.name.as_str() => {
            let span = text.find("name").map_or(0..0, |at| at..at + 4);
            let message = format!(
                "the pack is named {:?} and its folder {folder:?}: give both one name",
                pack.name.as_str()
            );
            Err(vec![Mistake::at(path, &text, span, message)])
        }
        _ => Ok(pack),
    }
}

impl Reader {
    /// All packs of the configured folder.
    pub(super) fn load_packs(&mut self) -> Vec<Pack> {
        let files = match find(&self.folder.join(&self.file.packs)) {
            Ok(files) => files,
            Err(mistake) => {
                let message = format!("{}: {}", mistake.file.display(), mistake.message);
                self.wrong("packs", message);
                return Vec::new();
            }
        };
        let mut packs = Vec::new();
        for file in files {
            match read(&file) {
                Ok(pack) => packs.push(pack),
                Err(mistakes) => self.mistakes.extend(mistakes),
            }
        }
        packs
    }

    /// A rule on a source that nobody configured never speaks: worth a word, and allowed.
    pub(super) fn compare_packs_with_sources(&mut self, packs: &[Pack]) {
        let ids: BTreeSet<&str> = self.file.source.iter().map(|source| source.id.as_str()).collect();
        for pack in packs {
            let wanted: BTreeSet<&str> =
                pack.series.iter().flat_map(|rule| &rule.sources).map(String::as_str).collect();
            let missing: Vec<&str> = wanted.difference(&ids).copied().collect();
            if !missing.is_empty() {
                self.warnings.push(format!(
                    "pack {} looks at sources that are not configured: {}",
                    pack.name,
                    missing.join(", ")
                ));
            }
        }
    }
}
