//! JSON and GeoJSON: what is written reads back as the same alert, and what is odd is told.

mod common;

use beaconfire_cap::{
    Alert, Document, DocumentKind, Foreign, Limits, Message, ReadError, check, read, to_geojson, to_json,
};
use common::alert;
use proptest::collection::vec;
use proptest::prelude::*;

fn get(text: &str) -> Result<Document, ReadError> {
    read(text.as_bytes(), &Limits::default())
}

fn foreign() -> impl Strategy<Value = Vec<Foreign>> {
    let one =
        ("/alert(/info\\[1\\])?", "<x>[a-z\"\\\\é]{0,9}</x>").prop_map(|(path, xml)| Foreign { path, xml });
    vec(one, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_alert_written_as_json_reads_back_as_the_same(alert in alert(), foreign in foreign()) {
        let json = to_json(&alert, &foreign);
        let value: serde_json::Value = serde_json::from_str(&json).expect("another reader takes it");
        prop_assert_eq!(value["identifier"].as_str(), Some(&*alert.identifier));
        let document = get(&json).unwrap();
        prop_assert_eq!(document.kind, DocumentKind::Json);
        let message = &document.messages[0];
        prop_assert_eq!(&message.alert, &alert);
        prop_assert_eq!(&message.foreign, &foreign);
        let mut told: Vec<String> = message.findings.iter().map(|f| f.rule.to_string()).collect();
        told.sort();
        prop_assert_eq!(told, rules(&alert));
        prop_assert_eq!(message.bytes.clone(), 0..json.len());
    }

    #[test]
    fn alerts_written_as_geojson_read_back_as_the_same(alerts in vec((alert(), foreign()), 1..4)) {
        let mut alerts = alerts;
        alerts.sort_by(|a, b| a.0.identifier.cmp(&b.0.identifier));
        alerts.dedup_by(|a, b| a.0.identifier == b.0.identifier);
        let text = to_geojson(alerts.iter().map(|(alert, foreign)| (alert, foreign.as_slice())));
        let document = get(&text).unwrap();
        prop_assert_eq!(document.kind, DocumentKind::GeoJson);
        prop_assert!(document.rejected.is_empty());
        let read: Vec<_> = document.messages.iter().map(|m| (m.alert.clone(), m.foreign.clone())).collect();
        prop_assert_eq!(&read, &alerts);
        for message in &document.messages {
            prop_assert!(message.strict(), "{:?}", message.findings);
        }
        geometries(&text);
    }

    #[test]
    fn no_bytes_make_the_reader_of_json_panic(bytes in vec(any::<u8>(), 0..40), at in 0..5000_usize, alert in alert()) {
        for text in [to_json(&alert, &[]), to_geojson([(&alert, &[][..])])] {
            let mut text = text.into_bytes();
            let at = at % text.len();
            text.splice(at..(at + 3).min(text.len()), bytes.clone());
            let _ = read(&text, &Limits::default());
        }
    }
}

fn rules(alert: &Alert) -> Vec<String> {
    // The findings of the rules stand in document order here, in order of the rules there.
    let mut rules: Vec<String> = check(alert).into_iter().map(|f| f.rule.into_owned()).collect();
    rules.sort();
    rules
}

/// Geometries as RFC 7946 wants them, in the eyes of another reader.
fn geometries(text: &str) {
    let value: serde_json::Value = serde_json::from_str(text).expect("another reader takes it");
    for feature in value["features"].as_array().expect("a list") {
        let polygons = match feature["geometry"]["type"].as_str() {
            Some("Polygon") => vec![feature["geometry"]["coordinates"].clone()],
            Some("MultiPolygon") => feature["geometry"]["coordinates"].as_array().expect("polygons").clone(),
            _ => continue,
        };
        for polygon in polygons {
            let ring: Vec<[f64; 2]> = serde_json::from_value(polygon[0].clone()).expect("positions");
            assert!(ring.len() >= 4 && ring.first() == ring.last(), "{ring:?}");
            assert!(ring.iter().all(|[lon, lat]| lon.abs() <= 180.0 && lat.abs() <= 90.0), "{ring:?}");
            let [x0, y0] = ring[0];
            let twice: f64 = ring
                .windows(2)
                .map(|w| (w[0][0] - x0) * (w[1][1] - y0) - (w[1][0] - x0) * (w[0][1] - y0))
                .sum();
            assert!(twice >= -1e-6, "clockwise: {ring:?}");
        }
    }
}

const GOOD: &str = r#"{
  "identifier": "a1", "sender": "met@example.org", "sent": "2026-11-21T17:00:00-06:00",
  "status": "Actual", "msgType": "Update", "scope": "Public",
  "references": [{"sender": "met@example.org", "identifier": "a0", "sent": "2026-11-21T16:00:00-06:00"}],
  "info": [{
    "category": ["Met"], "event": "Flood", "urgency": "Immediate", "severity": "Severe", "certainty": "Likely",
    "parameter": [{"valueName": "p", "value": "v"}],
    "expires": "2026-11-22T17:00:00-06:00",
    "area": [{"areaDesc": "River", "polygon": ["1,2 1,3 2,3 1,2"], "circle": ["1.5,2.5 10"], "altitude": 100}]
  }]
}"#;

