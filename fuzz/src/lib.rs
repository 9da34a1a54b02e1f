//! What is done with foreign bytes in each fuzz target, and what must hold whatever they are.
//!
//! A target neither panics nor takes long nor much memory; beyond that each holds a property. The
//! ordinary tests replay `corpus/<target>/` through these same functions (`xtask/tests/corpus.rs`).

mod flow;

use std::collections::BTreeMap;

use beaconfire_cap::{CapTime, Limits};
use beaconfire_core::pack;
use beaconfire_cover::{Matcher, Where};
use beaconfire_detect::{Detector, KINDS, Sample};
use beaconfire_geo::geocode::{Drawing, Registry, Resolution, Table, TableDraft, encode};
use beaconfire_geo::places::Places;
use beaconfire_geo::{Area, Circle, Point, Shape};

pub use flow::*;

/// A target: what it does with the bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its file and corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("cap_read", cap_read),
    ("cap_time", cap_time),
    ("core_pack", core_pack),
    ("core_record", core_record),
    ("core_template", core_template),
    ("cover_match", cover_match),
    ("detect_params", detect_params),
    ("flow_cap", flow_cap),
    ("flow_cisa_kev", flow_cisa_kev),
    ("flow_config", flow_config),
    ("flow_series_csv", flow_series_csv),
    ("flow_series_ndjson", flow_series_ndjson),
    ("flow_usgs_nwis", flow_usgs_nwis),
    ("flow_usgs_quake", flow_usgs_quake),
    ("geo_geocodes", geo_geocodes),
    ("geo_places", geo_places),
];

/// A CAP document: limits hold, messages lie where they say, and what we write of one reads back to
/// the same text.
pub fn cap_read(data: &[u8]) {
    let limits = Limits { max_bytes: 1 << 20, max_alerts: 8, max_findings: 50, ..Limits::default() };
    let Ok(document) = beaconfire_cap::read(data, &limits) else { return };
    assert!(document.messages.len() <= limits.max_alerts, "more alerts than the limit");
    for message in &document.messages {
        assert!(data.get(message.bytes.clone()).is_some(), "the message lies outside the bytes");
        assert!(message.findings.len() <= limits.max_findings + 1, "more findings than the limit");
        let Ok(written) = beaconfire_cap::write(&message.alert) else { continue };
        let again = beaconfire_cap::read(written.as_bytes(), &Limits::default());
        let again = again.expect("what we write can be read");
        assert!(again.messages[0].strict(), "what we write conforms: {:?}", again.messages[0].findings);
        let rewritten = beaconfire_cap::write(&again.messages[0].alert).expect("and can be written again");
        assert_eq!(rewritten, written, "and is the same text again");
    }
}

/// A CAP time: it is written as it was read, and stays within the years 1 to 9999.
pub fn cap_time(data: &[u8]) {
    let Some(text) = utf8(data) else { return };
    let Ok(time) = text.parse::<CapTime>() else { return };
    let written = time.to_string();
    assert_eq!(written.parse::<CapTime>().expect("what we write can be read"), time);
    assert_eq!(written.len(), "2026-11-21T17:00:00-06:00".len());
}

/// A pack: refused with places that lie in the text, or good.
pub fn core_pack(data: &[u8]) {
    let Some(text) = utf8(data) else { return };
    match pack::parse(text) {
        Ok(_) => {}
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a reason");
            for error in errors {
                assert!(error.span.end <= text.len(), "the place lies outside the text");
                assert!(error.line >= 1 && error.column >= 1, "places count from 1");
            }
        }
    }
}

/// A record from a journal that may be damaged: refused, or kept the same for ever.
pub fn core_record(data: &[u8]) {
    let Ok(record) = beaconfire_core::record::decode("fuzz", 1, data) else { return };
    let kept = beaconfire_core::record::encode(&record);
    let again = beaconfire_core::record::decode(&kept.kind, kept.version, &kept.body);
    let again = beaconfire_core::record::encode(&again.expect("what we keep can be read"));
    assert_eq!(again.body, kept.body, "and is kept the same again");
}

