//! Alerts that end by leaving a list: some issuers give no `expires` and send no Cancel.
//!
//! That an alert is not in an answer proves little: the source may be broken, the answer cut short, stale or
//! emptied by a fault. So an alert has *vanished* only when several polls in a row say so that are healthy,
//! complete and dated, that list other alerts, and in which not most of what was listed went at once. Anything
//! else is *unknown*, and unknown ends nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

/// When leaving a list counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VanishPolicy {
    /// Polls in a row that must not list it. Default 3.
    pub polls: u32,
    /// Percent of what was listed: if more than that goes at once, it is unknown. Default 50.
    pub mass_percent: u8,
    /// So many at once are needed for that. Default 3: of one or two alerts all may well end at once.
    pub mass_from: usize,
    /// Whether only parts without `expires` end so. Default yes: the others say when they end.
    pub only_without_expires: bool,
}

impl Default for VanishPolicy {
    fn default() -> VanishPolicy {
        VanishPolicy { polls: 3, mass_percent: 50, mass_from: 3, only_without_expires: true }
    }
}

/// One answer of a source, as far as it tells who is on its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll<K> {
    /// When it was answered.
    pub at: Timestamp,
    /// Whether the source was as it should be.
    pub healthy: bool,
    /// Whether the answer was read whole: nothing left out, cut or unreadable.
    pub complete: bool,
    /// The answer's own time. Without one, or with one older than an earlier answer's, it may be a stale copy.
    pub dated: Option<Timestamp>,
    /// What it lists.
    pub listed: BTreeSet<K>,
}

/// How something stands on a source's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum Presence {
    /// The last poll that counts lists it.
    Listed,
    /// So many polls in a row do not, the first at that time; too few to say more.
    Missing { since: Timestamp, polls: u32 },
    /// It is not listed, and why cannot be told.
    Unknown { since: Timestamp, why: Why },
    /// It left the list.
    Vanished { at: Timestamp, polls: u32 },
}

/// Why it cannot be told whether something left a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The list is empty.
    Empty,
    /// Most of it went at once.
    Mass,
}

/// What a poll changed for one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a variant's own line says what its fields hold")]
pub enum VanishChange<K> {
    /// It left the list: so many polls agree.
    Vanished { key: K, polls: u32 },
    /// It cannot be told.
    Unknown { key: K, why: Why },
    /// It is listed again after either.
    Back { key: K },
}

/// The list of one source over time: a state machine without clock and IO.
///
/// Polls are heard in the order of their time; one that is not later than the last is passed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Vanish<K> {
    policy: VanishPolicy,
    last: Option<Timestamp>,
    newest: Option<Timestamp>,
    tracks: BTreeMap<K, Presence>,
}

/// How far an answer's own time may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

impl<K: Ord + Clone> Vanish<K> {
    /// A list of which nothing is known.
    pub fn new(policy: VanishPolicy) -> Vanish<K> {
        Vanish { policy, last: None, newest: None, tracks: BTreeMap::new() }
    }

    /// Goes on from what [`last`](Self::last), [`newest`](Self::newest) and [`tracks`](Self::tracks) said.
    pub fn resume(
        policy: VanishPolicy,
        last: Option<Timestamp>,
        newest: Option<Timestamp>,
        tracks: impl IntoIterator<Item = (K, Presence)>,
    ) -> Vanish<K> {
        Vanish { policy, last, newest, tracks: tracks.into_iter().collect() }
    }

    /// When the last poll was.
    pub fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// The newest own time of an answer that counted.
    pub fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Everything that was ever listed and not [forgotten](Self::forget).
    pub fn tracks(&self) -> impl Iterator<Item = (&K, Presence)> {
        self.tracks.iter().map(|(key, presence)| (key, *presence))
    }

    /// How something stands; `None` if it was never listed.
    pub fn presence(&self, key: &K) -> Option<Presence> {
        self.tracks.get(key).copied()
    }

