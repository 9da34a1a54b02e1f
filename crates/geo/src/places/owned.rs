//! A file of places kept whole: checked once, then borrowed as often as asked.

use super::{Places, PlacesError};

/// A checked file of places.
#[derive(Clone, Debug)]
pub struct OwnedPlaces {
    bytes: Vec<u8>,
}

impl OwnedPlaces {
    /// Checks the bytes, in time linear in their length.
    ///
    /// # Errors
    /// As [`Places::from_bytes`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, PlacesError> {
        Places::from_bytes(&bytes)?;
        Ok(Self { bytes })
    }

    /// The places, without checking again.
    #[must_use]
    pub fn get(&self) -> Places<'_> {
        Places::lay_out(&self.bytes).expect("the bytes were checked and have not changed since")
    }
}
