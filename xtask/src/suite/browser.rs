//! The browser tests under `e2e/`, run by Node against the built binary in a real Chromium.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::ensure;

use super::skips::Skips;
use super::tally::{self, Tally};
use super::{echo, heading, judge};
use crate::house;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Runs the browser tests, or notes in words what is missing to run them.
pub fn run(binary: &Path, skips: &mut Skips) -> Tally {
    heading("browser tests");
    let chromium = match needed() {
        Ok(chromium) => chromium,
        Err(words) => {
            skips.note(words);
            return Tally::default();
        }
    };
    if let Err(e) = install() {
        eprintln!("browser tests: failed to {e:#}");
        return Tally::failed(1);
    }
    let mut command = Command::new("npm");
    command
        .args(["test", "--silent"])
        .current_dir(house::root().join("e2e"))
        .env("BEACONFIRE_BIN", binary)
        .env("BEACONFIRE_CHROMIUM", chromium);
    match echo::run(&mut command) {
        Ok(heard) => judge(&heard, tally::node),
        Err(e) => {
            eprintln!("browser tests: failed to {e:#}");
            Tally::failed(1)
        }
    }
}

/// The browser, or what has to be installed.
fn needed() -> Result<PathBuf, &'static str> {
    if house::on_path("node").is_none() || house::on_path("npm").is_none() {
        return Err("browser tests: Node.js is not here: install Node.js 20.19 or later with npm");
    }
    let named = std::env::var_os("BEACONFIRE_CHROMIUM").map(PathBuf::from);
    let found = named.filter(|path| path.is_file()).or_else(|| BROWSERS.iter().find_map(house::on_path));
    found.ok_or(
        "browser tests: Chromium is not here: install it (Debian: apt install chromium), or name it in BEACONFIRE_CHROMIUM",
    )
}

/// Fetches the packages of the lockfile when they are missing or older than it.
fn install() -> anyhow::Result<()> {
    let e2e = house::root().join("e2e");
    let wanted = modified(&e2e.join("package-lock.json"));
    let have = modified(&e2e.join("node_modules/.package-lock.json"));
    if have.is_some() && have >= wanted {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]).current_dir(&e2e);
    let heard = echo::run(&mut command)?;
    ensure!(heard.success, "fetch the packages of e2e/package-lock.json: see npm's words above");
    Ok(())
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|m| m.modified()).ok()
}
