//! The process is stopped right after each durable write in turn; whatever was acknowledged is
//! there afterwards, and going on leads to the same end as if nothing had happened.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod conformance;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use beaconfire_store::journal::{JournalBackend, Mode, SqliteJournal};
use beaconfire_store::{
    ITEMS_FILE, Items, JOURNAL_FILE, OBSERVATIONS_FILE, Observation, Observations, durable, verify,
};
use conformance::about;
use jiff::Timestamp;

const DIR: &str = "BEACONFIRE_STORE_CRASH_DIR";
const AT: &str = "BEACONFIRE_STORE_CRASH_AT";
const ROUNDS: u64 = 6;

/// What the child does: each round an item, observations, a record, a checkpoint of the detectors.
/// Every step finds out for itself whether it was done before. Says what was acknowledged.
fn work(dir: &Path, say: &mut dyn FnMut(String)) {
    let mut journal = SqliteJournal::open(&dir.join(JOURNAL_FILE), Mode::Exercise).unwrap();
    let items = Items::open(&dir.join(ITEMS_FILE)).unwrap();
    let observations = Observations::open(&dir.join(OBSERVATIONS_FILE)).unwrap();
    let series = observations.intern("source", "key").unwrap();
    for round in 1..=ROUNDS {
        items.put(&round.to_be_bytes(), "", "s", Timestamp::UNIX_EPOCH).unwrap();
        say(format!("item {round}"));
        let one = |n: i64| Observation { series, time: round as i64 * 10 + n, value: 1.0, quality: 0 };
        observations.commit_batch(&[one(0), one(1)]).unwrap();
        say(format!("batch {round}"));
        if journal.subject_version("inc-1").unwrap() < round {
            journal.append(&[about("inc-1", round, "x")]).unwrap();
        }
        say(format!("record {round}"));
        let judged = observations.load_checkpoint().unwrap().map_or(0, |(upto, _)| upto);
        if round % 2 == 0 && judged < round {
            observations.checkpoint(round, &round.to_be_bytes()).unwrap();
        }
    }
    observations.settle().unwrap();
}

/// Not a test of its own: runs only as the child of the one below.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    durable::set_crash_at(std::env::var(AT).unwrap().parse().unwrap());
    let mut out = std::io::stdout();
    work(Path::new(&dir), &mut |line| {
        writeln!(out, "ack {line}").unwrap();
        out.flush().unwrap();
    });
    println!("writes {}", durable::count());
}

#[test]
fn nothing_acknowledged_is_lost_at_any_durable_write() {
    let folder = tempfile::tempdir().unwrap();
    let undisturbed = folder.path().join("undisturbed");
    let (writes, died) = run(&undisturbed, 0);
    assert!(!died);
    let total: u64 = writes.iter().find_map(|line| line.strip_prefix("writes ")?.parse().ok()).unwrap();
    assert!(total > 3 * ROUNDS, "{total}");
    for k in 1..=total {
        let dir = folder.path().join(k.to_string());
        let (acknowledged, died) = run(&dir, k);
        assert!(died, "{k}");
        check(&dir, &acknowledged);
        let (_, died) = run(&dir, 0);
        assert!(!died, "{k}");
        assert_eq!(state(&dir), state(&undisturbed), "{k}");
    }
}

fn run(dir: &Path, crash_at: u64) -> (Vec<String>, bool) {
    std::fs::create_dir_all(dir).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(DIR, dir)
        .env(AT, crash_at.to_string())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().map(str::to_owned).collect(), !output.status.success())
}

fn check(dir: &Path, lines: &[String]) {
    for line in lines.iter().filter_map(|line| line.strip_prefix("ack ")) {
        let (what, round) = line.split_once(' ').unwrap();
        let round: u64 = round.parse().unwrap();
        let held = match what {
            "item" => Items::open(&dir.join(ITEMS_FILE)).unwrap().count().unwrap() >= round,
            "batch" => {
                let held = Observations::open(&dir.join(OBSERVATIONS_FILE)).unwrap();
                held.latest(0).unwrap().unwrap().time > round as i64 * 10
            }
            _ => {
                let path = dir.join(JOURNAL_FILE);
                let journal = SqliteJournal::open(&path, Mode::Exercise).unwrap();
                assert!(verify(&journal, None, &[]).unwrap().holds());
                journal.subject_version("inc-1").unwrap() >= round
            }
        };
        assert!(held, "{line}");
    }
}

/// All that must be the same in the end.
fn state(dir: &Path) -> String {
    let journal = SqliteJournal::open(&dir.join(JOURNAL_FILE), Mode::Exercise).unwrap();
    let items = Items::open(&dir.join(ITEMS_FILE)).unwrap();
    let observations = Observations::open(&dir.join(OBSERVATIONS_FILE)).unwrap();
    assert!(verify(&journal, Some(&items), &[]).unwrap().holds());
    let bodies: Vec<_> = journal.read(1, 100).unwrap().into_iter().map(|r| r.body).collect();
    format!(
        "{bodies:?} {:?} {:?} {:?} {:?}",
        items.list(0, 100).unwrap(),
        observations.range(0, 0, i64::MAX).unwrap(),
        observations.unjudged(0, 100).unwrap(),
        observations.load_checkpoint().unwrap(),
    )
}
