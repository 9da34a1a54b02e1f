//! Where: points, rings, circles, areas, overlap, and the index of places.
//!
//! Everything here is pure: no file, no clock, no randomness. Coordinates are WGS 84 degrees; polygon edges are
//! straight in the latitude-longitude plane, as CAP draws them; distances are great-circle kilometres on a sphere.
//! What cannot be known is said so ([`Area::Unresolved`], [`Overlap::Unknown`], [`Exposure::Unknown`]) and is never
//! turned into "nowhere", "none" or zero.

pub mod antimeridian;
mod area;
pub mod axes;
mod bbox;
mod circle;
mod cover;
pub mod difference;
pub mod geocode;
mod left;
pub mod normal;
mod outline;
mod overlap;
pub mod places;
mod plane;
mod point;
mod prepared;
mod reduce;
pub mod repair;
mod ring;
pub mod round;
pub mod simplify;
pub mod unwrap;
pub mod validity;

pub use area::{Area, Shape};
pub use bbox::BBox;
pub use circle::{Circle, CircleError, MAX_RADIUS_KM};
pub use cover::{COVER_CELLS, CoverError};
pub use outline::{OutlineError, Side};
pub use overlap::Overlap;
pub use places::Exposure;
pub use point::{EARTH_RADIUS_KM, Point, PointError};
pub use prepared::PreparedArea;
pub use ring::{MAX_VERTICES, Ring, RingError};
