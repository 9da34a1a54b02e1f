//! SHA-256 and the operating system's randomness, from the one crypto library.

use aws_lc_rs::{digest, rand};

use crate::error::StoreError;

/// A SHA-256 that is fed piece by piece.
pub(crate) struct Sha256(digest::Context);

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        to_array(&self.0.finish())
    }
}

/// The SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    to_array(&digest::digest(&digest::SHA256, bytes))
}

/// `N` random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| StoreError::io("the system's random source", "it gave no bytes"))?;
    Ok(bytes)
}

fn to_array(digest: &digest::Digest) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}
