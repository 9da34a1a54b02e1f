//! Tests of the answer on whole documents.

use serde_json::{Value, json};

use super::CheckView;

/// The answer on a document as its reader sees it.
fn check(text: &str) -> Value {
    serde_json::to_value(CheckView::of(text.as_bytes(), &[])).expect("it is JSON")
}

fn alert(identifier: &str, areas: &str) -> String {
    format!(
        "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>{identifier}</identifier>\
         <sender>warn@county.example</sender><sent>2026-11-25T03:00:00+01:00</sent><status>Exercise</status>\
         <msgType>Alert</msgType><scope>Public</scope><note>EX-1</note><info><language>en-GB</language>\
         <category>Met</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity>\
         <certainty>Observed</certainty><expires>2026-11-25T09:00:00+01:00</expires>\
         <senderName>Crooked County</senderName>{areas}</info></alert>"
    )
}

fn area(shapes: &str) -> String {
    format!("<area><areaDesc>Low ground</areaDesc>{shapes}</area>")
}

const SQUARE: &str = "<polygon>10,20 10,21 11,21 10,20</polygon>";

#[test]
fn a_good_message_is_strict_and_told_whole() {
    let answer = check(&alert("A-1", &area(SQUARE)));
    assert_eq!((&answer["document"], &answer["error"]), (&json!("alert"), &Value::Null));
    let message = &answer["messages"][0];
    assert_eq!(message["findings"], json!([]));
    for (name, value) in [
        ("index", json!(0)),
        ("identifier", json!("A-1")),
        ("version", json!("1.2")),
        ("strict", json!(true)),
        ("usable", json!(true)),
        ("sender", json!("warn@county.example")),
        ("sent", json!("2026-11-25T03:00:00+01:00")),
        ("status", json!("Exercise")),
        ("msg_type", json!("Alert")),
        ("scope", json!("Public")),
    ] {
        assert_eq!(message[name], value, "{name}");
    }
    let expected = json!({
        "language": "en-GB", "event": "Flood", "headline": null, "urgency": "Immediate", "severity": "Severe",
        "certainty": "Observed", "effective": null, "onset": null, "expires": "2026-11-25T09:00:00+01:00",
        "sender_name": "Crooked County",
        "areas": [{ "description": "Low ground", "geocodes": [], "unresolved": null }],
    });
    assert_eq!(message["infos"], json!([expected]));
    let feature = json!({
        "type": "Feature",
        "geometry": { "type": "Polygon", "coordinates": [[[20.0, 10.0], [21.0, 10.0], [21.0, 11.0], [20.0, 10.0]]] },
        "properties": { "info": 1, "area": 1, "shape": "polygon" },
    });
    assert_eq!(message["geojson"], json!({ "type": "FeatureCollection", "features": [feature] }));
}

#[test]
fn an_open_ring_is_drawn_and_one_off_the_globe_is_told() {
    let shapes = "<polygon>10,20 10,21 11,21 11,20</polygon><polygon>95,20 10,21 11,21 95,20</polygon>";
    let message = check(&alert("A-1", &area(shapes)))["messages"][0].clone();
    assert_eq!((&message["strict"], &message["usable"]), (&json!(false), &json!(true)));
    let rules: Vec<_> =
        message["findings"].as_array().expect("findings").iter().map(|f| &f["rule"]).collect();
    assert_eq!(rules, ["polygon-open", "polygon-range"]);
    let features = message["geojson"]["features"].as_array().expect("features");
    assert_eq!(features.len(), 1, "{features:?}");
    let ring = features[0]["geometry"]["coordinates"][0].as_array().expect("a ring");
    assert_eq!((ring.len(), ring.first()), (5, ring.last()));
}

