//! River time: the host's, steady over whatever is done to the host's clock, or a recording's
//! (invariant 2).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Readings of the host's clock that differ from river time by less are followed, slowly; others
/// have jumped.
const SMALL: SignedDuration = SignedDuration::from_secs(10);
/// River time goes at most this part faster or slower than time passes, to follow the host's clock.
const SLEW: i32 = 100;
/// A typed time is a whole minute.
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
/// Where systemd-timesyncd says that it has set the clock by a server.
const TIMESYNCD: &str = "/run/systemd/timesync/synchronized";

/// Where river time comes from.
pub trait Clock: Send + Sync {
    /// River time now; never earlier than before.
    fn now(&self) -> Timestamp;

    /// The journal ends at `last`: river time goes on from there, where it is behind.
    fn begin(&self, _last: Timestamp) {}

    /// A jump of the host's clock that is to be recorded; each is told once.
    fn jump(&self) -> Option<Jump> {
        None
    }

    /// What was told could not be recorded: it is told again.
    fn retell(&self) {}

    /// An officer compared with a second clock and typed this time, in whole minutes UTC.
    fn confirmed(&self, _typed: &str) {}
}

/// A reading of the host's clock that river time does not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// What the host's clock says.
    pub reading: Timestamp,
    /// River time at that moment.
    pub expected: Timestamp,
    /// Whether the host's clock is known to be synchronised.
    pub synchronised: bool,
}

/// The clocks of a machine.
pub trait Host: Send + Sync {
    /// The time of day, as it was set last.
    fn wall(&self) -> Timestamp;
    /// Time that has passed since some fixed moment; nobody sets it, and it may stop in a suspended
    /// machine.
    fn passed(&self) -> Duration;
    /// Whether the time of day is known to be synchronised with others.
    fn is_synchronised(&self) -> bool;
}

/// This machine's clocks.
#[derive(Debug)]
pub struct Machine {
    begun: Instant,
    synchronised: Option<bool>,
}

impl Machine {
    /// This machine. `synchronised` says whether its clock is kept right over a network or by a
    /// receiver; where nobody says, the mark of systemd-timesyncd does, and without it the clock
    /// counts as not synchronised.
    #[must_use]
    pub fn new(synchronised: Option<bool>) -> Self {
        Self { begun: Instant::now(), synchronised }
    }
}

impl Host for Machine {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn passed(&self) -> Duration {
        self.begun.elapsed()
    }

    fn is_synchronised(&self) -> bool {
        self.synchronised.unwrap_or_else(|| Path::new(TIMESYNCD).exists())
    }
}

/// The machine's clock, as live and test mode must have it. It goes on with the time that passes;
/// what the host's clock says is followed slowly, and not at all where it has jumped.
pub struct HostClock {
    host: Box<dyn Host>,
    kept: Mutex<Kept>,
}

struct Kept {
    /// River time when it was last asked for.
    river: Timestamp,
    /// What had passed then.
    passed: Duration,
    /// How long river time has still to stand, because an officer found it ahead.
    stand: SignedDuration,
    /// The jump that was told.
    told: Option<Jump>,
}

impl HostClock {
    /// The clock of `host`, beginning with what it says now.
    #[must_use]
    pub fn new(host: impl Host + 'static) -> Self {
        let (river, passed) = (host.wall(), host.passed());
        let kept = Kept { river, passed, stand: SignedDuration::ZERO, told: None };
        Self { host: Box::new(host), kept: Mutex::new(kept) }
    }

    /// Goes on to now; the host's reading, and how far it is ahead of what is known of it.
    fn go_on(&self) -> (MutexGuard<'_, Kept>, Timestamp, SignedDuration) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Both within the lock: readings in another order than they are used would seem to go back.
        let (wall, passed) = (self.host.wall(), self.host.passed());
        let step = passed.saturating_sub(kept.passed);
        kept.passed += step;
        let step = SignedDuration::try_from(step).unwrap_or(SignedDuration::MAX);
        let stood = step.min(kept.stand);
        kept.stand -= stood;
        let step = step - stood;
        kept.river = kept.river.saturating_add(step).unwrap_or(Timestamp::MAX);
        let ahead = wall.duration_since(kept.river) + kept.stand;
        if ahead.abs() < SMALL {
            let most = step / SLEW;
            kept.river = kept.river.saturating_add(ahead.clamp(-most, most)).unwrap_or(Timestamp::MAX);
        }
        (kept, wall, ahead)
    }
}

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        self.go_on().0.river
    }

    fn begin(&self, last: Timestamp) {
        let (mut kept, ..) = self.go_on();
        kept.river = kept.river.max(last);
    }

    fn jump(&self) -> Option<Jump> {
        let (mut kept, reading, ahead) = self.go_on();
        if ahead.abs() < SMALL {
            kept.told = None;
            return None;
        }
        let jump = Jump { reading, expected: kept.river, synchronised: self.host.is_synchronised() };
        let is_known = kept.told.is_some_and(|told| {
            (told.ahead() - jump.ahead()).abs() < SMALL && (told.synchronised || !jump.synchronised)
        });
        if is_known {
            return None;
        }
        kept.told = Some(jump);
        Some(jump)
    }

    fn retell(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).told = None;
    }

    /// Where the typed time is the host's rather than river time, the host is right: river time goes
    /// forward to it, or stands until it has come.
    fn confirmed(&self, typed: &str) {
        let (mut kept, wall, ahead) = self.go_on();
        let Some(typed) = whole_minute(typed) else { return };
        let off = |time: Timestamp| {
            let after = time.duration_since(typed);
            if after.is_negative() { -after } else { (after - MINUTE).max(SignedDuration::ZERO) }
        };
        if off(kept.river) <= off(wall) {
            return;
        }
        if ahead.is_negative() {
            kept.stand -= ahead;
        } else {
            kept.river = kept.river.saturating_add(ahead).unwrap_or(Timestamp::MAX);
        }
        kept.told = None;
    }
}

