//! Tests of recordings.

use super::*;
use crate::source::{Options, kind};
use std::fs;

fn write(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

const TOML: &str = r#"
title = "two sources"
start = "2026-03-02T06:00:00Z"
end = "2026-03-02T08:00:00Z"
[[track]]
source = "gauges"
form = "rows"
file = "gauges.csv"
step = "15m"
latency = "2m"
[[track]]
source = "alerts"
form = "payloads"
file = "alerts.ndjson"
"#;

const ROWS: &str = "series,time,value\na,2026-03-01T00:00:00Z,1\na,2026-03-02T05:59:00Z,2\na,2026-03-02T06:00:00Z,3\n\
    b,2026-03-02T06:14:00Z,4\na,2026-03-02T07:00:00Z,5\na,2026-03-02T07:59:00Z,6\n";

const PAYLOADS: &str = r#"{"at":"2026-03-02T06:16:00Z","status":200,"url":"https://a.example/1","body":"<alert/>"}
{"at":"2026-03-02T06:16:00Z","status":200,"content_type":"text/xml","body":"<feed/>"}
{"at":"2026-03-02T07:30:00Z","status":403,"body":""}
"#;

#[test]
fn answers_come_in_the_order_of_time_then_of_tracks() {
    let dir = write(&[("recording.toml", TOML), ("gauges.csv", ROWS), ("alerts.ndjson", PAYLOADS)]);
    let recording = Recording::open(dir.path()).unwrap();
    let order: Vec<_> = recording
        .iter()
        .map(|item| (item.at.to_string(), item.source.as_str(), item.status, item.body.len()))
        .collect();
    let rows = |rows: usize| "series,time,value\n".len() + rows * "a,2026-03-01T00:00:00Z,1\n".len();
    assert_eq!(
        order,
        [
            ("2026-03-02T06:00:00Z".to_owned(), "gauges", 200, rows(2)),
            ("2026-03-02T06:16:00Z".to_owned(), "gauges", 200, rows(2)),
            ("2026-03-02T06:16:00Z".to_owned(), "alerts", 200, 8),
            ("2026-03-02T06:16:00Z".to_owned(), "alerts", 200, 7),
            ("2026-03-02T07:02:00Z".to_owned(), "gauges", 200, rows(1)),
            ("2026-03-02T07:30:00Z".to_owned(), "alerts", 403, 0),
        ]
    );
    let linked = recording.document("https://a.example/1", recording.end()).unwrap();
    assert_eq!(linked.body, b"<alert/>");
    assert!(recording.document("https://a.example/1", recording.start()).is_none());
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let late = PAYLOADS.replacen("T06:16", "T07:16", 1);
    let body = PAYLOADS.replace(r#"403,"body":"""#, r#"403,"body":"x""#);
    for (toml, rows, payloads, words) in [
        (TOML.replace("step = \"15m\"", ""), ROWS.to_owned(), PAYLOADS.to_owned(), "needs a step"),
        (TOML.replace("T08", "T05"), ROWS.to_owned(), PAYLOADS.to_owned(), "not after start"),
        (
            TOML.replace("gauges.csv", "../gauges.csv"),
            ROWS.to_owned(),
            PAYLOADS.to_owned(),
            "in the folder itself",
        ),
        (TOML.replace("\"alerts\"", "\"gauges\""), ROWS.to_owned(), PAYLOADS.to_owned(), "two tracks"),
        (
            TOML.to_owned(),
            ROWS.replace("2026-03-02T07:00", "2026-03-02T01:00"),
            PAYLOADS.to_owned(),
            "line 6",
        ),
        (TOML.to_owned(), ROWS.replace("time", "when"), PAYLOADS.to_owned(), "no column `time`"),
        (TOML.to_owned(), ROWS.to_owned(), late, "line 2"),
        (TOML.to_owned(), ROWS.to_owned(), body, "line 3"),
    ] {
        let dir = write(&[("recording.toml", &toml), ("gauges.csv", &rows), ("alerts.ndjson", &payloads)]);
        let error = Recording::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
    let dir = write(&[]);
    assert!(Recording::open(dir.path()).unwrap_err().to_string().contains("recording.toml"));
}

#[test]
fn a_folder_of_payloads_plays_by_name_at_their_own_times() {
    let csv = |day: u32| format!("series,time,value\na,2026-03-{day:02},1\n");
    let dir = write(&[("1.csv", &csv(5)), ("2.csv", "broken"), ("3.csv", &csv(3)), ("4.csv", &csv(9))]);
    let kind = kind("series-csv").unwrap();
    let recording = Recording::open_folder(dir.path(), "counts", kind, &Options::default()).unwrap();
    let days: Vec<_> = recording.iter().map(|item| item.at.to_string()[8..10].to_owned()).collect();
    assert_eq!(days, ["05", "05", "05", "09"]);
    assert_eq!(recording.iter().nth(1).unwrap().body, b"broken", "an unreadable answer is an answer");
    let empty = write(&[("1.csv", "broken")]);
    assert!(Recording::open_folder(empty.path(), "counts", kind, &Options::default()).is_err());
}

#[test]
fn the_demo_opens() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/demo");
    let recording = Recording::open(&samples).unwrap();
    assert_eq!(recording.start(), "2026-03-02T06:00:00Z".parse().unwrap());
    assert!(recording.len() > 400, "{}", recording.len());
    let gauges: usize = recording
        .iter()
        .filter(|item| item.source == "wimberley-gauge")
        .map(|item| item.body.iter().filter(|byte| **byte == b'\n').count() - 1)
        .sum();
    assert_eq!(gauges, 34, "every row is played once");
    assert!(recording.iter().as_slice().windows(2).all(|two| two[0].at <= two[1].at));
}
