//! Who is exposed inside an area, from the index of places.

use beaconfire_geo::places::{OwnedPlaces, Places, PlacesError};
use beaconfire_geo::{Area, Exposure, Point};

/// The index of places, kept whole.
pub struct Exposures {
    places: Option<OwnedPlaces>,
}

/// The place nearest to a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// Its name.
    pub name: String,
    /// How far it is, km.
    pub km: f64,
    /// Its IANA zone.
    pub zone: Option<String>,
}

impl Exposures {
    /// Checks the index; no bytes mean that no place is known.
    ///
    /// # Errors
    /// Bytes that are no index.
    pub fn new(bytes: Vec<u8>) -> Result<Self, PlacesError> {
        let places = if bytes.is_empty() { None } else { Some(OwnedPlaces::new(bytes)?) };
        Ok(Self { places })
    }

    /// People inside the area: a range, or unknown where no place is known inside (invariant 4).
    #[must_use]
    pub fn of(&self, area: &Area) -> Exposure {
        self.places().map_or(Exposure::Unknown, |places| places.population(area))
    }

    /// The nearest place.
    #[must_use]
    pub fn nearest(&self, point: Point) -> Option<Nearest> {
        let (place, km) = self.places()?.nearest(point)?;
        let zone = (!place.time_zone.is_empty()).then(|| place.time_zone.to_owned());
        Some(Nearest { name: place.name.to_owned(), km, zone })
    }

    fn places(&self) -> Option<Places<'_>> {
        self.places.as_ref().map(OwnedPlaces::get)
    }
}
