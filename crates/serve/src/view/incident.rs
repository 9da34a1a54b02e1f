//! An incident: what it is, how bad, how long, and what belongs to it.

use beaconfire_core::{
    Disposition, Facts, Incident, IncidentId, Level, MemberId, Rules, SignalKind, State, Step, story,
};
use beaconfire_geo::Exposure;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::area::geometry;
use super::geojson::Geometry;
use super::level::LevelName;
use super::member::{MemberView, member_view};
use super::warning::{WarningState, WarningView};
use super::{LineView, Seen};

/// Closed incidents in the list, at most: the newest.
const MAX_CLOSED: usize = 200;

/// The incidents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncidentList {
    /// All that are open, and the newest of those that are closed.
    pub(crate) incidents: Vec<IncidentSummary>,
    /// River time now.
    pub(crate) river_time: Timestamp,
}

impl IncidentList {
    /// What the list shows.
    pub(crate) fn of(state: &State, seen: Seen<'_>) -> Self {
        let (live, mut closed): (Vec<_>, Vec<_>) =
            state.incidents.values().filter(|i| i.merged_into.is_none()).partition(|i| i.is_live());
        closed.sort_by_key(|incident| std::cmp::Reverse(incident.newest_at));
        closed.truncate(MAX_CLOSED);
        let summary = |incident: &Incident| IncidentSummary {
            about: IncidentFacts::of(incident, state, seen.now),
            warnings: incident
                .warnings
                .iter()
                .filter_map(|id| state.warnings.get(id))
                .map(|w| WarningBrief { id: w.id.0.clone(), state: WarningState::of(w) })
                .collect(),
        };
        let incidents = live.into_iter().chain(closed).map(summary).collect();
        Self { incidents, river_time: seen.now }
    }
}

/// An incident in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncidentSummary {
    #[serde(flatten)]
    about: IncidentFacts,
    /// Its warnings.
    warnings: Vec<WarningBrief>,
}

/// A warning in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WarningBrief {
    /// Its name.
    id: String,
    /// Where it stands.
    state: WarningState,
}

/// An incident with everything that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncidentView {
    #[serde(flatten)]
    about: IncidentFacts,
    /// What it rests on.
    members: Vec<MemberView>,
    /// What it hangs together with, by its own links and by those of others.
    links: Vec<LinkView>,
    /// The level of each place.
    levels: Vec<PlaceLevel>,
    /// What happened, oldest first.
    story: Vec<LineView>,
    /// Its warnings.
    warnings: Vec<WarningView>,
    /// The incident that it was merged into.
    merged_into: Option<String>,
}

impl IncidentView {
    /// Everything about an incident.
    pub(crate) fn of(incident: &Incident, story: &[story::Line], state: &State, seen: Seen<'_>) -> Self {
        let warnings = incident.warnings.iter().filter_map(|id| state.warnings.get(id));
        Self {
            about: IncidentFacts::of(incident, state, seen.now),
            members: incident.members.iter().map(|member| member_view(member, state)).collect(),
            links: links_of(incident, state),
            levels: levels_of(incident),
            story: story.iter().map(|line| LineView { at: line.at, words: line.words.clone() }).collect(),
            warnings: warnings.map(|w| WarningView::of(w, story, state, seen)).collect(),
            merged_into: incident.merged_into.as_ref().map(|id| id.0.clone()),
        }
    }
}

/// What is said of an incident everywhere.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentFacts {
    /// Its name.
    id: String,
    /// Its first member's words.
    title: String,
    /// The pack, or the hazard family where no pack claims it.
    hazard: String,
    /// The hazard in words.
    hazard_title: String,
    /// The level now.
    level: LevelName,
    /// The level in words.
    level_word: &'static str,
    /// The sign that stands beside the colour.
    level_sign: &'static str,
    /// The colour's name.
    colour: &'static str,
    /// What was decided.
    status: IncidentStatus,
    /// Whether what opened it came late.
    late: bool,
    /// Whether something that it rests on can no longer be observed, or who is exposed is unknown:
    /// it may be worse than shown.
    unknown: bool,
    /// When its first signal began.
    first_signal_at: Timestamp,
    /// Seconds since then, by river time.
    age_seconds: i64,
    /// When a decision is due.
    deadline: Option<Timestamp>,
    /// How often it was escalated.
    escalations: u32,
    /// IANA zone of the place.
    zone: String,
    /// A point for a pin.
    center: Option<Center>,
    /// The union of its standing members' areas.
    area: Option<Geometry>,
    /// The area in words.
    area_words: String,
    /// Who is exposed.
    exposure: ExposureView,
    /// What commands must bear.
    version: u64,
}

/// A point.
#[derive(Debug, Serialize, ToSchema)]
struct Center {
    /// Degrees north.
    lat: f64,
    /// Degrees east.
    lon: f64,
}

/// What was decided about an incident.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum IncidentStatus {
    /// Nobody has decided.
    Open,
    /// Somebody took it on.
    Accepted,
    /// No warning until the review.
    Declined,
    /// Over.
    Closed,
}

/// How many people are exposed. Unknown is never zero.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ExposureView {
    /// Not known.
    Unknown,
    /// From `min` to `max` people.
    Range {
        /// What surely lives inside.
        min: u64,
        /// With everything that reaches inside.
        max: u64,
        /// Places with their centre inside.
        places: u32,
    },
}

/// A link to another incident.
#[derive(Debug, Serialize, ToSchema)]
struct LinkView {
    /// The other incident.
    incident: String,
    /// How they hang together.
    kind: LinkName,
    /// Why.
    why: String,
}

