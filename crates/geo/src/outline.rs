//! Circles as polygons, for readers that know only those: around the disc, or within it.
//!
//! A circle is drawn by great-circle distance on the ground; the edges of a polygon are straight in the
//! latitude-longitude plane. Each edge is therefore measured along its way, and bearings are halved until all of it
//! keeps to the band between the circle and the tolerance.

use crate::circle::Circle;
use crate::plane::{P, Work, edges_of, ring_of, without_holes};
use crate::point::{EARTH_RADIUS_KM, Point};
use crate::ring::Ring;

/// Half the way round the earth, in kilometres.
const HALF_ROUND: f64 = std::f64::consts::PI * EARTH_RADIUS_KM;

/// Bearings at first, and how often each span between two may be halved.
const BEARINGS: u32 = 16;
const HALVINGS: u32 = 16;

/// The finest tolerance: a metre, and this part of the radius.
const FINEST_KM: f64 = 0.001;
const FINEST_PART: f64 = 1.0 / 20_000.0;

/// On which side of the circle a polygon keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The polygon covers the disc.
    Around,
    /// The disc covers the polygon.
    Within,
}

/// Why a circle cannot be drawn as a polygon.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum OutlineError {
    /// The tolerance is no number, or finer than a metre or a twenty-thousandth of the radius.
    #[error("a tolerance of {0} km is finer than can be drawn; give at least {1} km")]
    Tolerance(f64, f64),
    /// No polygon fits within a circle not larger than the tolerance.
    #[error("nothing fits within a circle of {0} km at this tolerance; give a finer one")]
    TooSmall(f64),
}

impl Circle {
    /// The circle as polygons whose rims keep within `tolerance_km` of it, on the side asked for. One ring, but two
    /// or more where both poles lie within; rings about a pole are drawn up to it along the opposite meridian.
    ///
    /// # Errors
    /// [`OutlineError`] for a tolerance that is too fine, or too coarse for a polygon within.
    pub fn to_rings(&self, tolerance_km: f64, side: Side) -> Result<Vec<Ring>, OutlineError> {
        let finest = FINEST_KM.max(self.radius_km * FINEST_PART);
        if !(tolerance_km.is_finite() && tolerance_km >= finest) {
            return Err(OutlineError::Tolerance(tolerance_km, finest));
        }
        let band = match side {
            Side::Around => (self.radius_km, self.radius_km + tolerance_km),
            Side::Within if self.radius_km <= tolerance_km => {
                return Err(OutlineError::TooSmall(self.radius_km));
            }
            Side::Within => (self.radius_km - tolerance_km, self.radius_km),
        };
        if band.1 >= HALF_ROUND {
            return Ok(rings(vec![world(0)]));
        }
        let rim = Rim::new(self.center, band);
        let fine = OutlineError::Tolerance(tolerance_km, tolerance_km * 2.0);
        if !(rim.holds(90.0) && rim.holds(-90.0)) {
            return Ok(rings(vec![rim.points().ok_or(fine)?]));
        }
        // Both poles within: the earth less what lies about the antipode.
        let (lat, lon) = (self.center.lat, self.center.lon);
        let antipode = Point { lat: -lat, lon: if lon > 0.0 { lon - 180.0 } else { lon + 180.0 } };
        let hole = Rim::new(antipode, (HALF_ROUND - band.1, HALF_ROUND - band.0)).points().ok_or(fine)?;
        let world = world(P::at((0.0, antipode.lon)).x);
        let edges =
            edges_of(&world).chain(edges_of(&hole).map(|e| crate::plane::Edge { weight: -e.weight, ..e }));
        let parts = without_holes(edges.collect(), &mut Work(u64::MAX)).map_err(|_| fine)?;
        Ok(rings(parts))
    }
}

fn rings(parts: Vec<Vec<P>>) -> Vec<Ring> {
    parts.iter().filter_map(|part| ring_of(part).ok()).collect()
}

/// The whole earth, with this longitude in the middle.
fn world(middle: i64) -> Vec<P> {
    let at = |x: i64, lat: f64| P { x: middle + x, ..P::at((lat, 0.0)) };
    let half = P::at((0.0, 180.0)).x;
    vec![at(-half, -90.0), at(half, -90.0), at(half, 90.0), at(-half, 90.0)]
}

/// The rim of a polygon about a centre, between two distances.
struct Rim {
    center: Point,
    band: (f64, f64),
    /// How far the corners are from the centre.
    km: f64,
}

