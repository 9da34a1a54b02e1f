//! Intake through a real river: what is taken in, once, and what never is.

use beaconfire_core::{Authority, Mode, Rules, SourceId, SourceRule};
use beaconfire_flow::{Answer, Fetch, PlayedClock, River, Setup, SourceSetup};
use beaconfire_geo::geocode::{Drawing, EntryDraft, Registry, Table, TableDraft, encode};
use beaconfire_store::{Ed25519Signer, JournalBackend, SqliteJournal};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;

fn setup(data: &Path) -> Setup {
    let id = SourceId::from("feed");
    let key = Ed25519Signer::generate_pkcs8().expect("a key");
    Setup {
        mode: Mode::Exercise,
        exercise: Some("test".to_owned()),
        data: data.to_owned(),
        rules: Rules {
            authority: Authority { zone: "UTC".to_owned(), ..Authority::default() },
            sources: vec![SourceRule {
                id: id.clone(),
                trusted_senders: Vec::new(),
                delegations: Vec::new(),
                missing_expires_hours: 24,
            }],
            ..Rules::default()
        },
        places: Vec::new(),
        geocodes: Default::default(),
        sources: vec![SourceSetup {
            id,
            kind: "cap".to_owned(),
            title: "A feed".to_owned(),
            options: beaconfire_flow::source::Options::default(),
            anchors: Default::default(),
            fetch: Fetch::Recorded,
            expected_every_s: 900,
            must_advance: false,
        }],
        channels: Vec::new(),
        signer: Arc::new(Ed25519Signer::from_pkcs8(&key).expect("a key")),
        public_url: "http://127.0.0.1:1".to_owned(),
    }
}

async fn river(data: &Path) -> River {
    let start: Timestamp = "2026-01-01T00:05:00Z".parse().expect("a time");
    River::start(setup(data), Arc::new(PlayedClock::new(start))).await.expect("a river")
}

/// One county of an invented state.
fn geocodes() -> Arc<Registry<'static>> {
    let ring = vec![(10.0, 10.0), (10.0, 11.0), (11.0, 11.0), (11.0, 10.0)];
    let county = EntryDraft {
        code: "XXC001".to_owned(),
        drawing: Drawing::Rings(vec![ring]),
        ..EntryDraft::default()
    };
    let draft = TableDraft {
        scheme: "UGC".to_owned(),
        units: 100,
        resolution_m: 500,
        entries: vec![county],
        ..TableDraft::default()
    };
    let mut registry = Registry::new();
    registry.add(Table::from_bytes(encode(&draft).expect("encoded").bytes).expect("a table"));
    Arc::new(registry)
}

#[tokio::test]
async fn codes_alone_become_an_area_with_the_tables_that_are_loaded_by_then() {
    let dir = tempfile::tempdir().expect("a folder");
    let river = river(dir.path()).await;
    let code = |identifier: &str| {
        let text = String::from_utf8(message(identifier, "Flood", "Water rises")).expect("UTF-8");
        let code = "<geocode><valueName>UGC</valueName><value>XXC001</value></geocode>";
        text.replace("<circle>10.0,10.0 5</circle>", code).into_bytes()
    };
    hear(&river, code("before")).await;
    river.intake().load_geocodes(geocodes());
    hear(&river, code("after")).await;
    let told = river.engine().read(|state| {
        let infos = state.alerts.values().map(|kept| kept.alert.infos[0].clone());
        infos.map(|info| (info.area.shapes().len(), info.unresolved.is_some())).collect::<Vec<_>>()
    });
    // In the order of their names.
    assert_eq!(told, [(1, false), (0, true)]);
}

fn message(identifier: &str, event: &str, headline: &str) -> Vec<u8> {
    format!(
        r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>
<sender>a@b.example</sender><sent>2026-01-01T00:00:00-00:00</sent><status>Actual</status>
<msgType>Alert</msgType><scope>Public</scope><info><category>Safety</category><event>{event}</event>
<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Likely</certainty>
<expires>2026-01-01T06:00:00-00:00</expires><headline>{headline}</headline><area><areaDesc>Here</areaDesc>
<circle>10.0,10.0 5</circle></area></info></alert>"#
    )
    .into_bytes()
}

async fn hear(river: &River, bytes: Vec<u8>) {
    let answer = Answer::Body { content_type: "application/cap+xml".to_owned(), bytes };
    river.sources().hear(&SourceId::from("feed"), answer).await.expect("it is heard");
}

#[tokio::test]
async fn an_alert_is_taken_in_once_however_often_it_comes() {
    let dir = tempfile::tempdir().expect("a folder");
    let river = river(dir.path()).await;
    for _ in 0..3 {
        hear(&river, message("1", "Flood", "Water rises")).await;
    }
    let (incidents, items) = river.engine().read(|s| (s.incidents.len(), s.taken.len()));
    assert_eq!((incidents, items), (1, 1));
}

