//! From an issued warning to several channels, of which one is dead and others answer what they took.

use axum::Router;
use axum::routing::post;
use beaconfire_core::{
    AccountId, Actor, Authority, ChannelId, ChannelRule, Command, Form, IncidentId, Mode, Progress, ReadBack,
    Record, Role, Rules, SourceId, SourceRule, Station, StationRule, WarningId, Work, confirm_phrase, pack,
};
use beaconfire_flow::source::Options;
use beaconfire_flow::{ChannelSetup, Fetch, PlayedClock, River, Setup, SourceSetup, Target, live};
use beaconfire_store::Ed25519Signer;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

const PACK: &str = include_str!("../../../packs/river-flood/pack.toml");

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

fn source() -> SourceId {
    SourceId::from("houston-gauges")
}

fn setup(data: &Path, channels: Vec<(&str, Target)>) -> Setup {
    let key = Ed25519Signer::generate_pkcs8().expect("a key");
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
    let rule = |(id, target): &(&str, Target)| ChannelRule {
        id: ChannelId::from(*id),
        kind: if *target == Target::Feed { "feed" } else { "webhook" }.to_owned(),
        form: Form::Cap,
        mode: Mode::Exercise,
        public: true,
        read_back_minutes: None,
    };
    Setup {
        mode: Mode::Exercise,
        exercise: Some("test".to_owned()),
        data: data.to_owned(),
        rules: Rules {
            authority: Authority {
                sender: "w@agency.example".to_owned(),
                name: "Agency".to_owned(),
                identifier_prefix: "urn:test".to_owned(),
                zone: "UTC".to_owned(),
                jurisdiction: "the county".to_owned(),
                approval_hours: 12,
                ..Authority::default()
            },
            packs: vec![pack::parse(PACK).expect("the pack is sound")],
            sources: vec![SourceRule {
                id: source(),
                trusted_senders: Vec::new(),
                delegations: Vec::new(),
                missing_expires_hours: 24,
            }],
            channels: channels.iter().map(rule).collect(),
            stations: vec![StationRule { source: source(), station }],
        },
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
        channels: channels
            .into_iter()
            .map(|(id, target)| ChannelSetup { id: ChannelId::from(id), target })
            .collect(),
        signer: Arc::new(Ed25519Signer::from_pkcs8(&key).expect("a key")),
        public_url: "http://127.0.0.1:1".to_owned(),
    }
}

/// A river in which a flood warning was issued to all channels.
async fn issued(data: &Path, channels: Vec<(&str, Target)>) -> River {
    let clock = Arc::new(PlayedClock::new(start()));
    let river = River::start(setup(data, channels), clock.clone()).await.expect("a river");
    let (author, approver) = (AccountId("a-1".to_owned()), AccountId("a-2".to_owned()));
    for (account, role) in [(&author, Role::Author), (&author, Role::Officer), (&approver, Role::Approver)] {
        let mut roles = BTreeSet::from([role, Role::Officer]);
        roles.extend(river.engine().read(|state| state.roles.get(account).cloned()).into_iter().flatten());
        done(&river, Command::SetRoles { account: account.clone(), roles }, Actor::River).await;
    }
    let body = format!(r#"{{"series":"g","time":"{}","value":9}}"#, start());
    let pushed = river.intake().push(&source(), "application/x-ndjson", body.into_bytes()).await;
    pushed.expect("it is taken");
    let incident = |river: &River| -> (IncidentId, u64) {
        river.engine().read(|state| {
            let incident = state.incidents.values().next().expect("an incident");
            (incident.id.clone(), incident.version)
        })
    };
    let warning = |river: &River| -> (WarningId, u64, Work) {
        river.engine().read(|state| {
            let warning = state.warnings.values().next().expect("a warning");
            (warning.id.clone(), warning.version, warning.work.clone())
        })
    };
    let author = Actor::operator(&author);
    let (id, version) = incident(&river);
    done(&river, Command::Accept { incident: id, version }, author.clone()).await;
    let (id, version) = incident(&river);
    done(&river, Command::Draft { incident: id, version }, author.clone()).await;
    clock.advance(start() + SignedDuration::from_mins(1));
    let (id, version, _) = warning(&river);
    done(&river, Command::Submit { warning: id, version }, author.clone()).await;
    let (id, version, work) = warning(&river);
    let Work::Submitted { digest, .. } = work else { panic!("{work:?}") };
    done(&river, Command::Approve { warning: id, version, digest }, Actor::fresh(&approver)).await;
    let (id, version, _) = warning(&river);
    let confirm = confirm_phrase(Mode::Exercise).to_owned();
    done(&river, Command::Issue { warning: id, version, confirm }, author).await;
    river
}

async fn done(river: &River, command: Command, actor: Actor) -> Vec<Record> {
    let words = format!("{command:?}");
    river.engine().command(command, actor).await.unwrap_or_else(|error| panic!("{error}: {words}"))
}

/// How the only job of a channel stands.
fn job(river: &River, channel: &str) -> (Progress, ReadBack) {
    river.engine().read(|state| {
        let mut jobs = state.jobs.iter().filter(|(key, _)| key.channel.as_str() == channel);
        let (_, job) = jobs.next().expect("a job");
        (job.progress.clone(), job.read_back.clone())
    })
}

/// An address whose server answers every post so.
async fn webhook(answer: fn(&str) -> String) -> Target {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let took = move |headers: axum::http::HeaderMap| async move {
        answer(headers["beaconfire-digest"].to_str().expect("text"))
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(took))).await });
    Target::Webhook(url)
}

