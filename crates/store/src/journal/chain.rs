//! The chain's bytes. Whoever wants to check a journal without this program needs only this page.
//!
//! All numbers are big-endian. `word` is a u32 length and that many bytes.
//!
//! Beginning: `SHA-256( "beaconfire journal 1\n", word mode, 16 bytes journal id )`, where mode is
//! `live` or `exercise`.
//!
//! Record: `SHA-256( "beaconfire record 1\n", 32 bytes prev, u64 seq, i64 seconds since 1970,
//! i32 nanoseconds (of the sign of the seconds), word kind, u16 version, u8 0 without a subject or
//! u8 1 and word subject, u64 subject version, word body )`.
//!
//! Checkpoint: Ed25519 over `"beaconfire checkpoint 1\n", 16 bytes journal id, u64 seq,
//! 32 bytes hash, i64 seconds, i32 nanoseconds`.

use jiff::Timestamp;

use super::{Mode, NewRecord, Record};
use crate::hash::Sha256;

/// The hash that stands before the first record.
pub fn genesis(mode: Mode, journal_id: &[u8; 16]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"beaconfire journal 1\n");
    word(&mut hash, mode.as_str().as_bytes());
    hash.update(journal_id);
    hash.finish()
}

/// The hash of a record at `seq` after one with hash `prev`.
pub fn record_hash(prev: &[u8; 32], seq: u64, record: &NewRecord) -> [u8; 32] {
    let NewRecord { at, kind, version, subject, subject_version, body } = record;
    hash_fields(prev, seq, *at, kind, *version, subject.as_deref(), *subject_version, body)
}

/// The hash that a stored record must have after its own `prev`.
pub(super) fn stored_hash(record: &Record) -> [u8; 32] {
    let Record { seq, at, kind, version, subject, subject_version, body, prev, .. } = record;
    hash_fields(prev, *seq, *at, kind, *version, subject.as_deref(), *subject_version, body)
}

#[expect(clippy::too_many_arguments, reason = "the fields in the order of the page above")]
fn hash_fields(
    prev: &[u8; 32],
    seq: u64,
    at: Timestamp,
    kind: &str,
    version: u16,
    subject: Option<&str>,
    subject_version: u64,
    body: &[u8],
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"beaconfire record 1\n");
    hash.update(prev);
    hash.update(&seq.to_be_bytes());
    hash.update(&at.as_second().to_be_bytes());
    hash.update(&at.subsec_nanosecond().to_be_bytes());
    word(&mut hash, kind.as_bytes());
    hash.update(&version.to_be_bytes());
    match subject {
        None => hash.update(&[0]),
        Some(subject) => {
            hash.update(&[1]);
            word(&mut hash, subject.as_bytes());
        }
    }
    hash.update(&subject_version.to_be_bytes());
    word(&mut hash, body);
    hash.finish()
}

/// The bytes that a checkpoint signs.
pub fn checkpoint_message(journal_id: &[u8; 16], seq: u64, hash: &[u8; 32], at: Timestamp) -> Vec<u8> {
    let mut message = b"beaconfire checkpoint 1\n".to_vec();
    message.extend(journal_id);
    message.extend(seq.to_be_bytes());
    message.extend(hash);
    message.extend(at.as_second().to_be_bytes());
    message.extend(at.subsec_nanosecond().to_be_bytes());
    message
}

fn word(hash: &mut Sha256, bytes: &[u8]) {
    // Limits keep every word far below 4 GiB; a longer one would only change the hash.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    hash.update(&length.to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::hex;

    fn record() -> NewRecord {
        NewRecord {
            at: "2017-08-27T03:00:00.5Z".parse().unwrap(),
            kind: "signal".to_owned(),
            version: 1,
            subject: Some("inc-1".to_owned()),
            subject_version: 1,
            body: b"{}".to_vec(),
        }
    }

    /// Made with Python's hashlib and struct from the page above, not with this program.
    #[test]
    fn the_bytes_are_those_of_the_page() {
        let start = genesis(Mode::Exercise, &[7; 16]);
        assert_eq!(hex(&start), "b42ddadc880ea4b2b9ea38a1c89f0ddde5d239389b955530dc72e723e692273b");
        assert_eq!(
            hex(&record_hash(&start, 1, &record())),
            "a6344d269432e7fcacc3e92a2414e9a9646eb2e60ee6c9d211cbf9df551e3408"
        );
    }

    #[test]
    fn every_field_counts() {
        let prev = [0; 32];
        let plain = record_hash(&prev, 1, &record());
        let changes: [fn(&mut NewRecord); 6] = [
            |r| r.at += jiff::SignedDuration::from_nanos(1),
            |r| r.kind.push('s'),
            |r| r.version = 2,
            |r| r.subject = None,
            |r| r.subject_version = 2,
            |r| r.body.push(b' '),
        ];
        for change in changes {
            let mut changed = record();
            change(&mut changed);
            assert_ne!(record_hash(&prev, 1, &changed), plain);
        }
        assert_ne!(record_hash(&[1; 32], 1, &record()), plain);
        assert_ne!(record_hash(&prev, 2, &record()), plain);
    }
}
