//! What every engine that holds the journal must do. An engine's tests call [`run`] with a way to
//! open a journal (mark "exercise") in an empty folder; opening the same folder again must find
//! the same journal.

// Each test binary uses its part.
#![allow(dead_code)]

use std::path::Path;

use beaconfire_store::journal::{
    Appended, Head, JournalBackend, MAX_BODY_BYTES, Mode, NewRecord, genesis, record_hash,
};
use beaconfire_store::{AppendError, Ed25519Signer, Signer, verify};
use jiff::Timestamp;

pub(crate) type Open = fn(&Path) -> Box<dyn JournalBackend>;

/// The suite.
pub(crate) fn run(open: Open) {
    let checks: [fn(Open, &Path); 11] = [
        an_empty_journal_begins_at_its_genesis,
        records_read_back_as_they_were,
        the_chain_is_the_documented_one,
        a_submission_is_kept_whole_or_not_at_all,
        a_conflict_fails_its_own_submission_alone,
        an_invalid_record_is_refused_in_words,
        everything_is_there_after_opening_again,
        pages_join_without_gap_or_repetition,
        a_subjects_records_come_in_order,
        checkpoints_are_signed_and_kept_once,
        notes_are_kept,
    ];
    for check in checks {
        let folder = tempfile::tempdir().unwrap();
        check(open, folder.path());
    }
}

/// A record about a subject.
pub(crate) fn about(subject: &str, version: u64, body: &str) -> NewRecord {
    NewRecord {
        at: "2026-11-21T23:00:00.123456789Z".parse().unwrap(),
        kind: "test".into(),
        version: 1,
        subject: Some(subject.into()),
        subject_version: version,
        body: format!("{{\"text\":\"{body}\"}}").into_bytes(),
    }
}

/// A record about nothing.
pub(crate) fn plain(body: &str) -> NewRecord {
    NewRecord { subject: None, subject_version: 0, ..about("", 0, body) }
}

fn an_empty_journal_begins_at_its_genesis(open: Open, folder: &Path) {
    let journal = open(folder);
    assert_eq!(journal.mode(), Mode::Exercise);
    let hash = genesis(Mode::Exercise, &journal.journal_id());
    assert_eq!(journal.head().unwrap(), Head { seq: 0, hash });
    assert_eq!(journal.read(0, 10).unwrap(), []);
    assert_eq!(journal.subject_version("inc-1").unwrap(), 0);
    assert_eq!(journal.integrity().unwrap(), [] as [String; 0]);
    assert!(verify(journal.as_ref(), None, &[]).unwrap().holds());
}

fn records_read_back_as_they_were(open: Open, folder: &Path) {
    let mut journal = open(folder);
    let instants = [
        Timestamp::MIN,
        Timestamp::MAX,
        Timestamp::UNIX_EPOCH,
        Timestamp::new(-1, -999_999_999).unwrap(),
        "9999-01-01T00:00:00Z".parse().unwrap(),
    ];
    for (n, at) in instants.into_iter().enumerate() {
        let new = NewRecord {
            at,
            kind: "kind é".into(),
            version: u16::MAX,
            subject: Some("sub\0ject".into()),
            subject_version: n as u64 + 1,
            body: vec![0, 255, n as u8],
        };
        let done = journal.append(std::slice::from_ref(&new)).unwrap();
        let read = journal.read(done.first_seq, 1).unwrap().pop().unwrap();
        assert_eq!(
            (read.at, read.kind, read.version, read.subject, read.subject_version, read.body),
            (new.at, new.kind, new.version, new.subject, new.subject_version, new.body)
        );
    }
    journal.append(&[plain("")]).unwrap();
    assert_eq!(journal.read(6, 1).unwrap()[0].subject, None);
    assert!(verify(journal.as_ref(), None, &[]).unwrap().holds());
}

fn the_chain_is_the_documented_one(open: Open, folder: &Path) {
    let mut journal = open(folder);
    let news = [about("inc-1", 1, "a"), plain("b"), about("inc-1", 2, "c")];
    let done = journal.append(&news).unwrap();
    let mut prev = genesis(Mode::Exercise, &journal.journal_id());
    for (n, new) in news.iter().enumerate() {
        let record = journal.read(n as u64 + 1, 1).unwrap().pop().unwrap();
        assert_eq!(record.prev, prev);
        assert_eq!(record.hash, record_hash(&prev, n as u64 + 1, new));
        prev = record.hash;
    }
    assert_eq!(done, Appended { first_seq: 1, last_seq: 3, head: prev });
    assert_eq!(journal.head().unwrap(), Head { seq: 3, hash: prev });
}

fn a_submission_is_kept_whole_or_not_at_all(open: Open, folder: &Path) {
    let mut journal = open(folder);
    journal.append(&[about("inc-1", 1, "a")]).unwrap();
    let head = journal.head().unwrap();
    let refused = journal.append(&[about("inc-2", 1, "b"), about("inc-1", 1, "c")]).unwrap_err();
    let expected = AppendError::Conflict { subject: "inc-1".into(), expected: 0, found: 1 };
    assert_eq!(refused, expected);
    assert_eq!(journal.head().unwrap(), head);
    assert_eq!(journal.subject_version("inc-2").unwrap(), 0);
    journal.append(&[about("inc-2", 1, "b"), about("inc-1", 2, "c"), about("inc-1", 3, "d")]).unwrap();
    assert_eq!(journal.subject_version("inc-1").unwrap(), 3);
}

