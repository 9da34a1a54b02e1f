//! Areas made ready for many questions: boxes first, then only the edges of one band of latitude.

use crate::area::Shape;
use crate::bbox::BBox;
use crate::circle::Circle;
use crate::point::{EARTH_RADIUS_KM, Point};
use crate::ring::{Trace, Winding};

/// Kilometres in one degree of latitude.
const KM_PER_DEGREE: f64 = EARTH_RADIUS_KM * std::f64::consts::PI / 180.0;

/// The most bands of latitude one ring is cut into.
const MAX_BANDS: usize = 4096;

/// The shapes of an area with an index over their edges; answers in time that grows with the edges near a point.
pub struct PreparedArea {
    shapes: Vec<(BBox, Prepared)>,
}

/// How a point lies to an area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reach {
    /// Inside; the distance to the rim in kilometres, at most the limit asked for.
    Inside(f64),
    /// Outside, with the rim within the limit.
    Near,
    /// Outside and further from the rim than the limit.
    Far,
}

enum Prepared {
    Ring(Banded),
    Circle(Circle),
}

impl PreparedArea {
    /// Makes the shapes ready. Linear in the number of points.
    #[must_use]
    pub fn new<'a>(shapes: impl IntoIterator<Item = &'a Shape>) -> Self {
        let shapes = shapes
            .into_iter()
            .map(|shape| match shape {
                Shape::Polygon(ring) => (ring.bbox(), Prepared::Ring(Banded::new(ring.trace()))),
                Shape::Circle(circle) => (circle.bbox(), Prepared::Circle(*circle)),
            })
            .collect();
        Self { shapes }
    }

    /// Whether the point lies in one of the shapes, rims included.
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        self.contains_counted(point, &mut 0)
    }

    /// The same, adding to `work` how many shapes and edges were looked at.
    pub(crate) fn contains_counted(&self, point: &Point, work: &mut usize) -> bool {
        self.shapes.iter().any(|(bbox, shape)| {
            *work += 1;
            match shape {
                // Its own extent is checked by the ring.
                Prepared::Ring(ring) => ring.contains_counted(point, work),
                Prepared::Circle(circle) => bbox.contains(point) && circle.contains(point),
            }
        })
    }

    /// Where the point lies, looking no further than `limit_km` for the rim.
    /// Adds to `work` how many shapes and edges were looked at.
    pub(crate) fn reach(&self, point: &Point, limit_km: f64, work: &mut usize) -> Reach {
        let mut best = Reach::Far;
        let near = BBox::around(*point, limit_km);
        for (bbox, shape) in &self.shapes {
            *work += 1;
            if !bbox.intersects(&near) {
                continue;
            }
            best = match (best, shape.reach(point, limit_km, work)) {
                (Reach::Inside(a), Reach::Inside(b)) => Reach::Inside(a.max(b)),
                (Reach::Inside(a), _) | (_, Reach::Inside(a)) => Reach::Inside(a),
                (Reach::Near, _) | (_, Reach::Near) => Reach::Near,
                (Reach::Far, Reach::Far) => Reach::Far,
            };
        }
        best
    }

    /// The boxes around the shapes.
    pub(crate) fn boxes(&self) -> impl Iterator<Item = &BBox> {
        self.shapes.iter().map(|(bbox, _)| bbox)
    }
}

impl Prepared {
    fn reach(&self, point: &Point, limit_km: f64, work: &mut usize) -> Reach {
        let (inside, rim) = match self {
            Self::Ring(ring) => (ring.contains_counted(point, work), ring.rim_km(point, limit_km, work)),
            Self::Circle(circle) => {
                (circle.contains(point), (circle.center.distance_km(point) - circle.radius_km).abs())
            }
        };
        match (inside, rim <= limit_km) {
            (true, _) => Reach::Inside(rim.min(limit_km)),
            (false, true) => Reach::Near,
            (false, false) => Reach::Far,
        }
    }
}

/// A ring whose edges are listed by bands of latitude.
struct Banded {
    trace: Trace,
    /// Bands per degree.
    scale: f64,
    /// Where the list of each band begins, and the end of the last.
    starts: Vec<u32>,
    /// Indices of edges, band after band.
    edges: Vec<u32>,
}

