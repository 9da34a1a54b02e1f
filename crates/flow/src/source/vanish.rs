//! Which alerts left a source's list: the answers of one source, as polls of [`beaconfire_cap::life::Vanish`].
//!
//! A feed that only links to its alerts lists them by address; what each document held is remembered, and as long as
//! one was never read the list is not complete.

use super::Parsed;
use beaconfire_cap::life::{Poll, Presence, Vanish, VanishChange, VanishPolicy, Why};
use beaconfire_core::AlertKey;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a source lists and listed; kept over a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Leaving {
    /// What the documents held that the last answer linked to, by address.
    linked: BTreeMap<String, BTreeSet<AlertKey>>,
    /// The last answer: its alerts, its links, its own time, and whether it was read whole.
    last: Option<List>,
    at: Option<Timestamp>,
    newest: Option<Timestamp>,
    tracks: Vec<(AlertKey, Track)>,
    /// What ended and is not journalled yet.
    owed: Vec<(AlertKey, u32)>,
}

/// How long what is listed no more is remembered, so that its coming back is noticed.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct List {
    alerts: BTreeSet<AlertKey>,
    links: BTreeSet<String>,
    dated: Option<Timestamp>,
    complete: bool,
}

/// [`Presence`], as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Track {
    Listed,
    Missing { since: Timestamp, polls: u32 },
    Emptied { since: Timestamp },
    Mass { since: Timestamp },
    Vanished { at: Timestamp, polls: u32 },
}

/// What is to be said of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// It left the list for good: so many answers agree.
    Ended { alert: AlertKey, polls: u32 },
    /// Something to be written down.
    Note(String),
}

impl Leaving {
    /// A new answer.
    pub(crate) fn answered(&mut self, parsed: &Parsed) {
        let links: BTreeSet<String> = parsed.links.iter().map(|link| link.href.clone()).collect();
        self.linked.retain(|href, _| links.contains(href));
        let complete = parsed.dropped == 0 && parsed.unread == 0;
        self.last = Some(List { alerts: keys(parsed), links, dated: parsed.newest, complete });
    }

    /// A document that the last answer linked to.
    pub(crate) fn read(&mut self, href: &str, parsed: &Parsed) {
        self.linked.insert(href.to_owned(), keys(parsed));
    }

    /// What follows from the last answer, which was given, or confirmed, at `at`.
    pub(crate) fn judge(&mut self, polls: u32, at: Timestamp, healthy: bool) -> Vec<Left> {
        let Some(list) = &self.last else { return Vec::new() };
        let mut listed = list.alerts.clone();
        listed.extend(list.links.iter().filter_map(|href| self.linked.get(href)).flatten().cloned());
        let all_read = list.links.iter().all(|href| self.linked.contains_key(href));
        let poll = Poll { at, healthy, complete: list.complete && all_read, dated: list.dated, listed };
        let tracks = std::mem::take(&mut self.tracks).into_iter().map(|(key, track)| (key, track.into()));
        let policy = VanishPolicy { polls, ..VanishPolicy::default() };
        let mut vanish = Vanish::resume(policy, self.at, self.newest, tracks);
        let changes = vanish.hear(&poll);
        (self.at, self.newest) = (vanish.last(), vanish.newest());
        let tracks = vanish.tracks().map(|(key, presence)| (key.clone(), Track::from(presence)));
        self.tracks = tracks.filter(|(_, track)| track.is_remembered(at)).collect();
        let (ended, notes) = told(changes);
        self.owed.extend(ended);
        let owed = self.owed.iter().map(|(alert, polls)| Left::Ended { alert: alert.clone(), polls: *polls });
        owed.chain(notes).collect()
    }

    /// What [`judge`](Self::judge) said is journalled: without this it is said again.
    pub(crate) fn journalled(&mut self) {
        self.owed.clear();
    }
}

/// What ended, and notes: one for all that cannot be told for one reason.
fn told(changes: Vec<VanishChange<AlertKey>>) -> (Vec<(AlertKey, u32)>, Vec<Left>) {
    let (mut ended, mut notes) = (Vec::new(), Vec::new());
    let mut unknown: BTreeMap<Why, usize> = BTreeMap::new();
    for change in changes {
        match change {
            VanishChange::Vanished { key, polls } => ended.push((key, polls)),
            VanishChange::Unknown { why, .. } => *unknown.entry(why).or_default() += 1,
            VanishChange::Back { key } => notes.push(Left::Note(format!(
                "{} of {} is listed again after it had left the list; look at it",
                key.identifier, key.sender
            ))),
        }
    }
    notes.extend(unknown.into_iter().map(|(why, count)| {
        let what = match why {
            Why::Empty => "it lists nothing",
            Why::Mass => "most of what it listed went at once",
        };
        Left::Note(format!("{what}: whether {count} of its alerts are over is unknown"))
    }));
    (ended, notes)
}

fn keys(parsed: &Parsed) -> BTreeSet<AlertKey> {
    let key = |alert: &beaconfire_cap::Alert| AlertKey {
        sender: alert.sender.clone(),
        identifier: alert.identifier.clone(),
        sent: alert.sent.instant(),
    };
    parsed.alerts.iter().map(|item| key(&item.alert)).collect()
}

impl Track {
    fn is_remembered(self, now: Timestamp) -> bool {
        match self {
            Self::Listed => true,
            Self::Missing { since: at, .. }
            | Self::Emptied { since: at }
            | Self::Mass { since: at }
            | Self::Vanished { at, .. } => now.duration_since(at) < REMEMBERED,
        }
    }
}

impl From<Presence> for Track {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::Listed => Self::Listed,
            Presence::Missing { since, polls } => Self::Missing { since, polls },
            Presence::Unknown { since, why: Why::Empty } => Self::Emptied { since },
            Presence::Unknown { since, why: Why::Mass } => Self::Mass { since },
            Presence::Vanished { at, polls } => Self::Vanished { at, polls },
        }
    }
}

impl From<Track> for Presence {
    fn from(track: Track) -> Self {
        match track {
            Track::Listed => Self::Listed,
            Track::Missing { since, polls } => Self::Missing { since, polls },
            Track::Emptied { since } => Self::Unknown { since, why: Why::Empty },
            Track::Mass { since } => Self::Unknown { since, why: Why::Mass },
            Track::Vanished { at, polls } => Self::Vanished { at, polls },
        }
    }
}
