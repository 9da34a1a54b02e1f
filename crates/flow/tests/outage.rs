//! A feed that breaks takes its series with it: one incident, not one for each of them.

use beaconfire_core::pack;
use beaconfire_core::{
    Actor, Authority, Command, Mode, Rules, SignalKind, SourceId, SourceRule, State, Station, StationRule,
};
use beaconfire_flow::source::Options;
use beaconfire_flow::{Fetch, PlayedClock, River, Setup, SourceSetup};
use beaconfire_store::Ed25519Signer;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

const PACK: &str = include_str!("../../../packs/river-flood/pack.toml");
const GAUGES: usize = 40;

fn source() -> SourceId {
    SourceId::from("houston-gauges")
}

fn rules() -> Rules {
    let stages = [("action", 5.0), ("minor", 6.0), ("moderate", 7.0), ("major", 8.0)];
    let station = |n: usize| StationRule {
        source: source(),
        station: Station {
            id: format!("g{n:02}"),
            name: format!("Gauge {n:02}"),
            lat: 10.0 + n as f64,
            lon: 10.0,
            unit: "m".to_owned(),
            zone: "UTC".to_owned(),
            area: None,
            thresholds: BTreeMap::from(stages.map(|(name, at)| (name.to_owned(), at))),
        },
    };
    Rules {
        authority: Authority { zone: "UTC".to_owned(), ..Authority::default() },
        packs: vec![pack::parse(PACK).expect("the pack is sound")],
        sources: vec![SourceRule {
            id: source(),
            trusted_senders: Vec::new(),
            delegations: Vec::new(),
            missing_expires_hours: 24,
        }],
        stations: (0..GAUGES).map(station).collect(),
        ..Rules::default()
    }
}

