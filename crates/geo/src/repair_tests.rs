//! Tests of repair: known shapes, and properties over rings made to be nasty.

use super::*;
use crate::area::{Area, Shape};
use crate::normal::rings_cover_within;
use crate::plane::shared_ground;
use crate::point::Point;
use proptest::prelude::*;

fn ring(points: &[(f64, f64)]) -> Ring {
    let mut points: Vec<Point> = points.iter().map(|&(lat, lon)| Point::new(lat, lon).unwrap()).collect();
    points.push(points[0]);
    Ring::new(points).unwrap()
}

fn area(rings: &[Ring]) -> Area {
    Area::Shapes(rings.iter().cloned().map(Shape::Polygon).collect())
}

#[test]
fn a_sound_ring_stays_as_it_is() {
    let square = ring(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]);
    assert_eq!(repair(&square), Repaired { rings: vec![square], report: Report::default() });
}

#[test]
fn a_bow_tie_becomes_two_triangles() {
    let repaired = repair(&ring(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]));
    assert_eq!(repaired.rings.len(), 2);
    assert!(repaired.rings.iter().all(|r| r.points().len() == 4));
    assert!((area(&repaired.rings).km2().unwrap() / 6182.0 - 1.0).abs() < 1e-3);
    assert!(repaired.report.over_even_odd_km2 < 1e-6);
}

#[test]
fn the_middle_of_a_star_is_kept() {
    let star: Vec<(f64, f64)> =
        (0..5).map(|i| f64::from(i * 2) / 5.0 * std::f64::consts::TAU).map(|a| (a.sin(), a.cos())).collect();
    let repaired = repair(&ring(&star));
    assert_eq!(repaired.rings.len(), 1);
    assert_eq!(area(&repaired.rings).contains(Point::new(0.0, 0.0).unwrap()), Some(true));
    assert!(repaired.report.over_even_odd_km2 > 1000.0 && repaired.report.over_winding_km2 < 1e-6);
}

#[test]
fn a_hole_behind_a_bridge_stays_a_hole() {
    let annulus = ring(&[
        (0.0, 0.0),
        (0.0, 9.0),
        (9.0, 9.0),
        (9.0, 0.0),
        (0.0, 0.0),
        (3.0, 3.0),
        (6.0, 3.0),
        (6.0, 6.0),
        (3.0, 6.0),
        (3.0, 3.0),
    ]);
    let repaired = repair(&annulus);
    assert_eq!((repaired.rings.len(), repaired.report.holes_kept), (2, 1));
    let area = area(&repaired.rings);
    assert_eq!(area.contains(Point::new(5.0, 5.0).unwrap()), Some(false));
    assert_eq!(area.contains(Point::new(1.0, 5.0).unwrap()), Some(true));
    assert!(repaired.report.over_winding_km2.abs() < 1.0, "{:?}", repaired.report);
}

#[test]
fn what_encloses_nothing_leaves_nothing() {
    assert_eq!(repair(&ring(&[(0.0, 0.0), (0.0, 1.0), (0.0, 2.0)])).rings, []);
    let p = Point::new(3.0, 4.0).unwrap();
    assert_eq!(repair(&Ring::new(vec![p; 5]).unwrap()).rings, []);
}

#[test]
fn what_is_too_entangled_is_covered_by_its_hull() {
    let points: Vec<(f64, f64)> = (0..8_001u64)
        .map(|i| ((i * 7919 % 10_007) as f64 / 1e3 - 5.0, (i * 104_729 % 10_009) as f64 / 1e3 - 5.0))
        .collect();
    let repaired = repair(&ring(&points));
    assert!(repaired.report.hull);
    assert_eq!(repaired.rings.len(), 1);
}

fn steps(points: &[(i32, i32)]) -> Ring {
    ring(&points.iter().map(|&(y, x)| (f64::from(y) * 1e-8, f64::from(x) * 1e-8)).collect::<Vec<_>>())
}

#[test]
fn what_lies_in_a_filled_hole_is_no_part_of_its_own() {
    let low = [(7, 7), (8, 0), (0, 0), (1, 8), (6, 1), (5, 6), (5, 1), (7, 2), (1, 1)];
    let repaired = repair(&steps(&low));
    assert_eq!((repaired.rings.len(), repaired.report.holes_filled), (1, 1));
    // A bay around an island that rounding closes when the ring is cut through its other holes.
    let bay = [
        (27, 42),
        (66, 89),
        (20, 32),
        (0, 0),
        (0, 45),
        (60, 75),
        (0, 72),
        (72, 67),
        (4, 70),
        (26, 20),
        (66, 67),
        (43, 77),
        (0, 0),
    ];
    let repaired = repair(&steps(&bay));
    assert_eq!(shared_ground(&repaired.rings), [] as [Vec<P>; 0]);
    assert_eq!(repaired.report.holes_kept, 2);
}

