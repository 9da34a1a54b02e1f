//! Delivering what the guard cleared, and nothing else; at least once, in order per chain.

pub mod channel;
mod read_back;

pub use read_back::Reader;

use crate::engine::{CommandError, Engine};
use beaconfire_core::guard::{self, Held};
use beaconfire_core::{Act, Actor, ChannelId, Command, JobKey, Progress};
use beaconfire_store::{Items, Receipt};
use channel::{Channel, Sent};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Attempts after which an outlet that does not answer is an alarm.
const ALARM_AFTER: u32 = 3;

/// Takes queued jobs to their channels.
pub struct Deliverer {
    engine: Engine,
    items: Arc<Items>,
    channels: BTreeMap<ChannelId, Arc<dyn Channel>>,
    /// Failed attempts in a row, by channel; for the alarm and the back-off only.
    failures: BTreeMap<ChannelId, u32>,
}

impl Deliverer {
    /// A deliverer over these channels.
    #[must_use]
    pub fn new(engine: Engine, items: Arc<Items>, channels: BTreeMap<ChannelId, Arc<dyn Channel>>) -> Self {
        Self { engine, items, channels, failures: BTreeMap::new() }
    }

    /// Tries every queued job once, in the order of its chain; true where something was sent or
    /// dropped, so that another round may find more.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub async fn round(&mut self) -> Result<bool, CommandError> {
        let mut moved = false;
        for key in self.queued() {
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
            if let (Ok(cleared), Some(channel)) = (cleared, self.channels.get(&key.channel))
                && let Err(error) = channel.send(&cleared).await
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
    async fn attempt(&mut self, key: &JobKey) -> Result<bool, CommandError> {
        let now = self.engine.now();
        let cleared = match self.engine.read(|state| guard::clear(state, key, now)) {
            Ok(cleared) => cleared,
            Err(Held::Never(why)) => {
                let command = Command::ReportDropped { job: key.clone(), why };
                self.engine.command(command, Actor::River).await?;
                return Ok(true);
            }
            Err(Held::After(_) | Held::Done) => return Ok(false),
        };
        let Some(channel) = self.channels.get(&key.channel).cloned() else { return Ok(false) };
        let attempt = self.failures.get(&key.channel).copied().unwrap_or(0) + 1;
        let sent = channel.send(&cleared).await;
        self.keep_receipt(key, attempt, &sent, now).await;
        match sent {
            Ok(Sent { .. }) => {
                self.failures.remove(&key.channel);
                self.report_outlet(&key.channel, None).await?;
                let digest = cleared.digest().to_owned();
                let command = Command::ReportDelivered { job: key.clone(), digest };
                self.engine.command(command, Actor::River).await?;
                Ok(true)
            }
            Err(error) => {
                tracing::warn!(job = %key, %error, attempt, "a channel did not take a message; it is tried again");
                self.failures.insert(key.channel.clone(), attempt);
                if attempt >= ALARM_AFTER {
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
    async fn keep_receipt(
        &self,
        key: &JobKey,
        attempt: u32,
        sent: &Result<Sent, channel::SendError>,
        at: jiff::Timestamp,
    ) {
        let (words, answer) = match sent {
            Ok(sent) => ("taken".to_owned(), sent.answer.clone().into_bytes()),
            Err(error) => (format!("not taken: {error}"), Vec::new()),
        };
        let receipt = Receipt { job: key.to_string(), attempt, at, words, answer };
        let items = self.items.clone();
        let kept = tokio::task::spawn_blocking(move || items.put_receipt(&receipt)).await;
        if !matches!(kept, Ok(Ok(()))) {
            tracing::warn!(job = %key, "the receipt could not be kept");
        }
    }
}
