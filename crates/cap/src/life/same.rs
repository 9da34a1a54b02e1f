//! Warnings of distinct issuers that are likely about the same: linked with a reason, never folded.
//!
//! A message that comes through several sources is one message anyway, as it bears one [`Name`]. What two issuers
//! say stays two warnings: one may end while the other stands.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::book::Book;
use super::judge::{EventKey, events};
use super::place::{PlaceKey, keys};
use super::standing::State;
use super::{Name, Part};
use crate::Status;

/// Two messages in force that are likely about the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LikelySame {
    /// The one with the lesser name.
    pub a: Name,
    /// The other.
    pub b: Name,
    /// What they have in common, in words.
    pub why: String,
}

impl Book {
    /// Messages of status Actual and of different senders that are in force at a time, name the same event (by
    /// code, or by words in one language), and the same place (by geocode, equal shape or equal words).
    ///
    /// Of many that agree each is linked to one other at least, not every one to every other.
    pub fn likely_same(&self, now: Timestamp) -> Vec<LikelySame> {
        let mut met: HashMap<(EventKey<'_>, PlaceKey<'_>), [Option<&Name>; 2]> = HashMap::new();
        let mut links: BTreeMap<(&Name, &Name), String> = BTreeMap::new();
        let actual = self.known().map(|id| &self.nodes[id]).filter(|node| node.status == Status::Actual);
        for node in actual {
            for (part, state) in node.merged().iter().map(|(part, _)| *part).zip(node.states(self)) {
                if state != State::Active || node.in_time(part, self, now) != State::Active {
                    continue;
                }
                for (event, place) in named(part) {
                    let why = || format!("both name {} at {}", event_words(&event), place_words(&place));
                    let slots = met.entry((event.clone(), place.clone())).or_default();
                    let other = slots.iter().flatten().find(|name| name.sender != node.name.sender);
                    if let Some(other) = other {
                        links.entry((*other, &node.name)).or_insert_with(why);
                    }
                    remember(slots, &node.name);
                }
            }
        }
        let link = |((a, b), why): ((&Name, &Name), String)| LikelySame { a: a.clone(), b: b.clone(), why };
        links.into_iter().map(link).collect()
    }
}

/// One name of each of two senders is enough to find another sender's for anybody.
fn remember<'a>(slots: &mut [Option<&'a Name>; 2], name: &'a Name) {
    match slots {
        [None, _] => slots[0] = Some(name),
        [Some(first), second @ None] if first.sender != name.sender => *second = Some(name),
        _ => {}
    }
}

fn named(part: &Part) -> Vec<(EventKey<'_>, PlaceKey<'_>)> {
    let places: Vec<_> = keys(part).into_iter().filter(|key| *key != PlaceKey::Nowhere).collect();
    let events = events(part).into_iter();
    events.flat_map(|event| places.iter().map(move |place| (event.clone(), place.clone()))).collect()
}

fn event_words(event: &EventKey<'_>) -> String {
    match event {
        EventKey::Code(system, value) => format!("event code {system}={value}"),
        EventKey::Words(words) => format!("event {words:?}"),
    }
}

fn place_words(place: &PlaceKey<'_>) -> String {
    match place {
        PlaceKey::Code(system, value) => format!("{system}={value}"),
        PlaceKey::Shape(_) => "the same shape".to_owned(),
        PlaceKey::Words(words) => format!("{words:?}"),
        PlaceKey::Nowhere => "no place".to_owned(),
    }
}