    /// Follows it no longer: it has ended in another way.
    pub fn forget(&mut self, key: &K) {
        self.tracks.remove(key);
    }

    /// Hears a poll.
    pub fn hear(&mut self, poll: &Poll<K>) -> Vec<VanishChange<K>> {
        if self.last.is_some_and(|last| poll.at <= last) {
            return Vec::new();
        }
        self.last = Some(poll.at);
        let mass = self.is_mass(poll);
        // That something is listed needs no proof.
        let mut changes = self.listed(poll);
        if !self.counts(poll) {
            self.interrupt();
        } else if poll.listed.is_empty() {
            self.doubt(poll.at, Why::Empty, &mut changes);
        } else {
            self.newest = poll.dated;
            self.count(poll, mass, &mut changes);
        }
        changes
    }

    fn listed(&mut self, poll: &Poll<K>) -> Vec<VanishChange<K>> {
        let mut changes = Vec::new();
        for key in &poll.listed {
            let before = self.tracks.insert(key.clone(), Presence::Listed);
            if matches!(before, Some(Presence::Vanished { .. } | Presence::Unknown { .. })) {
                changes.push(VanishChange::Back { key: key.clone() });
            }
        }
        changes
    }

    fn counts(&self, poll: &Poll<K>) -> bool {
        let ahead = poll.at.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let dated = poll.dated.is_some_and(|dated| dated <= ahead && self.newest.is_none_or(|n| dated >= n));
        poll.healthy && poll.complete && dated
    }

    /// Polls in a row begin anew.
    fn interrupt(&mut self) {
        for presence in self.tracks.values_mut() {
            if let Presence::Missing { polls, .. } = presence {
                *polls = 0;
            }
        }
    }

    fn doubt(&mut self, at: Timestamp, why: Why, changes: &mut Vec<VanishChange<K>>) {
        for (key, presence) in &mut self.tracks {
            if matches!(presence, Presence::Listed | Presence::Missing { .. }) {
                *presence = Presence::Unknown { since: at, why };
                changes.push(VanishChange::Unknown { key: key.clone(), why });
            }
        }
    }

    /// Whether most of what was listed before goes at once.
    fn is_mass(&self, poll: &Poll<K>) -> bool {
        let before = self.tracks.iter().filter(|(_, presence)| was_listed(presence));
        let (mut all, mut gone) = (0_usize, 0_usize);
        for (key, _) in before {
            all += 1;
            gone += usize::from(!poll.listed.contains(key));
        }
        gone >= self.policy.mass_from && gone * 100 > all * usize::from(self.policy.mass_percent)
    }

    fn count(&mut self, poll: &Poll<K>, mass: bool, changes: &mut Vec<VanishChange<K>>) {
        let absent = |key: &K| !poll.listed.contains(key);
        for (key, presence) in self.tracks.iter_mut().filter(|(key, _)| absent(key)) {
            let counted = match *presence {
                Presence::Missing { since, polls } => Presence::Missing { since, polls: polls + 1 },
                other if !was_listed(&other) => continue,
                _ if mass => Presence::Unknown { since: poll.at, why: Why::Mass },
                _ => Presence::Missing { since: poll.at, polls: 1 },
            };
            let key = || key.clone();
            match counted {
                Presence::Missing { polls, .. } if polls >= self.policy.polls.max(1) => {
                    *presence = Presence::Vanished { at: poll.at, polls };
                    changes.push(VanishChange::Vanished { key: key(), polls });
                }
                Presence::Unknown { why, .. } if *presence != counted => {
                    let told = matches!(presence, Presence::Unknown { .. });
                    *presence = counted;
                    if !told {
                        changes.push(VanishChange::Unknown { key: key(), why });
                    }
                }
                counted => *presence = counted,
            }
        }
    }
}

/// Whether it was on the list the last time that one could tell.
fn was_listed(presence: &Presence) -> bool {
    matches!(presence, Presence::Listed | Presence::Unknown { why: Why::Empty, .. })
}
