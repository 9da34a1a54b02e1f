//! Whatever is done to a journal's file behind its back is found and named.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod conformance;

use std::path::{Path, PathBuf};

use beaconfire_store::journal::{
    JournalBackend, Mode, NewRecord, Record, SqliteJournal, Verifier, record_hash,
};
use beaconfire_store::{Ed25519Signer, ItemId, Items, Signer, StoreError, Verdict, verify};
use conformance::{about, plain};
use jiff::Timestamp;
use proptest::prelude::*;
use rusqlite::Connection;

const RECORDS: u64 = 12;
const SIGNED: u64 = 9;

struct Case {
    folder: tempfile::TempDir,
    key: Ed25519Signer,
}

impl Case {
    /// Twelve records, a checkpoint at the ninth.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = Ed25519Signer::from_pkcs8(&Ed25519Signer::generate_pkcs8().unwrap()).unwrap();
        let case = Self { folder, key };
        let mut journal = SqliteJournal::open(&case.path(), Mode::Exercise).unwrap();
        for n in 1..=RECORDS {
            let record = match n % 3 {
                0 => plain("between"),
                _ => about("inc-1", n - n / 3, "text"),
            };
            journal.append(&[record]).unwrap();
            if n == SIGNED {
                journal.checkpoint(&case.key, Timestamp::UNIX_EPOCH).unwrap();
            }
        }
        drop(journal);
        assert!(case.verdict().holds());
        case
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal.sqlite")
    }

    fn verdict(&self) -> Verdict {
        let journal = SqliteJournal::open_read_only(&self.path()).unwrap();
        verify(&journal, None, &[self.key.public_key()]).unwrap()
    }

    fn tamper(&self, sql: &str) {
        let conn = Connection::open(self.path()).unwrap();
        // Checks of the schema do not stop whoever has the file.
        conn.execute_batch(&format!("PRAGMA ignore_check_constraints = ON; {sql}")).unwrap();
    }

    fn found(&self, seq: u64, words: &str) {
        let verdict = self.verdict();
        assert!(!verdict.holds());
        let broken = verdict.broken.clone().unwrap_or_else(|| panic!("no break: {verdict}"));
        assert_eq!(broken.seq, seq, "{verdict}");
        assert!(broken.what.contains(words), "{verdict}");
        assert_eq!(verdict.records, seq - 1);
        assert!(verdict.to_string().contains(&format!("record {seq}: ")), "{verdict}");
    }
}

#[test]
fn a_removed_record_is_found() {
    let case = Case::new();
    case.tamper("DELETE FROM record WHERE seq = 5");
    case.found(5, "missing; the next is record 6");
}

#[test]
fn a_removed_record_is_found_when_the_rest_moves_up() {
    let case = Case::new();
    case.tamper(
        "DELETE FROM record WHERE seq = 6;
         UPDATE record SET seq = seq - 1 WHERE seq > 6;
         UPDATE journal SET head_seq = 11",
    );
    case.found(6, "does not follow on the record before");
}

#[test]
fn a_cut_end_is_found_by_the_head_row() {
    let case = Case::new();
    case.tamper("DELETE FROM record WHERE seq > 10");
    case.found(11, "the head row knows records up to 12");
}

#[test]
fn a_cut_end_is_found_by_a_checkpoint_though_the_head_row_is_mended() {
    let case = Case::new();
    case.tamper(
        "DELETE FROM record WHERE seq > 7;
         UPDATE journal SET head_seq = 7, head_hash = (SELECT hash FROM record WHERE seq = 7)",
    );
    case.found(8, "a signed checkpoint knows records up to 9");
}

#[test]
fn an_added_record_behind_the_head_is_found() {
    let case = Case::new();
    case.tamper("INSERT INTO record SELECT 13, at_second, at_nano, kind, version, NULL, 0, body, prev, hash FROM record WHERE seq = 3");
    case.found(13, "does not follow");
}

