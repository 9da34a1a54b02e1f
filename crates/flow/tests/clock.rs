//! River time over a host's clock that somebody sets (invariant 2), through the whole river.

use beaconfire_core::{
    AccountId, Actor, Authority, Command, Mode, Role, Rules, SourceId, SourceRule, Station, StationRule, pack,
};
use beaconfire_flow::source::Options;
use beaconfire_flow::{Fetch, Host, HostClock, River, Setup, SourceSetup};
use beaconfire_store::Ed25519Signer;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PACK: &str = include_str!("../../../packs/river-flood/pack.toml");
const START: &str = "2026-01-01T00:00:00Z";

/// A synchronised machine: time of day, and what has passed.
#[derive(Clone)]
struct Machine(Arc<Mutex<(Timestamp, Duration)>>);

impl Machine {
    fn start() -> Self {
        Self(Arc::new(Mutex::new((start(), Duration::ZERO))))
    }

    fn pass(&self, minutes: i64) {
        self.set(minutes);
        self.0.lock().expect("a lock").1 += Duration::from_secs(minutes.unsigned_abs() * 60);
    }

    fn set(&self, by_minutes: i64) {
        self.0.lock().expect("a lock").0 += SignedDuration::from_mins(by_minutes);
    }
}

impl Host for Machine {
    fn wall(&self) -> Timestamp {
        self.0.lock().expect("a lock").0
    }
    fn passed(&self) -> Duration {
        self.0.lock().expect("a lock").1
    }
    fn is_synchronised(&self) -> bool {
        true
    }
}

fn start() -> Timestamp {
    START.parse().expect("a time")
}

fn setup(data: &Path) -> Setup {
    let key = Ed25519Signer::generate_pkcs8().expect("a key");
    let source = SourceId::from("houston-gauges");
    let stages = [("action", 5.0), ("minor", 6.0), ("moderate", 7.0), ("major", 8.0)];
    let station = Station {
        id: "g".to_owned(),
        name: "Gauge".to_owned(),
        lat: 10.0,
        lon: 10.0,
        unit: "m".to_owned(),
        zone: "UTC".to_owned(),
        area: None,
        thresholds: BTreeMap::from(stages.map(|(name, at)| (name.to_owned(), at))),
    };
    let rule = SourceRule {
        id: source.clone(),
        trusted_senders: Vec::new(),
        delegations: Vec::new(),
        missing_expires_hours: 24,
    };
    Setup {
        mode: Mode::Live,
        exercise: None,
        data: data.to_owned(),
        rules: Rules {
            authority: Authority { zone: "UTC".to_owned(), ..Authority::default() },
            packs: vec![pack::parse(PACK).expect("the pack is sound")],
            sources: vec![rule],
            stations: vec![StationRule { source: source.clone(), station }],
            ..Rules::default()
        },
        places: Vec::new(),
        geocodes: Default::default(),
        sources: vec![SourceSetup {
            id: source,
            kind: "series-ndjson".to_owned(),
            title: "Gauges".to_owned(),
            options: Options::default(),
            anchors: Default::default(),
            fetch: Fetch::Push,
            expected_every_s: 900,
            must_advance: false,
        }],
        channels: Vec::new(),
        signer: Arc::new(Ed25519Signer::from_pkcs8(&key).expect("a key")),
        public_url: "http://127.0.0.1:1".to_owned(),
    }
}

async fn river(data: &Path, machine: &Machine) -> River {
    River::start(setup(data), Arc::new(HostClock::new(machine.clone()))).await.expect("a river")
}

/// The gauge stands above its major stage.
async fn flood(river: &River) {
    let body = format!(r#"{{"series":"g","time":"{}","value":9}}"#, river.engine().now());
    let source = SourceId::from("houston-gauges");
    let pushed = river.intake().push(&source, "application/x-ndjson", body.into_bytes()).await;
    pushed.expect("it is taken");
}

/// The only incident's deadline, and how often it was escalated.
fn deadline(river: &River) -> (Timestamp, u32) {
    river.engine().read(|state| {
        let incident = state.incidents.values().next().expect("an incident");
        let deadline = incident.deadline.as_ref().expect("a deadline");
        (deadline.at, deadline.escalations)
    })
}

fn count(river: &River, kind: &str) -> usize {
    river.engine().changes_after(0, usize::MAX).iter().filter(|change| change.kind == kind).count()
}

#[tokio::test]
async fn a_jump_of_the_hosts_clock_is_recorded_once_and_moves_no_deadline() {
    for jump in [180, -180] {
        let folder = tempfile::tempdir().expect("a folder");
        let machine = Machine::start();
        let river = river(folder.path(), &machine).await;
        flood(&river).await;
        let (due, _) = deadline(&river);
        let left = due.duration_since(start()).as_mins();
        assert!(left > 1, "{left}");
        machine.set(jump);
        for _ in 1..left {
            machine.pass(1);
            river.engine().check_clock().await.expect("recorded");
            river.tick().await.expect("ticked");
        }
        assert_eq!(deadline(&river), (due, 0), "{jump}: nothing is due yet");
        machine.pass(1);
        river.tick().await.expect("ticked");
        assert_eq!(deadline(&river), (due, 1), "{jump}: due when its time had passed");
        assert_eq!(count(&river, "clock_jumped"), 1);
        assert_eq!(river.engine().read(|state| state.clock_apart), Some(jump * 60));
    }
}

#[tokio::test]
async fn a_command_knows_of_a_jump_before_it_is_decided_and_an_officer_ends_the_doubt() {
    let folder = tempfile::tempdir().expect("a folder");
    let machine = Machine::start();
    let river = river(folder.path(), &machine).await;
    let officer = AccountId("a-1".to_owned());
    machine.set(180);
    let roles = BTreeSet::from([Role::Officer]);
    let command = Command::SetRoles { account: officer.clone(), roles };
    river.engine().command(command, Actor::River).await.expect("roles are set");
    assert_eq!(river.engine().read(|state| state.clock_apart), Some(10_800));
    assert_eq!(river.engine().now(), start());
    let confirm = |typed: &str| Command::ConfirmTime { typed: typed.to_owned() };
    let refused = river.engine().command(confirm("2026-01-01 02:00"), Actor::operator(&officer)).await;
    let words = refused.expect_err("neither clock says so").to_string();
    assert!(words.contains("2026-01-01 00:00") && words.contains("2026-01-01 03:00"), "{words}");
    let confirmed = river.engine().command(confirm("2026-01-01 03:00"), Actor::operator(&officer)).await;
    confirmed.expect("the host is right");
    assert_eq!(river.engine().read(|state| state.clock_apart), None);
    assert_eq!(river.engine().now(), start() + SignedDuration::from_hours(3));
    machine.pass(1);
    river.engine().check_clock().await.expect("nothing to record");
    assert_eq!(count(&river, "clock_jumped"), 1);
}

#[tokio::test]
async fn after_a_restart_on_a_clock_that_was_set_back_deadlines_still_come() {
    let folder = tempfile::tempdir().expect("a folder");
    let machine = Machine::start();
    let due = {
        let river = river(folder.path(), &machine).await;
        flood(&river).await;
        deadline(&river).0
    };
    machine.set(-180);
    let river = river(folder.path(), &machine).await;
    assert_eq!(river.engine().read(|state| state.clock_apart), Some(-10_800));
    machine.pass(due.duration_since(start()).as_mins());
    river.tick().await.expect("ticked");
    assert_eq!(deadline(&river), (due, 1));
}
