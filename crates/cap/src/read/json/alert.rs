//! The JSON form of one alert; see [`to_json`](crate::to_json) for what it looks like.

use super::notes::Notes;
use super::tape::{Kind, Value};
use crate::model::{
    Alert, Area, Certainty, Info, MsgType, Reference, Resource, Scope, Severity, Status, Urgency,
};
use crate::read::Foreign;
use crate::read::info::blank_info;
use crate::read::values::cut;
use crate::time::{CapTime, parse};
use crate::{FindingSeverity, check};

/// Members of the alert itself, in the order of the schema.
pub(super) const ALERT: [&str; 15] = [
    "identifier",
    "sender",
    "sent",
    "status",
    "msgType",
    "source",
    "scope",
    "restriction",
    "addresses",
    "code",
    "note",
    "references",
    "incidents",
    "info",
    "foreign",
];

/// Members of an info.
pub(super) const INFO: [&str; 21] = [
    "language",
    "category",
    "event",
    "responseType",
    "urgency",
    "severity",
    "certainty",
    "audience",
    "eventCode",
    "effective",
    "onset",
    "expires",
    "senderName",
    "headline",
    "description",
    "instruction",
    "web",
    "contact",
    "parameter",
    "resource",
    "area",
];

/// Members of an area.
pub(super) const AREA: [&str; 6] = ["areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"];

const RESOURCE: [&str; 6] = ["resourceDesc", "mimeType", "size", "uri", "derefUri", "digest"];
const REFERENCE: [&str; 3] = ["sender", "identifier", "sent"];
const FOREIGN: [&str; 2] = ["path", "xml"];

/// What an alert was read as: the alert, or why it cannot be used.
pub(super) type Outcome = Result<(Alert, Vec<Foreign>), String>;

/// Reads an alert; the findings of the rules are among the notes.
pub(super) fn read_alert(notes: &mut Notes<'_>, value: Value<'_>) -> Outcome {
    let mut draft = Draft::default();
    notes.object(value, "/alert", &ALERT, FindingSeverity::Error, &mut |notes, name, value| {
        draft.take(notes, name, value);
    });
    let outcome = draft.finish(notes, value.start())?;
    notes.take_rules(check(&outcome.0), |path| place(value, path));
    Ok(outcome)
}

/// Where the member of a path stands, or else its nearest parent.
fn place(value: Value<'_>, path: &str) -> usize {
    let mut at = value;
    for step in path.split('/').skip(2) {
        let (name, nth) = match step.strip_suffix(']').and_then(|s| s.split_once('[')) {
            Some((name, nth)) => (name, nth.parse().unwrap_or(1)),
            None => (step, 1_usize),
        };
        let Some(member) = at.member(name) else { break };
        at = member.items().nth(nth.saturating_sub(1)).unwrap_or(member);
    }
    at.start()
}

/// An alert that is not complete yet.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) identifier: Option<String>,
    pub(super) sender: Option<String>,
    pub(super) sent: Option<CapTime>,
    pub(super) status: Option<Status>,
    pub(super) msg_type: Option<MsgType>,
    pub(super) source: Option<String>,
    pub(super) scope: Option<Scope>,
    pub(super) restriction: Option<String>,
    pub(super) addresses: Vec<String>,
    pub(super) codes: Vec<String>,
    pub(super) note: Option<String>,
    pub(super) references: Vec<Reference>,
    pub(super) incidents: Vec<String>,
    pub(super) infos: Vec<Info>,
    pub(super) foreign: Vec<Foreign>,
}

impl Draft {
    /// Takes a member by its name in [`ALERT`].
    pub(super) fn take(&mut self, notes: &mut Notes<'_>, name: &'static str, value: Value<'_>) {
        let path = format!("/alert/{name}");
        let path = path.as_str();
        match name {
            "identifier" => self.identifier = notes.string(value, path),
            "sender" => self.sender = notes.string(value, path),
            "sent" => self.sent = notes.time(value, path),
            "status" => self.status = notes.word(value, path),
            "msgType" => self.msg_type = notes.word(value, path),
            "source" => self.source = notes.string(value, path),
            // An unreadable scope is not for everybody until somebody has looked.
            "scope" => self.scope = notes.word(value, path).or(Some(Scope::Restricted)),
            "restriction" => self.restriction = notes.string(value, path),
            "addresses" => self.addresses = notes.names(value, path),
            "code" => self.codes = notes.strings(value, path),
            "note" => self.note = notes.string(value, path),
            "references" => self.references = read_references(notes, value, path),
            "incidents" => self.incidents = notes.names(value, path),
            "info" => notes.each(value, path, &mut |notes, item, path| {
                self.infos.extend(read_info(notes, item, path));
            }),
            _ => notes.each(value, path, &mut |notes, item, path| {
                let (mut place, mut xml) = (String::new(), String::new());
                notes.object(item, path, &FOREIGN, FindingSeverity::Error, &mut |notes, name, value| {
                    let text = notes.string(value, path).unwrap_or_default();
                    *(if name == "path" { &mut place } else { &mut xml }) = text;
                });
                self.foreign.push(Foreign { path: place, xml });
            }),
        }
    }

