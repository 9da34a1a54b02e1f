//! Delivering what the guard cleared, and nothing else; at least once, in order per chain.

pub mod channel;
mod pace;
mod read_back;

pub use read_back::Reader;

use crate::engine::{CommandError, Engine};
use beaconfire_core::guard::{self, Held};
use beaconfire_core::{Act, Actor, ChannelId, Command, JobKey, Progress};
use beaconfire_store::{Items, Receipt};
use channel::{Channel, Sent};
use jiff::Timestamp;
use pace::Pace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Attempts after which an outlet that does not answer is an alarm.
const ALARM_AFTER: u32 = 3;

/// Takes queued jobs to their channels.
pub struct Deliverer {
    engine: Engine,
    items: Arc<Items>,
    outlets: BTreeMap<ChannelId, Outlet>,
}

/// A channel; whoever holds its pace is at it, so that it is asked one thing after the other.
struct Outlet {
    channel: Arc<dyn Channel>,
    pace: Mutex<Pace>,
}

impl Deliverer {
    /// A deliverer over these channels; the seed gives each its own pauses after failures.
    #[must_use]
    pub fn new(
        engine: Engine,
        items: Arc<Items>,
        channels: BTreeMap<ChannelId, Arc<dyn Channel>>,
        seed: u64,
    ) -> Self {
        let outlet = |(nth, (id, channel))| {
            (id, Outlet { channel, pace: Mutex::new(Pace::new(seed.wrapping_add(nth))) })
        };
        let outlets = (0..).zip(channels).map(outlet).collect();
        Self { engine, items, outlets }
    }

    /// Tries every queued job that may be tried once, one after the other in the order of the chains;
    /// true where something was sent or dropped, so that another round may find more.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn round(&self) -> Result<bool, CommandError> {
        self.attempts(|_| true).await
    }

    /// The same for one channel alone, so that a dead one keeps no other waiting; for none, what was
    /// queued for channels that are no more.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn round_on(&self, channel: Option<&ChannelId>) -> Result<bool, CommandError> {
        match channel {
            Some(channel) => self.attempts(|key| &key.channel == channel).await,
            None => self.attempts(|key| !self.outlets.contains_key(&key.channel)).await,
        }
    }

    /// The channels.
    pub fn channels(&self) -> impl Iterator<Item = &ChannelId> {
        self.outlets.keys()
    }

    /// How long a channel that failed rests from now on; none where it did not.
    pub async fn rest(&self, channel: &ChannelId) -> Option<Duration> {
        self.outlets.get(channel)?.pace.lock().await.rest(Instant::now())
    }

    async fn attempts(&self, of: impl Fn(&JobKey) -> bool) -> Result<bool, CommandError> {
        let now = Instant::now();
        let mut due = Vec::new();
        // Before the first attempt: its failure must not keep back those that come after it.
        for key in self.queued().into_iter().filter(of) {
            match self.outlets.get(&key.channel) {
                Some(outlet) if !outlet.pace.lock().await.is_due(&key, now) => {}
                _ => due.push(key),
            }
        }
        let mut moved = false;
        for key in due {
            moved |= self.attempt(&key).await?;
        }
        Ok(moved)
    }

    /// Fills feeds of our own again from the journal, as after a restore on an empty machine: what
    /// they took before must be there. Where it is, nothing happens.
    pub async fn refill(&self, feeds: &BTreeSet<ChannelId>) {
        let sent: Vec<JobKey> = self.engine.read(|state| {
            let jobs = state.jobs.iter().filter(|(key, job)| {
                feeds.contains(&key.channel) && matches!(job.progress, Progress::Sent { .. })
            });
            jobs.map(|(key, _)| key.clone()).collect()
        });
        for key in sent {
            let cleared = self.engine.read(|state| guard::clear_again(state, &key));
            if let (Ok(cleared), Some(outlet)) = (cleared, self.outlets.get(&key.channel))
                && let Err(error) = outlet.channel.send(&cleared).await
            {
                tracing::warn!(job = %key, %error, "a message is missing from the feed and could not be put back");
            }
        }
    }

    /// Queued jobs: withdrawals first, then in the order of their chains.
    fn queued(&self) -> Vec<JobKey> {
        self.engine.read(|state| {
            let queued = state.jobs.iter().filter(|(_, job)| job.progress == Progress::Queued);
            let mut keys: Vec<_> = queued
                .map(|(key, job)| (job.act != Act::Cancel, job.warning.clone(), job.index, key.clone()))
                .collect();
            keys.sort();
            keys.into_iter().map(|(_, _, _, key)| key).collect()
        })
    }

    /// One attempt: the guard is asked again each time.
    async fn attempt(&self, key: &JobKey) -> Result<bool, CommandError> {
        let outlet = self.outlets.get(&key.channel);
        let mut pace = match outlet {
            Some(outlet) => Some(outlet.pace.lock().await),
            None => None,
        };
        let now = self.engine.now();
        let cleared = match self.engine.read(|state| guard::clear(state, key, now)) {
            Ok(cleared) => cleared,
            Err(Held::Never(why)) => {
                let command = Command::ReportDropped { job: key.clone(), why };
                self.engine.command(command, Actor::River).await?;
                if let Some(pace) = &mut pace {
                    pace.forget(key);
                }
                return Ok(true);
            }
            Err(Held::After(_) | Held::Done) => return Ok(false),
        };
        let (Some(outlet), Some(mut pace)) = (outlet, pace) else { return Ok(false) };
        match outlet.channel.send(&cleared).await {
            Ok(Sent { answer, digest: answered }) => {
                let attempt = pace.took(key);
                self.keep_receipt(key, attempt, "taken".to_owned(), answer.into_bytes(), now).await;
                self.report_outlet(&key.channel, None).await?;
                let digest = cleared.digest().to_owned();
                let command = Command::ReportDelivered { job: key.clone(), digest, answered };
                self.engine.command(command, Actor::River).await?;
                Ok(true)
            }
            Err(error) => {
                let failed = pace.failed(key, &error.to_string(), Instant::now());
                if failed.is_news {
                    tracing::warn!(job = %key, %error, "a channel did not take a message; it is tried again");
                    let words = format!("not taken: {error}");
                    self.keep_receipt(key, failed.attempt, words, Vec::new(), now).await;
                }
                if failed.in_a_row >= ALARM_AFTER {
                    self.report_outlet(&key.channel, Some(error.to_string())).await?;
                }
                Ok(false)
            }
        }
    }

    /// An unreachable outlet is an alarm, never a refusal (invariant 18).
    async fn report_outlet(&self, channel: &ChannelId, alarm: Option<String>) -> Result<(), CommandError> {
        let command = Command::ReportOutlet { channel: channel.clone(), alarm };
        self.engine.command(command, Actor::River).await.map(|_| ())
    }

    /// What the outlet answered lies beside the journal; failing to keep it delays no warning.
    async fn keep_receipt(&self, key: &JobKey, attempt: u32, words: String, answer: Vec<u8>, at: Timestamp) {
        let receipt = Receipt { job: key.to_string(), attempt, at, words, answer };
        let items = self.items.clone();
        let kept = tokio::task::spawn_blocking(move || items.put_receipt(&receipt)).await;
        if !matches!(kept, Ok(Ok(()))) {
            tracing::warn!(job = %key, "the receipt could not be kept");
        }
    }
}
