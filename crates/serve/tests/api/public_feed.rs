//! The public feed over HTTP: exact bytes, caching, and what is no feed.

use crate::support::Server;
use axum::http::Method;

const MESSAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>urn:x:1</identifier><sender>a@example</sender><sent>2017-08-27T08:00:00-00:00</sent><status>Exercise</status><msgType>Alert</msgType><scope>SCOPE</scope><info><category>Met</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty><expires>2017-08-27T20:00:00-00:00</expires><headline>Rivers &amp; creeks &lt;rise&gt;</headline><area><areaDesc>Here</areaDesc><polygon>1,2 1,3 2,3 1,2</polygon></area></info></alert>"#;

fn publish(server: &Server, identifier: &str, scope: &str) -> Vec<u8> {
    let bytes = MESSAGE.replace("SCOPE", scope).replace("urn:x:1", identifier).into_bytes();
    server.river.stores().published.put("feed", identifier, &bytes).expect("it is published");
    bytes
}

#[tokio::test]
async fn a_message_is_served_byte_for_byte_and_cached_by_its_tag() {
    let server = Server::start().await;
    let bytes = publish(&server, "urn:x:1", "Public");
    for path in ["/feed/cap/urn:x:1.xml", "/feed/atom.xml"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        assert_eq!(answer.header("cache-control"), "public, max-age=60");
        assert_eq!(answer.header("last-modified"), "Sun, 27 Aug 2017 08:00:00 GMT");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let tag = answer.header("etag").to_owned();
        let held = [("if-none-match", tag.as_str())];
        let again = server.send(Method::GET, "localhost", path, &held, "").await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
        let old = [("if-none-match", "\"old\""), ("if-modified-since", "Sun, 27 Aug 2017 08:00:00 GMT")];
        let fresh = server.send(Method::GET, "localhost", path, &old, "").await;
        assert_eq!(fresh.status.as_u16(), 200);
        let gzip = [("accept-encoding", "gzip")];
        let plain = server.send(Method::GET, "localhost", path, &gzip, "").await;
        assert_eq!((plain.header("content-encoding"), &plain.bytes), ("", &answer.bytes));
    }
    let message = server.get("/feed/cap/urn:x:1.xml").await;
    assert_eq!(message.bytes, bytes);
    assert!(message.header("content-type").starts_with("application/cap+xml"));
    let feed = server.get("/feed/atom.xml").await.text();
    for part in [
        "<id>urn:x:1</id>",
        "<title>Rivers &amp; creeks &lt;rise&gt;</title>",
        "<updated>2017-08-27T08:00:00Z</updated>",
        "<link rel=\"alternate\" type=\"application/cap+xml\" href=\"http://warn.example/feed/cap/urn:x:1.xml\"/>",
        "<cap:expires>2017-08-27T20:00:00-00:00</cap:expires>",
        "<cap:polygon>1,2 1,3 2,3 1,2</cap:polygon>",
    ] {
        assert!(feed.contains(part), "{part} in {feed}");
    }
}

#[tokio::test]
async fn scope_restricted_or_private_is_never_served() {
    let server = Server::start().await;
    publish(&server, "urn:x:2", "Restricted");
    publish(&server, "urn:x:3", "Private");
    let feed = server.get("/feed/atom.xml").await.text();
    assert!(!feed.contains("<entry>"), "{feed}");
    for path in ["/feed/cap/urn:x:2.xml", "/feed/cap/urn:x:3.xml", "/feed/cap/none.xml", "/feed/cap/urn:x:2"]
    {
        assert_eq!(server.get(path).await.refusal(), (404, "unknown".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_feed_without_a_message_is_a_feed() {
    let server = Server::start().await;
    let answer = server.get("/feed/atom.xml").await;
    let limits = beaconfire_cap::Limits::default();
    let document = beaconfire_cap::read(&answer.bytes, &limits).expect("it is well-formed");
    assert_eq!(document.kind, beaconfire_cap::DocumentKind::Atom);
    assert!(document.messages.is_empty() && document.entries.is_empty());
}

#[tokio::test]
async fn what_expired_leaves_the_feed_after_two_days_and_can_still_be_fetched() {
    let server = Server::start().await;
    let bytes = publish(&server, "urn:x:1", "Public");
    server.clock.advance("2017-08-29T19:00:00Z".parse().expect("a time"));
    assert!(server.get("/feed/atom.xml").await.text().contains("urn:x:1"));
    server.clock.advance("2017-08-29T21:00:00Z".parse().expect("a time"));
    assert!(!server.get("/feed/atom.xml").await.text().contains("urn:x:1"));
    assert_eq!(server.get("/feed/cap/urn:x:1.xml").await.bytes, bytes);
}

#[tokio::test]
async fn what_was_superseded_is_marked_by_a_link_to_its_successor() {
    let server = Server::start().await;
    publish(&server, "urn:x:1", "Public");
    let references = "</scope><references>a@example,urn:x:1,2017-08-27T08:00:00-00:00</references>";
    let update = MESSAGE
        .replace("SCOPE", "Public")
        .replace("urn:x:1", "urn:x:2")
        .replace("Alert</msgType>", "Update</msgType>")
        .replace("T08:00:00", "T08:30:00")
        .replace("</scope>", references);
    server.river.stores().published.put("feed", "urn:x:2", update.as_bytes()).expect("it is published");
    let feed = server.get("/feed/atom.xml").await;
    let read = beaconfire_cap::read(&feed.bytes, &beaconfire_cap::Limits::default()).expect("well-formed");
    let successor = |entry: &beaconfire_cap::Entry| {
        let link = entry.links.iter().find(|link| link.rel.as_deref() == Some("successor-version"));
        (entry.id.clone().unwrap_or_default(), link.map(|link| link.href.clone()))
    };
    let successors: Vec<_> = read.entries.iter().map(successor).collect();
    let address = "http://warn.example/feed/cap/urn:x:2.xml".to_owned();
    assert_eq!(successors, [("urn:x:2".to_owned(), None), ("urn:x:1".to_owned(), Some(address))]);
}
