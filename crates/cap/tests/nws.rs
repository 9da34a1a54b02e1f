//! Alerts of the US National Weather Service's API, as GeoJSON.

use std::collections::BTreeMap;

use beaconfire_cap::{Document, DocumentKind, Limits, MsgType, ResponseType, Scope, read, write};

const FEATURE: &str = r#"{
  "id": "https://api.weather.gov/alerts/urn:oid:1.2.3", "type": "Feature",
  "geometry": {"type": "Polygon", "coordinates": [[[-97.5, 35.1], [-97.2, 35.1], [-97.2, 35.4], [-97.5, 35.1]]]},
  "properties": {
    "@id": "https://api.weather.gov/alerts/urn:oid:1.2.3", "@type": "wx:Alert", "id": "urn:oid:1.2.3",
    "areaDesc": "Alfa; Bravo", "geocode": {"SAME": ["040027", "040087"], "UGC": ["OKC027"]},
    "affectedZones": ["https://api.weather.gov/zones/county/OKC027", "https://api.weather.gov/zones/county/OKC087"],
    "references": [{"@id": "https://api.weather.gov/alerts/urn:oid:1.2.2", "identifier": "urn:oid:1.2.2",
      "sender": "w-nws.webmaster@noaa.gov", "sent": "2026-05-20T17:00:00-05:00"}],
    "sent": "2026-05-20T18:00:00-05:00", "effective": "2026-05-20T18:00:00-05:00", "onset": null,
    "expires": "2026-05-20T19:00:00-05:00", "ends": "2026-05-20T19:15:00-05:00",
    "status": "Actual", "messageType": "Update", "category": "Met", "severity": "Severe", "certainty": "Observed",
    "urgency": "Immediate", "event": "Severe Thunderstorm Warning", "sender": "w-nws.webmaster@noaa.gov",
    "senderName": "NWS Norman OK", "headline": "h", "description": "d", "instruction": null, "response": "Shelter",
    "parameters": {"VTEC": ["/O.CON.KOUN.SV.W.0001.000000T0000Z-260521T0015Z/"], "BLOCKCHANNEL": ["EAS", "NWEM"]},
    "scope": "Public", "code": "IPAWSv1.0", "language": "en-US", "web": "http://www.weather.gov",
    "eventCode": {"SAME": ["SVR"], "NationalWeatherService": ["SVW"]}
  }
}"#;

fn get(text: &str) -> Document {
    read(text.as_bytes(), &Limits::default()).unwrap_or_else(|e| panic!("failed to {e}"))
}

#[test]
fn a_feature_becomes_an_alert_with_one_info_and_one_area() {
    let document = get(FEATURE);
    assert_eq!(document.kind, DocumentKind::NwsGeoJson);
    let message = &document.messages[0];
    let rules: Vec<(&str, u32)> = message.findings.iter().map(|f| (&*f.rule, f.line)).collect();
    // The zone that no geocode names, and the end that no parameter bears.
    assert_eq!(rules, [("member-moved", 7), ("member-moved", 11)]);
    assert!(message.strict());
    let alert = &message.alert;
    assert_eq!(
        (alert.identifier.as_str(), alert.msg_type, alert.scope),
        ("urn:oid:1.2.3", MsgType::Update, Scope::Public)
    );
    assert_eq!(alert.references[0].identifier, "urn:oid:1.2.2");
    assert_eq!(alert.codes, ["IPAWSv1.0"]);
    let info = &alert.infos[0];
    assert_eq!(info.response_types, [ResponseType::Shelter]);
    let named = |values: &[beaconfire_cap::Named]| -> Vec<String> {
        values.iter().map(|v| format!("{}={}", v.name(), v.value())).collect()
    };
    assert_eq!(named(&info.event_codes), ["SAME=SVR", "NationalWeatherService=SVW"]);
    assert_eq!(
        named(&info.parameters)[1..],
        ["BLOCKCHANNEL=EAS", "BLOCKCHANNEL=NWEM", "eventEndingTime=2026-05-20T19:15:00-05:00"]
    );
    assert_eq!(named(&info.areas[0].geocodes), ["SAME=040027", "SAME=040087", "UGC=OKC027", "UGC=OKC087"]);
    assert_eq!(info.areas[0].polygons[0][0].lat, 35.1);
    assert_eq!(info.areas[0].description, "Alfa; Bravo");
}

