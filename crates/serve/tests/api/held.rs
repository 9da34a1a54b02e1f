//! Alerts of others whose status, codes and text disagree, and the confirmation of the time: what
//! waits for an officer's word.

use crate::support::{Browser, Server};
use beaconfire_core::{Actor, Command, Role, SourceId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// An alert of another issuer about the town beside the creek.
fn cap(identifier: &str, status: &str, headline: &str) -> String {
    format!(
        r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{identifier}</identifier><sender>warnings@alfa.example</sender>
  <sent>2017-08-27T08:50:00+00:00</sent><status>{status}</status><msgType>Alert</msgType><scope>Public</scope>
  <info><language>en-US</language><category>Met</category><event>Flash Flood Warning</event>
    <urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>
    <expires>2017-08-27T12:00:00+00:00</expires><headline>{headline}</headline>
    <description>The dam above the town is leaking.</description>
    <area><areaDesc>Below the dam</areaDesc><circle>29.7,-95.4 5</circle></area>
  </info>
</alert>"#
    )
}

async fn take(server: &Server, bytes: &str) {
    let source = SourceId::from("cap-alfa");
    let parsed = server.river.intake().take(&source, "application/cap+xml", bytes.into()).await;
    assert_eq!(parsed.expect("the alert is taken in").alerts.len(), 1);
}

fn word(row: &Value, admit: bool, reason: &str) -> Value {
    let (sender, identifier, sent) = (&row["sender"], &row["identifier"], &row["sent"]);
    json!({ "sender": sender, "identifier": identifier, "sent": sent, "admit": admit, "reason": reason })
}

async fn listed(who: &Browser<'_>, state: &str) -> Vec<Value> {
    let list = who.get(&format!("/api/v1/alerts?state={state}")).await.json();
    let rows = list["alerts"].as_array().expect("a list").clone();
    assert_eq!(list["total"], rows.len());
    rows
}

#[tokio::test]
async fn a_held_alert_is_listed_counted_noted_and_judged_by_an_officer() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    server.account("officer", &[Role::Officer]).await;
    let (author, officer) = (server.sign_in("author").await, server.sign_in("officer").await);
    assert!(server.get("/metrics").await.text().contains("beaconfire_alerts_held 0"));
    let drill = cap("A-1", "Actual", "TEST: Flash flood below the dam");
    take(&server, &drill).await;
    take(&server, &cap("A-2", "Exercise", "Dam break: leave the town")).await;

    assert!(server.get("/metrics").await.text().contains("beaconfire_alerts_held 2"));
    let sources = officer.get("/api/v1/sources").await.text();
    assert!(sources.contains("A-2 of warnings@alfa.example is held for an officer"), "{sources}");
    let rows = listed(&officer, "held").await;
    let row = |name: &str| rows.iter().find(|row| row["identifier"] == name).expect("it is listed").clone();
    let (first, second) = (row("A-1"), row("A-2"));
    assert_eq!(first["received_at"], crate::support::START);
    assert_eq!(first["infos"][0]["headline"], "TEST: Flash flood below the dam");
    assert!(second["why"].as_str().expect("why").contains("status Exercise, but neither codes nor text"));
    assert_eq!(first["can"], json!({ "admit": true, "put_aside": true }));
    assert_eq!(second["can"], json!({ "admit": false, "put_aside": true }));
    assert_eq!(listed(&author, "held").await[0]["can"]["put_aside"], false);
    let item = first["item"].as_str().expect("a hash");
    let original = officer.get(&format!("/api/v1/alerts/original?item={item}")).await;
    assert_eq!((original.text(), original.header("content-type")), (drill, "text/plain; charset=utf-8"));
    let unknown = format!("/api/v1/alerts/original?item={}", "0".repeat(64));
    assert_eq!(officer.get(&unknown).await.refusal(), (404, "unknown".to_owned()));

    let release = "/api/v1/alerts/release";
    let good = word(&first, true, "confirmed by telephone: it is real");
    assert_eq!(author.post(release, good.clone()).await.refusal(), (403, "role".to_owned()));
    assert_eq!(officer.post(release, word(&first, true, " ")).await.refusal(), (422, "reason".to_owned()));
    let no = officer.post(release, word(&second, true, "let it in")).await;
    assert_eq!(no.refusal(), (409, "no_effect".to_owned()));
    let mut other = good.clone();
    other["identifier"] = json!("A-9");
    assert_eq!(officer.post(release, other).await.refusal(), (404, "unknown".to_owned()));

    let admitted = officer.done(release, good.clone()).await;
    let incident = admitted["incident"].as_str().expect("it makes an incident");
    let incident = officer.get(&format!("/api/v1/incidents/{incident}")).await;
    assert!(incident.text().contains("confirmed by telephone: it is real"), "{}", incident.text());
    let aside = officer.done(release, word(&second, false, "their exercise of today")).await;
    assert_eq!(aside["incident"], Value::Null);
    assert_eq!(officer.post(release, good).await.refusal(), (409, "not_held".to_owned()));

    assert!(listed(&officer, "held").await.is_empty());
    let rows = listed(&officer, "no_effect").await;
    assert_eq!((rows.len(), &rows[0]["identifier"]), (1, &json!("A-2")));
    assert_eq!(rows[0]["judged"]["reason"], "their exercise of today");
    assert!(server.get("/metrics").await.text().contains("beaconfire_alerts_held 0"));
}

