//! One reader in the race: its program, and what one run of it said.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What a reader is in the race for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Reads and checks everything; the bars are about it.
    Ours,
    /// The faster one of these sets the bars.
    Bar,
    /// Is there to be seen.
    Beside,
}

/// A reader.
pub struct Peer {
    /// Its name, and what it does.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// What it is in the race for.
    pub part: Part,
    /// What is started.
    pub program: PathBuf,
    /// What it is told before the list and the seconds.
    pub args: Vec<OsString>,
}

/// What a run said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lap {
    /// Messages read, each as often as it was.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// CPU seconds of the process.
    pub seconds: f64,
    /// How many messages of the list it took for good.
    pub accepted: u64,
    /// The most memory that was resident.
    pub peak_kib: u64,
}

impl Lap {
    /// Messages read in a CPU second.
    pub fn messages_a_second(&self) -> f64 {
        self.messages as f64 / self.seconds
    }

    /// Megabytes, of a million bytes, read in a CPU second.
    pub fn megabytes_a_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.seconds
    }
}

impl Peer {
    /// Reads the messages of a list again and again until so many CPU seconds have passed; 0 means once.
    ///
    /// # Errors
    /// When it cannot be started, crashes, or does not say what it did.
    pub fn run(&self, list: &Path, seconds: f64) -> Result<Lap> {
        let out = Command::new(&self.program)
            .args(&self.args)
            .arg(list)
            .arg(seconds.to_string())
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("start {}", self.program.display()))?;
        if !out.status.success() {
            let words = String::from_utf8_lossy(&out.stderr);
            bail!("it ended with {}: {}", out.status, words.lines().last().unwrap_or("without a word"));
        }
        lap(&out.stdout).context("read what it said about its run")
    }
}

fn lap(line: &[u8]) -> Result<Lap> {
    let value: Value = serde_json::from_slice(line).context("read a line of JSON")?;
    let count = |name: &str| value[name].as_u64().with_context(|| format!("find {name}"));
    Ok(Lap {
        messages: count("messages")?,
        bytes: count("bytes")?,
        // The kernel counts in ticks: a single short lap may take none.
        seconds: value["seconds"].as_f64().filter(|s| *s >= 0.0).context("find seconds")?,
        accepted: count("accepted")?,
        peak_kib: count("peak_kib")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_understood() {
        let text = br#"{"messages":10,"bytes":2000000,"seconds":0.5,"accepted":4,"peak_kib":900}"#;
        let lap = lap(text).unwrap();
        assert_eq!((lap.messages_a_second(), lap.megabytes_a_second()), (20.0, 4.0));
        assert!(super::lap(b"{\"messages\":10}").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_crash_is_an_error_in_words() {
        let peer = |script: &str| Peer {
            name: "shell",
            version: String::new(),
            part: Part::Beside,
            program: "sh".into(),
            args: vec!["-c".into(), script.into()],
        };
        let error = peer("kill -SEGV $$").run(Path::new("list"), 1.0).unwrap_err().to_string();
        assert!(error.contains("signal"), "{error}");
        let error =
            peer("echo no such thing >&2; exit 3").run(Path::new("list"), 1.0).unwrap_err().to_string();
        assert!(error.ends_with("no such thing"), "{error}");
    }
}
