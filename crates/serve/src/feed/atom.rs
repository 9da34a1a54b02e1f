//! The feed's Atom document (RFC 4287), with CAP elements beside Atom's own in each entry, as the
//! aggregators of CAP feeds read them.

use beaconfire_cap::{Alert, Info};
use jiff::Timestamp;
use std::fmt::Write as _;

use super::entry::Shown;

/// What the feed is.
pub(super) struct About {
    /// The authority's name.
    pub(super) title: String,
    /// Where the public reaches the server; no slash at the end.
    pub(super) public_url: String,
    /// When the newest message was sent.
    pub(super) updated: Timestamp,
}

/// The document.
pub(super) fn write(about: &About, entries: &[Shown<'_>]) -> String {
    let mut xml = Xml(String::with_capacity(1024 * (entries.len() + 1)));
    xml.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.0.push_str(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:cap=\"urn:oasis:names:tc:emergency:cap:1.2\">\n",
    );
    let address = format!("{}/feed/atom.xml", about.public_url);
    xml.element("id", &address);
    xml.link("self", "application/atom+xml", &address);
    xml.element("title", if about.title.is_empty() { "Warnings" } else { &about.title });
    xml.element("updated", &time(about.updated));
    xml.0.push_str("<generator>Beaconfire</generator>\n");
    xml.author(if about.title.is_empty() { "Beaconfire" } else { &about.title });
    for entry in entries {
        entry_of(&mut xml, about, entry);
    }
    xml.0.push_str("</feed>\n");
    xml.0
}

fn entry_of(xml: &mut Xml, about: &About, shown: &Shown<'_>) {
    let (entry, alert) = (shown.entry, &shown.entry.alert);
    let info = alert.infos.first();
    let title = info.map_or("", |info| info.headline.as_deref().unwrap_or(&info.event));
    let href =
        |alert: &Alert| format!("{}/feed/cap/{}.xml", about.public_url, escaped_path(&alert.identifier));
    xml.0.push_str("<entry>\n");
    xml.element("id", &alert.identifier);
    xml.element("title", if title.is_empty() { &alert.identifier } else { title });
    xml.element("updated", &time(entry.sent()));
    xml.element("published", &time(entry.sent()));
    xml.author(info.and_then(|info| info.sender_name.as_deref()).unwrap_or(&alert.sender));
    xml.link("alternate", "application/cap+xml", &href(alert));
    if let Some(successor) = shown.successor {
        // What was superseded is no longer in force (RFC 5829, 3.4).
        xml.link("successor-version", "application/cap+xml", &href(&successor.alert));
    }
    if let Some(summary) = info.and_then(|info| info.description.as_deref()) {
        xml.element("summary", summary);
    }
    message(xml, alert);
    if let Some(info) = info {
        info_of(xml, info);
    }
    xml.0.push_str("</entry>\n");
}

fn message(xml: &mut Xml, alert: &Alert) {
    xml.element("cap:identifier", &alert.identifier);
    xml.element("cap:sender", &alert.sender);
    xml.element("cap:sent", &alert.sent.to_string());
    xml.element("cap:status", &alert.status.to_string());
    xml.element("cap:msgType", &alert.msg_type.to_string());
    xml.element("cap:scope", &alert.scope.to_string());
    let references: Vec<String> = alert
        .references
        .iter()
        .map(|reference| format!("{},{},{}", reference.sender, reference.identifier, reference.sent))
        .collect();
    if !references.is_empty() {
        xml.element("cap:references", &references.join(" "));
    }
}

fn info_of(xml: &mut Xml, info: &Info) {
    for category in &info.categories {
        xml.element("cap:category", &category.to_string());
    }
    xml.element("cap:event", &info.event);
    for response in &info.response_types {
        xml.element("cap:responseType", &response.to_string());
    }
    xml.element("cap:urgency", &info.urgency.to_string());
    xml.element("cap:severity", &info.severity.to_string());
    xml.element("cap:certainty", &info.certainty.to_string());
    for (name, value) in
        [("cap:effective", &info.effective), ("cap:onset", &info.onset), ("cap:expires", &info.expires)]
    {
        if let Some(value) = value {
            xml.element(name, &value.to_string());
        }
    }
    for area in &info.areas {
        xml.element("cap:areaDesc", &area.description);
        for polygon in &area.polygons {
            let points: Vec<String> =
                polygon.iter().map(|point| format!("{},{}", point.lat, point.lon)).collect();
            xml.element("cap:polygon", &points.join(" "));
        }
        for circle in &area.circles {
            let (center, radius) = (circle.center, circle.radius_km);
            xml.element("cap:circle", &format!("{},{} {radius}", center.lat, center.lon));
        }
        for code in &area.geocodes {
            xml.0.push_str("<cap:geocode>\n");
            xml.element("valueName", code.name());
            xml.element("value", code.value());
            xml.0.push_str("</cap:geocode>\n");
        }
    }
}

/// RFC 3339 in whole seconds.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An identifier as one segment of an address.
fn escaped_path(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'@' => {
                out.push(char::from(byte));
            }
            other => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

struct Xml(String);

impl Xml {
    fn element(&mut self, name: &str, text: &str) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
        self.text(text);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push_str(">\n");
    }

    fn author(&mut self, name: &str) {
        self.0.push_str("<author>");
        self.element("name", name);
        self.0.push_str("</author>\n");
    }

    fn link(&mut self, rel: &str, kind: &str, href: &str) {
        for (before, text) in [("<link rel=\"", rel), ("\" type=\"", kind), ("\" href=\"", href)] {
            self.0.push_str(before);
            self.text(text);
        }
        self.0.push_str("\"/>\n");
    }

    /// Text or an attribute's value; what XML cannot hold at all is left out.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\t' | '\n' => self.0.push(c),
                '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
                c => self.0.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_could_break_the_document_is_escaped_or_left_out() {
        let mut xml = Xml(String::new());
        xml.element("title", "a<b & \"c\" ]]>\u{0}\u{B}d");
        assert_eq!(xml.0, "<title>a&lt;b &amp; &quot;c&quot; ]]&gt;d</title>\n");
    }

    #[test]
    fn an_identifier_is_one_segment_of_the_address() {
        assert_eq!(escaped_path("urn:oid:2.49.0/é"), "urn:oid:2.49.0%2F%C3%A9");
    }
}
