//! One trial: a blow, a normal start on the same folder, and what must be the same afterwards.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Folder;
use super::demo::{self, Outcome};
use super::sink::Sink;

/// How a run is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// It aborts itself right after its k-th durable write.
    AbortAfterWrite(u64),
    /// It is killed this long after its start.
    KillAfter(Duration),
}

impl fmt::Display for Blow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AbortAfterWrite(k) => write!(f, "abort after write {k}"),
            Self::KillAfter(delay) => write!(f, "kill after {} ms", delay.as_millis()),
        }
    }
}

/// What an undisturbed run ends in.
pub struct Reference {
    outcome: Outcome,
    /// Keys and digests at its sink.
    pub keys: BTreeMap<String, String>,
    /// How many durable writes it made.
    pub writes: u64,
    /// How long it ran.
    pub took: Duration,
}

impl Reference {
    /// Runs the demo undisturbed, and once more on the same folder, which must change nothing.
    ///
    /// # Errors
    /// When it cannot be run to its end, or the second start changes the state.
    pub fn make(binary: &Path) -> Result<Self> {
        let folder = Folder::make()?;
        let sink = Sink::start(binary, &folder.path())?;
        let begun = Instant::now();
        let outcome = demo::finish(binary, &folder.path(), sink.port)?;
        let took = begun.elapsed();
        let keys = sink.received()?;
        verify(binary, &folder.path())?;
        let again = demo::finish(binary, &folder.path(), sink.port)?;
        ensure!(
            again.state == outcome.state && again.totals == outcome.totals,
            "find the same state after an idle restart: {outcome:?} became {again:?}"
        );
        ensure!(sink.received()? == keys, "find nothing new at the sink after an idle restart");
        Ok(Self { writes: outcome.writes, outcome, keys, took })
    }

    /// The first digits of the state.
    pub fn short_state(&self) -> &str {
        self.outcome.state.get(..12).unwrap_or(&self.outcome.state)
    }
}

/// Makes the trial. The answer says in words what happened.
///
/// # Errors
/// When anything afterwards differs from the undisturbed run; the folder is kept and named.
pub fn run(binary: &Path, blow: Blow, reference: &Reference) -> Result<String> {
    let mut folder = Folder::make()?;
    let path = folder.path();
    let outcome = attempt(binary, blow, reference, &path);
    outcome.with_context(|| format!("hold it ({})", folder.keep().display()))
}

fn attempt(binary: &Path, blow: Blow, reference: &Reference, folder: &Path) -> Result<String> {
    let sink = Sink::start(binary, folder)?;
    let struck = demo::strike(binary, folder, sink.port, blow)?;
    ensure!(
        struck || matches!(blow, Blow::KillAfter(_)),
        "see the demo abort: it came to its end, as if it made fewer writes than the undisturbed run"
    );
    let outcome = demo::finish(binary, folder, sink.port)?;
    let expected = &reference.outcome;
    ensure!(
        outcome.totals == expected.totals,
        "find the totals {:?}: they are {:?}",
        expected.totals,
        outcome.totals
    );
    ensure!(outcome.state == expected.state, "find the state {}: it is {}", expected.state, outcome.state);
    let keys = sink.received()?;
    ensure!(
        keys.len() == reference.keys.len(),
        "find {} messages at the sink: there are {}",
        reference.keys.len(),
        keys.len()
    );
    verify(binary, folder)?;
    Ok(if struck {
        format!("{} writes after the restart", outcome.writes)
    } else {
        "it was over before".into()
    })
}

fn verify(binary: &Path, folder: &Path) -> Result<()> {
    let out = Command::new(binary)
        .args(["journal", "verify", "--data"])
        .arg(folder.join("data"))
        .output()
        .with_context(|| format!("run {}", binary.display()))?;
    ensure!(
        out.status.success(),
        "verify the journal: {}: {}{}",
        out.status,
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    Ok(())
}
