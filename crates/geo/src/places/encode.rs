//! Writing a file of places.

use std::collections::BTreeMap;

use super::{MAGIC, NO_ZONE, PER_DEGREE, Place, VERSION, morton};
use crate::point::{Point, PointError};

/// Why places could not be encoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// A place lies nowhere on the earth.
    #[error("place {id}: {error}")]
    Point {
        /// The place.
        id: u32,
        /// What is wrong.
        error: PointError,
    },
    /// A country code that is neither empty nor two ASCII capitals.
    #[error("place {id}: country code {code:?} is not two capital letters")]
    Country {
        /// The place.
        id: u32,
        /// What it has.
        code: String,
    },
    /// More places, names or time zones than the format can count.
    #[error("too many {0} for one file; split it")]
    TooMany(&'static str),
}

/// Encodes places into the format described at the [module](super). The order given does not matter.
///
/// # Errors
/// [`EncodeError`] when a place has no valid position or country code, or a count does not fit.
pub fn encode(places: &[Place]) -> Result<Vec<u8>, EncodeError> {
    let mut rows = places.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|r| (r.key, r.place.id));
    let zones = zones(places)?;

    let mut strings = Vec::new();
    let mut name_ends = vec![0u32];
    for name in rows.iter().map(|r| &r.place.name).chain(zones.keys().copied()) {
        strings.extend_from_slice(name.as_bytes());
        name_ends.push(u32::try_from(strings.len()).map_err(|_| EncodeError::TooMany("names"))?);
    }
    let count = u32::try_from(rows.len()).map_err(|_| EncodeError::TooMany("places"))?;
    // Names and zones lie one after the other: the zones' first offset is the names' last.
    let (name_starts, zone_starts) = (&name_ends[..=rows.len()], &name_ends[rows.len()..]);

    let mut out = Vec::with_capacity(super::HEADER + rows.len() * 32 + strings.len());
    out.extend_from_slice(MAGIC);
    for number in [VERSION, count, zones.len() as u32, strings.len() as u32] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    let mut array =
        |f: &dyn Fn(&Row<'_>) -> u32| rows.iter().for_each(|r| out.extend_from_slice(&f(r).to_le_bytes()));
    array(&|r| r.key);
    array(&|r| r.lat as u32);
    array(&|r| r.lon as u32);
    array(&|r| r.place.population);
    array(&|r| r.place.id);
    for start in name_starts.iter().chain(zone_starts) {
        out.extend_from_slice(&start.to_le_bytes());
    }
    for r in &rows {
        out.extend_from_slice(&r.country);
    }
    for r in &rows {
        let zone = zones.get(&r.place.time_zone).copied().unwrap_or(NO_ZONE);
        out.extend_from_slice(&zone.to_le_bytes());
    }
    out.extend_from_slice(&strings);
    Ok(out)
}

struct Row<'a> {
    key: u32,
    lat: i32,
    lon: i32,
    country: [u8; 2],
    place: &'a Place,
}

fn row(place: &Place) -> Result<Row<'_>, EncodeError> {
    let id = place.id;
    let point = Point::new(place.lat, place.lon).map_err(|error| EncodeError::Point { id, error })?;
    let country = match place.country.as_bytes() {
        [] => [0, 0],
        &[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => [a, b],
        _ => return Err(EncodeError::Country { id, code: place.country.clone() }),
    };
    let (lat, lon) = ((point.lat * PER_DEGREE).round() as i32, (point.lon * PER_DEGREE).round() as i32);
    Ok(Row { key: morton::key(lat, lon), lat, lon, country, place })
}

/// Every time zone once, in order, numbered.
fn zones(places: &[Place]) -> Result<BTreeMap<&String, u16>, EncodeError> {
    let mut zones: BTreeMap<&String, u16> =
        places.iter().map(|p| &p.time_zone).filter(|z| !z.is_empty()).map(|z| (z, 0)).collect();
    for (index, number) in zones.values_mut().enumerate() {
        *number =
            u16::try_from(index).ok().filter(|&n| n != NO_ZONE).ok_or(EncodeError::TooMany("time zones"))?;
    }
    Ok(zones)
}
