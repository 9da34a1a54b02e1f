//! Areas drawn with fewer points that still cover all they covered.
//!
//! Devices, radio and text have room for few points (IPAWS advises at most a hundred in a polygon). A simplification
//! that cuts corners leaves people unwarned, so this one only ever adds ground, and says how much.

use crate::area::{Area, Shape};
use crate::plane::{P, Work, doubled_area, flat_ring, hull, ring_of, straighten};
use crate::reduce::Reducer;
use crate::repair::repair;
use crate::ring::Ring;

/// Boxes looked at before rings become their hulls, and hulls boxes.
const MAX_WORK: u64 = 300_000_000;

/// The fewest points a ring comes down to, the closing one included.
pub const FEWEST: usize = 5;

/// An area drawn with fewer points.
#[derive(Clone, Debug, PartialEq)]
pub struct Simplified {
    /// The area: it covers all of the one given, to 2e-8 degrees (two millimetres). Rings are simple; circles stay.
    /// Rings that lie close together may grow into one another.
    pub area: Area,
    /// Points of its rings, the closing ones included.
    pub points: usize,
    /// By which part of the area given the surface has grown: 0.1 is a tenth; what rings share counts for each. Zero when
    /// there was no surface.
    pub grown: f64,
    /// Whether the points are within the budget. They are not when it is under [`FEWEST`] for each ring.
    pub within_budget: bool,
}

/// The area with at most `budget` points in all its rings together. What needs no simplification stays as it is;
/// self-crossing rings are taken apart first. The ground added is the least that is found step by step, over all
/// rings together.
#[must_use]
pub fn simplify_cover(area: &Area, budget: usize) -> Simplified {
    let count = |area: &Area| area.shapes().iter().map(points_of).sum::<usize>();
    let before = count(area);
    if before <= budget {
        return Simplified { area: area.clone(), points: before, grown: 0.0, within_budget: true };
    }
    let mut shapes = Vec::new();
    let mut rings = Vec::new();
    for shape in area.shapes() {
        match shape {
            Shape::Circle(_) => shapes.push(shape.clone()),
            Shape::Polygon(ring) => rings.extend(repair(ring).rings),
        }
    }
    let km2: f64 = rings.iter().map(Ring::km2).sum();
    let reduced = reduced(rings, budget);
    let after: f64 = reduced.iter().map(Ring::km2).sum();
    shapes.extend(reduced.into_iter().map(Shape::Polygon));
    let area = Area::Shapes(shapes);
    let points = count(&area);
    let grown = if km2 > 0.0 { (after / km2 - 1.0).max(0.0) } else { 0.0 };
    Simplified { area, points, grown, within_budget: points <= budget }
}

fn points_of(shape: &Shape) -> usize {
    if let Shape::Polygon(ring) = shape { ring.points().len() } else { 0 }
}

fn reduced(rings: Vec<Ring>, budget: usize) -> Vec<Ring> {
    let mut work = Work(MAX_WORK);
    let mut reducers: Vec<Reducer> = rings.iter().map(|ring| Reducer::new(flat(ring), 1)).collect();
    let mut total: usize = reducers.iter().map(|r| r.len() + 1).sum();
    let mut order: std::collections::BTreeSet<(i128, usize)> =
        reducers.iter_mut().enumerate().filter_map(|(i, r)| Some((r.cost()?, i))).collect();
    while total > budget
        && let Some((_, i)) = order.pop_first()
    {
        match reducers[i].step(&mut work) {
            Ok(gone) => total -= usize::from(gone),
            Err(_) => break,
        }
        if let Some(cost) = reducers[i].cost() {
            order.insert((cost, i));
        }
    }
    let fair = budget / rings.len().max(1);
    let finished = total <= budget;
    let outcome = |(ring, reducer): (Ring, Reducer)| {
        let mut points = reducer.ring();
        if !finished && points.len() + 1 > fair.max(FEWEST) {
            points = boxed(&flat(&ring));
        }
        ring_of(&points).unwrap_or(ring)
    };
    rings.into_iter().zip(reducers).map(outcome).collect()
}

/// The ring counter-clockwise, without points on straight ways.
fn flat(ring: &Ring) -> Vec<P> {
    let mut flat = flat_ring(&ring.trace());
    if doubled_area(&flat) < 0 {
        flat.reverse();
    }
    straighten(&mut flat);
    flat
}

/// The hull where it has four corners at most, else the box.
fn boxed(points: &[P]) -> Vec<P> {
    let hull = hull(points);
    if hull.len() <= 4 {
        return hull;
    }
    let (west, east) = crate::plane::Extent::around(points).widths();
    let (south, north) = crate::plane::Extent::around(points).heights();
    [(west, south), (east, south), (east, north), (west, north)].map(|(x, y)| P { x, y }).to_vec()
}

#[cfg(test)]
#[path = "simplify_tests.rs"]
mod tests;
