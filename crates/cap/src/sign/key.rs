//! Public keys: out of certificates and key values, and the verifying with them.

use aws_lc_rs::signature as lc;

use super::der::{self, Der};
use super::method::Method;

/// A public key, as far as it can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// RSAPublicKey in DER, and the bits of its modulus.
    Rsa { der: Vec<u8>, bits: usize },
    /// An uncompressed point of a curve.
    Ec { curve: Curve, point: Vec<u8> },
    /// The 32 bytes of an Ed25519 key.
    Ed25519(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    const ALL: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

    fn oid(self) -> &'static [u8] {
        match self {
            Curve::P256 => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7],
            Curve::P384 => &[0x2B, 0x81, 4, 0, 34],
            Curve::P521 => &[0x2B, 0x81, 4, 0, 35],
        }
    }

    fn urn(self) -> &'static str {
        match self {
            Curve::P256 => "urn:oid:1.2.840.10045.3.1.7",
            Curve::P384 => "urn:oid:1.3.132.0.34",
            Curve::P521 => "urn:oid:1.3.132.0.35",
        }
    }

    /// Bytes of one number of a signature.
    fn width(self) -> usize {
        match self {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }

    /// By the identifier in a key value.
    pub(super) fn of_urn(urn: &str) -> Option<Curve> {
        Curve::ALL.into_iter().find(|curve| curve.urn() == urn)
    }
}

impl Key {
    /// Out of a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// The reason in words, if it is none or of a kind that is not verified.
    pub(super) fn of_info(info: &[u8]) -> Result<Key, &'static str> {
        let (algorithm, parameter, bits) = split_info(info).ok_or("the public key cannot be read")?;
        match algorithm {
            RSA => Key::of_rsa_der(bits),
            EC => {
                let oid = parameter.ok_or("the elliptic curve is not named")?;
                let curve = Curve::ALL.into_iter().find(|curve| curve.oid() == oid);
                let curve = curve.ok_or("the elliptic curve is not one of P-256, P-384 and P-521")?;
                Ok(Key::Ec { curve, point: bits.to_vec() })
            }
            ED25519 => Ok(Key::Ed25519(bits.to_vec())),
            DSA => Err("DSA is withdrawn (FIPS 186-5)"),
            _ => Err("the public key is neither RSA nor ECDSA nor Ed25519"),
        }
    }

    /// Out of the numbers of an RSAKeyValue.
    pub(super) fn of_rsa(modulus: &[u8], exponent: &[u8]) -> Key {
        let digits = &modulus[modulus.iter().take_while(|b| **b == 0).count()..];
        let bits = digits.len() * 8 - digits.first().map_or(0, |b| b.leading_zeros() as usize);
        let content = [der::unsigned(digits), der::unsigned(exponent)].concat();
        Key::Rsa { der: der::value(der::SEQUENCE, &content), bits }
    }

    fn of_rsa_der(bytes: &[u8]) -> Result<Key, &'static str> {
        let numbers = || {
            let mut content = Der(Der(bytes).take(der::SEQUENCE)?);
            Some((content.take(der::INTEGER)?, content.take(der::INTEGER)?))
        };
        let (modulus, exponent) = numbers().ok_or("the RSA key cannot be read")?;
        Ok(Key::of_rsa(modulus, exponent))
    }

    /// Whether it is an RSA key that is too short for comfort (NIST SP 800-131A).
    pub(super) fn is_short(&self) -> bool {
        matches!(self, Key::Rsa { bits, .. } if *bits < 2048)
    }

    /// Whether a signature, in the form of XML Signature, is this key's over a message.
    ///
    /// # Errors
    /// The reason in words, if key and method do not go together or are not supported together.
    pub(super) fn verifies(
        &self,
        method: Method,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, &'static str> {
        match self {
            Key::Rsa { der, bits } => {
                let parameters = rsa_parameters(method, *bits)?;
                Ok(check(parameters, der, message, signature))
            }
            Key::Ec { curve, point } => {
                let algorithm = ec_algorithm(method, *curve)?;
                let width = curve.width();
                if signature.len() != 2 * width {
                    return Ok(false);
                }
                let (r, s) = signature.split_at(width);
                let pair = der::value(der::SEQUENCE, &[der::unsigned(r), der::unsigned(s)].concat());
                Ok(check(algorithm, point, message, &pair))
            }
            Key::Ed25519(bytes) if method == Method::Ed25519 => {
                Ok(check(&lc::ED25519, bytes, message, signature))
            }
            Key::Ed25519(_) => Err(MISMATCH),
        }
    }
}

const MISMATCH: &str = "the key is of another kind than the signature method";
const RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
const DSA: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x38, 4, 1];
const ED25519: &[u8] = &[0x2B, 0x65, 0x70];

