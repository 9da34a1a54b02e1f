//! Recorded reality: what every kind of source makes of every recorded payload.
//!
//! The table says for each file what becomes of it. A file that it does not name fails the test, as does any
//! kind that takes what is not its own.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use beaconfire_core::{Authority, Mode, Rules, SourceId, SourceRule};
use beaconfire_flow::source::{KINDS, Options, ParseError, Parsed, kind};
use beaconfire_flow::{Answer, Fetch, PlayedClock, River, Setup, SourceSetup};
use beaconfire_store::Ed25519Signer;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folders that the sources of this project can read, or will.
const FOLDERS: [&str; 9] = [
    "nws-api",
    "gdacs",
    "meteoalarm",
    "tsunami-bulletins",
    "jma-p2pquake-json",
    "usgs-quake",
    "usgs-nwis",
    "cisa-kev",
    "cap-issuers",
];

/// What becomes of a file.
enum Fate {
    /// Its kind takes it: this many observations, events, alerts, links to alerts, and problems.
    Taken([usize; 5]),
    /// Its kind refuses it, with this in the words.
    Refused(&'static str),
    /// There is no kind for it yet; all kinds refuse it.
    NotOurs,
}
use Fate::{NotOurs, Refused, Taken};

/// (file or beginning of its name and `*`, kind, fate)
const TABLE: &[(&str, &str, Fate)] = &[
    // Alerts as the GeoJSON of api.weather.gov.
    ("nws-api/alerts_active_guam.geojson", "cap", Taken([0, 0, 246, 0, 0])),
    ("nws-api/alerts_active_northwest.geojson", "cap", Taken([0, 0, 529, 0, 0])),
    ("nws-api/pynws_alerts_active_zone.json", "cap", Taken([0, 0, 1, 0, 0])),
    // Observations and county hazards of the same.
    ("nws-api/*", "", NotOurs),
    // Episodes, geometries and impacts as GeoJSON.
    ("gdacs/dr-*", "", NotOurs),
    ("gdacs/tc-*", "", NotOurs),
    ("gdacs/wf-*", "", NotOurs),
    // The addresses of the CAP documents stand in an element of GDACS's own.
    ("gdacs/gdacs-1.xml", "cap", Taken([0, 0, 0, 4, 0])),
    ("gdacs/gdacs-cap_1001150.xml", "cap", Taken([0, 0, 1, 0, 0])),
    ("gdacs/gdacs-rss-24h.xml", "cap", Taken([0, 0, 0, 21, 0])),
    ("meteoalarm/meteoalarm-legacy-atom-poland.xml", "cap", Taken([0, 0, 0, 2, 0])),
    ("meteoalarm/test_cap_data_without_polygon_EMMA_ID_AT001.xml", "cap", Taken([0, 0, 1, 0, 0])),
    // Bulletins in plain text.
    ("tsunami-bulletins/*", "", NotOurs),
    ("jma-p2pquake-json/*", "", NotOurs),
    ("usgs-quake/2.5_week.geojson", "usgs-quake", Taken([0, 247, 0, 0, 0])),
    ("usgs-quake/detail.geojson", "usgs-quake", Taken([0, 1, 0, 0, 0])),
    ("usgs-quake/fixture-1.geojson", "usgs-quake", Taken([0, 3, 0, 0, 0])),
    ("usgs-quake/significant_month_2014.geojson", "usgs-quake", Taken([0, 12, 0, 0, 0])),
    // Estimated losses, a product of an earthquake and no feed.
    ("usgs-quake/pager_losses.json", "usgs-quake", Refused("the text begins with")),
    ("usgs-nwis/nwis_iv_empty_mock.json", "usgs-nwis", Taken([0, 0, 0, 0, 0])),
    ("usgs-nwis/nwis_iv_mock.json", "usgs-nwis", Taken([2, 0, 0, 0, 0])),
    ("usgs-nwis/waterservices_iv.txt", "usgs-nwis", Taken([20, 0, 0, 0, 0])),
    // Annual peaks and rating curves are no instantaneous values.
    ("usgs-nwis/waterservices_peaks.txt", "usgs-nwis", Refused("a table without datetime")),
    ("usgs-nwis/waterservices_ratings.txt", "usgs-nwis", Refused("INDEP")),
    // Answers of 14 collections in one object; its parts are read below.
    ("usgs-nwis/waterdata_ogc_fixtures.json", "usgs-nwis", Refused("neither value.timeSeries nor features")),
    ("cisa-kev/known_exploited_vulnerabilities.json", "cisa-kev", Taken([0, 1404, 0, 0, 0])),
    ("cisa-kev/known_exploited_vulnerabilities_schema.json", "cisa-kev", Refused("without a list")),
    // The JSON of Alertswiss.
    ("cap-issuers/alertswiss-POA-1216107687-4.json", "", NotOurs),
    ("cap-issuers/alertswiss-TEST-1163.json", "", NotOurs),
    ("cap-issuers/alertswiss-POA-1216107687-4.xml", "cap", Taken([0, 0, 1, 0, 0])),
    ("cap-issuers/alertswiss-TEST-1163.xml", "cap", Taken([0, 0, 1, 0, 0])),
    ("cap-issuers/au-bom-en.rss.xml", "cap", Taken([0, 0, 0, 1, 0])),
    ("cap-issuers/ie-*", "cap", Taken([0, 0, 1, 0, 0])),
    ("cap-issuers/il-*", "cap", Taken([0, 0, 1, 0, 0])),
    ("cap-issuers/mo-cap_monsoon.xml", "cap", Taken([0, 0, 1, 0, 0])),
    ("cap-issuers/noaa-*", "cap", Taken([0, 0, 1, 0, 0])),
    ("cap-issuers/wis2box_cap_signed_example.xml", "cap", Taken([0, 0, 1, 0, 0])),
];

fn feeds() -> Option<PathBuf> {
    let feeds = std::env::var_os("BEACONFIRE_REFERENCE_DATA").map(|data| Path::new(&data).join("feeds"));
    if feeds.is_none() {
        eprintln!("skipped: recorded payloads: BEACONFIRE_REFERENCE_DATA is not set");
    }
    feeds
}

#[test]
fn every_recorded_payload_is_taken_or_refused_as_the_table_says() {
    let Some(feeds) = feeds() else { return };
    let mut files = Vec::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(feeds.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            files.push(format!("{folder}/{name}"));
        }
    }
    files.sort();
    let mut wrong = Vec::new();
    let mut used = vec![false; TABLE.len()];
    for file in &files {
        let Some(row) = TABLE.iter().position(|(pattern, ..)| matches(pattern, file)) else {
            wrong.push(format!("{file}: not in the table"));
            continue;
        };
        used[row] = true;
        let (_, own, fate) = &TABLE[row];
        let bytes = std::fs::read(feeds.join(file)).unwrap();
        for kind in KINDS {
            let got = (kind.parse)(&Options::default(), &bytes);
            let fate = if kind.name == *own { fate } else { &NotOurs };
            if let Err(words) = compare(fate, &got) {
                wrong.push(format!("{file} as {}: {words}", kind.name));
            }
        }
    }
    let unused = TABLE.iter().zip(used).filter(|(_, used)| !used).map(|((pattern, ..), _)| pattern);
    wrong.extend(unused.map(|pattern| format!("{pattern}: no such file")));
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

fn matches(pattern: &str, file: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == file, |begin| file.starts_with(begin))
}

