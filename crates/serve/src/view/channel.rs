//! Where a warning goes, and what became of it there.

use beaconfire_core::{
    Actor, ChannelId, Command, Job, JobKey, Progress, ReadBack, State, Warning, Work, decide, guard,
};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::Seen;

/// The newest message of a warning in one channel.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelStatus {
    /// The channel.
    channel: String,
    /// Its kind.
    kind: String,
    /// The message's identifier.
    message: String,
    /// How far delivery is.
    state: DeliveryState,
    /// The same in words.
    words: String,
    /// What was found at the outlet.
    read_back: ReadBackState,
    /// When the last of this was learnt.
    at: Option<Timestamp>,
}

/// How far delivery is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DeliveryState {
    /// Waiting, or being tried.
    Queued,
    /// The channel took it.
    Sent,
    /// The channel does not answer; it is tried again.
    Failed,
    /// It will not be sent.
    Dropped,
    /// Something else must leave first.
    Held,
}

/// What was found at the outlet.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReadBackState {
    /// Not looked yet.
    Pending,
    /// As approved.
    Matches,
    /// As approved, but late.
    Late,
    /// Not there.
    Absent,
    /// Something else is there.
    Different,
    /// Cannot be looked at.
    Unverified,
}

/// A channel that may be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelChoice {
    /// The channel.
    channel: String,
    /// Its kind.
    kind: String,
}

/// A channel that what is submitted or approved goes to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Destination {
    /// The channel.
    channel: String,
    /// Its kind.
    kind: String,
    /// Whether it answers.
    state: DestinationState,
    /// The last that was heard of one that does not answer.
    alarm: Option<String>,
    /// Whether who looks may drop it.
    can_drop: bool,
    /// Why not.
    why_not_drop: Option<String>,
}

/// Whether a channel will hear.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DestinationState {
    /// Nothing is known against it.
    Ready,
    /// It does not answer.
    Dead,
    /// It was dropped from this warning.
    Dropped,
}

/// Where what is submitted or approved goes; nowhere where nothing is.
pub(super) fn destinations(warning: &Warning, state: &State, seen: Seen<'_>) -> Vec<Destination> {
    let (Work::Submitted { package, .. } | Work::Approved { package, .. }) = &warning.work else {
        return Vec::new();
    };
    let destination = |id: &ChannelId| {
        let alarm = state.outlet_alarms.get(id).cloned();
        let dropped = warning.dropped_channels.contains(id);
        let why_not_drop =
            if dropped { Some("it is dropped".to_owned()) } else { kept(warning, id, state, seen) };
        Destination {
            channel: id.0.clone(),
            kind: state.rules.channel(id).map(|rule| rule.kind.clone()).unwrap_or_default(),
            state: match &alarm {
                _ if dropped => DestinationState::Dropped,
                Some(_) => DestinationState::Dead,
                None => DestinationState::Ready,
            },
            alarm,
            can_drop: why_not_drop.is_none(),
            why_not_drop,
        }
    };
    package.channels.iter().map(destination).collect()
}

/// Why who looks may not drop a channel: the words of the refusal that would come.
fn kept(warning: &Warning, channel: &ChannelId, state: &State, seen: Seen<'_>) -> Option<String> {
    let Some(account) = seen.by else { return Some("a program may only look".to_owned()) };
    let drop_channel = Command::DropChannel {
        warning: warning.id.clone(),
        version: warning.version,
        channel: channel.clone(),
    };
    decide(state, &drop_channel, &Actor::operator(account), seen.now).err().map(|refusal| refusal.message)
}

/// The channels of this mode.
pub(super) fn choices(state: &State) -> Vec<ChannelChoice> {
    let rules = state.rules.channels.iter().filter(|rule| Some(rule.mode) == state.mode);
    rules.map(|rule| ChannelChoice { channel: rule.id.0.clone(), kind: rule.kind.clone() }).collect()
}

/// Where the newest message of a warning stands, by channel.
pub(super) fn statuses(warning: &Warning, state: &State, now: Timestamp) -> Vec<ChannelStatus> {
    let mut newest: BTreeMap<&str, (&JobKey, &Job)> = BTreeMap::new();
    for message in &warning.chain {
        for channel in message.issued_digests.keys() {
            let key = JobKey { message: message.package.identifier.clone(), channel: channel.clone() };
            if let Some((key, job)) = state.jobs.get_key_value(&key) {
                newest.insert(&channel.0, (key, job));
            }
        }
    }
    newest.into_values().map(|(key, job)| status(key, job, state, now)).collect()
}

fn status(key: &JobKey, job: &Job, state: &State, now: Timestamp) -> ChannelStatus {
    let (delivery, words, sent_at) = delivery(key, job, state, now);
    let (read_back, found_at) = read_back(&job.read_back);
    ChannelStatus {
        channel: key.channel.0.clone(),
        kind: state.rules.channel(&key.channel).map(|rule| rule.kind.clone()).unwrap_or_default(),
        message: key.message.clone(),
        state: delivery,
        words,
        read_back,
        at: found_at.or(sent_at),
    }
}

fn delivery(
    key: &JobKey,
    job: &Job,
    state: &State,
    now: Timestamp,
) -> (DeliveryState, String, Option<Timestamp>) {
    match &job.progress {
        Progress::Sent { at, .. } => (DeliveryState::Sent, "taken by the outlet".to_owned(), Some(*at)),
        Progress::Dropped { why } => (DeliveryState::Dropped, why.clone(), None),
        Progress::Queued => match (state.outlet_alarms.get(&key.channel), guard::clear(state, key, now)) {
            (Some(alarm), _) => {
                (DeliveryState::Failed, format!("does not answer, tried again: {alarm}"), None)
            }
            (None, Err(guard::Held::After(before))) => {
                (DeliveryState::Held, format!("waits for {}", before.message), None)
            }
            (None, Err(guard::Held::Never(why))) => (DeliveryState::Held, why, None),
            (None, _) => (DeliveryState::Queued, "in the queue".to_owned(), None),
        },
    }
}

fn read_back(found: &ReadBack) -> (ReadBackState, Option<Timestamp>) {
    match found {
        ReadBack::Unverified => (ReadBackState::Unverified, None),
        ReadBack::Pending { .. } => (ReadBackState::Pending, None),
        ReadBack::Matches { at } => (ReadBackState::Matches, Some(*at)),
        ReadBack::Late { at } => (ReadBackState::Late, Some(*at)),
        ReadBack::Absent { at } => (ReadBackState::Absent, Some(*at)),
        ReadBack::Different { at, .. } => (ReadBackState::Different, Some(*at)),
    }
}
