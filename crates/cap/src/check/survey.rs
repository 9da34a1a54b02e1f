//! What one pass over a ring tells of it.

use crate::model::Position;

/// Where a ring lies, and whether its positions follow each other as they should.
#[derive(Clone, Copy, Debug)]
pub(super) struct Survey {
    low: Position,
    high: Position,
    /// Whether every position is one of the Earth.
    pub(super) on_earth: bool,
    /// Whether a position is given twice in a row.
    pub(super) repeated: bool,
}

impl Survey {
    /// Looks at each position once, and branches on none: rings are long.
    pub(super) fn of(ring: &[Position]) -> Survey {
        let (least, most) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut survey = Survey {
            low: Position { lat: most, lon: most },
            high: Position { lat: least, lon: least },
            on_earth: true,
            repeated: false,
        };
        let mut before = Position { lat: f64::NAN, lon: f64::NAN };
        for p in ring {
            let Survey { low, high, .. } = &mut survey;
            // Not `f64::min`, which takes more steps: what is no number has no place among the bounds either way.
            (low.lat, low.lon) = (lower(p.lat, low.lat), lower(p.lon, low.lon));
            (high.lat, high.lon) = (higher(p.lat, high.lat), higher(p.lon, high.lon));
            survey.on_earth &= is_on_earth(p);
            survey.repeated |= (p.lat == before.lat) & (p.lon == before.lon);
            before = *p;
        }
        survey
    }

    /// The middle of what the ring spans; `None` where it spans nothing or crosses the antimeridian.
    pub(super) fn centre(&self) -> Option<Position> {
        let middle = |low: f64, high: f64| (low <= high && high - low < 180.0).then_some((low + high) / 2.0);
        Some(Position {
            lat: middle(self.low.lat, self.high.lat)?,
            lon: middle(self.low.lon, self.high.lon)?,
        })
    }

    /// Whether all positions of the ring lie on one line.
    pub(super) fn is_flat(&self, ring: &[Position]) -> bool {
        let Some(first) = ring.first() else { return true };
        let from = |p: &Position| (east(p.lon - first.lon), p.lat - first.lat);
        let cross = |a: (f64, f64), b: (f64, f64)| (a.0 * b.1 - a.1 * b.0).abs();
        // Were all within 1e-9 of one line, no two would span more than 2e-9 of the ring's length with the first. Most
        // rings are told by those a third and two thirds round.
        let span = (self.high.lat - self.low.lat) + (self.high.lon - self.low.lon);
        let (some, other) = (from(&ring[ring.len() / 3]), from(&ring[ring.len() / 3 * 2]));
        if cross(some, other) > 1e-7 * span {
            return false;
        }
        let square = |p: (f64, f64)| p.0 * p.0 + p.1 * p.1;
        let far = ring
            .iter()
            .map(from)
            .fold((0.0, 0.0), |far: (f64, f64), p| if square(p) > square(far) { p } else { far });
        // 1e-9 degrees are a tenth of a millimetre.
        let reach = square(far).sqrt();
        ring.iter().map(from).all(|p| cross(p, far) <= 1e-9 * reach.max(1e-9))
    }
}

/// The lower one, or the second where one is no number.
#[inline]
fn lower(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The higher one, or the second where one is no number.
#[inline]
fn higher(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Whether the position is a number pair within range; NaN is not.
#[inline]
pub(super) fn is_on_earth(p: &Position) -> bool {
    (p.lat.abs() <= 90.0) & (p.lon.abs() <= 180.0)
}

/// A difference of longitudes, the short way round.
pub(super) fn east(degrees: f64) -> f64 {
    if degrees > 180.0 {
        degrees - 360.0
    } else if degrees < -180.0 {
        degrees + 360.0
    } else {
        degrees
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(pairs: &[(f64, f64)]) -> Vec<Position> {
        pairs.iter().map(|(lat, lon)| Position { lat: *lat, lon: *lon }).collect()
    }

    #[test]
    fn one_pass_tells_all() {
        let survey = Survey::of(&ring(&[(1.0, 2.0), (3.0, -4.0), (3.0, -4.0), (1.0, 2.0)]));
        assert!(survey.on_earth && survey.repeated);
        assert_eq!(survey.centre(), Some(Position { lat: 2.0, lon: -1.0 }));
        let survey = Survey::of(&ring(&[(1.0, 179.0), (f64::NAN, -179.0), (1.0, 179.0)]));
        assert!(!survey.on_earth && !survey.repeated);
        assert_eq!(survey.centre(), None);
        let survey = Survey::of(&[]);
        assert!(survey.on_earth && !survey.repeated);
        assert_eq!(survey.centre(), None);
    }

    #[test]
    fn flat_rings_are_told_from_thin_ones() {
        let flat = |pairs: &[(f64, f64)]| {
            let ring = ring(pairs);
            Survey::of(&ring).is_flat(&ring)
        };
        assert!(flat(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 0.0)]));
        assert!(flat(&[(0.0, 179.0), (1.0, -179.0), (0.5, 180.0), (0.0, 179.0)]));
        assert!(flat(&[(1.0, 1.0); 5]));
        assert!(flat(&[]));
        assert!(!flat(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)]));
        assert!(!flat(&[(0.0, 0.0), (0.0, 1.0), (1e-7, 0.5), (0.0, 0.0)]));
        // Only one position is off the line, and it stands neither a third nor two thirds round.
        assert!(!flat(&[(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (0.0, 3.0), (0.0, 4.0), (9.0, 5.0), (0.0, 0.0)]));
    }
}
