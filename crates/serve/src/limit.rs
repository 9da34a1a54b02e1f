//! Rate limits: token buckets in memory, as many as a bound allows.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Answer, Problem};

/// Buckets of one kind at the same time. Beyond it those that are full again are forgotten, and if
/// none is, a newcomer shares one bucket with all other newcomers.
const MAX_BUCKETS: usize = 10_000;

/// All limits.
pub(crate) struct Limits {
    /// Sign-ins by peer.
    pub(crate) sign_in_peer: Limit,
    /// Sign-ins by login, as typed.
    pub(crate) sign_in_login: Limit,
    /// Approvals by account: each costs the work of a password.
    pub(crate) approve: Limit,
    /// Requests by session or token.
    pub(crate) api: Limit,
    /// Pushed bodies by token.
    pub(crate) intake: Limit,
    /// Public pages by peer.
    pub(crate) public: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in_peer: Limit::new(30.0, 0.5),
            sign_in_login: Limit::new(8.0, 0.2),
            approve: Limit::new(60.0, 1.0),
            api: Limit::new(300.0, 60.0),
            intake: Limit::new(2_000.0, 1_000.0),
            public: Limit::new(300.0, 60.0),
        }
    }
}

/// One kind of bucket.
pub(crate) struct Limit {
    size: f64,
    per_second: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Limit {
    /// Buckets of `size`, filled again by so many a second.
    fn new(size: f64, per_second: f64) -> Self {
        Self { size, per_second, buckets: Mutex::default() }
    }

    /// Takes one from the bucket of `key`.
    pub(crate) fn take(&self, key: &str) -> Answer<()> {
        self.take_at(key, Instant::now())
            .map_err(|wait| Problem::wait("there were too many requests", wait.as_secs().saturating_add(1)))
    }

    fn take_at(&self, key: &str, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(key) {
            buckets.retain(|_, bucket| self.filled(bucket, now) < self.size);
        }
        let key = if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(key) { "" } else { key };
        let fresh = Bucket { left: self.size, at: now };
        let bucket = buckets.entry(key.to_owned()).or_insert(fresh);
        let left = self.filled(bucket, now);
        let granted = left >= 1.0;
        *bucket = Bucket { left: if granted { left - 1.0 } else { left }, at: now };
        if granted { Ok(()) } else { Err(Duration::from_secs_f64((1.0 - left) / self.per_second)) }
    }

    fn filled(&self, bucket: &Bucket, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.left + passed * self.per_second).min(self.size)
    }
}

/// The key of a peer: its address, of IPv6 the network that one subscriber is given.
pub(crate) fn peer_key(peer: Option<IpAddr>) -> String {
    match peer {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (limit, start) = (Limit::new(2.0, 1.0), Instant::now());
        assert!(limit.take_at("a", start).is_ok() && limit.take_at("a", start).is_ok());
        let wait = limit.take_at("a", start).expect_err("the bucket is empty");
        assert!(wait <= Duration::from_secs(1));
        assert!(limit.take_at("b", start).is_ok(), "another key has its own bucket");
        assert!(limit.take_at("a", start + Duration::from_secs(1)).is_ok());
        assert!(limit.take_at("a", start + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn being_refused_costs_nothing_more() {
        let (limit, start) = (Limit::new(1.0, 1.0), Instant::now());
        assert!(limit.take_at("a", start).is_ok());
        for _ in 0..100 {
            assert!(limit.take_at("a", start).is_err());
        }
        assert!(limit.take_at("a", start + Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn the_buckets_are_bounded_and_newcomers_share_one() {
        let (limit, start) = (Limit::new(1.0, 0.001), Instant::now());
        for n in 0..MAX_BUCKETS + 500 {
            let _ = limit.take_at(&format!("peer {n}"), start);
        }
        let held = limit.buckets.lock().expect("no test panics while holding it").len();
        assert!(held <= MAX_BUCKETS + 1, "{held}");
        assert!(limit.take_at("one more", start).is_err());
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_peer() {
        let peer = |text: &str| peer_key(text.parse().ok());
        assert_eq!(peer("2001:db8:1:2:3::4"), peer("2001:db8:1:2:ffff::9"));
        assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
    }
}
