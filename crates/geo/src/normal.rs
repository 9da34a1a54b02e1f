//! One form for equal areas: where a ring begins, which way it goes and in what order shapes stand say nothing.

use std::cmp::Ordering;

use crate::area::{Area, Shape};
use crate::plane::{Extent, P, doubled_area, flat_ring};
use crate::plane::{Work, covers as flat_covers};
use crate::point::Point;
use crate::ring::Ring;
use crate::unwrap::crosses_antimeridian;

/// Boxes looked at before the answer is unknown.
const MAX_WORK: u64 = 200_000_000;

impl Area {
    /// The area in its normal form: rings without repeated points, counter-clockwise, beginning at their westernmost
    /// lowest point, -180 written as 180; shapes in a fixed order, equal ones once. Two areas drawn alike have equal
    /// normal forms.
    #[must_use]
    pub fn normal(&self) -> Self {
        let Self::Shapes(shapes) = self else { return self.clone() };
        let mut shapes: Vec<Shape> = shapes.iter().map(normal_shape).collect();
        shapes.sort_by(order);
        shapes.dedup();
        Self::Shapes(shapes)
    }

    /// Whether both are drawn alike, up to where rings begin, which way they go, and the order of shapes.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

/// Whether two rings are the same up to where they begin and which way they go.
#[must_use]
pub fn same_ring(a: &Ring, b: &Ring) -> bool {
    normal_ring(a) == normal_ring(b)
}

/// Whether everything inside `inner` lies inside `outer`, edges as drawn, to 2e-8 degrees (two millimetres) where
/// edges cross; `None` when finding out would take too long.
#[must_use]
pub fn ring_covers(outer: &Ring, inner: &Ring) -> Option<bool> {
    rings_cover(std::slice::from_ref(outer), inner)
}

/// Whether everything inside `inner` lies inside the rings together; see [`ring_covers`]. This is the check that an
/// area did not shrink.
#[must_use]
pub fn rings_cover(outer: &[Ring], inner: &Ring) -> Option<bool> {
    rings_cover_within(outer, inner, 2)
}

/// [`rings_cover`] to so many steps of 1e-8 degrees.
pub(crate) fn rings_cover_within(outer: &[Ring], inner: &Ring, steps: u8) -> Option<bool> {
    let inner = flat_ring(&inner.trace());
    let (west, east) = Extent::around(&inner).widths();
    let mut turned = Vec::new();
    for ring in outer {
        let flat = flat_ring(&ring.trace());
        let (from, to) = Extent::around(&flat).widths();
        // By every whole turn that brings it near.
        for turn in -3..=3i64 {
            let shift = turn * 36_000_000_000;
            if from + shift <= east && to + shift >= west {
                let mut flat: Vec<P> = flat.iter().map(|p| P { x: p.x + shift, ..*p }).collect();
                if doubled_area(&flat) < 0 {
                    flat.reverse();
                }
                turned.push(flat);
            }
        }
    }
    flat_covers(&turned, &inner, steps, &mut Work(MAX_WORK)).ok()
}

fn normal_shape(shape: &Shape) -> Shape {
    match shape {
        Shape::Polygon(ring) => Shape::Polygon(normal_ring(ring)),
        Shape::Circle(_) => shape.clone(),
    }
}

fn normal_ring(ring: &Ring) -> Ring {
    // Of a ring that crosses the antimeridian the points on it are written one way; one that only touches it from
    // the west keeps its -180.
    let crosses = crosses_antimeridian(ring);
    let written = |p: &Point| if crosses && p.lon == -180.0 { Point { lon: 180.0, ..*p } } else { *p };
    let mut points: Vec<Point> = ring.points().iter().map(written).collect();
    points.pop();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    if points.len() < 3 {
        return ring.clone();
    }
    if doubled_area(&flat_ring(&ring.trace())) < 0 {
        points.reverse();
    }
    let first = (0..points.len()).min_by(|&i, &j| order_points(&points[i], &points[j])).unwrap_or(0);
    points.rotate_left(first);
    points.push(points[0]);
    Ring::new(points).unwrap_or_else(|_| ring.clone())
}

fn order_points(a: &Point, b: &Point) -> Ordering {
    a.lon.total_cmp(&b.lon).then(a.lat.total_cmp(&b.lat))
}

fn order(a: &Shape, b: &Shape) -> Ordering {
    match (a, b) {
        (Shape::Polygon(a), Shape::Polygon(b)) => {
            let (a, b) = (a.points(), b.points());
            let differs = a.iter().zip(b).map(|(a, b)| order_points(a, b)).find(|o| o.is_ne());
            differs.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Shape::Circle(a), Shape::Circle(b)) => {
            order_points(&a.center, &b.center).then(a.radius_km.total_cmp(&b.radius_km))
        }
        (Shape::Polygon(_), Shape::Circle(_)) => Ordering::Less,
        (Shape::Circle(_), Shape::Polygon(_)) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(order: [usize; 5], side: f64) -> Ring {
        let corners = [(0.0, 0.0), (0.0, side), (side, side), (side, 0.0)];
        Ring::new(order.map(|i| Point::new(corners[i].0, corners[i].1).unwrap()).to_vec()).unwrap()
    }

    #[test]
    fn begin_direction_and_order_say_nothing() {
        let (a, b) = (square([0, 1, 2, 3, 0], 1.0), square([2, 1, 0, 3, 2], 1.0));
        assert!(a != b && same_ring(&a, &b));
        let other = Area::from(square([0, 1, 2, 3, 0], 2.0));
        let (one, two) = (Area::from(a).union(&other), other.union(&Area::from(b)));
        assert!(one != two && one.same_as(&two) && !one.same_as(&other));
    }

    #[test]
    fn covering_knows_larger_smaller_and_together() {
        let (small, large) = (square([0, 1, 2, 3, 0], 1.0), square([0, 1, 2, 3, 0], 2.0));
        assert_eq!(ring_covers(&large, &small), Some(true));
        assert_eq!(ring_covers(&small, &large), Some(false));
        assert_eq!(ring_covers(&small, &small), Some(true));
        let at = |lat, lon| Point::new(lat, lon).unwrap();
        let halves = [
            Ring::new(vec![at(0.0, 0.0), at(2.0, 2.0), at(2.0, 0.0), at(0.0, 0.0)]).unwrap(),
            Ring::new(vec![at(0.0, 0.0), at(2.0, 2.0), at(0.0, 2.0), at(0.0, 0.0)]).unwrap(),
        ];
        assert_eq!(rings_cover(&halves, &large), Some(true));
        assert_eq!(rings_cover(&halves[..1], &large), Some(false));
    }

    #[test]
    fn covering_reaches_across_the_antimeridian() {
        let box_of = |west: f64, east: f64, side: f64| {
            let at = |lat, lon| Point::new(lat, lon).unwrap();
            let points = vec![at(0.0, west), at(0.0, east), at(side, east), at(side, west), at(0.0, west)];
            Ring::new(points).unwrap()
        };
        let (wide, narrow) = (box_of(178.0, -178.0, 2.0), box_of(-179.5, -179.0, 1.0));
        assert_eq!(ring_covers(&wide, &narrow), Some(true));
        assert_eq!(ring_covers(&narrow, &wide), Some(false));
        let halves = [box_of(178.0, 180.0, 2.0), box_of(-180.0, -178.0, 2.0)];
        assert_eq!(rings_cover(&halves, &wide), Some(true));
    }
}