/// Replaces `from` by `to`; what is found must be `rules`, and strictness as said.
fn check_change(from: &str, to: &str, strict: bool, rules: &[&str]) -> Message {
    assert!(GOOD.contains(from), "{from}");
    let text = GOOD.replacen(from, to, 1);
    let message = get(&text).unwrap_or_else(|e| panic!("failed to {e}\n{text}")).messages.remove(0);
    let found: Vec<&str> = message.findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(found, rules, "{to}: {:?}", message.findings);
    assert_eq!(message.strict(), strict, "{to}");
    assert!(message.findings.iter().all(|f| f.line > 0 && f.column > 0), "{:?}", message.findings);
    message
}

#[test]
fn a_good_message_has_no_findings() {
    let message = check_change("x", "x", true, &[]);
    let values = [to_json(&message.alert, &[]), GOOD.to_owned()];
    let [written, good] = values.map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap());
    assert_eq!(written, good);
}

#[test]
fn what_means_the_same_is_no_error() {
    check_change("2026-11-22T17:00:00-06:00", "2026-11-22T17:00:00Z", true, &["time-letter"]);
    check_change("2026-11-22T17:00:00-06:00", "2026-11-22T17:00:00+00:00", true, &["time-utc"]);
    check_change("\"Immediate\"", "\"immediate\"", true, &["word-form"]);
    check_change("[\"Met\"]", "\"Met\"", true, &[]);
    check_change("\"altitude\": 100", "\"altitude\": \"100\", \"ceiling\": null", true, &[]);
    check_change("\"event\"", "\"headline\": \"\", \"event\"", true, &["empty-element"]);
    check_change("\"event\"", "\"Event\"", true, &["element-case"]);
    let map = check_change(
        "[{\"valueName\": \"p\", \"value\": \"v\"}]",
        "{\"p\": [\"v\", \"w\"], \"q\": \"x\"}",
        true,
        &[],
    );
    assert_eq!(map.alert.infos[0].parameters.len(), 3);
    let text = "\"met@example.org,a0,2026-11-21T16:00:00-06:00\"";
    let list = &GOOD[GOOD.find("[{\"sender\"").unwrap()..GOOD.find(",\n  \"info\"").unwrap()];
    assert_eq!(check_change(list, text, true, &[]).alert.references[0].identifier, "a0");
}

#[test]
fn what_is_lost_or_guessed_is_an_error_with_its_place() {
    let odd = check_change("\"event\"", "\"colour\": \"red\", \"event\"", false, &["unknown-element"]);
    assert_eq!((odd.findings[0].line, odd.findings[0].column), (6, 26));
    assert_eq!(odd.findings[0].path, "/alert/info[1]");
    check_change("\"event\"", "\"category\": [\"Geo\"], \"event\"", false, &["element-repeated"]);
    check_change("1,2 1,3 2,3 1,2", "1,2 1,3 2,3 2,2", false, &["polygon-open"]);
    check_change("1,2 1,3 2,3 1,2", "river", false, &["polygon-unreadable"]);
    check_change("1,2 1,3 2,3 1,2", "101,2 101,3 102,3 101,2", false, &["polygon-range", "polygon-swapped"]);
    check_change("[\"1,2 1,3 2,3 1,2\"]", "[[[1, 2], [1, 3]]]", false, &["member-type"]);
    check_change("1.5,2.5 10", "1.5,2.5 -1", false, &["circle-unreadable"]);
    check_change("\"altitude\": 100", "\"altitude\": 1e999", false, &["height"]);
    check_change("\"altitude\": 100", "\"ceiling\": 100", false, &["ceiling-alone"]);
    check_change("\"scope\": \"Public\"", "\"scope\": null", false, &["missing"]);
    check_change("\"urgency\": \"Immediate\", ", "", false, &["missing"]);
    check_change("2026-11-22T17:00:00-06:00", "tomorrow", false, &["expires-missing", "time-unreadable"]);
    let late = check_change("\"identifier\": \"a0\"", "\"identifier\": \"a 0\"", false, &["name-characters"]);
    assert_eq!(late.findings[0].line, 4);
}

