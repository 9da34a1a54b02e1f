//! What is to be known of an X.509 certificate (RFC 5280): names, validity, key.

use aws_lc_rs::digest;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::der::{self, Der};

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateAbout {
    /// Whose it is, such as `CN=alerts.example.org, O=Example`.
    pub subject: String,
    /// Who issued it, in the same form.
    pub issuer: String,
    /// When it begins to be valid.
    pub not_before: Timestamp,
    /// When it ceases to be valid.
    pub not_after: Timestamp,
    /// The SHA-256 of its DER bytes.
    pub sha256: [u8; 32],
}

/// A certificate as far as it is looked at here.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    pub(super) about: CertificateAbout,
    /// The SubjectPublicKeyInfo, in DER.
    pub(super) key: Vec<u8>,
    /// Whether it may issue others: it says so, or is of the old versions that could not say and issued itself.
    pub(super) authority: bool,
}

impl Certificate {
    /// Reads a certificate; `None` if it is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Certificate> {
        let mut outer = Der(bytes);
        let mut whole = Der(outer.take(der::SEQUENCE)?);
        let mut body = Der(whole.take(der::SEQUENCE)?);
        if !outer.is_empty() {
            return None;
        }
        let version = body.take(VERSION);
        body.take(der::INTEGER)?;
        body.take(der::SEQUENCE)?;
        let issuer_der = body.take(der::SEQUENCE)?;
        let mut validity = Der(body.take(der::SEQUENCE)?);
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        let subject_der = body.take(der::SEQUENCE)?;
        let key = body.take_whole(der::SEQUENCE)?.to_vec();
        let hash = digest::digest(&digest::SHA256, bytes);
        let sha256 = hash.as_ref().try_into().ok()?;
        let authority = match version {
            Some([der::INTEGER, 1, 2]) => says_authority(body),
            _ => issuer_der == subject_der,
        };
        let (subject, issuer) = (names(subject_der)?, names(issuer_der)?);
        let about = CertificateAbout { subject, issuer, not_before, not_after, sha256 };
        Some(Certificate { der: bytes.to_vec(), about, key, authority })
    }

    pub(super) fn is_valid_at(&self, at: Timestamp) -> bool {
        (self.about.not_before..=self.about.not_after).contains(&at)
    }
}

const VERSION: u8 = 0xA0;
const EXTENSIONS: u8 = 0xA3;
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];

/// Whether the rest of a certificate's body has basic constraints that make it an authority (section 4.2.1.9).
fn says_authority(mut body: Der<'_>) -> bool {
    const BOOLEAN: u8 = 0x01;
    const OCTETS: u8 = 0x04;
    let list = loop {
        match body.next() {
            Some((EXTENSIONS, content)) => break Der(content).take(der::SEQUENCE),
            Some(_) => {}
            None => break None,
        }
    };
    let mut list = Der(list.unwrap_or_default());
    while let Some(extension) = list.take(der::SEQUENCE) {
        let mut parts = Der(extension);
        if parts.take(der::OID) == Some(BASIC_CONSTRAINTS) {
            let _critical = parts.take(BOOLEAN);
            let constraints = parts.take(OCTETS).and_then(|octets| Der(octets).take(der::SEQUENCE));
            return constraints.and_then(|c| Der(c).take(BOOLEAN)) == Some(&[0xFF]);
        }
    }
    false
}

/// Attributes of names that have a short form (RFC 4514, section 3).
const NAMES: [(&[u8], &str); 8] = [
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1], "emailAddress"),
];

/// A name in words, most special part first; parts without a short form are left out.
fn names(content: &[u8]) -> Option<String> {
    let mut sets = Der(content);
    let mut parts = Vec::new();
    while !sets.is_empty() {
        let mut set = Der(sets.take(der::SET)?);
        while !set.is_empty() {
            let mut pair = Der(set.take(der::SEQUENCE)?);
            let oid = pair.take(der::OID)?;
            let (tag, value) = pair.next()?;
            if let Some((_, short)) = NAMES.iter().find(|(known, _)| *known == oid) {
                let value: String =
                    string(tag, value).chars().filter(|c| !c.is_control()).take(200).collect();
                parts.push(format!("{short}={value}"));
            }
        }
    }
    parts.reverse();
    Some(parts.join(", "))
}

fn string(tag: u8, value: &[u8]) -> String {
    const TELETEX: u8 = 0x14;
    const BMP: u8 = 0x1E;
    match tag {
        BMP => {
            let units: Vec<u16> = value.chunks_exact(2).map(|u| u16::from_be_bytes([u[0], u[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        TELETEX => value.iter().map(|b| char::from(*b)).collect(),
        _ => String::from_utf8_lossy(value).into_owned(),
    }
}

/// UTCTime or GeneralizedTime as RFC 5280, section 4.1.2.5 has them.
fn time(der: &mut Der<'_>) -> Option<Timestamp> {
    const UTC: u8 = 0x17;
    const GENERALIZED: u8 = 0x18;
    let (tag, content) = der.next()?;
    let digits = str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let long = match (tag, digits.len()) {
        (UTC, 12) => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        (GENERALIZED, 14) => digits.to_owned(),
        _ => return None,
    };
    if !long.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| long[at..at + 2].parse::<i8>().ok();
    let year = long[..4].parse().ok()?;
    let civil = DateTime::new(year, two(4)?, two(6)?, two(8)?, two(10)?, two(12)?, 0).ok()?;
    let zoned = TimeZone::UTC.to_zoned(civil).ok();
    // "99991231235959Z" says that there is no end (section 4.1.2.5); it lies past what can be kept.
    Some(zoned.map_or(Timestamp::MAX, |z| z.timestamp()))
}
