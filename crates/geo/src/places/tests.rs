//! Tests of the index of places: the format, questions, exposure, and damaged bytes.

use super::*;
use crate::area::{Area, Shape};
use crate::circle::Circle;
use crate::point::Point;
use crate::ring::Ring;
use proptest::prelude::*;

fn place(id: u32, name: &str, lat: f64, lon: f64, population: u32) -> Place {
    Place { id, name: name.into(), lat, lon, population, country: "XA".into(), time_zone: "Etc/UTC".into() }
}

fn at(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

fn circle(lat: f64, lon: f64, km: f64) -> Area {
    Circle::new(at(lat, lon), km).unwrap().into()
}

fn square(south: f64, west: f64, side: f64) -> Area {
    let (n, e) = (south + side, west + side);
    Ring::new(vec![at(south, west), at(south, e), at(n, e), at(n, west), at(south, west)]).unwrap().into()
}

fn sample() -> Vec<u8> {
    encode(&[
        place(3, "Ülm", 48.4, 10.0, 126_000),
        place(1, "Kirchdorf", 48.5, 10.2, 900),
        place(2, "Nowhere", -17.0, 179.99, 0),
        Place { country: String::new(), time_zone: String::new(), ..place(9, "Far", -17.0, -179.99, 40_000) },
    ])
    .unwrap()
}

#[test]
fn what_is_written_reads_back() {
    let bytes = sample();
    let places = Places::from_bytes(&bytes).unwrap();
    assert_eq!((places.len(), places.is_empty()), (4, false));
    let ulm = places.iter().find(|p| p.id == 3).unwrap();
    assert_eq!((ulm.name, ulm.country, ulm.time_zone, ulm.population), ("Ülm", "XA", "Etc/UTC", 126_000));
    assert_eq!(ulm.point, at(48.4, 10.0));
    let far = places.iter().find(|p| p.id == 9).unwrap();
    assert_eq!((far.country, far.time_zone), ("", ""));
    assert!(places.get(4).is_none());
}

#[test]
fn refuses_what_cannot_be_written() {
    assert!(matches!(encode(&[place(1, "a", 91.0, 0.0, 1)]), Err(EncodeError::Point { id: 1, .. })));
    let odd = Place { country: "xa".into(), ..place(1, "a", 0.0, 0.0, 1) };
    assert!(matches!(encode(&[odd]), Err(EncodeError::Country { .. })));
}

#[test]
fn empty_file_answers_unknown() {
    let bytes = encode(&[]).unwrap();
    let places = Places::from_bytes(&bytes).unwrap();
    assert_eq!(places.population(&circle(0.0, 0.0, 20_000.0)), Exposure::Unknown);
    assert!(places.nearest(at(0.0, 0.0)).is_none());
}

#[test]
fn within_and_nearest_cross_the_antimeridian() {
    let bytes = sample();
    let places = Places::from_bytes(&bytes).unwrap();
    let mut ids: Vec<u32> = places.within(&circle(-17.0, 180.0, 10.0)).map(|p| p.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, [2, 9]);
    assert_eq!(places.nearest(at(-17.0, 179.9999)).unwrap().0.id, 2);
    assert_eq!(places.nearest(at(-17.0, 180.0)).map(|n| n.1 < 1.1), Some(true));
    assert_eq!(places.nearest(at(-17.0, -179.999)).unwrap().0.id, 9);
    assert_eq!(places.nearest(at(50.0, 10.0)).unwrap().0.id, 1);
    assert_eq!(places.within(&Area::WholeJurisdiction).count(), 0);
}

#[test]
fn no_place_inside_is_unknown_never_zero() {
    let bytes = sample();
    let places = Places::from_bytes(&bytes).unwrap();
    for area in [
        square(0.0, 0.0, 1.0),
        circle(-17.0, 179.99, 0.5),
        circle(48.42, 10.0, 0.1),
        Area::default(),
        Area::WholeJurisdiction,
        Area::Unresolved("no table for this code".into()),
    ] {
        assert_eq!(places.population(&area), Exposure::Unknown, "{area:?}");
    }
}

#[test]
fn exposure_is_a_range() {
    let bytes = sample();
    let places = Places::from_bytes(&bytes).unwrap();
    assert_eq!(
        places.population(&square(48.0, 9.0, 2.0)),
        Exposure::Range { min: 126_900, max: 126_900, places: 2 }
    );
    // The disc of Ülm has a radius of 4.48 km; a circle of 1 km about its centre surely holds a twentieth.
    let Exposure::Range { min, max, places: 1 } = places.population(&circle(48.4, 10.0, 1.0)) else {
        panic!()
    };
    assert_eq!(max, 126_000);
    assert!((6_000..6_600).contains(&min), "{min}");
    // The rim passes 2.2 km north of Ülm, which then only touches, but Kirchdorf is inside.
    let Exposure::Range { min, max, places: 1 } = places.population(&square(48.42, 10.0, 1.0)) else {
        panic!()
    };
    assert_eq!((min, max), (900, 126_900));
}

#[test]
fn overlapping_shapes_count_a_place_once() {
    let bytes = sample();
    let places = Places::from_bytes(&bytes).unwrap();
    let both = square(48.0, 9.0, 2.0).union(&circle(48.4, 10.0, 50.0));
    assert_eq!(places.population(&both), Exposure::Range { min: 126_900, max: 126_900, places: 2 });
}

#[test]
fn a_ring_of_the_whole_budget_is_counted() {
    let n = crate::MAX_VERTICES - 1;
    let mut points: Vec<Point> = (0..n)
        .map(|i| {
            let angle = i as f64 / n as f64 * std::f64::consts::TAU;
            let r = 3.0 + 0.2 * (angle * 500.0).sin();
            at(48.0 + r * angle.sin(), 10.0 + r * angle.cos())
        })
        .collect();
    points.push(points[0]);
    let area = Area::Shapes(vec![Shape::Polygon(Ring::new(points).unwrap())]);
    let many: Vec<Place> = (0..4000)
        .map(|i| place(i, "p", 40.0 + f64::from(i / 64) * 0.25, f64::from(i % 64) * 0.3, 1000))
        .collect();
    let bytes = encode(&many).unwrap();
    let places = Places::from_bytes(&bytes).unwrap();
    let Exposure::Range { min, max, places: count } = places.population(&area) else { panic!() };
    assert_eq!(count as usize, places.within(&area).count());
    assert!(min <= 1000 * u64::from(count) && max >= 1000 * u64::from(count));
}

#[test]
fn every_truncation_is_refused() {
    let bytes = sample();
    for end in 0..bytes.len() {
        assert!(Places::from_bytes(&bytes[..end]).is_err(), "{end}");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert_eq!(Places::from_bytes(&longer).unwrap_err(), PlacesError::Length);
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert_eq!(Places::from_bytes(&newer).unwrap_err(), PlacesError::Version(2));
}

fn ask_everything(bytes: &[u8]) {
    if let Ok(places) = Places::from_bytes(bytes) {
        let _ = places.iter().map(|p| p.name.len() + p.time_zone.len() + p.country.len()).sum::<usize>();
        let area = circle(48.4, 10.0, 500.0);
        let _ = (places.within(&area).count(), places.population(&area), places.nearest(at(0.0, 0.0)));
    }
}

proptest! {
    #[test]
    fn damaged_bytes_are_refused_or_answer_without_a_panic(at in 0usize..400, value in any::<u8>(), at2 in 0usize..400) {
        let mut bytes = sample();
        let n = bytes.len();
        bytes[at % n] = value;
        bytes[at2 % n] ^= 0x80;
        ask_everything(&bytes);
    }

    #[test]
    fn random_bytes_after_the_magic_never_panic(tail in proptest::collection::vec(any::<u8>(), 0..300)) {
        ask_everything(&[&MAGIC[..], &1u32.to_le_bytes(), &tail].concat());
    }

    #[test]
    fn the_index_finds_exactly_what_a_scan_finds(
        spots in proptest::collection::vec((-90.0..=90.0f64, -180.0..=180.0f64), 0..200),
        lat in -90.0..=90.0f64, lon in -180.0..=180.0f64, km in 0.0..8000.0f64,
    ) {
        let all: Vec<Place> =
            spots.iter().enumerate().map(|(i, p)| place(i as u32, "p", p.0, p.1, 5000)).collect();
        let bytes = encode(&all).unwrap();
        let places = Places::from_bytes(&bytes).unwrap();
        let area = circle(lat, lon, km);
        let mut found: Vec<u32> = places.within(&area).map(|p| p.id).collect();
        found.sort_unstable();
        let mut wanted: Vec<u32> = places.iter().filter(|p| area.contains(p.point) == Some(true)).map(|p| p.id).collect();
        wanted.sort_unstable();
        prop_assert_eq!(found, wanted);
        let nearest = places.nearest(at(lat, lon)).map(|n| n.1);
        let wanted = places.iter().map(|p| p.point.distance_km(&at(lat, lon))).min_by(f64::total_cmp);
        prop_assert_eq!(nearest, wanted);
    }

    #[test]
    fn a_larger_circle_never_has_fewer_people(km in 1.0..2000.0f64, more in 1.0..3.0f64, lat in 30.0..60.0f64) {
        let all: Vec<Place> = (0..400)
            .map(|i| place(i, "p", 35.0 + f64::from(i / 20), f64::from(i % 20), 1000 + i * i * 40))
            .collect();
        let bytes = encode(&all).unwrap();
        let places = Places::from_bytes(&bytes).unwrap();
        let range = |km| match places.population(&circle(lat, 10.0, km)) {
            Exposure::Unknown => (0, 0),
            Exposure::Range { min, max, .. } => (min, max),
        };
        let (small, large) = (range(km), range(km * more));
        prop_assert!(small.0 <= small.1 && small.0 <= large.0 + 1 && small.1 <= large.1, "{small:?} {large:?}");
    }
}
