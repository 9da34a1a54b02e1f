//! `beaconfire serve` as its machine runs it: start, health, reload at SIGHUP, a clean end at SIGTERM.
#![cfg(unix)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};

/// A folder with a configuration of an exercise with one pushed source, and a pack.
fn configured() -> tempfile::TempDir {
    let folder = common::fixture_folder();
    let pack = folder.path().join("packs/earthquake");
    fs::create_dir_all(&pack).expect("made");
    fs::copy(common::root().join("packs/earthquake/pack.toml"), pack.join("pack.toml")).expect("copied");
    let config = r#"
mode = "exercise"
exercise = "test"
data = "data"
listen = "127.0.0.1:0"
public_url = "http://127.0.0.1"
packs = "packs"

[keys]
checkpoint = "keys/checkpoint.pk8"

[authority]
sender = "warnings@agency.example"
name = "Agency"
identifier_prefix = "urn:test"
zone = "UTC"
jurisdiction = "the county"

[[source]]
id = "gauges"
kind = "series-csv"
push = true
expected_every = "1d"

[[channel]]
id = "public-feed"
kind = "feed"
mode = "exercise"
public = true
"#;
    fs::write(folder.path().join("beaconfire.toml"), config).expect("written");
    folder
}

/// A started server and what it says.
struct Server {
    child: Child,
    words: BufReader<ChildStderr>,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let config = folder.join("beaconfire.toml");
        let mut child = common::program(&["serve", "--config", config.to_str().expect("a path")])
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let words = BufReader::new(child.stderr.take().expect("piped"));
        Self { child, words }
    }

    /// The first line that holds `wanted`; the lines before it are passed over.
    fn hear(&mut self, wanted: &str) -> String {
        let mut heard = String::new();
        loop {
            let from = heard.len();
            assert!(
                self.words.read_line(&mut heard).expect("UTF-8") > 0,
                "it ended without {wanted:?}: {heard}"
            );
            if heard[from..].contains(wanted) {
                return heard[from..].to_owned();
            }
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &id]).status().expect("kill runs");
        assert!(sent.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn it_serves_reloads_whole_or_not_at_all_and_ends_cleanly() {
    let folder = configured();
    let mut server = Server::start(folder.path());
    let key = server.hear("public key");
    let key = key.trim().rsplit(' ').next().expect("a key").to_owned();
    let line = server.hear("listening at http://");
    let address = line.trim().rsplit("http://").next().expect("an address").to_owned();
    assert!(get(&address, "/health/live").starts_with("HTTP/1.1 200"), "{}", get(&address, "/health/live"));
    assert!(get(&address, "/feed/atom.xml").contains("<feed"));

    let pack = folder.path().join("packs/earthquake/pack.toml");
    let text = fs::read_to_string(&pack).expect("read");
    fs::write(&pack, text.replace("within_minutes = 15", "within_minutes = 0")).expect("written");
    server.signal("HUP");
    server.hear("nothing was reloaded");
    fs::write(&pack, text.replace("version = 1\n", "version = 2\n")).expect("written");
    server.signal("HUP");
    server.hear("reloaded");

    server.signal("TERM");
    let mut rest = String::new();
    server.words.read_to_string(&mut rest).expect("UTF-8");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0), "{rest}");
    let data = folder.path().join("data");
    let data = data.to_str().expect("a path");
    let verified = common::beaconfire(&["journal", "verify", "--data", data, "--key", &key]);
    assert!(
        verified.code == 0 && verified.out.contains("signed by a given key"),
        "{}{}",
        verified.out,
        verified.err
    );
    let exported = common::beaconfire(&["journal", "export", "--data", data]);
    let versions: Vec<serde_json::Value> = exported
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .filter(|line| line["kind"] == "rules_loaded")
        .map(|line| line["record"]["fact"]["rules_loaded"]["rules"]["packs"][0]["version"].clone())
        .collect();
    assert_eq!(versions, [1, 2]);
}

#[test]
fn a_start_without_an_account_prints_the_address_that_makes_the_first_one() {
    let folder = configured();
    let mut server = Server::start(folder.path());
    let line = server.hear("/set-up?token=");
    let url = line.trim().rsplit(' ').next().expect("an address");
    let (address, token) =
        url.strip_prefix("http://").and_then(|url| url.split_once("/set-up?token=")).expect(url);
    assert!(server.hear("listening at http://").trim().ends_with(address), "{line}");
    let body = format!(
        r#"{{"token":"{token}","login":"ana","name":"Ana","password":"correct horse battery","roles":["admin"]}}"#
    );
    let length = body.len();
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "POST /api/v1/session/set-up HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.signal("TERM");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0));

    let mut server = Server::start(folder.path());
    let mut words = String::new();
    while !words.contains("listening at") {
        assert!(server.words.read_line(&mut words).expect("UTF-8") > 0, "{words}");
    }
    assert!(!words.contains("set-up"), "once is enough: {words}");
}
