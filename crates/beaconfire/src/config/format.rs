//! The format of `beaconfire.toml`. Its JSON schema is `beaconfire generate config-schema`.

use super::span::Span;
use schemars::JsonSchema;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;

/// The configuration of a server. Paths are relative to the file that names them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// What this server is for: real warnings, or exercises; the outlets' own public test class is not offered yet.
    pub(crate) mode: ModeWord,
    /// The exercise's id; it stands in the note of every message. Exercise mode alone.
    pub(crate) exercise: Option<String>,
    /// The folder of the state; made where it is missing.
    pub(crate) data: PathBuf,
    /// The address that the server listens at.
    #[serde(default = "default_listen")]
    pub(crate) listen: String,
    /// Where the public reaches this server, without a slash at the end; read-back fetches there.
    pub(crate) public_url: String,
    /// Further host names that this server answers to.
    #[serde(default)]
    pub(crate) hosts: Vec<String>,
    /// Whether this machine's clock is kept right, by NTP, PTP or a receiver. Where it is left out, the mark of
    /// systemd-timesyncd (`/run/systemd/timesync/synchronized`) decides: say `true` with chrony or ntpd. While river
    /// time and a synchronised clock differ by more than 30 s, nothing live is issued until an officer confirms the time.
    pub(crate) clock_synchronised: Option<bool>,
    /// Addresses of the proxies in front of this server. What they say in `X-Forwarded-For` of who asks is
    /// believed; without them all who come through a proxy share one rate limit.
    #[serde(default)]
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// The folder of packs: one folder each, with a `pack.toml`.
    pub(crate) packs: PathBuf,
    /// A CSV file with the columns id, name, country, lat, lon, population, zone. Without it exposure is unknown.
    pub(crate) places: Option<PathBuf>,
    /// What the geocodes of alerts stand for.
    #[serde(default)]
    pub(crate) geocodes: GeocodesTable,
    /// Private keys.
    pub(crate) keys: Keys,
    /// Who warns.
    pub(crate) authority: AuthorityTable,
    /// Where things come from.
    #[serde(default)]
    pub(crate) source: Vec<SourceTable>,
    /// Where warnings go.
    #[serde(default)]
    pub(crate) channel: Vec<ChannelTable>,
}

fn default_listen() -> String {
    "127.0.0.1:8080".to_owned()
}

/// What a server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModeWord {
    /// Real warnings.
    Live,
    /// The outlets' own public test class: not offered yet.
    Test,
    /// Exercises.
    Exercise,
}

impl From<ModeWord> for beaconfire_core::Mode {
    fn from(word: ModeWord) -> Self {
        match word {
            ModeWord::Live => Self::Live,
            ModeWord::Test => Self::Test,
            ModeWord::Exercise => Self::Exercise,
        }
    }
}

/// What the geocodes of alerts stand for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GeocodesTable {
    /// Files made by `beaconfire geocodes import`; what a later one says of a code counts before what an earlier one
    /// says, and all of them count before the tables that come with the program.
    pub(crate) tables: Vec<PathBuf>,
    /// Whether the tables that come with the program are used too; `beaconfire geocodes list` shows them.
    pub(crate) built_in: bool,
}

impl Default for GeocodesTable {
    fn default() -> Self {
        Self { tables: Vec::new(), built_in: true }
    }
}

/// Private keys: files that their owner alone may read (mode 0600).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// Signs checkpoints of the journal: Ed25519, PKCS#8 DER. Made at the first start where it is missing.
    pub(crate) checkpoint: PathBuf,
}

/// Who warns.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorityTable {
    /// CAP sender: a name that is yours world-wide, such as `warnings@agency.example`; no spaces or commas.
    pub(crate) sender: String,
    /// CAP senderName, for people.
    pub(crate) name: String,
    /// What identifiers begin with, such as `urn:oid:2.49.0.1.276.0`; no spaces or commas.
    pub(crate) identifier_prefix: String,
    /// CAP web: where people read more.
    pub(crate) web: Option<String>,
    /// CAP contact.
    pub(crate) contact: Option<String>,
    /// IANA time zone, such as `Europe/Berlin`.
    pub(crate) zone: String,
    /// The jurisdiction in words, for areas that are all of it.
    pub(crate) jurisdiction: String,
    /// Hours for which an approval holds.
    #[serde(default = "default_approval_hours")]
    pub(crate) approval_hours: i64,
}