#[test]
fn one_bad_feature_loses_no_other() {
    let list = |features: &str| {
        format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{features}],\"updated\":\"2026-05-20T23:00:00+00:00\"}}"
        )
    };
    let bad = FEATURE.replace("\"sent\": \"2026-05-20T18", "\"sent\": \"soon");
    let document = get(&list(&format!("{FEATURE},{bad},{FEATURE}")));
    assert_eq!((document.messages.len(), document.rejected.len()), (2, 1));
    assert!(document.rejected[0].message.contains("sent"), "{:?}", document.rejected);
    assert_eq!(document.rejected[0].line as usize, FEATURE.lines().count());
    assert_eq!(document.updated.unwrap().to_string(), "2026-05-20T23:00:00-00:00");
    assert_eq!(read(bad.as_bytes(), &Limits::default()).unwrap().rejected.len(), 1);
    let quiet = "{\"@context\":[\"https://x\",{\"wx\":\"https://api.weather.gov/ontology#\"}],\
        \"type\":\"FeatureCollection\",\"features\":[],\"title\":\"current\"}";
    assert_eq!((get(quiet).kind, get(quiet).messages.len()), (DocumentKind::NwsGeoJson, 0));
}

#[test]
fn what_the_form_cannot_carry_is_told() {
    let rule = |from: &str, to: &str, rule: &str| {
        assert!(FEATURE.contains(from), "{from}");
        let message = get(&FEATURE.replacen(from, to, 1)).messages.remove(0);
        assert!(
            message.findings.iter().any(|f| f.rule == rule && f.line > 0),
            "{to}: {:?}",
            message.findings
        );
        message
    };
    rule("\"scope\": \"Public\",", "", "scope-absent");
    rule("[[[-97.5, 35.1]", "[[[1,1],[1,2],[2,2],[1,1]],[[-97.5, 35.1]", "polygon-hole");
    rule("\"type\": \"Polygon\"", "\"type\": \"Point\"", "geometry");
    rule("[-97.2, 35.1]", "[-97.2, \"x\"]", "polygon-unreadable");
    rule("\"onset\": null", "\"replacedBy\": \"urn:oid:9\"", "unknown-element");
}

#[test]
fn no_alert_of_the_recorded_api_is_lost() {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: alerts of the NWS API: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let folder = std::path::PathBuf::from(data).join("feeds/nws-api");
    eprintln!("file | features | read | strict | polygons | written as CAP 1.2 | not, by rule");
    for (file, features, polygons) in [
        ("alerts_active_guam.geojson", 246, 14),
        ("alerts_active_northwest.geojson", 529, 19),
        ("pynws_alerts_active_zone.json", 1, 0),
    ] {
        let bytes = std::fs::read(folder.join(file)).expect("the recording is there");
        let document = read(&bytes, &Limits::default()).unwrap();
        assert_eq!((document.messages.len(), document.rejected.len()), (features, 0), "{file}");
        let mut rules: BTreeMap<String, usize> = BTreeMap::new();
        let (mut strict, mut written, mut rings) = (0, 0, 0);
        for message in &document.messages {
            assert!(bytes[message.bytes.clone()].starts_with(b"{"));
            let area = &message.alert.infos[0].areas[0];
            assert!(!area.geocodes.is_empty() && !area.description.is_empty());
            rings += area.polygons.len();
            strict += usize::from(message.strict());
            match write(&message.alert) {
                Ok(xml) => {
                    let again = read(xml.as_bytes(), &Limits::default()).unwrap();
                    assert!(again.messages[0].strict());
                    assert_eq!(again.messages[0].alert.references, message.alert.references);
                    written += 1;
                }
                Err(findings) => {
                    for finding in findings.iter().filter(|f| f.severity.as_str() == "error") {
                        *rules.entry(finding.rule.to_string()).or_default() += 1;
                    }
                }
            }
        }
        eprintln!(
            "{file} | {features} | {} | {strict} | {rings} | {written} | {rules:?}",
            document.messages.len()
        );
        assert_eq!(rings, polygons, "{file}");
        assert!(rules.keys().all(|rule| rule == "references-missing"), "{rules:?}");
    }
}
