//! When to ask again: in time when all is well, ever later when not, never all at once.

use std::time::Duration;

/// The longest pause of our own between requests of a source.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long to wait before the next request of one source, or the next attempt of a channel.
///
/// Deterministic: the same seed gives the same pauses. Give each its own, so that those that failed
/// together do not come back together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    every: Duration,
    first: Duration,
    longest: Duration,
    failures: u32,
    random: u64,
}

impl Backoff {
    /// For a source that is asked every `every`.
    #[must_use]
    pub fn new(every: Duration, seed: u64) -> Self {
        Self { every, first: every / 4, longest: LONGEST.max(every), failures: 0, random: seed }
    }

    /// For what is asked as it comes: pauses are for failures alone, from `first` up to `longest`.
    #[must_use]
    pub fn between(first: Duration, longest: Duration, seed: u64) -> Self {
        Self { every: Duration::ZERO, first, longest, failures: 0, random: seed }
    }

    /// It went well: the next failure is the first.
    pub fn calm(&mut self) {
        self.failures = 0;
    }

    /// The pause after an answer: `every`, up to a tenth earlier.
    pub fn after_answer(&mut self) -> Duration {
        self.calm();
        self.every.mul_f64(1.0 - 0.1 * self.chance())
    }

    /// The pause after a failure: of a source a quarter of `every`, doubled with each failure up to an
    /// hour (or `every`, if longer), of it a random half to all; never shorter than the server asks for.
    pub fn after_failure(&mut self, retry_after: Option<Duration>) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.failures.min(20));
        self.failures = self.failures.saturating_add(1);
        let pause = doubled.min(self.longest).mul_f64(0.5 + 0.5 * self.chance());
        let pause = pause.max(Duration::from_millis(500));
        // What the server asks for is lengthened too, so that not all its clients come at that moment.
        retry_after.map_or(pause, |asked| pause.max(asked.mul_f64(1.0 + 0.1 * self.chance())))
    }

    /// A number of 0 to below 1 (splitmix64).
    fn chance(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_is_never_shorter_than_the_server_asks_nor_longer_than_an_hour_or_the_cadence(
            seed: u64, every_s in 1_u64..100_000, failures in 1_usize..80, asked in proptest::option::of(0_u64..90_000),
        ) {
            let every = Duration::from_secs(every_s);
            let asked = asked.map(Duration::from_secs);
            let mut backoff = Backoff::new(every, seed);
            for _ in 0..failures {
                let pause = backoff.after_failure(asked);
                prop_assert!(asked.is_none_or(|asked| pause >= asked));
                prop_assert!(pause <= LONGEST.max(every).max(asked.unwrap_or_default().mul_f64(1.1)));
            }
            let calm = backoff.after_answer();
            prop_assert!(calm <= every && calm >= every.mul_f64(0.89));
        }
    }

    #[test]
    fn pauses_grow_differ_by_seed_and_repeat_by_seed() {
        let pauses = |seed| {
            let mut backoff = Backoff::new(Duration::from_secs(60), seed);
            (0..6).map(|_| backoff.after_failure(None)).collect::<Vec<_>>()
        };
        assert_eq!(pauses(1), pauses(1));
        assert_ne!(pauses(1), pauses(2));
        assert!(pauses(1)[5] > pauses(1)[0] * 8);
    }
}
