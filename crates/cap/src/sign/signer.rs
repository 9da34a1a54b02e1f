//! What signs: a key that only its holder sees.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature as lc;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

use super::anchors::{AnchorError, read_pem};
use super::method::Method;

/// A private key with its certificate. Where the key lies and where randomness comes from is the implementer's matter.
pub trait CapSigner {
    /// How it signs; not with SHA-1.
    fn method(&self) -> Method;

    /// Its certificate and those between it and an authority, in DER, its own first.
    fn certificates(&self) -> Vec<Vec<u8>>;

    /// The signature over a message, as XML Signature has it: for RSA as long as the modulus, for ECDSA the two
    /// numbers side by side at full width, for Ed25519 its 64 bytes.
    ///
    /// # Errors
    /// The reason in words, if the key cannot be used.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String>;
}

/// A private key in memory: RSA, ECDSA on P-256 or P-384, or Ed25519.
pub struct Pkcs8Signer {
    key: PrivateKey,
    certificates: Vec<Vec<u8>>,
}

enum PrivateKey {
    Rsa(lc::RsaKeyPair),
    Ecdsa(Method, lc::EcdsaKeyPair),
    Ed25519(lc::Ed25519KeyPair),
}

/// Why a key cannot be taken for signing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The key is of another kind, or damaged.
    #[error(
        "take the private key: give RSA of 2048 to 8192 bits, ECDSA on P-256 or P-384, or Ed25519, as PKCS #8 in DER"
    )]
    Key,
    /// The certificates cannot be read.
    #[error(transparent)]
    Certificate(#[from] AnchorError),
}

impl Pkcs8Signer {
    /// As [`Pkcs8Signer::new`], with the key in PEM (`BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// As there, and if there is no such key in the PEM text.
    pub fn from_pem(key: &[u8], certificates: &[u8]) -> Result<Pkcs8Signer, SignerError> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(key).map_err(|_| SignerError::Key)?;
        Pkcs8Signer::new(key.secret_pkcs8_der(), certificates)
    }

    /// Takes a private key in PKCS #8 (DER) and its certificate chain (PEM, its own certificate first).
    ///
    /// # Errors
    /// If the key is none of those supported, or there is no certificate. Whether they belong together shows when
    /// [`sign`](super::sign) verifies what it made.
    pub fn new(pkcs8: &[u8], certificates: &[u8]) -> Result<Pkcs8Signer, SignerError> {
        let certificates = read_pem(certificates)?.into_iter().map(|c| c.der).collect();
        let ecdsa = |method, algorithm| {
            let pair = lc::EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).ok()?;
            Some(PrivateKey::Ecdsa(method, pair))
        };
        let key = lc::RsaKeyPair::from_pkcs8(pkcs8).ok().map(PrivateKey::Rsa);
        let key = key
            .or_else(|| ecdsa(Method::EcdsaSha256, &lc::ECDSA_P256_SHA256_FIXED_SIGNING))
            .or_else(|| ecdsa(Method::EcdsaSha384, &lc::ECDSA_P384_SHA384_FIXED_SIGNING))
            .or_else(|| lc::Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok().map(PrivateKey::Ed25519));
        Ok(Pkcs8Signer { key: key.ok_or(SignerError::Key)?, certificates })
    }
}

impl CapSigner for Pkcs8Signer {
    fn method(&self) -> Method {
        match self.key {
            PrivateKey::Rsa(_) => Method::RsaSha256,
            PrivateKey::Ecdsa(method, _) => method,
            PrivateKey::Ed25519(_) => Method::Ed25519,
        }
    }

    fn certificates(&self) -> Vec<Vec<u8>> {
        self.certificates.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let failed = |_| "the private key does not sign".to_owned();
        // RSA as used here and Ed25519 need no randomness; ECDSA draws its own within the library.
        match &self.key {
            PrivateKey::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&lc::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            PrivateKey::Ecdsa(_, pair) => {
                pair.sign(&SystemRandom::new(), message).map(|s| s.as_ref().to_vec()).map_err(failed)
            }
            PrivateKey::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }
}
