//! The one thing that signals, events and alerts of any issuer are about.

use crate::id::{AccountId, IncidentId, PackId, SignalId, WarningId, short_digest};
use crate::level::{Level, Step};
use crate::observe::AlertKey;
use beaconfire_geo::{Area, Exposure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberId {
    /// One of our signals.
    Signal(SignalId),
    /// Another issuer's alert.
    Alert(AlertKey),
}

/// One thing that belongs to an incident, with the level that it alone stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// What it is.
    pub id: MemberId,
    /// When it began.
    pub at: Timestamp,
    /// Where.
    pub area: Area,
    /// The area in words.
    pub place: String,
    /// What it says.
    pub words: String,
    /// Who is exposed.
    pub exposure: Exposure,
    /// Likelihood, where it comes from a rule of ours.
    pub likelihood: Option<Step>,
    /// Impact, where it comes from a rule of ours.
    pub impact: Option<Step>,
    /// The level of this member alone.
    pub level: Level,
    /// What superseded it: a revision, an Update, a Cancel, an end. It counts no longer.
    pub superseded: bool,
    /// Whether somebody decided while it was there. A new member never inherits that.
    #[serde(default)]
    pub seen: bool,
}

/// How two incidents hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// They may be the same, below the confidence for joining.
    Related,
    /// The other one caused this one.
    Cause,
    /// The other one followed from this one.
    Cascade,
}

impl LinkKind {
    /// The same link seen from the other end.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Related => Self::Related,
            Self::Cause => Self::Cascade,
            Self::Cascade => Self::Cause,
        }
    }
}

/// A link to another incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The other incident.
    pub to: IncidentId,
    /// How.
    pub kind: LinkKind,
    /// Why, in words.
    pub why: String,
}

/// What was decided about an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Nobody has decided.
    Open,
    /// Somebody took it on.
    Accepted {
        /// Who.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// Somebody decided that it needs no warning, until the review.
    Declined {
        /// Who.
        by: AccountId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// When it is looked at again.
        review_at: Timestamp,
    },
    /// Over.
    Closed {
        /// Who.
        by: AccountId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// A running decision clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// When a decision is due.
    pub at: Timestamp,
    /// How often it has been escalated.
    pub escalations: u32,
    /// When it is escalated next; none when the ladder's top is reached.
    pub next: Option<Timestamp>,
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its name.
    pub id: IncidentId,
    /// Optimistic version: the number of records about it.
    pub version: u64,
    /// The pack; none for hazards that no pack of ours claims.
    pub pack: Option<PackId>,
    /// The hazard family.
    pub hazard: String,
    /// The first member's words.
    pub title: String,
    /// IANA zone of the place.
    pub zone: String,
    /// When its first signal began. Its age counts from here and is never reset (invariant 10).
    pub first_signal_at: Timestamp,
    /// When the newest member began.
    pub newest_at: Timestamp,
    /// Whether what opened it arrived late.
    pub late: bool,
    /// The area of the first member: overlap is tested with this, not with the grown union.
    pub core: Area,
    /// What belongs to it.
    pub members: Vec<Member>,
    /// Links to others.
    pub links: Vec<Link>,
    /// What was decided.
    pub disposition: Disposition,
    /// The running clock, if any.
    pub deadline: Option<Deadline>,
    /// The highest level that somebody has seen and decided on.
    pub decided_level: Option<Level>,
    /// The km² that somebody has seen and decided on.
    pub decided_km2: Option<f64>,
    /// Its warnings.
    pub warnings: BTreeSet<WarningId>,
    /// When the last record about it was made.
    pub touched: Timestamp,
    /// The incident that it was merged into, if any.
    pub merged_into: Option<IncidentId>,
}

impl Incident {
    /// The name of the incident that `member` opens.
    #[must_use]
    pub fn id_for(hazard: &str, member: &MemberId) -> IncidentId {
        let member = match member {
            MemberId::Signal(id) => id.0.clone(),
            MemberId::Alert(key) => key.to_string(),
        };
        IncidentId(format!("inc-{}", short_digest(&[hazard, &member])))
    }

    /// Members that count.
    pub fn standing(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.superseded)
    }

    /// The maximum over unsuperseded members (invariant 9); none when all are superseded.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.standing().map(|member| member.level).max()
    }

    /// The level of each place that a standing member names.
    #[must_use]
    pub fn levels(&self) -> BTreeMap<String, Level> {
        let mut levels = BTreeMap::new();
        for member in self.standing() {
            let level = levels.entry(member.place.clone()).or_insert(member.level);
            *level = member.level.max(*level);
        }
        levels
    }

    /// The union of the standing members' areas.
    #[must_use]
    pub fn area(&self) -> Area {
        self.standing().fold(Area::default(), |all, member| all.union(&member.area))
    }

    /// Whether any standing member's exposure is unknown.
    #[must_use]
    pub fn exposure_unknown(&self) -> bool {
        self.standing().any(|member| member.exposure == Exposure::Unknown)
    }

    /// Whether the incident still takes part in anything.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.merged_into.is_none() && !matches!(self.disposition, Disposition::Closed { .. })
    }
}
