//! The content that a resource carries, against what is said of it.

use super::{Notes, Spot};
use crate::model::Resource;

/// What a size may be off and still be near enough: CAP 1.2, 3.2.3 calls it approximate.
const NEAR: u64 = 1024;

/// Compares content of `len` bytes, of which `text` is the base64, with its size and its digest.
pub(super) fn check(notes: &mut Notes, resource: &Resource, text: &str, len: u64, spot: Spot) {
    if let Some(size) = resource.size
        && size.abs_diff(len) > NEAR.max(len / 10)
    {
        let is_of_text = size == text.len() as u64 || size == len.div_ceil(3) * 4;
        let message = match is_of_text {
            true => format!("{size} is the length of the base64, the content has {len} bytes; write {len}"),
            false => format!("the content has {len} bytes, not {size}; write {len}"),
        };
        notes.warning("size-mismatch", spot.one("size"), message);
    }
    if let Some(message) = resource.digest.as_deref().and_then(|digest| mismatch(digest, text)) {
        notes.warning("digest-mismatch", spot.one("digest"), message);
    }
}

/// Whether a text is a SHA-1 as CAP writes it.
pub(super) fn is_sha1(digest: &str) -> bool {
    digest.len() == 40 && digest.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What is to be said of a digest that is not that of the content.
#[cfg(feature = "sign")]
fn mismatch(digest: &str, text: &str) -> Option<String> {
    use crate::sign::{base64, sha1};
    let is = |bytes: &[u8]| {
        sha1(bytes).iter().zip(digest.as_bytes().chunks(2)).all(|(byte, pair)| {
            str::from_utf8(pair).is_ok_and(|pair| u8::from_str_radix(pair, 16) == Ok(*byte))
        })
    };
    if !is_sha1(digest) {
        return None;
    }
    let content = base64::decode(text).ok()?;
    if is(&content) {
        return None;
    }
    let unbroken = || text.split_ascii_whitespace().collect::<String>();
    let why = if is(text.as_bytes()) || is(unbroken().as_bytes()) {
        "the digest is of the base64 text; it is meant to be of what that decodes to"
    } else {
        "the digest is not that of the content, so one of them is wrong; compare both with the file"
    };
    Some(why.to_owned())
}

/// Nothing: what hashes comes with the feature `sign`.
#[cfg(not(feature = "sign"))]
fn mismatch(_: &str, _: &str) -> Option<String> {
    None
}
