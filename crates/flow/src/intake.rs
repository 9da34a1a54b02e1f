//! Intake: a source's answer becomes items, observations, events and alerts, each taken in once,
//! and what the detectors find in them becomes signals.
//!
//! Every step can be done again: a crash anywhere in between loses nothing and doubles nothing,
//! because the same bytes, observations, events and signals bear the same names.

mod alerts;

use crate::engine::{CommandError, Engine};
use crate::observe::{Bank, Exposures, Finding, Key, OUTAGE};
use crate::setup::SourceSetup;
use crate::source::{self, ParseError, Parsed};
use beaconfire_core::{
    Actor, AlertKey, Command, Event, Record, Rules, SignalKind, SourceId, State, assess, sha256_hex,
};
use beaconfire_detect::Sample;
use beaconfire_geo::Exposure;
use beaconfire_geo::geocode::Registry;
use beaconfire_store::{self as store, IntakeBatch, Items, Observations, StoreError};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What came of a pushed or fetched body of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntakeReport {
    /// Numbers that were new.
    pub accepted: u64,
    /// Numbers that were known.
    pub repeated: u64,
    /// Numbers that replaced another value of the same series and time.
    pub revised: u64,
    /// What could not be read, in words, each with its line.
    pub rejected: Vec<String>,
}

/// Why a body was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// There is no such source, or it is not fed that way.
    #[error("take it in: {0}")]
    Source(String),
    /// Nothing in it can be used.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be journalled.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// The way in; clones share it.
#[derive(Clone)]
pub struct Intake {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) items: Arc<Items>,
    pub(crate) observations: Arc<Observations>,
    pub(crate) exposures: Exposures,
    pub(crate) geocodes: Mutex<Arc<Registry<'static>>>,
    pub(crate) sources: BTreeMap<SourceId, SourceSetup>,
    pub(crate) judge: tokio::sync::Mutex<Judging>,
    /// When each source was last pushed to, river time; whoever watches the sources looks here.
    pub(crate) pushed: Mutex<BTreeMap<SourceId, Timestamp>>,
}

/// The detectors, and how far they have judged.
pub(crate) struct Judging {
    pub(crate) bank: Arc<Mutex<Bank>>,
    pub(crate) judged: u64,
}

