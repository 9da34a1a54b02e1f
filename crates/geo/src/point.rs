//! A point on the earth, and the distance between two.

use serde::{Deserialize, Serialize};

/// The mean radius of the earth in kilometres (IUGG R1), used for every distance and surface here.
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A place on the earth in WGS 84 degrees.
///
/// [`Point::new`] and deserialisation check the ranges. The fields are public for reading; a point that was put
/// together by hand with numbers out of range is contained in nothing, and nothing panics on it.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[serde(try_from = "Raw")]
pub struct Point {
    /// Degrees north of the equator, -90 to 90.
    pub lat: f64,
    /// Degrees east of Greenwich, -180 to 180.
    pub lon: f64,
}

/// Why two numbers are no point.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PointError {
    /// The latitude is not a finite number from -90 to 90.
    #[error("latitude {0} is not a number from -90 to 90; check that latitude comes before longitude")]
    Latitude(f64),
    /// The longitude is not a finite number from -180 to 180.
    #[error("longitude {0} is not a number from -180 to 180")]
    Longitude(f64),
}

impl Point {
    /// A point of `lat` degrees north and `lon` degrees east.
    ///
    /// # Errors
    /// [`PointError`] unless both are finite and in range.
    pub fn new(lat: f64, lon: f64) -> Result<Self, PointError> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PointError::Latitude(lat));
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PointError::Longitude(lon));
        }
        // Adding zero turns -0.0 into 0.0, so that equal points have equal serialised bytes.
        Ok(Self { lat: lat + 0.0, lon: lon + 0.0 })
    }

    /// Great-circle distance in kilometres (haversine).
    #[must_use]
    pub fn distance_km(&self, other: &Self) -> f64 {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((b - a) / 2.0).sin();
        let half_lon = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + a.cos() * b.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS_KM * h.clamp(0.0, 1.0).sqrt().asin()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    lat: f64,
    lon: f64,
}

impl TryFrom<Raw> for Point {
    type Error = PointError;

    fn try_from(raw: Raw) -> Result<Self, PointError> {
        Self::new(raw.lat, raw.lon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_coordinate() {
        for (lat, lon) in [(90.1, 0.0), (f64::NAN, 0.0), (f64::INFINITY, 0.0), (0.0, 180.5), (0.0, f64::NAN)]
        {
            assert!(Point::new(lat, lon).is_err(), "{lat} {lon}");
        }
        assert!(Point::new(-90.0, 180.0).is_ok());
    }

    #[test]
    fn negative_zero_becomes_zero() {
        let p = Point::new(-0.0, -0.0).unwrap();
        assert!(p.lat.is_sign_positive() && p.lon.is_sign_positive());
    }

    #[test]
    fn known_distances() {
        let paris = Point::new(48.8566, 2.3522).unwrap();
        let london = Point::new(51.5074, -0.1278).unwrap();
        assert!((paris.distance_km(&london) - 343.6).abs() < 0.5);
        let (west, east) = (Point::new(0.0, 179.5).unwrap(), Point::new(0.0, -179.5).unwrap());
        assert!((west.distance_km(&east) - 111.195).abs() < 0.01);
    }

    #[test]
    fn deserialising_checks_the_ranges() {
        assert!(serde_json::from_str::<Point>(r#"{"lat":91,"lon":0}"#).is_err());
        assert_eq!(
            serde_json::from_str::<Point>(r#"{"lat":1.5,"lon":2}"#).unwrap(),
            Point::new(1.5, 2.0).unwrap()
        );
    }
}
