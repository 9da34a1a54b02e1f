//! Backups taken while the program writes, and restores that are checked.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod conformance;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use beaconfire_store::journal::{JournalBackend, Mode, SqliteJournal};
use beaconfire_store::{
    ACCOUNTS_FILE, Accounts, BackupError, Ed25519Signer, FolderLock, GroupCommit, ITEMS_FILE, ItemId, Items,
    JOURNAL_FILE, LockError, NewAccount, OBSERVATIONS_FILE, Observation, Observations, Signer, backup,
    restore, verify,
};
use conformance::plain;
use jiff::Timestamp;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn key() -> Ed25519Signer {
    Ed25519Signer::from_pkcs8(&Ed25519Signer::generate_pkcs8().unwrap()).unwrap()
}

/// A data folder with something in each file.
fn fill(dir: &Path, key: &Ed25519Signer) {
    let mut journal = SqliteJournal::open(&dir.join(JOURNAL_FILE), Mode::Exercise).unwrap();
    let items = Items::open(&dir.join(ITEMS_FILE)).unwrap();
    for n in 0..20u8 {
        items.put(&[n; 100], "", "feed", AT).unwrap();
        journal.append(&[plain(&n.to_string())]).unwrap();
    }
    items.erase(&ItemId::of(&[3; 100]), "policy").unwrap();
    journal.checkpoint(key, AT).unwrap();
    let observations = Observations::open(&dir.join(OBSERVATIONS_FILE)).unwrap();
    let series = observations.intern("usgs", "stage").unwrap();
    let one = |time| Observation { series, time, value: 0.5, quality: 1 };
    observations.commit_batch(&(0..50).map(one).collect::<Vec<_>>()).unwrap();
    let accounts = Accounts::open(&dir.join(ACCOUNTS_FILE)).unwrap();
    let anna =
        NewAccount { id: None, login: "anna", name: "A", password: "a long password", roles: &["author"] };
    accounts.create_account(&anna).unwrap();
    accounts.sign_in("anna", "a long password", AT).unwrap();
}

#[test]
fn a_restore_equals_what_was_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, to, again] = ["data", "backup", "again"].map(|name| folder.path().join(name));
    std::fs::create_dir(&dir).unwrap();
    let key = key();
    fill(&dir, &key);
    let taken = backup(&dir, &to).unwrap();
    assert_eq!((taken.head.seq, taken.mode, taken.files.len()), (20, Mode::Exercise, 4));
    let done = restore(&to, &again, &[key.public_key()]).unwrap();
    assert_eq!(done.backup, taken);
    assert_eq!(done.verdict.items.as_ref().map(|items| (items.held, items.erased)), Some((19, 1)));
    let read = |dir: &Path| {
        let journal = SqliteJournal::open(&dir.join(JOURNAL_FILE), Mode::Exercise).unwrap();
        let items = Items::open(&dir.join(ITEMS_FILE)).unwrap();
        let observations = Observations::open(&dir.join(OBSERVATIONS_FILE)).unwrap();
        let accounts = Accounts::open(&dir.join(ACCOUNTS_FILE)).unwrap();
        (
            journal.read(1, 100).unwrap(),
            journal.checkpoints().unwrap(),
            items.list(0, 100).unwrap(),
            observations.range(0, 0, 100).unwrap(),
            observations.unjudged(0, 100).unwrap(),
            accounts.accounts().unwrap(),
        )
    };
    assert_eq!(read(&dir), read(&again));
    FolderLock::take(&again).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(&again)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    assert_eq!(names, ["LOCK", ACCOUNTS_FILE, ITEMS_FILE, JOURNAL_FILE, OBSERVATIONS_FILE]);
}

