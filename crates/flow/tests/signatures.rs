//! Signatures in the river: what is taken, what is refused, and what is said of it.

use beaconfire_cap::sign::{Anchors, Pkcs8Signer, sign};
use beaconfire_core::{Authority, Mode, Rules, SourceId, SourceRule};
use beaconfire_flow::source::{Options, SignatureUse};
use beaconfire_flow::{Answer, Fetch, PlayedClock, River, Setup, SourceSetup};
use beaconfire_store::Ed25519Signer;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;

const P256: &str = include_str!("../../cap/tests/sign/keys/p256.pem");
const P256_KEY: &str = include_str!("../../cap/tests/sign/keys/p256.key.pem");
const OTHER: &str = include_str!("../../cap/tests/sign/keys/ed25519.pem");
const SENDER: &str = "met@example.org";
/// A little after the messages were sent, and long after that.
const SOON: &str = "2026-11-21T17:05:00Z";
const LATE: &str = "2126-11-21T17:05:00Z";

fn anchors(sender: Option<&str>, pem: &str) -> Anchors {
    let mut anchors = Anchors::new();
    anchors.add_pem(sender, pem.as_bytes()).expect("certificates");
    anchors
}

fn setup(data: &Path, signature: SignatureUse, anchors: Anchors, fetch: Fetch) -> Setup {
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
                trusted_senders: vec![SENDER.to_owned()],
                delegations: Vec::new(),
                missing_expires_hours: 24,
            }],
            ..Rules::default()
        },
        places: Vec::new(),
        geocodes: Arc::default(),
        sources: vec![SourceSetup {
            id,
            kind: "cap".to_owned(),
            title: "A feed".to_owned(),
            options: Options { signature, ..Options::default() },
            anchors: Arc::new(anchors),
            fetch,
            expected_every_s: 900,
            must_advance: false,
        }],
        channels: Vec::new(),
        signer: Arc::new(Ed25519Signer::from_pkcs8(&key).expect("a key")),
        public_url: "http://127.0.0.1:1".to_owned(),
    }
}

fn unsigned(identifier: &str) -> String {
    format!(
        r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>{SENDER}</sender><sent>2026-11-21T17:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>Storm</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty><expires>2026-11-21T23:00:00-00:00</expires><area><areaDesc>Suva</areaDesc><circle>-18.1,178.4 20</circle></area></info></alert>"#
    )
}

fn signed(identifier: &str) -> String {
    let signer = Pkcs8Signer::from_pem(P256_KEY.as_bytes(), P256.as_bytes()).expect("a key");
    sign(&unsigned(identifier), &signer).expect("it can be signed")
}

/// What became of documents: alerts taken with their first finding, notes on the source, items kept.
struct Outcome {
    alerts: Vec<(String, String)>,
    notes: Vec<String>,
    items: usize,
}

async fn hear_all(setup: Setup, now: &str, documents: &[String]) -> Outcome {
    let start: Timestamp = now.parse().expect("a time");
    let river = River::start(setup, Arc::new(PlayedClock::new(start))).await.expect("a river");
    for document in documents {
        let bytes = document.clone().into_bytes();
        let answer = Answer::Body { content_type: "application/cap+xml".to_owned(), bytes };
        river.sources().hear(&SourceId::from("feed"), answer).await.expect("it is heard");
    }
    river.engine().read(|state| Outcome {
        alerts: (state.alerts.iter())
            .map(|(key, kept)| {
                (key.identifier.clone(), kept.alert.findings.first().cloned().unwrap_or_default())
            })
            .collect(),
        notes: state.notes.values().flatten().map(|note| note.words.clone()).collect(),
        items: state.taken.len(),
    })
}

async fn outcome(signature: SignatureUse, anchors: Anchors, document: &str) -> Outcome {
    let dir = tempfile::tempdir().expect("a folder");
    // Twice: a poll finds the same again.
    let twice = [document.to_owned(), document.to_owned()];
    hear_all(setup(dir.path(), signature, anchors, Fetch::Push), SOON, &twice).await
}

#[tokio::test]
async fn where_it_is_demanded_an_anchored_signature_is_taken_and_told() {
    // Of an alert that stands in a feed as text it is the text that was signed.
    let escaped = signed("1").replace('&', "&amp;").replace('<', "&lt;");
    let feed = format!("<feed><entry><content>{escaped}</content></entry></feed>");
    for (sender, document) in [(None, signed("1")), (Some(SENDER), signed("1")), (None, feed)] {
        let found = outcome(SignatureUse::Demand, anchors(sender, P256), &document).await;
        assert_eq!((found.alerts.len(), found.items), (1, 1), "{:?}", found.notes);
        let words = &found.alerts[0].1;
        assert!(words.contains("is verified and anchored") && words.contains("first received"), "{words}");
        assert!(found.notes.iter().all(|note| !note.contains("signature")), "{:?}", found.notes);
    }
}

