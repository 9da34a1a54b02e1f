//! A model to JSON.

use std::fmt::Write;

use crate::model::{Alert, Area, Circle, Info, Named, Resource};
use crate::read::Foreign;
use crate::read::trim;
use crate::write::Ring;

/// Writes an alert as one line of JSON.
///
/// Members bear the names of CAP 1.2 and stand in the order of its schema: what may stand several times is an array
/// (`info`, `category`, `area`, `polygon` …), everything else a value. Absent parts are left out. Texts are strings,
/// times as CAP writes them, `references` objects of `sender`, `identifier` and `sent`; `eventCode`, `parameter` and
/// `geocode` are objects of `valueName` and `value`. A `polygon` is CAP's `"lat,lon lat,lon …"` and a `circle` its
/// `"lat,lon radius"`, so that latitude comes first here as there; `altitude`, `ceiling` and `size` are numbers.
/// `foreign` elements, if there are any, are objects of `path` and `xml`.
///
/// [`read`](crate::read()) gives the same alert back, bit by bit, if [`check`](crate::check()) finds no error in it.
///
/// ```
/// use beaconfire_cap::{Limits, read, to_json};
/// let json = r#"{"identifier":"a1","sender":"met@example.org","sent":"2026-11-21T17:00:00-06:00",
///     "status":"Actual","msgType":"Alert","scope":"Public","info":[{"category":["Met"],"event":"Flood",
///     "urgency":"Immediate","severity":"Severe","certainty":"Likely",
///     "area":[{"areaDesc":"River","circle":["38.5,-120 12.5"]}]}]}"#;
/// let message = &read(json.as_bytes(), &Limits::default())?.messages[0];
/// assert!(message.strict());
/// assert_eq!(to_json(&message.alert, &[]), json.replace("\n    ", ""));
/// # Ok::<(), beaconfire_cap::ReadError>(())
/// ```
pub fn to_json(alert: &Alert, foreign: &[Foreign]) -> String {
    let mut members = head(alert);
    let infos = alert.infos.iter().map(|info| {
        let mut members = block(info);
        array(&mut members, "area", info.areas.iter().map(|area| object(&place(area))));
        object(&members)
    });
    array(&mut members, "info", infos);
    foreign_members(&mut members, foreign);
    object(&members)
}