fn setup(data: &Path) -> Setup {
    let key = Ed25519Signer::generate_pkcs8().expect("a key");
    Setup {
        mode: Mode::Exercise,
        exercise: Some("test".to_owned()),
        data: data.to_owned(),
        rules: rules(),
        places: Vec::new(),
        geocodes: Default::default(),
        sources: vec![SourceSetup {
            id: source(),
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

struct Game {
    river: River,
    clock: Arc<PlayedClock>,
    start: Timestamp,
}

impl Game {
    async fn start(data: &Path, minute: i64) -> Self {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        let now = start + SignedDuration::from_mins(minute);
        let clock = Arc::new(PlayedClock::new(now));
        let river = River::start(setup(data), clock.clone()).await.expect("a river");
        Self { river, clock, start }
    }

    /// Pushes one value a gauge at a minute of the game.
    async fn push(&self, minute: i64, values: impl Iterator<Item = (usize, f64)>) {
        let at = self.start + SignedDuration::from_mins(minute);
        let mut body = String::new();
        for (gauge, value) in values {
            writeln!(body, r#"{{"series":"g{gauge:02}","time":"{at}","value":{value}}}"#).expect("a line");
        }
        self.clock.advance(at);
        let pushed = self.river.intake().push(&source(), "application/x-ndjson", body.into_bytes()).await;
        pushed.expect("it is taken");
    }

    /// Rising towards the action stage, which none of them reaches.
    async fn rise(&self, gauges: std::ops::Range<usize>) {
        for (minute, value) in [(0, 3.0), (15, 3.6), (30, 4.2), (45, 4.8)] {
            self.push(minute, gauges.clone().map(|gauge| (gauge, value))).await;
        }
    }

    async fn look(&self, minute: i64) {
        self.clock.advance(self.start + SignedDuration::from_mins(minute));
        self.river.find_silent().await.expect("looked");
    }

    fn incidents(&self) -> usize {
        self.river.engine().read(|state| state.incidents.len())
    }

    /// Standing losses: what they are about.
    fn lost(&self) -> Vec<String> {
        let standing = |state: &State| {
            let lost = state.signals.values().filter(|s| s.signal.kind == SignalKind::Lost);
            let mut about: Vec<String> =
                lost.filter(|s| s.ended.is_none()).map(|s| s.signal.subject.clone()).collect();
            about.sort();
            about.dedup();
            about
        };
        self.river.engine().read(standing)
    }
}

#[tokio::test]
async fn a_few_lost_series_are_told_one_by_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.rise(0..3).await;
    game.look(180).await;
    assert_eq!((game.incidents(), game.lost()), (3, vec!["g00".into(), "g01".into(), "g02".into()]));
}

#[tokio::test]
async fn very_many_lost_at_once_are_one_incident_with_a_running_clock() {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.rise(0..GAUGES).await;
    game.look(180).await;
    assert_eq!((game.incidents(), game.lost()), (1, vec!["*".into()]));
    let (armed, words, item) = game.river.engine().read(|state| {
        let incident = state.incidents.values().next().expect("one");
        let signal = &state.signals.values().next().expect("one").signal;
        (incident.deadline.is_some(), incident.title.clone(), signal.item.clone())
    });
    assert!(armed, "what they would have said is unknown");
    assert!(words.starts_with("40 series of houston-gauges fell silent together"), "{words}");
    let id = beaconfire_store::ItemId::parse(item.expect("evidence").as_str()).expect("an id");
    let evidence = game.river.stores().items.get(&id).expect("read").expect("held");
    assert_eq!(String::from_utf8(evidence).expect("text").lines().count(), GAUGES, "each is named");
}

#[tokio::test]
async fn an_outage_ends_when_few_are_still_lost_also_over_a_crash() {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.rise(0..GAUGES).await;
    game.look(180).await;
    game.push(185, (1..GAUGES).map(|gauge| (gauge, 4.0))).await;
    assert_eq!(game.lost(), ["*"], "only a look tells whether it is over");
    // No clean end: what the look found was kept.
    drop(game);
    let game = Game::start(dir.path(), 186).await;
    game.river.intake().judge_pending().await.expect("judged");
    game.look(187).await;
    assert_eq!(game.lost(), ["g00"], "the outage is over, and one is still missing");
    game.push(190, [(0, 5.5)].into_iter()).await;
    game.push(210, [(0, 5.5)].into_iter()).await;
    assert_eq!(game.lost(), Vec::<String>::new());
    let alarms = game.river.engine().read(|state| {
        state.signals.values().filter(|s| s.signal.kind == SignalKind::Alarm && s.ended.is_none()).count()
    });
    assert_eq!(alarms, 1, "the one that is back above its action stage");
}

#[tokio::test]
async fn series_lost_in_alarm_are_told_alone_among_very_many() {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.rise(0..GAUGES).await;
    game.push(50, [(7, 8.5)].into_iter()).await;
    game.look(180).await;
    assert_eq!(game.lost(), ["*", "g07"]);
    assert_eq!(game.incidents(), 2, "the loss joined the alarm's incident");
}

#[tokio::test]
async fn a_gap_that_is_found_when_it_ends_is_one_outage_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.rise(0..GAUGES).await;
    game.push(300, (0..GAUGES).map(|gauge| (gauge, 3.0))).await;
    assert_eq!((game.incidents(), game.lost()), (1, vec!["*".into()]));
    game.look(301).await;
    assert_eq!(game.lost(), Vec::<String>::new(), "all are heard again");
}

#[tokio::test]
async fn a_loss_after_a_restart_is_dated_when_the_series_was_last_heard() {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.rise(0..1).await;
    game.river.rest().await.expect("a clean end");
    drop(game);
    let game = Game::start(dir.path(), 46).await;
    game.look(180).await;
    let heard = game.start + SignedDuration::from_mins(45);
    game.river.engine().read(|state| {
        assert!(!state.signals.is_empty());
        state.signals.values().for_each(|kept| assert_eq!(kept.signal.at, heard));
    });
}

#[tokio::test]
async fn two_outages_that_begin_at_the_same_time_are_both_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.rise(0..GAUGES).await;
    for half in [0..GAUGES / 2 + 1, GAUGES / 2 + 1..GAUGES] {
        game.push(300, half.map(|gauge| (gauge, 3.0))).await;
    }
    let rules = rules().packs[0].series.len();
    let told = game.river.engine().read(|state| state.signals.len());
    assert_eq!(told % 2, 0, "each rule that lost them tells both");
    assert!(told >= 2 && told <= 2 * rules);
    assert_eq!(game.incidents(), 1, "one incident, and no list is lost");
}

/// Alarms that stand after a gauge was above its action stage for a quarter of an hour, with other
/// rules loaded in the middle of it.
async fn alarms_over_a_reload(change: impl FnOnce(&mut Rules)) -> usize {
    let dir = tempfile::tempdir().expect("a folder");
    let game = Game::start(dir.path(), 0).await;
    game.push(0, [(0, 5.5)].into_iter()).await;
    let mut changed = rules();
    change(&mut changed);
    let command = Command::LoadRules(Box::new(changed));
    game.river.engine().command(command, Actor::River).await.expect("loaded");
    game.river.intake().load_rules(game.river.engine().read(|state| state.rules.clone())).await;
    game.push(15, [(0, 5.5)].into_iter()).await;
    game.river.engine().read(|state| state.signals.values().filter(|kept| kept.ended.is_none()).count())
}

#[tokio::test]
async fn detectors_of_unchanged_rules_go_on_over_a_reload() {
    assert_eq!(alarms_over_a_reload(|_| ()).await, 1);
    let other = |rules: &mut Rules| rules.stations[1].station.thresholds.clear();
    assert_eq!(alarms_over_a_reload(other).await, 1, "another station changed");
    let pack = |text: &str| pack::parse(text).expect("the pack is sound");
    let words = |rules: &mut Rules| rules.packs[0] = pack(&PACK.replace("(action stage", "(stage"));
    assert_eq!(alarms_over_a_reload(words).await, 1, "only words changed");
    let anew = |rules: &mut Rules| {
        rules.packs[0] = pack(&PACK.replace("stuck_after_s = 43200", "stuck_after_s = 43201"))
    };
    assert_eq!(alarms_over_a_reload(anew).await, 0, "its parameters changed");
}
