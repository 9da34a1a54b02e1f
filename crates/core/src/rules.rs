//! What is configured and decisions depend on: packs, sources, channels, the authority. The whole
//! of it is journalled whenever it changes, so that every decision can be understood later.

use crate::id::{ChannelId, PackId, SourceId};
use crate::mode::Mode;
use crate::observe::{InboundInfo, Station};
use crate::pack::Pack;
use serde::{Deserialize, Serialize};

/// Everything configured that `decide` looks at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Who warns.
    pub authority: Authority,
    /// The hazards.
    pub packs: Vec<Pack>,
    /// Where things come from.
    pub sources: Vec<SourceRule>,
    /// Where warnings go.
    pub channels: Vec<ChannelRule>,
    /// Where series are measured.
    pub stations: Vec<StationRule>,
}

/// The warning authority.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// CAP sender.
    pub sender: String,
    /// CAP senderName.
    pub name: String,
    /// What identifiers begin with, such as `urn:oid:2.49.0.1.276.0`.
    pub identifier_prefix: String,
    /// CAP web.
    #[serde(default)]
    pub web: Option<String>,
    /// CAP contact.
    #[serde(default)]
    pub contact: Option<String>,
    /// IANA time zone of the authority.
    pub zone: String,
    /// The jurisdiction in words, for areas that are "the whole jurisdiction".
    pub jurisdiction: String,
    /// Hours for which an approval holds.
    #[serde(default = "default_approval_hours")]
    pub approval_hours: i64,
}

fn default_approval_hours() -> i64 {
    12
}

/// A source, as decisions see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceRule {
    /// Its name.
    pub id: SourceId,
    /// CAP senders that this source is trusted for (invariant 7).
    #[serde(default)]
    pub trusted_senders: Vec<String>,
    /// (who acts, on whose messages): configured delegations.
    #[serde(default)]
    pub delegations: Vec<(String, String)>,
    /// Hours after `sent` at which an alert without `expires` is taken as expired.
    #[serde(default = "default_expiry_hours")]
    pub missing_expires_hours: i64,
}

fn default_expiry_hours() -> i64 {
    24
}

/// What a channel sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The CAP 1.2 document.
    Cap,
}

/// A channel, as decisions and the guard see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelRule {
    /// Its name.
    pub id: ChannelId,
    /// Its kind, such as `feed`, for words only.
    pub kind: String,
    /// What it sends.
    pub form: Form,
    /// The one mode it works in: an exercise has channels of its own.
    pub mode: Mode,
    /// Whether the public reads it (invariant 15).
    pub public: bool,
    /// Minutes within which a reader must find what was sent; none where it cannot be read back.
    pub read_back_minutes: Option<i64>,
}

/// A station of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StationRule {
    /// The source whose series it is.
    pub source: SourceId,
    /// The station.
    pub station: Station,
}

/// The name of the hazard family of alerts that no pack claims.
pub const OTHER_HAZARD: &str = "other";

impl Rules {
    /// A pack by name.
    #[must_use]
    pub fn pack(&self, id: &PackId) -> Option<&Pack> {
        self.packs.iter().find(|pack| &pack.name == id)
    }

    /// A source by name.
    #[must_use]
    pub fn source(&self, id: &SourceId) -> Option<&SourceRule> {
        self.sources.iter().find(|source| &source.id == id)
    }

    /// A channel by name.
    #[must_use]
    pub fn channel(&self, id: &ChannelId) -> Option<&ChannelRule> {
        self.channels.iter().find(|channel| &channel.id == id)
    }

    /// A station by source and series.
    #[must_use]
    pub fn station(&self, source: &SourceId, series: &str) -> Option<&Station> {
        let fits = |rule: &&StationRule| &rule.source == source && rule.station.id == series;
        self.stations.iter().find(fits).map(|rule| &rule.station)
    }

    /// The pack that claims another issuer's info block by its event words, if any.
    #[must_use]
    pub fn pack_for_alert(&self, info: &InboundInfo) -> Option<&Pack> {
        let event = info.event.to_lowercase();
        self.packs.iter().find(|pack| pack.cap_events.iter().any(|word| event.contains(word)))
    }

    /// The hazard family of another issuer's info block: a pack's, a cascade's name found in the
    /// event, or [`OTHER_HAZARD`].
    #[must_use]
    pub fn hazard_of(&self, info: &InboundInfo) -> String {
        if let Some(pack) = self.pack_for_alert(info) {
            return pack.hazard.clone();
        }
        let event = info.event.to_lowercase();
        let cascades = self.packs.iter().flat_map(|pack| &pack.cascades);
        cascades
            .map(|cascade| &cascade.to)
            .find(|to| event.contains(to.as_str()))
            .cloned()
            .unwrap_or_else(|| OTHER_HAZARD.to_owned())
    }
}
