//! By how much ground two drawings of the same place differ.

use crate::plane::{Faces, P, Spent, Work, doubled_area, edges_of, flat_ring, node, spherical_km2};
use crate::ring::Ring;

/// Boxes looked at before it is given up, about a second.
const MAX_WORK: u64 = 100_000_000;

/// A turn of longitude on the lattice.
const TURN: i64 = 36_000_000_000;

/// What one drawing covers and the other does not, in square kilometres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Covered before, and no longer.
    pub lost_km2: f64,
    /// Covered now, and not before.
    pub gained_km2: f64,
    /// Covered before.
    pub before_km2: f64,
}

/// Compares what the rings of each side cover together. `None` where they are too entangled for that.
///
/// The union of both less the one is what the other had alone; crossings are rounded to a millimetre, so that of a
/// thousand kilometres of the same line less than a thousandth of a square kilometre is told as different.
#[must_use]
pub fn difference(before: &[Ring], after: &[Ring]) -> Option<Difference> {
    let (old, new) = (flat(before, None), flat(after, before.first().map(middle)));
    let union: Vec<Vec<P>> = old.iter().chain(&new).cloned().collect();
    let (old, new, both) = (km2(&old).ok()?, km2(&new).ok()?, km2(&union).ok()?);
    Some(Difference { lost_km2: (both - new).max(0.0), gained_km2: (both - old).max(0.0), before_km2: old })
}

/// The surface that the rings cover together.
fn km2(rings: &[Vec<P>]) -> Result<f64, Spent> {
    let edges = rings.iter().flat_map(|ring| edges_of(ring).collect::<Vec<_>>()).collect();
    let faces = Faces::new(node(edges, &mut Work(MAX_WORK))?);
    Ok(spherical_km2(faces.rim(|winding| winding != 0).into_iter()))
}

/// The rings on the lattice, counter-clockwise, on the turn of the earth that lies nearest to a longitude.
fn flat(rings: &[Ring], near: Option<i64>) -> Vec<Vec<P>> {
    let near = near.or_else(|| rings.first().map(middle)).unwrap_or(0);
    let place = |ring: &Ring| {
        let mut points = flat_ring(&ring.trace());
        if doubled_area(&points) < 0 {
            points.reverse();
        }
        let shift = (near - middle_of(&points) + TURN / 2).div_euclid(TURN) * TURN;
        points.iter_mut().for_each(|p| p.x += shift);
        points
    };
    rings.iter().map(place).collect()
}

fn middle(ring: &Ring) -> i64 {
    middle_of(&flat_ring(&ring.trace()))
}

fn middle_of(points: &[P]) -> i64 {
    let west = points.iter().map(|p| p.x).min().unwrap_or(0);
    let east = points.iter().map(|p| p.x).max().unwrap_or(0);
    west.midpoint(east)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    fn square(south: f64, west: f64, side: f64) -> Ring {
        let wrap = |lon: f64| if lon > 180.0 { lon - 360.0 } else { lon };
        let corners = [(0.0, 0.0), (0.0, side), (side, side), (side, 0.0), (0.0, 0.0)];
        let point = |(up, right): (f64, f64)| Point { lat: south + up, lon: wrap(west + right) };
        Ring::new(corners.map(point).to_vec()).unwrap()
    }

    fn near(told: f64, meant: f64) -> bool {
        (told - meant).abs() < 1e-6 * meant.max(1.0)
    }

    #[test]
    fn a_shifted_square_loses_on_one_side_what_it_gains_on_the_other() {
        let (old, new) = (square(0.0, 0.0, 2.0), square(0.0, 1.0, 2.0));
        let told = difference(std::slice::from_ref(&old), &[new]).unwrap();
        assert!(near(told.before_km2, old.km2()), "{told:?}");
        assert!(near(told.lost_km2, old.km2() / 2.0) && near(told.gained_km2, old.km2() / 2.0), "{told:?}");
    }

    #[test]
    fn the_same_ground_in_other_pieces_is_no_difference() {
        let old = square(50.0, 10.0, 2.0);
        let halves = [
            Ring::new(
                [(50.0, 10.0), (50.0, 11.0), (52.0, 11.0), (52.0, 10.0), (50.0, 10.0)].map(point).to_vec(),
            ),
            Ring::new(
                [(50.0, 11.0), (50.0, 12.0), (52.0, 12.0), (52.0, 11.0), (50.0, 11.0)].map(point).to_vec(),
            ),
        ];
        let halves: Vec<Ring> = halves.into_iter().map(Result::unwrap).collect();
        let told = difference(&[old], &halves).unwrap();
        assert!(told.lost_km2 < 1e-3 && told.gained_km2 < 1e-3, "{told:?}");
    }

    #[test]
    fn the_antimeridian_and_nothing_make_no_odds() {
        let old = square(-17.0, 179.0, 2.0);
        // The same, begun east of it.
        let from_east = [(-17.0, -179.0), (-15.0, -179.0), (-15.0, 179.0), (-17.0, 179.0), (-17.0, -179.0)];
        let new = Ring::new(from_east.map(point).to_vec()).unwrap();
        let told = difference(std::slice::from_ref(&old), &[new]).unwrap();
        assert!(told.lost_km2 < 1e-3 && told.gained_km2 < 1e-3, "{told:?}");
        let gone = difference(std::slice::from_ref(&old), &[]).unwrap();
        assert!(near(gone.lost_km2, old.km2()) && gone.gained_km2 == 0.0, "{gone:?}");
    }

    fn point((lat, lon): (f64, f64)) -> Point {
        Point { lat, lon }
    }
}
