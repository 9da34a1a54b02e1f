//! Files of stations (`[[station]]`) and regions (`[[region]]` with a polygon written as in CAP).

use super::{Mistake, read_text, read_toml};
use beaconfire_core::Station;
use beaconfire_core::pack::locate;
use beaconfire_geo::{Area, Point, Ring};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StationFile {
    station: Vec<Station>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionFile {
    region: Vec<Region>,
}

/// A region: where its counts are made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    id: String,
    name: String,
    zone: String,
    unit: String,
    polygon: String,
}

/// Reads a file of stations.
///
/// # Errors
/// Each mistake with its place.
pub(crate) fn read_stations(path: &Path) -> Result<Vec<Station>, Vec<Mistake>> {
    let text = read_text(path).map_err(|mistake| vec![mistake])?;
    let file: StationFile = read_toml(path, &text).map_err(|mistake| vec![mistake])?;
    let mut mistakes = Vec::new();
    let mut wrong = |at: usize, key: &str, message: &str| {
        let span = locate(&text, &format!("station[{at}].{key}"));
        mistakes.push(Mistake::at(path, &text, span, message));
    };
    for (at, station) in file.station.iter().enumerate() {
        if station.point().is_none() {
            wrong(at, "lat", "no place on earth: write lat -90 to 90 and lon -180 to 180");
        }
        if station.thresholds.values().any(|value| !value.is_finite()) {
            wrong(at, "thresholds", "write numbers");
        }
    }
    finish(path, &text, "station", file.station, mistakes)
}

/// Reads a file of regions, each as a station that speaks for its area.
///
/// # Errors
/// Each mistake with its place.
pub(crate) fn read_regions(path: &Path) -> Result<Vec<Station>, Vec<Mistake>> {
    let text = read_text(path).map_err(|mistake| vec![mistake])?;
    let file: RegionFile = read_toml(path, &text).map_err(|mistake| vec![mistake])?;
    let (mut stations, mut mistakes) = (Vec::new(), Vec::new());
    for (at, region) in file.region.into_iter().enumerate() {
        match station(region) {
            Ok(station) => stations.push(station),
            Err(message) => {
                let span = locate(&text, &format!("region[{at}].polygon"));
                mistakes.push(Mistake::at(path, &text, span, message));
            }
        }
    }
    finish(path, &text, "region", stations, mistakes)
}

/// Refuses ids that stand twice.
fn finish(
    path: &Path,
    text: &Arc<str>,
    table: &str,
    stations: Vec<Station>,
    mut mistakes: Vec<Mistake>,
) -> Result<Vec<Station>, Vec<Mistake>> {
    let mut ids = BTreeSet::new();
    for (at, station) in stations.iter().enumerate() {
        if station.id.is_empty() || !ids.insert(&station.id) {
            let span = locate(text, &format!("{table}[{at}].id"));
            let message = format!("every {table} needs an id of its own: this one is empty or stands twice");
            mistakes.push(Mistake::at(path, text, span, message));
        }
    }
    if mistakes.is_empty() { Ok(stations) } else { Err(mistakes) }
}

fn station(region: Region) -> Result<Station, String> {
    let area = Area::from(ring(&region.polygon)?);
    let middle = area.locator_center().ok_or("the polygon has no middle: check its order")?;
    Ok(Station {
        id: region.id,
        name: region.name,
        lat: middle.lat,
        lon: middle.lon,
        zone: region.zone,
        unit: region.unit,
        area: Some(area),
        thresholds: std::collections::BTreeMap::new(),
    })
}

/// A polygon as CAP writes it: `lat,lon lat,lon …`, first and last the same.
fn ring(polygon: &str) -> Result<Ring, String> {
    let points = polygon
        .split_whitespace()
        .map(|pair| {
            let bad = || format!("{pair:?} is no position: write \"lat,lon\", as in \"29.76,-95.37\"");
            let (lat, lon) = pair.split_once(',').ok_or_else(bad)?;
            let number = |text: &str| text.parse::<f64>().map_err(|_| bad());
            Point::new(number(lat)?, number(lon)?).map_err(|error| format!("{pair:?}: {error}"))
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ring::new(points).map_err(|error| error.to_string())
}
