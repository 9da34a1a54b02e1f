//! The sink over HTTP: it acts once on a key.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use beaconfire_core::sha256_hex;
use serde_json::Value;
use tower::ServiceExt;

const MESSAGE: &str = r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>urn:x:1</identifier><sender>a@example</sender><sent>2017-08-27T08:00:00-00:00</sent><status>Exercise</status><msgType>Alert</msgType><scope>Public</scope></alert>"#;

async fn post(router: &Router, key: Option<&str>, body: &str) -> (StatusCode, Value) {
    let mut request = Request::builder().method("POST").uri("/hook");
    if let Some(key) = key {
        request = request.header("Beaconfire-Key", key);
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    let response = router.clone().oneshot(request).await.expect("the router answers");
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("the body ends");
    (status, serde_json::from_slice(&bytes).expect("JSON"))
}

#[tokio::test]
async fn the_same_key_comes_again_with_identical_bytes_and_the_sink_acts_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("sink.ndjson");
    let other = MESSAGE.replace("urn:x:1", "urn:x:2");
    {
        let router = beaconfire_serve::sink::router(&log).expect("it starts");
        let (status, answer) = post(&router, Some("urn:x:1@hook"), MESSAGE).await;
        assert_eq!((status, &answer["repeat"]), (StatusCode::OK, &Value::Bool(false)));
        assert_eq!(answer["digest"], sha256_hex(MESSAGE.as_bytes()));
        let (status, answer) = post(&router, Some("urn:x:1@hook"), MESSAGE).await;
        assert_eq!((status, &answer["repeat"]), (StatusCode::OK, &Value::Bool(true)));
        let (status, answer) = post(&router, Some("urn:x:1@hook"), &other).await;
        assert_eq!((status, &answer["error"]["code"]), (StatusCode::CONFLICT, &"different".into()));
    }
    let router = beaconfire_serve::sink::router(&log).expect("it starts again");
    let (status, answer) = post(&router, Some("urn:x:1@hook"), MESSAGE).await;
    assert_eq!((status, &answer["repeat"]), (StatusCode::OK, &Value::Bool(true)));
    let (status, _) = post(&router, Some("urn:x:2@hook"), &other).await;
    assert_eq!(status, StatusCode::OK);
    let lines = std::fs::read_to_string(&log).expect("it reads");
    let lines: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["key"], "urn:x:1@hook");
    assert_eq!(lines[0]["identifier"], "urn:x:1");
    assert_eq!(lines[0]["bytes"], MESSAGE.len());
    assert_eq!(lines[0]["body"], MESSAGE);
}

#[tokio::test]
async fn what_has_no_key_or_is_no_message_is_not_acted_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("sink.ndjson");
    let router = beaconfire_serve::sink::router(&log).expect("it starts");
    assert_eq!(post(&router, None, MESSAGE).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(post(&router, Some(&"k".repeat(600)), MESSAGE).await.0, StatusCode::BAD_REQUEST);
    for body in ["", "rubbish", "<alert/>", "<!DOCTYPE a><a/>", &"x".repeat(9 << 20)] {
        let (status, _) = post(&router, Some("k"), body).await;
        assert!(status.is_client_error(), "{status}");
    }
    assert_eq!(std::fs::read_to_string(&log).expect("it reads"), "");
}
