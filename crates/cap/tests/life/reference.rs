//! The chains of the reference corpus, with what became of each message.

use std::collections::BTreeMap;
use std::path::PathBuf;

use beaconfire_cap::life::{Book, LifeEvent, Name, Remark, Standing, Trust};
use beaconfire_cap::{Alert, Limits, read};
use jiff::Timestamp;

use super::build::{via, word};

fn load(names: &[&str]) -> Option<Vec<Alert>> {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: the chains of the CAP corpus: BEACONFIRE_REFERENCE_DATA is not set");
        return None;
    };
    let folder = PathBuf::from(data).join("cap/messages");
    let one = |name: &&str| {
        let bytes = std::fs::read(folder.join(name)).expect("the corpus holds it");
        read(&bytes, &Limits::default()).expect("it is readable").messages.remove(0).alert
    };
    Some(names.iter().map(one).collect())
}

fn book(alerts: &[Alert], backwards: bool) -> Book {
    let mut book = Book::new(Trust::everybody());
    let mut take = |alert: &Alert| drop(book.take(alert, &via("any")));
    if backwards {
        alerts.iter().rev().for_each(&mut take)
    } else {
        alerts.iter().for_each(&mut take)
    }
    book
}

/// How many of its parts stand how, with `orphan` where it is one.
fn row(standing: &Standing) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    standing.parts.iter().for_each(|(_, state)| *counts.entry(word(state)).or_default() += 1);
    let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    format!("{}{}", counts.join(", "), if standing.orphan { ", orphan" } else { "" })
}

fn check(alerts: &[Alert], now: &str, want: &[&str]) {
    let now: Timestamp = now.parse().expect("a time");
    for backwards in [false, true] {
        let book = book(alerts, backwards);
        let stands =
            |alert: &Alert| book.standing(alert.status, &Name::of(alert), now).expect("it was taken");
        let rows: Vec<String> = alerts.iter().map(|alert| row(&stands(alert))).collect();
        assert_eq!(rows, want, "at {now}");
    }
}

/// Every bulletin of the tsunami warning of 28 October 2012 names all before it.
const TSUNAMI: [&str; 13] = [
    "cap-ts--PAAQCAP.xml",
    "cap-ts--3f9c27-PAAQCAP.xml",
    "cap-ts--f0062f-PAAQCAP.xml",
    "cap-ts--4fba4a-PAAQCAP.xml",
    "cap-ts--70a3c0-PAAQCAP.xml",
    "cap-ts--603359-PAAQCAP.xml",
    "cap-ts--4e0082-PAAQCAP.xml",
    "cap-ts--72cca2-PAAQCAP.xml",
    "cap-ts--a17390-PAAQCAP.xml",
    "cap-ts--babfea-PAAQCAP.xml",
    "cap-ts--27e5e1-PAAQCAP.xml",
    "cap-ts--cae3fc-PAAQCAP.xml",
    "cap-ts--cf9217-PAAQCAP.xml",
];

/// Bulletins 9, 11 and 13 cancel for a part of the coast or all of it by an Update that is Past and asks nothing;
/// 4 and 6 leave parts out in silence.
#[test]
fn the_tsunami_bulletins_of_2012() {
    let Some(alerts) = load(&TSUNAMI) else { return };
    let want = [
        "27 superseded",
        "27 superseded",
        "21 ended, 6 superseded",
        "7 superseded",
        "1 ended, 7 superseded",
        "9 superseded",
        "21 superseded",
        "16 ended, 6 superseded",
        "27 ended, 2 superseded",
        "24 ended, 4 superseded",
        "30 ended, 1 superseded",
        "31 ended",
        "31 ended",
    ];
    check(&alerts, "2012-10-28T12:00:00Z", &want);
    for (n, alert) in alerts.iter().enumerate() {
        let so_far = book(&alerts[..=n], false);
        let in_force: Vec<Name> = so_far.in_force(alert.sent.instant()).into_iter().map(|s| s.name).collect();
        let last = if n == 12 { Vec::new() } else { vec![Name::of(alert)] };
        assert_eq!(in_force, last, "after bulletin {}", n + 1);
    }
    let mut book = Book::new(Trust::everybody());
    let events = |alert: &Alert| {
        let events = book.take(alert, &via("any"));
        let clear = events.iter().any(|event| matches!(event, LifeEvent::AllClear { .. }));
        let left = events.iter().any(|event| matches!(event, LifeEvent::EndedHere { .. }));
        (clear, left)
    };
    let told: Vec<_> = alerts.iter().map(events).collect();
    let numbers = |of: fn(&(bool, bool)) -> bool| -> Vec<usize> {
        told.iter().enumerate().filter(|(_, told)| of(told)).map(|(n, _)| n + 1).collect()
    };
    assert_eq!(numbers(|told| told.0), [9, 11, 13], "all clear");
    assert_eq!(numbers(|told| told.1), [4, 6], "ended here");
}

/// Each alone, as whoever subscribed too late has it, at the time that it was sent.
#[test]
fn single_updates_whose_alerts_were_missed() {
    let table = [
        // A tsunami cancelled by an Update that is Past and asks nothing.
        ("oasiscap--google-PAAQ-4-mg5a94.xml", "1 ended, orphan"),
        // It names another sender's messages.
        ("rs-cap--wcatwc-warning.xml", "1 active, orphan"),
        // Two languages, AllClear in both.
        ("cap-library--canada.cap", "2 ended, orphan"),
        // Some regions go on, some are clear; `references` is empty.
        ("rs-cap--canada_large.xml", "11 active, 2 ended, orphan"),
        ("rs-cap--canada.xml", "3 active, orphan"),
        ("rs-cap--canada_signed.xml", "2 active, orphan"),
        ("worldmonitor--alberta-emergency-alert-ended-tornado.cap.xml", "1 ended, orphan"),
        // An Alert that is Past reports an earthquake: it stands.
        ("taiwanalertbot--CWA-EQ113221-2024-0422-171559.cap", "4 active"),
    ];
    let Some(alerts) = load(&table.map(|(file, _)| file)) else { return };
    let rows = alerts
        .iter()
        .map(|alert| row(&book(std::slice::from_ref(alert), false).state_at(alert.sent.instant())[0]));
    assert_eq!(rows.collect::<Vec<_>>(), table.map(|(_, want)| want));
    let foreign = book(&alerts[1..2], false);
    let remarks = &foreign.state_at(alerts[1].sent.instant())[0].remarks;
    assert!(remarks.iter().any(|remark| matches!(remark, Remark::Foreign { .. })), "{remarks:?}");
}
