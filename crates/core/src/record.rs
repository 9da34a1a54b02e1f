//! What the journal holds: one record a fact, each kind with a version that later readers lift.

use crate::actor::Role;
use crate::draft::Content;
use crate::id::{AccountId, ChannelId, IncidentId, ItemId, PackId, SignalId, SourceId, WarningId};
use crate::incident::{LinkKind, Member, MemberId};
use crate::job::{Found, JobKey, ReadBack};
use crate::mode::Mode;
use crate::observe::{AlertKey, InboundAlert};
use crate::package::{Act, Package};
use crate::render::Stamp;
use crate::rules::Rules;
use crate::signal::Signal;
use crate::source_state::Health;
use beaconfire_geo::Area;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A fact, with the river time at which it was decided and who decided it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// River time.
    pub at: Timestamp,
    /// Who: an operator's pseudonym, or none for the river itself.
    #[serde(default)]
    pub by: Option<AccountId>,
    /// What.
    pub fact: Fact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum Fact {
    /// The journal was begun.
    Opened { mode: Mode, exercise: Option<String> },
    /// The configuration was loaded, or loaded anew.
    RulesLoaded { rules: Box<Rules> },
    /// An account's roles were set; none means it is disabled.
    RolesSet { account: AccountId, roles: BTreeSet<Role> },
    /// The host's clock jumped: recorded, never adopted (invariant 2).
    ClockJumped { reading: Timestamp, expected: Timestamp },
    /// The clock's doubt began or ended.
    ClockDoubted { apart_seconds: i64 },
    /// An officer confirmed the time by typing it.
    ClockConfirmed { typed: String },
    /// A source's health changed.
    SourceChanged { source: SourceId, health: Health },
    /// Something worth knowing about a source that does not change its health.
    SourceNoted { source: SourceId, words: String },
    /// An item was taken in.
    ItemTaken { source: SourceId, item: ItemId, kind: String, entries: u64 },
    /// A signal was raised. `history` means that it was too old to open an incident.
    SignalRaised { id: SignalId, signal: Signal, history: bool },
    /// A signal's cause is over.
    SignalEnded { id: SignalId, at: Timestamp },
    /// Another issuer's alert was taken in, with what became of it.
    AlertTaken { alert: InboundAlert, fate: Fate },
    /// A held alert was let in or put aside by an officer.
    AlertReleased { alert: AlertKey, admit: bool, reason: String },
    /// An incident was opened by its first member.
    IncidentOpened {
        incident: IncidentId,
        pack: Option<PackId>,
        hazard: String,
        title: String,
        zone: String,
        late: bool,
        member: Member,
    },
    /// A thing joined an incident.
    MemberJoined { incident: IncidentId, member: Member, confidence: f64 },
    /// A member counts no longer.
    MemberSuperseded { incident: IncidentId, member: MemberId, why: String },
    /// Two incidents were linked.
    Linked { incident: IncidentId, to: IncidentId, kind: LinkKind, why: String },
    /// An incident's members were moved into another by an operator.
    Merged { incident: IncidentId, into: IncidentId },
    /// Members were moved out into an incident of their own by an operator.
    Split { incident: IncidentId, into: IncidentId, members: Vec<MemberId> },
    /// The decision clock was started, or started again.
    Armed { incident: IncidentId, deadline: Timestamp, next: Option<Timestamp>, why: String },
    /// The deadline passed undecided.
    Escalated { incident: IncidentId, due: Timestamp, step: u32, next: Option<Timestamp> },
    /// Somebody took the incident on.
    Accepted { incident: IncidentId },
    /// Somebody decided that it needs no warning, until the review.
    Declined { incident: IncidentId, reason: String, review_at: Timestamp },
    /// The incident is over.
    Closed { incident: IncidentId, reason: String },
    /// A draft was opened.
    Drafted {
        warning: WarningId,
        incident: IncidentId,
        act: Act,
        content: Content,
        channels: Vec<ChannelId>,
        rings: bool,
    },
    /// A draft was changed.
    Edited { warning: WarningId, content: Content, channels: Vec<ChannelId>, rings: bool },
    /// A draft was submitted: its identifier and digest are fixed.
    Submitted { warning: WarningId, package: Box<Package>, digest: String },
    /// An approval.
    Approved { warning: WarningId, digest: String, role: Role, lapses: Timestamp },
    /// An approval, or a submission, was voided.
    Voided { warning: WarningId, why: String },
    /// A dead channel was dropped.
    ChannelDropped { warning: WarningId, channel: ChannelId, why: String },
    /// A message was issued.
    Issued {
        warning: WarningId,
        package: Box<Package>,
        stamp: Stamp,
        approved_digest: String,
        issued_digests: BTreeMap<ChannelId, String>,
        /// Why it was taken back, as typed; a retraction's alone.
        #[serde(default)]
        reason: Option<String>,
    },
    /// A warning's last message passed its expiry.
    Lapsed { warning: WarningId },
    /// A job was queued.
    Queued { job: JobKey, warning: WarningId },
    /// A channel took a job.
    Delivered { job: JobKey, digest: String },
    /// A job will not be sent.
    Dropped { job: JobKey, why: String },
    /// A channel does not answer, or answers again.
    OutletChanged { channel: ChannelId, alarm: Option<String> },
    /// What was read back, and how it was judged.
    ReadBackJudged { job: JobKey, found: Found, verdict: ReadBack },
    /// What places an Update left outside, and that they were told (invariant 18).
    AreaLeft { warning: WarningId, area: Area },
    /// What is ours came back through somebody else (invariant 8).
    SeenElsewhere { source: SourceId, item: ItemId, message: String },
}