#[test]
fn circles_and_rings_across_the_antimeridian_run_on() {
    let shapes = "<polygon>-17,179 -17,-179 -18,-179 -17,179</polygon><circle>-18,179.9 50</circle>";
    let message = check(&alert("A-1", &area(shapes)))["messages"][0].clone();
    let features = message["geojson"]["features"].as_array().expect("features");
    assert_eq!(features[1]["properties"]["shape"], "circle");
    assert_eq!(features[1]["geometry"]["coordinates"][0].as_array().map(Vec::len), Some(65));
    for feature in features {
        let ring = feature["geometry"]["coordinates"][0].as_array().expect("a ring");
        let lon = |n: usize| ring[n][0].as_f64().expect("a number");
        assert!((1..ring.len()).all(|n| (lon(n) - lon(n - 1)).abs() < 3.0), "{ring:?}");
    }
}

#[test]
fn codes_alone_are_unresolved_and_told() {
    let code = "<geocode><valueName>SAME</valueName><value>048201</value></geocode>";
    let areas = area(code) + &area(&format!("{SQUARE}{code}"));
    let message = check(&alert("A-1", &areas))["messages"][0].clone();
    let areas = message["infos"][0]["areas"].as_array().expect("areas");
    assert_eq!(areas[0]["geocodes"], json!([{ "name": "SAME", "value": "048201" }]));
    assert!(areas[0]["unresolved"].as_str().is_some_and(|words| words.contains("SAME 048201")), "{areas:?}");
    assert_eq!(areas[1]["unresolved"], Value::Null);
    assert_eq!(message["geojson"]["features"][0]["properties"]["area"], 2);
}

#[test]
fn a_feed_keeps_the_places_of_its_messages() {
    let bad = "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>B</identifier></alert>";
    let entry = |content: &str| format!("<entry><id>e</id><content>{content}</content></entry>");
    let feed = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n{}\n{}\n{}\n{}</feed>",
        entry(&alert("A", &area(SQUARE))),
        entry(bad),
        entry(&alert("C", &area(SQUARE))),
        entry("see elsewhere")
    );
    let answer = check(&feed);
    assert_eq!(answer["document"], "atom");
    let indices: Vec<_> =
        answer["messages"].as_array().expect("messages").iter().map(|m| &m["index"]).collect();
    assert_eq!(indices, [&json!(0), &json!(2)]);
    assert_eq!((&answer["rejected"][0]["index"], &answer["rejected"][0]["line"]), (&json!(1), &json!(3)));
    assert_eq!(answer["entries"], 2, "an entry without a usable alert only points elsewhere");
}

#[test]
fn what_is_no_message_is_told_in_words_and_with_its_place() {
    for (text, place) in [
        ("", None),
        ("hello", None),
        ("<html></html>", None),
        ("<alert>\n  <identifier>x</sender>", Some(2)),
        ("<!DOCTYPE x>\n<alert/>", Some(1)),
    ] {
        let answer = check(text);
        assert_eq!((&answer["document"], &answer["messages"]), (&Value::Null, &json!([])), "{text}");
        assert!(answer["error"]["words"].as_str().is_some_and(|words| words.len() > 10), "{text}: {answer}");
        if place.is_some() {
            assert_eq!(answer["error"]["line"], json!(place), "{text}: {answer}");
        }
    }
}

#[test]
fn many_small_circles_do_not_make_an_endless_answer() {
    let shapes = area(&"<circle>1,1 1</circle>".repeat(9_000));
    let message = check(&alert("A-1", &shapes))["messages"][0].clone();
    let features = message["geojson"]["features"].as_array().map(Vec::len).unwrap_or_default();
    assert_eq!(features, 500_000 / 65);
    let words = message["infos"][0]["areas"][0]["unresolved"].as_str().unwrap_or_default().to_owned();
    assert!(words.contains(&format!("{} of its shapes are not drawn", 9_000 - features)), "{words}");
}

#[test]
fn a_long_name_is_not_repeated_for_each_of_its_shapes() {
    let winding = "<polygon>0,0 0,120 0,-120 0,0 0,120 0,-120 0,0 0,120 0,-120 0,0</polygon>".repeat(200);
    let name = "x".repeat(50_000);
    let areas = format!("<area><areaDesc>{name}</areaDesc>{winding}</area>");
    let text = check(&alert("A-1", &areas)).to_string();
    assert!(text.len() < 200_000, "{}", text.len());
}

