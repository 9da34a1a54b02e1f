//! Resources.

use memchr::memchr;

use super::{Notes, Spot};
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
        if !is_base64(content) {
            let message = "this is no base64; put the content here, and an address into <uri>";
            notes.warning("deref-form", at("derefUri"), message);
        }
    }
    notes.optional(&resource.digest, at("digest"));
    let is_sha1 = |digest: &String| digest.len() == 40 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    if resource.digest.as_ref().is_some_and(|d| !is_sha1(d)) {
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

/// Base64 with padding, broken into lines or not.
fn is_base64(text: &str) -> bool {
    let (head, tail) = text.as_bytes().split_at(memchr(b'=', text.as_bytes()).unwrap_or(text.len()));
    let (mut kinds, mut digits) = (0u8, 0usize);
    for byte in head {
        let kind = KIND[usize::from(*byte)];
        kinds |= kind;
        digits += usize::from(kind & DIGIT);
    }
    let pads = tail.iter().filter(|b| **b == b'=').count();
    let ends = tail.iter().all(|b| *b == b'=' || KIND[usize::from(*b)] == SPACE);
    kinds & OTHER == 0 && ends && digits > 0 && pads <= 2 && (digits + pads).is_multiple_of(4)
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
    use super::is_base64;

    #[test]
    fn base64_is_told_from_what_is_none() {
        for text in ["AAAA", "QUI=", "QQ==", "QU\r\nJD \tQQ==\n", "QQ=\n="] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["", "=", "QQ", "QQ=", "Q===", "QQ==QQ==", "QQ-_", "QÜ==", "QQ==é"] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
