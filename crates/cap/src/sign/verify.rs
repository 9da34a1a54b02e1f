//! The judging of the signature of one message.

use std::cell::OnceCell;

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};

use super::anchors::Anchors;
use super::c14n::{Cut, subset, whole};
use super::certificate::Certificate;
use super::key::Key;
use super::shape::{Refusal, Shape, shape};
use super::source::{Place, alone, survey, tree};
use super::verdict::{Flag, Integrity, Verdict};
use crate::read::Decoded;
use crate::{Limits, Message, read};

/// How far `sent` may lie from the receipt of a live message before that is flagged: a day.
pub const NEAR: SignedDuration = SignedDuration::from_hours(24);

/// At which time certificates are asked to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// When the message was first received.
    Live {
        /// That time.
        received: Timestamp,
    },
    /// When the message says that it was sent: it was received long ago, and its certificate may have expired since.
    Archive,
}

/// Judges the signature of one message.
///
/// `document` are the bytes that [`read`](crate::read()) found `message` in. See [`Verifier`] for several messages of
/// one document.
pub fn verify(
    document: &[u8],
    message: &Message,
    anchors: &Anchors,
    when: Validity,
    limits: &Limits,
) -> Verdict {
    Verifier::new(document, limits).verify(message, anchors, when)
}

/// Judges the signatures of the messages of one document, which is looked through once.
#[derive(Debug)]
pub struct Verifier<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    decoded: OnceCell<Result<Decoded<'a>, String>>,
    places: OnceCell<Result<Vec<(usize, Place)>, String>>,
}

impl<'a> Verifier<'a> {
    /// For the bytes that the messages were read from.
    pub fn new(document: &'a [u8], limits: &'a Limits) -> Verifier<'a> {
        Verifier { bytes: document, limits, decoded: OnceCell::new(), places: OnceCell::new() }
    }

    /// Judges the signature of one message of the document.
    pub fn verify(&self, message: &Message, anchors: &Anchors, when: Validity) -> Verdict {
        let judged = match self.texts(message) {
            Ok(None) => Judged::of(Integrity::None, String::new()),
            Ok(Some(texts)) => best(texts.iter().map(|text| judge(text, message, self.limits))),
            Err(reason) => {
                Judged::of(Integrity::Unverifiable, format!("the document cannot be judged: {reason}"))
            }
        };
        judged.verdict(message, anchors, when)
    }

    /// The texts that may have been signed; `None` if there is no signature.
    fn texts(&self, message: &Message) -> Result<Option<Vec<String>>, String> {
        let decoded = self.decoded.get_or_init(|| {
            if self.bytes.len() > self.limits.max_bytes {
                return Err(format!("it has more than {} bytes", self.limits.max_bytes));
            }
            Decoded::of(self.bytes).map_err(|e| e.to_string())
        });
        let decoded = decoded.as_ref().map_err(Clone::clone)?;
        if let Some(alone) = &message.escaped {
            return match (alone.contains("Signature"), decoded.is_exact()) {
                (false, _) => Ok(None),
                (true, true) => Ok(Some(vec![alone.to_string()])),
                (true, false) => Err(NOT_EXACT.into()),
            };
        }
        let alert = decoded.part(message.bytes.clone()).ok_or("the message does not lie in it")?;
        // The name of an element cannot be written in another way; and what is no XML has no XML signature.
        if !alert.starts_with('<') || !alert.contains("Signature") {
            return Ok(None);
        }
        let text = decoded.text();
        let places = self.places.get_or_init(|| {
            let places = survey(text, self.limits)?;
            let bytes = decoded.bytes_of(places.iter().map(|place| place.offset));
            Ok(bytes.into_iter().zip(places).collect())
        });
        let places = places.as_ref().map_err(Clone::clone)?;
        let place = places.binary_search_by_key(&message.bytes.start, |(start, _)| *start);
        let (_, place) = place.map(|i| &places[i]).map_err(|_| "the message does not begin where it says")?;
        if !decoded.is_exact() {
            return Err(NOT_EXACT.into());
        }
        if place.outermost {
            return Ok(Some(vec![text.trim_ascii_start().to_owned()]));
        }
        alone(text, &alert, place, self.limits).map(Some)
    }
}

const NOT_EXACT: &str = "some of its bytes are not in its encoding";

/// What came of one text.
#[derive(Debug)]
struct Judged {
    integrity: Integrity,
    reason: String,
    flags: Vec<Flag>,
    /// The certificate of the key, and the others beside it.
    certificate: Option<Certificate>,
    others: Vec<Certificate>,
}

