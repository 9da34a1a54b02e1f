//! Very many series of one source lost at once: one outage, told once.
//!
//! A feed that breaks takes all its series with it. Were each of them an incident, those who are on
//! duty would see nothing else, and the one gauge that rises while it is lost would drown in them.
//! Series that stood in alarm are told alone all the same: their incidents are there already, and
//! each must ask for a decision (invariant 5).

use super::finding::Finding;
use beaconfire_core::{PackId, Signal, SourceId};
use beaconfire_detect::Change;
use beaconfire_geo::Area;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Losses of one rule and source, found at one look, beyond which they are told together.
const MANY: usize = 20;
/// Series lost within so many seconds of each other are one outage.
const ONE_OUTAGE_SECONDS: i64 = 3600;
/// Areas that are united; beyond that the place is in words alone.
const UNITED: usize = 64;
/// Series that the words name.
const NAMED: usize = 3;
/// What the signal of an outage is about, in place of a series.
const SUBJECT: &str = "*";

/// One change of one series, with what it means by itself.
pub(super) struct Told {
    pub(super) series: u32,
    pub(super) change: Change,
    /// The time of the sample, or of the look that found none.
    pub(super) time: i64,
    /// Whether the series stood in alarm, also when it is lost since.
    pub(super) in_alarm: bool,
    pub(super) pack: PackId,
    pub(super) rule: String,
    pub(super) source: SourceId,
    pub(super) findings: Vec<Finding>,
}

type Key = (PackId, String, SourceId);

/// Series that were lost together and are not all heard again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outage {
    pack: PackId,
    rule: String,
    source: SourceId,
    /// The last look that found one.
    found: i64,
    waiting: BTreeSet<u32>,
}

/// All outages.
#[derive(Default)]
pub(super) struct Together {
    outages: BTreeMap<Key, Outage>,
}

impl Together {
    /// What the changes mean together, in their order.
    pub(super) fn fold(&mut self, told: Vec<Told>) -> Vec<Finding> {
        let mut lost: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (at, one) in told.iter().enumerate().filter(|(_, one)| one.is_loss_alone()) {
            lost.entry(one.key()).or_default().push(at);
        }
        lost.retain(|key, all| all.len() > MANY || self.goes_on(key, told[all[0]].time));
        let mut signals: BTreeMap<usize, Finding> = BTreeMap::new();
        for all in lost.values() {
            // All of them wait before the first is heard again, also where one batch tells both.
            all.iter().for_each(|at| self.waits(&told[*at]));
            signals.extend(outage(all.iter().map(|at| &told[*at])).map(|signal| (all[0], signal)));
        }
        let mut findings = Vec::new();
        for (at, one) in told.into_iter().enumerate() {
            let key = one.key();
            if one.is_loss_alone() && lost.contains_key(&key) {
                findings.extend(signals.remove(&at));
                self.waits(&one);
            } else if one.change != Change::Lost && self.heard(&key, one.series) {
                // The loss was not told alone, so there is none of its own to end.
                let ended = self.ended(&key, one.time - 1);
                findings.extend(ended);
                findings.extend(one.findings.into_iter().filter(|f| matches!(f, Finding::Raise(_))));
            } else {
                findings.extend(one.findings);
            }
        }
        findings
    }

    fn goes_on(&self, key: &Key, time: i64) -> bool {
        let outage = self.outages.get(key);
        outage.is_some_and(|outage| time.saturating_sub(outage.found) <= ONE_OUTAGE_SECONDS)
    }

    fn waits(&mut self, one: &Told) {
        let (pack, rule, source) = one.key();
        let new = Outage { pack, rule, source, found: one.time, waiting: BTreeSet::new() };
        let outage = self.outages.entry(one.key()).or_insert(new);
        outage.found = outage.found.max(one.time);
        outage.waiting.insert(one.series);
    }

    /// Whether the series was lost with others, and is back.
    fn heard(&mut self, key: &Key, series: u32) -> bool {
        self.outages.get_mut(key).is_some_and(|outage| outage.waiting.remove(&series))
    }

    /// The end of an outage whose last series is back.
    fn ended(&mut self, key: &Key, time: i64) -> Option<Finding> {
        self.outages.get(key).filter(|outage| outage.waiting.is_empty())?;
        let Outage { pack, rule, source, .. } = self.outages.remove(key)?;
        let at = Timestamp::from_second(time).unwrap_or(Timestamp::MAX);
        Some(Finding::End { pack, rule, source, subject: SUBJECT.to_owned(), at })
    }

    pub(super) fn save(&self) -> Vec<Outage> {
        self.outages.values().cloned().collect()
    }

    pub(super) fn restore(saved: &[Outage]) -> Self {
        let keyed = |o: &Outage| ((o.pack.clone(), o.rule.clone(), o.source.clone()), o.clone());
        Self { outages: saved.iter().map(keyed).collect() }
    }
}

impl Told {
    fn key(&self) -> Key {
        (self.pack.clone(), self.rule.clone(), self.source.clone())
    }

    fn is_loss_alone(&self) -> bool {
        self.change == Change::Lost && !self.in_alarm
    }

    fn signal(&self) -> Option<&Signal> {
        self.findings.iter().find_map(|finding| match finding {
            Finding::Raise(signal) => Some(signal),
            _ => None,
        })
    }
}

/// The one signal of all these losses: it began when the first of them was last heard.
fn outage<'a>(lost: impl Iterator<Item = &'a Told>) -> Option<Finding> {
    let signals: Vec<&Signal> = lost.filter_map(Told::signal).collect();
    let first = signals.iter().min_by_key(|signal| signal.at)?;
    let named: Vec<&str> = signals.iter().take(NAMED).map(|signal| signal.place.as_str()).collect();
    let more = match signals.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let place = format!("{}{more}", named.join(", "));
    let series = signals.iter().fold(String::new(), |lines, signal| {
        let line = serde_json::json!({"series": signal.subject, "last_heard": signal.at});
        lines + &line.to_string() + "\n"
    });
    let signal = Signal {
        subject: SUBJECT.to_owned(),
        observed: None,
        expected: None,
        threshold: None,
        score: None,
        unit: String::new(),
        area: united(&signals),
        words: format!(
            "{} series of {} fell silent together, each rising or above its watch level: {place}",
            signals.len(),
            first.source
        ),
        place,
        ..(*first).clone()
    };
    Some(Finding::Together { signal, series })
}

fn united(signals: &[&Signal]) -> Area {
    if signals.len() > UNITED {
        return Area::Unresolved(format!("{} places; the list lies with the signal", signals.len()));
    }
    signals.iter().fold(Area::default(), |all, signal| all.union(&signal.area))
}
