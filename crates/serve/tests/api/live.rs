//! Live events: in order, resumed, and only for who is signed in.

use crate::support::{Browser, Server};
use axum::body::Body;
use axum::http::{Request, header};
use beaconfire_core::Role;
use futures::StreamExt;
use tower::ServiceExt;

/// Reads whole events from a stream until `count` are there: name, id, data.
async fn events(browser: &Browser<'_>, last: Option<&str>, count: usize) -> Vec<(String, u64, String)> {
    let mut request = Request::builder()
        .uri("/api/v1/events")
        .header(header::HOST, &browser.host)
        .header(header::COOKIE, &browser.cookie);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = browser.server.router.clone().oneshot(request).await.expect("the router answers");
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    if last.is_none() {
        browser.server.flood().await;
    }
    let mut body = response.into_body().into_data_stream();
    let mut text = String::new();
    while text.matches("\n\n").count() < count {
        let chunk = body.next().await.expect("the stream goes on").expect("the stream is good");
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    text.split("\n\n").filter(|block| !block.is_empty()).take(count).map(event).collect()
}

fn event(block: &str) -> (String, u64, String) {
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    (field("event:"), field("id:").parse().unwrap_or_default(), field("data:"))
}

#[tokio::test]
async fn a_stream_resumes_after_the_last_event_and_misses_nothing() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let author = server.sign_in("author").await;
    let first = events(&author, None, 3).await;
    assert!(first.iter().all(|(name, _, _)| name == "change"), "{first:?}");
    assert!(first.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1), "{first:?}");
    assert!(first.iter().any(|(_, _, data)| data.contains("\"incident\":\"inc-")), "{first:?}");
    let last = first[0].1.to_string();
    let resumed = events(&author, Some(&last), 2).await;
    assert_eq!(resumed, first[1..]);
}

#[tokio::test]
async fn who_comes_from_another_journal_is_told_to_read_everything_again() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let author = server.sign_in("author").await;
    let told = events(&author, Some("999999"), 1).await;
    assert_eq!(told[0].0, "resync");
    assert_eq!(told[0].1, server.river.engine().seq());
}
