//! The files of the tree: what git tracks or would track.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::house;

/// One file.
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// Its text; empty when it is not UTF-8.
    pub text: String,
}

impl File {
    /// Whether the name ends in one of these extensions, without the dot.
    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        let extension = Path::new(&self.path).extension().and_then(|e| e.to_str());
        extension.is_some_and(|e| extensions.contains(&e))
    }

    /// Whether the file holds only tests, by its place or name.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let stem = name.strip_suffix(".rs").unwrap_or(name);
        self.path.split('/').any(|part| part == "tests" || part == "benches")
            || stem == "tests"
            || stem.ends_with("_tests")
            || self.path.starts_with("e2e/")
    }

    /// Whether it was written by hand: not a lockfile, a recorded sample or a generated page.
    pub fn is_by_hand(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        !matches!(name, "Cargo.lock" | "package-lock.json")
            && !self.path.starts_with("samples/")
            && !self.path.starts_with("docs/")
            && !self.path.contains("/fixtures/")
            && !self.path.starts_with("fuzz/corpus/")
    }
}

/// Every tracked file and every new one that git does not ignore, in order of path.
///
/// # Errors
/// When git cannot list them.
pub fn files() -> Result<Vec<File>> {
    let root = house::root();
    let out = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .context("run git ls-files; is git installed?")?;
    ensure!(out.status.success(), "list the files: git says {}", String::from_utf8_lossy(&out.stderr).trim());
    let list = String::from_utf8_lossy(&out.stdout).into_owned();
    let mut paths: Vec<&str> = list.split('\0').filter(|p| !p.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    // A file deleted but still in the index has nothing to check.
    let files = paths.into_iter().filter(|p| root.join(p).is_file()).map(|path| {
        let bytes = std::fs::read(root.join(path)).unwrap_or_default();
        File { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() }
    });
    Ok(files.collect())
}
