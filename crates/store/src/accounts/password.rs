//! Passwords: argon2id with the library's recommended cost (19 MiB, 2 passes), salted.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::PASSWORD_BYTES;
use crate::error::StoreError;
use crate::hash::random;

/// The PHC string of a password.
pub(super) fn hash_password(password: &str) -> Result<String, StoreError> {
    if !PASSWORD_BYTES.contains(&password.len()) {
        let (least, most) = PASSWORD_BYTES.into_inner();
        return Err(StoreError::invalid("a password", format!("it has not {least} to {most} bytes")));
    }
    let salt = random::<16>()?;
    let hash: Result<argon2::password_hash::phc::PasswordHash, _> =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    match hash {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => Err(StoreError::io("argon2", error)),
    }
}

/// Whether `password` is the one of `hash`. Without a hash it takes as long and is false, so that
/// the time tells nobody which logins there are.
pub(super) fn password_holds(password: &str, hash: Option<&str>) -> bool {
    static STAND_IN: OnceLock<Option<String>> = OnceLock::new();
    let stand_in = || STAND_IN.get_or_init(|| hash_password("nobody's password").ok()).as_deref();
    let known = hash.is_some();
    let parsed = hash.or_else(stand_in).and_then(|hash| PasswordHash::new(hash).ok());
    let Some(parsed) = parsed else { return false };
    // Longer than any that can be set, so not worth the work.
    if password.len() > *PASSWORD_BYTES.end() {
        return false;
    }
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known
}