fn default_approval_hours() -> i64 {
    12
}

/// Where things come from. `beaconfire kinds` lists the kinds with an example of each.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceTable {
    /// Its name: lower-case letters, digits and hyphens.
    pub(crate) id: String,
    /// Its kind.
    pub(crate) kind: String,
    /// For people; the kind's title where it is left out.
    pub(crate) title: Option<String>,
    /// `http:`, `https:`, `file:` or a path: asked for.
    pub(crate) url: Option<String>,
    /// Sent to us over HTTP with a token; so it is too where nothing says how it comes.
    #[serde(default)]
    pub(crate) push: bool,
    /// Played from a recording: by `beaconfire demo` alone, never by a server.
    #[serde(default)]
    pub(crate) recorded: bool,
    /// How often to ask; a quarter of `expected_every`, and 10 s at least, where it is left out.
    #[serde(alias = "poll_every_s")]
    pub(crate) every: Option<Span>,
    /// How often it is expected to say something; three times as long is silence.
    #[serde(alias = "expected_every_s")]
    pub(crate) expected_every: Span,
    /// Whether its data must advance: an identical answer is then no sign of life.
    #[serde(default)]
    pub(crate) must_advance: bool,
    /// CAP senders that it is trusted for.
    #[serde(default)]
    pub(crate) trusted_senders: Vec<String>,
    /// Pairs of CAP senders: the first may act on the second's messages.
    #[serde(default)]
    pub(crate) delegations: Vec<(String, String)>,
    /// Hours after `sent` at which an alert without `expires` counts as expired.
    #[serde(default = "default_missing_expires_hours")]
    pub(crate) missing_expires_hours: i64,
    /// What depends on the kind; `beaconfire kinds` says.
    #[serde(default)]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub(crate) options: beaconfire_flow::source::Options,
    /// `cap`: PEM files of certificates whose signatures are believed, for any sender or for one. A sender with anchors
    /// of its own is judged by those alone. `options = { signature = "demand" }` needs at least one.
    #[serde(default)]
    pub(crate) anchors: Vec<AnchorEntry>,
    /// TOML files of `[[station]]` tables: where its series are measured.
    #[serde(default)]
    pub(crate) stations: Vec<PathBuf>,
    /// TOML files of `[[region]]` tables: the areas that its series count for.
    #[serde(default)]
    pub(crate) regions: Vec<PathBuf>,
    /// Of these files, only the stations and regions with these ids; all where it is left out.
    pub(crate) only: Option<Vec<String>>,
}

/// A PEM file of certificates, for any sender or for one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "write a file such as \"authority.pem\", or { sender = \"w@agency.example\", file = \"agency.pem\" }"
)]
pub(crate) enum AnchorEntry {
    /// For any sender: the file.
    Any(PathBuf),
    /// For one sender.
    One(AnchorTable),
}

/// A PEM file of certificates for one sender.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnchorTable {
    /// CAP sender, as written in its messages.
    pub(crate) sender: String,
    /// The file.
    pub(crate) file: PathBuf,
}

fn default_missing_expires_hours() -> i64 {
    24
}

/// Where warnings go. `beaconfire kinds` lists the kinds with an example of each.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelTable {
    /// Its name: lower-case letters, digits and hyphens.
    pub(crate) id: String,
    /// Its kind.
    pub(crate) kind: ChannelKind,
    /// The one mode that it works in: an exercise has channels of its own.
    pub(crate) mode: ModeWord,
    /// Whether the public reads it: messages of restricted scope never go there.
    pub(crate) public: bool,
    /// `webhook`: the address to post to.
    pub(crate) url: Option<String>,
    /// `file`: the folder to write to.
    pub(crate) dir: Option<PathBuf>,
    /// Minutes within which a reader must find what was sent; left out where it cannot be read back.
    pub(crate) read_back_minutes: Option<i64>,
}

/// The kinds of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChannelKind {
    /// This server's own public Atom feed.
    Feed,
    /// An HTTP POST.
    Webhook,
    /// One file a message.
    File,
}

impl ChannelKind {
    /// The word in the configuration.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Webhook => "webhook",
            Self::File => "file",
        }
    }
}

/// The JSON schema of the file.
pub(crate) fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}
