//! The engine: every command goes through here, is decided, made durable, applied and told.
//!
//! There are two states. The *tip* has everything decided; the *durable* one has what the disk
//! has. Commands are decided on the tip, so that many can share one write; readers see only what
//! is durable. When a write fails the tip is thrown away and begun again from the durable state.

use crate::clock::{Clock, Jump};
use beaconfire_core::story::{self, Line};
use beaconfire_core::{
    Actor, Command, Fact, IncidentId, Record, Refusal, SourceId, State, WarningId, apply, decide, record,
};
use beaconfire_store::{
    AppendError, GroupCommit, JournalBackend, NewRecord, Signer, SqliteJournal, StoreError,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::{broadcast, oneshot};

/// Changes kept for those who resume.
const KEPT_CHANGES: usize = 20_000;
/// Records between two signed checkpoints.
const CHECKPOINT_EVERY: u64 = 200;

/// Bytes written to see whether there is room.
const PROBE: usize = 64 << 10;

/// Something that became durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the journal.
    pub seq: u64,
    /// River time.
    pub at: Timestamp,
    /// The record's kind.
    pub kind: String,
    /// The incident that it is about.
    pub incident: Option<IncidentId>,
    /// The warning.
    pub warning: Option<WarningId>,
    /// The source.
    pub source: Option<SourceId>,
}

/// Why a command had no effect.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Refused by the core.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be made durable: nothing happened. Reading goes on.
    #[error("make the decision durable: {0}")]
    Unavailable(String),
}

/// Why the engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record is not understood.
    #[error(transparent)]
    Record(#[from] record::DecodeError),
}

/// The way to the journal; clones share it.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    journal: GroupCommit,
    signer: Arc<dyn Signer>,
    tip: Mutex<Tip>,
    /// Whether the last write failed.
    failing: AtomicBool,
    durable: Arc<RwLock<Durable>>,
    told: broadcast::Sender<Change>,
}

struct Tip {
    state: State,
    in_flight: u64,
    broken: bool,
}

#[derive(Default)]
struct Durable {
    state: State,
    seq: u64,
    changes: VecDeque<Change>,
    stories: BTreeMap<IncidentId, Vec<Line>>,
}

