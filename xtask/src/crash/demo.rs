//! One run of the headless demo in a folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::tail;
use super::trial::Blow;

/// Longer than any sound run, so that one that never comes to rest is told from a slow one.
const LONGEST: Duration = Duration::from_secs(300);

/// The last line on stdout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The folded state's digest.
    pub state: String,
    /// Totals of the folder: items, signals, incidents, warnings, deliveries, read-backs.
    pub totals: BTreeMap<String, u64>,
    /// How many durable writes this run made.
    pub writes: u64,
}

/// What the run's totals are called.
const TOTALS: [&str; 6] = ["items", "signals", "incidents", "warnings", "deliveries", "read_backs"];

/// Runs the demo to its end on the folder, and reads what it says of itself.
///
/// # Errors
/// When it cannot be run, does not end well, or closes with anything but the agreed line.
pub fn finish(binary: &Path, folder: &Path, sink: u16) -> Result<Outcome> {
    let mut child = start(binary, folder, sink, None)?;
    let status = wait(&mut child)?;
    let words = || tail(&folder.join("demo.err"));
    ensure!(status.success(), "run the demo to its end: {status}: {}", words());
    let text = std::fs::read_to_string(folder.join("demo.out")).context("read what the demo printed")?;
    let line = text.lines().last().with_context(|| format!("read the demo's last line: {}", words()))?;
    read(line).with_context(|| format!("read the demo's last line `{line}`"))
}

/// Runs the demo on the folder until the blow ends it. The answer is false when it came to its end
/// before that.
///
/// # Errors
/// When it cannot be run, or ends on its own in another way than well.
pub fn strike(binary: &Path, folder: &Path, sink: u16, blow: Blow) -> Result<bool> {
    let mut child = start(binary, folder, sink, Some(blow))?;
    if let Blow::KillAfter(delay) = blow {
        thread::sleep(delay);
        // Too late is an answer, not a failure: the status tells.
        let _ = child.kill();
    }
    let status = wait(&mut child)?;
    if status.success() {
        return Ok(false);
    }
    ensure!(
        status.code().is_none(),
        "strike the demo: it ended by itself with {status}: {}",
        tail(&folder.join("demo.err"))
    );
    Ok(true)
}

fn start(binary: &Path, folder: &Path, sink: u16, blow: Option<Blow>) -> Result<Child> {
    let file = |name: &str| File::create(folder.join(name)).with_context(|| format!("write {name}"));
    let mut command = Command::new(binary);
    command
        .args(["demo", "--headless", "--until-idle", "--json", "--data"])
        .arg(folder.join("data"))
        .arg("--sink")
        .arg(format!("http://127.0.0.1:{sink}/hook"))
        .env_remove("BEACONFIRE_CRASH_AT")
        .stdin(Stdio::null())
        .stdout(file("demo.out")?)
        .stderr(file("demo.err")?);
    if let Some(Blow::AbortAfterWrite(k)) = blow {
        command.env("BEACONFIRE_CRASH_AT", k.to_string());
    }
    command.spawn().with_context(|| format!("start {}", binary.display()))
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("wait for the demo")? {
            return Ok(status);
        }
        if begun.elapsed() > LONGEST {
            let _ = child.kill();
            let _ = child.wait();
            bail!("see the demo come to rest within {} s", LONGEST.as_secs());
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn read(line: &str) -> Result<Outcome> {
    let value: Value = serde_json::from_str(line).context("read it as JSON")?;
    let number = |name: &str| value[name].as_u64().with_context(|| format!("find the number `{name}`"));
    let totals = TOTALS.iter().map(|name| Ok(((*name).to_owned(), number(name)?)));
    Ok(Outcome {
        state: value["state"].as_str().context("find the text `state`")?.to_owned(),
        totals: totals.collect::<Result<_>>()?,
        writes: number("durable_writes")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_read() {
        let line = r#"{"items":3,"signals":2,"incidents":1,"warnings":1,"deliveries":2,"read_backs":1,"journal_head":"ab","state":"cd","durable_writes":7}"#;
        let outcome = read(line).unwrap();
        assert_eq!((outcome.state.as_str(), outcome.writes, outcome.totals["items"]), ("cd", 7, 3));
        assert!(read("{}").is_err());
        assert!(read("done").is_err());
    }
}
