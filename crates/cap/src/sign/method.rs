//! The algorithms by their identifiers: XML Signature 1.1, RFC 9231, and what each is to us.

use aws_lc_rs::digest;

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// RSA PKCS #1 v1.5 with SHA-1; verified only, and flagged.
    RsaSha1,
    /// RSA PKCS #1 v1.5 with SHA-256.
    RsaSha256,
    /// RSA PKCS #1 v1.5 with SHA-384; verified only.
    RsaSha384,
    /// RSA PKCS #1 v1.5 with SHA-512; verified only.
    RsaSha512,
    /// RSA PSS with SHA-256; verified only.
    PssSha256,
    /// ECDSA with SHA-1; verified only, and flagged.
    EcdsaSha1,
    /// ECDSA with SHA-256; signed with P-256.
    EcdsaSha256,
    /// ECDSA with SHA-384; signed with P-384.
    EcdsaSha384,
    /// ECDSA with SHA-512; verified only.
    EcdsaSha512,
    /// Ed25519 (RFC 9231, section 2.3.12).
    Ed25519,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 10] = [
        Method::RsaSha1,
        Method::RsaSha256,
        Method::RsaSha384,
        Method::RsaSha512,
        Method::PssSha256,
        Method::EcdsaSha1,
        Method::EcdsaSha256,
        Method::EcdsaSha384,
        Method::EcdsaSha512,
        Method::Ed25519,
    ];

    /// Its identifier in a `SignatureMethod`.
    pub fn uri(self) -> &'static str {
        match self {
            Method::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Method::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Method::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Method::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Method::PssSha256 => "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            Method::EcdsaSha1 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
            Method::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Method::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            Method::EcdsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
            Method::Ed25519 => "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
        }
    }

    pub(super) fn of(uri: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.uri() == uri)
    }

    pub(super) fn is_sha1(self) -> bool {
        matches!(self, Method::RsaSha1 | Method::EcdsaSha1)
    }
}

/// What else has a name but is not verified, with the reason.
pub(super) fn known_but_unverified(uri: &str) -> Option<&'static str> {
    let name = uri.rsplit(['#', '/']).next().unwrap_or_default();
    if name.starts_with("dsa-") {
        Some("DSA is withdrawn (FIPS 186-5)")
    } else if name.starts_with("hmac-") {
        Some("an HMAC has a secret key, which a public message cannot be verified with")
    } else {
        None
    }
}

/// The SHA-1 of some bytes: what CAP has for the digest of a file.
pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().try_into().expect("a SHA-1 has 20 bytes")
}

/// The digest that an identifier names.
pub(super) fn digest_of(uri: &str) -> Option<&'static digest::Algorithm> {
    match uri {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        "http://www.w3.org/2001/04/xmldsig-more#sha224" => Some(&digest::SHA224),
        SHA256 => Some(&digest::SHA256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Some(&digest::SHA384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Some(&digest::SHA512),
        _ => None,
    }
}

/// The namespace of signatures.
pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of what XML Signature 1.1 added.
pub(super) const DS11: &str = "http://www.w3.org/2009/xmldsig11#";
/// The namespace and identifier of exclusive canonical XML.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The transform that leaves the signature out.
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// SHA-256.
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
