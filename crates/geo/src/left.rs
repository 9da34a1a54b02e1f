//! What a smaller area leaves of a larger one: for telling places that something ended for them.

use crate::area::{Area, Shape};
use crate::bbox::BBox;
use crate::point::Point;
use crate::prepared::PreparedArea;
use crate::ring::Ring;

/// Cells along each side of a shape's box. What is left of less than a cell is not told of.
const SIDE: usize = 32;
/// Points along each side of a cell that must lie outside.
const PROBES: usize = 3;

impl Area {
    /// What of this area lies outside `new`, never reaching into it: shapes that lie wholly outside
    /// as they are, of others the cells of a grid that do, joined along their rows. The whole
    /// jurisdiction leaves itself, since nobody drew it. `None` where nothing is left, or nobody
    /// can say.
    #[must_use]
    pub fn left_by(&self, new: &Self) -> Option<Self> {
        match (self, new) {
            (Self::WholeJurisdiction, Self::Shapes(shapes)) if !shapes.is_empty() => {
                Some(Self::WholeJurisdiction)
            }
            (Self::Shapes(old), Self::Shapes(_)) => {
                let prepared = new.prepare()?;
                let left: Vec<Shape> = old.iter().flat_map(|shape| of_shape(shape, new, &prepared)).collect();
                (!left.is_empty()).then_some(Self::Shapes(left))
            }
            _ => None,
        }
    }
}

fn of_shape(shape: &Shape, new: &Area, prepared: &PreparedArea) -> Vec<Shape> {
    let near = new.shapes().iter().any(|other| other.bbox().intersects(&shape.bbox()));
    if !near {
        return vec![shape.clone()];
    }
    let grid = Grid::over(&shape.bbox());
    let rows = (0..SIDE).map(|row| runs(|column| grid.is_left(row, column, shape, prepared)));
    let left: Vec<Vec<(usize, usize)>> = rows.collect();
    let cells: usize = left.iter().flatten().map(|(from, to)| to - from).sum();
    let inside = (0..SIDE * SIDE).filter(|at| shape_has(shape, grid.middle(at / SIDE, at % SIDE))).count();
    if cells == inside && cells > 0 {
        return vec![shape.clone()];
    }
    let strips = left.iter().enumerate().flat_map(|(row, runs)| runs.iter().map(move |run| (row, *run)));
    strips.filter_map(|(row, run)| grid.strip(row, run)).collect()
}

fn shape_has(shape: &Shape, point: Option<Point>) -> bool {
    point.is_some_and(|point| shape.contains(&point))
}

/// The columns of a row for which it holds, as runs from and up to.
fn runs(holds: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for column in (0..SIDE).filter(|column| holds(*column)) {
        match runs.last_mut() {
            Some((_, to)) if *to == column => *to += 1,
            _ => runs.push((column, column + 1)),
        }
    }
    runs
}

struct Grid {
    south: f64,
    west: f64,
    height: f64,
    width: f64,
}

impl Grid {
    fn over(bbox: &BBox) -> Self {
        let (height, width) = ((bbox.north - bbox.south) / SIDE as f64, bbox.width() / SIDE as f64);
        Self { south: bbox.south, west: bbox.west, height, width }
    }

    /// The point so many cells north and east of the corner.
    fn at(&self, rows: f64, columns: f64) -> Option<Point> {
        let lon = self.west + columns * self.width;
        Point::new(self.south + rows * self.height, if lon > 180.0 { lon - 360.0 } else { lon }).ok()
    }

    fn middle(&self, row: usize, column: usize) -> Option<Point> {
        self.at(row as f64 + 0.5, column as f64 + 0.5)
    }

    /// Whether the cell belongs to the shape, and no probe of it lies in the new area.
    fn is_left(&self, row: usize, column: usize, shape: &Shape, new: &PreparedArea) -> bool {
        let step = |i: usize| i as f64 / (PROBES - 1) as f64;
        let probes = (0..PROBES * PROBES).map(|i| (step(i / PROBES), step(i % PROBES)));
        shape_has(shape, self.middle(row, column))
            && probes
                .map(|(up, along)| self.at(row as f64 + up, column as f64 + along))
                .all(|point| point.is_some_and(|point| !new.contains(&point)))
    }

