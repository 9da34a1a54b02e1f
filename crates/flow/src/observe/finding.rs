//! From a detector's change of state to the signal that it begins or ends.

use beaconfire_core::pack::{Pack, SeriesRule};
use beaconfire_core::{PackId, Rules, Signal, SignalKind, SourceId, Station, assess};
use beaconfire_detect::{Change, Step};
use beaconfire_geo::Area;
use jiff::Timestamp;

/// What the bank found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A signal began.
    Raise(Signal),
    /// Very many series were lost at once: one signal for all of them.
    Together {
        /// The signal.
        signal: Signal,
        /// Its evidence, NDJSON: each series, and when it was last heard.
        series: String,
    },
    /// The cause of a rule's signals is over.
    End {
        /// The pack.
        pack: PackId,
        /// The rule.
        rule: String,
        /// The source.
        source: SourceId,
        /// The series.
        subject: String,
        /// When.
        at: Timestamp,
    },
}

/// The findings of one change of one series.
pub(super) fn finding(
    rules: &Rules,
    pack: &Pack,
    rule: &SeriesRule,
    (source, key, last): (&SourceId, &String, i64),
    step: &Step,
    change: Change,
) -> Vec<Finding> {
    let at = |seconds: i64| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    let end = |seconds: i64| Finding::End {
        pack: pack.name.clone(),
        rule: rule.name.clone(),
        source: source.clone(),
        subject: key.clone(),
        at: at(seconds),
    };
    let signal = |kind, seconds| {
        let station = rules.station(source, key);
        Finding::Raise(signal(pack, rule, source, key, station, step, kind, at(seconds)))
    };
    match change {
        // Heard again and in alarm: the loss is over, the alarm is new.
        Change::On => vec![end(step.time - 1), signal(SignalKind::Alarm, step.time)],
        Change::Off => vec![end(step.time)],
        Change::Lost => vec![signal(SignalKind::Lost, last)],
    }
}

#[expect(clippy::too_many_arguments, reason = "a signal is made of all of them, here alone")]
fn signal(
    pack: &Pack,
    rule: &SeriesRule,
    source: &SourceId,
    key: &str,
    station: Option<&Station>,
    step: &Step,
    kind: SignalKind,
    at: Timestamp,
) -> Signal {
    let unit = station.map(|station| station.unit.clone()).unwrap_or_default();
    let place = station.map_or_else(|| key.to_owned(), |station| station.name.clone());
    let number = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), |v| format!("{v:.2}"));
    let said = rule
        .words
        .replace("{station}", &place)
        .replace("{value}", &number(step.observed))
        .replace("{threshold}", &number(step.threshold))
        .replace("{unit}", &unit);
    let words = match kind {
        SignalKind::Lost => format!("{place}: the series fell silent while rising or above its watch level"),
        _ => said,
    };
    Signal {
        pack: pack.name.clone(),
        pack_version: pack.version,
        rule: rule.name.clone(),
        kind,
        source: source.clone(),
        subject: key.to_owned(),
        at,
        observed: step.observed,
        expected: step.expected,
        threshold: step.threshold,
        score: step.score,
        unit,
        likelihood: rule.likelihood,
        area: area(rule, station),
        place,
        zone: station.map(|station| station.zone.clone()),
        words,
        item: None,
        revision: None,
    }
}

/// The station's own area, the rule's circle round it, or the whole jurisdiction.
fn area(rule: &SeriesRule, station: Option<&Station>) -> Area {
    if let Some(area) = station.and_then(|station| station.area.clone()) {
        return area;
    }
    match (rule.radius_km, station.and_then(Station::point)) {
        (Some(km), Some(point)) => assess::circle(point, km),
        (Some(_), None) => Area::Unresolved("the station's place is not known".to_owned()),
        (None, _) => Area::WholeJurisdiction,
    }
}
