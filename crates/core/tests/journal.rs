//! A journal of this release, kept for later ones: it must always be read and fold to the same state.
//!
//! `journals/<version>.ndjson` has one record a line: `seq`, `kind`, `version`, `body`. A file is
//! written once, when its release is made, and never again: see `write_the_journal_of_this_release`.

mod machine;

use beaconfire_core::{Record, State, record};
use machine::games;
use machine::run::{Machine, kinds, long_games, played, played_from};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every kind of fact that the journal knows.
const KINDS: [&str; 39] = [
    "opened",
    "rules_loaded",
    "roles_set",
    "clock_jumped",
    "clock_doubted",
    "clock_confirmed",
    "source_changed",
    "source_noted",
    "item_taken",
    "signal_raised",
    "signal_ended",
    "alert_taken",
    "alert_released",
    "incident_opened",
    "member_joined",
    "member_superseded",
    "linked",
    "merged",
    "split",
    "armed",
    "escalated",
    "accepted",
    "declined",
    "closed",
    "drafted",
    "edited",
    "submitted",
    "approved",
    "voided",
    "channel_dropped",
    "issued",
    "lapsed",
    "queued",
    "delivered",
    "dropped",
    "outlet_changed",
    "read_back_judged",
    "area_left",
    "seen_elsewhere",
];

const JOURNAL: &str = include_str!("journals/0.1.0.ndjson");
/// The digest of the state that it folds to.
const DIGEST: &str = include_str!("journals/0.1.0.digest");

fn read(line: &str) -> Record {
    let line: Value = serde_json::from_str(line).expect("one JSON object a line");
    let version = line["version"].as_u64().and_then(|v| u16::try_from(v).ok()).expect("a version");
    let kind = line["kind"].as_str().expect("a kind");
    record::decode(kind, version, line["body"].to_string().as_bytes()).expect("it is read for ever")
}

fn journal() -> Vec<Record> {
    JOURNAL.lines().map(read).collect()
}

#[test]
fn the_journal_of_0_1_0_folds_to_the_state_that_it_did_then() {
    assert_eq!(State::fold(&journal()).digest(), DIGEST.trim());
}

#[test]
fn the_journal_of_0_1_0_holds_every_kind_of_fact() {
    let found: BTreeSet<_> = kinds(&journal()).into_keys().collect();
    assert_eq!(found, KINDS.into_iter().collect());
}

#[test]
fn the_journal_of_0_1_0_is_numbered_and_names_its_kinds() {
    for (at, line) in JOURNAL.lines().enumerate() {
        let value: Value = serde_json::from_str(line).expect("one JSON object a line");
        assert_eq!(value["seq"].as_u64(), u64::try_from(at + 1).ok());
        assert_eq!(value["kind"].as_str(), Some(record::kind(&read(line).fact)));
    }
}

#[test]
fn a_record_of_a_later_release_is_refused_in_words() {
    let later = record::decode("opened", record::VERSION + 1, b"{}").expect_err("nobody knows it yet");
    assert!(later.to_string().contains("later"), "{later}");
}

#[test]
fn the_games_of_the_properties_reach_every_kind_of_fact() {
    let machines = played(40, games());
    let kinds = kinds(machines.iter().flat_map(|machine| &machine.records));
    eprintln!("{kinds:?}");
    for kind in KINDS {
        assert!(kinds.get(kind).is_some_and(|count| *count > 0), "no game reached {kind}: {kinds:?}");
    }
    for kind in ["issued", "approved", "escalated", "delivered", "lapsed"] {
        assert!(kinds[kind] >= 5, "{kind} is too rare: {kinds:?}");
    }
}

/// Writes `journals/<version>.ndjson` and its digest: once for a release, with
/// `cargo test -p beaconfire-core --test journal -- --ignored`. It refuses to write over one.
#[test]
#[ignore = "writes the journal of a release, once"]
#[expect(clippy::disallowed_methods, reason = "a fixture is a file; the crate itself touches none")]
fn write_the_journal_of_this_release() {
    // A game with everything in it is rare: play on until there is one.
    let whole = |machine: &Machine| kinds(&machine.records).len() == KINDS.len();
    let machine = (1150..1200)
        .flat_map(|seed| played_from(seed, 48, long_games()))
        .find(whole)
        .expect("one of so many games has everything in it");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals");
    let name = env!("CARGO_PKG_VERSION");
    let mut lines = String::new();
    for (at, kept) in machine.records.iter().map(record::encode).enumerate() {
        let body: Value = serde_json::from_slice(&kept.body).expect("a body is JSON");
        let line =
            serde_json::json!({"seq": at + 1, "kind": kept.kind, "version": kept.version, "body": body});
        lines.push_str(&format!("{line}\n"));
    }
    let write = |name: String, text: &str| {
        let path = folder.join(name);
        let empty = std::fs::read(&path).is_ok_and(|bytes| bytes.is_empty());
        assert!(empty || !path.exists(), "{} is written once", path.display());
        std::fs::write(&path, text).expect("the folder can be written");
    };
    write(format!("{name}.ndjson"), &lines);
    write(format!("{name}.digest"), &format!("{}\n", machine.state.digest()));
}