fn compare(fate: &Fate, got: &Result<Parsed, ParseError>) -> Result<(), String> {
    match (fate, got) {
        (Taken(expected), Ok(parsed)) => {
            let found = [
                parsed.observations.len(),
                parsed.events.len(),
                parsed.alerts.len(),
                parsed.links.len(),
                parsed.problems.len(),
            ];
            accounted_for(parsed)?;
            match found == *expected {
                true => Ok(()),
                false => Err(format!("{found:?} and not {expected:?}; {:?}", parsed.problems.first())),
            }
        }
        (Refused(words), Err(error)) if error.to_string().contains(words) => Ok(()),
        (NotOurs, Err(_)) => Ok(()),
        (_, Ok(parsed)) => Err(format!("taken with {} entries", parsed.entries)),
        (_, Err(error)) => Err(format!("failed to {error}")),
    }
}

/// Every entry is taken, empty, told or dropped; only links that stand twice are fewer than entries.
fn accounted_for(parsed: &Parsed) -> Result<(), String> {
    let taken = (parsed.observations.len() + parsed.events.len() + parsed.alerts.len()) as u64;
    let known = taken + parsed.missing + parsed.unread + parsed.dropped;
    let lost = parsed.entries.checked_sub(known).ok_or("more than there are entries")?;
    if (parsed.links.is_empty() && lost > 0) || (parsed.unread > 0 && parsed.problems.is_empty()) {
        return Err(format!("{lost} of {} entries are lost in silence", parsed.entries));
    }
    Ok(())
}

#[test]
fn the_collections_of_measured_values_are_read_from_the_ogc_answers() {
    let Some(feeds) = feeds() else { return };
    let text = std::fs::read(feeds.join("usgs-nwis/waterdata_ogc_fixtures.json")).unwrap();
    let all: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let parse = kind("usgs-nwis").unwrap().parse;
    for (collection, value) in all.as_object().unwrap() {
        let got = parse(&Options::default(), value.to_string().as_bytes());
        match collection.as_str() {
            "continuous" | "latest-continuous" | "daily" | "latest-daily" => {
                let parsed = got.unwrap();
                accounted_for(&parsed).unwrap();
                assert_eq!((parsed.observations.len(), parsed.unread), (2, 0), "{collection}");
            }
            // Peaks and field measurements bear values and times too; they are numbers of the same stations.
            "peaks" | "field-measurements" => assert!(got.is_ok_and(|parsed| accounted_for(&parsed).is_ok())),
            _ => assert!(got.is_err(), "{collection} holds no values"),
        }
    }
}

