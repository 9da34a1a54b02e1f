//! The receiver of webhooks as its own process, and what it logged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::tail;
use crate::house;

/// A running sink; dropping it ends the process.
pub struct Sink {
    child: Child,
    log: PathBuf,
    /// Where it listens on loopback.
    pub port: u16,
}

impl Sink {
    /// Starts one that logs into the folder, and waits until it listens.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start(binary: &Path, folder: &Path) -> Result<Self> {
        let (port, log) = (house::free_port()?, folder.join("sink.ndjson"));
        let words = folder.join("sink.err");
        let child = Command::new(binary)
            .args(["sink", "--port", &port.to_string(), "--log"])
            .arg(&log)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&words).context("write sink.err")?)
            .spawn()
            .with_context(|| format!("start {}", binary.display()))?;
        let mut sink = Self { child, log, port };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(sink);
            }
            if let Some(status) = sink.child.try_wait().context("wait for the sink")? {
                bail!("start the sink: it ended with {status}: {}", tail(&words));
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("start the sink: it does not listen on port {port}: {}", tail(&words))
    }

    /// What it received: each key with its one digest.
    ///
    /// # Errors
    /// When one key came with two contents, or one (message, channel) under two keys.
    pub fn received(&self) -> Result<BTreeMap<String, String>> {
        read(&std::fs::read_to_string(&self.log).unwrap_or_default())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(log: &str) -> Result<BTreeMap<String, String>> {
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    let mut by_message: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for line in log.lines() {
        let value: Value =
            serde_json::from_str(line).with_context(|| format!("read the sink's line `{line}`"))?;
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let (Some(key), Some(digest)) = (text("key"), text("digest")) else {
            bail!("find `key` and `digest` in the sink's line `{line}`");
        };
        if let (Some(message), Some(channel)) = (text("message"), text("channel")) {
            by_message.entry((message, channel)).or_default().insert(key.clone());
        }
        let known = keys.entry(key.clone()).or_insert_with(|| digest.clone());
        ensure!(*known == digest, "find one content under the key {key}: it came with {known} and {digest}");
    }
    for ((message, channel), under) in by_message {
        ensure!(under.len() == 1, "find one key for {message} on {channel}: it came under {under:?}");
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_again_is_fine_and_anything_else_is_not() {
        let line = |key: &str, digest: &str| {
            format!("{{\"key\":\"{key}\",\"digest\":\"{digest}\",\"message\":\"m\",\"channel\":\"c\"}}\n")
        };
        assert_eq!(read(&(line("a", "1") + &line("a", "1"))).unwrap().len(), 1);
        assert!(read(&(line("a", "1") + &line("a", "2"))).is_err(), "two contents");
        assert!(read(&(line("a", "1") + &line("b", "1"))).is_err(), "two keys");
        assert!(read("{\"key\":\"a\"}\n").is_err());
        assert!(read("{\"key\"").is_err());
    }
}