/// How two incidents hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LinkName {
    /// They may be the same.
    Related,
    /// The other one caused this one.
    Cause,
    /// The other one followed from this one.
    Cascade,
}

/// The level of one place.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceLevel {
    /// The place.
    area_words: String,
    /// Its level.
    level: LevelName,
    /// 1 to 4, or who says so.
    likelihood: String,
    /// 1 to 4, or who says so.
    impact: String,
}

impl IncidentFacts {
    fn of(incident: &Incident, state: &State, now: Timestamp) -> Self {
        let rules: &Rules = &state.rules;
        let level = incident.level();
        let area = incident.area();
        let pack = incident.pack.as_ref().and_then(|id| rules.pack(id));
        let hazard = incident.pack.as_ref().map_or(&incident.hazard, |id| &id.0);
        let deadline = incident.deadline.as_ref();
        Self {
            id: incident.id.0.clone(),
            title: incident.title.clone(),
            hazard: hazard.clone(),
            hazard_title: pack.map_or(&incident.hazard, |pack| &pack.title).clone(),
            level: level.into(),
            level_word: level.map_or("nothing stands", Level::word),
            level_sign: level.map_or("○", Level::sign),
            colour: level.map_or("grey", Level::colour),
            status: status_of(incident),
            late: incident.late,
            unknown: is_unknown(incident, state),
            first_signal_at: incident.first_signal_at,
            age_seconds: now.duration_since(incident.first_signal_at).as_secs().max(0),
            deadline: deadline.map(|deadline| deadline.at),
            escalations: deadline.map_or(0, |deadline| deadline.escalations),
            zone: incident.zone.clone(),
            center: area.locator_center().map(|point| Center { lat: point.lat, lon: point.lon }),
            area: geometry(&area),
            area_words: Facts::of(incident, rules).place,
            exposure: exposure_of(incident),
            version: incident.version,
        }
    }
}

/// A link is kept where it was made and read from both ends: whoever looks at a cause sees what it
/// set off, and whoever split an incident finds the other part.
fn links_of(incident: &Incident, state: &State) -> Vec<LinkView> {
    let view = |other: &IncidentId, kind: LinkName, why: &str| LinkView {
        incident: other.0.clone(),
        kind,
        why: why.to_owned(),
    };
    let own = incident.links.iter();
    let mut links: Vec<_> = own.map(|link| view(&link.to, link.kind.into(), &link.why)).collect();
    for other in state.incidents.values() {
        for link in other.links.iter().filter(|link| link.to == incident.id) {
            let kind = match link.kind.into() {
                LinkName::Related => LinkName::Related,
                LinkName::Cause => LinkName::Cascade,
                LinkName::Cascade => LinkName::Cause,
            };
            if !links.iter().any(|known| known.incident == other.id.0 && known.kind == kind) {
                links.push(view(&other.id, kind, &link.why));
            }
        }
    }
    links
}

fn status_of(incident: &Incident) -> IncidentStatus {
    match &incident.disposition {
        _ if incident.merged_into.is_some() => IncidentStatus::Closed,
        Disposition::Open => IncidentStatus::Open,
        Disposition::Accepted { .. } => IncidentStatus::Accepted,
        Disposition::Declined { .. } => IncidentStatus::Declined,
        Disposition::Closed { .. } => IncidentStatus::Closed,
    }
}

fn is_unknown(incident: &Incident, state: &State) -> bool {
    let lost = incident.standing().any(|member| match &member.id {
        MemberId::Alert(_) => false,
        MemberId::Signal(id) => {
            state.signals.get(id).is_some_and(|kept| kept.signal.kind == SignalKind::Lost)
        }
    });
    lost || incident.exposure_unknown()
}

/// The widest known range: members overlap, so adding them up would count people twice. That one
/// of them is unknown is told by `unknown`.
fn exposure_of(incident: &Incident) -> ExposureView {
    let ranges = incident.standing().filter_map(|member| match member.exposure {
        Exposure::Unknown => None,
        Exposure::Range { min, max, places } => Some((max, min, places)),
    });
    match ranges.max() {
        None => ExposureView::Unknown,
        Some((max, min, places)) => ExposureView::Range { min, max, places },
    }
}

/// The highest member of each place.
fn levels_of(incident: &Incident) -> Vec<PlaceLevel> {
    let mut places = BTreeMap::new();
    for member in incident.standing() {
        let top = places.entry(member.place.as_str()).or_insert(member);
        if member.level > top.level {
            *top = member;
        }
    }
    let step = |step: Option<Step>| match step {
        Some(step) => format!("{} of 4", step.get()),
        None => "as its issuer says".to_owned(),
    };
    let mut levels: Vec<_> = places.into_iter().collect();
    levels.sort_by_key(|(_, member)| std::cmp::Reverse(member.level));
    levels
        .into_iter()
        .map(|(place, member)| PlaceLevel {
            area_words: place.to_owned(),
            level: Some(member.level).into(),
            likelihood: step(member.likelihood),
            impact: step(member.impact),
        })
        .collect()
}

impl From<beaconfire_core::LinkKind> for LinkName {
    fn from(kind: beaconfire_core::LinkKind) -> Self {
        match kind {
            beaconfire_core::LinkKind::Related => Self::Related,
            beaconfire_core::LinkKind::Cause => Self::Cause,
            beaconfire_core::LinkKind::Cascade => Self::Cascade,
        }
    }
}

impl From<LinkName> for beaconfire_core::LinkKind {
    fn from(name: LinkName) -> Self {
        match name {
            LinkName::Related => Self::Related,
            LinkName::Cause => Self::Cause,
            LinkName::Cascade => Self::Cascade,
        }
    }
}
