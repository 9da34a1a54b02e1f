//! Tests of what is wrong with rings.

use super::*;

fn ring(points: &[(f64, f64)]) -> Vec<Point> {
    points.iter().map(|&(lat, lon)| Point { lat, lon }).collect()
}

fn check(points: &[(f64, f64)], expected: &[Fault]) {
    let faults = faults(&ring(points), 50);
    assert_eq!((faults.found.as_slice(), faults.more), (expected, false));
}

#[test]
fn a_square_is_simple_here_and_across_the_antimeridian() {
    check(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)], &[]);
    check(&[(0.0, 179.0), (0.0, -179.0), (1.0, -179.0), (1.0, 179.0), (0.0, 179.0)], &[]);
    check(&[(60.0, -120.0), (60.0, 0.0), (60.0, 120.0), (60.0, -120.0)], &[]);
}

#[test]
fn crossings_are_told_with_their_edges_and_place() {
    let at = Point { lat: 0.5, lon: -180.0 };
    check(
        &[(0.0, 179.5), (1.0, -179.5), (1.0, 179.5), (0.0, -179.5), (0.0, 179.5)],
        &[Fault::Crossing { first: 0, second: 2, at: Point { lon: 180.0, ..at } }],
    );
}

#[test]
fn repeats_spikes_touches_and_flatness_are_told() {
    check(&[(0.0, 0.0), (0.0, 1.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)], &[Fault::Repeated { point: 2 }]);
    check(
        &[(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (4.0, 2.0), (2.0, 2.0), (2.0, 0.0), (0.0, 0.0)],
        &[Fault::Touch { edge: 2, point: 4 }, Fault::Spike { point: 3 }],
    );
    let flat = faults(&ring(&[(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (0.0, 0.0)]), 50);
    assert!(flat.found.contains(&Fault::NoArea));
    assert_eq!(faults(&[], 5).found, [Fault::NoArea]);
    let pinched = [(0.0, 0.0), (0.0, 2.0), (1.0, 1.0), (2.0, 2.0), (2.0, 0.0), (1.0, 1.0), (0.0, 0.0)];
    check(&pinched, &[Fault::Touch { edge: 2, point: 5 }]);
}

#[test]
fn it_stops_at_the_number_asked_for() {
    let star: Vec<Point> = (0..=101)
        .map(|i| f64::from(i * 50 % 101) / 101.0 * std::f64::consts::TAU)
        .map(|angle| Point { lat: angle.sin(), lon: angle.cos() })
        .collect();
    let faults = faults(&star, 10);
    assert_eq!((faults.found.len(), faults.more, faults.is_simple()), (10, true, false));
}

#[test]
fn a_million_points_do_not_hang() {
    let round = |n: u32, turns: f64, twist: f64| -> Vec<Point> {
        let at = |i: u32| {
            let part = f64::from(i) / f64::from(n);
            let (angle, size) = (part * turns * std::f64::consts::TAU, 10.0 + part * twist);
            Point { lat: size * angle.sin(), lon: size * angle.cos() }
        };
        (0..n).chain([0]).map(at).collect()
    };
    assert!(faults(&round(1_000_000, 1.0, 0.0), 10).is_simple());
    assert!(!faults(&round(1_000_000, 100.0, 40.0), 10).is_simple(), "its last edge goes through all turns");
    let zigzag: Vec<Point> =
        (0..1_000_000u32).map(|i| Point { lat: f64::from(i % 2) * 50.0, lon: f64::from(i) / 1e4 }).collect();
    let _ = faults(&zigzag, 1_000_000);
}
