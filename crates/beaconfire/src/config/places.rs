//! The places file: CSV to the index that exposure is counted with.

use super::{Mistake, Reader};
use beaconfire_geo::places::{Place, encode};
use std::path::Path;

/// The columns, in this order.
const HEADER: [&str; 7] = ["id", "name", "country", "lat", "lon", "population", "zone"];
/// Mistakes shown of one file.
const SHOWN: usize = 5;

/// Reads places and encodes them.
///
/// # Errors
/// Lines that cannot be read, each with its number; the first few.
fn read(path: &Path) -> Result<Vec<u8>, Vec<Mistake>> {
    let about = |message: String| vec![Mistake::about(path, message)];
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|error| about(format!("the places cannot be read ({error}): check the file's name")))?;
    let header = reader.headers().map_err(|error| about(error.to_string()))?;
    if header.iter().collect::<Vec<_>>() != HEADER {
        return Err(about(format!("line 1: the columns must be {}", HEADER.join(","))));
    }
    let (mut places, mut mistakes) = (Vec::new(), Vec::new());
    for row in reader.records() {
        match row.map_err(|error| error.to_string()).and_then(|row| place(&row)) {
            Ok(place) => places.push(place),
            Err(message) => mistakes.push(Mistake::about(path, message)),
        }
        if mistakes.len() == SHOWN {
            return Err(mistakes);
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    encode(&places).map_err(|error| about(format!("{error}: mend that line")))
}

fn place(row: &csv::StringRecord) -> Result<Place, String> {
    let line = row.position().map_or(0, csv::Position::line);
    let field = |at: usize| row.get(at).unwrap_or_default();
    let bad = |at: usize| format!("line {line}: {:?} is no {}", field(at), HEADER[at]);
    let degrees = |at: usize| field(at).parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| bad(at));
    Ok(Place {
        id: field(0).parse().map_err(|_| bad(0))?,
        name: field(1).to_owned(),
        country: field(2).to_owned(),
        lat: degrees(3)?,
        lon: degrees(4)?,
        population: field(5).parse().map_err(|_| bad(5))?,
        time_zone: field(6).to_owned(),
    })
}

impl Reader {
    /// The index of places; empty where none is configured, and exposure is then unknown.
    pub(super) fn load_places(&mut self) -> Vec<u8> {
        let Some(path) = self.file.places.clone() else {
            self.warnings.push("no places are configured: exposure is unknown everywhere".to_owned());
            return encode(&[]).unwrap_or_default();
        };
        let path = self.folder.join(path);
        if !path.is_file() {
            self.wrong(
                "places",
                format!("there is no file {}: paths are relative to this file", path.display()),
            );
            return Vec::new();
        }
        read(&path).unwrap_or_else(|mistakes| {
            self.mistakes.extend(mistakes);
            Vec::new()
        })
    }
}
