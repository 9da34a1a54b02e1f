//! The one guard: only it makes [`Cleared`], and a channel can send nothing else (invariant 17).

use crate::job::{Job, JobKey, Progress};
use crate::mode::Mode;
use crate::render::render;
use crate::state::State;
use crate::warning::{Message, Warning};
use beaconfire_cap::Scope;
use jiff::Timestamp;

/// Bytes that may leave now, on one channel. There is no other way to make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    key: JobKey,
    bytes: Vec<u8>,
    digest: String,
    mode: Mode,
}

impl Cleared {
    /// The job.
    #[must_use]
    pub fn key(&self) -> &JobKey {
        &self.key
    }

    /// What leaves.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes, hex: the same at every attempt.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The mode that it was approved in.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

/// Why a job may not leave now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Another message of its chain must leave first on this channel.
    After(JobKey),
    /// It may never leave: to be recorded as dropped, with these words.
    Never(String),
    /// Nothing to do: it left, or was dropped.
    Done,
}

/// Clears a job for one attempt, at `now`. To be called before every attempt.
///
/// # Errors
/// Why it may not leave.
pub fn clear(state: &State, key: &JobKey, now: Timestamp) -> Result<Cleared, Held> {
    let Some(job) = state.jobs.get(key) else { return Err(Held::Done) };
    if job.progress != Progress::Queued {
        return Err(Held::Done);
    }
    let (warning, message) = message_of(state, job)?;
    let withdraws = message.package.act.is_end();
    if !withdraws && warning.chain.len() > job.index + 1 {
        return never("a later message of its chain superseded it while it waited");
    }
    if message.stamp.expires <= now && !withdraws {
        return never("it expired while it waited");
    }
    // Order per channel and chain.
    let earlier = warning.chain[..job.index]
        .iter()
        .map(|message| JobKey { message: message.package.identifier.clone(), channel: key.channel.clone() });
    for before in earlier {
        if state.jobs.get(&before).is_some_and(|job| job.progress == Progress::Queued) {
            return Err(Held::After(before));
        }
    }
    cleared(state, key, message)
}

/// Clears what a channel of our own took before, so that a place where it lay can be filled again
/// from the journal (as after a restore): the very bytes, and nothing that was not sent.
///
/// # Errors
/// Why it may not lie there.
pub fn clear_again(state: &State, key: &JobKey) -> Result<Cleared, Held> {
    let Some(job) = state.jobs.get(key) else { return Err(Held::Done) };
    if !matches!(job.progress, Progress::Sent { .. }) {
        return Err(Held::Done);
    }
    let (_, message) = message_of(state, job)?;
    cleared(state, key, message)
}

fn message_of<'a>(state: &'a State, job: &Job) -> Result<(&'a Warning, &'a Message), Held> {
    let found = state.warnings.get(&job.warning).and_then(|w| Some((w, w.chain.get(job.index)?)));
    found.ok_or_else(|| Held::Never("its message is not in the journal".to_owned()))
}

/// What holds for every message on every channel: mode, scope, and the very bytes that were issued.
fn cleared(state: &State, key: &JobKey, message: &Message) -> Result<Cleared, Held> {
    let package = &message.package;
    let Some(channel) = state.rules.channel(&key.channel) else {
        return never("its channel is no longer configured");
    };
    if state.mode != Some(package.mode) || channel.mode != package.mode {
        return never("its mode is not the channel's or the journal's");
    }
    if channel.public && package.content.scope != Scope::Public {
        return never("its scope is not public, the channel is");
    }
    let Ok(rendering) = render(package, &message.stamp, &key.channel, &state.rules) else {
        return never("it can no longer be rendered");
    };
    let digest = rendering.digest();
    if message.issued_digests.get(&key.channel) != Some(&digest) {
        return never("its bytes are not those that were issued");
    }
    Ok(Cleared { key: key.clone(), bytes: rendering.text.into_bytes(), digest, mode: package.mode })
}

fn never<T>(words: &str) -> Result<T, Held> {
    Err(Held::Never(words.to_owned()))
}