impl Judged {
    fn of(integrity: Integrity, reason: impl Into<String>) -> Judged {
        Judged { integrity, reason: reason.into(), flags: Vec::new(), certificate: None, others: Vec::new() }
    }

    /// Adds whether its certificate is anchored.
    fn verdict(mut self, message: &Message, anchors: &Anchors, when: Validity) -> Verdict {
        let sent = message.alert.sent.instant();
        let (at, archive) = match when {
            Validity::Live { received } => (received, false),
            Validity::Archive => (sent, true),
        };
        if self.integrity != Integrity::None && at.duration_since(sent).abs() > NEAR {
            self.flags.push(Flag::SentFar);
        }
        let mut anchor_reason = None;
        if let Some(leaf) = &self.certificate {
            if !leaf.is_valid_at(at) {
                self.flags.push(Flag::OutsideValidity);
            }
            anchor_reason = anchors.judge(&message.alert.sender, leaf, &self.others, at).err();
        } else if self.integrity == Integrity::Verified {
            anchor_reason = Some("it brings no certificate, only a key".into());
        }
        let verified = self.integrity == Integrity::Verified;
        Verdict {
            integrity: self.integrity,
            reason: self.reason,
            anchored: verified && anchor_reason.is_none(),
            anchor_reason: anchor_reason.filter(|_| verified),
            flags: self.flags,
            judged_at: self.certificate.is_some().then_some(at),
            certificate: self.certificate.map(|c| c.about),
            archive,
        }
    }
}

/// The best of what came of the texts; of equals the first.
fn best(all: impl Iterator<Item = Judged>) -> Judged {
    let mut kept: Option<Judged> = None;
    for judged in all {
        let rank = |j: &Judged| match j.integrity {
            Integrity::Verified => 2,
            Integrity::Whitespace => 1,
            _ => 0,
        };
        if rank(&judged) == 2 {
            return judged;
        }
        if kept.as_ref().is_none_or(|best| rank(&judged) > rank(best)) {
            kept = Some(judged);
        }
    }
    kept.unwrap_or_else(|| Judged::of(Integrity::Unverifiable, "there is no text to judge"))
}

/// Judges a signature against one text.
fn judge(text: &str, message: &Message, limits: &Limits) -> Judged {
    let document = match tree(text, limits) {
        Ok(document) => document,
        Err(reason) => return Judged::of(Integrity::Unverifiable, reason),
    };
    let shape = match shape(&document) {
        None => return Judged::of(Integrity::None, ""),
        Some(Ok(shape)) => shape,
        Some(Err(Refusal::Unverifiable(reason))) => return Judged::of(Integrity::Unverifiable, reason),
        Some(Err(Refusal::Broken(reason))) => return Judged::of(Integrity::Broken, reason),
    };
    let mut judged = match measure(&shape, message, limits) {
        Ok(measured) => measured.judged(&shape),
        Err(Refusal::Unverifiable(reason)) => Judged::of(Integrity::Unverifiable, reason),
        Err(Refusal::Broken(reason)) => Judged::of(Integrity::Broken, reason),
    };
    if *shape.digest == digest::SHA1_FOR_LEGACY_USE_ONLY {
        judged.flags.push(Flag::Sha1Digest);
    }
    if shape.method.is_sha1() {
        judged.flags.push(Flag::Sha1Signature);
    }
    judged
}

/// What fits, as the message stands and without white space between elements.
#[derive(Debug)]
struct Measured {
    content: Fit,
    signature: Fit,
    signer: Signer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// If that is left out which is named: white space between elements, what stands outside the alert.
    With {
        space: bool,
        outside: bool,
    },
    Not,
}

/// A key and its certificate, as its place among those of the signature.
#[derive(Clone, Debug)]
struct Signer {
    key: Key,
    certificate: Option<usize>,
}

fn measure(shape: &Shape<'_, '_>, message: &Message, limits: &Limits) -> Result<Measured, Refusal> {
    let signers = signers(shape)?;
    let (signature, signer) = measure_signature(shape, &signers, limits)?;
    let (content, canonical) = measure_content(shape, limits)?;
    // What is verified must be what was read: two parsers that differ on a document could be played off against
    // each other.
    if content != Fit::Not && signature != Fit::Not {
        let again = read(canonical.as_bytes(), limits).ok();
        let same = again.is_some_and(|d| d.messages.len() == 1 && d.messages[0].alert == message.alert);
        if !same {
            return Err(Refusal::Unverifiable("what was signed does not read as what was published".into()));
        }
    }
    Ok(Measured { content, signature, signer })
}

