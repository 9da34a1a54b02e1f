//! A closed ring of points: CAP's polygon.

use serde::{Deserialize, Serialize};

use crate::bbox::BBox;
use crate::point::{EARTH_RADIUS_KM, Point, PointError};

/// The most points a ring may have. A caller that meets more keeps the area as unresolved and says why.
pub const MAX_VERTICES: usize = 200_000;

/// How many edges a parallel through the ring may meet on average. Coasts stay far below; only a zigzag made to be
/// slow does not.
const MAX_STACK: f64 = 4096.0;

/// A closed ring: at least four points, the last equal to the first.
///
/// A step of more than 180 degrees of longitude is taken the short way round, across the antimeridian. A ring that
/// goes once round the earth encloses the pole that is nearer to it. Self-crossing rings are accepted; inside is
/// where the winding number is not zero.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(try_from = "Vec<Point>", into = "Vec<Point>")]
pub struct Ring(Vec<Point>);

/// Why points are no ring.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RingError {
    /// Fewer than four points.
    #[error("a polygon of {0} points has no inside; give at least four, the last equal to the first")]
    TooFewPoints(usize),
    /// More than [`MAX_VERTICES`] points.
    #[error("a polygon of {0} points is over the limit of 200000; simplify it")]
    TooManyPoints(usize),
    /// The edges go up and down so often that every question would be slow.
    #[error("the polygon goes up and down too often for its size; simplify it")]
    TooIntricate,
    /// The last point differs from the first.
    #[error("the polygon is open; repeat its first point at the end")]
    NotClosed,
    /// The ring goes round the earth more than once.
    #[error("the polygon winds round the earth more than once; cut it into several")]
    Winds,
    /// A point is out of range; the index counts from zero.
    #[error("point {index} of the polygon: {error}")]
    Point {
        /// Which point, from zero.
        index: usize,
        /// What is wrong with it.
        error: PointError,
    },
}

impl Ring {
    /// A ring of these points.
    ///
    /// # Errors
    /// [`RingError`] when there are fewer than 4 or more than [`MAX_VERTICES`] points, the last is not the first,
    /// a point is out of range, or the ring winds round the earth more than once or goes up and down too often.
    pub fn new(points: Vec<Point>) -> Result<Self, RingError> {
        if points.len() < 4 {
            return Err(RingError::TooFewPoints(points.len()));
        }
        if points.len() > MAX_VERTICES {
            return Err(RingError::TooManyPoints(points.len()));
        }
        for (index, p) in points.iter().enumerate() {
            Point::new(p.lat, p.lon).map_err(|error| RingError::Point { index, error })?;
        }
        if points.first() != points.last() {
            return Err(RingError::NotClosed);
        }
        let ring = Self(points);
        let trace = ring.trace();
        if trace.east - trace.west > 720.0 {
            return Err(RingError::Winds);
        }
        let climb: f64 = trace.edges().map(|(a, b)| (b.0 - a.0).abs()).sum();
        if climb > MAX_STACK * (trace.north - trace.south) {
            return Err(RingError::TooIntricate);
        }
        Ok(ring)
    }

    /// The points, the first repeated as the last.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// Whether the point lies inside or on the ring. Costs one pass over the ring; for many points see
    /// [`PreparedArea`](crate::PreparedArea).
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        let trace = self.trace();
        trace.shifts(point).any(|lon| {
            let mut winding = Winding::new(point.lat, lon);
            trace.edges().for_each(|(a, b)| winding.edge(a, b));
            winding.inside()
        })
    }

    /// The surface inside in square kilometres (edges as drawn; a self-crossing ring counts its parts signed).
    #[must_use]
    pub fn km2(&self) -> f64 {
        let sum: f64 = self
            .trace()
            .edges()
            .map(|(a, b)| (b.1 - a.1).to_radians() * (2.0 + a.0.to_radians().sin() + b.0.to_radians().sin()))
            .sum();
        (sum / 2.0).abs() * EARTH_RADIUS_KM * EARTH_RADIUS_KM
    }

    /// The smallest box around the ring.
    #[must_use]
    pub fn bbox(&self) -> BBox {
        self.trace().bbox()
    }

    /// The ring with its longitudes unrolled.
    pub(crate) fn trace(&self) -> Trace {
        Trace::of(&self.0)
    }
}

impl TryFrom<Vec<Point>> for Ring {
    type Error = RingError;

    fn try_from(points: Vec<Point>) -> Result<Self, RingError> {
        Self::new(points)
    }
}

impl From<Ring> for Vec<Point> {
    fn from(ring: Ring) -> Self {
        ring.0
    }
}

