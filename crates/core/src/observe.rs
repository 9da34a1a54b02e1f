//! What comes in: observations, stations, events, and other issuers' alerts.

use crate::id::{ItemId, SourceId};
use beaconfire_geo::{Area, Point};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One number of one series at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The series' key within its source, such as a station number.
    pub series: String,
    /// When it was measured.
    pub time: Timestamp,
    /// The value in the series' unit; always finite. A missing value is no observation.
    pub value: f64,
    /// Whether the source itself marks it as doubtful.
    pub suspect: bool,
}

/// Where and what a series measures, with the place's own thresholds by name (`minor`, `major`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// The series' key within its source.
    pub id: String,
    /// The place in words.
    pub name: String,
    /// Latitude, degrees.
    pub lat: f64,
    /// Longitude, degrees.
    pub lon: f64,
    /// IANA time zone of the place.
    pub zone: String,
    /// Unit of the series, such as `ft`.
    pub unit: String,
    /// The area that the series speaks for, where it is not a circle round the place.
    #[serde(default)]
    pub area: Option<Area>,
    /// Thresholds by name, in the series' unit.
    #[serde(default)]
    pub thresholds: BTreeMap<String, f64>,
}

impl Station {
    /// The place as a point; `None` where the coordinates are out of range.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        Point::new(self.lat, self.lon).ok()
    }
}

/// Something that happened once: an earthquake, an exploited vulnerability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The source's own id of the event; a revision bears the same id.
    pub id: String,
    /// What kind of event: `earthquake`, `vulnerability`.
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    /// When the source last changed it; a later one supersedes an earlier one of the same id.
    pub updated: Timestamp,
    /// One line for people.
    pub title: String,
    /// Where, if it has a place.
    pub point: Option<Point>,
    /// Numbers, such as `magnitude`, `depth_km`.
    pub numbers: BTreeMap<String, f64>,
    /// Words, such as `vendor`, `product`.
    pub words: BTreeMap<String, String>,
}

/// Another issuer's CAP message as the core sees it: what decisions need, no more. The original
/// bytes lie beside the journal under `item`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundAlert {
    /// The source that brought it.
    pub source: SourceId,
    /// The original bytes' digest.
    pub item: ItemId,
    /// CAP identifier.
    pub identifier: String,
    /// CAP sender.
    pub sender: String,
    /// CAP sent, as an instant.
    pub sent: Timestamp,
    /// CAP status, as written.
    pub status: String,
    /// CAP msgType.
    pub msg_type: String,
    /// CAP scope.
    pub scope: String,
    /// IANA zone of the place nearest to its area.
    #[serde(default)]
    pub zone: Option<String>,
    /// CAP references.
    pub references: Vec<AlertKey>,
    /// One entry per info block that differs in more than language; empty for a bare Cancel.
    pub infos: Vec<InboundInfo>,
    /// Rules broken, in words (count is capped by the reader).
    pub findings: Vec<String>,
}

/// A message's name: sender, identifier and sent as an instant (CAP 1.2, 3.2.1 `references`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlertKey {
    /// CAP sender.
    pub sender: String,
    /// CAP identifier.
    pub identifier: String,
    /// CAP sent, compared as an instant.
    pub sent: Timestamp,
}

impl std::fmt::Display for AlertKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{},{}", self.sender, self.identifier, self.sent)
    }
}

/// What one info block says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundInfo {
    /// CAP language, `en-US` where absent.
    pub language: String,
    /// CAP event.
    pub event: String,
    /// CAP headline, or the event where absent.
    pub headline: String,
    /// CAP urgency.
    pub urgency: String,
    /// CAP severity.
    pub severity: String,
    /// CAP certainty.
    pub certainty: String,
    /// CAP responseType values.
    pub response_types: Vec<String>,
    /// CAP eventCode pairs.
    pub event_codes: Vec<(String, String)>,
    /// CAP expires.
    pub expires: Option<Timestamp>,
    /// CAP areaDesc values, joined.
    pub area_words: String,
    /// The area; geocodes nobody resolved make it unresolved.
    pub area: Area,
    /// What of the area could not be resolved: who is exposed there is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<String>,
    /// Whether any text of the block bears a drill's or a test's mark.
    pub marked_as_drill: bool,
}

impl InboundAlert {
    /// The message's name.
    #[must_use]
    pub fn key(&self) -> AlertKey {
        AlertKey { sender: self.sender.clone(), identifier: self.identifier.clone(), sent: self.sent }
    }

    /// When the last of its info blocks expires; `None` if any does not say.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.infos.iter().map(|info| info.expires).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// Whether all that it says is that it is over: `AllClear`, or an Update that is Past and asks nothing.
    #[must_use]
    pub fn says_over(&self) -> bool {
        let past = |info: &InboundInfo| {
            self.msg_type == "Update"
                && info.urgency == "Past"
                && info.response_types.iter().all(|response| response == "None")
        };
        let over = |info: &InboundInfo| info.response_types.iter().any(|r| r == "AllClear") || past(info);
        !self.infos.is_empty() && self.infos.iter().all(over)
    }

    /// The union of its areas.
    #[must_use]
    pub fn area(&self) -> Area {
        self.infos.iter().fold(Area::default(), |all, info| all.union(&info.area))
    }
}