#[test]
fn what_cannot_be_used_is_told_with_its_place() {
    let odd = get(&GOOD.replace("\"status\": \"Actual\"", "\"status\": \"odd\"")).unwrap();
    assert_eq!((odd.rejected[0].line, odd.messages.len()), (1, 0));
    assert!(odd.rejected[0].message.contains("status") && odd.rejected[0].findings.len() == 2, "{odd:?}");
    let list = format!("[{GOOD}, {{\"identifier\": \"b\"}}, 7]");
    let document = get(&list).unwrap();
    assert_eq!((document.kind, document.messages.len()), (DocumentKind::JsonList, 1));
    let lines: Vec<u32> = document.rejected.iter().map(|r| r.line).collect();
    assert_eq!(lines, [11, 11]);
    for text in [
        "{}",
        "{\"a\": 1}",
        "[1]",
        "{\"type\": \"FeatureCollection\", \"features\": []}",
        "{\"type\": \"Feature\"}",
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"mag\":5}}",
        "{\"identifier\": \"a\"",
    ] {
        assert!(matches!(get(text), Err(ReadError::Json { .. })), "{text}: {:?}", get(text));
    }
    assert!(matches!(get(&"[".repeat(1_000_000)), Err(ReadError::TooDeep { .. })));
    assert!(matches!(
        read(b"{\"identifier\": \"\xff\"}", &Limits::default()),
        Err(ReadError::Json { line: 1, .. })
    ));
    assert_eq!(get("[]").unwrap().messages, []);
}

#[test]
fn over_the_limits_the_newest_stay_and_the_rest_is_told() {
    let items: Vec<String> =
        [3, 9, 1, 7].iter().map(|day| GOOD.replacen("2026-11-21", &format!("2026-11-0{day}"), 1)).collect();
    let limits = Limits { max_alerts: 2, ..Limits::default() };
    let document = read(format!("[{}]", items.join(",")).as_bytes(), &limits).unwrap();
    let days: Vec<String> =
        document.messages.iter().map(|m| m.alert.sent.to_string()[8..10].to_owned()).collect();
    assert_eq!((days, document.dropped), (vec!["09".to_owned(), "07".to_owned()], 2));

    let limits =
        Limits { max_elements: 9, max_positions: 5, max_text: 100, max_findings: 3, ..Limits::default() };
    let long = GOOD.replace("\"Flood\"", &format!("\"{}\"", "é".repeat(99))).replace(
        "[\"1,2 1,3 2,3 1,2\"]",
        &format!("[{}\"1,2 1,3 2,3 1,2\"]", "\"1,2 1,3 2,3 1,2\",".repeat(99)),
    );
    let message = read(long.as_bytes(), &limits).unwrap().messages.remove(0);
    assert_eq!(message.alert.infos[0].areas[0].polygons.len(), 1);
    assert_eq!(message.alert.infos[0].event.len(), 100);
    assert_eq!(message.findings.len(), 4);
    assert_eq!(message.findings[3].rule, "more-findings");
}

