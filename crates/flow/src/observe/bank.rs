//! The bank of detectors: for every series, those of the packs' rules that judge it.

use beaconfire_core::pack::{Pack, SeriesRule};
use beaconfire_core::{PackId, Rules, Signal, SignalKind, SourceId, Station, assess};
use beaconfire_detect::{AnyDetector, AnyParams, Change, Detector, Sample, State, Step};
use beaconfire_geo::Area;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// What the bank found in one sample.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "findings are few and short-lived")]
pub enum Finding {
    /// A signal began.
    Raise(Signal),
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

/// All detectors, by the store's series numbers.
#[derive(Default)]
pub struct Bank {
    rules: Option<Arc<Rules>>,
    /// Parameters read once for all series that share them.
    params: HashMap<(usize, usize, String), Option<AnyParams>>,
    series: HashMap<u32, Watched>,
}

struct Watched {
    source: SourceId,
    key: String,
    last: i64,
    judges: Vec<Judge>,
}

struct Judge {
    pack: usize,
    rule: usize,
    detector: AnyDetector,
}

/// Numbers this close together have no gap between them that any rule asks about.
const NO_GAP_SECONDS: i64 = 300;

/// A saved detector: (series, pack, rule, state).
pub type Saved = (u32, String, String, State);

impl Bank {
    /// Takes the rules that hold from now on; detectors of unchanged rules go on.
    pub fn load(&mut self, rules: Arc<Rules>) {
        let kept = self.rules.take().filter(|old| old.packs == rules.packs && old.stations == rules.stations);
        if kept.is_none() {
            self.series.clear();
            self.params.clear();
        }
        self.rules = Some(rules);
    }

    /// How many series are watched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Judges one observation of a series.
    pub fn push(
        &mut self,
        number: u32,
        name: impl FnOnce() -> (SourceId, String),
        sample: Sample,
    ) -> Vec<Finding> {
        let Some(rules) = self.rules.clone() else { return Vec::new() };
        if !self.series.contains_key(&number) {
            let (source, key) = name();
            let watched = self.watch(&rules, source, key);
            self.series.insert(number, watched);
        }
        let Some(watched) = self.series.get_mut(&number) else { return Vec::new() };
        // A gap is found when it ends at the latest, whether or not somebody looked meanwhile:
        // after a restart the same numbers must give the same findings.
        let mut findings = Vec::new();
        if watched.last != i64::MIN && sample.time.saturating_sub(watched.last) > NO_GAP_SECONDS {
            findings = watched.silent(&rules, sample.time);
        }
        watched.last = watched.last.max(sample.time);
        findings.extend(watched.judge(&rules, sample));
        findings
    }

    /// Tells every threshold and rate detector that its series has been silent up to `now`: where
    /// that is longer than it bridges, the loss is found (invariant 5).
    pub fn silence(&mut self, now: Timestamp) -> Vec<Finding> {
        let Some(rules) = self.rules.clone() else { return Vec::new() };
        let mut numbers: Vec<u32> = self.series.keys().copied().collect();
        numbers.sort_unstable();
        let mut findings = Vec::new();
        for number in numbers {
            if let Some(watched) = self.series.get_mut(&number)
                && watched.last < now.as_second()
            {
                findings.extend(watched.silent(&rules, now.as_second()));
            }
        }
        findings
    }

    /// All detectors' states, to be kept.
    #[must_use]
    pub fn save(&self) -> Vec<Saved> {
        let Some(rules) = &self.rules else { return Vec::new() };
        let mut saved = Vec::new();
        for (number, watched) in &self.series {
            for judge in &watched.judges {
                let pack = &rules.packs[judge.pack];
                let names = (pack.name.0.clone(), pack.series[judge.rule].name.clone());
                saved.push((*number, names.0, names.1, judge.detector.save()));
            }
        }
        saved.sort_by(|a, b| (a.0, &a.1, &a.2).cmp(&(b.0, &b.1, &b.2)));
        saved
    }

