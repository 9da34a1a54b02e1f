//! Where an alert holds.

use super::Named;

/// A part of the area; its polygons, circles and geocodes mean their union. CAP 1.2, section 3.2.4.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The area in words (`areaDesc`).
    pub description: String,
    /// Rings of at least four positions, the first repeated at the end; no holes.
    ///
    /// A ring may cross the antimeridian: consecutive longitudes then differ by more than 180°.
    pub polygons: Vec<Vec<Position>>,
    /// Discs.
    pub circles: Vec<Circle>,
    /// Names of places in code systems.
    pub geocodes: Vec<Named>,
    /// Height, or lower bound if there is a ceiling, in feet above mean sea level.
    pub altitude: Option<f64>,
    /// Upper bound in feet above mean sea level; only with an altitude.
    pub ceiling: Option<f64>,
}

/// A place in degrees, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Degrees north, -90 to 90.
    pub lat: f64,
    /// Degrees east, -180 to 180.
    pub lon: f64,
}

/// A disc on the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// Its centre.
    pub center: Position,
    /// Its radius in kilometres; 0 is a point.
    pub radius_km: f64,
}