#[tokio::test]
async fn strangers_see_no_held_alert_and_unknown_lists_are_refused() {
    let server = Server::start().await;
    server.account("officer", &[Role::Officer]).await;
    let officer = server.sign_in("officer").await;
    for path in ["/api/v1/alerts", "/api/v1/alerts/original?item=x"] {
        assert_eq!(server.get(path).await.refusal(), (401, "signed_out".to_owned()), "{path}");
    }
    assert_eq!(officer.get("/api/v1/alerts?state=all").await.refusal(), (400, "invalid".to_owned()));
    assert_eq!(officer.get("/api/v1/alerts").await.json()["total"], 0);
}

#[tokio::test]
async fn an_officer_confirms_the_time_by_typing_it() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    server.account("officer", &[Role::Officer]).await;
    let (author, officer) = (server.sign_in("author").await, server.sign_in("officer").await);
    assert_eq!(officer.get("/api/v1/session").await.json()["clock_apart"], Value::Null);
    let expected: Timestamp = crate::support::START.parse().expect("a time");
    let reading = expected + SignedDuration::from_secs(90);
    let jump = Command::ReadClock { reading, expected, synchronised: true };
    server.river.engine().command(jump, Actor::River).await.expect("it is journalled");

    let apart = officer.get("/api/v1/session").await.json()["clock_apart"].clone();
    assert_eq!(apart, json!({ "seconds": 90, "phrase": "2017-08-27 09:00" }));
    let confirm = "/api/v1/clock/confirm";
    let right = json!({ "typed": "2017-08-27 09:00" });
    assert_eq!(author.post(confirm, right.clone()).await.refusal(), (403, "role".to_owned()));
    for wrong in ["yes", "2017-08-27 09:05", "2017-08-27 08:00"] {
        let refused = officer.post(confirm, json!({ "typed": wrong })).await;
        assert_eq!(refused.refusal(), (422, "time".to_owned()), "{wrong}");
    }
    // What was typed while the minute ended still counts, an older one does not.
    server.clock.advance(expected + SignedDuration::from_secs(125));
    assert_eq!(officer.post(confirm, right).await.refusal(), (422, "time".to_owned()));
    let done = officer.done(confirm, json!({ "typed": "2017-08-27 09:01" })).await;
    assert_eq!(done["clock_apart"], Value::Null);
    assert_eq!(officer.get("/api/v1/session").await.json()["clock_apart"], Value::Null);
}
