//! Hostile input: a clear answer, in bounded memory, and never a panic.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use beaconfire_flow::source::poll::{Address, Outcome, Poller, Request};
use beaconfire_flow::source::{KINDS, Options, Parsed, kind, parse};
use proptest::prelude::*;
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const ALERT: &str = r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A-1</identifier><sender>w@alfa.example</sender><sent>2026-03-02T03:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty><expires>2026-03-02T09:00:00-00:00</expires><area><areaDesc>Here</areaDesc><polygon>POLYGON</polygon></area></info></alert>"#;

/// A small valid payload of each kind.
fn valid(kind: &str) -> String {
    match kind {
        "cap" => ALERT.replace("POLYGON", "0,0 0,1 1,1 0,0"),
        "cisa-kev" => r#"{"dateReleased":"2026-02-26T15:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-4761","vendorProject":"Google","product":"V8","vulnerabilityName":"x","dateAdded":"2026-02-26","dueDate":"2026-03-19","knownRansomwareCampaignUse":"Unknown"}]}"#.to_owned(),
        "series-csv" => "series,time,value,quality\na,2026-01-01T00:00:00Z,1.5,A\n\"b\",2026-01-01,NA,\n".to_owned(),
        "series-ndjson" => "{\"series\":\"a\",\"time\":\"2026-01-01T00:00:00Z\",\"value\":1.5}\n{\"series\":\"b\",\"time\":\"2026-01-01\",\"value\":null,\"quality\":\"e\\n\"}\n".to_owned(),
        "usgs-nwis" => r#"{"value":{"timeSeries":[{"sourceInfo":{"siteCode":[{"value":"01"}]},"variable":{"variableCode":[{"value":"00065"}],"unit":{"unitCode":"ft"},"noDataValue":-999999.0},"values":[{"value":[{"value":"6.48","qualifiers":["A"],"dateTime":"2019-02-14T00:00:00.000-05:00"}],"method":[{"methodDescription":"","methodID":1}]}]}]}}"#.to_owned(),
        "usgs-quake" => r#"{"type":"FeatureCollection","metadata":{"generated":1460497846000},"features":[{"type":"Feature","properties":{"mag":4.1,"place":"p","time":1460494200000,"updated":1460496137194,"type":"earthquake","title":"t"},"geometry":{"type":"Point","coordinates":[-162.8,67.6,13.7]},"id":"ak1"}]}"#.to_owned(),
        other => panic!("write a small payload of kind {other}"),
    }
}

fn accounted_for(parsed: &Parsed) -> bool {
    let taken = (parsed.observations.len() + parsed.events.len() + parsed.alerts.len()) as u64;
    let known = taken + parsed.missing + parsed.unread + parsed.dropped;
    let values_finite = parsed.observations.iter().all(|o| o.value.is_finite())
        && parsed.events.iter().all(|event| event.numbers.values().all(|number| number.is_finite()));
    values_finite && known <= parsed.entries && (known == parsed.entries || !parsed.links.is_empty())
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(usize, u8),
    Remove(usize, usize),
    Insert(usize, String),
    Repeat(usize, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let tokens = prop_oneof![
        Just("{"),
        Just("["),
        Just("]"),
        Just("\""),
        Just(","),
        Just("null"),
        Just("NaN"),
        Just("1e999"),
        Just("-"),
        Just("\n"),
        Just("\t"),
        Just("é"),
        Just("\u{0}"),
        Just("99999"),
        Just("<"),
        Just("&x;"),
        Just("<!DOCTYPE a>"),
        Just("<html"),
        Just("\\u0000"),
        Just("true"),
        Just("<alert>"),
        Just("</"),
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<usize>(), 1_usize..30).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<usize>(), tokens).prop_map(|(at, token)| Mutation::Insert(at, token.to_owned())),
        (any::<usize>(), 1_usize..60).prop_map(|(at, length)| Mutation::Repeat(at, length)),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: Mutation) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match mutation {
        Mutation::Replace(at, byte) => bytes[at % length] = byte,
        Mutation::Remove(at, count) => {
            let at = at % length;
            bytes.drain(at..(at + count).min(length));
        }
        Mutation::Insert(at, text) => drop(bytes.splice(at % length..at % length, text.bytes())),
        Mutation::Repeat(at, count) => {
            let at = at % length;
            let piece = bytes[at..(at + count).min(length)].to_vec();
            drop(bytes.splice(at..at, piece));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn nothing_panics_and_nothing_accepted_is_lost(
        which in 0..KINDS.len(), mutations in proptest::collection::vec(mutation(), 1..6),
    ) {
        let mut bytes = valid(KINDS[which].name).into_bytes();
        for mutation in mutations {
            mutate(&mut bytes, mutation);
        }
        for kind in KINDS {
            if let Ok(parsed) = parse(kind.name, &bytes) {
                prop_assert!(accounted_for(&parsed), "{}: {:?}", kind.name, parsed);
            }
        }
    }
}

#[test]
fn the_small_payloads_are_valid() {
    for kind in KINDS {
        let parsed = parse(kind.name, valid(kind.name).as_bytes()).unwrap();
        assert!(parsed.entries > 0 && parsed.problems.is_empty(), "{}", kind.name);
    }
}

#[test]
fn document_types_are_refused() {
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;&lol;\">]>{}",
        ALERT.replace("Flood", "&lol2;")
    );
    let error = parse("cap", bomb.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("DOCTYPE"), "{error}");
}

