//! Resources.

use memchr::memchr;

use super::{Notes, Spot, content};
use crate::Version;
use crate::model::Resource;

pub(super) fn check(notes: &mut Notes, resource: &Resource, spot: Spot) {
    let at = |name| spot.one(name);
    notes.mandatory(&resource.description, at("resourceDesc"));
    if notes.version == Version::V1_2 {
        notes.mandatory(&resource.mime_type, at("mimeType"));
    } else {
        notes.text(&resource.mime_type, at("mimeType"));
    }
    if !resource.mime_type.is_empty() && !is_media_type(&resource.mime_type) {
        let message = "this is no media type; write one such as image/png";
        notes.warning("mime-type", at("mimeType"), message);
    }
    if let Some(uri) = &resource.uri {
        notes.uri(uri, resource.deref_uri.is_none(), at("uri"));
    }
    if let Some(content) = &resource.deref_uri {
        notes.text(content, at("derefUri"));
        match decoded_len(content) {
            Some(len) => content::check(notes, resource, content, len, spot),
            None => {
                let message = "this is no base64; put the content here, and an address into <uri>";
                notes.warning("deref-form", at("derefUri"), message);
            }
        }
    }
    notes.optional(&resource.digest, at("digest"));
    if resource.digest.as_ref().is_some_and(|digest| !content::is_sha1(digest)) {
        let message = "the digest is no SHA-1 of 40 hexadecimal digits";
        notes.warning("digest", at("digest"), message);
    }
}

/// `type/subtype` of RFC 2045 tokens, with or without parameters.
fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&b);
        !part.is_empty() && part.bytes().all(fits)
    };
    essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

/// How many bytes a text stands for, if it is base64 with padding, broken into lines or not.
fn decoded_len(text: &str) -> Option<u64> {
    let (head, tail) = text.as_bytes().split_at(memchr(b'=', text.as_bytes()).unwrap_or(text.len()));
    let (mut kinds, mut digits) = (0u8, 0usize);
    for byte in head {
        let kind = KIND[usize::from(*byte)];
        kinds |= kind;
        digits += usize::from(kind & DIGIT);
    }
    let pads = tail.iter().filter(|b| **b == b'=').count();
    let ends = tail.iter().all(|b| *b == b'=' || KIND[usize::from(*b)] == SPACE);
    let fits = kinds & OTHER == 0 && ends && digits > 0 && pads <= 2 && (digits + pads).is_multiple_of(4);
    fits.then_some(digits as u64 / 4 * 3 + digits as u64 % 4 * 3 / 4)
}

const DIGIT: u8 = 1;
const SPACE: u8 = 2;
const OTHER: u8 = 4;

/// What a byte is to base64; content is long, so all are looked up and none is branched on.
const KIND: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' => SPACE,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => DIGIT,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

#[cfg(test)]
mod tests {
    use super::decoded_len;

    #[test]
    fn base64_is_told_from_what_is_none() {
        for (text, len) in [("AAAA", 3), ("QUI=", 2), ("QQ==", 1), ("QU\r\nJD \tQQ==\n", 4), ("QQ=\n=", 1)] {
            assert_eq!(decoded_len(text), Some(len), "{text}");
        }
        for text in ["", "=", "QQ", "QQ=", "Q===", "QQ==QQ==", "QQ-_", "QÜ==", "QQ==é"] {
            assert_eq!(decoded_len(text), None, "{text}");
        }
    }
}