/// A template of a pack: filled within bounds, or refused.
pub fn core_template(data: &[u8]) {
    let Some(text) = utf8(data) else { return };
    let facts = BTreeMap::from([("place", "Houston"), ("value", "12.3")]);
    if let Ok(filled) = pack::fill(text, &facts) {
        assert!(filled.len() <= 1 << 20, "a template of {} bytes filled to {}", text.len(), filled.len());
    }
}

/// An encoded area on a device: refused, or it answers for every point; nothing lies off the globe.
pub fn cover_match(data: &[u8]) {
    let Ok(matcher) = Matcher::new(data) else { return };
    assert!(matcher.cells() <= data.len(), "more cells than bytes");
    for (lat, lon) in [(0.0, 0.0), (29.76, -95.37), (90.0, 180.0), (-90.0, -180.0), (-13.83, 179.99)] {
        assert_eq!(matcher.contains(lat, lon), matcher.find(lat, lon) != Where::Outside);
    }
    for (lat, lon) in [(90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
        assert_eq!(matcher.find(lat, lon), Where::Outside);
    }
}

/// Parameters of a detector, then samples: saved and restored it says the same as without.
pub fn detect_params(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let (json, numbers) = match rest.iter().position(|b| *b == b'\n') {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &[][..]),
    };
    let (Some(json), kind) = (utf8(json), KINDS[usize::from(first) % KINDS.len()]) else { return };
    let Ok(params) = kind.parse(json) else { return };
    let (mut kept, mut restored) = (params.start(), params.start());
    for chunk in numbers.chunks_exact(9).take(64) {
        let time = i64::from(chunk[0]) * 600;
        let value = f64::from_le_bytes(chunk[1..9].try_into().expect("eight bytes"));
        let sample = Sample::new(time, value);
        let (a, b) = (kept.push(sample), restored.push(sample));
        assert_eq!(format!("{a:?}"), format!("{b:?}"), "a restored detector says something else");
        let finite = [a.expected, a.threshold, a.score, a.observed].into_iter().flatten().all(f64::is_finite);
        assert!(finite, "evidence that is no number: {a:?}");
        restored = params.restore(&kept.save()).expect("the state is of its own kind");
    }
}

/// A table of geocodes: refused, or every code in it has an answer and it is the same when it is encoded again. The
/// checksum is put right first: behind it lies all that can go wrong.
pub fn geo_geocodes(data: &[u8]) {
    let mut bytes = data.to_vec();
    if let Some(sum) = data.get(16..).map(crc32) {
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    }
    let Ok(table) = Table::from_bytes(bytes) else { return };
    let codes: Vec<String> = table.iter().map(|entry| entry.code).collect();
    assert_eq!(codes.len(), table.len(), "an entry was lost");
    let scheme = table.scheme().to_owned();
    let draft = TableDraft::of(&table);
    let mut registry = Registry::new();
    registry.add(table);
    for code in codes.iter().take(64) {
        assert!(registry.tables()[0].find(code).next().is_some(), "{code:?} is there and not found");
        for second in [i64::MIN, 0, i64::MAX] {
            let answer = registry.resolve(&scheme, code, second);
            assert!(!answer.to_string().is_empty());
            if let Resolution::Place(place) = answer {
                assert!(!registry.shapes(&place.drawn).is_empty(), "a place without a shape");
            }
        }
    }
    let is_small =
        draft.entries.iter().all(|entry| !matches!(&entry.drawing, Drawing::Rings(r) if r.len() > 1000));
    if is_small && let Ok(encoded) = encode(&draft) {
        let again = Table::from_bytes(encoded.bytes).expect("what we encode can be read");
        assert!(again.len() <= codes.len(), "more entries than were there");
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

/// A file of places: refused, or every question about it has an answer.
pub fn geo_places(data: &[u8]) {
    let Ok(places) = Places::from_bytes(data) else { return };
    let centre = Point::new(29.76, -95.37).expect("on the globe");
    assert_eq!(places.iter().count(), places.len());
    assert_eq!(places.nearest(centre).is_none(), places.is_empty());
    let circle = Circle::new(centre, 500.0).expect("a sound circle");
    let area = Area::Shapes(vec![Shape::Circle(circle)]);
    let inside = places.within(&area).count();
    let by_hand = places.iter().filter(|p| area.contains(p.point) == Some(true)).count();
    assert_eq!(inside, by_hand, "the index and the look at each place differ");
    let _ = places.population(&area);
}

fn utf8(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
