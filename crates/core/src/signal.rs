//! A detector's finding with its evidence.

use crate::id::{ItemId, PackId, SignalId, SourceId, short_digest};
use crate::level::Step;
use beaconfire_geo::Area;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What made a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// A detector's alarm on a series.
    Alarm,
    /// A series fell silent while rising or above its watch level (invariant 5).
    Lost,
    /// An event met an event rule.
    Event,
}

/// A finding with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The pack whose rule spoke.
    pub pack: PackId,
    /// The pack's version at that time.
    pub pack_version: u32,
    /// The rule.
    pub rule: String,
    /// Alarm, loss or event.
    pub kind: SignalKind,
    /// The source.
    pub source: SourceId,
    /// The series, or the event's id.
    pub subject: String,
    /// When it began: the time of the observation or event, not of its arrival.
    pub at: Timestamp,
    /// What was observed.
    pub observed: Option<f64>,
    /// What was expected.
    pub expected: Option<f64>,
    /// The bound that was crossed.
    pub threshold: Option<f64>,
    /// How far, in the detector's own measure.
    pub score: Option<f64>,
    /// The unit of these numbers.
    pub unit: String,
    /// The likelihood that it stands for.
    pub likelihood: Step,
    /// Where.
    pub area: Area,
    /// The area in words.
    pub place: String,
    /// IANA zone of the place; the authority's where it is not known.
    #[serde(default)]
    pub zone: Option<String>,
    /// What it says in words.
    pub words: String,
    /// The bytes that it rests on, where one item brought it.
    pub item: Option<ItemId>,
    /// For a revised event: which revision (its `updated`); a later one supersedes an earlier one.
    pub revision: Option<Timestamp>,
}

impl Signal {
    /// Its name: what it is about, not when it arrived, so that judging twice names it once.
    #[must_use]
    pub fn id(&self) -> SignalId {
        let kind = match self.kind {
            SignalKind::Alarm => "alarm",
            SignalKind::Lost => "lost",
            SignalKind::Event => "event",
        };
        let revision = self.revision.map(|at| at.to_string()).unwrap_or_default();
        let at = if self.kind == SignalKind::Event { String::new() } else { self.at.to_string() };
        let mut parts =
            vec![self.pack.as_str(), &self.rule, kind, self.source.as_str(), &self.subject, &at, &revision];
        // Two outages may begin at the same time: the list of series tells them apart.
        parts.extend(self.item.as_ref().filter(|_| self.kind == SignalKind::Lost).map(ItemId::as_str));
        SignalId(format!("sig-{}", short_digest(&parts)))
    }
}
