//! `beaconfire check`: verdicts on good, bad and foreign files, for people and for scripts.

mod common;

use common::{beaconfire, beaconfire_with, fixture_folder};
use serde_json::Value;
use std::fs;

const GOOD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>X-1</identifier>
  <sender>a@agency.example</sender>
  <sent>2026-11-21T12:00:00-00:00</sent>
  <status>Exercise</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <category>Met</category>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <area>
      <areaDesc>Here</areaDesc>
      <polygon>1,1 1,2 2,2 1,1</polygon>
    </area>
  </info>
</alert>
"#;

fn json(run: &common::Run) -> Vec<Value> {
    run.out.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

#[test]
fn a_strict_message_is_yes_and_a_broken_one_is_no_with_its_place() {
    let folder = fixture_folder();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path.to_str().expect("a path").to_owned()
    };
    let good = write("good.xml", GOOD);
    let open = write("open.xml", &GOOD.replace(" 1,1</polygon>", "</polygon>"));
    let none = write("none.xml", "<html><body/></html>");

    let run = beaconfire(&["check", &good]);
    assert!(run.code == 0 && run.out.contains("X-1 CAP 1.2: strict"), "{}{}", run.out, run.err);

    let run = beaconfire(&["check", "--format", "json", &open]);
    assert_eq!(run.code, 1);
    let line = &json(&run)[0];
    assert_eq!((line["strict"].as_bool(), line["usable"].as_bool()), (Some(false), Some(true)));
    assert_eq!(
        (line["identifier"].as_str(), line["version"].as_str(), line["index"].as_u64()),
        (Some("X-1"), Some("1.2"), Some(0))
    );
    let finding =
        line["findings"].as_array().expect("a list").iter().find(|f| f["severity"] == "error").expect("one");
    assert!(
        finding["path"].as_str().expect("a path").contains("/alert/info[1]/area[1]/polygon[1]"),
        "{finding}"
    );
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64().map(|c| c > 0)), (Some(17), Some(true)));
    assert_eq!((line["signature"].as_str(), line["anchored"].as_bool()), (Some("none"), Some(false)));
    assert_eq!(line["conforms"], serde_json::json!({}));

    let run = beaconfire(&["check", "--format", "json", &none]);
    let line = &json(&run)[0];
    assert_eq!((run.code, line["strict"].as_bool(), line["usable"].as_bool()), (1, Some(false), Some(false)));
    assert!(line["identifier"].is_null() && line["version"].is_null());

    let all = beaconfire(&["check", "--format", "json", folder.path().to_str().expect("a path")]);
    assert_eq!((all.code, json(&all).len()), (1, 3));
}

#[test]
fn a_feed_has_a_line_for_each_message_and_one_that_says_so_where_there_is_none() {
    let body = GOOD.split_once("?>").expect("a declaration").1;
    let feed =
        |inside: &str| format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title>{inside}</feed>");
    let two = feed(&format!(
        "<entry><content>{body}</content></entry><entry><content>{}</content></entry>",
        body.replace("X-1", "X-2")
    ));
    let run = beaconfire_with(&["check", "--format", "json", "-"], two.as_bytes());
    let named: Vec<_> =
        json(&run).iter().map(|line| (line["index"].clone(), line["identifier"].clone())).collect();
    assert_eq!(named, [(0.into(), "X-1".into()), (1.into(), "X-2".into())]);
    assert_eq!(run.code, 0, "{}", run.out);

    let empty = beaconfire_with(&["check", "--format", "json", "-"], feed("").as_bytes());
    let line = &json(&empty)[0];
    assert!(line["index"].is_null() && line["alerts"] == 0, "{line}");
    assert_eq!(empty.code, 0);
}

#[test]
fn a_file_that_is_not_there_could_not_be_read() {
    let run = beaconfire(&["check", "nowhere.xml"]);
    assert!(run.code == 2 && run.err.contains("nowhere.xml"), "{}", run.err);
}

