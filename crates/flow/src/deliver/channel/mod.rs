//! Ways out to the public: one kind, one file, one line in [`KINDS`].

mod feed;
mod file;
mod webhook;

pub use feed::Feed;
pub use file::File;
pub use webhook::Webhook;

use beaconfire_core::guard::Cleared;
use std::future::Future;
use std::pin::Pin;

/// What a channel answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// In its own words; kept beside the journal.
    pub answer: String,
    /// SHA-256 of what it took, where it says so, as it writes it.
    pub digest: Option<String>,
}

/// Why a channel did not take a message. It is tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SendError(pub String);

/// The answer of a send, later.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Sent, SendError>> + Send + 'a>>;

/// A way out. It can send nothing but what the guard cleared.
pub trait Channel: Send + Sync {
    /// Sends once. The same key may come again with the same bytes.
    fn send<'a>(&'a self, cleared: &'a Cleared) -> Sending<'a>;
}

/// What the reference page and `beaconfire kinds` know of a kind of channel.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// One `[[channel]]`, as TOML.
    pub example: &'static str,
}

/// Every kind there is, by name.
pub static KINDS: &[&Kind] = &[&feed::KIND, &file::KIND, &webhook::KIND];
