//! `beaconfire journal`, `backup` and `restore` on a folder that the store itself has written.

mod common;

use beaconfire_core::{Actor, Command, Mode, Rules, State, apply, decide, record};
use beaconfire_store::{
    Ed25519Signer, ITEMS_FILE, Items, JOURNAL_FILE, JournalBackend as _, NewRecord, SqliteJournal,
};
use common::{beaconfire, fixture_folder};
use std::fs;
use std::path::Path;

/// A data folder with one earthquake in it, signed at its end; its public key and its incident.
fn data(folder: &Path) -> (String, String) {
    let signer = Ed25519Signer::from_pkcs8(&Ed25519Signer::generate_pkcs8().expect("a key")).expect("a key");
    let now: jiff::Timestamp = "2026-03-02T06:04:00Z".parse().expect("a time");
    let items = Items::open(&folder.join(ITEMS_FILE)).expect("items");
    let item = items.put(b"one answer", "application/json", "quakes", now).expect("put").id.to_string();
    let pack = fs::read_to_string(common::root().join("packs/earthquake/pack.toml")).expect("a pack");
    let rules =
        Rules { packs: vec![beaconfire_core::pack::parse(&pack).expect("a pack")], ..Rules::default() };
    let event = beaconfire_core::Event {
        id: "e1".into(),
        kind: "earthquake".into(),
        time: now,
        updated: now,
        title: "M 6.2 - 18 km ENE of Ridgecrest, California".into(),
        point: Some(beaconfire_geo::Point::new(35.7, -117.5).expect("a point")),
        numbers: [("magnitude".to_owned(), 6.2)].into(),
        words: [("place".to_owned(), "18 km ENE of Ridgecrest, California".to_owned())].into(),
    };
    let (source, kind) = (beaconfire_core::SourceId::from("quakes"), "usgs-quake".to_owned());
    let commands = [
        Command::Open { mode: Mode::Exercise, exercise: Some("x".into()) },
        Command::LoadRules(Box::new(rules)),
        Command::TakeItem { source: source.clone(), item: item.as_str().into(), kind, entries: 1 },
        Command::TakeEvent { source, item: item.as_str().into(), event, exposures: Vec::new() },
    ];
    let mut journal =
        SqliteJournal::open(&folder.join(JOURNAL_FILE), beaconfire_store::journal::Mode::Exercise)
            .expect("a journal");
    let mut state = State::default();
    for command in commands {
        for made in decide(&state, &command, &Actor::River, now).expect("not refused") {
            apply(&mut state, &made);
            let subject = state.subject(&made.fact);
            let version = subject.as_ref().and_then(|id| state.incidents.get(id)).map_or(0, |i| i.version);
            let encoded = record::encode(&made);
            let new = NewRecord {
                at: made.at,
                kind: encoded.kind,
                version: encoded.version,
                subject: subject.map(|id| id.0),
                subject_version: version,
                body: encoded.body,
            };
            journal.append(&[new]).expect("appended");
        }
    }
    journal.checkpoint(&signer, now).expect("signed");
    let incident = state.incidents.keys().next().expect("an incident").to_string();
    (beaconfire_store::hex(&beaconfire_store::Signer::public_key(&signer)), incident)
}

#[test]
fn verify_says_what_it_checked_and_a_flipped_byte_is_no() {
    let folder = fixture_folder();
    let (key, _) = data(folder.path());
    let path = folder.path().to_str().expect("a path");
    let run = beaconfire(&["journal", "verify", "--data", path, "--key", &key]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    for words in
        ["the chain holds", "1 checkpoints hold, signed by a given key", "1 items held", "1 incidents"]
    {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    let other = beaconfire(&["journal", "verify", "--data", path, "--key", &"0".repeat(64)]);
    assert_eq!(other.code, 1, "{}", other.out);

    let file = folder.path().join(JOURNAL_FILE);
    let mut bytes = fs::read(&file).expect("read");
    let at = find(&bytes, b"Ridgecrest").expect("the record lies in the file");
    bytes[at] ^= 1;
    fs::write(&file, bytes).expect("written");
    let run = beaconfire(&["journal", "verify", "--data", path]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("THE CHAIN IS BROKEN"), "{}", run.out);
}

/// The last place of `needle`.
fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}

#[test]
fn show_tells_the_story_and_export_writes_every_record() {
    let folder = fixture_folder();
    let (_, incident) = data(folder.path());
    let path = folder.path().to_str().expect("a path");
    let listed = beaconfire(&["journal", "show", "--data", path]);
    assert!(listed.out.starts_with(&incident), "{}{}", listed.out, listed.err);
    let story = beaconfire(&["journal", "show", &incident, "--data", path]);
    assert_eq!(story.code, 0, "{}", story.err);
    for words in ["M 6.2 - 18 km ENE of Ridgecrest", "earthquake/magnitude version 1", "a decision is due by"]
    {
        assert!(story.out.contains(words), "{words}: {}", story.out);
    }
    assert_eq!(beaconfire(&["journal", "show", "inc-none", "--data", path]).code, 1);

    let exported = beaconfire(&["journal", "export", "--data", path]);
    let lines: Vec<serde_json::Value> =
        exported.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.iter().enumerate().all(|(at, line)| line["seq"] == at as u64 + 1), "{}", exported.out);
    assert!(lines.windows(2).all(|two| two[0]["hash"] == two[1]["prev"]));
}

