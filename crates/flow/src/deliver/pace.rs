//! When a channel is tried again: at once when all is well, ever later while it fails, and at once
//! for what it was never asked to take.

use crate::source::poll::Backoff;
use beaconfire_core::JobKey;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The first pause after a failure, about, and the longest.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(300);
/// A failure that goes on unchanged is written down again after so long.
const TELL_EVERY: Duration = Duration::from_secs(600);

/// The pace of one channel, by the host's time that passes.
pub(super) struct Pace {
    backoff: Backoff,
    /// Failed attempts in a row.
    failures: u32,
    rests_until: Option<Instant>,
    failing: BTreeMap<JobKey, Failing>,
}

struct Failing {
    attempts: u32,
    words: String,
    told: Instant,
}

/// What is to be done about a failed attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failed {
    /// Which attempt of its job it was, from 1.
    pub(super) attempt: u32,
    /// Which failed attempt of the channel in a row it was, from 1.
    pub(super) in_a_row: u32,
    /// Whether a receipt is worth keeping: it is the first, another failure, or long after the last.
    pub(super) is_news: bool,
}

impl Pace {
    /// The pace of a channel that has not failed. Give each its own seed, so that they do not come
    /// back together.
    pub(super) fn new(seed: u64) -> Self {
        let backoff = Backoff::between(FIRST, LONGEST, seed);
        Self { backoff, failures: 0, rests_until: None, failing: BTreeMap::new() }
    }

    /// Whether a job may be tried now: it never was, or the channel has rested.
    pub(super) fn is_due(&self, job: &JobKey, now: Instant) -> bool {
        self.rests_until.is_none_or(|until| until <= now) || !self.failing.contains_key(job)
    }

    /// How long the channel rests from now on; none where nothing failed.
    pub(super) fn rest(&self, now: Instant) -> Option<Duration> {
        self.rests_until.map(|until| until.saturating_duration_since(now))
    }

    /// The channel took a job: it is well. Which attempt it was, from 1.
    pub(super) fn took(&mut self, job: &JobKey) -> u32 {
        (self.failures, self.rests_until) = (0, None);
        self.backoff.calm();
        self.failing.remove(job).map_or(1, |failing| failing.attempts + 1)
    }

    /// A job that will not be tried again.
    pub(super) fn forget(&mut self, job: &JobKey) {
        self.failing.remove(job);
        if self.failing.is_empty() {
            self.rests_until = None;
        }
    }

    /// The channel did not take a job.
    pub(super) fn failed(&mut self, job: &JobKey, words: &str, now: Instant) -> Failed {
        self.failures = self.failures.saturating_add(1);
        // One pause a round, however many jobs failed in it.
        if self.rests_until.is_none_or(|until| until <= now) {
            self.rests_until = Some(now + self.backoff.after_failure(None));
        }
        let known = self.failing.remove(job);
        let attempt = known.as_ref().map_or(0, |failing| failing.attempts).saturating_add(1);
        let told = known
            .filter(|failing| failing.words == words && now.duration_since(failing.told) < TELL_EVERY)
            .map(|failing| failing.told);
        let failing = Failing { attempts: attempt, words: words.to_owned(), told: told.unwrap_or(now) };
        self.failing.insert(job.clone(), failing);
        Failed { attempt, in_a_row: self.failures, is_news: told.is_none() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(message: &str) -> JobKey {
        JobKey { message: message.to_owned(), channel: "hook".into() }
    }

    #[test]
    fn pauses_grow_to_a_limit_and_end_with_the_first_success() {
        let (mut pace, mut now) = (Pace::new(1), Instant::now());
        let mut pauses = Vec::new();
        for _ in 0..12 {
            pace.failed(&job("a"), "refused", now);
            assert!(!pace.is_due(&job("a"), now));
            let pause = pace.rest(now).expect("it rests");
            pauses.push(pause);
            now += pause;
            assert!(pace.is_due(&job("a"), now));
        }
        assert!(pauses[0] >= FIRST / 2 && pauses[0] <= FIRST, "{pauses:?}");
        assert!(pauses[3] > pauses[0] && pauses.iter().all(|pause| *pause <= LONGEST), "{pauses:?}");
        assert!(pauses[11] >= LONGEST / 2, "{pauses:?}");
        assert_eq!(pace.took(&job("a")), 13);
        assert_eq!(pace.rest(now), None);
        pace.failed(&job("a"), "refused", now);
        assert!(pace.rest(now).is_some_and(|pause| pause <= FIRST), "it begins anew");
    }

    #[test]
    fn what_was_never_tried_does_not_wait_and_its_success_frees_the_rest() {
        let (mut pace, now) = (Pace::new(1), Instant::now());
        pace.failed(&job("a"), "refused", now);
        assert!(pace.is_due(&job("b"), now), "b never failed");
        assert_eq!(pace.took(&job("b")), 1);
        assert!(pace.is_due(&job("a"), now));
        pace.failed(&job("a"), "refused", now);
        pace.forget(&job("a"));
        assert_eq!(pace.rest(now), None);
    }

    #[test]
    fn the_same_failure_is_written_down_first_at_changes_and_now_and_then() {
        let (mut pace, start) = (Pace::new(1), Instant::now());
        let mut at = |seconds, words| {
            let failed = pace.failed(&job("a"), words, start + Duration::from_secs(seconds));
            (failed.attempt, failed.in_a_row, failed.is_news)
        };
        assert_eq!(at(0, "refused"), (1, 1, true));
        assert_eq!(at(2, "refused"), (2, 2, false));
        assert_eq!(at(6, "too slow"), (3, 3, true));
        assert_eq!(at(500, "too slow"), (4, 4, false));
        assert_eq!(at(700, "too slow"), (5, 5, true));
        assert_eq!(at(701, "too slow"), (6, 6, false));
    }
}
