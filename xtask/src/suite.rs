//! `cargo xtask test`: every check there is, in one order, closed by one line of counts.
//!
//! A step that fails does not hide the later ones. The last line on stdout is exactly
//! `N passed, N failed, N skipped`.

pub mod browser;
pub mod echo;
pub mod skips;
pub mod tally;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::house;
use echo::Heard;
use skips::Skips;
use tally::Tally;

/// Runs the task. The answer is whether nothing failed.
///
/// # Errors
/// On an unknown option, or when no temporary folder can be made.
pub fn main(args: &[&str]) -> Result<bool> {
    let quick = match args {
        [] => false,
        ["--quick"] => true,
        other => bail!("read the options of `test`: {} is not one, only --quick is", other.join(" ")),
    };
    let scratch = tempfile::tempdir().context("make a temporary folder")?;
    let suite = Suite {
        binary: house::target_dir()?.join("debug").join(house::binary_name()),
        skip_log: scratch.path().join("skipped.txt"),
    };
    let total = suite.run(quick);
    println!("{total}");
    Ok(total.failed == 0)
}

/// Features that are off where one only builds, and on where everything is tested.
const FEATURES: &str = "beaconfire/parquet";

struct Suite {
    binary: PathBuf,
    skip_log: PathBuf,
}

impl Suite {
    fn run(&self, quick: bool) -> Tally {
        let mut total = Tally::default();
        total += self.check("format", &["fmt", "--all", "--check"]);
        total += self.check(
            "lints",
            &["clippy", "--workspace", "--features", FEATURES, "--all-targets", "--", "-D", "warnings"],
        );
        total += self.check("build", &["build", "--workspace", "--features", FEATURES]);
        let (tests, mut skips) = self.tests();
        total += tests;
        if quick {
            skips.note("doctests: left out by --quick");
            skips.note("browser tests: left out by --quick");
        } else {
            total += self.doctests();
            total += browser::run(&self.binary, &mut skips);
        }
        total.move_to_skipped(skips.of_tests);
        total.skipped += skips.of_steps;
        for line in &skips.lines {
            println!("{line}");
        }
        total
    }

    /// A step that passes or fails as a whole.
    fn check(&self, name: &str, args: &[&str]) -> Tally {
        heading(name);
        match self.heard(house::cargo().args(args)) {
            Some(heard) if heard.success => Tally::passed(1),
            _ => {
                eprintln!("{name}: failed: cargo {}", args.join(" "));
                Tally::failed(1)
            }
        }
    }

    fn tests(&self) -> (Tally, Skips) {
        heading("tests");
        if has_nextest() { self.by_nextest() } else { self.by_cargo_test() }
    }

    fn by_nextest(&self) -> (Tally, Skips) {
        let report = report_path();
        // A report of an earlier run must not be read as this one's.
        let _ = std::fs::remove_file(&report);
        let args =
            ["nextest", "run", "--workspace", "--features", FEATURES, "--no-fail-fast", "--no-tests", "pass"];
        let tally = self.counted(&args, tally::nextest);
        let captured = skips::in_report(&std::fs::read_to_string(&report).unwrap_or_default());
        (tally, Skips::gather(captured, &self.skip_log))
    }

    fn by_cargo_test(&self) -> (Tally, Skips) {
        println!("cargo-nextest is not installed: `cargo test` runs the tests");
        let args = [
            "test",
            "--workspace",
            "--features",
            FEATURES,
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
            "--",
            "--show-output",
        ];
        let Some(heard) = self.heard(house::cargo().args(args)) else {
            return (Tally::failed(1), Skips::default());
        };
        let captured = skips::in_output(&heard.text);
        (judge(&heard, tally::libtest), Skips::gather(captured, &self.skip_log))
    }

    fn doctests(&self) -> Tally {
        heading("doctests");
        self.counted(
            &["test", "--workspace", "--features", FEATURES, "--doc", "--no-fail-fast"],
            tally::libtest,
        )
    }

    fn counted(&self, args: &[&str], read: fn(&str) -> Option<Tally>) -> Tally {
        match self.heard(house::cargo().args(args)) {
            Some(heard) => judge(&heard, read),
            None => Tally::failed(1),
        }
    }

    fn heard(&self, command: &mut Command) -> Option<Heard> {
        command.env("BEACONFIRE_BIN", &self.binary).env("BEACONFIRE_SKIP_LOG", &self.skip_log);
        match echo::run(command) {
            Ok(heard) => Some(heard),
            Err(e) => {
                eprintln!("failed to {e:#}");
                None
            }
        }
    }
}

/// Where nextest puts its report, by `.config/nextest.toml`; the place does not follow
/// `CARGO_TARGET_DIR`.
fn report_path() -> PathBuf {
    house::root().join("target/nextest/default/junit.xml")
}

/// Counts of a runner, and one failure more where the runner failed without naming one.
fn judge(heard: &Heard, read: fn(&str) -> Option<Tally>) -> Tally {
    let mut tally = read(&heard.text).unwrap_or_default();
    if !heard.success && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

fn has_nextest() -> bool {
    let probe = house::cargo().args(["nextest", "--version"]).output();
    probe.is_ok_and(|out| out.status.success())
}

fn heading(name: &str) {
    println!("\n== {name}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_that_dies_without_counts_is_one_failure() {
        let heard = Heard { text: "error: could not compile".into(), success: false };
        assert_eq!(judge(&heard, tally::nextest), Tally::failed(1));
    }

    #[test]
    fn a_runner_that_names_its_failures_is_believed() {
        let text = "Summary [ 0.1s] 3 tests run: 1 passed, 2 failed, 0 skipped".into();
        let heard = Heard { text, success: false };
        assert_eq!(judge(&heard, tally::nextest), Tally { passed: 1, failed: 2, skipped: 0 });
    }
}
