//! Longitudes as they are found: closed or open, jumping at the antimeridian, or a little past it.

use crate::point::{Point, PointError};
use crate::ring::{Ring, RingError, Trace};

/// A ring whose longitudes run on instead of jumping.
#[derive(Clone, Debug, PartialEq)]
pub struct Unwrapped {
    /// Latitude and longitude; neighbours are at most 180 degrees apart.
    pub points: Vec<(f64, f64)>,
    /// Whether the antimeridian is crossed.
    pub crosses: bool,
    /// How often the ring goes round the earth eastwards; westwards is negative. Not zero about a pole.
    pub turns: i32,
}

/// What was changed to make a ring of points as they were found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// The first point was repeated at the end.
    Closed,
    /// A longitude beyond 180 degrees was brought back by whole turns.
    Wrapped {
        /// Which point, from zero.
        point: usize,
        /// What stood there.
        lon: f64,
    },
}

/// How far beyond the antimeridian a longitude may lie: once round, as where the earth is drawn from 0 to 360.
const FURTHEST: f64 = 540.0;

/// Unrolls a ring: a step of more than 180 degrees of longitude is taken the short way round.
///
/// ```
/// use beaconfire_geo::{Point, unwrap::unwrap};
/// let ring = [179.0, -179.0, -180.0, 179.0].map(|lon| Point { lat: 0.0, lon });
/// let lons: Vec<f64> = unwrap(&ring).points.iter().map(|p| p.1).collect();
/// assert_eq!(lons, [179.0, 181.0, 180.0, 179.0]);
/// ```
#[must_use]
pub fn unwrap(points: &[Point]) -> Unwrapped {
    let mut unwrapped = Unwrapped { points: Vec::with_capacity(points.len()), crosses: false, turns: 0 };
    let mut last = points.first().map_or(0.0, |p| p.lon);
    for p in points {
        let step = p.lon - last;
        unwrapped.turns += i32::from(step < -180.0) - i32::from(step > 180.0);
        unwrapped.crosses |= step.abs() > 180.0;
        last = p.lon;
        unwrapped.points.push((p.lat, p.lon + 360.0 * f64::from(unwrapped.turns)));
    }
    unwrapped
}

/// A ring of latitudes and longitudes as they were found, and what was changed: open rings are closed, and longitudes
/// past 180 degrees, such as -180.005, brought back.
///
/// # Errors
/// [`RingError`] for what is no ring even so; longitudes are refused beyond 540 degrees.
pub fn mended(points: &[(f64, f64)]) -> Result<(Ring, Vec<Change>), RingError> {
    let (mut ring, mut changes) = (Vec::with_capacity(points.len() + 1), Vec::new());
    for (index, &(lat, lon)) in points.iter().enumerate() {
        let mut at = lon;
        if lon.abs() > 180.0 && lon.abs() <= FURTHEST {
            at = (lon + 180.0).rem_euclid(360.0) - 180.0;
            changes.push(Change::Wrapped { point: index, lon });
        }
        let point = Point::new(lat, at).map_err(|error| {
            let error = if let PointError::Longitude(_) = error { PointError::Longitude(lon) } else { error };
            RingError::Point { index, error }
        })?;
        ring.push(point);
    }
    if let (Some(first), Some(last)) = (ring.first().copied(), ring.last())
        && first != *last
    {
        ring.push(first);
        changes.push(Change::Closed);
    }
    Ok((Ring::new(ring)?, changes))
}

/// Whether the ring crosses the antimeridian or goes round a pole.
#[must_use]
pub fn crosses_antimeridian(ring: &Ring) -> bool {
    let trace: Trace = ring.trace();
    trace.west < -180.0 || trace.east > 180.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gdacs_writes_past_the_antimeridian_is_brought_back_and_told() {
        let (ring, changes) =
            mended(&[(1.0, -179.0), (1.0, -180.005), (2.0, -180.005), (2.0, -179.0)]).unwrap();
        let past = |point| Change::Wrapped { point, lon: -180.005 };
        assert_eq!(changes, [past(1), past(2), Change::Closed]);
        assert!((ring.points()[1].lon - 179.995).abs() < 1e-9);
        assert!(crosses_antimeridian(&ring));
        assert!((ring.bbox().width() - 1.005).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_coordinate_is_refused_with_what_stood_there() {
        for lon in [f64::NAN, f64::INFINITY, 541.0] {
            let refused = mended(&[(0.0, 0.0), (0.0, lon), (1.0, 1.0)]);
            assert!(matches!(refused, Err(RingError::Point { index: 1, error: PointError::Longitude(_) })));
        }
        assert_eq!(mended(&[]), Err(RingError::TooFewPoints(0)));
        assert!(mended(&[(91.0, 0.0); 4]).is_err());
    }

    #[test]
    fn a_ring_about_the_pole_turns_once() {
        let polar = [-120.0, 0.0, 120.0, -120.0].map(|lon| Point { lat: 60.0, lon });
        assert_eq!(unwrap(&polar).turns, 1);
        assert_eq!(unwrap(&[]).points, []);
    }
}
