//! Tests of covers: they never miss a point, keep to their budget, and get smaller errors with finer levels.

use super::*;
use crate::matcher::{Matcher, Where};
use proptest::prelude::*;
use std::vec;

const SQUARE: &[(f64, f64)] = &[(10.0, 20.0), (10.0, 30.0), (20.0, 30.0), (20.0, 20.0), (10.0, 20.0)];

#[test]
fn a_square_has_an_inside_a_boundary_and_an_outside() {
    let bytes = encode_rings(&[SQUARE], 10, 2000).unwrap();
    let matcher = Matcher::new(&bytes).unwrap();
    assert_eq!(matcher.find(15.0, 25.0), Where::Inside);
    assert_eq!(matcher.find(10.0, 25.0), Where::Boundary);
    for (lat, lon) in [(9.5, 25.0), (15.0, 31.0), (-15.0, 25.0), (15.0, -25.0)] {
        assert_eq!(matcher.find(lat, lon), Where::Outside, "{lat} {lon}");
    }
    assert!(matcher.cells() <= 2000 && bytes.len() < 2 * matcher.cells() + 8, "{} bytes", bytes.len());
}

#[test]
fn no_rings_cover_nothing() {
    let bytes = encode_rings(&[], 16, 10).unwrap();
    assert_eq!(Matcher::new(&bytes).unwrap().cells(), 0);
}

#[test]
fn the_whole_earth_takes_few_bytes() {
    let earth = [(-90.0, -180.0), (-90.0, 180.0), (90.0, 180.0), (90.0, -180.0), (-90.0, -180.0)];
    let bytes = encode_rings(&[&earth], 0, 1).unwrap();
    assert!(Matcher::new(&bytes).unwrap().contains(12.0, 34.0) && bytes.len() == 6);
}

#[test]
fn a_ring_past_180_degrees_comes_round_on_the_other_side() {
    let fiji = [(-20.0, 177.0), (-20.0, 183.0), (-15.0, 183.0), (-15.0, 177.0), (-20.0, 177.0)];
    let bytes = encode_rings(&[&fiji], 9, 500).unwrap();
    let matcher = Matcher::new(&bytes).unwrap();
    for lon in [178.0, 180.0, -180.0, -178.0] {
        assert!(matcher.contains(-17.0, lon), "{lon}");
    }
    assert!(!matcher.contains(-17.0, 170.0) && !matcher.contains(-17.0, -170.0));
}

#[test]
fn what_cannot_be_encoded_is_refused() {
    assert_eq!(encode_rings(&[SQUARE], 17, 10), Err(EncodeError::Level(17)));
    assert_eq!(encode_rings(&[SQUARE], 5, 0), Err(EncodeError::Budget(0)));
    assert_eq!(encode_rings(&[SQUARE], 5, MAX_BUDGET + 1), Err(EncodeError::Budget(MAX_BUDGET + 1)));
    assert_eq!(encode_rings(&[SQUARE, &SQUARE[..4]], 5, 10), Err(EncodeError::Ring(1)));
    let nan = [(0.0, 0.0), (f64::NAN, 1.0), (1.0, 1.0), (0.0, 0.0)];
    assert_eq!(encode_rings(&[&nan], 5, 10), Err(EncodeError::Ring(0)));
}

fn triangle() -> impl Strategy<Value = [(f64, f64); 3]> {
    let corner = || (-90.0..=90.0f64, -180.0..=180.0f64);
    let near = (-80.0..80.0f64, -170.0..170.0f64, 0.0001..9.0f64, any::<[u16; 6]>()).prop_map(
        |(lat, lon, size, r)| {
            let at = |i: usize| size * (f64::from(r[i]) / 32_768.0 - 1.0);
            [(lat + at(0), lon + at(1)), (lat + at(2), lon + at(3)), (lat + at(4), lon + at(5))]
        },
    );
    prop_oneof![[corner(), corner(), corner()], near]
}

proptest! {
    #[test]
    fn a_cover_never_misses_a_point_of_the_area(
        [a, b, c] in triangle(), level in 0u8..=16, budget in 1usize..600,
        weights in proptest::collection::vec((0.0..=1.0f64, 0.0..=1.0f64), 1..20),
    ) {
        let bytes = encode_rings(&[&[a, b, c, a]], level, budget).unwrap();
        let matcher = Matcher::new(&bytes).unwrap();
        prop_assert!(matcher.cells() <= budget.max(1));
        for (u, v) in weights.into_iter().chain([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]) {
            let (u, v) = if u + v > 1.0 { (1.0 - u, 1.0 - v) } else { (u, v) };
            let lat = (a.0 + u * (b.0 - a.0) + v * (c.0 - a.0)).clamp(-90.0, 90.0);
            let lon = (a.1 + u * (b.1 - a.1) + v * (c.1 - a.1)).clamp(-180.0, 180.0);
            prop_assert!(matcher.contains(lat, lon), "{lat} {lon}");
        }
    }

    #[test]
    fn what_a_cover_calls_inside_is_inside(
        south in -80.0..70.0f64, west in -170.0..160.0f64, high in 0.1..10.0f64, wide in 0.1..10.0f64,
        level in 4u8..=16, lat in -5.0..25.0f64, lon in -5.0..25.0f64,
    ) {
        let (n, e) = (south + high, west + wide);
        let ring = vec![(south, west), (south, e), (n, e), (n, west), (south, west)];
        let bytes = encode_rings(&[&ring], level, 400).unwrap();
        let (lat, lon) = (south + lat, west + lon);
        if Matcher::new(&bytes).unwrap().find(lat, lon) == Where::Inside {
            prop_assert!(lat >= south && lat <= n && lon >= west && lon <= e);
        }
    }
}