/// What is kept is what the issuer wrote, so that the same alert by itself is no other.
#[tokio::test]
async fn an_alert_that_a_feed_holds_as_text_is_kept_as_it_was_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let river = river(dir.path()).await;
    let alone = message("1", "Flood", "Water rises");
    let escaped = String::from_utf8(alone.clone()).expect("UTF-8").replace('<', "&lt;");
    let feed = format!("<rss><channel><item><description>{escaped}</description></item></channel></rss>");
    hear(&river, feed.into_bytes()).await;
    let kept = river.engine().read(|state| {
        state.alerts.values().map(|kept| kept.alert.item.as_str().to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(kept, [beaconfire_core::sha256_hex(&alone)]);
    hear(&river, alone).await;
    let (incidents, items) = river.engine().read(|s| (s.incidents.len(), s.taken.len()));
    assert_eq!((incidents, items), (1, 1));
    assert_eq!(river.sources().views()[0].state, "healthy");
}

#[tokio::test]
async fn of_too_many_links_none_is_lost_and_the_source_is_unknown_until_all_are_fetched() {
    let dir = tempfile::tempdir().expect("a folder");
    let river = river(dir.path()).await;
    let id = SourceId::from("feed");
    let entries: String = (1..=5)
        .map(|n| {
            format!(
                r#"<entry><id>{n}</id><updated>2026-01-01T00:0{n}:00Z</updated>
                <link type="application/cap+xml" href="{n}.xml"/></entry>"#
            )
        })
        .collect();
    let feed = format!(
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-01-01T00:05:00Z</updated>{entries}</feed>"#
    );
    let mut fetched = Vec::new();
    for (left, state) in [(3, "truncated"), (1, "truncated"), (0, "healthy")] {
        let answer = Answer::Body {
            content_type: "application/atom+xml".to_owned(),
            bytes: feed.clone().into_bytes(),
        };
        let (links, waiting) = river.sources().hear_upto(&id, answer, 2).await.expect("it is heard");
        assert_eq!(waiting, left);
        for link in links {
            let bytes = message(&link.href, "Flood", "Water rises");
            river.sources().hear_linked(&id, &link, "application/cap+xml", bytes).await.expect("taken");
            fetched.push(link.href);
        }
        assert_eq!(river.sources().views()[0].state, state);
    }
    assert_eq!(fetched, ["4.xml", "5.xml", "2.xml", "3.xml", "1.xml"]);
    assert_eq!(river.engine().read(|state| state.taken.len()), 5);
}

#[tokio::test]
async fn an_alert_about_a_person_is_neither_taken_in_nor_kept_nor_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let river = river(dir.path()).await;
    hear(&river, message("2", "AMBER Alert", "Jane Doe is missing")).await;
    river.engine().read(|state| {
        assert!(state.incidents.is_empty() && state.alerts.is_empty() && state.taken.is_empty());
    });
    assert_eq!(river.stores().items.count().expect("a count"), 0);
    drop(river);
    let journal = SqliteJournal::open_read_only(&dir.path().join("journal.sqlite")).expect("a journal");
    let records = journal.read(1, 1000).expect("records");
    assert!(records.iter().all(|r| !String::from_utf8_lossy(&r.body).contains("Jane")));
}

#[tokio::test]
async fn bytes_that_cannot_be_read_make_the_source_unknown_and_stop_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let river = river(dir.path()).await;
    hear(&river, b"<!DOCTYPE x [<!ENTITY a 'b'>]><alert>&a;</alert>".to_vec()).await;
    assert_eq!(river.sources().views()[0].state, "unreadable");
    hear(&river, message("3", "Flood", "Water rises")).await;
    assert_eq!(river.sources().views()[0].state, "healthy");
    assert_eq!(river.engine().read(|state| state.incidents.len()), 1);
}

#[tokio::test]
async fn a_river_that_is_started_again_is_as_it_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let before = {
        let river = river(dir.path()).await;
        hear(&river, message("4", "Flood", "Water rises")).await;
        river.rest().await.expect("a clean end");
        river.engine().read(beaconfire_core::State::digest)
    };
    let again = river(dir.path()).await;
    assert_eq!(again.engine().read(beaconfire_core::State::digest), before);
}

