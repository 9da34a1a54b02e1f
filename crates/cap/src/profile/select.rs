//! Selections: which elements a rule speaks of, by path.

use std::cmp::Ordering;
use std::fmt;

use super::pattern::Pattern;
use crate::CapTime;
use crate::model::{Alert, Area, Circle, Info, Named, Position, Reference, Resource};

/// An element that others lie in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'a> {
    Alert(&'a Alert),
    Info(&'a Info),
    Resource(&'a Resource),
    Area(&'a Area),
}

/// The kind of a [`Node`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Alert,
    Info,
    Resource,
    Area,
}

/// Where an element is; `Display` writes it like `/alert/info[2]/area[1]/polygon[3]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    info: usize,
    block: (&'static str, usize),
    leaf: (&'static str, usize),
}

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Time(CapTime),
    Number(f64),
    Named(&'a Named),
    Reference(&'a Reference),
    Circle(&'a Circle),
    Ring(&'a [Position]),
    Node(Node<'a>),
}

/// A path, such as `info.eventCode[SAME].value`.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// As it was written.
    text: String,
    /// Whether it starts at the alert rather than at the element that the rule is about.
    from_alert: bool,
    through_info: bool,
    /// `resource` or `area`, where the path goes on inside.
    block: Option<&'static str>,
    /// The element itself, or the block.
    leaf: &'static str,
    /// For values with names: which names.
    filter: Option<Pattern>,
    /// The part of a value, or empty for the whole.
    part: &'static str,
}

const ALERT: &[&str] = &[
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
];
/// What an alert holds at most once.
const ALERT_ONCE: &[&str] =
    &["identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "note"];
const INFO: &[&str] = &[
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
const RESOURCE: &[&str] = &["resourceDesc", "mimeType", "size", "uri", "derefUri", "digest"];
const AREA: &[&str] = &["areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"];
const TIMES: &[&str] = &["sent", "effective", "onset", "expires"];

impl Path {
    /// Reads a path that starts at an element of `level`, or says in words why it leads nowhere.
    pub(super) fn new(text: &str, level: Level) -> Result<Path, String> {
        let mut path = Path {
            text: text.to_owned(),
            from_alert: false,
            through_info: false,
            block: None,
            leaf: "",
            filter: None,
            part: "",
        };
        let mut rest = text;
        let mut level = level;
        if level != Level::Alert
            && let Some(after) = text.strip_prefix("alert.")
        {
            (path.from_alert, level, rest) = (true, Level::Alert, after);
        }
        loop {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let known = match level {
                Level::Alert if path.from_alert => ALERT_ONCE,
                Level::Alert => ALERT,
                Level::Info => INFO,
                Level::Resource => RESOURCE,
                Level::Area => AREA,
            };
            let Some(name) = known.iter().copied().find(|known| *known == name) else {
                let above = match level {
                    Level::Alert => "alert",
                    Level::Info => "info",
                    Level::Resource => "resource",
                    Level::Area => "area",
                };
                return Err(format!("{name:?} is not in {above}; use one of {}", known.join(", ")));
            };
            path.leaf = name;
            let Some(below) =
                after.strip_prefix('.').filter(|_| matches!(name, "info" | "resource" | "area"))
            else {
                path.end(name, after)?;
                return Ok(path);
            };
            rest = below;
            level = match name {
                "info" => Level::Info,
                "resource" => Level::Resource,
                _ => Level::Area,
            };
            match name {
                "info" => path.through_info = true,
                _ => path.block = Some(name),
            }
        }
    }

    /// What stands after the last element: a filter in brackets, a part after a full stop.
    fn end(&mut self, name: &'static str, mut after: &str) -> Result<(), String> {
        let named = matches!(name, "eventCode" | "parameter" | "geocode");
        if named && after.starts_with('[') {
            let (filter, rest) = after[1..].rsplit_once(']').ok_or("the [ has no ]")?;
            self.filter = Some(Pattern::new(filter, false)?);
            self.part = "value";
            after = rest;
        }
        if after.is_empty() {
            return Ok(());
        }
        let parts: &[&'static str] = match name {
            _ if named => &["valueName", "value"],
            "references" => &["sender", "identifier", "sent"],
            "circle" => &["radius"],
            _ => &[],
        };
        let part = after.strip_prefix('.').and_then(|part| parts.iter().find(|known| **known == part));
        self.part = part.copied().ok_or_else(|| match parts {
            [] => format!("{name} has no parts; end the path after it"),
            _ => format!("{after:?} is no part of {name}; use one of .{}", parts.join(", .")),
        })?;
        Ok(())
    }

    /// The path as it was written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The element that the path ends at.
    pub(super) fn leaf(&self) -> &'static str {
        self.leaf
    }

    /// Whether it selects times.
    pub(super) fn is_time(&self) -> bool {
        TIMES.contains(&self.leaf) || self.part == "sent"
    }

    /// The level of what it selects, if that is an element with others inside.
    pub(super) fn level(&self) -> Option<Level> {
        match self.leaf {
            "info" => Some(Level::Info),
            "resource" => Some(Level::Resource),
            "area" => Some(Level::Area),
            _ => None,
        }
    }

    /// All that the path selects from an element, in document order.
    pub(super) fn select<'a>(
        &self,
        alert: &'a Alert,
        node: Node<'a>,
        place: Place,
    ) -> Vec<(Place, Value<'a>)> {
        let mut found = Vec::new();
        let (node, place) =
            if self.from_alert { (Node::Alert(alert), Place::default()) } else { (node, place) };
        match node {
            Node::Alert(alert) if self.through_info => {
                for (info, n) in alert.infos.iter().zip(1..) {
                    self.block(Node::Info(info), Place { info: n, ..place }, &mut found);
                }
            }
            node => self.block(node, place, &mut found),
        }
        found
    }

    fn block<'a>(&self, node: Node<'a>, place: Place, found: &mut Vec<(Place, Value<'a>)>) {
        match (node, self.block) {
            (Node::Info(info), Some("area")) => {
                for (area, n) in info.areas.iter().zip(1..) {
                    self.leaves(Node::Area(area), Place { block: ("area", n), ..place }, found);
                }
            }
            (Node::Info(info), Some(_)) => {
                for (resource, n) in info.resources.iter().zip(1..) {
                    self.leaves(Node::Resource(resource), Place { block: ("resource", n), ..place }, found);
                }
            }
            (node, _) => self.leaves(node, place, found),
        }
    }

    fn leaves<'a>(&self, node: Node<'a>, place: Place, found: &mut Vec<(Place, Value<'a>)>) {
        let leaf = self.leaf;
        let mut one = |value: Value<'a>| found.push((Place { leaf: (leaf, 0), ..place }, value));
        let text = |text: &'a Option<String>| text.as_deref().map(Value::Text);
        match (node, leaf) {
            (Node::Alert(a), "identifier") => one(Value::Text(&a.identifier)),
            (Node::Alert(a), "sender") => one(Value::Text(&a.sender)),
            (Node::Alert(a), "sent") => one(Value::Time(a.sent)),
            (Node::Alert(a), "status") => one(Value::Text(a.status.as_str())),
            (Node::Alert(a), "msgType") => one(Value::Text(a.msg_type.as_str())),
            (Node::Alert(a), "scope") => one(Value::Text(a.scope.as_str())),
            (Node::Alert(a), "source") => text(&a.source).into_iter().for_each(one),
            (Node::Alert(a), "restriction") => text(&a.restriction).into_iter().for_each(one),
            (Node::Alert(a), "note") => text(&a.note).into_iter().for_each(one),
            (Node::Alert(a), "addresses") => a.addresses.iter().for_each(|item| one(Value::Text(item))),
            (Node::Alert(a), "incidents") => a.incidents.iter().for_each(|item| one(Value::Text(item))),
            (Node::Alert(a), "references") => a.references.iter().for_each(|r| one(self.reference(r))),
            (Node::Alert(a), "code") => many(found, place, leaf, a.codes.iter().map(|c| Value::Text(c))),
            (Node::Alert(a), "info") => {
                for (info, n) in a.infos.iter().zip(1..) {
                    found.push((Place { info: n, ..place }, Value::Node(Node::Info(info))));
                }
            }
            (Node::Info(i), "event") => one(Value::Text(&i.event)),
            (Node::Info(i), "urgency") => one(Value::Text(i.urgency.as_str())),
            (Node::Info(i), "severity") => one(Value::Text(i.severity.as_str())),
            (Node::Info(i), "certainty") => one(Value::Text(i.certainty.as_str())),
            (Node::Info(i), "effective") => i.effective.map(Value::Time).into_iter().for_each(one),
            (Node::Info(i), "onset") => i.onset.map(Value::Time).into_iter().for_each(one),
            (Node::Info(i), "expires") => i.expires.map(Value::Time).into_iter().for_each(one),
            (Node::Info(i), "category") => {
                many(found, place, leaf, i.categories.iter().map(|c| Value::Text(c.as_str())));
            }
            (Node::Info(i), "responseType") => {
                many(found, place, leaf, i.response_types.iter().map(|r| Value::Text(r.as_str())));
            }
            (Node::Info(i), "eventCode") => self.named(&i.event_codes, place, found),
            (Node::Info(i), "parameter") => self.named(&i.parameters, place, found),
            (Node::Info(i), "resource") => {
                for (resource, n) in i.resources.iter().zip(1..) {
                    let place = Place { block: (leaf, n), ..place };
                    found.push((place, Value::Node(Node::Resource(resource))));
                }
            }
            (Node::Info(i), "area") => {
                for (area, n) in i.areas.iter().zip(1..) {
                    found.push((Place { block: (leaf, n), ..place }, Value::Node(Node::Area(area))));
                }
            }
            (Node::Info(i), _) => info_text(i, leaf).map(Value::Text).into_iter().for_each(one),
            (Node::Resource(r), "resourceDesc") => one(Value::Text(&r.description)),
            (Node::Resource(r), "mimeType") => one(Value::Text(&r.mime_type)),
            #[expect(clippy::cast_precision_loss, reason = "a size in bytes is compared with round numbers")]
            (Node::Resource(r), "size") => r.size.map(|s| Value::Number(s as f64)).into_iter().for_each(one),
            (Node::Resource(r), "uri") => text(&r.uri).into_iter().for_each(one),
            (Node::Resource(r), "derefUri") => text(&r.deref_uri).into_iter().for_each(one),
            (Node::Resource(r), "digest") => text(&r.digest).into_iter().for_each(one),
            (Node::Area(a), "areaDesc") => one(Value::Text(&a.description)),
            (Node::Area(a), "altitude") => a.altitude.map(Value::Number).into_iter().for_each(one),
            (Node::Area(a), "ceiling") => a.ceiling.map(Value::Number).into_iter().for_each(one),
            (Node::Area(a), "polygon") => {
                many(found, place, leaf, a.polygons.iter().map(|ring| Value::Ring(ring)));
            }
            (Node::Area(a), "circle") => {
                let value = |circle: &'a Circle| match self.part {
                    "radius" => Value::Number(circle.radius_km),
                    _ => Value::Circle(circle),
                };
                many(found, place, leaf, a.circles.iter().map(value));
            }
            (Node::Area(a), "geocode") => self.named(&a.geocodes, place, found),
            _ => {}
        }
    }

    fn named<'a>(&self, values: &'a [Named], place: Place, found: &mut Vec<(Place, Value<'a>)>) {
        for (named, n) in values.iter().zip(1..) {
            if self.filter.as_ref().is_none_or(|filter| filter.matches(named.name())) {
                let value = match self.part {
                    "value" => Value::Text(named.value()),
                    "valueName" => Value::Text(named.name()),
                    _ => Value::Named(named),
                };
                found.push((Place { leaf: (self.leaf, n), ..place }, value));
            }
        }
    }

    fn reference<'a>(&self, reference: &'a Reference) -> Value<'a> {
        match self.part {
            "sender" => Value::Text(&reference.sender),
            "identifier" => Value::Text(&reference.identifier),
            "sent" => Value::Time(reference.sent),
            _ => Value::Reference(reference),
        }
    }

    /// Where the element would stand if it were there.
    pub(super) fn missing(&self, place: Place) -> Place {
        if self.from_alert || self.through_info || self.block.is_some() {
            return place;
        }
        Place { leaf: (self.leaf, 0), ..place }
    }
}

fn info_text<'a>(info: &'a Info, leaf: &str) -> Option<&'a str> {
    match leaf {
        "language" => &info.language,
        "audience" => &info.audience,
        "senderName" => &info.sender_name,
        "headline" => &info.headline,
        "description" => &info.description,
        "instruction" => &info.instruction,
        "web" => &info.web,
        "contact" => &info.contact,
        _ => &None,
    }
    .as_deref()
}

fn many<'a>(
    found: &mut Vec<(Place, Value<'a>)>,
    place: Place,
    leaf: &'static str,
    values: impl Iterator<Item = Value<'a>>,
) {
    found.extend(values.zip(1..).map(|(value, n)| (Place { leaf: (leaf, n), ..place }, value)));
}

impl<'a> Value<'a> {
    /// The value as text, for patterns and comparisons; a value with a name as `name=value`.
    pub(super) fn text(&self) -> std::borrow::Cow<'a, str> {
        match self {
            Value::Text(text) => (*text).into(),
            Value::Time(time) => time.to_string().into(),
            Value::Number(number) => number.to_string().into(),
            Value::Named(named) => format!("{}={}", named.name(), named.value()).into(),
            Value::Reference(r) => format!("{},{},{}", r.sender, r.identifier, r.sent).into(),
            Value::Circle(c) => format!("{},{} {}", c.center.lat, c.center.lon, c.radius_km).into(),
            Value::Ring(ring) => format!("a polygon of {} positions", ring.len()).into(),
            Value::Node(_) => "".into(),
        }
    }

    /// An order in which equal values are equal: times by instant, rings by their positions.
    pub(super) fn order(&self, other: &Value<'_>) -> Ordering {
        let rank = |value: &Value<'_>| match value {
            Value::Text(_) => 0,
            Value::Time(_) => 1,
            Value::Number(_) => 2,
            Value::Named(_) => 3,
            Value::Reference(_) => 4,
            Value::Circle(_) => 5,
            Value::Ring(_) => 6,
            Value::Node(_) => 7,
        };
        let position = |p: &Position, q: &Position| p.lat.total_cmp(&q.lat).then(p.lon.total_cmp(&q.lon));
        match (self, other) {
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Time(a), Value::Time(b)) => a.instant().cmp(&b.instant()),
            (Value::Number(a), Value::Number(b)) => a.total_cmp(b),
            (Value::Named(a), Value::Named(b)) => (a.name(), a.value()).cmp(&(b.name(), b.value())),
            (Value::Reference(a), Value::Reference(b)) => {
                let key = |r: &'_ Reference| r.sent.instant();
                (&a.sender, &a.identifier).cmp(&(&b.sender, &b.identifier)).then(key(a).cmp(&key(b)))
            }
            (Value::Circle(a), Value::Circle(b)) => {
                position(&a.center, &b.center).then(a.radius_km.total_cmp(&b.radius_km))
            }
            (Value::Ring(a), Value::Ring(b)) => {
                let pairs = a.iter().zip(b.iter()).map(|(p, q)| position(p, q));
                pairs.into_iter().find(|o| o.is_ne()).unwrap_or(a.len().cmp(&b.len()))
            }
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/alert")?;
        if self.info > 0 {
            write!(f, "/info[{}]", self.info)?;
        }
        for (name, nth) in [self.block, self.leaf] {
            match (name, nth) {
                ("", _) => {}
                (name, 0) => write!(f, "/{name}")?,
                (name, nth) => write!(f, "/{name}[{nth}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, read};

    fn check(path: &str, want: &[&str]) {
        let text = "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>i</identifier><sender>s</sender>\
            <sent>2026-11-21T17:00:00-06:00</sent><status>Actual</status><msgType>Alert</msgType>\
            <scope>Public</scope><code>a</code><code>b</code><info><category>Met</category><event>e</event>\
            <urgency>Past</urgency><severity>Minor</severity><certainty>Likely</certainty>\
            <eventCode><valueName>SAME</valueName><value>SVR</value></eventCode>\
            <eventCode><valueName>a.b[c]</valueName><value>x</value></eventCode>\
            <area><areaDesc>d</areaDesc><polygon>1,1 1,2 2,2 1,1</polygon><circle>1,2 3</circle></area></info></alert>";
        let alert = read(text.as_bytes(), &Limits::default()).unwrap().messages.remove(0).alert;
        let path = Path::new(path, Level::Alert).unwrap();
        let found = path.select(&alert, Node::Alert(&alert), Place::default());
        let found: Vec<String> = found.iter().map(|(p, v)| format!("{p} {}", v.text())).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn paths_lead_to_elements_and_their_places() {
        check("sent", &["/alert/sent 2026-11-21T17:00:00-06:00"]);
        check("code", &["/alert/code[1] a", "/alert/code[2] b"]);
        check("info", &["/alert/info[1] "]);
        check("info.onset", &[]);
        check(
            "info.eventCode",
            &["/alert/info[1]/eventCode[1] SAME=SVR", "/alert/info[1]/eventCode[2] a.b[c]=x"],
        );
        check("info.eventCode[SAME]", &["/alert/info[1]/eventCode[1] SVR"]);
        check("info.eventCode[a.b\\[c\\]].valueName", &["/alert/info[1]/eventCode[2] a.b[c]"]);
        check("info.area.circle.radius", &["/alert/info[1]/area[1]/circle[1] 3"]);
        check("info.area.polygon", &["/alert/info[1]/area[1]/polygon[1] a polygon of 4 positions"]);
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told_what_there_is() {
        for (path, level, words) in [
            ("info.expire", Level::Alert, "\"expire\" is not in info; use one of language"),
            ("info.event.value", Level::Alert, "event has no parts"),
            ("geocode.name", Level::Area, "use one of .valueName, .value"),
            ("eventCode[SAME", Level::Info, "no ]"),
            ("alert.code", Level::Info, "\"code\" is not in alert"),
            ("", Level::Alert, "use one of identifier"),
        ] {
            let error = Path::new(path, level).unwrap_err();
            assert!(error.contains(words), "{path}: {error}");
        }
    }
}
