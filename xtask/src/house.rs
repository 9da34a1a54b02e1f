//! Where things are: the repository's root, cargo, and the built binary.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The repository's root folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A cargo command in the root, without the variables that `cargo run` and `cargo test` set for
/// the running package: build scripts that watch those would run again for nothing.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || text.starts_with("CARGO_BIN_")
            || text == "CARGO_CRATE_NAME"
        {
            command.env_remove(&name);
        }
    }
    command
}

/// `cargo metadata` of the workspace for this machine's platform.
///
/// # Errors
/// When cargo or rustc cannot be run, or cargo refuses a manifest.
pub fn metadata() -> Result<Value> {
    let out = cargo()
        .args(["metadata", "--format-version", "1", "--filter-platform", &host()?])
        .stderr(Stdio::inherit())
        .output()
        .context("run cargo metadata")?;
    ensure!(out.status.success(), "read the workspace: cargo metadata ended with {}", out.status);
    serde_json::from_slice(&out.stdout).context("read what cargo metadata printed")
}

/// Every package that is really built for this machine, tests included, as `name vVERSION`.
///
/// # Errors
/// When cargo cannot be run or refuses a manifest.
pub fn built() -> Result<BTreeSet<String>> {
    let args = ["tree", "--workspace", "--prefix", "none", "--format", "{p}"];
    let out = cargo().args(args).output().context("run cargo tree")?;
    ensure!(
        out.status.success(),
        "list what is built: cargo tree says {}",
        String::from_utf8_lossy(&out.stderr).trim()
    );
    let text = String::from_utf8_lossy(&out.stdout);
    let names = text.lines().map(|l| {
        let words: Vec<&str> = l.split_whitespace().take(2).collect();
        words.join(" ")
    });
    Ok(names.collect())
}

/// Where cargo puts what it builds.
///
/// # Errors
/// As [`metadata`].
pub fn target_dir() -> Result<PathBuf> {
    let out = cargo()
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .context("run cargo metadata")?;
    let value: Value = serde_json::from_slice(&out.stdout).context("read what cargo metadata printed")?;
    let dir = value["target_directory"].as_str().context("find target_directory in cargo metadata")?;
    Ok(dir.into())
}

/// The debug binary: the one named by `BEACONFIRE_BIN`, else one built now.
///
/// # Errors
/// When it cannot be built.
pub fn debug_binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("BEACONFIRE_BIN") {
        return Ok(path.into());
    }
    build(&["build", "--package", "beaconfire"])?;
    Ok(target_dir()?.join("debug").join(binary_name()))
}

/// The release binary, built now.
///
/// # Errors
/// When it cannot be built.
pub fn release_binary() -> Result<PathBuf> {
    build(&["build", "--release", "--package", "beaconfire"])?;
    Ok(target_dir()?.join("release").join(binary_name()))
}

/// A port on loopback that was free just now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.port())
}

/// Where a program of this name lies on the search path.
pub fn on_path(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program.as_ref())).find(|file| file.is_file())
}

/// The file name of the binary.
pub fn binary_name() -> String {
    format!("beaconfire{}", std::env::consts::EXE_SUFFIX)
}

fn build(args: &[&str]) -> Result<()> {
    let status = cargo().args(args).stdout(Stdio::null()).status().context("run cargo build")?;
    ensure!(status.success(), "build the binary: cargo {} ended with {status}", args.join(" "));
    Ok(())
}

fn host() -> Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("run rustc -vV")?;
    let text = String::from_utf8_lossy(&out.stdout);
    let line = text.lines().find_map(|l| l.strip_prefix("host: "));
    Ok(line.context("find the host triple in rustc -vV")?.to_owned())
}