#[test]
fn a_rewritten_chain_is_found_by_its_checkpoint() {
    let case = Case::new();
    rewrite_from(&case.path(), 4);
    let verdict = case.verdict();
    assert_eq!(verdict.broken, None, "the chain itself holds again");
    assert!(!verdict.holds());
    assert!(verdict.to_string().contains("record 9 knows another hash"), "{verdict}");
}

/// Changes a record and mends every hash after it, as one with the program but no key could.
fn rewrite_from(path: &Path, seq: u64) {
    let journal = SqliteJournal::open_read_only(path).unwrap();
    let records = journal.read(seq, 100).unwrap();
    let conn = Connection::open(path).unwrap();
    let mut prev = records[0].prev;
    for record in &records {
        let mut new = as_new(record);
        if record.seq == seq {
            new.body = b"forged".to_vec();
        }
        let hash = record_hash(&prev, record.seq, &new);
        conn.execute(
            "UPDATE record SET body = ?2, prev = ?3, hash = ?4 WHERE seq = ?1",
            (record.seq as i64, new.body, prev, hash),
        )
        .unwrap();
        prev = hash;
    }
    conn.execute("UPDATE journal SET head_hash = ?1", [prev]).unwrap();
}

fn as_new(record: &Record) -> NewRecord {
    NewRecord {
        at: record.at,
        kind: record.kind.clone(),
        version: record.version,
        subject: record.subject.clone(),
        subject_version: record.subject_version,
        body: record.body.clone(),
    }
}

#[test]
fn a_changed_checkpoint_is_found() {
    for change in ["seq = 8", "hash = randomblob(32)", "at_second = 1", "signature = randomblob(64)"] {
        let case = Case::new();
        case.tamper(&format!("UPDATE checkpoint SET {change}"));
        let verdict = case.verdict();
        assert!(verdict.to_string().contains("signature of the checkpoint"), "{change}: {verdict}");
        assert!(!verdict.holds());
    }
    let case = Case::new();
    case.tamper("UPDATE checkpoint SET public_key = randomblob(32)");
    assert!(case.verdict().to_string().contains("none of the given"));
}

#[test]
fn an_exercise_relabelled_live_is_found() {
    let case = Case::new();
    case.tamper("UPDATE journal SET mode = 'live'");
    case.found(1, "does not follow");
}

#[test]
fn a_record_that_cannot_be_read_is_named() {
    let case = Case::new();
    case.tamper("UPDATE record SET hash = x'00' WHERE seq = 5");
    case.found(5, "it cannot be read");
}

#[test]
fn items_are_held_against_their_hashes() {
    let case = Case::new();
    let items_path = case.folder.path().join("items.sqlite");
    let items = Items::open(&items_path).unwrap();
    let ids: Vec<ItemId> = ["a", "b", "c", "d"]
        .map(|text| items.put(text.as_bytes(), "", "s", Timestamp::UNIX_EPOCH).unwrap().id)
        .to_vec();
    items.erase(&ids[1], "policy").unwrap();
    let journal = SqliteJournal::open_read_only(&case.path()).unwrap();
    let verdict = verify(&journal, Some(&items), &[]).unwrap();
    assert!(verdict.holds() && !verdict.anchored);
    assert!(verdict.to_string().contains("3 items held, 1 erased by policy, hash held"), "{verdict}");

    let conn = Connection::open(&items_path).unwrap();
    conn.execute_batch("UPDATE item_bytes SET bytes = x'00' WHERE n = 3; DELETE FROM item_bytes WHERE n = 4")
        .unwrap();
    let verdict = verify(&journal, Some(&items), &[]).unwrap();
    let words = verdict.to_string();
    assert!(!verdict.holds());
    assert!(words.contains(&format!("item {}: its bytes have another hash", ids[2])), "{words}");
    assert!(words.contains(&format!("item {}: its bytes are missing", ids[3])), "{words}");
}