/// The keys to try: those of the certificates, in their order, or else the bare one.
fn signers(shape: &Shape<'_, '_>) -> Result<Vec<Signer>, Refusal> {
    let mut found = Vec::new();
    let mut reason = "it brings neither certificate nor key to verify it with";
    for (place, certificate) in shape.certificates.iter().enumerate() {
        match Key::of_info(&certificate.key) {
            Ok(key) => found.push(Signer { key, certificate: Some(place) }),
            Err(why) => reason = why,
        }
    }
    if shape.certificates.is_empty() {
        match &shape.bare_key {
            Some(Ok(key)) => found.push(Signer { key: key.clone(), certificate: None }),
            Some(Err(why)) => reason = why,
            None => {}
        }
    }
    if found.is_empty() { Err(Refusal::Unverifiable(reason.into())) } else { Ok(found) }
}

/// Which of the keys the signature is of; where it is of none, the first that goes with the method.
fn measure_signature(
    shape: &Shape<'_, '_>,
    signers: &[Signer],
    limits: &Limits,
) -> Result<(Fit, Signer), Refusal> {
    let mut reason = None;
    let mut suited: Option<&Signer> = None;
    for space in [false, true] {
        let cut = Cut { space, ..Cut::default() };
        let signed = subset(shape.signed_info, &shape.info_form, &cut, limits.max_bytes).map_err(too_long)?;
        for signer in signers {
            match signer.key.verifies(shape.method, signed.as_bytes(), &shape.value) {
                Ok(true) => return Ok((Fit::With { space, outside: false }, signer.clone())),
                Ok(false) => suited = suited.or(Some(signer)),
                Err(why) => reason = reason.or(Some(why)),
            }
        }
    }
    match suited {
        Some(signer) => Ok((Fit::Not, signer.clone())),
        None => Err(Refusal::Unverifiable(reason.unwrap_or("no key fits").into())),
    }
}

/// Whether the digest is of the alert, and the canonical form that it is of.
fn measure_content(shape: &Shape<'_, '_>, limits: &Limits) -> Result<(Fit, String), Refusal> {
    let document = shape.signature.document();
    for (space, outside) in [(false, false), (true, false), (false, true), (true, true)] {
        if outside && document.root().children().count() == 1 {
            break;
        }
        let cut = Cut { element: Some(shape.signature.id()), space, outside };
        let canonical = whole(document, &shape.content_form, &cut, limits.max_bytes).map_err(too_long)?;
        if digest::digest(shape.digest, canonical.as_bytes()).as_ref() == shape.digest_value {
            return Ok((Fit::With { space, outside }, canonical));
        }
    }
    Ok((Fit::Not, String::new()))
}

fn too_long(error: super::C14nError) -> Refusal {
    Refusal::Unverifiable(format!("failed to {error}"))
}

impl Measured {
    fn judged(self, shape: &Shape<'_, '_>) -> Judged {
        let (integrity, reason) = match (self.signature, self.content) {
            (Fit::Not, Fit::Not) => (
                Integrity::Broken,
                "neither is the message what was signed, nor the signature of the key in it",
            ),
            (Fit::Not, _) => (Integrity::Broken, "the signature is not of the key in it"),
            (_, Fit::Not) => (Integrity::Broken, "the message was changed after it was signed"),
            (Fit::With { space: in_info, .. }, Fit::With { space, outside }) => {
                match (in_info || space, outside) {
                    (false, false) => (Integrity::Verified, "the message is what was signed"),
                    (true, false) => (
                        Integrity::Whitespace,
                        "the message is what was signed only if white space between elements does not count",
                    ),
                    (false, true) => (
                        Integrity::Whitespace,
                        "the message is what was signed only if what stands before and after the alert does not count",
                    ),
                    (true, true) => (
                        Integrity::Whitespace,
                        "the message is what was signed only if neither white space between elements nor what stands \
                     before and after the alert counts",
                    ),
                }
            }
        };
        let mut judged = Judged::of(integrity, reason);
        if self.signer.key.is_short() {
            judged.flags.push(Flag::ShortKey);
        }
        match self.signer.certificate {
            Some(place) => {
                judged.others = shape.certificates.clone();
                judged.certificate = Some(judged.others.remove(place));
            }
            None => judged.flags.push(Flag::NoCertificate),
        }
        judged
    }
}
