//! The console's files, the API's description, and the server on a socket.

use std::collections::BTreeSet;

use crate::support::Server;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[cfg(feature = "console")]
#[tokio::test]
async fn the_console_answers_for_its_own_routes_and_its_files_are_cached_for_good() {
    use axum::http::Method;
    let server = Server::start().await;
    let index = server.get("/").await;
    assert!(index.header("content-type").starts_with("text/html"));
    assert_eq!(index.header("cache-control"), "no-cache");
    assert_eq!(server.get("/incidents/inc-1/warnings/war-1").await.bytes, index.bytes);
    let held = [("if-none-match", index.header("etag"))];
    let again = server.send(Method::GET, "localhost", "/", &held, "").await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    let text = index.text();
    let at = text.find("/assets/").expect("a file is linked");
    let path = &text[at..at + text[at..].find('"').expect("the attribute is closed")];
    assert!(server.get(path).await.header("cache-control").contains("immutable"), "{path}");
    let gzip = [("accept-encoding", "gzip")];
    let packed = server.send(Method::GET, "localhost", path, &gzip, "").await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let post = server.send(Method::POST, "localhost", "/incidents", &[], "").await;
    assert_eq!(post.refusal(), (405, "method".to_owned()));
}

#[cfg(not(feature = "console"))]
#[tokio::test]
async fn without_the_console_the_first_page_says_so() {
    let server = Server::start().await;
    assert_eq!(server.get("/").await.text(), beaconfire_serve::console::NOT_BUILT);
}

#[tokio::test]
async fn the_description_names_every_operation_once_and_every_schema_that_it_uses() {
    let server = Server::start().await;
    let described = server.get("/api/openapi.json").await.json();
    let paths = described["paths"].as_object().expect("paths");
    let mut ids = BTreeSet::new();
    let mut operations = 0;
    for item in paths.values() {
        for operation in item.as_object().expect("an object").values() {
            operations += 1;
            ids.insert(operation["operationId"].as_str().expect("a name").to_owned());
        }
    }
    assert!(operations >= 30, "{operations}");
    assert_eq!(ids.len(), operations, "{ids:?}");
    for path in [
        "/api/v1/session/token",
        "/api/v1/incidents/{id}/warnings",
        "/api/v1/warnings/{id}/send-back",
        "/api/v1/intake/{source}",
        "/api/v1/events",
        "/feed/atom.xml",
        "/health/ready",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    let schemas = described["components"]["schemas"].as_object().expect("schemas");
    let mut used = BTreeSet::new();
    references(&described, &mut used);
    for name in used {
        assert!(schemas.contains_key(&name), "{name} is used and not described");
    }
    assert!(schemas.contains_key("ErrorBody"));
}

fn references(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object.get("$ref").and_then(Value::as_str) {
                used.insert(name.trim_start_matches("#/components/schemas/").to_owned());
            }
            object.values().for_each(|value| references(value, used));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, used)),
        _ => {}
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_what_was_asked_for() {
    let server = Server::start().await;
    server.get("/api/v1/incidents/inc-secret").await;
    server.get("/secret").await;
    let metrics = server.get("/metrics").await.text();
    let line =
        "beaconfire_http_requests_total{method=\"GET\",route=\"/api/v1/incidents/{id}\",status=\"401\"} 1";
    assert!(metrics.contains(line), "{metrics}");
    assert!(!metrics.contains("secret"), "{metrics}");
}

#[tokio::test]
async fn the_server_answers_on_a_socket_until_it_is_told_to_end() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async move { drop(ended.await) };
    let serving = tokio::spawn(beaconfire_serve::serve(listener, server.router.clone(), shutdown));
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET /health/live HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"status\":\"live\"}"), "{answer}");
    end.send(()).expect("it waits for the end");
    serving.await.expect("it does not panic").expect("it ends well");
}