#[tokio::test]
async fn a_source_that_is_pushed_to_is_heard_and_silent_when_the_pushes_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut setup = setup(dir.path());
    setup.sources[0].fetch = Fetch::Push;
    setup.sources[0].kind = "series-ndjson".to_owned();
    let start: Timestamp = "2026-01-01T00:05:00Z".parse().expect("a time");
    let clock = Arc::new(PlayedClock::new(start));
    let river = River::start(setup, clock.clone()).await.expect("a river");
    let row = br#"{"series":"a","time":"2026-01-01T00:00:00Z","value":1.5}"#;
    let id = SourceId::from("feed");
    river.intake().push(&id, "application/x-ndjson", row.to_vec()).await.expect("it is taken");
    river.find_silent().await.expect("looked");
    assert_eq!(river.sources().views()[0].state, "healthy");
    clock.advance("2026-01-01T03:00:00Z".parse().expect("a time"));
    river.find_silent().await.expect("looked");
    assert_eq!(river.sources().views()[0].state, "silent");
}

/// An Atom feed of these alerts without `expires`, made at that minute.
fn list(minute: u32, identifiers: &[&str]) -> Vec<u8> {
    let one = |identifier: &&str| {
        let text = String::from_utf8(message(identifier, "Flood", &format!("Water rises at {identifier}")));
        let text = text.expect("it is text").replace("<expires>2026-01-01T06:00:00-00:00</expires>", "");
        format!("<entry><id>{identifier}</id><content>{text}</content></entry>")
    };
    let entries: String = identifiers.iter().map(one).collect();
    format!(
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-01-01T00:{minute:02}:00Z</updated>{entries}</feed>"#
    )
    .into_bytes()
}

/// Alerts that count, by identifier, after a feed listed one more and then these, a minute apart.
async fn counting(change: impl FnOnce(&mut Setup), answers: &[&[&str]]) -> (Vec<String>, Vec<String>) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut setup = setup(dir.path());
    setup.rules.sources[0].trusted_senders = vec!["a@b.example".to_owned()];
    setup.sources[0].options.vanish_after_polls = Some(3);
    change(&mut setup);
    let clock = Arc::new(PlayedClock::new("2026-01-01T00:05:00Z".parse().expect("a time")));
    let river = River::start(setup, clock.clone()).await.expect("a river");
    for (minute, identifiers) in (5..).zip(answers) {
        clock.advance(format!("2026-01-01T00:{minute:02}:00Z").parse().expect("a time"));
        hear(&river, list(minute, identifiers)).await;
    }
    river.engine().read(|state| {
        let members = state.incidents.values().flat_map(|incident| incident.standing());
        let ids = members.filter_map(|member| match &member.id {
            beaconfire_core::MemberId::Alert(key) => Some(key.identifier.clone()),
            beaconfire_core::MemberId::Signal(_) => None,
        });
        let notes = state.notes.values().flatten().map(|note| note.words.clone());
        (ids.collect(), notes.collect())
    })
}

#[tokio::test]
async fn an_alert_that_leaves_the_list_of_a_source_that_says_so_is_over_after_three_answers() {
    let (ids, _) = counting(|_| {}, &[&["1", "2"], &["2"], &["2"]]).await;
    assert_eq!(ids, ["1", "2"], "two answers are too few");
    let (ids, _) = counting(|_| {}, &[&["1", "2"], &["2"], &["2"], &["2"]]).await;
    assert_eq!(ids, ["2"]);
    let (ids, notes) = counting(|_| {}, &[&["1", "2"], &["2"], &["2"], &["2"], &["1", "2"]]).await;
    assert_eq!(ids, ["2"]);
    assert!(notes.iter().any(|note| note.contains("listed again")), "{notes:?}");
}

#[tokio::test]
async fn leaving_a_list_ends_nothing_by_itself_nor_through_a_source_that_is_not_trusted_nor_en_masse() {
    let left: &[&[&str]] = &[&["1", "2"], &["2"], &["2"], &["2"], &["2"]];
    let (ids, _) = counting(|setup| setup.sources[0].options.vanish_after_polls = None, left).await;
    assert_eq!(ids, ["1", "2"]);
    let (ids, _) = counting(|setup| setup.rules.sources[0].trusted_senders.clear(), left).await;
    assert_eq!(ids, ["1", "2"]);
    let (ids, notes) = counting(|_| {}, &[&["1", "2"], &[], &[], &[], &[]]).await;
    assert_eq!(ids, ["1", "2"], "an empty feed is unknown");
    assert!(notes.iter().any(|note| note.contains("unknown")), "{notes:?}");
    let most: &[&[&str]] = &[&["1", "2", "3", "4"], &["4"], &["4"], &["4"], &["4"]];
    let (ids, notes) = counting(|_| {}, most).await;
    assert_eq!(ids, ["1", "2", "3", "4"]);
    assert!(notes.iter().any(|note| note.contains("most of what it listed went at once")), "{notes:?}");
}