fn a_conflict_fails_its_own_submission_alone(open: Open, folder: &Path) {
    let mut journal = open(folder);
    let submissions = [
        vec![about("inc-1", 1, "a"), about("inc-2", 1, "b")],
        vec![about("inc-1", 1, "loses")],
        vec![about("inc-1", 2, "c")],
        vec![about("inc-1", 4, "from the future")],
        vec![plain("d")],
    ];
    let groups: Vec<&[NewRecord]> = submissions.iter().map(Vec::as_slice).collect();
    let outcomes = journal.append_groups(&groups);
    let places: Vec<_> =
        outcomes.iter().map(|o| o.as_ref().ok().map(|a| (a.first_seq, a.last_seq))).collect();
    assert_eq!(places, [Some((1, 2)), None, Some((3, 3)), None, Some((4, 4))]);
    let conflict = |expected, found| AppendError::Conflict { subject: "inc-1".into(), expected, found };
    assert_eq!(outcomes[1], Err(conflict(0, 1)));
    assert_eq!(outcomes[3], Err(conflict(3, 2)));
    assert_eq!(outcomes[4].as_ref().unwrap().head, journal.head().unwrap().hash);
    assert!(verify(journal.as_ref(), None, &[]).unwrap().holds());
}

fn an_invalid_record_is_refused_in_words(open: Open, folder: &Path) {
    let mut journal = open(folder);
    let with = |change: fn(&mut NewRecord)| {
        let mut record = about("inc-1", 1, "a");
        change(&mut record);
        vec![record]
    };
    let bad = [
        vec![],
        with(|r| r.kind.clear()),
        with(|r| r.kind = "k".repeat(1000)),
        with(|r| r.subject = Some(String::new())),
        with(|r| r.subject = Some("s".repeat(1000))),
        with(|r| r.subject = None),
        with(|r| r.body = vec![0; MAX_BODY_BYTES + 1]),
    ];
    for records in bad {
        let refused = journal.append(&records).unwrap_err();
        assert!(matches!(refused, AppendError::Invalid { .. }), "{refused}");
    }
    let largest = with(|r| r.subject_version = u64::MAX);
    assert!(matches!(journal.append(&largest), Err(AppendError::Conflict { .. })));
    assert_eq!(journal.head().unwrap().seq, 0);
}

fn everything_is_there_after_opening_again(open: Open, folder: &Path) {
    let (id, head) = {
        let mut journal = open(folder);
        journal.append(&[about("inc-1", 1, "a"), plain("b")]).unwrap();
        (journal.journal_id(), journal.head().unwrap())
    };
    let mut journal = open(folder);
    assert_eq!((journal.journal_id(), journal.head().unwrap()), (id, head));
    assert_eq!(journal.subject_version("inc-1").unwrap(), 1);
    assert_eq!(journal.append(&[about("inc-1", 2, "c")]).unwrap().first_seq, 3);
    assert!(verify(journal.as_ref(), None, &[]).unwrap().holds());
}

fn pages_join_without_gap_or_repetition(open: Open, folder: &Path) {
    let mut journal = open(folder);
    let news: Vec<_> = (0..25).map(|n| plain(&n.to_string())).collect();
    journal.append(&news).unwrap();
    let mut seqs = Vec::new();
    loop {
        let page = journal.read(seqs.len() as u64 + 1, 7).unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 7);
        seqs.extend(page.iter().map(|record| record.seq));
    }
    assert_eq!(seqs, (1..=25).collect::<Vec<u64>>());
    assert_eq!(journal.read(u64::MAX, 7).unwrap(), []);
    assert_eq!(journal.read(1, 0).unwrap(), []);
}

fn a_subjects_records_come_in_order(open: Open, folder: &Path) {
    let mut journal = open(folder);
    for version in 1..=4 {
        journal.append(&[about("inc-1", version, "a"), plain("x"), about("inc-2", version, "b")]).unwrap();
    }
    let versions = |from, limit| -> Vec<u64> {
        let records = journal.read_subject("inc-1", from, limit).unwrap();
        assert!(records.iter().all(|record| record.subject.as_deref() == Some("inc-1")));
        records.iter().map(|record| record.subject_version).collect()
    };
    assert_eq!(versions(0, 10), [1, 2, 3, 4]);
    assert_eq!(versions(2, 2), [2, 3]);
    assert_eq!(journal.read_subject("inc-3", 0, 10).unwrap(), []);
}

fn checkpoints_are_signed_and_kept_once(open: Open, folder: &Path) {
    let key = Ed25519Signer::from_pkcs8(&Ed25519Signer::generate_pkcs8().unwrap()).unwrap();
    let other = Ed25519Signer::from_pkcs8(&Ed25519Signer::generate_pkcs8().unwrap()).unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let mut journal = open(folder);
    journal.append(&[plain("a")]).unwrap();
    let made = journal.checkpoint(&key, at).unwrap();
    assert_eq!(Head { seq: made.seq, hash: made.hash }, journal.head().unwrap());
    let again = journal.checkpoint(&key, at + jiff::SignedDuration::from_secs(1)).unwrap();
    assert_eq!(again, made);
    journal.append(&[plain("b")]).unwrap();
    let second = journal.checkpoint(&key, at).unwrap();
    assert_eq!(journal.checkpoints().unwrap(), [made, second]);
    let verdict = verify(journal.as_ref(), None, &[key.public_key()]).unwrap();
    assert!(verdict.holds() && verdict.anchored && verdict.checkpoints == 2, "{verdict}");
    assert!(!verify(journal.as_ref(), None, &[other.public_key()]).unwrap().holds());
}

fn notes_are_kept(open: Open, folder: &Path) {
    let mut journal = open(folder);
    assert_eq!(journal.meta("a").unwrap(), None);
    journal.set_meta("a", b"1").unwrap();
    journal.set_meta("a", b"2").unwrap();
    drop(journal);
    assert_eq!(open(folder).meta("a").unwrap().as_deref(), Some(&b"2"[..]));
}
