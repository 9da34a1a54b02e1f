//! What is said of a signature.

use std::fmt;

use jiff::Timestamp;

use super::certificate::CertificateAbout;

/// Whether a message is what was signed, judged with the key in the message: no word on whose key that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Integrity {
    /// There is no signature.
    None,
    /// The message is what was signed.
    Verified,
    /// The signature is of a shape or method that is not judged; CAP forbids to reject a message for that.
    Unverifiable,
    /// The message is not what was signed, or the signature is damaged.
    Broken,
    /// Broken, but what was signed if white space between elements does not count: signed in one form and
    /// published in another. Never [`Integrity::Verified`].
    Whitespace,
}

impl Integrity {
    /// All of them.
    pub const ALL: [Integrity; 5] = [
        Integrity::None,
        Integrity::Verified,
        Integrity::Unverifiable,
        Integrity::Broken,
        Integrity::Whitespace,
    ];

    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Integrity::None => "none",
            Integrity::Verified => "verified",
            Integrity::Unverifiable => "unverifiable",
            Integrity::Broken => "broken",
            Integrity::Whitespace => "whitespace",
        }
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What weakens a signature without breaking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Flag {
    /// The digest is SHA-1, which no longer resists collisions.
    Sha1Digest,
    /// The signature method uses SHA-1.
    Sha1Signature,
    /// The RSA key has less than 2048 bits.
    ShortKey,
    /// The key stands there without a certificate: nobody vouches for it.
    NoCertificate,
    /// The certificate was not valid at the time it was judged at.
    OutsideValidity,
    /// `sent` is more than [`NEAR`](super::NEAR) away from the receipt.
    SentFar,
}

impl Flag {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::Sha1Digest => "sha1-digest",
            Flag::Sha1Signature => "sha1-signature",
            Flag::ShortKey => "short-key",
            Flag::NoCertificate => "no-certificate",
            Flag::OutsideValidity => "outside-validity",
            Flag::SentFar => "sent-far",
        }
    }
}

/// What is said of the signature of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the message is what was signed.
    pub integrity: Integrity,
    /// Why, in words; empty for [`Integrity::None`].
    pub reason: String,
    /// Whether it is verified, and by a certificate that is, or leads to, an anchor of its sender, valid at
    /// `judged_at`.
    pub anchored: bool,
    /// Why it is not anchored, in words, where it is verified.
    pub anchor_reason: Option<String>,
    /// What weakens it, each once.
    pub flags: Vec<Flag>,
    /// The certificate whose key was used, or else the first one there is.
    pub certificate: Option<CertificateAbout>,
    /// When the certificate was asked to be valid; `None` where it came to no such question.
    pub judged_at: Option<Timestamp>,
    /// Whether it was judged as an archived message, at its own word on when it was sent.
    pub archive: bool,
}
