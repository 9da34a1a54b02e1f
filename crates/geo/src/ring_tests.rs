//! Tests of rings: inside and outside, the antimeridian, the poles, and what is refused.

use super::*;
use proptest::prelude::*;

fn ring(points: &[(f64, f64)]) -> Ring {
    Ring::new(points.iter().map(|&(lat, lon)| Point::new(lat, lon).unwrap()).collect()).unwrap()
}

fn at(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

#[test]
fn refuses_what_is_no_ring() {
    let p = at(0.0, 0.0);
    assert_eq!(Ring::new(vec![p; 3]), Err(RingError::TooFewPoints(3)));
    assert_eq!(Ring::new(vec![p, at(0.0, 1.0), at(1.0, 1.0), at(1.0, 0.0)]), Err(RingError::NotClosed));
    assert_eq!(Ring::new(vec![p; MAX_VERTICES + 1]), Err(RingError::TooManyPoints(MAX_VERTICES + 1)));
    let nan = Point { lat: f64::NAN, lon: 0.0 };
    assert!(matches!(Ring::new(vec![p, nan, p, p]), Err(RingError::Point { index: 1, .. })));
    let mut spiral = Vec::new();
    for turn in 0..4 {
        spiral.extend([-120.0, 0.0, 120.0].map(|lon| at(f64::from(turn), lon)));
    }
    spiral.push(spiral[0]);
    assert_eq!(Ring::new(spiral), Err(RingError::Winds));
}

#[test]
fn square_with_its_rim() {
    let square = ring(&[(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0), (0.0, 0.0)]);
    for inside in [(1.0, 1.0), (0.0, 0.0), (2.0, 1.0), (1.0, 2.0)] {
        assert!(square.contains(&at(inside.0, inside.1)), "{inside:?}");
    }
    for outside in [(2.1, 1.0), (1.0, -0.1), (-0.1, 0.0), (0.0, 3.0)] {
        assert!(!square.contains(&at(outside.0, outside.1)), "{outside:?}");
    }
}

#[test]
fn square_across_the_antimeridian() {
    let square = ring(&[(-1.0, 179.0), (-1.0, -179.0), (1.0, -179.0), (1.0, 179.0), (-1.0, 179.0)]);
    assert!(square.contains(&at(0.0, 180.0)) && square.contains(&at(0.0, -180.0)));
    assert!(square.contains(&at(0.0, 179.5)) && square.contains(&at(0.0, -179.5)));
    assert!(!square.contains(&at(0.0, 178.5)) && !square.contains(&at(0.0, 0.0)));
    let b = square.bbox();
    assert_eq!((b.west, b.east), (179.0, -179.0));
    assert!((square.km2() / 49_453.0 - 1.0).abs() < 0.01, "{}", square.km2());
}

#[test]
fn ring_about_the_pole_holds_the_pole() {
    let cap = ring(&[(60.0, -120.0), (60.0, 0.0), (60.0, 120.0), (60.0, -120.0)]);
    assert!(cap.contains(&at(90.0, 0.0)) && cap.contains(&at(70.0, 179.0)));
    assert!(!cap.contains(&at(50.0, 0.0)) && !cap.contains(&at(-90.0, 0.0)));
    let south = ring(&[(-60.0, -120.0), (-60.0, 0.0), (-60.0, 120.0), (-60.0, -120.0)]);
    assert!(south.contains(&at(-80.0, 45.0)) && !south.contains(&at(80.0, 45.0)));
}

#[test]
fn a_box_over_the_whole_earth_holds_it() {
    let world = ring(&[(-90.0, -180.0), (90.0, -180.0), (90.0, 180.0), (-90.0, 180.0), (-90.0, -180.0)]);
    assert!(world.contains(&at(12.0, 34.0)));
    assert!((world.km2() / 510_065_600.0 - 1.0).abs() < 1e-3);
}

#[test]
fn surface_of_one_degree_at_the_equator() {
    let square = ring(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)]);
    assert!((square.km2() / 12_363.0 - 1.0).abs() < 1e-3, "{}", square.km2());
}

fn star() -> impl Strategy<Value = Vec<Point>> {
    (-60.0..60.0f64, -180.0..180.0f64, proptest::collection::vec(0.5..20.0f64, 3..12)).prop_map(
        |(lat, lon, radii)| {
            let n = radii.len() as f64;
            let mut points: Vec<Point> = radii
                .iter()
                .enumerate()
                .map(|(i, r)| {
                    let angle = i as f64 / n * std::f64::consts::TAU;
                    let x = (lon + r * angle.cos() + 180.0).rem_euclid(360.0) - 180.0;
                    at(lat + r * angle.sin(), x)
                })
                .collect();
            points.push(points[0]);
            points
        },
    )
}

proptest! {
    #[test]
    fn what_a_ring_contains_does_not_depend_on_its_first_vertex(
        points in star(), start in 0usize..12, lat in -80.0..80.0f64, lon in -180.0..180.0f64,
    ) {
        let ring = Ring::new(points.clone()).unwrap();
        let mut turned = points[..points.len() - 1].to_vec();
        let n = turned.len();
        turned.rotate_left(start % n);
        turned.push(turned[0]);
        prop_assert_eq!(ring.contains(&at(lat, lon)), Ring::new(turned).unwrap().contains(&at(lat, lon)));
    }

    #[test]
    fn what_a_ring_contains_does_not_depend_on_where_the_antimeridian_is(
        points in star(), lat in -80.0..80.0f64, lon in -180.0..180.0f64,
    ) {
        let turn = |p: &Point| at(p.lat, if p.lon > 0.0 { p.lon - 180.0 } else { p.lon + 180.0 });
        let ring = Ring::new(points.clone()).unwrap();
        let far = Ring::new(points.iter().map(turn).collect()).unwrap();
        // Half a turn is exact in floating point only up to rounding: stay off the rim.
        let p = at(lat, lon);
        let rim = [at(lat + 1e-6, lon), at(lat - 1e-6, lon)].map(|q| ring.contains(&q));
        prop_assume!(rim[0] == rim[1]);
        prop_assert_eq!(ring.contains(&p), far.contains(&turn(&p)));
    }

    #[test]
    fn the_box_of_a_ring_contains_its_points(points in star()) {
        let ring = Ring::new(points).unwrap();
        let b = ring.bbox();
        for p in ring.points() {
            let near = BBox { south: b.south - 1e-9, north: b.north + 1e-9, west: b.west - 1e-9, east: b.east + 1e-9 };
            prop_assert!(near.contains(p));
        }
    }
}
