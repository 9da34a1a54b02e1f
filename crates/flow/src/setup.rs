//! What the river is started with: configuration already read and checked.

use beaconfire_cap::sign::Anchors;
use beaconfire_core::{ChannelId, Mode, Rules, SourceId};
use beaconfire_geo::geocode::Registry;
use beaconfire_store::Signer;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Everything that a river needs.
pub struct Setup {
    /// Live, test or exercise; a recording makes it exercise for good.
    pub mode: Mode,
    /// The exercise's id.
    pub exercise: Option<String>,
    /// The folder of the state.
    pub data: PathBuf,
    /// What decisions look at; journalled when it changes.
    pub rules: Rules,
    /// Places in the form of `beaconfire_geo::places`; empty where there are none.
    pub places: Vec<u8>,
    /// What geocodes stand for.
    pub geocodes: Arc<Registry<'static>>,
    /// Sources, in the order of `rules.sources`.
    pub sources: Vec<SourceSetup>,
    /// Channels, in the order of `rules.channels`.
    pub channels: Vec<ChannelSetup>,
    /// Signs checkpoints of the journal.
    pub signer: Arc<dyn Signer>,
    /// Where the public pages are, without a slash at the end: read-back fetches there.
    pub public_url: String,
}

/// A source.
#[derive(Clone, Debug)]
pub struct SourceSetup {
    /// Its name.
    pub id: SourceId,
    /// Its kind, as in `source::KINDS`.
    pub kind: String,
    /// Its title, for people.
    pub title: String,
    /// The kind's own options.
    pub options: crate::source::Options,
    /// Whose signatures on alerts are believed.
    pub anchors: Arc<Anchors>,
    /// How its payloads come.
    pub fetch: Fetch,
    /// How often it is expected to say something, seconds.
    pub expected_every_s: i64,
    /// Whether its data must advance: an identical answer is then no sign of life.
    pub must_advance: bool,
}

/// How a source's payloads come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// Asked for.
    Pull {
        /// `http:`, `https:`, or a path.
        url: String,
        /// How often.
        every: Duration,
    },
    /// Sent to us over HTTP with a token.
    Push,
    /// Played from a recording.
    Recorded,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct ChannelSetup {
    /// Its name.
    pub id: ChannelId,
    /// Where it leads.
    pub target: Target,
}

/// Where a channel leads; one kind, one file under `deliver/channel`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The public Atom feed of this process.
    Feed,
    /// An HTTP POST to this address.
    Webhook(String),
    /// One file a message, in this folder.
    File(PathBuf),
}