impl Rim {
    fn new(center: Point, band: (f64, f64)) -> Self {
        let poles = [90.0, -90.0].map(|lat| center.distance_km(&Point { lat, lon: 0.0 }));
        // Corners on a pole would have no longitude: of several distances that which stays furthest from the poles.
        let away = |part: &f64| {
            let km = band.0 + part * (band.1 - band.0);
            poles
                .iter()
                .map(|pole| (pole - km).abs())
                .fold(f64::INFINITY, f64::min)
                .min((band.1 - band.0) / 8.0)
        };
        let part =
            [0.5, 0.3, 0.7].into_iter().max_by(|a, b| away(a).total_cmp(&away(b)).then(b.total_cmp(a)));
        Self { center, band, km: band.0 + part.unwrap_or(0.5) * (band.1 - band.0) }
    }

    fn holds(&self, lat: f64) -> bool {
        self.center.distance_km(&Point { lat, lon: 0.0 }) < self.km
    }

    /// The corners counter-clockwise, drawn up to the pole where one lies within; none when the band is too narrow.
    fn points(&self) -> Option<Vec<P>> {
        let (north, south) = (self.holds(90.0), self.holds(-90.0));
        // Against the clock, from where a ring about a pole passes the meridian opposite.
        let start = if south { 180.0 } else { 360.0 };
        let bearing = |k: u32| start - 360.0 * f64::from(k) / f64::from(BEARINGS);
        let mut corners = Vec::new();
        for k in 0..BEARINGS {
            self.halved(bearing(k), bearing(k + 1), HALVINGS, &mut corners)?;
        }
        if north || south {
            // Both ends lie on that meridian; rounding may have put them on either side of it.
            let lat = corners.first()?.0;
            let turn = if north { 1.0 } else { -1.0 };
            let pole = 90.0 * turn;
            corners[0] = (lat, self.center.lon - 180.0 * turn);
            let end = self.center.lon + 180.0 * turn;
            corners.extend([(lat, end), (pole, end), (pole, self.center.lon - 180.0 * turn)]);
        }
        Some(corners.into_iter().map(P::at).collect())
    }

    /// The corners from one bearing up to, but without, the other.
    fn halved(&self, from: f64, to: f64, left: u32, corners: &mut Vec<(f64, f64)>) -> Option<()> {
        let a = self.corner(from);
        if self.keeps(a, self.corner(to)) {
            corners.push(a);
            return Some(());
        }
        let middle = (from + to) / 2.0;
        self.halved(from, middle, left.checked_sub(1)?, corners)?;
        self.halved(middle, to, left - 1, corners)
    }

    /// Latitude and unrolled longitude of the corner at a bearing.
    fn corner(&self, bearing: f64) -> (f64, f64) {
        let (angle, theta) = (self.km / EARTH_RADIUS_KM, bearing.to_radians());
        let (sin, cos) = self.center.lat.to_radians().sin_cos();
        let height = (sin * angle.cos() + cos * angle.sin() * theta.cos()).clamp(-1.0, 1.0);
        let east = (theta.sin() * angle.sin() * cos).atan2(angle.cos() - sin * height);
        (height.asin().to_degrees(), self.center.lon + east.to_degrees())
    }

    /// Whether all of the straight edge keeps to the band.
    fn keeps(&self, a: (f64, f64), b: (f64, f64)) -> bool {
        const MOST: f64 = 4096.0;
        let widest = a.0.abs().min(b.0.abs()).to_radians().cos();
        let widest = if a.0.signum() == b.0.signum() { widest } else { 1.0 };
        let km = (b.0 - a.0).hypot((b.1 - a.1) * widest).to_radians() * EARTH_RADIUS_KM;
        let parts = (km / (0.1 * (self.band.1 - self.band.0))).ceil().max(2.0);
        if parts > MOST {
            return false;
        }
        // No point between two samples is nearer to the centre than they by more than half the way between them.
        let slack = km / parts / 2.0;
        (0..=parts as u32).map(|k| f64::from(k) / parts).all(|t| {
            let p = Point { lat: a.0 + t * (b.0 - a.0), lon: a.1 + t * (b.1 - a.1) };
            let distance = self.center.distance_km(&p);
            distance - slack >= self.band.0 && distance + slack <= self.band.1
        })
    }
}

#[cfg(test)]
#[path = "outline_tests.rs"]
mod tests;