#[test]
fn features_may_be_shuffled_and_odd_ones_are_told() {
    let mut alert = get(GOOD).unwrap().messages.remove(0).alert;
    let info = alert.infos[0].clone();
    alert.infos.push(info);
    for n in 0..3 {
        let mut area = alert.infos[0].areas[0].clone();
        area.description = format!("part {n}");
        alert.infos[1].areas.push(area);
    }
    alert.infos[1].description = Some("long ".repeat(1000).trim().to_owned());
    let text = to_geojson([(&alert, &[][..])]);
    assert_eq!(text.matches("long long").count(), 500);
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["features"].as_array_mut().unwrap().reverse();
    let message = get(&value.to_string()).unwrap().messages.remove(0);
    assert_eq!((&message.alert, message.findings), (&alert, vec![]));

    value["features"].as_array_mut().unwrap().remove(0);
    value["features"].as_array_mut().unwrap().remove(1);
    value["features"][0]["properties"]["event"] = "Fire".into();
    value["features"][0]["properties"]["fill"] = "#f00".into();
    let message = get(&value.to_string()).unwrap().messages.remove(0);
    let rules: Vec<&str> = message.findings.iter().map(|f| &*f.rule).collect();
    assert!(rules.contains(&"feature-differs") && rules.contains(&"unknown-element"), "{rules:?}");
    assert!(rules.contains(&"feature-missing"), "{rules:?}");
}

#[test]
fn a_single_feature_of_our_own_is_read() {
    let alert = get(GOOD).unwrap().messages.remove(0).alert;
    let value: serde_json::Value = serde_json::from_str(&to_geojson([(&alert, &[][..])])).unwrap();
    let document = get(&value["features"][0].to_string()).unwrap();
    assert_eq!((document.kind, &document.messages[0].alert), (DocumentKind::GeoJson, &alert));
    let empty = get(&to_geojson([])).unwrap();
    assert_eq!((empty.kind, empty.messages.len()), (DocumentKind::GeoJson, 0));
}

#[test]
fn the_corpus_goes_through_json_and_geojson_unchanged() {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: the corpus in JSON and GeoJSON: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let data = std::path::PathBuf::from(data);
    let (mut total, mut collection) = (0, Vec::new());
    eprintln!("folder | alerts | through JSON | through GeoJSON | with errors that forms cannot bear");
    for folder in [
        "cap/messages",
        "cap/feeds",
        "cap/malformed",
        "feeds/cap-issuers",
        "feeds/cap-signed",
        "feeds/nws-api",
    ] {
        let (mut alerts, mut json, mut geojson, mut broken) = (0, 0, 0, 0);
        let mut files: Vec<_> = std::fs::read_dir(data.join(folder))
            .expect("a folder")
            .map(|f| f.expect("a file").path())
            .collect();
        files.sort();
        for file in files {
            let Ok(document) = read(&std::fs::read(&file).expect("a file"), &Limits::default()) else {
                continue;
            };
            for Message { alert, foreign, .. } in document.messages {
                alerts += 1;
                if check(&alert).iter().any(|f| f.severity == beaconfire_cap::FindingSeverity::Error) {
                    broken += 1;
                    continue;
                }
                let again = get(&to_json(&alert, &foreign)).unwrap().messages.remove(0);
                assert_eq!((&again.alert, &again.foreign), (&alert, &foreign), "{}", file.display());
                assert!(again.strict(), "{}: {:?}", file.display(), again.findings);
                json += 1;
                let text = to_geojson([(&alert, foreign.as_slice())]);
                let again = get(&text).unwrap().messages.remove(0);
                assert_eq!((&again.alert, &again.foreign), (&alert, &foreign), "{}", file.display());
                assert!(again.strict(), "{}: {:?}", file.display(), again.findings);
                geometries(&text);
                geojson += 1;
                collection.push((alert, foreign));
            }
        }
        eprintln!("{folder} | {alerts} | {json} | {geojson} | {broken}");
        total += json;
    }
    assert!(total >= 1000, "{total}");
    // All of them in one collection; some stand in several files.
    collection.sort_by(|a, b| a.0.identifier.cmp(&b.0.identifier));
    collection.dedup_by(|a, b| a.0.identifier == b.0.identifier);
    let all = collection.iter().map(|(alert, foreign)| (alert, foreign.as_slice()));
    let document = get(&to_geojson(all)).unwrap();
    let read: Vec<&Alert> = document.messages.iter().map(|m| &m.alert).collect();
    assert_eq!(read, collection.iter().map(|(alert, _)| alert).collect::<Vec<_>>());
}
