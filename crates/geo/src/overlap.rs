//! How much two areas share, measured on a deterministic grid.

use serde::{Deserialize, Serialize};

use crate::area::{Area, Shape};
use crate::bbox::BBox;
use crate::point::Point;
use crate::prepared::PreparedArea;

/// How much of the smaller of two areas the other covers.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// One of the areas is unresolved, or they are too intricate to be compared in reasonable time.
    Unknown,
    /// Nothing that the grid can see: less than about a five-hundredth of the smaller area, or a rim only.
    None,
    /// This share of the smaller area, over 0 to 1.
    Fraction(f64),
}

impl Overlap {
    /// Whether the areas are known to share at least this fraction of the smaller one.
    #[must_use]
    pub fn at_least(&self, fraction: f64) -> bool {
        matches!(self, Self::Fraction(f) if *f >= fraction)
    }
}

/// Samples along each side of a shape's box at first, and when too few of those fell inside.
const GRIDS: [usize; 2] = [24, 96];

/// Samples wanted inside a shape before a finer grid is tried.
const ENOUGH: usize = 64;

/// Grid points spent on all shapes of one area together.
const BUDGET: usize = 200_000;

/// Pairs of shapes, and shapes and edges looked at, beyond which areas are not compared.
const MAX_PAIRS: usize = 25_000_000;
const MAX_WORK: usize = 300_000_000;

pub(crate) fn overlap(a: &Area, b: &Area) -> Overlap {
    match (a, b) {
        (Area::Unresolved(_), _) | (_, Area::Unresolved(_)) => Overlap::Unknown,
        (Area::WholeJurisdiction, other) | (other, Area::WholeJurisdiction) => {
            if other.is_empty() {
                Overlap::None
            } else {
                Overlap::Fraction(1.0)
            }
        }
        (Area::Shapes(a), Area::Shapes(b)) => match of_shapes(a, b) {
            None => Overlap::Unknown,
            Some(fraction) if fraction > 0.0 => Overlap::Fraction(fraction),
            Some(_) => Overlap::None,
        },
    }
}

/// A point inside the shape, near its middle.
pub(crate) fn inner_point(shape: &Shape) -> Point {
    let ring = match shape {
        Shape::Circle(circle) => return circle.center,
        Shape::Polygon(ring) => ring,
    };
    let prepared = PreparedArea::new([shape]);
    let (lat, lon) = ring.trace().centroid();
    if let Some(centre) = wrapped(lat, lon) {
        if prepared.contains(&centre) {
            return centre;
        }
        let nearest = GRIDS.iter().find_map(|&side| {
            grid(&ring.bbox(), side)
                .filter(|p| prepared.contains(p))
                .min_by(|p, q| centre.distance_km(p).total_cmp(&centre.distance_km(q)))
        });
        if let Some(point) = nearest {
            return point;
        }
    }
    ring.points()[0]
}

/// The share of the smaller; `None` when finding it would take too long.
fn of_shapes(a: &[Shape], b: &[Shape]) -> Option<f64> {
    if a.len().saturating_mul(b.len()) > MAX_PAIRS {
        return None;
    }
    let (a_near, b_near) = (meeting(a, b), meeting(b, a));
    if a_near.is_empty() {
        return Some(0.0);
    }
    let (km2_a, km2_b) = (surface(a), surface(b));
    match km2_a.total_cmp(&km2_b) {
        std::cmp::Ordering::Less => covered(&a_near, km2_a, &b_near),
        std::cmp::Ordering::Greater => covered(&b_near, km2_b, &a_near),
        // Equally large: both ways, so that the order of the arguments never matters.
        std::cmp::Ordering::Equal => {
            Some(covered(&a_near, km2_a, &b_near)?.max(covered(&b_near, km2_b, &a_near)?))
        }
    }
}

/// The share of an area of surface `total`, of which only these shapes come near the other, that lies in `large`:
/// each shape sampled on its own grid and weighted by its surface.
fn covered(small: &[&Shape], total: f64, large: &[&Shape]) -> Option<f64> {
    let large = PreparedArea::new(large.iter().copied());
    let finest = (((BUDGET / small.len()) as f64).sqrt() as usize).clamp(4, GRIDS[1]);
    let sides = [finest.min(GRIDS[0]), finest];
    let (mut shared, mut work) = (0.0, 0);
    for shape in small {
        let (inside, both) = samples(shape, &large, sides, &mut work)?;
        shared += weight(shape) * both as f64 / inside as f64;
    }
    // Adding up weights rounds; all of it is exactly one.
    Some(if shared >= total * (1.0 - 1e-12) { 1.0 } else { shared / total })
}

/// How many samples fell inside the shape (at least one), and how many of them in `large` too; `None` when `work`
/// grew beyond its bound.
fn samples(
    shape: &Shape,
    large: &PreparedArea,
    sides: [usize; 2],
    work: &mut usize,
) -> Option<(usize, usize)> {
    let own = PreparedArea::new([shape]);
    let mut count = (0, 0);
    for side in sides {
        count = (0, 0);
        for point in grid(&shape.bbox(), side) {
            if *work > MAX_WORK {
                return None;
            }
            if own.contains_counted(&point, work) {
                count.0 += 1;
                count.1 += usize::from(large.contains_counted(&point, work));
            }
        }
        if count.0 >= ENOUGH {
            return Some(count);
        }
    }
    if count.0 > 0 {
        return Some(count);
    }
    // Thinner than the grid, or a point: its middle stands for it.
    Some((1, usize::from(large.contains(&inner_point(shape)))))
}

/// The middles of `side` times `side` cells of the box.
fn grid(bbox: &BBox, side: usize) -> impl Iterator<Item = Point> + use<> {
    let (south, west) = (bbox.south, bbox.west);
    let (high, wide) = ((bbox.north - bbox.south) / side as f64, bbox.width() / side as f64);
    (0..side * side).filter_map(move |i| {
        wrapped(south + high * ((i / side) as f64 + 0.5), west + wide * ((i % side) as f64 + 0.5))
    })
}

fn wrapped(lat: f64, lon: f64) -> Option<Point> {
    let lon = if lon.abs() <= 180.0 { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 };
    Point::new(lat.clamp(-90.0, 90.0), lon).ok()
}

/// The shapes whose box meets the box of one of the others.
fn meeting<'a>(shapes: &'a [Shape], others: &[Shape]) -> Vec<&'a Shape> {
    let boxes: Vec<BBox> = others.iter().map(Shape::bbox).collect();
    let meets = |shape: &&Shape| {
        let own = shape.bbox();
        boxes.iter().any(|other| own.intersects(other))
    };
    shapes.iter().filter(meets).collect()
}

fn surface(shapes: &[Shape]) -> f64 {
    shapes.iter().map(weight).sum()
}

/// The surface of a shape; one of the size of a point still counts a little beside large ones.
fn weight(shape: &Shape) -> f64 {
    shape.km2().max(1e-9)
}
