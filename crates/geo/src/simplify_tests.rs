//! Tests of simplification: it covers, it is simple, it keeps the budget, it ends.

use super::*;
use crate::circle::Circle;
use crate::normal::rings_cover;
use crate::point::Point;
use crate::validity;
use proptest::prelude::*;

fn ring(points: impl IntoIterator<Item = (f64, f64)>) -> Ring {
    let wrap = |lon: f64| if lon.abs() > 180.0 { (lon + 180.0).rem_euclid(360.0) - 180.0 } else { lon };
    let mut points: Vec<Point> =
        points.into_iter().map(|(lat, lon)| Point::new(lat, wrap(lon)).unwrap()).collect();
    points.push(points[0]);
    Ring::new(points).unwrap()
}

/// A coast: a circle of so many points with bays of two sizes.
fn coast(n: u32, lon: f64) -> Ring {
    ring((0..n).map(|i| {
        let angle = f64::from(i) / f64::from(n) * std::f64::consts::TAU;
        let size = 8.0 + 2.0 * (angle * 9.0).sin() + 0.6 * (angle * 131.0).sin();
        (size * angle.sin(), lon + size * angle.cos())
    }))
}

fn polygons(area: &Area) -> Vec<Ring> {
    let polygon = |shape: &Shape| if let Shape::Polygon(ring) = shape { Some(ring.clone()) } else { None };
    area.shapes().iter().filter_map(polygon).collect()
}

fn check(area: &Area, budget: usize) -> Simplified {
    let simplified = simplify_cover(area, budget);
    let rings = polygons(&simplified.area);
    for ring in &rings {
        assert!(validity::faults(ring.points(), 3).is_simple(), "{ring:?}");
    }
    for ring in polygons(area) {
        assert_eq!(rings_cover(&rings, &ring), Some(true), "{ring:?}\n{rings:?}");
    }
    simplified
}

#[test]
fn ten_thousand_points_of_a_coast_become_a_hundred() {
    for lon in [0.0, 178.0] {
        let simplified = check(&coast(10_000, lon).into(), 100);
        assert!(simplified.within_budget && simplified.points <= 100, "{}", simplified.points);
        assert!(simplified.grown < 0.35, "its small bays take most of it: {}", simplified.grown);
        let finer = simplify_cover(&coast(10_000, lon).into(), 1000);
        assert!(finer.within_budget && finer.grown < 0.15, "{}", finer.grown);
    }
}

#[test]
fn few_points_are_enough_for_anything() {
    for budget in [FEWEST, 6, 9] {
        assert!(check(&coast(500, 10.0).into(), budget).within_budget);
    }
}

#[test]
fn many_rings_share_a_budget_and_circles_cost_nothing() {
    let mut shapes: Vec<Shape> = (0..6).map(|i| Shape::Polygon(coast(400, f64::from(i) * 30.0))).collect();
    shapes.push(Shape::Circle(Circle::new(Point::new(50.0, 0.0).unwrap(), 10.0).unwrap()));
    let simplified = check(&Area::Shapes(shapes), 120);
    assert!(simplified.within_budget && simplified.area.shapes().len() == 7);
    assert!(
        !check(&Area::Shapes((0..6).map(|i| Shape::Polygon(coast(40, f64::from(i) * 30.0))).collect()), 20)
            .within_budget
    );
}

#[test]
fn small_areas_stay_as_they_are() {
    let area = Area::from(coast(40, 0.0));
    let same = simplify_cover(&area, 41);
    assert_eq!((same.area, same.grown, same.points), (area, 0.0, 41));
    assert_eq!(simplify_cover(&Area::WholeJurisdiction, 3).area, Area::WholeJurisdiction);
}

#[test]
fn a_spiral_and_a_ring_about_the_pole_are_covered() {
    let arm = |i: u32, size: f64| {
        let angle = f64::from(i) / 20.0;
        ((size + angle) * angle.sin(), (size + angle) * angle.cos())
    };
    let spiral = ring((0..800).map(|i| arm(i, 1.0)).chain((0..800).rev().map(|i| arm(i, 1.5))));
    for budget in [200, 60, 12] {
        assert!(check(&spiral.clone().into(), budget).within_budget);
    }
    let polar = ring((0..360).map(|i| (65.0 + f64::from(i * 7 % 11), f64::from(i) - 180.0)));
    check(&polar.into(), 40);
}

#[test]
fn a_seam_rounded_twice_is_covered() {
    // Cut at its crossings, and cut again to be looked at: an edge may lie two steps beside itself.
    let tenths: [(i32, i32); 30] = [
        (0, 2),
        (21, 8),
        (9, 36),
        (10, 10),
        (28, 24),
        (39, 24),
        (0, 11),
        (20, 35),
        (22, 9),
        (17, 16),
        (0, 0),
        (0, 0),
        (30, 37),
        (12, 1),
        (23, 18),
        (2, 24),
        (23, 4),
        (19, 30),
        (12, 15),
        (34, 6),
        (15, 6),
        (28, 20),
        (0, 14),
        (0, 0),
        (0, 0),
        (0, 0),
        (5, 4),
        (33, 7),
        (0, 19),
        (8, 38),
    ];
    let crossing = ring(tenths.map(|(y, x)| (f64::from(y) / 10.0, f64::from(x) / 10.0)));
    check(&crossing.into(), 12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_ring_is_covered_by_fewer_points(
        points in proptest::collection::vec((0i32..40, 0i32..40), 6..60), budget in 5usize..30,
    ) {
        let crossing = ring(points.iter().map(|&(y, x)| (f64::from(y) / 10.0, f64::from(x) / 10.0)));
        for ring in repair(&crossing).rings {
            let simplified = check(&ring.into(), budget);
            prop_assert!(simplified.within_budget);
        }
    }

    #[test]
    fn a_ring_that_crosses_itself_is_covered_whole(
        points in proptest::collection::vec((0i32..40, 0i32..40), 30..60), budget in 5usize..30,
    ) {
        let crossing = ring(points.iter().map(|&(y, x)| (f64::from(y) / 10.0, f64::from(x) / 10.0)));
        check(&crossing.into(), budget);
    }
}
