//! Very many series of one source lost at once: one outage, told once.
//!
//! A feed that breaks takes all its series with it. Were each of them an incident, those who are on
//! duty would see nothing else, and the one gauge that rises while it is lost would drown in them.
//! Series that stood in alarm are told alone all the same: their incidents are there already, and
//! each must ask for a decision (invariant 5).
//!
//! Nothing is remembered here. Whether an outage stands, the journal knows; which series are still
//! lost, their detectors know; so that it goes on after a crash as if there had been none.

use super::finding::Finding;
use beaconfire_core::{PackId, Signal, SourceId};
use beaconfire_detect::Change;
use beaconfire_geo::Area;
use std::collections::{BTreeMap, BTreeSet};

/// Losses of one rule and source, found together, beyond which they are one outage.
const MANY: usize = 20;
/// An outage is over when no more are lost than these, which are told one by one.
const FEW: usize = 5;
/// Areas that are united; beyond that the place is in words alone.
const UNITED: usize = 64;
/// Series that the words name.
const NAMED: usize = 3;
/// What the signal of an outage is about, in place of a series.
pub const OUTAGE: &str = "*";

/// Whose outage: the pack, its rule, the source.
pub type Key = (PackId, String, SourceId);

/// One change of one series, with what it means by itself.
pub(super) struct Told {
    pub(super) change: Change,
    /// Whether the series stood in alarm, also when it is lost since.
    pub(super) in_alarm: bool,
    pub(super) key: Key,
    pub(super) findings: Vec<Finding>,
}

/// What the changes mean together, in their order. Losses join an outage that stands; one that
/// begins is added to those.
pub(super) fn fold(told: Vec<Told>, standing: &mut BTreeSet<Key>) -> Vec<Finding> {
    let mut lost: BTreeMap<&Key, Vec<&Signal>> = BTreeMap::new();
    for one in told.iter().filter(|one| one.is_loss_alone()) {
        lost.entry(&one.key).or_default().extend(one.signal());
    }
    lost.retain(|key, all| all.len() > MANY || standing.contains(key));
    let mut outages: BTreeMap<Key, Option<Finding>> =
        lost.into_iter().map(|(key, signals)| (key.clone(), outage(&signals))).collect();
    let mut findings = Vec::new();
    for one in told {
        match outages.get_mut(&one.key) {
            Some(outage) if one.is_loss_alone() => findings.extend(outage.take()),
            _ => findings.extend(one.findings),
        }
    }
    standing.extend(outages.into_keys());
    findings
}

/// Which of the outages that stand are over, by how many series of each are lost still.
pub(super) fn over<'a, S>(standing: &'a BTreeSet<Key>, lost: &BTreeMap<Key, Vec<S>>) -> Vec<&'a Key> {
    standing.iter().filter(|key| lost.get(key).is_none_or(|series| series.len() <= FEW)).collect()
}

impl Told {
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
fn outage(signals: &[&Signal]) -> Option<Finding> {
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
        subject: OUTAGE.to_owned(),
        observed: None,
        expected: None,
        threshold: None,
        score: None,
        unit: String::new(),
        area: united(signals),
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
