//! The headless demo: two recorded days from sources to warnings that were read back.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn beaconfire(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_beaconfire")).args(args).output().expect("the binary runs")
}

/// Plays the demo into a folder and gives the object on the last line.
fn play(data: &Path) -> Value {
    let folder = data.to_str().expect("a UTF-8 path");
    let output = beaconfire(&["demo", "--headless", "--until-idle", "--json", "--data", folder]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    serde_json::from_str(text.lines().last().expect("a last line")).expect("one JSON object")
}

fn records(data: &Path) -> Vec<Value> {
    let output = beaconfire(&["journal", "export", "--data", data.to_str().expect("a UTF-8 path")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The bodies of all facts of one kind.
fn facts<'a>(records: &'a [Value], kind: &str) -> Vec<&'a Value> {
    records.iter().filter(|r| r["kind"] == kind).map(|r| &r["record"]["fact"][kind]).collect()
}

#[test]
fn two_recorded_days_become_warnings_that_are_delivered_and_read_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let counts = play(dir.path());
    for name in ["items", "signals", "incidents", "warnings", "deliveries", "read_backs"] {
        assert!(counts[name].as_u64().expect("a number") > 0, "{name}: {counts}");
    }
    let records = records(dir.path());
    it_was_an_exercise(&records);
    every_hazard_came_through(&records);
    what_was_sent_was_found(&records);
    wrong_messages_had_no_effect(&records);
    silence_was_found(&records);
    the_sink_acted_once(dir.path());
    the_first_incident_comes_soon(&records);
    the_story_is_told_in_plain_words(dir.path(), &records);
    what_was_issued_passes_the_official_schema(&dir.path().join("outbox"));
    let folder = dir.path().to_str().expect("a UTF-8 path");
    let verified = beaconfire(&["journal", "verify", "--data", folder]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    assert_eq!(play(dir.path())["state"], counts["state"], "the same folder goes on where it stopped");
}

fn it_was_an_exercise(records: &[Value]) {
    for issued in facts(records, "issued") {
        assert_eq!(issued["package"]["mode"], "exercise");
    }
}

fn every_hazard_came_through(records: &[Value]) {
    let opened = facts(records, "incident_opened");
    for hazard in ["earthquake", "flood", "foodborne", "vulnerability", "tsunami"] {
        assert!(opened.iter().any(|i| i["hazard"] == hazard), "no {hazard} incident");
    }
    let causes = facts(records, "linked");
    assert!(causes.iter().any(|link| link["kind"] == "cause"), "the tsunami is linked to its earthquake");
}

fn what_was_sent_was_found(records: &[Value]) {
    let read_back = facts(records, "read_back_judged");
    assert!(!read_back.is_empty());
    for judged in read_back {
        assert!(judged["verdict"].get("matches").is_some(), "{judged}");
    }
    for act in ["alert", "update", "all_clear", "cancel"] {
        let issued = facts(records, "issued");
        assert!(issued.iter().any(|i| i["package"]["act"] == act), "no {act} was issued");
    }
}

fn wrong_messages_had_no_effect(records: &[Value]) {
    let fate = |identifier: &str| {
        let taken = facts(records, "alert_taken");
        let found = taken.iter().find(|t| t["alert"]["identifier"] == identifier);
        found.unwrap_or_else(|| panic!("{identifier} was lost"))["fate"].clone()
    };
    assert_eq!(fate("ALFA-2026-0103"), "not_actual");
    assert!(fate("ALFA-2026-0104").get("held").is_some(), "an exercise without marks");
    assert!(fate("ALFA-2026-0105").get("held").is_some(), "Actual, and the headline says TEST");
    assert!(fate("ALFA-2026-0107").get("no_effect").is_some(), "another sender's Update");
    assert_eq!(fate("ALFA-2026-0109"), "history");
    assert_eq!(fate("ALFA-2026-0108"), "admitted", "late, and still in force");
}

fn silence_was_found(records: &[Value]) {
    let raised = facts(records, "signal_raised");
    let lost = |series: &str| {
        raised.iter().any(|s| s["signal"]["kind"] == "lost" && s["signal"]["subject"] == series)
    };
    assert!(lost("08171000"), "Wimberley fell silent while rising");
    let changed = facts(records, "source_changed");
    for cause in ["silent", "refused", "emptied", "backwards"] {
        assert!(changed.iter().any(|c| c["health"]["unknown"]["cause"] == cause), "no source was {cause}");
    }
}

fn the_sink_acted_once(data: &Path) {
    let log = std::fs::read_to_string(data.join("sink.ndjson")).expect("the sink's log");
    let mut keys = std::collections::BTreeSet::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(keys.insert(line["key"].to_string()), "twice: {}", line["key"]);
    }
    assert!(!keys.is_empty());
}

/// By the pace of the interactive demo, ten river seconds a second.
fn the_first_incident_comes_soon(records: &[Value]) {
    let at = |kind: &str| {
        let record = records.iter().find(|r| r["kind"] == kind).expect("there is one");
        record["at"].as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time")
    };
    let passed = at("incident_opened").duration_since(at("opened"));
    assert!(passed.as_secs() <= 20 * 10, "{passed:?} of river time are more than 20 s");
}

fn the_story_is_told_in_plain_words(data: &Path, records: &[Value]) {
    let flood = facts(records, "incident_opened").into_iter().find(|i| i["hazard"] == "flood");
    let incident = flood.expect("a flood")["incident"].as_str().expect("an id").to_owned();
    let shown = beaconfire(&["journal", "show", &incident, "--data", data.to_str().expect("a UTF-8 path")]);
    let story = String::from_utf8(shown.stdout).expect("UTF-8");
    for words in [
        "rule river-flood/action-stage version 1, observed 53.11 ft, threshold 52 ft",
        "a decision is due by",
        "accepted by op-",
        "alert drafted by op-",
        "approved by op-",
        "issued by op-",
        "county-webhook took urn:oid:",
        "read back from public-feed: urn:oid:",
        "matches what was approved",
        "attempt 1: taken: 200 OK",
    ] {
        assert!(story.contains(words), "the story does not say {words:?}");
    }
}

/// Every document that left, as another program judges it.
fn what_was_issued_passes_the_official_schema(outbox: &Path) {
    let Some(reference) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: the official schema: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let schema = Path::new(&reference).join("cap/schema/CAP-v1.2.xsd");
    let files = files(outbox);
    assert!(files.len() >= 10, "{files:?}");
    let judged =
        Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).args(&files).output();
    match judged {
        Ok(judged) => assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr)),
        Err(_) => eprintln!("skipped: the official schema: xmllint is not installed"),
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_same_recording_gives_the_same_state() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    assert_eq!(play(one.path())["state"], play(two.path())["state"]);
}

#[test]
fn an_exercise_journal_is_never_opened_live() {
    let dir = tempfile::tempdir().expect("a folder");
    play(dir.path());
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let config = dir.path().join("live.toml");
    let text = format!(
        r#"
mode = "live"
data = "."
public_url = "http://127.0.0.1:1"
packs = {packs:?}
[keys]
checkpoint = "live.key"
[authority]
sender = "a@b.example"
name = "A"
identifier_prefix = "urn:oid:2.49.0.1.0.1"
zone = "UTC"
jurisdiction = "all"
[[channel]]
id = "out"
kind = "file"
mode = "live"
public = false
dir = "out"
"#
    );
    std::fs::write(&config, text).expect("written");
    let output = beaconfire(&["serve", "--config", config.to_str().expect("a UTF-8 path")]);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("exercise"), "{words}");
}
