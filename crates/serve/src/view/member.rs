//! What an incident rests on: each member with its evidence.

use beaconfire_core::{Incident, Member, MemberId, Signal, SignalKind, State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::area::geometry;
use super::geojson::Geometry;
use super::level::LevelName;

/// A member of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberView {
    /// Its name, as `split` takes it.
    id: String,
    /// What it is.
    kind: MemberKind,
    /// What it says.
    title: String,
    /// Who brought it.
    source: String,
    /// `pack/rule`, where a rule of ours spoke.
    rule: Option<String>,
    /// The version of that pack.
    rule_version: Option<u32>,
    /// When it began.
    at: Timestamp,
    /// What was observed.
    observed: Option<f64>,
    /// What was expected.
    expected: Option<f64>,
    /// The bound that was crossed.
    threshold: Option<f64>,
    /// How far, in the detector's own measure.
    score: Option<f64>,
    /// The unit of these numbers.
    unit: Option<String>,
    /// The series.
    series: Option<String>,
    /// Where.
    area: Option<Geometry>,
    /// The level that it alone stands for.
    level: LevelName,
    /// Whether it counts no longer.
    superseded: bool,
}

/// What a member is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MemberKind {
    /// A detector's alarm on a series.
    Signal,
    /// Something that happened once.
    Event,
    /// Another issuer's alert.
    Alert,
    /// A series that fell silent while it mattered.
    Silence,
}

/// A member as shown.
pub(super) fn member_view(member: &Member, state: &State) -> MemberView {
    let bare = MemberView {
        id: name_of(&member.id),
        kind: MemberKind::Alert,
        title: member.words.clone(),
        source: String::new(),
        rule: None,
        rule_version: None,
        at: member.at,
        observed: None,
        expected: None,
        threshold: None,
        score: None,
        unit: None,
        series: None,
        area: geometry(&member.area),
        level: Some(member.level).into(),
        superseded: member.superseded,
    };
    match &member.id {
        MemberId::Alert(key) => {
            let source = state.alerts.get(key).map_or(&key.sender, |kept| &kept.alert.source.0);
            MemberView { source: source.clone(), ..bare }
        }
        MemberId::Signal(id) => match state.signals.get(id) {
            Some(kept) => with_evidence(bare, &kept.signal),
            None => MemberView { kind: MemberKind::Signal, ..bare },
        },
    }
}

fn with_evidence(bare: MemberView, signal: &Signal) -> MemberView {
    let of_series = signal.kind != SignalKind::Event;
    MemberView {
        kind: match signal.kind {
            SignalKind::Alarm => MemberKind::Signal,
            SignalKind::Lost => MemberKind::Silence,
            SignalKind::Event => MemberKind::Event,
        },
        source: signal.source.0.clone(),
        rule: Some(format!("{}/{}", signal.pack, signal.rule)),
        rule_version: Some(signal.pack_version),
        observed: signal.observed,
        expected: signal.expected,
        threshold: signal.threshold,
        score: signal.score,
        unit: (!signal.unit.is_empty()).then(|| signal.unit.clone()),
        series: of_series.then(|| signal.subject.clone()),
        ..bare
    }
}

/// The member of an incident that bears this name.
pub(crate) fn member_of(incident: &Incident, name: &str) -> Option<MemberId> {
    incident.members.iter().map(|member| &member.id).find(|id| name_of(id) == name).cloned()
}

fn name_of(id: &MemberId) -> String {
    match id {
        MemberId::Signal(id) => id.0.clone(),
        MemberId::Alert(key) => key.to_string(),
    }
}