#[test]
fn a_backup_restores_into_an_empty_folder_only() {
    let folder = fixture_folder();
    let (key, _) = data(folder.path());
    let path = folder.path().to_str().expect("a path");
    let other = fixture_folder();
    let at = |name: &str| other.path().join(name).display().to_string();
    let made = beaconfire(&["backup", &at("b"), "--data", path]);
    assert_eq!(made.code, 0, "{}", made.err);
    let restored = beaconfire(&["restore", &at("b"), "--data", &at("r"), "--key", &key]);
    assert!(
        restored.code == 0 && restored.out.contains("the chain holds"),
        "{}{}",
        restored.out,
        restored.err
    );
    assert_eq!(beaconfire(&["journal", "verify", "--data", &at("r"), "--key", &key]).code, 0);
    assert_eq!(beaconfire(&["restore", &at("b"), "--data", &at("r")]).code, 2, "not empty any more");
    assert_eq!(beaconfire(&["restore", &at("b"), "--data", &at("q"), "--key", &"0".repeat(64)]).code, 1);
}

#[test]
fn items_are_erased_by_policy_and_the_chain_still_holds() {
    let folder = fixture_folder();
    let (key, _) = data(folder.path());
    let path = folder.path().to_str().expect("a path");
    let items = Items::open(&folder.path().join(ITEMS_FILE)).expect("items");
    let old = "2020-01-01T00:00:00Z".parse().expect("a time");
    let spare = items.put(b"nobody rests on this", "text/plain", "quakes", old).expect("put").id;
    let evidence = beaconfire_store::ItemId::of(b"one answer");
    let new = items.put(b"just came", "text/plain", "quakes", jiff::Timestamp::now()).expect("put").id;
    let erase = |more: &[&str]| beaconfire(&[&["items", "erase", "--data", path][..], more].concat());

    let without = erase(&["--older-than", "90d"]);
    assert!(without.code == 2 && without.err.contains("--reason"), "{}", without.err);
    let empty = erase(&["--older-than", "90d", "--reason", " "]);
    assert!(empty.code == 2 && empty.err.contains("without a reason"), "{}", empty.err);
    assert_eq!(erase(&["--reason", "kept for 90 days"]).code, 2, "neither items nor an age");
    assert!(items.get(&spare).expect("read").is_some(), "nothing was erased so far");

    let run = erase(&["--older-than", "90d", "--reason", "kept for 90 days"]);
    assert_eq!((run.code, run.out.as_str()), (0, "1\n"), "{}", run.err);
    assert_eq!(items.get(&spare).expect("read"), None);
    assert_eq!(items.item(&spare).expect("read").expect("known").erased.as_deref(), Some("kept for 90 days"));
    assert!(items.get(&new).expect("read").is_some());
    assert!(items.get(&evidence).expect("read").is_some(), "an open incident rests on it");
    let named = erase(&[&evidence.to_string(), "--reason", "asked for"]);
    assert_eq!((named.code, named.out.as_str()), (1, "0\n"), "{}", named.err);
    let unknown = erase(&[&"0".repeat(64), "--reason", "asked for"]);
    assert_eq!(unknown.code, 1, "{}", unknown.err);
    let both = erase(&[&new.to_string(), &spare.to_string(), "--reason", "asked for"]);
    assert_eq!((both.code, both.out.as_str()), (0, "1\n"), "{}", both.err);

    let verified = beaconfire(&["journal", "verify", "--data", path, "--key", &key]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    assert!(verified.out.contains("1 items held, 2 erased by policy, hash held"), "{}", verified.out);
}
