//! Alerts in JSON: our JSON form, our GeoJSON form, and the GeoJSON of the US National Weather Service's API.
//!
//! None of them is CAP: whether a message conforms is what [`check`](crate::check()) says of its model. What the
//! form writes otherwise than CAP and means the same is a warning or less; what was lost or guessed is an error.

mod alert;
mod geojson;
mod notes;
mod nws;
mod tape;
mod values;

use std::ops::Range;

use self::alert::{Outcome, read_alert};
use self::notes::Notes;
use self::tape::{Kind, Tape, Value};
use super::error::ReadError;
use super::lines::Lines;
use super::newest::Newest;
use super::{Document, DocumentKind, Message, Rejected, Version};
use crate::time::{CapTime, parse};
use crate::{Alert, Finding, Limits};

/// Whether the bytes look like JSON: a brace or bracket is the first that is no white space.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Reads a document in JSON, whose size has been checked; what `judge` says of an alert is placed where it begins.
pub(super) fn read_json(
    bytes: &[u8],
    limits: &Limits,
    judge: &mut dyn FnMut(&Alert) -> Vec<Finding>,
) -> Result<Document, ReadError> {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(body).map_err(|error| {
        let good = std::str::from_utf8(&body[..error.valid_up_to()]).unwrap_or_default();
        let (line, column) = Lines::new(good).locate(good.len());
        let reason = "the bytes are no UTF-8, in which JSON is written".to_owned();
        ReadError::Json { line, column, reason }
    })?;
    let tape = Tape::new(text, limits)?;
    let root = tape.root();
    let mut sheaf = Sheaf::new(limits, judge);
    let kind = sort(root)?;
    match kind {
        DocumentKind::Json => sheaf.read(root, &read_alert),
        DocumentKind::JsonList => root.items().for_each(|item| sheaf.read(item, &read_alert)),
        DocumentKind::NwsGeoJson => {
            let alone = geojson::is_feature(root).then_some(root);
            let features = root.member("features").into_iter().flat_map(Value::items).chain(alone);
            features.for_each(|feature| sheaf.read(feature, &nws::read_feature));
        }
        _ => geojson::read_features(root, &mut sheaf),
    }
    let updated = root.member("updated").and_then(Value::string).and_then(|text| Some(parse(&text)?.0));
    Ok(sheaf.finish(kind, updated, text, bytes.len() - body.len()))
}

/// Tells what a document is by the members that only one form has.
fn sort(root: Value<'_>) -> Result<DocumentKind, ReadError> {
    let refuse = |reason: &str| Err(ReadError::Json { line: 1, column: 1, reason: reason.to_owned() });
    if root.kind() == Kind::Array {
        let fits = |v: Value<'_>| v.member("identifier").is_some() || v.member("msgType").is_some();
        return match root.items().next() {
            Some(first) if !fits(first) => {
                refuse("it is no list of CAP alerts; each needs identifier, sender, sent, status and msgType")
            }
            _ => Ok(DocumentKind::JsonList),
        };
    }
    let kind = root.member("type").and_then(Value::string).unwrap_or_default();
    if kind != "FeatureCollection" && kind != "Feature" {
        let fits = root.member("identifier").is_some() || root.member("msgType").is_some();
        return match fits {
            true => Ok(DocumentKind::Json),
            false => refuse(
                "it is no CAP alert; that needs the members identifier, sender, sent, status and msgType, or write \
                 GeoJSON with them in the properties",
            ),
        };
    }
    let features = root.member("features");
    let first = if kind == "Feature" { Some(root) } else { features.and_then(|f| f.items().next()) };
    if let Some(properties) = first.and_then(|f| f.member("properties")) {
        if properties.member("messageType").is_some() {
            return Ok(DocumentKind::NwsGeoJson);
        }
        if properties.member("identifier").is_some() && properties.member("msgType").is_some() {
            return Ok(DocumentKind::GeoJson);
        }
    } else if first.is_none() && features.is_some() {
        // Without features only the collection itself can tell.
        if root.member("cap").is_some() {
            return Ok(DocumentKind::GeoJson);
        }
        if root.member("@context").is_some_and(|context| context.raw().contains("api.weather.gov")) {
            return Ok(DocumentKind::NwsGeoJson);
        }
    }
    refuse(
        "it is GeoJSON without the members of CAP in its properties; only the form written here and that of \
         api.weather.gov can be read",
    )
}