/// What became of another issuer's alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It makes or joins an incident.
    Admitted,
    /// It acted on the messages that it names.
    Acted {
        /// Those that are superseded or withdrawn by it.
        on: Vec<AlertKey>,
    },
    /// Its status is not Actual: recorded, no live incident (invariant 6).
    NotActual,
    /// Status, codes and text disagree: held until an officer looks (invariant 6).
    Held {
        /// What disagrees.
        why: String,
    },
    /// It may not act on what it names (invariant 7).
    NoEffect {
        /// Why.
        why: String,
    },
    /// Expired before it came.
    History,
}

/// The version that this release writes. Raised when any fact's form changes; [`decode`] then
/// lifts older ones.
pub const VERSION: u16 = 1;

/// A record as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The fact's kind, such as `incident_opened`.
    pub kind: String,
    /// The form's version.
    pub version: u16,
    /// JSON of the record.
    pub body: Vec<u8>,
}

/// Why a kept record cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Written by a later release.
    #[error(
        "read a record of version {0}: this program knows up to {VERSION}; use the release that wrote it, or a later one"
    )]
    Newer(u16),
    /// Not the JSON that its version promises.
    #[error("read a {kind} record of version {version}: {source}; run `beaconfire journal verify`")]
    Form {
        /// The record's kind.
        kind: String,
        /// Its version.
        version: u16,
        /// What is wrong.
        source: serde_json::Error,
    },
}

/// The record as the journal keeps it.
#[must_use]
pub fn encode(record: &Record) -> Encoded {
    let body = serde_json::to_vec(record)
        .expect("records hold only what JSON can write: finite numbers and string keys");
    Encoded { kind: kind(&record.fact).to_owned(), version: VERSION, body }
}

/// A kept record, lifted to today's form.
///
/// # Errors
/// A later version, or bytes that are not what their version promises.
pub fn decode(kind: &str, version: u16, body: &[u8]) -> Result<Record, DecodeError> {
    if version > VERSION {
        return Err(DecodeError::Newer(version));
    }
    let form = |source| DecodeError::Form { kind: kind.to_owned(), version, source };
    let mut value: serde_json::Value = serde_json::from_slice(body).map_err(form)?;
    for from in version..VERSION {
        lift(kind, from, &mut value);
    }
    serde_json::from_value(value).map_err(form)
}

/// Lifts a record from version `from` to the next. Version 1 is the first: nothing to lift yet.
fn lift(_kind: &str, _from: u16, _value: &mut serde_json::Value) {}

/// The fact's kind: the name it bears in the journal.
#[must_use]
pub fn kind(fact: &Fact) -> &'static str {
    match fact {
        Fact::Opened { .. } => "opened",
        Fact::RulesLoaded { .. } => "rules_loaded",
        Fact::RolesSet { .. } => "roles_set",
        Fact::ClockJumped { .. } => "clock_jumped",
        Fact::ClockDoubted { .. } => "clock_doubted",
        Fact::ClockConfirmed { .. } => "clock_confirmed",
        Fact::SourceChanged { .. } => "source_changed",
        Fact::SourceNoted { .. } => "source_noted",
        Fact::ItemTaken { .. } => "item_taken",
        Fact::SignalRaised { .. } => "signal_raised",
        Fact::SignalEnded { .. } => "signal_ended",
        Fact::AlertTaken { .. } => "alert_taken",
        Fact::AlertReleased { .. } => "alert_released",
        Fact::IncidentOpened { .. } => "incident_opened",
        Fact::MemberJoined { .. } => "member_joined",
        Fact::MemberSuperseded { .. } => "member_superseded",
        Fact::Linked { .. } => "linked",
        Fact::Merged { .. } => "merged",
        Fact::Split { .. } => "split",
        Fact::Armed { .. } => "armed",
        Fact::Escalated { .. } => "escalated",
        Fact::Accepted { .. } => "accepted",
        Fact::Declined { .. } => "declined",
        Fact::Closed { .. } => "closed",
        Fact::Drafted { .. } => "drafted",
        Fact::Edited { .. } => "edited",
        Fact::Submitted { .. } => "submitted",
        Fact::Approved { .. } => "approved",
        Fact::Voided { .. } => "voided",
        Fact::ChannelDropped { .. } => "channel_dropped",
        Fact::Issued { .. } => "issued",
        Fact::Lapsed { .. } => "lapsed",
        Fact::Queued { .. } => "queued",
        Fact::Delivered { .. } => "delivered",
        Fact::Dropped { .. } => "dropped",
        Fact::OutletChanged { .. } => "outlet_changed",
        Fact::ReadBackJudged { .. } => "read_back_judged",
        Fact::AreaLeft { .. } => "area_left",
        Fact::SeenElsewhere { .. } => "seen_elsewhere",
    }
}

/// The source that a fact is about.
#[must_use]
pub fn source(fact: &Fact) -> Option<&SourceId> {
    match fact {
        Fact::SourceChanged { source, .. }
        | Fact::SourceNoted { source, .. }
        | Fact::ItemTaken { source, .. }
        | Fact::SeenElsewhere { source, .. } => Some(source),
        Fact::AlertTaken { alert, .. } => Some(&alert.source),
        Fact::SignalRaised { signal, .. } => Some(&signal.source),
        _ => None,
    }
}
