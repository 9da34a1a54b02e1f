//! What one answer of a source says.

use super::LinkTo;
use beaconfire_cap as cap;
use beaconfire_core::{Event, Observation};
use jiff::Timestamp;
use std::ops::Range;

/// Problems told in words; those after them are counted in a last one.
const MAX_PROBLEMS: usize = 100;

/// What one answer says. Every entry is taken, empty, a problem or dropped:
/// `entries == observations + events + alerts + linked entries + missing + unread + dropped`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// Numbers of series, in the order they came.
    pub observations: Vec<Observation>,
    /// Things that happened, in the order they came.
    pub events: Vec<Event>,
    /// CAP alerts, in document order.
    pub alerts: Vec<AlertItem>,
    /// How many of the alerts were not taken, because their signature is not what the source demands.
    pub refused: u64,
    /// CAP documents to fetch, each once.
    pub links: Vec<LinkTo>,
    /// The payload's own time: when the feed says it changed, or its newest item.
    pub newest: Option<Timestamp>,
    /// Entries that the payload holds, good or bad.
    pub entries: u64,
    /// Entries over the limit, not kept; the newest were.
    pub dropped: u64,
    /// Entries whose value the source itself leaves out (`NA`, `-999999`).
    pub missing: u64,
    /// Entries that could not be read.
    pub unread: u64,
    /// What could not be read, each with place and mend; at most 100, then one with the count.
    pub problems: Vec<String>,
}

/// An alert and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertItem {
    /// The alert.
    pub alert: cap::Alert,
    /// What is wrong with it.
    pub findings: Vec<cap::Finding>,
    /// Where the `<alert>` lies in the payload, or else the text that it was escaped to.
    pub bytes: Range<usize>,
    /// The alert as a document of its own, where a feed holds it as text.
    pub escaped: Option<Box<str>>,
}

impl AlertItem {
    /// What the issuer wrote: part of the payload, or what a text in it says.
    pub(crate) fn source<'a>(&'a self, payload: &'a [u8]) -> &'a [u8] {
        match &self.escaped {
            Some(text) => text.as_bytes(),
            None => payload.get(self.bytes.clone()).unwrap_or(payload),
        }
    }
}

impl Parsed {
    /// Notes an entry that could not be read.
    pub(super) fn unread(&mut self, problem: impl FnOnce() -> String) {
        self.unread += 1;
        self.note(problem);
    }

    /// Notes what is wrong with an entry that is taken all the same.
    pub(super) fn note(&mut self, problem: impl FnOnce() -> String) {
        match self.problems.len() {
            0..MAX_PROBLEMS => self.problems.push(problem()),
            MAX_PROBLEMS => self.problems.push("more problems follow that are not listed".to_owned()),
            _ => {}
        }
    }

    /// Moves the payload's own time forward.
    pub(super) fn saw(&mut self, time: Option<Timestamp>) {
        self.newest = self.newest.max(time);
    }
}
