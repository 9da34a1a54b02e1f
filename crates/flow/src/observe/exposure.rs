//! Who is exposed inside an area, from the index of places.

use beaconfire_geo::places::{Places, PlacesError};
use beaconfire_geo::{Area, Exposure, Point};

/// The index of places, kept whole.
pub struct Exposures {
    bytes: Vec<u8>,
}

impl Exposures {
    /// Checks the index; no bytes mean that no place is known.
    ///
    /// # Errors
    /// Bytes that are no index.
    pub fn new(bytes: Vec<u8>) -> Result<Self, PlacesError> {
        if !bytes.is_empty() {
            Places::from_bytes(&bytes)?;
        }
        Ok(Self { bytes })
    }

    /// People inside the area: a range, or unknown where no place is known inside (invariant 4).
    #[must_use]
    pub fn of(&self, area: &Area) -> Exposure {
        self.places().map_or(Exposure::Unknown, |places| places.population(area))
    }

    /// The nearest place's name and its distance in km.
    #[must_use]
    pub fn nearest(&self, point: Point) -> Option<(String, f64)> {
        self.places()?.nearest(point).map(|(place, km)| (place.name.to_owned(), km))
    }

    fn places(&self) -> Option<Places<'_>> {
        Places::from_bytes(&self.bytes).ok()
    }
}
