//! The index of places: populated places with their population, read from borrowed bytes.
//!
//! A file holds a header, arrays sorted by a Morton key of latitude and longitude, and a table of names:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | magic `BCNPLACE` |
//! | 4 | version, 1 |
//! | 4 | count of places, n |
//! | 4 | count of time zones, z |
//! | 4 | length of the string table, s |
//! | 4 n | Morton keys, ascending |
//! | 4 n | latitudes, signed, in 1e-6 degree |
//! | 4 n | longitudes, likewise |
//! | 4 n | populations |
//! | 4 n | ids |
//! | 4 (n + 1) | where each name begins in the string table, and the end of the last |
//! | 4 (z + 1) | likewise for the time zones, which follow the names |
//! | 2 n | country codes, two ASCII capitals, or two zero bytes |
//! | 2 n | time zones by number, 65535 for none |
//! | s | the string table, UTF-8 |
//!
//! All numbers are little-endian. [`Places::from_bytes`] checks every length, order and range once, so that no
//! question asked later can fail.

mod encode;
mod exposure;
mod morton;
mod owned;
mod query;
mod read;

pub use encode::{EncodeError, encode};
pub use exposure::{DENSITY_PER_KM2, Exposure, MAX_PLACE_RADIUS_KM};
pub use owned::OwnedPlaces;
pub use read::{PlaceRef, Places, PlacesError};

/// A place to be encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The number its source knows it by (GeoNames id).
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// People living there; 0 when the source does not know.
    pub population: u32,
    /// ISO 3166-1 alpha-2 country code, or empty.
    pub country: String,
    /// IANA time zone, or empty.
    pub time_zone: String,
}

/// The first bytes of a file of places.
pub(crate) const MAGIC: &[u8; 8] = b"BCNPLACE";
/// The version written and read.
pub(crate) const VERSION: u32 = 1;
/// Bytes before the first array.
pub(crate) const HEADER: usize = 24;
/// The number that stands for no time zone.
pub(crate) const NO_ZONE: u16 = u16::MAX;
/// Units in a degree.
pub(crate) const PER_DEGREE: f64 = 1e6;

#[cfg(test)]
mod tests;