/// A ring with longitudes that run on past 180 degrees instead of jumping, closed, with its extent.
pub(crate) struct Trace {
    /// Latitude and unrolled longitude.
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) south: f64,
    pub(crate) north: f64,
    pub(crate) west: f64,
    pub(crate) east: f64,
}

impl Trace {
    pub(crate) fn of(ring: &[Point]) -> Self {
        let mut points = Vec::with_capacity(ring.len() + 2);
        let (mut turn, mut last) = (0.0, ring[0].lon);
        for p in ring {
            if p.lon - last > 180.0 {
                turn -= 360.0;
            } else if p.lon - last < -180.0 {
                turn += 360.0;
            }
            last = p.lon;
            points.push((p.lat, p.lon + turn));
        }
        if turn != 0.0 {
            // Once round the earth: closed over the nearer pole.
            let mean = ring.iter().map(|p| p.lat).sum::<f64>() / ring.len() as f64;
            let pole = if mean >= 0.0 { 90.0 } else { -90.0 };
            let (start, end) = (points[0], points[points.len() - 1]);
            points.extend([(pole, end.1), (pole, start.1), start]);
        }
        let trace = Self::measured(points);
        if trace.west < trace.east {
            return trace;
        }
        // Without any width: a box over the whole earth, whose sides -180 and 180 fell together, is meant as drawn.
        Self::measured(ring.iter().map(|p| (p.lat, p.lon)).collect())
    }

    fn measured(points: Vec<(f64, f64)>) -> Self {
        let mut t = Self { points, south: 90.0, north: -90.0, west: f64::INFINITY, east: f64::NEG_INFINITY };
        for &(lat, lon) in &t.points {
            t.south = t.south.min(lat);
            t.north = t.north.max(lat);
            t.west = t.west.min(lon);
            t.east = t.east.max(lon);
        }
        t
    }

    pub(crate) fn edges(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> + '_ {
        self.points.windows(2).map(|w| (w[0], w[1]))
    }

    /// The longitudes at which the point may lie on this trace: its own, moved by whole turns into the extent.
    pub(crate) fn shifts(&self, p: &Point) -> impl Iterator<Item = f64> + use<> {
        let (west, east, lon) = (self.west, self.east, p.lon);
        let near = (self.south..=self.north).contains(&p.lat) && lon.abs() <= 180.0;
        let first = ((west - lon) / 360.0).ceil();
        // The extent is at most 720 wide, so at most three turns fit.
        (0..3)
            .map(move |k| lon + 360.0 * (first + f64::from(k)))
            .filter(move |&x| near && x >= west && x <= east)
    }

    pub(crate) fn bbox(&self) -> BBox {
        BBox::from_unwrapped(self.south, self.west, self.north, self.east)
    }

    /// The centre of mass in the plane, latitude and unrolled longitude.
    pub(crate) fn centroid(&self) -> (f64, f64) {
        let (lat0, lon0) = self.points[0];
        let (mut area, mut lat, mut lon) = (0.0, 0.0, 0.0);
        for (a, b) in self.edges() {
            let (ay, ax, by, bx) = (a.0 - lat0, a.1 - lon0, b.0 - lat0, b.1 - lon0);
            let cross = ax * by - bx * ay;
            area += cross;
            lat += (ay + by) * cross;
            lon += (ax + bx) * cross;
        }
        if area.abs() < 1e-12 {
            return ((self.south + self.north) / 2.0, (self.west + self.east) / 2.0);
        }
        (lat0 + lat / (3.0 * area), lon0 + lon / (3.0 * area))
    }
}

/// The winding number of edges about one point, fed edge by edge.
pub(crate) struct Winding {
    lat: f64,
    lon: f64,
    turns: i32,
    on_edge: bool,
}

impl Winding {
    pub(crate) fn new(lat: f64, lon: f64) -> Self {
        Self { lat, lon, turns: 0, on_edge: false }
    }

    #[inline]
    pub(crate) fn edge(&mut self, a: (f64, f64), b: (f64, f64)) {
        let (low, high) = if a.0 <= b.0 { (a.0, b.0) } else { (b.0, a.0) };
        if self.lat < low || self.lat > high {
            return;
        }
        let side = (b.1 - a.1) * (self.lat - a.0) - (self.lon - a.1) * (b.0 - a.0);
        if side == 0.0 && self.lon >= a.1.min(b.1) && self.lon <= a.1.max(b.1) {
            self.on_edge = true;
        }
        if a.0 <= self.lat {
            if b.0 > self.lat && side > 0.0 {
                self.turns += 1;
            }
        } else if b.0 <= self.lat && side < 0.0 {
            self.turns -= 1;
        }
    }

    pub(crate) fn inside(&self) -> bool {
        self.on_edge || self.turns != 0
    }
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