#[test]
fn profiles_are_asked_for_by_name_or_file() {
    let run = beaconfire_with(
        &["check", "--format", "json", "--profile", "ipaws", "--profile", "wmo", "-"],
        GOOD.as_bytes(),
    );
    let line = &json(&run)[0];
    assert_eq!((run.code, line["strict"].as_bool()), (1, Some(true)));
    assert_eq!(line["conforms"], serde_json::json!({ "ipaws": false, "wmo": true }));
    let of_ipaws = line["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|f| f["rule"] == "ipaws:expires")
        .expect("one");
    assert!(of_ipaws["line"].as_u64().is_some_and(|line| line > 1), "{of_ipaws}");

    let run = beaconfire_with(&["check", "--profile", "cap-xx", "-"], GOOD.as_bytes());
    assert!(run.code == 2 && run.err.contains("ipaws"), "{}", run.err);
    let folder = fixture_folder();
    let pack = folder.path().join("own.toml");
    fs::write(&pack, "id = \"own\"\ntitle = 5\n").expect("written");
    let run = beaconfire_with(&["check", "--profile", pack.to_str().expect("a path"), "-"], GOOD.as_bytes());
    assert!(run.code == 2 && run.err.contains("own.toml:2:"), "{}", run.err);
}

#[test]
fn the_line_of_a_finding_is_quoted_with_a_caret() {
    let bad = GOOD.replace("12:00:00-00:00", "12:00:00+00:00");
    let run = beaconfire_with(&["check", "-"], bad.as_bytes());
    let wanted = "error[time-utc]: UTC must be written -00:00; write 2026-11-21T12:00:00-00:00\n  --> -:5:3 /alert/sent\n   \
                  |\n 5 |   <sent>2026-11-21T12:00:00+00:00</sent>\n   |   ^^^^^^\n";
    assert!(run.out.contains(wanted), "{}", run.out);
}

#[test]
fn a_broken_message_is_mended_and_what_changed_is_listed() {
    let bad = GOOD.replace("12:00:00-00:00", "12:00:00Z").replace(" 1,1</polygon>", "</polygon>");
    let run = beaconfire_with(&["check", "--fix", "-"], bad.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("mended /alert/sent") && run.err.contains("polygon[1]"), "{}", run.err);
    let again = beaconfire_with(&["check", "--format", "json", "-"], run.out.as_bytes());
    assert_eq!((again.code, json(&again)[0]["identifier"].as_str()), (0, Some("X-1")), "{}", run.out);

    let private = GOOD.replace(">Public<", ">Private<");
    let run = beaconfire_with(&["check", "--fix", "-"], private.as_bytes());
    assert!(run.code == 1 && run.out.is_empty() && run.err.contains("a person must decide"), "{}", run.err);
    let run = beaconfire_with(&["check", "--fix", "--format", "json", "-"], bad.as_bytes());
    assert!(json(&run)[0]["xml"].as_str().is_some_and(|xml| xml.contains("-00:00</sent>")), "{}", run.out);
}

#[test]
fn other_forms_read_back_as_the_same_message() {
    let two = format!("<alerts>{0}{1}</alerts>", body(GOOD), body(&GOOD.replace("X-1", "X-2")));
    for (form, text) in
        [("json", GOOD), ("geojson", GOOD), ("xml", GOOD), ("json", &two), ("geojson", &two), ("xml", &two)]
    {
        let run = beaconfire_with(&["check", "--to", form, "-"], text.as_bytes());
        assert_eq!(run.code, 0, "{form}: {}", run.err);
        let again = beaconfire_with(&["check", "--to", "xml", "-"], run.out.as_bytes());
        let straight = beaconfire_with(&["check", "--to", "xml", "-"], text.as_bytes());
        assert_eq!(again.out, straight.out, "{form}: {}", again.err);
    }
}

fn body(text: &str) -> &str {
    text.split_once("?>").expect("a declaration").1
}

#[test]
fn signatures_are_verified_and_anchored_by_what_is_given_alone() {
    let keys = common::root().join("crates/cap/tests/sign/keys");
    let read = |name: &str| fs::read(keys.join(name)).expect("a key of the tests");
    let signer = beaconfire_cap::sign::Pkcs8Signer::from_pem(&read("p256.key.pem"), &read("p256.pem"));
    let signed = beaconfire_cap::sign::sign(GOOD, &signer.expect("a key")).expect("it is signed");
    let anchor = keys.join("p256.pem");
    let anchor = anchor.to_str().expect("a path");
    let ask = |text: &str, anchors: &str| {
        let run = beaconfire_with(&["check", "--format", "json", "--anchors", anchors, "-"], text.as_bytes());
        let line = json(&run).remove(0);
        (run.code, line["signature"].as_str().expect("a word").to_owned(), line["anchored"] == true)
    };
    assert_eq!(ask(&signed, anchor), (0, "verified".into(), true));
    assert_eq!(ask(&signed, &format!("a@agency.example={anchor}")), (0, "verified".into(), true));
    assert_eq!(ask(&signed, &format!("other@agency.example={anchor}")), (1, "verified".into(), false));
    assert_eq!(ask(&signed.replace("Flood", "Drought"), anchor), (1, "broken".into(), false));
    assert_eq!(ask(GOOD, anchor), (1, "none".into(), false));
}

#[test]
fn a_watched_feed_is_followed_to_its_messages_and_each_is_told_once() {
    let folder = fixture_folder();
    fs::write(folder.path().join("one.xml"), GOOD).expect("written");
    let feed = folder.path().join("feed.atom");
    let entry = "<entry><id>1</id><updated>2026-11-21T12:00:00Z</updated>\
                 <link href=\"one.xml\" type=\"application/cap+xml\"/></entry>";
    fs::write(&feed, format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{entry}</feed>")).expect("written");
    let feed = feed.to_str().expect("a path");
    let run = beaconfire(&["check", "--watch", "--every", "1s", "--looks", "2", "--format", "json", feed]);
    let names: Vec<_> = json(&run).iter().map(|line| line["identifier"].clone()).collect();
    assert_eq!((run.code, names), (0, vec!["X-1".into()]), "{}{}", run.out, run.err);
}
