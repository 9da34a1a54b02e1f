//! Answers of sources: each kind reads the same bytes to the same, and accounts for every entry.

use beaconfire_flow::source::{self, Parsed, SourceConfig};

/// A CAP feed or message.
pub fn flow_cap(data: &[u8]) {
    answer("cap", data);
}

/// The catalogue of exploited vulnerabilities.
pub fn flow_cisa_kev(data: &[u8]) {
    answer("cisa-kev", data);
}

/// A table of numbers as CSV.
pub fn flow_series_csv(data: &[u8]) {
    answer("series-csv", data);
}

/// Numbers as NDJSON.
pub fn flow_series_ndjson(data: &[u8]) {
    answer("series-ndjson", data);
}

/// River gauges in any of the three formats of their service.
pub fn flow_usgs_nwis(data: &[u8]) {
    answer("usgs-nwis", data);
}

/// A GeoJSON feed of earthquakes.
pub fn flow_usgs_quake(data: &[u8]) {
    answer("usgs-quake", data);
}

/// A list of sources in a configuration: refused in words, or every kind of it is known.
pub fn flow_config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match SourceConfig::list(text) {
        Ok(list) => assert!(list.iter().all(|config| source::kind(&config.kind).is_some())),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn answer(kind: &str, data: &[u8]) {
    let Ok(parsed) = source::parse(kind, data) else { return };
    accounts_for_every_entry(&parsed);
    for observation in &parsed.observations {
        assert!(observation.value.is_finite(), "a value that is no number: {observation:?}");
        assert!(!observation.series.is_empty(), "a series without a name");
    }
    for event in &parsed.events {
        assert!(event.numbers.values().all(|n| n.is_finite()), "a number that is none: {event:?}");
        assert!(!event.id.is_empty(), "an event without a name");
    }
    for alert in &parsed.alerts {
        assert!(data.get(alert.bytes.clone()).is_some(), "an alert outside the bytes");
    }
    let again = source::parse(kind, data).expect("the same bytes can be read again");
    assert_eq!(format!("{again:?}"), format!("{parsed:?}"), "the same bytes say the same");
}

fn accounts_for_every_entry(parsed: &Parsed) {
    let kept = (parsed.observations.len() + parsed.events.len() + parsed.alerts.len()) as u64;
    let told = kept + parsed.missing + parsed.unread + parsed.dropped;
    assert!(told <= parsed.entries, "{told} accounted for of {} entries", parsed.entries);
    let silent = parsed.entries - told;
    assert!(silent == 0 || !parsed.links.is_empty(), "{silent} entries are lost without a word");
    assert!(parsed.problems.len() <= 101, "more problems than the limit");
}
