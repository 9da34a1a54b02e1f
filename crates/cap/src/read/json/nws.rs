//! Alerts as features of the US National Weather Service's API (`api.weather.gov/alerts`).
//!
//! The service makes them of CAP with one info and one area: `id` is the identifier, `messageType` the msgType,
//! `response` the responseType; `geocode`, `eventCode` and `parameters` are lists by name. What has no place in CAP:
//! addresses (`@id`, `affectedZones`, whose codes are geocodes) and `ends`, which its CAP writes as a parameter.

use super::alert::{Draft, Outcome, blank_area, need_words, read_references, take_area, take_info};
use super::notes::Notes;
use super::tape::{Kind, Value};
use crate::model::{Area, Info, Named, Position, Scope};
use crate::read::info::blank_info;
use crate::read::values::cut;
use crate::{FindingSeverity, check};

/// Members of the service by their names in CAP.
const RENAMED: [(&str, &str); 4] = [
    ("id", "identifier"),
    ("messageType", "msgType"),
    ("response", "responseType"),
    ("parameters", "parameter"),
];

/// Members that mean what they mean in CAP.
const KNOWN: [&str; 39] = [
    "@id",
    "@type",
    "id",
    "areaDesc",
    "geocode",
    "affectedZones",
    "references",
    "sent",
    "effective",
    "onset",
    "expires",
    "ends",
    "status",
    "messageType",
    "category",
    "severity",
    "certainty",
    "urgency",
    "event",
    "sender",
    "senderName",
    "headline",
    "description",
    "instruction",
    "response",
    "note",
    "parameters",
    "scope",
    "code",
    "language",
    "web",
    "eventCode",
    "source",
    "restriction",
    "addresses",
    "incidents",
    "audience",
    "contact",
    "resource",
];

/// The parameter that the service's CAP has for the end of the event.
const ENDS: &str = "eventEndingTime";

/// Reads one feature.
pub(super) fn read_feature(notes: &mut Notes<'_>, feature: Value<'_>) -> Outcome {
    let Some(properties) = feature.member("properties") else {
        return Err("the feature has no properties; the alert cannot be used".to_owned());
    };
    let mut draft = Draft::default();
    let mut info = blank_info();
    let mut area = blank_area();
    notes.object(properties, "/alert", &KNOWN, FindingSeverity::Warning, &mut |notes, name, value| {
        let name = RENAMED.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours);
        match name {
            "@id" | "@type" | "affectedZones" | "ends" => {}
            "identifier" | "sender" | "sent" | "status" | "msgType" | "source" | "scope" | "restriction"
            | "addresses" | "code" | "note" | "incidents" => draft.take(notes, name, value),
            "references" => draft.references = read_references(notes, value, "/alert/references"),
            "areaDesc" | "geocode" => take_area(&mut area, notes, "/alert/info[1]/area[1]", name, value),
            _ => take_info(&mut info, notes, "/alert/info[1]", name, value),
        }
    });
    need_words(notes, properties, "/alert/info[1]");
    if draft.scope.is_none() {
        let message = "the form bears no scope; Public was taken, as the service warns everybody";
        notes.note(FindingSeverity::Info, properties.start(), "/alert/scope", "scope-absent", message);
        draft.scope = Some(Scope::Public);
    }
    if let Some(geometry) = feature.member("geometry") {
        read_geometry(notes, geometry, &mut area);
    }
    if let Some(ends) = properties.member("ends") {
        keep_end(notes, ends, &mut info);
    }
    keep_zones(notes, properties, &mut area);
    info.areas.push(area);
    draft.infos.push(info);
    let outcome = draft.finish(notes, properties.start())?;
    notes.take_rules(check(&outcome.0), |path| place(feature, properties, path));
    Ok(outcome)
}

