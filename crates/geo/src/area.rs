//! An area: the whole jurisdiction, shapes, or something that could not be resolved.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::bbox::BBox;
use crate::circle::Circle;
use crate::overlap::{self, Overlap};
use crate::point::Point;
use crate::prepared::PreparedArea;
use crate::ring::Ring;

/// One shape of an area.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The inside of a ring.
    Polygon(Ring),
    /// A circle.
    Circle(Circle),
}

/// Where something is. Always explicit: an area without shapes is empty, never "everywhere".
///
/// The serialised form keeps the order of shapes and points, so that equal areas have equal bytes.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Everything the authority is responsible for, without a drawn limit.
    WholeJurisdiction,
    /// Somewhere, but where could not be found out; the words say why.
    Unresolved(String),
    /// The union of these shapes; without any, the empty area that live drafts begin with.
    Shapes(Vec<Shape>),
}

impl Default for Area {
    fn default() -> Self {
        Self::Shapes(Vec::new())
    }
}

impl From<Ring> for Area {
    fn from(ring: Ring) -> Self {
        Self::Shapes(vec![Shape::Polygon(ring)])
    }
}

impl From<Circle> for Area {
    fn from(circle: Circle) -> Self {
        Self::Shapes(vec![Shape::Circle(circle)])
    }
}

impl Area {
    /// Whether this is the empty area. An unresolved area is not empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Shapes(shapes) if shapes.is_empty())
    }

    /// The shapes; none when the area is not made of shapes.
    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        if let Self::Shapes(shapes) = self { shapes } else { &[] }
    }

    /// Whether the point lies within; `None` when the area is unresolved.
    #[must_use]
    pub fn contains(&self, point: Point) -> Option<bool> {
        match self {
            Self::WholeJurisdiction => Some(true),
            Self::Unresolved(_) => None,
            Self::Shapes(shapes) => Some(shapes.iter().any(|shape| shape.contains(&point))),
        }
    }

    /// The box around all shapes; `None` when there are none.
    #[must_use]
    pub fn bbox(&self) -> Option<BBox> {
        let boxes: Vec<BBox> = self.shapes().iter().map(Shape::bbox).collect();
        BBox::around_all(&boxes)
    }

    /// The surface in square kilometres, shapes added up (what two share counts twice); `None` unless made of shapes.
    #[must_use]
    pub fn km2(&self) -> Option<f64> {
        match self {
            Self::Shapes(shapes) => Some(shapes.iter().map(Shape::km2).sum()),
            _ => None,
        }
    }

    /// Both areas together. The whole jurisdiction absorbs everything, equal shapes are kept once, and an unresolved
    /// area gives way to shapes: what is drawn can be worked with, and the reason stays with the member it came from.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::WholeJurisdiction, _) | (_, Self::WholeJurisdiction) => Self::WholeJurisdiction,
            (Self::Unresolved(a), Self::Unresolved(b)) if a != b => Self::Unresolved(format!("{a}; {b}")),
            (Self::Unresolved(why), rest) | (rest, Self::Unresolved(why)) if rest.shapes().is_empty() => {
                Self::Unresolved(why.clone())
            }
            (a, b) => {
                let mut shapes: Vec<Shape> = Vec::with_capacity(a.shapes().len() + b.shapes().len());
                // By their beginnings, so that thousands of shapes are not each compared with each.
                let mut known: HashMap<[u64; 4], Vec<usize>> = HashMap::new();
                for shape in a.shapes().iter().chain(b.shapes()) {
                    let alike = known.entry(shape.beginning()).or_default();
                    if !alike.iter().any(|&i| shapes[i] == *shape) {
                        alike.push(shapes.len());
                        shapes.push(shape.clone());
                    }
                }
                Self::Shapes(shapes)
            }
        }
    }

    /// How much of the smaller of the two areas the other covers; see [`Overlap`].
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Overlap {
        overlap::overlap(self, other)
    }

    /// A point inside the largest shape, for a pin on a map: its centre of mass where that lies inside.
    #[must_use]
    pub fn locator_center(&self) -> Option<Point> {
        let largest = self.shapes().iter().max_by(|a, b| a.km2().total_cmp(&b.km2()))?;
        Some(overlap::inner_point(largest))
    }

    /// The area with an index over its edges, for many questions; `None` unless made of shapes.
    #[must_use]
    pub fn prepare(&self) -> Option<PreparedArea> {
        match self {
            Self::Shapes(shapes) => Some(PreparedArea::new(shapes)),
            _ => None,
        }
    }
}

impl Shape {
    /// Whether the point lies inside or on the rim.
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        match self {
            Self::Polygon(ring) => ring.contains(point),
            Self::Circle(circle) => circle.contains(point),
        }
    }

    /// Numbers that equal shapes share and most others do not.
    fn beginning(&self) -> [u64; 4] {
        match self {
            Self::Polygon(ring) => {
                let (first, second) = (ring.points()[0], ring.points()[1]);
                [first.lat, first.lon, second.lat, second.lon].map(f64::to_bits)
            }
            Self::Circle(c) => [c.center.lat, c.center.lon, c.radius_km, f64::NAN].map(f64::to_bits),
        }
    }

    /// The surface in square kilometres.
    #[must_use]
    pub fn km2(&self) -> f64 {
        match self {
            Self::Polygon(ring) => ring.km2(),
            Self::Circle(circle) => circle.km2(),
        }
    }

    /// The smallest box around the shape.
    #[must_use]
    pub fn bbox(&self) -> BBox {
        match self {
            Self::Polygon(ring) => ring.bbox(),
            Self::Circle(circle) => circle.bbox(),
        }
    }
}

#[cfg(test)]
#[path = "area_tests.rs"]
mod tests;