#[test]
fn islands_beside_cut_ground_stay_clear_of_it() {
    let islands = [
        (154, 7),
        (2, 0),
        (64, 14),
        (217, 160),
        (82, 174),
        (158, 55),
        (36, 131),
        (160, 87),
        (27, 135),
        (187, 106),
        (39, 0),
        (0, 47),
        (0, 223),
        (170, 65),
        (1, 213),
    ];
    assert_eq!(shared_ground(&repair(&steps(&islands)).rings), [] as [Vec<P>; 0]);
}

#[test]
fn a_hole_that_rounding_parts_from_its_cut_is_no_ground_of_two() {
    let tail = [
        (17, 14),
        (21, 39),
        (20, 0),
        (2, 20),
        (39, 5),
        (34, 25),
        (13, 31),
        (7, 7),
        (26, 34),
        (0, 31),
        (10, 37),
        (29, 19),
        (7, 14),
        (24, 34),
        (34, 16),
        (18, 32),
        (26, 35),
        (17, 13),
        (20, 30),
        (26, 13),
        (2, 4),
        (33, 30),
        (4, 31),
        (21, 33),
        (21, 15),
    ];
    let repaired = repair(&steps(&tail));
    assert_eq!(shared_ground(&repaired.rings), [] as [Vec<P>; 0]);
    assert!(repaired.rings.iter().all(|part| validity::faults(part.points(), 1).is_simple()));
}

#[test]
fn a_bay_that_a_cut_closes_stays_open() {
    let corners =
        [(0, 1), (5, 3), (1, 1), (0, 3), (4, 2), (0, 1), (2, 4), (0, 0), (4, 0), (0, 5), (5, 0), (0, 2)];
    let bay = ring(&corners.map(|(y, x)| (f64::from(y), f64::from(x))));
    let repaired = repair(&bay);
    let parts = area(&repaired.rings);
    assert_eq!(parts.contains(Point::new(2.34, 1.4).unwrap()), Some(false), "in the bay");
    assert_eq!(parts.contains(Point::new(1.6, 2.7).unwrap()), Some(false), "in the hole");
    assert_eq!(shared_ground(&repaired.rings), [] as [Vec<P>; 0]);
}

#[test]
fn edges_that_run_side_by_side_for_long_can_be_compared() {
    let sharp = ring(&[
        (-53.31740114, 47.547275),
        (45.42833569, -16.26344296),
        (16.21418815, 0.0),
        (-32.54291399, 36.5384353),
    ]);
    let repaired = repair(&sharp);
    assert_eq!(repaired.rings.len(), 2);
    assert_eq!(rings_cover_within(&repaired.rings, &sharp, 1), Some(true));
}

/// Rings on small lattices (where everything touches and overlaps), spirals, and anywhere.
fn nasty() -> impl Strategy<Value = Ring> {
    let lattice = (2i32..7, proptest::collection::vec((0i32..7, 0i32..7), 3..40)).prop_map(|(n, points)| {
        points.iter().map(|&(y, x)| (f64::from(y % n), f64::from(x % n))).collect::<Vec<_>>()
    });
    let fine = proptest::collection::vec((0i32..9, 0i32..9), 3..25);
    let crowd = (10i32..400).prop_flat_map(|n| proptest::collection::vec((0..n, 0..n), 6..60));
    let close = prop_oneof![fine, crowd].prop_map(|points| steps(&points));
    let loose = proptest::collection::vec((-60.0..60.0f64, -60.0..60.0f64), 3..40);
    let star = (3u32..40, 1u32..20).prop_map(|(n, step)| {
        let angle = |i: u32| f64::from(i * step) / f64::from(n) * std::f64::consts::TAU;
        (0..n).map(|i| (angle(i).sin(), angle(i).cos())).collect()
    });
    let wide = prop_oneof![lattice, loose, star].prop_map(|points: Vec<(f64, f64)>| ring(&points));
    prop_oneof![2 => close, 3 => wide]
}

proptest! {
    #[test]
    fn parts_are_simple_and_hold_what_the_ring_holds(
        ring in nasty(), asks in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64), 60),
    ) {
        let repaired = repair(&ring);
        prop_assert!(!repaired.report.hull);
        for part in &repaired.rings {
            let faults = validity::faults(part.points(), 5);
            prop_assert!(faults.is_simple(), "{part:?} {faults:?}");
        }
        let (parts, b) = (area(&repaired.rings), ring.bbox());
        // Where all is a few steps wide, what rounding moves is not small.
        if b.width() < 1e-3 {
            return Ok(());
        }
        prop_assert_eq!(rings_cover_within(&repaired.rings, &ring, 1), Some(true));
        for (up, right) in asks {
            let p = Point::new(b.south + up * (b.north - b.south), b.west + right * b.width()).unwrap();
            let moved = |d: f64| Point { lat: p.lat + d, lon: p.lon + d / 2.0 };
            if [-3e-8, 3e-8].iter().all(|d| ring.contains(&moved(*d)) == ring.contains(&p)) {
                prop_assert_eq!(parts.contains(p), Some(ring.contains(&p)), "{:?}", p);
            }
        }
    }

    #[test]
    fn parts_share_no_ground(ring in nasty()) {
        prop_assert_eq!(shared_ground(&repair(&ring).rings), [] as [Vec<P>; 0]);
    }
}