#[test]
fn known_values_of_recorded_payloads_are_read_right() {
    let Some(feeds) = feeds() else { return };
    let read = |kind_name: &str, file: &str| {
        let bytes = std::fs::read(feeds.join(file)).unwrap();
        (kind(kind_name).unwrap().parse)(&Options::default(), &bytes).unwrap()
    };
    let gauges = read("usgs-nwis", "usgs-nwis/waterservices_iv.txt");
    let stage = gauges.observations.iter().find(|o| o.series == "01491000").unwrap();
    assert_eq!((stage.value, stage.time.to_string().as_str()), (6.48, "2019-02-14T05:00:00Z"));
    assert!(!stage.suspect);
    let quakes = read("usgs-quake", "usgs-quake/fixture-1.geojson");
    assert!(!quakes.events[2].numbers.contains_key("magnitude"), "null is no number");
    let kev = read("cisa-kev", "cisa-kev/known_exploited_vulnerabilities.json");
    assert_eq!(kev.newest.unwrap().to_string(), "2025-08-25T17:04:19.9796Z");
    assert!(
        kev.events.iter().all(|event| event.id.starts_with("CVE-") && event.words.contains_key("vendor"))
    );
    let drill = read("cap", "cap-issuers/alertswiss-TEST-1163.xml");
    assert_ne!(drill.alerts[0].alert.status, beaconfire_cap::Status::Actual);
}

/// A river in exercise with one recorded source of each kind, named as the kind.
async fn river(data: &Path) -> River {
    let key = Ed25519Signer::generate_pkcs8().unwrap();
    let sources = KINDS.iter().map(|kind| SourceSetup {
        id: SourceId::from(kind.name),
        kind: kind.name.to_owned(),
        title: kind.title.to_owned(),
        options: Options::default(),
        anchors: Default::default(),
        fetch: Fetch::Recorded,
        expected_every_s: 900,
        must_advance: false,
    });
    let rules = KINDS.iter().map(|kind| SourceRule {
        id: SourceId::from(kind.name),
        trusted_senders: Vec::new(),
        delegations: Vec::new(),
        missing_expires_hours: 24,
    });
    let setup = Setup {
        mode: Mode::Exercise,
        exercise: Some("recorded".to_owned()),
        data: data.to_owned(),
        rules: Rules {
            authority: Authority { zone: "UTC".to_owned(), ..Authority::default() },
            sources: rules.collect(),
            ..Rules::default()
        },
        places: Vec::new(),
        geocodes: Default::default(),
        sources: sources.collect(),
        channels: Vec::new(),
        signer: Arc::new(Ed25519Signer::from_pkcs8(&key).unwrap()),
        public_url: "http://127.0.0.1:1".to_owned(),
    };
    let clock = PlayedClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    River::start(setup, Arc::new(clock)).await.unwrap()
}

#[tokio::test]
async fn every_recorded_payload_goes_through_the_river_and_what_cannot_is_a_finding() {
    let Some(feeds) = feeds() else { return };
    let folder = tempfile::tempdir().unwrap();
    let river = river(folder.path()).await;
    let mut alerts = std::collections::BTreeSet::new();
    for (pattern, own, fate) in TABLE.iter().filter(|(_, own, _)| !own.is_empty()) {
        let begin = feeds.join(pattern.trim_end_matches('*'));
        let name = begin.file_name().unwrap().to_string_lossy().into_owned();
        for entry in std::fs::read_dir(begin.parent().unwrap()).unwrap() {
            let path = entry.unwrap().path();
            if !path.file_name().unwrap().to_string_lossy().starts_with(&name) {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            if let Ok(parsed) = (kind(own).unwrap().parse)(&Options::default(), &bytes) {
                alerts.extend(parsed.alerts.iter().map(|item| item.alert.identifier.clone()));
            }
            let answer = Answer::Body { content_type: String::new(), bytes };
            let id = SourceId::from(*own);
            let links = river.sources().hear(&id, answer).await.unwrap();
            let view = river.sources().views().into_iter().find(|view| view.id == id).unwrap();
            match fate {
                Taken(counts) => {
                    assert_eq!(links.len(), counts[3], "{}", path.display());
                    assert_ne!(view.state, "unreadable", "{}", path.display());
                }
                _ => assert_eq!(view.state, "unreadable", "{}", path.display()),
            }
        }
    }
    let kept = river.engine().read(|state| {
        state.alerts.keys().map(|key| key.identifier.clone()).collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(kept, alerts, "every alert that was read is in the journal");
}
