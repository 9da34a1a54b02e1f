//! Items are taken in once, and erasing keeps the hash.

use super::*;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn items(folder: &tempfile::TempDir) -> Items {
    Items::open(&folder.path().join("items.sqlite")).unwrap()
}

#[test]
fn an_item_is_taken_in_once() {
    let folder = tempfile::tempdir().unwrap();
    let items = items(&folder);
    let first = items.put(b"abc", "text/plain", "feed", AT).unwrap();
    assert!(first.new);
    let name = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(first.id.to_string(), name);
    assert_eq!(ItemId::parse(name), Some(first.id));
    assert!(!items.put(b"abc", "text/html", "other", AT).unwrap().new);
    assert_eq!(items.get(&first.id).unwrap().as_deref(), Some(&b"abc"[..]));
    assert_eq!(items.count().unwrap(), 1);
    let known = items.item(&first.id).unwrap().unwrap();
    assert_eq!((known.n, known.size, known.source.as_str()), (1, 3, "feed"));
    assert_eq!(items.list(0, 10).unwrap(), [known]);
    assert_eq!(items.list(1, 10).unwrap(), []);
}

#[test]
fn items_and_their_cursor_move_together() {
    let folder = tempfile::tempdir().unwrap();
    let held = items(&folder);
    let new = |bytes| NewItem { bytes, content_type: "", source: "r", at: AT };
    let puts = held.take_in(&[new(b"1"), new(b"2"), new(b"1")], Some(("recording:r", b"3"))).unwrap();
    assert_eq!(puts.iter().map(|put| put.new).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(held.cursor("recording:r").unwrap().as_deref(), Some(&b"3"[..]));
    assert_eq!(held.cursor("recording:s").unwrap(), None);
    drop(held);
    let again = items(&folder);
    assert_eq!(again.count().unwrap(), 2);
    again.set_cursor("recording:r", b"4").unwrap();
    assert_eq!(again.cursor("recording:r").unwrap().as_deref(), Some(&b"4"[..]));
}

#[test]
fn erased_bytes_are_gone_from_the_files_and_the_hash_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let items = items(&folder);
    let secret = b"the very secret original bytes".repeat(300);
    let put = items.put(&secret, "", "feed", AT).unwrap();
    assert!(on_disk(&folder, &secret[..30]));
    assert!(items.erase(&put.id, "retention of 30 days").unwrap());
    assert!(!items.erase(&put.id, "again").unwrap());
    assert_eq!(items.get(&put.id).unwrap(), None);
    let known = items.item(&put.id).unwrap().unwrap();
    assert_eq!(known.erased.as_deref(), Some("retention of 30 days"));
    assert!(!items.put(&secret, "", "feed", AT).unwrap().new, "what policy erased stays erased");
    assert_eq!(items.get(&put.id).unwrap(), None);
    assert!(!on_disk(&folder, &secret[..30]));
}

fn on_disk(folder: &tempfile::TempDir, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder.path()).unwrap().any(|entry| {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn receipts_are_kept_in_order_and_erasable() {
    let folder = tempfile::tempdir().unwrap();
    let items = items(&folder);
    let receipt = |attempt, words: &str| Receipt {
        job: "w1/feed".into(),
        attempt,
        at: AT,
        words: words.into(),
        answer: b"HTTP 200".to_vec(),
    };
    let kept = [receipt(1, "no answer"), receipt(2, "accepted"), receipt(2, "accepted again")];
    for one in &kept {
        items.put_receipt(one).unwrap();
    }
    assert_eq!(items.receipts("w1/feed").unwrap(), kept);
    assert_eq!(items.receipts("w2/feed").unwrap(), []);
    assert_eq!(items.erase_receipts("w1/feed").unwrap(), 3);
    assert_eq!(items.receipts("w1/feed").unwrap(), []);
}