/// Where the member of a path stands, or else the feature.
fn place(feature: Value<'_>, properties: Value<'_>, path: &str) -> usize {
    let step = |step: &str| step.split('[').next().unwrap_or_default().to_owned();
    let steps: Vec<String> = path.split('/').skip(2).map(step).collect();
    let name = steps.iter().map(String::as_str).find(|name| !matches!(*name, "info" | "area"));
    let member = name.and_then(|name| {
        let theirs = RENAMED.iter().find(|(_, ours)| *ours == name).map_or(name, |(theirs, _)| theirs);
        if name == "polygon" { feature.member("geometry") } else { properties.member(theirs) }
    });
    member.unwrap_or(feature).start()
}

/// The end of the event, where no parameter bears it already.
fn keep_end(notes: &mut Notes<'_>, ends: Value<'_>, info: &mut Info) {
    let path = "/alert/info[1]/parameter";
    let Some(text) = notes.string(ends, path) else { return };
    if !info.parameters.iter().any(|p| p.name() == ENDS) {
        let message = format!("CAP has no \"ends\"; it was kept as parameter {ENDS}");
        notes.note(FindingSeverity::Info, ends.start(), path, "member-moved", message);
        info.parameters.push(Named::new(ENDS, &text));
    }
}

/// Codes of zones that stand in an address only.
fn keep_zones(notes: &mut Notes<'_>, properties: Value<'_>, area: &mut Area) {
    let Some(zones) = properties.member("affectedZones") else { return };
    let known: std::collections::HashSet<String> =
        area.geocodes.iter().filter(|g| g.name() == "UGC").map(|g| g.value().to_owned()).collect();
    for zone in zones.items() {
        let address = zone.string().unwrap_or_default();
        let code = address.rsplit('/').next().unwrap_or_default();
        if code.is_empty() || known.contains(code) {
            continue;
        }
        let path = "/alert/info[1]/area[1]/geocode";
        if !notes.admit(zone.start(), path) {
            return;
        }
        let message = format!("zone {:?} stands in affectedZones alone; it was kept as a UGC", cut(code));
        notes.note(FindingSeverity::Info, zone.start(), path, "member-moved", message);
        area.geocodes.push(Named::new("UGC", code));
    }
}

/// The rings of a polygon or of several; holes cannot be written in CAP.
fn read_geometry(notes: &mut Notes<'_>, geometry: Value<'_>, area: &mut Area) {
    let path = "/alert/info[1]/area[1]/polygon";
    let kind = geometry.member("type").and_then(Value::string).unwrap_or_default();
    let coordinates = geometry.member("coordinates");
    let polygons: Vec<Value<'_>> = match (&*kind, coordinates) {
        ("Polygon", Some(polygon)) => vec![polygon],
        ("MultiPolygon", Some(polygons)) => polygons.items().collect(),
        _ => {
            let message = format!("geometry {:?} is no Polygon or MultiPolygon; it was left out", cut(&kind));
            notes.error(geometry.start(), path, "geometry", message);
            return;
        }
    };
    for (polygon, n) in polygons.into_iter().zip(1..) {
        let path = format!("{path}[{n}]");
        if !notes.admit(polygon.start(), &path) {
            return;
        }
        let mut rings = polygon.items();
        let Some(outer) = rings.next() else {
            notes.error(polygon.start(), &path, "geometry", "the polygon has no ring; it was left out");
            continue;
        };
        if rings.next().is_some() {
            let message = "CAP knows no holes; what they leave out is now warned too";
            notes.warning(polygon.start(), &path, "polygon-hole", message);
        }
        let points: Option<Vec<Position>> = outer.items().map(position).collect();
        let Some(points) = points else {
            let message = "a position is not [longitude, latitude] in numbers; the polygon was left out";
            notes.error(outer.start(), &path, "polygon-unreadable", message);
            continue;
        };
        area.polygons.extend(notes.ring(points, false, outer.start(), &path));
    }
}

/// A position of GeoJSON: longitude first; a height may follow.
fn position(value: Value<'_>) -> Option<Position> {
    let mut numbers = value.items().map(|n| {
        let number = (n.kind() == Kind::Number).then(|| n.raw().parse::<f64>().ok()).flatten();
        number.filter(|n| n.is_finite())
    });
    let (lon, lat) = (numbers.next()??, numbers.next()??);
    Some(Position { lat, lon })
}