    /// Goes on from saved states; those of rules that are gone are left out.
    pub fn restore(&mut self, saved: &[Saved], name: impl Fn(u32) -> Option<(SourceId, String)>) {
        let Some(rules) = self.rules.clone() else { return };
        for (number, pack, rule, state) in saved {
            if !self.series.contains_key(number) {
                let Some((source, key)) = name(*number) else { continue };
                let watched = self.watch(&rules, source, key);
                self.series.insert(*number, watched);
            }
            let Some(watched) = self.series.get_mut(number) else { continue };
            for judge in &mut watched.judges {
                let of = &rules.packs[judge.pack];
                if of.name.0 == *pack
                    && of.series[judge.rule].name == *rule
                    && let Some(Some(params)) = self.params.get(&key_of(
                        &rules,
                        judge,
                        watched_thresholds(&rules, &watched.source, &watched.key),
                    ))
                    && let Ok(detector) = params.restore(state)
                {
                    judge.detector = detector;
                }
            }
        }
    }

    fn watch(&mut self, rules: &Rules, source: SourceId, key: String) -> Watched {
        let mut judges = Vec::new();
        for (p, pack) in rules.packs.iter().enumerate() {
            for (r, rule) in pack.series.iter().enumerate() {
                if !rule.applies(source.as_str(), &key) {
                    continue;
                }
                let thresholds = watched_thresholds(rules, &source, &key);
                let Some(json) = rule.params_json(&thresholds) else { continue };
                let read = || {
                    let kind = beaconfire_detect::kind(&rule.detector)?;
                    kind.parse(&json)
                        .inspect_err(|error| {
                            tracing::warn!(rule = rule.name, series = key, %error, "this rule cannot judge this series");
                        })
                        .ok()
                };
                let params = self.params.entry((p, r, json.clone())).or_insert_with(read);
                if let Some(params) = params {
                    judges.push(Judge { pack: p, rule: r, detector: params.start() });
                }
            }
        }
        Watched { source, key, last: i64::MIN, judges }
    }
}

fn watched_thresholds(
    rules: &Rules,
    source: &SourceId,
    key: &str,
) -> std::collections::BTreeMap<String, f64> {
    rules.station(source, key).map(|station| station.thresholds.clone()).unwrap_or_default()
}

fn key_of(
    rules: &Rules,
    judge: &Judge,
    thresholds: std::collections::BTreeMap<String, f64>,
) -> (usize, usize, String) {
    let json = rules.packs[judge.pack].series[judge.rule].params_json(&thresholds);
    (judge.pack, judge.rule, json.unwrap_or_default())
}

impl Watched {
    fn judge(&mut self, rules: &Rules, sample: Sample) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (source, key, last) = (&self.source, &self.key, self.last);
        for judge in &mut self.judges {
            let step = judge.detector.push(sample);
            if let Some(change) = step.change {
                let pack = &rules.packs[judge.pack];
                let rule = &pack.series[judge.rule];
                findings.extend(finding(rules, pack, rule, (source, key, last), &step, change));
            }
        }
        findings
    }

    fn silent(&mut self, rules: &Rules, now: i64) -> Vec<Finding> {
        let mut findings = Vec::new();
        for judge in &mut self.judges {
            // A missing week is no gap of a weekly series: only these two bridge gaps by a clock.
            if !matches!(judge.detector, AnyDetector::Threshold(_) | AnyDetector::Rate(_)) {
                continue;
            }
            let step = judge.detector.push(Sample::missing(now));
            if let Some(change) = step.change {
                let pack = &rules.packs[judge.pack];
                let rule = &pack.series[judge.rule];
                let about = (&self.source, &self.key, self.last);
                findings.extend(finding(rules, pack, rule, about, &step, change));
            }
        }
        findings
    }
}

fn finding(
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