    /// The alert, or why it cannot be used.
    pub(super) fn finish(self, notes: &mut Notes<'_>, offset: usize) -> Outcome {
        let need = |what: &str| format!("it has no readable {what:?}; without it the alert cannot be used");
        if self.scope.is_none() {
            let message = "\"scope\" is missing; it is mandatory, Public was taken";
            notes.error(offset, "/alert/scope", "missing", message);
        }
        let alert = Alert {
            identifier: self.identifier.ok_or_else(|| need("identifier"))?,
            sender: self.sender.ok_or_else(|| need("sender"))?,
            sent: self.sent.ok_or_else(|| need("sent"))?,
            status: self.status.ok_or_else(|| need("status"))?,
            msg_type: self.msg_type.ok_or_else(|| need("msgType"))?,
            source: self.source,
            scope: self.scope.unwrap_or(Scope::Public),
            restriction: self.restriction,
            addresses: self.addresses,
            codes: self.codes,
            note: self.note,
            references: self.references,
            incidents: self.incidents,
            infos: self.infos,
        };
        Ok((alert, self.foreign))
    }
}

/// An area of which nothing is known.
pub(super) fn blank_area() -> Area {
    Area {
        description: String::new(),
        polygons: Vec::new(),
        circles: Vec::new(),
        geocodes: Vec::new(),
        altitude: None,
        ceiling: None,
    }
}

/// Says which of the three words that must stand in an info do not.
pub(super) fn need_words(notes: &mut Notes<'_>, value: Value<'_>, path: &str) {
    for name in ["urgency", "severity", "certainty"] {
        if value.member(name).is_none() {
            let message = format!("{name:?} is missing; it is mandatory");
            notes.error(value.start(), &format!("{path}/{name}"), "missing", message);
        }
    }
}

/// Takes a member of an info by its name in [`INFO`].
pub(super) fn take_info(info: &mut Info, notes: &mut Notes<'_>, base: &str, name: &str, value: Value<'_>) {
    let path = format!("{base}/{name}");
    let path = path.as_str();
    match name {
        "language" => info.language = notes.string(value, path),
        "category" => info.categories = notes.words(value, path),
        "event" => info.event = notes.string(value, path).unwrap_or_default(),
        "responseType" => info.response_types = notes.words(value, path),
        "urgency" => info.urgency = notes.word(value, path).unwrap_or(Urgency::Unknown),
        "severity" => info.severity = notes.word(value, path).unwrap_or(Severity::Unknown),
        "certainty" => info.certainty = notes.word(value, path).unwrap_or(Certainty::Unknown),
        "audience" => info.audience = notes.string(value, path),
        "eventCode" => info.event_codes = notes.named(value, path),
        "effective" => info.effective = notes.time(value, path),
        "onset" => info.onset = notes.time(value, path),
        "expires" => info.expires = notes.time(value, path),
        "senderName" => info.sender_name = notes.string(value, path),
        "headline" => info.headline = notes.string(value, path),
        "description" => info.description = notes.string(value, path),
        "instruction" => info.instruction = notes.string(value, path),
        "web" => info.web = notes.string(value, path),
        "contact" => info.contact = notes.string(value, path),
        "parameter" => info.parameters = notes.named(value, path),
        "resource" => notes.each(value, path, &mut |notes, item, path| {
            info.resources.extend(read_resource(notes, item, path));
        }),
        _ => notes.each(value, path, &mut |notes, item, path| {
            info.areas.extend(read_area(notes, item, path));
        }),
    }
}