#[test]
fn a_cited_item_that_is_neither_held_nor_erased_is_found() {
    let case = Case::new();
    let items = Items::open(&case.folder.path().join("items.sqlite")).unwrap();
    let held = items.put(b"a", "", "s", Timestamp::UNIX_EPOCH).unwrap().id;
    let gone = ItemId::of(b"gone");
    let journal = SqliteJournal::open_read_only(&case.path()).unwrap();
    let cites = |record: &Record| if record.seq == 3 { vec![held, gone] } else { vec![held] };
    let verdict = Verifier::new(&journal).items(&items).references(cites).run().unwrap();
    let expected = format!("record 3 cites item {gone}, which is neither held nor marked as erased");
    assert_eq!(verdict.items.unwrap().wrong, [expected]);
}

const COLUMNS: [&str; 9] =
    ["at_second", "at_nano", "kind", "version", "subject", "subject_version", "body", "prev", "hash"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_flipped_byte_of_a_record_is_found(
        seq in 1..=RECORDS, column in 0..COLUMNS.len(), place in any::<prop::sample::Index>(), bit in 0u8..7,
    ) {
        let case = Case::new();
        let column = COLUMNS[column];
        let conn = Connection::open(case.path()).unwrap();
        conn.execute_batch("DROP INDEX record_subject").unwrap();
        let (kind, bytes): (String, Option<Vec<u8>>) = conn
            .query_row(
                &format!("SELECT typeof({column}), CAST({column} AS BLOB) FROM record WHERE seq = ?1"),
                [seq as i64],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        match (kind.as_str(), bytes) {
            ("integer", _) => conn.execute(
                &format!("UPDATE record SET {column} = {column} + ?2 WHERE seq = ?1"),
                (seq as i64, 1i64 << bit),
            ),
            ("null", _) => conn.execute("UPDATE record SET subject = 'x' WHERE seq = ?1", [seq as i64]),
            (_, Some(mut bytes)) => {
                let at = place.index(bytes.len());
                bytes[at] ^= 1 << bit;
                let cast = if kind == "text" { "CAST(?2 AS TEXT)" } else { "?2" };
                conn.execute(
                    &format!("UPDATE record SET {column} = {cast} WHERE seq = ?1"),
                    (seq as i64, bytes),
                )
            }
            _ => unreachable!(),
        }
        .unwrap();
        drop(conn);
        let verdict = case.verdict();
        prop_assert!(!verdict.holds());
        let broken = verdict.broken.unwrap().seq;
        prop_assert_eq!(broken, seq);
    }

    #[test]
    fn reordered_records_are_found(a in 1..=RECORDS, b in 1..=RECORDS) {
        prop_assume!(a != b);
        let case = Case::new();
        case.tamper(&format!(
            "UPDATE record SET seq = 0 WHERE seq = {a};
             UPDATE record SET seq = {a} WHERE seq = {b};
             UPDATE record SET seq = {b} WHERE seq = 0"
        ));
        let verdict = case.verdict();
        prop_assert_eq!(verdict.broken.unwrap().seq, a.min(b));
    }

    #[test]
    fn any_removed_record_is_found(seq in 1..=RECORDS) {
        let case = Case::new();
        case.tamper(&format!("DELETE FROM record WHERE seq = {seq}"));
        let verdict = case.verdict();
        prop_assert_eq!(verdict.broken.unwrap().seq, seq);
    }

    #[test]
    fn a_flipped_byte_of_the_file_is_found_or_changed_no_record(
        place in any::<prop::sample::Index>(), bit in 0u8..8,
    ) {
        let case = Case::new();
        let before = SqliteJournal::open_read_only(&case.path()).unwrap().read(1, 100).unwrap();
        let mut bytes = std::fs::read(case.path()).unwrap();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        std::fs::write(case.path(), &bytes).unwrap();
        let verdict = SqliteJournal::open_read_only(&case.path())
            .and_then(|journal| Ok((verify(&journal, None, &[case.key.public_key()])?, journal)));
        match verdict {
            Err(StoreError::Damaged { .. } | StoreError::Io { .. } | StoreError::ForeignSchema { .. } | StoreError::NewerSchema { .. }) => {}
            Err(other) => prop_assert!(false, "{other}"),
            Ok((verdict, journal)) if verdict.holds() => {
                prop_assert_eq!(journal.read(1, 100).unwrap(), before);
            }
            Ok(_) => {}
        }
    }
}
