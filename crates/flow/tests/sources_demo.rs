//! The demo's recording, played through the parsers and the watch: every scene is seen as it was meant.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use beaconfire_core::{Health, Trouble};
use beaconfire_flow::source::recording::{Played, Recording};
use beaconfire_flow::source::watch::{Heard, Summary, Watch, WatchFinding, WatchRule};
use beaconfire_flow::source::{Parsed, parse};
use jiff::Timestamp;
use std::path::Path;

fn demo() -> Recording {
    Recording::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/demo")).unwrap()
}

fn kind_of(source: &str) -> &'static str {
    match source {
        "usgs-quakes" => "usgs-quake",
        "cisa-kev" => "cisa-kev",
        "cap-alfa" | "cap-bravo" => "cap",
        _ => "series-csv",
    }
}

fn read(item: &Played) -> Parsed {
    parse(kind_of(&item.source), &item.body)
        .unwrap_or_else(|error| panic!("{} {}: failed to {error}", item.source, item.at))
}

/// (minutes from the start, healthy or the trouble) of each change of health.
fn health_of(source: &str, expected_every_s: i64, must_advance: bool) -> Vec<(i64, Option<Trouble>)> {
    let recording = demo();
    let mut watch = Watch::new(WatchRule { expected_every_s, must_advance }, recording.start());
    let minute = |at: Timestamp| (at.as_second() - recording.start().as_second()) / 60;
    let mut changes = Vec::new();
    let mut note = |at: Timestamp, findings: Vec<WatchFinding>| {
        for finding in findings {
            match finding {
                WatchFinding::Health(Health::Healthy) => changes.push((minute(at), None)),
                WatchFinding::Health(Health::Unknown { cause, .. }) => {
                    changes.push((minute(at), Some(cause)))
                }
                WatchFinding::Note(_) => {}
            }
        }
    };
    for item in recording.iter().filter(|item| item.source == source && item.url.is_none()) {
        while watch.next_check() < item.at {
            let check = watch.next_check();
            note(check, watch.tick(check));
        }
        let heard = match item.status {
            200 => Heard::Answer(Summary::new(&item.body, &read(item))),
            304 => Heard::NotModified,
            status @ 400..500 => Heard::Refused { status },
            status => Heard::Failed { words: format!("get an answer: the server said {status}") },
        };
        note(item.at, watch.hear(heard, item.at));
    }
    if watch.next_check() < recording.end() {
        let check = watch.next_check();
        note(check, watch.tick(check));
    }
    changes
}

#[test]
fn every_answer_of_the_demo_is_read_without_a_problem() {
    for item in demo().iter().filter(|item| item.status == 200) {
        let parsed = read(item);
        assert_eq!((parsed.problems.len(), parsed.dropped), (0, 0), "{} {}", item.source, item.at);
    }
}

#[test]
fn every_link_of_the_demo_leads_to_a_recorded_alert() {
    let recording = demo();
    let mut links = 0;
    for item in recording.iter().filter(|item| item.source == "cap-bravo" && item.status == 200) {
        for link in read(item).links {
            let document =
                recording.document(&link.href, item.at).unwrap_or_else(|| panic!("{link:?} is not recorded"));
            assert_eq!(read(document).alerts.len(), 1, "{link:?}");
            links += 1;
        }
    }
    assert!(links > 0);
}

#[test]
fn the_wimberley_gauge_falls_silent_while_rising() {
    // 15-minute data, the last at T0+2 h 30.
    assert_eq!(health_of("wimberley-gauge", 900, true), [(0, None), (197, Some(Trouble::Silent))]);
}

#[test]
fn an_emptied_feed_and_one_that_goes_back_are_seen() {
    assert_eq!(
        health_of("cap-alfa", 900, false),
        [(0, None), (360, Some(Trouble::Emptied)), (375, None), (480, Some(Trouble::Backwards)), (495, None),]
    );
}

#[test]
fn a_refusal_is_seen_at_once_and_an_empty_list_is_believed_at_the_third() {
    assert_eq!(
        health_of("cap-bravo", 900, false)[..5],
        [(0, None), (60, Some(Trouble::Refused)), (75, None), (240, Some(Trouble::Emptied)), (270, None),]
    );
}