/// Takes a member of an area by its name in [`AREA`].
pub(super) fn take_area(area: &mut Area, notes: &mut Notes<'_>, base: &str, name: &str, value: Value<'_>) {
    let path = format!("{base}/{name}");
    let path = path.as_str();
    match name {
        "areaDesc" => area.description = notes.string(value, path).unwrap_or_default(),
        "polygon" => notes.each(value, path, &mut |notes, item, path| {
            area.polygons.extend(notes.polygon(item, path));
        }),
        "circle" => notes.each(value, path, &mut |notes, item, path| {
            area.circles.extend(notes.circle(item, path));
        }),
        "geocode" => area.geocodes = notes.named(value, path),
        "altitude" => area.altitude = notes.height(value, path),
        _ => area.ceiling = notes.height(value, path),
    }
}

/// References: a list of objects, or the text that CAP writes.
pub(super) fn read_references(notes: &mut Notes<'_>, value: Value<'_>, path: &str) -> Vec<Reference> {
    let mut references = Vec::new();
    if value.kind() == Kind::String {
        let text = notes.text(value, path).unwrap_or_default();
        for token in text.split_ascii_whitespace() {
            let triple = token.split_once(',').and_then(|(sender, rest)| {
                let (identifier, sent) = rest.rsplit_once(',')?;
                let (sender, identifier) = (sender.to_owned(), identifier.to_owned());
                Some(Reference { sender, identifier, sent: parse(sent)?.0 })
            });
            if triple.is_none() {
                let message = format!("{:?} is no reference; write sender,identifier,sent", cut(token));
                notes.error(value.start(), path, "reference-form", message);
            }
            references.extend(triple);
        }
        return references;
    }
    notes.each(value, path, &mut |notes, item, _| {
        let (mut sender, mut identifier, mut sent) = (None, None, None);
        if item.kind() == Kind::Object {
            // Services put the address of the message beside its name.
            let known = [REFERENCE[0], REFERENCE[1], REFERENCE[2], "@id"];
            notes.object(item, path, &known, FindingSeverity::Error, &mut |notes, name, value| match name {
                "sender" => sender = notes.string(value, path),
                "identifier" => identifier = notes.string(value, path),
                "sent" => sent = notes.time(value, path),
                _ => {}
            });
        }
        let (Some(sender), Some(identifier), Some(sent)) = (sender, identifier, sent) else {
            let message = format!(
                "{:?} names no message; a reference needs sender, identifier and sent; it was left out",
                cut(item.raw())
            );
            notes.error(item.start(), path, "reference-form", message);
            return;
        };
        references.push(Reference { sender, identifier, sent });
    });
    references
}

fn read_info(notes: &mut Notes<'_>, value: Value<'_>, path: &str) -> Option<Info> {
    if value.kind() != Kind::Object {
        notes.kind(value, path, "an object in braces");
        return None;
    }
    let mut info = blank_info();
    notes.object(value, path, &INFO, FindingSeverity::Error, &mut |notes, name, value| {
        take_info(&mut info, notes, path, name, value);
    });
    need_words(notes, value, path);
    Some(info)
}

fn read_area(notes: &mut Notes<'_>, value: Value<'_>, path: &str) -> Option<Area> {
    if value.kind() != Kind::Object {
        notes.kind(value, path, "an object in braces");
        return None;
    }
    let mut area = blank_area();
    notes.object(value, path, &AREA, FindingSeverity::Error, &mut |notes, name, value| {
        take_area(&mut area, notes, path, name, value);
    });
    Some(area)
}

fn read_resource(notes: &mut Notes<'_>, value: Value<'_>, path: &str) -> Option<Resource> {
    if value.kind() != Kind::Object {
        notes.kind(value, path, "an object in braces");
        return None;
    }
    let mut resource = Resource {
        description: String::new(),
        mime_type: String::new(),
        size: None,
        uri: None,
        deref_uri: None,
        digest: None,
    };
    notes.object(value, path, &RESOURCE, FindingSeverity::Error, &mut |notes, name, value| {
        let path = format!("{path}/{name}");
        match name {
            "resourceDesc" => resource.description = notes.string(value, &path).unwrap_or_default(),
            "mimeType" => resource.mime_type = notes.string(value, &path).unwrap_or_default(),
            "size" => resource.size = notes.size(value, &path),
            "uri" => resource.uri = notes.string(value, &path),
            // Half a file is no file.
            "derefUri" => {
                let text = notes.string(value, &path);
                resource.deref_uri = text.filter(|_| !notes.has("text-too-long", &path));
            }
            _ => resource.digest = notes.string(value, &path),
        }
    });
    Some(resource)
}
