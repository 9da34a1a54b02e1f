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
use beaconfire_geo::places::Places;
use beaconfire_geo::{
    Area, Circle, Point, Ring, Shape, antimeridian, normal, repair, round, simplify, unwrap, validity,
};

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
    ("geo_places", geo_places),
    ("geo_ring", geo_ring),
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

/// A ring as it may be found: refused, or repaired, cut, simplified and rounded into sound rings that cover it. The
/// first byte is the budget and the decimals; then two bytes each for latitude and longitude, in steps of 1/180 degree
/// or, where the budget is odd, of a hundred-millionth, which crowds them.
pub fn geo_ring(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let steps = if first % 2 == 0 { 180.0 } else { 1e8 };
    let number = |b: &[u8]| f64::from(i16::from_le_bytes([b[0], b[1]])) / steps;
    let raw: Vec<(f64, f64)> =
        rest.chunks_exact(4).take(200).map(|c| (number(&c[..2]), number(&c[2..]) * 1.1)).collect();
    let loose: Vec<Point> = raw.iter().map(|&(lat, lon)| Point { lat, lon }).collect();
    assert_eq!(unwrap::unwrap(&loose).points.len(), loose.len());
    let _ = validity::faults(&loose, 10);
    let Ok((ring, _)) = unwrap::mended(&raw) else { return };
    let repaired = repair::repair(&ring);
    for part in &repaired.rings {
        assert!(validity::faults(part.points(), 1).is_simple(), "a part of a repair is not simple: {part:?}");
        let few = simplify::simplify_cover(&part.clone().into(), usize::from(first).max(simplify::FEWEST));
        let rings: Vec<Ring> = few.area.shapes().iter().filter_map(polygon).collect();
        assert_ne!(normal::rings_cover(&rings, part), Some(false), "a simplification lost ground");
        let rounded = round::round_outward(part, u32::from(first % 7));
        assert_ne!(normal::rings_cover(&rounded, part), Some(false), "rounding lost ground");
    }
    let _ = antimeridian::join(&antimeridian::split(&ring));
}

fn polygon(shape: &Shape) -> Option<Ring> {
    if let Shape::Polygon(ring) = shape { Some(ring.clone()) } else { None }
}

fn utf8(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
