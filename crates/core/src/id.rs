//! Names of things: typed strings, so that one kind of name is never taken for another.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}

ids! {
    /// A configured source, such as `usgs-quakes`.
    SourceId,
    /// A configured channel, such as `public-feed`.
    ChannelId,
    /// An operator's pseudonym, `op-…`; never a name.
    AccountId,
    /// A signal: `sig-` and a digest of what it says.
    SignalId,
    /// An incident: `inc-` and a digest of its first member.
    IncidentId,
    /// A warning (a chain of messages): `war-…`.
    WarningId,
    /// SHA-256 of an item's original bytes, in hex.
    ItemId,
    /// A pack's name, such as `river-flood`.
    PackId,
}

/// SHA-256 of `bytes`, in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut out = String::with_capacity(64);
    for byte in digest.as_ref() {
        write!(out, "{byte:02x}").expect("writing to a String cannot fail");
    }
    out
}

/// The first ten hex digits of the SHA-256 of the parts, each closed by a zero byte so that
/// `("ab", "c")` and `("a", "bc")` differ.
#[must_use]
pub(crate) fn short_digest(parts: &[&str]) -> String {
    let mut joined = Vec::new();
    for part in parts {
        joined.extend_from_slice(part.as_bytes());
        joined.push(0);
    }
    let mut hex = sha256_hex(&joined);
    hex.truncate(10);
    hex
}