#[test]
fn profiles_that_are_claimed_or_asked_for_judge_beside_cap() {
    use beaconfire_cap::profile::Profile;
    let claiming = alert("A-1", &area(SQUARE)).replace("<note>", "<code>IPAWSv1.0</code><note>");
    let message = check(&claiming)["messages"][0].clone();
    assert_eq!(message["conforms"], json!({ "ipaws": false }));
    let found = message["findings"].as_array().expect("findings");
    assert!(!found.is_empty(), "{message}");
    for finding in found {
        assert!(finding["rule"].as_str().is_some_and(|rule| rule.starts_with("ipaws:")), "{finding}");
        assert_eq!(finding["line"], 1);
    }
    assert_eq!(message["strict"], true, "a profile is another verdict");
    let plain = alert("A-1", &area(SQUARE));
    assert_eq!(check(&plain)["messages"][0]["conforms"], json!({}));
    let asked = CheckView::of(plain.as_bytes(), &[Profile::named("google").expect("a profile")]);
    let asked = serde_json::to_value(asked).expect("it is JSON");
    assert!(asked["messages"][0]["conforms"]["google"].is_boolean());
}

#[test]
fn a_crossing_ring_is_warned_of_at_its_place() {
    let bow = "\n<polygon>10,20 11,21 11,20 10,21 10,20</polygon>";
    let message = check(&alert("A-1", &area(bow)))["messages"][0].clone();
    let found = message["findings"].as_array().expect("findings");
    assert!(found.iter().any(|f| f["line"] == 2 && f["severity"] == "warning"), "{message}");
}

#[test]
fn a_shape_that_was_left_out_is_unresolved_in_its_area_alone() {
    let areas = area("<polygon>north of the river</polygon>") + &area(SQUARE);
    let message = check(&alert("A-1", &areas))["messages"][0].clone();
    let areas = message["infos"][0]["areas"].as_array().expect("areas");
    assert!(areas[0]["unresolved"].as_str().is_some_and(|words| words.contains("left out")), "{areas:?}");
    assert_eq!(areas[1]["unresolved"], Value::Null);
}

#[test]
fn a_signature_is_judged_and_anchored_by_nobody() {
    use beaconfire_cap::sign::{Pkcs8Signer, sign};
    let keys = [
        include_str!("../../../../cap/tests/sign/keys/p256.key.pem"),
        include_str!("../../../../cap/tests/sign/keys/p256.pem"),
    ];
    let signer = Pkcs8Signer::from_pem(keys[0].as_bytes(), keys[1].as_bytes()).expect("a key");
    let signed = sign(&alert("A-1", &area(SQUARE)), &signer).expect("it can be signed");
    let of = |text: &str| check(text)["messages"][0]["signature"].clone();
    assert_eq!((&of(&signed)["verdict"], &of(&signed)["anchored"]), (&json!("verified"), &json!(false)));
    let altered = of(&signed.replace("Severe", "Minor"));
    assert!(altered["verdict"] == "broken" && altered["reason"].as_str().is_some_and(|why| why.len() > 10));
    assert_eq!(of(&alert("A-1", &area(SQUARE)))["verdict"], "none");
}

#[test]
fn json_is_a_document_too() {
    let document = beaconfire_cap::read(alert("A-1", &area(SQUARE)).as_bytes(), &Default::default());
    let alert = document.expect("it is read").messages[0].alert.clone();
    let answer = check(&beaconfire_cap::to_json(&alert, &[]));
    assert_eq!((&answer["document"], &answer["messages"][0]["identifier"]), (&json!("json"), &json!("A-1")));
    assert_eq!(check(&beaconfire_cap::to_geojson([(&alert, &[][..])]))["document"], "geojson");
}