impl Intake {
    /// Takes in a body of numbers that somebody pushed.
    ///
    /// # Errors
    /// An unknown source, a body in which nothing can be read, or a store that cannot be written.
    pub async fn push(
        &self,
        id: &SourceId,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<IntakeReport, IntakeError> {
        let setup = self
            .inner
            .sources
            .get(id)
            .filter(|setup| setup.fetch == crate::setup::Fetch::Push)
            .ok_or_else(|| IntakeError::Source(format!("{id} is no source that is pushed to")))?
            .clone();
        let kind = if content_type.starts_with("text/csv") { "series-csv" } else { "series-ndjson" };
        let parsed = parse(&setup, kind, body).await?.0;
        let report = self.take_numbers(id, &parsed).await?;
        lock(&self.inner.pushed).insert(id.clone(), self.inner.engine.now());
        Ok(report)
    }

    /// When a source was last pushed to; none since the start.
    #[must_use]
    pub fn last_push(&self, id: &SourceId) -> Option<Timestamp> {
        lock(&self.inner.pushed).get(id).copied()
    }

    /// Takes in a payload of any kind of source; the parsed form comes back for whoever watches
    /// the source.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub async fn take(
        &self,
        id: &SourceId,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Parsed, IntakeError> {
        let setup = self
            .inner
            .sources
            .get(id)
            .ok_or_else(|| IntakeError::Source(format!("there is no source {id}")))?
            .clone();
        let kind = setup.kind.clone();
        let (parsed, body) = parse(&setup, &kind, body).await?;
        let (parsed, body) = self.take_alerts(&setup, parsed, body).await?;
        if !parsed.events.is_empty() || !parsed.observations.is_empty() {
            let item = self.keep(id, &kind, content_type, body, parsed.entries).await?;
            for event in &parsed.events {
                self.take_event(id, &item, event).await?;
            }
        }
        if !parsed.observations.is_empty() {
            self.take_numbers(id, &parsed).await?;
        }
        Ok(parsed)
    }

    /// Keeps original bytes, then journals that they were taken in.
    async fn keep(
        &self,
        id: &SourceId,
        kind: &str,
        content_type: &str,
        body: Vec<u8>,
        entries: u64,
    ) -> Result<beaconfire_core::ItemId, IntakeError> {
        let item = beaconfire_core::ItemId(sha256_hex(&body));
        if self.inner.engine.read(|state| state.taken.contains(&item)) {
            return Ok(item);
        }
        let (items, source, at) = (self.inner.items.clone(), id.0.clone(), self.inner.engine.now());
        let media = content_type.to_owned();
        blocking(move || items.put(&body, &media, &source, at)).await?;
        let command =
            Command::TakeItem { source: id.clone(), item: item.clone(), kind: kind.to_owned(), entries };
        self.inner.engine.command(command, Actor::River).await?;
        Ok(item)
    }

    async fn take_event(
        &self,
        id: &SourceId,
        item: &beaconfire_core::ItemId,
        event: &Event,
    ) -> Result<(), IntakeError> {
        let rules = self.inner.engine.read(|state| state.rules.clone());
        let exposures = assess::event_rules(&rules, event)
            .iter()
            .map(|(_, _, _, area)| self.inner.exposures.of(area))
            .collect();
        let mut event = event.clone();
        if let Some(near) = event.point.and_then(|point| self.inner.exposures.nearest(point)) {
            let words = format!("{:.0} km from {}", near.km, near.name);
            event.words.entry("place".to_owned()).or_insert(words);
            if let Some(zone) = near.zone {
                event.words.entry("zone".to_owned()).or_insert(zone);
            }
        }
        let (source, item) = (id.clone(), item.clone());
        let command = Command::TakeEvent { source, item, event, exposures };
        self.inner.engine.command(command, Actor::River).await?;
        Ok(())
    }

    /// An officer's word on an alert that is held. Who is exposed is looked up as it is for one that
    /// comes in.
    ///
    /// # Errors
    /// A refusal, or a journal that cannot be written now.
    pub async fn release(
        &self,
        alert: AlertKey,
        admit: bool,
        reason: String,
        by: Actor,
    ) -> Result<Vec<Record>, CommandError> {
        let kept = self.inner.engine.read(|state| state.alerts.get(&alert).map(|kept| kept.alert.area()));
        let exposure = kept.map_or(Exposure::Unknown, |area| self.inner.exposures.of(&area));
        let command = Command::ReleaseAlert { alert, admit, reason, exposure };
        self.inner.engine.command(command, by).await
    }

    /// The bytes of an item as they came; none where it is unknown or was erased.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub async fn original(&self, item: &beaconfire_core::ItemId) -> Result<Option<Vec<u8>>, IntakeError> {
        let Some(id) = store::ItemId::parse(item.as_str()) else { return Ok(None) };
        let items = self.inner.items.clone();
        blocking(move || items.get(&id)).await
    }

    /// Commits numbers, then has them judged: an observation is durable before the signal that
    /// cites it (invariant 3).
    async fn take_numbers(&self, id: &SourceId, parsed: &Parsed) -> Result<IntakeReport, IntakeError> {
        let mut judging = self.inner.judge.lock().await;
        let observations = self.inner.observations.clone();
        let (source, rows) = (id.clone(), parsed.observations.clone());
        let (committed, batch) = blocking(move || commit(&observations, &source, &rows)).await?;
        let report = IntakeReport {
            accepted: committed.fresh.len() as u64,
            repeated: committed.repeated as u64,
            revised: committed.revised.len() as u64,
            rejected: parsed.problems.clone(),
        };
        // Where nothing is new the number is an earlier batch's, which may still wait to be judged.
        let is_new = !committed.fresh.is_empty() || !committed.revised.is_empty();
        if is_new && judging.judged + 1 == committed.batch {
            let fresh = committed.fresh.iter().filter_map(|at| batch.get(*at).copied()).collect();
            let batch = IntakeBatch { batch: committed.batch, fresh, revised: Vec::new() };
            self.judge_batches(&mut judging, vec![batch]).await?;
        } else {
            self.judge_kept(&mut judging, u64::MAX).await?;
        }
        Ok(report)
    }

