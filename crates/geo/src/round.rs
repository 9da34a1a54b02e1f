//! Coordinates with fewer decimals that still cover all they covered.
//!
//! Rounding to the nearest moves some edges inwards. Here each edge grows to the hull of the cells that its ends lie
//! in; the ring of rounded corners together with these covers the ring, since the way from the one rim to the other
//! never leaves them.

use crate::normal::rings_cover_within;
use crate::plane::{Edge, P, UNIT, Work, doubled_area, edges_of, flat_ring, hull, ring_of, without_holes};
use crate::reduce::Reducer;
use crate::ring::Ring;

/// Boxes looked at before the hull is taken.
const MAX_WORK: u64 = 200_000_000;

/// Weight of the hulls of edges, so that a corner of the ring turned over cannot undo them.
const APART: i32 = 1 << 10;

/// The ring with coordinates of at most `decimals` decimals (up to 8): simple rings that together cover it, the ring
/// itself where its coordinates have no more. Points move outwards by about a unit of the last decimal.
#[must_use]
pub fn round_outward(ring: &Ring, decimals: u32) -> Vec<Ring> {
    let step = 10i64.pow(8 - decimals.min(8));
    let flat = flat_ring(&ring.trace());
    if decimals <= 8 && is_round(ring, step) {
        return vec![ring.clone()];
    }
    for margin in 0..3 {
        let rounded = rounded(&flat, step, margin);
        if !rounded.is_empty() && rings_cover_within(&rounded, ring, 1) == Some(true) {
            return rounded;
        }
    }
    let corners: Vec<P> = flat.iter().flat_map(|p| cell(*p, step, 1)).collect();
    ring_of(&scaled(&hull(&corners), step)).map_or_else(|_| vec![ring.clone()], |hull| vec![hull])
}

fn is_round(ring: &Ring, step: i64) -> bool {
    ring.points().iter().flat_map(|p| [p.lat, p.lon]).all(|v| {
        let steps = (v * UNIT).round();
        steps as i64 % step == 0 && steps / UNIT == v
    })
}

/// The rounded ring, from hulls of cells `margin` wider than need be.
fn rounded(flat: &[P], step: i64, margin: i64) -> Vec<Ring> {
    let mut coarse: Vec<P> = flat.iter().map(|p| cell(*p, step, 0)[0]).collect();
    if doubled_area(&coarse) < 0 {
        coarse.reverse();
    }
    let mut edges: Vec<Edge> = edges_of(&coarse).collect();
    for (i, p) in flat.iter().enumerate() {
        let q = flat[(i + 1) % flat.len()];
        let corners: Vec<P> = [*p, q].iter().flat_map(|p| cell(*p, step, margin)).collect();
        let hull = hull(&corners);
        if hull.len() > 2 {
            edges.extend(edges_of(&hull).map(|e| Edge { weight: e.weight * APART, ..e }));
        }
    }
    let mut work = Work(MAX_WORK);
    let Ok(parts) = without_holes(edges, &mut work) else { return Vec::new() };
    let few = flat.len().max(4);
    let slim = |part: Vec<P>| {
        let mut reducer = Reducer::new(part, step);
        while reducer.len() > few && reducer.cost().is_some() {
            if reducer.step(&mut work).is_err() {
                break;
            }
        }
        ring_of(&scaled(&reducer.ring(), step)).ok()
    };
    parts.into_iter().map(slim).collect::<Option<Vec<Ring>>>().unwrap_or_default()
}

/// The corners of the cell that the point lies in, in coarse steps, not beyond the poles. A hundred-millionth that
/// the point may lack of its true place is within.
fn cell(p: P, step: i64, margin: i64) -> [P; 4] {
    let pole = 9_000_000_000 / step;
    let low = |v: i64| (v - 1).div_euclid(step) - margin;
    let high = |v: i64| (v + 1).div_euclid(step) + 1 + margin;
    let (west, east) = (low(p.x), high(p.x));
    let (south, north) = (low(p.y).max(-pole), high(p.y).min(pole));
    [(west, south), (east, south), (east, north), (west, north)].map(|(x, y)| P { x, y })
}

fn scaled(ring: &[P], step: i64) -> Vec<P> {
    ring.iter().map(|p| P { x: p.x * step, y: p.y * step }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::point::Point;
    use crate::validity;
    use proptest::prelude::*;

    fn star(radii: &[f64], lon0: f64) -> Ring {
        let wrap = |lon: f64| if lon.abs() > 180.0 { (lon + 180.0).rem_euclid(360.0) - 180.0 } else { lon };
        let corner = |(i, r): (usize, &f64)| {
            let angle = i as f64 / radii.len() as f64 * std::f64::consts::TAU;
            Point::new(r * angle.sin(), wrap(lon0 + r * angle.cos())).unwrap()
        };
        let mut points: Vec<Point> = radii.iter().enumerate().map(corner).collect();
        points.push(points[0]);
        Ring::new(points).unwrap()
    }

    #[test]
    fn round_coordinates_stay() {
        let square = [(0.25, 1.5), (0.25, 2.5), (1.75, 2.5), (1.75, 1.5), (0.25, 1.5)];
        let square = Ring::new(square.map(|p| Point::new(p.0, p.1).unwrap()).to_vec()).unwrap();
        assert_eq!(round_outward(&square, 2), std::slice::from_ref(&square));
        assert_ne!(round_outward(&square, 1), [square]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_rounded_ring_covers_and_has_few_decimals(
            radii in proptest::collection::vec(0.2..6.0f64, 3..30), lon0 in -180.0..180.0f64, decimals in 0u32..6,
        ) {
            let ring = star(&radii, lon0);
            let rounded = round_outward(&ring, decimals);
            prop_assert_eq!(rings_cover_within(&rounded, &ring, 1), Some(true));
            let scale = 10f64.powi(decimals as i32);
            for part in &rounded {
                prop_assert!(validity::faults(part.points(), 2).is_simple());
                for p in part.points() {
                    prop_assert!((p.lat * scale - (p.lat * scale).round()).abs() < 1e-6, "{:?}", p);
                    prop_assert!((p.lon * scale - (p.lon * scale).round()).abs() < 1e-6, "{:?}", p);
                }
            }
        }
    }
}
