//! The two sides of a race: how they are had, started, and understood.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::races::Race;
use super::table::JUDGED;
use crate::house;

const PEER: &str = include_str!("peer.R");

/// What a run said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lap {
    /// Points judged.
    pub points: f64,
    /// CPU seconds that took.
    pub seconds: f64,
    /// The most memory that was resident.
    pub peak_kib: f64,
    /// Bytes of saved state; only of a new week.
    pub held: f64,
}

impl Lap {
    /// CPU microseconds a point.
    pub fn micros(&self) -> f64 {
        self.seconds / self.points * 1e6
    }
}

/// Our program.
pub struct Ours {
    program: PathBuf,
    table: PathBuf,
}

impl Ours {
    /// Builds it.
    ///
    /// # Errors
    /// When cargo cannot.
    pub fn build(table: &Path) -> Result<Self> {
        let mut cargo = house::cargo();
        cargo.args(["build", "--release", "--package", "beaconfire-detect", "--example", "judging"]);
        finish(cargo.stderr(Stdio::piped()))?;
        let name = format!("judging{}", std::env::consts::EXE_SUFFIX);
        Ok(Self {
            program: house::target_dir()?.join("release/examples").join(name),
            table: table.to_path_buf(),
        })
    }

    /// Starts it on a table of its own, if given, with so many threads.
    fn start(&self, race: &Race, table: Option<&Path>, seconds: f64, threads: usize) -> Result<Child> {
        Command::new(&self.program)
            .arg(table.unwrap_or(&self.table))
            .args([race.method, race.params, &JUDGED.0.to_string(), &JUDGED.1.to_string()])
            .args([seconds.to_string(), threads.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {}", self.program.display()))
    }

    /// Runs a race on so many threads.
    ///
    /// # Errors
    /// When the method is not there or refuses.
    pub fn run(&self, race: &Race, seconds: f64, threads: usize) -> Result<Lap> {
        ended(self.start(race, None, seconds, threads)?)
    }

    /// Runs a race in two processes at the same time, each with a half of the table.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_apart(&self, race: &Race, halves: [&Path; 2], seconds: f64) -> Result<Lap> {
        let [a, b] = halves.map(|half| self.start(race, Some(half), seconds, 1));
        let (a, b) = (ended(a?)?, ended(b?)?);
        Ok(Lap { points: a.points + b.points, seconds: a.seconds + b.seconds, ..a })
    }

    /// One new week for so many series.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn week(&self, race: &Race, series: usize) -> Result<Lap> {
        let mut command = Command::new(&self.program);
        command.arg("week").arg(&self.table).args([race.method, race.params, &series.to_string()]);
        lap(finish(&mut command)?.as_bytes())
    }
}

/// R with surveillance.
pub struct Theirs {
    script: PathBuf,
    table: PathBuf,
    /// Of R and of surveillance.
    pub version: String,
}

impl Theirs {
    /// Finds it.
    ///
    /// # Errors
    /// When R or its package is not installed.
    pub fn find(folder: &Path, table: &Path) -> Result<Self> {
        let ask = "cat(R.version$major, '.', R.version$minor, ', surveillance ', \
                   as.character(packageVersion('surveillance')), sep = '')";
        let version = finish(Command::new("Rscript").args(["-e", ask]))
            .context("find R with surveillance; install r-base-core and r-cran-surveillance")?;
        let script = folder.join("peer.R");
        fs::write(&script, PEER).context("write peer.R")?;
        Ok(Self { script, table: table.to_path_buf(), version })
    }

    /// Runs a race with one thread of linear algebra.
    ///
    /// # Errors
    /// When R stops.
    pub fn run(&self, race: &Race, seconds: f64) -> Result<Lap> {
        let mut command = Command::new("Rscript");
        for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
            command.env(name, "1");
        }
        command.arg(&self.script).arg(&self.table).args([race.function, race.control]);
        command.args([
            JUDGED.0.to_string(),
            JUDGED.1.to_string(),
            race.series.to_string(),
            seconds.to_string(),
        ]);
        lap(finish(&mut command)?.as_bytes())
    }
}

/// What a process said at its end.
fn ended(child: Child) -> Result<Lap> {
    let out = child.wait_with_output().context("wait for a run")?;
    ensure!(out.status.success(), "{}", last_word(&out.stderr));
    lap(&out.stdout)
}

fn lap(line: &[u8]) -> Result<Lap> {
    let value: Value = serde_json::from_slice(line).context("read a line of JSON")?;
    let number = |name: &str| value[name].as_f64().with_context(|| format!("find {name}"));
    Ok(Lap {
        points: number("points")?,
        seconds: number("seconds")?,
        peak_kib: number("peak_kib")?,
        held: value["held"].as_f64().unwrap_or(0.0),
    })
}

/// Runs a command to its end and answers what it prints.
fn finish(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = match command.output() {
        Ok(out) => out,
        Err(error) => bail!("run {name}: {error}"),
    };
    ensure!(out.status.success(), "run {name}: {}", last_word(&out.stderr));
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

fn last_word(words: &[u8]) -> String {
    let words = String::from_utf8_lossy(words);
    words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it ended without a word").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_understood() {
        let lap = lap(br#"{"points":200,"seconds":0.5,"alarms":4,"peak_kib":900}"#).unwrap();
        assert_eq!((lap.micros(), lap.held), (2500.0, 0.0));
        assert!(super::lap(b"{\"points\":10}").is_err());
    }

    #[test]
    fn the_last_word_is_what_matters() {
        assert_eq!(last_word(b"one\nfailed to find it\n\n"), "failed to find it");
        assert_eq!(last_word(b""), "it ended without a word");
    }
}
