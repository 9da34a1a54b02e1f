//! Reading a file of places from borrowed bytes, checked once and for all.

use super::{HEADER, MAGIC, NO_ZONE, PER_DEGREE, VERSION, morton};
use crate::point::Point;

/// Places over borrowed bytes. Copying it copies a few pointers.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    keys: &'a [[u8; 4]],
    lats: &'a [[u8; 4]],
    lons: &'a [[u8; 4]],
    populations: &'a [[u8; 4]],
    ids: &'a [[u8; 4]],
    names: &'a [[u8; 4]],
    zone_names: &'a [[u8; 4]],
    countries: &'a [[u8; 2]],
    zones: &'a [[u8; 2]],
    strings: &'a [u8],
}

/// Why bytes are no file of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacesError {
    /// It does not begin as one.
    #[error("these bytes are not a file of places")]
    Magic,
    /// A version not known here.
    #[error("version {0} of the file of places is not known here; build it anew with this program")]
    Version(u32),
    /// The length does not fit the counts in the header.
    #[error("the file of places is cut short or too long; build it anew")]
    Length,
    /// Something in it contradicts something else; the word says what.
    #[error("the {0} in the file of places are damaged; build it anew")]
    Damaged(&'static str),
}

/// One place as it lies in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaceRef<'a> {
    /// The number its source knows it by.
    pub id: u32,
    /// Its name.
    pub name: &'a str,
    /// Where it is, to 1e-6 degree.
    pub point: Point,
    /// People living there; 0 when the source does not know.
    pub population: u32,
    /// ISO 3166-1 alpha-2 country code, or empty.
    pub country: &'a str,
    /// IANA time zone, or empty.
    pub time_zone: &'a str,
}

impl<'a> Places<'a> {
    /// Checks the bytes and borrows them. Linear in their length; allocates nothing.
    ///
    /// # Errors
    /// [`PlacesError`] when the bytes are not a sound file of places.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, PlacesError> {
        let places = Self::lay_out(bytes)?;
        places.check()?;
        Ok(places)
    }

    /// Finds the columns by the header; only their lengths are checked.
    pub(super) fn lay_out(bytes: &'a [u8]) -> Result<Self, PlacesError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(PlacesError::Magic)?;
        let header: &[[u8; 4]] = take(&mut rest, (HEADER - MAGIC.len()) / 4)?;
        let [version, count, zone_count, text] = [0, 1, 2, 3].map(|i| u32::from_le_bytes(header[i]) as usize);
        if version != VERSION as usize {
            return Err(PlacesError::Version(version as u32));
        }
        let places = Self {
            keys: take(&mut rest, count)?,
            lats: take(&mut rest, count)?,
            lons: take(&mut rest, count)?,
            populations: take(&mut rest, count)?,
            ids: take(&mut rest, count)?,
            names: take(&mut rest, count.saturating_add(1))?,
            zone_names: take(&mut rest, zone_count.saturating_add(1))?,
            countries: take(&mut rest, count)?,
            zones: take(&mut rest, count)?,
            strings: rest,
        };
        if places.strings.len() != text {
            return Err(PlacesError::Length);
        }
        Ok(places)
    }

    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The place at a position in the file's own order, from 0 to [`len`](Self::len); `None` beyond.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<PlaceRef<'a>> {
        let country = self.countries.get(index)?;
        let zone = u16::from_le_bytes(self.zones[index]);
        Some(PlaceRef {
            id: u32::from_le_bytes(self.ids[index]),
            name: self.text(self.names, index),
            point: self.point(index),
            population: self.population_of(index),
            country: if country == &[0, 0] { "" } else { std::str::from_utf8(country).unwrap_or_default() },
            time_zone: if zone == NO_ZONE { "" } else { self.text(self.zone_names, usize::from(zone)) },
        })
    }

    /// All places in the file's own order.
    pub fn iter(self) -> impl Iterator<Item = PlaceRef<'a>> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }

    /// The positions of the places whose keys lie in this range, ends included.
    pub(crate) fn positions(&self, first: u32, last: u32) -> std::ops::Range<usize> {
        let start = self.keys.partition_point(|k| u32::from_le_bytes(*k) < first);
        let end = self.keys.partition_point(|k| u32::from_le_bytes(*k) <= last);
        start..end
    }

    pub(crate) fn point(&self, index: usize) -> Point {
        Point { lat: degrees(self.lats[index]), lon: degrees(self.lons[index]) }
    }

    pub(crate) fn population_of(&self, index: usize) -> u32 {
        u32::from_le_bytes(self.populations[index])
    }

    fn text(&self, starts: &[[u8; 4]], index: usize) -> &'a str {
        let start = u32::from_le_bytes(starts[index]) as usize;
        let end = u32::from_le_bytes(starts[index + 1]) as usize;
        // Checked when the bytes were borrowed: within the table and on character boundaries.
        let text = self.strings.get(start..end).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    fn check(&self) -> Result<(), PlacesError> {
        let mut last = 0;
        for index in 0..self.len() {
            let point = self.point(index);
            if Point::new(point.lat, point.lon).is_err() {
                return Err(PlacesError::Damaged("positions"));
            }
            let key = u32::from_le_bytes(self.keys[index]);
            if key < last
                || key
                    != morton::key(i32::from_le_bytes(self.lats[index]), i32::from_le_bytes(self.lons[index]))
            {
                return Err(PlacesError::Damaged("keys"));
            }
            last = key;
            let zone = u16::from_le_bytes(self.zones[index]);
            if zone != NO_ZONE && usize::from(zone) + 1 >= self.zone_names.len() {
                return Err(PlacesError::Damaged("time zones"));
            }
            let country = self.countries[index];
            if country != [0, 0] && !country.iter().all(u8::is_ascii_uppercase) {
                return Err(PlacesError::Damaged("country codes"));
            }
        }
        let strings = std::str::from_utf8(self.strings).map_err(|_| PlacesError::Damaged("names"))?;
        let mut last = 0;
        for start in self.names.iter().chain(self.zone_names) {
            let start = u32::from_le_bytes(*start) as usize;
            if start < last || !strings.is_char_boundary(start) {
                return Err(PlacesError::Damaged("names"));
            }
            last = start;
        }
        Ok(())
    }
}

/// Cuts `count` items of `N` bytes off the front.
fn take<'a, const N: usize>(rest: &mut &'a [u8], count: usize) -> Result<&'a [[u8; N]], PlacesError> {
    let length = count.checked_mul(N).filter(|&l| l <= rest.len()).ok_or(PlacesError::Length)?;
    let (head, tail) = rest.split_at(length);
    *rest = tail;
    Ok(head.as_chunks::<N>().0)
}

fn degrees(micro: [u8; 4]) -> f64 {
    f64::from(i32::from_le_bytes(micro)) / PER_DEGREE
}