impl Engine {
    /// Folds the journal and starts the writer.
    ///
    /// # Errors
    /// A journal that cannot be read, or records of a later release.
    pub fn start(
        journal: SqliteJournal,
        clock: Arc<dyn Clock>,
        signer: Arc<dyn Signer>,
    ) -> Result<Self, StartError> {
        let mut durable = Durable::default();
        loop {
            let records = journal.read(durable.seq + 1, 1000)?;
            if records.is_empty() {
                break;
            }
            for kept in records {
                let record = record::decode(&kept.kind, kept.version, &kept.body)?;
                durable.put(kept.seq, &record, &kept.kind);
            }
        }
        clock.begin(durable.state.river_time);
        let tip = Tip { state: durable.state.clone(), in_flight: 0, broken: false };
        let (told, _) = broadcast::channel(4096);
        let journal = GroupCommit::start(Box::new(journal), |_| {})?;
        let inner = Inner {
            clock,
            journal,
            signer,
            tip: Mutex::new(tip),
            failing: AtomicBool::new(false),
            durable: Arc::new(RwLock::new(durable)),
            told,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Decides a command and waits until it is durable.
    ///
    /// # Errors
    /// A refusal, or a journal that cannot be written now.
    pub async fn command(&self, command: Command, actor: Actor) -> Result<Vec<Record>, CommandError> {
        let (records, answered) = self.submit(&command, &actor)?;
        match answered {
            None => Ok(records),
            Some(answered) => match answered.await {
                Ok(Ok(())) => Ok(records),
                Ok(Err(words)) => Err(CommandError::Unavailable(words)),
                Err(_) => Err(CommandError::Unavailable("the journal's writer has ended".into())),
            },
        }
    }

    /// Records it where the host's clock has jumped, and waits until that is durable.
    ///
    /// # Errors
    /// A journal that cannot be written now.
    pub async fn check_clock(&self) -> Result<(), CommandError> {
        let told = {
            let mut tip = lock(&self.inner.tip);
            self.mend(&mut tip)?;
            self.tell_jump(&mut tip)
        };
        match told {
            None => Ok(()),
            Some(told) => match told.await {
                Ok(outcome) => outcome.map_err(CommandError::Unavailable),
                Err(_) => Err(CommandError::Unavailable("the journal's writer has ended".into())),
            },
        }
    }

    fn submit(&self, command: &Command, actor: &Actor) -> Result<Submitted, CommandError> {
        let mut tip = lock(&self.inner.tip);
        self.mend(&mut tip)?;
        // Nothing is decided on a clock that has jumped without the decision knowing it.
        let told = self.tell_jump(&mut tip);
        let records = decide(&tip.state, command, actor, self.inner.clock.now())?;
        if records.is_empty() {
            return Ok((records, told));
        }
        let answered = self.append(&mut tip, &records, |_| {});
        Ok((records, Some(answered)))
    }

    /// Has the journal say that the host's clock has jumped; none where it has not.
    fn tell_jump(&self, tip: &mut Tip) -> Option<Answered> {
        let Jump { reading, expected, synchronised } = self.inner.clock.jump()?;
        let command = Command::ReadClock { reading, expected, synchronised };
        match decide(&tip.state, &command, &Actor::River, self.inner.clock.now()) {
            Ok(records) if records.is_empty() => None,
            Ok(records) => Some(self.append(tip, &records, |inner| inner.clock.retell())),
            Err(_) => {
                // The journal is not open yet.
                self.inner.clock.retell();
                None
            }
        }
    }

    /// Puts records on the tip and has them written.
    fn append(
        &self,
        tip: &mut Tip,
        records: &[Record],
        failed: impl FnOnce(&Inner) + Send + 'static,
    ) -> Answered {
        let new: Vec<NewRecord> = records.iter().map(|record| put_on_tip(tip, record)).collect();
        tip.in_flight += 1;
        let (answer, answered) = oneshot::channel();
        let (engine, applied) = (Arc::downgrade(&self.inner), records.to_vec());
        self.inner.journal.submit_then(new, move |outcome| {
            let Some(inner) = engine.upgrade() else { return };
            // A conflict or a full disk alike: the next write, or whoever asks, finds out.
            inner.failing.store(outcome.is_err(), Ordering::Relaxed);
            let outcome = match outcome {
                Ok(appended) => {
                    inner.publish(appended.first_seq, &applied);
                    Ok(())
                }
                Err(error) => {
                    lock(&inner.tip).broken = true;
                    failed(&inner);
                    Err(in_words(&error))
                }
            };
            lock(&inner.tip).in_flight -= 1;
            // A caller that is gone needs no answer.
            let _ = answer.send(outcome);
        });
        answered
    }

    /// After a failed write: begins the tip again from what the disk has, once nothing is under way.
    fn mend(&self, tip: &mut Tip) -> Result<(), CommandError> {
        if !tip.broken {
            return Ok(());
        }
        if tip.in_flight > 0 {
            let words = "an earlier write failed and others are under way; try again";
            return Err(CommandError::Unavailable(words.into()));
        }
        tip.state = self.read(Clone::clone);
        tip.broken = false;
        Ok(())
    }

    /// Looks at the durable state.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.inner.durable.read().unwrap_or_else(PoisonError::into_inner).state)
    }

    /// River time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now().max(self.read(|state| state.river_time))
    }

    /// Hears of everything that becomes durable from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.inner.told.subscribe()
    }

    /// What became durable after `seq`, at most `limit`, as far back as it is kept.
    #[must_use]
    pub fn changes_after(&self, seq: u64, limit: usize) -> Vec<Change> {
        let durable = self.inner.durable.read().unwrap_or_else(PoisonError::into_inner);
        let after = durable.changes.iter().filter(|change| change.seq > seq);
        after.take(limit).cloned().collect()
    }

    /// The last record's place in the journal.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.inner.durable.read().unwrap_or_else(PoisonError::into_inner).seq
    }

    /// An incident's story, with that of incidents merged into it, in the order of time.
    #[must_use]
    pub fn story(&self, incident: &IncidentId) -> Vec<Line> {
        let durable = self.inner.durable.read().unwrap_or_else(PoisonError::into_inner);
        let merged = durable.state.incidents.values().filter(|i| i.merged_into.as_ref() == Some(incident));
        let ids = merged.map(|i| &i.id).chain(std::iter::once(incident));
        let mut lines: Vec<Line> = ids.filter_map(|id| durable.stories.get(id)).flatten().cloned().collect();
        lines.sort_by_key(|line| line.at);
        lines
    }

    /// Signs the journal's head as it is now.
    ///
    /// # Errors
    /// A journal that cannot be written now.
    pub async fn checkpoint(&self) -> Result<(), CommandError> {
        let engine = self.clone();
        let signed = tokio::task::spawn_blocking(move || {
            let (signer, at) = (engine.inner.signer.clone(), engine.now());
            engine.inner.journal.with_journal(move |journal| journal.checkpoint(signer.as_ref(), at))
        });
        done(signed.await)
    }

    /// Whether decisions can be kept now. After a failed write that is tried, with more bytes than
    /// lie ready in the file.
    ///
    /// # Errors
    /// Why the journal cannot be written.
    pub async fn prove_writable(&self) -> Result<(), CommandError> {
        if !self.inner.failing.load(Ordering::Relaxed) {
            return Ok(());
        }
        let engine = self.clone();
        let tried = tokio::task::spawn_blocking(move || {
            engine.inner.journal.with_journal(|journal| {
                journal.set_meta("probe", &[0; PROBE])?;
                journal.set_meta("probe", &[])
            })
        });
        let outcome = done(tried.await);
        self.inner.failing.store(outcome.is_err(), Ordering::Relaxed);
        outcome
    }

    /// Signs the head where enough was written since the last time.
    ///
    /// # Errors
    /// A journal that cannot be written now.
    pub async fn checkpoint_if_due(&self, last: &mut u64) -> Result<(), CommandError> {
        let seq = self.seq();
        if seq < *last + CHECKPOINT_EVERY {
            return Ok(());
        }
        *last = seq;
        self.checkpoint().await
    }
}

