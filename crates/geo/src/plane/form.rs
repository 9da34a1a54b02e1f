//! From rings to the lattice and back.

use super::lattice::P;
use crate::point::{EARTH_RADIUS_KM, Point};
use crate::ring::{Ring, RingError, Trace};

/// Edges of a ring stay shorter than this many steps of longitude, since one of half a turn or more would be taken
/// the other way round.
const LONGEST: i64 = 17_000_000_000;

/// Half a turn and a whole one, in steps.
const HALF: i64 = 18_000_000_000;
const TURN: i64 = 2 * HALF;

/// The points of a ring on the lattice, unrolled, closed over the pole where it goes round the earth; without the
/// closing point and without points that follow themselves.
pub(crate) fn flat_ring(trace: &Trace) -> Vec<P> {
    let mut points: Vec<P> = trace.points.iter().map(|p| P::at(*p)).collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points
}

/// The ring of unrolled points, brought back to longitudes from -180 to 180. Edges of half a turn or more get
/// points on the way.
pub(crate) fn ring_of(points: &[P]) -> Result<Ring, RingError> {
    let west = points.iter().map(|p| p.x).min().unwrap_or(0);
    let east = points.iter().map(|p| p.x).max().unwrap_or(0);
    // Whole turns that bring the ring between the antimeridians, where one does.
    let shift = -TURN * (west + HALF).div_euclid(TURN);
    let fits = east + shift <= HALF;
    let closed = points.iter().chain(points.first()).copied().collect::<Vec<P>>();
    let mut out = Vec::with_capacity(closed.len());
    for (i, p) in closed.iter().enumerate() {
        if let Some(before) = i.checked_sub(1).map(|i| closed[i]) {
            out.extend(between(before, *p));
        }
        out.push(*p);
    }
    let wrap = |x: i64| if fits { x + shift } else { (x + HALF).rem_euclid(TURN) - HALF };
    let points = out.into_iter().map(|p| P { x: wrap(p.x), ..p }.degrees());
    Ring::new(points.map(|(lat, lon)| Point { lat: lat.clamp(-90.0, 90.0), lon }).collect())
}

fn between(a: P, b: P) -> impl Iterator<Item = P> {
    let parts = ((b.x - a.x).abs() / LONGEST + 1).max(1);
    (1..parts).map(move |k| P { x: a.x + (b.x - a.x) / parts * k, y: a.y + (b.y - a.y) * k / parts })
}

/// The surface left of directed edges that close, in square kilometres on the sphere; edges as drawn.
pub(crate) fn spherical_km2(edges: impl Iterator<Item = (P, P)>) -> f64 {
    let sum: f64 = edges
        .map(|(a, b)| {
            let ((south, west), (north, east)) = (a.degrees(), b.degrees());
            (west - east).to_radians() * under(south.to_radians(), north.to_radians())
        })
        .sum();
    sum * EARTH_RADIUS_KM * EARTH_RADIUS_KM
}

/// The mean of the sine of the latitude along a straight edge.
fn under(from: f64, to: f64) -> f64 {
    let half = (to - from) / 2.0;
    let squeeze = if half.abs() < 1e-4 { 1.0 - half * half / 6.0 } else { half.sin() / half };
    ((from + to) / 2.0).sin() * squeeze
}
