//! XML signatures of alerts: verify those of others, make our own.
//!
//! CAP 1.2 section 3.3.2.1 lets an alert carry an enveloped XML signature, and forbids to reject a message only
//! because it cannot be verified. So there are two answers, kept apart in [`Verdict`]: whether the message is what was
//! signed ([`Integrity`], judged with the key that it brings), and whether that key is one the caller trusts for the
//! sender (`anchored`, judged with [`Anchors`], which never come from a message).
//!
//! * `source`, `c14n`, `shape`: the text that was signed, its canonical form, the one shape of signature accepted.
//! * `method`, `key`, `certificate`, `anchors`, with `base64` and `der` below them: algorithms, keys, trust.
//! * `verify`, `verdict`: the judging. `seal`, `signer`: the signing.
//!
//! No clock and no key store is in reach: times, anchors and the signer are parameters.

mod anchors;
pub(crate) mod base64;
mod c14n;
mod certificate;
mod der;
mod key;
mod method;
mod seal;
mod shape;
mod signer;
mod source;
mod verdict;
mod verify;

pub(crate) use method::sha1;

pub use anchors::{AnchorError, Anchors};
pub use c14n::{C14nError, Form, canonicalize};
pub use certificate::CertificateAbout;
pub use method::Method;
pub use seal::{SignError, sign};
pub use signer::{CapSigner, Pkcs8Signer, SignerError};
pub use verdict::{Flag, Integrity, Verdict};
pub use verify::{NEAR, Validity, Verifier, verify};