/// Algorithm, its parameter where that is an OID, and the key.
type Info<'a> = (&'a [u8], Option<&'a [u8]>, &'a [u8]);

/// The parts of a SubjectPublicKeyInfo.
fn split_info(info: &[u8]) -> Option<Info<'_>> {
    let mut content = Der(Der(info).take(der::SEQUENCE)?);
    let mut algorithm = Der(content.take(der::SEQUENCE)?);
    let (oid, parameter) = (algorithm.take(der::OID)?, algorithm.take(der::OID));
    let (unused, bits) = content.take(der::BIT_STRING)?.split_first()?;
    (*unused == 0 && content.is_empty()).then_some((oid, parameter, bits))
}

fn check(
    algorithm: &'static dyn lc::VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    algorithm.verify_sig(key, message, signature).is_ok()
}

fn rsa_parameters(method: Method, bits: usize) -> Result<&'static lc::RsaParameters, &'static str> {
    match (method, bits) {
        (_, ..1024) => Err("the RSA key has less than 1024 bits"),
        (_, 8193..) => Err("the RSA key has more than 8192 bits"),
        (Method::RsaSha1, _) => Ok(&lc::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        (Method::RsaSha256, _) => Ok(&lc::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        (Method::RsaSha512, _) => Ok(&lc::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        (Method::RsaSha384, 2048..) => Ok(&lc::RSA_PKCS1_2048_8192_SHA384),
        (Method::PssSha256, 2048..) => Ok(&lc::RSA_PSS_2048_8192_SHA256),
        (Method::RsaSha384 | Method::PssSha256, _) => Err("the RSA key has less than 2048 bits"),
        _ => Err(MISMATCH),
    }
}

fn ec_algorithm(
    method: Method,
    curve: Curve,
) -> Result<&'static lc::EcdsaVerificationAlgorithm, &'static str> {
    match (method, curve) {
        (Method::EcdsaSha1, Curve::P256) => Ok(&lc::ECDSA_P256_SHA1_ASN1),
        (Method::EcdsaSha1, Curve::P521) => Ok(&lc::ECDSA_P521_SHA1_ASN1),
        (Method::EcdsaSha1, Curve::P384) => Err("ECDSA with SHA-1 on P-384 is not supported"),
        (Method::EcdsaSha256, Curve::P256) => Ok(&lc::ECDSA_P256_SHA256_ASN1),
        (Method::EcdsaSha256, Curve::P384) => Ok(&lc::ECDSA_P384_SHA256_ASN1),
        (Method::EcdsaSha256, Curve::P521) => Ok(&lc::ECDSA_P521_SHA256_ASN1),
        (Method::EcdsaSha384, Curve::P256) => Ok(&lc::ECDSA_P256_SHA384_ASN1),
        (Method::EcdsaSha384, Curve::P384) => Ok(&lc::ECDSA_P384_SHA384_ASN1),
        (Method::EcdsaSha384, Curve::P521) => Ok(&lc::ECDSA_P521_SHA384_ASN1),
        (Method::EcdsaSha512, Curve::P256) => Ok(&lc::ECDSA_P256_SHA512_ASN1),
        (Method::EcdsaSha512, Curve::P384) => Ok(&lc::ECDSA_P384_SHA512_ASN1),
        (Method::EcdsaSha512, Curve::P521) => Ok(&lc::ECDSA_P521_SHA512_ASN1),
        _ => Err(MISMATCH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|p| u8::from_str_radix(str::from_utf8(p).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn the_ed25519_vectors_of_rfc_8032_hold() {
        let vectors = [
            (
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
            (
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
        ];
        for (public, message, signature) in vectors {
            let (message, mut signature) = (hex(message), hex(signature));
            let info = [&hex("302a300506032b6570032100"), &hex(public)[..]].concat();
            let key = Key::of_info(&info).unwrap();
            assert_eq!(key, Key::Ed25519(hex(public)));
            assert_eq!(key.verifies(Method::Ed25519, &message, &signature), Ok(true));
            assert_eq!(key.verifies(Method::RsaSha256, &message, &signature), Err(MISMATCH));
            signature[5] ^= 1;
            assert_eq!(key.verifies(Method::Ed25519, &message, &signature), Ok(false));
        }
    }

    #[test]
    fn the_length_of_an_rsa_key_is_that_of_its_modulus() {
        let bits = |modulus: &[u8]| match Key::of_rsa(modulus, &[1, 0, 1]) {
            Key::Rsa { bits, .. } => bits,
            _ => 0,
        };
        assert_eq!(bits(&[0, 0, 1, 0]), 9);
        assert_eq!(bits(&[0x80; 256]), 2048);
        assert!(Key::of_rsa(&[0x7F; 256], &[3]).is_short());
        assert_eq!(bits(&[]), 0);
    }
}
