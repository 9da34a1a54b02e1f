//! A circle: a centre and a radius on the ground.

use serde::{Deserialize, Serialize};

use crate::bbox::BBox;
use crate::point::{EARTH_RADIUS_KM, Point};

/// The largest radius in kilometres: half the way round the earth.
pub const MAX_RADIUS_KM: f64 = 20_038.0;

/// All points within a great-circle distance of a centre. A radius of zero is a point, which CAP allows.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[serde(try_from = "Raw")]
pub struct Circle {
    /// The centre.
    pub center: Point,
    /// The radius in kilometres, 0 to [`MAX_RADIUS_KM`].
    pub radius_km: f64,
}

/// Why a radius was refused.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum CircleError {
    /// The radius is not a finite number from 0 to [`MAX_RADIUS_KM`].
    #[error("radius {0} is not a number of kilometres from 0 to 20038")]
    Radius(f64),
}

impl Circle {
    /// A circle of `radius_km` kilometres about `center`.
    ///
    /// # Errors
    /// [`CircleError`] unless the radius is finite and from 0 to [`MAX_RADIUS_KM`].
    pub fn new(center: Point, radius_km: f64) -> Result<Self, CircleError> {
        if !(0.0..=MAX_RADIUS_KM).contains(&radius_km) {
            return Err(CircleError::Radius(radius_km));
        }
        Ok(Self { center, radius_km: radius_km + 0.0 })
    }

    /// Whether the point lies within the radius, the rim included (to a millimetre).
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        self.center.distance_km(point) <= self.radius_km + 1e-6
    }

    /// The surface of the spherical cap in square kilometres.
    #[must_use]
    pub fn km2(&self) -> f64 {
        let angle = (self.radius_km / EARTH_RADIUS_KM).min(std::f64::consts::PI);
        // 1 - cos(a) written as 2 sin²(a/2), which keeps small circles exact.
        let half = (angle / 2.0).sin();
        4.0 * std::f64::consts::PI * EARTH_RADIUS_KM * EARTH_RADIUS_KM * half * half
    }

    /// The smallest box around the circle; all longitudes when a pole lies within.
    #[must_use]
    pub fn bbox(&self) -> BBox {
        BBox::around(self.center, self.radius_km)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    center: Point,
    radius_km: f64,
}

impl TryFrom<Raw> for Circle {
    type Error = CircleError;

    fn try_from(raw: Raw) -> Result<Self, CircleError> {
        Self::new(raw.center, raw.radius_km)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radius_is_checked() {
        let here = Point::new(10.0, 10.0).unwrap();
        for bad in [-0.1, 20_039.0, f64::NAN, f64::INFINITY] {
            assert!(Circle::new(here, bad).is_err());
        }
        assert!(Circle::new(here, 0.0).unwrap().contains(&here));
    }

    #[test]
    fn surface_of_small_and_whole() {
        let here = Point::new(0.0, 0.0).unwrap();
        let small = Circle::new(here, 1.0).unwrap().km2();
        assert!((small - std::f64::consts::PI).abs() < 1e-6, "{small}");
        let whole = Circle::new(here, MAX_RADIUS_KM).unwrap().km2();
        assert!((whole / 510_065_600.0 - 1.0).abs() < 1e-3, "{whole}");
    }

    #[test]
    fn crosses_the_antimeridian() {
        let circle = Circle::new(Point::new(0.0, 179.9).unwrap(), 50.0).unwrap();
        assert!(circle.contains(&Point::new(0.0, -179.9).unwrap()));
        assert!(circle.bbox().contains(&Point::new(0.0, -179.9).unwrap()));
    }
}