    /// The rectangle of a run of cells; none where it would cross the antimeridian.
    fn strip(&self, row: usize, (from, to): (usize, usize)) -> Option<Shape> {
        let (south, north) = (row as f64, row as f64 + 1.0);
        let corners = [(south, from), (south, to), (north, to), (north, from), (south, from)];
        let points: Option<Vec<Point>> = corners.iter().map(|(r, c)| self.at(*r, *c as f64)).collect();
        let points = points.filter(|points| points[0].lon < points[1].lon)?;
        Ring::new(points).ok().map(Shape::Polygon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circle::Circle;
    use crate::overlap::Overlap;
    use crate::plane::{P, shared_ground};
    use proptest::prelude::*;

    fn square(south: f64, west: f64, side: f64) -> Area {
        let corners = [(0.0, 0.0), (0.0, side), (side, side), (side, 0.0), (0.0, 0.0)];
        let points = corners.map(|(r, c)| Point::new(south + r, west + c).unwrap()).to_vec();
        Ring::new(points).unwrap().into()
    }

    #[test]
    fn the_half_that_a_shrunk_square_leaves_is_found_and_nothing_else() {
        let (old, new) = (square(10.0, 20.0, 2.0), square(10.0, 20.0, 1.0));
        let left = old.left_by(&new).unwrap();
        let share = left.km2().unwrap() / old.km2().unwrap();
        assert!((0.68..0.76).contains(&share), "three quarters less a rim: {share}");
        for (lat, lon, is_left) in
            [(11.7, 20.3, true), (10.3, 21.7, true), (10.5, 20.5, false), (12.5, 20.5, false)]
        {
            assert_eq!(left.contains(Point::new(lat, lon).unwrap()), Some(is_left), "{lat} {lon}");
        }
        assert!(!matches!(left.overlap(&new), Overlap::Fraction(share) if share > 0.001));
    }

    #[test]
    fn what_is_covered_leaves_nothing_and_what_lies_apart_is_left_whole() {
        let (small, large, apart) =
            (square(10.2, 20.2, 0.5), square(10.0, 20.0, 2.0), square(40.0, 20.0, 1.0));
        assert_eq!(small.left_by(&large), None);
        assert_eq!(apart.left_by(&large), Some(apart.clone()));
        assert_eq!(small.union(&apart).left_by(&large), Some(apart));
        let corner = Area::from(Circle::new(Point::new(12.6, 22.6).unwrap(), 50.0).unwrap());
        assert_eq!(corner.left_by(&large), Some(corner.clone()), "the boxes meet, the areas do not");
    }

    #[test]
    fn a_jurisdiction_leaves_itself_and_nobody_can_say_of_the_unresolved() {
        let drawn = square(10.0, 20.0, 2.0);
        assert_eq!(Area::WholeJurisdiction.left_by(&drawn), Some(Area::WholeJurisdiction));
        assert_eq!(drawn.left_by(&Area::WholeJurisdiction), None);
        assert_eq!(drawn.left_by(&Area::Unresolved("?".into())), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn strips_share_no_ground_and_stay_clear_of_what_is_new(
            old in proptest::collection::vec((-5.0..5.0f64, -5.0..5.0f64), 3..12),
            new in proptest::collection::vec((-5.0..5.0f64, -5.0..5.0f64), 3..12), lon in -170.0..170.0f64,
        ) {
            let ring = |points: &[(f64, f64)]| {
                let points = points.iter().chain(points.first());
                Ring::new(points.map(|(y, x)| Point::new(*y, lon + x).unwrap()).collect()).unwrap()
            };
            let (old, new) = (Area::from(ring(&old)), Area::from(ring(&new)));
            let Some(left) = old.left_by(&new).filter(|left| *left != old) else { return Ok(()) };
            let strip = |shape: &Shape| if let Shape::Polygon(ring) = shape { Some(ring.clone()) } else { None };
            let strips: Vec<Ring> = left.shapes().iter().filter_map(strip).collect();
            prop_assert_eq!(shared_ground(&strips), [] as [Vec<P>; 0]);
            for corner in strips.iter().flat_map(Ring::points) {
                prop_assert_eq!(new.contains(*corner), Some(false), "{:?}", corner);
            }
        }
    }
}
