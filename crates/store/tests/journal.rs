//! The journal on SQLite: the conformance suite, and what is particular to its file.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod conformance;

use std::path::Path;

use beaconfire_store::journal::{JournalBackend, Mode, SqliteJournal};
use beaconfire_store::{AppendError, StoreError};

fn sqlite(folder: &Path) -> Box<dyn JournalBackend> {
    Box::new(SqliteJournal::open(&folder.join("journal.sqlite"), Mode::Exercise).unwrap())
}

#[test]
fn sqlite_conforms() {
    conformance::run(sqlite);
}

#[test]
fn an_exercise_journal_cannot_be_opened_live_nor_a_live_one_for_an_exercise() {
    let folder = tempfile::tempdir().unwrap();
    for (made, wanted) in [(Mode::Exercise, Mode::Live), (Mode::Live, Mode::Exercise)] {
        let path = folder.path().join(made.as_str());
        drop(SqliteJournal::open(&path, made).unwrap());
        let refused = SqliteJournal::open(&path, wanted).unwrap_err();
        assert!(matches!(refused, StoreError::WrongMode { .. }), "{refused}");
        assert_eq!(SqliteJournal::open(&path, made).unwrap().mode(), made);
        assert_eq!(SqliteJournal::open_read_only(&path).unwrap().mode(), made);
    }
}

#[test]
fn a_full_disk_keeps_nothing_of_the_group_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = SqliteJournal::open(&folder.path().join("journal.sqlite"), Mode::Live).unwrap();
    journal.append(&[conformance::about("inc-1", 1, "first")]).unwrap();
    let head = journal.head().unwrap();
    journal.limit_size(1).unwrap();
    let mut large = conformance::about("inc-2", 1, "large");
    large.body = vec![b' '; 1 << 20];
    let small = conformance::about("inc-1", 2, "second");
    let outcomes = journal.append_groups(&[std::slice::from_ref(&small), std::slice::from_ref(&large)]);
    for outcome in outcomes {
        let refused = outcome.unwrap_err();
        assert!(matches!(refused, AppendError::DiskFull { .. }), "{refused}");
        assert!(refused.to_string().contains("free some space"), "{refused}");
    }
    assert_eq!(journal.head().unwrap(), head);
    assert_eq!(journal.read(1, 10).unwrap().len(), 1);
    journal.limit_size(1 << 30).unwrap();
    journal.append(&[small, large]).unwrap();
    let verdict = beaconfire_store::verify(&journal, None, &[]).unwrap();
    assert!(verdict.holds(), "{verdict}");
}

#[test]
fn a_reader_sees_what_a_writer_made_durable() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = SqliteJournal::open(&folder.path().join("journal.sqlite"), Mode::Live).unwrap();
    let reader = journal.reader().unwrap();
    journal.append(&[conformance::about("inc-1", 1, "first")]).unwrap();
    assert_eq!(reader.read(1, 10).unwrap(), journal.read(1, 10).unwrap());
    assert_eq!(reader.head().unwrap(), journal.head().unwrap());
}

#[test]
fn a_missing_journal_is_not_made_by_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let refused = SqliteJournal::open_read_only(&path).unwrap_err();
    assert!(refused.to_string().contains("there is no such file"), "{refused}");
    assert!(!path.exists());
}
