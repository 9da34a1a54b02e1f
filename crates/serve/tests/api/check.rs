//! Checking a message over HTTP: who may, what is answered, and that nothing of it is kept.

use crate::support::{Answer, Browser, Server};
use axum::http::Method;
use beaconfire_core::Role;
use serde_json::json;

const GOOD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>county-2026-0007</identifier>
  <sender>warn@county.example</sender>
  <sent>2026-11-25T03:00:00-06:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <category>Met</category>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Observed</certainty>
    <expires>2026-11-25T09:00:00-06:00</expires>
    <area>
      <areaDesc>Crooked Creek</areaDesc>
      <polygon>29.7,-95.4 29.7,-95.3 29.8,-95.3 29.7,-95.4</polygon>
    </area>
  </info>
</alert>
"#;

/// Sends `body` as this person, with or without the session's secret.
async fn post(server: &Server, person: &Browser<'_>, secret: &str, kind: &str, body: &str) -> Answer {
    let headers = [("cookie", person.cookie.as_str()), ("x-csrf-token", secret), ("content-type", kind)];
    server.send(Method::POST, &person.host, "/api/v1/check", &headers, body).await
}

#[tokio::test]
async fn a_message_is_checked_for_anybody_signed_in_under_any_media_type() {
    let server = Server::start().await;
    for (login, role) in [("author", Role::Author), ("admin", Role::Admin)] {
        server.account(login, &[role]).await;
        let person = server.sign_in(login).await;
        for kind in
            ["application/cap+xml", "text/xml", "application/octet-stream", "text/plain; charset=utf-8"]
        {
            let answer = post(&server, &person, &person.csrf, kind, GOOD).await;
            assert_eq!(answer.status.as_u16(), 200, "{kind}: {}", answer.text());
            let message = &answer.json()["messages"][0];
            assert_eq!(
                (&message["identifier"], &message["strict"]),
                (&json!("county-2026-0007"), &json!(true))
            );
        }
    }
}

#[tokio::test]
async fn a_broken_message_is_told_with_its_places() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let person = server.sign_in("author").await;
    let broken = GOOD.replace("03:00:00-06:00", "09:00:00+00:00").replace(" 29.7,-95.4</", "</");
    let answer = post(&server, &person, &person.csrf, "application/cap+xml", &broken).await.json();
    let message = &answer["messages"][0];
    assert_eq!((&message["strict"], &message["usable"]), (&json!(false), &json!(true)));
    let findings = message["findings"].as_array().expect("findings");
    let places: Vec<_> = findings.iter().map(|f| (f["line"].as_u64(), f["severity"].as_str())).collect();
    assert!(places.contains(&(Some(5), Some("error"))), "{findings:?}");
    assert!(places.contains(&(Some(18), Some("error"))), "{findings:?}");
    let rubbish = post(&server, &person, &person.csrf, "text/plain", "water is rising").await;
    assert_eq!(rubbish.status.as_u16(), 200);
    assert!(rubbish.json()["error"]["words"].is_string());
}

#[tokio::test]
async fn strangers_forged_pages_and_endless_documents_are_refused() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let person = server.sign_in("author").await;
    let stranger = server.send(Method::POST, &person.host, "/api/v1/check", &[], GOOD).await;
    assert_eq!(stranger.refusal(), (401, "signed_out".to_owned()));
    let forged = post(&server, &person, "wrong", "application/cap+xml", GOOD).await;
    assert_eq!(forged.refusal(), (403, "csrf".to_owned()));
    let long = " ".repeat((8 << 20) + 1);
    let refused = post(&server, &person, &person.csrf, "application/cap+xml", &long).await;
    assert_eq!(refused.refusal(), (413, "too_large".to_owned()));
    assert!(refused.text().contains("longer than 8 MiB"), "{}", refused.text());
    let full = format!("{GOOD}{}", " ".repeat((8 << 20) - GOOD.len()));
    let taken = post(&server, &person, &person.csrf, "application/cap+xml", &full).await;
    assert_eq!(taken.json()["messages"][0]["strict"], true);
}

#[tokio::test]
async fn nothing_is_kept_of_what_was_checked() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let person = server.sign_in("author").await;
    let kept = || {
        let items = server.river.stores().items.count().expect("the store answers");
        (server.river.engine().seq(), items)
    };
    let before = kept();
    post(&server, &person, &person.csrf, "application/cap+xml", GOOD).await;
    assert_eq!(kept(), before, "no record, no original");
}
