//! River time: the host's clock, or a recording's.

use jiff::Timestamp;
use std::sync::Mutex;
use std::sync::PoisonError;

/// Where river time comes from.
pub trait Clock: Send + Sync {
    /// River time now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, as live and test mode must have it.
#[derive(Debug, Default)]
pub struct HostClock;

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A recording's clock: it stands until it is set, and never goes back.
#[derive(Debug)]
pub struct PlayedClock {
    now: Mutex<Timestamp>,
}

impl PlayedClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self { now: Mutex::new(start) }
    }

    /// Sets the clock forward; an earlier time leaves it as it is.
    pub fn advance(&self, to: Timestamp) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = to.max(*now);
    }
}

impl Clock for PlayedClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