impl Banded {
    fn new(trace: Trace) -> Self {
        let count = trace.points.len() - 1;
        let height = (trace.north - trace.south).max(1e-9);
        let mut bands = (count / 4).clamp(1, MAX_BANDS);
        // Long edges lie in many bands: coarser bands until the lists hold at most eight entries an edge.
        let listed = loop {
            let scale = bands as f64 / height;
            let total: usize = trace
                .edges()
                .map(|(a, b)| {
                    band(b.0.max(a.0), &trace, scale, bands) - band(b.0.min(a.0), &trace, scale, bands) + 1
                })
                .sum();
            if total <= 8 * count || bands == 1 {
                break total;
            }
            bands /= 2;
        };
        let scale = bands as f64 / height;
        let mut starts = vec![0u32; bands + 1];
        for (a, b) in trace.edges() {
            for i in band(a.0.min(b.0), &trace, scale, bands)..=band(a.0.max(b.0), &trace, scale, bands) {
                starts[i + 1] += 1;
            }
        }
        for i in 0..bands {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut edges = vec![0u32; listed];
        for (index, (a, b)) in trace.edges().enumerate() {
            for i in band(a.0.min(b.0), &trace, scale, bands)..=band(a.0.max(b.0), &trace, scale, bands) {
                edges[next[i] as usize] = index as u32;
                next[i] += 1;
            }
        }
        Self { trace, scale, starts, edges }
    }

    fn contains_counted(&self, point: &Point, work: &mut usize) -> bool {
        self.trace.shifts(point).any(|lon| {
            let mut winding = Winding::new(point.lat, lon);
            let edges = self.edges_between(point.lat, point.lat);
            *work += edges.len();
            edges.for_each(|(a, b)| winding.edge(a, b));
            winding.inside()
        })
    }

    /// The distance to the nearest edge in kilometres; infinite when it is more than `limit_km`.
    ///
    /// Measured in the plane tangent at the point, good to a percent over the tens of kilometres it is asked for.
    fn rim_km(&self, point: &Point, limit_km: f64, work: &mut usize) -> f64 {
        let reach = limit_km / KM_PER_DEGREE;
        let squeeze = point.lat.to_radians().cos().max(1e-3);
        let (west, east) = (self.trace.west - reach / squeeze, self.trace.east + reach / squeeze);
        let first = ((west - point.lon) / 360.0).ceil();
        let mut best = f64::INFINITY;
        let mut lon = point.lon + 360.0 * first;
        while lon <= east {
            let edges = self.edges_between(point.lat - reach, point.lat + reach);
            *work += edges.len();
            for (a, b) in edges {
                let a = ((a.1 - lon) * squeeze, a.0 - point.lat);
                let b = ((b.1 - lon) * squeeze, b.0 - point.lat);
                best = best.min(origin_to_segment(a, b));
            }
            lon += 360.0;
        }
        let km = best * KM_PER_DEGREE;
        if km <= limit_km { km } else { f64::INFINITY }
    }

    /// The edges of the bands that touch these latitudes; an edge may come more than once.
    fn edges_between(
        &self,
        south: f64,
        north: f64,
    ) -> impl ExactSizeIterator<Item = ((f64, f64), (f64, f64))> + '_ {
        let bands = self.starts.len() - 1;
        let off = south > self.trace.north || north < self.trace.south;
        let first = band(south, &self.trace, self.scale, bands);
        let last = band(north, &self.trace, self.scale, bands);
        let range = if off { 0..0 } else { self.starts[first] as usize..self.starts[last + 1] as usize };
        self.edges[range].iter().map(|&i| (self.trace.points[i as usize], self.trace.points[i as usize + 1]))
    }
}

/// The band of a latitude; those beyond the ends belong to the end bands.
fn band(lat: f64, trace: &Trace, scale: f64, bands: usize) -> usize {
    // A float below zero or not a number becomes 0.
    (((lat - trace.south) * scale) as usize).min(bands - 1)
}

/// The distance from the origin to the segment between two points of the plane.
fn origin_to_segment(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 { (-(a.0 * dx + a.1 * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (a.0 + t * dx).hypot(a.1 + t * dy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::{Ring, RingError};
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    #[test]
    fn distance_to_the_rim() {
        let square = Ring::new(
            [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)].map(|p| at(p.0, p.1)).to_vec(),
        );
        let area = PreparedArea::new(&[Shape::Polygon(square.unwrap())]);
        assert!(
            matches!(area.reach(&at(0.5, 0.1), 50.0, &mut 0), Reach::Inside(d) if (d - 11.12).abs() < 0.05)
        );
        assert_eq!(area.reach(&at(0.5, 0.5), 5.0, &mut 0), Reach::Inside(5.0));
        assert_eq!(area.reach(&at(0.5, 1.1), 12.0, &mut 0), Reach::Near);
        assert_eq!(area.reach(&at(0.5, 1.1), 11.0, &mut 0), Reach::Far);
    }

    fn zigzag(edges: usize) -> Result<Ring, RingError> {
        let corner =
            |i: usize| at(if i.is_multiple_of(2) { -50.0 } else { 50.0 }, i as f64 * 100.0 / edges as f64);
        let mut points: Vec<Point> = (0..edges).map(corner).collect();
        points.push(points[0]);
        Ring::new(points)
    }

    #[test]
    fn a_zigzag_takes_no_more_memory_than_its_edges_and_a_longer_one_is_refused() {
        let ring = Banded::new(zigzag(4000).unwrap().trace());
        assert!(ring.edges.len() <= 8 * 4000, "{}", ring.edges.len());
        assert_eq!(zigzag(10_000), Err(RingError::TooIntricate));
    }

    proptest! {
        #[test]
        fn a_prepared_ring_answers_as_the_ring_does(
            radii in proptest::collection::vec(1.0..20.0f64, 3..60), lon0 in -180.0..180.0f64,
            asks in proptest::collection::vec((-25.0..25.0f64, -30.0..30.0f64), 1..20),
        ) {
            let wrap = |lon: f64| (lon + 180.0).rem_euclid(360.0) - 180.0;
            let n = radii.len() as f64;
            let mut points: Vec<Point> = radii.iter().enumerate().map(|(i, r)| {
                let angle = i as f64 / n * std::f64::consts::TAU;
                at(r * angle.sin(), wrap(lon0 + r * angle.cos()))
            }).collect();
            points.push(points[0]);
            let ring = Ring::new(points).unwrap();
            let area = PreparedArea::new(&[Shape::Polygon(ring.clone())]);
            for (lat, lon) in asks {
                let p = at(lat, wrap(lon0 + lon));
                prop_assert_eq!(ring.contains(&p), area.contains(&p));
            }
        }
    }
}