type Answered = oneshot::Receiver<Result<(), String>>;
type Submitted = (Vec<Record>, Option<Answered>);

/// Applies a record to the tip and gives what the journal keeps of it.
fn put_on_tip(tip: &mut Tip, record: &Record) -> NewRecord {
    apply(&mut tip.state, record);
    let subject = tip.state.subject(&record.fact);
    let version = subject.as_ref().and_then(|id| tip.state.incidents.get(id)).map(|i| i.version);
    let encoded = record::encode(record);
    NewRecord {
        at: record.at,
        kind: encoded.kind,
        version: encoded.version,
        subject: subject.filter(|_| version.is_some()).map(|id| id.0),
        subject_version: version.unwrap_or(0),
        body: encoded.body,
    }
}

impl Inner {
    fn publish(&self, first_seq: u64, records: &[Record]) {
        let mut durable = self.durable.write().unwrap_or_else(PoisonError::into_inner);
        for (seq, record) in (first_seq..).zip(records) {
            if let Fact::ClockConfirmed { typed } = &record.fact {
                self.clock.confirmed(typed);
            }
            let kind = record::kind(&record.fact);
            let change = durable.put(seq, record, kind);
            // Nobody listening is no error.
            let _ = self.told.send(change);
        }
    }
}

impl Durable {
    fn put(&mut self, seq: u64, record: &Record, kind: &str) -> Change {
        apply(&mut self.state, record);
        self.seq = seq;
        if let Some((incident, line)) = story::line(&self.state, record) {
            self.stories.entry(incident).or_default().push(line);
        }
        let change = Change {
            seq,
            at: record.at,
            kind: kind.to_owned(),
            incident: self.state.subject(&record.fact),
            warning: self.state.warning_of(&record.fact),
            source: record::source(&record.fact).cloned(),
        };
        self.changes.push_back(change.clone());
        if self.changes.len() > KEPT_CHANGES {
            self.changes.pop_front();
        }
        change
    }
}

/// What came of work on the journal's own thread.
fn done<T>(
    outcome: Result<Option<Result<T, StoreError>>, tokio::task::JoinError>,
) -> Result<(), CommandError> {
    match outcome {
        Ok(Some(Ok(_))) => Ok(()),
        Ok(Some(Err(error))) => Err(CommandError::Unavailable(error.to_string())),
        _ => Err(CommandError::Unavailable("the journal's writer has ended".into())),
    }
}

fn in_words(error: &AppendError) -> String {
    format!("{error}; nothing was decided, reading goes on")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::PlayedClock;
    use beaconfire_core::Mode;
    use beaconfire_store::Ed25519Signer;

    #[tokio::test]
    async fn a_full_disk_refuses_in_words_reading_goes_on_and_it_is_not_ready() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut journal = SqliteJournal::open(&dir.path().join("j.sqlite"), beaconfire_store::Mode::Exercise)
            .expect("a journal");
        journal.limit_size(192 << 10).expect("a small disk");
        let key = Ed25519Signer::generate_pkcs8().expect("a key");
        let signer = Arc::new(Ed25519Signer::from_pkcs8(&key).expect("a key"));
        let clock = Arc::new(PlayedClock::new(Timestamp::UNIX_EPOCH));
        let engine = Engine::start(journal, clock, signer).expect("an engine");
        let open = Command::Open { mode: Mode::Exercise, exercise: Some("ex".to_owned()) };
        engine.command(open, Actor::River).await.expect("there is room");
        assert!(engine.prove_writable().await.is_ok());
        let note = |n: u32| Command::NoteSource {
            source: SourceId::from("gauges"),
            words: format!("{n}: {}", "x".repeat(4_000)),
        };
        let mut refused = None;
        for n in 0..200 {
            if let Err(error) = engine.command(note(n), Actor::River).await {
                refused = Some(error.to_string());
                break;
            }
        }
        let words = refused.expect("the disk is full");
        assert!(words.contains("reading goes on"), "{words}");
        assert!(engine.prove_writable().await.is_err());
        assert!(engine.read(|state| state.notes.len()) == 1, "what was durable can be read");
    }
}
