//! `cargo xtask bless`: writes the generated files anew. A test holds that they are up to date.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::house;

/// What `beaconfire generate WHAT` prints, and the file that keeps it.
pub const ARTEFACTS: [(&str, &str); 6] = [
    ("kinds", "docs/kinds.md"),
    ("config-schema", "docs/config.schema.json"),
    ("openapi", "docs/openapi.json"),
    ("cli", "docs/cli.md"),
    ("cap-rules", "docs/cap-rules.md"),
    ("cap-profiles", "docs/cap-profiles.md"),
];

/// Runs the task.
///
/// # Errors
/// When the binary cannot be built or run, or a file cannot be written.
pub fn main() -> Result<bool> {
    let binary = house::debug_binary()?;
    for (what, file) in ARTEFACTS {
        let path = house::root().join(file);
        let new = generate(&binary, what)?;
        if std::fs::read_to_string(&path).is_ok_and(|old| old == new) {
            println!("unchanged  {file}");
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        std::fs::write(&path, new).with_context(|| format!("write {file}"))?;
        println!("written    {file}");
    }
    Ok(true)
}

/// The text of one artefact, as the binary generates it, closed by exactly one line feed.
///
/// # Errors
/// When the binary cannot be run, refuses, or prints what is not UTF-8.
pub fn generate(binary: &Path, what: &str) -> Result<String> {
    let out = Command::new(binary)
        .args(["generate", what])
        .output()
        .with_context(|| format!("run {}", binary.display()))?;
    ensure!(
        out.status.success(),
        "generate {what}: {} {}",
        out.status,
        String::from_utf8_lossy(&out.stderr).trim()
    );
    let text = String::from_utf8(out.stdout).with_context(|| format!("read {what} as UTF-8"))?;
    ensure!(!text.trim().is_empty(), "generate {what}: it printed nothing");
    Ok(format!("{}\n", text.trim_end()))
}
