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