    /// Judges what is durable and was never judged: after a crash, before anything else.
    ///
    /// # Errors
    /// A store that cannot be read or a journal that cannot be written.
    pub async fn judge_pending(&self) -> Result<(), IntakeError> {
        let mut judging = self.inner.judge.lock().await;
        self.judge_kept(&mut judging, u64::MAX).await
    }

    /// The same up to a batch: what a recording's position covers, and not the payload that a
    /// crash cut in two, which is judged when it is played again.
    ///
    /// # Errors
    /// As [`Self::judge_pending`].
    pub async fn judge_upto(&self, batch: u64) -> Result<(), IntakeError> {
        let mut judging = self.inner.judge.lock().await;
        self.judge_kept(&mut judging, batch).await
    }

    /// The last batch that was judged.
    pub async fn judged(&self) -> u64 {
        self.inner.judge.lock().await.judged
    }

    async fn judge_kept(&self, judging: &mut Judging, upto: u64) -> Result<(), IntakeError> {
        loop {
            let (observations, after) = (self.inner.observations.clone(), judging.judged);
            let mut batches = blocking(move || observations.unjudged(after, 64)).await?;
            batches.retain(|batch| batch.batch <= upto);
            if batches.is_empty() {
                return Ok(());
            }
            self.judge_batches(judging, batches).await?;
        }
    }

    async fn judge_batches(
        &self,
        judging: &mut Judging,
        batches: Vec<IntakeBatch>,
    ) -> Result<(), IntakeError> {
        let Some(upto) = batches.last().map(|batch| batch.batch) else { return Ok(()) };
        let (bank, observations) = (judging.bank.clone(), self.inner.observations.clone());
        let mut standing = self.outages();
        let work = move || judge(&bank, &observations, &batches, &mut standing);
        let findings = join(tokio::task::spawn_blocking(work).await)?;
        self.report(findings).await?;
        judging.judged = upto;
        Ok(())
    }

    /// Finds the series that have fallen silent up to now.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn find_silent(&self) -> Result<(), IntakeError> {
        let judging = self.inner.judge.lock().await;
        let now = self.inner.engine.now();
        let mut standing = self.outages();
        let findings = {
            let mut bank = lock(&judging.bank);
            bank.silence(now);
            let mut findings = bank.findings(&mut standing);
            findings.extend(bank.outages_over(&standing, now));
            findings
        };
        if findings.is_empty() {
            return Ok(());
        }
        self.report(findings).await?;
        // A restart must not find the same again by other looks.
        self.keep_judged(&judging).await
    }

    /// The outages that stand by the journal.
    fn outages(&self) -> BTreeSet<Key> {
        let inner = &self.inner;
        let of = |state: &State, source: &SourceId| {
            let about = state.signals_of_all_packs(source, OUTAGE);
            let standing =
                about.filter(|(_, kept)| kept.signal.kind == SignalKind::Lost && kept.ended.is_none());
            standing
                .map(|(_, kept)| (kept.signal.pack.clone(), kept.signal.rule.clone(), source.clone()))
                .collect::<Vec<_>>()
        };
        inner.engine.read(|state| inner.sources.keys().flat_map(|source| of(state, source)).collect())
    }

    async fn report(&self, findings: Vec<Finding>) -> Result<(), IntakeError> {
        for finding in findings {
            let command = match finding {
                Finding::Raise(signal) => {
                    let exposure = self.inner.exposures.of(&signal.area);
                    Command::RaiseSignal { signal, exposure }
                }
                Finding::Together { mut signal, series } => {
                    let (items, source, at) =
                        (self.inner.items.clone(), signal.source.0.clone(), self.inner.engine.now());
                    signal.item = Some(beaconfire_core::ItemId(sha256_hex(series.as_bytes())));
                    blocking(move || items.put(series.as_bytes(), "application/x-ndjson", &source, at))
                        .await?;
                    let exposure = self.inner.exposures.of(&signal.area);
                    Command::RaiseSignal { signal, exposure }
                }
                Finding::End { pack, rule, source, subject, at } => {
                    Command::EndSignals { pack, rule, source, subject, at }
                }
            };
            self.inner.engine.command(command, Actor::River).await?;
        }
        Ok(())
    }

    /// Takes new tables of geocodes, for alerts that come in from now on.
    pub fn load_geocodes(&self, geocodes: Arc<Registry<'static>>) {
        *lock(&self.inner.geocodes) = geocodes;
    }

    /// Takes new rules for the detectors.
    pub async fn load_rules(&self, rules: Arc<Rules>) {
        let judging = self.inner.judge.lock().await;
        lock(&judging.bank).load(rules);
    }

    /// Keeps the detectors' states, so that a restart need not judge everything again.
    ///
    /// # Errors
    /// A store that cannot be written.
    pub async fn keep_detectors(&self) -> Result<(), IntakeError> {
        let judging = self.inner.judge.lock().await;
        self.keep_judged(&judging).await
    }

    async fn keep_judged(&self, judging: &Judging) -> Result<(), IntakeError> {
        let (bank, observations, judged) =
            (judging.bank.clone(), self.inner.observations.clone(), judging.judged);
        blocking(move || {
            let states = serde_json::to_vec(&lock(&bank).save())
                .expect("detector states hold only what JSON can write");
            observations.checkpoint(judged, &states)
        })
        .await?;
        Ok(())
    }
}

