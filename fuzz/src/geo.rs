//! Targets of `geo`: the index of places, rings as they are found.

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
