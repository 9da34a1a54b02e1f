//! What is done with foreign bytes in each fuzz target, and what must hold whatever they are.
//!
//! A target neither panics nor takes long nor much memory; beyond that each holds a property. The
//! ordinary tests replay `corpus/<target>/` through these same functions (`xtask/tests/corpus.rs`).

mod cap;
mod flow;
mod geo;

use std::collections::BTreeMap;

use beaconfire_core::pack;
use beaconfire_cover::{Matcher, Where};
use beaconfire_detect::{Detector, KINDS, Sample};

pub use cap::*;
pub use flow::*;
pub use geo::*;

/// A target: what it does with the bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its file and corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("cap_c14n", cap_c14n),
    ("cap_json", cap_json),
    ("cap_profile", cap_profile),
    ("cap_read", cap_read),
    ("cap_time", cap_time),
    ("cap_verify", cap_verify),
    ("cap_write", cap_write),
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
    ("geo_ring", geo_ring),
];

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

fn utf8(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
