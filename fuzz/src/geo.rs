//! Targets of `geo`: tables of geocodes, the index of places, rings as they are found.

use beaconfire_geo::geocode::{Drawing, Registry, Resolution, Table, TableDraft, encode};
use beaconfire_geo::places::Places;
use beaconfire_geo::{
    Area, Circle, Point, Ring, Shape, antimeridian, normal, repair, round, simplify, unwrap, validity,
};

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