/// Parses on a thread of its own, and gives the bytes back.
async fn parse(setup: &SourceSetup, kind: &str, body: Vec<u8>) -> Result<(Parsed, Vec<u8>), IntakeError> {
    let found =
        source::kind(kind).ok_or_else(|| IntakeError::Source(format!("there is no source kind {kind}")))?;
    let options = setup.options.clone();
    let parsed = tokio::task::spawn_blocking(move || {
        let parsed = (found.parse)(&options, &body);
        (parsed, body)
    })
    .await;
    let (parsed, body) = join(parsed)?;
    Ok((parsed?, body))
}

fn commit(
    observations: &Observations,
    source: &SourceId,
    rows: &[beaconfire_core::Observation],
) -> Result<(store::Committed, Vec<store::Observation>), StoreError> {
    let mut batch = Vec::with_capacity(rows.len());
    for row in rows {
        batch.push(store::Observation {
            series: observations.intern(source.as_str(), &row.series)?,
            time: row.time.as_second(),
            value: row.value,
            quality: u8::from(row.suspect),
        });
    }
    Ok((observations.commit_batch(&batch)?, batch))
}

/// Judges batches in the order of the observations' own time.
fn judge(
    bank: &Mutex<Bank>,
    observations: &Observations,
    batches: &[IntakeBatch],
    standing: &mut BTreeSet<Key>,
) -> Vec<Finding> {
    let mut bank = lock(bank);
    let mut findings = Vec::new();
    for batch in batches {
        let mut fresh: Vec<&store::Observation> = batch.fresh.iter().collect();
        fresh.sort_by_key(|observation| observation.time);
        for observation in fresh {
            let name = || name(observations, observation.series);
            let sample = Sample {
                time: observation.time,
                value: Some(observation.value),
                suspect: observation.quality != 0,
            };
            bank.push(observation.series, name, sample);
        }
        findings.extend(bank.findings(standing));
    }
    findings
}

pub(crate) fn name(observations: &Observations, series: u32) -> (SourceId, String) {
    observations
        .series_name(series)
        .map(|(source, key)| (SourceId(source.to_string()), key.to_string()))
        .unwrap_or_else(|| (SourceId(String::new()), series.to_string()))
}

pub(crate) async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, StoreError> + Send + 'static,
) -> Result<R, IntakeError> {
    Ok(join(tokio::task::spawn_blocking(work).await)??)
}

/// A thread of ours that panicked is a bug; it is told in words and the river goes on.
fn join<R>(joined: Result<R, tokio::task::JoinError>) -> Result<R, IntakeError> {
    joined.map_err(|error| IntakeError::Source(format!("a worker thread broke off: {error}")))
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
