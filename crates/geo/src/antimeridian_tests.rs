//! Tests of cutting at the antimeridian and joining again.

use super::*;
use crate::area::{Area, Shape};
use crate::normal;
use crate::plane::shared_ground;
use crate::point::Point;
use crate::unwrap::crosses_antimeridian;
use crate::validity;
use proptest::prelude::*;

fn ring(points: &[(f64, f64)]) -> Ring {
    let wrap = |lon: f64| if lon > 180.0 { lon - 360.0 } else { lon };
    let mut points: Vec<Point> =
        points.iter().map(|&(lat, lon)| Point::new(lat, wrap(lon)).unwrap()).collect();
    points.push(points[0]);
    Ring::new(points).unwrap()
}

fn area(rings: &[Ring]) -> Area {
    Area::Shapes(rings.iter().cloned().map(Shape::Polygon).collect())
}

#[test]
fn a_box_is_cut_and_joined() {
    let fiji = ring(&[(-20.0, 177.0), (-20.0, 183.0), (-15.0, 183.0), (-15.0, 177.0)]);
    let pieces = split(&fiji);
    assert_eq!(pieces.len(), 2);
    for piece in &pieces {
        assert!(piece.points().windows(2).all(|w| (w[0].lon - w[1].lon).abs() < 10.0), "{piece:?}");
    }
    assert!((area(&pieces).km2().unwrap() / fiji.km2() - 1.0).abs() < 1e-9);
    let joined = join(&pieces);
    assert_eq!(joined.len(), 1);
    assert!(normal::same_ring(&joined[0], &fiji), "{joined:?}");
}

#[test]
fn what_does_not_cross_or_meet_stays() {
    let here = ring(&[(0.0, 10.0), (0.0, 11.0), (1.0, 11.0)]);
    assert_eq!(split(&here), std::slice::from_ref(&here));
    let west = ring(&[(0.0, -180.0), (0.0, -179.0), (1.0, -179.0), (1.0, -180.0)]);
    let apart = ring(&[(5.0, 179.0), (5.0, 180.0), (6.0, 180.0), (6.0, 179.0)]);
    let rings = join(&[here.clone(), west.clone(), apart.clone()]);
    assert!(rings.len() == 3 && [here, west, apart].iter().all(|ring| rings.contains(ring)));
}

#[test]
fn a_ring_about_the_pole_reaches_it_in_pieces() {
    let polar = ring(&[(60.0, -120.0), (60.0, 0.0), (60.0, 120.0)]);
    let pieces = area(&split(&polar));
    assert!((pieces.km2().unwrap() / polar.km2() - 1.0).abs() < 1e-6);
    for lon in [-179.0, -60.0, 3.0, 179.0] {
        assert_eq!(pieces.contains(Point::new(89.0, lon).unwrap()), Some(true));
        assert_eq!(pieces.contains(Point::new(59.0, lon).unwrap()), Some(false));
    }
}

#[test]
fn turns_that_lie_on_one_another_are_covered_once() {
    // A band that runs east by 420 degrees and back, a little higher where it began.
    let there: Vec<(f64, f64)> = (0..=7).map(|i| (f64::from(i), f64::from(i) * 60.0)).collect();
    let back = there.iter().rev().map(|(lat, lon)| (lat + 9.0, *lon));
    let wrap = |lon: f64| (lon + 180.0).rem_euclid(360.0) - 180.0;
    let corners: Vec<(f64, f64)> =
        there.iter().copied().chain(back).map(|(lat, lon)| (lat, wrap(lon))).collect();
    let pieces = split(&ring(&corners));
    assert_eq!(shared_ground(&pieces), [] as [Vec<P>; 0]);
    for (lat, lon, within) in
        [(4.0, 30.0, true), (12.0, 30.0, true), (12.0, 90.0, false), (4.0, -150.0, true)]
    {
        assert_eq!(area(&pieces).contains(Point::new(lat, lon).unwrap()), Some(within), "{lat} {lon}");
    }
}

/// Rings that cross themselves and mostly the antimeridian: on small lattices, of a few steps, and anywhere.
fn nasty() -> impl Strategy<Value = Ring> {
    let spots = |n: i32, unit: f64| {
        let spot = move |(y, x): (i32, i32)| (f64::from(y) * unit, 180.0 + f64::from(x - n / 2) * unit);
        proptest::collection::vec((0..n, 0..n), 3..40)
            .prop_map(move |points| points.into_iter().map(spot).collect::<Vec<_>>())
    };
    let loose = proptest::collection::vec((-60.0..60.0f64, 130.0..230.0f64), 3..30);
    prop_oneof![spots(7, 1.0), spots(9, 1e-8), spots(200, 1e-8), loose].prop_map(|points| ring(&points))
}

proptest! {
    #[test]
    fn pieces_are_simple_share_no_ground_and_cover(ring in nasty()) {
        let pieces = split(&ring);
        if crosses_antimeridian(&ring) {
            for piece in &pieces {
                prop_assert!(validity::faults(piece.points(), 3).is_simple(), "{piece:?}");
            }
            prop_assert_eq!(shared_ground(&pieces), [] as [Vec<P>; 0]);
        }
        if ring.bbox().width() > 1e-3 && !pieces.is_empty() {
            prop_assert_eq!(normal::rings_cover_within(&pieces, &ring, 1), Some(true));
        }
    }

    #[test]
    fn pieces_cover_the_ring_and_join_to_it(
        radii in proptest::collection::vec(1.0..20.0f64, 3..30), lon0 in 165.0..195.0f64,
        asks in proptest::collection::vec((-25.0..25.0f64, -25.0..25.0f64), 1..20),
    ) {
        let n = radii.len() as f64;
        let round = |v: f64| (v * 1e6).round() / 1e6;
        let corners: Vec<(f64, f64)> = radii.iter().enumerate().map(|(i, r)| {
            let angle = (i as f64 + 0.3) / n * std::f64::consts::TAU;
            (round(r * angle.sin()), round(lon0 + r * angle.cos()))
        }).collect();
        let ring = ring(&corners);
        let pieces = split(&ring);
        for (lat, lon) in asks {
            let lon = lon0 + lon;
            let p = Point::new(lat, if lon > 180.0 { lon - 360.0 } else { lon }).unwrap();
            prop_assert_eq!(area(&pieces).contains(p), Some(ring.contains(&p)));
        }
        for p in pieces.iter().flat_map(Ring::points) {
            prop_assert!(p.lon.abs() <= 180.0);
        }
        let joined = join(&pieces);
        if pieces.len() == 2 {
            prop_assert_eq!(joined.len(), 1);
            prop_assert!(normal::same_ring(&joined[0], &ring), "{:?}\n{:?}", joined, ring);
        }
    }
}
