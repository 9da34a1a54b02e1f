//! Who signs the journal's checkpoints. Key files are the binary's business; here are only bytes.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

/// Signs with a private key that the store never sees.
pub trait Signer: Send + Sync {
    /// The signature over `message`.
    fn sign(&self, message: &[u8]) -> Vec<u8>;
    /// The public key that checks it, as raw bytes (32 for Ed25519).
    fn public_key(&self) -> Vec<u8>;
}

/// A private key could not be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The random source or the library refused.
    #[error("make an Ed25519 key: the system's random source refused")]
    Generate,
    /// The bytes are no key.
    #[error(
        "read an Ed25519 key: the bytes are not an Ed25519 private key in PKCS#8 DER; make a new key file"
    )]
    Parse,
}

/// An Ed25519 key in memory.
#[derive(Debug)]
pub struct Ed25519Signer {
    pair: Ed25519KeyPair,
}

impl Ed25519Signer {
    /// A new private key as PKCS#8 DER, to be kept in a file of mode 0600.
    pub fn generate_pkcs8() -> Result<Vec<u8>, KeyError> {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let key = Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| KeyError::Generate)?;
        Ok(key.as_ref().to_vec())
    }

    /// Reads a private key from PKCS#8 DER (version 1 or 2).
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| KeyError::Parse)?;
        Ok(Self { pair })
    }
}

impl Signer for Ed25519Signer {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    fn public_key(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }
}

/// Whether `signature` over `message` is by the Ed25519 key `public_key`.
pub(crate) fn signature_holds(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_and_key_only() {
        let one = Ed25519Signer::from_pkcs8(&Ed25519Signer::generate_pkcs8().unwrap()).unwrap();
        let two = Ed25519Signer::from_pkcs8(&Ed25519Signer::generate_pkcs8().unwrap()).unwrap();
        let signature = one.sign(b"head");
        assert!(signature_holds(&one.public_key(), b"head", &signature));
        assert!(!signature_holds(&one.public_key(), b"heap", &signature));
        assert!(!signature_holds(&two.public_key(), b"head", &signature));
        assert!(!signature_holds(b"short", b"head", &signature));
        assert_eq!(Ed25519Signer::from_pkcs8(b"no key").unwrap_err(), KeyError::Parse);
    }
}
