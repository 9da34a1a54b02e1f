//! Validity and repair against what another implementation found of the same rings (fixtures/README.md).

use beaconfire_geo::{Point, Ring, repair, validity};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    ring: Vec<(f64, f64)>,
    valid: bool,
    winding: f64,
    even_odd: f64,
}

/// The area in square degrees.
fn plane_area(ring: &Ring) -> f64 {
    let cross = |w: &[Point]| w[0].lon * w[1].lat - w[1].lon * w[0].lat;
    ring.points().windows(2).map(cross).sum::<f64>().abs() / 2.0
}

#[test]
fn validity_and_areas_agree_with_shapely() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("fixtures/rings.json")).unwrap();
    assert!(cases.len() >= 40);
    for (index, case) in cases.iter().enumerate() {
        let mut points: Vec<Point> = case.ring.iter().map(|&(lat, lon)| Point { lat, lon }).collect();
        points.push(points[0]);
        let faults = validity::faults(&points, 5);
        let repeats = |f: &validity::Fault| matches!(f, validity::Fault::Repeated { .. });
        assert_eq!(faults.found.iter().all(repeats), case.valid, "ring {index}: {faults:?}");
        let repaired = repair::repair(&Ring::new(points).unwrap());
        let area: f64 = repaired.rings.iter().map(plane_area).sum();
        assert!((area - case.winding).abs() < 1e-4, "ring {index}: {area} but {}", case.winding);
        assert!(area >= case.even_odd - 1e-4, "ring {index}: the even-odd reading has more");
        assert_eq!(
            repaired.report.over_even_odd_km2 > 1.0,
            case.winding - case.even_odd > 1e-3,
            "ring {index}"
        );
    }
}