#[test]
fn deep_nesting_is_refused_by_every_kind() {
    let deep = 200_000;
    for text in [
        "[".repeat(deep),
        r#"{"a":"#.repeat(deep),
        format!(r#"{{"vulnerabilities":{}"#, "[".repeat(deep)),
        format!(r#"{{"type":"FeatureCollection","features":[{}"#, r#"{"properties":"#.repeat(deep)),
        format!(r#"{{"value":{{"timeSeries":{}"#, "[".repeat(deep)),
        "<a>".repeat(deep),
        format!("series,time,value\n{}\n", "\"".repeat(deep)),
        format!(
            r#"{{"series":"a","time":"2026-01-01","value":1,"x":{}{}}}"#,
            "[".repeat(deep),
            "]".repeat(deep)
        ),
    ] {
        for kind in KINDS {
            assert!(parse(kind.name, text.as_bytes()).is_err(), "{} {:.30}", kind.name, text);
        }
    }
}

fn area_of(info: &beaconfire_cap::Info) -> (beaconfire_geo::Area, Option<String>) {
    use beaconfire_core::area::{LeftOut, Semantics, of_info};
    let at = jiff::Timestamp::UNIX_EPOCH;
    let found =
        of_info(info, &LeftOut::default(), &beaconfire_geo::geocode::Registry::new(), at, Semantics::Union);
    (found.area.clone(), found.unresolved())
}

#[test]
fn a_polygon_of_a_million_points_is_kept_and_its_area_is_unresolved() {
    let mut points = String::new();
    for at in 0..1_000_000 {
        let angle = f64::from(at) * std::f64::consts::TAU / 1e6;
        points.push_str(&format!("{:.6},{:.6} ", angle.sin() * 10.0, angle.cos() * 10.0));
    }
    points.push_str("0.000000,10.000000");
    let parsed = parse("cap", ALERT.replace("POLYGON", &points).as_bytes()).unwrap();
    let alert = &parsed.alerts[0].alert;
    assert_eq!(alert.identifier, "A-1", "the alert is kept");
    let (area, unresolved) = area_of(&alert.infos[0]);
    assert!(matches!(area, beaconfire_geo::Area::Unresolved(_)), "such a ring is not worked with");
    assert!(unresolved.is_some());

    let beside = "<polygon>0,0 0,1 1,1 0,0</polygon><polygon>POLYGON</polygon>";
    let text = ALERT.replace("<polygon>POLYGON</polygon>", beside).replace("POLYGON", &points);
    let info = parse("cap", text.as_bytes()).unwrap().alerts[0].alert.infos[0].clone();
    let (area, unresolved) = area_of(&info);
    assert_eq!(area.shapes().len(), 1, "what can be worked with is");
    assert!(unresolved.is_some(), "and what cannot is not forgotten");
}

#[test]
fn many_empty_entries_take_no_memory_to_speak_of() {
    let options = Options { max_entries: Some(100), ..Options::default() };
    let many = "{},".repeat(1_000_000);
    for (name, text) in [
        ("usgs-quake", format!(r#"{{"type":"FeatureCollection","features":[{many}{{}}]}}"#)),
        ("cisa-kev", format!(r#"{{"vulnerabilities":[{many}{{}}]}}"#)),
        ("usgs-nwis", format!(r#"{{"value":{{"timeSeries":[{{"values":[{{"value":[{many}{{}}]}}]}}]}}}}"#)),
    ] {
        let error = (kind(name).unwrap().parse)(&options, text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("1000001 entries"), "{name}: {error}");
    }
}

#[test]
fn over_a_stated_limit_the_newest_are_kept_and_the_rest_is_counted() {
    let options = Options { max_entries: Some(1_000), ..Options::default() };
    let rows: String =
        (0..50_000).map(|s| format!("a,{},{s}\n", jiff::Timestamp::from_second(s).unwrap())).collect();
    let parsed =
        (kind("series-csv").unwrap().parse)(&options, format!("series,time,value\n{rows}").as_bytes());
    let parsed = parsed.unwrap();
    assert_eq!((parsed.entries, parsed.dropped, parsed.observations.len()), (50_000, 49_000, 1_000));
    assert_eq!(parsed.observations[0].value, 49_000.0);
}

/// A server of what sources should not send.
async fn serve() -> String {
    let endless = |_: ()| {
        let chunk = Bytes::from(vec![b'x'; 1 << 20]);
        Body::from_stream(futures::stream::iter((0..1024).map(move |_| Ok::<_, Infallible>(chunk.clone()))))
    };
    let app = Router::new()
        .route("/gigabyte", get(move || async move { endless(()) }))
        .route("/bomb", get(|| async { ([(header::CONTENT_ENCODING, "gzip")], gzip_of_zeros(256 << 20)) }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_secs(60)).await;
                "late"
            }),
        )
        .route("/loop", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/loop")]) }))
        .route("/once", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/good")]) }))
        .route(
            "/other-scheme",
            get(|| async { (StatusCode::FOUND, [(header::LOCATION, "https://127.0.0.1:1/")]) }),
        )
        .route("/forbidden", get(|| async { StatusCode::FORBIDDEN }))
        .route("/busy", get(|| async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "120")]) }))
        .route(
            "/dated",
            get(|headers: HeaderMap| async move {
                const CHANGED: &str = "Mon, 02 Mar 2026 06:00:00 GMT";
                if headers.get(header::IF_MODIFIED_SINCE).is_some_and(|since| since == CHANGED) {
                    return StatusCode::NOT_MODIFIED.into_response();
                }
                ([(header::LAST_MODIFIED, CHANGED)], "dated").into_response()
            }),
        )
        .route(
            "/good",
            get(|headers: HeaderMap| async move {
                if headers.get(header::IF_NONE_MATCH).is_some_and(|etag| etag == "\"v1\"") {
                    return StatusCode::NOT_MODIFIED.into_response();
                }
                let sent =
                    [(header::ETAG, "\"v1\""), (header::LAST_MODIFIED, "Mon, 02 Mar 2026 06:00:00 GMT")];
                (sent, "good").into_response()
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// Zeros, packed by hand: one stored DEFLATE block is no bomb, so this repeats a fixed-Huffman match.
fn gzip_of_zeros(length: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    // One fixed-Huffman block: a literal zero, then matches of length 258 at distance 1.
    bits.push(0b1, 1);
    bits.push(0b01, 2);
    bits.push_code(0b0011_0000, 8);
    for _ in 0..length / 258 {
        bits.push_code(0b1100_0101, 8);
        bits.push_code(0b00000, 5);
    }
    bits.push_code(0, 7);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(bits.finish());
    // The checksum is wrong; a bomb that is read to its end would fail otherwise than by its size.
    bytes.extend([0; 8]);
    bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.open |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.open as u8);
            self.open >>= 8;
            self.count -= 8;
        }
    }

    /// Huffman codes stand with their first bit first.
    fn push_code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }

    fn finish(mut self) -> Vec<u8> {
        self.push(0, 7);
        self.bytes
    }
}

async fn poll(url: String, change: impl FnOnce(&mut Request)) -> Outcome {
    let mut request = Request::new(Address::read(&url).unwrap(), 1 << 20);
    change(&mut request);
    Poller::new().unwrap().poll(&request).await
}

#[tokio::test]
async fn a_body_of_a_gigabyte_and_one_that_expands_are_cut_at_the_limit() {
    let server = serve().await;
    for path in ["gigabyte", "bomb"] {
        let outcome = poll(format!("{server}/{path}"), |_| {}).await;
        assert_eq!(outcome, Outcome::TooLarge { limit: 1 << 20 }, "{path}");
    }
}

#[tokio::test]
async fn a_length_over_the_limit_is_refused_before_the_body_comes() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n").await.unwrap();
        // No body ever comes: only the length can have been the reason.
        let _ = stream.read(&mut request).await;
    });
    let outcome = poll(format!("http://{address}/"), |_| {}).await;
    assert_eq!(outcome, Outcome::TooLarge { limit: 1 << 20 });
    server.abort();
}

#[tokio::test]
async fn the_bomb_is_a_gzip_body_that_a_client_expands() {
    let server = serve().await;
    let packed = gzip_of_zeros(256 << 20).len();
    assert!(packed < 1 << 21, "{packed}");
    let answer = reqwest::get(format!("{server}/bomb")).await.unwrap();
    let mut answer = answer;
    let (mut seen, mut zeros) = (0, true);
    while let Some(chunk) = answer.chunk().await.unwrap() {
        seen += chunk.len();
        zeros &= chunk.iter().all(|byte| *byte == 0);
        if seen > 2 * packed {
            break;
        }
    }
    assert!(zeros && seen > 2 * packed);
}

#[tokio::test]
async fn refusals_failures_and_redirects_are_told_apart() {
    let server = serve().await;
    let at = |path: &str| format!("{server}/{path}");
    assert_eq!(poll(at("forbidden"), |_| {}).await, Outcome::Refused { status: 403 });
    assert_eq!(poll(at("nothing-here"), |_| {}).await, Outcome::Refused { status: 404 });
    let Outcome::Failed { words, retry_after } = poll(at("busy"), |_| {}).await else {
        panic!("429 is a failure")
    };
    assert!(words.contains("429") && retry_after == Some(Duration::from_secs(120)));
    for (path, expected) in [("loop", "5 redirects"), ("other-scheme", "another scheme")] {
        let Outcome::Failed { words, .. } = poll(at(path), |_| {}).await else { panic!("{path}") };
        assert!(words.contains(expected), "{words}");
    }
    let slow = poll(at("slow"), |request| request.time_out = Duration::from_millis(200)).await;
    assert!(matches!(slow, Outcome::Failed { .. }), "{slow:?}");
    let gone = poll("http://127.0.0.1:1/".to_owned(), |_| {}).await;
    assert!(matches!(gone, Outcome::Failed { .. }), "{gone:?}");
    assert!(matches!(poll(at("once"), |_| {}).await, Outcome::Body { .. }));
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let server = serve().await;
    let Outcome::Body { bytes, content_type, etag, last_modified } =
        poll(format!("{server}/good"), |_| {}).await
    else {
        panic!("a body")
    };
    assert_eq!((&bytes[..], etag.as_deref()), (&b"good"[..], Some("\"v1\"")));
    assert!(content_type.unwrap().starts_with("text/plain") && last_modified.is_some());
    let again = poll(format!("{server}/good"), |request| request.etag = etag).await;
    assert_eq!(again, Outcome::NotModified);

    let Outcome::Body { etag: None, last_modified, .. } = poll(format!("{server}/dated"), |_| {}).await
    else {
        panic!("a body with a date alone")
    };
    let again = poll(format!("{server}/dated"), |request| request.last_modified = last_modified).await;
    assert_eq!(again, Outcome::NotModified, "a date is enough");
}

#[tokio::test]
async fn local_files_and_folders_are_sources() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.xml"), valid("cap")).unwrap();
    std::fs::write(folder.path().join(".b.xml.part"), "half").unwrap();
    let address = Address::Path(folder.path().to_owned());
    let poller = Poller::new().unwrap();
    let request = Request::new(address.clone(), 1 << 20);
    let Outcome::Body { bytes, etag, .. } = poller.poll(&request).await else { panic!("a listing") };
    let listed = parse("cap", &bytes).unwrap();
    assert_eq!((listed.links.len(), listed.entries), (1, 1));
    assert_eq!(listed.links[0].href, "a.xml");
    assert!(listed.links[0].changed.is_some());
    let again = Request { etag, ..request.clone() };
    assert_eq!(poller.poll(&again).await, Outcome::NotModified);
    let file = Request::new(address.follow(&listed.links[0].href).unwrap(), 1 << 20);
    let Outcome::Body { bytes, etag, .. } = poller.poll(&file).await else { panic!("a file") };
    assert_eq!(parse("cap", &bytes).unwrap().alerts.len(), 1);
    assert_eq!(poller.poll(&Request { etag, ..file.clone() }).await, Outcome::NotModified);
    assert_eq!(poller.poll(&Request { max_bytes: 10, ..file }).await, Outcome::TooLarge { limit: 10 });
    let missing = Request::new(Address::Path(folder.path().join("none")), 10);
    assert!(matches!(poller.poll(&missing).await, Outcome::Failed { .. }));
}
