//! The bank of detectors: for every series, those of the packs' rules that judge it.

use super::finding::{Finding, finding};
use super::together::{self, Key, OUTAGE, Told};
use beaconfire_core::{Rules, SourceId};
use beaconfire_detect::{AnyDetector, AnyParams, Change, Detector, Judgement, Reason, Sample, State, Step};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// All detectors, by the store's series numbers.
#[derive(Default)]
pub struct Bank {
    rules: Option<Arc<Rules>>,
    /// Parameters read once for all series that share them.
    params: HashMap<(usize, usize, String), Option<AnyParams>>,
    series: HashMap<u32, Watched>,
    /// What was found and not yet asked for.
    told: Vec<Told>,
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

/// What the bank remembers, to be kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Saved {
    /// Each detector: (series, pack, rule, state).
    detectors: Vec<(u32, String, String, State)>,
    /// When each series was last heard, Unix seconds.
    heard: Vec<(u32, i64)>,
}

impl Bank {
    /// Takes the rules that hold from now on. Detectors of unchanged rules go on, with what they
    /// have seen; those of rules whose detector or parameters changed start anew.
    pub fn load(&mut self, rules: Arc<Rules>) {
        let Some(old) = self.rules.replace(rules.clone()) else { return };
        if old.packs == rules.packs && old.stations == rules.stations {
            return;
        }
        self.params.clear();
        for (number, before) in std::mem::take(&mut self.series) {
            let mut watched = self.watch(&rules, before.source.clone(), before.key.clone());
            watched.last = before.last;
            let mut going: HashMap<Identity, AnyDetector> = HashMap::new();
            for judge in before.judges {
                going.insert(identity(&old, &judge, &before.source, &before.key), judge.detector);
            }
            for judge in &mut watched.judges {
                if let Some(detector) = going.remove(&identity(&rules, judge, &before.source, &before.key)) {
                    judge.detector = detector;
                }
            }
            self.series.insert(number, watched);
        }
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

    /// Judges one observation of a series; [`Self::findings`] tells what was found.
    pub fn push(&mut self, number: u32, name: impl FnOnce() -> (SourceId, String), sample: Sample) {
        let Some(rules) = self.rules.clone() else { return };
        if !self.series.contains_key(&number) {
            let (source, key) = name();
            let watched = self.watch(&rules, source, key);
            self.series.insert(number, watched);
        }
        let Some(watched) = self.series.get_mut(&number) else { return };
        // A gap is found when it ends at the latest, whether or not somebody looked meanwhile:
        // after a restart the same numbers must give the same findings.
        if watched.last != i64::MIN && sample.time.saturating_sub(watched.last) > NO_GAP_SECONDS {
            watched.silent(&rules, sample.time, &mut self.told);
        }
        watched.last = watched.last.max(sample.time);
        watched.judge(&rules, sample, &mut self.told);
    }

    /// What was found since the last call; what very many series have in common is told once.
    /// `standing` are the outages that stand; one that begins is added.
    pub fn findings(&mut self, standing: &mut BTreeSet<Key>) -> Vec<Finding> {
        together::fold(std::mem::take(&mut self.told), standing)
    }

    /// The ends of outages that are over by `now`, and the losses of the few that are lost still.
    #[must_use]
    pub fn outages_over(&self, standing: &BTreeSet<Key>, now: Timestamp) -> Vec<Finding> {
        let Some(rules) = self.rules.as_ref().filter(|_| !standing.is_empty()) else { return Vec::new() };
        let mut lost: BTreeMap<Key, Vec<(&Watched, &Judge)>> = BTreeMap::new();
        for watched in self.series.values() {
            for judge in watched.judges.iter().filter(|judge| judge.is_lost_without_alarm()) {
                lost.entry(watched.key_of(rules, judge)).or_default().push((watched, judge));
            }
        }
        let mut findings = Vec::new();
        for key in together::over(standing, &lost) {
            let (pack, rule, source) = key.clone();
            findings.push(Finding::End { pack, rule, source, subject: OUTAGE.to_owned(), at: now });
            let mut few = lost.remove(key).unwrap_or_default();
            few.sort_by(|a, b| a.0.key.cmp(&b.0.key));
            findings.extend(few.iter().flat_map(|(watched, judge)| watched.loss(rules, judge)));
        }
        findings
    }

    /// Tells every threshold and rate detector that its series has been silent up to `now`: where
    /// that is longer than it bridges, the loss is found (invariant 5).
    pub fn silence(&mut self, now: Timestamp) {
        let Some(rules) = self.rules.clone() else { return };
        let mut numbers: Vec<u32> = self.series.keys().copied().collect();
        numbers.sort_unstable();
        for number in numbers {
            if let Some(watched) = self.series.get_mut(&number)
                && watched.last < now.as_second()
            {
                watched.silent(&rules, now.as_second(), &mut self.told);
            }
        }
    }

    /// All detectors' states, to be kept.
    #[must_use]
    pub fn save(&self) -> Saved {
        let Some(rules) = &self.rules else { return Saved::default() };
        let mut saved = Vec::new();
        for (number, watched) in &self.series {
            for judge in &watched.judges {
                let pack = &rules.packs[judge.pack];
                let names = (pack.name.0.clone(), pack.series[judge.rule].name.clone());
                saved.push((*number, names.0, names.1, judge.detector.save()));
            }
        }
        saved.sort_by(|a, b| (a.0, &a.1, &a.2).cmp(&(b.0, &b.1, &b.2)));
        let mut heard: Vec<(u32, i64)> = self.series.iter().map(|(number, w)| (*number, w.last)).collect();
        heard.sort_unstable();
        Saved { detectors: saved, heard }
    }

    /// Goes on from saved states; those of rules that are gone are left out.
    pub fn restore(&mut self, saved: &Saved, name: impl Fn(u32) -> Option<(SourceId, String)>) {
        let Some(rules) = self.rules.clone() else { return };
        for (number, pack, rule, state) in &saved.detectors {
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
                    && let Some(Some(params)) = self.params.get(&params_key(
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
        for (number, last) in &saved.heard {
            if let Some(watched) = self.series.get_mut(number) {
                watched.last = *last;
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

/// What makes a detector of a series the same after a reload: pack, rule, method, parameters.
type Identity = (String, String, String, Option<String>);

fn identity(rules: &Rules, judge: &Judge, source: &SourceId, key: &str) -> Identity {
    let pack = &rules.packs[judge.pack];
    let rule = &pack.series[judge.rule];
    let params = rule.params_json(&watched_thresholds(rules, source, key));
    (pack.name.0.clone(), rule.name.clone(), rule.detector.clone(), params)
}

fn params_key(
    rules: &Rules,
    judge: &Judge,
    thresholds: std::collections::BTreeMap<String, f64>,
) -> (usize, usize, String) {
    let json = rules.packs[judge.pack].series[judge.rule].params_json(&thresholds);
    (judge.pack, judge.rule, json.unwrap_or_default())
}

impl Watched {
    fn judge(&mut self, rules: &Rules, sample: Sample, told: &mut Vec<Told>) {
        for at in 0..self.judges.len() {
            let step = self.judges[at].detector.push(sample);
            self.tell(rules, at, &step, told);
        }
    }

    fn silent(&mut self, rules: &Rules, now: i64, told: &mut Vec<Told>) {
        for at in 0..self.judges.len() {
            let detector = &mut self.judges[at].detector;
            // A missing week is no gap of a weekly series: only these two bridge gaps by a clock.
            if matches!(detector, AnyDetector::Threshold(_) | AnyDetector::Rate(_)) {
                let step = detector.push(Sample::missing(now));
                self.tell(rules, at, &step, told);
            }
        }
    }

    fn tell(&self, rules: &Rules, at: usize, step: &Step, told: &mut Vec<Told>) {
        let Some(change) = step.change else { return };
        let judge = &self.judges[at];
        told.push(Told {
            change,
            in_alarm: judge.detector.level_on(),
            key: self.key_of(rules, judge),
            findings: self.findings(rules, judge, step, change),
        });
    }

    fn findings(&self, rules: &Rules, judge: &Judge, step: &Step, change: Change) -> Vec<Finding> {
        let pack = &rules.packs[judge.pack];
        let rule = &pack.series[judge.rule];
        finding(rules, pack, rule, (&self.source, &self.key, self.last), step, change)
    }

    /// The loss of a series that was lost before, told by itself.
    fn loss(&self, rules: &Rules, judge: &Judge) -> Vec<Finding> {
        let step = Step {
            time: self.last,
            observed: None,
            expected: None,
            threshold: None,
            score: None,
            judgement: Judgement::CannotJudge(Reason::Missing),
            change: Some(Change::Lost),
        };
        self.findings(rules, judge, &step, Change::Lost)
    }

    fn key_of(&self, rules: &Rules, judge: &Judge) -> Key {
        let pack = &rules.packs[judge.pack];
        (pack.name.clone(), pack.series[judge.rule].name.clone(), self.source.clone())
    }
}

impl Judge {
    fn is_lost_without_alarm(&self) -> bool {
        self.detector.is_lost() && !self.detector.level_on()
    }
}