#[test]
fn a_backup_taken_during_appends_verifies_and_holds_what_its_journal_cites() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("data");
    std::fs::create_dir(&dir).unwrap();
    let journal = SqliteJournal::open(&dir.join(JOURNAL_FILE), Mode::Live).unwrap();
    let items = Items::open(&dir.join(ITEMS_FILE)).unwrap();
    let group = GroupCommit::start(Box::new(journal), |_| {}).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0u64.. {
                // The item first, then the record that cites it.
                let id = items.put(&n.to_be_bytes(), "", "s", AT).unwrap().id;
                group.submit(vec![plain(&id.to_string())]).unwrap();
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        for n in 0..4 {
            let before = group.submit(vec![plain("mark")]).unwrap().last_seq;
            let to = folder.path().join(format!("backup-{n}"));
            let taken = backup(&dir, &to).unwrap();
            assert!(taken.head.seq >= before, "what was durable before is in it");
            let again = folder.path().join(format!("again-{n}"));
            assert!(restore(&to, &again, &[]).unwrap().verdict.holds());
            let copy = SqliteJournal::open_read_only(&again.join(JOURNAL_FILE)).unwrap();
            let copied = Items::open_read_only(&again.join(ITEMS_FILE)).unwrap();
            for record in copy.read(1, usize::MAX).unwrap() {
                let body = String::from_utf8(record.body).unwrap();
                let Some(id) = body.get(9..73).and_then(ItemId::parse) else { continue };
                assert!(copied.get(&id).unwrap().is_some(), "{body}");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(verify(group.close().unwrap().as_ref(), Some(&items), &[]).unwrap().holds());
}

#[test]
fn only_an_empty_folder_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, to, full] = ["data", "backup", "full"].map(|name| folder.path().join(name));
    std::fs::create_dir(&dir).unwrap();
    std::fs::create_dir(&full).unwrap();
    std::fs::write(full.join("something"), b"").unwrap();
    assert!(matches!(backup(&dir, &to), Err(BackupError::NoJournal(_))));
    fill(&dir, &key());
    assert!(matches!(backup(&dir, &full), Err(BackupError::NotEmpty(_))));
    backup(&dir, &to).unwrap();
    assert!(matches!(restore(&to, &full, &[]), Err(BackupError::NotEmpty(_))));
    assert!(matches!(restore(&to, &dir, &[]), Err(BackupError::NotEmpty(_))));
    let held = folder.path().join("held");
    let _lock = FolderLock::take(&held).unwrap();
    assert!(matches!(restore(&to, &held, &[]), Err(BackupError::Lock(LockError::Taken { .. }))));
}

#[test]
fn a_damaged_or_cut_backup_is_refused_and_leaves_the_folder_empty() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, to, again] = ["data", "backup", "again"].map(|name| folder.path().join(name));
    std::fs::create_dir(&dir).unwrap();
    let key = key();
    fill(&dir, &key);
    backup(&dir, &to).unwrap();
    let refused = |words: &str, change: &dyn Fn()| {
        let kept: Vec<_> = std::fs::read_dir(&to)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (std::fs::read(&path).unwrap(), path))
            .collect();
        change();
        let error = restore(&to, &again, &[key.public_key()]).unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        for (bytes, path) in kept {
            std::fs::write(path, bytes).unwrap();
        }
        let left = std::fs::read_dir(&again).map_or(0, |entries| {
            entries.filter(|entry| entry.as_ref().unwrap().file_name() != "LOCK").count()
        });
        assert_eq!(left, 0, "{words}");
    };
    let flip = |name: &str, at: usize| {
        let mut bytes = std::fs::read(to.join(name)).unwrap();
        bytes[at] ^= 1;
        std::fs::write(to.join(name), bytes).unwrap();
    };
    for name in [JOURNAL_FILE, ITEMS_FILE, OBSERVATIONS_FILE, ACCOUNTS_FILE] {
        refused(&format!("{name} is not the file"), &|| flip(name, 5000));
        refused(name, &|| std::fs::remove_file(to.join(name)).unwrap());
    }
    refused("manifest.json cannot be read", &|| {
        std::fs::remove_file(to.join("manifest.json")).unwrap();
    });
    refused("manifest.json is not in the known form", &|| flip("manifest.json", 0));
    refused("names other files", &|| {
        let path = to.join("manifest.json");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text.replace(ITEMS_FILE, "../../somewhere")).unwrap();
    });
    refused("the manifest says head", &|| {
        let path = to.join("manifest.json");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text.replace("\"head_seq\": 20", "\"head_seq\": 21")).unwrap();
    });
    assert!(restore(&to, &again, &[key.public_key()]).unwrap().verdict.holds());
}

#[test]
fn a_broken_off_restore_is_named_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("RESTORING"), b"").unwrap();
    let refused = FolderLock::take(folder.path()).unwrap_err();
    assert!(refused.to_string().contains("empty it and restore again"), "{refused}");
}