/// The alerts of a document while they are read.
struct Sheaf<'l> {
    limits: &'l Limits,
    judge: &'l mut dyn FnMut(&Alert) -> Vec<Finding>,
    messages: Newest<(Message, Vec<usize>)>,
    rejected: Newest<(Rejected, Vec<usize>)>,
}

impl<'l> Sheaf<'l> {
    fn new(limits: &'l Limits, judge: &'l mut dyn FnMut(&Alert) -> Vec<Finding>) -> Self {
        let sent = |(message, _): &(Message, Vec<usize>)| Some(message.alert.sent.instant());
        let (messages, rejected) =
            (Newest::new(limits.max_alerts, sent), Newest::new(limits.max_alerts, |_| None));
        Sheaf { limits, judge, messages, rejected }
    }

    /// Reads one alert out of one value.
    fn read(&mut self, value: Value<'_>, read: &dyn Fn(&mut Notes<'_>, Value<'_>) -> Outcome) {
        let mut notes = Notes::new(self.limits);
        let outcome = match value.kind() {
            Kind::Object => read(&mut notes, value),
            _ => Err("it is no object in braces; the alert cannot be used".to_owned()),
        };
        self.take(notes, outcome, value.start()..value.end());
    }

    fn take(&mut self, notes: Notes<'_>, outcome: Outcome, bytes: Range<usize>) {
        match outcome {
            Ok((alert, foreign)) => {
                let (offsets, findings) = notes.finish();
                let judged = (self.judge)(&alert);
                let version = Version::V1_2;
                let message = Message { alert, version, findings, judged, foreign, bytes, escaped: None };
                self.messages.push((message, offsets));
            }
            Err(message) => {
                let mut notes = notes;
                notes.error(bytes.start, "/alert", "unusable", message.clone());
                let (offsets, findings) = notes.finish();
                let (identifier, version) = (None, Version::V1_2);
                let rejected = Rejected { line: 0, column: 0, message, identifier, version, findings, bytes };
                self.rejected.push((rejected, offsets));
            }
        }
    }

    /// Gives everything its line and column; `mark` is how many bytes stood before the text.
    fn finish(self, kind: DocumentKind, updated: Option<CapTime>, text: &str, mark: usize) -> Document {
        let dropped = self.messages.dropped() + self.rejected.dropped();
        let mut messages = self.messages.finish();
        let mut rejected = self.rejected.finish();
        // In one sweep, since lines are counted from the start of the text.
        let mut places: Vec<(usize, &mut u32, &mut u32)> = Vec::new();
        for (message, offsets) in &mut messages {
            let pairs = message.findings.iter_mut().zip(offsets.iter());
            places.extend(pairs.map(|(Finding { line, column, .. }, offset)| (*offset, line, column)));
            let start = message.bytes.start;
            places.extend(message.judged.iter_mut().map(|f| (start, &mut f.line, &mut f.column)));
        }
        for (Rejected { line, column, bytes, findings, .. }, offsets) in &mut rejected {
            places.push((bytes.start, line, column));
            let pairs = findings.iter_mut().zip(offsets.iter());
            places.extend(pairs.map(|(Finding { line, column, .. }, offset)| (*offset, line, column)));
        }
        places.sort_by_key(|(offset, ..)| *offset);
        let mut lines = Lines::new(text);
        for (offset, line, column) in places {
            (*line, *column) = lines.locate(offset);
        }
        let shift = |bytes: &mut Range<usize>| *bytes = bytes.start + mark..bytes.end + mark;
        let mut rejected: Vec<Rejected> = rejected.into_iter().map(|(rejected, _)| rejected).collect();
        rejected.iter_mut().for_each(|r| shift(&mut r.bytes));
        let mut messages: Vec<Message> = messages.into_iter().map(|(message, _)| message).collect();
        messages.iter_mut().for_each(|m| shift(&mut m.bytes));
        Document { kind, messages, entries: Vec::new(), rejected, dropped, updated }
    }
}