impl Jump {
    fn ahead(&self) -> SignedDuration {
        self.reading.duration_since(self.expected)
    }
}

fn whole_minute(typed: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M", typed.trim()).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const NOON: &str = "2026-01-01T12:00:00Z";

    /// A machine whose clocks are set by hand: time of day, what has passed, synchronised.
    #[derive(Clone)]
    struct Fake(Arc<Mutex<(Timestamp, Duration, bool)>>);

    impl Fake {
        fn start(synchronised: bool) -> (Self, HostClock) {
            let noon = NOON.parse().expect("a time");
            let fake = Self(Arc::new(Mutex::new((noon, Duration::from_secs(500), synchronised))));
            (fake.clone(), HostClock::new(fake))
        }

        /// Time passes, in both clocks.
        fn pass(&self, seconds: i64) {
            self.set(seconds);
            self.0.lock().expect("a lock").1 += Duration::from_secs(seconds.unsigned_abs());
        }

        /// Somebody sets the time of day.
        fn set(&self, by: i64) {
            let mut clocks = self.0.lock().expect("a lock");
            clocks.0 += SignedDuration::from_secs(by);
        }
    }

    impl Host for Fake {
        fn wall(&self) -> Timestamp {
            self.0.lock().expect("a lock").0
        }
        fn passed(&self) -> Duration {
            self.0.lock().expect("a lock").1
        }
        fn is_synchronised(&self) -> bool {
            self.0.lock().expect("a lock").2
        }
    }

    /// Whole seconds of river time since noon.
    fn river(clock: &HostClock) -> i64 {
        clock.now().duration_since(NOON.parse().expect("a time")).as_secs()
    }

    #[test]
    fn a_jumped_reading_is_told_once_and_river_time_goes_on() {
        for by in [3600, -3600, 12, -12] {
            let (fake, clock) = Fake::start(true);
            fake.pass(60);
            fake.set(by);
            assert_eq!(river(&clock), 60, "{by}");
            let jump = clock.jump().expect("it jumped");
            assert_eq!((jump.ahead().as_secs(), jump.synchronised), (by, true));
            fake.pass(600);
            assert_eq!((river(&clock), clock.jump()), (660, None), "{by}");
            clock.retell();
            assert!(clock.jump().is_some(), "it was not recorded");
            fake.set(-by);
            assert_eq!((river(&clock), clock.jump()), (660, None), "it went away");
            fake.set(by);
            assert!(clock.jump().is_some(), "it came again");
        }
    }

    #[test]
    fn a_suspended_machine_has_jumped() {
        let (fake, clock) = Fake::start(false);
        fake.pass(60);
        fake.set(7200); // the time of day goes on, the other clock stops
        assert_eq!(river(&clock), 60);
        assert!(clock.jump().is_some_and(|jump| !jump.synchronised));
        fake.0.lock().expect("a lock").2 = true;
        assert!(clock.jump().is_some_and(|jump| jump.synchronised), "now it is known");
        assert_eq!(clock.jump(), None);
    }

    #[test]
    fn small_differences_are_followed_slowly_and_never_backwards() {
        let (fake, clock) = Fake::start(true);
        fake.set(-9);
        assert_eq!((river(&clock), clock.jump()), (0, None));
        fake.pass(100);
        assert_eq!(river(&clock), 99, "one second in a hundred");
        let mut before = clock.now();
        for _ in 0..10 {
            fake.pass(100);
            let now = clock.now();
            assert!(now > before);
            before = now;
        }
        assert_eq!(river(&clock), 1100 - 9, "followed");
    }

    #[test]
    fn river_time_goes_on_from_the_journal_and_says_that_the_host_is_behind() {
        let (fake, clock) = Fake::start(true);
        clock.begin("2026-01-01T13:00:00Z".parse().expect("a time"));
        assert_eq!(river(&clock), 3600);
        assert_eq!(clock.jump().map(|jump| jump.ahead().as_secs()), Some(-3600));
        fake.pass(60);
        assert_eq!(river(&clock), 3660, "it does not stand until the host has come");
    }

    #[test]
    fn the_host_is_adopted_where_an_officer_finds_it_right() {
        let (fake, clock) = Fake::start(true);
        fake.set(3600);
        clock.confirmed("2026-01-01 12:00");
        assert_eq!(river(&clock), 0, "river time was found right");
        clock.confirmed("noon");
        assert_eq!(river(&clock), 0);
        clock.confirmed("2026-01-01 13:00");
        assert_eq!((river(&clock), clock.jump()), (3600, None));
    }

    #[test]
    fn river_time_that_was_found_ahead_stands_and_does_not_go_back() {
        let (fake, clock) = Fake::start(true);
        fake.pass(3600);
        fake.set(-1800);
        assert!(clock.jump().is_some());
        clock.confirmed("2026-01-01 12:30");
        assert_eq!((river(&clock), clock.jump()), (3600, None));
        fake.pass(1200);
        assert_eq!((river(&clock), clock.jump()), (3600, None));
        fake.set(7200);
        assert_eq!(river(&clock), 3600, "another jump is none of it");
        assert!(clock.jump().is_some());
        fake.pass(1200);
        assert_eq!(river(&clock), 4200);
    }
}
