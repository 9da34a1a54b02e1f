//! A model to canonical CAP 1.2: schema order, one element a line, UTF-8, UTC as `-00:00`.

mod precision;

use std::fmt::{self, Write};

use crate::check::check;
use crate::model::{Alert, Area, Circle, Info, Named, Position, Resource, Scope};
use crate::read::trim;
use crate::{Finding, FindingSeverity};

/// Writes an alert as CAP 1.2. The same alert always gives the same text.
///
/// Absent and blank optional parts are left out, and so is white space around values, as readers drop it.
///
/// # Errors
/// The findings of [`check`](crate::check()), if one of them is an error: what is written is always conformant.
pub fn write(alert: &Alert) -> Result<String, Vec<Finding>> {
    let findings = judge(alert);
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

/// How [`write_with`] writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Decimals of coordinates in degrees and of radii in kilometres; absent writes each number exactly. Four
    /// decimals are 11 m.
    pub decimals: Option<u8>,
}

/// What [`write_with`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The message.
    pub xml: String,
    /// Shapes that kept more decimals, since nothing would have been left of them (`polygon-precision`).
    pub findings: Vec<Finding>,
}

/// Writes an alert as [`write`] does, with fewer decimals.
///
/// Rings stay closed, of at least four positions and of some area; circles never become smaller.
///
/// # Errors
/// As [`write`].
pub fn write_with(alert: &Alert, options: &WriteOptions) -> Result<Written, Vec<Finding>> {
    let Some(decimals) = options.decimals else {
        return Ok(Written { xml: write(alert)?, findings: Vec::new() });
    };
    let mut rounded = alert.clone();
    // What cannot be written is not rounded either: an open ring stays one.
    let findings = judge(alert);
    if findings.iter().any(|f| f.severity == FindingSeverity::Error) {
        return Err(findings);
    }
    let findings = precision::round(&mut rounded, decimals);
    Ok(Written { xml: write(&rounded)?, findings })
}

/// The findings on an alert that is to be written.
pub(crate) fn judge(alert: &Alert) -> Vec<Finding> {
    let mut findings = check(alert);
    let mut refuse = |rule: &'static str, path: String, message: &str| {
        let severity = FindingSeverity::Error;
        let (rule, message) = (rule.into(), message.to_owned());
        findings.push(Finding { rule, severity, path, line: 0, column: 0, message });
    };
    let blank = alert.restriction.as_ref().is_some_and(|text| trim(text).is_empty());
    if blank && alert.scope == Scope::Restricted {
        // It would be left out.
        let message = "scope Restricted needs a <restriction> that is not blank";
        refuse("restriction-missing", "/alert".to_owned(), message);
    }
    for (info, i) in alert.infos.iter().zip(1..) {
        for (area, a) in info.areas.iter().zip(1..) {
            for (name, height) in [("altitude", area.altitude), ("ceiling", area.ceiling)] {
                if height.is_some_and(|feet| feet.is_finite() && !fits_decimal(feet)) {
                    let message = "the height has more digits than readers of decimals take";
                    refuse("height", format!("/alert/info[{i}]/area[{a}]/{name}"), message);
                }
            }
        }
    }
    for finding in findings.iter_mut().filter(|f| NOT_FROM_US.contains(&&*f.rule)) {
        finding.severity = FindingSeverity::Error;
    }
    findings
}

/// What is forgiven in foreign messages, as the schema lets it pass, but must not come from here.
const NOT_FROM_US: [&str; 2] = ["empty-mandatory", "uri-space"];

/// Whether a number, written out, has at most 24 digits: libxml2 takes no more, and XML Schema part 2 asks readers
/// of xs:decimal for 18 only.
fn fits_decimal(number: f64) -> bool {
    number.to_string().bytes().filter(u8::is_ascii_digit).count() <= 24
}

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
        for code in alert.codes.iter().filter(|c| !trim(c).is_empty()) {
            self.leaf("code", trim(code));
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
        self.leaf("event", trim(&info.event));
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
        self.leaf("resourceDesc", trim(&resource.description));
        self.leaf("mimeType", trim(&resource.mime_type));
        self.leaves("size", resource.size.as_slice());
        self.maybe("uri", &resource.uri);
        self.maybe("derefUri", &resource.deref_uri);
        self.maybe("digest", &resource.digest);
    }

    fn area(&mut self, area: &Area) {
        self.leaf("areaDesc", trim(&area.description));
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
            self.leaf("valueName", trim(value.name()));
            self.leaf("value", trim(value.value()));
            self.end();
        }
    }

    fn items(&mut self, name: &'static str, items: &[String]) {
        let quoted = |item: &String| match item.trim() {
            item if item.contains(char::is_whitespace) => format!("\"{item}\""),
            item => item.to_owned(),
        };
        if !items.is_empty() {
            self.leaf(name, items.iter().map(quoted).collect::<Vec<_>>().join(" "));
        }
    }

    fn maybe(&mut self, name: &'static str, text: &Option<String>) {
        if let Some(text) = text.as_ref().filter(|t| !trim(t).is_empty()) {
            self.leaf(name, trim(text));
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
pub(crate) struct Ring<'r>(pub(crate) &'r [Position]);

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
