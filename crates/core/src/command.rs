//! What can be asked of the core.

use crate::actor::Role;
use crate::draft::Content;
use crate::id::{AccountId, ChannelId, IncidentId, ItemId, SourceId, WarningId};
use crate::incident::{LinkKind, MemberId};
use crate::job::{Found, JobKey};
use crate::mode::Mode;
use crate::observe::{AlertKey, Event, InboundAlert};
use crate::package::Act;
use crate::rules::Rules;
use crate::signal::Signal;
use crate::source_state::Health;
use beaconfire_geo::Exposure;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A command. Those of operators bear the version of what they saw: a stale one is refused.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum Command {
    /// Begins a journal.
    Open { mode: Mode, exercise: Option<String> },
    /// Loads the configuration; nothing happens where it is the same.
    LoadRules(Box<Rules>),
    /// Sets an account's roles; none disables it.
    SetRoles { account: AccountId, roles: BTreeSet<Role> },
    /// A reading of the host's clock beside what was expected of it.
    ReadClock { reading: Timestamp, expected: Timestamp, synchronised: bool },
    /// An officer types the time of a second clock, `YYYY-MM-DD HH:MM` in UTC: river time, or the
    /// time of the host's clock.
    ConfirmTime { typed: String },
    /// Something fell due.
    Tick,
    /// A source's health as just seen.
    ReportSource { source: SourceId, health: Health },
    /// A finding about a source that does not change its health.
    NoteSource { source: SourceId, words: String },
    /// A new item of a source.
    TakeItem { source: SourceId, item: ItemId, kind: String, entries: u64 },
    /// An event, with who is exposed in each area that the packs' rules give it
    /// (see [`crate::assess::event_area`]).
    TakeEvent { source: SourceId, item: ItemId, event: Event, exposures: Vec<Exposure> },
    /// Another issuer's alert.
    TakeAlert { alert: InboundAlert, exposure: Exposure },
    /// An alert left the list of a source that is judged by what it lists: so many polls agree.
    EndVanished { source: SourceId, alert: AlertKey, polls: u32 },
    /// A detector's signal.
    RaiseSignal { signal: Signal, exposure: Exposure },
    /// The cause of a rule's signals on a series is over.
    EndSignals { pack: crate::id::PackId, rule: String, source: SourceId, subject: String, at: Timestamp },
    /// Lets a held alert in, or puts it aside.
    ReleaseAlert { alert: AlertKey, admit: bool, reason: String, exposure: Exposure },
    /// Takes an incident on.
    Accept { incident: IncidentId, version: u64 },
    /// Decides that it needs no warning until the review.
    Decline { incident: IncidentId, version: u64, reason: String, review_at: Timestamp },
    /// Closes it.
    Close { incident: IncidentId, version: u64, reason: String },
    /// Moves all members of `incident` into `into`.
    Merge { incident: IncidentId, version: u64, into: IncidentId },
    /// Moves some members out into an incident of their own.
    Split { incident: IncidentId, version: u64, members: Vec<MemberId> },
    /// Links two incidents.
    Link { incident: IncidentId, version: u64, to: IncidentId, kind: LinkKind, why: String },
    /// Opens a draft from the pack's templates.
    Draft { incident: IncidentId, version: u64 },
    /// Changes a draft; voids a submission or an approval.
    Edit { warning: WarningId, version: u64, content: Content, channels: Vec<ChannelId>, rings: bool },
    /// Fixes identifiers and digest.
    Submit { warning: WarningId, version: u64 },
    /// Approves exactly this digest.
    Approve { warning: WarningId, version: u64, digest: String },
    /// Sends a submission back to its author.
    SendBack { warning: WarningId, version: u64, reason: String },
    /// Drops a dead channel from what was submitted or approved.
    DropChannel { warning: WarningId, version: u64, channel: ChannelId },
    /// Issues what was approved; `confirm` is typed.
    Issue { warning: WarningId, version: u64, confirm: String },
    /// Opens the draft of an Update.
    OpenUpdate { warning: WarningId, version: u64 },
    /// Issues one of the two retractions that were approved with the warning.
    Retract { warning: WarningId, version: u64, form: Act, reason: String, confirm: String },
    /// A channel took a job.
    ReportDelivered { job: JobKey, digest: String, answered: Option<String> },
    /// The guard does not let a job out any more.
    ReportDropped { job: JobKey, why: String },
    /// A channel does not answer, or answers again.
    ReportOutlet { channel: ChannelId, alarm: Option<String> },
    /// What was found at an outlet.
    ReportReadBack { job: JobKey, found: Found },
}
