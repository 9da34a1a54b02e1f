//! A model to canonical CAP 1.2: schema order, one element a line, UTF-8, UTC as `-00:00`.

use std::fmt::{self, Write};

use crate::check::check;
use crate::model::{Alert, Area, Circle, Info, Named, Position, Resource};
use crate::{Finding, FindingSeverity};

/// Writes an alert as CAP 1.2. The same alert always gives the same text.
///
/// Absent and blank optional parts are left out.
///
/// # Errors
/// The findings of [`check`](crate::check()), if one of them is an error: what is written is always conformant.
pub fn write(alert: &Alert) -> Result<String, Vec<Finding>> {
    let mut findings = check(alert);
    for finding in findings.iter_mut().filter(|f| NOT_FROM_US.contains(&&*f.rule)) {
        finding.severity = FindingSeverity::Error;
    }
    if findings.iter().any(|f| f.severity == FindingSeverity::Error) {
        return Err(findings);
    }
    let mut xml = Xml { text: String::with_capacity(4096), open: Vec::new() };
    xml.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.text.push_str("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n");
    xml.open.push("alert");
    xml.alert(alert);
    xml.end();
    Ok(xml.text)
}

/// What is forgiven in foreign messages, as the schema lets it pass, but must not come from here.
const NOT_FROM_US: [&str; 2] = ["empty-mandatory", "uri-space"];

struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    fn alert(&mut self, alert: &Alert) {
        self.leaf("identifier", &alert.identifier);
        self.leaf("sender", &alert.sender);
        self.leaf("sent", alert.sent);
        self.leaf("status", alert.status);
        self.leaf("msgType", alert.msg_type);
        self.maybe("source", &alert.source);
        self.leaf("scope", alert.scope);
        self.maybe("restriction", &alert.restriction);
        self.items("addresses", &alert.addresses);
        for code in alert.codes.iter().filter(|c| !c.trim().is_empty()) {
            self.leaf("code", code);
        }
        self.maybe("note", &alert.note);
        if !alert.references.is_empty() {
            let triple = |r: &crate::Reference| format!("{},{},{}", r.sender, r.identifier, r.sent);
            let triples: Vec<String> = alert.references.iter().map(triple).collect();
            self.leaf("references", triples.join(" "));
        }
        self.items("incidents", &alert.incidents);
        for info in &alert.infos {
            self.start("info");
            self.info(info);
            self.end();
        }
    }

    fn info(&mut self, info: &Info) {
        self.maybe("language", &info.language);
        self.leaves("category", &info.categories);
        self.leaf("event", &info.event);
        self.leaves("responseType", &info.response_types);
        self.leaf("urgency", info.urgency);
        self.leaf("severity", info.severity);
        self.leaf("certainty", info.certainty);
        self.maybe("audience", &info.audience);
        self.named("eventCode", &info.event_codes);
        self.leaves("effective", info.effective.as_slice());
        self.leaves("onset", info.onset.as_slice());
        self.leaves("expires", info.expires.as_slice());
        self.maybe("senderName", &info.sender_name);
        self.maybe("headline", &info.headline);
        self.maybe("description", &info.description);
        self.maybe("instruction", &info.instruction);
        self.maybe("web", &info.web);
        self.maybe("contact", &info.contact);
        self.named("parameter", &info.parameters);
        for resource in &info.resources {
            self.start("resource");
            self.resource(resource);
            self.end();
        }
        for area in &info.areas {
            self.start("area");
            self.area(area);
            self.end();
        }
    }

    fn resource(&mut self, resource: &Resource) {
        self.leaf("resourceDesc", &resource.description);
        self.leaf("mimeType", &resource.mime_type);
        self.leaves("size", resource.size.as_slice());
        self.maybe("uri", &resource.uri);
        self.maybe("derefUri", &resource.deref_uri);
        self.maybe("digest", &resource.digest);
    }

    fn area(&mut self, area: &Area) {
        self.leaf("areaDesc", &area.description);
        for ring in &area.polygons {
            self.leaf("polygon", Ring(ring));
        }
        for Circle { center, radius_km } in &area.circles {
            self.leaf("circle", format_args!("{},{} {radius_km}", center.lat, center.lon));
        }
        self.named("geocode", &area.geocodes);
        self.leaves("altitude", area.altitude.as_slice());
        self.leaves("ceiling", area.ceiling.as_slice());
    }

    fn named(&mut self, name: &'static str, values: &[Named]) {
        for value in values {
            self.start(name);
            self.leaf("valueName", &value.name);
            self.leaf("value", &value.value);
            self.end();
        }
    }

    fn items(&mut self, name: &'static str, items: &[String]) {
        let quoted = |item: &String| match item.contains(char::is_whitespace) {
            true => format!("\"{item}\""),
            false => item.clone(),
        };
        if !items.is_empty() {
            self.leaf(name, items.iter().map(quoted).collect::<Vec<_>>().join(" "));
        }
    }

    fn maybe(&mut self, name: &'static str, text: &Option<String>) {
        if let Some(text) = text.as_ref().filter(|t| !t.trim().is_empty()) {
            self.leaf(name, text);
        }
    }

    fn leaves(&mut self, name: &'static str, values: &[impl fmt::Display]) {
        for value in values {
            self.leaf(name, value);
        }
    }

    fn leaf(&mut self, name: &'static str, value: impl fmt::Display) {
        self.indent();
        // Writing to a string does not fail.
        let _ = write!(self.text, "<{name}>");
        let _ = write!(Escaped(&mut self.text), "{value}");
        let _ = writeln!(self.text, "</{name}>");
    }

    fn start(&mut self, name: &'static str) {
        self.indent();
        let _ = writeln!(self.text, "<{name}>");
        self.open.push(name);
    }

    fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            let _ = writeln!(self.text, "</{name}>");
        }
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.text.push_str("  ");
        }
    }
}

/// A ring as "lat,lon lat,lon …".
struct Ring<'r>(&'r [Position]);

impl fmt::Display for Ring<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Position { lat, lon }) in self.0.iter().enumerate() {
            let gap = if n == 0 { "" } else { " " };
            write!(f, "{gap}{lat},{lon}")?;
        }
        Ok(())
    }
}

/// Escapes markup, and the carriage returns that readers would turn into line feeds.
struct Escaped<'s>(&'s mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '\r']) {
            self.0.push_str(&rest[..at]);
            self.0.push_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                _ => "&#13;",
            });
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}
