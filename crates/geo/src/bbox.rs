//! The box around a shape, in degrees, which may cross the antimeridian.

use serde::{Deserialize, Serialize};

use crate::point::{EARTH_RADIUS_KM, Point};

/// A box between two parallels and two meridians. `west` is greater than `east` when it crosses the antimeridian.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub struct BBox {
    /// The southern edge, degrees.
    pub south: f64,
    /// The western edge, degrees.
    pub west: f64,
    /// The northern edge, degrees.
    pub north: f64,
    /// The eastern edge, degrees; less than `west` when the box crosses the antimeridian.
    pub east: f64,
}

impl BBox {
    /// Whether the point lies in the box, edges included.
    #[must_use]
    pub fn contains(&self, p: &Point) -> bool {
        if !(self.south..=self.north).contains(&p.lat) {
            return false;
        }
        if self.west <= self.east {
            (self.west..=self.east).contains(&p.lon)
        } else {
            p.lon >= self.west || p.lon <= self.east
        }
    }

    /// The width in degrees, 0 to 360.
    #[must_use]
    pub fn width(&self) -> f64 {
        if self.west <= self.east { self.east - self.west } else { self.east - self.west + 360.0 }
    }

    /// Whether the two boxes share a point.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.south <= other.north
            && other.south <= self.north
            && self
                .spans()
                .iter()
                .flatten()
                .any(|a| other.spans().iter().flatten().any(|b| a.0 <= b.1 && b.0 <= a.1))
    }

    /// The longitudes as one span, or two when the box crosses the antimeridian; west and east of each.
    #[must_use]
    pub fn spans(&self) -> [Option<(f64, f64)>; 2] {
        if self.west <= self.east {
            [Some((self.west, self.east)), None]
        } else {
            [Some((self.west, 180.0)), Some((-180.0, self.east))]
        }
    }

    /// The box around all points within `km` kilometres of `center`.
    #[must_use]
    pub fn around(center: Point, km: f64) -> Self {
        let angle = km / EARTH_RADIUS_KM;
        let reach = angle.to_degrees();
        let (south, north) = (center.lat - reach, center.lat + reach);
        // A pole within: every longitude is.
        if south <= -90.0 || north >= 90.0 {
            return Self { south: south.max(-90.0), west: -180.0, north: north.min(90.0), east: 180.0 };
        }
        let side = (angle.sin() / center.lat.to_radians().cos()).clamp(0.0, 1.0).asin().to_degrees();
        // A hair wider than exact, so that rounding never leaves a rim point outside.
        let (reach, side) = (reach + 1e-7, side + 1e-7);
        Self::from_unwrapped(center.lat - reach, center.lon - side, center.lat + reach, center.lon + side)
    }

    /// A box from longitudes that may run past 180 degrees; brought back to -180..=180.
    #[must_use]
    pub(crate) fn from_unwrapped(south: f64, west: f64, north: f64, east: f64) -> Self {
        let (south, north) = (south.max(-90.0), north.min(90.0));
        if east - west >= 360.0 {
            return Self { south, west: -180.0, north, east: 180.0 };
        }
        let inside = |lon: f64| (-180.0..=180.0).contains(&lon);
        if inside(west) && inside(east) {
            return Self { south, west, north, east };
        }
        let wrap = |lon: f64| if inside(lon) { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 };
        let west = wrap(west);
        let east = wrap(east);
        // An eastern edge exactly on the antimeridian is 180, not -180.
        Self { south, west, north, east: if east == -180.0 { 180.0 } else { east } }
    }

    /// The smallest box around all the boxes: the widest gap of longitudes stays outside.
    pub(crate) fn around_all(boxes: &[Self]) -> Option<Self> {
        let first = boxes.first()?;
        let south = boxes.iter().fold(first.south, |s, b| s.min(b.south));
        let north = boxes.iter().fold(first.north, |n, b| n.max(b.north));
        let mut spans: Vec<(f64, f64)> = boxes.iter().map(|b| (b.west, b.west + b.width())).collect();
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (start, end) = spans[0];
        // Walk once round; `reach` is how far east the boxes so far go. The gap back to the start closes the circle.
        let mut reach =
            spans.iter().fold(end, |r, s| if s.1 >= start + 360.0 { r.max(s.1 - 360.0) } else { r });
        let mut best = (f64::NEG_INFINITY, start, start);
        for &(west, east) in &spans[1..] {
            if west - reach > best.0 {
                best = (west - reach, west, reach);
            }
            reach = reach.max(east);
        }
        let closing = start + 360.0 - reach;
        let (gap, west, east) = if closing >= best.0 { (closing, start, reach) } else { best };
        if gap <= 0.0 {
            return Some(Self { south, west: -180.0, north, east: 180.0 });
        }
        let east = if east < west { east + 360.0 } else { east };
        Some(Self::from_unwrapped(south, west, north, east))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bbox(west: f64, east: f64) -> BBox {
        BBox { south: -1.0, west, north: 1.0, east }
    }

    #[test]
    fn union_keeps_the_widest_gap_outside() {
        assert_eq!(BBox::around_all(&[bbox(170.0, 175.0), bbox(-175.0, -170.0)]), Some(bbox(170.0, -170.0)));
        assert_eq!(BBox::around_all(&[bbox(-10.0, 5.0), bbox(3.0, 40.0)]), Some(bbox(-10.0, 40.0)));
        assert_eq!(BBox::around_all(&[bbox(-10.0, 5.0)]), Some(bbox(-10.0, 5.0)));
        assert_eq!(BBox::around_all(&[]), None);
        assert_eq!(BBox::around_all(&[bbox(-180.0, 0.0), bbox(0.0, 180.0)]).map(|b| b.width()), Some(360.0));
    }

    #[test]
    fn pole_within_takes_every_longitude() {
        let b = BBox::around(Point::new(89.9, 10.0).unwrap(), 50.0);
        assert_eq!((b.west, b.east, b.north), (-180.0, 180.0, 90.0));
    }

    proptest! {
        #[test]
        fn the_box_around_boxes_contains_what_each_contains(
            spans in proptest::collection::vec((-180.0..180.0f64, 0.0..200.0f64), 1..6), at in 0.0..1.0f64, pick in 0usize..6,
        ) {
            let boxes: Vec<BBox> = spans.iter().map(|&(w, d)| BBox::from_unwrapped(-1.0, w, 1.0, w + d)).collect();
            let all = BBox::around_all(&boxes).unwrap();
            let one = boxes[pick % boxes.len()];
            let lon = (one.west + 1e-6 + at * (one.width() - 2e-6).max(0.0) + 180.0).rem_euclid(360.0) - 180.0;
            let p = Point::new(0.0, lon).unwrap();
            prop_assume!(one.contains(&p));
            prop_assert!(all.contains(&p), "{boxes:?} {all:?} {p:?}");
        }
    }
}
