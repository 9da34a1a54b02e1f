//! Tests of circles as polygons.

use super::*;
use crate::validity;
use proptest::prelude::*;

/// The point in this direction and so far from the centre, by vectors: another way than the code under test.
fn toward(center: Point, bearing: f64, km: f64) -> Point {
    let ((lat_sin, lat_cos), (lon_sin, lon_cos)) =
        (center.lat.to_radians().sin_cos(), center.lon.to_radians().sin_cos());
    let up = [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin];
    let north = [-lat_sin * lon_cos, -lat_sin * lon_sin, lat_cos];
    let east = [-lon_sin, lon_cos, 0.0];
    let ((s, c), (turn, ahead)) = ((km / EARTH_RADIUS_KM).sin_cos(), bearing.sin_cos());
    let v: [f64; 3] = std::array::from_fn(|i| c * up[i] + s * (ahead * north[i] + turn * east[i]));
    let lat = v[2].clamp(-1.0, 1.0).asin().to_degrees();
    Point::new(lat, v[1].atan2(v[0]).to_degrees().clamp(-180.0, 180.0)).unwrap()
}

fn check(lat: f64, lon: f64, km: f64, tolerance: f64) {
    let circle = Circle::new(Point::new(lat, lon).unwrap(), km).unwrap();
    let around = circle.to_rings(tolerance, Side::Around).unwrap();
    let within = circle.to_rings(tolerance, Side::Within);
    for ring in around.iter().chain(within.iter().flatten()) {
        assert!(
            !validity::faults(ring.points(), 2)
                .found
                .iter()
                .any(|f| matches!(f, validity::Fault::Crossing { .. }))
        );
    }
    let holds = |rings: &[Ring], p: &Point| rings.iter().any(|ring| ring.contains(p));
    for k in 0..360 {
        let bearing = f64::from(k).to_radians();
        for part in [0.0, 0.5, 0.999_999, 1.0] {
            let p = toward(circle.center, bearing, km * part);
            assert!(holds(&around, &p), "{circle:?} misses {p:?}");
        }
        let beyond = toward(circle.center, bearing, km + tolerance * 1.001);
        assert!(km + tolerance > 20_010.0 || !holds(&around, &beyond), "{circle:?} reaches {beyond:?}");
        if let Ok(within) = &within {
            assert!(!holds(within, &toward(circle.center, bearing, km + 0.000_01)));
            assert!(holds(within, &toward(circle.center, bearing, km - tolerance * 1.001)), "{circle:?} {k}");
        }
    }
}

#[test]
fn circles_everywhere_are_covered() {
    for (lat, lon, km) in [
        (48.0, 11.0, 25.0),
        (0.0, 179.9, 100.0),
        (-89.5, 10.0, 30.0),
        (-89.5, 10.0, 90.0),
        (90.0, 0.0, 500.0),
        (-90.0, -180.0, 500.0),
        (10.0, 20.0, 9_500.0),
        (10.0, 20.0, 12_000.0),
        (-60.0, 120.0, 16_000.0),
    ] {
        check(lat, lon, km, km * 0.01);
    }
    check(0.0, 0.0, 0.0, 0.05);
}

#[test]
fn tolerances_out_of_reach_are_refused() {
    let circle = Circle::new(Point::new(0.0, 0.0).unwrap(), 100.0).unwrap();
    for tolerance in [0.0, -1.0, f64::NAN, 0.0009] {
        assert!(matches!(circle.to_rings(tolerance, Side::Around), Err(OutlineError::Tolerance(..))));
    }
    assert_eq!(circle.to_rings(100.0, Side::Within), Err(OutlineError::TooSmall(100.0)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_circle_is_covered_within_its_tolerance(
        lat in -90.0..=90.0f64, lon in -180.0..=180.0f64, size in 0.0..4.2f64, part in 0.002..0.2f64,
    ) {
        let km = 10f64.powf(size);
        check(lat, lon, km, km * part);
    }
}
