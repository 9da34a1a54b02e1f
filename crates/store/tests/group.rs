//! Group commit: many submitters, nothing lost, nothing twice, conflicts alone.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod conformance;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use beaconfire_store::journal::{Durable, Mode, SqliteJournal};
use beaconfire_store::{AppendError, GroupCommit, verify};
use conformance::{about, plain};
use proptest::prelude::*;

fn start(folder: &tempfile::TempDir) -> (GroupCommit, Arc<Mutex<Vec<Durable>>>) {
    let journal = SqliteJournal::open(&folder.path().join("journal.sqlite"), Mode::Live).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let group = GroupCommit::start(Box::new(journal), move |durable| tell.lock().unwrap().push(*durable));
    (group.unwrap(), told)
}

#[test]
fn what_waits_together_becomes_one_durable_write_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (group, told) = start(&folder);
    let (open_gate, gate) = std::sync::mpsc::channel::<()>();
    let answers = Arc::new(Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        // Holds the writer until all submissions wait.
        scope.spawn(|| group.with_journal(move |_| gate.recv().unwrap()));
        for (n, version) in [1, 2, 2, 3, 4].into_iter().enumerate() {
            let answers = Arc::clone(&answers);
            group.submit_then(vec![about("inc-1", version, "x")], move |outcome| {
                answers.lock().unwrap().push((n, outcome));
            });
        }
        open_gate.send(()).unwrap();
    });
    let journal = group.close().unwrap();
    let answers = answers.lock().unwrap();
    assert_eq!(answers.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    let conflict = AppendError::Conflict { subject: "inc-1".into(), expected: 1, found: 2 };
    assert_eq!(answers[2].1, Err(conflict));
    let kept: Vec<_> = answers.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).collect();
    assert_eq!(kept.iter().map(|a| a.first_seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let told = told.lock().unwrap();
    let submissions: usize = told.iter().map(|durable| durable.submissions).sum();
    assert_eq!(submissions, 4);
    assert_eq!(told.last().unwrap().head, journal.head().unwrap().hash);
    assert!(told.windows(2).all(|pair| pair[0].last_seq + 1 == pair[1].first_seq));
}

#[test]
fn work_on_the_journal_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (group, _) = start(&folder);
    group.submit(vec![plain("a")]).unwrap();
    let seq = group.with_journal(|journal| journal.head().unwrap().seq).unwrap();
    assert_eq!(seq, 1);
    group.with_journal(|journal| journal.set_meta("k", b"v").unwrap()).unwrap();
    assert_eq!(group.close().unwrap().meta("k").unwrap().as_deref(), Some(&b"v"[..]));
}

#[test]
fn a_journal_can_be_proved_beside_its_writer() {
    let folder = tempfile::tempdir().unwrap();
    let (group, _) = start(&folder);
    let reader = SqliteJournal::open_read_only(&folder.path().join("journal.sqlite")).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                group.submit(vec![plain("x")]).unwrap();
            }
        });
        for _ in 0..20 {
            let verdict = verify(&reader, None, &[]).unwrap();
            assert!(verdict.holds(), "{verdict}");
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn submissions_of_many_threads_are_all_kept_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (group, told) = start(&folder);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..20 {
                    group.submit(vec![plain("x")]).unwrap();
                }
            });
        }
    });
    assert_eq!(group.close().unwrap().head().unwrap().seq, 320);
    let told = told.lock().unwrap();
    assert_eq!(told.iter().map(|durable| durable.submissions).sum::<usize>(), 320);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_interleavings_lose_nothing_and_never_apply_a_conflict(
        plans in prop::collection::vec(prop::collection::vec((0u8..3, 1usize..4), 1..12), 1..5),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (group, _) = start(&folder);
        // Each thread writes about three shared subjects at versions that it has read, so that
        // some of its submissions conflict; it notes what it was told was kept.
        let kept: Vec<Vec<(u64, Vec<u8>)>> = std::thread::scope(|scope| {
            let threads: Vec<_> = plans
                .iter()
                .enumerate()
                .map(|(thread, plan)| {
                    let group = &group;
                    scope.spawn(move || run_plan(group, thread, plan))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let journal = group.close().unwrap();
        let verdict = verify(journal.as_ref(), None, &[]).unwrap();
        prop_assert!(verdict.holds(), "{}", verdict);
        let told: BTreeMap<u64, Vec<u8>> = kept.iter().flatten().cloned().collect();
        let found: BTreeMap<u64, Vec<u8>> =
            journal.read(1, usize::MAX).unwrap().into_iter().map(|r| (r.seq, r.body)).collect();
        prop_assert_eq!(told.len(), kept.iter().map(Vec::len).sum::<usize>());
        prop_assert_eq!(told, found);
        for thread in kept {
            prop_assert!(thread.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}

fn run_plan(group: &GroupCommit, thread: usize, plan: &[(u8, usize)]) -> Vec<(u64, Vec<u8>)> {
    let mut kept = Vec::new();
    let mut versions = [0u64; 3];
    for (step, (subject, count)) in plan.iter().enumerate() {
        let known = &mut versions[usize::from(*subject)];
        let records: Vec<_> = (0..*count)
            .map(|n| about(&format!("inc-{subject}"), *known + 1 + n as u64, &format!("{thread}/{step}/{n}")))
            .collect();
        match group.submit(records.clone()) {
            Ok(appended) => {
                *known += *count as u64;
                let bodies = records.into_iter().map(|record| record.body);
                kept.extend((appended.first_seq..=appended.last_seq).zip(bodies));
            }
            Err(AppendError::Conflict { found, .. }) => *known = found,
            Err(other) => panic!("{other}"),
        }
    }
    kept
}