/// Members of one object: names and their values as JSON.
pub(super) type Members = Vec<(&'static str, String)>;

/// The alert without its infos.
pub(super) fn head(alert: &Alert) -> Members {
    let mut m = Members::new();
    word(&mut m, "identifier", &alert.identifier);
    word(&mut m, "sender", &alert.sender);
    word(&mut m, "sent", alert.sent);
    word(&mut m, "status", alert.status);
    word(&mut m, "msgType", alert.msg_type);
    maybe(&mut m, "source", &alert.source);
    word(&mut m, "scope", alert.scope);
    maybe(&mut m, "restriction", &alert.restriction);
    array(&mut m, "addresses", alert.addresses.iter().map(|a| string(a)));
    array(&mut m, "code", alert.codes.iter().filter(|c| !trim(c).is_empty()).map(|c| string(c)));
    maybe(&mut m, "note", &alert.note);
    let references = alert.references.iter().map(|reference| {
        let mut m = Members::new();
        word(&mut m, "sender", &reference.sender);
        word(&mut m, "identifier", &reference.identifier);
        word(&mut m, "sent", reference.sent);
        object(&m)
    });
    array(&mut m, "references", references);
    array(&mut m, "incidents", alert.incidents.iter().map(|i| string(i)));
    m
}

/// An info without its areas.
pub(super) fn block(info: &Info) -> Members {
    let mut m = Members::new();
    maybe(&mut m, "language", &info.language);
    array(&mut m, "category", info.categories.iter().map(|c| string(c.as_str())));
    word(&mut m, "event", &info.event);
    array(&mut m, "responseType", info.response_types.iter().map(|r| string(r.as_str())));
    word(&mut m, "urgency", info.urgency);
    word(&mut m, "severity", info.severity);
    word(&mut m, "certainty", info.certainty);
    maybe(&mut m, "audience", &info.audience);
    named(&mut m, "eventCode", &info.event_codes);
    let times = [("effective", info.effective), ("onset", info.onset), ("expires", info.expires)];
    for (name, time) in times {
        time.into_iter().for_each(|time| word(&mut m, name, time));
    }
    maybe(&mut m, "senderName", &info.sender_name);
    maybe(&mut m, "headline", &info.headline);
    maybe(&mut m, "description", &info.description);
    maybe(&mut m, "instruction", &info.instruction);
    maybe(&mut m, "web", &info.web);
    maybe(&mut m, "contact", &info.contact);
    named(&mut m, "parameter", &info.parameters);
    array(&mut m, "resource", info.resources.iter().map(resource));
    m
}

/// An area.
pub(super) fn place(area: &Area) -> Members {
    let mut m = Members::new();
    word(&mut m, "areaDesc", &area.description);
    array(&mut m, "polygon", area.polygons.iter().map(|ring| string(&Ring(ring).to_string())));
    let circle =
        |Circle { center, radius_km }: &Circle| string(&format!("{},{} {radius_km}", center.lat, center.lon));
    array(&mut m, "circle", area.circles.iter().map(circle));
    named(&mut m, "geocode", &area.geocodes);
    for (name, height) in [("altitude", area.altitude), ("ceiling", area.ceiling)] {
        if let Some(feet) = height {
            // JSON has no numbers for what is none.
            m.push((name, if feet.is_finite() { feet.to_string() } else { format!("\"{feet}\"") }));
        }
    }
    m
}

/// Adds the elements that CAP does not know.
pub(super) fn foreign_members(members: &mut Members, foreign: &[Foreign]) {
    let foreign = foreign
        .iter()
        .map(|Foreign { path, xml }| object(&vec![("path", string(path)), ("xml", string(xml))]));
    array(members, "foreign", foreign);
}

/// An object of these members.
pub(super) fn object(members: &Members) -> String {
    joined(&[members])
}

/// An object of the members of several.
pub(super) fn joined(parts: &[&Members]) -> String {
    let members = parts.iter().flat_map(|part| part.iter());
    let length: usize = members.clone().map(|(name, value)| name.len() + value.len() + 4).sum();
    let mut text = String::with_capacity(length + 2);
    text.push('{');
    for (n, (name, value)) in members.enumerate() {
        text.push_str(if n == 0 { "\"" } else { ",\"" });
        text.push_str(name);
        text.push_str("\":");
        text.push_str(value);
    }
    text.push('}');
    text
}

/// A JSON string.
pub(super) fn string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            // Line ends of JavaScript, which JSON inside of a script must not have.
            '\0'..='\x1F' | '\x7F' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string does not fail.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            _ => json.push(c),
        }
    }
    json.push('"');
    json
}

fn resource(resource: &Resource) -> String {
    let mut m = Members::new();
    word(&mut m, "resourceDesc", &resource.description);
    word(&mut m, "mimeType", &resource.mime_type);
    resource.size.into_iter().for_each(|size| m.push(("size", size.to_string())));
    maybe(&mut m, "uri", &resource.uri);
    maybe(&mut m, "derefUri", &resource.deref_uri);
    maybe(&mut m, "digest", &resource.digest);
    object(&m)
}

fn named(members: &mut Members, name: &'static str, values: &[Named]) {
    let values = values
        .iter()
        .map(|named| object(&vec![("valueName", string(named.name())), ("value", string(named.value()))]));
    array(members, name, values);
}

/// A mandatory value; an empty one is left out, as reading would.
fn word(members: &mut Members, name: &'static str, value: impl std::fmt::Display) {
    let text = value.to_string();
    if !trim(&text).is_empty() {
        members.push((name, string(&text)));
    }
}

fn maybe(members: &mut Members, name: &'static str, text: &Option<String>) {
    if let Some(text) = text.as_ref().filter(|t| !trim(t).is_empty()) {
        members.push((name, string(text)));
    }
}

fn array(members: &mut Members, name: &'static str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        members.push((name, format!("[{}]", items.join(","))));
    }
}
