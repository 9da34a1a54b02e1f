//! Areas as compact covers for devices.

use beaconfire_cover::{Cell, EncodeError, Look, Region, Rings};

use crate::area::{Area, Shape};
use crate::circle::Circle;
use crate::point::{EARTH_RADIUS_KM, Point};

/// Cells that [`Area::cover`] spends at most.
pub const COVER_CELLS: usize = 2048;

/// Why an area has no cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoverError {
    /// The whole jurisdiction or an unresolved area has no limits to draw.
    #[error("the area has no drawn limits to cover; give it shapes first")]
    NoShapes,
    /// The level or budget is out of range, or a shape is.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl Area {
    /// The area in the encoding of `beaconfire-cover`, with at most [`COVER_CELLS`] cells down to `level` (0 to 16).
    /// It never misses a point of the area.
    ///
    /// # Errors
    /// [`CoverError`] when the area is not made of shapes or the level is over 16.
    pub fn cover(&self, level: u8) -> Result<Vec<u8>, CoverError> {
        let Self::Shapes(shapes) = self else { return Err(CoverError::NoShapes) };
        let mut pieces = Vec::with_capacity(shapes.len());
        for shape in shapes {
            pieces.push(match shape {
                Shape::Polygon(ring) => Piece::Ring(Rings::new(&[&ring.trace().points])?),
                Shape::Circle(circle) => Piece::Circle(*circle),
            });
        }
        Ok(beaconfire_cover::encode(Pieces(pieces), level, COVER_CELLS)?)
    }
}

/// The shapes that still matter to a cell.
struct Pieces(Vec<Piece>);

enum Piece {
    Ring(Rings),
    Circle(Circle),
}

impl Region for Pieces {
    fn look(&self, cell: &Cell) -> Look<Self> {
        let mut crossing = Vec::new();
        for piece in &self.0 {
            match piece.look(cell) {
                Look::Inside => return Look::Inside,
                Look::Outside => {}
                Look::Boundary(piece) => crossing.push(piece),
            }
        }
        if crossing.is_empty() { Look::Outside } else { Look::Boundary(Self(crossing)) }
    }
}

impl Region for Piece {
    fn look(&self, cell: &Cell) -> Look<Self> {
        match self {
            Self::Ring(rings) => match rings.look(cell) {
                Look::Outside => Look::Outside,
                Look::Inside => Look::Inside,
                Look::Boundary(rest) => Look::Boundary(Self::Ring(rest)),
            },
            Self::Circle(circle) => look_at_circle(circle, cell),
        }
    }
}

fn look_at_circle(circle: &Circle, cell: &Cell) -> Look<Piece> {
    let (south, west, north, east) = cell.bounds();
    let middle = Point { lat: (south + north) / 2.0, lon: (west + east) / 2.0 };
    // No point of the cell is further from its middle than along a meridian and then along the widest parallel.
    let widest =
        if south <= 0.0 && north >= 0.0 { 1.0 } else { south.abs().min(north.abs()).to_radians().cos() };
    let reach = ((north - south) / 2.0 + widest * (east - west) / 2.0).to_radians() * EARTH_RADIUS_KM + 0.001;
    let distance = circle.center.distance_km(&middle);
    if distance > circle.radius_km + reach {
        Look::Outside
    } else if distance + reach <= circle.radius_km {
        Look::Inside
    } else {
        Look::Boundary(Piece::Circle(*circle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::Ring;
    use beaconfire_cover::{Matcher, Where};
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    #[test]
    fn only_shapes_have_a_cover() {
        assert_eq!(Area::WholeJurisdiction.cover(8), Err(CoverError::NoShapes));
        assert_eq!(Area::Unresolved("x".into()).cover(8), Err(CoverError::NoShapes));
        assert_eq!(Area::default().cover(17), Err(CoverError::Encode(EncodeError::Level(17))));
        let nothing = Area::default().cover(8).unwrap();
        assert_eq!(Matcher::new(&nothing).unwrap().cells(), 0);
    }

    #[test]
    fn a_ring_across_the_antimeridian() {
        let ring = [(-20.0, 177.0), (-20.0, -177.0), (-15.0, -177.0), (-15.0, 177.0), (-20.0, 177.0)];
        let area: Area = Ring::new(ring.map(|p| at(p.0, p.1)).to_vec()).unwrap().into();
        let bytes = area.cover(9).unwrap();
        let matcher = Matcher::new(&bytes).unwrap();
        assert_eq!(matcher.find(-17.0, 179.0), Where::Inside);
        assert!(
            matcher.contains(-17.0, -179.0)
                && matcher.contains(-17.0, 180.0)
                && !matcher.contains(-17.0, 0.0)
        );
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let spot = || (-89.0..89.0f64, -180.0..180.0f64);
        let round = (spot(), 0.0..3000.0f64)
            .prop_map(|(p, km)| Shape::Circle(Circle::new(at(p.0, p.1), km).unwrap()));
        let ring =
            (spot(), proptest::collection::vec((-15.0..15.0f64, -15.0..15.0f64), 3..8)).prop_map(|(p, d)| {
                let corner = |&(lat, lon): &(f64, f64)| {
                    at((p.0 + lat).clamp(-90.0, 90.0), (p.1 + lon + 180.0).rem_euclid(360.0) - 180.0)
                };
                let mut points: Vec<Point> = d.iter().map(corner).collect();
                points.push(points[0]);
                Shape::Polygon(Ring::new(points).unwrap())
            });
        prop_oneof![round, ring]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_cover_of_an_area_never_misses_a_point_of_it(
            shapes in proptest::collection::vec(shape(), 1..4), level in 0u8..=12,
            asks in proptest::collection::vec((0.0..=1.0f64, 0.0..=1.0f64), 50),
        ) {
            let area = Area::Shapes(shapes);
            let bytes = area.cover(level).unwrap();
            let matcher = Matcher::new(&bytes).unwrap();
            let b = area.bbox().unwrap();
            let spots = asks.iter().map(|&(up, right)| {
                let lon = b.west + right * b.width();
                at(b.south + up * (b.north - b.south), if lon > 180.0 { lon - 360.0 } else { lon })
            });
            for p in spots.chain(area.locator_center()) {
                match matcher.find(p.lat, p.lon) {
                    Where::Outside => prop_assert_eq!(area.contains(p), Some(false), "{:?}", p),
                    Where::Inside => prop_assert_eq!(area.contains(p), Some(true), "{:?}", p),
                    Where::Boundary => {}
                }
            }
        }
    }
}