#[tokio::test]
async fn where_it_is_demanded_everything_else_is_a_finding_on_the_source_once_and_its_bytes_are_kept() {
    let altered = signed("1").replace("<severity>Severe", "<severity>Minor");
    for (document, anchors, words) in [
        (unsigned("1"), anchors(None, P256), "is not there"),
        (altered, anchors(None, P256), "is broken: the message was changed after it was signed"),
        (signed("1"), anchors(None, OTHER), "is verified, but not anchored"),
        (signed("1"), anchors(Some("other@example.org"), P256), "no anchor is given for this sender"),
        (signed("1"), Anchors::new(), "no anchor is given for this sender"),
    ] {
        let found = outcome(SignatureUse::Demand, anchors, &document).await;
        assert_eq!((found.alerts.len(), found.items), (0, 1), "{words}");
        let told: Vec<_> = found.notes.iter().filter(|note| note.contains("not taken as an alert")).collect();
        assert!(told.len() == 1 && told[0].contains(words), "{words}: {:?}", found.notes);
    }
}

#[tokio::test]
async fn where_it_is_not_demanded_no_alert_is_refused() {
    let altered = signed("1").replace("<severity>Severe", "<severity>Minor");
    for (document, words) in
        [(unsigned("1"), "is not there"), (altered, "is broken"), (signed("1"), "anchored")]
    {
        let noted = outcome(SignatureUse::Note, anchors(None, P256), &document).await;
        assert_eq!(noted.alerts.len(), 1);
        assert!(noted.alerts[0].1.contains(words), "{:?}", noted.alerts);
        let ignored = outcome(SignatureUse::Ignore, Anchors::new(), &document).await;
        assert!(ignored.alerts.len() == 1 && !ignored.alerts[0].1.contains("its signature"));
    }
}

#[tokio::test]
async fn certificates_must_be_valid_at_receipt_and_in_a_recording_when_it_was_sent() {
    for (fetch, now, taken) in [
        (Fetch::Push, SOON, 1),
        (Fetch::Push, LATE, 0),
        (Fetch::Recorded, SOON, 1),
        (Fetch::Recorded, LATE, 1),
    ] {
        let dir = tempfile::tempdir().expect("a folder");
        let is_archive = fetch == Fetch::Recorded;
        let setup = setup(dir.path(), SignatureUse::Demand, anchors(None, P256), fetch);
        let found = hear_all(setup, now, &[signed("1")]).await;
        assert_eq!(found.alerts.len(), taken, "{now}: {:?}", found.notes);
        let words = found.alerts.iter().map(|(_, words)| words).chain(&found.notes);
        assert!(words.clone().any(|words| words.contains("(archive)")) == is_archive, "{now}");
    }
}

#[tokio::test]
async fn what_was_refused_is_taken_once_its_certificate_is_an_anchor() {
    let dir = tempfile::tempdir().expect("a folder");
    let document = [signed("1")];
    let refusing = setup(dir.path(), SignatureUse::Demand, Anchors::new(), Fetch::Push);
    assert_eq!(hear_all(refusing, SOON, &document).await.alerts.len(), 0);
    let believing = setup(dir.path(), SignatureUse::Demand, anchors(None, P256), Fetch::Push);
    let found = hear_all(believing, SOON, &document).await;
    assert_eq!((found.alerts.len(), found.items), (1, 1));
}

#[tokio::test]
async fn of_very_many_refused_alerts_some_are_told_and_the_others_counted() {
    let dir = tempfile::tempdir().expect("a folder");
    let entries: String =
        (0..15).map(|n| format!("<entry><content>{}</content></entry>", unsigned(&n.to_string()))).collect();
    let feed = format!(r#"<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>"#);
    let setup = setup(dir.path(), SignatureUse::Demand, anchors(None, P256), Fetch::Push);
    let found = hear_all(setup, SOON, &[feed]).await;
    assert_eq!((found.alerts.len(), found.items), (0, 15));
    assert!(found.notes.iter().any(|note| note.starts_with("5 more alerts")), "{:?}", found.notes);
}