#[tokio::test]
async fn a_dead_webhook_keeps_no_other_channel_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    // It takes the connection and never answers; its name comes first.
    let dead = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}/hook", dead.local_addr().expect("an address"));
    let channels = vec![("a-dead", Target::Webhook(url)), ("feed", Target::Feed)];
    let river = Arc::new(issued(folder.path(), channels).await);
    let mut told = river.engine().subscribe();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = river.clone();
    let run = tokio::spawn(async move { live::run(running, &[], 1, stopped).await });
    let (dead_one, _) = dead.accept().await.expect("it is tried");
    let delivered = async { while told.recv().await.expect("the engine goes on").kind != "delivered" {} };
    // The webhook's own patience is 10 s.
    tokio::time::timeout(Duration::from_secs(8), delivered).await.expect("the feed does not wait for it");
    assert!(matches!(job(&river, "feed").0, Progress::Sent { .. }));
    assert_eq!(job(&river, "a-dead").0, Progress::Queued);
    stop.send(true).expect("it runs");
    run.await.expect("it ends");
    drop(dead_one);
}

#[tokio::test]
async fn a_receivers_digest_is_compared_and_without_one_it_stays_unverified() {
    let folder = tempfile::tempdir().expect("a folder");
    let channels = vec![
        ("same", webhook(|digest| format!(r#"{{"key":"k","digest":"{}"}}"#, digest.to_uppercase())).await),
        ("other", webhook(|_| r#"{"digest":"00"}"#.to_owned()).await),
        ("none", webhook(|_| "thank you".to_owned()).await),
    ];
    let river = issued(folder.path(), channels).await;
    while river.deliver().await.expect("delivery goes on") {}
    let found = |channel: &str| {
        let (progress, read_back) = job(&river, channel);
        assert!(matches!(progress, Progress::Sent { .. }), "{channel}: {progress:?}");
        read_back
    };
    assert!(matches!(found("same"), ReadBack::Matches { .. }), "{:?}", found("same"));
    assert!(matches!(found("other"), ReadBack::Different { .. }), "{:?}", found("other"));
    assert_eq!(found("none"), ReadBack::Unverified);
}

#[tokio::test]
async fn a_failing_channel_rests_and_the_same_failure_is_kept_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let gone = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}/hook", gone.local_addr().expect("an address"));
    drop(gone);
    let river = issued(folder.path(), vec![("gone", Target::Webhook(url))]).await;
    for _ in 0..5 {
        assert!(!river.deliver().await.expect("delivery goes on"));
    }
    let key = river.engine().read(|state| state.jobs.keys().next().expect("a job").to_string());
    let receipts = river.stores().items.receipts(&key).expect("read");
    assert_eq!(receipts.len(), 1, "{receipts:?}");
    assert!(river.engine().read(|state| state.outlet_alarms.is_empty()), "it was tried once");
}
