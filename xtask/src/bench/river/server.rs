//! The server under load: its folder, its configuration, its process, its memory.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::http::Client;
use super::load::LEVEL;
use crate::house;

/// The source that is pushed to.
pub const SOURCE: &str = "load";

const LOGIN: &str = "bench";
const PASSWORD: &str = "only for this folder, which is thrown away";

/// A running server; dropping it ends the process.
pub struct Server {
    child: Child,
    words: PathBuf,
    /// Where it listens on loopback.
    pub port: u16,
    /// A token that may push.
    token: String,
}

impl Server {
    /// Writes a configuration with one pushed source and one threshold rule into the folder, and
    /// starts the server on it.
    ///
    /// # Errors
    /// When a file cannot be written or the server does not come up.
    pub fn start(binary: &Path, folder: &Path) -> Result<Self> {
        let port = house::free_port()?;
        let data = folder.join("data");
        let pack = folder.join("packs/load");
        for dir in [&data, &pack] {
            std::fs::create_dir_all(dir).with_context(|| format!("make {}", dir.display()))?;
        }
        let config = folder.join("beaconfire.toml");
        std::fs::write(&config, configuration(port)).context("write the configuration")?;
        std::fs::write(pack.join("pack.toml"), rule()).context("write the rule")?;
        let token =
            ask(binary, &data, &["token", "create", "--name", "bench", "--scope", "intake:load"], "")?;
        ask(
            binary,
            &data,
            &["account", "create", "--login", LOGIN, "--name", "B.", "--role", "officer"],
            PASSWORD,
        )?;
        let words = folder.join("serve.err");
        let child = Command::new(binary)
            .args(["serve", "--config"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&words).context("write serve.err")?)
            .spawn()
            .with_context(|| format!("start {}", binary.display()))?;
        let mut server = Self { child, words, port, token: token.trim().to_owned() };
        server.wait()?;
        Ok(server)
    }

    /// A connection that may push.
    ///
    /// # Errors
    /// When the server does not take it.
    pub fn pusher(&self) -> Result<Client> {
        Client::connect(self.port, &format!("Authorization: Bearer {}", self.token))
    }

    /// A connection of a signed-in operator.
    ///
    /// # Errors
    /// When the server does not let it in.
    pub fn operator(&self) -> Result<Client> {
        let body = format!("{{\"login\":\"{LOGIN}\",\"password\":\"{PASSWORD}\"}}");
        let mut client = Client::connect(self.port, "Accept: application/json")?;
        let answer = client.send("POST", "/api/v1/session", "application/json", body.as_bytes())?;
        ensure!(answer.status == 200, "sign in: {} {}", answer.status, answer.body);
        let cookie = answer.cookie.context("sign in: the answer sets no cookie")?;
        Client::connect(self.port, &format!("Cookie: {cookie}"))
    }

    /// Memory that is in use now and at most was, in MiB; none where the system does not tell.
    pub fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let kib = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|l| l.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some((kib("VmRSS:")? / 1024, kib("VmHWM:")? / 1024))
    }

    fn wait(&mut self) -> Result<()> {
        for _ in 0..500 {
            if Client::connect(self.port, "Accept: */*").is_ok() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait().context("wait for the server")? {
                bail!("start the server: it ended with {status}: {}", self.words());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("start the server: it does not listen on port {}: {}", self.port, self.words())
    }

    fn words(&self) -> String {
        std::fs::read_to_string(&self.words).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command on the data folder, feeds it a line, and answers what it prints.
fn ask(binary: &Path, data: &Path, args: &[&str], line: &str) -> Result<String> {
    let mut child = Command::new(binary)
        .args(args)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {}", binary.display()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that reads nothing closes the pipe; its status tells.
        let _ = writeln!(stdin, "{line}");
    }
    let out = child.wait_with_output().with_context(|| format!("run {}", args.join(" ")))?;
    let words = String::from_utf8_lossy(&out.stderr);
    ensure!(out.status.success(), "run {}: {}", args.join(" "), words.trim());
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

fn configuration(port: u16) -> String {
    format!(
        r#"mode = "exercise"
exercise = "BENCH"
data = "data"
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
packs = "packs"

[keys]
checkpoint = "checkpoint.pk8"

[authority]
sender = "bench@agency.example"
name = "Bench"
identifier_prefix = "urn:oid:2.49.0.1.840.9"
zone = "UTC"
jurisdiction = "Bench County"

[[source]]
id = "{SOURCE}"
kind = "series-ndjson"
push = true
expected_every = "1d"

[[channel]]
id = "public-feed"
kind = "feed"
mode = "exercise"
public = true
"#
    )
}

fn rule() -> String {
    format!(
        r#"name = "load"
version = 1
title = "Load"
hazard = "load"
categories = ["Other"]

[level]
people = [1, 2, 3]
impact_when_unknown = 2

[decide]
from = "extreme"
within_minutes = 60

[join]
within_hours = 48
confidence = 0.5
max_growth = 8.0
valid_hours = 48

[[series]]
name = "above"
sources = ["{SOURCE}"]
detector = "threshold"
params = {{ on = {LEVEL:?}, off = {off:?}, max_gap_s = 86400 }}
likelihood = 1
words = "{{station}}: {{value}}"

[draft]
urgency = "Unknown"
certainty = "Unknown"
response_types = ["Monitor"]
expires_minutes = 60

[[texts]]
language = "en"
event = "Load"
headline = "Load at {{{{ place }}}}"
description = "Load."
instruction = "None."
all_clear = "Over"
cancel = "In error"

[[texts]]
language = "es"
event = "Carga"
headline = "Carga en {{{{ place }}}}"
description = "Carga."
instruction = "Nada."
all_clear = "Fin"
cancel = "Por error"
"#,
        off = LEVEL - 5.0
    )
}
