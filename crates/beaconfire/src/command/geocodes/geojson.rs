//! GeoJSON (RFC 7946): features with polygons, a code among their properties.

use super::rows::{Fields, Read, codes, times};
use anyhow::{Context as _, bail};
use beaconfire_geo::geocode::{Drawing, EntryDraft, meaning};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// The largest file that is read, bytes.
const MAX_BYTES: u64 = 1 << 30;
/// Features after which progress is told.
const TELL_EVERY: usize = 5_000;

#[derive(Deserialize)]
struct Feature {
    id: Option<Value>,
    properties: Option<Map<String, Value>>,
    geometry: Option<Geometry>,
}

/// Longitude, latitude, and perhaps an altitude.
type Position = Vec<f64>;

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

/// Reads a feature collection.
///
/// # Errors
/// A file that cannot be read or is no feature collection.
pub(super) fn read(
    path: &Path,
    scheme: &str,
    fields: &Fields,
    undrawn: &BTreeSet<String>,
) -> anyhow::Result<Read> {
    let about = || format!("read {}", path.display());
    let size = std::fs::metadata(path).with_context(about)?.len();
    if size > MAX_BYTES {
        bail!("{}: it has {size} bytes and the limit is {MAX_BYTES}; split it", about());
    }
    let text = std::fs::read_to_string(path).with_context(about)?;
    let features = features(&text).with_context(about)?;
    let (mut line, mut seen) = (1, 0);
    let mut read = Read::default();
    let count = features.len();
    for (index, span) in features.into_iter().enumerate() {
        line += lines(&text[seen..span.start]);
        seen = span.start;
        let is_undrawn = |code: &str| meaning(scheme, code).is_ok_and(|m| undrawn.contains(&m.code));
        let entry = entry(&text[span], fields, is_undrawn, &mut read.holes);
        read.take(path, line, scheme, entry);
        if (index + 1) % TELL_EVERY == 0 {
            eprintln!("{}: {} of {count} features", path.display(), index + 1);
        }
    }
    Ok(read)
}

/// Where each feature of a collection lies: so each is read by itself and its mistakes have their place. Only strings
/// and brackets are looked at; what stands inside a feature is checked when it is read.
fn features(text: &str) -> anyhow::Result<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let (mut spans, mut found, mut inside) = (Vec::new(), false, false);
    let (mut depth, mut start, mut at) = (0_usize, 0, 0);
    let mut key = "";
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let from = at + 1;
                at = from;
                while bytes.get(at).is_some_and(|&byte| byte != b'"') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                if depth == 1 {
                    key = text.get(from..at).unwrap_or_default();
                }
            }
            b'{' | b'[' => {
                if inside && depth == 2 {
                    start = at;
                }
                if depth == 1 && byte == b'[' && key == "features" {
                    (found, inside) = (true, true);
                }
                depth += 1;
            }
            b'}' | b']' => {
                let Some(less) = depth.checked_sub(1) else {
                    bail!(
                        "line {}: a bracket is closed that was not opened; mend the JSON",
                        1 + lines(&text[..at])
                    );
                };
                depth = less;
                if inside && depth == 2 {
                    spans.push(start..at + 1);
                }
                inside &= depth > 1;
            }
            _ => {}
        }
        at += 1;
    }
    if depth > 0 {
        bail!("line {}: the text ends inside brackets; the file is cut short", 1 + lines(text));
    }
    if !found {
        bail!("it is no GeoJSON feature collection: there is no list of `features` in it");
    }
    Ok(spans)
}

fn lines(text: &str) -> u64 {
    text.bytes().filter(|&byte| byte == b'\n').count() as u64
}

fn entry(
    text: &str,
    fields: &Fields,
    is_undrawn: impl Fn(&str) -> bool,
    holes: &mut usize,
) -> Result<EntryDraft, String> {
    let feature: Feature = serde_json::from_str(text).map_err(|error| {
        format!("the feature cannot be read ({error}); it must be a Polygon or MultiPolygon with numbers")
    })?;
    let properties = feature.properties.unwrap_or_default();
    let field = |name: &Option<String>| {
        name.as_ref().and_then(|name| properties.get(name)).map(word).unwrap_or_default()
    };
    let code = match &fields.code_property {
        Some(name) => {
            let value = properties.get(name);
            word(value.ok_or_else(|| format!("the feature has no property {name:?}; say --code-property"))?)
        }
        None => feature.id.as_ref().map(word).unwrap_or_default(),
    };
    if code.is_empty() {
        return Err("the feature has no code; say which property holds it with --code-property".to_owned());
    }
    let (from, until) = times(fields, &field(&fields.from_property), &field(&fields.to_property))?;
    let undrawn = is_undrawn(&code);
    let polygons = match feature.geometry {
        _ if undrawn => Vec::new(),
        Some(Geometry::Polygon(polygon)) => vec![polygon],
        Some(Geometry::MultiPolygon(polygons)) => polygons,
        None => Vec::new(),
    };
    let mut rings = Vec::with_capacity(polygons.len());
    for polygon in polygons {
        let mut of_polygon = polygon.into_iter();
        let Some(outer) = of_polygon.next() else { continue };
        *holes += of_polygon.len();
        let ring = outer.iter().map(degrees).collect::<Result<Vec<_>, _>>()?;
        closes_once(&ring)?;
        rings.push(ring);
    }
    if rings.is_empty() && until.is_none() && !undrawn {
        return Err(format!("code {code:?} is drawn nowhere; draw it, or say when it was given up"));
    }
    Ok(EntryDraft {
        code,
        name: fields
            .name_property
            .iter()
            .filter_map(|name| properties.get(name).map(word))
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
        from,
        until,
        successors: codes(&field(&fields.successors_property)).map(str::to_owned).collect(),
        drawing: if rings.is_empty() { Drawing::Nowhere } else { Drawing::Rings(rings) },
    })
}

/// A ring that comes back to its first point before its end was cut or pinched by whoever made the file: what lies
/// behind that point may be nearly all of the place, so it is not taken as it is.
fn closes_once(ring: &[(f64, f64)]) -> Result<(), String> {
    let Some(first) = ring.first() else { return Ok(()) };
    let left = ring.iter().position(|point| point != first).unwrap_or(ring.len());
    let back = ring.iter().rposition(|point| point != first).unwrap_or(0);
    match ring.iter().take(back).skip(left).position(|point| point == first) {
        None => Ok(()),
        Some(at) => Err(format!(
            "a ring of {} points is closed at point {}, before its end; mend it, it may be damaged",
            ring.len(),
            left + at + 1
        )),
    }
}

/// North and east.
fn degrees(position: &Position) -> Result<(f64, f64), String> {
    match position.as_slice() {
        [lon, lat, ..] => Ok((*lat, *lon)),
        _ => Err("a position has fewer than two numbers; write longitude, then latitude".to_owned()),
    }
}

/// A property as text; numbers as they are written.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    }
}
